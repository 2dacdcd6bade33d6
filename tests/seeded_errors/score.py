"""What a validator found of what was planted: at the right cell, elsewhere, or not at all.

A validator is a callable from the bytes of a file to findings; see :class:`Seen`. What it says of
the clean file is taken off first, so remarks that belong to the example are no false alarms.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.seeded_errors.corpus import Spoilt
from tests.seeded_errors.fault import Kind, Planted


@dataclass(frozen=True, slots=True)
class Seen:
    """One finding: its place (``sheet!A1``, a sheet, or empty for the file) and its code."""

    place: str
    code: str = ""
    severity: str = "error"


Validator = Callable[[bytes], Sequence[Seen]]
Check = Callable[[Spoilt], Sequence[Seen]]
"""A validator that may look at the edits beside the bytes, to save time; never at what to find."""


def by_bytes(validator: Validator) -> Check:
    """Let a validator look at the file."""
    return lambda spoilt: validator(spoilt.data)


@dataclass(slots=True)
class Tally:
    """How faults of one kind fared."""

    right: int = 0
    elsewhere: int = 0
    missed: int = 0

    @property
    def planted(self) -> int:
        """All of them."""
        return self.right + self.elsewhere + self.missed

    @property
    def recall(self) -> float:
        """Share found at the right cell."""
        return self.right / self.planted if self.planted else 1.0


@dataclass(slots=True)
class Score:
    """The result of a run.

    Attributes
    ----------
    kinds, faults
        Tallies by kind and by type.
    false
        False alarms: warnings and errors at cells where nothing was planted, in files whose faults
        stand in one cell each and cannot be used (kinds number and unit).
    beside
        The same in other files: a changed amount, or a code that is gone, rightly shows elsewhere
        as well; so they are counted and not judged.
    clean
        Warnings and errors of each clean file.
    """

    files: int = 0
    kinds: dict[Kind, Tally] = field(default_factory=dict)
    faults: dict[str, Tally] = field(default_factory=dict)
    false: Counter[str] = field(default_factory=Counter)
    beside: int = 0
    clean: dict[str, int] = field(default_factory=dict)
    models: dict[str, Tally] = field(default_factory=dict)

    def add_clean(self, model: str, seen: Iterable[Seen]) -> None:
        """Count warnings and errors of a clean file."""
        self.clean[model] = sum(one.severity != "note" for one in seen)

    def add(
        self,
        spoilt: Spoilt,
        seen: Iterable[Seen],
        usual: Iterable[Seen],
        later: Collection[str] = (),
    ) -> None:
        """Score what a validator says of a file, less what it says of the clean one.

        Faults in ``later`` are not counted: they are tried once more by themselves.
        """
        fresh = set(seen) - set(usual)
        self.files += 1
        for one in spoilt.planted:
            if one.fault not in later:
                self._count(one, spoilt.model, _outcome(one, fresh, len(spoilt.planted)))
        for one_seen in fresh:
            if one_seen.severity == "note" or _explained(one_seen, spoilt.planted):
                continue
            if all(planted.kind in FORM and not planted.wide for planted in spoilt.planted):
                self.false[f"{one_seen.code} at {one_seen.place} in {spoilt.seed}"] += 1
            else:
                self.beside += 1

    def _count(self, one: Planted, model: str, outcome: str) -> None:
        tallies = [
            self.kinds.setdefault(one.kind, Tally()),
            self.faults.setdefault(one.fault, Tally()),
        ]
        if one.kind is not Kind.NOTHING:
            tallies.append(self.models.setdefault(model, Tally()))
        for tally in tallies:
            setattr(tally, outcome, getattr(tally, outcome) + 1)

    @property
    def detectable(self) -> Tally:
        """All kinds but those that no file can tell of."""
        total = Tally()
        for kind, tally in self.kinds.items():
            if kind is not Kind.NOTHING:
                total.right += tally.right
                total.elsewhere += tally.elsewhere
                total.missed += tally.missed
        return total


FORM = frozenset({Kind.NUMBER, Kind.UNIT})
"""Kinds that leave no wrong number behind: a reader refuses or understands what stands there."""


def unseen(spoilt: Spoilt, seen: Iterable[Seen], usual: Iterable[Seen]) -> frozenset[str]:
    """Return the faults of a file that are not named at a right cell."""
    fresh = set(seen) - set(usual)
    return frozenset(
        one.fault for one in spoilt.planted if _outcome(one, fresh, len(spoilt.planted)) != "right"
    )


def _outcome(planted: Planted, fresh: set[Seen], together: int) -> str:
    if any(one.place in planted.right for one in fresh):
        return "right"
    if together == 1 and fresh:
        return "elsewhere"
    return "missed"


def _explained(seen: Seen, planted: Sequence[Planted]) -> bool:
    """Whether a finding is at a planted cell, at one where it may be named, or in its row.

    The file as a whole may always be spoken of ("half-filled"), and a sheet that was spoilt.
    """
    if "!" not in seen.place:
        return True
    sheet, _, cell = seen.place.rpartition("!")
    row = (sheet, int("".join(filter(str.isdecimal, cell)) or 0))
    return any(seen.place in one.right or row in one.area for one in planted)


# --- validators ----------------------------------------------------------------------------------


def command(words: Sequence[str]) -> Validator:
    """A validator that is a command: it gets a path and prints findings as JSON.

    The JSON is a list of ``{"sheet": "...", "cell": "A1", "code": "...", "severity": "error"}``;
    sheet and cell may be missing, ``where`` may hold them, the list may stand under ``findings``.
    """

    def run(data: bytes) -> list[Seen]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "workbook.xlsx"
            path.write_bytes(data)
            done = subprocess.run(
                [*words, str(path)], capture_output=True, check=False, timeout=300
            )
        return parsed(json.loads(done.stdout or b"[]"))

    return run


def parsed(document: object) -> list[Seen]:
    """Return the findings of a JSON document."""
    told = document.get("findings", []) if isinstance(document, Mapping) else document
    seen: list[Seen] = []
    for one in told if isinstance(told, list) else []:
        where = one.get("where", one)
        sheet, cell = where.get("sheet", ""), where.get("cell", "")
        place = f"{sheet}!{cell}" if sheet and cell else sheet
        seen.append(Seen(place, str(one.get("code", "")), str(one.get("severity", "error"))))
    return seen
