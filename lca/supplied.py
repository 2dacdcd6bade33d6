"""What a supplier states of his product, in place of the model's own factor or process.

A supplier's own figure comes first, then a row that he is given by name, then what the model has:
a row, or a process that it builds from inputs. A process gives way for that supplier's share alone.
A figure holds no atoms; so where it stands in for a process whose output contains biogenic carbon,
the uptake of that carbon becomes a line beside it, unless the figure is said to hold it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from factors.errors import FactorError, FindingsError
from factors.factor import (
    LUMP,
    BiogenicTreatment,
    Boundary,
    CapitalGoods,
    EmissionFactor,
    Flow,
    SourceClass,
    Status,
    Use,
)
from factors.findings import finding
from factors.store import FactorSet
from factors.texts import LANGS, text
from factors.units import unit
from lca.answers import Answers
from lca.boundary import REACHES_BACK
from lca.inventory import Exchange
from lca.model_parts import ProcessRule
from lca.submission import SupplierEntry
from lca.supplier_record import described, kind_of

OWN = "own:"
"""Prefix of factors that a system file brings along."""

CO2_PER_CARBON = "44 / 12"
REMOVAL = "biogenic_co2_removal"
INCLUDED = "included"


def from_supplier(base: Exchange, entry: SupplierEntry | None, usual: str) -> Exchange:
    """Take the supplier's own figure if there is one, else a named row, else the usual row."""
    if entry is None:
        return replace(base, from_factor=usual)
    if entry.pcf.number is not None:
        return replace(
            base,
            from_factor=own_id(entry),
            factor_kind=kind_of(entry.accepted),
            place=entry.country or base.place,
        )
    place = entry.country or base.place
    return replace(base, from_factor=entry.factor or usual, place=place)


def in_place_of(
    process: ProcessRule,
    base: Exchange,
    entry: SupplierEntry | None,
    answers: Answers,
    factors: FactorSet | None,
) -> Iterator[Exchange]:
    """Yield the supplier's figure or row in place of a process, or the link to the process.

    Raises
    ------
    FindingsError
        BUILD-SUPPLIER-BOUNDARY, for a row that does not reach back as far as the process.
    """
    if entry is None or (entry.pcf.number is None and not entry.factor):
        yield replace(base, from_process=process.id)
        return
    row = None
    if entry.pcf.number is None and factors is not None and entry.factor in factors:
        row = factors.get(entry.factor)
        _reaches_back(row, process, entry)
    made = from_supplier(base, entry, "")
    yield made
    if process.carbon is not None and not _holds_uptake(entry, row):
        yield _uptake(made, process, answers)


def _reaches_back(row: EmissionFactor, process: ProcessRule, entry: SupplierEntry) -> None:
    """Refuse a row that leaves out what lies before the process it stands in for."""
    if row.boundary not in REACHES_BACK:
        raise FindingsError(
            finding(
                "BUILD-SUPPLIER-BOUNDARY",
                entry.where,
                factor=row.id,
                boundary=row.boundary,
                process_zh=process.name["zh"],
                process_en=process.name["en"],
            )
        )


def _holds_uptake(entry: SupplierEntry, row: EmissionFactor | None) -> bool:
    """Whether a figure or row is said to hold the uptake of biogenic carbon."""
    if row is not None:
        return any(flow.part == REMOVAL for flow, _ in row.values)
    return entry.accepted is not None and entry.accepted.biogenic == INCLUDED


def _uptake(made: Exchange, process: ProcessRule, answers: Answers) -> Exchange:
    """Return the uptake of the carbon that the output of a process holds, as a line of its own."""
    if process.carbon is None:
        raise ValueError(f"{process.id} holds no biogenic carbon")
    held = answers.value(process.carbon, unit("kg") / process.unit)
    scale = unit(made.unit, answers.model.counting).scale / process.unit.scale
    inputs = [*made.origin.get("inputs", ()), *(one.to_json() for one in held.inputs)]
    formula = f"({made.origin.get('formula', '')}) * ({held.formula}) * {CO2_PER_CARBON}"
    return replace(
        made,
        id=f"{made.id}-uptake",
        name={lang: text("supplied.uptake", lang, name=made.name[lang]) for lang in LANGS},
        amount=made.amount * scale * held.value * 44 / 12,
        unit="kg",
        from_factor="",
        from_flow=f"{REMOVAL}.CO2",
        factor_kind="database",
        hot_spot=False,
        origin={"kind": "rule", "rule": made.id, "formula": formula, "inputs": _once(inputs)},
    )


def _once(inputs: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the inputs of two formulas, each name once."""
    return list({str(one["name"]): one for one in inputs}.values())


def own_id(entry: SupplierEntry) -> str:
    """Id of the factor made from a supplier's own figure."""
    name = hashlib.sha256(entry.name.encode()).hexdigest()[:8]
    return f"{OWN}{entry.account}-{entry.where.cell or name}".lower().replace("_", "-")


def own_factor(exchange: Exchange, entry: SupplierEntry, unit: str) -> EmissionFactor:
    """A supplier's own declared figure as a factor of the system file.

    It is a lump of unknown GWP basis and unknown treatment of biogenic carbon until the supplier's
    record says more; both facts stay visible in the result.
    """
    figure = entry.pcf.number
    if figure is None:
        raise FactorError(finding("BUILD-SUPPLIER-FIGURE", entry.where, account=entry.account))
    bare = EmissionFactor(
        id=exchange.from_factor,
        release="own",
        activity_zh=f"{exchange.name['zh']}（供应商 {entry.name}）",
        activity_en=f"{exchange.name['en']} (supplier {entry.name})",
        category="supplier",
        place=entry.country or exchange.place,
        valid_from=None,
        valid_to=None,
        unit=unit,
        values=((Flow("unspecified", LUMP), figure),),
        amount=None,
        biogenic_treatment=BiogenicTreatment.UNKNOWN,
        co_pollutants=(),
        gwp_set="not-stated",
        boundary=Boundary.CRADLE_TO_GATE,
        technology="",
        capital_goods=CapitalGoods.UNKNOWN,
        uncertainty=None,
        quality="",
        status=Status.READ_IN_SOURCE,
        source_class=SourceClass.SELF_DECLARED,
        use=Use.INPUT,
        locator=f"{entry.where}",
        note="",
        corrects="",
        private=True,
    )
    return described(bare, entry.accepted)
