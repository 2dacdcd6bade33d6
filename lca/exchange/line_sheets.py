"""Lines and results: amount x factor by part, then stages, parts and both totals, live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from factors.factor import LUMP, PARTS
from factors.store import FactorSet
from factors.units import unit
from lca.compiled import ALL, ATOMS
from lca.exchange.excel_formula import spelled
from lca.exchange.factor_sheet import FactorCells, source_of
from lca.exchange.input_sheets import origin_text
from lca.exchange.process_sheet import OutputCells
from lca.exchange.sheets import Book, Mark, Ref, Sheet
from lca.figures import figures_of
from lca.footprint import Footprint
from lca.inventory import GATE
from lca.resolve import ATOM_PARTS
from lca.result import APPROACHES, EXCLUDING, HEADLINES, INCLUDING, Figure, Line

_HEADS = (
    "line", "line_name", "stage_number", "stage", "process", "basis", "counts", "gate",
    "amount_per_reference", "burden_share", "runs", "amount_per_unit", "unit", "to_factor_unit",
    "factor",
)  # fmt: skip
_TAIL = (
    "headline_value", "stated", "difference", "origin", "formula", "release", "source", "locator",
    "status", "activity_kind", "evidence",
)  # fmt: skip
_PART = len(_HEADS) + 1
_WIDTHS = {
    1: 28.0, 2: 30.0, 3: 7.0, 4: 17.0, 5: 18.0, 6: 9.0, 7: 8.0, 8: 8.0, 9: 17.0, 10: 13.0,
    11: 17.0, 12: 17.0, 13: 9.0, 14: 13.0, 15: 32.0, **{_PART + n: 17.0 for n in range(len(PARTS))},
    23: 17.0, 24: 22.0, 25: 11.0, 26: 34.0, 27: 44.0, 28: 24.0, 29: 74.0, 30: 60.0, 31: 14.0,
    32: 13.0, 33: 16.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chain:
    """What the lines are calculated from, as cells.

    Attributes
    ----------
    amounts
        Amount per reference amount, by exchange.
    runs
        Runs of each process, by kind of supply.
    kinds
        Kind of supply of each line.
    """

    amounts: Mapping[str, Ref]
    outputs: Mapping[str, OutputCells]
    runs: Mapping[str, Mapping[str, Ref]]
    kinds: Mapping[str, str]
    factors: FactorCells


@dataclass(frozen=True, slots=True)
class LineCells:
    """Columns of the lines as whole ranges, and the cells of the headline value by line."""

    ranges: Mapping[str, str]
    values: Mapping[str, Ref]


def write_lines(
    book: Book, footprint: Footprint, chain: Chain, approach: Ref, factors: FactorSet
) -> LineCells:
    """Write every line of a footprint."""
    sheet = book.sheet("lines", _WIDTHS)
    row = sheet.heading(sheet.say("sheet_lines"), sheet.say("note_lines"), 12)
    parts = [sheet.say(f"part_{part}") for part in PARTS]
    row = sheet.columns(row, [*map(sheet.say, _HEADS), *parts, *map(sheet.say, _TAIL)])
    sheet.finish(_WIDTHS, f"C{row}")
    first = row
    writer = _Lines(sheet, footprint, chain, approach, factors)
    values: dict[str, Ref] = {}
    for line in footprint.lines:
        values[line.id] = writer.write(row, line)
        row += 1
    last = max(first, row - 1)
    columns = {"stage": 3, "basis": 6, "counts": 7, "gate": 8, "value": _PART + len(PARTS)}
    columns |= {part: _PART + n for n, part in enumerate(PARTS)}
    columns |= {"difference": _PART + len(PARTS) + 2}
    ranges = {
        name: f"{Ref(sheet.title, first, column)}:{str(Ref('x', last, column)).split('!')[1]}"
        for name, column in columns.items()
    }
    return LineCells(ranges, values)


@dataclass(frozen=True, slots=True)
class _Lines:
    sheet: Sheet
    footprint: Footprint
    chain: Chain
    approach: Ref
    factors: FactorSet

    def write(self, row: int, line: Line) -> Ref:
        """Write one line; return its headline value."""
        self._words(row, line)
        sheet, exchange = self.sheet, line.exchange
        here = str(Ref(sheet.title, row, 6))
        sheet.formula(row, 7, f'IF(OR({here}="both",{here}={self.approach}),1,0)')
        sheet.number(row, 8, Fraction(int(line.side == "gate")), Mark.CONSTANT)
        kind = self.chain.kinds[line.id]
        amount = sheet.formula(row, 9, self.chain.amounts[exchange.id])
        share = (
            sheet.number(row, 10, Fraction(1), Mark.CONSTANT)
            if kind == ATOMS
            else sheet.formula(row, 10, self.chain.outputs[exchange.process].share)
        )
        runs = sheet.formula(row, 11, self.chain.runs[kind][exchange.process])
        total = sheet.formula(row, 12, f"{amount}*{share}*{runs}", strong=True)
        times = sheet.number(row, 14, self._conversion(line), Mark.CONSTANT)
        self._parts(row, line, kind, f"{total}*{times}")
        return self._value(row, line)

    def _words(self, row: int, line: Line) -> None:
        sheet, exchange = self.sheet, line.exchange
        stages = [stage.id for stage in self.footprint.system.stages]
        name = exchange.name.get(sheet.lang) or exchange.flow or exchange.id
        number = Fraction(stages.index(exchange.stage) + 1)
        sheet.words(row, 1, line.id, bold=True)
        sheet.words(row, 2, name)
        sheet.number(row, 3, number, Mark.CONSTANT)
        sheet.words(row, 4, exchange.stage)
        sheet.words(row, 5, exchange.process)
        sheet.answer(row, 6, exchange.basis, Mark.CONSTANT)
        sheet.words(row, 13, exchange.unit)
        sheet.words(row, 15, line.source)
        factor, tail = line.factor, _PART + len(PARTS) + 3
        ends = (
            origin_text(exchange),
            str(exchange.origin.get("formula", "")),
            factor.release if factor else "",
            source_of(factor, self.factors) if factor else sheet.say("direct"),
            factor.locator if factor else self.footprint.gwp.report,
            str(factor.status) if factor else "",
            exchange.activity_kind,
            ", ".join(exchange.evidence),
        )
        for column, words in enumerate(ends, start=tail):
            sheet.words(row, column, words)

    def _conversion(self, line: Line) -> Fraction:
        """Return units of the factor (kg of a gas) in one unit of the exchange."""
        counting = frozenset(self.footprint.system.units)
        own = unit(line.exchange.unit, counting)
        if line.factor is not None:
            return own.scale / unit(line.factor.unit, counting).scale
        lump = line.exchange.from_flow.endswith(f".{LUMP}")
        return own.scale / unit("kg CO2e" if lump else "kg").scale

    def _parts(self, row: int, line: Line, kind: str, amount: str) -> None:
        """Write amount x factor for each part that this line carries."""
        for column, part in enumerate(PARTS, start=_PART):
            if kind != ALL and (part in ATOM_PARTS) != (kind == ATOMS):
                self.sheet.words(row, column, "")
                continue
            weight = self._weight(line, part)
            if not weight:
                self.sheet.words(row, column, "")
            else:
                self.sheet.formula(row, column, f"{amount}*({weight})")

    def _weight(self, line: Line, part: str) -> str:
        if line.factor is not None:
            cells = self.chain.factors.flows[line.factor.id]
            return "+".join(str(ref) for own, ref in cells if own == part)
        own, _, gas = line.exchange.from_flow.partition(".")
        if own != part:
            return ""
        weight = "1" if gas == LUMP else str(self.chain.factors.gwp.get(gas, ""))
        return f"-{weight}" if own == "biogenic_co2_removal" else weight

    def _value(self, row: int, line: Line) -> Ref:
        wanted = HEADLINES[self.footprint.headline]
        cells = [str(Ref(self.sheet.title, row, _PART + PARTS.index(part))) for part in wanted]
        column = _PART + len(PARTS)
        value = self.sheet.formula(row, column, f"SUM({','.join(cells)})", strong=True)
        printed = line.value(self.footprint.headline)
        stated = self.sheet.number(row, column + 1, printed, Mark.STATED)
        self.sheet.gap(row, column + 2, value, stated)
        return value


# --- result --------------------------------------------------------------------------------------

_RESULT = {1: 34.0, 2: 22.0, 3: 22.0, 4: 16.0, **{5 + n: 18.0 for n in range(len(PARTS))}}


def open_result(book: Book, footprint: Footprint) -> tuple[Sheet, Ref, int]:
    """Open the sheet of results with the electricity approach on top, which lines look at."""
    sheet = book.sheet("result", _RESULT)
    row = sheet.heading(sheet.say("sheet_result"), sheet.say("note_result"), 6)
    sheet.words(row, 1, sheet.say("approach"), bold=True)
    approach = sheet.answer(row, 2, footprint.approach, Mark.GIVEN)
    sheet.note(row, 3, sheet.say("approach_note"), 6)
    sheet.finish(_RESULT)
    return sheet, approach, row + 2


def write_result(sheet: Sheet, row: int, footprint: Footprint, lines: LineCells) -> Ref:
    """Write totals, parts and stages; return the cell that holds the largest relative gap."""
    writer = _Result(sheet, footprint, lines)
    row, gaps = writer.figures(row)
    row, more = writer.electricity(row)
    row, stages = writer.stages(row)
    row = writer.sales_units(row)
    return writer.check(row, [*gaps, *more, *stages])


@dataclass(frozen=True, slots=True)
class _Result:
    sheet: Sheet
    footprint: Footprint
    lines: LineCells

    def figures(self, row: int) -> tuple[int, list[Ref]]:
        """Both totals and the parts of every disclosed figure."""
        sheet, gaps = self.sheet, []
        for name, figure in self.footprint.figures.items():
            row = sheet.section(row, f"{sheet.say('figure_' + name)}  ({self.footprint.unit})")
            row = self._heads(row, "part")
            cells: dict[str, Ref] = {}
            for part in PARTS:
                told = sheet.say(f"part_{part}")
                cells[part], gap = self._row(
                    row, told, self._sum(part, gate=name == GATE), figure.parts[part]
                )
                gaps.append(gap)
                row += 1
            for total in (EXCLUDING, INCLUDING):
                formula = "+".join(str(cells[part]) for part in HEADLINES[total])
                stated = figure.total(total)
                _, gap = self._row(row, sheet.say(total), formula, stated, strong=True)
                gaps.append(gap)
                row += 1
            row += 1
        return row, gaps

    def electricity(self, row: int) -> tuple[int, list[Ref]]:
        """The declared figure under both electricity approaches."""
        sheet, gaps = self.sheet, []
        declared = self.footprint.boundary
        row = sheet.section(row, sheet.say("block_electricity"))
        row = self._heads(row, "total")
        for approach in APPROACHES:
            figure = self._figure(approach)
            for total in (EXCLUDING, INCLUDING):
                formula = "+".join(
                    self._sum(part, gate=declared == GATE, approach=approach)
                    for part in HEADLINES[total]
                )
                told = f"{sheet.say(approach)}, {sheet.say(total)}"
                gaps.append(self._row(row, told, formula, figure.total(total))[1])
                row += 1
        return row + 1, gaps

    def _figure(self, approach: str) -> Figure:
        made = self.footprint
        return figures_of(made.lines, made.boundary, made.rules, approach)[made.boundary]

    def stages(self, row: int) -> tuple[int, list[Ref]]:
        """Stages by part, with the value of the headline."""
        sheet, gaps = self.sheet, []
        row = sheet.section(row, sheet.say("block_stages", headline=sheet.say(self._headline)))
        row = self._heads(row, "stage", [sheet.say(f"part_{part}") for part in PARTS])
        numbers = {stage.id: n for n, stage in enumerate(self.footprint.system.stages, start=1)}
        for stage, counted in self.footprint.stages():
            extra = f",{self.lines.ranges['stage']},{numbers[stage.id]}"
            told = stage.name.get(sheet.lang) or stage.id
            stated = sum((line.value(self._headline) for line in counted), Fraction(0))
            _, gap = self._row(row, told, self._sum("value", extra=extra), stated, strong=True)
            gaps.append(gap)
            for column, part in enumerate(PARTS, start=5):
                sheet.formula(row, column, self._sum(part, extra=extra))
            row += 1
        return row + 1, gaps

    @property
    def _headline(self) -> str:
        return self.footprint.headline

    def sales_units(self, row: int) -> int:
        """The headline per sales unit."""
        sheet, declared = self.sheet, self.footprint.system.declared_unit
        if not declared.get("sales_units"):
            return row
        row = sheet.section(row, sheet.say("block_sales_units"))
        row = sheet.columns(row, [sheet.say("sales_unit"), sheet.say("value"), sheet.say("amount")])
        for item in declared["sales_units"]:
            told = (item.get("name") or {}).get(sheet.lang) or item["id"]
            sheet.words(row, 1, told, bold=True)
            amount = sheet.number(row, 3, Fraction(item["amount"]), Mark.GIVEN)
            per = Fraction(declared["amount"])
            total = self._sum("value", gate=self.footprint.boundary == GATE)
            sheet.formula(row, 2, f"{total}*{amount}/{spelled(per)}", strong=True)
            row += 1
        return row + 1

    def check(self, row: int, gaps: Sequence[Ref]) -> Ref:
        """Write the largest difference relative to the sum of the absolute parts."""
        sheet, ranges = self.sheet, self.lines.ranges
        row = sheet.section(row, sheet.say("block_check"))
        whole = "+".join(f"SUMPRODUCT(ABS({ranges[part]}))" for part in PARTS)
        sheet.words(row, 1, sheet.say("magnitude"))
        magnitude = sheet.formula(row, 2, whole)
        apart = [f"MAX({','.join(f'ABS({gap})' for gap in gaps)})"]
        apart.append(f"SUMPRODUCT(MAX(ABS({ranges['difference']})))")
        sheet.words(row + 1, 1, sheet.say("largest_gap"))
        gap = sheet.formula(
            row + 1, 2, f"IF({magnitude}=0,0,MAX({','.join(apart)})/{magnitude})", strong=True
        )
        sheet.words(row + 2, 1, sheet.say("verdict"), bold=True)
        good, bad = sheet.say("agrees"), sheet.say("differs")
        sheet.formula(row + 2, 2, f'IF({gap}<=1E-9,"{good}","{bad}")', strong=True)
        return gap

    def _heads(self, row: int, first: str, more: Sequence[str] = ()) -> int:
        heads = [self.sheet.say(head) for head in (first, "value", "stated", "difference")]
        return self.sheet.columns(row, [*heads, *more])

    def _row(
        self, row: int, told: str, formula: str, stated: Fraction, *, strong: bool = False
    ) -> tuple[Ref, Ref]:
        self.sheet.words(row, 1, told, bold=strong)
        value = self.sheet.formula(row, 2, formula, strong=strong)
        printed = self.sheet.number(row, 3, stated, Mark.STATED)
        return value, self.sheet.gap(row, 4, value, printed)

    def _sum(self, column: str, *, gate: bool = False, approach: str = "", extra: str = "") -> str:
        """Return the sum of a column over the lines that count."""
        ranges = self.lines.ranges
        side = f",{ranges['gate']},1" if gate else ""
        if not approach:
            return f"SUMIFS({ranges[column]},{ranges['counts']},1{side}{extra})"
        kinds = ("both", approach)
        sums = [f'SUMIFS({ranges[column]},{ranges["basis"]},"{k}"{side}{extra})' for k in kinds]
        return f"({'+'.join(sums)})"
