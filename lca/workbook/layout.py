"""The layout of the workbook, derived from a product model: the one description of its fields.

The writer draws it, the reader looks for it, the manual prints it. Every sheet, block, row
and column has a machine id that stands in a hidden row or column, so a renamed heading or a moved
row is still recognised.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from factors.numbers import decimal_text
from lca.after_gate import questions_after_gate
from lca.model_parts import Account, Enum, Parameter, ProductModel, Text
from lca.workbook.fields import (
    Accounts,
    Block,
    Field,
    Form,
    Kind,
    Layout,
    Need,
    Sheet,
    Table,
    field_of,
    known_columns,
    words,
)
from lca.workbook.further_blocks import (
    FURTHER,
    USUAL_RECORDS,
    USUAL_SCENARIOS,
    abnormal,
    further_sheet,
    life,
    records,
)

__all__ = [
    "EDITION", "EVERY_SHEET", "FEW_ACCOUNTS", "GROUPS", "MAX_SUPPLIERS", "MONTHS", "SHEET_OF",
    "USUAL_SHEETS", "Accounts", "Block", "Field", "Form", "Kind", "Layout", "Need", "Sheet",
    "Table", "block_title", "cover_fields", "known_columns", "layout", "words",
]  # fmt: skip

EDITION = "3"
"""Edition of the template; it stands on the cover. The first had no such row."""

MONTHS = tuple(f"m{number}" for number in range(1, 13))
GROUPS = ("energy", "materials", "packaging", "waste", "transport")
SHEET_OF = {
    "cover": "cover", "period": "sites", "sites": "sites", "answers": "sites", "abnormal": "sites",
    "family": "products", "output": "products", "rejects": "products", "rework": "products",
    "begun": "products",
    "centres": "keys", "keys": "keys", "suppliers": "suppliers", "instruments": "instruments",
    "evidence": "evidence", **{group: group for group in GROUPS},
    **{block: sheet for sheet, blocks in FURTHER.items() for block in blocks},
}  # fmt: skip
"""Sheet of a block; with few accounts the groups stand together on ``amounts``."""

FEW_ACCOUNTS = 8
"""A model with no more accounts than this has them all on one sheet."""

MAX_SUPPLIERS = 6


USUAL_SHEETS = ("keys", "suppliers", "instruments")
"""Optional sheets of the usual workbook; a small one has none of them."""

EVERY_SHEET = (*USUAL_SHEETS, *FURTHER)
"""Every optional sheet that may be asked for."""


def layout(
    model: ProductModel,
    families: int = 4,
    centres: int = 4,
    *,
    sheets: Collection[str] = USUAL_SHEETS,
    small: bool = False,
    together: bool | None = None,
    reports: int = USUAL_RECORDS,
    scenarios: int = USUAL_SCENARIOS,
) -> Layout:
    """Derive the layout of a model.

    Parameters
    ----------
    families, centres
        How many columns there are for product families, and for cost centres and other uses.
    sheets
        Optional sheets to have, see :data:`EVERY_SHEET`.
    small
        Leave out what a factory with one product hardly needs: rework and work in progress.
    together
        All accounts on one sheet; None: when the model has few.
    reports
        How many columns there are for reports of suppliers.
    scenarios
        How many columns there are for markets on the sheet of use and end of life.
    """
    slots = tuple(f"family:{number}" for number in range(1, families + 1))
    if together is None:
        together = small or len(model.accounts) <= FEW_ACCOUNTS
    found = [
        Sheet("cover", (Form("cover", cover_fields()),)),
        Sheet("sites", tuple(_sites(model))),
        Sheet("products", tuple(_products(model, slots, small=small)), wide=families > 4),
        *(further_sheet(name, model) for name in ("members", "yields") if name in sheets),
        *_account_sheets(model, slots, together=together),
        *(further_sheet(name, model) for name in _BESIDE if name in sheets),
    ]
    if "life" in sheets and questions_after_gate(model):
        found.append(life(model, scenarios))
    if "keys" in sheets:
        found.append(Sheet("keys", _keys(slots, centres), optional=True))
    if "suppliers" in sheets and any(account.suppliers for account in model.accounts):
        found.append(Sheet("suppliers", (_suppliers(),), optional=True))
    if "records" in sheets:
        found.append(records(reports))
    if "instruments" in sheets:
        found.append(Sheet("instruments", (_instruments(),), optional=True))
    found.append(Sheet("evidence", (_evidence(),), optional=True))
    return Layout(model, tuple(found))


_BESIDE = ("outsourced", "emissions", "byproducts", "legs")
"""Further sheets that stand beside the accounts."""


def cover_fields() -> tuple[Field, ...]:
    """Return the fields of the cover, the same for every model."""
    must, may = Need.REQUIRED, Need.OPTIONAL
    return (
        field_of("cover", "subject", Kind.CODE, must, refers="family"),
        field_of("cover", "boundary", Kind.CHOICE, must, choices="boundary"),
        field_of("cover", "product_name_zh", Kind.TEXT, must),
        field_of("cover", "product_name_en", Kind.TEXT, must),
        field_of("cover", "product_model", Kind.TEXT, must),
        field_of("cover", "gtin", Kind.TEXT, may),
        field_of("cover", "maker_name_zh", Kind.TEXT, must),
        field_of("cover", "maker_name_en", Kind.TEXT, must),
        field_of("cover", "maker_id", Kind.TEXT, must),
        field_of("cover", "preparer", Kind.TEXT, must),
        field_of("cover", "preparer_contact", Kind.TEXT, may),
        field_of("cover", "prepared_on", Kind.DATE, may),
        field_of("cover", "model", Kind.SHOWN, Need.COMPUTED),
        field_of("cover", "model_version", Kind.SHOWN, Need.COMPUTED),
        field_of("cover", "edition", Kind.SHOWN, Need.COMPUTED),
    )


def block_title(model: ProductModel, block: str) -> Text:
    """Return the title of a block; that of amounts per declared unit names the unit."""
    per = model.declared_unit.name
    return {lang: title.format(per=per[lang]) for lang, title in words("block", block).items()}


def _sites(model: ProductModel) -> Iterator[Block]:
    must = Need.REQUIRED
    yield Form(
        "period",
        (
            field_of("period", "from", Kind.DATE, must),
            field_of("period", "to", Kind.DATE, must),
            field_of("period", "reason", Kind.CHOICE, choices="reason"),
        ),
    )
    yield Table(
        "sites",
        (
            field_of("sites", "site", Kind.CODE, must, width=12),
            field_of("sites", "name_zh", Kind.TEXT, must, width=26),
            field_of("sites", "name_en", Kind.TEXT, must, width=26),
            field_of("sites", "address_zh", Kind.TEXT, must, width=34),
            field_of("sites", "address_en", Kind.TEXT, must, width=34),
            field_of("sites", "country", Kind.CODE, must, width=12),
        ),
        3,
    )
    asked = tuple(_questions(model, "site"))
    if asked:
        yield Form("answers", asked, units=True)
    yield abnormal()


def _questions(model: ProductModel, scope: str) -> Iterator[Field]:
    for enum in model.enums:
        if enum.scope == scope:
            yield _enum(enum)
    for parameter in model.parameters:
        if parameter.scope == scope and parameter.ask:
            yield _parameter(parameter)


def _enum(enum: Enum) -> Field:
    need = Need.OPTIONAL if enum.default else Need.REQUIRED
    return Field(
        enum.id, Kind.CHOICE, enum.name, need, enum.help, choices=f"enum:{enum.id}",
        default=enum.default,
    )  # fmt: skip


def _parameter(parameter: Parameter) -> Field:
    need = Need.OPTIONAL
    if parameter.mandatory:
        need = Need.CONDITIONAL if parameter.when else Need.REQUIRED
    unit = "" if parameter.unit.symbol == "1" else f" {parameter.unit.symbol}"
    default = "" if parameter.default is None else decimal_text(parameter.default) + unit
    return Field(
        parameter.id, Kind.NUMBER, parameter.name, need, parameter.help, parameter.unit.symbol,
        sign="any", least=parameter.least, most=parameter.most, when=parameter.when,
        default=default,
    )  # fmt: skip


def _products(model: ProductModel, slots: tuple[str, ...], *, small: bool) -> Iterator[Block]:
    must, may = Need.REQUIRED, Need.OPTIONAL
    base = model.declared_unit.unit.symbol
    identity = (
        field_of("family", "family", Kind.CODE, must),
        field_of("family", "name_zh", Kind.TEXT, must),
        field_of("family", "name_en", Kind.TEXT, must),
        field_of("family", "output_unit", Kind.UNIT, must, unit=base, choices="output-units"),
    )
    yield Form("family", (*identity, *_questions(model, "family")), slots, units=True)
    yield Form("output", (*_months(Need.REQUIRED), _total()), slots)
    yield Form("rejects", tuple(_months(may)), slots)
    if small:
        return
    yield Form("rework", tuple(_months(may)), slots, optional=True)
    ends = tuple(field_of("begun", name, Kind.NUMBER, may) for name in ("opening", "closing"))
    yield Form("begun", ends, slots, optional=True)


def _months(need: Need, width: int = 9) -> Iterator[Field]:
    for name in MONTHS:
        yield replace(field_of("month", name, Kind.NUMBER, need, width=width), help={})


def _total() -> Field:
    return field_of("total", "sum", Kind.SHOWN, Need.COMPUTED, width=13)


def _account_sheets(
    model: ProductModel, slots: tuple[str, ...], *, together: bool
) -> Iterator[Sheet]:
    groups = {
        group: tuple(account for account in model.accounts if account.group == group)
        for group in GROUPS
    }
    filled = {group: accounts for group, accounts in groups.items() if accounts}
    if together:
        blocks = [_period(group, accounts) for group, accounts in filled.items()]
        blocks += [_per_unit(group, accounts, slots) for group, accounts in filled.items()]
        if blocks:
            yield Sheet("amounts", tuple(blocks), wide=True)
        return
    for group, accounts in filled.items():
        pair = (_period(group, accounts), _per_unit(group, accounts, slots))
        yield Sheet(group, pair, wide=True)


def _period(group: str, accounts: tuple[Account, ...]) -> Accounts:
    """Amounts of the whole site, by month."""
    may = Need.OPTIONAL
    metered = any(account.form == "metered" for account in accounts)
    stocked = any(account.form == "stock" for account in accounts)
    columns: list[Field] = [field_of("account", "unit", Kind.UNIT, Need.REQUIRED, width=8)]
    if metered:
        columns.append(
            field_of("account", "multiplier", Kind.NUMBER, may, sign="above-zero", width=7)
        )
    columns.extend(_months(Need.CONDITIONAL))
    if stocked:
        columns.append(field_of("account", "whole", Kind.NUMBER, may, width=12))
        columns.extend(
            field_of("account", name, Kind.NUMBER, may, width=9)
            for name in ("opening", "closing", "returned")
        )
    columns.append(field_of("account", "consumed", Kind.SHOWN, Need.COMPUTED, width=12))
    columns.append(field_of("account", "control_total", Kind.NUMBER, may, width=11))
    columns.append(field_of("account", "control_source", Kind.TEXT, may, width=20))
    columns.append(field_of("account", "key", Kind.CODE, Need.CONDITIONAL, refers="keys", width=10))
    columns.extend(_kind_and_proof())
    return Accounts(group, tuple(columns), accounts)


def _per_unit(group: str, accounts: tuple[Account, ...], slots: tuple[str, ...]) -> Accounts:
    """The other way: amounts per declared unit, by family."""
    columns = (
        field_of("account", "unit", Kind.UNIT, Need.REQUIRED, width=8),
        *(_slot(slot, Need.CONDITIONAL) for slot in slots),
        *_kind_and_proof(),
    )
    return Accounts(f"{group}-unit", columns, accounts, per_unit=True)


def _slot(slot: str, need: Need) -> Field:
    base, _, number = slot.partition(":")
    label = {lang: f"{word} {number}" for lang, word in words("field", base).items()}
    return Field(slot, Kind.NUMBER, label, need, width=13)


def _kind_and_proof() -> tuple[Field, Field]:
    return (
        field_of("account", "activity_kind", Kind.CHOICE, choices="activity", width=10),
        field_of("account", "evidence", Kind.EVIDENCE, refers="evidence", width=10),
    )


def _keys(slots: tuple[str, ...], centres: int) -> tuple[Block, ...]:
    must, may = Need.REQUIRED, Need.OPTIONAL
    places = tuple(f"centre:{number}" for number in range(1, centres + 1))
    centre = (
        field_of("centre", "centre", Kind.CODE, must),
        field_of("centre", "name_zh", Kind.TEXT, may),
        field_of("centre", "name_en", Kind.TEXT, may),
        field_of("centre", "kind", Kind.CHOICE, must, choices="centre"),
        field_of("centre", "key", Kind.CODE, Need.CONDITIONAL, refers="keys"),
    )
    keys = (
        field_of("keys", "key", Kind.CODE, must, width=14),
        field_of("keys", "kind", Kind.CHOICE, must, choices="key", width=18),
        field_of("keys", "unit", Kind.UNIT, may, choices="key-units", width=10),
        *(_slot(slot, may) for slot in (*slots, *places)),
    )
    return (Form("centres", centre, places), Table("keys", keys, 8))


def _suppliers() -> Table:
    must, may = Need.REQUIRED, Need.OPTIONAL
    columns = (
        field_of("suppliers", "account", Kind.CHOICE, must, choices="supplied", width=18),
        field_of("suppliers", "name", Kind.TEXT, must, width=30),
        field_of("suppliers", "share", Kind.NUMBER, must, unit="1", width=10),
        field_of("suppliers", "country", Kind.CODE, may, width=10),
        field_of("suppliers", "distance", Kind.NUMBER, may, unit="km", width=12),
        field_of("suppliers", "mode", Kind.CHOICE, may, choices="mode", width=14),
        field_of("suppliers", "factor", Kind.FACTOR, may, width=26, choices="factors:goods"),
        field_of("suppliers", "pcf", Kind.NUMBER, may, sign="any", width=14),
        field_of("suppliers", "evidence", Kind.EVIDENCE, may, refers="evidence", width=14),
        field_of("suppliers", "record", Kind.CODE, may, refers="records", width=14, late=True),
    )
    return Table("suppliers", columns, 12)


def _instruments() -> Table:
    must, may = Need.REQUIRED, Need.OPTIONAL
    columns = (
        field_of("instruments", "instrument", Kind.TEXT, must, width=26),
        field_of("instruments", "technology", Kind.CHOICE, must, choices="technology", width=16),
        field_of("instruments", "amount", Kind.NUMBER, must, sign="above-zero", width=14),
        field_of("instruments", "unit", Kind.UNIT, must, unit="MWh", choices="unit:MWh", width=10),
        field_of("instruments", "vintage", Kind.DATE, must, width=14),
        field_of("instruments", "retired_for", Kind.TEXT, must, width=32),
        field_of("instruments", "evidence", Kind.EVIDENCE, may, refers="evidence", width=14),
        field_of("instruments", "state", Kind.CHOICE, may, choices="state", width=14, late=True),
    )
    return Table("instruments", columns, 6)


def _evidence() -> Table:
    must, may = Need.REQUIRED, Need.OPTIONAL
    columns = (
        field_of("evidence", "evidence", Kind.CODE, must, width=10),
        field_of("evidence", "kind", Kind.CHOICE, must, choices="evidence", width=22),
        field_of("evidence", "title", Kind.TEXT, must, width=46),
        field_of("evidence", "dated", Kind.DATE, may, width=14),
        field_of("evidence", "page", Kind.TEXT, may, width=12),
        field_of("evidence", "sha256", Kind.TEXT, may, width=40),
        field_of("evidence", "issuer", Kind.TEXT, may, width=22, late=True),
        field_of("evidence", "instrument", Kind.TEXT, may, width=22, late=True),
        field_of("evidence", "valid_to", Kind.DATE, may, width=14, late=True),
    )
    return Table("evidence", columns, 20)
