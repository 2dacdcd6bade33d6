"""Print the waiting times of the command: its help, and from a workbook to a sealed label.

Wall-clock medians of whole processes, which is what a person at a terminal feels; see the aims in
the last column. A shared machine is noisy: compare runs of one machine only.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

COMMAND = Path(sys.executable).with_name("carbonlabel")


def carbonlabel(*arguments: str | Path) -> None:
    """Run the command; a failure ends the bench."""
    subprocess.run([COMMAND, *arguments], check=True, stdout=subprocess.DEVNULL)


def median_seconds(job: Callable[[int], object], runs: int) -> float:
    """Return the median duration of a job that is told the number of its run."""
    durations = []
    for number in range(runs):
        start = time.perf_counter()
        job(number)
        durations.append(time.perf_counter() - start)
    return statistics.median(durations)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbook, registry = folder / "workbook.xlsx", folder / "registry"
        carbonlabel("template", "beer", "--example", "-o", workbook)
        carbonlabel("registry", "init", registry, "--demo")

        def issue(number: int) -> None:
            out = folder / f"run{number}"
            carbonlabel("issue", workbook, "--registry", registry, "--out", out)

        rows = [
            ("carbonlabel --help", median_seconds(lambda _: carbonlabel("--help"), 9), 0.3),
            ("workbook to sealed label", median_seconds(issue, 5), 2.0),
        ]
    for job, seconds, aim in rows:
        print(f"{job:<28}{seconds * 1000:8.0f} ms   aim {aim * 1000:.0f} ms")


if __name__ == "__main__":
    main()
