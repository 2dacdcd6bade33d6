"""What the Excel importer of bw2io does with the faults that its layout has a place for.

A program of its own, for an environment that has bw2io and none of our packages::

    python -m venv /tmp/peer && /tmp/peer/bin/pip install bw2io
    /tmp/peer/bin/python tests/seeded_errors/peer_bw2io.py

Its layout has activities and exchanges with name, amount, unit, location and database, and no sums,
balances, limits or documents. It names no cells; an exception, or an exchange left without a link,
counts as found.
"""

import contextlib
import io
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import openpyxl

HEAD = ("name", "amount", "unit", "database", "location", "type", "reference product")
FAULTS = (
    ("number", "text", "12"),
    ("number", "thousands", "1,234.5"),
    ("number", "european", "1.234,5"),
    ("number", "wide", "１２"),
    ("number", "wan", "1.2万"),
    ("number", "about", "约12"),
    ("number", "interval", "100-120"),
    ("number", "none", "无"),
    ("number", "na", "N/A"),
    ("number", "question", "12?"),
    ("number", "letter-o", "1O2"),
    ("number", "two-points", "1.2.3"),
    ("number", "infinite", "Infinity"),
    ("number", "nan", "NaN"),
    ("number", "too-large", 1e290),
    ("number", "boolean", True),
    ("number", "unit-behind", "12 kWh"),
    ("number", "percent-text", "12%"),
    ("number", "ref", "#REF!"),
    ("number", "formula-never", "=1+2"),
    ("number", "empty", None),
    ("number", "negative", -12),
    ("number", "html", "<b>12</b>"),
    ("number", "long", "9" * 60),
    ("unit", "money", "CNY"),
    ("unit", "unknown", "qwertz"),
    ("unit", "ambiguous-ton", "ton"),
    ("unit", "power", "kilowatt"),
    ("unit", "sentence", "见电费单"),
    ("unit", "digit", "12"),
    ("unit", "empty", None),
    ("structure", "unknown-process", "no such process"),
    ("structure", "no-name", None),
)


def book(path: Path, kind: str, value: object, clean: bool) -> None:
    """Write an inventory of two processes; one cell of the last exchange is spoilt."""
    work = openpyxl.Workbook()
    del work["Sheet"]
    sheet = work.create_sheet("inventory")
    exchange = ["electricity", 12, "kilowatt hour", "example", "CN", "technosphere", "electricity"]
    if not clean:
        exchange[{"number": 1, "unit": 2, "structure": 0}[kind]] = value
    for row in (
        ("Database", "example"),
        (),
        *_activity("electricity", "kilowatt hour"),
        (),
        *_activity("beer", "litre"),
        exchange,
    ):
        sheet.append(row)
    work.save(path)


def _activity(name: str, unit: str) -> tuple[tuple[object, ...], ...]:
    return (
        ("Activity", name),
        ("code", name),
        ("location", "CN"),
        ("unit", unit),
        ("reference product", name),
        ("Exchanges",),
        HEAD,
        (name, 1, unit, "example", "CN", "production", name),
    )


def found(path: Path) -> str:
    """Return what the importer noticed, empty when it took the file."""
    from bw2io.importers import ExcelImporter  # noqa: PLC0415 - the peer's own environment has it

    try:
        importer = ExcelImporter(str(path))
        importer.apply_strategies()
        importer.match_database(fields=("name", "unit", "location", "reference product"))
        left = list(importer.unlinked)
        amounts = [exchange["amount"] for one in importer.data for exchange in one["exchanges"]]
        if any(not isinstance(amount, int | float) for amount in amounts):
            return "an amount that is no number is passed on"
    except Exception as refusal:  # noqa: BLE001 - whatever a peer raises counts as noticed
        return f"{type(refusal).__name__}"
    return "unlinked" if left else ""


def main() -> None:
    """Print a table in Markdown; what the importer prints itself is left out."""
    with contextlib.redirect_stdout(io.StringIO()):
        told = table()
    sys.stdout.write(told)


def table() -> str:
    """Plant every fault and look at what happens."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BRIGHTWAY2_DIR"] = folder
        import bw2data  # noqa: PLC0415 - reads its folder when it is imported

        bw2data.projects.set_current("seeded-errors-peer")
        path = Path(folder) / "inventory.xlsx"
        book(path, "number", None, clean=True)
        told = [f"bw2io {version('bw2io')}; clean file: {found(path) or 'taken'}."]
        tally: dict[str, list[int]] = {}
        rows = []
        for kind, name, value in FAULTS:
            book(path, kind, value, clean=False)
            outcome = found(path)
            noticed = bool(outcome) and not outcome.startswith("an amount")
            tally.setdefault(kind, []).append(int(noticed))
            rows.append(f"| {kind} | {name} | {outcome or 'taken as it is'} |")
    told += ["", "| kind | planted | noticed, wherever |", "|---|--:|--:|"]
    told += [f"| {kind} | {len(hits)} | {sum(hits)} |" for kind, hits in tally.items()]
    told += ["", "| kind | fault | outcome |", "|---|---|---|", *rows]
    return "\n".join(told) + "\n"


if __name__ == "__main__":
    main()
