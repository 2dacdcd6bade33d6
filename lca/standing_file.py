"""Published values and demands on hot spots as they stand in a system file."""

from __future__ import annotations

from typing import Any

from lca.inventory import GATE, GRAVE
from lca.json_node import Node
from lca.model_standing import FACTOR_QUALITY, QUALITY

TEXTS = ("boundary", "reason", "explanation")


def read_comparison(node: Node) -> dict[str, Any]:
    """Return one published value; its faults go to the node's findings."""
    node.require("id", "figure", "value", "unit", "equal", "boundary", "source")
    for key in ("value", "equal"):
        node.number(key)
    told: dict[str, Any] = {
        "id": node.id("id"),
        "figure": node.choice("figure", (GATE, GRAVE), GATE),
        **{key: node.text(key) for key in ("value", "unit", "equal", "source", "status")},
        **{key: node.bilingual(key) for key in TEXTS},
    }
    node.done()
    return {key: value for key, value in told.items() if value}


def read_use_method(node: Node) -> dict[str, Any]:
    """Return the method of the use stage; empty when the file names none."""
    if not node.data:
        return {}
    node.require("id")
    told = {"id": node.id("id"), "name": node.bilingual("name")}
    node.done()
    return told


def read_expected(node: Node) -> dict[str, Any]:
    """Return what a hot spot needs and what is usual; empty when the file says nothing."""
    if not node.data:
        return {}
    told: dict[str, Any] = {
        "rule": node.id("rule"),
        "activity": node.choice("activity", QUALITY, ""),
        "factor": node.choice("factor", FACTOR_QUALITY, ""),
    }
    usual = node.node("share")
    if usual.data:
        usual.require("low", "high")
        low, high = usual.number("low"), usual.number("high")
        if low > high:
            usual.report("SYSTEM-BAND", "low")
        told["share"] = {"low": usual.text("low"), "high": usual.text("high")}
    usual.done()
    node.done()
    return {key: value for key, value in told.items() if value}
