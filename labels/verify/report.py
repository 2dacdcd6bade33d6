"""The report of a verification: four answers, and for every failure a code and a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from factors.findings import Finding, Where, finding
from factors.texts import Lang, catalogue, text

SCHEMA = "carbonlabel-verification/1"


class Outcome(StrEnum):
    """What one check found."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One check with its outcome and, unless it simply passed, a finding that says why.

    Attributes
    ----------
    name
        ``container``, ``attachments``, ``body``, ``receipt``, ``approvals``, ``seal``, ``inert``,
        ``page``, ``log``, ``status``, ``registered bytes``, ``timestamp``, ``deep 1``
        ... ``deep 3``.
    outcome
        Pass, fail or not checked.
    findings
        Reasons and remarks.
    """

    name: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What verification decided.

    Attributes
    ----------
    subject
        What the document says of itself: serial, kind, issuer, product, figure ... (may be empty).
    status
        ``valid``, ``suspended``, ``revoked``, ``superseded``, ``expired``, ``void`` or
        ``not checked``.
    registered
        ``match``, ``differs`` or ``not checked``.
    deep
        Highest level of recalculation that passed, 0 to 3; None when it was not asked for.
    committed
        Lines that could not be recounted and were taken as committed.
    checks
        Every check in order.
    unreadable
        Whether the file is no PDF at all.
    """

    subject: Mapping[str, Any]
    status: str
    registered: str
    deep: int | None
    committed: int
    checks: tuple[Check, ...]
    unreadable: bool = False

    @property
    def valid(self) -> bool:
        """Whether no check failed."""
        return all(check.outcome is not Outcome.FAIL for check in self.checks)

    @property
    def exit_code(self) -> int:
        """0 valid, 1 not valid, 2 unreadable."""
        return 2 if self.unreadable else int(not self.valid)

    @property
    def codes(self) -> tuple[str, ...]:
        """Reason codes of the checks that failed, in order."""
        failed = (check for check in self.checks if check.outcome is Outcome.FAIL)
        return tuple(found.code for check in failed for found in check.findings)

    @property
    def open(self) -> tuple[str, ...]:
        """Names of the checks that could not be made, in order."""
        return tuple(c.name for c in self.checks if c.outcome is Outcome.NOT_CHECKED)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data, sentences in both languages."""
        return {
            "schema": SCHEMA,
            "valid": self.valid,
            "codes": list(self.codes),
            "not_checked": list(self.open),
            "subject": dict(self.subject),
            "content": _worst(c.outcome for c in self.checks if c.name in CONTENT),
            "status": self.status,
            "registered_bytes": self.registered,
            "deep": {"level": self.deep, "lines_taken_as_committed": self.committed},
            "checks": [
                {
                    "name": check.name,
                    "outcome": str(check.outcome),
                    "findings": [found.to_json() for found in check.findings],
                }
                for check in self.checks
            ],
        }

    def render(self, lang: Lang) -> str:
        """Return the report as text for a terminal: verdict, subject, checks, what it means."""
        lines = [text(f"verify.{'valid' if self.valid else 'not_valid'}", lang)]
        lines += self._subject_lines(lang)
        for check in self.checks:
            outcome = text(f"verify.outcome_{_key(check.outcome)}", lang)
            lines.append(f"  {outcome}  {_name(check, lang)}")
            lines += [f"      {_tame(found.render(lang), 1_000)}" for found in check.findings]
        return "\n".join([*lines, "", *self._meaning(lang)])

    def _subject_lines(self, lang: Lang) -> Iterator[str]:
        for name, value in self.subject.items():
            shown = value.get(lang, "") if isinstance(value, Mapping) else value
            told = _worded(name, str(shown), lang)
            yield f"  {text(f'verify.subject_{name}', lang)}: {_tame(told)}"

    def _meaning(self, lang: Lang) -> Iterator[str]:
        """Say in sentences what was found, what was not looked at, and what follows."""
        mark = text("verify.list_mark", lang)
        failed, open_ = (
            mark.join(_name(check, lang) for check in self.checks if check.outcome is outcome)
            for outcome in (Outcome.FAIL, Outcome.NOT_CHECKED)
        )
        if failed:
            yield text("verify.meaning_failed", lang, checks=failed)
            return
        yield text("verify.meaning_open" if open_ else "verify.meaning_all", lang, checks=open_)
        yield text("verify.meaning_figures" if not self.deep else "verify.meaning_deep", lang)


CONTENT = frozenset(
    {"container", "attachments", "body", "receipt", "approvals", "seal", "inert", "page"}
)


def passed(name: str, *remarks: Finding) -> Check:
    """Return a check that passed, with remarks if any."""
    return Check(name, Outcome.PASS, remarks)


def failed(name: str, code: str, where: str = "", /, **params: object) -> Check:
    """Return a check that failed for a reason."""
    return Check(name, Outcome.FAIL, (finding(code, Where(path=where), **params),))


def _worst(outcomes: Iterator[Outcome]) -> str:
    seen = set(outcomes)
    order = (Outcome.FAIL, Outcome.NOT_CHECKED, Outcome.PASS)
    return str(next((one for one in order if one in seen), Outcome.NOT_CHECKED))


def _key(name: str) -> str:
    return name.replace(" ", "_")


def _name(check: Check, lang: Lang) -> str:
    return text(f"verify.check_{_key(check.name)}", lang)


def _worded(name: str, value: str, lang: Lang) -> str:
    """Return the words for a value that is a key of ours; whatever else a document says stays."""
    known = catalogue()["verify"]
    return text(f"verify.{name}_{value}", lang) if f"{name}_{value}" in known else value


def _tame(value: object, longest: int = 200) -> str:
    """Keep what a hostile document says of itself on one harmless line."""
    clean = (c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))
    return "".join(clean)[:longest]
