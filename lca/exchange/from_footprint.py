"""From a footprint to its network: what a compiled system is, in nodes and arcs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from factors.errors import SolveError
from factors.factor import LUMP, EmissionFactor
from factors.findings import finding
from factors.gwp import GwpSet
from factors.store import FactorSet
from factors.texts import LANGS
from factors.units import unit
from lca.compiled import ALL, ATOMS, Column, Compiled, CompiledLine, FlowRow
from lca.exchange.network import KG, PRODUCT, Arc, Network, Node, Text
from lca.footprint import Footprint
from lca.inventory import Process
from lca.lines import GAP_LIMIT
from lca.resolve import ATOM_PARTS
from lca.result import HEADLINES
from lca.result_json import bilingual
from lca.system import compile_system
from lca.uncertainty.figure import multiplier


def network(footprint: Footprint, factors: FactorSet) -> Network:
    """Return a footprint as a network.

    Raises
    ------
    SolveError
        ENGINE-DISAGREE, when the totals of the network are not those of record to 1e-9 of the sum
        of absolute atoms.
    """
    maker = _Maker(footprint, compile_system(footprint.system, factors, footprint.gwp))
    made = maker.network()
    size = size_of(footprint)
    found = made.scores()
    apart = max(abs(found[total] - value) for total, value in made.figures.items()) / size
    if not apart <= GAP_LIMIT:
        told = {"gap": f"{apart:.1E}", "view": "export", "limit": f"{GAP_LIMIT:.0E}"}
        raise SolveError(finding("ENGINE-DISAGREE", **told))
    return made


def size_of(footprint: Footprint) -> float:
    """Return what every gap is relative to: the sum of the absolute atoms of all lines."""
    lines = footprint.declared.lines
    return float(sum(abs(value) for one in lines for value in one.parts.values())) or 1.0


@dataclass(frozen=True, slots=True)
class _Maker:
    """Lays a compiled system out as nodes and arcs."""

    footprint: Footprint
    compiled: Compiled
    processes: Mapping[str, Process] = field(init=False)
    units: Mapping[str, Fraction] = field(init=False)

    def __post_init__(self) -> None:
        system = self.footprint.system
        counting = frozenset(system.units)
        found = {process.id: process for process in system.processes}
        scales = {name: unit(one.reference.unit, counting).scale for name, one in found.items()}
        object.__setattr__(self, "processes", found)
        object.__setattr__(self, "units", scales)

    @property
    def gwp(self) -> GwpSet:
        return self.footprint.gwp

    def network(self) -> Network:
        lines = self._lines()
        factors = list(self._factors(lines))
        arcs = [*self._demand(), *self._links(), *map(self._line, lines)]
        gases = [arc for factor, sheet in factors for arc in self._gases(factor, sheet)]
        used = {arc.supplier for arc in (*arcs, *gases)}
        flows = [flow for flow in self.compiled.flows if _flow_code(flow) in used]
        nodes = [
            self._product(),
            *self._processes(),
            *(self._factor(factor, sheet) for factor, sheet in factors),
            *map(_flow, flows),
        ]
        return Network(
            id=str(self.footprint.system.product["id"]),
            nodes=tuple(nodes),
            arcs=tuple(arcs + gases),
            weights={total: self._weights(flows, parts) for total, parts in HEADLINES.items()},
            figures={total: float(self.footprint.declared.total(total)) for total in HEADLINES},
            gwp=self.gwp.id,
        )

    def _lines(self) -> list[CompiledLine]:
        """Return the lines of the declared figure."""
        counted = {line.id for line in self.footprint.declared.lines}
        return [line for line in self.compiled.lines if line.id in counted]

    def _scale(self, column: Column) -> float:
        """Return how many runs of a column make one reference unit."""
        return float(self.units[column.id])

    def _name(self, column: Column) -> Text:
        sheet = "" if column.sheet == ALL else f" | {column.sheet}"
        name = bilingual(self.processes[column.id].name, column.id)
        return {lang: f"{name[lang]}{sheet}" for lang in LANGS}

    def _unit(self, symbol: str) -> Fraction:
        return unit(symbol, frozenset(self.footprint.system.units)).scale

    # --- nodes ------------------------------------------------------------------------------------

    def _product(self) -> Node:
        system = self.footprint.system
        declared = system.declared_unit
        per = f"{declared['amount']} {declared['unit']}"
        name, unit_name = (
            bilingual(system.product.get("name"), system.product["id"]),
            bilingual(declared.get("name"), per),
        )
        return Node(
            PRODUCT,
            PRODUCT,
            {lang: f"{name[lang]}, {unit_name[lang]}" for lang in LANGS},
            "unit",
            facts={
                "declared_unit": per,
                "boundary": self.footprint.boundary,
                "ruleset": f"{self.footprint.rules.id} {self.footprint.rules.edition}",
                "gwp_set": self.gwp.id,
                "system_sha256": str(self.footprint.lock["system"]),
            },
        )

    def _processes(self) -> Iterator[Node]:
        """Yield the processes of every sheet; what one takes of itself is off its output."""
        tech = self.compiled.technosphere
        on = tech.rows == tech.cols
        outputs = dict(zip(tech.rows[on].tolist(), tech.values[on].tolist(), strict=True))
        for place, column in enumerate(self.compiled.columns):
            if column.kind != "process":
                continue
            process = self.processes[column.id]
            sheet = "" if column.sheet == ALL else column.sheet
            yield Node(
                _process_code(column),
                "process",
                self._name(column),
                process.reference.unit,
                output=outputs[place],
                place=process.place,
                facts=_told(product=process.reference.flow, year=process.year, sheet=sheet),
            )

    def _factor(self, factor: EmissionFactor, sheet: str) -> Node:
        kind = "" if sheet == ALL else f" | {sheet}"
        return Node(
            _factor_code(factor, sheet),
            "factor",
            {"zh": f"{factor.activity_zh}{kind}", "en": f"{factor.activity_en}{kind}"},
            factor.unit,
            place=factor.place,
            facts=_told(
                factor=factor.reference,
                boundary=factor.boundary,
                status=factor.status,
                source_class=factor.source_class,
                gwp_basis=factor.gwp_set,
                locator=factor.locator,
            ),
            private=factor.private,
        )

    def _factors(self, lines: list[CompiledLine]) -> Iterator[tuple[EmissionFactor, str]]:
        """Yield the factors of some lines, each once per sheet."""
        seen: set[tuple[str, str]] = set()
        for line in lines:
            sheet = self.compiled.columns[line.column].sheet
            if line.factor is not None and (line.factor.id, sheet) not in seen:
                seen.add((line.factor.id, sheet))
                yield line.factor, sheet

    # --- arcs -------------------------------------------------------------------------------------

    def _demand(self) -> Iterator[Arc]:
        for row, amount in self.compiled.demand:
            column = self.compiled.columns[row]
            scaled = amount / self._scale(column)
            yield Arc(PRODUCT, _process_code(column), scaled, self._name(column))

    def _links(self) -> Iterator[Arc]:
        """Yield what processes take of each other."""
        columns, tech = self.compiled.columns, self.compiled.technosphere
        places = zip(tech.rows.tolist(), tech.cols.tolist(), tech.values.tolist(), strict=True)
        for row, col, value in places:
            supplier, taker = columns[row], columns[col]
            if row == col or supplier.kind != "process" or not value:
                continue
            amount = -value * self._scale(taker) / self._scale(supplier)
            codes = _process_code(taker), _process_code(supplier)
            yield Arc(*codes, amount, self._name(supplier))

    def _line(self, line: CompiledLine) -> Arc:
        """Return an inventory line as what its process takes of a factor, or gives off."""
        exchange = line.exchange
        sheet = self.compiled.columns[line.column].sheet
        taker = Column("process", exchange.process, sheet)
        amount = line.amount * self.units[exchange.process]
        if line.factor is not None:
            supplier, per = _factor_code(line.factor, sheet), self._unit(line.factor.unit)
        else:
            supplier, per, amount = self._given_off(line, amount)
        scaled = amount * self._unit(exchange.unit) / per
        return Arc(
            _process_code(taker),
            supplier,
            float(scaled),
            bilingual(exchange.name, exchange.flow or exchange.id),
            facts=_line_facts(line),
        )

    def _given_off(self, line: CompiledLine, amount: Fraction) -> tuple[str, Fraction, Fraction]:
        """Return the flow of a direct emission, its unit, and its amount with its sign."""
        places = self.compiled.biosphere
        flow = self.compiled.flows[int(places.rows[places.cols == line.column][0])]
        sign = -1 if flow.part == "biogenic_co2_removal" else 1
        return _flow_code(flow), self._unit("kg CO2e" if flow.gas == LUMP else KG), sign * amount

    def _gases(self, factor: EmissionFactor, sheet: str) -> Iterator[Arc]:
        """Yield what one unit of a factor gives off."""
        spread = multiplier(factor, self.gwp)
        for flow, amount in factor.values:
            if sheet != ALL and (flow.part in ATOM_PARTS) != (sheet == ATOMS):
                continue
            basis = factor.gwp_set if flow.gas == LUMP else self.gwp.basis(flow.gas)
            row = FlowRow(flow.part, flow.gas, basis)
            name = _flow(row).name
            yield Arc(_factor_code(factor, sheet), _flow_code(row), float(amount), name, spread)

    def _weights(self, flows: list[FlowRow], parts: tuple[str, ...]) -> dict[str, float]:
        rows = {flow: index for index, flow in enumerate(self.compiled.flows)}
        return {
            _flow_code(flow): float(self.compiled.characterisation[rows[flow]])
            if flow.part in parts
            else 0.0
            for flow in flows
        }


def _process_code(column: Column) -> str:
    sheet = "" if column.sheet == ALL else f"@{column.sheet}"
    return f"process:{column.id}{sheet}"


def _factor_code(factor: EmissionFactor, sheet: str) -> str:
    return f"factor:{factor.id}" + ("" if sheet == ALL else f"@{sheet}")


def _flow_code(flow: FlowRow) -> str:
    return f"flow:{flow}"


def _flow(flow: FlowRow) -> Node:
    name = f"{flow.gas}, {flow.part} ({flow.basis})"
    facts = _told(part=flow.part, gas=flow.gas, gwp_basis=flow.basis)
    return Node(_flow_code(flow), "flow", {"zh": name, "en": name}, KG, facts=facts)


def _line_facts(line: CompiledLine) -> dict[str, str]:
    """Return what else is known of a line, as texts."""
    exchange = line.exchange
    origin = exchange.origin
    cells = (
        f"{one.get('sheet')}!{one.get('cell')}"
        for one in origin.get("cells", ())
        if isinstance(one, Mapping)
    )
    return _told(
        line=line.id,
        stage=exchange.stage,
        basis=exchange.basis,
        activity_kind=exchange.activity_kind,
        factor_kind=exchange.factor_kind if line.factor else "",
        place=exchange.place,
        year=exchange.year,
        formula=str(origin.get("formula", "")),
        cells=", ".join(cells),
        evidence=", ".join(exchange.evidence),
    )


def _told(**facts: str) -> dict[str, str]:
    """Return the texts that say something."""
    return {name: str(value) for name, value in facts.items() if value}
