"""An outcome as ``carbonlabel-bridge/1``: exact decimal strings, both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import fsum
from typing import Any

from factors.store import FactorSet
from factors.texts import LANGS, text
from lca.bridge import Bridge
from lca.footprint import Footprint
from lca.outcome import Outcome
from lca.record import share_text, spell
from lca.result import HEADLINES, ZERO, Line
from lca.result_json import bilingual

SCHEMA = "carbonlabel-bridge/1"
METHOD = "shapley"


def to_json(outcome: Outcome, factors: FactorSet | None = None) -> dict[str, Any]:
    """Return the document; the library is needed where a scenario puts claims beside it."""
    notice = "what_if" if outcome.what_if else "not_on_a_label"
    system = outcome.before.system
    return {
        "schema": SCHEMA,
        "what_if": outcome.what_if,
        "notice": {lang: text(f"scenario.{notice}", lang) for lang in LANGS},
        "name": dict(outcome.name),
        "product": {
            "id": system.product["id"],
            "name": bilingual(system.product.get("name"), system.product["id"]),
        },
        "unit": outcome.before.unit,
        "method": METHOD,
        "comparable": outcome.comparable,
        "before": _end(outcome.before),
        "after": _end(outcome.after),
        "figures": [_figure(name, one, outcome) for name, one in outcome.bridges.items()],
        "lines": list(changed_lines(outcome)),
        **_beside(outcome, factors),
    }


def _beside(outcome: Outcome, factors: FactorSet | None) -> dict[str, Any]:
    """Return the published claims, each with what is published and why our result differs."""
    if factors is None or not outcome.beside:
        return {}
    rows = [(claim, factors.get(claim.row)) for claim in outcome.beside]
    return {
        "beside": [
            {
                "claim": claim.row,
                "name": {"zh": row.activity_zh, "en": row.activity_en},
                "value": spell(sum((value for _, value in row.values), ZERO)),
                "unit": f"kg CO2e/{row.unit}",
                "source": f"{row.reference}, {row.locator}",
                "reason": dict(claim.reason),
            }
            for claim, row in rows
        ]
    }


def _end(result: Footprint) -> dict[str, Any]:
    """Return how one end was computed."""
    return {
        "boundary": result.boundary,
        "ruleset": {"id": result.rules.id, "edition": result.rules.edition},
        "gwp_set": result.gwp.id,
        "headline": result.headline,
        "electricity": result.approach,
        "value": spell(result.declared.value),
        "grade": result.grade,
        "relative_gap": f"{result.gap:.1E}",
    }


def _figure(name: str, found: Bridge, outcome: Outcome) -> dict[str, Any]:
    names = {part.id: part for part in outcome.parts}
    return {
        "figure": name,
        "before": spell(found.before),
        "after": spell(found.after),
        "difference": spell(found.difference),
        "relative": _relative(found.difference, found.before),
        "steps": [
            {
                "id": step.id,
                "name": dict(names[step.id].name),
                "kinds": list(names[step.id].kinds),
                "value": spell(step.value),
                "relative": _relative(step.value, found.before),
            }
            for step in found.steps
        ],
    }


def _relative(value: Fraction, whole: Fraction) -> str | None:
    return share_text(value / abs(whole)) if whole else None


def changed_lines(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """Yield the lines of the declared figures that differ, the largest difference first."""
    old, new = (
        {line.id: _Side(line, end.headline) for line in end.declared.lines}
        for end in (outcome.before, outcome.after)
    )
    pairs = [(name, old.get(name), new.get(name)) for name in dict.fromkeys((*old, *new))]
    for name, one, other in sorted(pairs, key=lambda pair: (-abs(_rise(*pair[1:])), pair[0])):
        changed = list(_changed(one, other))
        if changed:
            yield {
                "id": name,
                **_names(one, other),
                "before": one.to_json() if one else None,
                "after": other.to_json() if other else None,
                "difference": spell(_rise(one, other)),
                "changed": changed,
            }


@dataclass(frozen=True, slots=True)
class _Side:
    """A line on one side, in the total that the side shows."""

    line: Line
    headline: str

    @property
    def value(self) -> Fraction:
        """Contribution to the figure."""
        return self.line.value(self.headline)

    @property
    def intensity(self) -> float:
        """What one unit of amount counts for, kg CO2e, to fewer digits than the amount has."""
        counted = HEADLINES[self.headline]
        total = fsum(value for row, value in self.line.flows if row.part in counted)
        amount = float(self.line.amount)
        return float(f"{total / amount:.9g}") if amount else 0.0

    def to_json(self) -> dict[str, str]:
        """Return the side of a line."""
        line = self.line
        return {
            "value": spell(self.value),
            "amount": line.amount,
            "unit": line.exchange.unit,
            "factor": line.source,
        }


def _rise(one: _Side | None, other: _Side | None) -> Fraction:
    return (other.value if other else ZERO) - (one.value if one else ZERO)


def _names(one: _Side | None, other: _Side | None) -> dict[str, Any]:
    """Return name and stage of a line, as the side before has them."""
    sides = [side for side in (one, other) if side]
    exchange = sides[0].line.exchange
    name = bilingual(exchange.name, exchange.flow or exchange.id)
    return {"name": name, "stage": exchange.stage}


def _changed(one: _Side | None, other: _Side | None) -> Iterator[str]:
    """Yield what differs: the whole line, its amount, its factor, or only what a unit counts."""
    if one is None or other is None:
        yield "added" if one is None else "removed"
        return
    old, new = one.line, other.line
    if (old.amount, old.exchange.unit) != (new.amount, new.exchange.unit):
        yield "amount"
    if old.source != new.source:
        yield "factor"
    elif one.intensity != other.intensity and float(old.amount) and float(new.amount):
        yield "counting"
