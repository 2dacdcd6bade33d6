"""Facts that only the sealed copy may show: factors with their sources, evidence, streams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from factors.texts import catalogue
from labels.page import STAGES, Page
from labels.view import DocumentView
from labels.wordpair import Pair, Words

#: Share of the figure below which a source joins the others of its stage.
LEAST = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One factor that lines rest on."""

    id: str
    release: str
    boundary: Pair
    status: Pair
    source_class: Pair
    place: str
    lines: int


def counted(page: Page, view: DocumentView) -> Iterator[Mapping[str, Any]]:
    """Yield the opened lines that are part of the figure."""
    approach = page.body["electricity"]["approach"]
    for opened in view.disclosures or ():
        if opened["line"]["basis"] in ("both", approach):
            yield opened["line"]


def factor_rows(page: Page, view: DocumentView) -> list[FactorRow]:
    """Return every factor of the opened lines, by its id."""
    factors: dict[str, list[Mapping[str, Any]]] = {}
    for opened in view.disclosures or ():
        factors.setdefault(str(opened["line"]["factor"]["id"]), []).append(opened["line"]["factor"])
    return [_factor(name, uses, page.words) for name, uses in sorted(factors.items())]


def _factor(name: str, uses: Sequence[Mapping[str, Any]], words: Words) -> FactorRow:
    one = uses[0]
    release, place = (str(one.get(key) or "\N{EN DASH}") for key in ("release", "place"))
    boundary, status, source = (
        _worded(str(one.get(key) or "\N{EN DASH}"), words)
        for key in ("boundary", "status", "source_class")
    )
    return FactorRow(name, release, boundary, status, source, place, len(uses))


def _worded(code: str, words: Words) -> Pair:
    """Return the words for a code of the factor library; a code of somebody else stays."""
    key = f"is_{code}"
    return words.text(f"chart.{key}") if key in catalogue()["chart"] else words.plain(code)


def evidence_rows(view: DocumentView) -> list[tuple[str, str]]:
    """Return every piece of evidence with the lines that name it."""
    found: dict[str, list[str]] = {}
    for opened in view.disclosures or ():
        for name in opened["line"].get("evidence") or ():
            found.setdefault(str(name), []).append(str(opened["line"]["id"]))
    return [(name, ", ".join(lines)) for name, lines in sorted(found.items())]


def sources(page: Page, view: DocumentView) -> dict[tuple[int, str], Decimal]:
    """Return what flows from each source into each group of stages of one side (kg CO2e).

    Sources below :data:`LEAST` of the figure join the others of their group, named by an empty
    text; values below zero are left out.
    """
    groups = {
        number: index
        for index, stage in enumerate(page.stages)
        for number in stage.number.split("+")
    }
    total = sum((abs(stage.value) for stage in page.stages), Decimal(0))
    sums: dict[tuple[int, str], Decimal] = {}
    for line in counted(page, view):
        group = groups.get(str(STAGES.index(line["stage"]) + 1))
        if group is not None:
            key = (group, page.words.of(line["name"]).first)
            sums[key] = sums.get(key, Decimal(0)) + Decimal(line["value"])
    joined: dict[tuple[int, str], Decimal] = {}
    for (group, name), value in sums.items():
        if value > 0:
            key = (group, name if value >= LEAST * total else "")
            joined[key] = joined.get(key, Decimal(0)) + value
    return dict(sorted(joined.items(), key=lambda one: (one[0][0], one[0][1] == "", -one[1])))
