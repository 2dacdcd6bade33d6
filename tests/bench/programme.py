"""Repricing 1,000 certificates under a new grid factor."""

from __future__ import annotations

import datetime as dt
import time

from factors.store import load
from labels.kinds import Kind
from labels.programme.records import Record
from labels.programme.reprice import SAMPLE, reprice, worst
from labels.registry.state import State
from lca.examples import example_study

CERTIFICATES, AIM = 1_000, 5.0
MODELS = ("beer", "glass-bottle", "tire", "steel-bf-bof")
SWAP = {"electricity-cn-footprint-2024": "electricity-cn-footprint-2023"}


def certificates(count: int = CERTIFICATES) -> tuple[Record, ...]:
    """Return so many certificates of the examples of several models."""
    factors = load()
    made = [example_study(model, factors).footprint for model in MODELS]
    documents = [one.to_json() for one in made if one is not None]
    day = dt.date(2026, 1, 1)
    return tuple(
        Record(
            f"SAMPLE-{number}",
            Kind.CERTIFICATE_OF_CONFORMITY,
            State.ISSUED,
            "00000000EXAMPLE000",
            str(number),
            day,
            None,
            documents[number % len(documents)],
        )
        for number in range(count)
    )


def main() -> None:
    """Measure and print."""
    several, factors = certificates(), load()
    start, work = time.perf_counter(), time.process_time()
    moved = reprice(several, factors, SWAP)
    seconds, used = time.perf_counter() - start, time.process_time() - work
    gap = worst(moved[:SAMPLE], several, factors, SWAP)
    print(f"reprice of {CERTIFICATES:,} certificates {seconds:10.2f} s   aim {AIM:.0f} s")
    print(f"  processor time {used:26.2f} s   {SAMPLE} figures exactly: {gap:.0e} apart")


if __name__ == "__main__":
    main()
