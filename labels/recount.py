"""Count a footprint again from its lines, in exact decimals: the arithmetic anyone can repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from labels.decimals import exact
from labels.folding import GATE_STAGES

EXCLUDING_PARTS = ("fossil", "biogenic_non_co2", "land_use_change", "aircraft", "unspecified")
BIOGENIC_CO2 = ("biogenic_co2_emission", "biogenic_co2_removal")
PARTS = EXCLUDING_PARTS + BIOGENIC_CO2
HEADLINES: Mapping[str, tuple[str, ...]] = {
    "excluding_biogenic_co2": EXCLUDING_PARTS,
    "including_biogenic_co2": PARTS,
}
APPROACHES = ("location", "market")


@dataclass(frozen=True, slots=True)
class Difference:
    """A stated value that its lines do not give."""

    path: str
    stated: str
    counted: str


def counted_lines(
    lines: Sequence[Mapping[str, Any]], approach: str
) -> tuple[Mapping[str, Any], ...]:
    """Return the lines that count under an electricity approach."""
    return tuple(line for line in lines if line["basis"] in ("both", approach))


def differences(
    stated: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> tuple[Difference, ...]:
    """Compare the figures of a footprint or a body with the sums of its lines.

    Parameters
    ----------
    stated
        Footprint or body: ``headline``, ``boundary``, ``totals``, ``parts``, ``figures``,
        ``stages``, ``electricity``.
    lines
        All its lines, both electricity bases included.

    Returns
    -------
    tuple of Difference
        Empty when everything adds up without remainder.

    Raises
    ------
    ValueError, KeyError, TypeError
        When the data do not have the shape of a footprint.
    """
    pairs = [
        *_line_pairs(lines, stated["headline"]),
        *_stage_pairs(stated, lines),
        *_figure_pairs(stated, lines),
        *_electricity_pairs(stated, lines),
    ]
    return tuple(
        Difference(path, text, str(float(counted)))
        for path, text, counted in pairs
        if exact(text) != counted
    )


_Pair = tuple[str, str, Fraction]


def _line_pairs(lines: Sequence[Mapping[str, Any]], headline: str) -> Iterator[_Pair]:
    for line in lines:
        yield (
            f"lines.{line['id']}.value",
            line["value"],
            _parts_sum(line["parts"], HEADLINES[headline]),
        )


def _stage_pairs(stated: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Iterator[_Pair]:
    counted = counted_lines(lines, stated["electricity"]["approach"])
    for stage in stated["stages"]:
        members = stage.get("stages", [stage["id"]])
        value = sum((exact(x["value"]) for x in counted if x["stage"] in members), Fraction(0))
        yield f"stages.{stage['id']}", stage["value"], value


def _figure_pairs(stated: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Iterator[_Pair]:
    counted = counted_lines(lines, stated["electricity"]["approach"])
    for boundary, figure in stated["figures"].items():
        inside = [x for x in counted if boundary != "cradle-to-gate" or x["stage"] in GATE_STAGES]
        parts = {part: _part(inside, part) for part in PARTS}
        for part, text in figure["parts"].items():
            yield f"figures.{boundary}.parts.{part}", text, parts[part]
        for headline, members in HEADLINES.items():
            counted_total = sum((parts[part] for part in members), Fraction(0))
            yield f"figures.{boundary}.{headline}", figure[headline], counted_total
            if boundary == stated["boundary"]:
                yield f"totals.{headline}", stated["totals"][headline]["value"], counted_total
        if boundary == stated["boundary"]:
            for part, text in stated["parts"].items():
                yield f"parts.{part}", text, parts[part]


def _electricity_pairs(
    stated: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> Iterator[_Pair]:
    for approach in APPROACHES:
        for headline, text in stated["electricity"].get(approach, {}).items():
            value = sum(
                (
                    _parts_sum(line["parts"], HEADLINES[headline])
                    for line in counted_lines(lines, approach)
                    if stated["boundary"] != "cradle-to-gate" or line["stage"] in GATE_STAGES
                ),
                Fraction(0),
            )
            yield f"electricity.{approach}.{headline}", text, value


def _part(lines: Sequence[Mapping[str, Any]], part: str) -> Fraction:
    return sum((exact(line["parts"].get(part, "0")) for line in lines), Fraction(0))


def _parts_sum(parts: Mapping[str, str], members: Sequence[str]) -> Fraction:
    if not set(parts) <= set(PARTS):
        raise ValueError("unknown part")
    return sum((exact(parts.get(part, "0")) for part in members), Fraction(0))
