"""Processes: what they give, how co-products share, and how often each one runs, live.

Without loops a process is asked for by the processes that take its output, and its supply is a sum
along that chain. Processes that need each other form a block: with L what one unit of each takes of
the others and e what is asked for from outside, the supply is ``(I - L)^-1 e``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from factors.errors import FindingsError
from factors.findings import finding
from factors.units import unit
from lca import allocation
from lca.compiled import ALL, ATOMS
from lca.exchange.excel_formula import spelled
from lca.exchange.ledger_view import close
from lca.exchange.live import Placed, expression
from lca.exchange.sheets import Book, Mark, Ref, Sheet, Span
from lca.formula import Formula
from lca.inventory import Exchange, Output, Process, ProductSystem
from lca.model_parts import ProductModel

MOST_IN_LOOP = 150
"""Processes in one loop that a spreadsheet inverts with the digits we promise."""

_WIDTHS = {1: 24.0, 2: 22.0, 3: 12.0, 4: 16.0, 5: 9.0, 6: 12.0, 7: 16.0, 8: 16.0, 9: 16.0, 10: 16.0}
_FIRST = 3


@dataclass(frozen=True, slots=True)
class OutputCells:
    """Cells of the outputs of one process.

    Attributes
    ----------
    amounts, carbons
        By flow.
    share
        Share of the burdens that the reference output bears.
    """

    reference: Ref
    amounts: Mapping[str, Ref]
    carbons: Mapping[str, Ref]
    share: Ref


@dataclass(frozen=True, slots=True)
class Outputs:
    """Writes the table of outputs with allocation."""

    sheet: Sheet
    system: ProductSystem
    model: ProductModel | None
    names: Mapping[str, Placed]

    def write(self, row: int) -> tuple[dict[str, OutputCells], int]:
        """Return the cells by process and the next free row."""
        sheet = self.sheet
        row = sheet.section(row, sheet.say("block_outputs"))
        heads = "process flow role amount unit method property weight burden_share carbon_per_unit"
        row = sheet.columns(row, [sheet.say(head) for head in heads.split()])
        found: dict[str, OutputCells] = {}
        for process in self.system.processes:
            found[process.id] = self._process(row, process)
            row += len(process.outputs)
        return found, row + 1

    def _process(self, row: int, process: Process) -> OutputCells:
        bearing = {output.flow for output in allocation.bearing(process)}
        key = allocation.shares(process)
        by = allocation.PROPERTY.get(process.method, "")
        weighed = len(bearing) > 1 and _has(process, by)
        amounts, carbons, weights = {}, {}, {}
        for line, output in enumerate(process.outputs, start=row):
            self._words(line, process, output)
            amounts[output.flow] = self._amount(line, process, output)
            if output.carbon or by == "carbon":
                carbons[output.flow] = self._carbon(line, process, output)
            if weighed and output.flow in bearing:
                each = (
                    self.sheet.formula(line, 7, carbons[output.flow])
                    if by == "carbon"
                    else self._property(line, process, output, by)
                )
                weights[output.flow] = self.sheet.formula(line, 8, f"{amounts[output.flow]}*{each}")
        whole = "+".join(map(str, weights.values()))
        shares = {}
        for line, output in enumerate(process.outputs, start=row):
            if output.flow in weights:
                shares[output.flow] = self.sheet.formula(
                    line, 9, f"{weights[output.flow]}/({whole})", strong=True
                )
            else:
                alone = output.flow in bearing and len(bearing) == 1
                value = key.get(output.flow, Fraction(0))
                mark = Mark.CONSTANT if alone or output.flow not in bearing else Mark.GIVEN
                shares[output.flow] = self.sheet.number(line, 9, value, mark)
        name = process.reference.flow
        return OutputCells(amounts[name], amounts, carbons, shares[name])

    def _words(self, row: int, process: Process, output: Output) -> None:
        method = process.method if len(process.outputs) > 1 else ""
        words = (process.id, output.flow, output.role)
        for column, told in (*enumerate(words, start=1), (5, output.unit), (6, method)):
            self.sheet.words(row, column, told, bold=column == 1)

    def _amount(self, row: int, process: Process, output: Output) -> Ref:
        rule = self._rule(process, output)
        if rule is None:
            mark = Mark.CONSTANT if output.role == "reference" else Mark.GIVEN
            return self.sheet.number(row, 4, output.amount, mark)
        formula, times = rule
        return self._live(row, 4, formula, times, output.amount)

    def _rule(self, process: Process, output: Output) -> tuple[Formula, Fraction] | None:
        """Return the model's formula for a co-product and what turns its value into the amount."""
        if self.model is None or output.role == "reference":
            return None
        for rule in self.model.co_products:
            if rule.process == process.id and rule.flow == output.flow:
                per = self.model.process_rule(process.id)
                return rule.amount, per.unit.scale / rule.unit.scale * per.amount
        return None

    def _property(self, row: int, process: Process, output: Output, by: str) -> Ref:
        value = output.properties[by]
        for formulas, _, scale in self._model_of(process, output):
            if by in formulas:
                return self._live(row, 7, formulas[by], scale, value)
        return self.sheet.number(row, 7, value, Mark.GIVEN)

    def _carbon(self, row: int, process: Process, output: Output) -> Ref:
        for _, formula, scale in self._model_of(process, output):
            if formula is not None:
                return self._live(row, 10, formula, scale / unit("kg").scale, output.carbon)
        return self.sheet.number(row, 10, output.carbon, Mark.GIVEN)

    def _model_of(
        self, process: Process, output: Output
    ) -> list[tuple[Mapping[str, Formula], Formula | None, Fraction]]:
        """Return the model's property formulas, carbon formula and unit of an output."""
        if self.model is None:
            return []
        if output.role == "reference":
            own = self.model.process_rule(process.id)
            return [(own.properties, own.carbon, own.unit.scale)]
        return [
            (rule.properties, rule.carbon, rule.unit.scale)
            for rule in self.model.co_products
            if rule.process == process.id and rule.flow == output.flow
        ]

    def _live(
        self, row: int, column: int, formula: Formula, times: Fraction, value: Fraction
    ) -> Ref:
        """Write a formula of the model where it gives the value, else the value as given."""
        told = expression(formula, self.names, frozenset(self.system.units))
        if told is None or not formula.names or not close(told.value * times, value):
            return self.sheet.number(row, column, value, Mark.GIVEN)
        scaled = told.text if times == 1 else f"({told.text})*{spelled(times)}"
        return self.sheet.formula(row, column, scaled)


def _has(process: Process, by: str) -> bool:
    """Whether the shares of a process follow from a property of its outputs."""
    outputs = allocation.bearing(process)
    if not by or not (by == "carbon" or all(by in output.properties for output in outputs)):
        return False
    sizes = [o.amount * (o.carbon if by == "carbon" else o.properties[by]) for o in outputs]
    return sum(sizes) > 0 and min(sizes) >= 0


# --- supply --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """What one process takes of another: per reference amount, in the supplier's unit."""

    taker: str
    supplier: str
    amount: str


@dataclass(frozen=True, slots=True)
class Supply:
    """Writes how much of every process the declared unit needs, for one kind of flow."""

    sheet: Sheet
    system: ProductSystem
    outputs: Mapping[str, OutputCells]
    links: Sequence[Link]
    kind: str

    def write(self, row: int) -> tuple[dict[str, Ref], int]:
        """Return the runs of each process (supply over reference amount) and the next row."""
        sheet = self.sheet
        blocks = _blocks([process.id for process in self.system.processes], self.links)
        row = sheet.section(row, sheet.say(f"block_supply_{self.kind}"))
        heads = "process demand unit asked_outside supply reference_amount runs"
        row = sheet.columns(row, [sheet.say(head) for head in heads.split()])
        places = {name: row + n for n, name in enumerate(n for block in blocks for n in block)}
        row += len(places) + 1
        runs: dict[str, Ref] = {}
        for block in blocks:
            row = self._block(block, places, runs, row)
        return runs, row

    def _block(
        self, block: Sequence[str], places: Mapping[str, int], runs: dict[str, Ref], row: int
    ) -> int:
        """Write the processes of one block; takers outside it are written already."""
        asked = {name: self._asked(name, block, places[name], runs) for name in block}
        inner = [link for link in self.links if link.taker in block and link.supplier in block]
        supply: Mapping[str, object] = asked
        if inner:
            supply, row = self._loop(block, inner, asked, row)
        for name in block:
            line = places[name]
            total = self.sheet.formula(line, 5, supply[name])
            reference = self.sheet.formula(line, 6, self.outputs[name].reference)
            runs[name] = self.sheet.formula(line, 7, f"{total}/{reference}", strong=True)
        return row

    def _asked(self, name: str, block: Sequence[str], row: int, runs: Mapping[str, Ref]) -> Ref:
        """Write what is asked of a process from outside its block."""
        system, sheet = self.system, self.sheet
        own = next(p.reference.unit for p in system.processes if p.id == name)
        sheet.words(row, 1, name, bold=True)
        sheet.words(row, 3, own)
        terms = []
        if name == system.reference_process:
            counting = frozenset(system.units)
            times = unit(system.reference_unit, counting).scale / unit(own, counting).scale
            demand = sheet.number(row, 2, system.reference_amount * times, Mark.CONSTANT)
            terms.append(str(demand))
        terms += [
            f"{runs[link.taker]}*{self._taken(link)}"
            for link in self.links
            if link.supplier == name and link.taker not in block
        ]
        return sheet.formula(row, 4, "+".join(terms) or "0")

    def _taken(self, link: Link) -> str:
        """Return what a run of the taker takes, after allocation."""
        share = f"*{self.outputs[link.taker].share}" if self.kind != ATOMS else ""
        return f"{link.amount}{share}"

    def _loop(
        self, block: Sequence[str], inner: Sequence[Link], asked: Mapping[str, Ref], row: int
    ) -> tuple[dict[str, object], int]:
        """Write ``I - L`` and its inverse; return the supply of each member."""
        if len(block) > MOST_IN_LOOP:
            raise FindingsError(finding("EXPORT-LOOP", count=len(block), limit=MOST_IN_LOOP))
        sheet, size = self.sheet, len(block)
        row = sheet.section(row, sheet.say("block_loop"))
        sheet.columns(row, [sheet.say("to_below"), "", *block])
        matrix = self._frame(row + 1, block)
        for line, supplier in enumerate(block):
            for column, taker in enumerate(block):
                taken = "".join(
                    f"-{self._taken(link)}/{self.outputs[taker].reference}"
                    for link in inner
                    if link.taker == taker and link.supplier == supplier
                )
                sheet.formula(
                    matrix.first.row + line, _FIRST + column, f"{int(line == column)}{taken}"
                )
        start = matrix.last.row + 2
        sheet.words(start, 1, sheet.say("asked_outside"), bold=True)
        for column, name in enumerate(block):
            sheet.formula(start, _FIRST + column, asked[name])
        wanted = Span(Ref(sheet.title, start, _FIRST), Ref(sheet.title, start, _FIRST + size - 1))
        start = sheet.section(start + 1, sheet.say("block_inverse"))
        inverse = self._frame(start, block)
        sheet.array(start, _FIRST, (size, size), f"MINVERSE({matrix})")
        supply: dict[str, object] = {
            name: f"SUMPRODUCT({_row(inverse, line)},{wanted})" for line, name in enumerate(block)
        }
        return supply, inverse.last.row + 2

    def _frame(self, row: int, names: Sequence[str]) -> Span:
        for line, name in enumerate(names):
            self.sheet.words(row + line, 1, name, bold=True)
        last = Ref(self.sheet.title, row + len(names) - 1, _FIRST + len(names) - 1)
        return Span(Ref(self.sheet.title, row, _FIRST), last)


def _row(span: Span, line: int) -> Span:
    row = span.first.row + line
    return Span(
        Ref(span.first.sheet, row, span.first.column), Ref(span.first.sheet, row, span.last.column)
    )


def _blocks(names: Sequence[str], links: Sequence[Link]) -> list[list[str]]:
    """Return the processes that need each other as blocks, takers before suppliers."""
    place = {name: n for n, name in enumerate(names)}
    ends = ([place[k.taker] for k in links], [place[k.supplier] for k in links])
    graph = csr_array((np.ones(len(links)), ends), shape=(len(names), len(names)))
    count, label = connected_components(graph, connection="strong")
    members: list[list[str]] = [[] for _ in range(count)]
    for name in names:
        members[label[place[name]]].append(name)
    takers: list[set[int]] = [set() for _ in range(count)]
    for link in links:
        takers[label[place[link.supplier]]].add(int(label[place[link.taker]]))
    done: list[int] = []
    left = dict.fromkeys(int(label[place[name]]) for name in names)
    while left:
        ready = [one for one in left if takers[one] <= {*done, one}]
        done.extend(ready)
        for one in ready:
            del left[one]
    return [members[one] for one in done]


def sheet_of(book: Book) -> Sheet:
    """Open the sheet of processes."""
    sheet = book.sheet("processes", _WIDTHS)
    sheet.finish(_WIDTHS)
    return sheet


def links_of(
    exchanges: Sequence[Exchange], amounts: Mapping[str, Ref], system: ProductSystem
) -> list[Link]:
    """Return the links among processes with their cells; a unit is converted by its definition."""
    counting = frozenset(system.units)
    own = {p.id: unit(p.reference.unit, counting) for p in system.processes}
    found = []
    for exchange in exchanges:
        if exchange.from_process:
            times = unit(exchange.unit, counting).scale / own[exchange.from_process].scale
            scaled = "" if times == 1 else f"*{spelled(times)}"
            amount = f"{amounts[exchange.id]}{scaled}"
            found.append(Link(exchange.process, exchange.from_process, amount))
    return found


def kinds(sheets: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds of supply that a system has: one, or burdens and atoms apart."""
    return tuple(dict.fromkeys(sheets)) or (ALL,)
