"""The sheets that any workbook may have -> entries of the submission (docs/decisions/0009)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from lca.submission import (
    EMPTY,
    AbnormalEntry,
    AccountEntry,
    ByProductEntry,
    Cell,
    FamilyEntry,
    FurtherEntry,
    MemberEntry,
    RecordEntry,
    ScenarioEntry,
    YieldEntry,
)
from lca.workbook.desk import Desk, Entry
from lca.workbook.further_blocks import ANSWER

PREFIX = "further"
"""First part of the id that an item has in the ledger."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a table of further items, with the id it gets."""

    entry: Entry
    kind: str
    number: int

    @property
    def name(self) -> str:
        return f"{PREFIX}_{self.kind}_{self.number}"

    def booking(self, amount: str, unit: str) -> AccountEntry:
        """Read amount, stocks, key and evidence as an account of the whole period."""
        entry, desk = self.entry, self.entry.desk

        def stock(name: str) -> Cell:
            return entry.number(name, unit) if name in entry.fields else EMPTY

        return AccountEntry(
            account=self.name,
            form="period",
            unit=unit,
            months=(entry.number(amount, unit),),
            opening=stock("opening"),
            closing=stock("closing"),
            returned=stock("returned"),
            key=entry.code("key"),
            activity_kind=entry.choice("activity_kind") or "invoiced",
            evidence=desk.cells.codes(entry.spot("evidence")),
            where=entry.spot(amount).where,
        )

    def unit(self, like: str = "") -> str:
        """Read the unit of the row."""
        cells = self.entry.desk.cells
        return cells.unit(self.entry.spot("unit"), cells.known(like) if like else None, like)


def further(desk: Desk) -> Iterator[FurtherEntry]:
    """Read everything that no account of the model asks for."""
    for block, (kind, read) in _READERS.items():
        for number, entry in enumerate(desk.entries(block), start=1):
            yield read(_Row(entry, kind, number))


def _made(row: _Row) -> FurtherEntry:
    """A step done elsewhere, or material that the customer supplies."""
    entry = row.entry
    factor, record = entry.factor("factor"), entry.record()
    _one_figure(entry, factor, record)
    return FurtherEntry(
        kind=row.kind,
        name=entry.text("name"),
        entry=row.booking("amount", row.unit()),
        factor=factor,
        record=record,
        details={"supplier": entry.text("supplier"), "country": entry.country()},
        where=entry.where,
    )


def _one_figure(entry: Entry, factor: str, record: str) -> None:
    if bool(factor) == bool(record):
        code = "CELL-FIGURE-TWICE" if factor else "CELL-FIGURE-MISSING"
        entry.desk.cells.report(code, entry.spot("factor"))


def _gas(row: _Row) -> FurtherEntry:
    entry = row.entry
    return FurtherEntry(
        kind=row.kind,
        name=entry.text("name"),
        entry=row.booking("purchased", row.unit("kg") or "kg"),
        details={"gas": entry.choice("gas")},
        where=entry.where,
    )


def _wastewater(row: _Row) -> FurtherEntry:
    entry = row.entry
    numbers = {name: entry.number(name) for name in ("cod_in", "cod_out")}
    before, after = (cell.number for cell in numbers.values())
    if before is not None and after is not None and after > before:
        entry.desk.cells.report("CELL-COD", entry.spot("cod_out"))
    return FurtherEntry(
        kind=row.kind,
        name=entry.text("name"),
        entry=row.booking("volume", row.unit("m3") or "m3"),
        details={"treatment": entry.choice("treatment")},
        numbers=numbers,
        where=entry.where,
    )


def _waste(row: _Row) -> FurtherEntry:
    entry = row.entry
    return FurtherEntry(
        kind=row.kind,
        name=entry.text("name"),
        entry=row.booking("amount", row.unit()),
        factor=entry.factor("factor"),
        details={"supplier": entry.text("supplier")},
        where=entry.where,
    )


def _leg(row: _Row) -> FurtherEntry:
    entry = row.entry
    details = {name: entry.choice(name) for name in ("side", "incoterm", "payer", "route")}
    distance = entry.number("distance")
    if bool(details["route"]) == entry.spot("distance").filled:
        code = "CELL-LEG-TWICE" if details["route"] else "CELL-LEG-DISTANCE"
        entry.desk.cells.report(code, entry.spot("distance"))
    ends = [entry.text(name) for name in ("start", "end")]
    return FurtherEntry(
        kind=row.kind,
        name=" ".join([entry.text("name"), "→".join(filter(None, ends))]).strip(),
        entry=row.booking("amount", row.unit("t")),
        factor=entry.factor("factor"),
        details=details,
        numbers={"distance": distance},
        where=entry.where,
    )


_READERS: Mapping[str, tuple[str, Callable[[_Row], FurtherEntry]]] = {
    "outsourced": ("outsourced", _made),
    "customer": ("customer", _made),
    "gas": ("gas", _gas),
    "wastewater": ("wastewater", _wastewater),
    "wastes": ("waste", _waste),
    "legs": ("leg", _leg),
}


# -- recorded, not counted -------------------------------------------------------------------


def by_products(desk: Desk) -> Iterator[ByProductEntry]:
    """Read what leaves the site besides the product."""
    for entry in desk.entries("byproducts"):
        unit = desk.cells.unit(entry.spot("unit"), None, "")
        found = ByProductEntry(
            name=entry.text("name"),
            kind=entry.choice("kind"),
            amount=entry.number("amount", unit),
            treatment=entry.choice("treatment"),
            income=entry.number("income"),
            buyer=entry.text("buyer"),
            evidence=desk.cells.codes(entry.spot("evidence")),
            where=entry.where,
        )
        if found.kind == "co-product":
            desk.cells.report("CELL-CO-PRODUCT", entry.spot("kind"))
        yield found


def yields(desk: Desk, families: tuple[FamilyEntry, ...]) -> Iterator[YieldEntry]:
    """Read input and good output of every step."""
    for entry in desk.entries("yields"):
        unit = desk.cells.unit(entry.spot("unit"), None, "")
        before, after = entry.number("input", unit), entry.number("output", unit)
        if before.number is not None and after.number is not None and after.number > before.number:
            share = f"{float(after.number / before.number):.1%}"
            desk.cells.report("CELL-YIELD", entry.spot("output"), share=share)
        yield YieldEntry(
            family=_family(entry, families),
            step=entry.text("step"),
            input=before,
            output=after,
            evidence=desk.cells.codes(entry.spot("evidence")),
            where=entry.where,
        )


def members(desk: Desk, families: tuple[FamilyEntry, ...]) -> Iterator[MemberEntry]:
    """Read the articles of the families; an answer that is not given is the family's."""
    seen: set[str] = set()
    units = {family.family: family.output_unit for family in families}
    for entry in desk.entries("members"):
        family, code = _family(entry, families), entry.code("member")
        if code and code in seen:
            desk.cells.report("CELL-DUPLICATE", entry.spot("member"))
        seen.add(code)
        usual = units.get(family, "") or desk.model.declared_unit.unit.symbol
        unit = _output_unit(desk, entry, usual)
        yield MemberEntry(
            family=family,
            member=code,
            name={lang: entry.text(f"name_{lang}") for lang in ("zh", "en")},
            output=entry.number("output", unit),
            mass=entry.number("mass"),
            enums=dict(_enums(desk, entry)),
            parameters=dict(_parameters(desk, entry)),
            where=entry.where,
        )


def scenarios(desk: Desk) -> Iterator[ScenarioEntry]:
    """Read what happens after the gate, one column for each market."""
    desk.check_units("life")
    seen: set[str] = set()
    for slot in desk.used_slots("scenario", ("life",)):
        at = desk.spot("life", "scenario", slot)
        code = desk.answer("life", "scenario", slot, must=True).text
        if at is not None and code and code in seen:
            desk.cells.report("CELL-DUPLICATE", at)
        seen.add(code)
        yield ScenarioEntry(
            scenario=code,
            name={
                lang: desk.answer("life", f"name_{lang}", slot, must=True).text
                for lang in ("zh", "en")
            },
            enums=dict(_told(desk, slot, [enum.id for enum in desk.model.enums])),
            parameters=dict(_told(desk, slot, [one.id for one in desk.model.parameters])),
            where=EMPTY.where if at is None else at.where,
        )


def _told(desk: Desk, slot: str, questions: Iterable[str]) -> Iterator[tuple[str, Cell]]:
    """Yield the answers that differ from the family's; an empty cell is as the family."""
    for name in questions:
        at = desk.spot("life", ANSWER + name, slot)
        if at is not None and at.filled:
            yield name, desk.answer("life", ANSWER + name, slot)


def abnormal(desk: Desk, months: int) -> Iterator[AbnormalEntry]:
    """Read the months that are called abnormal; ``months`` are those of the period."""
    for entry in desk.entries("abnormal"):
        number = int(entry.choice("month").removeprefix("m") or 0)
        if number > months:
            desk.cells.report("CELL-MONTH-EXTRA", entry.spot("month"), months=months)
        yield AbnormalEntry(
            month=number if number <= months else 0,
            kind=entry.choice("kind"),
            reason=entry.text("reason"),
            evidence=desk.cells.codes(entry.spot("evidence")),
            where=entry.where,
        )


def _output_unit(desk: Desk, entry: Entry, usual: str) -> str:
    at = entry.spot("unit")
    sales = {unit.id for unit in desk.model.sales_units}
    if at.cell is not None and at.cell.value.strip() in sales:
        return at.cell.value.strip()
    return desk.cells.unit(at, desk.model.declared_unit.unit, usual)


def _enums(desk: Desk, entry: Entry) -> Iterator[tuple[str, Cell]]:
    for enum in desk.model.enums:
        name = ANSWER + enum.id
        if name in entry.fields and entry.spot(name).filled:
            yield enum.id, desk.choice(entry.spot(name), entry.fields[name].choices)


def _parameters(desk: Desk, entry: Entry) -> Iterator[tuple[str, Cell]]:
    for parameter in desk.model.parameters:
        name = ANSWER + parameter.id
        if name in entry.fields and entry.spot(name).filled:
            yield parameter.id, entry.number(name)


def _family(entry: Entry, families: tuple[FamilyEntry, ...]) -> str:
    code = entry.code("family")
    known = [family.family for family in families]
    if code and code not in known:
        told = {"known": ", ".join(known) or "-"}
        entry.desk.cells.report("CELL-FAMILY-UNKNOWN", entry.spot("family"), **told)
    return code


# -- reports of suppliers --------------------------------------------------------------------


def records(desk: Desk) -> Iterator[RecordEntry]:
    """Read what suppliers' reports say of their figures."""
    seen: set[str] = set()
    for slot in desk.used_slots("record", ("records",)):
        found = _record(desk, slot)
        at = desk.spot("records", "record", slot)
        if at is not None and found.record and found.record in seen:
            desk.cells.report("CELL-DUPLICATE", at)
        seen.add(found.record)
        yield found


def _record(desk: Desk, slot: str) -> RecordEntry:
    def told(name: str) -> Cell:
        return desk.answer("records", name, slot, must=True)

    at = {name: desk.spot("records", name, slot) for name in ("unit", "evidence", "record")}
    unit = "" if at["unit"] is None else desk.cells.unit(at["unit"], None, "")
    return RecordEntry(
        record=told("record").text,
        figure=_in(told("figure"), f"kg CO2e/{unit}" if unit and "/" not in unit else ""),
        unit=unit,
        mass=_in(told("mass"), "kg"),
        primary_share=_share(desk, slot),
        evidence=() if at["evidence"] is None else desk.cells.codes(at["evidence"]),
        where=EMPTY.where if at["record"] is None else at["record"].where,
        boundary=told("boundary").text,
        gwp=told("gwp").text,
        biogenic=told("biogenic").text,
        electricity=told("electricity").text,
        credit=told("credit").text,
        packaging=told("packaging").text,
        verification=told("verification").text,
        supplier=told("supplier").text,
        product=told("product").text,
        standard=told("standard").text,
        allocation=told("allocation").text,
        body=told("body").text,
        statement=told("statement").text,
        sha256=told("sha256").text,
        period_from=told("period_from"),
        period_to=told("period_to"),
        valid_to=told("valid_to"),
    )


def _in(cell: Cell, unit: str) -> Cell:
    return replace(cell, unit=unit)


def _share(desk: Desk, slot: str) -> Cell:
    """A ratio: typed as 0.6, or as 60 % in a cell or in words."""
    at = desk.spot("records", "primary_share", slot)
    if at is None:
        return EMPTY
    cell = desk.cells.number(at, "positive", "1")
    if cell.number is not None and cell.number > 1:
        desk.cells.report("CELL-SHARE", at)
    return cell


def known_records(desk: Desk, records: tuple[RecordEntry, ...]) -> None:
    """Every report that a row names must be in the list of reports."""
    known = {record.record for record in records}
    for at, code in desk.cells.reports:
        if code not in known:
            desk.cells.report("CELL-RECORD-UNKNOWN", at, code=code)
