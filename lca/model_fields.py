"""Fields that several parts of a product model have: units, formulas, conditions, sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from factors.errors import ModelError, UnitError
from factors.units import Unit, unit
from lca.document import NAME, ROW, Section
from lca.formula import ONE, Formula, parse
from lca.model_parts import FORMAT, METHODS, STATUSES, Chosen, Citation, When

_ANY = re.compile(r".+", re.DOTALL)  # the formula itself says what is too long
_COUNTRY = re.compile(r"[a-z]{2,3}|\{[a-z][a-z0-9_]*\}")

# Stand in for what could not be read; nothing is concluded from them.
UNREAD = parse("0")
UNKNOWN = replace(ONE, symbol="?", dimension="?")


class Fields:
    """Reads one file; ``counting`` are the counting units that it declares for itself."""

    def __init__(self, root: Section) -> None:
        self.root = root
        root.choice("format", (FORMAT,))
        self.head = root.section("model")
        self.counting = frozenset(self.head.strings("units", []))
        self.foreground = self.head.strings("foreground")
        self.enums = {str(section.table.get("id")): section for section in root.sections("enum")}

    def unit(self, section: Section, key: str = "unit") -> Unit:
        """Return a unit, ``UNKNOWN`` after a finding."""
        text = section.string(key)
        try:
            return unit(text, self.counting) if text else UNKNOWN
        except UnitError as refusal:
            section.report("MODEL-UNIT", key, saw=text, reason=refusal.findings[0].code)
            return UNKNOWN

    def formula(self, section: Section, key: str) -> Formula:
        """Return a formula, ``UNREAD`` after a finding."""
        text = section.string(key, pattern=_ANY)
        try:
            return parse(text, section.at(key), self.counting) if text else UNREAD
        except ModelError as refusal:
            section.log.extend(refusal.findings)
            return UNREAD

    def formula_or_none(self, section: Section, key: str) -> Formula | None:
        """Return a formula, None when absent."""
        return self.formula(section, key) if section.has(key) else None

    def formulas(self, section: Section, key: str) -> Mapping[str, Formula]:
        """Return a table of formulas; empty when absent."""
        inner = section.section(key, optional=True)
        for name in inner.table:
            if name not in METHODS:
                inner.report("TOML-CHOICE", name, saw=name, options=", ".join(METHODS))
        return {name: self.formula(inner, name) for name in inner.table}

    def when(self, section: Section) -> When:
        """Return the conditions of a part; empty when it has none."""
        inner = section.section("when", optional=True)
        return {enum: inner.strings(enum) for enum in inner.table}

    def citation(self, section: Section) -> Citation | None:
        """Return the source of a number, None when absent."""
        if not section.has("source"):
            return None
        inner = section.section("source")
        found = Citation(
            title=inner.string("title"),
            locator=inner.string("locator"),
            status=inner.choice("status", STATUSES),
        )
        inner.close()
        return found

    def backed(self, section: Section, needed: bool) -> tuple[Citation | None, str]:
        """Return source and library row of a number; a finding when it has neither."""
        row = section.string("property", "", ROW)
        source = self.citation(section)
        if needed and not (row or source):
            section.report("MODEL-SOURCE", "source")
        return source, row

    def chosen(self, section: Section, key: str) -> Chosen:
        """Return one factor id, or one per value of an enum."""
        if isinstance(section.table.get(key), str):
            return Chosen({"": section.string(key, pattern=ROW)})
        inner = section.section(key)
        values = inner.section("values")
        ids = {value: values.string(value, pattern=ROW) for value in values.table}
        found = Chosen(ids, inner.string("by", pattern=NAME))
        inner.close()
        return found

    def country(self, section: Section, key: str) -> Chosen:
        """Return a country code, or the enum in braces whose values are country codes."""
        text = section.string(key, pattern=_COUNTRY)
        if not text.startswith("{"):
            return Chosen({"": text})
        by = text[1:-1]
        rows = self.enums[by].sections("values") if by in self.enums else []
        ids = [str(row.table.get("id")) for row in rows]
        return Chosen(dict(zip(ids, ids, strict=True)), by)


def ratio(over: Unit, under: Unit) -> Unit:
    """Return one unit per another; ``UNKNOWN`` when either is."""
    return UNKNOWN if UNKNOWN in (over, under) else over / under
