"""Numbers as people write them: ``1,234.5``, ``１２３``, ``3.5亿``, ``≈5``, ``5±1``, ``12 kWh``.

:func:`read` answers every text with one of three things and never with an exception: a
:class:`Written` (the number, exact, with unit and qualifier), a :class:`Question` (two or more
readings and the finding that asks for a choice), or a finding that says what was expected. What
looks almost like a number is not bent into one: ``10²`` is not 102, ``5-10`` is not 5.

A number word is folded into the value (``1.2万kWh`` is 12000 kWh); a unit that begins with the same
character stays a unit (``3千瓦时`` is 3 kWh, ``5百万分比`` is 5 ppm). Strict decimals of files are
the business of :mod:`factors.numbers`, not of this module.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from factors.allowlist import Entry, allow_list, normal
from factors.errors import CarbonLabelError
from factors.findings import Finding, Where, finding
from factors.mantissa import CUSTOMS, Custom, readings, value
from factors.numbers import MAX_EXPONENT, decimal_text
from factors.quantity import Quantity
from factors.units import NO_COUNTING, Unit, unit

MAX_TEXT = 80
"""Longest text read, in characters."""

MAX_DIGITS = 40
"""Longest run of digits and separators read, in characters."""


class Qualifier(StrEnum):
    """What stands with the number."""

    EXACT = "exact"
    ABOUT = "about"
    LESS = "less-than"
    MORE = "more-than"
    PLUS_MINUS = "plus-minus"


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known about the place where the text was written.

    Attributes
    ----------
    custom
        How the writer separates digits, once somebody has said so; None to ask where it matters.
    counting
        Counting units that the file declares itself.
    gas, heat, moist
        What is measured, as for :func:`factors.units.unit`.
    """

    custom: Custom | None = None
    counting: frozenset[str] = NO_COUNTING
    gas: bool = False
    heat: bool = False
    moist: bool = False

    def unit(self, text: str) -> Unit:
        """Return the unit that a text names here; UnitError where it is refused."""
        return unit(text, self.counting, gas=self.gas, heat=self.heat, moist=self.moist)


ANYWHERE = Setting()
"""Nothing is known about the place."""


@dataclass(frozen=True, slots=True)
class Written:
    """A number that was written, and all that was written with it.

    Attributes
    ----------
    value
        The number, exact, number words and exponent included.
    unit
        Its unit; None where none was written.
    qualifier
        Whether it is exact, about, a bound, or the middle of a span.
    spread
        Half the width of the span of ``5±1``, in the same unit; else None.
    """

    value: Fraction
    unit: Unit | None = None
    qualifier: Qualifier = Qualifier.EXACT
    spread: Fraction | None = None

    @property
    def quantity(self) -> Quantity | None:
        """Value and unit; None where no unit was written."""
        return Quantity(self.value, self.unit) if self.unit else None

    def remark(self, where: Where = Where()) -> Finding | None:
        """Return what has to be said when the value is used as if it were exact."""
        codes = {
            Qualifier.ABOUT: "NUMBER-ABOUT",
            Qualifier.LESS: "NUMBER-BOUND",
            Qualifier.MORE: "NUMBER-BOUND",
        }
        code = codes.get(self.qualifier)
        return finding(code, where, number=str(self)) if code else None

    def __str__(self) -> str:
        sign = {Qualifier.ABOUT: "≈", Qualifier.LESS: "<", Qualifier.MORE: ">"}
        spread = "" if self.spread is None else f" ± {decimal_text(self.spread)}"
        shown = f"{sign.get(self.qualifier, '')}{decimal_text(self.value)}{spread}"
        return f"{shown} {self.unit}" if self.unit else shown


@dataclass(frozen=True, slots=True)
class Question:
    """A text with more than one reading: nothing is computed until somebody has chosen.

    Attributes
    ----------
    readings
        The readings, at least two, all different.
    asked
        The finding that puts the question.
    """

    readings: tuple[Written, ...]
    asked: Finding


class _RefusalError(CarbonLabelError):
    """Ends the reading of a text that is no number."""


class _UnclearError(Exception):
    """The custom of separating digits makes a difference."""


_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " "))
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\N{MINUS SIGN}\N{HYPHEN}\N{NON-BREAKING HYPHEN}", "-"),
        **dict.fromkeys("\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}", "'"),
    }
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_NONE = frozenset(
    [*"-–—/?…无空", "--", "——", "...", "n/a", "na", "nil", "none", "null", "没有", "不适用", "不详"]
)

_QUALIFIERS = {
    Qualifier.ABOUT: r"≈|≒|~|∼|大约|大概|约为|约|about|approximately|approx\.?|ca\.|circa",
    Qualifier.LESS: r"<=|<|≤|≦|⩽|小于等于|小于|低于|不超过|不到|less than|below|at most|up to",
    Qualifier.MORE: r">=|>|≥|≧|⩾|大于等于|大于|高于|超过|不少于|more than|above|at least|over",
}
_SUFFIXES = {Qualifier.ABOUT: "左右|上下", Qualifier.LESS: "以下|以内", Qualifier.MORE: "以上"}
_BEFORE = re.compile("|".join(f"(?P<{key.name}>{row})" for key, row in _QUALIFIERS.items()), re.I)
_BEHIND = re.compile("|".join(f"(?P<{key.name}>{row})" for key, row in _SUFFIXES.items()))

_DIGITS = r"(?:[0-9]+(?:[.,'][0-9]+| [0-9]{3}(?![0-9]))*\.?|\.[0-9]+)"
_TIMES_TEN = (
    r" ?[×xX*] ?10(?:(?:\^|\*\*)\(?(?P<caret>[+-]?[0-9]{1,4})\)?|(?P<raised>[⁻⁺]?[⁰¹²³⁴-⁹]+))"
)
_AMOUNT = re.compile(
    r"(?P<money>(?:US|HK|NT|A|C|S)\$|[€£¥$₹]|[A-Z]{3})? ?(?P<sign>[+-]?) ?"
    rf"(?P<digits>{_DIGITS})(?:[eE](?P<exponent>[+-]?[0-9]{{1,4}})|{_TIMES_TEN})? ?(?P<tail>.*)"
)
_WORD = re.compile(
    r"(?P<many>[十百千]?)(?P<word>[万萬]?[亿億]|[万萬])|(?P<few>[百千])"
    r"|(?P<en>thousand|million)\b"
)
_WORDS = {"十": 10, "百": 100, "千": 1000, "thousand": 1000, "million": 10**6, "": 1}
_WORDS |= {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_SPREAD = re.compile(r"(?P<middle>.*[^ ]) ?(?:±|\+/-|\+-) ?(?P<spread>.+)")
_INTERVAL = re.compile(
    rf"[+-]?{_DIGITS}(?![eE][+-])[^0-9]{{0,12}}?(?:~|-|–|—|至|到|to) ?{_DIGITS}[^0-9]*"
)
_BRACKETS = re.compile(r"\((?P<inner>[^()]+)\)(?P<tail>.*)")
_MINUS_BEHIND = re.compile(rf"{_DIGITS}-")


def read(
    text: str, setting: Setting = ANYWHERE, where: Where = Where()
) -> Written | Question | Finding:
    """Return what a text says.

    Parameters
    ----------
    text
        What a person typed: a number with or without unit, number word and qualifier.
    setting
        What is known about the place; a question about ``1,234`` is answered by its ``custom``.
    where
        Place to put into a finding.

    Returns
    -------
    Written | Question | Finding
        A question or a finding blocks; nothing is ever raised, whatever the text.
    """
    if len(text) > MAX_TEXT:
        return finding("NUMBER-FORM", where, text=text, limit=MAX_TEXT)
    try:
        return _placed(_read(_folded(text), setting), where)
    except _UnclearError:
        return _ask_custom(text, setting, where)
    except CarbonLabelError as refusal:
        return replace(refusal.findings[0], where=where)


def _placed(answer: Written | Question, where: Where) -> Written | Question:
    if isinstance(answer, Written):
        return answer
    return replace(answer, asked=replace(answer.asked, where=where))


def _ask_custom(text: str, setting: Setting, where: Where) -> Written | Question | Finding:
    """Read the text under each custom and ask which was meant."""
    found: dict[Written, None] = {}
    for custom in CUSTOMS:
        answer = read(text, replace(setting, custom=custom), where)
        if isinstance(answer, Written):
            found[answer] = None
        elif isinstance(answer, Question):
            found |= dict.fromkeys(answer.readings)
        elif answer.code != "NUMBER-GROUPS":
            return answer
    if len(found) < 2:
        return next(iter(found), finding("NUMBER-GROUPS", where, text=text))
    return _placed(_question("NUMBER-DECIMAL", text, tuple(found)), where)


def _question(code: str, text: str, readings: tuple[Written, ...]) -> Question:
    shown = ", ".join(map(str, readings))
    return Question(readings, finding(code, text=text, readings=shown))


def _folded(text: str) -> str:
    """Fold full width, blanks, minus and apostrophe; leave alone what would change its meaning."""
    wide = ("<wide>", "<narrow>", "<small>")
    plain = (
        unicodedata.normalize("NFKC", char)
        if unicodedata.decomposition(char).startswith(wide)
        else char
        for char in text.strip().translate(_SPACES)
    )
    return "".join(plain).translate(_SIGNS).strip(" ")


def _read(text: str, setting: Setting) -> Written | Question:
    """Read a folded text; raise _RefusalError, UnitError or _UnclearError."""
    if not text:
        raise _RefusalError(finding("NUMBER-EMPTY"))
    if text.casefold() in _NONE:
        raise _RefusalError(finding("NUMBER-NONE", text=text))
    if bracketed := _BRACKETS.fullmatch(text):
        return _maybe_negative(text, bracketed["inner"] + bracketed["tail"], setting)
    if _MINUS_BEHIND.fullmatch(text):
        return _maybe_negative(text, text[:-1], setting)
    if spread := _SPREAD.fullmatch(text):
        return _span(text, spread["middle"], spread["spread"], setting)
    qualifier, bare = _qualified(text)
    try:
        amount = _amount(bare, text, setting)
    except CarbonLabelError:
        if _INTERVAL.fullmatch(text):
            raise _RefusalError(finding("NUMBER-INTERVAL", text=text)) from None
        raise
    return Written(amount.value, amount.unit, qualifier)


def _maybe_negative(text: str, inner: str, setting: Setting) -> Question:
    """Ask about a number in brackets or with the minus behind: ledgers write negatives so."""
    amount = _amount(inner, text, setting)
    if amount.value <= 0:
        raise _form(text)
    both = (Written(-amount.value, amount.unit), Written(amount.value, amount.unit))
    return _question("NUMBER-SIGN", text, both)


def _form(text: str) -> _RefusalError:
    return _RefusalError(finding("NUMBER-FORM", text=text, limit=MAX_TEXT))


def _qualified(text: str) -> tuple[Qualifier, str]:
    """Split off the qualifier, before or behind or (``约5吨左右``) both."""
    before = _BEFORE.match(text)
    bare = text[before.end() :].lstrip(" ") if before else text
    behind = next((found for found in _BEHIND.finditer(bare) if found.end() == len(bare)), None)
    found = before or behind
    if found is None:
        return Qualifier.EXACT, text
    if before and behind and before.lastgroup != behind.lastgroup:
        raise _form(text)
    name = found.lastgroup or ""
    return Qualifier[name], bare[: behind.start()].rstrip(" ") if behind else bare


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with the unit behind it; ``worded`` tells whether a number word stood between."""

    value: Fraction
    unit: Unit | None
    worded: bool


def _amount(part: str, text: str, setting: Setting) -> _Amount:
    """Read sign, digits, exponent, number word and unit."""
    match = _AMOUNT.fullmatch(part)
    if match is None or len(match["digits"]) > MAX_DIGITS:
        raise _form(text)
    exponent = int(
        match["exponent"] or match["caret"] or (match["raised"] or "0").translate(_RAISED)
    )
    if abs(exponent) > MAX_EXPONENT:
        raise _RefusalError(finding("NUMBER-SIZE", text=text, limit=MAX_EXPONENT))
    times, tail = _word(match["tail"], setting)
    number = _digits(match["digits"], text, setting) * Fraction(10) ** exponent * times
    if number and not Fraction(1, 10**MAX_EXPONENT) <= number < 10 ** (MAX_EXPONENT + 1):
        raise _RefusalError(finding("NUMBER-SIZE", text=text, limit=MAX_EXPONENT))
    named = _unit(match["money"] or "", tail, text, setting)
    return _Amount(-number if match["sign"] == "-" else number, named, times != 1)


def _digits(digits: str, text: str, setting: Setting) -> Fraction:
    """Return the number of digits and separators under the custom, where one is known."""
    if setting.custom:
        number = value(digits, setting.custom)
        if number is None:
            raise _RefusalError(finding("NUMBER-GROUPS", text=text))
        return number
    found = readings(digits)
    if not found:
        raise _RefusalError(finding("NUMBER-GROUPS", text=text))
    if len(found) > 1:
        raise _UnclearError
    return next(iter(found.values()))


def _word(tail: str, setting: Setting) -> tuple[int, str]:
    """Split off a number word, unless it is the beginning of a unit."""
    match = _WORD.match(tail)
    if match is None or _is_unit(re.split("[/·]", normal(tail))[0], setting):
        return 1, tail
    groups = match.groupdict("")
    times = _WORDS[groups["many"]] * _WORDS[groups["few"]] * _WORDS[groups["en"]]
    for char in groups["word"]:
        times *= _WORDS[char]
    return times, tail[match.end() :].lstrip(" ")


def _is_unit(name: str, setting: Setting) -> bool:
    """Whether a text as a whole is a unit, not counted in thousands or ten thousands."""
    if name in map(normal, setting.counting):
        return True
    found = allow_list().find(name)
    return isinstance(found, Entry) and not found.word


def _unit(money: str, tail: str, text: str, setting: Setting) -> Unit | None:
    """Return the unit before or behind the digits."""
    if money and tail:
        raise _form(text)
    name = money or tail
    if not name:
        return None
    kind = unicodedata.category(name[0])
    if not (kind[0] == "L" or kind in ("Sc", "So") or name[0] in "%‰" or name.startswith("10^")):
        raise _form(text)
    return setting.unit(name)


def _span(text: str, middle: str, spread: str, setting: Setting) -> Written | Question:
    """Read ``middle ± spread``, where the unit may stand behind either or both."""
    about, by = _amount(middle, text, setting), _amount(spread, text, setting)
    if by.value < 0 or spread[0] in "+-":
        raise _form(text)
    percent = unit("%")
    if by.unit == percent and about.unit is not None and about.unit != percent:
        return _spanned(about, abs(about.value) * by.value / 100)
    if about.unit and by.unit and percent not in (about.unit, by.unit):
        return _spanned(about, by.value * by.unit.factor_to(about.unit))
    if about.worded != by.worded:
        raise _RefusalError(finding("NUMBER-SPREAD", text=text))
    if by.unit != percent:
        return _spanned(replace(about, unit=about.unit or by.unit), by.value)
    points = _spanned(replace(about, unit=percent), by.value)
    relative = _spanned(about, abs(about.value) * by.value / 100)
    return _question("NUMBER-PERCENT", text, (points, relative))


def _spanned(about: _Amount, spread: Fraction) -> Written:
    return Written(about.value, about.unit, Qualifier.PLUS_MINUS, spread)
