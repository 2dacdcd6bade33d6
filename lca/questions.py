"""Single answers: one cell against one question of the model.

Each function takes what can be used into the mapping it is given and yields findings for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from factors.errors import UnitError
from factors.findings import Finding, Where, finding
from factors.numbers import decimal_text
from factors.quantity import Quantity
from factors.texts import LANGS
from factors.texts import text as words
from factors.units import Unit, unit
from lca.inputs import CONSTANT, AccountAmount, Input, first_place
from lca.likely_answer import likely
from lca.model_parts import Account, Citation, Enum, Parameter, ProductModel, Table, Text, When
from lca.submission import Cell


def strangers(
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
        where = first_place(accounts[name].cells, Where())
        yield finding("ANSWER-ACCOUNT-UNKNOWN", where, id=name, known=", ".join(booked))


def choose(enum: Enum, cell: Cell, chosen: dict[str, str], where: Where) -> Iterator[Finding]:
    """Take one choice."""
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


def number(
    parameter: Parameter,
    cell: Cell,
    chosen: Mapping[str, str],
    inputs: dict[str, Input],
    model: ProductModel,
    where: Where,
) -> Iterator[Finding]:
    """Take one parameter: not asked, a default, or an answer that is checked."""
    names = _names(parameter.id, parameter.name)
    if not holds(parameter.when, chosen):
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
    if within(value, parameter.least, parameter.most):
        inputs[parameter.id] = told
        return
    meant = _meant(likely(parameter, Quantity(cell.number, own)))
    yield finding("ANSWER-RANGE", cell.where, **_limits(parameter, value), **meant, **names)


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
        kind=CONSTANT if parameter.ask else "",
        source=_cited(parameter.source, parameter.row),
        status=parameter.source.status if parameter.source else "",
        assumed=parameter.ask,
    )


def constant(table: Table, chosen: Mapping[str, str], inputs: dict[str, Input]) -> None:
    """Take the row of a table that belongs to the choice."""
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


def book(
    account: Account,
    told: AccountAmount | None,
    chosen: Mapping[str, str],
    inputs: dict[str, Input],
    model: ProductModel,
    where: Where,
) -> Iterator[Finding]:
    """Take what the ledger gives for one account, per one declared unit.

    What was booked in units of other dimensions is brought in by :mod:`lca.carriers`.
    """
    own = model.units[account.id]
    names = _names(account.id, account.name)
    inputs[account.id] = _zero(account.id, own)
    if not holds(account.when, chosen):
        return
    if told is None:
        if account.required:
            yield finding("ANSWER-ACCOUNT-MISSING", where, **names)
        return
    for kept, part in ((account.unit, told), *told.others):
        if part.amount < 0 and account.sign == "positive":
            place = first_place(part.cells, where)
            shown = f"{decimal_text(part.amount)} {kept.symbol}"
            yield finding("ANSWER-ACCOUNT-NEGATIVE", place, saw=shown, **names)
    if told.others:
        return
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


def holds(when: When, enums: Mapping[str, str]) -> bool:
    """Whether all conditions hold; an unanswered choice fulfils none."""
    return all(enums.get(enum) in values for enum, values in when.items())


def within(value: Fraction, low: Fraction | None, high: Fraction | None) -> bool:
    """Whether a value lies within limits, both included."""
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


def _cited(source: Citation | None, row: str) -> str:
    return f"{source.title}, {source.locator}" if source else row


def _names(name: str, text: Text) -> dict[str, str]:
    return {"id": name, "name_zh": text["zh"], "name_en": text["en"]}


def _missing(question: Enum | Parameter, cell: Cell, where: Where, zh: str, en: str) -> Finding:
    place = cell.where if str(cell.where) else where
    names = _names(question.id, question.name)
    return finding("ANSWER-MISSING", place, expected_zh=zh, expected_en=en, **names)


def _meant(readings: tuple[str, ...]) -> dict[str, str]:
    """What an answer may have meant, in both languages; nothing where nothing is likely."""
    shown = "; ".join(readings)
    return {
        f"likely_{lang}": words("answer_phrase.likely", lang, readings=shown) if shown else ""
        for lang in LANGS
    }


def _limits(parameter: Parameter, value: Fraction) -> dict[str, str]:
    shown = {"low": parameter.least, "high": parameter.most}
    limits = {key: "…" if one is None else decimal_text(one) for key, one in shown.items()}
    return {"saw": decimal_text(value), "unit": parameter.unit.symbol, **limits}
