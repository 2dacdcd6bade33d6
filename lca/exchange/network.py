"""A footprint as activities and arcs: the shape that other LCA software keeps a system in.

Every process, every factor and every elementary flow is a node of its own, and one more node is the
declared unit. Amounts are per reference unit of the taker, in the reference unit of the supplier
(kg for a flow), so that each number can be read beside the workbook. Co-products are divided
already; where biogenic carbon follows the atoms and not the shares, a process stands twice, once
per sheet (:mod:`lca.compiled`), and a factor with both kinds of gas is two nodes.

Only what makes the declared figure is here: the rule set's electricity result, and the lines
inside the boundary. Exporters write a network and never compute anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array
from scipy.sparse.linalg import splu

from factors.texts import Lang
from lca.uncertainty.distributions import Distribution

PRODUCT = "product"
"""Code of the node whose one unit is the declared unit."""

KG = "kg"
Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Node:
    """An activity, a factor or an elementary flow.

    Attributes
    ----------
    code
        Unique in the network: ``process:brewing``, ``factor:...``, ``flow:fossil.CO2@AR6-100``.
    kind
        ``product``, ``process``, ``factor`` or ``flow``.
    unit
        What one is of; ``kg`` for a flow.
    output
        How much one run gives, net of what the process takes of itself.
    place
        Country or region, empty where none is stated.
    facts
        Further texts that belong to it, by name.
    private
        Whether its numbers may not be passed on.
    """

    code: str
    kind: str
    name: Text
    unit: str
    output: float = 1.0
    place: str = ""
    facts: Mapping[str, str] | None = None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Arc:
    """What one run of a node takes of a node or gives off into one.

    Attributes
    ----------
    taker, supplier
        Codes. The supplier of an arc to a flow is the flow.
    amount
        In the unit of the supplier; negative for a credit or a removal.
    name
        Of the inventory line; the supplier's where the arc is no line.
    spread
        Multiplier of the amount, 1 being the amount itself; None where it is certain.
    facts
        Further texts that belong to it, by name.
    """

    taker: str
    supplier: str
    amount: float
    name: Text
    spread: Distribution | None = None
    facts: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Nodes and arcs of one footprint, with the weights of both totals.

    Attributes
    ----------
    id
        Of the product.
    nodes, arcs
        The product first, then processes, factors and flows; arcs in the order of their takers.
    weights
        kg CO2e per kg of every flow, by total (``excluding_biogenic_co2`` ...) and code.
    figures
        The totals of record of the declared figure.
    gwp
        Id of the GWP set.
    """

    id: str
    nodes: tuple[Node, ...]
    arcs: tuple[Arc, ...]
    weights: Mapping[str, Mapping[str, float]]
    figures: Mapping[str, float]
    gwp: str

    def of_kind(self, *kinds: str) -> tuple[Node, ...]:
        """Return the nodes of some kinds, in their order."""
        return tuple(node for node in self.nodes if node.kind in kinds)

    def taken(self) -> Mapping[str, tuple[Arc, ...]]:
        """Return the arcs of every node that takes something."""
        found: dict[str, list[Arc]] = {}
        for arc in self.arcs:
            found.setdefault(arc.taker, []).append(arc)
        return {code: tuple(arcs) for code, arcs in found.items()}

    def scores(self, *, single: bool = False) -> dict[str, float]:
        """Return both totals of one declared unit, computed from the network alone.

        Parameters
        ----------
        single
            Round every amount to float32 first, as a Brightway database does.
        """
        activities = self.of_kind("product", "process", "factor")
        row = {node.code: index for index, node in enumerate(activities)}
        short = np.float32 if single else np.float64
        cells = [(row[node.code], row[node.code], float(short(node.output))) for node in activities]
        burdens = {total: np.zeros(len(activities)) for total in self.weights}
        for arc in self.arcs:
            amount = float(short(arc.amount))
            if arc.supplier in row:
                cells.append((row[arc.taker], row[arc.supplier], -amount))
                continue
            for total, weights in self.weights.items():
                burdens[total][row[arc.taker]] += amount * float(short(weights[arc.supplier]))
        rows, columns, values = (np.array(part) for part in zip(*cells, strict=True))
        factors = splu(csc_array((values, (rows, columns)), shape=(len(row), len(row))))
        return {
            total: float(factors.solve(burden)[row[PRODUCT]]) for total, burden in burdens.items()
        }


def named(nodes: tuple[Node, ...], lang: Lang) -> dict[str, str]:
    """Return a name for every node that no other node of its place and unit has."""
    found: dict[str, str] = {}
    taken: set[tuple[str, str, str]] = set()
    for node in nodes:
        name = " ".join(node.name[lang].split()) or node.code
        if (name.casefold(), node.place, node.unit) in taken:
            name = f"{name} [{node.code}]"
        taken.add((name.casefold(), node.place, node.unit))
        found[node.code] = name
    return found
