"""The third engine: agrees with the other two line by line, and refuses what they refuse."""

from __future__ import annotations

import ast
import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

import lca.adjoint
from factors.errors import SolveError
from lca import adjoint, engine, oracle
from lca.compiled import Compiled, Triplets
from tests.lca.systems import MASS, Doc, compiled, document, line, link, own, process
from tests.lca.systems import random_document as random

SYSTEMS = 100


def by_line(system: Compiled) -> NDArray[np.bool_]:
    """One view per line: the places of its column."""
    columns = [line.column for line in system.lines]
    mine: NDArray[np.bool_] = np.equal.outer(system.biosphere.cols, np.array(columns))
    return mine


def apart(system: Compiled) -> float:
    """Largest difference between the three engines over all lines, relative to the whole."""
    views = by_line(system)
    found = adjoint.solve(system, adjoint.burdens(system, views)).of(system.demand)
    worst = 0.0
    for other in (engine, oracle):
        impacts = np.array(other.solve(system).impacts)
        whole = float(np.abs(impacts).sum()) or 1.0
        worst = max(worst, float(np.abs(impacts @ views - found).max(initial=0.0)) / whole)
    return worst


def campaign(first: int, count: int) -> float:
    shapes = (
        (seed, 1 + seed % 9, seed % 3 > 0, seed % 2 > 0) for seed in range(first, first + count)
    )
    return max(apart(compiled(random(a, b, loops=c, shared=d))) for a, b, c, d in shapes)


def test_three_engines_agree_line_by_line_on_random_systems() -> None:
    assert campaign(0, SYSTEMS) <= 1e-12


@pytest.mark.parametrize("seed", range(20))
def test_sweeps_and_factorisation_agree_on_every_score(seed: int) -> None:
    system = compiled(random(seed, size=9))
    swept, solved = adjoint.solve(system), adjoint.solve(system, direct=True)
    assert swept.sweeps > 0
    assert solved.sweeps == 0
    assert swept.values == pytest.approx(solved.values, rel=1e-11, abs=1e-300)


def test_a_unit_score_is_the_footprint_of_one_unit() -> None:
    """Put one unit of another product in demand: the score is the result of a forward engine."""
    system = compiled(random(7, size=6))
    scores = adjoint.solve(system).values[:, 0]
    for row, column in enumerate(system.columns):
        if column.kind == "process":
            asked = dataclasses.replace(system, demand=((row, 1.0),))
            impacts = engine.solve(asked).impacts
            assert scores[row] == pytest.approx(sum(impacts), abs=1e-12 * sum(map(abs, impacts)))


def test_control_a_wrong_entry_is_noticed() -> None:
    system = compiled(random(3, size=6))
    values = system.biosphere.values.copy()
    values[int(np.argmax(np.abs(engine.solve(system).impacts)))] *= 1 + 1e-6
    entries = Triplets(system.biosphere.rows, system.biosphere.cols, values)
    wrong = dataclasses.replace(system, biosphere=entries)
    whole = sum(map(abs, engine.solve(system).impacts))
    found = adjoint.solve(wrong).of(wrong.demand)[0]
    assert abs(found - sum(engine.solve(system).impacts)) > 1e-9 * whole


def test_small_scores_stand_still_too() -> None:
    """A score of 1e-20 beside one of 1e+10 has all its digits: the stop looks at each of them."""
    doc = document(
        [process("p"), process("big"), process("small"), process("loop")],
        [
            link("p", "big", "1"),
            link("p", "small", "1"),
            link("small", "loop", "0.5"),
            link("loop", "small", "0.8"),
            line("much", "big", "own:f", "10000000000"),
            line("little", "small", "own:f", "0.00000000000000000001"),
        ],
        factors=[own("f")],
    )
    system = compiled(doc)
    found = adjoint.solve(system)
    scores = dict(zip((column.id for column in system.columns), found.values[:, 0], strict=True))
    assert found.sweeps > 0
    assert scores["small"] == pytest.approx(1e-20 / (1 - 0.4), rel=1e-13)


def loop(back: str, unit: str = "kg") -> Doc:
    """Two processes that feed each other; ``back`` of what goes round comes back."""
    per = Fraction(back) / MASS[unit]
    exchanges = [
        link("x", "a", "1"),
        link("a", "b", f"{float(per):.17g}", unit),
        link("b", "a", str(float(MASS[unit]))),
        line("one", "a", "own:f", "1"),
        line("two", "b", "own:f", "1"),
    ]
    return document([process("x"), process("a"), process("b", unit)], exchanges, factors=[own("f")])


@pytest.mark.parametrize("unit", MASS)
def test_a_strong_loop_is_factorised(unit: str) -> None:
    system = compiled(loop("0.999999", unit))
    found = adjoint.solve(system)
    assert found.sweeps == 0
    expected = sum(oracle.solve(system).impacts)
    assert found.of(system.demand)[0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("unit", MASS)
@pytest.mark.parametrize(
    ("back", "code"), [("1", "ENGINE-SINGULAR"), ("0.999999999999", "ENGINE-NEAR-SINGULAR")]
)
def test_loops_without_solution_are_refused_by_name(back: str, code: str, unit: str) -> None:
    with pytest.raises(SolveError) as refusal:
        adjoint.solve(compiled(loop(back, unit)))
    (found,) = refusal.value.findings
    assert found.code == code
    assert dict(found.params)["processes"] == "a, b"


def test_the_residual_measures_each_equation_by_its_own_terms() -> None:
    matrix = csr_array(np.array([[1.0, 0.0], [0.0, 1e-20]]))
    right = np.array([[1.0], [1e-20]])
    assert adjoint._residual(matrix, np.array([[1.0], [1.0]]), right) == 0
    assert adjoint._residual(matrix, np.array([[1.0], [1.5]]), right) == pytest.approx(0.2)
    assert adjoint._residual(matrix, np.array([[np.inf], [1.0]]), right) == np.inf


def test_it_imports_nothing_of_ours_that_computes() -> None:
    tree = ast.parse(Path(lca.adjoint.__file__).read_text(encoding="utf-8"))
    ours = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").split(".")[0] in ("lca", "factors")
    }
    assert ours == {"factors.errors", "factors.findings", "lca.compiled"}
