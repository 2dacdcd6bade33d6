"""What a layout is made of: fields, the blocks that hold them, the sheets that hold the blocks.

A sheet holds blocks; a block is a :class:`Form` (fields below each other, answers in slots to the
right), a :class:`Table` (fields as columns, free rows) or an :class:`Accounts` table (fields as
columns, one row per account).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from factors.texts import catalogue
from lca.model_parts import Account, ProductModel, Text, When


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    CODE = "code"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"
    UNIT = "unit"
    EVIDENCE = "evidence"
    FACTOR = "factor"
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
    late
        Came after the first edition of the template: an older file does without it.
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
    late: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """Fields below each other; ``slots`` are the answer columns (``value`` or ``family:1`` ...)."""

    id: str
    rows: tuple[Field, ...]
    slots: tuple[str, ...] = ("value",)
    units: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Fields side by side; rows are free."""

    id: str
    columns: tuple[Field, ...]
    free: int
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Accounts:
    """One row per account of the model; ``per_unit`` tells the two ways of booking apart."""

    id: str
    columns: tuple[Field, ...]
    accounts: tuple[Account, ...]
    per_unit: bool = False
    optional: bool = False


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


def field_of(
    block: str, name: str, kind: Kind, need: Need = Need.OPTIONAL, /, *, width: int = 12,
    choices: str = "", refers: str = "", sign: str = "positive", unit: str = "",
    late: bool = False,
) -> Field:  # fmt: skip
    """Make a field; label and help stand in the catalogue under ``block-name`` or ``name``."""
    key = f"{block}-{name}" if words("field", f"{block}-{name}") else name
    return Field(
        name, kind, words("field", key), need, words("help", key), unit, choices, refers, sign,
        width=width, late=late,
    )  # fmt: skip


def known_columns(block: Block) -> Mapping[str, Field]:
    """Return the fields of a table by column id; empty for a form."""
    if isinstance(block, Form):
        return {}
    return {column.id: column for column in block.columns}
