"""The sheet 检查结果 / Findings: what was found, worst first, each line with a link to its cell.

All text is inline text, never a formula. The mark in A1 tells the reader to pass over the sheet,
and the next annotation to replace it.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from lca.workbook.answer import WEIGHTS, Answer, Remark
from lca.workbook.grid import address
from lca.workbook.looks import MARKS
from lca.workbook.marks import FINDINGS_MARK
from lca.workbook.opc import Element, piece, q, root_of
from lca.workbook.wrapping import lines

HEAD_ROW = 6
MOST_LISTED = 5_000
"""Remarks listed; a file with more is repaired in rounds."""

_WIDTHS = (2, 5, 12, 20, 9, 46, 34, 46, 22)
_COLUMNS = ("number", "weight", "sheet", "cell", "saw", "expected", "todo", "code")
_LOOKS = {"number": "number", "sheet": "text", "cell": "link", "saw": "text", "expected": "text",
          "todo": "todo", "code": "code"}  # fmt: skip
_LAST = len(_WIDTHS)
_LINE = 14.5
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def findings_sheet(told: Answer, titles: frozenset[str], formats: Mapping[str, int]) -> Element:
    """Draw the sheet.

    Parameters
    ----------
    titles
        Sheets that a link may lead to.
    formats
        Number of the cell format of each look.
    """
    return _Drawing(told, titles, formats).sheet()


class _Drawing:
    """Collects rows, merged cells and links."""

    def __init__(self, told: Answer, titles: frozenset[str], formats: Mapping[str, int]) -> None:
        self._told, self._titles, self._formats = told, titles, formats
        self._data = root_of("sheetData")
        self._merged: list[str] = []
        self._links: list[tuple[str, str, str]] = []

    def sheet(self) -> Element:
        """Draw everything."""
        self._head()
        number = HEAD_ROW + 1
        listed = self._told.remarks[:MOST_LISTED]
        for weight in WEIGHTS:
            group = [remark for remark in listed if remark.weight == weight]
            if group:
                number = self._group(number, weight, group)
        left = len(self._told.remarks) - len(listed)
        if left:
            self._line(number, "hint", self._told.word("unlisted", count=left), 22)
        elif not listed:
            self._line(number, "hint", self._told.word("nothing"), 26)
        return self._whole()

    def _head(self) -> None:
        mark = self._row(1, 15)
        mark.set("hidden", "1")
        self._cell(mark, 1, FINDINGS_MARK, "code")
        told = self._told
        self._line(2, "title", f"{told.word('title')} · {told.file}", 34)
        self._line(3, "status", told.status, self._high(told.status, 11))
        self._line(4, "status", told.summary, self._high(told.summary, 11))
        self._line(5, "hint", told.word("hint"), self._high(told.word("hint"), 9))
        row = self._row(HEAD_ROW, 22)
        for column, name in enumerate(_COLUMNS, start=2):
            self._cell(row, column, told.word(f"head_{name}"), "head")

    def _high(self, text: str, size: int) -> float:
        """Height of a line that runs over the whole width."""
        return 18.0 * lines(text, sum(_WIDTHS[1:]) * 9 / size) + 3

    def _group(self, number: int, weight: str, remarks: list[Remark]) -> int:
        title = self._told.word(f"group_{weight}", count=len(remarks))
        self._line(number, "group", title, 26)
        for place, remark in enumerate(remarks, start=1):
            self._remark(number + place, place, remark)
        return number + len(remarks) + 1

    def _remark(self, number: int, place: int, remark: Remark) -> None:
        texts = {
            "number": str(place),
            "weight": self._told.word(remark.weight),
            "sheet": remark.sheet or self._told.word("whole_file"),
            "cell": remark.cell or remark.path,
            "saw": remark.saw,
            "expected": remark.expected,
            "todo": remark.todo,
            "code": remark.code,
        }
        high = max(lines(texts[n], w - 2) for n, w in zip(_COLUMNS, _WIDTHS[1:], strict=True))
        row = self._row(number, max(_LINE * high + 6, 21))
        target = f"{remark.cell or 'A1'}" if remark.sheet in self._titles else ""
        for column, name in enumerate(_COLUMNS, start=2):
            look = remark.weight if name == "weight" else _LOOKS[name]
            if name == "cell" and not (target and remark.cell):
                look = "text"
            if name == "sheet" and target and not remark.cell:
                look = "link"
            self._cell(row, column, texts[name], look)
        if target:
            column = _COLUMNS.index("cell" if remark.cell else "sheet") + 2
            self._links.append((address(number, column), remark.sheet, target))

    # -- pieces ----------------------------------------------------------------------------

    def _row(self, number: int, height: float) -> Element:
        row = etree.SubElement(self._data, q("row"), r=str(number), ht=f"{height:g}")
        row.set("customHeight", "1")
        return row

    def _line(self, number: int, look: str, text: str, height: float) -> None:
        """One text over the whole width."""
        row = self._row(number, height)
        for column in range(2, _LAST + 1):
            self._cell(row, column, text if column == 2 else "", look)
        self._merged.append(f"B{number}:{address(number, _LAST)}")

    def _cell(self, row: Element, column: int, text: str, look: str) -> None:
        place = address(int(row.get("r", "0")), column)
        cell = etree.SubElement(row, q("c"), r=place, s=str(self._formats[look]))
        if text:
            cell.set("t", "inlineStr")
            part = etree.SubElement(etree.SubElement(cell, q("is")), q("t"))
            part.set(_SPACE, "preserve")
            part.text = text

    def _whole(self) -> Element:
        root = root_of("worksheet")
        root.append(piece(f"<sheetPr><tabColor rgb='FF{MARKS['error']}'/>"
                         "<pageSetUpPr fitToPage='1'/></sheetPr>"))  # fmt: skip
        root.append(piece(
            "<sheetViews><sheetView showGridLines='0' workbookViewId='0'>"
            f"<pane ySplit='{HEAD_ROW}' topLeftCell='A{HEAD_ROW + 1}' activePane='bottomLeft'"
            " state='frozen'/><selection pane='bottomLeft' "
            f"activeCell='B{HEAD_ROW + 1}' sqref='B{HEAD_ROW + 1}'/></sheetView></sheetViews>"
        ))  # fmt: skip
        root.append(piece("<sheetFormatPr defaultRowHeight='15'/>"))
        root.append(piece("<cols>" + "".join(map(_column, range(1, _LAST + 1))) + "</cols>"))
        root.append(self._data)
        merged = "".join(f"<mergeCell ref='{span}'/>" for span in self._merged)
        root.append(piece(f"<mergeCells count='{len(self._merged)}'>{merged}</mergeCells>"))
        if self._links:
            root.append(self._hyperlinks())
        for told in _PAGE:
            root.append(piece(told))
        return root

    def _hyperlinks(self) -> Element:
        holder = etree.Element(q("hyperlinks"))
        for place, sheet, cell in self._links:
            quoted = sheet.replace("'", "''")
            location = f"'{quoted}'!{cell}"
            etree.SubElement(holder, q("hyperlink"), ref=place, location=location, display=cell)
        return holder


_PAGE = (
    "<pageMargins left='0.4' right='0.4' top='0.5' bottom='0.6' header='0.3' footer='0.3'/>",
    "<pageSetup paperSize='9' orientation='landscape' fitToWidth='1' fitToHeight='0'/>",
    "<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>",
)


def _column(number: int) -> str:
    hidden = " hidden='1'" if number == 1 else ""
    width = _WIDTHS[number - 1]
    return f"<col min='{number}' max='{number}' width='{width}' customWidth='1'{hidden}/>"
