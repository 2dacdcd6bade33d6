"""Three engines that share nothing but the arrays agree on every line of random systems."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lca import adjoint, engine, oracle
from lca.compiled import Compiled, Triplets
from lca.system_file import read
from tests.evidence import campaign
from tests.lca.systems import Doc, compiled, random_document

SYSTEMS_EVERY_DAY = 2_000
FIRST_DEEP = 10**6
PROMISED = 1e-9
USUAL = 1e-12


def a_system(seed: int) -> Doc:
    return random_document(seed, size=1 + seed % 9, loops=seed % 3 > 0, shared=seed % 2 > 0)


def apart(system: Compiled, seen: Compiled | None = None) -> float:
    """Largest difference over all flows and all lines, relative to the whole.

    ``seen`` is what the third engine gets in place of the system: the control.
    """
    one, other = (np.array(solve(system).impacts) for solve in (engine.solve, oracle.solve))
    columns = np.array([line.column for line in system.lines])
    views = np.equal.outer(system.biosphere.cols, columns)
    third = seen or system
    found = adjoint.solve(third, adjoint.burdens(third, views)).of(third.demand)
    whole = float(np.abs(one).sum()) or 1.0
    gaps = (one - other, one @ views - found, other @ views - found)
    return max(float(np.abs(gap).max(initial=0.0)) for gap in gaps) / whole


@pytest.mark.parametrize("first", range(0, SYSTEMS_EVERY_DAY, 500))
def test_engines_agree_on_random_systems(first: int) -> None:
    assert max(apart(compiled(a_system(seed))) for seed in range(first, first + 500)) <= USUAL


@pytest.mark.deep("engines")
def test_engines_agree_on_many_more() -> None:
    control = compiled(a_system(FIRST_DEEP))
    assert apart(control, one_entry_wrong(control)) > PROMISED
    with campaign("engines") as run:
        for seed in run.seeds():
            system = compiled(a_system(FIRST_DEEP + seed))
            gap = apart(system)
            assert gap <= PROMISED
            run.worst("gap", gap)
            run.count("systems")
            run.count("lines", len(system.lines))
            run.count("two_sheets", len({column.sheet for column in system.columns}) > 1)


def one_entry_wrong(system: Compiled) -> Compiled:
    """The system with its weightiest flow wrong by a millionth."""
    values = system.biosphere.values.copy()
    values[int(np.argmax(np.abs(engine.solve(system).impacts)))] *= 1 + 1e-6
    entries = Triplets(system.biosphere.rows, system.biosphere.cols, values)
    return dataclasses.replace(system, biosphere=entries)


@pytest.mark.parametrize("seed", range(20))
def test_control_a_wrong_entry_is_noticed(seed: int) -> None:
    system = compiled(a_system(seed))
    assert apart(system, one_entry_wrong(system)) > PROMISED


def test_random_systems_hold_what_they_promise() -> None:
    """The generator is worth something only if its systems have loops, sheets, credits, bases."""
    docs = [random_document(seed, size=6) for seed in range(40)]
    systems = [read(doc) for doc in docs]
    roles = {o.role for s in systems for p in s.processes for o in p.outputs}
    assert roles == {"reference", "allocate", "cut-off", "substitute"}
    assert {x.basis for s in systems for x in s.exchanges} == {"both", "location", "market"}
    sheets = [{column.sheet for column in compiled(s).columns} for s in systems]
    assert {"burdens", "atoms"} in sheets
    backward = [
        x for s in systems for x in s.exchanges if x.from_process and x.process > x.from_process
    ]
    assert len(backward) > 40
