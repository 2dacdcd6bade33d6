"""A network as a ``bw_processing`` datapackage in memory: float64, no project, nothing on disk.

For calculations with ``bw2calc`` beside ours::

    made = to_datapackage(network(footprint, factors))
    lca = bw2calc.LCA({made.ids["product"]: 1}, data_objs=[made.package])

Which total is scored is chosen when the package is made, because ``bw2calc`` adds up every
characterisation matrix that it is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import bw_processing
import numpy as np
from numpy.typing import NDArray

from lca.exchange.brightway_data import LOGNORMAL, UNIFORM
from lca.exchange.network import Arc, Network
from lca.result import EXCLUDING
from lca.uncertainty.distributions import Distribution, Lognormal, Uniform

FIXED = 0
"""Id of an amount without uncertainty in ``stats_arrays``."""


@dataclass(frozen=True, slots=True, eq=False)
class Package:
    """A datapackage and the number of every node in it, by code."""

    package: bw_processing.Datapackage
    ids: Mapping[str, int]


def to_datapackage(made: Network, total: str = EXCLUDING) -> Package:
    """Return the three matrices of a network.

    Parameters
    ----------
    total
        The total that the characterisation counts.

    Returns
    -------
    Package
        Demand one unit of ``ids["product"]``. Distributions are there for
        ``use_distributions=True``; they are float32, the amounts float64.
    """
    ids = {node.code: number for number, node in enumerate(made.nodes, start=1)}
    flows = {node.code for node in made.of_kind("flow")}
    package = bw_processing.create_datapackage(
        name=f"carbonlabel {made.id}", sum_intra_duplicates=True
    )
    outputs = [
        Arc(node.code, node.code, node.output, node.name)
        for node in made.nodes
        if node.code not in flows
    ]
    taken = [arc for arc in made.arcs if arc.supplier not in flows]
    given = [arc for arc in made.arcs if arc.supplier in flows]
    flips = [False] * len(outputs) + [True] * len(taken)
    _add(package, "technosphere_matrix", [*outputs, *taken], ids, flips)
    _add(package, "biosphere_matrix", given, ids, [False] * len(given))
    weights = made.weights[total]
    package.add_persistent_vector(
        matrix="characterization_matrix",
        name="characterisation",
        identifier=f"{made.gwp} {total}",
        global_index=0,
        nrows=len(weights),
        indices_array=_indices([ids[code] for code in weights], [0] * len(weights)),
        data_array=np.array(list(weights.values()), dtype=np.float64),
    )
    return Package(package, ids)


def _add(
    package: bw_processing.Datapackage,
    matrix: str,
    arcs: Sequence[Arc],
    ids: Mapping[str, int],
    flips: Sequence[bool],
) -> None:
    spreads = np.zeros(len(arcs), dtype=bw_processing.UNCERTAINTY_DTYPE)
    for place, arc in enumerate(arcs):
        spreads[place] = _spread(arc.amount, arc.spread)
    rows, columns = [ids[arc.supplier] for arc in arcs], [ids[arc.taker] for arc in arcs]
    package.add_persistent_vector(
        matrix=matrix,
        name=matrix,
        indices_array=_indices(rows, columns),
        data_array=np.array([arc.amount for arc in arcs], dtype=np.float64),
        flip_array=np.array(flips, dtype=np.bool_),
        distributions_array=spreads,
    )


def _indices(rows: Sequence[int], columns: Sequence[int]) -> NDArray[np.void]:
    pairs = np.zeros(len(rows), dtype=bw_processing.INDICES_DTYPE)
    pairs["row"], pairs["col"] = rows, columns
    return pairs


def _spread(
    amount: float, shape: Distribution | None
) -> tuple[int, float, float, float, float, float, bool]:
    """Return (type, loc, scale, shape, minimum, maximum, negative) of ``stats_arrays``."""
    none = np.nan
    match shape:
        case Lognormal() if amount:
            loc = log(abs(amount * shape.median))
            return LOGNORMAL, loc, shape.sigma, none, none, none, amount < 0
        case Uniform() if amount:
            low, high = sorted((amount * shape.low, amount * shape.high))
            return UNIFORM, none, none, none, low, high, False
        case _:
            return FIXED, amount, none, none, none, none, False
