"""The account tables of a workbook -> account entries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from factors.errors import UnitError
from factors.findings import finding
from factors.numbers import decimal_text
from factors.texts import LANGS
from factors.units import unit
from lca.ledger import OUTPUT_KEY, output_kind
from lca.model_parts import Account, ProductModel, When
from lca.submission import EMPTY, AccountEntry, Cell, FamilyEntry, KeyEntry
from lca.workbook.cells import CODE, Spot, spot
from lca.workbook.desk import Desk, months_of
from lca.workbook.foreign import readings
from lca.workbook.layout import MONTHS, Accounts, Field
from lca.workbook.lists import units_of
from lca.workbook.locate import Block, Row
from lca.workbook.values import folded

_PLATE = re.compile("([0-9]{1,6}) ?[/:：] ?([0-9]{1,4}) ?A?")
ENERGY, NET, GROSS = "[energy]", "[energy_lhv]", "[energy_hhv]"
_STOCKS = ("opening", "closing", "returned")
_AMOUNTS = (*MONTHS, "whole", *_STOCKS)


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of an account table."""

    desk: Desk
    block: Block
    row: Row
    account: Account
    fields: Mapping[str, Field]

    def spot(self, name: str) -> Spot:
        """Return one cell of the row."""
        label = self.fields[name].label
        return spot(self.block, self.row.number, name, label, self.account.name)

    def has(self, name: str) -> bool:
        """Whether the table has the column."""
        return name in self.fields and name in self.block.columns

    def number(self, name: str, wanted: str, sign: str = "") -> Cell:
        """Read a number of the row, in the sign that the account allows."""
        if not self.has(name):
            return EMPTY
        rule = sign or ("any" if self.account.sign == "any" else "positive")
        return self.desk.number(self.spot(name), rule, wanted)

    def unit(self) -> str:
        """Read the unit of the row; a fuel may be booked by mass, volume or calorific value.

        The template prints one; where it was taken away, amounts are read in it and that is said.
        """
        wanted = self.account.unit
        cells, also, at = self.desk.cells, self._dimensions, self.spot("unit")
        if not at.filled:
            cells.report("CELL-UNIT-ASSUMED", at, unit=wanted.symbol)
        if self._refused(at):
            return ""
        return cells.unit(at, wanted, wanted.symbol, also)

    def _refused(self, at: Spot) -> bool:
        """Whether the unit is known and unfit; then all fit ones are named, and why it is not."""
        saw, dimensions = self._known(at)
        if not dimensions or dimensions & self._dimensions:
            return False
        fit = " / ".join(choice.id for choice in self.desk.lists[units_of(self.account)])
        code = "CELL-UNIT-ROW"
        if dimensions == {ENERGY} and NET in self._dimensions:
            code = "CELL-HEAT-BASIS" if GROSS in self._dimensions else "CELL-HEAT-NET"
        told = {"net": f"{saw}(LHV)", "gross": f"{saw}(HHV)"}
        told |= _named_as(self.account)
        self.desk.cells.report(code, at, saw=saw, expected=fit, **told)
        return True

    @property
    def _dimensions(self) -> frozenset[str]:
        """What the account may be booked in."""
        return self.desk.dimensions[self.account.id]

    def _known(self, at: Spot) -> tuple[str, frozenset[str]]:
        """Return the unit as it is called, and the dimensions that it can have."""
        text, counting = "" if at.cell is None else at.cell.value.strip(), self.desk.model.counting
        try:
            found = unit(text, counting)
        except UnitError:
            return text, readings(text, counting)
        return found.symbol, frozenset({found.dimension})

    def filled(self, names: tuple[str, ...]) -> bool:
        """Whether any of these cells holds something."""
        return any(self.has(name) and self.spot(name).filled for name in names)


def accounts(
    desk: Desk,
    months: int,
    families: tuple[FamilyEntry, ...],
    keys: tuple[KeyEntry, ...],
    subject: str,
) -> tuple[AccountEntry, ...]:
    """Read every account that was booked, and say which required ones were not.

    Parameters
    ----------
    months
        Number of months in the period.
    families, keys
        As read.
    subject
        Code of the family to be declared.
    """
    slots = _family_slots(desk)
    entries: list[AccountEntry] = []
    for table in desk.form.blocks():
        if not isinstance(table, Accounts):
            continue
        for line in _lines(desk, table):
            entry = _per_unit(line, slots) if table.per_unit else _period(line, months, keys)
            if entry is not None:
                entries.append(entry)
    _missing(desk, entries, families, subject)
    _both_forms(desk, entries)
    return tuple(entries)


def _family_slots(desk: Desk) -> dict[str, str]:
    """Codes of the families by slot."""
    block = desk.found.blocks.get("family")
    named: dict[str, str] = {}
    for slot in block.slots("family") if block is not None else ():
        at = desk.spot("family", "family", slot)
        if at is not None and at.cell is not None and at.cell.value.strip():
            named[slot] = at.cell.value.strip().removesuffix(".0")
    return named


def _lines(desk: Desk, table: Accounts) -> Iterator[_Line]:
    """Yield the rows of a table; a further row names its account in its first cell."""
    block = desk.found.blocks.get(table.id)
    if block is None:
        return
    known = {account.id: account for account in table.accounts}
    fields = {field.id: field for field in table.columns}
    for row in block.rows:
        account = known.get(row.key)
        if account is None and not row.key:
            account = _named(desk, block, row, known, fields)
        if account is not None:
            yield _Line(desk, block, row, account, fields)


def _own_lines(desk: Desk, table: Accounts) -> Iterator[_Line]:
    """Yield the rows that the template has, without looking into further ones."""
    block = desk.found.blocks.get(table.id)
    fields = {field.id: field for field in table.columns}
    for account in table.accounts:
        row = block.row(account.id) if block is not None else None
        if block is not None and row is not None:
            yield _Line(desk, block, row, account, fields)


def _named(
    desk: Desk, block: Block, row: Row, known: Mapping[str, Account], fields: Mapping[str, Field]
) -> Account | None:
    """Return the account that a further row names; a row without amounts is left alone."""
    cells = [spot(block, row.number, name, {}) for name in fields if name != "consumed"]
    at = spot(block, row.number, "name", {"zh": "项目", "en": "Item"})
    if not at.filled:
        if any(cell.filled for cell in cells):
            desk.cells.report("WORKBOOK-ROW-STRAY", at)
        return None
    group = next(iter(known.values())).group
    choices = desk.lists[f"accounts:{group}"]
    return known.get(desk.cells.choice(at, choices))


# -- site totals by month --------------------------------------------------------------------


def _period(line: _Line, months: int, keys: tuple[KeyEntry, ...]) -> AccountEntry | None:
    if not line.filled(_AMOUNTS):
        return None
    cells, account = line.desk.cells, line.account
    unit = line.unit()
    key = _key(line, keys) if line.has("key") else ""
    _key_kind(line, key, keys)
    control = line.number("control_total", unit)
    source = cells.text(line.spot("control_source")) if line.has("control_source") else ""
    if control.value is not None and not source:
        cells.report("CELL-CONTROL-SOURCE", line.spot("control_source"))
    return AccountEntry(
        account=account.id,
        form="period",
        unit=unit or account.unit.symbol,
        months=_booked(line, unit, months),
        multiplier=_multiplier(line),
        opening=line.number("opening", unit),
        closing=line.number("closing", unit),
        returned=line.number("returned", unit),
        control_total=control,
        control_source=source,
        key=key,
        activity_kind=_kind(line) or account.kind,
        evidence=_evidence(line),
        where=line.spot("m1").where,
        key_where=line.spot("key").where if line.has("key") else None,
    )


def _booked(line: _Line, unit: str, months: int) -> tuple[Cell, ...]:
    """Monthly values, or the one value for the whole period."""
    sign = "any" if line.account.sign == "any" else "positive"
    if not line.filled(("whole",)):
        spots = [line.spot(name) for name in MONTHS]
        return months_of(line.desk, spots, sign, unit, months, must=True)
    if line.filled(MONTHS):
        line.desk.cells.report("CELL-WHOLE-AND-MONTHS", line.spot("whole"))
    return (line.number("whole", unit),)


def _key(line: _Line, keys: tuple[KeyEntry, ...]) -> str:
    """Read the code of a key; words in its place are answered with the codes that there are."""
    at = line.spot("key")
    text = folded(at.cell.value) if at.cell is not None else ""
    if text and not CODE.fullmatch(text):
        known = ", ".join([OUTPUT_KEY, *(entry.key for entry in keys)])
        line.desk.cells.report("CELL-KEY", at, known=known)
        return ""
    return line.desk.cells.code(at)


def _multiplier(line: _Line) -> Cell:
    """Read a multiplier; the plate of a transformer, 400/5, is answered with its ratio."""
    if line.has("multiplier"):
        at = line.spot("multiplier")
        plate = _PLATE.fullmatch(at.cell.value.strip()) if at.cell is not None else None
        if plate is not None and int(plate[2]):
            ratio = decimal_text(Fraction(int(plate[1]), int(plate[2])))
            line.desk.cells.report("CELL-MULTIPLIER-PLATE", at, ratio=ratio)
            return Cell(None, "", at.where)
    return line.number("multiplier", "", "above-zero")


def _key_kind(line: _Line, key: str, keys: tuple[KeyEntry, ...]) -> None:
    """The model says which kinds of key are fit for an account."""
    made = output_kind(line.desk.model.declared_unit.unit)
    kinds = {entry.key: entry.kind for entry in keys} | {OUTPUT_KEY: made}
    kind = kinds.get(key, "")
    if key and kind and line.account.keys and kind not in (*line.account.keys, "single"):
        allowed = ", ".join(line.account.keys)
        line.desk.cells.report("CELL-KEY-KIND", line.spot("key"), kind=kind, allowed=allowed)


def _kind(line: _Line) -> str:
    if not line.has("activity_kind"):
        return ""
    return line.desk.cells.choice(line.spot("activity_kind"), line.desk.lists["activity"])


def _evidence(line: _Line) -> tuple[str, ...]:
    return line.desk.cells.codes(line.spot("evidence")) if line.has("evidence") else ()


# -- amounts per declared unit ---------------------------------------------------------------


def _per_unit(line: _Line, slots: Mapping[str, str]) -> AccountEntry | None:
    asked = tuple(name for name in line.fields if name.startswith("family:"))
    if not line.filled(asked):
        return None
    account, cells = line.account, line.desk.cells
    unit = line.unit()
    unit = unit or account.unit.symbol
    amounts: dict[str, Cell] = {}
    for slot in asked:
        if slot in slots:
            amount = line.number(slot, unit)
            if amount.value is not None:
                amounts[slots[slot]] = amount
        elif line.filled((slot,)):
            cells.report("CELL-SLOT-EMPTY", line.spot(slot))
    return AccountEntry(
        account=account.id,
        form="unit",
        unit=unit,
        per_unit=amounts,
        activity_kind=_kind(line) or "calculated",
        evidence=_evidence(line),
        where=line.spot(asked[0]).where,
    )


# -- the whole -------------------------------------------------------------------------------


def _missing(
    desk: Desk, entries: list[AccountEntry], families: tuple[FamilyEntry, ...], subject: str
) -> None:
    """Required accounts that nobody booked, as far as the declared family needs them."""
    booked = {entry.account for entry in entries if entry.form == "period"}
    known = subject in {family.family for family in families}
    booked |= {entry.account for entry in entries if subject in entry.per_unit or not known}
    concerned = tuple(f for f in families if f.family == subject) if known else families
    for table in desk.form.blocks():
        if not isinstance(table, Accounts) or table.per_unit:
            continue
        for line in _own_lines(desk, table):
            account = line.account
            needed = account.required and _takes_part(desk.model, account.when, concerned)
            if needed and account.id not in booked:
                booked.add(account.id)
                desk.cells.expect(line.spot("m1"), there=False)
                desk.cells.report("CELL-ACCOUNT-MISSING", line.spot("m1"), **_named_as(account))


def _takes_part(model: ProductModel, when: When, families: tuple[FamilyEntry, ...]) -> bool:
    """Whether any family can take part; site-wide choices are not looked at here."""
    if not when or not families:
        return True
    return any(
        all(
            (family.enums.get(name, EMPTY).text or model.enum(name).default) in allowed
            for name, allowed in when.items()
            if model.enum(name).scope == "family"
        )
        for family in families
    )


def _named_as(account: Account) -> dict[str, str]:
    return {
        "account_zh": account.name["zh"],
        "account_en": account.name["en"],
        "record_zh": account.record["zh"],
        "record_en": account.record["en"],
    }


def _both_forms(desk: Desk, entries: list[AccountEntry]) -> None:
    """An account booked for the whole site and per unit: both count, which is rarely meant."""
    totals = {entry.account for entry in entries if entry.form == "period"}
    for entry in entries:
        if entry.form == "unit" and entry.account in totals:
            name = desk.model.account(entry.account).name
            told = {f"label_{lang}": name[lang] for lang in LANGS}
            desk.cells.findings.append(finding("CELL-BOTH-FORMS", entry.where, **told))
