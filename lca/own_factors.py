"""Factors that a system file brings along: a supplier's declared figure, a case's own number.

They pass the same checks as a row of a release. What the file leaves out takes the most cautious
value: a figure of unknown treatment, self-declared, recalled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factors.errors import UnitError
from factors.factor import BY_GAS, EmissionFactor, Uncertainty
from factors.findings import Finding
from factors.numbers import decimal_text
from factors.rows import COLUMNS, read_row
from factors.units import unit
from lca.json_node import Node

OWN = "own:"
"""Ids of a file's own factors start so; they can never be taken for a row of the library."""

RELEASE = "own/file"

CAUTIOUS: Mapping[str, str] = {
    "category": "own",
    "place": "XX",
    "biogenic_treatment": "unknown",
    "boundary": "cradle-to-gate",
    "capital_goods": "unknown",
    "status": "recalled",
    "source_class": "company-self-declared",
    "use": "input",
    "locator": "system file",
    "note": "no spread stated",
}
"""What a field is when the file is silent."""

TEXTS = tuple(
    column for column in COLUMNS if column not in ("id", "unit", "values", "co_pollutants")
)


def read_factor(node: Node, counting: frozenset[str]) -> EmissionFactor:
    """Return one factor of the file; its faults go to the node's findings.

    Parameters
    ----------
    counting
        Counting units that the file declares for itself.
    """
    node.require("id", "unit", "values")
    name = node.id("id")
    if not name.startswith(OWN):
        node.report("SYSTEM-OWN-ID", "id", saw=name)
    values, co_pollutants = node.numbers("values"), node.numbers("co_pollutants")
    row = {column: node.text(column) for column in TEXTS}
    row |= {column: row[column] or text for column, text in CAUTIOUS.items()}
    row["id"] = name.removeprefix(OWN).partition("@")[0].lower()
    row["activity_zh"] = row["activity_zh"] or name
    row["activity_en"] = row["activity_en"] or name
    row["gwp_set"] = row["gwp_set"] or ("not-stated" if _lump(values) else BY_GAS)
    row["values"] = _pairs(node.node("values").data)
    row["co_pollutants"] = _pairs(node.node("co_pollutants").data)
    row["unit"] = "item" if counting else node.text("unit")
    factor, wrong = read_row(row, RELEASE, node.at(), private=True)
    node.log.extend(wrong)
    node.log.extend(_unit_findings(node, counting))
    node.done()
    return replace(
        factor, id=name, unit=node.text("unit"), co_pollutants=tuple(co_pollutants.items())
    )


def factor_json(factor: EmissionFactor) -> dict[str, Any]:
    """Return a factor of the file as it is written: only what is not the cautious value."""
    row: dict[str, Any] = {"id": factor.id, "unit": factor.unit}
    row["values"] = {str(flow): decimal_text(amount) for flow, amount in factor.values}
    if factor.co_pollutants:
        row["co_pollutants"] = {gas: decimal_text(amount) for gas, amount in factor.co_pollutants}
    for column in TEXTS:
        text = _text(getattr(factor, column))
        if text and text != CAUTIOUS.get(column):
            row[column] = text
    return row


def _lump(values: Mapping[str, Any]) -> bool:
    return any(name.endswith(".CO2e") for name in values)


def _pairs(values: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}={number}" for name, number in values.items())


def _unit_findings(node: Node, counting: frozenset[str]) -> tuple[Finding, ...]:
    """Return what is wrong with the per-unit, which may be one of the file's own counting units."""
    if not counting or not node.text("unit"):
        return ()
    try:
        unit(node.text("unit"), counting, where=node.at("unit"))
    except UnitError as error:
        return error.findings
    return ()


def _text(value: object) -> str:
    """Return a field as the text of its cell."""
    if isinstance(value, Uncertainty):
        spread = [decimal_text(x * 100 if value.kind == "relative" else x) for x in value.spread]
        form = {
            "lognormal": "lognormal gsd={}",
            "range": "range {}..{}",
            "relative": "relative {}%",
        }
        return form.get(value.kind, "relative {}%").format(*spread)
    return "" if value is None else str(value)
