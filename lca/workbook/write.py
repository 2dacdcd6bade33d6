"""Product model -> workbook: blank, or filled with an example maker's answers.

Same model, language and example give the same bytes. No cell that a person fills holds a formula
of ours; the few formulas are for the eye only and the reader passes over them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell

from factors.store import FactorSet, load
from factors.texts import Lang
from lca.model_parts import Account, ProductModel
from lca.workbook.canvas import Canvas, letter
from lca.workbook.example import Value, centre_count, family_count, sheets_of, values
from lca.workbook.further_blocks import USUAL_RECORDS, USUAL_SCENARIOS
from lca.workbook.layout import (
    EDITION,
    EVERY_SHEET,
    USUAL_SHEETS,
    Accounts,
    Field,
    Form,
    Kind,
    Need,
    Table,
    known_columns,
    layout,
    words,
)
from lca.workbook.lists import Lists, lists, units_of
from lca.workbook.marks import BLOCK, FREE, MARK
from lca.workbook.package import sealed
from lca.workbook.plan import Placed, PlacedSheet, plan
from lca.workbook.progress import ALL, FILLED, Counts, counts
from lca.workbook.shown import consumed, put_formula, total, yield_share
from lca.workbook.style import Style, put_text
from lca.workbook.widths import widths
from lca.workbook.wording import Wording
from lca.workbook.wrapping import lines

LISTS_SHEET = "_lists"
_STATUS_ROW = 5
_MOST_MERGED = 14


def workbook(
    model: ProductModel,
    lang: Lang,
    example: Mapping[str, Any] | None = None,
    *,
    families: int = 4,
    centres: int = 4,
    sheets: Collection[str] = (),
    small: bool = False,
    factors: FactorSet | None = None,
) -> bytes:
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
    sheets
        Further sheets, see :data:`lca.workbook.layout.EVERY_SHEET`; those that an example fills
        are there in any case.
    small
        Five sheets only, for a small factory with one product.
    factors
        Library whose rows are offered by name; the shipped one when None.

    Raises
    ------
    ValueError
        When the example does not fit the model.
    """
    if example is not None:
        families, centres = family_count(example), centre_count(example)
    wanted = {*(() if small else USUAL_SHEETS), *sheets, *sheets_of(example or {})}
    reports = max(len((example or {}).get("record", ())), USUAL_RECORDS)
    markets = max(len((example or {}).get("scenario", ())), USUAL_SCENARIOS)
    form = layout(
        model, families, centres, sheets=wanted, small=small, reports=reports, scenarios=markets
    )
    choices = lists(model, factors or load())
    placed = values(example, form, choices, lang) if example is not None else {}
    wording = Wording(model, choices, lang, placed)
    return sealed(_Writer(wording, plan(form, placed)).book(example is not None))


class _Writer:
    """Draws the plan, sheet by sheet."""

    def __init__(self, wording: Wording, sheets: tuple[PlacedSheet, ...]) -> None:
        self._say, self._sheets = wording, sheets
        self._sources: dict[str, str] = {}

    def book(self, example: bool) -> Workbook:
        """Draw everything."""
        book = Workbook()
        book.remove(book.worksheets[0])
        style = Style(self._say.lang)
        drawn = [
            (Canvas(book.create_sheet(self._say.sheet(placed)), style, self._sources), placed)
            for placed in self._sheets
        ]
        self._lists(Canvas(book.create_sheet(LISTS_SHEET), style, {}), self._say.lists)
        self._sources.update(self._code_sources())
        for canvas, placed in drawn:
            self._sheet(canvas, placed, example)
        self._progress(drawn)
        book.calculation.fullCalcOnLoad = True
        return book

    # -- sources of drop-downs -------------------------------------------------------------

    def _lists(self, canvas: Canvas, choices: Lists) -> None:
        unused = {name for name in choices if name.startswith("factors:")} - self._asked()
        wanted = {name: choices[name] for name in choices if name not in unused}
        for column, (name, options) in enumerate(sorted(wanted.items()), start=1):
            canvas.text(1, column, name)
            for row, choice in enumerate(options, start=2):
                canvas.text(row, column, choice.shown(self._say.lang))
            end, at = max(len(options) + 1, 2), letter(column)
            self._sources[name] = f"{LISTS_SHEET}!${at}$2:${at}${end}"
        canvas.sheet.sheet_state = "hidden"

    def _asked(self) -> set[str]:
        """Lists that a table of this workbook offers."""
        tables = (one.block for placed in self._sheets for one in placed.blocks)
        return {field.choices for table in tables for field in known_columns(table).values()}

    def _code_sources(self) -> dict[str, str]:
        """Ranges in which codes are given: families, keys, reports of suppliers."""
        found: dict[str, str] = {}
        for placed in self._sheets:
            title = self._say.sheet(placed).replace("'", "''")
            for block in placed.blocks:
                if block.block.id == "family" and isinstance(block.block, Form):
                    slots = block.block.slots
                    span = block.span(("family", "family"), (slots[0], slots[-1]))
                    found["family"] = f"'{title}'!{span}"
                if block.block.id == "records" and isinstance(block.block, Form):
                    slots = block.block.slots
                    span = block.span(("record", "record"), (slots[0], slots[-1]))
                    found["records"] = f"'{title}'!{span}"
                if block.block.id == "keys":
                    span = block.span((block.rows[0], block.rows[-1]), ("key", "key"))
                    found["keys"] = f"'{title}'!{span}"
        return found

    # -- one sheet -------------------------------------------------------------------------

    def _sheet(self, canvas: Canvas, placed: PlacedSheet, example: bool) -> None:
        canvas.text(1, 1, f"{MARK} {placed.sheet.id}")
        wide = widths(placed)
        canvas.widths(wide)
        self._head(canvas, placed, example, wide)
        for block in placed.blocks:
            self._block(canvas, block)
        if placed.sheet.id == "cover":
            self._contents(canvas, placed.end + 1)
        canvas.hide_ids(1, *(block.ids_row for block in placed.blocks))
        canvas.sheet.sheet_view.showGridLines = False
        canvas.sheet.freeze_panes = "C1" if placed.sheet.wide else None
        canvas.sheet.sheet_properties.tabColor = "B8C4CC" if placed.sheet.optional else "1D3342"
        canvas.protect(placed.width)
        left = f"{self._say.model.id} {self._say.model.version}".replace("&", "&&")
        canvas.page(left, self._say.word("page"), wide=placed.sheet.wide)
        canvas.repeat(_repeated(placed))
        if placed.sheet.id == "cover":
            canvas.sheet.page_setup.fitToHeight = 1

    def _progress(self, drawn: list[tuple[Canvas, PlacedSheet]]) -> None:
        """Say on top of every sheet how far it is, and on the cover how far all of them are."""
        told: list[tuple[str, str, str]] = []
        for canvas, placed in drawn:
            found = counts(placed)
            if found is None:
                continue
            put_formula(canvas.cell(1, FILLED), f"={found.filled}")
            put_formula(canvas.cell(1, ALL), f"={found.all}")
            title = self._say.sheet(placed)
            sheet = title.replace("'", "''")
            at = [f"'{sheet}'!{letter(column)}1" for column in (FILLED, ALL)]
            told.append((title, at[0], at[1]))
            if placed.sheet.id != "cover":
                self._status(canvas, Counts(at[0], at[1]), "")
        whole = Counts(*("+".join(one[n] for one in told) for n in (1, 2)))
        lacking = (f'IF({some}<{most},"{title} "&({most}-{some})&"   ","")'
                   for title, some, most in told)  # fmt: skip
        self._status(drawn[0][0], whole, "&".join(lacking))

    def _status(self, canvas: Canvas, found: Counts, lacking: str) -> None:
        """One line: per cent filled and what is missing; the mark says it without colour."""
        done, left = f"({found.filled})", f"(({found.all})-({found.filled}))"
        rest = f'"{self._say.word("status_left")}"&' + (lacking or left)
        percent = f"INT(100*{done}/MAX(1,{found.all}))"
        line = f'=IF({left}<=0,"✔ 100 %","◔ "&{percent}&" % {self._say.word("status")}"&{rest})'
        cell = canvas.cell(_STATUS_ROW, 2)
        put_formula(cell, line)
        canvas.style.status(cell)
        canvas.decor(_STATUS_ROW)

    def _head(
        self, canvas: Canvas, placed: PlacedSheet, example: bool, wide: Mapping[int, float]
    ) -> None:
        title, note = self._say.sheet(placed), words("note", placed.sheet.id)[self._say.lang]
        if placed.sheet.id == "cover":
            title = f"{self._say.word('title')} · {self._say.model.name[self._say.lang]}"
            told = [self._say.word("example")] if example else []
            note = "\n".join([*told, self._say.model.about[self._say.lang], note])
        last = min(placed.width, _MOST_MERGED)
        canvas.style.title(canvas.text(2, 2, title))
        canvas.style.note(canvas.text(3, 2, note))
        canvas.merge(3, 2, last)
        canvas.style.legend(canvas.text(4, 2, self._say.legend()))
        canvas.decor(2, 3, 4)
        across = sum(wide.get(column, 9) for column in range(2, last + 1))
        canvas.height(2, 30)
        canvas.height(3, 15 * lines(note, across * 0.92) + 4)

    def _contents(self, canvas: Canvas, top: int) -> None:
        """The list of sheets, with links."""
        canvas.text(top, 2, words("block", "contents")[self._say.lang])
        for column in range(2, 6):
            canvas.style.section(canvas.cell(top, column))
        canvas.decor(top)
        for row, placed in enumerate(self._sheets[1:], start=top + 1):
            need = Need.CONDITIONAL if placed.sheet.optional else Need.REQUIRED
            canvas.decor(row)
            canvas.label(row, 2, self._say.sheet(placed))
            canvas.label(row, 3, self._say.need(need))
            canvas.remark(row, 4, self._say.purpose(placed))
            canvas.remark(row, 5, "")
            canvas.merge(row, 4, 5)
            canvas.link(row, 2, self._say.sheet(placed))
            canvas.height(row, 15 * lines(self._say.purpose(placed), 108) + 5)
        self._absent(canvas, top + len(self._sheets))

    def _absent(self, canvas: Canvas, row: int) -> None:
        """Name the sheets that this file does without, and how to get them."""
        there = {placed.sheet.id for placed in self._sheets}
        if not any(account.suppliers for account in self._say.model.accounts):
            there.add("suppliers")
        lang = self._say.lang
        names = [f"{words('sheet', one)[lang]} ({one})" for one in EVERY_SHEET if one not in there]
        if not names:
            return
        told = self._say.word("absent", sheets=("、" if lang == "zh" else ", ").join(names))
        canvas.decor(row)
        canvas.style.note(canvas.text(row, 2, told))
        canvas.merge(row, 2, 5)
        canvas.height(row, 15 * lines(told, 150) + 5)

    def _block(self, canvas: Canvas, placed: Placed) -> None:
        canvas.text(placed.title_row, 2, self._say.block(placed))
        canvas.decor(placed.title_row, placed.heading_row)
        canvas.text(placed.ids_row, 1, BLOCK + placed.block.id)
        for column, name in enumerate(placed.columns, start=2):
            canvas.style.section(canvas.cell(placed.title_row, column))
            canvas.text(placed.ids_row, column, name)
            heading = canvas.text(placed.heading_row, column, self._say.heading(placed, name))
            canvas.style.heading(heading)
        canvas.height(placed.title_row, 24)
        canvas.fit(placed.heading_row, len(placed.columns) + 1, 22)
        for key in placed.rows:
            canvas.text(placed.row(key), 1, FREE if key.startswith(FREE) else key)
        match placed.block:
            case Form() as form:
                self._form(canvas, placed, form)
            case Accounts() as table:
                self._accounts(canvas, placed, table)
            case Table() as table:
                self._table(canvas, placed, table)

    # -- forms and tables ------------------------------------------------------------------

    def _form(self, canvas: Canvas, placed: Placed, form: Form) -> None:
        narrow = form.id == "centres"  # a table of numbers stands below: help runs over the edge
        for field in form.rows:
            row, told = placed.row(field.id), self._say.help(field)
            canvas.label(row, 2, self._say.label(field))
            canvas.label(row, 3, self._say.need(field.need))
            if "unit" in placed.columns:
                self._form_unit(canvas, placed, field)
            for slot in form.slots:
                self._answer(canvas, placed, field, field.id, slot)
            canvas.remark(row, placed.column("help"), told)
            if narrow:
                canvas.style.legend(canvas.cell(row, placed.column("help")))
            canvas.fit(row, len(placed.columns) + 1, 20)

    def _form_unit(self, canvas: Canvas, placed: Placed, field: Field) -> None:
        row, column = placed.row(field.id), placed.column("unit")
        if field.kind is not Kind.NUMBER or not field.unit:
            canvas.label(row, column, "")
            return
        given = self._say.values.get((placed.block.id, field.id, "unit"), field.unit)
        cell = canvas.text(row, column, str(given))
        canvas.style.answer(cell, Need.OPTIONAL, middle=True)
        canvas.drop_down(cell, f"unit:{field.unit}", "", self._say.word("choose"))

    def _table(self, canvas: Canvas, placed: Placed, table: Table) -> None:
        for number, key in enumerate(placed.rows):
            for field in table.columns:
                self._answer(canvas, placed, field, key, field.id)
                if number and field.need is Need.REQUIRED:
                    canvas.style.pale(canvas.cell(placed.row(key), placed.column(field.id)))
            canvas.fit(placed.row(key), len(placed.columns) + 1, 20)

    def _accounts(self, canvas: Canvas, placed: Placed, table: Accounts) -> None:
        for key in placed.rows:
            account = next((one for one in table.accounts if one.id == key), None)
            if account is None:
                self._spare(canvas, placed, key, table.accounts[0].group)
            else:
                self._account(canvas, placed, account)
            for field in table.columns:
                self._booked(canvas, placed, field, key, account)
            canvas.fit(placed.row(key), len(placed.columns) + 1, 26)

    def _account(self, canvas: Canvas, placed: Placed, account: Account) -> None:
        need = Need.REQUIRED if account.required else Need.OPTIONAL
        if account.required and (account.when or placed.block.id.endswith("-unit")):
            need = Need.CONDITIONAL
        lang = self._say.lang
        texts = (account.name[lang], self._say.need(need), account.record[lang])
        for column, text in enumerate(texts, start=2):
            canvas.label(placed.row(account.id), column, text)

    def _spare(self, canvas: Canvas, placed: Placed, key: str, group: str) -> None:
        """A further row: a second meter of an account, chosen by name."""
        row, told = placed.row(key), self._say.word("another")
        given = str(self._say.values.get((placed.block.id, key, "name"), ""))
        cell = canvas.text(row, 2, given)
        canvas.style.answer(cell, Need.OPTIONAL)
        canvas.drop_down(cell, f"accounts:{group}", told, self._say.word("choose"))
        canvas.label(row, 3, self._say.need(Need.OPTIONAL))
        canvas.label(row, 4, "" if given else told)

    def _booked(
        self, canvas: Canvas, placed: Placed, field: Field, key: str, account: Account | None
    ) -> None:
        """One cell of an account's row; the account decides on unit and what is barred."""
        cell = canvas.cell(placed.row(key), placed.column(field.id))
        if account is not None and field.id in _barred(account):
            canvas.style.barred(cell)
        elif field.id == "consumed":
            put_formula(cell, consumed(placed, key))
            canvas.style.answer(cell, Need.COMPUTED, number=True)
        else:
            self._answer(canvas, placed, field, key, field.id)
        if field.id == "unit" and account is not None:
            given = self._say.values.get((placed.block.id, key, "unit"), account.unit.symbol)
            put_text(cell, str(given))
            canvas.drop_down(cell, units_of(account), "", self._say.word("choose"))

    # -- one answer ------------------------------------------------------------------------

    def _answer(self, canvas: Canvas, placed: Placed, field: Field, row: str, column: str) -> None:
        cell = canvas.cell(placed.row(row), placed.column(column))
        number = field.kind is Kind.NUMBER or field.id == "sum"
        canvas.style.answer(cell, field.need, number=number, middle=field.kind is Kind.UNIT)
        if field.id in ("sum", "share") and field.kind is Kind.SHOWN:
            put_formula(
                cell, total(placed, column) if field.id == "sum" else yield_share(placed, row)
            )
            return
        put_value(cell, self._say.values.get((placed.block.id, row, column)), field)
        if field.kind is Kind.SHOWN:
            model = self._say.model
            told = {"model": model.id, "model_version": model.version, "edition": EDITION}
            put_text(cell, told.get(field.id, ""))
        self._check(canvas, cell, field)

    def _check(self, canvas: Canvas, cell: Cell, field: Field) -> None:
        """Attach the drop-down or the rule of the cell, with its help as message."""
        prompt = self._say.help(field)
        if field.kind in (Kind.CHOICE, Kind.UNIT) and field.choices:
            canvas.drop_down(cell, field.choices, prompt, self._say.word("choose"))
        elif field.kind is Kind.FACTOR:
            canvas.drop_down(cell, field.choices, prompt)
        elif field.kind is Kind.CODE and field.refers in self._sources:
            canvas.drop_down(cell, field.refers, prompt)
        elif field.kind is Kind.NUMBER:
            least = "-1E+30" if field.sign == "any" else "0"
            canvas.number(cell, least, prompt, self._say.word("number"))
        elif prompt and field.kind in (Kind.DATE, Kind.EVIDENCE):
            canvas.prompt(cell, prompt)


def put_value(cell: Cell, value: Value | None, field: Field) -> None:
    """Write an answer in the type that a person would give it."""
    if isinstance(value, Fraction):
        cell.value = int(value) if value.denominator == 1 else float(value)
        cell.number_format = "#,##0" if value.denominator == 1 else "General"
    elif isinstance(value, date):
        cell.value = value
    elif value is not None:
        put_text(cell, value)
    if field.id in ("share", "primary_share"):
        cell.number_format = "0.0%"
    elif field.kind is Kind.DATE:
        cell.number_format = "@" if isinstance(value, str) else "yyyy-mm-dd"
    elif field.kind in (Kind.TEXT, Kind.CODE, Kind.EVIDENCE):
        cell.number_format = "@"


def _repeated(placed: PlacedSheet) -> int:
    """Row that is printed on top of every page: the headings, where they fit all that follows."""
    first = placed.blocks[0].block
    alike = all(
        isinstance(one.block, Form) and isinstance(first, Form) and one.block.slots == first.slots
        for one in placed.blocks
    )
    return placed.blocks[0].heading_row if alike or len(placed.blocks) == 1 else 2


def _barred(account: Account) -> frozenset[str]:
    """Columns that make no sense for a form of booking."""
    if account.form == "metered":
        return frozenset({"opening", "closing", "returned", "whole"})
    return frozenset({"multiplier"})
