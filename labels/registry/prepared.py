"""Statements of every day: SQLAlchemy writes them once, then the driver alone runs them.

Engine, connection and transaction stay SQLAlchemy's. Its general way with a statement, though,
takes twenty times as long as SQLite takes to answer it, and an issue asks some forty.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select
from sqlalchemy.dialects import registry as dialects
from sqlalchemy.exc import DBAPIError

_named: Callable[[str, list[str]], Any] = namedtuple
#: How a driver wants the values of a statement: in their order, or under their names.
_Placed = Callable[[Mapping[str, Any]], Any]


class Prepared:
    """A statement that is made once, with :func:`~labels.registry.tables.given` for each value.

    Parameters
    ----------
    statement
        As SQLAlchemy Core spells it.

    Raises
    ------
    DBAPIError
        By every method, for whatever the driver refuses.
    """

    __slots__ = ("_row", "_statement")

    def __init__(self, statement: Select[Any] | Insert) -> None:
        self._statement = statement
        columns = statement.selected_columns if isinstance(statement, Select) else ()
        row: Any = _named("Row", [column.name for column in columns])
        self._row = row._make

    def rows(self, tx: Connection, **values: Any) -> list[Any]:
        """Return the rows, by column names."""
        return [self._row(row) for row in self._asked(tx, values)]

    def row(self, tx: Connection, **values: Any) -> Any | None:
        """Return the one row there can be, None when there is none."""
        found = self._asked(tx, values)
        return self._row(found[0]) if found else None

    def column(self, tx: Connection, **values: Any) -> list[Any]:
        """Return the first column."""
        return [row[0] for row in self._asked(tx, values)]

    def value(self, tx: Connection, **values: Any) -> Any | None:
        """Return the first column of the one row there can be, None when there is none."""
        found = self._asked(tx, values)
        return found[0][0] if found else None

    def add(self, tx: Connection, *rows: Mapping[str, Any]) -> None:
        """Add rows, given by column names."""
        sql, placed = _compiled(self._statement, _kind(tx.dialect))
        with driver(tx, sql) as cursor:
            cursor.executemany(sql, [placed(row) for row in rows])

    def _asked(self, tx: Connection, values: Mapping[str, Any]) -> list[Any]:
        sql, placed = _compiled(self._statement, _kind(tx.dialect))
        with driver(tx, sql) as cursor:
            cursor.execute(sql, placed(values))
            return list(cursor.fetchall())


@contextmanager
def driver(tx: Connection, sql: str) -> Iterator[Any]:
    """Open a cursor of the driver for a statement; its errors are SQLAlchemy's outside.

    Raises
    ------
    DBAPIError
        For whatever the driver refuses.
    """
    known = tx.dialect.loaded_dbapi.Error
    try:
        yield tx.connection.cursor()
    except known as error:
        raise DBAPIError.instance(sql, None, error, known, dialect=tx.dialect) from error


def _kind(dialect: Dialect) -> str:
    """Name a dialect: each engine has an object of its own."""
    return f"{dialect.name}.{dialect.driver}"


@lru_cache(maxsize=256)
def _compiled(statement: Select[Any] | Insert, kind: str) -> tuple[str, _Placed]:
    """Return the SQL of a statement for a kind of database, and how its values are handed over."""
    compiled = statement.compile(dialect=dialects.load(kind)())
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    order = compiled.positiontup
    if order is None:
        return str(compiled), lambda values: {**fixed, **values}
    return str(compiled), lambda values: list(map({**fixed, **values}.__getitem__, order))
