"""The ``end_of_life`` blocks of a system file: how each material is recycled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lca.inventory import EndOfLife, Exchange
from lca.json_node import Node

NEEDED = ("r1", "r2", "r3", "a")
PARAMETERS = (*NEEDED, "b", "q_in", "q_out", "heat", "power")
FACTORS = (
    "virgin",
    "recycled",
    "recycling",
    "virgin_replaced",
    "recovery",
    "disposal",
    "heat",
    "power",
)
"""E_V, E_rec, E_recEoL, E*_V, E_ER, E_D, and the heat and power that recovered energy replaces."""


ENERGY: Mapping[str, str] = {"heat": "MJ", "power": "kWh"}
"""Recovered energy that replaces other heat and power, per unit of the material burnt."""


def read_end_of_life(node: Node, exchanges: Iterable[Exchange]) -> EndOfLife:
    """Return one block of the file; its faults go to the node's findings."""
    node.require("material", "amount", "unit", "lines", "parameters", "factors")
    numbers, rows = node.node("parameters"), node.node("factors")
    numbers.require(*NEEDED)
    block = EndOfLife(
        material=node.id("material"),
        amount=node.number("amount"),
        unit=node.text("unit"),
        lines=node.strings("lines"),
        parameters={key: numbers.number(key) for key in PARAMETERS if key in numbers.data},
        factors={key: rows.id(key) for key in FACTORS if key in rows.data},
        name=node.bilingual("name"),
    )
    known = {exchange.id for exchange in exchanges if exchange.is_line}
    for line in block.lines:
        if line not in known:
            node.report("EOL-LINE", "lines", material=block.material, saw=line)
    for inner in (numbers, rows, node):
        inner.done()
    return block
