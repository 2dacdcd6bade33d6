"""Blocks that every workbook may have, whatever its product (docs/decisions/0009).

Each sheet appears only when somebody asks for it or an example fills it; the reader takes any of
them. Amounts are of the whole site and period and are brought down to families by keys, like the
accounts of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from lca.after_gate import questions_after_gate
from lca.model_parts import ProductModel
from lca.workbook.fields import Field, Form, Kind, Need, Sheet, Table, field_of

FURTHER: Mapping[str, tuple[str, ...]] = {
    "members": ("members",),
    "yields": ("yields",),
    "outsourced": ("outsourced", "customer"),
    "emissions": ("gas", "wastewater", "wastes"),
    "byproducts": ("byproducts",),
    "legs": ("legs",),
    "records": ("records",),
    "life": ("life",),
}
"""Blocks by sheet."""

ANSWER = "q-"
"""Before the id of a question that a member of a family answers for itself."""

USUAL_RECORDS = 4
"""Columns for reports of suppliers in a blank workbook."""

USUAL_SCENARIOS = 4
"""Columns for markets on the sheet of use and end of life of a blank workbook."""

MUST, APPLIES, MAY = Need.REQUIRED, Need.CONDITIONAL, Need.OPTIONAL


def further_sheet(name: str, model: ProductModel) -> Sheet:
    """Return one of the sheets of :data:`FURTHER` that hold tables."""
    blocks = tuple(_BLOCKS[block](model) for block in FURTHER[name])
    return Sheet(name, blocks, optional=True, wide=name not in ("yields", "byproducts"))


def _outsourced(_: ProductModel) -> Table:
    columns = (
        field_of("outsourced", "name", Kind.TEXT, MUST, width=24),
        field_of("outsourced", "supplier", Kind.TEXT, MUST, width=24),
        *_amount("outsourced"),
        *_figure("outsourced", "factors:goods"),
        *_booking("outsourced"),
    )
    return Table("outsourced", columns, 6, optional=True)


def _customer(_: ProductModel) -> Table:
    columns = (
        field_of("customer", "name", Kind.TEXT, MUST, width=24),
        field_of("customer", "supplier", Kind.TEXT, MAY, width=24),
        *_amount("customer"),
        *_figure("customer", "factors:goods"),
        *_booking("customer"),
    )
    return Table("customer", columns, 6, optional=True)


def _gas(_: ProductModel) -> Table:
    columns = (
        field_of("gas", "name", Kind.TEXT, MUST, width=24),
        field_of("gas", "gas", Kind.CHOICE, MUST, choices="gas", width=24),
        field_of("gas", "purchased", Kind.NUMBER, MUST, width=12),
        field_of("gas", "unit", Kind.UNIT, MUST, unit="kg", choices="unit:kg", width=10),
        field_of("gas", "opening", Kind.NUMBER, MAY, width=26),
        field_of("gas", "closing", Kind.NUMBER, MAY, width=14),
        field_of("gas", "returned", Kind.NUMBER, MAY, width=12),
        *_booking("gas"),
    )
    return Table("gas", columns, 8, optional=True)


def _wastewater(_: ProductModel) -> Table:
    columns = (
        field_of("wastewater", "name", Kind.TEXT, MUST, width=24),
        field_of("wastewater", "treatment", Kind.CHOICE, MUST, choices="treatment", width=24),
        field_of("wastewater", "volume", Kind.NUMBER, MUST, width=12, sign="above-zero"),
        field_of("wastewater", "unit", Kind.UNIT, MUST, unit="m3", choices="unit:m3", width=10),
        field_of("wastewater", "cod_in", Kind.NUMBER, MUST, unit="mg/L", width=26),
        field_of("wastewater", "cod_out", Kind.NUMBER, MUST, unit="mg/L", width=14),
        *_booking("wastewater"),
    )
    return Table("wastewater", columns, 3, optional=True)


def _wastes(_: ProductModel) -> Table:
    columns = (
        field_of("wastes", "name", Kind.TEXT, MUST, width=24),
        field_of("wastes", "supplier", Kind.TEXT, MAY, width=24),
        *_amount("wastes"),
        field_of("wastes", "factor", Kind.FACTOR, MUST, choices="factors:waste", width=26),
        *_booking("wastes"),
    )
    return Table("wastes", columns, 8, optional=True)


def _byproducts(_: ProductModel) -> Table:
    columns = (
        field_of("byproducts", "name", Kind.TEXT, MUST, width=26),
        field_of("byproducts", "kind", Kind.CHOICE, MUST, choices="byproduct", width=18),
        *_amount("byproducts"),
        field_of("byproducts", "treatment", Kind.CHOICE, MUST, choices="destination", width=24),
        field_of("byproducts", "income", Kind.NUMBER, MAY, unit="CNY", sign="any", width=14),
        field_of("byproducts", "buyer", Kind.TEXT, MAY, width=26),
        _proof("byproducts"),
    )
    return Table("byproducts", columns, 8, optional=True)


def _legs(_: ProductModel) -> Table:
    columns = (
        field_of("legs", "name", Kind.TEXT, MUST, width=24),
        field_of("legs", "side", Kind.CHOICE, MUST, choices="side", width=14),
        field_of("legs", "incoterm", Kind.CHOICE, MAY, choices="incoterm", width=12),
        field_of("legs", "payer", Kind.CHOICE, MAY, choices="payer", width=12),
        *_amount("legs"),
        field_of("legs", "start", Kind.TEXT, MAY, width=16),
        field_of("legs", "end", Kind.TEXT, MAY, width=16),
        field_of("legs", "route", Kind.CHOICE, APPLIES, choices="route", width=30),
        field_of("legs", "distance", Kind.NUMBER, APPLIES, unit="km", sign="above-zero", width=12),
        field_of("legs", "factor", Kind.FACTOR, MUST, choices="factors:transport", width=30),
        *_booking("legs"),
    )
    return Table("legs", columns, 10, optional=True)


def records(count: int) -> Sheet:
    """Reports of suppliers side by side: many questions, few reports."""
    rows = (
        field_of("records", "record", Kind.CODE, MUST),
        field_of("records", "supplier", Kind.TEXT, MUST),
        field_of("records", "product", Kind.TEXT, MUST),
        field_of("records", "figure", Kind.NUMBER, MUST, sign="any"),
        field_of("records", "unit", Kind.UNIT, MUST, choices="any-unit"),
        field_of("records", "mass", Kind.NUMBER, APPLIES, sign="above-zero"),
        field_of("records", "boundary", Kind.CHOICE, MUST, choices="figure_boundary"),
        field_of("records", "period_from", Kind.DATE, MAY),
        field_of("records", "period_to", Kind.DATE, MAY),
        field_of("records", "standard", Kind.TEXT, MAY),
        field_of("records", "gwp", Kind.CHOICE, MAY, choices="figure_gwp"),
        field_of("records", "biogenic", Kind.CHOICE, MAY, choices="figure_biogenic"),
        field_of("records", "electricity", Kind.CHOICE, MAY, choices="figure_power"),
        field_of("records", "allocation", Kind.TEXT, MAY),
        field_of("records", "credit", Kind.CHOICE, MUST, choices="yes_no"),
        field_of("records", "packaging", Kind.CHOICE, MAY, choices="yes_no"),
        field_of("records", "primary_share", Kind.NUMBER, MAY),
        field_of("records", "verification", Kind.CHOICE, MUST, choices="verified"),
        field_of("records", "body", Kind.TEXT, MAY),
        field_of("records", "statement", Kind.TEXT, MAY),
        field_of("records", "valid_to", Kind.DATE, MAY),
        field_of("records", "sha256", Kind.TEXT, MAY),
        _proof("records"),
    )
    slots = tuple(f"record:{number}" for number in range(1, count + 1))
    form = Form("records", rows, slots, optional=True)
    return Sheet("records", (form,), optional=True, wide=count > USUAL_RECORDS)


def life(model: ProductModel, count: int) -> Sheet:
    """Use and end of life by market: the questions of the model that decide them."""
    names = {ANSWER + one.id: one.name for one in questions_after_gate(model)}
    own = (one for one in _own_answers(model) if one.id in names)
    rows = (
        field_of("life", "scenario", Kind.CODE, MUST),
        field_of("life", "name_zh", Kind.TEXT, MUST),
        field_of("life", "name_en", Kind.TEXT, MUST),
        *(replace(one, label=names[one.id]) for one in own),
    )
    slots = tuple(f"scenario:{number}" for number in range(1, count + 1))
    form = Form("life", rows, slots, units=True, optional=True)
    return Sheet("life", (form,), optional=True, wide=count > USUAL_SCENARIOS)


def abnormal() -> Table:
    """Months that were not as others are: they count, and what they change is shown."""
    columns = (
        field_of("abnormal", "month", Kind.CHOICE, MUST, choices="month", width=12),
        field_of("abnormal", "kind", Kind.CHOICE, MUST, choices="abnormal", width=26),
        _proof("abnormal"),
        field_of("abnormal", "reason", Kind.TEXT, MUST, width=34),
    )
    return Table("abnormal", columns, 3, optional=True)


def _members(model: ProductModel) -> Table:
    base = model.declared_unit.unit.symbol
    columns = (
        field_of("members", "family", Kind.CODE, MUST, refers="family", width=14),
        field_of("members", "member", Kind.CODE, MUST, width=16),
        field_of("members", "name_zh", Kind.TEXT, MUST, width=22),
        field_of("members", "name_en", Kind.TEXT, MUST, width=22),
        field_of("members", "output", Kind.NUMBER, MUST, width=12),
        field_of("members", "unit", Kind.UNIT, MAY, unit=base, choices="output-units", width=8),
        field_of("members", "mass", Kind.NUMBER, MAY, unit="kg", sign="above-zero", width=10),
        *_own_answers(model),
    )
    return Table("members", columns, 20, optional=True)


def _own_answers(model: ProductModel) -> Iterator[Field]:
    """Questions of the model that an article may answer differently from its family."""
    for enum in model.enums:
        if enum.scope == "family":
            yield Field(
                ANSWER + enum.id, Kind.CHOICE, enum.name, MAY, enum.help,
                choices=f"enum:{enum.id}", width=14, late=True,
            )  # fmt: skip
    for parameter in model.parameters:
        if parameter.scope == "family" and parameter.ask:
            unit = parameter.unit.symbol
            shown = "" if unit == "1" else f" ({unit})"
            yield Field(
                ANSWER + parameter.id, Kind.NUMBER,
                {lang: word + shown for lang, word in parameter.name.items()}, MAY,
                parameter.help, unit, sign="any", width=12, late=True,
            )  # fmt: skip


def _yields(_: ProductModel) -> Table:
    columns = (
        field_of("yields", "family", Kind.CODE, MUST, refers="family", width=16),
        field_of("yields", "step", Kind.TEXT, MUST, width=30),
        field_of("yields", "input", Kind.NUMBER, MUST, sign="above-zero", width=14),
        field_of("yields", "output", Kind.NUMBER, MUST, width=14),
        field_of("yields", "unit", Kind.UNIT, MUST, choices="any-unit", width=10),
        field_of("yields", "share", Kind.SHOWN, Need.COMPUTED, width=12),
        _proof("yields"),
    )
    return Table("yields", columns, 10, optional=True)


def _amount(block: str) -> tuple[Field, Field]:
    return (
        field_of(block, "amount", Kind.NUMBER, MUST, width=12),
        field_of(block, "unit", Kind.UNIT, MUST, choices="any-unit", width=10),
    )


def _figure(block: str, choices: str) -> tuple[Field, ...]:
    return (
        field_of(block, "factor", Kind.FACTOR, APPLIES, choices=choices, width=26),
        field_of(block, "record", Kind.CODE, APPLIES, refers="records", width=14),
        field_of(block, "country", Kind.CODE, MAY, width=12),
    )


def _booking(block: str) -> tuple[Field, ...]:
    return (
        field_of(block, "key", Kind.CODE, APPLIES, refers="keys", width=12),
        field_of(block, "activity_kind", Kind.CHOICE, MAY, choices="activity", width=10),
        _proof(block),
    )


def _proof(block: str) -> Field:
    return field_of(block, "evidence", Kind.EVIDENCE, MAY, refers="evidence", width=12)


_BLOCKS: Mapping[str, Callable[[ProductModel], Table]] = {
    "outsourced": _outsourced, "customer": _customer, "gas": _gas, "wastewater": _wastewater,
    "wastes": _wastes, "byproducts": _byproducts, "legs": _legs, "members": _members,
    "yields": _yields,
}  # fmt: skip
