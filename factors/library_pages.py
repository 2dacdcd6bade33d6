"""Reference pages of the library: an index by licence class, and one page for each source.

``python -m factors.library_pages docs/reference/factors`` writes them; a test holds them current.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from factors.factor import EmissionFactor, LicenceClass, Status, Use
from factors.numbers import decimal_text
from factors.store import FactorSet, Release, load

INDEX = "index.md"

_HEAD = """# The factor library

Generated from `factors/data`: `python -m factors.library_pages docs/reference/factors`.
What each column means stands in `factors/factor.py`; how a number gets in, in
[Add a number](../../how-to/add-a-number.md); what is known and does not ship, in
[What is not in the library](../../explanation/not-in-the-library.md).
"""


def counts_by_class(factors: FactorSet) -> dict[LicenceClass, int]:
    """Return how many rows ship under each licence class; classes without rows count 0."""
    counts = Counter[LicenceClass]()
    for release in factors.releases:
        counts[release.source.licence_class] += release.rows
    return {kind: counts[kind] for kind in LicenceClass}


def pages(factors: FactorSet) -> dict[str, str]:
    """Return the text of every page by file name."""
    by_source: dict[str, list[Release]] = {}
    for release in factors.releases:
        by_source.setdefault(release.id.partition("/")[0], []).append(release)
    rows: dict[str, list[EmissionFactor]] = {}
    for factor in factors:
        rows.setdefault(factor.release, []).append(factor)
    found = {f"{name}.md": _source(name, held, rows) for name, held in by_source.items()}
    return {INDEX: _index(factors, by_source), **found}


def write(folder: Path, factors: FactorSet) -> None:
    """Write all pages into a folder and remove those of sources that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = pages(factors)
    for old in folder.glob("*.md"):
        if old.name not in texts:
            old.unlink()
    for name, page in texts.items():
        (folder / name).write_text(page, encoding="utf-8")


def _index(factors: FactorSet, by_source: Mapping[str, list[Release]]) -> str:
    """Return the index: rows by licence class, by use and status, and all sources."""
    uses = Counter(factor.use for factor in factors)
    states = Counter(factor.status for factor in factors)
    lines = [_HEAD, f"{len(factors)} rows in {len(factors.releases)} releases.", ""]
    lines += _table(("licence class", "rows"), counts_by_class(factors).items())
    lines += _table(("use", "rows"), [(use, uses[use]) for use in Use])
    lines += _table(("status", "rows"), [(state, states[state]) for state in Status])
    lines += ["## Sources", ""]
    listed = [
        (
            f"[{release.id}]({name}.md)",
            f"{release.source.title} ({release.source.publisher})",
            f"{release.source.licence_class}: {release.source.licence}",
            release.rows,
        )
        for name, held in sorted(by_source.items())
        for release in held
    ]
    lines += _table(("release", "source", "licence", "rows"), listed)
    return "\n".join(lines)


def _source(
    name: str, releases: Iterable[Release], rows: Mapping[str, list[EmissionFactor]]
) -> str:
    """Return the page of one source with all its releases."""
    lines = [f"# {name}", "", "Generated: do not edit. Back to the [index](index.md).", ""]
    for release in releases:
        source = release.source
        lines += [f"## {release.id}", "", f"{source.title}. {source.publisher}, {source.year}."]
        lines += ["", f"- licence: {source.licence} ({source.licence_class})"]
        lines += [f"- read in: {source.url}, {source.retrieved}"]
        lines += [f"- SHA-256 of the rows: `{release.sha256}`"]
        lines += [f"- {source.note}", ""] if source.note else [""]
        heads = ("id", "name", "place", "value", "boundary", "use", "status", "locator")
        lines += _table(heads, [_cells(row) for row in rows[release.id]])
    return "\n".join(lines)


def _cells(row: EmissionFactor) -> tuple[str, ...]:
    """Return the cells of one row of a source page."""
    if row.amount is not None:
        value = f"{decimal_text(row.amount)} {row.unit}"
    else:
        flows = ", ".join(f"{flow} {decimal_text(amount)}" for flow, amount in row.values)
        value = f"{flows} kg/{row.unit}"
        value += f" ({row.gwp_set})" if row.gwp_set != "by-gas" else ""
    name = f"{row.activity_en}; {row.activity_zh}"
    return (f"`{row.id}`", name, row.place, value, row.boundary, row.use, row.status, row.locator)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    """Return the lines of a table, with a blank line after it."""
    plain = [" | ".join(str(cell).replace("|", "\\|") for cell in row) for row in rows]
    rule = " | ".join("---" for _ in heads)
    return [f"| {line} |" for line in (" | ".join(heads), rule, *plain)] + [""]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages into the folder named on the command line."""
    parser = argparse.ArgumentParser("factors.library_pages", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pages are written")
    write(parser.parse_args(arguments).folder, load())
    return 0


if __name__ == "__main__":
    sys.exit(main())
