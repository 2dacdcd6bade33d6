"""The footprint: a pure function of system file, factors, rule set and software versions.

``compute`` compiles, solves twice, compares, rounds once and adds up. There is no clock, no random
number and no file in it; the same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from factors.findings import Finding, blocking, finding
from factors.gwp import GwpSet
from factors.store import FactorSet
from lca import (
    boundary,
    burning,
    demand,
    engine,
    fuel_amounts,
    grading,
    method_findings,
    oracle,
    provincial,
    quality,
    sides,
)
from lca.co_pollutants import CoPollutant, co_pollutants
from lca.compiled import Compiled, FlowRow, Solution
from lca.family_file import outside
from lca.figures import figures_of, headline_of, unit_of
from lca.footprint_json import document
from lca.fuel_links import supplies
from lca.inventory import GATE, ProductSystem, Stage
from lca.lines import gap, lines_of
from lca.record import spell
from lca.result import APPROACHES, Band, Figure, Line, Quality
from lca.result_lock import installed, lock, releases
from lca.ruleset import RuleSet
from lca.runs import refuse_backward
from lca.system import compile_system


@dataclass(frozen=True, slots=True)
class Footprint:
    """The footprint of one product system under one rule set.

    Attributes
    ----------
    boundary
        Declared boundary; a figure to the gate is always there as well.
    headline, approach
        The total and the electricity result that the declared figure shows.
    lines
        All lines inside the boundary, both electricity results included.
    gap
        Largest relative difference between the engines, and of each from the numbers of record.
    spread, spread_covers
        First-order relative standard uncertainty of the declared figure, None when unknown, and
        the share of the figure whose factors state a spread.
    reasons
        What keeps the grade at screening.
    sensitivities
        Figures under another choice, shown beside the result and never in it.
    pollutants
        Co-pollutants of the declared figure, beside it and never in it.
    """

    system: ProductSystem
    rules: RuleSet
    gwp: GwpSet
    lines: tuple[Line, ...]
    gap: float
    quality: Mapping[str, Quality]
    spread: float | None
    spread_covers: Fraction
    reasons: tuple[Finding, ...]
    bands: tuple[Band, ...]
    sensitivities: tuple[Mapping[str, str], ...]
    pollutants: tuple[CoPollutant, ...]
    findings: tuple[Finding, ...]
    lock: Mapping[str, Any]

    @property
    def boundary(self) -> str:
        """The declared boundary."""
        return self.system.boundary

    @property
    def headline(self) -> str:
        """The total of the declared figure."""
        return headline_of(self.boundary, self.rules)

    @property
    def approach(self) -> str:
        """The electricity result that counts."""
        return self.rules.electricity

    @property
    def figures(self) -> dict[str, Figure]:
        """Disclosed figures by boundary; cradle-to-gate always."""
        return figures_of(self.lines, self.boundary, self.rules)

    @property
    def declared(self) -> Figure:
        """The figure of the declared boundary."""
        return self.figures[self.boundary]

    @property
    def unit(self) -> str:
        """Unit of every total."""
        return unit_of(self.system)

    @property
    def strictest(self) -> Quality:
        """The least favourable quality shares over the disclosed figures."""
        return quality.strictest(self.quality.values())

    @property
    def grade(self) -> str:
        """``certifiable`` when nothing speaks against it, else ``screening``."""
        return grading.SCREENING if self.reasons else grading.CERTIFIABLE

    @property
    def gwp_claim(self) -> str:
        """What a document may say about the GWP set."""
        floor = self.rules.quality.ar6_share
        return quality.gwp_claim(self.quality.values(), self.gwp, floor)

    def stages(self) -> Iterator[tuple[Stage, tuple[Line, ...]]]:
        """Yield the stages inside the boundary with the lines that count there."""
        counted = self.declared.lines
        for stage in self.system.stages:
            if self.boundary != GATE or stage.side == "gate":
                yield stage, tuple(line for line in counted if line.exchange.stage == stage.id)

    def electricity(self, approach: str) -> Figure:
        """Return the declared figure under an electricity approach."""
        return figures_of(self.lines, self.boundary, self.rules, approach)[self.boundary]

    def to_json(self) -> dict[str, Any]:
        """Return the document ``carbonlabel-footprint/1``."""
        return document(self)


def compute(
    system: ProductSystem,
    factors: FactorSet,
    rules: RuleSet,
    *,
    software: Mapping[str, str] | None = None,
) -> Footprint:
    """Compute a footprint.

    Parameters
    ----------
    system
        A product system, as :func:`lca.system_file.read` gives it.
    factors
        The factor library, with an overlay where there is one.
    rules
        The rule set: GWP set, headline, electricity approach, floors.
    software
        Versions for the lock; those of the running installation by default.

    Raises
    ------
    FindingsError
        Units, factors or gases that do not fit, all of them; a boundary the rule set does not know.
    SolveError
        No unique solution, a loop that takes more than it gives, or engines that differ by more
        than 1e-9.
    """
    rules.require_boundary(system.boundary)
    gwp, lent = rules.gwp()
    compiled = compile_system(system, factors, gwp)
    solution, lines, apart = _solved(system, compiled)
    figures = figures_of(lines, system.boundary, rules)
    declared = figures[system.boundary]
    log: list[Finding] = [*compiled.remarks, *_lent(lent, compiled.flows)]
    left_out = boundary.omitted(system, figures.values(), log)
    bands = boundary.bands(system, figures, log)
    log.extend(_boundary_findings(system, factors, lines, figures, bands, rules))
    variants = partial(measure, factors=factors, rules=rules)
    log.extend(method_findings.check(system, declared, factors, gwp, rules, variants))
    log.extend(outside(system.family, figures[GATE].value))
    found = tuple(dict.fromkeys(log))
    pollutants = co_pollutants(declared, system, factors)
    passed = demand.passed_on(system, compiled, solution, factors, gwp)
    spread, covers = quality.spread_of(declared, gwp)
    return Footprint(
        system=system,
        rules=rules,
        gwp=gwp,
        lines=lines,
        gap=apart,
        quality={
            name: quality.quality(figure, rules.quality.accepted, left_out[name], gwp, passed)
            for name, figure in figures.items()
        },
        spread=spread,
        spread_covers=covers,
        reasons=_reasons(figures, rules, found, system, gwp),
        bands=bands,
        sensitivities=tuple(_sensitivities(system, factors, rules)),
        pollutants=pollutants,
        findings=found,
        lock=lock(
            system, factors, rules, gwp, releases(lines, pollutants), software or installed()
        ),
    )


def measure(system: ProductSystem, factors: FactorSet, rules: RuleSet) -> dict[str, Fraction]:
    """Return the figures by boundary and nothing else: for comparing variants of a system."""
    compiled = compile_system(system, factors, rules.gwp()[0])
    lines = lines_of(system, compiled, engine.solve(compiled), system.boundary)
    figures = figures_of(lines, system.boundary, rules)
    return {name: figure.value for name, figure in figures.items()}


def _solved(system: ProductSystem, compiled: Compiled) -> tuple[Solution, tuple[Line, ...], float]:
    """Solve by both engines: the solution of record, its lines, and how far the engines differ."""
    solution, check = engine.solve(compiled), oracle.solve(compiled)
    refuse_backward(compiled, solution)
    lines = lines_of(system, compiled, solution, system.boundary)
    return solution, lines, gap(compiled, lines, solution, check)


def _lent(lent: Iterable[Finding], flows: Iterable[FlowRow]) -> Iterator[Finding]:
    """Yield what was said of the lent GWP values that this system takes."""
    gases = {row.gas for row in flows}
    return (found for found in lent if dict(found.params)["gas"] in gases)


def _sensitivities(
    system: ProductSystem, factors: FactorSet, rules: RuleSet
) -> Iterator[dict[str, str]]:
    """Yield the figures of every variant that has to be shown, computed by the same path."""
    for variant in provincial.variants(system, factors, rules):
        figures = compute(variant.system, factors, rules).figures
        for name, figure in figures.items():
            yield {"id": variant.id, **variant.text, "figure": name, "value": spell(figure.value)}


def _boundary_findings(
    system: ProductSystem,
    factors: FactorSet,
    lines: tuple[Line, ...],
    figures: Mapping[str, Figure],
    bands: tuple[Band, ...],
    rules: RuleSet,
) -> Iterator[Finding]:
    """Yield boundary algebra of every figure under both electricity results, cut-off and bands."""
    supplied = supplies(system, factors)
    for approach in APPROACHES:
        for figure in figures_of(lines, system.boundary, rules, approach).values():
            yield from boundary.check(figure, unit_of(system), supplied)
            yield from burning.check(figure, unit_of(system), factors)
            yield from fuel_amounts.check(figure, factors, supplied)
    if astride := sides.astride(system):
        yield finding("BOUNDARY-SIDES", processes=", ".join(astride))
    limits = rules.cut_off
    yield from boundary.cut_off(system, figures.values(), limits.single, limits.total)
    yield from boundary.outside(bands, figures, unit_of(system))


def _reasons(
    figures: Mapping[str, Figure],
    rules: RuleSet,
    found: tuple[Finding, ...],
    system: ProductSystem,
    gwp: GwpSet,
) -> tuple[Finding, ...]:
    """Return why the result is a screening, if it is."""
    carried = sum(item.get("severity") == "error" for item in system.findings)
    errors = len(blocking(found)) + carried
    mend = (finding("GRADE-FINDINGS", count=errors),) if errors else ()
    return (*grading.reasons(figures.values(), rules.quality, gwp), *mend)
