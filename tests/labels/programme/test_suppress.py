"""What is published gives away no figure of few firms: attacked by algebra and by bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.programme.suppress import (
    WHOLE,
    Cell,
    Contribution,
    Table,
    bounds,
    publishable,
)

FEWEST = 3


def primary(table: Table) -> Mapping[Cell, float]:
    """The control: cells of few firms left out, and nothing else."""
    totals = table.totals
    return {
        one: table.value(atoms)
        for one, atoms in totals.items()
        if len(table.firms(atoms)) >= FEWEST
    }


def eliminated(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """Rows in echelon form, exactly."""
    rows, done = [list(row) for row in rows], []
    width = len(rows[0]) if rows else 0
    for column in range(width):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot = [value / pivot[column] for value in pivot]
        rows = [[a - row[column] * b for a, b in zip(row, pivot, strict=True)] for row in rows]
        done.append(pivot)
    return done


def attacked(table: Table, published: Mapping[Cell, float]) -> Iterator[frozenset[str]]:
    """Sets of few firms of whom some combination of published totals tells something alone.

    Independent of the code under test: exact elimination with the atoms of the others first; a row
    that is left with nothing of the others is a figure of the few.
    """
    atoms = list(table.atoms)
    everybody = sorted({firm for cell in table.atoms.values() for firm in cell})
    for size in range(1, FEWEST):
        for firms in combinations(everybody, size):
            own = [atom for atom in atoms if set(table.atoms[atom]) <= set(firms)]
            order = [atom for atom in atoms if atom not in own]
            rows = [
                [Fraction(atom in table.totals[one]) for atom in (*order, *own)]
                for one in published
            ]
            if any(not any(row[: len(order)]) for row in eliminated(rows)):
                yield frozenset(firms)


def too_close(table: Table, published: Mapping[Cell, float]) -> list[Cell]:
    """Atoms of few firms that linear programmes pin down to their value."""
    if not published:
        return []
    matrix, values = table.matrix(list(published)), np.array(list(published.values()))
    found = []
    for place, (atom, firms) in enumerate(table.atoms.items()):
        if len(firms) < FEWEST and matrix[:, place].any():
            low, high = bounds(matrix, values, place)
            if high - low < 1e-6 * max(1.0, sum(firms.values())):
                found.append(atom)
    return found


amounts = st.integers(0, 5000).map(float)
contributions = st.builds(
    Contribution,
    firm=st.sampled_from([f"f{n}" for n in range(9)]),
    row=st.sampled_from("abcd"),
    column=st.sampled_from("xyz"),
    amount=amounts,
)
tables = st.lists(contributions, min_size=1, max_size=22).map(Table.of)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_no_figure_of_few_firms_can_be_worked_out(table: Table):
    published = publishable(table, FEWEST)
    assert not list(attacked(table, published))
    assert not too_close(table, published)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_what_is_published_is_true_and_of_enough_firms(table: Table):
    for total, value in publishable(table, FEWEST).items():
        atoms = table.totals[total]
        assert len(table.firms(atoms)) >= FEWEST
        assert value == table.value(atoms)


def several(row: str, column: str, count: int, first: int = 0) -> Iterator[Contribution]:
    for number in range(first, first + count):
        yield Contribution(f"{row}{column}{number}", row, column, 100.0 + number)


def grid(small: int = 1) -> Table:
    """Four cells of many firms, one of which has few."""
    cells = (("a", "x", small), ("a", "y", 5), ("b", "x", 6), ("b", "y", 7), ("c", "x", 8),
             ("c", "y", 9))  # fmt: skip
    return Table.of(one for row, column, count in cells for one in several(row, column, count))


def test_without_complementary_suppression_the_attack_succeeds():
    table = grid()
    assert ("a", "x") not in primary(table)
    assert list(attacked(table, primary(table)))
    assert not list(attacked(table, publishable(table, FEWEST)))


def test_as_little_as_needed_is_left_out():
    table = grid(small=4)
    assert publishable(table, FEWEST) == primary(table)
    assert len(publishable(grid(), FEWEST)) >= len(primary(grid())) - 3
    assert (WHOLE, WHOLE) in publishable(grid(), FEWEST)


def test_zeros_do_not_give_away_that_they_are_zeros():
    zeros = [Contribution("f1", "a", "x", 0.0), Contribution("f2", "a", "y", 0.0),
             Contribution("f3", "a", "y", 0.0)]  # fmt: skip
    table = Table.of([*zeros, *several("b", "x", 4), *several("b", "y", 4)])
    assert too_close(table, primary(table))
    assert not too_close(table, publishable(table, FEWEST))


def test_one_firm_in_many_cells_is_still_one_firm():
    table = Table.of(
        [Contribution("f1", "a", column, 50.0) for column in "xyz"]
        + [one for column in "xyz" for one in several("b", column, 4)]
    )
    published = publishable(table, FEWEST)
    assert not any(row == "a" for row, _ in published)
    assert not list(attacked(table, published))
