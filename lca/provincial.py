"""Variants that are shown beside a result: provincial electricity for a plant in that province.

There is no official life-cycle factor of a Chinese province. A derived value (provincial CO2 plus
what the national footprint holds beyond national CO2) is no input; but a reader of a Shandong
plant's figure has to see where it would lie with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from factors.choose import headline
from factors.factor import EmissionFactor, Use
from factors.numbers import decimal_text
from factors.store import FactorSet
from factors.texts import LANGS, text
from lca.inventory import Exchange, ProductSystem, Text
from lca.own_factors import OWN
from lca.quality import PRIMARY
from lca.ruleset import RuleSet

DERIVED = "electricity-derived"
"""Category of derived values of grid electricity."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Another choice and the system under it."""

    id: str
    text: Text
    system: ProductSystem


def variants(system: ProductSystem, factors: FactorSet, rules: RuleSet) -> Iterator[Variant]:
    """Yield a variant for each province of a site that the library holds a derived value of.

    The metered electricity of the plant takes the derived value; where nothing is metered, all
    grid electricity of the country does.
    """
    sites = system.product.get("sites") or ()
    for place in sorted({str(site.get("country", "")) for site in sites}):
        usual = rules.electricity_factors.get(place.partition("-")[0].lower(), "")
        row = _derived(place, factors) if "-" in place else None
        swapped = _metered(system, usual)
        value = headline(row, rules.gwp()[0]) if row else None
        if row is not None and value is not None and swapped:
            shown = f"{decimal_text(value)} kg CO2e/{row.unit}"
            yield _variant(system, row, swapped, shown)


def _derived(place: str, factors: FactorSet) -> EmissionFactor | None:
    """Return the newest derived value of a place."""
    rows = [row for row in factors if row.category == DERIVED and row.place == place]
    return max(rows, key=lambda row: str(row.valid_to or row.valid_from), default=None)


def _metered(system: ProductSystem, usual: str) -> list[Exchange]:
    """Return the exchanges of grid electricity at the usual factor: the metered ones, or all."""
    grid = [item for item in system.exchanges if usual and item.from_factor == usual]
    return [item for item in grid if item.activity_kind in PRIMARY] or grid


def _variant(
    system: ProductSystem, row: EmissionFactor, swapped: list[Exchange], value: str
) -> Variant:
    own = replace(row, id=f"{OWN}{row.id}", use=Use.INPUT)
    ids = {item.id for item in swapped}
    exchanges = tuple(
        replace(item, from_factor=own.id) if item.id in ids else item for item in system.exchanges
    )
    told = {"place": row.place, "row": row.id, "value": value}
    metered = all(item.activity_kind in PRIMARY for item in swapped)
    key = f"provincial.{'metered' if metered else 'all'}"
    return Variant(
        id=f"electricity-{row.place.lower()}",
        text={lang: text(key, lang, **told) for lang in LANGS},
        system=replace(
            system,
            product={**system.product, "sites": ()},
            factors=(*system.factors, own),
            exchanges=exchanges,
        ),
    )
