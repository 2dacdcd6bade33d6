"""A corrected workbook is a new version: which cells changed, and what each correction does.

The effect of each correction is exact: the old workbook is computed again with corrections put in,
cell by cell. Up to five corrections the difference is divided among all their subsets by Shapley
value (:mod:`lca.bridge`), which no order can change; of more, each is left out of the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from factors.errors import CarbonLabelError, FindingsError
from factors.findings import blocking
from factors.store import FactorSet
from labels.verification.work import Cell
from lca import model as product_model
from lca import ruleset, system_file
from lca.bridge import bridge
from lca.build import build
from lca.footprint import Footprint, measure
from lca.inventory import Exchange, ProductSystem
from lca.study import DEFAULT_RULES
from lca.workbook.grid import Grid, GridCell, GridSheet, address
from lca.workbook.read import interpret

OTHER = "other"
"""Group of changed cells that no finding speaks of."""

JOINT = "joint"
"""What only several corrections do together; all of it, where single ones cannot be computed."""

MOST_SUBSETS = 5
"""Up to so many corrections every subset is computed; above, each is taken out of the whole."""

Effects = dict[str, dict[str, Fraction]]
Places = Mapping[Cell, GridCell]


def changed_cells(before: Grid, after: Grid) -> tuple[Cell, ...]:
    """Return sheet and address of every cell whose content differs, in order."""
    old, new = _content(before), _content(after)
    return tuple(place for place in _both(old, new) if old.get(place) != new.get(place))


def changed_lines(before: Footprint, after: Footprint, cells: Iterable[Cell]) -> set[str]:
    """Return lines that rest on a changed cell, or whose amount or factor is another, or new ones.

    Output is the cell behind every amount: where it changes, all that was looked at lapses.
    """
    moved = set(cells)
    old, new = ({one.id: one for one in side.lines} for side in (before, after))
    found = resting_lines(before, moved) | resting_lines(after, moved)
    found |= old.keys() ^ new.keys()
    for name in old.keys() & new.keys():
        one, other = old[name], new[name]
        same = one.source == other.source and _source(one.exchange) == _source(other.exchange)
        if not same or one.amount != other.amount:
            found.add(name)
    return found


def resting_lines(made: Footprint, cells: Iterable[Cell]) -> set[str]:
    """Return the lines whose amounts were worked out from one of some cells."""
    wanted = set(cells)
    return {line.id for line in made.lines if wanted & cells_of(line.exchange, made.system)}


def cells_of(exchange: Exchange, system: ProductSystem) -> set[Cell]:
    """Return the cells that an amount was worked out from: its inputs, months and keys."""
    found: set[Cell] = set()
    names: set[str] = set()
    for row in exchange.origin.get("inputs", ()):
        names.add(str(row.get("name", "")))
        if row.get("cell"):
            found.add((str(row["sheet"]), str(row["cell"])))
    keys = {str(key["id"]): key for key in system.ledger.get("keys", ())}
    for account in system.ledger.get("accounts", ()):
        if str(account["id"]).partition("#")[0] in names:
            key = keys.get(str(account.get("key", "")), {})
            places = [
                *account.get("cells", ()),
                *account.get("single_cells", {}).values(),
                *key.get("cells", {}).values(),
            ]
            found |= {(str(one["sheet"]), str(one["cell"])) for one in places}
    return found


def effects(
    before: Grid,
    after: Grid,
    groups: Mapping[str, Iterable[Cell]],
    name: str,
    rules: str,
    factors: FactorSet,
) -> Effects:
    """Return what each correction does to each disclosed figure, kg CO2e per declared unit.

    Parameters
    ----------
    before, after
        The two workbooks.
    groups
        Finding to the cells that it is about; a cell of several findings goes to the first.
    rules
        Id of the rule set; empty for the usual one.

    Returns
    -------
    dict
        Finding to figure to effect, with :data:`OTHER` for cells of no finding. The effects sum to
        the difference of the figures exactly. With more than :data:`MOST_SUBSETS` corrections each
        has the effect of leaving it out, and :data:`JOINT` is what remains; where a single one
        cannot be left out, :data:`JOINT` is all of it.
    """
    steps = _steps(changed_cells(before, after), groups)
    if not steps:
        return {}
    value = partial(_figures, before, after, steps, name, rules or DEFAULT_RULES, factors)
    known: dict[frozenset[str], Mapping[str, Fraction]] = {}

    def figure_of(figure: str, chosen: frozenset[str]) -> Fraction:
        if chosen not in known:
            known[chosen] = value(chosen)
        return known[chosen][figure]

    names = tuple(steps)
    figures = value(frozenset())
    try:
        if len(names) > MOST_SUBSETS:
            return _left_out(value, names)
        found = {figure: bridge(names, partial(figure_of, figure)) for figure in figures}
    except (CarbonLabelError, KeyError):
        return _joint(value, names)
    return {
        one: {figure: step.value for figure, made in found.items() for step in made.steps
              if step.id == one}
        for one in names
    }  # fmt: skip


def _left_out(value: partial[Mapping[str, Fraction]], names: Sequence[str]) -> Effects:
    """Return what leaving each correction out would do, and what remains of the difference."""
    whole = frozenset(names)
    old, new = value(frozenset()), value(whole)
    found: Effects = {}
    for name in names:
        without = value(whole - {name})
        found[name] = {figure: new[figure] - without[figure] for figure in new}
    rest = {
        figure: new[figure]
        - old[figure]
        - sum((one[figure] for one in found.values()), Fraction(0))
        for figure in new
    }
    return {**found, JOINT: rest} if any(rest.values()) else found


def _joint(value: partial[Mapping[str, Fraction]], names: Sequence[str]) -> Effects:
    old, new = value(frozenset()), value(frozenset(names))
    return {JOINT: {figure: new[figure] - old[figure] for figure in old if figure in new}}


def _steps(changed: Sequence[Cell], groups: Mapping[str, Iterable[Cell]]) -> dict[str, set[Cell]]:
    """Divide the changed cells among the findings; those that speak of none of them drop out."""
    left, found = set(changed), {}
    for name, cells in groups.items():
        own = left & set(cells)
        if own:
            found[name] = own
            left -= own
    if left:
        found[OTHER] = left
    return found


def _figures(
    before: Grid,
    after: Grid,
    steps: Mapping[str, set[Cell]],
    name: str,
    rules_id: str,
    factors: FactorSet,
    chosen: frozenset[str],
) -> Mapping[str, Fraction]:
    """Return the figures of the old workbook with some corrections put in."""
    cells = set().union(*(steps[one] for one in chosen))
    grid = with_cells(before, after, cells)
    submission = interpret(grid, name, "0" * 64, None, factors)
    if blocking(submission.findings):
        raise FindingsError.of(blocking(submission.findings))
    rules = ruleset.load(rules_id)
    built = build(submission, product_model.load(submission.model), rules, factors)
    if built.system is None:
        raise FindingsError.of(blocking(built.findings))
    system = system_file.read(system_file.canonical(built.system))
    return measure(system, factors, rules)


def with_cells(before: Grid, after: Grid, cells: Iterable[Cell]) -> Grid:
    """Return a grid with some of its cells as another grid has them."""
    wanted = set(cells)
    new = {sheet.name: sheet for sheet in after.sheets}
    made = [_mixed(sheet, new.get(sheet.name), wanted) for sheet in before.sheets]
    known = {sheet.name for sheet in before.sheets}
    more = [
        _mixed(GridSheet(sheet.name, {}), sheet, wanted)
        for sheet in after.sheets
        if sheet.name not in known and any(place[0] == sheet.name for place in wanted)
    ]
    return replace(before, sheets=(*made, *more))


def _mixed(sheet: GridSheet, other: GridSheet | None, wanted: set[Cell]) -> GridSheet:
    kept = {
        place: cell
        for place, cell in sheet.cells.items()
        if (sheet.name, address(*place)) not in wanted
    }
    taken = {
        place: cell
        for place, cell in (other.cells.items() if other else ())
        if (sheet.name, address(*place)) in wanted
    }
    return replace(sheet, cells=dict(sorted({**kept, **taken}.items())))


def _content(grid: Grid) -> Places:
    """Return the cells by sheet and address; how a number is shown does not count."""
    return {
        (sheet.name, address(*place)): cell._replace(format="")
        for sheet in grid.sheets
        for place, cell in sheet.cells.items()
    }


def _both(old: Places, new: Places) -> Iterable[Cell]:
    return dict.fromkeys((*old, *new))


def _source(exchange: Exchange) -> tuple[object, ...]:
    return (
        exchange.from_process,
        exchange.from_factor,
        exchange.from_flow,
        exchange.unit,
        exchange.process,
        exchange.stage,
    )
