"""Monte Carlo beside bw2calc: the same random system, every input and emission lognormal.

The peer is ``next(lca)`` of bw2calc with SuperLU on a datapackage with distributions, which is how
a Brightway user samples. The floor is what drawing that many lognormal numbers takes by itself, in
pieces that stay in the cache. One thread each; ratios are of processor time.
"""

from __future__ import annotations

from dataclasses import dataclass

import bw2calc
import bw_processing as bwp
import numpy as np
from numpy.typing import NDArray

from lca.compiled import Column, Compiled, FlowRow, Triplets
from lca.uncertainty.distributions import Lognormal
from lca.uncertainty.system import Multiplied, SampledSystem
from tests.bench.clock import Spent, best

GSD = 1.1
AIM_FLOOR = 1.3
PEER_RUNS = 40
GAS = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured: the time of a run, and uncertain numbers."""

    name: str
    ours: Spent
    peer: Spent
    floor: Spent
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


def peer(system: Compiled) -> bw2calc.LCA:
    """Return a ``bw2calc.LCA`` that samples."""
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
    return lca


def peer_scores(lca: bw2calc.LCA, runs: int) -> list[float]:
    """Return the scores of so many ``next(lca)``."""
    scores = []
    for _ in range(runs):
        next(lca)
        scores.append(lca.score)
    return scores


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


def floor(numbers: int, runs: int) -> None:
    """Draw lognormal numbers and do nothing with them."""
    generator = np.random.Generator(np.random.SFC64(1))
    room = np.empty(16_384)
    for _ in range(numbers * runs // len(room)):
        generator.standard_normal(out=room)
        np.multiply(room, 0.1, out=room)
        np.exp(room, out=room)


def measure(size: int, loops: float, runs: int, aim: int) -> Row:
    """Measure one system."""
    system = random_system(size, loops)
    sampled = SampledSystem(system, uncertain(system))
    lca, theirs, ours = peer(system), list[float](), list[float]()
    found = best(
        lambda: ours.append(float(sampled.results(runs, threads=1).mean())),
        lambda: theirs.extend(peer_scores(lca, PEER_RUNS)),
        lambda: floor(len(sampled.names), runs),
    )
    times = [one.over(count) for one, count in zip(found, (runs, PEER_RUNS, runs), strict=True)]
    gap = abs(ours[0] / float(np.mean(theirs)) - 1)
    name = f"{size} activities, {'loops' if loops else 'no loops'}"
    return Row(name, times[0], times[1], times[2], len(sampled.names), gap, aim)


def rows(runs: int = 20_000) -> list[Row]:
    """Measure the four systems of the table."""
    return [
        measure(50, 0.0, runs, 150),
        measure(50, 0.1, runs, 60),
        measure(500, 0.0, runs // 4, 40),
        measure(500, 0.1, runs // 4, 20),
    ]


def both_cores(runs: int = 65_536) -> str:
    """Return what a second thread saves on the clock: nothing where others use the core."""
    system = random_system(500, 0.0)
    sampled = SampledSystem(system, uncertain(system))
    one, two = (
        best(lambda count=count: sampled.results(runs, threads=count), turns=3)[0].wall  # type: ignore[misc]
        for count in (1, 2)
    )
    return f"two threads, 500 activities: {one / two:.2f} x on the clock, the same numbers"


def main() -> None:
    """Print the table."""
    heads = "".join(
        f"{head:>9}" for head in ("ours", "bw2calc", "ratio", "aim", "floor", "x floor", "aim")
    )
    print(f"{'Monte Carlo, CPU us per run':<28}{heads}  (on the clock)")
    for row in rows():
        mine, theirs, least = (one.cpu * 1e6 for one in (row.ours, row.peer, row.floor))
        cells = f"{mine:>9.1f}{theirs:>9.0f}{theirs / mine:>9.0f}{row.aim:>9}"
        floors = f"{least:>9.1f}{mine / least:>9.2f}{AIM_FLOOR:>9}"
        clock = f"({row.peer.wall / row.ours.wall:.0f}, {row.ours.wall / row.floor.wall:.2f})"
        print(f"{row.name:<28}{cells}{floors}  {clock:<12} means apart {row.mean_gap:.1%}")
    print(both_cores())


if __name__ == "__main__":
    main()
