"""Findings: coded messages that say where, what we saw, what we expected, what to do.

Findings are collected, never raised one by one. A finding holds a code and the values of its
fields; the sentences live in ``templates/texts/findings/*.toml``, one table per code::

    [UNIT-UNKNOWN]
    severity = "error"
    [UNIT-UNKNOWN.zh]
    saw = "单位 “{unit}”"
    expected = "..."
    todo = "..."
    [UNIT-UNKNOWN.en]
    ...
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from factors.texts import Lang, catalogue, filled


class Severity(StrEnum):
    """How much a finding weighs: an error blocks, a warning is looked at, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a finding: a file, a sheet and cell, or a key path of a document."""

    file: str = ""
    sheet: str = ""
    cell: str = ""
    path: str = ""

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or self.cell
        return " ".join(part for part in (self.file, place, self.path) if part)

    def to_json(self) -> dict[str, str]:
        """Return only the parts that are known."""
        known = {"file": self.file, "sheet": self.sheet, "cell": self.cell, "path": self.path}
        return {key: value for key, value in known.items() if value}


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem or remark.

    Attributes
    ----------
    code
        Key of the finding in the catalogue, for example ``UNIT-UNKNOWN``.
    where
        The place it was found.
    params
        Values of the fields named in the catalogue's sentences, as sorted pairs of strings.
    """

    code: str
    where: Where = Where()
    params: tuple[tuple[str, str], ...] = ()

    @property
    def severity(self) -> Severity:
        """Severity declared in the catalogue."""
        return Severity(catalogue("findings")[self.code]["severity"])

    @property
    def blocks(self) -> bool:
        """Whether the input cannot be used until this is mended."""
        return self.severity is Severity.ERROR

    def sentence(self, part: str, lang: Lang) -> str:
        """Return ``saw``, ``expected`` or ``todo`` with its fields filled in."""
        template = str(catalogue("findings")[self.code][lang][part])
        return filled(template, dict(self.params))

    def render(self, lang: Lang) -> str:
        """Return the whole message on one line."""
        place = str(self.where)
        parts = [self.sentence(part, lang) for part in ("saw", "expected", "todo")]
        return " - ".join([f"[{self.code}]", *([place] if place else []), *parts])

    def to_json(self) -> dict[str, Any]:
        """Return the finding as plain data, with both languages."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "where": self.where.to_json(),
            "params": dict(self.params),
            "message": {
                lang: {part: self.sentence(part, lang) for part in ("saw", "expected", "todo")}
                for lang in ("zh", "en")
            },
        }


def finding(code: str, where: Where = Where(), /, **params: object) -> Finding:
    """Make a finding; values become texts without control characters, cut at 200."""
    return Finding(code, where, tuple(sorted((key, _tame(value)) for key, value in params.items())))


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that block."""
    return tuple(found for found in findings if found.blocks)


def _tame(value: object) -> str:
    """Keep hostile values readable on a terminal and on a page."""
    blot, shown = "\N{REPLACEMENT CHARACTER}", str(value)
    if not shown.isprintable():
        shown = "".join(char if char.isprintable() else blot for char in shown)
    return shown if len(shown) <= 200 else shown[:199] + "\N{HORIZONTAL ELLIPSIS}"
