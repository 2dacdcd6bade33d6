"""The graph walk: its parts on small graphs, and that it would notice a wrong number of record."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import numpy as np
import pytest

import lca.oracle
from factors.errors import SolveError
from lca import engine, oracle
from lca.compiled import Compiled, Triplets
from lca.lines import gap, lines_of
from lca.system_file import read
from tests.lca.systems import compiled, random_document


def test_components_come_with_suppliers_first() -> None:
    # 0 -> 1 -> 2 -> 1, 2 -> 3; 4 alone
    found = oracle._components([[1], [2], [1, 3], [], []])
    assert [sorted(component) for component in found] == [[3], [1, 2], [0], [4]]


def test_components_of_a_long_chain_need_no_recursion() -> None:
    count = 50_000
    found = oracle._components([[node + 1] for node in range(count - 1)] + [[0]])
    assert [len(component) for component in found] == [count]


@pytest.mark.parametrize("seed", range(10))
def test_elimination_solves_what_numpy_solves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(7, 7)) * 10.0 ** rng.integers(-6, 6, size=(7, 1))
    right = rng.normal(size=7)
    found, pivot = oracle._eliminate(matrix.tolist(), right.tolist())
    assert found == pytest.approx(np.linalg.solve(matrix, right).tolist(), rel=1e-9)
    assert pivot > 0


def test_elimination_swaps_rows_where_the_pivot_is_zero() -> None:
    found, _ = oracle._eliminate([[0.0, 1.0], [2.0, 0.0]], [3.0, 4.0])
    assert found == [2.0, 3.0]


@pytest.mark.parametrize("seed", range(12))
def test_supply_and_impacts_are_those_of_a_dense_solve(seed: int) -> None:
    """Runs of every column, and kg CO2e at every place, against numpy on the whole matrix."""
    system = compiled(random_document(seed, 6))
    size = len(system.columns)
    matrix, wanted = np.zeros((size, size)), np.zeros(size)
    entries = system.technosphere
    matrix[entries.rows, entries.cols] = entries.values
    for row, amount in system.demand:
        wanted[row] += amount
    runs = np.linalg.solve(matrix, wanted)
    found = oracle.solve(system)
    assert len(found.supply) == size
    assert found.supply == pytest.approx(runs.tolist(), rel=1e-9, abs=1e-12)
    places = system.biosphere
    impacts = system.characterisation[places.rows] * places.values * runs[places.cols]
    assert found.impacts == pytest.approx(impacts.tolist(), rel=1e-9, abs=1e-12)


def perturbed(system: Compiled, index: int, by: float) -> Compiled:
    """The same system with one entry of the technosphere changed a little."""
    values = system.technosphere.values.copy()
    values[index] *= 1 + by
    entries = Triplets(system.technosphere.rows, system.technosphere.cols, values)
    return dataclasses.replace(system, technosphere=entries)


def off_diagonal(system: Compiled) -> list[int]:
    """Links between processes whose supply matters."""
    entries, runs = system.technosphere, engine.solve(system).supply
    return [
        k
        for k, (row, col) in enumerate(zip(entries.rows, entries.cols, strict=True))
        if row != col and runs[row] and runs[col] and system.columns[row].kind == "process"
    ]


@pytest.mark.parametrize("seed", range(4))
def test_control_a_perturbed_matrix_is_noticed(seed: int) -> None:
    doc = random_document(seed, size=6)
    system = compiled(doc)
    source = read(doc)
    record = engine.solve(system)
    lines = lines_of(source, system, record, source.boundary)
    assert gap(system, lines, record, oracle.solve(system)) < 1e-9
    whole = sum(map(abs, record.impacts))
    noticed = 0
    for index in off_diagonal(system):
        other = oracle.solve(perturbed(system, index, 1e-3))
        pairs = zip(record.impacts, other.impacts, strict=True)
        if max(abs(one - two) for one, two in pairs) / whole > 1e-8:
            with pytest.raises(SolveError) as error:
                gap(system, lines, record, other)
            assert error.value.findings[0].code == "ENGINE-DISAGREE"
            noticed += 1
    assert noticed


def test_control_a_wrong_line_alone_is_noticed() -> None:
    """A swap of two lines leaves every total as it is; the lines give it away."""
    doc = random_document(3, size=4)
    source = read(doc)
    system = compiled(doc)
    record = engine.solve(system)
    lines = lines_of(source, system, record, source.boundary)
    impacts = list(record.impacts)
    first, second = sorted(range(len(impacts)), key=lambda k: abs(impacts[k]))[-2:]
    shift = impacts[first] * 1e-6
    impacts[first] += shift
    impacts[second] -= shift
    with pytest.raises(SolveError):
        gap(system, lines, record, dataclasses.replace(record, impacts=tuple(impacts)))


def test_control_numbers_of_record_are_compared_too() -> None:
    doc = random_document(5, size=4)
    source, system = read(doc), compiled(doc)
    record = engine.solve(system)
    lines = lines_of(source, system, record, source.boundary)
    heaviest = max(lines, key=lambda line: max(map(abs, line.parts.values()), default=0))
    wrong = {part: value * 2 for part, value in heaviest.parts.items()}
    swapped = [dataclasses.replace(x, parts=wrong) if x is heaviest else x for x in lines]
    with pytest.raises(SolveError):
        gap(system, swapped, record, oracle.solve(system))


def test_it_imports_nothing_that_computes() -> None:
    tree = ast.parse(Path(lca.oracle.__file__).read_text(encoding="utf-8"))
    modules = {
        node.module if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    allowed = {"__future__", "math", "factors.errors", "factors.findings", "lca.compiled"}
    assert modules == allowed
    names = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "lca.compiled"
        for alias in node.names
    }
    assert names == {"Compiled", "Solution"}
