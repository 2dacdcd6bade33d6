"""Elementary flows and impact indicators that a system file declares for itself.

They are for systems that are counted in something else than climate change: a published matrix, a
water or land indicator of somebody's study. :mod:`lca.indicators` gives their results. A footprint
knows climate change alone and refuses a system that has flows of its own.
"""

from __future__ import annotations

from collections.abc import Collection

from factors.errors import UnitError
from factors.factor import PARTS
from factors.units import unit
from lca.inventory import Indicator, OwnFlow
from lca.json_node import Node
from lca.own_factors import OWN


def read_flow(node: Node, counting: frozenset[str]) -> OwnFlow:
    """Return one elementary flow of the file; its faults go to the node's findings."""
    node.require("id", "unit")
    flow = OwnFlow(node.id("id"), node.text("unit"), node.bilingual("name"))
    if not flow.id.startswith(OWN):
        node.report("SYSTEM-OWN-FLOW-ID", "id", saw=flow.id)
    if flow.unit:
        try:
            unit(flow.unit, counting, where=node.at("unit"))
        except UnitError as error:
            node.log.extend(error.findings)
    node.done()
    return flow


def read_indicator(node: Node, own: Collection[str]) -> Indicator:
    """Return one indicator of the file; its faults go to the node's findings.

    Parameters
    ----------
    own
        Ids of the flows that the file declares.
    """
    node.require("id", "unit", "flows")
    weights = node.numbers("flows")
    for flow in weights:
        if not known(flow, own):
            node.report("SYSTEM-FLOW", f"flows.{flow}", saw=flow)
    indicator = Indicator(node.id("id"), node.text("unit"), weights, node.bilingual("name"))
    node.done()
    return indicator


def known(flow: str, own: Collection[str]) -> bool:
    """Whether a text names an elementary flow: one of the file's own, or ``part.gas``."""
    part, _, gas = flow.partition(".")
    return flow in own if flow.startswith(OWN) else bool(part in PARTS and gas)
