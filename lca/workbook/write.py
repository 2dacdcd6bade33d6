"""Product model -> workbook: blank, or filled with an example maker's answers.

Same model, language and example give the same bytes. No cell that a person fills holds a formula
of ours; the few formulas are for the eye only and the reader passes over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from factors.numbers import decimal_text
from factors.texts import Lang
from lca.model_parts import Account, ProductModel, When
from lca.workbook.example import Place, Value, centre_count, family_count, values
from lca.workbook.layout import (
    MARK,
    MONTHS,
    Accounts,
    Field,
    Form,
    Kind,
    Need,
    Table,
    layout,
    words,
)
from lca.workbook.lists import Choice, Lists, lists
from lca.workbook.package import sealed
from lca.workbook.plan import BLOCK, DECOR, FREE, Placed, PlacedSheet, plan
from lca.workbook.style import Style, put_text

LISTS_SHEET = "_lists"
A4, A3 = 9, 8
_PROMPT = 250  # characters that fit an input message
_WIDTHS = {"label": 34, "need": 14, "unit": 9, "value": 44, "family": 20, "centre": 16, "help": 52,
           "name": 26, "record": 18}  # fmt: skip


def workbook(
    model: ProductModel, lang: Lang, example: Mapping[str, Any] | None = None, *,
    families: int = 4, centres: int = 4,
) -> bytes:  # fmt: skip
    """Return the workbook of a model as the bytes of an .xlsx file.

    Parameters
    ----------
    model
        The product model.
    lang
        Language of everything a person sees; both are understood when the file comes back.
    example
        Answers in the format ``carbonlabel-example/1``, or None for a blank workbook.
    families, centres
        Columns for product families and cost centres of a blank workbook; an example brings its
        own numbers.

    Raises
    ------
    ValueError
        When the example does not fit the model.
    """
    if example is not None:
        families, centres = family_count(example), centre_count(example)
    form, choices = layout(model, families, centres), lists(model)
    placed = values(example, form, choices, lang) if example is not None else {}
    writer = _Writer(model, lang, choices, placed, plan(form, placed))
    return sealed(writer.book(example is not None))


class _Writer:
    """Draws the plan, sheet by sheet."""

    def __init__(
        self, model: ProductModel, lang: Lang, choices: Lists,
        placed: Mapping[Place, Value], sheets: tuple[PlacedSheet, ...],
    ) -> None:  # fmt: skip
        self._model, self._lang, self._choices = model, lang, choices
        self._values, self._sheets = placed, sheets
        self._style = Style(lang)
        self._sources: dict[str, str] = {}

    def book(self, example: bool) -> Workbook:
        """Draw everything."""
        book = Workbook()
        book.remove(book.worksheets[0])
        sheets = [book.create_sheet(self._title(placed)) for placed in self._sheets]
        self._write_lists(book.create_sheet(LISTS_SHEET))
        self._sources |= self._code_sources()
        for sheet, placed in zip(sheets, self._sheets, strict=True):
            self._draw(sheet, placed, example)
        book.calculation.fullCalcOnLoad = True
        return book

    def _title(self, placed: PlacedSheet) -> str:
        return words("sheet", placed.sheet.id)[self._lang]

    def _word(self, key: str, /, **params: object) -> str:
        return words("word", key)[self._lang].format(**params)

    # -- sources of drop-downs -------------------------------------------------------------

    def _write_lists(self, sheet: Worksheet) -> None:
        for column, (name, choices) in enumerate(sorted(self._choices.items()), start=1):
            put_text(sheet.cell(1, column), name)
            for row, choice in enumerate(choices, start=2):
                put_text(sheet.cell(row, column), choice.shown(self._lang))
            letter = get_column_letter(column)
            end = len(choices) + 1
            self._sources[name] = f"{LISTS_SHEET}!${letter}$2:${letter}${max(end, 2)}"
        sheet.sheet_state = "hidden"

    def _code_sources(self) -> dict[str, str]:
        """Ranges in which codes are given: families, keys."""
        found: dict[str, str] = {}
        for placed in self._sheets:
            title = self._title(placed).replace("'", "''")
            for block in placed.blocks:
                if block.block.id == "family" and isinstance(block.block, Form):
                    slots = block.block.slots
                    span = block.span(("family", "family"), (slots[0], slots[-1]))
                    found["family"] = f"'{title}'!{span}"
                if block.block.id == "keys":
                    span = block.span((block.rows[0], block.rows[-1]), ("key", "key"))
                    found["keys"] = f"'{title}'!{span}"
        return found

    # -- one sheet -------------------------------------------------------------------------

    def _draw(self, sheet: Worksheet, placed: PlacedSheet, example: bool) -> None:
        put_text(sheet.cell(1, 1), f"{MARK} {placed.sheet.id}")
        self._head(sheet, placed, example)
        for block in placed.blocks:
            self._block(sheet, block)
        if placed.sheet.id == "cover":
            self._contents(sheet, placed.end + 1)
        self._dimensions(sheet, placed)
        _page(sheet, placed, self._footer())

    def _head(self, sheet: Worksheet, placed: PlacedSheet, example: bool) -> None:
        title = self._title(placed)
        if placed.sheet.id == "cover":
            title = f"{self._word('title')} · {self._model.name[self._lang]}"
        put_text(sheet.cell(2, 2), title)
        self._style.title(sheet.cell(2, 2))
        note = words("note", placed.sheet.id)[self._lang]
        if example and placed.sheet.id == "cover":
            note = f"{self._word('example')}\n{note}"
        put_text(sheet.cell(3, 2), note)
        self._style.note(sheet.cell(3, 2))
        sheet.merge_cells(start_row=3, end_row=3, start_column=2, end_column=min(placed.width, 12))
        legend = "   ".join(words("need", need)[self._lang] for need in Need)
        put_text(sheet.cell(4, 2), f"{self._word('legend')}   {legend}")
        self._style.legend(sheet.cell(4, 2))
        for row in range(2, 5):
            put_text(sheet.cell(row, 1), DECOR)

    def _block(self, sheet: Worksheet, placed: Placed) -> None:
        base = self._model.declared_unit
        unit = f"{'' if base.amount == 1 else decimal_text(base.amount) + ' '}{base.unit.symbol}"
        title = words("block", placed.block.id)[self._lang].format(unit=unit)
        put_text(sheet.cell(placed.title_row, 2), title)
        for column in range(2, len(placed.columns) + 2):
            self._style.section(sheet.cell(placed.title_row, column))
        for row in (placed.title_row, placed.heading_row):
            put_text(sheet.cell(row, 1), DECOR)
        put_text(sheet.cell(placed.ids_row, 1), BLOCK + placed.block.id)
        for column, name in enumerate(placed.columns, start=2):
            put_text(sheet.cell(placed.ids_row, column), name)
            put_text(sheet.cell(placed.heading_row, column), self._heading(placed, name))
            self._style.heading(sheet.cell(placed.heading_row, column))
        sheet.row_dimensions[placed.ids_row].hidden = True
        sheet.row_dimensions[placed.heading_row].height = 32 if len(placed.columns) > 8 else 22
        for key in placed.rows:
            id_text = FREE if key.startswith(FREE) else key
            put_text(sheet.cell(placed.row(key), 1), id_text)
        match placed.block:
            case Form() as form:
                self._form(sheet, placed, form)
            case Accounts() as table:
                self._accounts(sheet, placed, table)
            case Table() as table:
                self._table(sheet, placed, table)

    def _heading(self, placed: Placed, name: str) -> str:
        block = placed.block
        base, _, number = name.partition(":")
        if isinstance(block, Form):
            fixed = {"label": "question", "value": "answer"}.get(name, name)
            return self._slot(base, number) if number else self._word(fixed)
        if name in ("name", "need", "record") and isinstance(block, Accounts):
            return self._word("account" if name == "name" else name)
        field = next(field for field in block.columns if field.id == name)
        label = self._slot(base, number) if number else self._month(name) or field.label[self._lang]
        mark = words("need", field.need)[self._lang].split(" ")[0]
        return f"{mark} {label}"

    def _slot(self, base: str, number: str) -> str:
        """Heading of a family's or centre's column: its code where the example gives one."""
        form = {"family": "family", "centre": "centres"}[base]
        code = self._values.get((form, base, f"{base}:{number}"))
        return str(code) if code else f"{words('field', base)[self._lang]} {number}"

    def _month(self, name: str) -> str:
        """Heading of a month: the calendar month where the example gives the period."""
        start = self._values.get(("period", "from", "value"))
        if name not in MONTHS or not isinstance(start, date):
            return ""
        index = start.month - 1 + MONTHS.index(name)
        return f"{start.year + index // 12}-{index % 12 + 1:02d}"

    # -- forms -----------------------------------------------------------------------------

    def _form(self, sheet: Worksheet, placed: Placed, form: Form) -> None:
        for field in form.rows:
            row = placed.row(field.id)
            self._label(sheet, row, 2, self._month(field.id) or field.label[self._lang])
            self._label(sheet, row, 3, words("need", field.need)[self._lang])
            if "unit" in placed.columns:
                self._form_unit(sheet, placed, field)
            for slot in form.slots:
                self._answer(sheet, placed, field, field.id, slot)
            cell = sheet.cell(row, placed.column("help"))
            put_text(cell, self._help(field))
            self._style.remark(cell)
            lines = max(_lines(self._help(field), 52), _lines(field.label[self._lang], 34))
            sheet.row_dimensions[row].height = max(20, 14 * lines + 4)

    def _form_unit(self, sheet: Worksheet, placed: Placed, field: Field) -> None:
        cell = sheet.cell(placed.row(field.id), placed.column("unit"))
        if field.kind is not Kind.NUMBER or not field.unit:
            self._label(sheet, cell.row, cell.column, "")
            return
        put_text(cell, str(self._values.get((placed.block.id, field.id, "unit"), field.unit)))
        self._style.answer(cell, Need.OPTIONAL)
        self._drop_down(sheet, cell.coordinate, f"unit:{field.unit}")

    def _label(self, sheet: Worksheet, row: int, column: int, text: str) -> None:
        cell = sheet.cell(row, column)
        put_text(cell, text)
        self._style.label(cell, bold=column == 2)

    def _help(self, field: Field) -> str:
        """Help of a field with its default, range and condition."""
        told = [field.help.get(self._lang, "")]
        if field.default:
            named = self._name(field.choices, field.default)
            told.append(self._word("default", value=named))
        told.append(self._range(field))
        if field.when:
            told.append(self._word("only", condition=self._condition(field.when)))
        return ("；" if self._lang == "zh" else "; ").join(filter(None, told))

    def _range(self, field: Field) -> str:
        limits = {"least": field.least, "most": field.most}
        unit = "" if field.unit == "1" else f" {field.unit}"
        shown = {name: decimal_text(v) + unit for name, v in limits.items() if v is not None}
        if not shown:
            return ""
        return self._word("range" if len(shown) == 2 else next(iter(shown)), **shown)

    def _condition(self, when: When) -> str:
        return ", ".join(
            f"{self._model.enum(name).name[self._lang]} = "
            + " / ".join(self._name(f"enum:{name}", value) for value in allowed)
            for name, allowed in when.items()
        )

    def _name(self, choices: str, value: str) -> str:
        found: tuple[Choice, ...] = self._choices.get(choices, ())
        return next((choice.shown(self._lang) for choice in found if choice.id == value), value)

    # -- tables ----------------------------------------------------------------------------

    def _table(self, sheet: Worksheet, placed: Placed, table: Table) -> None:
        for key in placed.rows:
            for field in table.columns:
                self._answer(sheet, placed, field, key, field.id)
            sheet.row_dimensions[placed.row(key)].height = 20

    def _accounts(self, sheet: Worksheet, placed: Placed, table: Accounts) -> None:
        for key in placed.rows:
            account = next((one for one in table.accounts if one.id == key), None)
            row = placed.row(key)
            if account is None:
                self._spare(sheet, placed, key, table.accounts[0].group)
            else:
                need = Need.REQUIRED if account.required else Need.OPTIONAL
                if account.required and account.when:
                    need = Need.CONDITIONAL
                for column, text in enumerate(
                    (account.name[self._lang], words("need", need)[self._lang],
                     account.record[self._lang]), start=2,
                ):  # fmt: skip
                    self._label(sheet, row, column, text)
            for field in table.columns:
                self._booked(sheet, placed, field, key, account)
            sheet.row_dimensions[row].height = 30

    def _spare(self, sheet: Worksheet, placed: Placed, key: str, group: str) -> None:
        """A further row: a second meter of an account, chosen by name."""
        cell = sheet.cell(placed.row(key), 2)
        put_text(cell, str(self._values.get((placed.block.id, key, "name"), "")))
        self._style.answer(cell, Need.OPTIONAL)
        self._drop_down(sheet, cell.coordinate, f"accounts:{group}", self._word("another"))
        for column in (3, 4):
            self._label(sheet, cell.row, column, words("need", Need.OPTIONAL)[self._lang]
                        if column == 3 else self._word("another"))  # fmt: skip

    def _booked(
        self, sheet: Worksheet, placed: Placed, field: Field, key: str, account: Account | None
    ) -> None:
        """One cell of an account's row; the account decides on unit, default and what is barred."""
        cell = sheet.cell(placed.row(key), placed.column(field.id))
        if account is not None and field.id in _barred(account):
            self._style.barred(cell)
            return
        if field.id == "consumed":
            self._consumed(sheet, placed, key)
            return
        self._answer(sheet, placed, field, key, field.id)
        if field.id == "unit" and account is not None:
            shown = self._values.get((placed.block.id, key, "unit"), account.unit.symbol)
            put_text(cell, str(shown))
            self._drop_down(sheet, cell.coordinate, f"unit:{account.unit.symbol}")

    def _consumed(self, sheet: Worksheet, placed: Placed, key: str) -> None:
        """Display only: what the ledger will take the account to be."""
        row = placed.row(key)
        at = {name: f"{get_column_letter(placed.column(name))}{row}" for name in placed.columns}
        months = f"{at['m1']}:{at['m12']}"
        booked = f"SUM({months})" + (f"+N({at['whole']})" if "whole" in at else "")
        if "multiplier" in at:
            booked = f'IF({at["multiplier"]}="",1,{at["multiplier"]})*({booked})'
        if "opening" in at:
            booked += f"+N({at['opening']})-N({at['closing']})-N({at['returned']})"
        cell = sheet.cell(row, placed.column("consumed"))
        cell.value = f'=IF(COUNT({at["m1"]}:{at.get("returned", at["m12"])})=0,"",{booked})'
        cell.number_format = "#,##0.00"
        self._style.answer(cell, Need.COMPUTED, number=True)

    # -- one answer ------------------------------------------------------------------------

    def _answer(
        self, sheet: Worksheet, placed: Placed, field: Field, row: str, column: str
    ) -> None:
        cell = sheet.cell(placed.row(row), placed.column(column))
        self._style.answer(cell, field.need, number=field.kind is Kind.NUMBER or field.id == "sum")
        if field.id == "sum":
            letter = get_column_letter(cell.column)
            top, bottom = placed.row("m1"), placed.row("m12")
            cell.value = f'=IF(COUNT({letter}{top}:{letter}{bottom})=0,"",SUM({letter}{top}:{letter}{bottom}))'
            cell.number_format = "#,##0.00"
            return
        value = self._values.get((placed.block.id, row, column), self._written(field))
        _put(cell, value, field)
        self._check(sheet, cell.coordinate, field)

    def _written(self, field: Field) -> Value | None:
        """What we write ourselves."""
        known = {"model": self._model.id, "model_version": self._model.version}
        return known.get(field.id) if field.kind is Kind.SHOWN else None

    def _check(self, sheet: Worksheet, where: str, field: Field) -> None:
        """Attach the drop-down or the rule of the cell, with its help as message."""
        prompt = self._help(field)
        if field.kind in (Kind.CHOICE, Kind.UNIT) and field.choices:
            self._drop_down(sheet, where, field.choices, prompt)
        elif field.kind is Kind.CODE and field.refers in self._sources:
            self._drop_down(sheet, where, field.refers, prompt, strict=False)
        elif field.kind is Kind.NUMBER:
            self._number_rule(sheet, where, field, prompt)
        elif prompt and field.kind in (Kind.DATE, Kind.EVIDENCE):
            self._rule(sheet, where, DataValidation(type=None), prompt)

    def _drop_down(
        self, sheet: Worksheet, where: str, source: str, prompt: str = "", *, strict: bool = True
    ) -> None:
        rule = DataValidation(type="list", formula1=self._sources[source], allow_blank=True)
        if strict:
            rule.error, rule.showErrorMessage = self._word("choose"), True
        self._rule(sheet, where, rule, prompt)

    def _number_rule(self, sheet: Worksheet, where: str, field: Field, prompt: str) -> None:
        least = "0" if field.sign != "any" else "-1E+30"
        rule = DataValidation(
            type="decimal", operator="greaterThanOrEqual", formula1=least, allow_blank=True
        )
        rule.error, rule.showErrorMessage = self._word("number"), True
        self._rule(sheet, where, rule, prompt)

    def _rule(self, sheet: Worksheet, where: str, rule: DataValidation, prompt: str) -> None:
        if prompt:
            rule.prompt, rule.showInputMessage = prompt[:_PROMPT], True
        rule.add(where)
        sheet.add_data_validation(rule)

    # -- dress -----------------------------------------------------------------------------

    def _contents(self, sheet: Worksheet, row: int) -> None:
        """The list of sheets, with links."""
        put_text(sheet.cell(row, 2), words("block", "contents")[self._lang])
        for column in range(2, 6):
            self._style.section(sheet.cell(row, column))
        put_text(sheet.cell(row, 1), DECOR)
        for placed in self._sheets[1:]:
            row += 1
            put_text(sheet.cell(row, 1), DECOR)
            need = Need.CONDITIONAL if placed.sheet.optional else Need.REQUIRED
            blocks = [words("block", block.block.id)[self._lang] for block in placed.blocks]
            purpose = "; ".join(blocks).format(unit=self._model.declared_unit.unit.symbol)
            self._label(sheet, row, 2, self._title(placed))
            self._label(sheet, row, 3, words("need", need)[self._lang])
            put_text(sheet.cell(row, 4), purpose)
            self._style.remark(sheet.cell(row, 4))
            self._style.remark(sheet.cell(row, 5))
            sheet.merge_cells(start_row=row, end_row=row, start_column=4, end_column=5)
            target = self._title(placed).replace("'", "''")
            cell = sheet.cell(row, 2)
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{target}'!A1")
            sheet.row_dimensions[row].height = 20

    def _dimensions(self, sheet: Worksheet, placed: PlacedSheet) -> None:
        sheet.column_dimensions["A"].hidden = True
        sheet.row_dimensions[1].hidden = True
        sheet.row_dimensions[2].height = 30
        widths: dict[int, float] = {}
        for block in placed.blocks:
            for column, name in enumerate(block.columns, start=2):
                wanted = _column_width(block, name)
                widths[column] = max(widths.get(column, 0), wanted)
        for column, width in widths.items():
            sheet.column_dimensions[get_column_letter(column)].width = width
        across = sum(widths.get(column, 9) for column in range(2, min(placed.width, 12) + 1))
        note = str(sheet.cell(3, 2).value)
        sheet.row_dimensions[3].height = 15 * _lines(note, across * 0.92) + 4
        sheet.sheet_view.showGridLines = False
        sheet.freeze_panes = "C1" if placed.sheet.wide else None
        sheet.sheet_properties.tabColor = "B8C4CC" if placed.sheet.optional else "1D3342"

    def _footer(self) -> tuple[str, str]:
        left = f"{self._model.id} {self._model.version}"
        return left.replace("&", "&&"), self._word("page")


def _put(cell: Any, value: Value | None, field: Field) -> None:
    if isinstance(value, Fraction):
        cell.value = int(value) if value.denominator == 1 else float(value)
        cell.number_format = "#,##0" if value.denominator == 1 else "General"
    elif isinstance(value, date):
        cell.value = value
    elif value is not None:
        put_text(cell, value)
    if field.id == "share":
        cell.number_format = "0.0%"
    if field.kind is Kind.DATE:
        cell.number_format = "yyyy-mm-dd" if isinstance(value, date) or value is None else "@"
    if field.kind in (Kind.TEXT, Kind.CODE, Kind.EVIDENCE):
        cell.number_format = "@"


def _barred(account: Account) -> frozenset[str]:
    """Columns that make no sense for a form of booking."""
    if account.form == "metered":
        return frozenset({"opening", "closing", "returned", "whole"})
    return frozenset({"multiplier"})


def _column_width(placed: Placed, name: str) -> float:
    if isinstance(placed.block, Form) or name in ("name", "need", "record"):
        return _WIDTHS.get(name.partition(":")[0], 12)
    return next(field.width for field in placed.block.columns if field.id == name)


def _lines(text: str, width: float) -> int:
    """Estimate how many lines a text takes; a Chinese character is as wide as two letters."""
    return sum(
        1 + int(sum(2 if ord(char) > 0x2E7F else 1 for char in line) / (width * 1.05))
        for line in text.split("\n")
    )


def _page(sheet: Worksheet, placed: PlacedSheet, footer: tuple[str, str]) -> None:
    """Landscape, one page wide."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A3 if placed.sheet.wide else A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = footer
    sheet.oddFooter.center.text = "&A"
