"""Further items of a site -> exchanges of the process that gives the declared unit.

An item is an account of the ledger (:mod:`lca.booking`); here its amount per declared unit becomes
a line or two, in the stage that its kind belongs to, with the formula and the cells behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from factors.factor import EmissionFactor
from factors.texts import LANGS, catalogue
from factors.units import Unit, unit
from lca.answers import Answers
from lca.expand import Site, origin_of
from lca.formula import parse
from lca.inputs import AccountAmount, Input, Valued
from lca.inventory import GATE, STAGES, Exchange, Stage
from lca.model_parts import ProductModel
from lca.ruleset import RuleSet
from lca.sea_routes import sea_route
from lca.submission import FurtherEntry, Submission, SupplierEntry
from lca.supplied import own_factor, own_id
from lca.supplier_record import kind_of, own_figure

AFTER_GATE = STAGES.index("distribution")
STAGE = {
    "outsourced": "manufacturing",
    "customer": "raw-materials",
    "gas": "manufacturing",
    "wastewater": "manufacturing",
    "waste": "manufacturing",
}
LEG_STAGE = {"outbound": "distribution"}
"""Other legs are inbound transport."""

COD = {
    "aerobic": "wastewater-cod-aerobic-managed",
    "aerobic-overloaded": "wastewater-cod-aerobic-overloaded",
    "anaerobic": "wastewater-cod-anaerobic-reactor",
    "lagoon-shallow": "wastewater-cod-lagoon-shallow",
    "lagoon-deep": "wastewater-cod-lagoon-deep",
    "none": "wastewater-cod-discharge",
}
"""Row of the library, per kg of COD, by treatment."""

DISCHARGED = "wastewater-cod-discharge"
LINE = "workbook_line"


@dataclass(frozen=True, slots=True)
class Lines:
    """What the further items of a site come to for one family.

    Attributes
    ----------
    factors
        Factors made of suppliers' own figures.
    """

    exchanges: tuple[Exchange, ...]
    factors: tuple[EmissionFactor, ...]


@dataclass(frozen=True, slots=True)
class _Maker:
    """Everything the lines of one family are made from."""

    submission: Submission
    model: ProductModel
    rules: RuleSet
    answers: Answers
    site: Site

    def lines(self, item: FurtherEntry, told: AccountAmount) -> Iterator[Exchange]:
        """Yield the lines of one item."""
        inputs = dict(self._inputs(item, told))
        name = item.entry.account
        match item.kind:
            case "wastewater":
                yield from self._wastewater(item, name, inputs)
            case "leg":
                amount = self._value(f"{name} * {name}_distance", "t·km", inputs)
                yield self._line(item, amount, from_factor=item.factor)
            case "gas":
                gas = f"fossil.{item.details['gas']}"
                yield self._line(item, self._value(name, "kg", inputs), from_flow=gas)
            case _:
                amount = self._value(name, item.entry.unit, inputs)
                if item.factor:
                    yield self._line(item, amount, from_factor=item.factor)
                else:
                    own = self._own(item)
                    line = self._line(item, amount, from_factor=own_id(own))
                    yield replace(line, factor_kind=kind_of(own.accepted))

    def factor(self, item: FurtherEntry, exchange: Exchange) -> EmissionFactor:
        """Return the factor of a supplier's own figure."""
        return own_factor(exchange, self._own(item), item.entry.unit)

    def _own(self, item: FurtherEntry) -> SupplierEntry:
        record = next(r for r in self.submission.records if r.record == item.record)
        wanted = unit(item.entry.unit, self.model.counting)
        return own_figure(item, record, self.submission, wanted, self.rules)

    def _wastewater(
        self, item: FurtherEntry, name: str, inputs: Mapping[str, Input]
    ) -> Iterator[Exchange]:
        """What the treatment gives off, and what the COD at the outlet does."""
        treated = COD[item.details["treatment"]]
        removed = self._value(f"{name} * ({name}_cod_in - {name}_cod_out)", "kg", inputs)
        if removed.value:
            yield self._line(item, removed, from_factor=treated, flow="cod-removed")
        left = self._value(f"{name} * {name}_cod_out", "kg", inputs)
        if left.value:
            yield self._line(
                item, left, from_factor=DISCHARGED, flow="cod-discharged", tail="-outlet"
            )

    def _inputs(self, item: FurtherEntry, told: AccountAmount) -> Iterator[tuple[str, Input]]:
        """Yield the amount per one declared unit, and the further numbers of the item."""
        declared = self.model.declared_unit
        own = unit(item.entry.unit, self.model.counting) / declared.unit
        value = told.amount / declared.amount
        name = item.entry.account
        yield (
            name,
            Input(
                name, value, own.symbol, value * own.scale, item.entry.activity_kind,
                told.cells, evidence=told.evidence,
            ),
        )  # fmt: skip
        for key, cell in item.numbers.items():
            if cell.number is not None:
                scale = unit(cell.unit).scale
                full = f"{name}_{key}"
                yield (
                    full,
                    Input(full, cell.number, cell.unit, cell.number * scale, "", (cell,)),
                )
        route = sea_route(item.details.get("route", ""))
        if route is not None:
            full = f"{name}_distance"
            base = route.distance * unit("km").scale
            yield (
                full,
                Input(full, route.distance, "km", base, source=route.source, status=route.status),
            )

    def _value(self, formula: str, per: str, inputs: Mapping[str, Input]) -> Valued:
        """Return what a formula gives per one unit of the process's output, in a unit."""
        own = unit(per, self.model.counting)
        told = self.answers.value(parse(formula), own / self._process_unit, inputs)
        return Valued(told.value, own.symbol, told.formula, told.inputs)

    @property
    def _process_unit(self) -> Unit:
        return self.model.process_rule(self.model.process).unit

    def _line(
        self, item: FurtherEntry, told: Valued, *, flow: str = "", tail: str = "",
        from_factor: str = "", from_flow: str = "",
    ) -> Exchange:  # fmt: skip
        process = self.model.process_rule(self.model.process)
        name = item.entry.account.replace("_", "-") + tail
        words = catalogue()[LINE][flow or item.kind]
        return Exchange(
            id=name,
            process=process.id,
            stage=stage_of(item),
            flow=flow or name,
            name={lang: words[lang].format(name=item.name) for lang in LANGS},
            amount=told.value * process.amount,
            unit=told.unit,
            from_factor=from_factor,
            from_flow=from_flow,
            activity_kind=told.kind,
            place=item.details.get("country") or self._place(),
            year=self.site.year,
            evidence=told.evidence,
            origin=origin_of(name, told),
        )

    def _place(self) -> str:
        """Country of the first site."""
        return self.submission.sites[0].country if self.submission.sites else ""


def stage_of(item: FurtherEntry) -> str:
    """Return the stage that an item belongs to."""
    return STAGE.get(item.kind) or LEG_STAGE.get(item.details.get("side", ""), "inbound-transport")


def further_lines(
    submission: Submission,
    model: ProductModel,
    rules: RuleSet,
    answers: Answers,
    site: Site,
    amounts: Mapping[str, AccountAmount],
    boundary: str,
) -> Lines:
    """Return the lines of a family's further items, as far as the boundary reaches.

    Parameters
    ----------
    amounts
        Amount per declared unit by the id of the item's account; an item that could not be shared
        out is not among them.
    """
    maker = _Maker(submission, model, rules, answers, site)
    exchanges: list[Exchange] = []
    factors: list[EmissionFactor] = []
    for item in submission.further:
        after = STAGES.index(stage_of(item)) >= AFTER_GATE
        told = amounts.get(item.entry.account)
        if told is None or (after and boundary == GATE):
            continue
        made = tuple(maker.lines(item, told))
        exchanges.extend(made)
        if item.record and not item.factor:
            factors.extend(maker.factor(item, one) for one in made)
    return Lines(tuple(exchanges), tuple(factors))


def stage_names(used: Iterable[str], model: ProductModel) -> tuple[Stage, ...]:
    """Return the stages in use in their order; one that the model lacks by its common name."""
    named = {stage.id: stage.name for stage in model.stages}
    common = catalogue()["label"]
    return tuple(
        Stage(
            one,
            named.get(one) or common[f"stage_{one}"],
            "gate" if STAGES.index(one) < AFTER_GATE else "after",
        )
        for one in STAGES
        if one in set(used)
    )
