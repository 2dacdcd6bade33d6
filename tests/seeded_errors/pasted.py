"""What people do on an ordinary day: blocks pasted, cells typed over, papers that are others.

Written down, like :mod:`tests.seeded_errors.everyday`, before anybody looked at the answers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
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
    outputs,
    slots,
    some,
    subject,
    table,
)


def faults() -> Iterator[Fault]:
    """All of them."""
    for name, kind, what, plant, alone in SLIPS:
        yield Fault(f"daily-{name}", kind, what, plant, alone)


# --- pasted and typed over -----------------------------------------------------------------------


def _moved_right(book: Book, rng: random.Random) -> Planted | None:
    """A row of months pasted one column too far: January is empty, December gone."""
    line = some(rng, metered(book))
    if line is None:
        return None
    values = [book.number(line.spot(name)) for name in MONTHS]
    edits: dict[Spot, Value] = {line.spot("m1"): None}
    edits |= {line.spot(name): values[n] for n, name in enumerate(MONTHS[1:])}
    return at("daily-pasted-right", Kind.STRUCTURE, edits, line.cells)


def _moved_down(book: Book, rng: random.Random) -> Planted | None:
    """Three rows of months pasted one row too low: each has the numbers of its neighbour above."""
    rows = [one for one in monthly(book) if one.block.id in ("materials", "energy")]
    runs = [rows[n : n + 4] for n in range(len(rows) - 3)]
    fit = [run for run in runs if run[-1].number - run[0].number == 3 and _apart(run)]
    run = some(rng, fit)
    if run is None:
        return None
    edits: dict[Spot, Value] = {}
    for above, below in pairwise(run):
        edits |= {below.spot(name): book.number(above.spot(name)) for name in MONTHS}
    right = {spot for line in run for spot in line.cells}
    return at("daily-pasted-down", Kind.SUM, edits, right)


def _apart(run: list[Line]) -> bool:
    """Neighbours a thousand times apart, with control totals: then something speaks of it."""
    return any(below.size("control_total") for below in run[1:]) and all(
        abs(one.total - other.total) > 0.05 * other.total for one, other in pairwise(run)
    )


def _ratio(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in metered(book, electric=True) if one.has("multiplier")])
    return (
        at("daily-multiplier-ratio", Kind.NUMBER, {line.spot("multiplier"): "400/5"})
        if line
        else None
    )


def _footnote(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, monthly(book))
    if line is None:
        return None
    spot = some(rng, line.months)
    assert spot is not None
    return at("daily-footnote", Kind.NUMBER, {spot: f"{book.number(spot):g}①"})


def _tons(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, metered(book, electric=True))
    spot = some(rng, line.months) if line else None
    return at("daily-power-in-tons", Kind.NUMBER, {spot: "14 ton"}) if spot else None


def _gas_energy(book: Book, rng: random.Random) -> Planted | None:
    rows = [one for one in accounts(book) if "natural_gas" in one.id]
    line = some(rng, rows)
    return at("daily-gas-in-energy", Kind.UNIT, {line.spot("unit"): "MWh"}) if line else None


def _output_mass(book: Book, rng: random.Random) -> Planted | None:
    """Tonnes of a product that is declared by volume, or the other way round."""
    spot = answer(book, "family", "output_unit", subject(book))
    own = model_of(book.model).declared_unit.unit
    other = "t" if own.dimension == "[length]^3" else "m3" if own.dimension == "[mass]" else "t"
    return at("daily-output-unit", Kind.UNIT, {spot: other}) if spot else None


def _negative_stock(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in accounts(book) if (one.size("closing") or 0) > 0])
    if line is None:
        return None
    return at(
        "daily-stock-negative", Kind.NUMBER, {line.spot("closing"): -(line.size("closing") or 1)}
    )


def _third(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, table(book, "suppliers"))
    return at("daily-share-third", Kind.NUMBER, {line.spot("share"): "1/3"}) if line else None


def _over(book: Book, rng: random.Random) -> Planted | None:
    """Shares of one material in per cent that add up to 130."""
    rows = table(book, "suppliers")
    line = some(rng, rows)
    if line is None:
        return None
    same = [one for one in rows if one.text("account") == line.text("account")]
    edits: dict[Spot, Value] = {
        line.spot("share"): f"{round(100 * (line.size('share') or 0)) + 30}%"
    }
    return at("daily-shares-130", Kind.SUM, edits, {spot for one in same for spot in one.cells})


def _far(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in table(book, "suppliers") if one.size("distance")])
    return (
        at("daily-distance-metres", Kind.NUMBER, {line.spot("distance"): "250000 m"})
        if line
        else None
    )


def _lower(book: Book, rng: random.Random) -> Planted | None:
    """A code of evidence in small letters, which is another code."""
    line = some(rng, [one for one in accounts(book) if one.text("evidence").startswith("E")])
    if line is None:
        return None
    edits: dict[Spot, Value] = {line.spot("evidence"): line.text("evidence").split(",")[0] + "a"}
    return at("daily-evidence-code", Kind.STRUCTURE, edits)


def _key_words(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in accounts(book) if one.text("key")])
    return at("daily-key-words", Kind.STRUCTURE, {line.spot("key"): "按产量"}) if line else None


def _key_percent(book: Book, rng: random.Random) -> Planted | None:
    """A key typed in per cent, with a centre forgotten."""
    fit = [one for one in table(book, "keys") if "表" not in one.text("kind")]
    line = some(rng, fit)
    if line is None:
        return None
    used = [one for base in ("family", "centre") for one in slots(book, base) if line.has(one)]
    edits: dict[Spot, Value] = {line.spot(one): None for one in used}
    edits |= {line.spot(one): 30 for one in used[:2]} | {line.spot("unit"): "%"}
    return at("daily-key-percent", Kind.SUM, edits, line.cells)


def _rework(book: Book, rng: random.Random) -> Planted | None:
    """Rework entered as twice the output."""
    slot = subject(book)
    made = {line.id: line.size(slot) for line in lines(book, "output") if line.id in MONTHS}
    rows = [one for one in lines(book, "rework") if one.id in MONTHS]
    edits: dict[Spot, Value] = {
        one.spot(slot): 2 * (made[one.id] or 0) for one in rows if one.has(slot)
    }
    return at("daily-rework", Kind.BALANCE, edits, set(edits)) if edits else None


def _begun(book: Book, rng: random.Random) -> Planted | None:
    """Work in progress of half a year."""
    slot = subject(book)
    spot = answer(book, "begun", "closing", slot)
    made = [book.number(one) or 0 for one in outputs(book) if one[2] == (spot or ("", 0, 0))[2]]
    if spot is None or not made:
        return None
    return at("daily-begun", Kind.BALANCE, {spot: round(sum(made) / 2)}, {spot})


def _swapped(book: Book, rng: random.Random) -> Planted | None:
    """The answers of two families exchanged."""
    used = slots(book)
    if len(used) < 2:
        return None
    rows = [one for one in lines(book, "family") if one.size(used[0]) and one.size(used[1])]
    apart = [
        one for one in rows if (one.size(used[0]) or 0) / (one.size(used[1]) or 1) not in (0, 1)
    ]
    if not apart:
        return None
    edits: dict[Spot, Value] = {}
    for one in apart:
        edits |= {one.spot(used[0]): one.size(used[1]), one.spot(used[1]): one.size(used[0])}
    return at("daily-families-swapped", Kind.NOTHING, edits)


def _reversed(book: Book, rng: random.Random) -> Planted | None:
    """Bills in the order they lay on the pile: December first."""
    line = some(rng, metered(book))
    if line is None:
        return None
    values = [book.number(line.spot(name)) for name in reversed(MONTHS)]
    edits: dict[Spot, Value] = {
        line.spot(name): one for name, one in zip(MONTHS, values, strict=True)
    }
    return at("daily-months-reversed", Kind.NOTHING, edits)


SLIPS: tuple[tuple[str, Kind, str, Plant, bool], ...] = (
    ("pasted-right", Kind.STRUCTURE, "months pasted one column too far", _moved_right, False),
    ("pasted-down", Kind.SUM, "a block of months pasted one row too low", _moved_down, False),
    (
        "multiplier-ratio",
        Kind.NUMBER,
        "the plate of the transformer for the multiplier",
        _ratio,
        False,
    ),
    ("footnote", Kind.NUMBER, "a footnote behind a number", _footnote, False),
    ("power-in-tons", Kind.NUMBER, "tons in the row of electricity", _tons, False),
    ("gas-in-energy", Kind.UNIT, "gas in megawatt hours", _gas_energy, False),
    ("output-unit", Kind.UNIT, "output in a unit of another kind", _output_mass, True),
    ("stock-negative", Kind.NUMBER, "a closing stock below nought", _negative_stock, False),
    ("share-third", Kind.NUMBER, "a share as a fraction", _third, False),
    ("shares-130", Kind.SUM, "shares of 130 per cent", _over, False),
    ("distance-metres", Kind.NUMBER, "metres behind a distance", _far, False),
    ("evidence-code", Kind.STRUCTURE, "a code of evidence with a letter too many", _lower, False),
    ("key-words", Kind.STRUCTURE, "words in place of a key", _key_words, False),
    ("key-percent", Kind.SUM, "a key in per cent that makes 60", _key_percent, False),
    ("rework", Kind.BALANCE, "more rework than was ever made", _rework, False),
    ("begun", Kind.BALANCE, "half a year's output in progress", _begun, True),
    ("families-swapped", Kind.NOTHING, "the answers of two families exchanged", _swapped, True),
    ("months-reversed", Kind.NOTHING, "December entered first", _reversed, False),
)
