"""Biogenic carbon that a product leaves stored: worn, dumped or recycled, and not given off.

A plant's uptake counts at the start of the life cycle. What never comes back within the study would
lower the total for good, on the word of the maker alone. So a rule set decides: unless it counts
stored carbon, the carbon is taken as given off at the end of life, by a line of its own, and the
amount is told beside the result. Delayed emissions are treated alike: they count as if they
happened at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from factors.texts import LANGS, text
from factors.units import unit
from lca.allocation import CO2_PER_CARBON
from lca.answers import Answers
from lca.expand import Site, origin_of, place_of
from lca.inventory import GATE, STORED, Exchange
from lca.model_parts import ProductModel
from lca.ruleset_parts import COUNTED, RuleSet

EMISSION = "biogenic_co2_emission.CO2"
STAGE = "end-of-life"


def stored_lines(
    model: ProductModel, answers: Answers, site: Site, rules: RuleSet, boundary: str
) -> Iterator[Exchange]:
    """Yield the stored carbon of a whole life as given off, unless the rule set counts it.

    Amounts are kg CO2 per reference amount of the model's process: kg C times 44/12.
    """
    if boundary == GATE or rules.stored_carbon == COUNTED:
        return
    process = model.process_rule(model.process)
    held = [rule for rule in model.carbon if rule.of == STORED and answers.holds(rule.when)]
    for number, rule in enumerate(held, start=1):
        told = answers.value(rule.amount, unit("kg") / process.unit)
        name = f"stored-carbon-{number}"
        origin = origin_of(name, told)
        yield Exchange(
            id=name,
            process=process.id,
            stage=STAGE,
            flow="stored-carbon",
            name={lang: text("stored.emission", lang) for lang in LANGS},
            amount=told.value * process.amount * CO2_PER_CARBON,
            unit="kg",
            from_flow=EMISSION,
            activity_kind=told.kind,
            place=place_of(process, answers),
            year=site.year,
            evidence=told.evidence,
            origin={**origin, "kind": "rule", "formula": f"({told.formula}) * 44 / 12"},
        )
