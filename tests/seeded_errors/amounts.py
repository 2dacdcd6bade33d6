"""Amounts: parts and wholes, months and years, what goes in and what comes out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import pairwise

from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import (
    MONTHS,
    Line,
    accounts,
    answer,
    lines,
    metered,
    model_of,
    monthly,
    slots,
    some,
    subject,
    table,
)
from tests.seeded_errors.witness import (
    consumed,
    key_of,
    of_accounts,
    of_check,
    of_output,
    witnesses,
)

SUM, BALANCE, BAND = Kind.SUM, Kind.BALANCE, Kind.BAND
FEW = 5


def faults() -> Iterator[Fault]:
    """Everything about amounts."""
    yield from _months()
    yield from _meters()
    yield from _totals()
    yield from _stocks()
    yield from _keys()
    yield from _sizes()
    yield from _outputs()
    yield from _copies()


# --- the course of the year ----------------------------------------------------------------------


def _seasonal(book: Book) -> list[Line]:
    """Meters whose months go with the others, in a file with enough series to tell."""
    if len(monthly(book)) < FEW:
        return []
    return [line for line in metered(book) if min(_values(line)) > 0.25 * max(_values(line))]


def _values(line: Line) -> list[float]:
    return [line.book.number(spot) or 0.0 for spot in line.months]


def _months() -> Iterator[Fault]:
    for name, what, change in (
        ("digit-more", "one month of a meter with a digit too many", lambda v: v * 10),
        ("digit-less", "one month of a meter with a digit lost", lambda v: v / 10),
        ("thousand", "one month of a meter in another unit", lambda v: v * 1000),
        ("thousandth", "one month of a meter in a larger unit", lambda v: v / 1000),
        ("wan", "one month of a meter in 万", lambda v: v / 10000),
        ("zero", "one month of a meter at nought", lambda v: 0),
        ("thirteenth-bill", "two bills booked in one month", lambda v: v * 2.2),
        ("half-bill", "a bill for half a month only", lambda v: v * 0.4),
    ):
        yield Fault(f"sum-month-{name}", SUM, what, _month(f"sum-month-{name}", change))
    yield Fault(
        "sum-month-repeated", SUM, "the bill of one month booked again for the next", _repeated
    )
    yield Fault(
        "sum-month-flat", SUM, "a yearly total divided by twelve in place of readings", _flat
    )
    yield Fault(
        "sum-month-cumulative", SUM, "readings of the counter in place of monthly use", _climbing
    )
    yield Fault(
        "sum-month-quarterly",
        SUM,
        "quarterly bills in four months, nought in the others",
        _quarters,
    )
    yield Fault(
        "sum-month-december", SUM, "the year booked in one month, nought in the others", _december
    )


def _month(fault: str, change: Callable[[float], float]) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, _seasonal(book))
        if line is None:
            return None
        spot = rng.choice(line.months)
        value = change(book.number(spot) or 0.0)
        return at(fault, SUM, {spot: value}, {spot})

    return plant


def _repeated(book: Book, rng: random.Random) -> Planted | None:
    rows = [
        (line, place)
        for line in _seasonal(book)
        for place, one in enumerate(_values(line)[:-1])
        if len(f"{one:.12g}".replace(".", "").strip("0")) >= 4
    ]
    found = some(rng, rows)
    if found is None:
        return None
    line, place = found
    return at("sum-month-repeated", SUM, {line.months[place + 1]: _values(line)[place]})


def _flat(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, _seasonal(book))
    if line is None:
        return None
    edits: dict[Spot, Value] = dict.fromkeys(line.months, round(line.total / 12, 3))
    return at("sum-month-flat", SUM, edits, line.cells)


def _climbing(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, _seasonal(book))
    if line is None:
        return None
    total, edits = 0.0, {}
    for spot, value in zip(line.months, _values(line), strict=True):
        total += value
        edits[spot] = total
    return at("sum-month-cumulative", SUM, edits, line.cells)


def _quarters(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, _seasonal(book))
    if line is None:
        return None
    values = _values(line)
    edits = {
        spot: (sum(values[place - 2 : place + 1]) if place % 3 == 2 else 0)
        for place, spot in enumerate(line.months)
    }
    return at("sum-month-quarterly", SUM, edits, line.cells)


def _december(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, _seasonal(book))
    if line is None:
        return None
    edits: dict[Spot, Value] = dict.fromkeys(line.months[:-1], 0)
    return at("sum-month-december", SUM, edits | {line.months[-1]: line.total}, line.cells)


# --- meters --------------------------------------------------------------------------------------


def _meters() -> Iterator[Fault]:
    yield Fault("sum-multiplier-forgotten", SUM, "the multiplier (CT ratio) forgotten", _no_ratio)
    yield Fault("sum-multiplier-twice", SUM, "the bill's energy multiplied once more", _ratio_twice)
    yield Fault("band-multiplier-odd", BAND, "a multiplier that no transformer has", _odd_ratio)
    for name, times in (("changed", 1.75), ("halved", 0.5), ("unit", 0.001)):
        fault = f"sum-step-{name}"
        yield Fault(
            fault,
            SUM,
            f"from some month on {times:g} times: multiplier or unit changed",
            _step(fault, times),
        )


def _no_ratio(book: Book, rng: random.Random) -> Planted | None:
    rows = [one for one in accounts(book) if (one.size("multiplier") or 1) > 2]
    line = some(
        rng, [one for one in rows if witnesses(book, one, 1 / (one.size("multiplier") or 1))]
    )
    if line is None:
        return None
    right = witnesses(book, line, 1 / (line.size("multiplier") or 1))
    return at("sum-multiplier-forgotten", SUM, {line.spot("multiplier"): None}, right)


def _ratio_twice(book: Book, rng: random.Random) -> Planted | None:
    rows = [
        one
        for one in metered(book)
        if one.has("multiplier") and not one.size("multiplier") and witnesses(book, one, 80)
    ]
    line = some(rng, rows)
    if line is None:
        return None
    return at("sum-multiplier-twice", SUM, {line.spot("multiplier"): 80}, witnesses(book, line, 80))


def _odd_ratio(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in metered(book, electric=True) if one.has("multiplier")])
    if line is None:
        return None
    return at("band-multiplier-odd", BAND, {line.spot("multiplier"): rng.choice((83, 0.7, 41.3))})


def _step(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, _seasonal(book))
        if line is None:
            return None
        start = rng.randint(4, 8)
        edits: dict[Spot, Value] = {
            spot: (book.number(spot) or 0) * times for spot in line.months[start:]
        }
        return at(fault, SUM, edits, line.cells)

    return plant


# --- totals --------------------------------------------------------------------------------------


def _totals() -> Iterator[Fault]:
    for name, what, times in (
        ("off", "a control total of another scope", 1.07),
        ("eleven", "a control total with one bill more than was booked", 12 / 11),
        ("thirteen", "a control total with one bill less than was booked", 12 / 13),
        ("thousand", "a control total in another unit", 0.001),
        ("month", "a control total of one month", 1 / 12),
        ("digit", "a control total with a digit too many", 10.0),
        ("joule", "a control total in another unit of energy", 3.6),
    ):
        yield Fault(f"sum-control-{name}", SUM, what, _control(f"sum-control-{name}", times))
    for name, what, times in (
        ("second-site", "the energy of a second site included", 1.6),
        ("equivalent-coal", "electricity worked back from kgce in equivalent value", 2.44),
        ("losses", "grid losses added to the meter", 1.06),
        ("eleven-bills", "one bill of twelve left out, spread over the year", 11 / 12),
    ):
        yield Fault(f"sum-booked-{name}", SUM, what, _booked(f"sum-booked-{name}", times))
    yield Fault(
        "sum-shares-short",
        SUM,
        "shares of suppliers below the whole",
        _shares("sum-shares-short", 0.8),
    )
    yield Fault(
        "sum-shares-over",
        SUM,
        "shares of suppliers above the whole",
        _shares("sum-shares-over", 1.25),
    )
    yield Fault(
        "sum-shares-percent",
        SUM,
        "shares of suppliers in per cent",
        _shares("sum-shares-percent", 100),
    )
    yield Fault("sum-instruments-over", SUM, "certificates for more than was used", _over)


def _control(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, [one for one in accounts(book) if one.size("control_total")])
        if line is None:
            return None
        spot = line.spot("control_total")
        return at(fault, SUM, {spot: round(consumed(line) * times, 4)}, line.cells)

    return plant


def _booked(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, [one for one in monthly(book) if one.size("control_total")])
        if line is None:
            return None
        return at(fault, SUM, _scaled(line, times), line.cells)

    return plant


def _scaled(line: Line, times: float) -> dict[Spot, Value]:
    columns = [*MONTHS, "whole", "opening", "closing", "returned"]
    return {
        line.spot(one): float(f"{(line.size(one) or 0) * times:.12g}")
        for one in columns
        if line.size(one) is not None
    }


def _shares(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = [one for one in table(book, "suppliers") if one.size("share")]
        line = some(rng, rows)
        if line is None:
            return None
        material = line.text("account")
        mine = [one for one in rows if one.text("account") == material]
        edits: dict[Spot, Value] = {
            one.spot("share"): (one.size("share") or 0) * times for one in mine
        }
        return at(fault, SUM, edits)

    return plant


def _over(book: Book, rng: random.Random) -> Planted | None:
    rows = [one for one in table(book, "instruments") if one.size("amount")]
    if not rows:
        return None
    edits: dict[Spot, Value] = {one.spot("amount"): 1e6 for one in rows[:1]}
    return at("sum-instruments-over", SUM, edits, {spot for one in rows for spot in one.cells})


# --- stocks --------------------------------------------------------------------------------------


def _stocks() -> Iterator[Fault]:
    for name, what, column, times in (
        ("opening-unit", "an opening stock in a smaller unit", "opening", 1000),
        ("closing-unit", "a closing stock in a smaller unit", "closing", 1000),
        ("opening-digit", "an opening stock with two digits too many", "opening", 100),
    ):
        yield Fault(f"sum-stock-{name}", SUM, what, _stock(f"sum-stock-{name}", column, times))
    yield Fault("sum-scrap-returned", SUM, "sold scrap entered as returned to the supplier", _scrap)
    yield Fault("sum-scrap-negative", SUM, "sold scrap subtracted in one month", _minus)


def _stock(fault: str, column: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = [one for one in monthly(book) if (one.size(column) or 0) * times > 3 * one.total]
        line = some(rng, rows)
        if line is None:
            return None
        value = (line.size(column) or 0) * times
        return at(fault, SUM, {line.spot(column): value}, line.cells)

    return plant


def _scrap(book: Book, rng: random.Random) -> Planted | None:
    line = some(
        rng, [one for one in monthly(book) if one.has("returned") and one.block.id == "materials"]
    )
    if line is None:
        return None
    return at(
        "sum-scrap-returned", SUM, {line.spot("returned"): round(line.total * 0.35, 3)}, line.cells
    )


def _minus(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in monthly(book) if one.block.id == "materials"])
    if line is None:
        return None
    return at("sum-scrap-negative", SUM, {line.months[7]: -round(line.total / 50, 3) - 1})


# --- keys ----------------------------------------------------------------------------------------


def _keys() -> Iterator[Fault]:
    yield Fault(
        "sum-submeters-over",
        SUM,
        "sub-meters that sum to more than the main meter",
        _sub("sum-submeters-over", 3.0),
    )
    yield Fault(
        "sum-submeters-under",
        SUM,
        "sub-meters that see a tenth of the main meter",
        _sub("sum-submeters-under", 0.1),
    )
    yield Fault("sum-key-negative", SUM, "a negative value in a key", _negative)
    yield Fault("sum-key-zero", SUM, "a key of noughts", _nought)


def _sub(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = [(one, key_of(book, one)) for one in accounts(book)]
        fit = [
            (one, key)
            for one, key in rows
            if key is not None and "表" in key.text("kind") and key.text("unit") == one.text("unit")
        ]
        found = some(rng, fit)
        if found is None:
            return None
        key = found[1]
        others = {
            spot
            for one in accounts(book)
            if one.text("key") == key.text("key")
            for spot in one.cells
        }
        columns = [name for name in (*slots(book), *slots(book, "centre")) if key.size(name)]
        edits: dict[Spot, Value] = {
            key.spot(name): (key.size(name) or 0) * times for name in columns
        }
        return at(fault, SUM, edits, key.cells | others)

    return plant


def _used_keys(book: Book) -> list[Line]:
    named = {one.text("key") for one in accounts(book)}
    return [one for one in table(book, "keys") if one.text("key") in named]


def _negative(book: Book, rng: random.Random) -> Planted | None:
    key = some(rng, _used_keys(book))
    if key is None:
        return None
    column = some(rng, [one for one in (*slots(book), *slots(book, "centre")) if key.size(one)])
    if column is None:
        return None
    return at("sum-key-negative", SUM, {key.spot(column): -5}, key.cells)


def _nought(book: Book, rng: random.Random) -> Planted | None:
    key = some(rng, _used_keys(book))
    if key is None:
        return None
    columns = [one for one in (*slots(book), *slots(book, "centre")) if key.size(one)]
    edits: dict[Spot, Value] = {key.spot(one): 0 for one in columns}
    users = {
        spot for one in accounts(book) if one.text("key") == key.text("key") for spot in one.cells
    }
    return at("sum-key-zero", SUM, edits, key.cells | users)


# --- sizes ---------------------------------------------------------------------------------------

SIZES = (
    ("thousand", "kilograms entered where tonnes are the unit", 1000.0),
    ("thousandth", "tonnes entered where kilograms are the unit", 0.001),
    ("wan", "万 left out or put twice", 10000.0),
    ("ten-thousandth", "an amount in 万 entered as such", 0.0001),
    ("hundred", "two digits too many", 100.0),
    ("line-pressure", "cubic metres at line pressure for standard cubic metres", 0.2),
    ("lye", "lye of 32 % booked as pure caustic", 1 / 0.32),
    ("brochure", "a fifth of what was bought: trips from a brochure", 0.2),
)


def _sizes() -> Iterator[Fault]:
    for name, what, times in SIZES:
        yield Fault(f"band-size-{name}", BAND, what, _size(f"band-size-{name}", times))
    yield Fault(
        "balance-combination",
        BALANCE,
        "choices that do not go together (the model's list)",
        _combined,
    )


def _size(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = [(one, witnesses(book, one, times)) for one in accounts(book)]
        found = some(rng, [(one, right) for one, right in rows if right])
        if found is None:
            return None
        line, right = found
        return at(fault, BAND, _scaled(line, times), right | line.cells)

    return plant


def _combined(book: Book, rng: random.Random) -> Planted | None:
    """Answers that fulfil the conditions of a check that has nothing but conditions."""
    model = model_of(book.model)
    bare = [one for one in model.checks if one.value is None and one.when]
    check = some(rng, bare)
    if check is None:
        return None
    edits: dict[Spot, Value] = {}
    for name, values in check.when.items():
        scope = model.enum(name).scope
        spot = answer(
            book, *(("family", name, subject(book)) if scope == "family" else ("answers", name))
        )
        if spot is None:
            return None
        edits[spot] = rng.choice(sorted(values))
    return at("balance-combination", BALANCE, edits)


# --- output --------------------------------------------------------------------------------------


def _outputs() -> Iterator[Fault]:
    for name, what, times in (
        ("thousand", "output in a smaller unit", 1000.0),
        ("thousandth", "output in a larger unit", 0.001),
    ):
        yield Fault(
            f"balance-output-{name}", BALANCE, what, _output(f"balance-output-{name}", times), True
        )
    yield Fault(
        "balance-output-one-month",
        BALANCE,
        "one month's output with twelve months' energy",
        _one_month,
        True,
    )
    yield Fault(
        "sum-output-digit",
        SUM,
        "one month of output with a digit too many",
        _output_month("sum-output-digit", 10),
    )
    yield Fault(
        "sum-output-zero", SUM, "one month of output at nought", _output_month("sum-output-zero", 0)
    )
    yield Fault(
        "sum-output-twice",
        SUM,
        "two months of output booked in one",
        _output_month("sum-output-twice", 2.3),
    )
    yield Fault("balance-rejects", BALANCE, "rejects and good output swapped", _rejects)


def _column(book: Book) -> list[Spot]:
    rows = [line for line in lines(book, "output") if line.id in MONTHS]
    return [line.spot(subject(book)) for line in rows if line.size(subject(book)) is not None]


def _output(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        limited = [
            one
            for one in model_of(book.model).checks
            if one.low
            and one.high
            and one.low > 0
            and not one.when
            and one.value is not None
            and any(True for _ in of_accounts(book, one))
        ]
        spots = _column(book)
        if len(limited) < 2 or len(slots(book)) < 1:
            return None
        edits: dict[Spot, Value] = {spot: (book.number(spot) or 0) * times for spot in spots}
        right = of_output(book) | {spot for one in limited for spot in of_check(book, one)}
        return at(fault, BALANCE, edits, right)

    return plant


def _one_month(book: Book, rng: random.Random) -> Planted | None:
    spots = _column(book)
    if len(spots) < 12:
        return None
    edits: dict[Spot, Value] = dict.fromkeys(spots[1:], 0)
    return at("balance-output-one-month", BALANCE, edits, of_output(book))


def _output_month(fault: str, times: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        spots = _column(book)
        if len(spots) < 12 or len(monthly(book)) < FEW:
            return None
        spot = rng.choice(spots)
        return at(fault, SUM, {spot: (book.number(spot) or 0) * times})

    return plant


def _rejects(book: Book, rng: random.Random) -> Planted | None:
    slot = subject(book)
    good = {one.id: one for one in lines(book, "output") if one.id in MONTHS}
    bad = {
        one.id: one
        for one in lines(book, "rejects")
        if one.id in MONTHS and one.size(slot) is not None
    }
    if not bad:
        return None
    edits: dict[Spot, Value] = {
        one.spot(slot): (good[name].size(slot) or 0) * 1.5 for name, one in bad.items()
    }
    return at("balance-rejects", BALANCE, edits)


# --- copies --------------------------------------------------------------------------------------


def _copies() -> Iterator[Fault]:
    yield Fault("sum-row-copied", SUM, "the months of one account pasted over another", _row_copied)
    yield Fault("sum-row-again", SUM, "an account booked once more in a free row", _row_again)
    yield Fault(
        "sum-family-copied", SUM, "the output of one family pasted over another", _family_copied
    )
    yield Fault("sum-supplier-again", SUM, "one supplier listed twice", _supplier_again)


def _row_copied(book: Book, rng: random.Random) -> Planted | None:
    """The whole row, stocks and control total with it; months alone may agree by chance."""
    told = ("opening", "closing", "control_total")
    pairs = [
        (a, b)
        for a in monthly(book)
        for b in monthly(book)
        if a.block.id == b.block.id
        and a.number < b.number
        and len(set(_values(a))) > 3
        and any(a.size(one) for one in told)
    ]
    found = some(rng, pairs)
    if found is None:
        return None
    first, second = found
    edits: dict[Spot, Value] = dict(zip(second.months, _values(first), strict=True))
    edits |= {second.spot(one): first.size(one) for one in told if first.has(one)}
    edits[second.spot("key")] = first.text("key") or None
    return at("sum-row-copied", SUM, edits, second.cells | first.cells)


def _row_again(book: Book, rng: random.Random) -> Planted | None:
    found = some(rng, [one for one in monthly(book) if len(set(_values(one))) > 3])
    if found is None:
        return None
    free = [one for one in lines(book, found.block.id) if one.id == "+" and not one.text("name")]
    if not free:
        return None
    kept = [
        one
        for one in found.block.columns
        if one not in ("consumed", "need", "record", "control_total", "control_source", "name")
    ]
    edits: dict[Spot, Value] = {
        free[0].spot(one): book.value(found.spot(one))
        for one in kept
        if book.value(found.spot(one)) is not None
    }
    edits[free[0].spot("name")] = found.id
    return at("sum-row-again", SUM, edits, free[0].cells | found.cells)


def _family_copied(book: Book, rng: random.Random) -> Planted | None:
    used = slots(book)
    rows = [one for one in lines(book, "output") if one.id in MONTHS]
    if len(used) < 2 or any(one.size(used[0]) is None for one in rows):
        return None
    edits: dict[Spot, Value] = {one.spot(used[1]): one.size(used[0]) for one in rows}
    return at("sum-family-copied", SUM, edits, {one.spot(name) for one in rows for name in used})


def _supplier_again(book: Book, rng: random.Random) -> Planted | None:
    rows = [one for one in table(book, "suppliers") if one.size("share")]
    pairs = [(a, b) for a, b in pairwise(rows) if a.text("account") == b.text("account")]
    found = some(rng, pairs)
    if found is None:
        return None
    first, second = found
    return at("sum-supplier-again", SUM, {second.spot("name"): first.text("name")}, second.cells)
