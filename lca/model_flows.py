"""What flows in a model file: processes, exchanges and their origins, carbon, ends of life."""

from __future__ import annotations

import re
from fractions import Fraction

from factors.factor import PARTS
from lca.document import NAME, ROW, SLUG, Section
from lca.end_of_life_file import FACTORS, NEEDED, PARAMETERS
from lca.inventory import CARBON_PLACES, STAGES, STORED
from lca.model_fields import Fields
from lca.model_parts import (
    ACTIVITY_KINDS,
    BASES,
    METHODS,
    TREATMENTS,
    CarbonRule,
    CoProduct,
    EndOfLifeRule,
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
    ProcessRule,
)
from lca.model_standing import ACTIVITY_IN_FOREGROUND, FACTOR_QUALITY

_PLACE = re.compile(r"[A-Z]{2,3}|\{[a-z][a-z0-9_]*\}")
_FLOW = re.compile(rf"({'|'.join(PARTS)})\.[A-Za-z0-9-]{{1,30}}")
_ORIGINS = ("factor", "process", "flow", "electricity", "supplier", "mode")


class Flows(Fields):
    """Reads what goes in and out of the processes."""

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
