"""A family, or several sites, as it stands in a system file: who stands behind one figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from factors.findings import Finding, finding
from factors.texts import LANGS, text
from lca.inventory import GATE
from lca.json_node import Node

MEAN, REPRESENTATIVE, WORST = MODES = ("weighted-mean", "representative", "worst-case")
"""How one figure stands for several: mean by output, a named one, the highest."""
ARTICLES, SITES = KINDS = ("articles", "sites")

SPREAD: Mapping[str, str] = {ARTICLES: "FAMILY-SPLIT", SITES: "FAMILY-SITES"}
"""What is said of one that lies outside the tolerance."""


def read_family(node: Node) -> dict[str, Any]:
    """Return who stands behind the figure; empty for a single product of a single site."""
    if not node.data:
        return {}
    node.require("id", "kind", "mode", "tolerance", "members")
    node.number("tolerance")
    told = {
        "id": node.id("id"),
        "kind": node.choice("kind", KINDS, ARTICLES),
        "mode": node.choice("mode", MODES, MEAN),
        "representative": node.id("representative"),
        "tolerance": node.text("tolerance"),
        "members": [_member(one) for one in node.nodes("members")],
    }
    node.done()
    return {key: value for key, value in told.items() if value}


def label_line(family: Mapping[str, Any]) -> dict[str, str]:
    """Return what a label says of a figure that stands for several."""
    key = f"family.{family['kind']}_{family['mode'].replace('-', '_')}"
    count, name = len(family["members"]), family.get("representative", "")
    return {lang: text(key, lang, count=count, name=name) for lang in LANGS}


def outside(family: Mapping[str, Any], gate: Fraction) -> Iterator[Finding]:
    """Yield a finding for everyone whose figure to the gate is too far from the declared one."""
    tolerance = Fraction(family["tolerance"]) if family else Fraction(0)
    for member in family.get("members", ()):
        own = Fraction(member["figures"].get(GATE, "0"))
        deviation = (own - gate) / abs(gate) if gate else Fraction(0)
        if abs(deviation) > tolerance:
            yield finding(
                SPREAD[family["kind"]],
                member=member["id"],
                deviation=f"{float(deviation):+.1%}",
                tolerance=f"{float(tolerance):.0%}",
            )


def _member(node: Node) -> dict[str, Any]:
    node.require("id", "share", "figures")
    node.number("share")
    node.numbers("figures")
    figures = node.node("figures")
    told: dict[str, Any] = {
        "id": node.id("id"),
        "name": node.bilingual("name"),
        "mass": node.text("mass"),
        "share": node.text("share"),
        "figures": {key: figures.text(key) for key in figures.data},
    }
    node.done()
    return {key: value for key, value in told.items() if value}
