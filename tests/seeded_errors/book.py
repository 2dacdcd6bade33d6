"""A workbook that can be spoilt the way a person spoils it: cell by cell, in the file itself.

Places are found by the ids that every sheet carries in its hidden row 1 and column A (see
``docs/reference/workbook.md``), so moved rows and new sheets do not matter here. Edits are made in
the XML of a sheet; everything else in the zip stays as it is.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import openpyxl
from lxml import etree

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MARK = "carbonlabel-workbook/"
FORMATS = ("0%", "yyyy\\-mm\\-dd", "#,##0,", '0"万"', '0" GWh"', "0")
"""Number formats that a fault may give to a cell; added behind those of the file."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A number behind one of :data:`FORMATS`."""

    value: float
    format: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the result the file keeps; None: never calculated."""

    text: str
    result: float | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that shows an error."""

    value: str


Value = float | int | bool | str | date | Shown | Formula | Broken | None
Spot = tuple[str, int, int]
"""Sheet, row, column; both from 1."""


@dataclass(frozen=True, slots=True)
class Block:
    """A table of the file: where it stands, its columns by id and its rows by number."""

    id: str
    sheet: str
    ids_row: int
    columns: Mapping[str, int]
    rows: tuple[tuple[str, int], ...]

    def spot(self, row: int, column: str) -> Spot:
        """Place of a column in a row."""
        return self.sheet, row, self.columns[column]

    def row(self, key: str) -> int | None:
        """Number of the row with this id."""
        return next((number for one, number in self.rows if one == key), None)


@dataclass(frozen=True)
class Book:
    """A clean workbook: its bytes, values and tables."""

    data: bytes
    model: str
    values: Mapping[Spot, Any] = field(repr=False)
    blocks: Mapping[str, Block]
    sheets: Mapping[str, str]

    @classmethod
    def of(cls, data: bytes, model: str) -> Book:
        """Read the values and find the tables."""
        workbook = openpyxl.load_workbook(io.BytesIO(data))
        values: dict[Spot, Any] = {}
        blocks: dict[str, Block] = {}
        sheets: dict[str, str] = {}
        for sheet in workbook.worksheets:
            for line in sheet.iter_rows():
                for cell in line:
                    if cell.value is not None:
                        values[sheet.title, cell.row, cell.column] = cell.value
            mark = str(values.get((sheet.title, 1, 1), ""))
            if mark.startswith(MARK):
                sheets[mark.partition(" ")[2]] = sheet.title
                blocks.update((one.id, one) for one in _blocks(sheet.title, values))
        return cls(data, model, values, blocks, sheets)

    def value(self, spot: Spot) -> Any:
        """What stands in a cell, None when it is empty."""
        return self.values.get(spot)

    def number(self, spot: Spot) -> float | None:
        """The number in a cell, None when there is none."""
        value = self.value(spot)
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if plain else None

    @cached_property
    def parts(self) -> Mapping[str, str]:
        """Part of the zip that holds a sheet, by title."""
        return _parts(self.data)

    def spoilt(self, edits: Mapping[Spot, Value]) -> bytes:
        """Return the file with some cells changed."""
        wanted: dict[str, dict[tuple[int, int], Value]] = {}
        for (sheet, row, column), value in edits.items():
            wanted.setdefault(self.parts[sheet], {})[row, column] = value
        made = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(self.data)) as old,
            zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
        ):
            styles, first = _styles(old.read("xl/styles.xml"))
            for info in old.infolist():
                content = old.read(info)
                if info.filename == "xl/styles.xml":
                    content = styles
                elif info.filename in wanted:
                    content = _edited(content, wanted[info.filename], first)
                new.writestr(info.filename, content)
        return made.getvalue()


def address(spot: Spot) -> str:
    """Return ``sheet!A1`` of a place."""
    sheet, row, column = spot
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{sheet}!{letters}{row}"


# --- finding tables ------------------------------------------------------------------------------


def _blocks(sheet: str, values: Mapping[Spot, Any]) -> Iterator[Block]:
    keys = sorted(
        (row, str(value))
        for (name, row, column), value in values.items()
        if name == sheet and column == 1 and row > 1
    )
    starts = [row for row, key in keys if key.startswith("@")]
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else 10**6
        columns = {
            str(value): column
            for (name, row, column), value in values.items()
            if name == sheet and row == start and column > 1
        }
        rows = tuple((key, row) for row, key in keys if start < row < end and key[0] not in "#@")
        name = next(key for row, key in keys if row == start)
        yield Block(name[1:], sheet, start, columns, rows)


# --- editing XML ---------------------------------------------------------------------------------


def _tag(name: str) -> str:
    return f"{{{SPREADSHEET}}}{name}"


def _parts(data: bytes) -> Mapping[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        book = etree.fromstring(file.read("xl/workbook.xml"))
        links = etree.fromstring(file.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): str(link.get("Target")).lstrip("/") for link in links}
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    return {
        str(sheet.get("name")): _whole(targets[sheet.get(relation)])
        for sheet in book.iter(_tag("sheet"))
    }


def _whole(target: str) -> str:
    return target if target.startswith("xl/") else f"xl/{target}"


def _styles(data: bytes) -> tuple[bytes, int]:
    """Add :data:`FORMATS` to the cell formats; return also the number of the first."""
    root = etree.fromstring(data)
    formats, cells = root.find(_tag("numFmts")), root.find(_tag("cellXfs"))
    if formats is None:
        formats = etree.Element(_tag("numFmts"))
        root.insert(0, formats)
    assert cells is not None
    first = len(cells)
    for number, code in enumerate(FORMATS):
        etree.SubElement(formats, _tag("numFmt"), numFmtId=str(900 + number), formatCode=code)
        etree.SubElement(
            cells,
            _tag("xf"),
            numFmtId=str(900 + number),
            fontId="0",
            fillId="0",
            borderId="0",
            xfId="0",
            applyNumberFormat="1",
        )
    formats.set("count", str(len(formats)))
    cells.set("count", str(len(cells)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8"), first


def _edited(data: bytes, edits: Mapping[tuple[int, int], Value], first: int) -> bytes:
    root = etree.fromstring(data)
    table = root.find(_tag("sheetData"))
    assert table is not None
    lines = {int(str(line.get("r"))): line for line in table}
    for (row, column), value in sorted(edits.items()):
        if row not in lines:
            lines[row] = _new_row(table, row)
        _put(_cell(lines[row], row, column), value, first)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _new_row(table: Any, number: int) -> Any:
    line = etree.Element(_tag("row"), r=str(number))
    place = sum(int(str(other.get("r"))) < number for other in table)
    table.insert(place, line)
    return line


def _cell(line: Any, row: int, column: int) -> Any:
    name = address(("", row, column))[1:]
    for place, cell in enumerate(line):
        there = _column(str(cell.get("r")))
        if there == column:
            return cell
        if there > column:
            made = etree.Element(_tag("c"), r=name)
            line.insert(place, made)
            return made
    return etree.SubElement(line, _tag("c"), r=name)


def _column(name: str) -> int:
    number = 0
    for letter in re.sub("[0-9]", "", name):
        number = 26 * number + ord(letter) - 64
    return number


def _put(cell: Any, value: Value, first: int) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    match value:
        case None:
            pass
        case bool():
            _typed(cell, "b", str(int(value)))
        case int() | float():
            _typed(cell, "n", repr(value))
        case str():
            _worded(cell, value)
        case date():
            cell.set("s", str(first + FORMATS.index("yyyy\\-mm\\-dd")))
            _typed(cell, "n", str((value - date(1899, 12, 30)).days))
        case Shown(number, shape):
            cell.set("s", str(first + FORMATS.index(shape)))
            _typed(cell, "n", repr(number))
        case Formula(text, result):
            etree.SubElement(cell, _tag("f")).text = text
            _stored(cell, result)
        case Broken(text):
            _typed(cell, "e", text)


def _worded(cell: Any, words: str) -> None:
    cell.set("t", "inlineStr")
    text = etree.SubElement(etree.SubElement(cell, _tag("is")), _tag("t"))
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    text.text = words


def _stored(cell: Any, result: float | None) -> None:
    if result is not None:
        _typed(cell, "n", repr(result))


def _typed(cell: Any, kind: str, text: str) -> None:
    cell.set("t", kind)
    etree.SubElement(cell, _tag("v")).text = text


def day_of(value: Any) -> date | None:
    """The day in a cell."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
