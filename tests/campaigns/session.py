"""A desk at work, to be watched from outside: ``python -m tests.campaigns.session PLACE ...``.

Issues records into an existing registry and says in ``acknowledged`` beside it which ones the
caller may rely on. Half way all is closed and opened again, so that SQLite empties its journal.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from factors.errors import CarbonLabelError
from labels.registry import sqlite
from labels.registry.store import Store, open_store
from tests.labels.desk_help import issued

ACKNOWLEDGED = "acknowledged"
#: How the session ended: all issued, refused for good with a coded finding, or all issued because
#: what was refused once was asked again.
DONE, REFUSED, AGAIN = 0, 3, 4
#: Controls: a desk that acknowledges as soon as a record is logged; one that is deaf to fsync; one
#: that forgets a failure.
EARLY, DEAF, FORGETFUL = "early", "deaf", "forgetful"


def work(place: Path, records: int, habit: str = "") -> int:
    """Issue; whatever is refused is asked for once more; return how it ended."""
    journal = os.open(place.parent / ACKNOWLEDGED, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def acknowledge(serial: str) -> None:
        os.write(journal, f"{serial}\n".encode())

    ended = DONE
    try:
        store = open_store(place)
        for number in range(records):
            if number == records // 2:
                store.close()
                store = open_store(place)
            try:
                serial = issue_one(store, number, acknowledge if habit == EARLY else None)
            except CarbonLabelError:
                ended = AGAIN
                if habit == FORGETFUL:
                    store._stopped = ""
                serial = issue_one(store, number, None)
            acknowledge(serial)
    except CarbonLabelError:
        return REFUSED
    return ended


def issue_one(store: Store, number: int, early: Callable[[str], None] | None) -> str:
    def step(name: str) -> None:
        if early and name == "logged":
            early(f"SAMPLE-{number + 1}")

    return issued(store, f"EX-{number}", step=step).serial


def deaf(sync: Callable[[int], None]) -> Callable[[int], None]:
    """A sync whose failure nobody hears of."""

    def tried(handle: int) -> None:
        with contextlib.suppress(OSError):
            sync(handle)

    return tried


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("place", type=Path)
    parser.add_argument("records", type=int)
    parser.add_argument("--synchronous", type=int, default=2)
    asked = parser.parse_args()
    sqlite.SETTINGS["synchronous"] = asked.synchronous
    return work(asked.place, asked.records)


if __name__ == "__main__":
    ended = main()
    sys.stdout.flush()
    os._exit(ended)  # as if the power went: nothing is tidied up
