"""Numbers as people type and paste them: what cannot be a number, or can be read in two ways."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from tests.seeded_errors.book import Book, Broken, Formula, Shown, Spot, Value
from tests.seeded_errors.fault import Fault, Kind, Planted, at
from tests.seeded_errors.places import accounts, answers, lines, outputs, slots, some, table

Typed = Callable[[float], Value]


def _n(value: float) -> str:
    return f"{value:.10g}"


def _wide(text: str) -> str:
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.,"})


FORMS: tuple[tuple[str, str, Typed], ...] = (
    ("text", "a number stored as text", _n),
    ("thousands", "a comma between thousands, as text", lambda v: f"{v:,.2f}"),
    ("thousands-or-decimals", "one comma that may be either", lambda v: "1,234"),
    (
        "european",
        "points between thousands, a comma for decimals",
        lambda v: f"{v:,.2f}".translate({44: ".", 46: ","}),
    ),
    ("blanks", "blanks between thousands", lambda v: f"{v:,.2f}".replace(",", " ")),
    ("apostrophe", "apostrophes between thousands", lambda v: f"{v:,.2f}".replace(",", "'")),
    ("wide", "full-width digits", lambda v: _wide(_n(v))),
    ("arabic", "digits of another script", lambda v: "١٢٣٤"),
    ("chinese", "Chinese numerals", lambda v: "一千二百三十四"),
    ("capitals", "Chinese numerals of a cheque", lambda v: "壹仟贰佰"),
    ("roman", "Roman numerals", lambda v: "MCCXXXIV"),
    ("wan", "万 behind the number", lambda v: f"{_n(v / 10**4)}万"),
    ("yi", "亿 behind the number", lambda v: f"{_n(v / 10**8)}亿"),
    ("k", "k for thousand", lambda v: f"{_n(v / 1000)}k"),
    ("about", "about", lambda v: f"约{_n(v)}"),
    ("about-sign", "≈ before the number", lambda v: f"≈{_n(v)}"),
    ("circa", "ca. before the number", lambda v: f"ca. {_n(v)}"),
    ("spread", "a spread behind the number", lambda v: f"{_n(v)}±5"),
    ("below", "less than", lambda v: f"<{_n(v)}"),
    ("at-least", "at least", lambda v: f"≥{_n(v)}"),
    ("interval", "an interval with a dash", lambda v: "100-120"),
    ("interval-tilde", "an interval with a tilde", lambda v: "100~120"),
    ("two", "two numbers with a stroke", lambda v: "100/120"),
    ("or", "one number or another", lambda v: "100或120"),
    ("sum", "a sum as text", lambda v: "100+20"),
    ("product", "a product as text", lambda v: "20*80"),
    ("times", "× before a number", lambda v: "×80"),
    ("fold", "倍 behind a number", lambda v: "80倍"),
    ("ratio", "a ratio", lambda v: "1:20"),
    ("fraction", "a fraction", lambda v: "3/4"),
    ("power", "a power of ten", lambda v: f"{v / 1000:.12g}×10³"),
    ("hex", "hexadecimal", lambda v: "0x1F4"),
    ("question", "a question mark", lambda v: f"{_n(v)}?"),
    ("star", "a star for a footnote", lambda v: f"{_n(v)}*"),
    ("bracket-note", "a remark in brackets", lambda v: f"{_n(v)}（估）"),
    ("words", "a remark before the number", lambda v: f"合计{_n(v)}"),
    ("dash", "a dash", lambda v: "-"),
    ("slash", "a stroke", lambda v: "/"),
    ("none", "无", lambda v: "无"),
    ("na", "N/A", lambda v: "N/A"),
    ("not-yet", "暂无", lambda v: "暂无"),
    ("same", "同上", lambda v: "同上"),
    ("attached", "see the attachment", lambda v: "见附件"),
    ("letter-o", "the letter O for nought", lambda v: "1O23"),
    ("letter-l", "the letter l for one", lambda v: "l234"),
    ("two-points", "two decimal points", lambda v: "1.23.4"),
    ("point-blank", "a blank behind the decimal point", lambda v: "12. 5"),
    ("minus-behind", "a minus sign behind", lambda v: "123-"),
    ("bracket-negative", "brackets for a negative number", lambda v: "(123)"),
    ("sign-twice", "two signs", lambda v: "--5"),
    ("negative", "a negative number", lambda v: -abs(v)),
    ("nan", "NaN", lambda v: "NaN"),
    ("infinite", "Infinity", lambda v: "Infinity"),
    ("too-large-text", "an exponent beyond reason", lambda v: "1E+400"),
    ("too-large", "a number beyond reason", lambda v: 1e290),
    ("boolean", "TRUE", lambda v: True),
    ("date", "a number that Excel took for a date", lambda v: date(2025, 3, 4)),
    ("date-text", "a date as text", lambda v: "2025-03-04"),
    ("unit-behind", "a unit behind the number", lambda v: f"{_n(v)} kWh·kg"),
    ("money", "a currency before the number", lambda v: f"¥{_n(v)}"),
    ("percent-text", "per cent behind the number", lambda v: "12%"),
    ("permille", "‰ behind the number", lambda v: "12‰"),
    ("percent-format", "a cell formatted as a percentage", lambda v: Shown(0.12, "0%")),
    ("scaled-format", "a format that divides by a thousand", lambda v: Shown(v, "#,##0,")),
    ("wan-format", "a format that says 万", lambda v: Shown(v + 1, '0"万"')),
    ("unit-format", "a format that says another unit", lambda v: Shown(v + 1, '0" GWh"')),
    ("hidden-decimals", "a format that hides a half", lambda v: Shown(0.5, "0")),
    ("formula-never", "a formula that was never calculated", lambda v: Formula("1+2")),
    ("formula", "a formula", lambda v: Formula("1+2", v)),
    ("ref", "#REF!", lambda v: Broken("#REF!")),
    ("div0", "#DIV/0!", lambda v: Broken("#DIV/0!")),
    ("value", "#VALUE!", lambda v: Broken("#VALUE!")),
    ("name", "#NAME?", lambda v: Broken("#NAME?")),
    ("not-available", "#N/A", lambda v: Broken("#N/A")),
    ("num", "#NUM!", lambda v: Broken("#NUM!")),
    ("null", "#NULL!", lambda v: Broken("#NULL!")),
    ("html", "HTML", lambda v: "<b>12</b>"),
    ("script", "a formula as text that another program would run", lambda v: "=cmd|' /C calc'!A0"),
    ("line-break", "two lines in one cell", lambda v: "12\n34"),
    ("long", "digits without end", lambda v: "9" * 60),
)
"""Name, what it is, and what is typed in place of a number."""

SHORT = frozenset(
    {
        "text",
        "thousands-or-decimals",
        "wide",
        "wan",
        "about",
        "interval",
        "none",
        "letter-o",
        "too-large-text",
        "boolean",
        "date",
        "unit-behind",
        "percent-format",
        "formula-never",
        "ref",
    }
)
"""Forms that are planted in every kind of place; all others in monthly amounts only."""


CHANGED = frozenset({"number-hidden-decimals"})
"""Types that leave another number behind, which other cells rightly contradict."""


def faults() -> Iterator[Fault]:
    """Every way of typing a number, in every kind of place."""
    for name, what, typed in FORMS:
        for place, spots in PLACES.items():
            # A percentage is right where a ratio is asked for.
            unfit = name == "percent-format" and place in ("share", "answer", "key")
            if (place == "month" or name in SHORT) and not unfit:
                told = f"{what} ({place})"
                yield Fault(
                    f"number-{name}.{place}",
                    Kind.NUMBER,
                    told,
                    _plant(f"number-{name}.{place}", typed, spots),
                )


def _plant(fault: str, typed: Typed, spots: Callable[[Book], Iterable[Spot]]) -> Any:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        spot = some(rng, spots(book))
        value = book.number(spot) if spot else None
        if spot is None or value is None:
            return None
        made = at(fault, Kind.NUMBER, {spot: typed(value)})
        return replace(made, wide=fault.partition(".")[0] in CHANGED)

    return plant


def _months(book: Book) -> Iterator[Spot]:
    for line in accounts(book):
        yield from line.months


def _of_accounts(*columns: str) -> Callable[[Book], Iterator[Spot]]:
    def spots(book: Book) -> Iterator[Spot]:
        for line in accounts(book):
            yield from (line.spot(one) for one in columns if line.size(one) is not None)

    return spots


def _of_table(block: str, column: str) -> Callable[[Book], Iterator[Spot]]:
    def spots(book: Book) -> Iterator[Spot]:
        for line in table(book, block):
            if line.size(column) is not None:
                yield line.spot(column)

    return spots


def _of_keys(book: Book) -> Iterator[Spot]:
    columns = [*slots(book), *slots(book, "centre")]
    for line in lines(book, "keys"):
        yield from (line.spot(one) for one in columns if line.size(one) is not None)


PLACES: dict[str, Callable[[Book], Iterable[Spot]]] = {
    "month": _months,
    "output": outputs,
    "answer": lambda book: (spot for _, spot, _ in answers(book)),
    "stock": _of_accounts("opening", "closing"),
    "control": _of_accounts("control_total"),
    "multiplier": _of_accounts("multiplier"),
    "key": _of_keys,
    "share": _of_table("suppliers", "share"),
    "distance": _of_table("suppliers", "distance"),
    "instrument": _of_table("instruments", "amount"),
}
