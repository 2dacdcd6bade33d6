"""One system that takes the reference flow of several, each by its share: a weighted mean.

What the systems have in common stands in it once. Every line of it belongs to a figure, so a mean
has stages, parts and lines that sum, as any result has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

from factors.errors import FindingsError
from factors.findings import finding
from factors.numbers import decimal_text
from lca.inventory import CARBON_PLACES, Exchange, Output, Process, ProductSystem
from lca.subjects import joined

MEAN = "weighted-mean"
"""Id of the process that takes the several reference flows."""

T = TypeVar("T")


def mean_of(systems: Mapping[str, ProductSystem], shares: Mapping[str, Fraction]) -> ProductSystem:
    """Return the mean of some systems, by shares that sum to 1.

    Names, stages and rule set are the first one's; bands and published values those that all have;
    carbon contents, masses and estimates of what is left out are means. Blocks on end-of-life
    methods have no mean and are left out.

    Raises
    ------
    FindingsError
        FAMILY-UNLIKE, when declared unit or boundary are not the same; as for
        :func:`lca.subjects.joined`.
    """
    found = list(systems.values())
    first = found[0]
    for key in ("reference_amount", "reference_unit", "boundary", "ruleset"):
        if any(getattr(one, key) != getattr(first, key) for one in found):
            raise FindingsError(finding("FAMILY-UNLIKE", key=key))
    together = joined(systems)
    rows, weights = together.rows, [shares[name] for name in systems]
    links = (
        Exchange(
            id=f"{name}@{MEAN}",
            process=MEAN,
            stage="",
            flow="",
            name=one.product.get("name") or {},
            amount=one.reference_amount * shares[name],
            unit=one.reference_unit,
            from_process=one.reference_process,
        )
        for name, one in together.systems.items()
        if shares[name]
    )
    output = Output("mean", first.reference_amount, first.reference_unit)
    return replace(
        rows,
        product={**rows.product, "sites": _sites(found)},
        reference_process=MEAN,
        processes=(*rows.processes, Process(MEAN, {}, (output,))),
        exchanges=(*rows.exchanges, *links),
        declared_unit=_declared_unit(found, weights),
        carbon_content=_content([one.carbon_content for one in found], weights),
        omissions=_omissions(found, weights),
        bands=_common([one.bands for one in found]),
        comparisons=_common([one.comparisons for one in found]),
        end_of_life=(),
        findings=tuple({str(item): item for one in found for item in one.findings}.values()),
    )


def _sites(systems: Sequence[ProductSystem]) -> list[Mapping[str, Any]]:
    """Return the sites of all, each once."""
    every = (site for one in systems for site in one.product.get("sites") or ())
    return list({str(site): site for site in every}.values())


def _common(several: Sequence[tuple[T, ...]]) -> tuple[T, ...]:
    """Return what all have, in the order of the first."""
    return tuple(item for item in several[0] if all(item in one for one in several))


def _declared_unit(
    systems: Sequence[ProductSystem], weights: Sequence[Fraction]
) -> Mapping[str, Any]:
    """Return the declared unit with the mean mass and the sales units that all have."""
    told = dict(systems[0].declared_unit)
    masses = [one.declared_unit.get("mass") for one in systems]
    known = [mass for mass in masses if mass]
    if len(known) == len(systems):
        mean = _mean([Fraction(mass["value"]) for mass in known], weights)
        told["mass"] = {**known[0], "value": decimal_text(mean)}
    told["sales_units"] = _common(
        [tuple(one.declared_unit.get("sales_units") or ()) for one in systems]
    )
    return told


def _content(several: Sequence[Mapping[str, Any]], weights: Sequence[Fraction]) -> dict[str, Any]:
    """Return mean carbon contents; empty unless every system tells them."""
    if not all(several):
        return {}
    told: dict[str, Any] = {"unit": several[0].get("unit", "")}
    for place in CARBON_PLACES:
        for origin in ("biogenic", "fossil"):
            held = [Fraction(one.get(place, {}).get(origin, "0")) for one in several]
            if any(place in one for one in several):
                told.setdefault(place, {})[origin] = decimal_text(_mean(held, weights))
    return told


def _omissions(
    systems: Sequence[ProductSystem], weights: Sequence[Fraction]
) -> tuple[Mapping[str, Any], ...]:
    """Return what is left out with the mean of its estimates."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for system, weight in zip(systems, weights, strict=True):
        for item in system.omissions:
            row = rows.setdefault((item["flow"], item["unit"]), {**item, "estimate": Fraction(0)})
            row["estimate"] += Fraction(item["estimate"]) * weight
    return tuple({**row, "estimate": decimal_text(row["estimate"])} for row in rows.values())


def _mean(values: Sequence[Fraction], weights: Sequence[Fraction]) -> Fraction:
    weighted = (value * weight for value, weight in zip(values, weights, strict=True))
    return sum(weighted, Fraction(0))
