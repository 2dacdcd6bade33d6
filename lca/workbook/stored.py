"""What a file stores of a cell -> what it means: numbers, days, times, escaped characters.

Dates are numbers that only their format tells apart. Which formats do is a matter of the letters
in them, and of a table for those that are known by number alone (ECMA-376 part 1, 18.8.30); the
Chinese editions of Excel and WPS write 年月日 formats by such numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

Moment = Literal["", "day", "duration"]

_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*", re.A)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_ASIDE = re.compile(r'"[^"]*"|\\.|!.|_.|\*.|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]', re.I)
_LETTERS = re.compile("[dmhys]", re.I)
_ELAPSED = re.compile(r"\[(?:hh?|mm?|ss?)\]", re.I)

EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - no zone is kept
_DIGITS_OF_A_DAY = 5
_NO_LEAP_DAY = 60
"""Serial of 29 February 1900, which Excel counts and which never was."""


@dataclass(frozen=True, slots=True)
class Format:
    """A number format: its text, empty for General, and whether it shows a day or a duration."""

    text: str = ""
    moment: Moment = ""


_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0_);\\("$"#,##0\\)',
    6: '"$"#,##0_);[Red]\\("$"#,##0\\)', 7: '"$"#,##0.00_);\\("$"#,##0.00\\)',
    8: '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)', 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0_);\\(#,##0\\)",
    38: "#,##0_);[Red]\\(#,##0\\)", 39: "#,##0.00_);\\(#,##0.00\\)",
    40: "#,##0.00_);[Red]\\(#,##0.00\\)", 41: '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_)_("$"* \\(#,##0.00\\)_("$"* "-"??_)_(@_)', 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: 'h"时"mm"分"', 35: 'h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"', 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"', 54: 'm"月"d"日"', 55: 'h"时"mm"分"', 56: 'h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip


def built_in(number: int) -> Format:
    """Return a format that is known by its number; General for one that is not."""
    return format_of(_BUILT_IN.get(number, ""))


def format_of(text: str) -> Format:
    """Return what a number format does, by its first section."""
    if text == "General":
        return Format()
    first = _ASIDE.sub("", text).partition(";")[0]
    if _ELAPSED.search(first):
        return Format(text, "duration")
    return Format(text, "day" if _LETTERS.search(first) else "")


def number(raw: str) -> str:
    """Return a stored number as its shortest decimal text.

    Raises
    ------
    ValueError
        When it is none.
    """
    if raw.isdigit() and raw.isascii() and (raw[0] != "0" or raw == "0"):
        return raw
    if not _NUMBER.fullmatch(raw):
        raise ValueError(raw)
    plain = raw.strip()
    return repr(float(plain)) if plain.lstrip("+-").strip("0123456789") else str(int(plain))


def moment(raw: str, kind: Moment, *, from_1904: bool) -> datetime | time | timedelta:
    """Return the day, the time of day or the duration that a serial number stands for.

    Milliseconds are kept. A serial below one is a time of day.

    Raises
    ------
    OverflowError, ValueError
        When it is beyond what a calendar has.
    """
    serial = float(raw)
    if kind == "duration":
        return timedelta(milliseconds=round(serial * 86_400_000))
    whole, part = divmod(serial, 1)
    rest = timedelta(milliseconds=round(part * 86_400_000))
    if 0 <= serial < 1 and not rest.days:
        return (EPOCH + rest).time()
    if 0 < serial < _NO_LEAP_DAY and not from_1904:
        whole += 1
    return (EPOCH_1904 if from_1904 else EPOCH) + timedelta(days=whole) + rest


def stored_day(raw: str) -> date | None:
    """Return the day that a whole number stands for where no format tells; None for other numbers.

    Days since 1990, which have five digits; the serial of a file that counts from 1904 is another.
    """
    if not (raw.isdecimal() and len(raw) == _DIGITS_OF_A_DAY):
        return None
    return (EPOCH + timedelta(days=int(raw))).date()


def iso_day(raw: str) -> datetime:
    """Return a day that a file stores in words, as few programs do.

    Raises
    ------
    ValueError
        When it is none.
    """
    return datetime.fromisoformat(raw.strip()).replace(tzinfo=None)


def unescaped(text: str) -> str:
    """Return a text whose characters were written by their numbers, as ``_x000D_``."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
