"""Commands on the factor library: search, show, sources."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from factors import match
from factors.factor import EmissionFactor
from factors.numbers import decimal_text
from factors.store import FactorSet, load
from factors.texts import Lang, text
from labels.cli.show import console, plain


def search(wanted: str, place: str, lang: Lang, *, as_json: bool) -> None:
    """Print ranked candidates with the reason of each; it never decides."""
    library = load()
    hits = match.search(library, wanted, place=place or "CN")
    if as_json:
        plain([_row(hit.factor, library) | {"reason": hit.explain(lang)} for hit in hits])
        return
    if not hits:
        console().print(text("cli.nothing_found", lang, text=wanted))
        return
    table = Table(box=None)
    for head in ("factor", "value", "place", "boundary", "status", "reason"):
        table.add_column(text(f"cli.{head}", lang), overflow="fold")
    for hit in hits:
        row = hit.factor
        name = row.activity_zh if lang == "zh" else row.activity_en
        table.add_row(
            f"{row.id}\n{name}", _value(row), row.place, row.boundary, row.status, hit.explain(lang)
        )
    console().print(table)


def show(factor_id: str, lang: Lang, *, as_json: bool) -> None:
    """Print one factor with everything that is known of it."""
    library = load()
    row = _row(library.get(factor_id), library)
    if as_json:
        plain(row)
        return
    table = Table(box=None, show_header=False)
    for key, value in row.items():
        shown = (
            ", ".join(f"{k} = {v}" for k, v in value.items()) if isinstance(value, dict) else value
        )
        if shown not in ("", None):
            table.add_row(key, str(shown))
    console().print(table)


def sources(lang: Lang, *, as_json: bool) -> None:
    """Print every release with publisher, licence, number of rows and hash."""
    library = load()
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
        for release in library.releases
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


def _value(row: EmissionFactor) -> str:
    if row.amount is not None:
        return f"{decimal_text(row.amount)} {row.unit}"
    values = ", ".join(f"{flow} {decimal_text(amount)}" for flow, amount in row.values)
    return f"{values} kg/{row.unit}"


def _row(row: EmissionFactor, library: FactorSet) -> dict[str, Any]:
    source = library.source(row)
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
        "url": source.url,
        "licence": source.licence,
        "locator": row.locator,
        "note": row.note,
    }
