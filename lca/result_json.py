"""The parts of ``carbonlabel-footprint/1`` as plain data; numbers are decimal strings."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from factors.factor import PARTS
from lca.inventory import CARBON_PLACES, STORED, ProductSystem, Stage
from lca.record import share_text, spell
from lca.result import EXCLUDING, INCLUDING, Band, Figure, Line, Quality, parts_of


def product_json(system: ProductSystem) -> dict[str, Any]:
    """Return the subject, every key of the contract present."""
    given = dict(system.product)
    name = bilingual(given.get("name"), given["id"])
    return {
        "id": given["id"],
        "name": name,
        "model": given.get("model") or given["id"],
        "gtin": given.get("gtin"),
        "category": given.get("category", ""),
        "maker": given.get("maker") or {"name": {}, "id": ""},
        "sites": list(given.get("sites", ())),
    }


def declared_unit_json(system: ProductSystem) -> dict[str, Any]:
    """Return the declared unit with its sales units."""
    given = system.declared_unit
    mass = given.get("mass")
    return {
        "amount": given["amount"],
        "unit": given["unit"],
        "name": bilingual(given.get("name"), f"{given['amount']} {given['unit']}"),
        "mass": f"{mass['value']} {mass['unit']}" if mass else None,
        "sales_units": [
            {
                "id": item["id"],
                "factor": item["amount"],
                "name": bilingual(item.get("name"), item["id"]),
            }
            for item in given.get("sales_units", ())
        ],
    }


def figure_json(figure: Figure) -> dict[str, Any]:
    """Return both totals and the parts."""
    return {**totals_json(figure), "parts": parts_json(figure.parts)}


def totals_json(figure: Figure) -> dict[str, str]:
    """Return both totals."""
    return {name: spell(figure.total(name)) for name in (EXCLUDING, INCLUDING)}


def parts_json(parts: Mapping[str, Fraction]) -> dict[str, str]:
    """Return parts in their order."""
    return {part: spell(parts[part]) for part in PARTS if part in parts}


def stage_json(stage: Stage, lines: tuple[Line, ...], headline: str) -> dict[str, Any]:
    """Return a stage as the exact sum of its lines."""
    value = sum((line.value(headline) for line in lines), Fraction(0))
    return {
        "id": stage.id,
        "name": bilingual(stage.name, stage.id),
        "side": stage.side,
        "value": spell(value),
        "parts": parts_json(parts_of(lines)),
    }


def line_json(line: Line, headline: str) -> dict[str, Any]:
    """Return a line with its factor and origin."""
    exchange = line.exchange
    return {
        "id": line.id,
        "stage": exchange.stage,
        "process": exchange.process,
        "flow": exchange.flow or exchange.id,
        "name": bilingual(exchange.name, exchange.flow or exchange.id),
        "amount": line.amount,
        "unit": exchange.unit,
        "basis": exchange.basis,
        "factor": _factor_json(line),
        "value": spell(line.value(headline)),
        "parts": parts_json(line.parts),
        "gwp_basis": line.gwp_basis,
        "origin": dict(exchange.origin) or {"kind": "file", "path": exchange.id},
        "hot_spot": exchange.hot_spot,
        "activity_kind": exchange.activity_kind,
        "factor_kind": exchange.factor_kind,
        "quality": exchange.quality,
        "place": line.place,
        "year": exchange.year,
        "evidence": list(exchange.evidence),
    }


def quality_json(quality: Quality) -> dict[str, str]:
    """Return the quality shares."""
    return {
        "primary_activity_share": share_text(quality.primary_activity),
        "proxy_share": share_text(quality.proxy),
        "recalled_share": share_text(quality.recalled),
        "weak_share": share_text(quality.weak),
        "omitted_share": share_text(quality.omitted),
    }


def shares_json(shares: Mapping[str, Fraction]) -> dict[str, str]:
    """Return shares by name."""
    return {name: share_text(share) for name, share in shares.items()}


def band_json(band: Band) -> dict[str, Any]:
    """Return an expected range and its verdict."""
    return {
        "figure": band.figure,
        "low": spell(band.low),
        "high": spell(band.high),
        "unit": band.unit,
        "source": band.source,
        "status": band.status,
        "inside": band.inside,
    }


def carbon_json(system: ProductSystem) -> dict[str, Any]:
    """Return the carbon contents, both places present."""
    given = system.carbon_content
    unit = given.get("unit") or f"kg C/{system.declared_unit['unit']}"
    places = {place: dict(given.get(place, {})) for place in CARBON_PLACES[:2]}
    stored = {STORED: dict(given[STORED])} if STORED in given else {}
    return {**places, **stored, "unit": unit}


def bilingual(name: Any, otherwise: str) -> dict[str, str]:
    """Return a text in both languages, an id where the file gives none."""
    given = name or {}
    return {lang: str(given.get(lang) or otherwise) for lang in ("zh", "en")}


def _factor_json(line: Line) -> dict[str, str]:
    """Return what carries the line; a direct flow is named as such."""
    factor = line.factor
    if factor is None:
        return {
            "id": line.source,
            "release": "",
            "boundary": "direct",
            "status": "",
            "source_class": "",
            "place": line.place,
        }
    return {
        "id": factor.id,
        "release": factor.release,
        "boundary": str(factor.boundary),
        "status": str(factor.status),
        "source_class": str(factor.source_class),
        "place": factor.place,
    }
