"""A network in the words of Brightway: datasets with exchanges, as its databases hold them.

The Excel file and the project are two ways of handing over the same datasets. Every exchange names
its supplier by (database, code), so that nothing is left to matching; our own fields begin with
``carbonlabel``. Elementary flows are nodes of the same database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import log
from typing import Any

from factors.texts import LANGS, Lang
from lca.exchange.linking import BACKGROUND
from lca.exchange.network import PRODUCT, Arc, Network, Node, named
from lca.uncertainty.distributions import Distribution, Lognormal, Uniform

Dataset = Mapping[str, Any]

UNITS: Mapping[str, str] = {
    "kg": "kilogram",
    "kWh": "kilowatt hour",
    "MJ": "megajoule",
    "m3": "cubic meter",
    "tkm": "ton kilometer",
    "km": "kilometer",
    "L": "litre",
    "m2": "square meter",
    "t": "ton",
    "item": "unit",
}
"""Spellings of Brightway for units that it knows; all others stay as they are."""

LOGNORMAL, UNIFORM = 2, 4
"""Ids of ``stats_arrays``."""

OWN = "carbonlabel"


def database_name(made: Network) -> str:
    """Return the name of the database of a product."""
    return safe(f"{OWN} {made.id}")


def method_name(made: Network, total: str) -> tuple[str, str, str]:
    """Return the name of the method of a total."""
    return OWN, made.gwp, total.replace("_", " ")


def datasets(made: Network, database: str, lang: Lang) -> Iterator[Dataset]:
    """Yield the datasets of a network, the product first.

    Parameters
    ----------
    database
        Name of the database they belong to.
    lang
        Language of the names; the other one goes into the comments.
    """
    taken, names = made.taken(), named(made.nodes, lang)
    nodes = {node.code: node for node in made.nodes}
    for node in made.nodes:
        if node.kind == BACKGROUND:
            continue
        exchanges = [
            _exchange(arc, nodes[arc.supplier], database, lang, names)
            for arc in taken.get(node.code, ())
        ]
        own = [] if node.kind == "flow" else [_production(node, database, names)]
        yield {**_head(node, database, lang, names), "exchanges": [*own, *exchanges]}


def method_rows(made: Network, total: str) -> Iterator[tuple[Node, float]]:
    """Yield the flows that count in a total, with kg CO2e per kg."""
    for node in made.of_kind("flow"):
        weight = made.weights[total][node.code]
        if weight:
            yield node, weight


def key_of(node: Node, database: str) -> tuple[str, str]:
    """Return the Brightway key of a node."""
    if node.kind == BACKGROUND:
        facts = node.facts or {}
        return facts["database"], facts["code"]
    return database, safe(node.code)


def safe(words: str) -> str:
    """Return a text that the importer of Brightway reads back as this very text.

    It takes ``::`` for a tuple, and whatever Python reads as a number for a number.
    """
    plain = words.replace("::", ": :").strip()
    try:
        float(plain)
    except ValueError:
        number = False
    else:
        number = True
    odd = number or plain.lower() in ("true", "false", "(unknown)", "")
    return f"No. {plain}" if odd else plain


def _head(node: Node, database: str, lang: Lang, names: Mapping[str, str]) -> dict[str, Any]:
    flow = node.kind == "flow"
    kind = "emission" if flow else "process"
    head: dict[str, Any] = {
        "name": safe(names[node.code]),
        "code": safe(node.code),
        "database": database,
        "type": kind,
        "unit": _unit(node.unit),
    }
    if node.place:
        head["location"] = safe(node.place)
    if flow:
        head["categories"] = ("air",)
    else:
        head["reference product"] = safe((node.facts or {}).get("product", "") or names[node.code])
        head["production amount"] = node.output
    head["comment"] = safe(" / ".join(node.name[one] for one in LANGS if one != lang))
    return head | _own(node.facts)


def _production(node: Node, database: str, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "amount": node.output,
        "input": key_of(node, database),
        "type": "production",
        "name": safe(names[node.code]),
        "unit": _unit(node.unit),
    }


def _exchange(
    arc: Arc, supplier: Node, database: str, lang: Lang, names: Mapping[str, str]
) -> dict[str, Any]:
    flow = supplier.kind == "flow"
    found: dict[str, Any] = {
        "amount": arc.amount,
        "input": key_of(supplier, database),
        "type": "biosphere" if flow else "technosphere",
        "name": safe(names[supplier.code]),
        "unit": _unit(supplier.unit),
        "comment": safe(arc.name[lang]),
    }
    if supplier.place:
        found["location"] = safe(supplier.place)
    if flow:
        found["categories"] = ("air",)
    return found | _spread(arc.amount, arc.spread) | _own(arc.facts)


def _spread(amount: float, shape: Distribution | None) -> dict[str, Any]:
    """Return the fields of a distribution of ``stats_arrays``; none for a certain amount."""
    match shape:
        case Lognormal() if amount:
            return {
                "uncertainty type": LOGNORMAL,
                "loc": log(abs(amount * shape.median)),
                "scale": shape.sigma,
                "negative": amount < 0,
            }
        case Uniform() if amount:
            ends = sorted((amount * shape.low, amount * shape.high))
            return {"uncertainty type": UNIFORM, "minimum": ends[0], "maximum": ends[1]}
        case _:
            return {}


def _own(facts: Mapping[str, str] | None) -> dict[str, str]:
    return {f"{OWN} {name.replace('_', ' ')}": safe(told) for name, told in (facts or {}).items()}


def _unit(symbol: str) -> str:
    return safe(UNITS.get(symbol, symbol))


def demand_key(database: str) -> tuple[str, str]:
    """Return the key of the node whose one unit is the declared unit."""
    return database, PRODUCT
