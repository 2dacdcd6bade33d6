"""The explanation as plain data, ``carbonlabel-explanation/1``: decimal strings, not rounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

from factors.numbers import decimal_text
from labels.decimals import spelt
from labels.explain.nodes import Explanation, Line

SCHEMA = "carbonlabel-explanation/1"


def document(made: Explanation) -> dict[str, Any]:
    """Return the document ``carbonlabel-explanation/1``."""
    return {"schema": SCHEMA, **_plain(made)}


def line_document(made: Explanation, line: Line) -> dict[str, Any]:
    """Return the document with one line alone: its stage, its process and its proofs."""
    told = document(made)
    told["stages"] = [
        {**stage, "lines": [one for one in stage["lines"] if one["number"] == line.number]}
        for stage in told["stages"]
    ]
    told["others"] = [one for one in told["others"] if one["number"] == line.number]
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return _decimal(value)
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _decimal(value: Fraction) -> str:
    """Spell a number of record exactly, any other to double precision."""
    try:
        return spelt(value)
    except ValueError:
        return decimal_text(value)
