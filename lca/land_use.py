"""Direct land-use change: a ladder of evidence, and no zero without it.

Plot history over the whole look-back (20 years unless the rule set says otherwise) proves zero. A
known country gives its average for the crop. An unknown origin takes the highest of the plausible
ones. A legal cut-off date such as 31 December 2020 is no look-back of 20 years and proves nothing
here.

A model asks for the evidence by a choice whose values are the rungs below; each of its lines with
a flow ``land_use_change.*`` is held against the answer when a product system is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from factors.findings import Finding, Where, finding
from lca.answers import Answers
from lca.inventory import Exchange
from lca.resolve import place_of
from lca.ruleset_parts import LandUse

PLOT_HISTORY, COUNTRY_AVERAGE, UNKNOWN = "plot-history", "country-average", "unknown"
RUNGS = (PLOT_HISTORY, COUNTRY_AVERAGE, UNKNOWN)
HIGHEST = "highest-plausible-origin"
PROVEN_YEARS = Fraction(20)
"""What the rung ``plot-history`` of a model stands for; its question has to say so."""

PART = "land_use_change."
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about the land that a crop grew on.

    Attributes
    ----------
    history
        Years for which the plots are shown to have been cropland; None without plot data.
    country, average
        Where it grew, and the average land-use change of country and crop, kg CO2e per kg.
    origins
        Averages of every country it may have come from.
    """

    crop: str
    history: Fraction | None = None
    country: str = ""
    average: Fraction | None = None
    origins: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rung:
    """The best rung that the evidence reaches, and what it makes of a kg of crop, in kg CO2e."""

    name: str
    value: Fraction
    origin: str = ""


def climb(evidence: Evidence, rules: LandUse) -> Rung | None:
    """Return the rung that counts; None when there is no evidence at all."""
    if evidence.history is not None and evidence.history >= rules.look_back_years:
        return Rung(PLOT_HISTORY, ZERO)
    if evidence.average is not None:
        return Rung(COUNTRY_AVERAGE, evidence.average, evidence.country)
    if evidence.origins and rules.default == HIGHEST:
        origin = max(evidence.origins, key=lambda name: (evidence.origins[name], name))
        return Rung(UNKNOWN, evidence.origins[origin], origin)
    return None


def check(
    evidence: Evidence, taken: Fraction, rules: LandUse, where: Where = Where()
) -> Iterator[Finding]:
    """Yield what speaks against the value that a study takes."""
    rung = climb(evidence, rules)
    shown = {"crop": evidence.crop, "years": rules.look_back_years}
    if rung is None:
        if taken <= 0 and evidence.history is not None:
            yield finding("LAND-USE-LOOK-BACK", where, **shown, shown=float(evidence.history))
        elif taken <= 0:
            yield finding("LAND-USE-ZERO", where, **shown)
    elif taken < rung.value:
        least = {"value": float(taken), "least": float(rung.value), "origin": rung.origin or "-"}
        yield finding("LAND-USE-LOW", where, crop=evidence.crop, rung=rung.name, **least)
    elif rung.name == COUNTRY_AVERAGE and not taken:
        yield finding("LAND-USE-AVERAGE-ZERO", where, **shown)


def answered(answers: Answers, exchanges: Iterable[Exchange], rules: LandUse) -> Iterator[Finding]:
    """Yield what speaks against the land-use lines that a model's answers lead to.

    Without a choice of evidence in the model there is no evidence. An average of zero is left
    alone when its line names evidence.
    """
    asked = [
        enum.id
        for enum in answers.model.enums
        if set(enum.ids) <= set(RUNGS) and enum.id in answers.enums
    ]
    best = min((answers.enums[name] for name in asked), key=RUNGS.index, default=UNKNOWN)
    cells = [answers.enum_cells[name] for name in asked if name in answers.enum_cells]
    for exchange in exchanges:
        if exchange.from_flow.startswith(PART):
            place = place_of(exchange)
            if not place.cell and cells:
                place = replace(cells[0].where, path=exchange.id)
            for found in check(_told(best, exchange), exchange.amount, rules, place):
                if found.blocks or not exchange.evidence:
                    yield found


def _told(rung: str, exchange: Exchange) -> Evidence:
    return Evidence(
        crop=exchange.process,
        history=PROVEN_YEARS if rung == PLOT_HISTORY else None,
        country=exchange.place,
        average=exchange.amount if rung == COUNTRY_AVERAGE else None,
    )
