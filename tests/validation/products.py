"""The example of every product model beside published ranges and published values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction as F
from typing import Any

from factors.store import FactorSet
from lca.example_study import example_study
from lca.examples import examples
from lca.figures import unit_of
from lca.position import position
from lca.result import Band
from tests.validation.compared import line, number, relative, table

FAR = F(25, 100)
"""From this relative difference on, the reason that the model gives is told."""

RANGES = ("figure", "ours>", "range>", "unit", "inside", "source", "status")
BESIDE = (
    "id", "figure", "published>", "boundary made equal>", "ours>", "difference>",
    "what it counts", "source", "status",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Product:
    """The example of a model: its figures' ranges and the published values beside them."""

    model: str
    unit: str
    figures: Mapping[str, F]
    bands: tuple[Band, ...]
    comparisons: tuple[Mapping[str, Any], ...]

    @property
    def outside(self) -> tuple[Band, ...]:
        """Ranges that the figure does not lie in."""
        return tuple(band for band in self.bands if not band.inside)


def products(factors: FactorSet) -> Iterator[Product]:
    """Compute the example of every model.

    Raises
    ------
    ValueError
        When an example has no result.
    """
    for model in examples():
        made = example_study(model, factors)
        if made.footprint is None:
            raise ValueError(f"the example of {model} has no result")
        result = made.footprint
        told = position(result.system, result.figures, result.bands)
        yield Product(
            model=model,
            unit=unit_of(result.system),
            figures={name: figure.value for name, figure in result.figures.items()},
            bands=result.bands,
            comparisons=tuple(told.get("comparisons", ())),
        )


def summary(found: tuple[Product, ...]) -> str:
    """Return a row for every model."""
    head = (
        "model", "figure", "ours>", "unit", "ranges>", "inside>", "published values>",
        "smallest difference>", "largest difference>",
    )  # fmt: skip
    return table(head, [_summary(one, name) for one in found for name in one.figures])


def _summary(one: Product, figure: str) -> str:
    bands = [band for band in one.bands if band.figure == figure]
    beside = [item for item in one.comparisons if item["figure"] == figure]
    shares = sorted((F(item["relative"]) for item in beside if "relative" in item), key=abs)
    ends = [f"{float(share):+.0%}" for share in (shares[0], shares[-1])] if shares else ["-", "-"]
    inside = sum(band.inside for band in bands)
    told = (one.model, figure, number(rounded(one.figures[figure])), one.unit, len(bands), inside)
    return line((*told, len(beside), *ends))


def section(one: Product) -> str:
    """Return the tables of one model."""
    parts = [f"### {one.model}"]
    if one.bands:
        parts.append(table(RANGES, [_band(band, one) for band in one.bands]))
    if one.comparisons:
        parts.append(table(BESIDE, [_beside(item) for item in one.comparisons]))
    if far := [item for item in one.comparisons if abs(F(item.get("relative", 0))) > FAR]:
        parts.append("\n".join(f"* {item['id']}: {item['explanation']['en']}" for item in far))
    if len(parts) == 1:
        parts.append("Nothing published to compare it with.")
    return "\n\n".join(parts)


def _band(band: Band, one: Product) -> str:
    ours = number(rounded(one.figures[band.figure]))
    ends = f"{number(rounded(band.least))} to {number(rounded(band.most))}"
    inside = "yes" if band.inside else "**no**"
    return line((band.figure, ours, ends, one.unit, inside, band.source, band.status))


def _beside(item: Mapping[str, Any]) -> str:
    ours, equal = F(item["ours"]), F(item["equal"])
    numbers = (number(rounded(equal)), number(rounded(ours)), relative(ours - equal, equal))
    printed = f"{item['value']} {item['unit']}"
    what = "; ".join(item[key]["en"] for key in ("boundary", "reason") if item.get(key))
    return line(
        (item["id"], item["figure"], printed, *numbers, what, item["source"], item["status"])
    )


def rounded(value: F) -> F:
    """Return a number at four significant digits: no published one has more."""
    return F(f"{float(value):.3e}")
