"""How time and memory grow with products and with iterations, drawn into the documentation.

``python -m tests.bench.growth`` measures every point in a process of its own and writes
``docs/reference/bench.md`` with two curves; the tables of the rooms are measured in the same run.
Times are this machine's; carry over ratios and slopes, not seconds.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import platform
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import log10

from lca import adjoint
from lca.uncertainty.system import SampledSystem
from tests.bench import compiling, many_products, sampling
from tests.bench.clock import best, spent
from tests.evidence import ROOT

PAGE = ROOT / "docs" / "reference" / "bench.md"
PICTURES = ROOT / "docs" / "pictures" / "bench"
PRODUCTS = (1, 10, 100, 1_000, 10_000)
ITERATIONS = (1_000, 10_000, 100_000, 1_000_000)
PEER_MOST = 100


@dataclass(frozen=True, slots=True)
class Point:
    """CPU seconds of ours and of the peer (None: not run), and the most memory ours held."""

    count: int
    ours: float
    peer: float | None
    megabytes: float


def products(count: int) -> Point:
    """So many products on the background of 20,000 activities; set-up included."""
    system, wanted = many_products.background(), many_products.demands(count)
    ours = best(lambda: wanted @ adjoint.solve(system).values[:, 0])[0].cpu
    used = allocated(lambda: wanted @ adjoint.solve(system).values[:, 0])
    peer = many_products.factorised(system, wanted)[0].cpu if count <= PEER_MOST else None
    return Point(count, ours, peer, used)


def iterations(count: int) -> Point:
    """So many runs of 50 activities without loops, every input and emission uncertain."""
    system = sampling.random_system(50, 0.0)
    sampled = SampledSystem(system, sampling.uncertain(system))
    ours = best(lambda: sampled.results(count, threads=1), turns=min(5, max(1, 100_000 // count)))[
        0
    ].cpu
    used = allocated(lambda: sampled.results(count, threads=1))
    if count > 1_000:
        return Point(count, ours, None, used)
    lca = sampling.peer(system)
    return Point(count, ours, spent(lambda: sampling.peer_scores(lca, count)).cpu, used)


CURVES = {"products": (products, PRODUCTS), "iterations": (iterations, ITERATIONS)}


def allocated(job: Callable[[], object]) -> float:
    """Return the most memory that a job holds at once, MB; a run of its own, because it is slower.

    The peak of the process would not do: making the input takes more than solving, and a peak that
    is not passed shows nothing. What NumPy allocates is counted, what a C library takes is not.
    """
    tracemalloc.start()
    try:
        job()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def measured(curve: str) -> list[Point]:
    """Measure every point of a curve in a process of its own."""
    found = []
    for count in CURVES[curve][1]:
        command = [sys.executable, "-m", "tests.bench.growth", curve, str(count)]
        told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        found.append(Point(**json.loads(told.stdout.splitlines()[-1])))
    return found


# --- the page ------------------------------------------------------------------------------------


def table(points: Sequence[Point], word: str) -> str:
    """Return a curve as a table."""
    rows = [f"| {word} | ours | bw2calc | memory held at most |", "|--:|--:|--:|--:|"]
    for one in points:
        peer = "not run" if one.peer is None else f"{one.peer:.3g} s"
        rows.append(f"| {one.count:,} | {one.ours:.3g} s | {peer} | {one.megabytes:.1f} MB |")
    return "\n".join(rows)


def curve(points: Sequence[Point], title: str) -> str:
    """Return a curve as SVG, both axes logarithmic; ours full, bw2calc dashed."""
    times = [value for one in points for value in (one.ours, one.peer) if value]
    low, high = min(map(log10, times)) - 0.2, max(map(log10, times)) + 0.2
    first, last = log10(points[0].count), log10(points[-1].count)

    def at(count: int, value: float) -> str:
        x = 60 + 420 * (log10(count) - first) / (last - first)
        return f"{x:.1f},{220 - 180 * (log10(value) - low) / (high - low):.1f}"

    ours = " ".join(at(one.count, one.ours) for one in points)
    peer = " ".join(at(one.count, one.peer) for one in points if one.peer)
    met = "".join(
        '<circle cx="{}" cy="{}" r="3" fill="#b5651d"/>'.format(*at(one.count, one.peer).split(","))
        for one in points
        if one.peer
    )
    labels = "".join(
        f'<text x="{at(one.count, one.ours).split(",")[0]}" y="240" text-anchor="middle">'
        f"{one.count:,}</text>"
        f'<text x="{at(one.count, one.ours).split(",")[0]}" '
        f'y="{float(at(one.count, one.ours).split(",")[1]) - 7:.1f}" text-anchor="middle">'
        f"{one.ours:.2g} s</text>"
        for one in points
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 540 260" font-family="sans-serif" '
        'font-size="11" fill="#1a1a1a"><rect width="540" height="260" fill="#ffffff"/>'
        f'<title>{escape(title)}</title><text x="60" y="20" font-size="13">{escape(title)}</text>'
        f'<polyline points="{ours}" fill="none" stroke="#2f6f8f" stroke-width="2.5"/>'
        f'<polyline points="{peer}" fill="none" stroke="#b5651d" stroke-width="2.5" '
        f'stroke-dasharray="6 4"/>{met}{labels}'
        '<text x="60" y="256" fill="#555555">full: ours; dashed: bw2calc; both axes logarithmic'
        "</text></svg>\n"
    )


HEAD = """# Speed, beside named peers

Generated by `python -m tests.bench.growth`: do not edit. One run on one machine ({machine},
{cores} cores, load average {load:.0f}). Ratios are of processor time, ours on one thread; jobs take
turns and the best turn of each counts; "on the clock" is wall time. Carry over ratios and slopes,
not seconds. An aim beside a number that does not reach it was missed in this run. `make bench`
prints the tables of all rooms.
"""


BUSY = """**The machine was busy: load average {load:.0f} on {cores} cores.** Processor time does
not count waiting, but caches and memory are shared: what reads much memory (loops, portfolios)
looks slower than it is, and a ratio near its aim is not settled by this run.
"""


def head() -> str:
    """Return the head of the page, with a warning where others were using the machine."""
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    told = {"machine": machine, "cores": os.cpu_count() or 1, "load": os.getloadavg()[0]}
    busy = BUSY.format(**told) if os.getloadavg()[0] > (os.cpu_count() or 1) else ""
    return f"{HEAD.format(**told)}\n{busy}".strip()


def page() -> str:
    """Measure everything and return the page; the curves are written beside it."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        for room in (sampling, many_products, compiling):
            room.main()
            print()
    PICTURES.mkdir(parents=True, exist_ok=True)
    parts = [head()]
    parts += ["## Against the peers, one run", f"```text\n{told.getvalue().strip()}\n```"]
    titles = {
        "products": "Products on a background of 20,000 activities",
        "iterations": "Iterations of 50 activities, 300 uncertain numbers each",
    }
    for name, title in titles.items():
        points = measured(name)
        (PICTURES / f"{name}.svg").write_text(curve(points, title), encoding="utf-8")
        picture = f"![{title}](../pictures/bench/{name}.svg)"
        parts += [f"## {title}", picture, table(points, name)]
    return "\n\n".join(parts) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Measure one point, or write the page."""
    if arguments:
        name, count = arguments
        one = CURVES[name][0](int(count))
        told = {"count": one.count, "ours": one.ours, "peer": one.peer, "megabytes": one.megabytes}
        print(json.dumps(told))
    else:
        PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
