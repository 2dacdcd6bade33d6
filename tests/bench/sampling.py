"""Monte Carlo beside bw2calc: the same random system, every input and emission lognormal.

The peer is ``next(lca)`` of bw2calc with SuperLU on a datapackage with distributions, which is how
a Brightway user samples. The floor is what drawing that many lognormal numbers takes by itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import bw2calc
import bw_processing as bwp
import numpy as np
from numpy.typing import NDArray

from lca.compiled import Column, Compiled, FlowRow, Triplets
from lca.uncertainty.distributions import Lognormal
from lca.uncertainty.system import Multiplied, SampledSystem

GSD = 1.1
AIM_FLOOR = 1.3
PEER_RUNS = 60
GAS = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured: microseconds per run and uncertain numbers."""

    name: str
    ours: float
    peer: float
    floor: float
    numbers: int
    mean_gap: float
    aim: int


def random_system(size: int, loops: float, seed: int = 1) -> Compiled:
    """About six inputs and two emissions a process; ``loops`` is the share of links going back."""
    rng = np.random.default_rng(seed)
    entries = [(i, i, 1.0) for i in range(size)]
    for taker in range(size - 1):
        later = taker + 1 + rng.choice(size - taker - 1, min(5, size - taker - 1), replace=False)
        entries += [(int(i), taker, -float(rng.uniform(0.01, 0.18))) for i in later]
    for taker in rng.choice(np.arange(1, size), int(loops * 5 * size), replace=True):
        supplier = int(rng.integers(0, taker))
        if (supplier, taker) not in {(i, j) for i, j, _ in entries}:
            entries.append((supplier, int(taker), -float(rng.uniform(0.005, 0.05))))
    emissions = [(k, j, float(rng.uniform(0.1, 2))) for j in range(size) for k in (0, 1)]
    flows = (FlowRow("fossil", "CO2", "AR6-100"), FlowRow("fossil", "CH4-fossil", "AR6-100"))
    return Compiled(
        columns=tuple(Column("process", f"p{i}") for i in range(size)),
        products=tuple(f"p{i}" for i in range(size)),
        flows=flows,
        lines=(),
        technosphere=Triplets.of(entries),
        biosphere=Triplets.of(emissions),
        characterisation=np.array([1.0, 29.8]),
        demand=((0, 1.0),),
    )


def uncertain(system: Compiled) -> dict[str, Multiplied]:
    """Every input and emission is a quantity of its own."""
    tech = system.technosphere
    inputs = np.flatnonzero(tech.rows != tech.cols).tolist()
    shape = Lognormal(1.0, GSD)
    return {
        **{f"a{place}": Multiplied(shape, technosphere=(place,)) for place in inputs},
        **{
            f"b{place}": Multiplied(shape, biosphere=(place,))
            for place in range(len(system.biosphere.values))
        },
    }


def peer(system: Compiled, runs: int) -> tuple[float, float]:
    """Return seconds per ``next(lca)`` and the mean of its scores."""
    tech, bio = system.technosphere, system.biosphere
    package = bwp.create_datapackage()
    _add(package, "technosphere_matrix", tech, tech.rows != tech.cols)
    _add(package, "biosphere_matrix", bio, np.ones(len(bio.rows), dtype=bool), GAS)
    gases = np.array([(GAS, 0), (GAS + 1, 0)], dtype=bwp.INDICES_DTYPE)
    package.add_persistent_vector(
        matrix="characterization_matrix",
        name="c",
        identifier="GWP100",
        nrows=2,
        global_index=0,
        indices_array=gases,
        data_array=system.characterisation,
    )
    lca = bw2calc.LCA({0: 1.0}, data_objs=[package], use_distributions=True, seed_override=1)
    lca.lci()
    lca.lcia()
    start = time.perf_counter()
    scores = []
    for _ in range(runs):
        next(lca)
        scores.append(lca.score)
    return (time.perf_counter() - start) / runs, float(np.mean(scores))


def _add(
    package: bwp.Datapackage,
    matrix: str,
    entries: Triplets,
    drawn: NDArray[np.bool_],
    base: int = 0,
) -> None:
    spread = np.zeros(len(entries.values), dtype=bwp.UNCERTAINTY_DTYPE)
    for place, (value, uncertain_one) in enumerate(zip(entries.values, drawn, strict=True)):
        loc = np.log(abs(value)) if uncertain_one else value
        scale = np.log(GSD) if uncertain_one else np.nan
        kind = 2 if uncertain_one else 0
        spread[place] = (kind, loc, scale, np.nan, np.nan, np.nan, False)
    indices = [(int(i) + base, int(j)) for i, j in zip(entries.rows, entries.cols, strict=True)]
    package.add_persistent_vector(
        matrix=matrix,
        name=matrix,
        indices_array=np.array(indices, dtype=bwp.INDICES_DTYPE),
        data_array=np.abs(entries.values),
        flip_array=entries.values < 0,
        distributions_array=spread,
    )


def floor(numbers: int, runs: int) -> float:
    """Return seconds to draw lognormal numbers and do nothing with them."""
    generator = np.random.Generator(np.random.SFC64(1))
    room = np.empty(16_384)
    start = time.perf_counter()
    for _ in range(numbers * runs // len(room)):
        generator.standard_normal(out=room)
        np.multiply(room, 0.1, out=room)
        np.exp(room, out=room)
    return time.perf_counter() - start


def measure(size: int, loops: float, runs: int, aim: int) -> Row:
    """Measure one system, alternating, best of three."""
    system = random_system(size, loops)
    named = uncertain(system)
    sampled = SampledSystem(system, named)
    numbers = len(sampled.names)
    sampled.results(1_000, threads=1)
    ours, theirs, least, mean, their_mean = [], [], [], 0.0, 0.0
    for _ in range(3):
        start = time.perf_counter()
        mean = float(sampled.results(runs, threads=1).mean())
        ours.append((time.perf_counter() - start) / runs)
        seconds, their_mean = peer(system, PEER_RUNS)
        theirs.append(seconds)
        least.append(floor(numbers, runs) / runs)
    gap = abs(mean / their_mean - 1)
    name = f"{size} activities, {'loops' if loops else 'no loops'}"
    return Row(name, min(ours) * 1e6, min(theirs) * 1e6, min(least) * 1e6, numbers, gap, aim)


def rows(runs: int = 20_000) -> list[Row]:
    """Measure the four systems of the table."""
    return [
        measure(50, 0.0, runs, 150),
        measure(50, 0.1, runs, 60),
        measure(500, 0.0, runs // 4, 40),
        measure(500, 0.1, runs // 4, 20),
    ]


def main() -> None:
    """Print the table."""
    heads = "".join(
        f"{head:>9}" for head in ("ours", "bw2calc", "ratio", "aim", "floor", "x floor", "aim")
    )
    print(f"{'Monte Carlo, us per run':<28}{heads}")
    for row in rows():
        cells = f"{row.ours:>9.1f}{row.peer:>9.0f}{row.peer / row.ours:>9.0f}{row.aim:>9}"
        floors = f"{row.floor:>9.1f}{row.ours / row.floor:>9.2f}{AIM_FLOOR:>9}"
        print(f"{row.name:<28}{cells}{floors}   means apart {row.mean_gap:.1%}")


if __name__ == "__main__":
    main()
