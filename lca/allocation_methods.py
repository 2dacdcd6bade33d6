"""Which method divides co-products: what the rule set allows, and what the others would give.

The rule set fixes an order of methods; a process names the one it uses. A method outside the order
is an error, one that passes over an earlier method for which there are data is noted, both with
their effect. The alternatives are sensitivity: they are computed side by side and change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from factors.errors import FindingsError, SolveError
from factors.findings import Finding, Where, finding
from lca.allocation import GIVEN, PROPERTY, bearing, shares
from lca.inventory import Output, Process, ProductSystem
from lca.record import amount_text, spell
from lca.ruleset import RuleSet

PHYSICAL, ECONOMIC, EXPANSION = "physical", "economic", "expansion"
KINDS: Mapping[str, str] = {
    "mass": PHYSICAL,
    "energy": PHYSICAL,
    "volume": PHYSICAL,
    "pieces": PHYSICAL,
    "carbon": PHYSICAL,
    "economic": ECONOMIC,
    "price": ECONOMIC,
}
"""Method of a process -> kind that a rule set orders; given shares are of no kind."""

SUBSTITUTION, NO_CREDIT = "substitution", "no credit"
TRIED = ("mass", "energy", "volume", "pieces", "carbon", "economic")
MOST = 20
"""Findings whose effect is computed; beyond that a file has another problem."""

Measure = Callable[[ProductSystem], Mapping[str, Fraction]]
"""Figures of a system by boundary; :func:`lca.footprint.measure` makes one."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """The figures of a system in which one process is divided otherwise.

    Attributes
    ----------
    method
        A method of :mod:`lca.allocation`, or ``no credit``.
    shares
        Share of each burden-bearing output of the process.
    figures, differences
        By boundary: the figure, and how far it lies from the one of record.
    """

    process: str
    method: str
    shares: Mapping[str, Fraction]
    figures: Mapping[str, Fraction]
    differences: Mapping[str, Fraction]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "process": self.process,
            "method": self.method,
            "shares": {flow: amount_text(float(share)) for flow, share in self.shares.items()},
            "figures": {name: spell(value) for name, value in self.figures.items()},
            "differences": {name: spell(value) for name, value in self.differences.items()},
        }


def alternatives(system: ProductSystem, measure: Measure) -> tuple[Alternative, ...]:
    """Return what every other method with data would give, one process at a time.

    A method under which the system has no solution is left out.
    """
    record = measure(system)
    found = []
    for process in system.processes:
        for method in _options(process):
            changed = divided(process, method)
            figures = _solved(_with(system, changed), measure)
            if figures:
                differences = {name: figures[name] - record[name] for name in figures}
                found.append(Alternative(process.id, method, shares(changed), figures, differences))
    return tuple(found)


def check(system: ProductSystem, rules: RuleSet, measure: Measure, unit: str) -> Iterator[Finding]:
    """Yield what speaks against the methods that the processes of a system use."""
    effects = _Effects(system, measure)
    for process in system.processes:
        shown = {"process": process.id, "unit": unit}
        credited = any(output.role == "substitute" for output in process.outputs)
        if credited and EXPANSION in rules.allocation.order:
            effect = effects.of(process, NO_CREDIT)
            yield finding("METHOD-CREDIT", Where(path=process.id), **shown, effect=effect)
        elif credited:
            yield _refused(process, SUBSTITUTION, NO_CREDIT, rules, effects, unit)
        if len(bearing(process)) > 1:
            yield from _division(process, rules, effects, unit)


def divided(process: Process, method: str) -> Process:
    """Return a process under another method; stated shares go with the old one."""
    if method != NO_CREDIT:
        return replace(process, method=method, shares={})
    outputs = tuple(_uncredited(output) for output in process.outputs)
    return replace(process, outputs=outputs)


def possible(process: Process) -> tuple[str, ...]:
    """Return the methods for which every burden-bearing output has what is weighed."""
    outputs = bearing(process)
    if len(outputs) < 2:
        return ()
    return tuple(name for name in TRIED if all(_weighs(item, name) for item in outputs))


def mean_price(prices: Mapping[int, Fraction], source: str) -> Fraction:
    """Return the mean of three to five consecutive yearly prices.

    Raises
    ------
    FindingsError
        PRICE-YEARS: too few or too many years, a gap, a price of zero or less, no source.
    """
    years = sorted(prices)
    whole = bool(years) and years == list(range(years[0], years[-1] + 1))
    positive = all(price > 0 for price in prices.values())
    if not (3 <= len(years) <= 5 and whole and positive and source.strip()):
        shown = ", ".join(map(str, years)) or "-"
        raise FindingsError(finding("PRICE-YEARS", count=len(years), years=shown))
    return sum(prices.values(), Fraction(0)) / len(years)


@dataclass(slots=True)
class _Effects:
    """How far another method moves the declared figure, for sentences."""

    system: ProductSystem
    measure: Measure
    left: int = MOST
    record: Mapping[str, Fraction] = field(default_factory=dict)

    def of(self, process: Process, method: str) -> str:
        """Return the difference, signed; a dash where there is nothing to compare."""
        if not method or not self.left:
            return "-"
        self.left -= 1
        self.record = self.record or self.measure(self.system)
        name = self.system.boundary
        changed = _solved(_with(self.system, divided(process, method)), self.measure)
        return f"{float(changed[name] - self.record[name]):+.4g}" if changed else "-"


def _division(process: Process, rules: RuleSet, effects: _Effects, unit: str) -> Iterator[Finding]:
    """Yield what speaks against the key by which a process is divided."""
    where = Where(path=process.id)
    order = rules.allocation.order
    if process.method in (GIVEN, "economic", "price") and not any(process.basis.values()):
        yield finding("METHOD-BASIS", where, process=process.id, method=process.method)
    kind = KINDS.get(process.method)
    if kind is None:
        return
    instead = min(_allowed(process, order), key=lambda one: order.index(KINDS[one]), default="")
    if kind not in order:
        yield _refused(process, process.method, instead, rules, effects, unit)
    elif instead and order.index(KINDS[instead]) < order.index(kind):
        shown = {"method": process.method, "instead": instead, "unit": unit}
        effect = effects.of(process, instead)
        yield finding("METHOD-ORDER", where, process=process.id, **shown, effect=effect)


def _refused(
    process: Process, method: str, instead: str, rules: RuleSet, effects: _Effects, unit: str
) -> Finding:
    return finding(
        "METHOD-NOT-ALLOWED",
        Where(path=process.id),
        process=process.id,
        method=method,
        ruleset=rules.id,
        order=", ".join(rules.allocation.order),
        instead=instead or "-",
        effect=effects.of(process, instead),
        unit=unit,
    )


def _allowed(process: Process, order: tuple[str, ...]) -> list[str]:
    return [name for name in possible(process) if KINDS[name] in order]


def _options(process: Process) -> Iterator[str]:
    """Yield the methods to try beside the one in use."""
    used = PROPERTY.get(process.method)
    yield from (name for name in possible(process) if PROPERTY[name] != used)
    if any(output.role == "substitute" for output in process.outputs):
        yield NO_CREDIT


def _weighs(output: Output, method: str) -> bool:
    weight = output.carbon if method == "carbon" else output.properties.get(PROPERTY[method], 0)
    return output.amount * weight > 0


def _uncredited(output: Output) -> Output:
    """Return an output that replaces nothing; the link stays, for what it names stays reached."""
    return replace(output, amount=Fraction(0)) if output.role == "substitute" else output


def _solved(system: ProductSystem, measure: Measure) -> Mapping[str, Fraction]:
    """Return the figures, none where the changed shares leave a loop without a solution."""
    try:
        return measure(system)
    except SolveError:
        return {}


def _with(system: ProductSystem, changed: Process) -> ProductSystem:
    processes = tuple(changed if one.id == changed.id else one for one in system.processes)
    return replace(system, processes=processes)
