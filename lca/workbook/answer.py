"""Findings -> what is written into the file: one remark each, in one language, worst first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from factors.findings import Finding
from factors.texts import Lang, filled
from lca.workbook.fields import words
from lca.workbook.marks import COMMENT_MARK

WEIGHTS = ("error", "missing", "warning", "note")
"""Kinds of remark in the order of the findings sheet; ``missing`` is an error by omission."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML cannot hold."""

_ADDRESS = re.compile("[A-Z]{1,3}[1-9][0-9]{0,5}")
PROGRESS = "WORKBOOK-PROGRESS"
_UNREAD = frozenset(
    {"WORKBOOK-NOT-OURS", "WORKBOOK-FORMAT", "WORKBOOK-MODEL-UNKNOWN", "WORKBOOK-SHEET-MISSING",
     "WORKBOOK-BLOCK-MISSING"}
)  # fmt: skip
"""After these nobody can say how far a file is filled in."""

_MISSING = frozenset(
    {"CELL-MISSING", "CELL-MONTH-MISSING", "CELL-ACCOUNT-MISSING", "ANSWER-MISSING",
     "ANSWER-ACCOUNT-MISSING"}
)  # fmt: skip
_MOST_IN_COMMENT = 6


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding in words."""

    weight: str
    code: str
    sheet: str
    cell: str
    path: str
    saw: str
    expected: str
    todo: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that is written into a file.

    Attributes
    ----------
    status, summary
        How far the workbook is filled in, and how many remarks of each weight there are.
    """

    lang: Lang
    file: str
    status: str
    summary: str
    remarks: tuple[Remark, ...]

    def word(self, key: str, /, **params: object) -> str:
        """Return a word of the findings sheet."""
        return _word(key, self.lang, **params)

    def by_cell(self) -> Mapping[tuple[str, str], list[Remark]]:
        """Return the remarks by sheet and cell; within a cell the worst first."""
        found: dict[tuple[str, str], list[Remark]] = {}
        for remark in self.remarks:
            if remark.sheet and _ADDRESS.fullmatch(remark.cell):
                found.setdefault((remark.sheet, remark.cell), []).append(remark)
        return found

    def comment(self, remarks: list[Remark]) -> str:
        """Return the comment of one cell."""
        told = [self._told(remark) for remark in remarks[:_MOST_IN_COMMENT]]
        if len(remarks) > _MOST_IN_COMMENT:
            told.append(self.word("more", count=len(remarks) - _MOST_IN_COMMENT))
        return f"{COMMENT_MARK} · " + "\n\n".join(told)

    def _told(self, remark: Remark) -> str:
        parts = [f"{self.word(part)}{getattr(remark, part)}" for part in PARTS]
        return "\n".join([f"{self.word(remark.weight)}  {remark.code}", *parts])


PARTS = ("saw", "expected", "todo")


def answer(findings: Iterable[Finding], lang: Lang, file: str) -> Answer:
    """Put findings into words."""
    every = tuple(findings)
    remarks = [_remark(found, lang) for found in every if found.code != PROGRESS]
    remarks.sort(key=lambda remark: WEIGHTS.index(remark.weight))
    counts = {weight: sum(r.weight == weight for r in remarks) for weight in WEIGHTS}
    blocked = any(found.blocks for found in every)
    told = [_word(f"count_{name}", lang, count=n) for name, n in counts.items() if n]
    summary = _word("and", lang).join(told) + _word("stop", lang) if told else ""
    verdict = _word("not_usable" if blocked else "usable", lang)
    status = _status(every, counts, lang)
    return Answer(lang, _clean(file), _clean(status), f"{summary}{verdict}", tuple(remarks))


def _status(every: Sequence[Finding], counts: Mapping[str, int], lang: Lang) -> str:
    """Say how far the file is; "all filled" only where everything could be read and is right."""
    if any(found.code in _UNREAD or found.code.startswith("FILE-") for found in every):
        return _word("unread", lang)
    for found in every:
        if found.code == PROGRESS:
            return found.sentence("saw", lang)
    if counts["missing"]:
        return _word("left", lang, count=counts["missing"])
    if counts["error"]:
        return _word("wrong", lang, count=counts["error"])
    return _word("complete", lang)


def _remark(found: Finding, lang: Lang) -> Remark:
    where = found.where
    weight = "missing" if found.code in _MISSING else str(found.severity)
    told = (_clean(found.sentence(part, lang)) for part in PARTS)
    return Remark(weight, found.code, where.sheet, where.cell, _clean(where.path), *told)


def _word(key: str, lang: Lang, /, **params: object) -> str:
    return filled(words("findings", key)[lang], params)


def _clean(text: str) -> str:
    """Text that XML can hold."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", whole)


def answer_text(told: Answer) -> str:
    """Return an answer as JSON text on one line, for the pipe to the child."""
    return json.dumps(asdict(told), ensure_ascii=True)


def answer_from(text: str) -> Answer:
    """Return the answer that the parent wrote."""
    document = json.loads(text)
    remarks = tuple(Remark(**remark) for remark in document.pop("remarks"))
    return Answer(**document, remarks=remarks)
