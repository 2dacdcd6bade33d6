"""The summary workbook of a run: every file, what has to be mended, where everybody stands.

It is for the programme office: it names enterprises and findings and is not for publication.
Numbers and days are typed, units stand in the headings, and what an enterprise wrote never becomes
a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from factors.findings import Finding
from factors.texts import Lang, text
from labels.programme.calendar import dates
from labels.programme.drafts import Drafted
from labels.programme.pipeline import Pipeline
from labels.programme.results import Result
from labels.programme.run import Run
from lca.exchange.tables_xlsx import Value, tables_workbook

Row = tuple[Value, ...]
Column = tuple[str, float]


def summary_workbook(made: Run, stand: Pipeline, lang: Lang) -> bytes:
    """Return the workbook; the same run on the same day gives the same bytes."""
    left_out = (*made.findings, *_refused(made.drafted))
    rows: Mapping[str, Iterable[Row]] = {
        "files": _files(made.results, made.drafted, lang),
        "to_mend": _to_mend(made.results, lang),
        "not_taken": _not_taken(left_out, lang),
        "steps": _steps(stand, lang),
        "calendar": _calendar(stand, lang),
    }
    return tables_workbook([_sheet(lang, key, tuple(found)) for key, found in rows.items()], lang)


def _sheet(lang: Lang, key: str, rows: tuple[Row, ...]) -> dict[str, Any]:
    heads = [text(f"programme.{name}", lang) for name, _ in _COLUMNS[key]]
    return {
        "title": text(f"programme.sheet_{key}", lang),
        "note": text(f"programme.note_{key}", lang),
        "parts": [{"title": "", "head": heads, "rows": rows}],
        "widths": [width for _, width in _COLUMNS[key]],
        "frozen": True,
    }


_COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "files": (("enterprise", 14), ("file", 24), ("outcome", 14), ("product", 32),
              ("figure_kg", 16), ("declared_unit", 24), ("boundary", 18),
              ("grade", 16), ("draft", 16), ("documents", 44)),
    "to_mend": (("enterprise", 14), ("file", 24), ("place", 24), ("code", 22), ("saw", 44),
                ("expected", 44), ("todo", 44)),
    "not_taken": (("place", 36), ("code", 22), ("saw", 44), ("expected", 44), ("todo", 44)),
    "steps": (("enterprise", 14), ("name", 40), ("product", 36), ("step", 16), ("serial", 16),
              ("until", 14), ("days_left", 12)),
    "calendar": (("day", 14), ("what", 18), ("serial", 16), ("enterprise", 14), ("product", 32)),
}  # fmt: skip
"""Columns of the sheets with their widths, in characters."""


def _files(results: Iterable[Result], drafted: Sequence[Drafted], lang: Lang) -> Iterator[Row]:
    drafts = {one.result.folder: one.draft for one in drafted}
    for result in results:
        names = (result.handed.enterprise, result.handed.name)
        place = f"{result.handed.enterprise}/{result.folder.name}"
        if not result.computed:
            told = text("programme.outcome_faulty", lang, count=len(result.errors))
            yield (*names, told, *[""] * 6, place)
            continue
        found = result.footprint
        yield (
            *names,
            text("programme.outcome_computed", lang),
            found["product"]["name"][lang],
            Decimal(f"{float(found['totals'][found['headline']]['value']):.4g}"),
            found["declared_unit"]["name"][lang],
            text(f"cli.{found['boundary'].replace('-', '_')}", lang),
            text(f"cli.grade_{found['grade']['value']}", lang),
            drafts.get(result.folder, ""),
            place,
        )


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


def _steps(stand: Pipeline, lang: Lang) -> Iterator[Row]:
    for one in stand.standings:
        names = (one.enterprise.slug, one.name[lang])
        if not one.products:
            yield (*names, "", text(f"programme.step_{one.step}", lang), "", "", "")
        for product in one.products:
            step = text(f"programme.step_{product.step}", lang)
            record = product.record
            shown: Row = ("", "", "")
            if record is not None:
                until = record.until
                left = (until - stand.day).days if until else ""
                shown = (record.serial, until or "", left)
            yield (*names, product.name[lang], step, *shown)


def _calendar(stand: Pipeline, lang: Lang) -> Iterator[Row]:
    for one in dates(stand):
        kind = text(f"programme.due_{one.kind}", lang)
        yield (one.day, kind, one.serial, one.enterprise, one.product)
