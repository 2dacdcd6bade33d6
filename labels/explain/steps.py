"""The steps under a line, as a reader goes through them: the same for the terminal and the page.

A step is an equation with units and a table of what stands in it. ``=`` stands where the numbers
are exact as printed, ``≈`` where one of them is rounded for reading; the JSON has them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from factors.texts import Lang, catalogue, text
from labels.explain.nodes import (
    Booking,
    Entered,
    Explanation,
    Input,
    Line,
    Piece,
    Process,
    Taker,
)
from labels.explain.numbers import amount, is_whole, record
from labels.explain.rates import CLOSE

#: Tables of the catalogue that word the codes of files.
CODES = ("explain_code", "factor-match", "workbook_key", "workbook_evidence")


#: Cells of an account, in the order in which they are told.
CELLS = ("readings", "multiplier", "opening", "closing", "returned", "output", "control_total")


@dataclass(frozen=True, slots=True)
class Row:
    """A name and what is said of it; ``target`` is the id of a place on the page."""

    name: str
    told: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is, the sums it rests on, and a table."""

    kind: str
    title: str
    sums: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


def steps(made: Explanation, line: Line, lang: Lang) -> tuple[Step, ...]:
    """Return the steps from the value of a line down to its proofs."""
    teller = Teller(made, lang)
    found = [
        teller.value(line),
        teller.factor(line),
        teller.running(line),
        teller.formula(line.formula, line.inputs, teller.result(line)),
        *teller.books(line.bookings),
        *teller.entered(line.entered),
        teller.proofs(line),
        teller.commitment(line),
    ]
    return tuple(one for one in found if one is not None)


def demand_steps(made: Explanation, process: Process, lang: Lang) -> tuple[Step, ...]:
    """Return the steps that say for what a process runs."""
    teller = Teller(made, lang)
    found: list[Step | None] = [teller.demand(process)]
    for taker in process.takers:
        if taker.formula and taker.inputs:
            symbol = f"{taker.unit}/{made.processes[taker.process].unit}"
            result = Result(taker.worked, taker.per_run, symbol)
            found.append(teller.formula(taker.formula, taker.inputs, result))
    bookings = dict.fromkeys(one.account for taker in process.takers for one in taker.bookings)
    known = {one.account: one for taker in process.takers for one in taker.bookings}
    found += teller.books(known[name] for name in bookings)
    found += teller.entered(dict.fromkeys(e for taker in process.takers for e in taker.entered))
    found.append(teller.proofs(*process.takers))
    return tuple(one for one in found if one is not None)


@dataclass(frozen=True, slots=True)
class Result:
    """What a formula gave, what was taken of it, and in which unit."""

    worked: Fraction | None
    taken: Fraction
    unit: str


@dataclass(frozen=True, slots=True)
class Teller:
    """Says things of one explanation in one language."""

    made: Explanation
    lang: Lang

    def say(self, name: str, /, **params: object) -> str:
        """Return a text of the catalogue."""
        return text(f"explain.{name}", self.lang, **params)

    def coded(self, code: str) -> str:
        """Return the wording of a code of a file; the code itself where there is none."""
        home = next((table for table in CODES if code in catalogue()[table]), None)
        return str(catalogue()[home][code][self.lang]) if home else code

    @property
    def per(self) -> str:
        """The declared unit, below the line."""
        return self.made.unit.partition("/")[2]

    def value(self, line: Line) -> Step:
        """Say what the value is the sum and the product of."""
        sums = [self._piece(line, piece) for piece in line.pieces]
        if len(line.pieces) > 1:
            parts = " + ".join(f"{self._part(p.part)} {record(p.value)}" for p in line.pieces)
            sums.append(f"{parts} = {record(line.value)} {self.made.unit}")
        beside = [self._piece(line, piece) for piece in line.outside]
        rows = [Row(self.say("beside"), one) for one in beside]
        if not line.counted:
            basis = text(f"report.line_basis_{line.basis}", self.lang)
            rows.append(Row(self.say("electricity"), basis))
        return Step("value", self.say("step_value"), tuple(sums), tuple(rows))

    def _piece(self, line: Line, piece: Piece) -> str:
        told = f"{record(piece.value)} {self.made.unit}"
        part = self._part(piece.part)
        if piece.rate is None:
            return f"{part}{self.say('colon')}{told}"
        quantity = self._spelt(line.amount, line.unit)
        rate = f"{amount(piece.rate)} kg CO2e/{line.unit}"
        sign = _sign(Fraction(line.amount), piece.rate, product=piece.value)
        return f"{part}{self.say('colon')}{quantity} × {rate} {sign} {told}"

    def _spelt(self, told: str, symbol: str) -> str:
        return f"{amount(Fraction(told))} {symbol}/{self.per}"

    def _part(self, part: str) -> str:
        return text(f"report.part_{part}", self.lang)

    def factor(self, line: Line) -> Step:
        """Say which factor, read where."""
        seen = line.factor
        rows = [Row(self.say("factor_id"), seen.id)]
        if not seen.release:
            rows.append(Row(self.say("gwp_basis"), self.coded(seen.basis)))
            return Step("factor", self.say("step_direct"), (), tuple(rows))
        source = seen.source
        published = ", ".join(filter(None, (source.get("publisher"), source.get("year"))))
        told = {
            "activity": seen.activity.get(self.lang, ""),
            "release": seen.release,
            "source": source.get("title", ""),
            "publisher": published,
            "locator": seen.locator,
            "retrieved": source.get("retrieved", ""),
            "reaches": self.coded(seen.boundary),
            "place": seen.place,
            "status": self.coded(seen.status),
            "class": self.coded(seen.source_class),
            "gwp_basis": self.coded(seen.basis),
            "release_hash": seen.release_sha256,
        }
        rows += [Row(self.say(key), value) for key, value in told.items() if value]
        if not seen.known:
            rows.append(Row(self.say("lookup"), self.say("not_here")))
        return Step("factor", self.say("step_factor"), (), tuple(rows))

    def running(self, line: Line) -> Step | None:
        """Say how the amount follows from the process."""
        run = line.running
        process = self.made.processes.get(line.process)
        if run is None or process is None:
            return None
        name = process.name.get(self.lang, process.id)
        parts = [
            f"{amount(run.demand)} {run.demand_unit}/{self.per}",
            f"{amount(run.per_output)} {line.unit}/{run.demand_unit}",
        ]
        if run.share != 1:
            parts.append(self.say("burden_share", share=amount(run.share)))
        given = Fraction(line.amount)
        sign = _sign(run.demand, run.per_output, run.share, product=given)
        equation = f"{' × '.join(parts)} {sign} {self._spelt(line.amount, line.unit)}"
        rows = (Row(self.say("process"), name, f"process-{process.id}"),)
        return Step("running", self.say("step_running"), (equation,), rows)

    def demand(self, process: Process) -> Step:
        """Say how much of a process is needed, and by what."""
        rows = [
            Row(
                taker.name.get(self.lang, taker.process),
                self._taken(process, taker),
                f"process-{taker.process}",
            )
            for taker in process.takers
        ]
        if process.reference:
            rows.append(Row(self.say("reference"), f"1 {self.per}"))
        told = f"{amount(process.demand)} {process.unit}/{self.per}"
        return Step("demand", self.say("step_demand"), (told,), tuple(rows))

    def _taken(self, process: Process, taker: Taker) -> str:
        theirs = self.made.processes[taker.process]
        parts = [
            f"{amount(theirs.demand)} {theirs.unit}/{self.per}",
            f"{amount(taker.per_run)} {taker.unit}/{theirs.unit}",
        ]
        if taker.share != 1:
            parts.append(self.say("burden_share", share=amount(taker.share)))
        sign = _sign(theirs.demand, taker.per_run, taker.share, product=taker.amount)
        return f"{' × '.join(parts)} {sign} {amount(taker.amount)} {process.unit}/{self.per}"

    def result(self, line: Line) -> Result | None:
        """Return what the formula of a line gave, where its process is known."""
        run = line.running
        if run is None:
            return None
        return Result(run.worked, run.per_output, f"{line.unit}/{run.demand_unit}")

    def formula(self, formula: str, inputs: Iterable[Input], result: Result | None) -> Step | None:
        """Say what was computed of which inputs, and where each was read."""
        rows = tuple(self._input(one) for one in inputs)
        if not formula and not rows:
            return None
        title = self.say("step_formula" if formula else "step_cell")
        return Step("formula", title, tuple(self._computed(formula, result)), rows)

    def _computed(self, formula: str, result: Result | None) -> Iterator[str]:
        """Yield the formula with its value, and the part of it that was taken if not all was."""
        if not formula:
            return
        shown = formula.replace("*", "×")
        if result is None or result.worked is None:
            yield shown
            return
        worked, taken = result.worked, result.taken
        yield f"{shown} {_sign(product=worked)} {amount(worked)} {result.unit}"
        if worked and abs(worked - taken) > CLOSE * abs(worked):
            part = self.say("part_of_it", part=amount(taken / worked))
            sign = _sign(worked, taken / worked, product=taken)
            yield f"{amount(worked)} {result.unit} × {part} {sign} {amount(taken)} {result.unit}"

    def _input(self, one: Input) -> Row:
        symbol = "" if one.unit == "1" else f" {one.unit}"
        told = f"{_number(one.value)}{symbol}"
        where = [one.cell, one.source, self.coded(one.status) if one.status else ""]
        if not one.cell and not one.source:
            where.append(self.say("of_model"))
        target = f"account-{one.account}" if one.account else ""
        return Row(one.name, " · ".join(filter(None, [told, *where])), target)

    def books(self, bookings: Iterable[Booking]) -> Iterator[Step]:
        """Say, account by account, what was read and how it was shared out."""
        for one in bookings:
            sums = [self._stock(one)]
            if one.per_unit is not None:
                key = one.key.id if one.key else self.say("no_key")
                share = self.say("account_share", share=amount(one.share), key=key)
                sign = _sign(one.consumed, one.share, one.output, product=one.per_unit)
                sums.append(
                    f"{amount(one.consumed)} {one.unit} × {share} ÷ {amount(one.output)} "
                    f"{one.output_unit} {sign} {amount(one.per_unit)} {one.unit}/{one.output_unit}"
                )
            rows = [
                Row(self.say(f"cell_{name}"), one.cells[name])
                for name in CELLS
                if name in one.cells and _matters(one, name)
            ]
            rows += self._key(one)
            rows += [self._proof(name) for name in one.evidence]
            title = self.say("step_account", account=one.account)
            yield Step("account", title, tuple(sums), tuple(rows))

    def _stock(self, one: Booking) -> str:
        read = amount(one.readings)
        if one.multiplier != 1:
            read = f"{amount(one.multiplier)} × {read}"
        for sign, value in (("+", one.opening), ("−", one.closing), ("−", one.returned)):
            read += f" {sign} {amount(value)}" if value else ""
        operands = (one.readings, one.multiplier, one.opening, one.closing, one.returned)
        return f"{read} {_sign(*operands, product=one.consumed)} {amount(one.consumed)} {one.unit}"

    def _key(self, one: Booking) -> list[Row]:
        """Say by which values an account was shared, and what came by way of centres."""
        key = one.key
        if key is None:
            return []
        total = sum(key.values.values(), Fraction(0))
        values = ", ".join(f"{name} {amount(value)}" for name, value in key.values.items() if value)
        kind = f"{self.coded(key.kind)}{self.say('colon')}"
        told = f"{kind}{values}; Σ {amount(total)} {key.unit}".rstrip()
        rows = [Row(self.say("key", key=key.id), told)]
        own = key.values.get(one.family, Fraction(0))
        if total:
            direct = own / total
            sign = _sign(own, total, product=direct)
            sharing = f"{amount(own)} ÷ {amount(total)} {sign} {amount(direct)}"
            rows.append(Row(self.say("key_direct", family=one.family), sharing))
            if abs(one.share - direct) > CLOSE:
                rows.append(Row(self.say("key_centres"), amount(one.share - direct)))
        if key.cells:
            rows.append(Row(self.say("key_cells"), key.cells))
        return rows

    def entered(self, amounts: Iterable[Entered]) -> Iterator[Step]:
        """Say which amounts were entered per declared unit."""
        for one in amounts:
            told = f"{amount(one.amount)} {one.unit}/{self.per}"
            rows = [Row(self.say("cell_entered"), one.cell)] if one.cell else []
            rows += [self._proof(name) for name in one.evidence]
            title = self.say("step_entered", account=one.account)
            yield Step("account", title, (told,), tuple(rows))

    def proofs(self, *found: Line | Taker) -> Step | None:
        """Say which documents the exporter named, but for those told with an account."""
        named = dict.fromkeys(name for one in found for name in one.evidence)
        told = {name for one in found for booked in one.bookings for name in booked.evidence}
        told |= {name for one in found for typed in one.entered for name in typed.evidence}
        rows = tuple(self._proof(name) for name in named if name not in told)
        return Step("proofs", self.say("step_proofs"), (), rows) if rows else None

    def _proof(self, name: str) -> Row:
        known = self.made.proofs.get(name)
        if known is None:
            return Row(name, self.say("proof_not_here"))
        page = self.say("page", page=known.page) if known.page else ""
        hashed = f"SHA-256 {known.sha256}" if known.sha256 else self.say("no_hash")
        told = (self.coded(known.kind), known.title, known.dated, page, hashed)
        return Row(name, " · ".join(filter(None, told)), f"proof-{name}")

    def commitment(self, line: Line) -> Step | None:
        """Say which leaf of the body the line opens."""
        if not line.commitment:
            return None
        row = Row(self.say("leaf", number=line.number), line.commitment)
        return Step("commitment", self.say("step_commitment"), (), (row,))


def _matters(one: Booking, name: str) -> bool:
    """Whether a cell of an account took part in its sum."""
    plain = Fraction(int(name == "multiplier"))
    return name in ("readings", "output", "control_total") or getattr(one, name) != plain


def _sign(*operands: Fraction, product: Fraction) -> str:
    """Return ``=`` where everything is printed as it is, else ``≈``."""
    return "=" if all(is_whole(one) for one in (*operands, product)) else "≈"


def _number(told: str) -> str:
    try:
        return amount(Fraction(told))
    except ValueError:
        return told
