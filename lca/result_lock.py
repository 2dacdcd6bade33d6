"""The lock of a result: hashes and versions of everything that it rests on."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from factors.gwp import GwpSet
from factors.store import FactorSet
from lca.co_pollutants import CoPollutant
from lca.inventory import ProductSystem
from lca.result import Line
from lca.ruleset import RuleSet
from lca.system_write import canonical


def installed() -> dict[str, str]:
    """Return the versions of the software that a result rests on."""
    names = ("carbonlabel", "bw2calc", "bw_processing", "numpy", "scipy")
    python = ".".join(map(str, sys.version_info[:3]))
    return {**{name: version(name) for name in names}, "python": python}


def releases(lines: Iterable[Line], pollutants: Iterable[CoPollutant]) -> frozenset[str]:
    """Return the factor releases that the result and what stands beside it rest on."""
    beside = (release for one in pollutants for release in one.releases)
    return frozenset({*(line.factor.release for line in lines if line.factor), *beside})


def lock(
    system: ProductSystem,
    factors: FactorSet,
    rules: RuleSet,
    gwp: GwpSet,
    used: frozenset[str],
    software: Mapping[str, str],
) -> dict[str, Any]:
    """Return the hashes of everything that the result rests on.

    Parameters
    ----------
    used
        Ids of the factor releases that the result takes rows from.
    software
        Versions by name.
    """
    return {
        "model": dict(system.model) if system.model else None,
        "ruleset": {"id": rules.id, "edition": rules.edition, "sha256": rules.sha256},
        "factors": [
            {"release": item.id, "sha256": item.sha256}
            for item in factors.releases
            if item.id in used
        ],
        "factor_set": factors.hash,
        "gwp": gwp.sha256,
        "workbook": dict(system.workbook) if system.workbook else None,
        "system": hashlib.sha256(canonical(system)).hexdigest(),
        "software": dict(software),
    }
