"""From a :class:`ProductSystem` back to the document of the system file, always the same bytes.

Numbers are decimal strings: exact where a decimal of at most thirty digits says them exactly, else
the shortest text that reads back as the same float. Empty fields are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import rfc8785

from factors.numbers import decimal_text
from factors.texts import LANGS
from lca.inventory import (
    SCHEMA,
    EndOfLife,
    Exchange,
    Indicator,
    Output,
    OwnFlow,
    Process,
    ProductSystem,
    Stage,
)
from lca.own_factors import factor_json

MAX_PLACES = 28


def number_text(value: Fraction) -> str:
    """Return a number as the system file writes it."""
    for places in range(MAX_PLACES):
        scaled = value * 10**places
        if scaled.denominator == 1:
            return _plain(scaled.numerator, places) if abs(scaled) < 10**30 else decimal_text(value)
    return decimal_text(value)


def share_texts(shares: Mapping[str, Fraction]) -> dict[str, str]:
    """Return shares whose texts sum to exactly 1: the largest takes what rounding left over."""
    texts = {flow: number_text(share) for flow, share in shares.items()}
    if texts and sum(shares.values(), Fraction(0)) == 1:
        largest = max(shares, key=lambda flow: (shares[flow], flow))
        rest = sum((Fraction(text) for flow, text in texts.items() if flow != largest), Fraction(0))
        texts[largest] = number_text(1 - rest)
    return texts


def write(system: ProductSystem) -> dict[str, Any]:
    """Return the document of a system file, empty fields left out."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "product": _trimmed(system.product),
        "declared_unit": _trimmed(system.declared_unit),
        "boundary": system.boundary,
        "ruleset": system.ruleset,
        "period": dict(system.period),
        "model": system.model,
        "units": list(system.units),
        "stages": [_stage(stage) for stage in system.stages],
        "reference": {
            "process": system.reference_process,
            "amount": number_text(system.reference_amount),
            "unit": system.reference_unit,
        },
        "processes": [_process(process) for process in system.processes],
        "exchanges": [_exchange(exchange) for exchange in system.exchanges],
        "factors": [factor_json(factor) for factor in system.factors],
        "flows": [_flow(flow) for flow in system.flows],
        "indicators": [_indicator(indicator) for indicator in system.indicators],
        "carbon_content": dict(system.carbon_content),
        "omissions": [dict(item) for item in system.omissions],
        "exclusions": [dict(item) for item in system.exclusions],
        "bands": [dict(item) for item in system.bands],
        "comparisons": [dict(item) for item in system.comparisons],
        "use_method": dict(system.use_method),
        "family": dict(system.family),
        "end_of_life": [_end_of_life(block) for block in system.end_of_life],
        "ledger": dict(system.ledger),
        "workbook": system.workbook,
        "findings": [dict(item) for item in system.findings],
    }
    mandatory = ("stages", "processes", "exchanges")
    return {key: value for key, value in document.items() if value or key in mandatory}


def canonical(system: ProductSystem) -> bytes:
    """Return the canonical bytes (RFC 8785) of the system file; their SHA-256 is in every lock."""
    return rfc8785.dumps(write(system))


def _stage(stage: Stage) -> dict[str, Any]:
    return _pruned({"id": stage.id, "name": dict(stage.name), "side": stage.side})


def _process(process: Process) -> dict[str, Any]:
    key = {"method": process.method, "shares": share_texts(process.shares), "basis": process.basis}
    return _pruned(
        {
            "id": process.id,
            "name": dict(process.name),
            "place": process.place,
            "year": process.year,
            "outputs": [_output(output) for output in process.outputs],
            "allocation": _pruned(key),
        }
    )


def _output(output: Output) -> dict[str, Any]:
    return _pruned(
        {
            "flow": output.flow,
            "amount": number_text(output.amount),
            "unit": output.unit,
            "role": output.role,
            "properties": {key: number_text(value) for key, value in output.properties.items()},
            "carbon": number_text(output.carbon) if output.carbon else "",
            "replaces": output.replaces,
        }
    )


def _exchange(exchange: Exchange) -> dict[str, Any]:
    source = {
        "process": exchange.from_process,
        "factor": exchange.from_factor,
        "flow": exchange.from_flow,
    }
    return _pruned(
        {
            "id": exchange.id,
            "process": exchange.process,
            "stage": exchange.stage,
            "flow": exchange.flow,
            "name": dict(exchange.name),
            "amount": number_text(exchange.amount),
            "unit": exchange.unit,
            "from": _pruned(source),
            "basis": exchange.basis,
            "hot_spot": exchange.hot_spot,
            "expected": dict(exchange.expected),
            "activity_kind": exchange.activity_kind,
            "factor_kind": exchange.factor_kind,
            "quality": exchange.quality,
            "place": exchange.place,
            "year": exchange.year,
            "evidence": list(exchange.evidence),
            "origin": dict(exchange.origin),
        }
    )


def _end_of_life(block: EndOfLife) -> dict[str, Any]:
    return _pruned(
        {
            "material": block.material,
            "name": dict(block.name),
            "amount": number_text(block.amount),
            "unit": block.unit,
            "lines": list(block.lines),
            "parameters": {key: number_text(value) for key, value in block.parameters.items()},
            "factors": dict(block.factors),
        }
    )


def _flow(flow: OwnFlow) -> dict[str, Any]:
    return _pruned({"id": flow.id, "unit": flow.unit, "name": dict(flow.name)})


def _indicator(indicator: Indicator) -> dict[str, Any]:
    return {
        "id": indicator.id,
        "unit": indicator.unit,
        "flows": {flow: number_text(weight) for flow, weight in indicator.flows.items()},
        **_pruned({"name": dict(indicator.name)}),
    }


def _pruned(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object without its empty fields; zero is not empty."""
    return {key: value for key, value in data.items() if not _empty(value)}


def _trimmed(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object of texts without its empty fields, all the way down.

    A text in both languages stays whole when one of them says something.
    """
    if set(data) == set(LANGS) and any(data.values()):
        return dict(data)
    inner = {k: _trimmed(v) if isinstance(v, Mapping) else v for k, v in data.items()}
    return _pruned(inner)


def _empty(value: Any) -> bool:
    sized = isinstance(value, str | list | tuple | Mapping)
    return value is None or value is False or (sized and not value)


def _plain(digits: int, places: int) -> str:
    """Return ``digits`` x 10**-places in plain notation."""
    sign, text = "-" if digits < 0 else "", str(abs(digits)).rjust(places + 1, "0")
    return sign + (f"{text[:-places]}.{text[-places:]}" if places else text)
