"""Answers, deliveries, documents: beyond what can be, or without anything behind them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from tests.seeded_errors.book import Book, Spot, Value, day_of
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import Line, accounts, answer, answers, model_of, some, table

BAND, EVIDENCE = Kind.BAND, Kind.EVIDENCE


def faults() -> Iterator[Fault]:
    """Everything about answers, deliveries and documents."""
    yield from _answers()
    yield from _deliveries()
    yield from _green()
    yield from _documents()


# --- answers with limits -------------------------------------------------------------------------


def _answers() -> Iterator[Fault]:
    for name, what, change in (
        ("above", "an answer above what can be", lambda v, low, high: high * 1.5 + 1),
        ("below", "an answer below what can be", lambda v, low, high: low - abs(low) / 2 - 1e-6),
        ("thousand", "an answer in a smaller unit", lambda v, low, high: v * 1000),
        ("thousandth", "an answer in a larger unit", lambda v, low, high: v / 1000),
        (
            "hundred",
            "an answer in per cent where a ratio is asked, or two digits more",
            lambda v, low, high: v * 100,
        ),
    ):
        yield Fault(f"band-answer-{name}", BAND, what, _limited(f"band-answer-{name}", change))
    yield Fault("band-answer-fraction", BAND, "a fraction where per cent are asked", _fraction)


def _limited(fault: str, change: Callable[[float, float, float], float]) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        limits = {one.id: one for one in model_of(book.model).parameters}
        fit: list[tuple[Spot, float]] = []
        for name, spot, _ in answers(book):
            rule = limits.get(name)
            if rule is None or rule.least is None or rule.most is None:
                continue
            low, high = float(rule.least), float(rule.most)
            value = change(book.number(spot) or 0, low, high)
            if not low <= value <= high:
                fit.append((spot, value))
        found = some(rng, fit)
        return at(fault, BAND, {found[0]: found[1]}) if found else None

    return plant


def _fraction(book: Book, rng: random.Random) -> Planted | None:
    """Detectable where tens of per cent are usual: the default, or the upper limit without one."""
    percent = set()
    for one in model_of(book.model).parameters:
        usual = one.default if one.default is not None else one.most
        if one.unit.symbol == "%" and usual is not None and usual >= 10:
            percent.add(one.id)
    spots = [
        spot
        for name, spot, _ in answers(book)
        if name in percent and 10 <= (book.number(spot) or 0) <= 100
    ]
    spot = some(rng, spots)
    if spot is None:
        return None
    return at("band-answer-fraction", BAND, {spot: (book.number(spot) or 0) / 100})


# --- deliveries ----------------------------------------------------------------------------------


DELIVERIES: tuple[tuple[str, str, dict[str, Value]], ...] = (
    ("metres", "a distance in metres", {"distance": 250_000}),
    ("nought", "a distance of nought", {"distance": 0}),
    (
        "lorry-far",
        "a lorry that drives half round the earth",
        {"mode": "truck", "distance": 11_000},
    ),
    ("ship-near", "a ship for two kilometres", {"mode": "ship", "distance": 2}),
    (
        "lorry-overseas",
        "a lorry from beyond the sea",
        {"mode": "truck", "country": "US", "distance": 300},
    ),
    (
        "train-overseas",
        "a train from beyond the sea",
        {"mode": "rail", "country": "AU", "distance": 900},
    ),
)


def _deliveries() -> Iterator[Fault]:
    for name, what, edits in DELIVERIES:
        yield Fault(f"band-delivery-{name}", BAND, what, _delivery(f"band-delivery-{name}", edits))
    for name, what, figure in (
        ("per-tonne", "a supplier's figure per tonne entered per kilogram", 2_500.0),
        ("negative", "a supplier's figure with uptake or credit inside, below nought", -0.9),
        ("nought", "a supplier's figure of nought", 0.0),
        ("credit", "a supplier's figure far below what the material can have", 0.001),
    ):
        yield Fault(f"band-figure-{name}", BAND, what, _figure(f"band-figure-{name}", figure))


def _delivery(fault: str, edits: dict[str, Value]) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, table(book, "suppliers"))
        if line is None or not all(line.has(name) for name in edits):
            return None
        return at(
            fault, BAND, {line.spot(name): value for name, value in edits.items()}, line.cells
        )

    return plant


def _figure(fault: str, figure: float) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, [one for one in table(book, "suppliers") if _weighed(book, one)])
        if line is None or not line.has("pcf"):
            return None
        return at(fault, BAND, {line.spot("pcf"): figure}, line.cells)

    return plant


def _weighed(book: Book, line: Line) -> bool:
    """A material by the kilogram whose factor the model names: then a figure can be compared."""
    from_supplier = {
        one.each
        for one in model_of(book.model).exchanges
        if type(one.origin).__name__ == "FromSupplier"
    }
    for account in model_of(book.model).accounts:
        named = line.text("account") in (account.id, *account.name.values())
        if named and account.id in from_supplier and account.unit.symbol == "kg":
            return True
    return False


# --- green power ---------------------------------------------------------------------------------


def _green() -> Iterator[Fault]:
    yield _in(
        "evidence-instrument-user",
        "a certificate retired for somebody else",
        "instruments",
        "retired_for",
        "某某能源公司",
    )
    yield _in(
        "evidence-instrument-old",
        "a certificate of five years ago",
        "instruments",
        "vintage",
        "2019",
    )
    yield _in(
        "evidence-instrument-later",
        "a certificate of years ahead",
        "instruments",
        "vintage",
        "2031-05",
    )
    yield Fault(
        "evidence-solar-sold", EVIDENCE, "own solar power whose certificates were sold", _sold
    )
    yield Fault("evidence-solar-bare", EVIDENCE, "own solar power without any document", _bare)


def _in(fault: str, what: str, block: str, column: str, value: Value) -> Fault:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, table(book, block))
        if line is None:
            return None
        return at(fault, EVIDENCE, {line.spot(column): value}, line.cells)

    return Fault(fault, EVIDENCE, what, plant)


def _solar(book: Book) -> list[Line]:
    return [one for one in accounts(book) if "solar" in one.id and one.text("evidence")]


def _sold(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, _solar(book))
    if line is None:
        return None
    code = line.text("evidence").split(",")[0].strip()
    paper = next((one for one in table(book, "evidence") if one.text("evidence") == code), None)
    if paper is None:
        return None
    edits: dict[Spot, Value] = {paper.spot("title"): "光伏并网结算单；绿证已出售给某贸易商"}
    planted = at("evidence-solar-sold", EVIDENCE, edits, line.cells | paper.cells)
    area = planted.area | {(line.block.sheet, line.number)}
    return Planted(planted.fault, EVIDENCE, planted.edits, planted.right, area)


def _bare(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, _solar(book))
    if line is None:
        return None
    return at("evidence-solar-bare", EVIDENCE, {line.spot("evidence"): None}, line.cells)


# --- documents -----------------------------------------------------------------------------------


def _documents() -> Iterator[Fault]:
    yield Fault(
        "evidence-later",
        EVIDENCE,
        "a document of a day after the declaration",
        _dated("evidence-later", 900),
    )
    yield Fault(
        "evidence-old",
        EVIDENCE,
        "a document of three years before the period",
        _dated("evidence-old", -1400),
    )
    yield Fault("evidence-twice", EVIDENCE, "one invoice under two codes", _twice)
    yield Fault("evidence-same-file", EVIDENCE, "one file under two codes", _same_file)
    yield Fault("evidence-unused", EVIDENCE, "a document that no number names", _unused)
    yield Fault(
        "evidence-claim", EVIDENCE, "called metered with only a bill of materials behind it", _claim
    )
    yield Fault("evidence-control-source", EVIDENCE, "a control total from nowhere", _nowhere)
    yield Fault(
        "evidence-prepared-early",
        EVIDENCE,
        "prepared before the period was over",
        _prepared("evidence-prepared-early", -40),
    )
    yield Fault(
        "evidence-period-old",
        EVIDENCE,
        "a period of more than eighteen months ago",
        _prepared("evidence-period-old", 700),
    )
    yield Fault(
        "evidence-key-unfit",
        EVIDENCE,
        "shared out by a kind of key the model does not accept",
        _unfit,
    )


def _last(book: Book) -> date | None:
    spot = answer(book, "period", "to")
    return day_of(book.value(spot)) if spot else None


def _dated(fault: str, days: int) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line, last = some(rng, table(book, "evidence")), _last(book)
        if line is None or last is None:
            return None
        return at(fault, EVIDENCE, {line.spot("dated"): last + timedelta(days=days)})

    return plant


def _pair(book: Book) -> tuple[Line, Line] | None:
    rows = table(book, "evidence")
    return (rows[0], rows[1]) if len(rows) > 1 else None


def _twice(book: Book, rng: random.Random) -> Planted | None:
    pair = _pair(book)
    if pair is None:
        return None
    first, second = pair
    edits: dict[Spot, Value] = {
        second.spot(one): day_of(book.value(first.spot(one))) or book.value(first.spot(one))
        for one in ("kind", "title", "dated", "page")
    }
    return at("evidence-twice", EVIDENCE, edits, second.cells | first.cells)


def _same_file(book: Book, rng: random.Random) -> Planted | None:
    pair = _pair(book)
    if pair is None:
        return None
    first, second = pair
    edits: dict[Spot, Value] = {one.spot("sha256"): "ab" * 32 for one in pair}
    return at("evidence-same-file", EVIDENCE, edits, second.cells | first.cells)


def _unused(book: Book, rng: random.Random) -> Planted | None:
    block = book.blocks["evidence"]
    free = next(
        (number for _, number in block.rows if book.value(block.spot(number, "evidence")) is None),
        None,
    )
    if free is None:
        return None
    edits: dict[Spot, Value] = {
        block.spot(free, "evidence"): "E77",
        block.spot(free, "kind"): "bill",
        block.spot(free, "title"): "示例：无人引用的账单",
    }
    return at("evidence-unused", EVIDENCE, edits)


def _claim(book: Book, rng: random.Random) -> Planted | None:
    papers = {one.text("evidence") for one in table(book, "evidence") if "BOM" in one.text("kind")}
    fit = [one for one in accounts(book) if one.has("activity_kind") and papers]
    line = some(rng, fit)
    if line is None:
        return None
    edits: dict[Spot, Value] = {
        line.spot("evidence"): sorted(papers)[0],
        line.spot("activity_kind"): "metered",
    }
    return at("evidence-claim", EVIDENCE, edits, line.cells)


def _nowhere(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in accounts(book) if one.text("control_source")])
    if line is None:
        return None
    right = {line.spot("control_source"), line.spot("control_total")}
    return at("evidence-control-source", EVIDENCE, {line.spot("control_source"): None}, right)


def _prepared(fault: str, days: int) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        spot, last = answer(book, "cover", "prepared_on"), _last(book)
        if spot is None or last is None:
            return None
        return at(fault, EVIDENCE, {spot: last + timedelta(days=days)})

    return plant


def _unfit(book: Book, rng: random.Random) -> Planted | None:
    rules = {one.id: one for one in model_of(book.model).accounts}
    keys = table(book, "keys")
    fit: list[tuple[Line, Line]] = []
    for line in accounts(book):
        allowed = rules[line.id].keys if line.id in rules else ()
        if not allowed or "area" in allowed or not line.text("key"):
            continue
        key = next((one for one in keys if one.text("key") == line.text("key")), None)
        if (
            key is not None
            and sum(one.text("key") == line.text("key") for one in accounts(book)) == 1
        ):
            fit.append((line, key))
    found = some(rng, fit)
    if found is None:
        return None
    line, key = found
    return at("evidence-key-unfit", EVIDENCE, {key.spot("kind"): "area"}, line.cells | key.cells)
