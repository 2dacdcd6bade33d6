"""What ``verify --deep`` counts again with: sealed files, and the calculation installed here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labels.cli.shelf import library
from labels.verify import DeepInputs, deep_inputs
from lca import ruleset, study, system_file
from lca.footprint import compute


def recounting(sealed: Path | None, workbook: Path | None) -> DeepInputs:
    """Return what a deep verification may use."""
    stated = _system_of(sealed)
    rules = str(stated.get("ruleset", ""))
    name = str((stated.get("workbook") or {}).get("name", "workbook.xlsx"))

    def recompute(document: Mapping[str, Any]) -> Mapping[str, Any]:
        system = system_file.read(document)
        return compute(system, library(), ruleset.load(rules or system.ruleset)).to_json()

    def convert(data: bytes) -> Mapping[str, Any]:
        made = study.convert(data, name, rules, library())
        return {} if made.system is None else system_file.write(made.system)

    return deep_inputs(sealed, workbook, recompute, convert)


def _system_of(sealed: Path | None) -> Mapping[str, Any]:
    """The sealed system file, for the names in it only; verification hashes it itself."""
    if sealed is None or not (sealed / "system.json").is_file():
        return {}
    try:
        document = json.loads((sealed / "system.json").read_bytes())
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
