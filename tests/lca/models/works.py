"""A works of a shipped model: its example handed in, changed, built and computed."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction as F
from functools import cache
from importlib.resources import files

from factors.findings import blocking
from factors.numbers import decimal_text
from factors.store import FactorSet
from factors.store import load as load_factors
from lca import ruleset
from lca.build import Built, build
from lca.figures import unit_of
from lca.footprint import Footprint, compute
from lca.inventory import GATE, GRAVE, ProductSystem
from lca.model import load
from lca.model_parts import ProductModel
from lca.submission import AccountEntry, Cell, FamilyEntry, Submission
from lca.workbook.read import read
from lca.workbook.write import workbook

EXCLUDING, INCLUDING = "excluding_biogenic_co2", "including_biogenic_co2"
RULES = ruleset.load("iso14067-generic")

Change = Callable[[Submission], Submission]


@cache
def factors() -> FactorSet:
    return load_factors()


def subject(code: str, boundary: str = "") -> Change:
    """Another family as the product; the boundary stays where none is given."""
    cover = {"subject": Cell(code)} | ({"boundary": Cell(boundary)} if boundary else {})
    return lambda told: replace(told, cover={**told.cover, **cover})


def answered(**values: str | F) -> Change:
    """Other answers to questions of the site."""
    cells = {name: Cell(value) for name, value in values.items()}
    return lambda told: replace(told, answers={**told.answers, **cells})


def of_family(code: str, **values: str | F) -> Change:
    """Other answers of one family, in the unit of the model."""
    return _of(lambda one: one.family == code, values)


def of_all(**values: str | F) -> Change:
    """Other answers of every family, in the unit of the model."""
    return _of(lambda _: True, values)


def _of(chosen: Callable[[FamilyEntry], bool], values: Mapping[str, str | F]) -> Change:
    cells = {name: Cell(value) for name, value in values.items()}
    texts = {name: cell for name, cell in cells.items() if isinstance(cell.value, str)}
    numbers = {name: cell for name, cell in cells.items() if name not in texts}

    def changed(one: FamilyEntry) -> FamilyEntry:
        if not chosen(one):
            return one
        return replace(one, enums={**one.enums, **texts}, parameters={**one.parameters, **numbers})

    return lambda told: replace(told, families=tuple(changed(one) for one in told.families))


def booked(account: str, times: F) -> Change:
    """An account multiplied: stocks, amounts per unit and the sub-meters of its key, and all."""

    def scaled(entry: AccountEntry) -> AccountEntry:
        if entry.account != account:
            return entry
        return replace(
            entry,
            months=tuple(scaled_cell(cell) for cell in entry.months),
            opening=scaled_cell(entry.opening),
            closing=scaled_cell(entry.closing),
            per_unit={code: scaled_cell(cell) for code, cell in entry.per_unit.items()},
            control_total=Cell(None),
        )

    def scaled_cell(cell: Cell) -> Cell:
        return cell if cell.number is None else replace(cell, value=cell.number * times)

    def change(told: Submission) -> Submission:
        mine = {one.key for one in told.accounts if one.account == account}
        keys = tuple(
            replace(one, values={name: scaled_cell(cell) for name, cell in one.values.items()})
            if one.key in mine and one.kind == "sub-meter"
            else one
            for one in told.keys
        )
        return replace(told, accounts=tuple(scaled(one) for one in told.accounts), keys=keys)

    return change


def rebooked(account: str, into: str, unit: str, times: F) -> Change:
    """What was booked on one account, booked on another in its unit."""

    def change(told: Submission) -> Submission:
        told = booked(account, times)(told)
        moved = tuple(
            replace(one, account=into, unit=unit) if one.account == account else one
            for one in told.accounts
        )
        return replace(told, accounts=moved)

    return change


def without(account: str) -> Change:
    """An account that nobody booked."""

    def change(told: Submission) -> Submission:
        kept = tuple(one for one in told.accounts if one.account != account)
        bought = tuple(one for one in told.suppliers if one.account != account)
        return replace(told, accounts=kept, suppliers=bought)

    return change


@dataclass(frozen=True)
class Works:
    """The example of one model."""

    model: str

    @property
    def rules(self) -> ProductModel:
        return load(self.model)

    def handed_in(self, lang: str = "en") -> Submission:
        return _handed_in(self.model, lang)

    def built(self, *changes: Change) -> Built:
        told = self.handed_in()
        for change in changes:
            told = change(told)
        return build(told, self.rules, RULES)

    def footprint(self, *changes: Change) -> Footprint:
        return _untouched(self) if not changes else self.computed(*changes)

    def computed(self, *changes: Change) -> Footprint:
        made = self.built(*changes)
        assert made.system is not None, [str(one.code) for one in blocking(made.findings)]
        return compute(made.system, factors(), RULES)

    def gate(self, *changes: Change) -> float:
        return float(self.footprint(*changes).figures[GATE].total(EXCLUDING))

    def grave(self, *changes: Change) -> float:
        return float(self.footprint(*changes).figures[GRAVE].total(EXCLUDING))

    def checks(self, *changes: Change) -> set[str]:
        """Ids of the model's own checks that fire."""
        return fired(self.built(*changes))


def fired(made: Built) -> set[str]:
    """Ids of the model's own checks that fired."""
    found = (one for one in made.findings if one.code.startswith("MODEL-CHECK-"))
    return {str(dict(one.params)["id"]) for one in found}


@cache
def _untouched(works: Works) -> Footprint:
    return works.computed()


@cache
def _handed_in(model: str, lang: str) -> Submission:
    source = files("lca") / "models" / "examples" / f"{model}.toml"
    told = tomllib.loads(source.read_text(encoding="utf-8"))
    return read(workbook(load(model), "zh" if lang == "zh" else "en", told), f"{model}.xlsx")


def values(result: Footprint, boundary: str = GATE) -> Mapping[str, F]:
    """Kilograms CO2e of every line of a figure."""
    return {line.id: line.value(EXCLUDING) for line in result.figures[boundary].lines}


def amounts(result: Footprint) -> Mapping[str, F]:
    """Amount of every line of the widest figure."""
    return {line.id: F(line.amount) for line in result.figures[GRAVE].lines}


def sound(result: Footprint) -> None:
    """Parts make the totals; nothing but removals is negative; the gate lies below the grave."""
    for figure in result.figures.values():
        negative = {part for part, value in figure.parts.items() if value < 0}
        assert negative <= {"biogenic_co2_removal"}
        assert sum(figure.parts.values()) == figure.total(INCLUDING)
    if GRAVE in result.figures:
        assert 0 < result.figures[GATE].total(EXCLUDING) < result.figures[GRAVE].total(EXCLUDING)


def left_out(result: Footprint, lines: Collection[str]) -> ProductSystem:
    """The system without some lines, each declared honestly as an omission with its estimate."""
    system = result.system
    known = values(result)
    kept = tuple(one for one in system.exchanges if one.id not in lines)
    text = {"zh": "未计入", "en": "left out"}
    unit = unit_of(system)
    told = tuple(
        {"flow": name, "estimate": decimal_text(known[name]), "unit": unit, "reason": text}
        for name in sorted(lines)
        if known.get(name)
    )
    return replace(system, exchanges=kept, omissions=(*system.omissions, *told))


def cut_off(result: Footprint) -> set[str]:
    """Figures of which more is left out than the rule set allows."""
    found = (one for one in result.findings if one.code == "BOUNDARY-CUT-OFF")
    return {str(dict(one.params)["figure"]) for one in found}
