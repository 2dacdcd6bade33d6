"""Builders of small release folders for the tests of rows, store and lock."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from factors.rows import COLUMNS

SOURCE = """title = "Example tables"
publisher = "Example Institute"
year = "2025"
licence = "CC BY 4.0"
licence_class = "open"
url = "https://example.org/tables"
retrieved = "2026-01-31"
redistributable = true
"""


def cells(**changed: str) -> dict[str, str]:
    """Return a faultless row with some cells changed."""
    row = {
        "id": "example-steel",
        "activity_zh": "示例钢",
        "activity_en": "Example steel",
        "category": "material",
        "place": "CN",
        "valid_from": "2024-01-01",
        "valid_to": "",
        "unit": "kg",
        "values": "unspecified.CO2e=2.1",
        "biogenic_treatment": "none",
        "co_pollutants": "",
        "gwp_set": "AR5-100",
        "boundary": "cradle-to-gate",
        "technology": "",
        "capital_goods": "unknown",
        "uncertainty": "lognormal gsd=1.2",
        "quality": "",
        "status": "read-in-source",
        "source_class": "lci-database",
        "use": "input",
        "locator": "table 1",
        "note": "",
        "corrects": "",
    }
    assert tuple(row) == COLUMNS
    return {**row, **changed}


def table(rows: Iterable[Mapping[str, str]], *, line_end: str = "\n") -> str:
    """Return the text of a ``factors.csv``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=line_end)
    writer.writerow(COLUMNS)
    writer.writerows([row[name] for name in COLUMNS] for row in rows)
    return out.getvalue()


def release(
    root: Path,
    rows: Iterable[Mapping[str, str]],
    *,
    name: str = "example/1",
    source: str = SOURCE,
    line_end: str = "\n",
) -> Path:
    """Write one release folder under a root and return the root."""
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text(source, encoding="utf-8")
    (folder / "factors.csv").write_bytes(table(rows, line_end=line_end).encode())
    return root
