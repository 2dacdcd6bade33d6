"""A desk at work, to be watched from outside: ``python -m tests.campaigns.session PLACE ...``.

Issues records into an existing registry and says in ``acknowledged`` beside it which ones the
caller may rely on. Half way all is closed and opened again, so that SQLite empties its journal.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from factors.errors import CarbonLabelError
from labels.registry import sqlite
from labels.registry.store import open_store
from tests.labels.desk_help import issued

ACKNOWLEDGED = "acknowledged"
#: How the session ended: all issued, or refused with a coded finding.
DONE, REFUSED = 0, 3


def work(place: Path, records: int, synchronous: int) -> int:
    sqlite.SETTINGS["synchronous"] = synchronous
    journal = os.open(place.parent / ACKNOWLEDGED, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        store = open_store(place)
        for number in range(records):
            if number == records // 2:
                store.close()
                store = open_store(place)
            serial = issued(store, f"EX-{number}").serial
            os.write(journal, f"{serial}\n".encode())
    except CarbonLabelError as error:
        print(error.findings[0].code)
        return REFUSED
    return DONE


if __name__ == "__main__":
    ended = work(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.flush()
    os._exit(ended)  # as if the power went: nothing is tidied up
