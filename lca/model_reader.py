"""From the tables of a model file to the parts of a :class:`ProductModel`, field by field.

Only the shape is looked at here; whether names exist and dimensions fit is the business of
:mod:`lca.model_check`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from factors.units import Unit, unit
from lca.document import NAME, SLUG, Section
from lca.inventory import GATE, GRAVE, STAGES
from lca.model_fields import ratio
from lca.model_flows import Flows
from lca.model_parts import (
    ACTIVITY_KINDS,
    FORMS,
    GROUPS,
    KEY_KINDS,
    SCOPES,
    SIGNS,
    STATUSES,
    SUPPLIER_NAMES,
    Account,
    Band,
    Check,
    Choice,
    Citation,
    Comparison,
    DeclaredUnit,
    Enum,
    Omission,
    Parameter,
    ProductModel,
    Quantity,
    SalesUnit,
    StageRule,
    SteamRule,
    Table,
)

_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_SEVERITIES = ("warning", "error", "note")

Part = TypeVar("Part")


class Reader(Flows):
    """Reads one file."""

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
            fuel=section.string("fuel", "", SLUG),
            properties=section.strings("properties", []),
            steam=self.steam(section),
        )

    def steam(self, section: Section) -> SteamRule | None:
        """Read the parameters behind an account of steam, None when it is none."""
        if not section.has("steam"):
            return None
        inner = section.section("steam")
        found = SteamRule(
            pressure=inner.string("pressure", pattern=NAME),
            temperature=inner.string("temperature", pattern=NAME),
            water=inner.string("water", "", NAME),
        )
        inner.close()
        return found

    def quantity(self, section: Section) -> Quantity:
        """Read one ``[[quantity]]``."""
        return Quantity(
            id=section.string("id", pattern=NAME),
            formula=self.formula(section, "formula"),
            unit=self.unit(section),
            name=section.text("name"),
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

    def comparison(self, section: Section) -> Comparison:
        """Read one ``[[comparison]]``."""
        section.section("source")
        adjust = self.formula_or_none(section, "adjust")
        return Comparison(
            id=section.string("id", pattern=SLUG),
            figure=section.choice("figure", (GATE, GRAVE)),
            value=section.number("value"),
            unit=self.unit(section),
            boundary=section.text("boundary"),
            source=self.citation(section) or Citation("", "", STATUSES[-1]),
            explanation=section.text("explanation"),
            per=self.formula_or_none(section, "per"),
            adjust=adjust,
            reason=section.text("reason", optional=adjust is None),
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
            foreground=self.foreground,
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
            comparisons=self.each("comparison", self.comparison),
            checks=self.each("check", self.check),
            omissions=self.each("omission", self.omission),
            end_of_life=self.each("end_of_life", self.end_of_life),
            counting=self.counting,
            units={},
            sha256=sha256,
            use_method=head.string("use_method", "", NAME),
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


def _each(section: Section, key: str, one: Callable[[Section], Part]) -> tuple[Part, ...]:
    found = []
    for row in section.sections(key):
        found.append(one(row))
        row.close()
    return tuple(found)


def _choice(section: Section) -> Choice:
    return Choice(section.string("id", pattern=SLUG), section.text("name"))
