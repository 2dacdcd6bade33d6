"""Meters, keys and shares: from the readings of a site to the amount per declared unit, live.

Three sheets. *Meters* holds what was read and the stock law; *Keys* the good output and the values
by which accounts are shared; *Shares* what auxiliary centres pass on to each other and to the
products. With T the shares by which centres pass their burden to centres and F those by which they
pass it to final targets, one unit that enters the centres ends as ``F (I - T)^-1`` at the targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lca.exchange.ledger_view import Booked, LedgerView
from lca.exchange.sheets import Book, Mark, Ref, Sheet, Span
from lca.ledger import OUTPUT_KEY, Key

MONTHS = 12
_METER = 3  # first column of the months


@dataclass(frozen=True, slots=True)
class LedgerCells:
    """Where the results of the ledger stand.

    Attributes
    ----------
    consumed
        Account total by account, in the account's unit.
    per_unit
        Amount per declared unit by account.
    entered
        Amounts that were entered per declared unit, by account.
    origins
        Cells of the exporter's workbook by account.
    """

    consumed: Mapping[str, Ref]
    per_unit: Mapping[str, Ref]
    entered: Mapping[str, tuple[Ref, ...]]
    origins: Mapping[str, str]


def write_ledger(book: Book, ledger: LedgerView | None) -> LedgerCells:
    """Write the sheets of a ledger; nothing when there is none."""
    if ledger is None:
        return LedgerCells({}, {}, {}, {})
    meters, entered = _meters(book, ledger)
    good, keys = _keys(book, ledger)
    per_unit = _Shares(book, ledger, keys).write(meters, good[ledger.family])
    origins = {item.account.id: item.origin for item in ledger.booked}
    return LedgerCells(meters, per_unit, entered, origins)


# --- meters --------------------------------------------------------------------------------------


def _meters(book: Book, ledger: LedgerView) -> tuple[dict[str, Ref], dict[str, tuple[Ref, ...]]]:
    months = max(MONTHS, *(len(item.account.months) for item in ledger.booked), 1)
    widths = {1: 20.0, 2: 8.0, **dict.fromkeys(range(_METER, _METER + months), 11.0)}
    widths |= {_METER + months + n: w for n, w in enumerate((8, 12, 12, 10, 14, 14, 9, 34, 11, 14))}
    sheet = book.sheet("meters", widths)
    row = sheet.heading(sheet.say("sheet_meters"), sheet.say("note_meters"), 14)
    heads = [sheet.say("account"), sheet.say("unit")]
    heads += [sheet.say("month", number=n) for n in range(1, months + 1)]
    names = "multiplier opening closing returned consumed control difference origin kind evidence"
    row = sheet.columns(row, [*heads, *map(sheet.say, names.split())])
    top = row
    totals: dict[str, Ref] = {}
    for item in ledger.booked:
        totals[item.account.id] = _meter(sheet, row, item, months)
        row += 1
    entered = _entered(sheet, row + 1, ledger)
    sheet.finish(widths, f"C{top}")
    return totals, entered


def _meter(sheet: Sheet, row: int, item: Booked, months: int) -> Ref:
    account, after = item.account, _METER + months
    sheet.words(row, 1, account.id, bold=True)
    sheet.words(row, 2, account.unit)
    cells = [
        sheet.number(row, _METER + n, value, Mark.INPUT) for n, value in enumerate(account.months)
    ]
    factor, opening, closing, returned = (
        sheet.number(row, after + n, value, Mark.INPUT)
        for n, value in enumerate(
            (account.multiplier, account.opening, account.closing, account.returned)
        )
    )
    read = f"SUM({Span(cells[0], cells[-1])})"
    consumed = sheet.formula(
        row, after + 4, f"{opening}+{factor}*{read}-{closing}-{returned}", strong=True
    )
    if account.control_total is not None:
        control = sheet.number(row, after + 5, account.control_total, Mark.INPUT)
        sheet.formula(row, after + 6, f"IF({control}=0,0,{consumed}/{control}-1)")
        sheet.cell(row, after + 6).number_format = "0.0%"
    for n, words in enumerate((_origin(sheet, item), item.kind, ", ".join(item.evidence)), start=7):
        sheet.words(row, after + n, words)
    return consumed


def _origin(sheet: Sheet, item: Booked) -> str:
    """Return every cell that the account was read from: months, then single values by name."""
    named = {
        "multiplier": sheet.say("multiplier"),
        "opening": sheet.say("opening"),
        "closing": sheet.say("closing"),
        "returned": sheet.say("returned"),
        "control_total": sheet.say("control"),
    }
    singles = [
        f"{words} {item.singles[key]}" for key, words in named.items() if key in item.singles
    ]
    return "; ".join(filter(None, [item.origin, *singles]))


def _entered(sheet: Sheet, row: int, ledger: LedgerView) -> dict[str, tuple[Ref, ...]]:
    """Write the amounts that were entered per declared unit."""
    found: dict[str, tuple[Ref, ...]] = {}
    if not ledger.per_unit:
        return found
    row = sheet.section(row, sheet.say("block_per_unit", family=ledger.family))
    heads = ("account", "unit", "amount", "origin")
    row = sheet.columns(row, [sheet.say(head) for head in heads])
    for entry in ledger.per_unit:
        sheet.words(row, 1, entry.account, bold=True)
        sheet.words(row, 2, entry.unit)
        ref = sheet.number(row, 3, entry.amount, Mark.INPUT)
        sheet.words(row, 4, entry.origin)
        found[entry.account] = (*found.get(entry.account, ()), ref)
        row += 1
    return found


# --- keys ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeyCells:
    """The cells of one key by target, and their sum."""

    values: Mapping[str, Ref]
    total: Ref


def _keys(book: Book, ledger: LedgerView) -> tuple[dict[str, Ref], dict[str, KeyCells]]:
    families = ledger.ledger.outputs
    months = max(len(output.months) for output in families)
    targets = (*ledger.ledger.families, *(centre.id for centre in ledger.ledger.centres))
    columns = max(months + 2, len(targets) + 3)
    widths = {1: 18.0, 2: 20.0, 3: 9.0, **dict.fromkeys(range(4, columns + 4), 14.0)}
    widths |= {5 + months: 34.0, 5 + len(targets): 34.0}
    sheet = book.sheet("keys", widths)
    row = sheet.heading(sheet.say("sheet_keys"), sheet.say("note_keys"), 9)
    row = sheet.section(row, sheet.say("block_output"))
    begun = sheet.say("begun") if any(output.begun for output in families) else ""
    heads = [sheet.say("family"), "", begun]
    heads += [sheet.say("month", number=n + 1) for n in range(months)]
    row = sheet.columns(row, [*heads, sheet.say("good"), sheet.say("origin")])
    good: dict[str, Ref] = {}
    for output in families:
        sheet.words(row, 1, output.family, bold=True)
        cells = [sheet.number(row, 4 + n, v, Mark.INPUT) for n, v in enumerate(output.months)]
        total = f"SUM({Span(cells[0], cells[-1])})"
        if output.begun:
            total += f"+{sheet.number(row, 3, output.begun, Mark.INPUT)}"
        good[output.family] = sheet.formula(row, 4 + months, total, strong=True)
        sheet.words(row, 5 + months, ledger.output_origins.get(output.family, ""))
        row += 1
    row = sheet.section(row + 1, sheet.say("block_keys"))
    named = [sheet.say("key"), sheet.say("kind"), sheet.say("unit")]
    row = sheet.columns(row, [*named, *targets, sheet.say("sum"), sheet.say("origin")])
    found: dict[str, KeyCells] = {}
    output_key = ledger.ledger.key(OUTPUT_KEY)
    for key in (*filter(None, [output_key]), *ledger.ledger.keys):
        found[key.id] = _key(sheet, row, key, targets, good if key.id == OUTPUT_KEY else {})
        sheet.words(row, 5 + len(targets), ledger.key_origins.get(key.id, ""))
        row += 1
    sheet.finish(widths)
    return good, found


def _key(
    sheet: Sheet, row: int, key: Key, targets: Sequence[str], linked: Mapping[str, Ref]
) -> KeyCells:
    for column, words in enumerate((key.id, key.kind, key.unit), start=1):
        sheet.words(row, column, words, bold=column == 1)
    values: dict[str, Ref] = {}
    for column, target in enumerate(targets, start=4):
        if target in linked:
            values[target] = sheet.formula(row, column, linked[target])
        elif target in key.values:
            values[target] = sheet.number(row, column, key.values[target], Mark.INPUT)
    reach = Span(Ref(sheet.title, row, 4), Ref(sheet.title, row, 3 + len(targets)))
    return KeyCells(values, sheet.formula(row, 4 + len(targets), f"SUM({reach})"))


# --- shares --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shares:
    """Writes the sheet on which accounts go to centres, and centres to products."""

    book: Book
    ledger: LedgerView
    keys: Mapping[str, KeyCells]

    def write(self, consumed: Mapping[str, Ref], good: Ref) -> dict[str, Ref]:
        """Return the amount per declared unit by account."""
        starts, finals = len(self.targets), len(self.ledger.finals)
        widths = {1: 20.0, 2: 12.0, **dict.fromkeys(range(3, 3 + starts + finals), 12.5)}
        widths |= {3 + starts + finals + n: 15.0 for n in range(4)}
        sheet = self.book.sheet("shares", widths)
        row = sheet.heading(sheet.say("sheet_shares"), sheet.say("note_shares"), 10)
        passed, row = self._centres(sheet, row)
        row = sheet.section(row, sheet.say("block_shares", family=self.ledger.family))
        heads = [sheet.say("account"), sheet.say("key")]
        heads += [sheet.say("start_at", target=target) for target in self.targets]
        heads += [sheet.say("ends_at", target=target) for target in self.ledger.finals]
        more = ("sum", "amount_of_product", "good", "per_declared_unit")
        row = sheet.columns(row, [*heads, *map(sheet.say, more)])
        found: dict[str, Ref] = {}
        for item in self.ledger.booked:
            found[item.account.id] = self._account(sheet, row, item, passed, consumed, good)
            row += 1
        sheet.finish(widths)
        return found

    @property
    def targets(self) -> tuple[str, ...]:
        """Final targets, then the centres that pass on."""
        return (*self.ledger.finals, *(centre.id for centre in self.ledger.centres))

    def _centres(self, sheet: Sheet, row: int) -> tuple[dict[str, Span], int]:
        """Write what centres pass on; return for each target its row of ``F (I - T)^-1``."""
        centres, finals = self.ledger.centres, self.ledger.finals
        if not centres:
            return {}, row
        names = [centre.id for centre in centres]
        row, moved = self._block(sheet, row, "block_centres", [*names, *finals], names)
        for column, centre in enumerate(centres, start=3):
            key = self.keys.get(centre.key)
            for line, target in enumerate([*names, *finals]):
                value = key.values.get(target) if key else None
                share = f"{value}/{key.total}" if key and value else "0"
                sheet.formula(moved + line, column, share)
        size = len(names)
        row, within = self._block(sheet, row, "block_identity", names, names)
        for line in range(size):
            for column in range(size):
                there = Ref(sheet.title, moved + line, 3 + column)
                sheet.formula(within + line, 3 + column, f"{int(line == column)}-{there}")
        row, inverse = self._block(sheet, row, "block_inverse", names, names)
        solved = sheet.array(
            inverse, 3, (size, size), f"MINVERSE({_square(sheet, within, size, size)})"
        )
        row, passed = self._block(sheet, row, "block_passed", finals, names)
        onward = _square(sheet, moved + size, len(finals), size)
        sheet.array(passed, 3, (len(finals), size), f"MMULT({onward},{solved})")
        reached = {name: _square(sheet, passed + n, 1, size) for n, name in enumerate(finals)}
        self._check(sheet, row - 1, passed, size)
        return reached, row + 1

    def _block(
        self, sheet: Sheet, row: int, title: str, rows: Sequence[str], columns: Sequence[str]
    ) -> tuple[int, int]:
        """Frame a matrix; return the row after it and its first row."""
        row = sheet.section(row, sheet.say(title))
        row = sheet.columns(row, [sheet.say("to_below"), "", *columns])
        for line, name in enumerate(rows):
            sheet.words(row + line, 1, name, bold=True)
        return row + len(rows) + 1, row

    def _check(self, sheet: Sheet, row: int, passed: int, size: int) -> None:
        """Write that everything a centre takes in ends at a target."""
        sheet.words(row, 1, sheet.say("check_one"))
        for column in range(3, 3 + size):
            ends = len(self.ledger.finals)
            reach = Span(
                Ref(sheet.title, passed, column), Ref(sheet.title, passed + ends - 1, column)
            )
            sheet.formula(row, column, f"SUM({reach})")

    def _account(
        self,
        sheet: Sheet,
        row: int,
        item: Booked,
        passed: Mapping[str, Span],
        consumed: Mapping[str, Ref],
        good: Ref,
    ) -> Ref:
        """Write one account from its key to the amount per declared unit."""
        sheet.words(row, 1, item.account.id, bold=True)
        sheet.words(
            row, 2, item.account.key or ("" if len(self.ledger.finals) == 1 else OUTPUT_KEY)
        )
        starts = self._starts(sheet, row, item) if item.live else {}
        first = 3 + len(self.targets)
        ends: dict[str, Ref] = {}
        for column, target in enumerate(self.ledger.finals, start=first):
            if item.live:
                formula = self._end(starts, target, passed)
                ends[target] = sheet.formula(row, column, formula)
            else:
                share = item.stated.get(target, Fraction(0))
                ends[target] = sheet.number(row, column, share, Mark.GIVEN)
        after = first + len(self.ledger.finals)
        reach = Span(ends[self.ledger.finals[0]], ends[self.ledger.finals[-1]])
        sheet.formula(row, after, f"SUM({reach})")
        mine = ends[self.ledger.family]
        amount = sheet.formula(row, after + 1, f"{consumed[item.account.id]}*{mine}")
        output = sheet.formula(row, after + 2, good)
        return sheet.formula(row, after + 3, f"{amount}/{output}", strong=True)

    def _starts(self, sheet: Sheet, row: int, item: Booked) -> dict[str, Ref]:
        """Write the shares by the account's own key, before centres pass theirs on."""
        account, families = item.account, self.ledger.ledger.families
        takers = [f for f in families if account.takers is None or f in account.takers]
        if not account.key and len(takers) == 1 and not self.ledger.ledger.centres:
            column = 3 + self.targets.index(takers[0])
            return {takers[0]: sheet.number(row, column, Fraction(1), Mark.CONSTANT)}
        key = self.keys[account.key or OUTPUT_KEY]
        kept = {t: ref for t, ref in key.values.items() if t not in families or t in takers}
        total = str(key.total) if len(kept) == len(key.values) else f"({_sum(kept.values())})"
        return {
            target: sheet.formula(row, 3 + self.targets.index(target), f"{ref}/{total}")
            for target, ref in kept.items()
            if target in self.targets
        }

    def _end(self, starts: Mapping[str, Ref], target: str, passed: Mapping[str, Span]) -> str:
        """Return the share that ends at a target: its own, and what centres pass on."""
        own = str(starts.get(target, "0"))
        centres = [centre.id for centre in self.ledger.centres]
        via = [
            f"{starts[name]}*{_at(passed[target], n)}"
            for n, name in enumerate(centres)
            if name in starts
        ]
        return "+".join([own, *via])


def _at(span: Span, place: int) -> Ref:
    return Ref(span.first.sheet, span.first.row, span.first.column + place)


def _square(sheet: Sheet, row: int, rows: int, columns: int) -> Span:
    return Span(Ref(sheet.title, row, 3), Ref(sheet.title, row + rows - 1, 2 + columns))


def _sum(refs: Iterable[Ref]) -> str:
    return "+".join(map(str, refs))
