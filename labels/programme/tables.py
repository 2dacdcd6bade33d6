"""The summary workbook of a run: what came of every file, and what has to be mended.

It is for the programme office: it names enterprises and findings and is not for publication. Every
cell is text; what an enterprise wrote never becomes a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from factors.findings import Finding
from factors.texts import Lang, text
from labels.programme.drafts import Drafted
from labels.programme.results import Result
from labels.programme.run import Run
from lca.exchange.tables_xlsx import tables_workbook

Row = tuple[str, ...]


def summary_workbook(made: Run, drafted: Sequence[Drafted], lang: Lang) -> bytes:
    """Return the workbook; the same run gives the same bytes."""
    sheets = (
        _sheet(lang, "files", tuple(_files(made.results, drafted, lang))),
        _sheet(lang, "to_mend", tuple(_to_mend(made.results, lang))),
        _sheet(lang, "not_taken", tuple(_not_taken((*made.findings, *_refused(drafted)), lang))),
    )
    return tables_workbook(sheets, lang)


def _sheet(lang: Lang, key: str, rows: tuple[Row, ...]) -> dict[str, Any]:
    heads = [text(f"programme.{name}", lang) for name in _HEADS[key]]
    return {
        "title": text(f"programme.sheet_{key}", lang),
        "note": text(f"programme.note_{key}", lang),
        "parts": [{"title": "", "head": heads, "rows": rows}],
    }


_HEADS: Mapping[str, tuple[str, ...]] = {
    "files": ("enterprise", "file", "outcome", "product", "figure", "grade", "draft", "documents"),
    "to_mend": ("enterprise", "file", "place", "code", "saw", "expected", "todo"),
    "not_taken": ("place", "code", "saw", "expected", "todo"),
}


def _files(results: Iterable[Result], drafted: Sequence[Drafted], lang: Lang) -> Iterator[Row]:
    drafts = {one.result.folder: one.draft for one in drafted}
    for result in results:
        names = (result.handed.enterprise, result.handed.name)
        place = f"{result.handed.enterprise}/{result.folder.name}"
        if not result.computed:
            told = text("programme.outcome_faulty", lang, count=len(result.errors))
            yield (*names, told, "", "", "", "", place)
            continue
        found = result.footprint
        yield (
            *names,
            text("programme.outcome_computed", lang),
            found["product"]["name"][lang],
            figure_of(found),
            text(f"cli.grade_{found['grade']['value']}", lang),
            drafts.get(result.folder, ""),
            place,
        )


def figure_of(footprint: Mapping[str, Any]) -> str:
    """Return the declared figure with its unit, as the record has it."""
    total = footprint["totals"][footprint["headline"]]
    return f"{float(total['value']):.4g} {total['unit']}"


def _to_mend(results: Iterable[Result], lang: Lang) -> Iterator[Row]:
    for result in results:
        for found in result.errors:
            where, told = found["where"], found["message"][lang]
            place = " ".join(where[key] for key in ("sheet", "cell", "path") if key in where)
            names = (result.handed.enterprise, result.handed.name, place, found["code"])
            yield (*names, told["saw"], told["expected"], told["todo"])


def _not_taken(findings: Iterable[Finding], lang: Lang) -> Iterator[Row]:
    for found in dict.fromkeys(findings):
        sentences = (found.sentence(part, lang) for part in ("saw", "expected", "todo"))
        yield (str(found.where), found.code, *sentences)


def _refused(drafted: Iterable[Drafted]) -> Iterator[Finding]:
    return (found for one in drafted for found in one.findings)
