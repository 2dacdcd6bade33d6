"""A city's products on one background of 20,000 activities, beside bw2calc in the same run.

The background has 200 blocks of 100 activities, 150 hubs that everybody uses, and very few links
across blocks, so that nearly all of it is one loop, as in the large databases. Products are sparse
demands of 30 exchanges each.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

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


def seconds(job: Callable[[], object], runs: int = 3) -> float:
    """Return the best time of some runs."""
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        job()
        found.append(time.perf_counter() - start)
    return min(found)


def factorised(system: Compiled, wanted: csr_array) -> tuple[float, Array]:
    """Seconds per product and results of bw2calc, factorised once."""
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
    start = time.perf_counter()
    lca.lci(factorize=True)
    lca.lcia()
    setup = time.perf_counter() - start
    start, found = time.perf_counter(), []
    some = min(PEER_PRODUCTS, wanted.shape[0])
    for row in range(some):
        lca.lcia(demand=_demand(wanted, row))
        found.append(lca.score)
    each = (time.perf_counter() - start) / some
    return setup + each * wanted.shape[0], np.array(found)


def _demand(wanted: csr_array, row: int) -> dict[int, float]:
    part = slice(wanted.indptr[row], wanted.indptr[row + 1])
    return dict(zip(wanted.indices[part].tolist(), wanted.data[part].tolist(), strict=True))


def drawn_portfolio(count: int = 10_000, runs: int = 10_000, factors: int = 500) -> list[float]:
    """Seconds of the whole job, and of drawing, multiplying and taking quantiles alone."""
    rng = np.random.default_rng(3)
    rows = np.repeat(np.arange(count), 50)
    columns = rng.integers(0, factors, len(rows))
    activity = csr_array((rng.uniform(0, 1, len(rows)), (rows, columns)), shape=(count, factors))
    plan = Plan({f"factor:{i}": Lognormal(1.0, 1.1) for i in range(factors)}, runs, 1)
    start = time.perf_counter()
    found = quantiles(activity, drawn(plan))
    whole = time.perf_counter() - start
    assert found.shape == (count, 3)
    alone = [seconds(lambda: drawn(plan), 1)]
    scores = drawn(plan)
    some = activity[:500]
    alone.append(seconds(lambda: some @ scores, 2) * count / 500)
    results = some @ scores
    alone.append(seconds(lambda: np.partition(results, ranks_of(runs), axis=1), 1) * count / 500)
    return [whole, *alone]


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


def _fast(system: Compiled, wanted: csr_array, ours: float) -> str:
    """The row of bw2calc's own adjoint route, where its environment is there."""
    if not fastscores.available():
        return "FastScores adjoint, PARDISO: not run (python -m tests.bench.fastscores makes it)"
    peer, results = fastscores.measured(system, wanted)
    gap = float(np.abs(np.array(results) / (wanted @ adjoint.solve(system).values[:, 0]) - 1).max())
    told = f"ratio {peer / ours:.0f}   aim 25, apart {gap:.0e}"
    return f"FastScores adjoint, PARDISO {peer * 1000:.0f} ms, {told}"


def main() -> None:
    """Print the table."""
    system, wanted = background(), demands(PRODUCTS)
    solved = adjoint.solve(system)
    scores = solved.values[:, 0]
    ours = seconds(lambda: wanted @ adjoint.solve(system).values[:, 0])
    peer, results = factorised(system, wanted)
    gap = float(np.abs(wanted[:PEER_PRODUCTS] @ scores / results - 1).max())
    many = demands(100_000)
    more = seconds(lambda: many @ scores) / 100_000
    whole, draw, multiply, take = drawn_portfolio()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{PRODUCTS} products on {SIZE} activities, {solved.sweeps} sweeps")
    print(f"  ours {ours * 1000:.1f} ms, bw2calc factorised {peer * 1000:.0f} ms", end="")
    print(f", ratio {peer / ours:.0f}   aim 400, apart {gap:.0e}")
    print(f"  {_fast(system, wanted, ours)}")
    print(f"one more product, batched: {more * 1e6:.3f} us   aim 0.2 us")
    print("10,000 products x 10,000 runs, 500 shared factors")
    print(
        f"  {whole:.1f} s; alone: draw {draw:.1f}, multiply {multiply:.1f}, quantiles {take:.1f}",
        end="",
    )
    print(" (the last two on 500 products, scaled)")
    print(f"  ratio {whole / (draw + multiply + take):.2f}   aim 2; memory peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
