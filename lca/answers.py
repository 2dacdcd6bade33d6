"""The answers to a product model's questions, and the values its formulas take with them.

:func:`answer` never raises on what a person filled in: it collects findings at the cells and leaves
out what cannot be used. A formula that needs something left out, or that has no value for these
answers, raises the findings of the cells behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from factors.errors import CarbonLabelError, FindingsError
from factors.findings import Finding, Where, blocking, finding
from factors.numbers import decimal_text
from factors.store import FactorSet
from factors.units import Unit, unit
from lca.carriers import Known, carried
from lca.formula import ONE, Formula, parse
from lca.formula_value import FormulaValueError, evaluate, unit_of
from lca.inputs import CONSTANT, AccountAmount, Input, Valued, first_place
from lca.model_check import FIELD
from lca.model_parts import (
    SUPPLIER_NAMES,
    Check,
    Chosen,
    CoProduct,
    ExchangeRule,
    ProductModel,
    Quantity,
    Text,
    When,
)
from lca.questions import book, choose, constant, holds, number, strangers, within
from lca.submission import EMPTY, Cell, SupplierEntry

__all__ = ["AccountAmount", "Answers", "Input", "Valued", "answer", "supplier"]

LARGEST = Fraction(10) ** 30
"""A value beyond this, in the unit it is wanted in, cannot be meant."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A model with the answers of one family.

    Attributes
    ----------
    enums
        Chosen value of every choice that is answered or has a default.
    inputs
        Every name that has a value.
    quantities
        Value of each quantity, and of each account that was booked in other units, or the findings
        that keep it from having one.
    findings
        Everything wrong with the answers.
    enum_cells
        Where the choices were made.
    """

    model: ProductModel
    enums: Mapping[str, str]
    inputs: Mapping[str, Input]
    quantities: Mapping[str, Valued | tuple[Finding, ...]]
    findings: tuple[Finding, ...]
    enum_cells: Mapping[str, Cell]

    def holds(self, when: When) -> bool:
        """Whether all conditions hold; an unanswered choice fulfils none."""
        return holds(when, self.enums)

    def pick(self, chosen: Chosen) -> str:
        """Return the factor or country for these answers.

        Raises
        ------
        FindingsError
            When the choice it depends on is not answered.
        """
        if chosen.by and chosen.by not in self.enums:
            raise FindingsError.of(blocking(self.findings))
        return chosen.pick(self.enums)

    def value(
        self, formula: Formula, wanted: Unit, extra: Mapping[str, Input] | None = None
    ) -> Valued:
        """Return the exact value of a formula in the unit wanted.

        Parameters
        ----------
        formula
            A formula of the model, whose dimension was checked when the model was loaded.
        wanted
            Unit of the result.
        extra
            Names bound from outside, see :func:`supplier`.

        Raises
        ------
        FindingsError
            At the cells that keep the formula from having a value.
        """
        used = tuple(self._used(formula, extra or {}))
        values = {one.name: one.base for one in used}
        try:
            base = evaluate(formula, values)
        except FormulaValueError as refusal:
            raise FindingsError.of(self._blame(refusal, extra or {})) from None
        result = base / wanted.scale
        if abs(result) > LARGEST:
            shown = finding("FORMULA-SIZE", _place(used), text=formula.text, part=formula.text)
            raise FindingsError(shown)
        return Valued(result, wanted.symbol, formula.text, used)

    def amount(
        self, part: ExchangeRule | CoProduct, extra: Mapping[str, Input] | None = None
    ) -> Valued:
        """Return the amount of an exchange or co-product per one unit of its process's output."""
        per = self.model.process_rule(part.process).unit
        return replace(self.value(part.amount, part.unit / per, extra), unit=part.unit.symbol)

    def per_unit(self, formula: Formula, of: Unit) -> Fraction:
        """Return a property of one ``of`` in the coherent base (kg, MJ, ...) of its dimension."""
        own = unit_of(formula, self.model.units) or ONE
        return self.value(formula, own).value * own.scale * of.scale

    def fill(self, text: Text) -> dict[str, str]:
        """Return a text with its ``{name}`` fields filled in from the answers."""
        return {lang: self._filled(wording, lang) for lang, wording in text.items()}

    def checks(self) -> tuple[Finding, ...]:
        """Return what the model's own checks have to say about these answers."""
        return tuple(found for rule in self.model.checks for found in self._check(rule))

    def _used(self, formula: Formula, extra: Mapping[str, Input]) -> Iterator[Input]:
        """Yield the inputs of a formula, those of its quantities included, each once."""
        seen: dict[str, Input] = {}
        for name in formula.names:
            known = self.quantities.get(name)
            if isinstance(known, tuple):
                raise FindingsError.of(known)
            if known is not None:
                seen.update((one.name, one) for one in known.inputs)
                seen[name] = _of_quantity(name, known, self.model.units[name])
            elif name in extra or name in self.inputs:
                seen[name] = extra.get(name) or self.inputs[name]
            else:
                raise FindingsError.of(blocking(self.findings))
        yield from seen.values()

    def _blame(self, refusal: FormulaValueError, extra: Mapping[str, Input]) -> tuple[Finding, ...]:
        """Return the refusal at every cell behind the names it comes from."""
        blamed: dict[str, Input] = {}
        for name in refusal.names:
            known = self.quantities.get(name)
            inner = known.inputs if isinstance(known, Valued) else ()
            blamed.update((one.name, one) for one in inner)
            if name in extra or name in self.inputs:
                blamed[name] = extra.get(name) or self.inputs[name]
        cells = dict.fromkeys(cell for one in blamed.values() for cell in one.cells)
        found = refusal.findings[0]
        return tuple(replace(found, where=cell.where) for cell in cells) or (found,)

    def _filled(self, wording: str, lang: str) -> str:
        return FIELD.sub(lambda field: self._shown(field[1], lang), wording)

    def _shown(self, name: str, lang: str) -> str:
        if name in self.enums:
            choices = self.model.enum(name).values
            return next(one.name[lang] for one in choices if one.id == self.enums[name])
        known = self.quantities.get(name) or self.inputs.get(name)
        if not isinstance(known, Valued | Input):
            return "?"
        return f"{decimal_text(known.value)} {known.unit}".removesuffix(" 1")

    def _check(self, rule: Check) -> Iterator[Finding]:
        if not self.holds(rule.when):
            return
        cells = [self.enum_cells[enum] for enum in rule.when if enum in self.enum_cells]
        value = ""
        if rule.value and rule.unit:
            try:
                told = self.value(rule.value, rule.unit)
            except FindingsError as refusal:
                yield from refusal.findings
                return
            if within(told.value, rule.low, rule.high):
                return
            cells = [*told.cells, *cells]
            value = f" ({_rounded(told.value)}{_behind(rule.unit.symbol)})"
        where = cells[0].where if cells else Where()
        yield finding(f"MODEL-CHECK-{rule.severity.upper()}", where, **_worded(rule, value))


def answer(
    model: ProductModel,
    enums: Mapping[str, Cell],
    parameters: Mapping[str, Cell],
    accounts: Mapping[str, AccountAmount],
    where: Where = Where(),
    factors: FactorSet | None = None,
) -> Answers:
    """Hold the answers of one family against the questions of its model.

    Parameters
    ----------
    model
        The product model.
    enums, parameters
        Cells by the id of the question; an answer of one kind may stand in either mapping.
    accounts
        What the ledger gives for the family, per declared unit.
    where
        Place named for questions that have no cell at all.
    factors
        Factor library, for accounts booked in units that properties of a fuel lead from.
    """
    given = {**parameters, **enums}
    findings = list(strangers(model, given, accounts))
    chosen: dict[str, str] = {}
    for enum in model.enums:
        findings.extend(choose(enum, given.get(enum.id, EMPTY), chosen, where))
    inputs: dict[str, Input] = {}
    for parameter in model.parameters:
        cell = given.get(parameter.id, EMPTY)
        findings.extend(number(parameter, cell, chosen, inputs, model, where))
    for table in model.tables:
        constant(table, chosen, inputs)
    for account in model.accounts:
        found = book(account, accounts.get(account.id), chosen, inputs, model, where)
        findings.extend(found)
    cells = {enum.id: given[enum.id] for enum in model.enums if enum.id in given}
    bare = Answers(model, chosen, inputs, {}, tuple(findings), cells)
    first = replace(bare, quantities=_quantities(bare, {}))
    brought, remarks = _brought(first, accounts, factors)
    if not brought:
        return first
    every = replace(bare, findings=(*findings, *remarks))
    return replace(every, quantities=_quantities(every, brought))


def supplier(share: Fraction, distance: Fraction, entry: SupplierEntry | None) -> dict[str, Input]:
    """Return the names that an exchange with ``each`` may use, for one supplier.

    Parameters
    ----------
    share
        Share of the account, dimensionless.
    distance
        In km.
    entry
        The supplier as entered; None when the model's defaults stand in.
    """
    found = {}
    for name, value in (("supplier_share", share), ("supplier_distance", distance)):
        own = unit(SUPPLIER_NAMES[name])
        cell = getattr(entry, name.removeprefix("supplier_"), EMPTY)
        found[name] = Input(
            name=name,
            value=value,
            unit=own.symbol,
            base=value * own.scale,
            kind="calculated" if entry else CONSTANT,
            cells=(cell,) if cell.number is not None else (),
            evidence=entry.evidence if entry else (),
            assumed=cell.number is None,
        )
    return found


def _brought(
    answers: Answers, accounts: Mapping[str, AccountAmount], factors: FactorSet | None
) -> tuple[dict[str, Valued | tuple[Finding, ...]], tuple[Finding, ...]]:
    """Bring what was booked in other units to the unit of its account, and say what is remarkable.

    The properties behind rest on no account, so the quantities worked out so far hold for them.
    """
    known = Known(answers.model, answers.enums, answers.inputs, factors)
    found: dict[str, Valued | tuple[Finding, ...]] = {}
    remarks: list[Finding] = []
    for account in answers.model.accounts:
        told = accounts.get(account.id)
        if told is None or not told.others or not answers.holds(account.when):
            continue
        try:
            way = carried(account, told, known)
            own = answers.model.units[account.id]
            value = answers.value(parse(way.formula), own, way.extra)
        except CarbonLabelError as refusal:
            found[account.id] = refusal.findings
            remarks.extend(refusal.findings)
            continue
        found[account.id] = replace(value, inputs=(*way.behind, *value.inputs))
        remarks.extend(way.findings)
    return found, tuple(remarks)


def _quantities(
    answers: Answers, known: Mapping[str, Valued | tuple[Finding, ...]]
) -> dict[str, Valued | tuple[Finding, ...]]:
    """Work out the quantities from the top down; one that has no value keeps its findings."""
    found = dict(known)
    for one in answers.model.quantities:
        found[one.id] = _quantity(replace(answers, quantities=found), one)
    return found


def _quantity(answers: Answers, one: Quantity) -> Valued | tuple[Finding, ...]:
    try:
        return answers.value(one.formula, one.unit)
    except FindingsError as refusal:
        return refusal.findings


# --- small things --------------------------------------------------------------------------------


def _of_quantity(name: str, told: Valued, own: Unit) -> Input:
    base = told.value * own.scale
    return Input(name, told.value, told.unit, base, source=told.formula)


def _rounded(value: Fraction) -> str:
    """Four digits, in messages only."""
    return decimal_text(Fraction(f"{float(value):.4g}"))


def _behind(symbol: str) -> str:
    """The unit behind a number; none where it is a bare ratio."""
    return "" if symbol == "1" else f" {symbol}"


def _worded(rule: Check, value: str) -> dict[str, str]:
    limits = "" if rule.low is None else f", >= {decimal_text(rule.low)}"
    limits += "" if rule.high is None else f", <= {decimal_text(rule.high)}"
    wording = {f"text_{lang}": text for lang, text in rule.text.items()}
    wording |= {f"todo_{lang}": text for lang, text in rule.todo.items()}
    return {"id": rule.id, "value": value, "limits": limits, **wording}


def _place(used: Iterable[Input]) -> Where:
    return first_place(tuple(cell for one in used for cell in one.cells), Where())
