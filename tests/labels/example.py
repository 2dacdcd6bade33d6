"""The footprint of the fictitious example beer, built from a few lines so that everything adds up.

``python -m tests.labels.example`` writes ``example_footprint.json`` anew.
"""

from __future__ import annotations

import csv
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


def footprint(most: int | None = None) -> dict[str, Any]:
    """Return the example as a fresh dict, or one of its first lines alone."""
    lines = [_line(number, row) for number, row in enumerate(_rows()[:most], 1)]
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


def _rows() -> list[dict[str, str]]:
    with (HERE / "example_rows.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _line(number: int, row: dict[str, str]) -> dict[str, Any]:
    stage, flow, amount, unit, part = (
        row[name] for name in ("stage", "flow", "amount", "unit", "part")
    )
    value = _text((Decimal(amount) * Decimal(row["factor"])).quantize(Q))
    return {
        "id": f"L{number:03}",
        "stage": stage,
        "process": stage,
        "flow": flow,
        "name": {"zh": row["zh"], "en": row["en"]},
        "amount": amount,
        "unit": unit,
        "basis": row["basis"],
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
