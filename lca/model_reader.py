"""From the tables of a model file to the parts of a :class:`ProductModel`, field by field.

Only the shape is looked at here; whether names exist and dimensions fit is the business of
:mod:`lca.model_check`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from factors.factor import PARTS
from factors.units import Unit, unit
from lca.document import NAME, ROW, SLUG, Section
from lca.end_of_life_file import FACTORS, NEEDED, PARAMETERS
from lca.inventory import CARBON_PLACES, GATE, GRAVE, STAGES, STORED
from lca.model_fields import Fields, ratio
from lca.model_parts import (
    ACTIVITY_KINDS,
    BASES,
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
    Citation,
    Comparison,
    CoProduct,
    DeclaredUnit,
    EndOfLifeRule,
    Enum,
    ExchangeRule,
    From,
    FromElectricity,
    FromFactor,
    FromFlow,
    FromMode,
    FromProcess,
    FromSupplier,
    FromSupplierOrProcess,
    HotSpot,
    Omission,
    Parameter,
    ProcessRule,
    ProductModel,
    Quantity,
    SalesUnit,
    StageRule,
    SteamRule,
    Table,
)
from lca.model_standing import ACTIVITY_IN_FOREGROUND, FACTOR_QUALITY

_PLACE = re.compile(r"[A-Z]{2,3}|\{[a-z][a-z0-9_]*\}")
_FLOW = re.compile(rf"({'|'.join(PARTS)})\.[A-Za-z0-9-]{{1,30}}")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_SEVERITIES = ("warning", "error", "note")
_ORIGINS = ("factor", "process", "flow", "electricity", "supplier", "mode")

Part = TypeVar("Part")


class Reader(Fields):
    """Reads the parts of one file."""

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
            replaces=section.string("replaces", "", ROW),
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
            grid_loss=section.string("grid_loss", "", NAME),
            basis=section.choice("basis", BASES, "both"),
            hot_spot=self.hot_spot(section),
        )

    def hot_spot(self, section: Section) -> HotSpot | None:
        """Read ``hot_spot``: true, or what it demands; None when it is none."""
        own = section.table.get("process") in self.foreground
        least = ACTIVITY_IN_FOREGROUND if own else ACTIVITY_KINDS[-1]
        if not isinstance(section.table.get("hot_spot"), dict):
            return HotSpot(least) if section.flag("hot_spot", False) else None
        inner = section.section("hot_spot")
        found = HotSpot(
            activity=inner.choice("activity", ACTIVITY_KINDS, least),
            factor=inner.choice("factor", FACTOR_QUALITY, FACTOR_QUALITY[0]),
            share=self.share(inner),
        )
        inner.close()
        return found

    def share(self, section: Section) -> tuple[Fraction, Fraction] | None:
        """Read a usual share, lowest and highest; None when absent."""
        if not section.has("share"):
            return None
        inner = section.section("share")
        found = inner.number("low"), inner.number("high")
        inner.close()
        if not -1 <= found[0] <= found[1] <= 1:
            low, high = map(float, found)
            section.report("MODEL-RANGE", "share", low=low, high=high)
        return found

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
                return self.supplied(inner)
            case _:
                modes = inner.section("mode")
                return FromMode({mode: self.chosen(modes, mode) for mode in modes.table})

    def supplied(self, section: Section) -> From:
        """Read what stands in where a supplier states nothing: a row, or a process."""
        told = section.table.get("supplier")
        if not isinstance(told, dict) or "process" not in told:
            return FromSupplier(self.chosen(section, "supplier"))
        inner = section.section("supplier")
        process = inner.string("process", pattern=SLUG)
        inner.close()
        return FromSupplierOrProcess(process)

    def carbon(self, section: Section) -> CarbonRule:
        """Read one ``[[carbon]]``."""
        of = section.choice("of", CARBON_PLACES)
        return CarbonRule(
            of=of,
            origin=section.choice("origin", ("biogenic", "fossil")[: 1 if of == STORED else 2]),
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

    def end_of_life(self, section: Section) -> EndOfLifeRule:
        """Read one ``[[end_of_life]]``."""
        numbers, rows = section.section("parameters"), section.section("factors")
        found = EndOfLifeRule(
            material=section.string("material", pattern=SLUG),
            name=section.text("name"),
            amount=self.formula(section, "amount"),
            unit=self.unit(section),
            lines=section.strings("lines"),
            parameters={
                key: self.formula(numbers, key)
                for key in PARAMETERS
                if numbers.has(key) or key in NEEDED
            },
            factors={key: self.chosen(rows, key) for key in FACTORS if rows.has(key)},
            when=self.when(section),
        )
        numbers.close()
        rows.close()
        return found

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
