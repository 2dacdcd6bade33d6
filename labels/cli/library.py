"""Commands on the factor library: search, show, compare, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from rich.table import Table
from rich.text import Text

from factors.choose import Choice, Option, choose
from factors.compare import Comparison, Contradiction, compare, contradictions, values_text
from factors.errors import FactorError
from factors.factor import Boundary, EmissionFactor
from factors.findings import finding
from factors.gwp import GwpSet
from factors.numbers import decimal_text, parse_decimal
from factors.store import FactorSet
from factors.texts import LANGS, Lang, text
from labels.cli.shelf import library
from labels.cli.show import console, plain
from lca import ruleset

RULES = "iso14067-generic"
"""Rule set under whose GWP values, lent ones included, rows are compared."""

T = TypeVar("T")
PASSED_OVER = 12
"""Rows passed over that are named on a terminal; data hold them all."""


def search(
    wanted: str,
    place: str,
    lang: Lang,
    *,
    on: str = "",
    per: str = "",
    boundary: str = "",
    amount: str = "",
    current: str = "",
    as_json: bool,
) -> None:
    """Print ranked candidates with two lines of reason each; it never decides.

    Parameters
    ----------
    wanted, place
        What is looked for, and where the activity is; empty: China.
    on, per, boundary, amount, current
        Day (yyyy-mm-dd), unit, boundary and amount of the line, id of the row in use; all optional.
    """
    found = choose(
        library(),
        wanted,
        place or "CN",
        _read(on, date.fromisoformat, "LIBRARY-DAY"),
        per,
        _read(boundary, Boundary, "LIBRARY-BOUNDARY", known=", ".join(Boundary)),
        amount=_read(amount, parse_decimal, "LIBRARY-AMOUNT"),
        current=current,
        gwp=_gwp(),
    )
    if as_json:
        plain(_choice_json(found))
    elif not found.options and not found.passed_over:
        console().print(text("cli.nothing_found", lang, text=wanted))
    else:
        _print_choice(found, lang)


def show(factor_id: str, lang: Lang, *, as_json: bool) -> None:
    """Print one factor with everything known of it, and the rows that contradict it."""
    shelf = library()
    factor = shelf.get(factor_id)
    others = contradictions(shelf, factor, _gwp())
    row = _row(factor, shelf)
    if as_json:
        plain(row | {"contradicting": [_contradiction_json(one) for one in others]})
        return
    table = Table(box=None, show_header=False)
    for key, value in row.items():
        shown = (
            ", ".join(f"{k} = {v}" for k, v in value.items()) if isinstance(value, dict) else value
        )
        if shown not in ("", None):
            table.add_row(key, Text(str(shown)))
    console().print(table)
    if others:
        console().print(_contradicting(others, lang))


def compare_rows(ids: Sequence[str], lang: Lang, *, as_json: bool) -> None:
    """Print rows side by side; what differs is marked."""
    found = compare(library(), ids, _gwp())
    if as_json:
        plain(_comparison_json(found))
        return
    table = Table(box=None)
    table.add_column("")
    for row in found.rows:
        table.add_column(Text(row.id), overflow="fold")
    for field in found.fields:
        if any(field.cells):
            mark = "≠ " if field.differs else ""
            style = "bold" if field.differs else "dim"
            table.add_row(Text(f"{mark}{field.field}"), *map(Text, field.cells), style=style)
    ratios = ("-" if ratio is None else f"{float(ratio):.4g}" for ratio in found.ratios)
    table.add_row(text("library.ratio", lang), *ratios)
    console().print(table)


def sources(lang: Lang, *, as_json: bool) -> None:
    """Print every release with publisher, licence, number of rows and hash, then the totals.

    Data hold the releases alone; the totals follow from them and from the rows.
    """
    shelf = library()
    rows = [
        {
            "release": release.id,
            "title": release.source.title,
            "publisher": release.source.publisher,
            "licence": release.source.licence,
            "licence_class": str(release.source.licence_class),
            "rows": release.rows,
            "sha256": release.sha256,
        }
        for release in shelf.releases
    ]
    if as_json:
        plain(rows)
        return
    table = Table(box=None)
    for head in ("release", "source", "licence", "rows"):
        table.add_column(text(f"cli.{head}", lang), overflow="fold")
    for row in rows:
        table.add_row(
            str(row["release"]),
            f"{row['title']} ({row['publisher']})",
            f"{row['licence_class']}: {row['licence']}",
            str(row["rows"]),
        )
    console().print(table)
    console().print(_counts(shelf, lang))


def _counts(shelf: FactorSet, lang: Lang) -> Table:
    """Return the number of rows by licence class, source class and use."""
    rows = list(shelf)
    counts = {
        "licence": Counter(str(shelf.source(row).licence_class) for row in rows),
        "source_class": Counter(str(row.source_class) for row in rows),
        "use": Counter(str(row.use) for row in rows),
    }
    table = Table(title=text("library.counts", lang), title_justify="left", box=None)
    table.add_column(text("library.class", lang))
    table.add_column("")
    table.add_column(text("cli.rows", lang), justify="right")
    for kind, found in counts.items():
        for name, count in found.most_common():
            table.add_row(text(f"library.by-{kind}", lang), name, str(count))
    table.add_row(text("library.all", lang), "", str(len(rows)), style="bold")
    return table


# --- what was asked -------------------------------------------------------------------------------


def _gwp() -> GwpSet:
    return ruleset.load(RULES).gwp()[0]


def _read(told: str, reader: Callable[[str], T], code: str, **expected: str) -> T | None:
    """Return the value of an option; None for one that is not given."""
    if not told:
        return None
    try:
        return reader(told)
    except ValueError:
        raise FactorError(finding(code, saw=told, **expected)) from None


# --- choices --------------------------------------------------------------------------------------


def _print_choice(found: Choice, lang: Lang) -> None:
    out = console()
    for number, option in enumerate(found.options, start=1):
        row = option.factor
        name = row.activity_zh if lang == "zh" else row.activity_en
        head = Text(f"{number:>2}  ").append(row.id, style="bold").append(f"  {name}")
        out.print(head)
        out.print(Text(f"    {_value(option, found)}{_moved(option, found, lang)}"))
        for line in option.reasons(found.need, lang):
            out.print(Text(f"    {line}", style="dim"))
    if found.span and len(found.options) > 1:
        low, high = (f"{float(end):+.0%}" for end in found.span)
        told = text("library.span", lang, low=low, high=high, against=found.against)
        out.print(Text(told, style="bold"))
    if found.passed_over:
        out.print(text("library.passed-over", lang, count=len(found.passed_over)), style="bold")
    for one in found.passed_over[:PASSED_OVER]:
        out.print(Text(f"    {one.factor.id}  {one.explain(lang)}", style="dim"))
    out.print(text("library.decide", lang))


def _value(option: Option, found: Choice) -> str:
    per = found.need.per.symbol if found.need.per else option.factor.unit
    return f"{float(option.value):.6g} kg CO2e/{per}"


def _moved(option: Option, found: Choice, lang: Lang) -> str:
    """Return how far the result moves with this row."""
    if option.move is None or option.factor.id == found.against:
        return ""
    told = text("library.move", lang, move=f"{float(option.move):+.1%}", against=found.against)
    change = "" if option.change is None else f" ({float(option.change):+.4g} kg CO2e)"
    return f"  {told}{change}"


def _choice_json(found: Choice) -> dict[str, Any]:
    need = found.need
    return {
        "schema": "carbonlabel-choice/1",
        "need": {
            "activity": need.activity,
            "place": need.place,
            "year": need.year,
            "per": need.per.symbol if need.per else None,
            "boundary": str(need.boundary) if need.boundary else None,
            "amount": _number(need.amount),
        },
        "against": found.against,
        "span": [_number(end) for end in found.span] if found.span else None,
        "options": [_option_json(option, found) for option in found.options],
        "passed_over": [
            {"id": one.factor.id, "reason": {lang: one.explain(lang) for lang in LANGS}}
            for one in found.passed_over
        ],
    }


def _option_json(option: Option, found: Choice) -> dict[str, Any]:
    row = option.factor
    return {
        "id": row.id,
        "release": row.release,
        "zh": row.activity_zh,
        "en": row.activity_en,
        "place": row.place,
        "unit": row.unit,
        "boundary": str(row.boundary),
        "status": str(row.status),
        "source_class": str(row.source_class),
        "licence_class": str(option.licence),
        "value": _number(option.value),
        "move": _number(option.move),
        "change": _number(option.change),
        "reasons": {lang: list(option.reasons(found.need, lang)) for lang in LANGS},
    }


def _number(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)


# --- rows -----------------------------------------------------------------------------------------


def _contradicting(others: Sequence[Contradiction], lang: Lang) -> Table:
    table = Table(title=text("library.contradicting", lang), title_justify="left", box=None)
    for head in ("factor", "value", "place", "boundary", "status"):
        table.add_column(text(f"cli.{head}", lang), overflow="fold")
    table.add_column(text("library.ratio", lang), justify="right")
    for one in others:
        row = one.factor
        cells = (row.id, values_text(row), row.place, row.boundary, row.status)
        table.add_row(*map(Text, cells), f"{float(one.ratio):.2f}")
    return table


def _contradiction_json(one: Contradiction) -> dict[str, Any]:
    row = one.factor
    return {
        "id": row.id,
        "values": values_text(row),
        "place": row.place,
        "boundary": str(row.boundary),
        "status": str(row.status),
        "ratio": _number(one.ratio),
    }


def _comparison_json(found: Comparison) -> dict[str, Any]:
    return {
        "ids": [row.id for row in found.rows],
        "fields": [
            {"field": one.field, "values": list(one.cells), "differs": one.differs}
            for one in found.fields
        ],
        "ratios": [_number(ratio) for ratio in found.ratios],
    }


def _row(row: EmissionFactor, shelf: FactorSet) -> dict[str, Any]:
    source, successor = shelf.source(row), shelf.successor(row)
    return {
        "id": row.id,
        "release": row.release,
        "zh": row.activity_zh,
        "en": row.activity_en,
        "place": row.place,
        "valid_from": str(row.valid_from or ""),
        "valid_to": str(row.valid_to or ""),
        "unit": row.unit,
        "values": {str(flow): decimal_text(amount) for flow, amount in row.values},
        "amount": None if row.amount is None else decimal_text(row.amount),
        "gwp_set": row.gwp_set,
        "biogenic_treatment": str(row.biogenic_treatment),
        "boundary": str(row.boundary),
        "technology": row.technology,
        "capital_goods": str(row.capital_goods),
        "quality": row.quality,
        "status": str(row.status),
        "source_class": str(row.source_class),
        "use": str(row.use),
        "source": source.title,
        "publisher": source.publisher,
        "year": source.year,
        "url": source.url,
        "retrieved": source.retrieved,
        "licence": source.licence,
        "licence_class": str(source.licence_class),
        "locator": row.locator,
        "note": row.note,
        "corrects": row.corrects,
        "corrected_by": successor.reference if successor else "",
    }
