"""The footprint of the fictitious example beer, built from a few lines so that everything adds up.

``python -m tests.labels.example`` writes ``example_footprint.json`` anew.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
STAGES = {
    "raw-materials": ("原材料", "Raw materials"),
    "inbound-transport": ("进厂运输", "Inbound transport"),
    "manufacturing": ("生产", "Manufacturing"),
    "packaging": ("包装", "Packaging"),
    "distribution": ("分销", "Distribution"),
    "use": ("使用", "Use"),
    "end-of-life": ("废弃", "End of life"),
}
GATE = tuple(STAGES)[:4]
PARTS = (
    "fossil",
    "biogenic_non_co2",
    "land_use_change",
    "aircraft",
    "unspecified",
    "biogenic_co2_emission",
    "biogenic_co2_removal",
)
EXCLUDING = PARTS[:5]
Q = Decimal("0.000000000001")

# stage, flow, zh, en, amount, unit, factor per unit, part, basis
ROWS = [
    ("raw-materials", "barley", "大麦", "Barley", "0.171236", "kg", "0.4135", "unspecified", "both"),
    ("raw-materials", "barley-uptake", "大麦碳吸收", "Barley uptake", "0.171236", "kg", "-1.42", "biogenic_co2_removal", "both"),
    ("raw-materials", "rice", "大米", "Rice", "0.031417", "kg", "1.8732", "unspecified", "both"),
    ("raw-materials", "hops", "酒花", "Hops", "0.000917", "kg", "4.31", "unspecified", "both"),
    ("raw-materials", "malting-gas", "制麦天然气", "Malting gas", "0.391247", "MJ", "0.0663", "fossil", "both"),
    ("inbound-transport", "truck", "公路运输", "Truck", "0.173911", "tkm", "0.0912", "unspecified", "both"),
    ("inbound-transport", "ship", "海运", "Ship", "1.418231", "tkm", "0.0117", "unspecified", "both"),
    ("manufacturing", "electricity", "电力", "Electricity", "0.091377", "kWh", "0.5777", "fossil", "location"),
    ("manufacturing", "electricity-green", "绿电", "Green power", "0.091377", "kWh", "0.3127", "fossil", "market"),
    ("manufacturing", "steam", "蒸汽", "Steam", "0.671283", "MJ", "0.0941", "fossil", "both"),
    ("manufacturing", "wastewater", "废水", "Wastewater", "0.003713", "m3", "0.4417", "biogenic_non_co2", "both"),
    ("manufacturing", "fermentation", "发酵二氧化碳", "Fermentation CO2", "0.026098", "kg", "1.5791", "biogenic_co2_emission", "both"),
    ("packaging", "glass", "玻璃瓶", "Glass bottle", "0.693177", "kg", "0.9713", "unspecified", "both"),
    ("packaging", "crown-cap", "瓶盖", "Crown cap", "0.004419", "kg", "2.6131", "unspecified", "both"),
    ("packaging", "carton", "纸箱", "Carton", "0.061843", "kg", "0.7819", "unspecified", "both"),
]  # fmt: skip


def footprint() -> dict[str, Any]:
    """Return the example as a fresh dict."""
    lines = [_line(number, row) for number, row in enumerate(ROWS, 1)]
    counted = [line for line in lines if line["basis"] != "market"]
    market = [line for line in lines if line["basis"] != "location"]
    parts = {part: _sum(line["parts"].get(part, "0") for line in counted) for part in PARTS}
    excluding = _sum(parts[part] for part in EXCLUDING)
    including = _sum(parts.values())
    figure = {
        "excluding_biogenic_co2": excluding,
        "including_biogenic_co2": including,
        "parts": parts,
    }
    template = json.loads((HERE / "example_frame.json").read_text(encoding="utf-8"))
    return {
        **template,
        "totals": {
            "excluding_biogenic_co2": {"value": excluding, "unit": "kg CO2e/L"},
            "including_biogenic_co2": {"value": including, "unit": "kg CO2e/L"},
        },
        "parts": parts,
        "figures": {"cradle-to-gate": figure},
        "stages": [_stage(stage, counted) for stage in GATE],
        "lines": lines,
        "electricity": {
            "approach": "location",
            "location": {"excluding_biogenic_co2": excluding},
            "market": {"excluding_biogenic_co2": _sum(line["value"] for line in market)},
        },
    }


def _line(number: int, row: tuple[str, ...]) -> dict[str, Any]:
    stage, flow, zh, en, amount, unit, factor, part, basis = row
    value = _text((Decimal(amount) * Decimal(factor)).quantize(Q))
    return {
        "id": f"L{number:03}",
        "stage": stage,
        "process": stage,
        "flow": flow,
        "name": {"zh": zh, "en": en},
        "amount": amount,
        "unit": unit,
        "basis": basis,
        "factor": {
            "id": f"example-{flow}",
            "release": "example-2025",
            "boundary": "cradle-to-gate",
            "status": "read-in-source",
            "source_class": "LCI database",
            "place": "CN",
        },
        "value": value if part in EXCLUDING else "0",
        "parts": {part: value},
        "gwp_basis": "AR6-100" if part != "unspecified" else "not-stated",
        "origin": {
            "kind": "rule",
            "rule": f"rule-{flow}",
            "formula": "amount / output",
            "cells": [{"sheet": "Inputs", "cell": f"D{number}", "value": amount, "unit": unit}],
        },
        "activity_kind": "invoiced",
        "factor_kind": "database",
        "quality": None,
        "place": "CN",
        "year": "2025",
        "evidence": [f"E{number:02}"],
    }


def _stage(stage: str, counted: list[dict[str, Any]]) -> dict[str, Any]:
    mine = [line for line in counted if line["stage"] == stage]
    zh, en = STAGES[stage]
    return {
        "id": stage,
        "name": {"zh": zh, "en": en},
        "value": _sum(line["value"] for line in mine),
        "parts": {part: _sum(line["parts"].get(part, "0") for line in mine) for part in PARTS},
        "side": "gate",
    }


def _sum(texts: Any) -> str:
    return _text(sum((Decimal(text) for text in texts), Decimal(0)))


def _text(value: Decimal) -> str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


if __name__ == "__main__":
    document = json.dumps(footprint(), ensure_ascii=False, indent=1)
    (HERE / "example_footprint.json").write_text(document + "\n", encoding="utf-8")
