"""Reading a case: every file is checked before anything is believed, and every fault is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from factors.errors import FindingsError, IssueError
from factors.findings import Finding, Where, blocking, finding
from labels.canonical import canonical, parse_object, sha256
from labels.keys import SigningKey
from labels.refusal import refusal
from labels.times import parse_utc, utc_text
from labels.verification import shape
from labels.verification.event import MAY, Event, parse_event
from labels.verification.folder import (
    CASE,
    LOG,
    OBJECTS,
    PEOPLE,
    Contents,
    contents,
    create,
    put_object,
    write_once,
)
from labels.verification.order import History, history
from labels.verification.roster import Roster, chain
from labels.verification.signature import holds
from labels.verification.words import UnfitError, each, reason, words

SCHEMA = "carbonlabel-case/1"
FOLDERS = (PEOPLE, LOG, OBJECTS)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One version of what the client handed in, by hash.

    Attributes
    ----------
    system, footprint
        System file (the submission) and its result.
    workbook, name
        The workbook and its file name; empty for a system file alone.
    """

    system: str
    footprint: str
    workbook: str = ""
    name: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the hashes as plain data."""
        return {
            "system": self.system,
            "footprint": self.footprint,
            "workbook": self.workbook,
            "name": self.name,
        }


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its folder has it.

    Attributes
    ----------
    id, created
        Name of the case; when the folder was made.
    sha256
        Hash of ``case.json``, named by every event.
    first
        What was handed in at the beginning.
    history
        Sound events in their order.
    findings
        What is wrong with the folder; such a case can be looked at and not carried on.
    """

    id: str
    created: dt.datetime
    sha256: str
    first: HandedIn
    contents: Contents
    roster: Roster
    history: History
    findings: tuple[Finding, ...]

    @property
    def events(self) -> tuple[Event, ...]:
        """Sound events in their order."""
        return self.history.events


def open_case(root: Path) -> Case:
    """Read and check a case folder.

    Raises
    ------
    IssueError
        ``CASE-MISSING``, ``CASE-FILE``, ``CASE-UNREADABLE``, ``CASE-ROSTER``: without these there
        is no case. Everything else is a finding of the case.
    """
    found = contents(root)
    data = found.read(CASE)
    try:
        record = shape.table(parse_object(data), "schema", "id", "created", "roster", "first")
        if record["schema"] != SCHEMA:
            raise ValueError("schema")
        name, created = shape.slug(record["id"]), parse_utc(shape.words(record["created"]))
        first, pinned = handed_in(record["first"]), shape.digest(record["roster"])
    except (ValueError, TypeError) as error:
        raise refusal("CASE-UNREADABLE", CASE, reason=str(error)) from error
    roster = _roster(found, pinned)
    log: list[Finding] = [*_strangers(found), *_objects(found, first)]
    events = list(_events(found, roster, sha256(data), log))
    ordered = history(events)
    log.extend(_conflicts(ordered))
    return Case(
        name, created, sha256(data), first, found, roster, ordered, tuple(dict.fromkeys(log))
    )


def new_case(
    root: Path,
    name: str,
    first: HandedIn,
    files: Iterable[bytes],
    roster: bytes,
    now: dt.datetime,
) -> None:
    """Make a case folder.

    Parameters
    ----------
    files
        The bytes that ``first`` names.
    roster
        First edition of the roster.

    Raises
    ------
    IssueError
        ``CASE-EXISTS``, ``CASE-ROSTER``, ``CASE-UNREADABLE``.
    """
    people = chain([(f"{PEOPLE}/0001.json", roster)])
    try:
        slug = shape.slug(name)
    except ValueError as error:
        raise refusal("CASE-UNREADABLE", name, reason=str(error)) from error
    record = {
        "schema": SCHEMA,
        "id": slug,
        "created": utc_text(now),
        "roster": people.sha256,
        "first": first.to_json(),
    }
    stored = {f"{OBJECTS}/{sha256(one)}": one for one in files}
    create(root, {**stored, f"{PEOPLE}/0001.json": roster, CASE: canonical(record)})


def add_roster(root: Path, data: bytes) -> Roster:
    """Add the next edition of the roster.

    Raises
    ------
    IssueError
        ``CASE-ROSTER``, when it does not follow the one before; ``CASE-BUSY``.
    """
    found = contents(root)
    editions = [(path, found.read(path)) for path in found.under(PEOPLE)]
    path = f"{PEOPLE}/{len(editions) + 1:04d}.json"
    roster = chain([*editions, (path, data)])
    write_once(root / path, data)
    return roster


def prepared(
    case: Case,
    key: SigningKey,
    kind: str,
    subject: str,
    data: Mapping[str, Any],
    now: dt.datetime,
    objects: Iterable[bytes] = (),
) -> Event:
    """Return the next event of whoever holds a key; nothing is written.

    Raises
    ------
    FindingsError
        What is wrong with the folder.
    IssueError
        ``CASE-KEY``, ``CASE-ROLE``, ``CASE-TIME``.
    """
    if blocking(one for one in case.findings if one.code != "CASE-CONFLICT"):
        raise FindingsError.of(blocking(case.findings))
    person = case.roster.holder(key.kid)
    held = person.key(key.kid) if person else None
    if person is None or held is None or not held.covers(now):
        raise refusal("CASE-KEY", key.name, person=key.name, time=utc_text(now))
    role = next((role for role in MAY[kind] if role in person.roles), "")
    if not role:
        raise refusal("CASE-ROLE", person.id, **_may(kind))
    heads = case.history.heads()
    own = heads.pop(person.id, None)
    if any(one.time > now for one in case.events):
        raise refusal("CASE-TIME", person.id, time=utc_text(now))
    return Event(
        case=case.sha256,
        person=person.id,
        role=role,
        kid=key.kid,
        number=own.number + 1 if own else 1,
        previous=own.sha256 if own else "",
        seen={name: event.sha256 for name, event in sorted(heads.items())},
        time=now,
        kind=kind,
        subject=subject,
        data={**data, "objects": sorted({sha256(one) for one in objects})},
    ).signed(key)


def write_event(root: Path, event: Event, objects: Iterable[bytes] = ()) -> None:
    """Store the objects of an event, then the event: what it names is always there.

    Raises
    ------
    IssueError
        ``CASE-BUSY``, when somebody else was quicker; ``CASE-FILE``.
    """
    for one in objects:
        put_object(root, one)
    write_once(root / event.path, event.to_bytes())


def handed_in(value: object) -> HandedIn:
    """Read the hashes of a version.

    Raises
    ------
    ValueError
        For anything else.
    """
    record = shape.table(value, "system", "footprint", "workbook", "name")
    return HandedIn(
        shape.digest(record["system"]),
        shape.digest(record["footprint"]),
        shape.digest(record["workbook"]) if record["workbook"] else "",
        shape.words(record["name"]),
    )


# --- checks ---------------------------------------------------------------------------------------


def _roster(found: Contents, pinned: str) -> Roster:
    editions = [(path, found.read(path)) for path in found.under(PEOPLE)]
    roster = chain(editions)
    first = chain(editions[:1])
    if first.sha256 != pinned:
        raise refusal("CASE-ROSTER", PEOPLE, **reason(UnfitError("other-roster")))
    return roster


def _strangers(found: Contents) -> Iterator[Finding]:
    for path in found.files:
        if path != CASE and path.partition("/")[0] not in FOLDERS:
            yield finding("CASE-STRAY", Where(file=path))


def _objects(found: Contents, first: HandedIn) -> Iterator[Finding]:
    """Name every object that is not what its name says, and missing ones of the first version."""
    for path in found.under(OBJECTS):
        stated = path.partition("/")[2]
        if found.files[path] != stated:
            where = Where(file=path)
            yield finding("CASE-OBJECT", where, stated=stated, found=found.files[path])
    yield from _missing(found, (first.system, first.footprint, first.workbook))


def _missing(found: Contents, named: Iterable[str]) -> Iterator[Finding]:
    for digest in named:
        path = f"{OBJECTS}/{digest}"
        if digest and path not in found.files:
            yield finding("CASE-OBJECT", Where(file=path), stated=digest, found="-")


def _events(found: Contents, roster: Roster, case: str, log: list[Finding]) -> Iterator[Event]:
    """Yield the events that stand every check; the others are named in ``log``.

    After a faulty record nothing of the same person can be held against it: the first is named.
    """
    chains: dict[str, Event] = {}
    sound: dict[str, Event] = {}
    broken: set[str] = set()
    for path in found.under(LOG):
        owner = path.split("/")[1]
        if owner in broken:
            continue
        try:
            event = parse_event(found.read(path))
            _check(event, path, chains.get(event.person), roster, case)
        except ValueError as error:
            log.append(finding("CASE-EVENT", Where(file=path), **reason(error)))
            broken.add(owner)
            continue
        except IssueError as refused:
            log.extend(refused.findings)
            broken.add(owner)
            continue
        chains[event.person] = event
        sound[event.sha256] = event
        log.extend(_missing(found, event.data.get("objects", ())))
    log.extend(_gaps(sound, broken))
    yield from sound.values()


def _gaps(sound: Mapping[str, Event], broken: Collection[str]) -> Iterator[Finding]:
    """Name each person of whom somebody has seen a record that is not sound here, once.

    Whose records are left out after a faulty one is named by that one.
    """
    named = set(broken)
    for event in sound.values():
        for person, digest in event.seen.items():
            here = digest in sound and sound[digest].person == person
            if not here and person not in named:
                named.add(person)
                yield finding("CASE-GAP", Where(file=event.path), person=person)


def _check(event: Event, path: str, last: Event | None, roster: Roster, case: str) -> None:
    """Refuse an event that is out of place or not signed by somebody who might."""
    expected = (last.number + 1, last.sha256) if last else (1, "")
    if event.path != path or event.case != case:
        raise UnfitError("elsewhere")
    if (event.number, event.previous) != expected or (last and event.time < last.time):
        raise refusal("CASE-CHAIN", path, number=event.number)
    person = roster.person(event.person)
    key = person.key(event.kid) if person else None
    if person is None or key is None or not key.covers(event.time):
        raise refusal("CASE-KEY", path, person=event.person, time=utc_text(event.time))
    if event.role not in person.roles or event.role not in MAY[event.kind]:
        raise refusal("CASE-ROLE", path, **_may(event.kind))
    if not holds(event.jws, event.payload(), event.kid, key.public):
        raise refusal("CASE-SIGNATURE", path, person=person.name)
    for digest in shape.rows(event.data.get("objects", [])):
        shape.digest(digest)


def _may(kind: str) -> dict[str, str]:
    return {**words("kind", "act", kind), **each("roles", "role", MAY[kind])}


def _conflicts(ordered: History) -> Iterator[Finding]:
    for one, other in ordered.conflicts():
        yield finding(
            "CASE-CONFLICT",
            Where(file=one.path),
            other=other.path,
            **words("kind", "act", one.kind),
            subject=one.subject or "-",
        )
