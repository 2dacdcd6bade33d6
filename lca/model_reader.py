"""From the tables of a model file to the parts of a :class:`ProductModel`, field by field.

Only the shape is looked at here; whether names exist and dimensions fit is the business of
:mod:`lca.model_check`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from factors.errors import ModelError, UnitError
from factors.factor import PARTS
from factors.units import Unit, unit
from lca.document import NAME, SLUG, Section
from lca.formula import ONE, Formula, parse
from lca.inventory import GATE, GRAVE, STAGES
from lca.model_parts import (
    ACTIVITY_KINDS,
    BASES,
    FORMAT,
    FORMS,
    GROUPS,
    KEY_KINDS,
    METHODS,
    SCOPES,
    SIGNS,
    STATUSES,
    SUPPLIER_NAMES,
    TREATMENTS,
    Account,
    Band,
    CarbonRule,
    Check,
    Choice,
    Chosen,
    Citation,
    CoProduct,
    DeclaredUnit,
    Enum,
    ExchangeRule,
    From,
    FromElectricity,
    FromFactor,
    FromFlow,
    FromMode,
    FromProcess,
    FromSupplier,
    Omission,
    Parameter,
    ProcessRule,
    ProductModel,
    Quantity,
    SalesUnit,
    StageRule,
    Table,
    When,
)

_PLACE = re.compile(r"[A-Z]{2,3}|\{[a-z][a-z0-9_]*\}")
_COUNTRY = re.compile(r"[a-z]{2,3}|\{[a-z][a-z0-9_]*\}")
_FLOW = re.compile(rf"({'|'.join(PARTS)})\.[A-Za-z0-9-]{{1,30}}")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_SEVERITIES = ("warning", "error", "note")
_ORIGINS = ("factor", "process", "flow", "electricity", "supplier", "mode")

# Stand in for what could not be read; nothing is concluded from them.
UNREAD = parse("0")
UNKNOWN = replace(ONE, symbol="?", dimension="?")

Part = TypeVar("Part")


class Reader:
    """Reads one file; ``counting`` are the counting units that it declares for itself."""

    def __init__(self, root: Section) -> None:
        self.root = root
        root.choice("format", (FORMAT,))
        self.head = root.section("model")
        self.counting = frozenset(self.head.strings("units", []))
        self.enums = {section.table.get("id"): section for section in root.sections("enum")}

    # --- fields that several parts have ---

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
        text = section.string(key)
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
        row = section.string("property", "", SLUG)
        source = self.citation(section)
        if needed and not (row or source):
            section.report("MODEL-SOURCE", "source")
        return source, row

    def chosen(self, section: Section, key: str) -> Chosen:
        """Return one factor id, or one per value of an enum."""
        if isinstance(section.table.get(key), str):
            return Chosen({"": section.string(key, pattern=SLUG)})
        inner = section.section(key)
        values = inner.section("values")
        ids = {value: values.string(value, pattern=SLUG) for value in values.table}
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

    # --- parts ---

    def declared_unit(self) -> DeclaredUnit:
        """Read ``[declared_unit]``."""
        section = self.root.section("declared_unit")
        found = DeclaredUnit(
            amount=section.number("amount"),
            unit=self.unit(section),
            name=section.text("name"),
            reason=section.text("reason"),
            mass=self.formula_or_none(section, "mass"),
        )
        section.close()
        return found

    def sales_unit(self, section: Section) -> SalesUnit:
        """Read one ``[[sales_unit]]``."""
        return SalesUnit(
            id=section.string("id", pattern=SLUG),
            amount=self.formula(section, "amount"),
            name=section.text("name"),
            when=self.when(section),
        )

    def stage(self, section: Section) -> StageRule:
        """Read one ``[[stage]]``."""
        return StageRule(section.choice("id", STAGES), section.text("name"))

    def enum(self, section: Section) -> Enum:
        """Read one ``[[enum]]``."""
        return Enum(
            id=section.string("id", pattern=NAME),
            scope=section.choice("scope", SCOPES),
            name=section.text("name"),
            help=section.text("help"),
            values=_each(section, "values", _choice),
            default=section.string("default", "", SLUG),
        )

    def parameter(self, section: Section) -> Parameter:
        """Read one ``[[parameter]]``."""
        ask = section.flag("ask", True)
        source, row = self.backed(section, needed=section.has("default"))
        return Parameter(
            id=section.string("id", pattern=NAME),
            scope=section.choice("scope", SCOPES, "family"),
            unit=self.unit(section),
            ask=ask,
            name=section.text("name"),
            help=section.text("help", optional=not ask),
            default=section.number_or_none("default") if ask else section.number("default"),
            least=section.number_or_none("min"),
            most=section.number_or_none("max"),
            when=self.when(section),
            source=source,
            row=row,
            kind=section.choice("kind", ACTIVITY_KINDS, "calculated" if ask else "literature"),
        )

    def table(self, section: Section) -> Table:
        """Read one ``[[table]]``."""
        source, row = self.backed(section, needed=True)
        values = section.section("values")
        return Table(
            id=section.string("id", pattern=NAME),
            key=section.string("key", pattern=NAME),
            unit=self.unit(section),
            values={value: values.number(value) for value in values.table},
            name=section.text("name"),
            source=source,
            row=row,
        )

    def account(self, section: Section) -> Account:
        """Read one ``[[account]]``."""
        distance = section.number_or_none("default_distance")
        if distance is not None and not section.has("source"):
            section.report("MODEL-SOURCE", "source")
        keys = section.strings("keys", [])
        for key in keys:
            if key not in KEY_KINDS:
                section.report("TOML-CHOICE", "keys", saw=key, options=", ".join(KEY_KINDS))
        return Account(
            id=section.string("id", pattern=NAME),
            unit=self.unit(section),
            group=section.choice("group", GROUPS),
            name=section.text("name"),
            record=section.text("record"),
            form=section.choice("form", FORMS),
            required=section.flag("required", False),
            sign=section.choice("sign", SIGNS, "positive"),
            keys=keys,
            suppliers=section.flag("suppliers", False),
            kind=section.choice("kind", ACTIVITY_KINDS),
            when=self.when(section),
            default_distance=distance,
            default_mode=section.string("default_mode", "", SLUG),
            source=self.citation(section),
        )

    def quantity(self, section: Section) -> Quantity:
        """Read one ``[[quantity]]``."""
        return Quantity(
            id=section.string("id", pattern=NAME),
            formula=self.formula(section, "formula"),
            unit=self.unit(section),
            name=section.text("name"),
        )

    def process(self, section: Section) -> ProcessRule:
        """Read one ``[[process]]``."""
        output = section.section("output")
        allocation = section.section("allocation", optional=True)
        divided = section.has("allocation")
        found = ProcessRule(
            id=section.string("id", pattern=SLUG),
            name=section.text("name"),
            flow=output.string("flow", pattern=SLUG),
            amount=output.number("amount"),
            unit=self.unit(output),
            place=section.string("place", "", _PLACE),
            method=allocation.choice("method", METHODS) if divided else "",
            basis=allocation.text("basis") if divided else {},
            properties=self.formulas(output, "property"),
            carbon=self.formula_or_none(output, "carbon"),
        )
        output.close()
        allocation.close()
        return found

    def co_product(self, section: Section) -> CoProduct:
        """Read one ``[[co_product]]``."""
        return CoProduct(
            process=section.string("process", pattern=SLUG),
            flow=section.string("flow", pattern=SLUG),
            name=section.text("name"),
            amount=self.formula(section, "amount"),
            unit=self.unit(section),
            treatment=section.choice("treatment", TREATMENTS),
            properties=self.formulas(section, "property"),
            carbon=self.formula_or_none(section, "carbon"),
            replaces=section.string("replaces", "", SLUG),
            when=self.when(section),
        )

    def exchange(self, section: Section) -> ExchangeRule:
        """Read one ``[[exchange]]``."""
        return ExchangeRule(
            id=section.string("id", pattern=SLUG),
            process=section.string("process", pattern=SLUG),
            stage=section.choice("stage", STAGES),
            flow=section.string("flow", pattern=SLUG),
            name=section.text("name"),
            amount=self.formula(section, "amount"),
            unit=self.unit(section),
            origin=self.origin(section),
            when=self.when(section),
            each=section.string("each", "", NAME),
            basis=section.choice("basis", BASES, "both"),
            hot_spot=section.flag("hot_spot", False),
        )

    def origin(self, section: Section) -> From:
        """Read the ``from`` of an exchange."""
        inner = section.section("from")
        kinds = sorted(set(inner.table) & set(_ORIGINS))
        if len(inner.table) != 1 or not kinds:
            section.report("MODEL-FROM", "from", options=", ".join(_ORIGINS))
            return FromFlow("")
        match kinds[0]:
            case "factor":
                return FromFactor(self.chosen(inner, "factor"))
            case "process":
                return FromProcess(inner.string("process", pattern=SLUG))
            case "flow":
                return FromFlow(inner.string("flow", pattern=_FLOW))
            case "electricity":
                return FromElectricity(self.country(inner, "electricity"))
            case "supplier":
                return FromSupplier(self.chosen(inner, "supplier"))
            case _:
                modes = inner.section("mode")
                return FromMode({mode: self.chosen(modes, mode) for mode in modes.table})

    def carbon(self, section: Section) -> CarbonRule:
        """Read one ``[[carbon]]``."""
        return CarbonRule(
            of=section.choice("of", ("product", "packaging")),
            origin=section.choice("origin", ("biogenic", "fossil")),
            amount=self.formula(section, "amount"),
            unit=self.unit(section),
            when=self.when(section),
        )

    def band(self, section: Section) -> Band:
        """Read one ``[[band]]``."""
        section.section("source")
        return Band(
            figure=section.choice("figure", (GATE, GRAVE)),
            low=section.number("low"),
            high=section.number("high"),
            unit=self.unit(section),
            source=self.citation(section) or Citation("", "", STATUSES[-1]),
            when=self.when(section),
        )

    def check(self, section: Section) -> Check:
        """Read one ``[[check]]``."""
        return Check(
            id=section.string("id", pattern=SLUG),
            severity=section.choice("severity", _SEVERITIES),
            text=section.text("text"),
            todo=section.text("todo"),
            when=self.when(section),
            value=self.formula_or_none(section, "value"),
            unit=self.unit(section) if section.has("value") else None,
            low=section.number_or_none("low"),
            high=section.number_or_none("high"),
        )

    def omission(self, section: Section) -> Omission:
        """Read one ``[[omission]]``."""
        return Omission(
            flow=section.string("flow", pattern=SLUG),
            estimate=self.formula(section, "estimate"),
            unit=self.unit(section),
            reason=section.text("reason"),
        )

    # --- the whole ---

    def each(self, key: str, one: Callable[[Section], Part]) -> tuple[Part, ...]:
        """Read every table of an array and report what nobody asked for."""
        return _each(self.root, key, one)

    def model(self, sha256: str) -> ProductModel:
        """Read the whole file; findings are in the log of the root section."""
        head = self.head
        found = ProductModel(
            id=head.string("id", pattern=SLUG),
            version=head.string("version", pattern=_VERSION),
            name=head.text("name"),
            category=head.string("category", pattern=SLUG),
            about=head.text("about"),
            process=head.string("process", pattern=SLUG),
            foreground=head.strings("foreground"),
            declared_unit=self.declared_unit(),
            sales_units=self.each("sales_unit", self.sales_unit),
            stages=self.each("stage", self.stage),
            enums=self.each("enum", self.enum),
            parameters=self.each("parameter", self.parameter),
            tables=self.each("table", self.table),
            accounts=self.each("account", self.account),
            quantities=self.each("quantity", self.quantity),
            processes=self.each("process", self.process),
            co_products=self.each("co_product", self.co_product),
            exchanges=self.each("exchange", self.exchange),
            carbon=self.each("carbon", self.carbon),
            bands=self.each("band", self.band),
            checks=self.each("check", self.check),
            omissions=self.each("omission", self.omission),
            counting=self.counting,
            units={},
            sha256=sha256,
        )
        head.close()
        self.root.close()
        return replace(found, units=units_of(found))


def units_of(model: ProductModel) -> dict[str, Unit]:
    """Return the unit of every name inside a formula."""
    per = model.declared_unit.unit
    return {
        **{parameter.id: parameter.unit for parameter in model.parameters},
        **{table.id: table.unit for table in model.tables},
        **{account.id: ratio(account.unit, per) for account in model.accounts},
        **{quantity.id: quantity.unit for quantity in model.quantities},
        **{name: unit(text) for name, text in SUPPLIER_NAMES.items()},
    }


def ratio(over: Unit, under: Unit) -> Unit:
    """Return one unit per another; ``UNKNOWN`` when either is."""
    return UNKNOWN if UNKNOWN in (over, under) else over / under


def _each(section: Section, key: str, one: Callable[[Section], Part]) -> tuple[Part, ...]:
    found = []
    for row in section.sections(key):
        found.append(one(row))
        row.close()
    return tuple(found)


def _choice(section: Section) -> Choice:
    return Choice(section.string("id", pattern=SLUG), section.text("name"))
