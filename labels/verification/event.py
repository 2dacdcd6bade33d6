"""Events: one signed act of one person, in a chain of that person, with what had been seen.

``seen`` names the last event of everybody else that the person had before them. Two acts on the
same thing that have not seen each other are a conflict, and stay one until a third has seen both.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from labels.canonical import canonical, parse_object, sha256
from labels.keys import SigningKey
from labels.times import parse_utc, utc_text
from labels.verification import shape
from labels.verification.signature import signed

SCHEMA = "carbonlabel-case-event/1"
MOST_BYTES = 4 << 20

MAY: Mapping[str, tuple[str, ...]] = {
    "engagement": ("verifier",),
    "declaration": ("preparer", "verifier", "auditor", "expert", "reviewer", "decision"),
    "risk": ("verifier", "auditor"),
    "plan": ("verifier",),
    "sample": ("verifier", "auditor", "expert"),
    "visit": ("verifier", "auditor"),
    "recalculation": ("verifier", "auditor", "expert"),
    "finding": ("verifier", "auditor", "expert"),
    "answer": ("preparer",),
    "version": ("preparer",),
    "settled": ("verifier", "auditor"),
    "misstatement": ("verifier",),
    "opinion": ("verifier",),
    "review": ("reviewer",),
    "decision": ("decision",),
    "close": ("decision",),
}
"""Kinds of events and the roles that may make them: the client answers, the verifier judges."""

KINDS = tuple(MAY)


@dataclass(frozen=True, slots=True)
class Event:
    """One act.

    Attributes
    ----------
    case
        SHA-256 of ``case.json``: an event cannot be carried into another case.
    person, role, kid
        Who acted, as what, with which key.
    number, previous
        Place in the person's chain: 1, 2, ...; hash of the event before, empty for the first.
    seen
        Person to hash of the last event of theirs that was there; the person's own not included.
    kind, subject
        What was done, and to what (an id of a finding, a line, a person); empty for the case.
    data
        The rest.
    jws
        Detached signature over all of this.
    """

    case: str
    person: str
    role: str
    kid: str
    number: int
    previous: str
    seen: Mapping[str, str]
    time: dt.datetime
    kind: str
    subject: str
    data: Mapping[str, Any]
    jws: str = ""
    _digest: str = field(default="", init=False, repr=False, compare=False)

    @property
    def path(self) -> str:
        """Where it lies in the folder."""
        return f"log/{self.person}/{self.number:05d}.json"

    @property
    def sha256(self) -> str:
        """Hash of its file, worked out once."""
        if not self._digest:
            object.__setattr__(self, "_digest", sha256(self.to_bytes()))
        return self._digest

    @property
    def about(self) -> tuple[str, str]:
        """What two acts must agree on who comes first: findings are one thing, however touched."""
        group = "finding" if self.kind in ("finding", "answer", "settled") else self.kind
        return group, self.subject

    def payload(self) -> dict[str, Any]:
        """Return what is signed."""
        return {
            "schema": SCHEMA,
            "case": self.case,
            "person": self.person,
            "role": self.role,
            "kid": self.kid,
            "number": self.number,
            "previous": self.previous,
            "seen": dict(self.seen),
            "time": utc_text(self.time),
            "kind": self.kind,
            "subject": self.subject,
            "data": dict(self.data),
        }

    def to_bytes(self) -> bytes:
        """Return the file."""
        return canonical({"payload": self.payload(), "jws": self.jws})

    def signed(self, key: SigningKey) -> Event:
        """Return the event with its signature."""
        return replace(self, jws=signed(self.payload(), key))


def parse_event(data: bytes) -> Event:
    """Read an event strictly.

    Raises
    ------
    ValueError
        When it is anything else than the bytes that :meth:`Event.to_bytes` gives.
    """
    record = shape.table(parse_object(data, MOST_BYTES), "payload", "jws")
    inner = shape.table(
        record["payload"], "schema", "case", "person", "role", "kid", "number", "previous",
        "seen", "time", "kind", "subject", "data",
    )  # fmt: skip
    if inner["schema"] != SCHEMA:
        raise ValueError("schema")
    event = Event(
        case=shape.digest(inner["case"]),
        person=shape.slug(inner["person"]),
        role=shape.words(inner["role"]),
        kid=shape.words(inner["kid"]),
        number=shape.whole(inner["number"]),
        previous=shape.digest(inner["previous"]) if inner["previous"] else "",
        seen={shape.slug(k): shape.digest(v) for k, v in shape.table(inner["seen"]).items()},
        time=parse_utc(shape.words(inner["time"])),
        kind=shape.one_of(inner["kind"], KINDS),
        subject=shape.words(inner["subject"]),
        data=shape.table(inner["data"]),
        jws=shape.words(record["jws"]),
    )
    if event.to_bytes() != data:
        raise ValueError("not in canonical form")
    return event
