"""What the tests of household appliances share: an example handed in, changed, built, computed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction as F
from functools import cache
from importlib.resources import files

from factors.findings import blocking
from factors.store import FactorSet
from factors.store import load as load_factors
from lca import ruleset
from lca.build import Built, build
from lca.footprint import Footprint, compute
from lca.inventory import GATE, GRAVE
from lca.model import load
from lca.submission import AccountEntry, Cell, FamilyEntry, Submission
from lca.workbook.read import read
from lca.workbook.write import workbook

EXCLUDING = "excluding_biogenic_co2"
RULES = ruleset.load("iso14067-generic")

Change = Callable[[Submission], Submission]


@cache
def factors() -> FactorSet:
    return load_factors()


@cache
def handed_in(model: str, lang: str = "en") -> Submission:
    """The shipped example written into a workbook and read back, as a maker would hand it in."""
    source = files("lca") / "models" / "examples" / f"{model}.toml"
    told = tomllib.loads(source.read_text(encoding="utf-8"))
    return read(workbook(load(model), "zh" if lang == "zh" else "en", told), f"{model}.xlsx")


def subject(code: str) -> Change:
    return lambda told: replace(told, cover={**told.cover, "subject": Cell(code)})


def answered(**values: str | F) -> Change:
    """Other answers to questions of the site."""
    cells = {name: Cell(value) for name, value in values.items()}
    return lambda told: replace(told, answers={**told.answers, **cells})


def of_all(**values: str | F) -> Change:
    """Other answers of every family, in the unit of the model."""
    cells = {name: Cell(value) for name, value in values.items()}
    texts = {name: cell for name, cell in cells.items() if isinstance(cell.value, str)}
    numbers = {name: cell for name, cell in cells.items() if name not in texts}

    def changed(one: FamilyEntry) -> FamilyEntry:
        return replace(one, enums={**one.enums, **texts}, parameters={**one.parameters, **numbers})

    return lambda told: replace(told, families=tuple(changed(one) for one in told.families))


def booked(account: str, times: F) -> Change:
    """An account multiplied, stocks and amounts per unit alike."""

    def scaled(entry: AccountEntry) -> AccountEntry:
        if entry.account != account:
            return entry
        return replace(
            entry,
            months=tuple(scaled_cell(cell) for cell in entry.months),
            opening=scaled_cell(entry.opening),
            closing=scaled_cell(entry.closing),
            per_unit={code: scaled_cell(cell) for code, cell in entry.per_unit.items()},
            control_total=Cell(None),
        )

    def scaled_cell(cell: Cell) -> Cell:
        return cell if cell.number is None else replace(cell, value=cell.number * times)

    return lambda told: replace(told, accounts=tuple(scaled(one) for one in told.accounts))


def without(account: str) -> Change:
    """An account that nobody booked."""

    def change(told: Submission) -> Submission:
        kept = tuple(one for one in told.accounts if one.account != account)
        bought = tuple(one for one in told.suppliers if one.account != account)
        return replace(told, accounts=kept, suppliers=bought)

    return change


def built(model: str, *changes: Change) -> Built:
    told = handed_in(model)
    for change in changes:
        told = change(told)
    return build(told, load(model), RULES)


def footprint(model: str, *changes: Change) -> Footprint:
    return untouched(model) if not changes else computed(model, changes)


@cache
def untouched(model: str) -> Footprint:
    return computed(model, ())


def computed(model: str, changes: tuple[Change, ...]) -> Footprint:
    made = built(model, *changes)
    assert made.system is not None, [str(one.code) for one in blocking(made.findings)]
    return compute(made.system, factors(), RULES)


def gate(model: str, *changes: Change) -> float:
    return float(footprint(model, *changes).figures[GATE].total(EXCLUDING))


def grave(model: str, *changes: Change) -> float:
    return float(footprint(model, *changes).figures[GRAVE].total(EXCLUDING))


def checks(made: Built) -> set[str]:
    """Ids of the model's own checks that fired."""
    fired = (one for one in made.findings if one.code.startswith("MODEL-CHECK-"))
    return {str(dict(one.params)["id"]) for one in fired}


def amounts(result: Footprint) -> Mapping[str, F]:
    """Amount of every line of the widest figure."""
    return {line.id: F(line.amount) for line in result.figures[GRAVE].lines}


def stages_and_signs(result: Footprint) -> None:
    """Parts make the totals; only removals are negative; the gate lies below the grave."""
    for figure in result.figures.values():
        negative = {part for part, value in figure.parts.items() if value < 0}
        assert negative <= {"biogenic_co2_removal"}
        assert sum(figure.parts.values()) == figure.total("including_biogenic_co2")
    assert 0 < result.figures[GATE].total(EXCLUDING) < result.figures[GRAVE].total(EXCLUDING)
