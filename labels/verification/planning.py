"""The plan of a case at this moment: thresholds, ranking, sample, projection, what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from labels.verification import sampling
from labels.verification.materiality import (
    Rolled,
    Threshold,
    percent,
    roll_up,
    threshold_json,
    thresholds,
)
from labels.verification.ranking import Ranked, rankings
from labels.verification.sampling import Error, Plan
from labels.verification.state import State
from lca.accounts import account_of
from lca.footprint import Footprint
from lca.inventory import ProductSystem
from lca.result import ZERO
from lca.result_json import bilingual


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a verifier plans with.

    Attributes
    ----------
    limits
        Thresholds by figure.
    rankings
        Lines by figure, ranked.
    plan
        What to look at now, errors found so far included.
    rolled
        Uncorrected misstatements by figure, with what the sample projects.
    left
        Lines of the plan that nobody has looked at.
    """

    footprint: Footprint
    limits: Mapping[str, Threshold]
    rankings: Mapping[str, tuple[Ranked, ...]]
    plan: Plan
    rolled: Mapping[str, Rolled]
    left: tuple[str, ...]

    @property
    def enough(self) -> bool:
        """Whether the residual risk is below what is tolerable: all looked at, nothing material."""
        return not self.left and not any(one.material for one in self.rolled.values())


def desk(state: State, footprint: Footprint, seed: str) -> Desk:
    """Return the plan of a case for its present version.

    Parameters
    ----------
    seed
        Hash of the first submission: a corrected version does not draw again.
    """
    agreed = state.engagement
    level = agreed.level if agreed and agreed.level in sampling.R else "reasonable"
    limits = thresholds(
        footprint,
        agreed.materiality if agreed else None,
        agreed.performance if agreed else None,
    )
    ranks = rankings(footprint)
    errors = errors_of(state)
    made = sampling.plan(ranks, limits, level, seed, errors)
    rolled = roll_up(limits, uncorrected(state), _projected(made, ranks, limits, errors))
    left = tuple(line for line in made.lines if line not in state.samples)
    return Desk(footprint, limits, ranks, made, rolled, left)


def errors_of(state: State) -> list[Error]:
    """Return the errors that were found, corrected ones too: they tell of lines not looked at."""
    return [
        Error(log.raised.line, log.raised.effects, not log.uncorrected)
        for log in state.findings.values()
        if log.raised.line
        and any(log.raised.effects.values())
        and not (log.settled and log.settled.how in ("explained", "withdrawn"))
    ]


def uncorrected(state: State) -> list[Mapping[str, Fraction]]:
    """Return the effects that are still in the figures."""
    return [log.raised.effects for log in state.findings.values() if log.uncorrected]


def _projected(
    plan: Plan,
    ranks: Mapping[str, tuple[Ranked, ...]],
    limits: Mapping[str, Threshold],
    errors: list[Error],
) -> dict[str, Fraction]:
    """Return what the errors say of items that nobody looks at, without the errors themselves."""
    found = {}
    for name, draw in plan.draws.items():
        lines = ranks[name]
        rest = sampling.population(lines, sampling.certain(lines, limits[name]))
        wrong = sampling.inside(lines, rest, [one for one in errors if one.effects.get(name)])
        looked = {one.item for one in lines if one.line.id in plan.lines}
        known = sum((one.effects[name] for one in wrong), ZERO)
        more = sampling.projection(draw, lines, rest, wrong) - known
        found[name] = more if rest.keys() - looked else ZERO
    return found


def plan_json(made: Desk, system: ProductSystem, sites: tuple[str, ...]) -> dict[str, Any]:
    """Return the plan as plain data, decimal strings."""
    lines = {line.id: line for line in made.footprint.lines}
    documents = documents_of(system)
    items = {one.line.id: one.item for ranks in made.rankings.values() for one in ranks}
    return {
        "schema": "carbonlabel-verification-plan/1",
        "seed": made.plan.seed,
        "level": made.plan.level,
        "figures": [
            {
                **threshold_json(made.limits[name]),
                "factor": text_of(draw.factor),
                "interval": text_of(draw.interval),
                "start": text_of(draw.start),
                "tolerable": text_of(draw.tolerable),
                "units": sampling.units(draw),
            }
            for name, draw in made.plan.draws.items()
        ],
        "lines": [
            {
                "id": pick.line,
                "name": dict(bilingual(lines[pick.line].exchange.name, pick.line)),
                "why": dict(pick.why),
                "score": text_of(Fraction(pick.score)),
                "share": {
                    name: percent(limit.share(lines[pick.line].value(figure.headline)))
                    for (name, limit), figure in zip(
                        made.limits.items(), made.footprint.figures.values(), strict=True
                    )
                    if any(one.id == pick.line for one in figure.lines)
                },
                "along": list(pick.along),
                "documents": list(
                    sampling.months(pick.line, documents.get(pick.line, 1), made.plan.seed)
                ),
            }
            for pick in made.plan.picks
        ],
        "of_lines": len(made.footprint.declared.lines),
        "items": len({items[pick.line] for pick in made.plan.picks}),
        "of_items": len(set(items.values())),
        "sites": list(sampling.sites(sites, made.plan.seed)),
    }


def documents_of(system: ProductSystem) -> dict[str, int]:
    """Return how many monthly amounts stand behind each line."""
    months = {
        str(row["id"]).partition("#")[0]: len(row.get("months", ()))
        for row in system.ledger.get("accounts", ())
    }
    named = account_of(system)
    found = {}
    for exchange in system.exchanges:
        accounts = [one for one in named(exchange).split(" + ") if one in months]
        found[exchange.id] = max((months[one] for one in accounts), default=1)
    return found


def sites_of(system: ProductSystem) -> tuple[str, ...]:
    """Return the sites that a submission speaks of; none for a system file without a ledger."""
    return tuple(str(row["id"]) for row in system.ledger.get("sites", ()))


def text_of(value: Fraction) -> str:
    """Return a number for a document that is not of record: six significant digits."""
    return f"{float(value):.6g}"
