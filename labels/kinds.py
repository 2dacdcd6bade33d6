"""Kinds of document and the gate before them: without a closed verification file, a study report.

No argument, setting or flag overrides the gate; whoever composes a body passes through it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from labels.refusal import refusal
from labels.trust import ROLES


class Kind(StrEnum):
    """What a document claims to be."""

    STUDY_REPORT = "study_report"
    VERIFICATION_STATEMENT = "verification_statement"
    CERTIFICATE_OF_CONFORMITY = "certificate_of_conformity"


#: Who must approve a document of each kind.
APPROVALS: Mapping[Kind, tuple[str, ...]] = {
    Kind.STUDY_REPORT: ("preparer",),
    Kind.VERIFICATION_STATEMENT: ROLES,
    Kind.CERTIFICATE_OF_CONFORMITY: ROLES,
}
#: Opinions on which a verified document may rest.
SOUND_OPINIONS = ("unmodified", "modified-not-material")


@dataclass(frozen=True, slots=True)
class ClosedFile:
    """What a closed verification file says about one draft.

    Attributes
    ----------
    sha256
        Hash of the closed file.
    submission, footprint
        Hashes of the draft it worked on; it never names the body.
    opinion
        ``unmodified`` or ``modified-not-material``.
    level
        ``reasonable`` or ``limited``.
    materiality
        Share of each disclosed figure, decimal string.
    closed
        Day of closing.
    summary
        What the file tells the public, in both languages; see :mod:`labels.attestation`.
    approvers
        Role to key id of those who acted in the file; nobody else can approve the document.
    """

    sha256: str
    submission: str
    footprint: str
    opinion: str
    level: str
    materiality: str
    closed: dt.date
    summary: Mapping[str, Any] = field(default_factory=dict)
    approvers: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the public summary."""
        told = {"summary": dict(self.summary)} if self.summary else {}
        return {
            **told,
            "sha256": self.sha256,
            "opinion": self.opinion,
            "level": self.level,
            "materiality": self.materiality,
            "closed": self.closed.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Validity:
    """First and last day, both inclusive, in the issuer's time zone; no last day = no expiry."""

    first: dt.date
    last: dt.date | None = None


def known_kind(name: str) -> Kind:
    """Return the kind of this name.

    Raises
    ------
    IssueError
        ``KIND-UNKNOWN``.
    """
    try:
        return Kind(name)
    except ValueError as error:
        raise refusal("KIND-UNKNOWN", "kind", kind=name) from error


def permitted(kind: Kind, grade: str, closed: ClosedFile | None) -> bool:
    """Whether a result of this grade with this verification file may become such a document."""
    if kind is Kind.STUDY_REPORT:
        return True
    sound = closed is not None and closed.opinion in SOUND_OPINIONS
    return sound and grade == "certifiable"


def gate(kind: Kind, grade: str, closed: ClosedFile | None, draft: tuple[str, str]) -> None:
    """Refuse a kind of document the draft has not earned.

    Parameters
    ----------
    kind
        What is asked for.
    grade
        ``screening`` or ``certifiable``, from the footprint.
    closed
        The closed verification file, if any.
    draft
        Hashes of submission and footprint; the file must name the same.

    Raises
    ------
    IssueError
        ``KIND-NOT-PERMITTED``.
    """
    other_draft = closed is not None and (closed.submission, closed.footprint) != draft
    if other_draft or not permitted(kind, grade, closed):
        raise refusal("KIND-NOT-PERMITTED", "kind", kind=kind, grade=grade)


def check_validity(kind: Kind, validity: Validity) -> None:
    """Refuse an expiry on a statement and a certificate without one.

    Raises
    ------
    IssueError
        ``VALIDITY-WRONG``.
    """
    missing = kind is Kind.CERTIFICATE_OF_CONFORMITY and validity.last is None
    surplus = kind is Kind.VERIFICATION_STATEMENT and validity.last is not None
    reversed_ = validity.last is not None and validity.last < validity.first
    if missing or surplus or reversed_:
        raise refusal("VALIDITY-WRONG", "validity", kind=kind, until=validity.last or "-")
