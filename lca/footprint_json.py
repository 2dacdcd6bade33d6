"""The document ``carbonlabel-footprint/1``: a footprint as plain data, nothing computed anew."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from lca import engine, oracle
from lca.family_file import label_line
from lca.inventory import ProductSystem, Text
from lca.position import position
from lca.record import share_text
from lca.result import APPROACHES
from lca.result_json import (
    band_json,
    carbon_json,
    declared_unit_json,
    figure_json,
    line_json,
    parts_json,
    product_json,
    quality_json,
    shares_json,
    stage_json,
    totals_json,
)
from lca.uncertainty.record import sampled

if TYPE_CHECKING:
    from lca.footprint import Footprint

SCHEMA = "carbonlabel-footprint/1"


def document(result: Footprint) -> dict[str, Any]:
    """Return the document of a footprint; its keys are in the order of the schema."""
    return {
        **_subject(result),
        **_numbers(result),
        **_bases(result),
        **_beside(result),
        **_account(result),
    }


def _subject(result: Footprint) -> dict[str, Any]:
    """Return what the figure is about."""
    return {
        "schema": SCHEMA,
        "product": product_json(result.system),
        **_family(result.system),
        "declared_unit": declared_unit_json(result.system),
        "boundary": result.boundary,
        "period": dict(result.system.period),
        "ruleset": {
            **result.lock["ruleset"],
            "name": dict(result.rules.name),
            **_deviations(result),
        },
    }


def _deviations(result: Footprint) -> dict[str, Any]:
    """Return where the rule set does not follow its document, if anywhere."""
    told = [
        {"clause": one.clause, "text": dict(one.text), "effect": dict(one.effect)}
        for one in result.rules.deviations
    ]
    return {"deviations": told} if told else {}


def _family(system: ProductSystem) -> dict[str, Any]:
    """Return for whom the figure stands, where it stands for several."""
    if not system.family:
        return {}
    return {"family": {**system.family, "label": label_line(system.family)}}


def _numbers(result: Footprint) -> dict[str, Any]:
    """Return the totals and everything that sums to them."""
    totals = totals_json(result.declared)
    return {
        "totals": {name: {"value": text, "unit": result.unit} for name, text in totals.items()},
        "headline": result.headline,
        "parts": parts_json(result.declared.parts),
        "figures": {name: figure_json(figure) for name, figure in result.figures.items()},
        "stages": [stage_json(stage, lines, result.headline) for stage, lines in result.stages()],
        "lines": [line_json(line, result.headline) for line in result.lines],
        "electricity": {
            "approach": result.approach,
            **{name: totals_json(result.electricity(name)) for name in APPROACHES},
        },
    }


def _bases(result: Footprint) -> dict[str, Any]:
    """Return what the numbers rest on: GWP set, carbon contents, quality, uncertainty, bands."""
    return {
        "gwp": {
            "set": result.gwp.id,
            "shares": shares_json(result.quality[result.boundary].gwp),
            "shares_by_figure": {k: shares_json(v.gwp) for k, v in result.quality.items()},
            "claim": result.gwp_claim,
        },
        "carbon_content": carbon_json(result.system),
        "data_quality": {
            **quality_json(result.strictest),
            "by_figure": {k: quality_json(v) for k, v in result.quality.items()},
        },
        "uncertainty": _uncertainty(result),
        "bands": [band_json(band) for band in result.bands],
        **_position(result),
    }


def _position(result: Footprint) -> dict[str, Any]:
    """Return where the figures stand, where there is anything to compare them with."""
    told = position(result.system, result.figures, result.bands)
    return {"position": told} if told else {}


def _beside(result: Footprint) -> dict[str, Any]:
    """Return what is shown beside the figure, where there is any."""
    shown: dict[str, Any] = {}
    if result.sensitivities:
        shown["sensitivities"] = list(map(dict, result.sensitivities))
    if any(one.lines for one in result.pollutants):
        shown["co_pollutants"] = {one.name: one.to_json() for one in result.pollutants}
    return shown


def _account(result: Footprint) -> dict[str, Any]:
    """Return what was left out, divided, graded, compared, found and locked."""
    system = result.system
    return {
        "omissions": [dict(item) for item in system.omissions],
        "exclusions": [dict(text) for text in _exclusions(result)],
        "allocation": [dict(process.basis) for process in system.processes if process.basis],
        "grade": {
            "value": result.grade,
            "reasons": [reason.to_json() for reason in result.reasons],
        },
        "engines": {
            "of_record": engine.NAME,
            "cross_check": oracle.NAME,
            "relative_gap": f"{result.gap:.1E}",
        },
        "findings": [
            *(dict(item) for item in system.findings),
            *(found.to_json() for found in result.findings),
        ],
        "lock": dict(result.lock),
    }


def _exclusions(result: Footprint) -> Iterator[Text]:
    """Yield what the rule set and the file leave out, each text once."""
    seen: list[Text] = []
    for text in (*result.system.exclusions, *result.rules.exclusions):
        if text not in seen:
            seen.append(text)
    yield from seen


def _uncertainty(result: Footprint) -> dict[str, Any] | None:
    if result.spread is None:
        return None
    return {
        "relative_standard": share_text(Fraction(result.spread)),
        "basis": "first-order; parameter uncertainty only",
        "covers": share_text(result.spread_covers),
        "sampled": sampled(result.declared, result.gwp),
    }
