"""The footprint: a pure function of system file, factors, rule set and software versions.

``compute`` compiles, solves twice, compares, rounds once and adds up. There is no clock, no random
number and no file in it; the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from importlib.metadata import version
from typing import Any

from factors.findings import Finding, blocking, finding
from factors.gwp import GwpSet
from factors.store import FactorSet
from lca import (
    boundary,
    burning,
    engine,
    fuel_amounts,
    grading,
    method_findings,
    oracle,
    provincial,
    quality,
)
from lca.co_pollutants import CoPollutant, co_pollutants
from lca.compiled import FlowRow
from lca.inventory import GATE, ProductSystem, Stage, Text
from lca.lines import gap, lines_of
from lca.record import share_text, spell
from lca.result import APPROACHES, EXCLUDING, Band, Figure, Line, Quality
from lca.result_json import (
    band_json,
    carbon_json,
    declared_unit_json,
    figure_json,
    line_json,
    parts_json,
    product_json,
    quality_json,
    shares_json,
    stage_json,
    totals_json,
)
from lca.ruleset import RuleSet
from lca.runs import refuse_backward
from lca.system import compile_system
from lca.system_write import canonical

SCHEMA = "carbonlabel-footprint/1"


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
        return {**self._subject(), **self._numbers(), **self._account()}

    def _subject(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "product": product_json(self.system),
            "declared_unit": declared_unit_json(self.system),
            "boundary": self.boundary,
            "period": dict(self.system.period),
            "ruleset": {**self.lock["ruleset"], "name": dict(self.rules.name)},
        }

    def _numbers(self) -> dict[str, Any]:
        totals = totals_json(self.declared)
        return {
            "totals": {name: {"value": text, "unit": self.unit} for name, text in totals.items()},
            "headline": self.headline,
            "parts": parts_json(self.declared.parts),
            "figures": {name: figure_json(figure) for name, figure in self.figures.items()},
            "stages": [stage_json(stage, lines, self.headline) for stage, lines in self.stages()],
            "lines": [line_json(line, self.headline) for line in self.lines],
            "electricity": {
                "approach": self.approach,
                **{name: totals_json(self.electricity(name)) for name in APPROACHES},
            },
        }

    def _account(self) -> dict[str, Any]:
        return {
            "gwp": {
                "set": self.gwp.id,
                "shares": shares_json(self.quality[self.boundary].gwp),
                "shares_by_figure": {k: shares_json(v.gwp) for k, v in self.quality.items()},
                "claim": self.gwp_claim,
            },
            "carbon_content": carbon_json(self.system),
            "data_quality": {
                **quality_json(self.strictest),
                "by_figure": {k: quality_json(v) for k, v in self.quality.items()},
            },
            "uncertainty": self._uncertainty(),
            "bands": [band_json(band) for band in self.bands],
            **(
                {"sensitivities": list(map(dict, self.sensitivities))} if self.sensitivities else {}
            ),
            **self._co_pollutants(),
            "omissions": [dict(item) for item in self.system.omissions],
            "exclusions": [dict(text) for text in self._exclusions()],
            "allocation": [dict(p.basis) for p in self.system.processes if p.basis],
            "grade": {
                "value": self.grade,
                "reasons": [reason.to_json() for reason in self.reasons],
            },
            "engines": {
                "of_record": engine.NAME,
                "cross_check": oracle.NAME,
                "relative_gap": f"{self.gap:.1E}",
            },
            "findings": [
                *(dict(item) for item in self.system.findings),
                *(found.to_json() for found in self.findings),
            ],
            "lock": dict(self.lock),
        }

    def _co_pollutants(self) -> dict[str, Any]:
        """Return co-pollutants of the declared figure, where a factor states any."""
        if not any(one.lines for one in self.pollutants):
            return {}
        return {"co_pollutants": {one.name: one.to_json() for one in self.pollutants}}

    def _exclusions(self) -> Iterator[Text]:
        """Yield what the rule set and the file leave out, each text once."""
        seen = []
        for text in (*self.system.exclusions, *self.rules.exclusions):
            if text not in seen:
                seen.append(text)
        yield from seen

    def _uncertainty(self) -> dict[str, str] | None:
        if self.spread is None:
            return None
        return {
            "relative_standard": share_text(Fraction(self.spread)),
            "basis": "first-order; parameter uncertainty only",
            "covers": share_text(self.spread_covers),
        }


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
        Units, factors or gases that do not fit, all of them.
    SolveError
        No unique solution, a loop that takes more than it gives, or engines that differ by more
        than 1e-9.
    """
    gwp, lent = rules.gwp()
    compiled = compile_system(system, factors, gwp)
    solution, check = engine.solve(compiled), oracle.solve(compiled)
    refuse_backward(compiled, solution)
    lines = lines_of(system, compiled, solution, system.boundary)
    apart = gap(compiled, lines, solution, check)
    figures = figures_of(lines, system.boundary, rules)
    log: list[Finding] = [*compiled.remarks, *_lent(lent, compiled.flows)]
    left_out = boundary.omitted(system, figures.values(), log)
    bands = boundary.bands(system, figures, log)
    log.extend(_boundary_findings(system, factors, lines, figures, bands, rules))
    log.extend(
        method_findings.check(
            system,
            figures[system.boundary],
            factors,
            gwp,
            rules,
            measure=partial(measure, factors=factors, rules=rules),
            unit=unit_of(system),
        )
    )
    found = tuple(dict.fromkeys(log))
    pollutants = co_pollutants(figures[system.boundary], system, factors)
    spread, covers = quality.spread_of(figures[system.boundary], gwp)
    return Footprint(
        system=system,
        rules=rules,
        gwp=gwp,
        lines=lines,
        gap=apart,
        quality={
            name: quality.quality(figure, rules.quality.accepted, left_out[name], gwp)
            for name, figure in figures.items()
        },
        spread=spread,
        spread_covers=covers,
        reasons=_reasons(figures, rules, found, system, gwp),
        bands=bands,
        sensitivities=tuple(_sensitivities(system, factors, rules)),
        pollutants=pollutants,
        findings=found,
        lock=_lock(
            system, factors, rules, gwp, _releases(lines, pollutants), software or installed()
        ),
    )


def measure(system: ProductSystem, factors: FactorSet, rules: RuleSet) -> dict[str, Fraction]:
    """Return the figures by boundary and nothing else: for comparing variants of a system."""
    compiled = compile_system(system, factors, rules.gwp()[0])
    lines = lines_of(system, compiled, engine.solve(compiled), system.boundary)
    figures = figures_of(lines, system.boundary, rules)
    return {name: figure.value for name, figure in figures.items()}


def headline_of(of_boundary: str, rules: RuleSet) -> str:
    """Return the total that a figure shows; to the gate biogenic CO2 is always left out."""
    return EXCLUDING if of_boundary == GATE else rules.headline


def figures_of(
    lines: tuple[Line, ...], declared: str, rules: RuleSet, approach: str = ""
) -> dict[str, Figure]:
    """Return the disclosed figures by boundary, under one electricity approach."""
    counted = [line for line in lines if line.counts(approach or rules.electricity)]
    return {
        name: Figure(
            name,
            headline_of(name, rules),
            tuple(line for line in counted if name != GATE or line.side == "gate"),
        )
        for name in dict.fromkeys((GATE, declared))
    }


def unit_of(system: ProductSystem) -> str:
    """Return the unit of every total: kg CO2e per declared unit."""
    declared = system.declared_unit
    many = "" if Fraction(declared["amount"]) == 1 else f"{declared['amount']} "
    return f"kg CO2e/{many}{declared['unit']}"


def installed() -> dict[str, str]:
    """Return the versions of the software that a result rests on."""
    names = ("carbonlabel", "bw2calc", "bw_processing", "numpy", "scipy")
    python = ".".join(map(str, sys.version_info[:3]))
    return {**{name: version(name) for name in names}, "python": python}


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
    for approach in APPROACHES:
        for figure in figures_of(lines, system.boundary, rules, approach).values():
            yield from boundary.check(figure, unit_of(system))
            yield from burning.check(figure, unit_of(system), factors)
            yield from fuel_amounts.check(figure, factors)
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


def _releases(lines: Iterable[Line], pollutants: Iterable[CoPollutant]) -> frozenset[str]:
    """Return the factor releases that the result and what stands beside it rest on."""
    beside = (release for one in pollutants for release in one.releases)
    return frozenset({*(line.factor.release for line in lines if line.factor), *beside})


def _lock(
    system: ProductSystem,
    factors: FactorSet,
    rules: RuleSet,
    gwp: GwpSet,
    used: frozenset[str],
    software: Mapping[str, str],
) -> dict[str, Any]:
    """Return the hashes of everything that the result rests on."""
    releases = [item for item in factors.releases if item.id in used]
    return {
        "model": dict(system.model) if system.model else None,
        "ruleset": {"id": rules.id, "edition": rules.edition, "sha256": rules.sha256},
        "factors": [{"release": item.id, "sha256": item.sha256} for item in releases],
        "factor_set": factors.hash,
        "gwp": gwp.sha256,
        "workbook": dict(system.workbook) if system.workbook else None,
        "system": hashlib.sha256(canonical(system)).hexdigest(),
        "software": dict(software),
    }
