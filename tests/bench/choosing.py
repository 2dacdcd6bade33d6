"""Time of one choice of a factor in a loaded library; the aim is 50 ms."""

from __future__ import annotations

import statistics
import time

from factors.choose import choose
from factors.store import load

ASKED = ("炭黑", "电力", "diesel", "carbn blak", "低密度聚乙烯收缩膜", "natual gas combustion")
AIM = 0.05


def choosing(runs: int = 15) -> float:
    """Return the median seconds of the slowest of some searches, the first of each left out."""
    library = load()
    slowest = 0.0
    for asked in ASKED:
        choose(library, asked)
        durations = []
        for _ in range(runs):
            start = time.perf_counter()
            choose(library, asked)
            durations.append(time.perf_counter() - start)
        slowest = max(slowest, statistics.median(durations))
    return slowest


if __name__ == "__main__":
    print(f"{'factor choice, loaded':<28}{choosing() * 1000:8.1f} ms   aim {AIM * 1000:.0f} ms")
