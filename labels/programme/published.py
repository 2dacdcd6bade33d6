"""What reports have said before: kept, so that no later one can be subtracted from them.

A file for every published report in ``published/`` of the programme's folder. It names enterprises
with what they add, because only so can the next report be judged; it stays in the office, and it is
not in ``work/``, which anybody may delete.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from factors.errors import FindingsError
from factors.findings import Where, finding
from labels.canonical import canonical, parse_object, sha256
from labels.programme.folder import plain_bytes
from labels.programme.suppress import Atom, Total
from labels.registry.blobs import write_durably

PUBLISHED = "published"
SCHEMA = "carbonlabel-programme-published/1"


def keep(root: Path, day: dt.date, totals: Mapping[str, Total]) -> Path:
    """Keep what a report says; the same report is kept once.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    data = canonical(_plain(day, totals))
    place = root / PUBLISHED / f"{day.isoformat()}-{sha256(data)[:12]}.json"
    place.parent.mkdir(exist_ok=True)
    if not place.exists():
        write_durably(place, data)
    return place


def before(root: Path) -> frozenset[Total]:
    """Return every total that any report said.

    Raises
    ------
    FindingsError
        PROGRAMME-PUBLISHED, when a file cannot be read: without it nobody can say what a new
        report would give away.
    """
    places = sorted((root / PUBLISHED).glob("*.json"))
    return frozenset(total for place in places for total in _read(place))


def _read(place: Path) -> Iterator[Total]:
    where = Where(file=f"{PUBLISHED}/{place.name}")
    try:
        told = parse_object(plain_bytes(place))
        if told["schema"] != SCHEMA:
            raise ValueError(str(told["schema"])[:40])
        atoms = [_atom(one) for one in told["atoms"]]
        yield from [frozenset(atoms[index] for index in total["atoms"]) for total in told["totals"]]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        reason = type(error).__name__
        raise FindingsError(finding("PROGRAMME-PUBLISHED", where, reason=reason)) from None


def _atom(told: Mapping[str, Any]) -> Atom:
    value, most = float(told["value"]), float(told["most"] or "inf")
    if not (math.isfinite(value) and value >= 0 and not math.isnan(most)):
        raise ValueError(told["value"])
    return Atom(str(told["firm"]), str(told["what"]), value, most, told["flag"] is True)


def _plain(day: dt.date, totals: Mapping[str, Total]) -> dict[str, Any]:
    """Return the document; atoms once, totals by their places."""
    atoms = sorted({one for total in totals.values() for one in total},
                   key=lambda one: (one.firm, one.what, one.value))  # fmt: skip
    place = {one: index for index, one in enumerate(atoms)}
    return {
        "schema": SCHEMA,
        "day": day.isoformat(),
        "atoms": [
            {
                "firm": one.firm,
                "what": one.what,
                "value": repr(one.value),
                "most": repr(one.most) if math.isfinite(one.most) else None,
                "flag": one.flag,
            }
            for one in atoms
        ],
        "totals": [
            {"name": name, "atoms": sorted(place[one] for one in total)}
            for name, total in sorted(totals.items())
        ],
    }
