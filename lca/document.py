"""Reading a hand-written TOML document strictly, with every problem collected.

A :class:`Section` is one table of the document. Each field is asked for by name and kind; what is
missing, malformed or was never asked for becomes a finding at its key path, and a harmless value
stands in so that reading goes on to the next field.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from factors.errors import ModelError
from factors.findings import Finding, Where, finding
from factors.numbers import parse_decimal
from factors.rows import ID
from factors.texts import LANGS

MAX_BYTES = 1_000_000
MAX_TEXT = 2000
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
ROW = ID
"""Id of a row of the factor library."""
WORDS = re.compile(r"[^\s].{0,499}", re.DOTALL)

T = TypeVar("T")


@dataclass(slots=True)
class Section:
    """One table, its place in the document, and the list that findings go to."""

    table: dict[str, object]
    where: Where
    log: list[Finding]
    asked: set[str] = field(default_factory=set)

    def at(self, key: str) -> Where:
        """Return the place of a field."""
        shown = _shown(key)
        path = f"{self.where.path}.{shown}" if self.where.path else shown
        return Where(file=self.where.file, path=path)

    def report(self, code: str, key: str, **params: object) -> None:
        """Add a finding at a field."""
        self.log.append(finding(code, self.at(key), **params))

    def has(self, key: str) -> bool:
        """Whether the field is there."""
        return key in self.table

    def get(self, key: str, kind: type[T], default: T | None = None) -> T | None:
        """Return a field of one TOML type; None after a finding, or when absent and optional."""
        self.asked.add(key)
        if key not in self.table:
            if default is None:
                self.report("TOML-MISSING", key)
            return default
        value = self.table[key]
        if type(value) is not kind:
            self.report("TOML-KIND", key, saw=type(value).__name__, expected=_KINDS[kind])
            return default
        return value

    def string(self, key: str, default: str | None = None, pattern: re.Pattern[str] = WORDS) -> str:
        """Return a string that matches ``pattern``; the default (or "") when it does not."""
        value = self.get(key, str, default)
        if value is None or value == default:
            return value or ""
        if not pattern.fullmatch(value) or not _printable(value):
            code = "TOML-ID" if pattern in (SLUG, NAME, ROW) else "TOML-STRING"
            self.report(code, key, saw=value)
            return default or ""
        return value

    def choice(self, key: str, options: Sequence[str], default: str | None = None) -> str:
        """Return one of the options; the first one when what stands there is none of them."""
        value = self.get(key, str, default)
        if value is None or value in options or value == default:
            return value if value is not None else options[0]
        self.report("TOML-CHOICE", key, saw=value, options=", ".join(options))
        return options[0]

    def flag(self, key: str, default: bool | None = None) -> bool:
        """Return true or false."""
        return bool(self.get(key, bool, default))

    def number(self, key: str) -> Fraction:
        """Return a decimal string as an exact number (0 after a finding)."""
        value = self.get(key, str)
        if value is None:
            return Fraction(0)
        try:
            return parse_decimal(value)
        except ValueError:
            self.report("TOML-NUMBER", key, saw=value)
            return Fraction(0)

    def number_or_none(self, key: str) -> Fraction | None:
        """Return a decimal string as an exact number, None when absent."""
        self.asked.add(key)
        return self.number(key) if self.has(key) else None

    def strings(self, key: str, default: list[object] | None = None) -> tuple[str, ...]:
        """Return a list of strings; a lone string counts as a list of one."""
        if isinstance(self.table.get(key), str):
            return (self.string(key),)
        values = self.get(key, list, default) or []
        good = tuple(value for value in values if isinstance(value, str) and _printable(value))
        if len(good) < len(values):
            self.report("TOML-KIND", key, saw="array", expected=_KINDS[str])
        return good

    def text(self, key: str, optional: bool = False) -> dict[str, str]:
        """Return a text in both languages; empty when absent and optional."""
        inner = self.section(key, optional)
        return inner.bilingual() if self.has(key) else {}

    def texts(self, key: str) -> tuple[dict[str, str], ...]:
        """Return a list of texts; none when absent."""
        return tuple(row.bilingual() for row in self.sections(key))

    def bilingual(self) -> dict[str, str]:
        """Return this table as a text in both languages."""
        found = {lang: self.table.get(lang) for lang in LANGS}
        if not all(_is_text(value) for value in found.values()) or len(self.table) > len(LANGS):
            self.log.append(finding("TOML-TEXT", self.where))
        return {lang: value if isinstance(value, str) else "" for lang, value in found.items()}

    def section(self, key: str, optional: bool = False) -> Section:
        """Return an inner table (an empty one when it is absent)."""
        empty: dict[str, object] | None = {} if optional else None
        return Section(self.get(key, dict, empty) or {}, self.at(key), self.log)

    def sections(self, key: str, label: str = "id") -> list[Section]:
        """Return an array of tables; each is named by its ``label`` field or its number."""
        rows = self.get(key, list, []) or []
        found: list[Section] = []
        for number, row in enumerate(rows, start=1):
            if not isinstance(row, dict):
                self.report("TOML-KIND", key, saw=type(row).__name__, expected=_KINDS[dict])
                continue
            name = row.get(label)
            shown = name if isinstance(name, str) and name else str(number)
            found.append(Section(row, self.at(f"{key}[{shown}]"), self.log))
        return found

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield the pairs of a table of strings."""
        for key in self.table:
            yield key, self.string(key)

    def close(self) -> None:
        """Report every field that nobody asked for."""
        for key in self.table:
            if key not in self.asked:
                known = ", ".join(sorted(self.asked))
                self.report("TOML-KEY", key, known=known)


_KINDS: dict[type, str] = {
    str: "string",
    bool: "true / false",
    list: "array",
    dict: "table",
}


def _shown(key: str) -> str:
    """Keep hostile keys readable in a path."""
    return key if len(key) <= 120 and _printable(key) else "?"


def _printable(value: str) -> bool:
    return all(char.isprintable() or char == "\n" for char in value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= MAX_TEXT and _printable(value)


def read(data: bytes, file: str) -> Section:
    """Return the root section of a TOML document.

    Raises
    ------
    ModelError
        TOML-SIZE or TOML-UNREADABLE.
    """
    where = Where(file=file)
    if len(data) > MAX_BYTES:
        raise ModelError(finding("TOML-SIZE", where, saw=len(data), limit=MAX_BYTES))
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as reason:  # not UTF-8, not TOML, or nested without end
        raise ModelError(finding("TOML-UNREADABLE", where, reason=reason)) from None
    return Section(table, where, [])


def duplicates(log: list[Finding], sections: Sequence[tuple[Where, str]]) -> None:
    """Report every id that is declared again."""
    seen: dict[str, Where] = {}
    for where, name in sections:
        if name and name in seen:
            log.append(finding("MODEL-DUPLICATE", where, saw=name, first=seen[name].path))
        seen.setdefault(name, where)


def shipped(folder: Traversable) -> tuple[str, ...]:
    """Return the ids of the documents in a folder of package data, sorted."""
    names = (entry.name for entry in folder.iterdir()) if folder.is_dir() else ()
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def source_bytes(source: str | Path, folder: Traversable) -> tuple[bytes, str]:
    """Return the bytes and the display name of a shipped document or of a file.

    Raises
    ------
    ModelError
        TOML-NOT-FOUND when there is neither.
    """
    if isinstance(source, str) and SLUG.fullmatch(source):
        entry: Traversable = folder / f"{source}.toml"
    else:
        entry = Path(source)
    try:
        return entry.read_bytes(), entry.name
    except (OSError, ValueError):  # ValueError: a null character in a path
        known = ", ".join(shipped(folder))
        raise ModelError(finding("TOML-NOT-FOUND", saw=source, known=known)) from None
