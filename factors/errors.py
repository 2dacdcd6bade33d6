"""The exceptions of the toolkit: one base class, one class per kind of refusal.

A refusal always carries :class:`~factors.findings.Finding` objects, so that whatever reaches a
person says where, what we saw, what we expected and what to do, in the person's language.
"""

from __future__ import annotations

from collections.abc import Sequence

from factors.findings import Finding


class CarbonLabelError(Exception):
    """Base of every exception raised on purpose.

    Parameters
    ----------
    findings
        What is wrong; at least one.
    """

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(f.render("en") for f in findings))
        self.findings: tuple[Finding, ...] = findings

    def __reduce__(self) -> tuple[type[CarbonLabelError], tuple[Finding, ...]]:
        return type(self), self.findings


class UnitError(CarbonLabelError):
    """A unit is unknown, ambiguous, or of the wrong dimension."""


class FactorError(CarbonLabelError):
    """A factor, release or GWP value is missing, malformed or unfit for the purpose."""


class ModelError(CarbonLabelError):
    """A product model or rule set cannot be loaded."""


class UnsafeFileError(CarbonLabelError):
    """A file was refused before its content was read."""


class FindingsError(CarbonLabelError):
    """A group: everything that was wrong with one input, collected in one pass."""

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> FindingsError:
        """Build the group from a sequence."""
        return cls(*findings)


class SolveError(CarbonLabelError):
    """A product system has no unique solution."""


class IssueError(CarbonLabelError):
    """A document cannot be issued."""


class VerifyError(CarbonLabelError):
    """Verification could not be carried out at all (a bad document is a report, not an error)."""
