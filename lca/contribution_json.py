"""The document ``carbonlabel-contributions/1``: what a figure is made of and what would move it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from factors.numbers import decimal_text
from factors.store import FactorSet
from lca.contribution import ACCOUNT, GAS, KEYS, PART, Contribution, tree
from lca.footprint import Footprint
from lca.record import share_text, spell
from lca.sankey import Place, Sankey, sankey
from lca.sensitivity import Sensitivity, sensitivities
from lca.tipping import Shown, Tipping, tipping

SCHEMA = "carbonlabel-contributions/1"
VIEWS = (*KEYS, ACCOUNT, PART, GAS)
"""Everything that a figure can be split by."""


def document(
    result: Footprint, factors: FactorSet, levels: Sequence[str], shown: Shown
) -> dict[str, Any]:
    """Return tree, flow diagram, sensitivities and tipping points of the declared figure.

    Parameters
    ----------
    levels
        Some of :data:`VIEWS`, from the root outwards.
    shown
        How the figure is printed.

    Raises
    ------
    KeyError
        For another view.
    """
    figure, system = result.declared, result.system
    inputs = sensitivities(system, factors, result.rules)[figure.boundary].inputs
    flows = [level for level in levels if level in KEYS or level == ACCOUNT]
    return {
        "schema": SCHEMA,
        "figure": figure.boundary,
        "headline": figure.headline,
        "value": spell(figure.value),
        "unit": result.unit,
        "printed": shown(figure.value),
        "levels": list(levels),
        "tree": _node(tree(figure, levels, system=system)),
        "sankey": _sankey(sankey(figure, flows, system=system)),
        "sensitivities": [_sensitivity(one) for one in inputs],
        "tipping": [_tipping(one) for one in tipping(figure.value, inputs, shown)],
    }


def _node(node: Contribution) -> dict[str, Any]:
    told = {
        "level": node.level,
        "key": node.key,
        "value": spell(node.value),
        "share": share_text(node.share),
    }
    children = [_node(child) for child in node.children]
    return {**told, "children": children} if children else told


def _sankey(flows: Sankey) -> dict[str, Any]:
    return {
        "nodes": [{**_place(one.place), "value": spell(one.value)} for one in flows.nodes],
        "links": [
            {"from": _place(one.source), "to": _place(one.target), "value": spell(one.value)}
            for one in flows.links
        ],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"level": place.level, "key": place.key, "joined": place.joined}


def _sensitivity(one: Sensitivity) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "id": one.id,
        "derivative": None if one.derivative is None else decimal_text(one.derivative),
        "contribution": decimal_text(one.contribution),
        "elasticity": None if one.elasticity is None else decimal_text(one.elasticity),
        "linear": one.linear,
    }


def _tipping(one: Tipping) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "id": one.id,
        "change": share_text(one.change),
        "becomes": one.becomes,
        "linear": one.linear,
    }
