"""All subjects of a file: each computed by itself, and all of them once more on one matrix.

The numbers of record are those of each subject alone. A single solve with the transposed matrix of
all processes then gives the unit score of every product; what it says of each subject must be the
figure to the limit that holds between engines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from factors.errors import SolveError
from factors.findings import finding
from factors.store import FactorSet
from factors.units import unit
from lca import adjoint
from lca.compiled import Compiled
from lca.footprint import Footprint, compute
from lca.inventory import GATE, Exchange, Output, Process, ProductSystem
from lca.lines import GAP_LIMIT
from lca.result import HEADLINES, ZERO, Figure
from lca.ruleset import RuleSet
from lca.subjects import Joined, joined
from lca.system import compile_system

ALL = "subjects@all"
"""The process that takes the reference flow of every subject."""

SCHEMA = "carbonlabel-footprints/1"


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The footprints of all subjects of a file.

    Attributes
    ----------
    footprints
        By subject, in the order of the file.
    gap
        Largest difference between a figure and what the matrix of all says of it, relative to the
        sum of the absolute atoms of its footprint.
    """

    footprints: Mapping[str, Footprint]
    gap: float

    def to_json(self) -> dict[str, object]:
        """Return the document ``carbonlabel-footprints/1``."""
        return {
            "schema": SCHEMA,
            "one_matrix": {"engine": adjoint.NAME, "relative_gap": f"{self.gap:.1E}"},
            "footprints": {name: one.to_json() for name, one in self.footprints.items()},
        }


def compute_all(
    systems: Mapping[str, ProductSystem], factors: FactorSet, rules: RuleSet
) -> Portfolio:
    """Compute every subject of a file.

    Raises
    ------
    FindingsError, SolveError
        As for :func:`lca.footprint.compute`; ENGINE-DISAGREE, when a figure and the matrix of all
        differ by more than 1e-9.
    """
    footprints = {name: compute(system, factors, rules) for name, system in systems.items()}
    together = joined(systems)
    compiled = compile_system(_taking_all(together), factors, rules.gwp()[0])
    figures = {
        (name, figure.boundary): figure
        for name, result in footprints.items()
        for figure in result.figures.values()
    }
    sizes = {name: _size(result) for name, result in footprints.items()}
    masks = np.array([_places(compiled, together.rows, one, rules) for one in figures.values()]).T
    scores = adjoint.solve(compiled, adjoint.burdens(compiled, masks))
    gaps = {
        (name, boundary): _apart(
            figure, scores.of(_demand(compiled, together.systems[name]))[view], sizes[name]
        )
        for view, ((name, boundary), figure) in enumerate(figures.items())
    }
    worst = max(gaps, key=lambda key: gaps[key])
    if gaps[worst] > GAP_LIMIT:
        view, limit = " ".join(worst), f"{GAP_LIMIT:.0E}"
        raise SolveError(
            finding("ENGINE-DISAGREE", gap=f"{gaps[worst]:.1E}", view=view, limit=limit)
        )
    return Portfolio(footprints, gaps[worst])


def _taking_all(together: Joined) -> ProductSystem:
    """Return a system whose reference flow takes that of every subject."""
    links = (
        Exchange(
            id=f"{subject}@all",
            process=ALL,
            stage="",
            flow="",
            name={},
            amount=system.reference_amount,
            unit=system.reference_unit,
            from_process=system.reference_process,
        )
        for subject, system in together.systems.items()
    )
    return replace(
        together.rows,
        reference_process=ALL,
        reference_amount=Fraction(1),
        reference_unit="item",
        processes=(*together.rows.processes, Process(ALL, {}, (Output("", Fraction(1), "item"),))),
        exchanges=(*together.rows.exchanges, *links),
    )


def _places(
    compiled: Compiled, rows: ProductSystem, figure: Figure, rules: RuleSet
) -> NDArray[np.bool_]:
    """Return which places of the biosphere belong to a figure of any subject."""
    inside = {stage.id for stage in rows.stages if figure.boundary != GATE or stage.side == "gate"}
    columns = [
        line.column
        for line in compiled.lines
        if line.exchange.stage in inside and line.exchange.basis in ("both", rules.electricity)
    ]
    parts = HEADLINES[figure.headline]
    flows = [index for index, row in enumerate(compiled.flows) if row.part in parts]
    places: NDArray[np.bool_] = np.isin(compiled.biosphere.cols, columns)
    return places & np.isin(compiled.biosphere.rows, flows)


def _demand(compiled: Compiled, system: ProductSystem) -> tuple[tuple[int, float], ...]:
    """Return the reference flow of a subject on every sheet of the matrix of all."""
    scale = unit(system.reference_unit, frozenset(system.units)).scale
    amount = float(system.reference_amount * scale)
    return tuple(
        (index, amount)
        for index, column in enumerate(compiled.columns)
        if column.kind == "process" and column.id == system.reference_process
    )


def _size(result: Footprint) -> Fraction:
    """Return the sum of the absolute atoms of a footprint."""
    return sum((abs(value) for line in result.lines for value in line.parts.values()), ZERO)


def _apart(figure: Figure, found: float, size: Fraction) -> float:
    """Return how far a figure is from a number, relative to the size of its footprint."""
    difference = abs(figure.value - Fraction(float(found)))
    return float(difference / size) if size else float(difference)
