"""``carbonlabel units``: show how a text is read, and convert it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rich.table import Table
from rich.text import Text

from factors.errors import UnitError
from factors.findings import Finding
from factors.numbers import decimal_text
from factors.quantity import Quantity
from factors.texts import Lang, text
from factors.units import Unit, unit
from factors.written import ANYWHERE, Question, Setting, Written, read
from labels.cli.show import console, plain, refused

OK, NOT_OK = 0, 1


def show(written: str, to: str, lang: Lang, setting: Setting = ANYWHERE, *, as_json: bool) -> int:
    """Print number, unit and dimension of a text and, where asked, its conversion.

    Parameters
    ----------
    written
        What a person wrote, such as ``12 万kWh``; a unit alone stands for one of it.
    to
        Unit to convert into; empty for none.
    lang
        Language of the output.
    setting
        What is known about the place where it was written.
    as_json
        Whether to print data instead of a table.

    Returns
    -------
    int
        0 where the text has one reading and converts, 1 where it has none or several.
    """
    answer = _answer(written, setting)
    if isinstance(answer, Question):
        return _ask(written, answer, lang, as_json=as_json)
    try:
        found = _accepted(answer)
        target = unit(to) if to else None
        converted = _converted(found, target) if target else None
    except UnitError as refusal:
        return _refuse(written, refusal.findings, lang, as_json=as_json)
    if as_json:
        plain({"text": written, **_reading(found), "to": converted and _reading(converted)})
    else:
        _print(found, converted, lang)
    return OK


def _answer(written: str, setting: Setting) -> Written | Question | Finding:
    """Read a quantity or, failing that, a unit alone."""
    answer = read(written, setting)
    if not isinstance(answer, Finding) or any(char.isdigit() for char in written):
        return answer
    try:
        return Written(Fraction(1), setting.unit(written))
    except UnitError as refusal:
        return refusal.findings[0] if written.strip() else answer


def _accepted(answer: Written | Finding) -> Written:
    if isinstance(answer, Finding):
        raise UnitError(answer)
    return answer


def _converted(found: Written, target: Unit) -> Written:
    """Return the same in another unit; a number without unit has the dimension 1."""
    own = found.unit or unit("1")
    times = own.factor_to(target)
    spread = None if found.spread is None else found.spread * times
    value = Quantity(found.value, own).to(target).value
    return Written(value, target, found.qualifier, spread)


def _reading(found: Written) -> dict[str, Any]:
    """Return one reading as plain data; ``exact`` is the fraction where the decimal is rounded."""
    shown = decimal_text(found.value)
    return {
        "value": shown,
        "exact": None if Fraction(shown) == found.value else str(found.value),
        "unit": found.unit.symbol if found.unit else None,
        "dimension": found.unit.dimension if found.unit else None,
        "qualifier": str(found.qualifier),
        "spread": None if found.spread is None else decimal_text(found.spread),
    }


def _ask(written: str, question: Question, lang: Lang, *, as_json: bool) -> int:
    if as_json:
        readings = [_reading(one) for one in question.readings]
        plain({"text": written, "readings": readings, "findings": [question.asked.to_json()]})
        return NOT_OK
    refused([question.asked], lang)
    console(err=True).print(Text(text("units.readings", lang), style="bold"))
    for one in question.readings:
        console(err=True).print(Text(f"   {one}"))
    return NOT_OK


def _refuse(written: str, findings: tuple[Finding, ...], lang: Lang, *, as_json: bool) -> int:
    if as_json:
        plain({"text": written, "findings": [found.to_json() for found in findings]})
    else:
        refused(findings, lang)
    return NOT_OK


def _print(found: Written, converted: Written | None, lang: Lang) -> None:
    table = Table(box=None, show_header=False)
    table.add_row(text("units.read", lang), Text(_number(found, lang), style="bold"))
    table.add_row(
        text("units.dimension", lang),
        Text(found.unit.dimension if found.unit else text("units.no_unit", lang), style="dim"),
    )
    if converted:
        table.add_row(text("units.converted", lang), Text(_number(converted, lang), style="bold"))
    console().print(table)
    if remark := found.remark():
        refused([remark], lang)


def _number(found: Written, lang: Lang) -> str:
    if Fraction(decimal_text(found.value)) == found.value:
        return str(found)
    return text("units.rounded", lang, number=str(found), exact=str(found.value))
