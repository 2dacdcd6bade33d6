"""What is published gives away no figure of few firms: attacked by algebra and by bounds.

The attacker has every table of every report, knows which firms stand behind which total, and
combines what is published in any way that is linear. It shares no code with what it attacks.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from labels.programme.suppress import ROOM, Atom, Total, firms, publishable, value

FEWEST = 3
WHOLE = ""
PRIME = 2**31 - 1
Totals = Mapping[str, Total]


def primary(totals: Totals, fewest: int = FEWEST) -> frozenset[str]:
    """The control: totals of few firms left out, and nothing else."""
    return frozenset(name for name, atoms in totals.items() if len(firms(atoms)) >= fewest)


def shown(totals: Totals, names: Iterable[str]) -> list[Total]:
    return [totals[name] for name in sorted(names)]


def left_over(rows: list[list[int]], columns: int) -> bool:
    """Whether elimination of the first columns leaves a row with something behind them.

    Modulo a prime beyond every minor that matrices of zeros and ones of this size can have, so that
    it is exact.
    """
    for column in range(columns):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        scale = pow(pivot[column], -1, PRIME)
        rows = [
            [(a - row[column] * scale * b) % PRIME for a, b in zip(row, pivot, strict=True)]
            if row[column] else row
            for row in rows
        ]  # fmt: skip
    return any(map(any, rows))


def exposed(published: Collection[Total], fewest: int = FEWEST) -> Iterator[frozenset[str]]:
    """Sets of few firms of whom some combination of published totals tells something alone.

    The atoms of the others are eliminated first; what is left then is a figure of the few.
    """
    atoms = sorted({one for total in published for one in total}, key=repr)
    for chosen in combinations(sorted(firms(atoms)), min(fewest - 1, len(firms(atoms)))):
        order = sorted(atoms, key=lambda one: one.firm in chosen)
        others = sum(one.firm not in chosen for one in atoms)
        if left_over([[int(one in total) for one in order] for total in published], others):
            yield frozenset(chosen)


def pinned(published: Collection[Total]) -> list[Atom]:
    """Atoms that linear programmes bound to less than the room they are promised."""
    atoms = sorted({one for total in published for one in total}, key=repr)
    if not atoms:
        return []
    matrix = np.array([[one in total for one in atoms] for total in published], dtype=float)
    sums = matrix @ np.array([one.value for one in atoms])
    scale = float(sums.max()) or 1.0
    limits = [(0.0, None if math.isinf(one.most) else one.most / scale) for one in atoms]
    found = []
    for place, atom in enumerate(atoms):
        cost = np.eye(len(atoms))[place]
        ends = [linprog(sign * cost, A_eq=matrix, b_eq=sums / scale, bounds=limits)
                for sign in (1, -1)]  # fmt: skip
        if not all(one.status == 0 for one in ends) or atom.flag:
            continue
        if -(ends[0].fun + ends[1].fun) * scale < 0.9 * ROOM * max(atom.value, 1e-9):
            found.append(atom)
    return found


def overshadowed(published: Collection[Total]) -> list[tuple[Atom, str]]:
    """Amounts of which an outsider, or a large firm that knows its own, knows too well the most.

    Of atoms that stand in the same totals the largest is the one that is seen.
    """
    every = sorted({one for total in published for one in total}, key=lambda one: -one.value)
    found = []
    for own in ("", *dict.fromkeys(one.firm for one in every[:2])):
        kinds = {tuple(one in total for total in published): one
                 for one in reversed(every) if one.firm != own}  # fmt: skip
        sums = [value(one for one in total if one.firm != own) for total in published]
        scale = max(sums, default=0.0) or 1.0
        matrix = np.array(list(kinds), dtype=float).T
        for place, atom in enumerate(kinds.values()):
            if math.isinf(atom.most) and atom.value:
                most = linprog(-np.eye(len(kinds))[place], A_eq=matrix, b_eq=np.array(sums) / scale)
                if most.status == 0 and -most.fun * scale < (1 + 0.9 * ROOM) * atom.value:
                    found.append((atom, own))
    return found


def dominated(total: Total) -> bool:
    """Whether what is left of a total without its two largest firms hides the largest badly."""
    amounts = [one for one in total if math.isinf(one.most)]
    parts = sorted(value(one for one in amounts if one.firm == firm) for firm in firms(amounts))
    return bool(parts) and sum(parts[:-2]) < 0.9 * ROOM * parts[-1]


# --- any tables -----------------------------------------------------------------------------------

NAMES = [f"f{number}" for number in range(7)]
amounts = st.builds(
    Atom, firm=st.sampled_from(NAMES), what=st.sampled_from("abc"),
    value=st.integers(0, 5000).map(float),
)  # fmt: skip
shares = st.builds(
    Atom, firm=st.sampled_from(NAMES), what=st.sampled_from("xy"),
    value=st.integers(0, 100).map(lambda one: one / 100), most=st.just(1.0),
)  # fmt: skip


def of_one_day(found: Iterable[Atom]) -> list[Atom]:
    """One value of everything, as a report of one day has it."""
    return list({(one.firm, one.what): one for one in found}.values())


pools = st.lists(amounts | shares, min_size=4, max_size=12).map(of_one_day)


@st.composite
def tables(draw: st.DrawFn, pool: list[Atom] | None = None) -> dict[str, Total]:
    """Totals over any sets of what firms add; tables overlap as they may."""
    atoms = draw(pools) if pool is None else pool
    sets = st.frozensets(st.sampled_from(atoms), min_size=1)
    whole = frozenset(atoms)
    found = draw(st.lists(sets | st.just(whole), min_size=1, max_size=6))
    rest = [whole - one for one in found if one != whole]
    return {f"t{number}": total for number, total in enumerate([*found, *rest[:3]])}


@settings(max_examples=25, deadline=None)
@given(tables())
def test_no_figure_of_few_firms_can_be_worked_out(totals: dict[str, Total]) -> None:
    published = shown(totals, publishable(totals, FEWEST))
    assert not list(exposed(published))
    assert not pinned(published)
    assert not overshadowed(published)
    assert not any(map(dominated, published))


@st.composite
def years(draw: st.DrawFn) -> tuple[dict[str, Total], dict[str, Total]]:
    """The totals of two reports: some of what firms add has changed in between, some firms came."""
    first = draw(pools)
    grown = [replace(one, value=one.value / 2) if draw(st.integers(0, 3)) == 0 else one
             for one in first]  # fmt: skip
    come = draw(st.lists(amounts | shares, max_size=3))
    return draw(tables(first)), draw(tables(of_one_day([*come, *grown])))


@settings(max_examples=25, deadline=None)
@given(years())
def test_two_reports_together_give_away_no_figure_of_few_firms(
    pair: tuple[dict[str, Total], dict[str, Total]],
) -> None:
    before, now = pair
    public = shown(before, publishable(before, FEWEST))
    published = [*public, *shown(now, publishable(now, FEWEST, public))]
    assert not list(exposed(published))
    assert not pinned(published)
    assert not overshadowed(published)
    assert not any(map(dominated, published))


@settings(max_examples=25, deadline=None)
@given(tables(), st.integers(2, 4))
def test_what_is_published_is_of_enough_firms_and_may_be_published_again(
    totals: dict[str, Total], fewest: int
) -> None:
    names = publishable(totals, fewest)
    assert all(len(firms(totals[name])) >= fewest for name in names)
    assert publishable(totals, fewest, shown(totals, names)) >= names


# --- controls, and how much is left out -----------------------------------------------------------


def several(row: str, column: str, count: int) -> Total:
    return frozenset(Atom(f"{row}{column}{number}", "kWh", 100.0 + number)
                     for number in range(count))  # fmt: skip


def crossed(cells: Mapping[tuple[str, str], Total]) -> dict[str, Total]:
    """A table with its margins."""
    found: dict[str, Total] = {}
    for (row, column), atoms in cells.items():
        for name in (f"{row}{column}", row, column, WHOLE):
            found[name] = found.get(name, frozenset()) | atoms
    return found


def grid(small: int = 1) -> dict[str, Total]:
    """Six cells of many firms, one of which has few."""
    counts = {"ax": small, "ay": 5, "bx": 6, "by": 7, "cx": 8, "cy": 9}
    return crossed({(name[0], name[1]): several(name[0], name[1], count)
                    for name, count in counts.items()})  # fmt: skip


def test_without_complementary_suppression_the_attack_succeeds() -> None:
    totals = grid()
    assert "ax" not in primary(totals)
    assert list(exposed(shown(totals, primary(totals))))
    assert not list(exposed(shown(totals, publishable(totals, FEWEST))))


def test_without_what_was_published_before_the_attack_succeeds() -> None:
    old = {"all": several("a", "x", 4)}
    new = {"all": several("a", "x", 5)}
    public = shown(old, publishable(old, FEWEST))
    assert list(exposed([*public, *shown(new, publishable(new, FEWEST))]))
    assert publishable(new, FEWEST, public) == frozenset()
    later = {"all": several("a", "x", 7)}
    assert publishable(later, FEWEST, public) == {"all"}


def test_without_looking_across_tables_the_attack_succeeds() -> None:
    whole = several("a", "x", 6)
    one, other = {"hot": whole}, {"source": whole - several("a", "x", 1)}
    apart = [*shown(one, publishable(one, FEWEST)), *shown(other, publishable(other, FEWEST))]
    assert list(exposed(apart))
    assert publishable({**one, **other}, FEWEST) == {"hot"}


def test_without_bounds_a_share_of_all_gives_everybody_away() -> None:
    full = frozenset(Atom(name, "share", 1.0, most=1.0) for name in NAMES)
    assert pinned([full])
    assert publishable({"full": full}, FEWEST) == frozenset()
    flags = frozenset(replace(one, flag=True) for one in full)
    assert publishable({"moved": flags}, FEWEST) == {"moved"}


def of_sizes(*kwh: float) -> Total:
    return frozenset(Atom(f"w{place}", "kWh", one) for place, one in enumerate(kwh))


def test_without_the_rule_of_dominance_one_works_gives_itself_away() -> None:
    """A large works among small ones: its neighbour knows it from the total, to a few per cent."""
    one = {"steel": of_sizes(965_887.0, 15_662.0, 13_968.0, 11_596.0, 6_853.0)}
    assert overshadowed(list(one.values())) and dominated(one["steel"])
    assert publishable(one, FEWEST) == frozenset()
    assert publishable({"even": of_sizes(9.0, 5.0, 3.0, 2.0)}, FEWEST) == {"even"}


def test_the_rule_of_dominance_sees_differences() -> None:
    """Neither total is of one works alone; what lies between them is."""
    small = of_sizes(9.0, 8.0, 7.0, 6.0)
    big = frozenset({Atom("big", "kWh", 20.0), Atom("one", "kWh", 1.0), Atom("two", "kWh", 1.0)})
    totals = {"all": small | big, "small": small}
    assert not any(map(dominated, totals.values())) and not list(exposed(list(totals.values())))
    assert overshadowed(list(totals.values()))
    assert publishable(totals, FEWEST) == {"all"}


def test_as_little_as_needed_is_left_out() -> None:
    assert publishable(grid(small=4), FEWEST) == primary(grid(small=4))
    left = publishable(grid(), FEWEST)
    assert primary(grid()) - left == {"ay", "bx", "by"}, "a rectangle with the cell of few firms"


def test_zeros_do_not_give_away_that_they_are_zeros() -> None:
    zeros = {("a", "x"): frozenset({Atom("f1", "kWh", 0.0)}),
             ("a", "y"): frozenset({Atom("f2", "kWh", 0.0), Atom("f3", "kWh", 0.0)}),
             ("b", "x"): several("b", "x", 4), ("b", "y"): several("b", "y", 4)}  # fmt: skip
    totals = crossed(zeros)
    assert pinned(shown(totals, primary(totals)))
    assert not pinned(shown(totals, publishable(totals, FEWEST)))


def test_one_firm_in_many_cells_is_still_one_firm() -> None:
    cells = {("a", column): frozenset({Atom("f1", f"works {column}", 50.0)}) for column in "xyz"}
    cells |= {("b", column): several("b", column, 4) for column in "xyz"}
    totals = crossed(cells)
    published = publishable(totals, FEWEST)
    assert not any(name.startswith("a") for name in published)
    assert not list(exposed(shown(totals, published)))


def test_values_add_up_whatever_their_order() -> None:
    assert value(several("a", "x", 5)) == 510.0
