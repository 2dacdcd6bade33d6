"""A city's products on one background of 20,000 activities, beside bw2calc in the same run.

The background has 200 blocks of 100 activities, 150 hubs that everybody uses, and very few links
across blocks, so that nearly all of it is one loop, as in the large databases. Products are sparse
demands of 30 exchanges each.
"""

from __future__ import annotations

import resource

import bw2calc
import bw_processing as bwp
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from factors.gwp import gwp_set
from lca import adjoint
from lca.compiled import Column, Compiled, FlowRow, Triplets
from lca.uncertainty.distributions import Lognormal
from lca.uncertainty.draws import Plan, drawn
from tests.bench import fastscores
from tests.bench.clock import Spent, best, spent

SIZE, BLOCK, HUBS, LINKS = 20_000, 100, 150, 9
PRODUCTS, EXCHANGES = 1_000, 30
PEER_PRODUCTS = 40
GAS = 10_000_000
Array = NDArray[np.float64]


def background(seed: int = 1) -> Compiled:
    """The background as a compiled system; columns take less than they give."""
    rng = np.random.default_rng(seed)
    takers = np.repeat(np.arange(SIZE), LINKS)
    inside = takers // BLOCK * BLOCK + rng.integers(0, BLOCK, len(takers))
    hubs = np.minimum(rng.zipf(1.5, len(takers)) - 1, HUBS - 1) * (SIZE // HUBS)
    far = rng.integers(0, SIZE, len(takers))
    kind = rng.random(len(takers))
    suppliers = np.where(kind < 0.8, inside, np.where(kind < 0.995, hubs, far))
    amounts = -rng.uniform(0, 0.75 / LINKS, len(takers))
    links = csr_array((amounts, (suppliers, takers)), shape=(SIZE, SIZE)).tocoo()
    off = links.row != links.col
    entries = [
        *((i, i, 1.0) for i in range(SIZE)),
        *zip(
            links.row[off].tolist(), links.col[off].tolist(), links.data[off].tolist(), strict=True
        ),
    ]
    given = rng.uniform(0, 1, (SIZE, 2)).tolist()
    burns = [(gas, at, amount) for at, pair in enumerate(given) for gas, amount in enumerate(pair)]
    flows = (FlowRow("fossil", "CO2", "AR6-100"), FlowRow("fossil", "CH4-fossil", "AR6-100"))
    names = tuple(f"a{i}" for i in range(SIZE))
    return Compiled(
        columns=tuple(Column("process", name) for name in names),
        products=names,
        flows=flows,
        lines=(),
        technosphere=Triplets.of(entries),
        biosphere=Triplets.of(burns),
        characterisation=np.array([1.0, float(gwp_set("AR6-100").values["CH4-fossil"])]),
        demand=((0, 1.0),),
    )


def demands(count: int, seed: int = 2) -> csr_array:
    """Sparse demands of the products; shape (products, activities)."""
    rng = np.random.default_rng(seed)
    rows = np.repeat(np.arange(count), EXCHANGES)
    columns = rng.integers(0, SIZE, len(rows))
    return csr_array((rng.uniform(0, 2, len(rows)), (rows, columns)), shape=(count, SIZE))


def factorised(system: Compiled, wanted: csr_array) -> tuple[Spent, Array]:
    """Time of all products (a part of them run, the rest scaled) and results of bw2calc."""
    tech, bio = system.technosphere, system.biosphere
    package = bwp.create_datapackage()
    for matrix, entries, base in (("technosphere_matrix", tech, 0), ("biosphere_matrix", bio, GAS)):
        indices = np.empty(len(entries.values), dtype=bwp.INDICES_DTYPE)
        indices["row"], indices["col"] = entries.rows + base, entries.cols
        package.add_persistent_vector(
            matrix=matrix, name=matrix, indices_array=indices,
            data_array=np.abs(entries.values), flip_array=entries.values < 0,
        )  # fmt: skip
    package.add_persistent_vector(
        matrix="characterization_matrix", name="c", identifier="GWP100", nrows=2, global_index=0,
        indices_array=np.array([(GAS, 0), (GAS + 1, 0)], dtype=bwp.INDICES_DTYPE),
        data_array=system.characterisation,
    )  # fmt: skip
    lca = bw2calc.LCA(_demand(wanted, 0), data_objs=[package])

    def set_up() -> None:
        lca.lci(factorize=True)
        lca.lcia()

    def some() -> None:
        for row in range(count):
            lca.lcia(demand=_demand(wanted, row))
            found.append(lca.score)

    found, count = list[float](), min(PEER_PRODUCTS, wanted.shape[0])
    first, rest = spent(set_up), spent(some).over(count / wanted.shape[0])
    return Spent(first.cpu + rest.cpu, first.wall + rest.wall), np.array(found)


def _demand(wanted: csr_array, row: int) -> dict[int, float]:
    part = slice(wanted.indptr[row], wanted.indptr[row + 1])
    return dict(zip(wanted.indices[part].tolist(), wanted.data[part].tolist(), strict=True))


def drawn_portfolio(count: int = 10_000, runs: int = 10_000, factors: int = 500) -> list[float]:
    """CPU seconds of the whole job, and of drawing, multiplying and taking quantiles alone."""
    rng = np.random.default_rng(3)
    rows = np.repeat(np.arange(count), 50)
    columns = rng.integers(0, factors, len(rows))
    activity = csr_array((rng.uniform(0, 1, len(rows)), (rows, columns)), shape=(count, factors))
    plan = Plan({f"factor:{i}": Lognormal(1.0, 1.1) for i in range(factors)}, runs, 1)
    whole = spent(lambda: quantiles(activity, drawn(plan))).cpu
    scores, some = drawn(plan), activity[:500]
    results = some @ scores
    draw = spent(lambda: drawn(plan)).cpu
    alone = best(
        lambda: some @ scores, lambda: np.partition(results, ranks_of(runs), axis=1), turns=2
    )
    return [whole, draw, *(one.cpu * count / 500 for one in alone)]


def ranks_of(runs: int) -> list[int]:
    """Ranks of the ends of the 95 % interval and of the median."""
    return [int(share * (runs - 1)) for share in (0.025, 0.5, 0.975)]


def quantiles(activity: csr_array, scores: Array, at_once: int = 250) -> Array:
    """Return median and ends of every product; memory does not grow with their number."""
    ranks = ranks_of(scores.shape[1])
    parts = []
    for first in range(0, activity.shape[0], at_once):
        results = activity[first : first + at_once] @ scores
        results.partition(ranks, axis=1)
        parts.append(results[:, ranks].copy())
    return np.concatenate(parts)


def _fast(system: Compiled, wanted: csr_array, ours: Spent) -> str:
    """The row of bw2calc's own adjoint route, where its environment is there."""
    if not fastscores.available():
        return "FastScores adjoint, PARDISO: not run (python -m tests.bench.fastscores makes it)"
    peer, results = fastscores.measured(system, wanted)
    gap = float(np.abs(np.array(results) / (wanted @ adjoint.solve(system).values[:, 0]) - 1).max())
    told = f"CPU {peer.cpu * 1000:.0f} ms, ratio {peer.cpu / ours.cpu:.0f}   aim 25"
    return f"FastScores adjoint, PARDISO: {told} ({_clock(peer, ours)}), apart {gap:.0e}"


def _clock(peer: Spent, ours: Spent) -> str:
    return f"{peer.wall / ours.wall:.0f} on the clock"


def main() -> None:
    """Print the table."""
    system, wanted = background(), demands(PRODUCTS)
    solved = adjoint.solve(system)
    scores = solved.values[:, 0]

    def own() -> Array:
        made: Array = wanted @ adjoint.solve(system).values[:, 0]
        return made

    # Ours before and after the peer, which takes far longer than any lull of the machine.
    before = best(own)[0]
    peer, results = factorised(system, wanted)
    after = best(own)[0]
    ours = Spent(min(before.cpu, after.cpu), min(before.wall, after.wall))
    gap = float(np.abs(wanted[:PEER_PRODUCTS] @ scores / results - 1).max())
    many = demands(100_000)
    more = best(lambda: many @ scores)[0].over(100_000)
    whole, draw, multiply, take = drawn_portfolio()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{PRODUCTS} products on {SIZE} activities, {solved.sweeps} sweeps")
    print(
        f"  ours CPU {ours.cpu * 1000:.1f} ms, bw2calc factorised {peer.cpu * 1000:.0f} ms", end=""
    )
    print(f", ratio {peer.cpu / ours.cpu:.0f}   aim 400 ({_clock(peer, ours)}), apart {gap:.0e}")
    print(f"  {_fast(system, wanted, ours)}")
    print(f"one more product, batched: CPU {more.cpu * 1e6:.3f} us   aim 0.2 us")
    print("10,000 products x 10,000 runs, 500 shared factors")
    parts = f"draw {draw:.1f}, multiply {multiply:.1f}, quantiles {take:.1f}"
    print(f"  CPU {whole:.1f} s; alone: {parts} (the last two on 500 products, scaled)")
    print(f"  ratio {whole / (draw + multiply + take):.2f}   aim 2; memory peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
