"""The layout of the workbook, derived from a product model: the one description of its fields.

The writer draws it, the reader looks for it, the manual prints it. A sheet holds blocks; a block is
a :class:`Form` (fields below each other, answers in slots to the right), a :class:`Table` (fields
as columns, free rows) or an :class:`Accounts` table (fields as columns, one row per account).
Every sheet, block, row and column has a machine id that stands in a hidden row or column, so a
renamed heading or a moved row is still recognised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction

from factors.numbers import decimal_text
from factors.texts import catalogue
from lca.model_parts import Account, Enum, Parameter, ProductModel, Text, When

MARK = "carbonlabel-workbook/1"
"""First cell of every sheet: this mark, a space and the id of the sheet."""

FINDINGS_MARK = "carbonlabel-findings/1"
"""First cell of the sheet that an annotation adds; the reader passes over it."""

MONTHS = tuple(f"m{number}" for number in range(1, 13))
GROUPS = ("energy", "materials", "packaging", "waste", "transport")
SHEET_OF = {
    "cover": "cover", "period": "sites", "sites": "sites", "answers": "sites",
    "family": "products", "output": "products", "rejects": "products",
    "centres": "keys", "keys": "keys", "suppliers": "suppliers", "instruments": "instruments",
    "evidence": "evidence", **{group: group for group in GROUPS},
}  # fmt: skip
"""Sheet of a block; with few accounts the groups stand together on ``amounts``."""

FEW_ACCOUNTS = 8
"""A model with no more accounts than this has them all on one sheet."""

MAX_SUPPLIERS = 6


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    CODE = "code"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"
    UNIT = "unit"
    EVIDENCE = "evidence"
    SHOWN = "shown"


class Need(StrEnum):
    """Whether a cell must be filled."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    Attributes
    ----------
    unit
        Unit the answer is wanted in (canonical), empty when it has none.
    choices
        List of choices (see :mod:`lca.workbook.lists`).
    refers
        Block whose codes may be given here.
    sign
        ``positive`` (zero allowed), ``above-zero`` or ``any``.
    when
        Asked only for families whose choices match.
    default
        What an empty cell means: id of a choice, or words.
    """

    id: str
    kind: Kind
    label: Text
    need: Need = Need.OPTIONAL
    help: Text = field(default_factory=dict)
    unit: str = ""
    choices: str = ""
    refers: str = ""
    sign: str = "positive"
    least: Fraction | None = None
    most: Fraction | None = None
    when: When = field(default_factory=dict)
    default: str = ""
    width: int = 12


@dataclass(frozen=True, slots=True)
class Form:
    """Fields below each other; ``slots`` are the answer columns (``value`` or ``family:1`` ...)."""

    id: str
    rows: tuple[Field, ...]
    slots: tuple[str, ...] = ("value",)
    units: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Fields side by side; rows are free."""

    id: str
    columns: tuple[Field, ...]
    free: int


@dataclass(frozen=True, slots=True)
class Accounts:
    """One row per account of the model; ``per_unit`` tells the two ways of booking apart."""

    id: str
    columns: tuple[Field, ...]
    accounts: tuple[Account, ...]
    per_unit: bool = False


Block = Form | Table | Accounts


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet; an optional one may be deleted from the file."""

    id: str
    blocks: tuple[Block, ...]
    optional: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """All sheets of one model."""

    model: ProductModel
    sheets: tuple[Sheet, ...]

    def blocks(self) -> Iterator[Block]:
        """Yield every block."""
        for sheet in self.sheets:
            yield from sheet.blocks

    def block(self, block_id: str) -> Block | None:
        """Return the block of this id."""
        return next((block for block in self.blocks() if block.id == block_id), None)


def words(table: str, key: str) -> Text:
    """Return an entry of the catalogue in both languages, empty when there is none."""
    entry: Text = catalogue().get(f"workbook_{table}", {}).get(key, {})
    return entry


def layout(model: ProductModel, families: int = 4, centres: int = 4) -> Layout:
    """Derive the layout of a model.

    Parameters
    ----------
    families, centres
        How many columns there are for product families, and for cost centres and other uses.
    """
    slots = tuple(f"family:{number}" for number in range(1, families + 1))
    sheets = [
        Sheet("cover", (Form("cover", cover_fields()),)),
        Sheet("sites", tuple(_sites(model))),
        Sheet("products", tuple(_products(model, slots)), wide=families > 4),
        *_account_sheets(model, slots),
        Sheet("keys", _keys(slots, centres), optional=True),
    ]
    if any(account.suppliers for account in model.accounts):
        sheets.append(Sheet("suppliers", (_suppliers(),), optional=True))
    sheets.append(Sheet("instruments", (_instruments(),), optional=True))
    sheets.append(Sheet("evidence", (_evidence(),), optional=True))
    return Layout(model, tuple(sheets))


def _field(
    block: str, name: str, kind: Kind, need: Need = Need.OPTIONAL, /, *, width: int = 12,
    choices: str = "", refers: str = "", sign: str = "positive", unit: str = "",
) -> Field:  # fmt: skip
    """Make a field; label and help stand in the catalogue under ``block-name`` or ``name``."""
    key = f"{block}-{name}" if words("field", f"{block}-{name}") else name
    return Field(
        name, kind, words("field", key), need, words("help", key), unit, choices, refers, sign,
        width=width,
    )  # fmt: skip


def cover_fields() -> tuple[Field, ...]:
    """Return the fields of the cover, the same for every model."""
    must, may = Need.REQUIRED, Need.OPTIONAL
    return (
        _field("cover", "subject", Kind.CODE, must, refers="family"),
        _field("cover", "boundary", Kind.CHOICE, must, choices="boundary"),
        _field("cover", "product_name_zh", Kind.TEXT, must),
        _field("cover", "product_name_en", Kind.TEXT, must),
        _field("cover", "product_model", Kind.TEXT, must),
        _field("cover", "gtin", Kind.TEXT, may),
        _field("cover", "maker_name_zh", Kind.TEXT, must),
        _field("cover", "maker_name_en", Kind.TEXT, must),
        _field("cover", "maker_id", Kind.TEXT, must),
        _field("cover", "preparer", Kind.TEXT, must),
        _field("cover", "preparer_contact", Kind.TEXT, may),
        _field("cover", "prepared_on", Kind.DATE, may),
        _field("cover", "model", Kind.SHOWN, Need.COMPUTED),
        _field("cover", "model_version", Kind.SHOWN, Need.COMPUTED),
    )


def _sites(model: ProductModel) -> Iterator[Block]:
    must = Need.REQUIRED
    yield Form(
        "period",
        (_field("period", "from", Kind.DATE, must), _field("period", "to", Kind.DATE, must)),
    )
    yield Table(
        "sites",
        (
            _field("sites", "site", Kind.CODE, must, width=12),
            _field("sites", "name_zh", Kind.TEXT, must, width=26),
            _field("sites", "name_en", Kind.TEXT, must, width=26),
            _field("sites", "address_zh", Kind.TEXT, must, width=34),
            _field("sites", "address_en", Kind.TEXT, must, width=34),
            _field("sites", "country", Kind.CODE, must, width=12),
        ),
        3,
    )
    asked = tuple(_questions(model, "site"))
    if asked:
        yield Form("answers", asked, units=True)


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


def _products(model: ProductModel, slots: tuple[str, ...]) -> Iterator[Block]:
    must = Need.REQUIRED
    base = model.declared_unit.unit.symbol
    identity = (
        _field("family", "family", Kind.CODE, must),
        _field("family", "name_zh", Kind.TEXT, must),
        _field("family", "name_en", Kind.TEXT, must),
        _field("family", "output_unit", Kind.UNIT, must, unit=base, choices="output-units"),
    )
    yield Form("family", (*identity, *_questions(model, "family")), slots, units=True)
    yield Form("output", (*_months(Need.REQUIRED), _total()), slots)
    yield Form("rejects", tuple(_months(Need.OPTIONAL)), slots)


def _months(need: Need, width: int = 9) -> Iterator[Field]:
    for name in MONTHS:
        yield replace(_field("month", name, Kind.NUMBER, need, width=width), help={})


def _total() -> Field:
    return _field("total", "sum", Kind.SHOWN, Need.COMPUTED, width=13)


def _account_sheets(model: ProductModel, slots: tuple[str, ...]) -> Iterator[Sheet]:
    groups = {
        group: tuple(account for account in model.accounts if account.group == group)
        for group in GROUPS
    }
    filled = {group: accounts for group, accounts in groups.items() if accounts}
    if len(model.accounts) <= FEW_ACCOUNTS:
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
    columns: list[Field] = [_field("account", "unit", Kind.UNIT, Need.REQUIRED, width=8)]
    if metered:
        columns.append(
            _field("account", "multiplier", Kind.NUMBER, may, sign="above-zero", width=7)
        )
    columns.extend(_months(Need.CONDITIONAL))
    if stocked:
        columns.append(_field("account", "whole", Kind.NUMBER, may, width=12))
        columns.extend(
            _field("account", name, Kind.NUMBER, may, width=9)
            for name in ("opening", "closing", "returned")
        )
    columns.append(_field("account", "consumed", Kind.SHOWN, Need.COMPUTED, width=12))
    columns.append(_field("account", "control_total", Kind.NUMBER, may, width=11))
    columns.append(_field("account", "control_source", Kind.TEXT, may, width=20))
    columns.append(_field("account", "key", Kind.CODE, Need.CONDITIONAL, refers="keys", width=10))
    columns.extend(_kind_and_proof())
    return Accounts(group, tuple(columns), accounts)


def _per_unit(group: str, accounts: tuple[Account, ...], slots: tuple[str, ...]) -> Accounts:
    """The other way: amounts per declared unit, by family."""
    columns = (
        _field("account", "unit", Kind.UNIT, Need.REQUIRED, width=8),
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
        _field("account", "activity_kind", Kind.CHOICE, choices="activity", width=10),
        _field("account", "evidence", Kind.EVIDENCE, refers="evidence", width=10),
    )


def _keys(slots: tuple[str, ...], centres: int) -> tuple[Block, ...]:
    must, may = Need.REQUIRED, Need.OPTIONAL
    places = tuple(f"centre:{number}" for number in range(1, centres + 1))
    centre = (
        _field("centre", "centre", Kind.CODE, must),
        _field("centre", "name_zh", Kind.TEXT, may),
        _field("centre", "name_en", Kind.TEXT, may),
        _field("centre", "kind", Kind.CHOICE, must, choices="centre"),
        _field("centre", "key", Kind.CODE, Need.CONDITIONAL, refers="keys"),
    )
    keys = (
        _field("keys", "key", Kind.CODE, must, width=14),
        _field("keys", "kind", Kind.CHOICE, must, choices="key", width=18),
        _field("keys", "unit", Kind.UNIT, may, choices="key-units", width=10),
        *(_slot(slot, may) for slot in (*slots, *places)),
    )
    return (Form("centres", centre, places), Table("keys", keys, 8))


def _suppliers() -> Table:
    must, may = Need.REQUIRED, Need.OPTIONAL
    columns = (
        _field("suppliers", "account", Kind.CHOICE, must, choices="supplied", width=18),
        _field("suppliers", "name", Kind.TEXT, must, width=30),
        _field("suppliers", "share", Kind.NUMBER, must, unit="1", width=10),
        _field("suppliers", "country", Kind.CODE, may, width=10),
        _field("suppliers", "distance", Kind.NUMBER, may, unit="km", width=12),
        _field("suppliers", "mode", Kind.CHOICE, may, choices="mode", width=14),
        _field("suppliers", "factor", Kind.TEXT, may, width=26, refers="factors"),
        _field("suppliers", "pcf", Kind.NUMBER, may, sign="any", width=14),
        _field("suppliers", "evidence", Kind.EVIDENCE, may, refers="evidence", width=14),
    )
    return Table("suppliers", columns, 12)


def _instruments() -> Table:
    must, may = Need.REQUIRED, Need.OPTIONAL
    columns = (
        _field("instruments", "instrument", Kind.TEXT, must, width=26),
        _field("instruments", "technology", Kind.CHOICE, must, choices="technology", width=16),
        _field("instruments", "amount", Kind.NUMBER, must, sign="above-zero", width=14),
        _field("instruments", "unit", Kind.UNIT, must, unit="MWh", choices="unit:MWh", width=10),
        _field("instruments", "vintage", Kind.DATE, must, width=14),
        _field("instruments", "retired_for", Kind.TEXT, must, width=32),
        _field("instruments", "evidence", Kind.EVIDENCE, may, refers="evidence", width=14),
    )
    return Table("instruments", columns, 6)


def _evidence() -> Table:
    must, may = Need.REQUIRED, Need.OPTIONAL
    columns = (
        _field("evidence", "evidence", Kind.CODE, must, width=10),
        _field("evidence", "kind", Kind.CHOICE, must, choices="evidence", width=22),
        _field("evidence", "title", Kind.TEXT, must, width=46),
        _field("evidence", "dated", Kind.DATE, may, width=14),
        _field("evidence", "page", Kind.TEXT, may, width=12),
        _field("evidence", "sha256", Kind.TEXT, may, width=40),
    )
    return Table("evidence", columns, 20)


def known_columns(block: Block) -> Mapping[str, Field]:
    """Return the fields of a table by column id; empty for a form."""
    if isinstance(block, Form):
        return {}
    return {column.id: column for column in block.columns}


def of_slot(columns: Iterable[str], base: str) -> tuple[str, ...]:
    """Return the slot columns of one base (``family``), by number."""
    found = [name for name in columns if name.partition(":")[0] == base and ":" in name]
    return tuple(sorted(found, key=lambda name: int(name.partition(":")[2])))
