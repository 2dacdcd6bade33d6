"""What a system file says about its product besides the exchanges: names, units, carbon, bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from factors.numbers import decimal_text
from factors.units import Unit, unit
from lca.answers import Answers
from lca.end_of_life_file import ENERGY
from lca.formula import ONE, Formula
from lca.inventory import GATE, STORED, EndOfLife
from lca.model_parts import Comparison, EndOfLifeRule, ProductModel
from lca.submission import FamilyEntry, Submission

KILOGRAM = "kg"
CO2E = unit("kg CO2e")


def product(submission: Submission, family: FamilyEntry, model: ProductModel) -> dict[str, Any]:
    """Name, model number, maker and sites, as the cover says them.

    A family that the cover does not declare goes by its own id and name.
    """
    cover = {key: cell.text for key, cell in submission.cover.items()}
    if cover.get("subject") and family.family != cover["subject"]:
        cover |= {"product_model": family.family, "gtin": ""}
        cover |= {f"product_name_{lang}": family.name.get(lang, "") for lang in ("zh", "en")}
    return {
        "id": cover.get("product_model") or cover.get("subject", ""),
        "name": {"zh": cover.get("product_name_zh", ""), "en": cover.get("product_name_en", "")},
        "model": cover.get("product_model", ""),
        "gtin": cover.get("gtin") or None,
        "category": model.category,
        "maker": {
            "name": {"zh": cover.get("maker_name_zh", ""), "en": cover.get("maker_name_en", "")},
            "id": cover.get("maker_id", ""),
        },
        "sites": [
            {"id": s.site, "name": dict(s.name), "address": dict(s.address), "country": s.country}
            for s in submission.sites
        ],
    }


def declared_unit(model: ProductModel, answers: Answers) -> dict[str, Any]:
    """The declared unit with its mass and the sales units of these answers."""
    declared = model.declared_unit
    told: dict[str, Any] = {
        "amount": decimal_text(declared.amount),
        "unit": declared.unit.symbol,
        "name": dict(declared.name),
    }
    if declared.mass is not None:
        mass = answers.value(declared.mass, unit(KILOGRAM) / declared.unit).value
        told["mass"] = {"value": decimal_text(mass * declared.amount), "unit": KILOGRAM}
    told["sales_units"] = [
        {
            "id": sales.id,
            "amount": decimal_text(answers.value(sales.amount, declared.unit).value),
            "name": dict(answers.fill(sales.name)),
        }
        for sales in model.sales_units
        if answers.holds(sales.when)
    ]
    return told


def carbon_content(model: ProductModel, answers: Answers, boundary: str) -> dict[str, Any]:
    """Biogenic and fossil carbon of product and packaging, kg C per declared unit.

    What stays stored is there for a whole life alone.
    """
    total: dict[str, dict[str, Fraction]] = {}
    per = unit(KILOGRAM) / model.declared_unit.unit
    for rule in model.carbon:
        if answers.holds(rule.when) and not (rule.of == STORED and boundary == GATE):
            held = answers.value(rule.amount, per).value * model.declared_unit.amount
            row = total.setdefault(rule.of, {"biogenic": Fraction(0), "fossil": Fraction(0)})
            row[rule.origin] += held
    if not total:
        return {}
    shown: dict[str, Any] = {
        of: {origin: decimal_text(held) for origin, held in row.items()}
        for of, row in total.items()
    }
    return {**shown, "unit": f"kg C/{model.declared_unit.unit.symbol}"}


def omissions(model: ProductModel, answers: Answers) -> tuple[Mapping[str, Any], ...]:
    """Flows left out, each with its estimate per declared unit."""
    declared = model.declared_unit
    rows: list[Mapping[str, Any]] = []
    for rule in model.omissions:
        estimate = answers.value(rule.estimate, rule.unit / declared.unit).value
        rows.append(
            {
                "flow": rule.flow,
                "estimate": decimal_text(estimate * declared.amount),
                "unit": f"{rule.unit.symbol}/{declared.unit.symbol}",
                "reason": dict(rule.reason),
            }
        )
    return tuple(rows)


def bands(model: ProductModel, answers: Answers) -> tuple[Mapping[str, Any], ...]:
    """Published or expected results that these answers are compared with."""
    return tuple(
        {
            "figure": band.figure,
            "low": decimal_text(band.low),
            "high": decimal_text(band.high),
            "unit": band.unit.symbol,
            "source": f"{band.source.title}, {band.source.locator}",
            "status": band.source.status,
        }
        for band in model.bands
        if answers.holds(band.when)
    )


def comparisons(model: ProductModel, answers: Answers) -> tuple[Mapping[str, Any], ...]:
    """Published values that these answers are compared with, as published and boundary made equal.

    ``equal`` is kg CO2e per declared unit: value x per + adjust.
    """
    told: list[Mapping[str, Any]] = []
    per_unit = CO2E / model.declared_unit.unit
    for one in model.comparisons:
        if answers.holds(one.when):
            equal = one.value * one.unit.scale / per_unit.scale
            if one.per is not None:
                times = per_unit / one.unit
                equal = answers.value(one.per, times).value * one.value
            if one.adjust is not None:
                equal += answers.value(one.adjust, per_unit).value
            told.append(_comparison(one, equal * model.declared_unit.amount))
    return tuple(told)


def _comparison(one: Comparison, equal: Fraction) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": one.id,
        "figure": one.figure,
        "value": decimal_text(one.value),
        "unit": one.unit.symbol,
        "equal": decimal_text(equal),
        "boundary": dict(one.boundary),
        "reason": dict(one.reason),
        "source": f"{one.source.title}, {one.source.locator}",
        "status": one.source.status,
        "explanation": dict(one.explanation),
    }
    return {key: value for key, value in told.items() if value}


def use_method(model: ProductModel, answers: Answers, boundary: str) -> dict[str, Any]:
    """Name of the method that the use stage is counted with; empty to the gate."""
    if not model.use_method or boundary == GATE:
        return {}
    chosen = answers.enums[model.use_method]
    choice = next(one for one in model.enum(model.use_method).values if one.id == chosen)
    return {"id": choice.id, "name": dict(choice.name)}


def end_of_life(
    model: ProductModel, answers: Answers, made: Mapping[str, Sequence[str]]
) -> tuple[EndOfLife, ...]:
    """How each material is recycled; ``made`` are the ids of the lines of each exchange rule.

    A material that these answers do not use, or whose lines are all beyond the boundary, is left
    out.
    """
    blocks = []
    for rule in model.end_of_life:
        lines = tuple(line for name in rule.lines for line in made.get(name, ()))
        if lines and answers.holds(rule.when):
            blocks.append(_recycled(rule, lines, model, answers))
    return tuple(block for block in blocks if block.amount)


def _recycled(
    rule: EndOfLifeRule, lines: tuple[str, ...], model: ProductModel, answers: Answers
) -> EndOfLife:
    declared = model.declared_unit
    per = {name: unit(energy) / rule.unit for name, energy in ENERGY.items()}
    return EndOfLife(
        material=rule.material,
        amount=answers.value(rule.amount, rule.unit / declared.unit).value * declared.amount,
        unit=rule.unit.symbol,
        lines=lines,
        parameters={
            name: answers.value(formula, per.get(name, ONE)).value
            for name, formula in rule.parameters.items()
        },
        factors={name: answers.pick(chosen) for name, chosen in rule.factors.items()},
        name=rule.name,
    )


def properties(rules: Mapping[str, Formula], per: Unit, answers: Answers) -> dict[str, Fraction]:
    """Allocation properties of one unit of an output, in coherent base units."""
    return {name: answers.per_unit(formula, per) for name, formula in rules.items()}


def carbon(rule: Formula | None, per: Unit, answers: Answers) -> Fraction:
    """Biogenic carbon of one unit of an output, kg."""
    return Fraction(0) if rule is None else answers.value(rule, unit(KILOGRAM) / per).value
