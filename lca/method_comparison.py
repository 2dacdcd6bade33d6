"""A footprint under every method: end of life with its exact bridge, co-products by other keys.

The rule set's methods make the figure. What stands here is sensitivity, computed from the same
inventory after the figure is made: ``carbonlabel-methods/1``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from factors.store import FactorSet
from factors.texts import LANGS, text
from lca.allocation import bearing, shares
from lca.allocation_methods import Alternative, alternatives
from lca.end_of_life_study import Study, study
from lca.footprint import Footprint, measure
from lca.inventory import Process
from lca.record import amount_text, spell
from lca.result_json import bilingual

SCHEMA = "carbonlabel-methods/1"


@dataclass(frozen=True, slots=True)
class MethodComparison:
    """A footprint with its figures under other methods.

    Attributes
    ----------
    end_of_life
        The declared figure under every end-of-life method; to the gate without materials.
    alternatives
        The figures with one process divided otherwise, for every method that has data.
    """

    footprint: Footprint
    end_of_life: Study
    alternatives: tuple[Alternative, ...]

    @property
    def divided(self) -> tuple[Process, ...]:
        """Processes whose burdens are divided, or that are credited."""
        return tuple(p for p in self.footprint.system.processes if _divided(p))

    def to_json(self) -> dict[str, Any]:
        """Return the document ``carbonlabel-methods/1``."""
        of = self.footprint
        product = of.system.product
        return {
            "schema": SCHEMA,
            "use": "sensitivity",
            "notice": {lang: text("methods.notice", lang) for lang in LANGS},
            "product": {
                "id": product["id"],
                "name": bilingual(product.get("name"), product["id"]),
            },
            "ruleset": {"id": of.rules.id, "edition": of.rules.edition},
            "unit": of.unit,
            "boundary": of.boundary,
            "figures": {name: spell(figure.value) for name, figure in of.figures.items()},
            "materials": {
                block.material: bilingual(block.name, block.material)
                for block in of.system.end_of_life
            },
            "end_of_life": self.end_of_life.to_json(),
            "allocation": {
                "order": list(of.rules.allocation.order),
                "processes": [_process_json(process) for process in self.divided],
                "alternatives": [one.to_json() for one in self.alternatives],
            },
        }


def compare_methods(of: Footprint, factors: FactorSet) -> MethodComparison:
    """Return a footprint under every method for which its system has data.

    Parameters
    ----------
    of
        The footprint of record.
    factors
        The library it was computed with.

    Raises
    ------
    FindingsError
        End-of-life parameters out of range, factors or lines that are missing or do not fit.
    """
    found = study(of.system, of.declared, factors, of.gwp, of.rules, of.unit)
    others = alternatives(of.system, partial(measure, factors=factors, rules=of.rules))
    return MethodComparison(of, found, others)


def _divided(process: Process) -> bool:
    credited = any(output.role == "substitute" for output in process.outputs)
    return credited or len(bearing(process)) > 1


def _process_json(process: Process) -> dict[str, Any]:
    return {
        "process": process.id,
        "name": bilingual(process.name, process.id),
        "method": process.method,
        "shares": {flow: amount_text(float(part)) for flow, part in shares(process).items()},
    }
