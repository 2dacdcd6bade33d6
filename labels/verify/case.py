"""What verification looks at, and what a rule of verification is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from factors.findings import Finding, Severity, Where, finding
from labels.bundle import Bundle
from labels.container import Container
from labels.registry.export import LogView
from labels.trust import TrustFile
from labels.verify.lists import StatusLists
from labels.verify.report import Check, Outcome
from labels.view import DocumentView

T = TypeVar("T")
#: What reading a malformed document may raise.
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a verifier has beside the file.

    Attributes
    ----------
    trust
        The trust file; without one no issuer is known.
    now
        Present time.
    log
        The registry's log or its static export, for status and registered bytes.
    lists
        The status lists of a static export; None for a registry itself, which is never old.
    seen
        A checkpoint of the log kept from an earlier visit.
    printer
        The renderer, to compare the page with the body.
    """

    trust: TrustFile | None
    now: dt.datetime
    log: LogView | None = None
    lists: StatusLists | None = None
    seen: str | None = None
    printer: Printer | None = None


class Printer(Protocol):
    """What comparing pages needs of :mod:`labels.render.documents`."""

    def record(self) -> Mapping[str, Any]:
        """Return what the bytes of the pages depend on."""
        ...

    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        """Return unsigned PDFs by file name."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """A document and everything its verifier has beside it.

    Attributes
    ----------
    pdf
        The file, as it came.
    container
        The file taken apart, None where its structure did not hold.
    files, bundle
        The attachments by name, and read.
    body, digest
        The body as plain data, empty where it is none; the SHA-256 of its bytes.
    beside
        What the verifier has beside the file.
    moment
        The last second of the day for which the status is asked.
    """

    pdf: bytes
    container: Container | None
    files: Mapping[str, bytes]
    bundle: Bundle
    body: Mapping[str, Any]
    digest: str
    beside: Beside
    moment: dt.datetime

    @property
    def trust(self) -> TrustFile | None:
        """The verifier's trust file."""
        return self.beside.trust

    @property
    def serial(self) -> str:
        """The serial the document claims."""
        return str(self.bundle.receipt.get("serial", ""))


#: One thing that must hold; what does not hold is yielded as a finding.
Rule = Callable[[Case], Iterable[Finding]]
Rules = Mapping[str, Rule]
#: Notes that say that something could not be looked at: the check then counts as not made.
OPEN = frozenset(
    {
        *("BYTES-NOT-CHECKED", "LOG-NOT-GIVEN", "PAGE-NOT-COMPARED"),
        *("STATUS-NOT-CHECKED", "STATUS-STALE", "STATUS-UNDATED"),
        *("DEEP-COMMITTED", "DEEP-NOT-CHECKED", "DEEP-OTHER-VERSION"),
    }
)


def run(
    name: str,
    rules: Mapping[str, Callable[[T], Iterable[Finding]]],
    case: T,
    code: str,
    halt: Collection[str] = (),
    field: str = "reason",
) -> Check:
    """Apply the rules of one check.

    Parameters
    ----------
    name
        Of the check.
    rules
        In the order in which their findings are told.
    case
        What is looked at.
    code
        Of the finding for a document too malformed for a rule.
    halt
        Rules without which the others would only repeat what is wrong.
    field
        Name of that finding's field for what went wrong.
    """
    found: list[Finding] = []
    for title, rule in rules.items():
        try:
            told = list(rule(case))
        except MALFORMED as error:
            told = [finding(code, Where(), **{field: type(error).__name__})]
        found += [one for one in told if one not in found]
        if told and title in halt:
            break
    return Check(name, _outcome(found), tuple(found))


def _outcome(found: Iterable[Finding]) -> Outcome:
    if any(one.severity is Severity.ERROR for one in found):
        return Outcome.FAIL
    return Outcome.NOT_CHECKED if any(one.code in OPEN for one in found) else Outcome.PASS


def fault(code: str, where: str = "", /, **params: object) -> Finding:
    """Return a finding at a path inside the document."""
    return finding(code, Where(path=where), **params)
