"""Exchange rules of a model -> exchanges of one product: suppliers, modes, electricity, origins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from factors.errors import FindingsError
from factors.findings import Finding, Where, finding
from factors.numbers import decimal_text
from factors.store import FactorSet
from factors.texts import LANGS
from lca.answers import Answers, Input, Valued, supplier
from lca.green_power import GreenShare
from lca.inventory import Exchange
from lca.model_parts import (
    ExchangeRule,
    FromElectricity,
    FromFactor,
    FromFlow,
    FromMode,
    FromProcess,
    FromSupplier,
    FromSupplierOrProcess,
    ProcessRule,
)
from lca.ruleset import RuleSet
from lca.submission import Cell, SupplierEntry
from lca.supplied import from_supplier, in_place_of


@dataclass(frozen=True, slots=True)
class Site:
    """What exchanges need to know of the site besides the answers.

    ``factors`` is the library, for rows that suppliers name; None where nothing is looked up.
    """

    suppliers: tuple[SupplierEntry, ...]
    green: tuple[GreenShare, ...]
    year: str
    factors: FactorSet | None = None


def exchanges_of(
    rule: ExchangeRule, process: ProcessRule, answers: Answers, site: Site, rules: RuleSet
) -> tuple[Exchange, ...]:
    """Expand one exchange rule; empty when its conditions do not hold."""
    if not answers.holds(rule.when):
        return ()
    made: list[Exchange] = []
    for number, (entry, extra) in enumerate(_deliveries(rule, answers, site), start=1):
        told = answers.amount(rule, extra)
        base = _exchange(rule, process, told, answers, site)
        if entry is not None:
            base = replace(
                base,
                id=f"{rule.id}-{number}",
                evidence=tuple(sorted({*base.evidence, *entry.evidence})),
            )
        made.extend(_with_origin(base, rule, entry, answers, site, rules))
    return tuple(made)


def _deliveries(
    rule: ExchangeRule, answers: Answers, site: Site
) -> list[tuple[SupplierEntry | None, Mapping[str, Input]]]:
    """One delivery per supplier of the account, or a single one with the model's defaults."""
    if not rule.each:
        return [(None, {})]
    account = answers.model.account(rule.each)
    mine = [entry for entry in site.suppliers if entry.account == rule.each]
    if not mine:
        return [(None, supplier(Fraction(1), account.default_distance or Fraction(0), None))]
    return [
        (
            entry,
            supplier(
                _number(entry.share, Fraction(1)),
                _number(entry.distance, account.default_distance or Fraction(0)),
                entry,
            ),
        )
        for entry in mine
    ]


def _number(cell: Cell, otherwise: Fraction) -> Fraction:
    number = cell.number
    return otherwise if number is None else number


def place_of(process: ProcessRule, answers: Answers) -> str:
    """Where a process stands: a place of the model, or the answer to one of its choices."""
    if not process.place.startswith("{"):
        return process.place
    return answers.enums[process.place.strip("{}")].upper()


def _exchange(
    rule: ExchangeRule, process: ProcessRule, told: Valued, answers: Answers, site: Site
) -> Exchange:
    """Everything about an exchange except where it comes from."""
    return Exchange(
        id=rule.id,
        process=rule.process,
        stage=rule.stage,
        flow=rule.flow,
        name=rule.name,
        amount=told.value * process.amount,
        unit=told.unit,
        basis=rule.basis,
        hot_spot=rule.hot_spot is not None,
        activity_kind=told.kind,
        place=place_of(process, answers),
        year=site.year,
        evidence=told.evidence,
        origin=_grossed(origin_of(rule.id, told), rule),
        expected=expected_of(rule),
    )


def expected_of(rule: ExchangeRule) -> dict[str, Any]:
    """Return what a hot spot needs and what is usual for it; empty for other exchanges."""
    spot = rule.hot_spot
    if spot is None:
        return {}
    told: dict[str, Any] = {"rule": rule.id, "activity": spot.activity, "factor": spot.factor}
    if spot.share is not None:
        told["share"] = dict(zip(("low", "high"), map(decimal_text, spot.share), strict=True))
    return told


def _grossed(origin: dict[str, Any], rule: ExchangeRule) -> dict[str, Any]:
    """Say which of the inputs is the grid loss that the amount holds already."""
    return {**origin, "grid_loss": rule.grid_loss} if rule.grid_loss else origin


def origin_of(rule: str, told: Valued) -> dict[str, Any]:
    """Return where an amount came from: one cell, or a rule of the model with its inputs."""
    inputs = [one.to_json() for one in told.inputs]
    bare = told.formula.strip()
    if len(told.inputs) == 1 and told.inputs[0].name == bare and len(told.inputs[0].cells) == 1:
        cell = told.inputs[0].cells[0].where
        return {"kind": "cell", "sheet": cell.sheet, "cell": cell.cell, "inputs": inputs}
    return {"kind": "rule", "rule": rule, "formula": told.formula, "inputs": inputs}


def _with_origin(
    base: Exchange,
    rule: ExchangeRule,
    entry: SupplierEntry | None,
    answers: Answers,
    site: Site,
    rules: RuleSet,
) -> Iterable[Exchange]:
    """Say where an exchange comes from; electricity becomes one exchange per basis and source."""
    match rule.origin:
        case FromProcess(process):
            yield replace(base, from_process=process)
        case FromFlow(flow):
            yield replace(base, from_flow=flow)
        case FromFactor(factor):
            yield replace(base, from_factor=answers.pick(factor))
        case FromSupplier(factor):
            yield from_supplier(base, entry, answers.pick(factor))
        case FromSupplierOrProcess(process):
            replaced = answers.model.process_rule(process)
            yield from in_place_of(replaced, base, entry, answers, site.factors)
        case FromMode(factors):
            if entry is not None and entry.accepted and entry.accepted.boundary == "delivered":
                return  # the supplier's figure holds this leg
            mode = entry.mode if entry is not None and entry.mode else ""
            mode = mode or answers.model.account(rule.each).default_mode
            if mode not in factors:
                raise FindingsError(_no_such_way(mode, factors, rule, entry))
            yield replace(base, from_factor=answers.pick(factors[mode]))
        case FromElectricity(country):
            own = rule.process in answers.model.foreground
            green = site.green if own else ()
            yield from _electricity(base, answers.pick(country), green, rules)


def _no_such_way(
    mode: str, factors: Mapping[str, object], rule: ExchangeRule, entry: SupplierEntry | None
) -> Finding:
    """A way of transport that the model has for other goods and not for these."""
    where = Where() if entry is None else entry.where
    names = {f"line_{lang}": rule.name[lang] for lang in LANGS}
    return finding("BUILD-SUPPLIER-MODE", where, mode=mode, known=", ".join(factors), **names)


def _electricity(
    base: Exchange, country: str, green: tuple[GreenShare, ...], rules: RuleSet
) -> Iterable[Exchange]:
    """Default factor by location; instruments of the site and the rest by market."""
    usual = rules.electricity_factor(country)
    if not green:
        yield replace(base, from_factor=usual)
        return
    yield replace(base, from_factor=usual, basis="location")
    rest = Fraction(1) - sum((share.share for share in green), Fraction(0))
    if rest:
        yield replace(
            base, id=f"{base.id}-rest", from_factor=usual, basis="market", amount=base.amount * rest
        )
    for share in green:
        bought = replace(
            base,
            basis="market",
            amount=base.amount * share.share,
            evidence=tuple(sorted({*base.evidence, *share.evidence})),
        )
        yield replace(
            bought,
            id=f"{base.id}-{share.technology}",
            from_factor=rules.technology_factor(country, share.technology),
        )
        yield replace(
            bought, id=f"{base.id}-{share.technology}-grid", from_factor=rules.grid_factor(country)
        )
