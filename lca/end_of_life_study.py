"""The same inventory under every end-of-life method, side by side, with an exact bridge.

A block of the system says which lines of the figure are a material's production and end of life,
and how it is recycled. Under a method, the figure is what it is, less those lines, plus what the
method makes of the material. The bridge from the certified figure has one step per material that
restates its lines by the certified method, and one per term that the other method moves; it leaves
no remainder. All of it is sensitivity: the rule set's method makes the certified figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from factors.errors import FactorError, FindingsError, UnitError
from factors.factor import PARTS, EmissionFactor, fit_for_line
from factors.findings import Finding, Where, blocking, finding
from factors.gwp import GwpSet
from factors.store import FactorSet
from factors.units import Unit, unit
from lca import end_of_life
from lca.end_of_life import CIRCULAR, METHODS, Material, Outcome, bridge, outcome
from lca.end_of_life_file import ENERGY
from lca.inventory import GRAVE, EndOfLife, ProductSystem
from lca.record import exponent_of, rounded, spell
from lca.result import HEADLINES, ZERO, Figure
from lca.ruleset import RuleSet

SCHEMA = "carbonlabel-end-of-life/1"
RESTATED = "restatement"


@dataclass(frozen=True, slots=True)
class Compared:
    """One material: what its lines count in the figure, and what each method makes of it."""

    block: EndOfLife
    counted: Fraction
    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a bridge: a term of a material, or the restatement of its lines."""

    material: str
    term: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Study:
    """A figure under all methods; all values are numbers of record."""

    figure: Figure
    unit: str
    method: str
    materials: tuple[Compared, ...]

    def steps(self, method: str) -> tuple[Step, ...]:
        """Return the bridge from the certified figure to the figure under a method."""
        found = []
        for one in self.materials:
            mine = one.outcomes[self.method]
            found.append(Step(one.block.material, RESTATED, mine.value - one.counted))
            moved = bridge(mine, one.outcomes[method])
            found += [Step(one.block.material, term, value) for term, value in moved.items()]
        return tuple(step for step in found if step.value)

    def value(self, method: str) -> Fraction:
        """Return the figure under a method."""
        return self.figure.value + sum((step.value for step in self.steps(method)), ZERO)

    def apart(self, method: str) -> Fraction:
        """Return what a method shows beside the figure, never in it."""
        values = (sum(one.outcomes[method].apart.values(), ZERO) for one in self.materials)
        return sum(values, ZERO)

    def to_json(self) -> dict[str, Any]:
        """Return the document ``carbonlabel-end-of-life/1``."""
        return {
            "schema": SCHEMA,
            "use": "sensitivity",
            "figure": self.figure.boundary,
            "unit": self.unit,
            "certified": {"method": self.method, "value": spell(self.figure.value)},
            "methods": {method: self._method_json(method) for method in METHODS},
            "materials": [_material_json(one) for one in self.materials],
        }

    def _method_json(self, method: str) -> dict[str, Any]:
        return {
            "value": spell(self.value(method)),
            "apart": spell(self.apart(method)),
            "bridge": [
                {"material": step.material, "term": step.term, "value": spell(step.value)}
                for step in self.steps(method)
            ],
        }


def method_of(rules: RuleSet) -> str:
    """Return the method that makes the certified figure under a rule set."""
    chosen = rules.allocation
    if chosen.end_of_life == CIRCULAR:
        return CIRCULAR
    return f"{chosen.end_of_life}/{chosen.energy_recovery}"


def study(
    system: ProductSystem,
    figure: Figure,
    factors: FactorSet,
    gwp: GwpSet,
    rules: RuleSet,
    unit_text: str,
) -> Study:
    """Return a cradle-to-grave figure under all methods.

    A figure to the gate has no end of life: it comes back without materials.

    Raises
    ------
    FindingsError
        Parameters out of range, factors or lines that are missing or do not fit; all of them.
    """
    log: list[Finding] = []
    given = system.end_of_life if figure.boundary == GRAVE else ()
    reader = _Factors(system, factors, gwp, figure.headline, log)
    raw = [(block, _counted(block, figure), reader.material(block)) for block in given]
    log.extend(_lines_twice(given))
    if blocking(log):
        raise FindingsError.of(blocking(log))
    exponent, method = _exponent(figure, raw), method_of(rules)
    made = (
        Compared(block, counted, {name: _outcome(block, m, name, exponent) for name in METHODS})
        for block, counted, m in raw
    )
    return Study(figure, unit_text, method, tuple(_settled(one, method, exponent) for one in made))


def check(
    system: ProductSystem,
    figure: Figure,
    factors: FactorSet,
    gwp: GwpSet,
    rules: RuleSet,
    unit_text: str,
) -> Iterator[Finding]:
    """Yield what is wrong with the blocks, and lines that do not follow the rule set's method."""
    method = method_of(rules)
    if method == CIRCULAR and figure.boundary == GRAVE and not system.end_of_life:
        yield finding("EOL-NOT-STATED", method=method)
    try:
        made = study(system, figure, factors, gwp, rules, unit_text)
    except FindingsError as refusal:
        yield from refusal.findings
        return
    limit = rules.cut_off.single
    for one in made.materials:
        yield from _range(one.block)
        value = one.outcomes[method].value
        if abs(value - one.counted) > limit * figure.magnitude:
            shown = {"counted": f"{float(one.counted):.4g}", "value": f"{float(value):.4g}"}
            yield finding(
                "EOL-METHOD" if method == CIRCULAR else "EOL-DIFFERS",
                _where(one.block),
                material=one.block.material,
                method=method,
                unit=unit_text,
                limit=f"{float(limit):.0%}",
                **shown,
            )


class _Factors:
    """Turns the factors of a block into kg CO2e per unit of its material."""

    def __init__(
        self,
        system: ProductSystem,
        factors: FactorSet,
        gwp: GwpSet,
        headline: str,
        log: list[Finding],
    ) -> None:
        self.own = {factor.id: factor for factor in system.factors}
        self.counting = frozenset(system.units)
        self.factors, self.gwp, self.headline, self.log = factors, gwp, headline, log

    def material(self, block: EndOfLife) -> Material:
        """Return the material of a block; what is wrong with it is logged."""
        given = block.parameters
        self.log.extend(blocking(_range(block)))
        self.log.extend(_missing(block))
        per = self._unit(block.unit, block)
        kg = {
            name: self._value(block, name, per)
            for name in ("virgin", "recycled", "recycling", "recovery", "disposal")
        }
        replaced = "virgin_replaced" if "virgin_replaced" in block.factors else "virgin"
        energy = sum((self._energy(block, name) for name in ENERGY), ZERO)
        named = {name: given[name] for name in given if name not in ENERGY}
        return Material(
            **{**named, **kg},
            virgin_replaced=self._value(block, replaced, per),
            energy_replaced=energy,
        )

    def _energy(self, block: EndOfLife, name: str) -> Fraction:
        amount = block.parameters.get(name, ZERO)
        return amount * self._value(block, name, unit(ENERGY[name])) if amount else ZERO

    def _value(self, block: EndOfLife, name: str, per: Unit) -> Fraction:
        """Return kg CO2e per one ``per`` of a factor, 0 when the block names none."""
        row = block.factors.get(name)
        if not row:
            return ZERO
        try:
            factor = self.own[row] if row in self.own else self.factors.get(row)
            parts = factor.co2e(self.gwp.values)
            self.log.extend(_unfit(factor, _where(block)))
            scale = per.factor_to(unit(factor.unit, self.counting))
        except (FactorError, UnitError) as refusal:
            self.log.extend(_placed(refusal.findings, block))
            return ZERO
        return scale * sum((parts.get(part, ZERO) for part in HEADLINES[self.headline]), ZERO)

    def _unit(self, text: str, block: EndOfLife) -> Unit:
        try:
            return unit(text, self.counting)
        except UnitError as refusal:
            self.log.extend(_placed(refusal.findings, block))
            return unit("kg")


def _range(block: EndOfLife) -> tuple[Finding, ...]:
    named = {name: block.parameters[name] for name in block.parameters if name not in ENERGY}
    return tuple(end_of_life.check(Material(**named), block.material, _where(block)))


def _missing(block: EndOfLife) -> Iterator[Finding]:
    """Yield the factors that a route which is taken does not have."""
    given = block.parameters
    left = 1 - given["r2"] - given["r3"]
    needed = {
        "virgin": (1 - given["r1"], "1 - R1"),
        "recycled": (given["r1"], "R1"),
        "recycling": (given["r2"], "R2"),
        "recovery": (given["r3"], "R3"),
        "disposal": (left, "1 - R2 - R3"),
        "heat": (given.get("heat", ZERO), "heat"),
        "power": (given.get("power", ZERO), "power"),
    }
    for name, (share, parameter) in needed.items():
        if share > 0 and not block.factors.get(name):
            shown = {"material": block.material, "name": name, "parameter": parameter}
            yield finding("EOL-FACTOR-MISSING", _where(block), **shown)


def _lines_twice(blocks: Iterable[EndOfLife]) -> Iterator[Finding]:
    seen: set[str] = set()
    for block in blocks:
        for line in block.lines:
            if line in seen:
                yield finding("EOL-LINE", _where(block), material=block.material, saw=line)
            seen.add(line)


def _counted(block: EndOfLife, figure: Figure) -> Fraction:
    mine = (line for line in figure.lines if line.exchange.id in block.lines)
    return sum((line.value(figure.headline) for line in mine), ZERO)


def _unfit(factor: EmissionFactor, where: Where) -> tuple[Finding, ...]:
    return blocking(fit_for_line(factor, where))


def _placed(findings: Iterable[Finding], block: EndOfLife) -> Iterator[Finding]:
    return (Finding(found.code, _where(block), found.params) for found in findings)


def _where(block: EndOfLife) -> Where:
    return Where(path=f"end_of_life[{block.material}]")


def _exponent(figure: Figure, raw: Iterable[tuple[EndOfLife, Fraction, Material]]) -> int:
    """Return the exponent of the quantum to which every term is rounded, once."""
    terms = (
        float(value * block.amount)
        for block, _, material in raw
        for value in outcome(material, CIRCULAR).terms.values()
    )
    return exponent_of([float(figure.magnitude), *terms])


def _outcome(block: EndOfLife, material: Material, method: str, exponent: int) -> Outcome:
    """Return the outcome of the whole amount, every term a number of record."""
    per_unit = outcome(material, method)
    terms, apart = (
        {term: rounded(value * block.amount, exponent) for term, value in side.items()}
        for side in (per_unit.terms, per_unit.apart)
    )
    return Outcome(method, terms, apart)


def _settled(one: Compared, method: str, exponent: int) -> Compared:
    """Return a material whose certified outcome is what its lines count, where they agree.

    Lines and terms are rounded apart, each once; where no more than that is between them, they are
    the same number of record. The largest term takes the rest, under every method that has it.
    """
    mine = one.outcomes[method]
    rest = one.counted - mine.value
    roundings = len(one.block.lines) * len(PARTS) + len(mine.terms)
    if not rest or abs(rest) > roundings * Fraction(10) ** (exponent + 1) / 2:
        return one
    term = max(mine.terms, key=lambda name: (abs(mine.terms[name]), name))
    value = mine.terms[term]
    outcomes = {
        name: replace(found, terms={**found.terms, term: value + rest})
        if found.terms.get(term) == value
        else found
        for name, found in one.outcomes.items()
    }
    return replace(one, outcomes=outcomes)


def _material_json(one: Compared) -> dict[str, Any]:
    return {
        "material": one.block.material,
        "lines": list(one.block.lines),
        "counted": spell(one.counted),
        "methods": {
            method: {
                "value": spell(found.value),
                "parts": {part: spell(value) for part, value in found.parts.items()},
                "terms": {term: spell(value) for term, value in found.terms.items() if value},
                "apart": {term: spell(value) for term, value in found.apart.items() if value},
            }
            for method, found in one.outcomes.items()
        },
    }
