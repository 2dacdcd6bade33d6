"""What the commands of a case share: who acts, what was done, and reading of small inputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.numbers import parse_decimal
from factors.texts import Lang, text
from labels.cli.keyring import open_key
from labels.cli.show import console
from labels.keys import Purpose
from labels.times import now
from labels.verification.acts import Actor
from labels.verification.case import open_case
from labels.verification.event import Event
from labels.verification.state import state_of
from labels.verification.work import Cell

MOST_DOCUMENTS = 1000


def acting(root: Path, key: Path, lang: Lang) -> Actor:
    """Return whoever holds a key file, acting now."""
    return Actor(root, open_key(key, lang, Purpose.APPROVAL), now())


def tell(event: Event, lang: Lang) -> None:
    """Say what was recorded, and where."""
    what = f"{text(f'verification.act_{event.kind}', lang)} {event.subject}".strip()
    console(err=True).print(text("verification.done", lang, what=what, path=event.path))


def bad_input(field: str, reason: str) -> FindingsError:
    """Return the refusal of an argument."""
    return FindingsError(finding("CASE-INPUT", Where(), field=field, reason=reason))


def known_finding(root: Path, name: str) -> None:
    """Refuse a finding that the case does not have.

    Raises
    ------
    FindingsError
        CASE-FINDING-UNKNOWN.
    """
    known = state_of(open_case(root)).findings
    if name not in known:
        told = ", ".join(known) or "-"
        raise FindingsError(finding("CASE-FINDING-UNKNOWN", Where(), id=name, known=told))


def pairs(told: Sequence[str], field: str) -> dict[str, str]:
    """Read FIGURE=KG pairs.

    Raises
    ------
    FindingsError
        CASE-INPUT.
    """
    found = {}
    for one in told:
        name, equals, value = one.partition("=")
        try:
            parse_decimal(value)
        except ValueError as error:
            raise bad_input(field, str(error)) from error
        if not equals or not name:
            raise bad_input(field, one)
        found[name] = value
    return found


def ranges(told: Sequence[str]) -> list[str]:
    """Read numbers of documents: ``3`` or ``1-12``.

    Raises
    ------
    FindingsError
        CASE-INPUT.
    """
    found: list[str] = []
    for one in told:
        first, _, last = one.partition("-")
        ends = [end for end in (first, last or first) if end.isdecimal() and end.isascii()]
        if len(ends) != 2 or not 1 <= int(ends[0]) <= int(ends[1]) <= MOST_DOCUMENTS:
            raise bad_input("month", one)
        found += [str(number) for number in range(int(ends[0]), int(ends[1]) + 1)]
    return list(dict.fromkeys(found))


def cell(told: str) -> Cell:
    """Read SHEET!A1.

    Raises
    ------
    FindingsError
        CASE-INPUT.
    """
    sheet, mark, place = told.rpartition("!")
    if not mark or not sheet or not place:
        raise bad_input("cell", told)
    return sheet, place


def slug(name: str) -> str:
    """Return a name for a case from that of its folder."""
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in name.lower())
    return "-".join(filter(None, kept.split("-")))[:60] or "case"
