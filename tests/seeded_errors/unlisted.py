"""Slips that a list written without sight of the other types brought up: stocks, keys, places."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise

from factors.units import unit
from lca.model_origins import FromMode
from tests.seeded_errors.amounts import scaled
from tests.seeded_errors.book import Book, Spot, Value, day_of
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
from tests.seeded_errors.reports import SOUND
from tests.seeded_errors.witness import key_of, key_total

SUM, STRUCTURE, BAND, EVIDENCE = Kind.SUM, Kind.STRUCTURE, Kind.BAND, Kind.EVIDENCE
BALANCE = Kind.BALANCE
SUB_METER = "分表"
PIECES = "件数"
NON_PRODUCT = "非产品用途"
Edits = tuple[dict[Spot, Value], set[Spot]]
Find = Callable[[Book, random.Random], Edits | None]


def faults() -> Iterator[Fault]:
    """All of them."""
    found: tuple[tuple[str, Kind, str, Find], ...] = (
        ("sum-stock-one-day", SUM, "a stock on the last day, none on the first", _one_day),
        ("sum-month-of-year", SUM, "all purchases of the year in December", _december),
        ("sum-row-filled-down", SUM, "the months of a row filled down into the next", _down),
        ("evidence-year-before", EVIDENCE, "the period of the year before", _year_before),
        ("sum-key-of-water", SUM, "power shared out by the meters of the water", _other_meters),
        ("sum-key-started", SUM, "pieces of a key from another year", _other_pieces),
        ("unit-sub-meter", SUM, "one sub-meter noted in thousands", _thousands),
        ("missing-canteen", STRUCTURE, "the canteen a production centre", _canteen),
        ("number-part-piece", Kind.NUMBER, "rejects in per cent in a column of pieces", _rates),
        ("band-delivery-near", BAND, "a country of Europe for one near by", _supplier(
            country="CH", mode="truck", distance=700)),
        ("band-delivery-home", BAND, "the home country for one overseas", _supplier(
            country="CN", mode="ship", distance=8900)),
        ("band-delivery-border", BAND, "a lorry from abroad for ship and lorry", _supplier(
            country="TH", mode="truck", distance=4780)),
        ("code-country-none", STRUCTURE, "a country that does not exist", _supplier(country="XX")),
        ("code-ship-inland", STRUCTURE, "a ship for goods that the model has on roads", _by_ship),
        ("evidence-figure-unused", EVIDENCE, "a figure for what the model builds", _unused),
        ("balance-waste-water", BALANCE, "waste water with a digit too many", _times("wastewater")),
        ("balance-biogas", BALANCE, "biogas with a digit too many", _times("biogas")),
        ("balance-load-exchanged", BALANCE, "COD treated and discharged exchanged", _loads),
        ("balance-step-gain", BALANCE, "a step that takes more than there was", _steps(105.0)),
        ("sum-step-output", SUM, "a last step that made a fraction of the output", _steps(99.0)),
        ("sum-members", SUM, "a member that made more than its family", _member(output=1e9)),
        ("unit-member-grams", Kind.UNIT, "the mass of a member in grams", _member(mass=750)),
        ("sum-member-copied", SUM, "a member copied under another code", _member()),
        ("balance-beside", BALANCE, "kilograms of scrap in a column of tonnes", _scrap),
        ("evidence-none", EVIDENCE, "a row without a document", _bare("materials")),
        ("evidence-green-none", EVIDENCE, "a certificate without a document", _bare("instruments")),
        ("number-report-below", Kind.NUMBER, "a report with a figure below nought", _report(
            figure=-1.2)),
        ("evidence-report-bare", EVIDENCE, "a verified report without a verifier", _report(
            body=None)),
        ("evidence-report-other", EVIDENCE, "the report of another supplier", _report(
            supplier="示例另一家")),
    )  # fmt: skip
    for name, kind, what, find in found:
        yield Fault(
            name, kind, what, _plant(name, kind, find), alone=name == "evidence-year-before"
        )


def _plant(name: str, kind: Kind, find: Find) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        found = find(book, rng)
        return None if found is None else at(name, kind, *found)

    return plant


# --- stocks and months ---------------------------------------------------------------------------


def _one_day(book: Book, rng: random.Random) -> Edits | None:
    rows = [one for one in accounts(book) if one.size("opening") and one.size("closing")]
    line = some(rng, rows)
    return None if line is None else ({line.spot("opening"): None}, line.cells)


def _december(book: Book, rng: random.Random) -> Edits | None:
    rows = [one for one in monthly(book) if one.size("opening") and one.size("closing")]
    line = some(rng, rows)
    if line is None:
        return None
    edits: dict[Spot, Value] = {line.spot(month): 0 for month in MONTHS[:-1]}
    return {**edits, line.spot(MONTHS[-1]): line.total}, line.cells


def _down(book: Book, rng: random.Random) -> Edits | None:
    """Neighbours among the weighed or metered rows of one sheet."""
    units = {one.id: one.unit.dimension for one in model_of(book.model).accounts}
    counted = unit("item").dimension
    rows = monthly(book)
    pairs = [
        (one, other)
        for one, other in pairwise(rows)
        if one.block == other.block and units[other.id] != counted
        and len({one.size(month) for month in MONTHS}) > 2
    ]  # fmt: skip
    pair = some(rng, pairs)
    if pair is None:
        return None
    above, line = pair
    return {line.spot(month): above.size(month) for month in MONTHS}, above.cells | line.cells


def _rates(book: Book, rng: random.Random) -> Edits | None:
    measured = {unit(one).dimension for one in ("kg", "L")}
    dimension = model_of(book.model).declared_unit.unit.dimension
    slot = None if dimension in measured else some(rng, slots(book))
    rows = [line for line in lines(book, "rejects") if line.id in MONTHS]
    if slot is None or not rows:
        return None
    edits: dict[Spot, Value] = {line.spot(slot): 0.4 for line in rows}
    return edits, set(edits)


# --- the period ----------------------------------------------------------------------------------


def _year_before(book: Book, rng: random.Random) -> Edits | None:
    ends = [answer(book, "period", name) for name in ("from", "to")]
    edits: dict[Spot, Value] = {}
    for spot in ends:
        day = day_of(book.value(spot)) if spot is not None else None
        if spot is None or day is None:
            return None
        edits[spot] = date(day.year - 1, day.month, day.day)
    papers = {spot for line in table(book, "evidence") for spot in line.cells}
    prepared = answer(book, "cover", "prepared_on")
    return edits, set(edits) | papers | ({prepared} if prepared else set())


# --- keys and centres ----------------------------------------------------------------------------


def _keys(book: Book, kind: str) -> list[Line]:
    return [line for line in table(book, "keys") if kind in line.text("kind")]


def _other_meters(book: Book, rng: random.Random) -> Edits | None:
    power = metered(book, electric=True)
    water = [key for key in _keys(book, SUB_METER) if key.text("unit") == "m3"]
    line, key = some(rng, power), some(rng, water)
    if line is None or key is None:
        return None
    return {line.spot("key"): key.text("key")}, line.cells | key.cells


def _other_pieces(book: Book, rng: random.Random) -> Edits | None:
    counted = model_of(book.model).declared_unit.unit.symbol
    places = [
        (key, slot)
        for key in _keys(book, PIECES)
        for slot in slots(book)
        if key.text("unit") == counted and key.size(slot)
    ]
    place = some(rng, places)
    if place is None:
        return None
    key, slot = place
    return {key.spot(slot): round((key.size(slot) or 0) * 1.6)}, key.cells


def _thousands(book: Book, rng: random.Random) -> Edits | None:
    """The greatest sub-meter of a main meter in the same unit."""
    for line in metered(book):
        key = key_of(book, line)
        if key is None or SUB_METER not in key.text("kind"):
            continue
        columns = [*slots(book), *slots(book, "centre")]
        most = max(columns, key=lambda column: key.size(column) or 0)
        size = key.size(most) or 0
        if key.text("unit") == line.text("unit") and size > 0.2 * key_total(book, key):
            return {key.spot(most): size / 1000}, key.cells | line.cells
    return None


def _canteen(book: Book, rng: random.Random) -> Edits | None:
    """What makes nothing is called production, and its energy shared out over the goods."""
    idle = [
        slot
        for slot in slots(book, "centre")
        if (kind := answer(book, "centres", "kind", slot)) and book.value(kind) == NON_PRODUCT
    ]
    slot = some(rng, idle)
    kind, key = (answer(book, "centres", name, slot or "") for name in ("kind", "key"))
    if slot is None or kind is None or key is None:
        return None
    column = {line.spot(slot) for line in lines(book, "centres")}
    return {kind: "production", key: "output"}, column


# --- suppliers -----------------------------------------------------------------------------------


def _supplier(**wrong: Value) -> Find:
    def find(book: Book, rng: random.Random) -> Edits | None:
        line = some(rng, table(book, "suppliers"))
        if line is None:
            return None
        return {line.spot(name): value for name, value in wrong.items()}, line.cells

    return find


def _by_ship(book: Book, rng: random.Random) -> Edits | None:
    """A way of transport that the template offers for the sake of other goods."""
    model = model_of(book.model)
    ways = {one.each: set(one.origin.factors) for one in model.exchanges
            if isinstance(one.origin, FromMode)}  # fmt: skip
    names = {
        word
        for one in model.accounts
        if "ship" not in ways.get(one.id, {"ship"})
        for word in (one.id, *one.name.values())
    }
    line = some(rng, [one for one in table(book, "suppliers") if one.text("account") in names])
    offered = any("ship" in one for one in ways.values())
    if line is None or not offered:
        return None
    return {line.spot("mode"): "ship", line.spot("distance"): 900}, line.cells


def _unused(book: Book, rng: random.Random) -> Edits | None:
    """A supplier of an account of which no line takes a supplier's figure."""
    model = model_of(book.model)
    taken = {rule.each for rule in model.exchanges if "Supplier" in type(rule.origin).__name__}
    names = {
        word
        for one in model.accounts
        if one.suppliers and one.id not in taken
        for word in (one.id, *one.name.values())
    }
    line = some(rng, [one for one in table(book, "suppliers") if one.text("account") in names])
    return None if line is None else ({line.spot("pcf"): 1.5}, line.cells)


# --- water, steps, members, reports --------------------------------------------------------------


def _account(book: Book, name: str) -> Line | None:
    return next((line for line in monthly(book) if line.id == name), None)


def _times(name: str) -> Find:
    """Ten times as much as was; the other account must be there to tell."""
    other = {"wastewater": "water", "biogas": "cod_treated"}[name]

    def find(book: Book, rng: random.Random) -> Edits | None:
        line, beside = _account(book, name), _account(book, other)
        if line is None or beside is None:
            return None
        return scaled(line, 10.0), line.cells | beside.cells

    return find


def _loads(book: Book, rng: random.Random) -> Edits | None:
    rows = [_account(book, name) for name in ("cod_treated", "cod_discharged")]
    if None in rows:
        return None
    one, other = (line for line in rows if line is not None)
    edits: dict[Spot, Value] = {one.spot(m): other.size(m) for m in MONTHS}
    edits |= {other.spot(m): one.size(m) for m in MONTHS}
    return edits, one.cells | other.cells


def _free(book: Book, block: str) -> list[Line]:
    """Empty rows of a table."""
    return [
        line
        for line in lines(book, block)
        if line.id == "+"
        and all(
            (told := book.value(spot)) is None or str(told).startswith("=") for spot in line.cells
        )
    ]


def _code(book: Book) -> Value:
    row = book.blocks["family"].row("family")
    return book.value(book.blocks["family"].spot(row, subject(book))) if row else None


def _steps(second: float) -> Find:
    """Two steps in the declared unit; the first gives 100, the second takes ``second``."""

    def find(book: Book, rng: random.Random) -> Edits | None:
        if table(book, "yields") and any(one.size("input") for one in table(book, "yields")):
            return None
        rows = _free(book, "yields")[:2]
        if len(rows) < 2:
            return None
        unit_name = model_of(book.model).declared_unit.unit.symbol
        sizes = ((110.0, 100.0), (second, 95.0))
        edits: dict[Spot, Value] = {}
        for line, (took, gave), step in zip(rows, sizes, ("示例一", "示例二"), strict=True):
            told = {"family": _code(book), "step": step, "input": took, "output": gave,
                    "unit": unit_name}  # fmt: skip
            edits |= {line.spot(name): value for name, value in told.items()}
        return edits, {spot for line in rows for spot in line.cells}

    return find


def _member(**wrong: Value) -> Find:
    """Three members, of which the last is wrong, or the second once more."""

    def find(book: Book, rng: random.Random) -> Edits | None:
        rows = _free(book, "members")[:3]
        if len(rows) < 3 or any(one.size("output") for one in table(book, "members")):
            return None
        edits: dict[Spot, Value] = {}
        for number, line in enumerate(rows):
            told: dict[str, Value] = {"family": _code(book), "member": f"EX-M{number}",
                                      "name_zh": "示例", "name_en": "Example",
                                      "output": 1 + min(number, 1), "mass": 1.5}  # fmt: skip
            told |= wrong if number == 2 else {}
            edits |= {line.spot(name): value for name, value in told.items()}
        return edits, {spot for line in rows for spot in line.cells}

    return find


def _scrap(book: Book, rng: random.Random) -> Edits | None:
    rows = _free(book, "byproducts")
    told: dict[str, Value] = {"name": "示例边角料", "kind": "scrap", "amount": 9e8, "unit": "t",
                              "treatment": "recycling"}  # fmt: skip
    if not rows:
        return None
    return {rows[0].spot(name): value for name, value in told.items()}, rows[0].cells


def _bare(block: str) -> Find:
    def find(book: Book, rng: random.Random) -> Edits | None:
        line = some(rng, [one for one in table(book, block) if one.text("evidence")])
        return None if line is None else ({line.spot("evidence"): None}, line.cells)

    return find


def _report(**wrong: Value) -> Find:
    """A sound report of the first supplier, with something wrong in it."""

    def find(book: Book, rng: random.Random) -> Edits | None:
        suppliers = [one for one in table(book, "suppliers") if not one.size("pcf")]
        line, rows = some(rng, suppliers), lines(book, "records")
        if line is None or not rows or any(one.text("record:1") for one in rows):
            return None
        kinds = {word: one for one in model_of(book.model).accounts for word in
                 (one.id, *one.name.values())}  # fmt: skip
        account = kinds.get(line.text("account"))
        if account is None:
            return None
        told = {**SOUND, "supplier": line.text("name"), "unit": account.unit.symbol,
                "body": "示例核查机构", "statement": "EXAMPLE-1", **wrong}  # fmt: skip
        edits: dict[Spot, Value] = {
            one.spot("record:1"): told[one.id] for one in rows if told.get(one.id) is not None
        }
        right = {one.spot("record:1") for one in rows} | line.cells
        return {**edits, line.spot("record"): "R1"}, right

    return find
