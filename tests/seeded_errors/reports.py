"""Suppliers' figures: what their reports hold or leave out, and figures without a report."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date

from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import Line, lines, some, table

EVIDENCE, NOTHING = Kind.EVIDENCE, Kind.NOTHING
SLOT = "record:1"
SOUND: Mapping[str, Value] = {
    "record": "R1",
    "supplier": "示例供应商",
    "product": "示例材料",
    "figure": 2.0,
    "boundary": "gate",
    "standard": "ISO 14067",
    "gwp": "AR6-100",
    "biogenic": "excluded",
    "electricity": "location",
    "credit": "no",
    "packaging": "no",
    "verification": "third-party",
    "period_to": date(2025, 12, 31),
    "valid_to": date(2028, 12, 31),
}
"""A report to which a rule set has nothing to say."""

FLAWS: tuple[tuple[str, str, Mapping[str, Value]], ...] = (
    ("delivered", "a figure with delivery inside, beside an own transport leg",
     {"boundary": "delivered"}),
    ("partial", "a figure of one process only", {"boundary": "partial"}),
    ("boundary-unknown", "a figure whose boundary nobody knows", {"boundary": "unknown"}),
    ("scrap-credit", "a figure with a credit for scrap inside", {"credit": "yes"}),
    ("credit-unknown", "a figure of which nobody says whether a credit is inside",
     {"credit": "unknown"}),
    ("uptake", "a figure with the uptake of the plant deducted", {"biogenic": "included"}),
    ("expired", "a figure that had expired before the period", {"valid_to": date(2023, 6, 30)}),
    ("aged", "a figure of data of five years before", {"period_to": date(2020, 12, 31)}),
    ("unit", "a figure per hour of work", {"unit": "kg CO2e/h"}),
    ("market-power", "a figure with electricity market-based", {"electricity": "market"}),
)  # fmt: skip

LIES: tuple[tuple[str, str, Mapping[str, Value]], ...] = (
    ("gwp-tagged", "a figure by AR5 tagged AR6", {"gwp": "AR6-100"}),
    ("delivery-unsaid", "a figure with delivery inside that is called cradle to gate", {}),
    ("credit-unsaid", "a figure with a scrap credit that is said to have none", {"figure": 1.7}),
    ("uptake-unsaid", "a figure with uptake inside that is said to have none", {"figure": 1.6}),
)


def faults() -> Iterator[Fault]:
    """All of them."""
    for name, what, flaw in FLAWS:
        yield Fault(f"evidence-report-{name}", EVIDENCE, what,
                    _report(f"evidence-report-{name}", EVIDENCE, flaw))  # fmt: skip
    for name, what, flaw in LIES:
        yield Fault(f"nothing-report-{name}", NOTHING, what,
                    _report(f"nothing-report-{name}", NOTHING, flaw))  # fmt: skip
    yield Fault("evidence-report-absent", EVIDENCE, "a figure without any report", _absent)
    yield Fault("unknown-report", Kind.STRUCTURE, "the code of a report that is not there", _lost)
    yield Fault(
        "evidence-instrument-sold",
        EVIDENCE,
        "a certificate of own power that was sold on",
        _instrument("evidence-instrument-sold", "sold"),
    )


def _report(fault: str, kind: Kind, flaw: Mapping[str, Value]) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        supplier, form = _weighed(book, rng), {one.id: one for one in lines(book, "records")}
        if supplier is None or not form:
            return None
        told = {"unit": "kg", **SOUND, **flaw}
        edits: dict[Spot, Value] = {form[name].spot(SLOT): told[name] for name in told}
        edits[supplier.spot("record")] = "R1"
        return at(fault, kind, edits, set(edits) | supplier.cells)

    return plant


def _weighed(book: Book, rng: random.Random) -> Line | None:
    """A supplier without a figure of his own."""
    rows = [one for one in table(book, "suppliers") if one.has("record")]
    return some(rng, [one for one in rows if not one.text("pcf") and not one.text("record")])


def _absent(book: Book, rng: random.Random) -> Planted | None:
    supplier = _weighed(book, rng)
    if supplier is None:
        return None
    return at("evidence-report-absent", EVIDENCE, {supplier.spot("pcf"): 2.0}, supplier.cells)


def _lost(book: Book, rng: random.Random) -> Planted | None:
    supplier = _weighed(book, rng)
    if supplier is None:
        return None
    return at("unknown-report", Kind.STRUCTURE, {supplier.spot("record"): "R77"}, supplier.cells)


def _instrument(fault: str, state: str) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        line = some(rng, [one for one in table(book, "instruments") if one.has("state")])
        return at(fault, EVIDENCE, {line.spot("state"): state}, line.cells) if line else None

    return plant
