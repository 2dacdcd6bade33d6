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

from collections.abc import Mapping, Sequence
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
        short = np.float32 if single else np.float64
        arcs = [(arc.taker, arc.supplier, float(short(arc.amount))) for arc in self.arcs]
        outputs = {node.code: float(short(node.output)) for node in self.nodes}
        return {
            total: _solved(
                outputs, arcs, {code: float(short(weight)) for code, weight in weights.items()}
            )
            for total, weights in self.weights.items()
        }


def _solved(
    outputs: Mapping[str, float],
    arcs: Sequence[tuple[str, str, float]],
    weights: Mapping[str, float],
) -> float:
    """Return the score of the product.

    Factors are folded into what takes them before anything is solved: amounts of very different
    size then never meet in the elimination.
    """
    takers = {taker for taker, supplier, _ in arcs if supplier not in weights}
    row = {code: index for index, code in enumerate(sorted(takers))}
    scores, right = dict(weights), np.zeros(len(row))
    for taker, supplier, amount in arcs:
        if taker not in row:
            given = amount * weights[supplier] / outputs[taker]
            scores[taker] = scores.get(taker, 0.0) + given
    for taker, supplier, amount in arcs:
        if taker in row and supplier not in row:
            right[row[taker]] += amount * scores.get(supplier, 0.0)
    cells = [(row[code], row[code], outputs[code]) for code in row]
    cells += [(row[a], row[b], -amount) for a, b, amount in arcs if a in row and b in row]
    rows, columns, values = (np.array(part) for part in zip(*cells, strict=True))
    matrix = csc_array((values, (rows, columns)), shape=(len(row), len(row)))
    return float(splu(matrix).solve(right)[row[PRODUCT]])


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
