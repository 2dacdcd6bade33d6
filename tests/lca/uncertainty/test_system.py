"""A system drawn in all its numbers: every run is the plain solution of its own drawn matrix."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

import lca.uncertainty.system as rooms
from lca import engine
from lca.compiled import Compiled
from lca.uncertainty.distributions import Fixed, Lognormal
from lca.uncertainty.draws import Correlation, Plan, drawn
from lca.uncertainty.system import Multiplied, SampledSystem
from tests.lca.systems import compiled, matrix, random_document

RUNS = 40
SEEDS = range(60)


def every_number(system: Compiled, gsd: float = 1.05) -> dict[str, Multiplied]:
    """A quantity of its own for every input and every emission."""
    tech, bio = system.technosphere, system.biosphere
    inputs = np.flatnonzero((tech.rows != tech.cols) & (tech.values != 0)).tolist()
    shape = Lognormal(1.0, gsd)
    return {
        **{f"a{place}": Multiplied(shape, technosphere=(place,)) for place in inputs},
        **{f"b{place}": Multiplied(shape, biosphere=(place,)) for place in range(len(bio.values))},
    }


def by_hand(system: Compiled, named: Mapping[str, Multiplied], runs: int, seed: int) -> np.ndarray:
    """The drawn matrices one by one, by a dense solve that knows nothing of the order."""
    draws = drawn(Plan({name: one.shape for name, one in named.items()}, runs, seed))
    tech, bio, size = system.technosphere, system.biosphere, len(system.columns)
    results = []
    for run in range(runs):
        a, b = tech.values.copy(), bio.values * system.characterisation[bio.rows]
        for row, one in enumerate(named.values()):
            a[list(one.technosphere)] *= draws[row, run]
            b[list(one.biosphere)] *= draws[row, run]
        dense, right, demand = np.zeros((size, size)), np.zeros(size), np.zeros(size)
        dense[tech.rows, tech.cols] = a
        np.add.at(right, bio.cols, b)
        for at, amount in system.demand:
            demand[at] += amount
        results.append(right @ np.linalg.solve(dense, demand))
    return np.array(results)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_run_solves_its_own_matrix(seed: int) -> None:
    system = compiled(random_document(seed, size=2 + seed % 8, loops=seed % 3 > 0))
    named = every_number(system)
    found = SampledSystem(system, named).results(RUNS, seed)
    expected = by_hand(system, named, RUNS, seed)
    assert found == pytest.approx(expected, rel=1e-10, abs=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("seed", range(20))
def test_without_spread_it_is_the_engine(seed: int) -> None:
    system = compiled(random_document(seed, size=6))
    named = {
        name: Multiplied(Fixed(1.0), one.technosphere) for name, one in every_number(system).items()
    }
    found = SampledSystem(system, named).results(3)
    expected = sum(engine.solve(system).impacts)
    assert found == pytest.approx([expected] * 3, rel=1e-10)


def strong_loop(back: float) -> Compiled:
    return compiled(matrix([[1, -back], [-back, 1]], [[1, 2]], [1, 0]))


@pytest.mark.parametrize("back", [0.3, 0.9, 0.99, 0.9999])
def test_weak_and_stubborn_loops(back: float) -> None:
    system = strong_loop(back)
    named = {"x": Multiplied(Lognormal(1.0, 1.0000001), (), (0,))}
    found = SampledSystem(system, named).results(RUNS, 1)
    assert found == pytest.approx(by_hand(system, named, RUNS, 1), rel=1e-9)
    assert found.mean() == pytest.approx((1 + 2 * back) / (1 - back**2), rel=1e-4)


def test_one_quantity_may_move_many_numbers() -> None:
    system = compiled(matrix([[1, 0], [-2, 1]], [[3, 5]], [1, 0]))
    everything = Multiplied(Lognormal(1.0, 1.5), (), tuple(range(len(system.biosphere.values))))
    found = SampledSystem(system, {"all": everything}).results(RUNS, 1)
    draws = drawn(Plan({"all": Lognormal(1.0, 1.5)}, RUNS, 1))[0]
    assert found == pytest.approx(13 * draws)


def test_threads_and_order_do_not_change_a_bit() -> None:
    system = compiled(random_document(7, size=6))
    named = every_number(system)
    turned = dict(reversed(named.items()))
    first = SampledSystem(system, named).results(20_000, 1, threads=1)
    for threads in (2, 3):
        found = SampledSystem(system, named).results(20_000, 1, threads=threads)
        assert np.array_equal(first, found)
    assert first == pytest.approx(SampledSystem(system, turned).results(20_000, 1), rel=1e-12)


def test_runs_at_a_time_do_not_change_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    system = compiled(random_document(8, size=8))
    sampled = SampledSystem(system, every_number(system))
    first = sampled.results(3_000, 1)
    monkeypatch.setattr(rooms, "ROOM", 1)
    assert sampled.results(3_000, 1) == pytest.approx(first, rel=1e-10)


@pytest.mark.parametrize("together", [0.0, 1.0])
def test_correlated_quantities_of_two_processes_move_together(together: float) -> None:
    system = compiled(matrix([[1, 0], [-2, 1]], [[3, 5]], [1, 0]))
    named = {
        name: Multiplied(Lognormal(1.0, 1.5), (), (place,)) for place, name in enumerate(("a", "b"))
    }
    tied = Correlation(("a", "b"), np.array([[1, together], [together, 1]]))
    found = SampledSystem(system, named, (tied,)).results(RUNS, 1)
    draws = drawn(Plan({name: one.shape for name, one in named.items()}, RUNS, 1, (tied,)))
    assert found == pytest.approx(3 * draws[0] + 10 * draws[1])
    assert np.allclose(draws[0], draws[1]) == bool(together)
