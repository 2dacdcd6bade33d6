"""Year on year: the change of every figure, split without remainder, and what to look at again.

An amount per product is account x share / output. Between two submissions each of these moves, and
so do factors, electricity, method and boundary. Every aspect is taken from one side or the other,
all combinations are computed, and the difference is divided by Shapley value (:mod:`lca.bridge`)::

    amount = before x r_output x r_product_mix x r_activity

``r_output`` is the old good output over the new one, ``r_product_mix`` the ratio of the product's
shares in the account, and ``r_activity`` what is left, so that the three multiply to the ratio of
the amounts exactly. A line that rests on no account, or stands on one side only, is all activity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from factors.errors import FindingsError
from factors.findings import Finding, Where, finding
from factors.numbers import parse_decimal
from factors.store import FactorSet
from factors.texts import LANGS, text
from labels.verification.materiality import changed, thresholds
from labels.verification.materiality import percent as shown
from labels.verification.words import words
from lca.bridge import Bridge, bridge
from lca.changes import KINDS
from lca.comparison import Pair
from lca.figures import unit_of
from lca.footprint import Footprint, compute, measure
from lca.inventory import GATE, Exchange, ProductSystem, Text
from lca.outcome import State
from lca.result import Line
from lca.result_json import bilingual

OUTPUT, PRODUCT_MIX = "output", "product_mix"
ASPECTS = (OUTPUT, PRODUCT_MIX, *KINDS)
"""Output, product mix, activity, factor, electricity mix, method, boundary."""

LEAST = Fraction(1, 100)
"""Lines below this share of every figure are looked at only when new, gone or otherwise made."""

FUELS = ("fuel", "combustion", "heat", "steam")
"""How categories of fuels and heat begin."""

MAIN_SUPPLIER = Fraction(1, 10)
STRENGTH = ("metered", "invoiced", "calculated", "estimated", "literature")
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Again:
    """A line to look at again, and why: reason code to what it says."""

    line: str
    name: Text
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Yearly:
    """Two submissions side by side.

    Attributes
    ----------
    bridges
        By disclosed figure of both: the change, step by step.
    again
        Lines to look at again.
    lines
        How many lines there are on either side.
    triggers
        What opens a case again.
    """

    before: Footprint
    after: Footprint
    bridges: Mapping[str, Bridge]
    again: tuple[Again, ...]
    lines: int
    triggers: tuple[Finding, ...]


def compare_years(before: State, after: State, factors: FactorSet) -> Yearly:
    """Compare two submissions of one product.

    Raises
    ------
    FindingsError
        SCENARIO-UNIT for different declared units.
    SolveError
        As for :func:`lca.footprint.compute`.
    """
    units = [unit_of(side.system) for side in (before, after)]
    if units[0] != units[1]:
        raise FindingsError(finding("SCENARIO-UNIT", before=units[0], after=units[1]))
    one, other = (compute(side.system, factors, side.rules) for side in (before, after))
    moved = _moved(before, after, factors)
    known: dict[frozenset[str], Mapping[str, Fraction]] = {
        frozenset(): {name: figure.value for name, figure in one.figures.items()},
        frozenset(moved): {name: figure.value for name, figure in other.figures.items()},
    }

    def value(name: str, chosen: frozenset[str]) -> Fraction:
        if chosen not in known:
            state = hybrid(before, after, chosen, factors)
            known[chosen] = measure(state.system, factors, state.rules)
        return _figure(known[chosen], name)

    figures = tuple(dict.fromkeys((*one.figures, *other.figures)))
    bridges = {name: bridge(moved, partial(value, name)) for name in figures}
    again = tuple(_again(one, other))
    lines = len({line.id for line in (*one.declared.lines, *other.declared.lines)})
    return Yearly(one, other, bridges, again, lines, tuple(triggers(one, other)))


def hybrid(before: State, after: State, chosen: frozenset[str], factors: FactorSet) -> State:
    """Return the state with some aspects of the side after.

    Output and product mix are put into the side before where they are chosen, and taken out of the
    side after where they are not; activity then chooses between the two.
    """
    ratios = _ratios(before.system, after.system)
    scaled, back = {}, {}
    for name, (output, mix) in ratios.items():
        taken = (output if OUTPUT in chosen else ONE) * (mix if PRODUCT_MIX in chosen else ONE)
        scaled[name] = taken
        back[name] = taken / (output * mix)
    one = State(_scaled(before.system, scaled), before.rules)
    other = State(_scaled(after.system, back), after.rules)
    return Pair(one, other, factors).state(chosen & frozenset(KINDS))


def step_name(kind: str) -> Text:
    """Return what a step is called."""
    return {lang: text(f"verification.step_{kind}", lang) for lang in LANGS}


def _figure(values: Mapping[str, Fraction], name: str) -> Fraction:
    """Return a figure; where a boundary ends at the gate, all that is beyond it is zero."""
    return values.get(name, values[GATE])


def _moved(before: State, after: State, factors: FactorSet) -> tuple[str, ...]:
    """Return the aspects that change anything, alone or after all others."""
    kinds = Pair(before, after, factors)
    ratios = _ratios(before.system, after.system).values()
    found = []
    for kind in ASPECTS:
        if kind == OUTPUT:
            moved = any(one != 1 for one, _ in ratios)
        elif kind == PRODUCT_MIX:
            moved = any(one != 1 for _, one in ratios)
        else:
            moved = kinds.differs(kind)
        if moved:
            found.append(kind)
    return tuple(found)


def _ratios(before: ProductSystem, after: ProductSystem) -> dict[str, tuple[Fraction, Fraction]]:
    """Return by exchange of both sides: old over new output, new over old share of its account."""
    old, new = ({one.id: one for one in side.exchanges} for side in (before, after))
    output = _output_ratio(before, after)
    shares = [_shares(side) for side in (before, after)]
    found = {}
    for name in old.keys() & new.keys():
        account = _account(old[name], before)
        if account and account == _account(new[name], after) and old[name].amount:
            first, second = (one.get(account) for one in shares)
            mix = second / first if first and second else ONE
            found[name] = (output, mix)
    return found


def _output_ratio(before: ProductSystem, after: ProductSystem) -> Fraction:
    first, second = (_good(side) for side in (before, after))
    return first / second if first and second else ONE


def _good(system: ProductSystem) -> Fraction:
    """Return the good output of the product's family."""
    for row in system.ledger.get("outputs", ()):
        if row.get("family") == system.product["id"]:
            return parse_decimal(str(row["good"]))
    return Fraction(0)


def _shares(system: ProductSystem) -> dict[str, Fraction]:
    """Return the product's share of every account."""
    return {
        str(row["account"]): parse_decimal(str(row["share"]))
        for row in system.ledger.get("shares", ())
        if row.get("target") == system.product["id"]
    }


def _account(exchange: Exchange, system: ProductSystem) -> str:
    """Return the one account whose amount an exchange is worked out from; empty for several."""
    booked = {str(row["id"]) for row in system.ledger.get("accounts", ())}
    names = {str(row.get("name", "")) for row in exchange.origin.get("inputs", ())}
    found = booked & names
    return found.pop() if len(found) == 1 else ""


def _scaled(system: ProductSystem, times: Mapping[str, Fraction]) -> ProductSystem:
    exchanges = tuple(
        replace(one, amount=one.amount * times[one.id]) if one.id in times else one
        for one in system.exchanges
    )
    return replace(system, exchanges=exchanges)


# --- what to look at again ------------------------------------------------------------------------


def _again(before: Footprint, after: Footprint) -> Iterator[Again]:
    """Yield lines of either side that a verifier must look at, the largest first."""
    old, new = ({line.id: line for line in side.declared.lines} for side in (before, after))
    order = sorted(
        dict.fromkeys((*new, *old)),
        key=lambda name: (-max(_size(side.get(name), end) for side, end in
                               ((old, before), (new, after))), name),
    )  # fmt: skip
    for name in order:
        one, other = old.get(name), new.get(name)
        reasons = dict(_reasons(one, other, before, after))
        known = other or one
        if reasons and known is not None:
            yield Again(name, bilingual(known.exchange.name, name), reasons)


def _size(line: Line | None, end: Footprint) -> Fraction:
    return abs(line.value(end.headline)) if line else Fraction(0)


def _reasons(
    one: Line | None,
    other: Line | None,
    before: Footprint,
    after: Footprint,
) -> Iterator[tuple[str, str]]:
    if one is None or other is None:
        heavy = max(_weight(one, before), _weight(other, after)) >= LEAST
        if heavy:
            yield ("new" if one is None else "gone"), ""
        return
    heavy = max(_weight(one, before), _weight(other, after)) >= LEAST
    if heavy and one.source != other.source:
        yield "factor", f"{one.source} → {other.source}"
    if one.exchange.unit != other.exchange.unit:
        yield "unit", f"{one.exchange.unit} → {other.exchange.unit}"
    if heavy and _strength(other) > _strength(one):
        kinds = one.exchange.activity_kind, other.exchange.activity_kind
        yield "evidence", " → ".join(kinds)
    move = _move(one, other)
    if heavy and abs(move) > after.rules.change_threshold:
        yield "amount", shown(move)
    if _exceeds(one, other, before, after):
        yield "effect", ""


def _weight(line: Line | None, end: Footprint) -> Fraction:
    """Return the largest share of a line in the figures that it is in."""
    if line is None:
        return Fraction(0)
    return max(
        (figure.share([line]) for figure in end.figures.values()
         if any(own.id == line.id for own in figure.lines)),
        default=Fraction(0),
    )  # fmt: skip


def _strength(line: Line) -> int:
    kind = line.exchange.activity_kind
    return STRENGTH.index(kind) if kind in STRENGTH else len(STRENGTH)


def _move(one: Line, other: Line) -> Fraction:
    old, new = Fraction(one.amount), Fraction(other.amount)
    if one.exchange.unit != other.exchange.unit or not old:
        return ONE if old != new else Fraction(0)
    return new / old - 1


def _exceeds(one: Line, other: Line, before: Footprint, after: Footprint) -> bool:
    """Whether the change of a line is above performance materiality of some figure."""
    move = abs(other.value(after.headline) - one.value(before.headline))
    return any(
        move >= limit.performance
        for name, limit in thresholds(after).items()
        if any(own.id == other.id for own in after.figures[name].lines) and limit.performance
    )


# --- what opens a case again ----------------------------------------------------------------------


def triggers(before: Footprint, after: Footprint) -> Iterator[Finding]:
    """Yield what reopens a case: figures that moved, and what is another thing than before."""
    values = [
        {name: figure.value for name, figure in side.figures.items()} for side in (before, after)
    ]
    yield from changed(values[0], values[1], after.rules.change_threshold)
    for what, one, other in _facts(before, after):
        if one != other:
            told = {"before": one or "-", "after": other or "-", **words("what", "trigger", what)}
            yield finding("CHANGE-TRIGGER", Where(path=what), **told)


def _facts(before: Footprint, after: Footprint) -> Iterator[tuple[str, str, str]]:
    old, new = before.system, after.system
    rules = [f"{end.rules.id} {end.rules.edition}" for end in (before, after)]
    yield "rule-set", rules[0], rules[1]
    yield "boundary", old.boundary, new.boundary
    yield "owner", _owner(old), _owner(new)
    yield "model", _model(old), _model(new)
    for what, several in (
        ("site", [_sites(side) for side in (old, new)]),
        ("process", [{one.id for one in side.processes} for side in (old, new)]),
        ("fuel", [_fuels(end) for end in (before, after)]),
        ("main-supplier", [_suppliers(end) for end in (before, after)]),
    ):
        fresh, gone = several[1] - several[0], several[0] - several[1]
        if fresh or (gone and what == "main-supplier"):
            yield what, ", ".join(sorted(gone)[:5]), ", ".join(sorted(fresh)[:5])


def _owner(system: ProductSystem) -> str:
    maker = system.product.get("maker") or {}
    return str(maker.get("id") or maker.get("name") or "")


def _model(system: ProductSystem) -> str:
    model = system.model or {}
    return f"{model.get('id', '')} {model.get('version', '')}".strip()


def _sites(system: ProductSystem) -> set[str]:
    return {f"{row.get('id')} {row.get('country')}" for row in system.ledger.get("sites", ())}


def _fuels(end: Footprint) -> set[str]:
    """Return fuels burnt and heat bought that carry anything: what flows, and as what it burns."""
    return {
        f"{line.exchange.flow}: {line.factor.activity_en}"
        for line in end.lines
        if line.factor and line.value(end.headline) and line.factor.category.startswith(FUELS)
    }


def _suppliers(end: Footprint) -> set[str]:
    """Return suppliers whose own figures make a tenth of the gate figure or more, by name.

    The id of such a factor is that of its cell; who it is stands in its activity.
    """
    gate = end.figures[GATE]
    weights: dict[str, list[Line]] = {}
    for line in gate.lines:
        if line.factor and line.exchange.factor_kind.startswith("supplier"):
            weights.setdefault(line.factor.activity_en, []).append(line)
    return {name for name, lines in weights.items() if gate.share(lines) >= MAIN_SUPPLIER}
