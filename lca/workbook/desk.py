"""What lies on the table while a file is interpreted: layout, lists, found blocks, cell reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from factors.errors import FactorError
from factors.findings import Where
from factors.store import FactorSet
from lca.model_parts import ProductModel, Text
from lca.submission import EMPTY, Cell
from lca.workbook.cells import CellReader, Spot, spot
from lca.workbook.countries import COUNTRIES, HOME
from lca.workbook.foreign import foreign_unit
from lca.workbook.layout import Field, Form, Kind, Layout, Need, Table, known_columns
from lca.workbook.lists import Lists, factor_id
from lca.workbook.locate import Block, Located, Row

_COUNTRY = re.compile("[A-Z]{2}(-[A-Z0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the interpreters share; ``dimensions`` are those that each account takes."""

    form: Layout
    lists: Lists
    found: Located
    cells: CellReader
    dimensions: Mapping[str, frozenset[str]]
    factors: FactorSet | None = None

    @property
    def model(self) -> ProductModel:
        """The product model."""
        return self.form.model

    # -- forms -----------------------------------------------------------------------------

    def field(self, block: str, name: str) -> Field | None:
        """Return a field of a form of the layout."""
        form = self.form.block(block)
        rows = form.rows if isinstance(form, Form) else ()
        return next((field for field in rows if field.id == name), None)

    def spot(self, block: str, name: str, slot: str = "value") -> Spot | None:
        """Return a cell of a form, None when its row is not in the file."""
        found, field = self.found.blocks.get(block), self.field(block, name)
        row = found.row(name) if found is not None else None
        if found is None or field is None or row is None:
            return None
        return spot(found, row.number, slot, field.label)

    @property
    def begun(self) -> bool:
        """Whether any family has a code; before that nothing about families can be asked."""
        found = self.found.blocks.get("family")
        slots = found.slots("family") if found is not None else ()
        spots = (self.spot("family", "family", slot) for slot in slots)
        return any(at is not None and at.filled for at in spots)

    def answer(self, block: str, name: str, slot: str = "value", *, must: bool = False) -> Cell:
        """Read one answer of a form, by the kind of its field."""
        field, at = self.field(block, name), self.spot(block, name, slot)
        if field is None or at is None:
            return EMPTY
        needed = must and field.need is Need.REQUIRED
        if field.need is Need.REQUIRED and not must and self.begun:
            self.cells.expect(at, there=at.filled)  # a later step reports it
        match field.kind:
            case Kind.CHOICE:
                return self.choice(at, field.choices, must=needed)
            case Kind.NUMBER:
                return self.number(at, field.sign, self.row_unit(block, field), must=needed)
            case Kind.DATE:
                return self.cells.day(at, must=needed)
            case Kind.CODE:
                told = self.cells.code(at, must=needed)
            case _:
                told = self.cells.text(at, must=needed, is_id=name in ("gtin", "maker_id"))
        return Cell(told or None, "", at.where)

    def choice(self, at: Spot, choices: str, *, must: bool = False) -> Cell:
        """Read a choice from one of the lists."""
        return Cell(self.cells.choice(at, self.lists[choices], must=must) or None, "", at.where)

    def number(self, at: Spot, sign: str, wanted: str, *, must: bool = False) -> Cell:
        """Read a number of a row; a unit behind it that the row cannot have is said as such."""
        words = foreign_unit(at, wanted, self.model.counting)
        if not words:
            return self.cells.number(at, sign, wanted, must=must)
        self.cells.usable(at, must=must)
        self.cells.report("CELL-UNIT-IN-NUMBER", at, unit=words, expected=wanted)
        return Cell(None, wanted, at.where)

    def row_unit(self, block: str, field: Field) -> str:
        """Unit of a question: the model's, or the one chosen beside it.

        A unit that cannot be used is reported once, by :meth:`check_units`.
        """
        found = self.found.blocks.get(block)
        row = found.row(field.id) if found is not None else None
        if found is None or row is None or not field.unit:
            return field.unit
        at = spot(found, row.number, "unit", field.label)
        quiet = CellReader(self.model.counting)
        return quiet.unit(at, self.cells.known(field.unit), field.unit) or field.unit

    def check_units(self, block: str) -> None:
        """Report the units of a form that cannot be used."""
        form, found = self.form.block(block), self.found.blocks.get(block)
        if not isinstance(form, Form) or found is None or "unit" not in found.columns:
            return
        for field in form.rows:
            row = found.row(field.id)
            if field.kind is Kind.NUMBER and field.unit and row is not None:
                at = spot(found, row.number, "unit", field.label)
                self.cells.unit(at, self.cells.known(field.unit), field.unit)

    def used_slots(self, base: str, blocks: tuple[str, ...]) -> tuple[str, ...]:
        """Return the slots in which anything stands."""
        used: dict[str, None] = {}
        for name in blocks:
            found = self.found.blocks.get(name)
            form = self.form.block(name)
            if found is None or not isinstance(form, Form):
                continue
            asked = {field.id for field in form.rows if field.kind is not Kind.SHOWN}
            for slot in found.slots(base):
                rows = (row for row in found.rows if row.key in asked)
                if any(spot(found, row.number, slot, {}).filled for row in rows):
                    used[slot] = None
        return tuple(sorted(used, key=lambda slot: int(slot.partition(":")[2])))

    # -- tables ----------------------------------------------------------------------------

    def entries(self, block: str, *, one: bool = False) -> list[Entry]:
        """Return the rows of a table that hold anything.

        With ``one`` an empty table gives its first row, so that what must be there is missed.
        """
        found, table = self.found.blocks.get(block), self.form.block(block)
        if found is None or not isinstance(table, Table):
            return []
        fields = known_columns(table)
        every = [Entry(self, found, row, fields) for row in found.rows]
        asked = [name for name, field in fields.items() if field.need is not Need.COMPUTED]
        filled = [entry for entry in every if any(map(entry.filled, asked))]
        if filled or not one:
            return filled
        return [Entry(self, found, Row("", found.start + 2), fields)]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a table."""

    desk: Desk
    block: Block
    row: Row
    fields: Mapping[str, Field]

    @property
    def where(self) -> Where:
        """Place of the row's first cell."""
        return self.block.where(self.row.number, next(iter(self.fields)))

    def spot(self, name: str, row_label: Text | None = None) -> Spot:
        """Return one cell of the row."""
        block, row = self.block, self.row.number
        return Spot(block.cell(row, name), block, row, name, self.fields[name].label, row_label)

    def filled(self, name: str) -> bool:
        """Whether a cell of the row holds anything."""
        return self.spot(name).filled

    def must(self, name: str) -> bool:
        """Whether the column must be filled."""
        return self.fields[name].need is Need.REQUIRED

    def text(self, name: str) -> str:
        """Read a text."""
        return self.desk.cells.text(self.spot(name), must=self.must(name))

    def code(self, name: str) -> str:
        """Read a code."""
        return self.desk.cells.code(self.spot(name), must=self.must(name))

    def record(self) -> str:
        """Read the code of a supplier's report; it is remembered to be looked up."""
        code = self.code("record") if "record" in self.fields else ""
        if code:
            self.desk.cells.reports.append((self.spot("record"), code))
        return code

    def country(self) -> str:
        """Read a country, or a province with its country; home may be called by its name."""
        code = self.text("country").upper()
        code = HOME.get(code, code)
        if code and not (_COUNTRY.fullmatch(code) and code[:2] in COUNTRIES):
            self.desk.cells.report("CELL-COUNTRY", self.spot("country"))
            return ""
        return code

    def choice(self, name: str) -> str:
        """Read a choice."""
        choices = self.desk.lists[self.fields[name].choices]
        return self.desk.cells.choice(self.spot(name), choices, must=self.must(name))

    def factor(self, name: str) -> str:
        """Read the id of a library factor; without a library it is taken as it is."""
        value, library = factor_id(self.text(name)), self.desk.factors
        if value and library is not None:
            try:
                library.get(value, self.spot(name).where)
            except FactorError as error:
                self.desk.cells.findings.extend(error.findings)
        return value

    def number(self, name: str, wanted: str = "") -> Cell:
        """Read a number in the unit of the field or in ``wanted``."""
        field = self.fields[name]
        at = self.spot(name)
        return self.desk.number(at, field.sign, wanted or field.unit, must=self.must(name))

    def day(self, name: str, *, month: bool = False) -> Cell:
        """Read a date."""
        return self.desk.cells.day(self.spot(name), must=self.must(name), month=month)


def months_of(
    desk: Desk, spots: list[Spot], sign: str, wanted: str, count: int, *, must: bool
) -> tuple[Cell, ...]:
    """Read a row or column of months; one finding names all that are missing.

    ``count`` is the number of months in the period; later ones must be empty.
    """
    filled = any(at.filled for at in spots)
    if not filled and not must:
        return ()
    cells = tuple(desk.number(at, sign, wanted) for at in spots[:count])
    empty = [number for number, at in enumerate(spots[:count], start=1) if not at.filled]
    desk.cells.expect(spots[0], there=not empty)
    if empty:
        first = spots[empty[0] - 1]
        desk.cells.report("CELL-MONTH-MISSING", first, months=", ".join(map(str, empty)))
    for at in spots[count:]:
        if at.filled:
            desk.cells.report("CELL-MONTH-EXTRA", at, months=count)
    return cells
