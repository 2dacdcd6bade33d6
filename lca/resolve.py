"""What an exchange points at: units converted, factors found, gases known - or findings.

The one place of the engine where units and factors are looked at. Nothing is raised here; each
problem is a finding at the cell or key path of the exchange that has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from factors.errors import FactorError, UnitError
from factors.factor import LUMP, EmissionFactor, Flow, fit_for_line
from factors.findings import Finding, Where, finding
from factors.gwp import GwpSet
from factors.store import FactorSet
from factors.units import Unit, unit
from lca.compiled import FlowRow
from lca.inventory import Exchange, ProductSystem

ATOM_PARTS = ("biogenic_co2_emission", "biogenic_co2_removal")
NOT_STATED = "not-stated"
KG, KG_CO2E = unit("kg"), unit("kg CO2e")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The source of an exchange.

    Attributes
    ----------
    scale
        What one unit of the exchange is in the base unit of its dimension.
    flows
        Gases in kg per base unit; empty for a link to a process.
    """

    scale: Fraction
    factor: EmissionFactor | None = None
    flows: tuple[tuple[FlowRow, Fraction], ...] = ()

    @property
    def has_atoms(self) -> bool:
        """Whether biogenic CO2 is among the flows."""
        return any(row.part in ATOM_PARTS for row, _ in self.flows)

    @property
    def takes_up(self) -> bool:
        """Whether uptake of biogenic carbon is among the flows."""
        return any(row.part == "biogenic_co2_removal" for row, _ in self.flows)


def place_of(exchange: Exchange, index: int | None = None) -> Where:
    """Return where an exchange came from: a cell where there is one, and its key path."""
    path = exchange.id if index is None else f"exchanges[{index}]"
    origin = exchange.origin
    for item in (origin, *origin.get("cells", ()), *origin.get("inputs", ())):
        if isinstance(item, Mapping) and item.get("sheet") and item.get("cell"):
            return Where(sheet=str(item["sheet"]), cell=str(item["cell"]), path=path)
    return Where(path=path)


class Resolver:
    """Resolves the exchanges of one system and keeps what is wrong with them in ``log``.

    With a GWP set every flow must be a gas that has a value there. Without one flows are counted
    and no more, and may be the file's own.
    """

    def __init__(self, system: ProductSystem, factors: FactorSet, gwp: GwpSet | None) -> None:
        self.system = system
        self.factors = factors
        self.gwp = gwp
        self.log: list[Finding] = []
        self.own = {factor.id: factor for factor in system.factors}
        self.own_flows = {flow.id: flow for flow in system.flows}
        self.counting = frozenset(system.units)
        self.outputs = {
            process.id: self.unit(process.reference.unit, Where(path=f"processes[{index}].outputs"))
            for index, process in enumerate(system.processes)
        }
        self.known: dict[tuple[str, ...], tuple[Resolved, tuple[Finding, ...]]] = {}

    def check(self, exchange: Exchange, index: int | None = None) -> Resolved:
        """Resolve an exchange and log, at its place, what is wrong with it."""
        resolved, found = self._cached(exchange)
        if found:
            where = place_of(exchange, index)
            self.log.extend(replace(item, where=where) for item in found)
        return resolved

    def resolve(self, exchange: Exchange) -> Resolved:
        """Resolve an exchange that was checked before, or a line made by allocation."""
        return self._cached(exchange)[0]

    def check_reference(self) -> None:
        """Log what is wrong with the reference flow."""
        where = Where(path="reference")
        theirs = self.outputs.get(self.system.reference_process)
        if theirs is None:
            self.log.append(finding("SYSTEM-LINK", where, id=self.system.reference_process))
            return
        mine = self.unit(self.system.reference_unit, where)
        if mine.dimension != theirs.dimension:
            self.log.append(_mismatch(mine, theirs, self.system.reference_process, where))

    def unit(self, text: str, where: Where = Where()) -> Unit:
        """Return a unit, kg after a finding."""
        try:
            return unit(text, self.counting, where=where)
        except UnitError as error:
            self.log.extend(error.findings)
            return KG

    def _cached(self, exchange: Exchange) -> tuple[Resolved, tuple[Finding, ...]]:
        """Return what exchanges of this unit and source resolve to, and what is wrong with it."""
        source = (exchange.from_process, exchange.from_factor, exchange.from_flow)
        key = (exchange.unit, *source)
        if key not in self.known:
            outer, self.log = self.log, []
            resolved = self._resolve(exchange)
            self.known[key] = resolved, tuple(self.log)
            self.log = outer
        return self.known[key]

    def _resolve(self, exchange: Exchange) -> Resolved:
        if exchange.from_process:
            theirs = self.outputs.get(exchange.from_process)
            if theirs is None:
                self.log.append(finding("SYSTEM-LINK", id=exchange.from_process))
            return Resolved(self._scale(exchange.unit, theirs, exchange.from_process))
        if exchange.from_flow:
            return self._direct(exchange)
        return self._from_factor(exchange)

    def _direct(self, exchange: Exchange) -> Resolved:
        """Resolve a direct emission or removal; a removal is subtracted by its part."""
        if exchange.from_flow in self.own_flows:
            return self._own_flow(exchange)
        part, _, gas = exchange.from_flow.partition(".")
        scale = self._scale(exchange.unit, KG_CO2E if gas == LUMP else KG, exchange.from_flow)
        sign = Fraction(-1 if part == "biogenic_co2_removal" else 1)
        return Resolved(scale, None, self._rows([(Flow(part, gas), sign)], NOT_STATED))

    def _own_flow(self, exchange: Exchange) -> Resolved:
        """Resolve an elementary flow that the file declares for itself."""
        flow = self.own_flows[exchange.from_flow]
        if self.gwp is not None:
            self.log.append(finding("FOOTPRINT-OWN-FLOW", flow=flow.id))
        scale = self._scale(exchange.unit, self.unit(flow.unit), flow.id)
        return Resolved(scale, None, ((FlowRow("own", flow.id, NOT_STATED), Fraction(1)),))

    def _from_factor(self, exchange: Exchange) -> Resolved:
        factor = self._factor(exchange.from_factor)
        if factor is None:
            return Resolved(Fraction(1))
        self.log.extend(fit_for_line(factor))
        theirs = self.unit(factor.unit)
        scale = self._scale(exchange.unit, theirs, factor.id)
        values = [(flow, amount / theirs.scale) for flow, amount in factor.values]
        return Resolved(scale, factor, self._rows(values, factor.gwp_set))

    def _factor(self, name: str) -> EmissionFactor | None:
        if name in self.own:
            return self.own[name]
        try:
            return self.factors.get(name)
        except FactorError as error:
            self.log.extend(error.findings)
            return None

    def _rows(
        self, values: Iterable[tuple[Flow, Fraction]], lump_basis: str
    ) -> tuple[tuple[FlowRow, Fraction], ...]:
        """Return the biosphere rows of some flows; every gas must have a GWP."""
        return tuple(
            (FlowRow(flow.part, flow.gas, self._basis(flow.gas, lump_basis)), amount)
            for flow, amount in values
        )

    def _basis(self, gas: str, lump_basis: str) -> str:
        """Return the GWP basis of a gas."""
        if gas == LUMP or self.gwp is None:
            return lump_basis if gas == LUMP else NOT_STATED
        try:
            self.gwp.value(gas)
        except FactorError as error:
            self.log.extend(error.findings)
        return self.gwp.basis(gas)

    def _scale(self, text: str, theirs: Unit | None, source: str) -> Fraction:
        """Return the scale of a unit that must have the dimension of its source."""
        before = len(self.log)
        mine = self.unit(text)
        if theirs is not None and len(self.log) == before and mine.dimension != theirs.dimension:
            self.log.append(_mismatch(mine, theirs, source))
        return mine.scale


def _mismatch(mine: Unit, theirs: Unit, source: str, where: Where = Where()) -> Finding:
    return finding("SYSTEM-UNIT", where, unit=mine, source=source, expected=theirs)
