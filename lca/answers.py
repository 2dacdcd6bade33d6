"""The answers to a product model's questions, and the values its formulas take with them.

:func:`answer` never raises on what a person filled in: it collects findings at the cells and leaves
out what cannot be used. A formula that needs something left out, or that has no value for these
answers, raises the findings of the cells behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from factors.errors import FindingsError, UnitError
from factors.findings import Finding, Where, blocking, finding
from factors.numbers import decimal_text
from factors.units import Unit, unit
from lca.formula import ONE, Formula
from lca.formula_value import FormulaValueError, evaluate, unit_of
from lca.model_check import FIELD
from lca.model_parts import (
    ACTIVITY_KINDS,
    SUPPLIER_NAMES,
    Account,
    Check,
    Chosen,
    Citation,
    CoProduct,
    Enum,
    ExchangeRule,
    Parameter,
    ProductModel,
    Quantity,
    Table,
    Text,
    When,
)
from lca.submission import EMPTY, Cell, SupplierEntry

LARGEST = Fraction(10) ** 30
"""A value beyond this, in the unit it is wanted in, cannot be meant."""

_CONSTANT = "literature"


@dataclass(frozen=True, slots=True)
class AccountAmount:
    """What the ledger gives for one account: account units per declared unit of the family.

    Attributes
    ----------
    amount
        In the unit of the model's account, per ``declared_unit.amount`` declared units.
    cells
        The cells it came from.
    kind
        Activity kind as stated for the account; empty: the model's.
    """

    amount: Fraction
    cells: tuple[Cell, ...] = ()
    kind: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """One named value that a formula used, as it was entered, with its provenance.

    Attributes
    ----------
    value, unit
        As entered (a length may be in cm although the model asks in mm).
    base
        The same in the coherent base of the dimension.
    kind
        Activity kind; empty for a constant of the model.
    source, status
        Citation of a constant or default; the formula of a quantity.
    assumed
        True for a default that stands because nothing was answered.
    """

    name: str
    value: Fraction
    unit: str
    base: Fraction
    kind: str = ""
    cells: tuple[Cell, ...] = ()
    source: str = ""
    status: str = ""
    evidence: tuple[str, ...] = ()
    assumed: bool = False

    def to_json(self) -> dict[str, str]:
        """Return the entry of ``origin.inputs``."""
        where = self.cells[0].where if self.cells else Where()
        return {
            "name": self.name,
            "value": decimal_text(self.value),
            "unit": self.unit,
            "sheet": where.sheet,
            "cell": where.cell,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Valued:
    """The value of a formula, exact, with everything it rests on."""

    value: Fraction
    unit: str
    formula: str
    inputs: tuple[Input, ...]

    @property
    def kind(self) -> str:
        """Weakest activity kind of the answers used; literature when no answer was used."""
        ranks = [ACTIVITY_KINDS.index(one.kind) for one in self.inputs if one.kind]
        return ACTIVITY_KINDS[max(ranks)] if ranks else _CONSTANT

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Cells of the answers used."""
        return tuple(dict.fromkeys(cell for one in self.inputs for cell in one.cells))

    @property
    def evidence(self) -> tuple[str, ...]:
        """Evidence of the answers used, sorted."""
        return tuple(sorted({item for one in self.inputs for item in one.evidence}))


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
        Value of each quantity of the model, or the findings that keep it from having one.
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
        return _holds(when, self.enums)

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
            if _within(told.value, rule.low, rule.high):
                return
            cells = [*told.cells, *cells]
            value = f" ({decimal_text(told.value)} {rule.unit.symbol})"
        where = cells[0].where if cells else Where()
        yield finding(f"MODEL-CHECK-{rule.severity.upper()}", where, **_worded(rule, value))


def answer(
    model: ProductModel,
    enums: Mapping[str, Cell],
    parameters: Mapping[str, Cell],
    accounts: Mapping[str, AccountAmount],
    where: Where = Where(),
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
    """
    given = {**parameters, **enums}
    findings = list(_strangers(model, given, accounts))
    chosen: dict[str, str] = {}
    for enum in model.enums:
        findings.extend(_choose(enum, given.get(enum.id, EMPTY), chosen, where))
    inputs: dict[str, Input] = {}
    for parameter in model.parameters:
        cell = given.get(parameter.id, EMPTY)
        findings.extend(_number(parameter, cell, chosen, inputs, model, where))
    for table in model.tables:
        _constant(table, chosen, inputs)
    for account in model.accounts:
        found = _book(account, accounts.get(account.id), chosen, inputs, model, where)
        findings.extend(found)
    cells = {enum.id: given[enum.id] for enum in model.enums if enum.id in given}
    bare = Answers(model, chosen, inputs, {}, tuple(findings), cells)
    return replace(bare, quantities=_quantities(bare))


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
            kind="calculated" if entry else _CONSTANT,
            cells=(cell,) if cell.number is not None else (),
            evidence=entry.evidence if entry else (),
            assumed=cell.number is None,
        )
    return found


# --- single answers ------------------------------------------------------------------------------


def _strangers(
    model: ProductModel, given: Mapping[str, Cell], accounts: Mapping[str, AccountAmount]
) -> Iterator[Finding]:
    """Report answers to questions that the model does not ask."""
    asked = {enum.id for enum in model.enums}
    asked |= {one.id for one in model.parameters if one.ask}
    for name in sorted(set(given) - asked):
        known = ", ".join(sorted(asked))
        yield finding("ANSWER-UNKNOWN", given[name].where, id=name, known=known)
    booked = sorted(one.id for one in model.accounts)
    for name in sorted(set(accounts) - set(booked)):
        where = _first_place(accounts[name].cells, Where())
        yield finding("ANSWER-ACCOUNT-UNKNOWN", where, id=name, known=", ".join(booked))


def _choose(enum: Enum, cell: Cell, chosen: dict[str, str], where: Where) -> Iterator[Finding]:
    text = cell.text.strip()
    if not text and enum.default:
        chosen[enum.id] = enum.default
    elif not text:
        yield _missing(enum, cell, where, zh="从下拉列表中选择", en="a choice from the list")
    elif text in enum.ids:
        chosen[enum.id] = text
    else:
        options = ", ".join(enum.ids)
        names = _names(enum.id, enum.name)
        yield finding("ANSWER-CHOICE", cell.where, saw=text, options=options, **names)


def _number(
    parameter: Parameter,
    cell: Cell,
    chosen: Mapping[str, str],
    inputs: dict[str, Input],
    model: ProductModel,
    where: Where,
) -> Iterator[Finding]:
    """Take one parameter: not asked, a default, or an answer that is checked."""
    names = _names(parameter.id, parameter.name)
    if not _holds(parameter.when, chosen):
        inputs[parameter.id] = _zero(parameter.id, parameter.unit)
        if parameter.ask and cell.value not in (None, Fraction(0)):
            yield finding("ANSWER-NOT-ASKED", cell.where, saw=cell.text, **names)
        return
    if not parameter.ask or cell.value is None:
        yield from _default(parameter, cell, inputs, where)
        return
    if cell.number is None:
        shown = parameter.unit.symbol
        yield finding("ANSWER-NUMBER", cell.where, saw=cell.text, unit=shown, **names)
        return
    own = _own_unit(cell, parameter.unit, model)
    if own is None:
        shown = parameter.unit.symbol
        yield finding("ANSWER-UNIT", cell.where, saw=cell.unit, unit=shown, **names)
        return
    told = Input(
        name=parameter.id,
        value=cell.number,
        unit=own.symbol,
        base=cell.number * own.scale,
        kind=parameter.kind,
        cells=(cell,),
    )
    value = told.base / parameter.unit.scale
    if _within(value, parameter.least, parameter.most):
        inputs[parameter.id] = told
        return
    yield finding("ANSWER-RANGE", cell.where, **_limits(parameter, value), **names)


def _default(
    parameter: Parameter, cell: Cell, inputs: dict[str, Input], where: Where
) -> Iterator[Finding]:
    if parameter.default is None:
        shown = parameter.unit.symbol
        yield _missing(parameter, cell, where, zh=f"以 {shown} 计的数字", en=f"a number in {shown}")
        return
    inputs[parameter.id] = Input(
        name=parameter.id,
        value=parameter.default,
        unit=parameter.unit.symbol,
        base=parameter.default * parameter.unit.scale,
        kind=_CONSTANT if parameter.ask else "",
        source=_cited(parameter.source, parameter.row),
        status=parameter.source.status if parameter.source else "",
        assumed=parameter.ask,
    )


def _constant(table: Table, chosen: Mapping[str, str], inputs: dict[str, Input]) -> None:
    if table.key not in chosen:
        return
    value = table.values[chosen[table.key]]
    inputs[table.id] = Input(
        name=table.id,
        value=value,
        unit=table.unit.symbol,
        base=value * table.unit.scale,
        source=_cited(table.source, table.row),
        status=table.source.status if table.source else "",
    )


def _book(
    account: Account,
    told: AccountAmount | None,
    chosen: Mapping[str, str],
    inputs: dict[str, Input],
    model: ProductModel,
    where: Where,
) -> Iterator[Finding]:
    """Take what the ledger gives for one account, per one declared unit."""
    own = model.units[account.id]
    names = _names(account.id, account.name)
    inputs[account.id] = _zero(account.id, own)
    if not _holds(account.when, chosen):
        return
    if told is None:
        if account.required:
            yield finding("ANSWER-ACCOUNT-MISSING", where, **names)
        return
    if told.amount < 0 and account.sign == "positive":
        place = _first_place(told.cells, where)
        shown = f"{decimal_text(told.amount)} {account.unit.symbol}"
        yield finding("ANSWER-ACCOUNT-NEGATIVE", place, saw=shown, **names)
    value = told.amount / model.declared_unit.amount
    inputs[account.id] = Input(
        name=account.id,
        value=value,
        unit=own.symbol,
        base=value * own.scale,
        kind=told.kind or account.kind,
        cells=told.cells,
        evidence=told.evidence,
    )


def _quantities(answers: Answers) -> dict[str, Valued | tuple[Finding, ...]]:
    """Work out the quantities from the top down; one that has no value keeps its findings."""
    found: dict[str, Valued | tuple[Finding, ...]] = {}
    for one in answers.model.quantities:
        found[one.id] = _quantity(replace(answers, quantities=found), one)
    return found


def _quantity(answers: Answers, one: Quantity) -> Valued | tuple[Finding, ...]:
    try:
        return answers.value(one.formula, one.unit)
    except FindingsError as refusal:
        return refusal.findings


# --- small things --------------------------------------------------------------------------------


def _holds(when: When, enums: Mapping[str, str]) -> bool:
    return all(enums.get(enum) in values for enum, values in when.items())


def _within(value: Fraction, low: Fraction | None, high: Fraction | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)


def _own_unit(cell: Cell, asked: Unit, model: ProductModel) -> Unit | None:
    """Return the unit of a cell, None when it is not one of the dimension asked for."""
    if not cell.unit:
        return asked
    try:
        own = unit(cell.unit, model.counting)
    except UnitError:
        return None
    return own if own.dimension == asked.dimension else None


def _zero(name: str, own: Unit) -> Input:
    return Input(name, Fraction(0), own.symbol, Fraction(0))


def _of_quantity(name: str, told: Valued, own: Unit) -> Input:
    base = told.value * own.scale
    return Input(name, told.value, told.unit, base, source=told.formula)


def _cited(source: Citation | None, row: str) -> str:
    return f"{source.title}, {source.locator}" if source else row


def _names(name: str, text: Text) -> dict[str, str]:
    return {"id": name, "name_zh": text["zh"], "name_en": text["en"]}


def _missing(question: Enum | Parameter, cell: Cell, where: Where, zh: str, en: str) -> Finding:
    place = cell.where if str(cell.where) else where
    names = _names(question.id, question.name)
    return finding("ANSWER-MISSING", place, expected_zh=zh, expected_en=en, **names)


def _limits(parameter: Parameter, value: Fraction) -> dict[str, str]:
    shown = {"low": parameter.least, "high": parameter.most}
    limits = {key: "…" if one is None else decimal_text(one) for key, one in shown.items()}
    return {"saw": decimal_text(value), "unit": parameter.unit.symbol, **limits}


def _worded(rule: Check, value: str) -> dict[str, str]:
    limits = "" if rule.low is None else f", >= {decimal_text(rule.low)}"
    limits += "" if rule.high is None else f", <= {decimal_text(rule.high)}"
    wording = {f"text_{lang}": text for lang, text in rule.text.items()}
    wording |= {f"todo_{lang}": text for lang, text in rule.todo.items()}
    return {"id": rule.id, "value": value, "limits": limits, **wording}


def _place(used: Iterable[Input]) -> Where:
    return _first_place(tuple(cell for one in used for cell in one.cells), Where())


def _first_place(cells: tuple[Cell, ...], otherwise: Where) -> Where:
    return cells[0].where if cells else otherwise
