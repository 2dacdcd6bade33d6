"""The registry's tables as SQLAlchemy Core sees them; their rules stand in ``sql/*/NNNN_*.sql``.

Statements of every day are made once, at the foot of the module that asks them, with
:func:`given` where a value comes in: to build one takes three times as long as to run it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
)

METADATA = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, String)


def _number(name: str) -> Column[int]:
    return Column(name, Integer)


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary)


def given(column: Column[Any]) -> ColumnElement[bool]:
    """Return the condition that a column has the value handed in under the column's name."""
    return column == bindparam(column.name)


schema_files = Table("schema_files", METADATA, _text("name"), _text("sha256"))
settings = Table("settings", METADATA, _text("name"), _bytes("data"))
trust = Table("trust", METADATA, _number("version"), _bytes("data"), _text("time"))
drafts = Table(
    "drafts",
    METADATA,
    _text("draft"),
    _text("time"),
    _text("kind"),
    _bytes("footprint"),
    _text("footprint_sha256"),
    _bytes("system"),
    _text("system_sha256"),
    _bytes("workbook"),
    _text("workbook_name"),
)
bodies = Table(
    "bodies",
    METADATA,
    _text("draft"),
    _bytes("body"),
    _text("body_hash"),
    _text("claim"),
    _bytes("disclosures"),
)
approvals = Table("approvals", METADATA, _text("draft"), _text("role"), _bytes("record"))
reservations = Table(
    "reservations",
    METADATA,
    _number("number"),
    _text("serial"),
    _text("draft"),
    _text("request"),
    _number("status_index"),
    _text("valid_from"),
    _text("valid_until"),
    _text("lang"),
    _text("time"),
)
claims = Table("claims", METADATA, _text("claim"), _text("serial"))
files = Table("files", METADATA, _text("serial"), _text("name"), _text("sha256"), _number("size"))
leaves = Table(
    "leaves",
    METADATA,
    _number("position"),
    _text("kind"),
    _text("serial"),
    _bytes("data"),
    _bytes("hash"),
)
checkpoints = Table(
    "checkpoints",
    METADATA,
    _number("size"),
    _bytes("root"),
    _bytes("peaks"),
    _text("note"),
    _text("time"),
)
successions = Table("successions", METADATA, _text("serial"), _text("replaces"), _bytes("record"))
rotations = Table("rotations", METADATA, _number("version"), _bytes("record"))
tiles = Table(
    "tiles",
    METADATA,
    _number("level"),
    _number("number"),
    _bytes("hashes"),
    _bytes("root"),
)
#: Signed files, where the database holds them (PostgreSQL).
documents = Table("documents", METADATA, _text("sha256"), _bytes("data"))
