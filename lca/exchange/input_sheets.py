"""Named inputs and amounts: the answers, the constants of the model, and its formulas, live."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from factors.store import FactorSet
from factors.units import Unit, unit
from lca.build import GRID_ACCOUNT
from lca.exchange.excel_formula import parsed, spelled
from lca.exchange.factor_sheet import source_of
from lca.exchange.ledger_sheets import LedgerCells
from lca.exchange.ledger_view import LedgerView, close
from lca.exchange.live import Expression, Named, Placed, expression, known_unit, named_values
from lca.exchange.sheets import Book, Mark, Ref, Sheet
from lca.inventory import Exchange, Process, ProductSystem
from lca.model_parts import BOOKED_BY

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_WIDTHS = {1: 26.0, 2: 30.0, 3: 17.0, 4: 15.0, 5: 14.0, 6: 17.0, 7: 22.0, 8: 9.0, 9: 58.0, 10: 14.0}
_AMOUNTS = {
    1: 28.0, 2: 18.0, 3: 30.0, 4: 46.0, 5: 16.0, 6: 13.0, 7: 12.0, 8: 11.0, 9: 11.0, 10: 18.0,
    11: 26.0, 12: 24.0, 13: 12.0,
}  # fmt: skip


@dataclass(slots=True)
class Inputs:
    """The sheet of named inputs, filled as exchanges ask for them."""

    book: Book
    sheet: Sheet
    system: ProductSystem
    ledger: LedgerView | None
    cells: LedgerCells
    factors: FactorSet
    row: int
    placed: dict[Named, Placed] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def on(
        cls,
        book: Book,
        system: ProductSystem,
        ledger: LedgerView | None,
        cells: LedgerCells,
        factors: FactorSet,
    ) -> Inputs:
        """Open the sheet."""
        sheet = book.sheet("inputs", _WIDTHS)
        row = sheet.heading(sheet.say("sheet_inputs"), sheet.say("note_inputs"), 9)
        heads = "name cell_name input_value unit to_base base_value origin_sheet cell source status"
        row = sheet.columns(row, [sheet.say(head) for head in heads.split()])
        sheet.finish(_WIDTHS, f"A{row}")
        return cls(book, sheet, system, ledger, cells, factors, row)

    @property
    def counting(self) -> frozenset[str]:
        """Counting units of the file."""
        return frozenset(self.system.units)

    def of(self, exchange: Exchange) -> dict[str, Placed]:
        """Return the cells of the names that an exchange's amount rests on."""
        found: dict[str, Placed] = {}
        for named in named_values(exchange.origin, self.counting):
            if _NAME.fullmatch(named.name):
                if named not in self.placed:
                    self.placed[named] = self._place(named, found)
                found[named.name] = self.placed[named]
        return found

    def unique(self) -> dict[str, Placed]:
        """Return the names that mean one thing everywhere."""
        return {
            named.name: cell for named, cell in self.placed.items() if self.counts[named.name] == 1
        }

    def _place(self, named: Named, known: Mapping[str, Placed]) -> Placed:
        """Write one named value: linked, calculated, read from a cell, or given."""
        count = self.counts[named.name] = self.counts.get(named.name, 0) + 1
        sheet, row = self.sheet, self.row
        self.row += 1
        sheet.words(row, 1, named.name, bold=True)
        scale = sheet.number(row, 5, named.unit.scale, Mark.CONSTANT)
        sheet.words(row, 4, named.unit.symbol)
        value = self._value(named, known, row, scale)
        base = sheet.formula(row, 6, f"{value}*{scale}")
        name = f"in_{named.name}" if count == 1 else f"in_{named.name}__{count}"
        status = named.status or self._status(named)
        for column, words in ((2, name), (7, named.sheet), (8, named.cell), (10, status)):
            sheet.words(row, column, words)
        sheet.words(row, 9, self._source(named))
        return Placed(self.book.name(name, base), named.base)

    def _value(self, named: Named, known: Mapping[str, Placed], row: int, scale: Ref) -> Ref:
        booked = self._from_ledger(named)
        if booked:
            return self.sheet.formula(row, 3, booked)
        if named.sheet and named.cell:
            return self.sheet.number(row, 3, named.value, Mark.INPUT)
        rule = parsed(named.source, self.counting)
        told = expression(rule, known, self.counting) if rule and rule.names else None
        if told is not None and close(told.value, named.base):
            return self.sheet.formula(row, 3, f"({told.text})/{scale}")
        mark = Mark.FACTOR if named.source in self.factors else Mark.GIVEN
        return self.sheet.number(row, 3, named.value, mark)

    def _source(self, named: Named) -> str:
        """Return the source of a constant; for a row of the library where that was read."""
        if named.source not in self.factors:
            return named.source
        row = self.factors.get(named.source)
        return f"{row.id}, {row.release}: {source_of(row, self.factors)}; {row.locator}"

    def _status(self, named: Named) -> str:
        return str(self.factors.get(named.source).status) if named.source in self.factors else ""

    def _from_ledger(self, named: Named) -> str:
        """Return the formula that leads to the ledger; empty when it does not give the value."""
        declared = known_unit(str(self.system.declared_unit["unit"]), self.counting)
        if self.ledger is None or declared is None:
            return ""
        total, parts = Fraction(0), []
        for value, own, ref in self._bookings(self.ledger, named):
            times = own.scale / (named.unit.scale * declared.scale)
            total += value * times
            parts.append(f"{ref}" if times == 1 else f"{ref}*{spelled(times)}")
        return "+".join(parts) if parts and close(total, named.value) else ""

    def _bookings(self, ledger: LedgerView, named: Named) -> list[tuple[Fraction, Unit, Ref]]:
        """Return what an account gives per declared unit: amount, unit, cell.

        A fuel booked in several quantities (mass, volume) has a named value for each of them.
        """
        good = next(o.good for o in ledger.ledger.outputs if o.family == ledger.family)
        found = []
        for item in ledger.booked:
            account = item.account
            own = self._booked_in(account.id.partition("#")[0], account.unit, named)
            share = item.stated.get(ledger.family)
            if own and share is not None and good > 0:
                amount = account.consumed * share / good
                found.append((amount, own, self.cells.per_unit[account.id]))
        for name, refs in self.cells.entered.items():
            entries = [entry for entry in ledger.per_unit if entry.account == name]
            for entry, ref in zip(entries, refs, strict=True):
                own = self._booked_in(name, entry.unit, named)
                if own:
                    found.append((entry.amount, own, ref))
        return found

    def _booked_in(self, account: str, text: str, named: Named) -> Unit | None:
        """Return the unit of a booking that is part of a named value, None of any other."""
        own = known_unit(text, self.counting)
        if own is None:
            return None
        names = (account, f"{account}_by_{BOOKED_BY.get(own.dimension, '')}")
        declared = known_unit(str(self.system.declared_unit["unit"]), self.counting)
        alike = declared is not None and (own / declared).dimension == named.unit.dimension
        return own if named.name in names and alike else None


# --- green power ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Green:
    """Shares of the site's grid electricity that rest on instruments, by technology."""

    shares: Mapping[str, Fraction]
    cells: Mapping[str, Ref]

    def of(self, exchange: Exchange) -> Expression | None:
        """Return the share of an exchange that was split, None when it was not."""
        rule = str(exchange.origin.get("rule", ""))
        if exchange.basis != "market" or not exchange.id.startswith(f"{rule}-"):
            return None
        kind = exchange.id.removeprefix(f"{rule}-").removesuffix("-grid")
        if kind == "rest":
            parts = "-".join(map(str, self.cells.values()))
            return Expression(f"(1-{parts})", 1 - sum(self.shares.values(), Fraction(0)))
        if kind in self.shares:
            return Expression(str(self.cells[kind]), self.shares[kind])
        return None


def write_green(book: Book, ledger: LedgerView | None, cells: LedgerCells) -> Green:
    """Write the sheet of green power; nothing when no instrument is there."""
    grid = [] if ledger is None else _grid(ledger)
    if ledger is None or not ledger.instruments or not grid:
        return Green({}, {})
    widths = {1: 30.0, 2: 16.0, 3: 16.0, 4: 10.0, 5: 14.0, 6: 18.0, 7: 30.0}
    sheet = book.sheet("green", widths)
    row = sheet.heading(sheet.say("sheet_green"), sheet.say("note_green"), 6)
    heads = "instrument technology amount unit to_kwh amount_kwh origin"
    row = sheet.columns(row, [sheet.say(head) for head in heads.split()])
    kilowatt_hour = unit("kWh")
    amounts: dict[str, Fraction] = {}
    by_kind: dict[str, list[Ref]] = {}
    for item in ledger.instruments:
        own = known_unit(item.unit, frozenset())
        if own is None or own.dimension != kilowatt_hour.dimension:
            continue
        times = own.scale / kilowatt_hour.scale
        words = {1: item.id, 2: item.technology, 4: item.unit, 7: item.origin}
        for column, told in words.items():
            sheet.words(row, column, told)
        value = sheet.number(row, 3, item.amount, Mark.INPUT)
        factor = sheet.number(row, 5, times, Mark.CONSTANT)
        ref = sheet.formula(row, 6, f"{value}*{factor}")
        by_kind.setdefault(item.technology, []).append(ref)
        amounts[item.technology] = amounts.get(item.technology, Fraction(0)) + item.amount * times
        row += 1
    used = "+".join(f"{cells.consumed[name]}*{spelled(times)}" for name, times, _ in grid)
    whole = sum((consumed * times for _, times, consumed in grid), Fraction(0))
    sheet.words(row + 1, 1, sheet.say("grid_total"), bold=True)
    total = sheet.formula(row + 1, 6, used)
    shares, places = {}, {}
    row = sheet.columns(row + 3, [sheet.say("technology"), sheet.say("share")])
    for kind, refs in sorted(by_kind.items()):
        sheet.words(row, 1, kind, bold=True)
        places[kind] = sheet.formula(row, 2, f"({'+'.join(map(str, refs))})/{total}")
        shares[kind] = amounts[kind] / whole if whole else Fraction(0)
        row += 1
    sheet.finish(widths)
    return Green(shares, places)


def _grid(ledger: LedgerView) -> list[tuple[str, Fraction, Fraction]]:
    """Return the accounts of metered grid electricity: id, kWh per unit, total."""
    found = []
    for item in ledger.booked:
        own = known_unit(item.account.unit, frozenset())
        if item.account.id.partition("#")[0] == GRID_ACCOUNT and own:
            times = own.scale / unit("kWh").scale
            found.append((item.account.id, times, item.account.consumed))
    return found


# --- amounts -------------------------------------------------------------------------------------


def write_amounts(
    book: Book,
    inputs: Inputs,
    green: Green,
    exchanges: Sequence[Exchange],
    references: Mapping[str, Ref],
) -> dict[str, Ref]:
    """Write the amount of every exchange per reference amount of its process.

    Parameters
    ----------
    references
        Cell of the reference amount of each process.
    """
    sheet = book.sheet("amounts", _AMOUNTS)
    row = sheet.heading(sheet.say("sheet_amounts"), sheet.say("note_amounts"), 9)
    heads = (
        "exchange process line_name formula formula_value to_unit part_share unit reference_amount "
        "amount_per_reference origin stated difference"
    )
    row = sheet.columns(row, [sheet.say(head) for head in heads.split()])
    sheet.finish(_AMOUNTS, f"B{row}")
    processes = {process.id: process for process in inputs.system.processes}
    found: dict[str, Ref] = {}
    for exchange in exchanges:
        process = processes[exchange.process]
        reference = references[process.id]
        found[exchange.id] = _amount(sheet, row, exchange, process, reference, inputs, green)
        row += 1
    return found


def _amount(
    sheet: Sheet,
    row: int,
    exchange: Exchange,
    process: Process,
    reference: Ref,
    inputs: Inputs,
    green: Green,
) -> Ref:
    name = exchange.name.get(sheet.lang) or exchange.flow or exchange.id
    told = _formula_text(exchange)
    for column, words in ((1, exchange.id), (2, exchange.process), (3, name), (8, exchange.unit)):
        sheet.words(row, column, words, bold=column == 1)
    sheet.words(row, 4, told)
    sheet.words(row, 11, origin_text(exchange))
    live = _live(exchange, process, told, inputs, green)
    if live is None:
        from_cell = exchange.origin.get("kind") == "cell"
        return sheet.number(row, 10, exchange.amount, Mark.INPUT if from_cell else Mark.GIVEN)
    made, wanted, part = live
    value = sheet.formula(row, 5, made.text)
    scale = sheet.number(row, 6, wanted, Mark.CONSTANT)
    share = sheet.formula(row, 7, part.text) if part else None
    ref = sheet.formula(row, 9, reference)
    times = f"*{share}" if share else ""
    amount = sheet.formula(row, 10, f"{value}/{scale}*{ref}{times}", strong=True)
    stated = sheet.number(row, 12, exchange.amount, Mark.STATED)
    sheet.gap(row, 13, amount, stated)
    return amount


def _live(
    exchange: Exchange, process: Process, told: str, inputs: Inputs, green: Green
) -> tuple[Expression, Fraction, Expression | None] | None:
    """Return formula, unit scale and share of an amount, None when they do not give the amount."""
    cells = inputs.of(exchange)
    made = expression(told, cells, inputs.counting) if told else None
    own = known_unit(exchange.unit, inputs.counting)
    per = known_unit(process.reference.unit, inputs.counting)
    if made is None or own is None or per is None:
        return None
    wanted = own.scale / per.scale
    whole = made.value / wanted * process.reference.amount
    if close(whole, exchange.amount):
        return made, wanted, None
    part = green.of(exchange)
    if part is not None and close(whole * part.value, exchange.amount):
        return made, wanted, part
    return None


def _formula_text(exchange: Exchange) -> str:
    """Return the formula of an amount; for a single cell, the name of its only input."""
    origin = exchange.origin
    if origin.get("kind") == "cell":
        inputs = origin.get("inputs") or ()
        only = inputs[0] if isinstance(inputs, list | tuple) and len(inputs) == 1 else {}
        return str(only.get("name", "")) if isinstance(only, Mapping) else ""
    formula = origin.get("formula", "")
    return formula if isinstance(formula, str) else ""


def origin_text(exchange: Exchange) -> str:
    """Return where an amount came from: cells of the exporter's workbook, a rule, or a file."""
    origin = exchange.origin
    cells = [origin]
    inputs = origin.get("inputs")
    cells += [row for row in inputs if isinstance(row, Mapping)] if isinstance(inputs, list) else []
    places = [f"{c['sheet']}!{c['cell']}" for c in cells if c.get("sheet") and c.get("cell")]
    kind, rule = (
        str(origin.get("kind", "file")),
        str(origin.get("rule") or origin.get("path") or ""),
    )
    shown = "; ".join(dict.fromkeys(places))
    return shown or f"{kind} {rule}".strip()
