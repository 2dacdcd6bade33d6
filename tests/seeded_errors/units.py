"""Units: of another dimension, unknown, ambiguous, missing, or of another size."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator

from tests.seeded_errors.book import Book, Spot
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import Line, accounts, answer, lines, slots, some, table

WRONG: tuple[tuple[str, str, str], ...] = (
    ("money", "money in place of an amount", "CNY"),
    ("time", "hours in place of an amount", "h"),
    ("distance", "a distance in place of an amount", "km"),
    ("co2e", "CO2e in place of an amount", "kg CO2e"),
    ("co2", "CO2 in place of an amount", "kg CO2"),
    ("power", "kilowatts for kilowatt hours", "kW"),
    ("per-year", "an amount per year", "t/a"),
    ("unknown", "a unit nobody knows", "qwertz"),
    ("misspelt", "a unit misspelt", "Kwhh"),
    ("ambiguous-ton", "ton: which one?", "ton"),
    ("ambiguous-gallon", "gal: which one?", "gal"),
    ("ambiguous-calorie", "cal: which one?", "cal"),
    ("capital-t", "T: tonne or tesla", "T"),
    ("standard-coal", "kgce: of which kind?", "kgce"),
    ("equivalent-coal", "kgce in equivalent value (等价)", "kgce(等价)"),
    ("kilotonne-knot", "kt: kilotonne or knot", "kt"),
    ("digit", "a number where the unit should be", "12"),
    ("percent", "per cent for an amount", "%"),
    ("sentence", "a remark where the unit should be", "见电费单"),
    ("two-units", "two units", "t或kg"),
    ("bare-cubic", "立方 without metre", "立方"),
    ("prefix", "千 alone", "千"),
    ("html", "HTML", "<td>kg</td>"),
    ("nothing", "a dash", "-"),
    ("degree", "degrees Celsius", "°C"),
    ("mega-milli", "milligram written for megagram", "MG"),
)
"""Name, what it is, and what stands in the unit cell of an account."""


def faults() -> Iterator[Fault]:
    """Units of accounts, outputs, keys and instruments."""
    for name, what, unit in WRONG:
        yield Fault(
            f"unit-{name}.account",
            Kind.UNIT,
            f"{what} (account)",
            _typed(f"unit-{name}.account", unit, _of_accounts),
        )
    for name, what, unit in WRONG:
        if name in (
            "money",
            "time",
            "co2e",
            "unknown",
            "ambiguous-ton",
            "ambiguous-gallon",
            "digit",
            "sentence",
            "percent",
            "html",
        ):
            fault = f"unit-{name}.output"
            yield Fault(
                fault, Kind.UNIT, f"{what} (output)", _typed(fault, unit, _of_outputs), True
            )
    for name, unit in (
        ("money", "CNY"),
        ("mass", "kg"),
        ("unknown", "qwertz"),
        ("power", "MW"),
        ("sentence", "见凭证"),
        ("ambiguous-calorie", "cal"),
    ):
        fault = f"unit-{name}.instrument"
        yield Fault(
            fault,
            Kind.UNIT,
            f"{unit} for a volume of electricity (instrument)",
            _typed(fault, unit, _of_instruments),
        )
    for name, unit in (
        ("unknown", "qwertz"),
        ("sentence", "见定额"),
        ("ambiguous-ton", "ton"),
        ("ambiguous-gallon", "gal"),
    ):
        fault = f"unit-{name}.key"
        yield Fault(fault, Kind.UNIT, f"{unit} as the unit of a key", _typed(fault, unit, _of_keys))
    yield Fault(
        "unit-question-overwritten",
        Kind.UNIT,
        "the printed unit of a question overwritten",
        _overwritten,
    )


def _typed(fault: str, unit: str, spots: Callable[[Book], Iterable[Spot]]) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        spot = some(rng, spots(book))
        return at(fault, Kind.UNIT, {spot: unit}) if spot else None

    return plant


def _of_accounts(book: Book) -> Iterator[Spot]:
    """Rows in cubic metres are left out: 立方 is a word for their unit."""
    yield from (line.spot("unit") for line in accounts(book) if "m3" not in line.text("unit"))


def _of_outputs(book: Book) -> Iterator[Spot]:
    for slot in slots(book):
        spot = answer(book, "family", "output_unit", slot)
        if spot:
            yield spot


def _of_instruments(book: Book) -> Iterator[Spot]:
    yield from (line.spot("unit") for line in table(book, "instruments"))


def _of_keys(book: Book) -> Iterator[Spot]:
    yield from (line.spot("unit") for line in table(book, "keys") if line.text("unit"))


def _overwritten(book: Book, rng: random.Random) -> Planted | None:
    asked = [
        line
        for block in ("answers", "family")
        for line in lines(book, block)
        if line.text("unit") not in ("", "1") and _answered(book, line)
    ]
    line = some(rng, asked)
    if line is None:
        return None
    other = "GWh" if line.text("unit") != "GWh" else "t"
    return at("unit-question-overwritten", Kind.UNIT, {line.spot("unit"): other})


def _answered(book: Book, line: Line) -> bool:

    return any(line.size(slot) is not None for slot in ("value", *slots(book)))
