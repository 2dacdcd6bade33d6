"""Structure: cover and period, and what is missing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

from tests.seeded_errors.book import Book, Spot
from tests.seeded_errors.fault import Fault, Plant, Planted, at
from tests.seeded_errors.places import (
    MONTHS,
    accounts,
    answer,
    lines,
    monthly,
    outputs,
    slots,
    some,
    subject,
)
from tests.seeded_errors.spots import (
    IDENTITY,
    K,
    answer_at,
    cell,
    in_table,
    of_family,
    required,
)

COVER = (
    "subject",
    "boundary",
    "product_name_zh",
    "product_name_en",
    "product_model",
    "maker_name_zh",
    "maker_name_en",
    "maker_id",
    "preparer",
)


def faults() -> Iterator[Fault]:
    """Cover, period, and what is missing."""
    yield from _cover()
    yield from _period()
    yield from _missing()


# --- cover and period ----------------------------------------------------------------------------


def _cover() -> Iterator[Fault]:
    for name in COVER:
        yield cell(
            f"cover-empty-{name}",
            f"{name} left empty",
            answer_at("cover", name),
            None,
            name == "subject",
        )
    yield cell(
        "cover-subject-unknown",
        "a family that is not there",
        answer_at("cover", "subject"),
        "NO-SUCH",
        True,
    )
    yield cell(
        "cover-boundary-unknown",
        "a boundary nobody knows",
        answer_at("cover", "boundary"),
        "大门到大门",
    )
    yield cell(
        "cover-model-unknown",
        "another product model",
        answer_at("cover", "model"),
        "spaceship",
        True,
    )
    yield cell(
        "cover-model-empty", "the product model deleted", answer_at("cover", "model"), None, True
    )
    yield cell(
        "cover-version-newer",
        "a later version of the model",
        answer_at("cover", "model_version"),
        "99.0.0",
        beside=_model,
    )
    yield cell(
        "cover-version-older",
        "an earlier version of the model",
        answer_at("cover", "model_version"),
        "0.0.1",
        beside=_model,
    )
    yield cell(
        "cover-gtin-check",
        "a GTIN with a wrong check digit",
        answer_at("cover", "gtin"),
        "6901234567891",
    )
    yield cell("cover-gtin-length", "a GTIN too short", answer_at("cover", "gtin"), "69012")
    yield cell(
        "cover-gtin-rounded",
        "a long number that Excel has rounded",
        answer_at("cover", "gtin"),
        6.90123456789012e17,
    )
    yield cell(
        "cover-name-breaks",
        "a name in two lines",
        answer_at("cover", "product_name_en"),
        "Example\nname",
    )
    yield cell(
        "cover-name-long",
        "a name without end",
        answer_at("cover", "product_name_en"),
        "Example " * 400,
    )


def _model(book: Book, spot: Spot) -> set[Spot]:
    """Model and version are one statement."""
    other = answer(book, "cover", "model")
    return {other} if other else set()


def _both_days(book: Book, spot: Spot) -> set[Spot]:
    """First and last day are one statement."""
    days = (answer(book, "period", name) for name in ("from", "to"))
    return {day for day in days if day}


def _period() -> Iterator[Fault]:
    start, end = answer_at("period", "from"), answer_at("period", "to")
    yield cell("period-from-empty", "no first day", start, None, True)
    yield cell("period-to-empty", "no last day", end, None, True)
    yield cell("period-text", "a date in words", start, "去年一月", True, beside=_both_days)
    yield cell(
        "period-no-such-day",
        "a day that does not exist",
        start,
        "2025-13-40",
        True,
        beside=_both_days,
    )
    yield cell("period-number", "a year in place of a date", start, 2025, True, beside=_both_days)
    yield Fault(
        "period-reversed",
        K,
        "the last day before the first",
        _moved("period-reversed", date(2024, 1, 1)),
        True,
    )
    yield Fault(
        "period-parts",
        K,
        "a period that is not of whole months",
        _moved("period-parts", date(2025, 12, 17)),
        True,
    )
    yield Fault(
        "period-long", K, "more than twelve months", _moved("period-long", date(2026, 12, 31)), True
    )
    yield Fault("period-short", K, "six months with amounts for twelve", _short, True)


def _moved(fault: str, day: date) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        spot = answer(book, "period", "to")
        return at(fault, K, {spot: day}) if spot else None

    return plant


def _short(book: Book, rng: random.Random) -> Planted | None:
    spot = answer(book, "period", "to")
    first = answer(book, "period", "from")
    begun = book.value(first) if first else None
    if spot is None or begun is None:
        return None
    return at("period-short", K, {spot: date(begun.year, 6, 30)})


# --- missing -------------------------------------------------------------------------------------


def _missing() -> Iterator[Fault]:
    yield Fault("missing-month", K, "one month of an account left empty", _blank_month)
    yield Fault("missing-half-year", K, "half a year of an account left empty", _blank_half)
    yield Fault("missing-output-month", K, "one month of output left empty", _blank_output)
    yield Fault("missing-account", K, "a required account left empty", _blank_account)
    yield Fault("missing-answer", K, "a required number left empty", _blank_answer)
    yield Fault("missing-choice", K, "a required choice left empty", _blank_choice)
    yield cell("missing-family-code", "a family without its code", of_family("family"), None, True)
    yield cell("missing-family-name", "a family without its name", of_family("name_zh"), None)
    yield cell(
        "missing-output-unit", "output without its unit", of_family("output_unit"), None, True
    )
    yield cell("missing-site-code", "a site without its code", in_table("sites", "site"), None)
    yield cell(
        "missing-site-country", "a site without its country", in_table("sites", "country"), None
    )
    yield cell(
        "missing-site-address", "a site without its address", in_table("sites", "address_zh"), None
    )
    yield cell(
        "missing-supplier-account", "a supplier of nothing", in_table("suppliers", "account"), None
    )
    yield cell(
        "missing-supplier-share",
        "a supplier without its share",
        in_table("suppliers", "share"),
        None,
    )
    yield cell(
        "missing-supplier-name", "a supplier without a name", in_table("suppliers", "name"), None
    )
    yield cell(
        "missing-instrument-name",
        "a certificate without a number",
        in_table("instruments", "instrument"),
        None,
    )
    yield cell(
        "missing-instrument-volume",
        "a certificate without its volume",
        in_table("instruments", "amount"),
        None,
    )
    yield cell(
        "missing-instrument-technology",
        "a certificate without its source",
        in_table("instruments", "technology"),
        None,
    )
    yield cell(
        "missing-instrument-vintage",
        "a certificate without its time",
        in_table("instruments", "vintage"),
        None,
    )
    yield cell(
        "missing-instrument-user",
        "a certificate retired for nobody",
        in_table("instruments", "retired_for"),
        None,
    )
    yield cell(
        "missing-evidence-code",
        "a document without its code",
        in_table("evidence", "evidence"),
        None,
    )
    yield cell("missing-evidence-kind", "a document of no kind", in_table("evidence", "kind"), None)
    yield cell(
        "missing-evidence-title",
        "a document without its title",
        in_table("evidence", "title"),
        None,
    )
    yield cell("missing-key-kind", "a key of no kind", in_table("keys", "kind"), None)
    yield cell("missing-account-unit", "an account without its unit", _unit, None)


def _unit(book: Book, rng: random.Random) -> Spot | None:
    line = some(rng, accounts(book))
    return line.spot("unit") if line else None


def _blank_month(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, monthly(book))
    return at("missing-month", K, {rng.choice(line.months): None}) if line else None


def _blank_half(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, monthly(book))
    if line is None:
        return None
    return at("missing-half-year", K, dict.fromkeys(line.months[6:]))


def _blank_output(book: Book, rng: random.Random) -> Planted | None:
    spot = some(rng, outputs(book))
    return at("missing-output-month", K, {spot: None}) if spot else None


def _blank_account(book: Book, rng: random.Random) -> Planted | None:
    """Both ways of booking are left empty; the place to fill is the first month."""
    booked = {
        one.id
        for block in book.blocks
        for one in lines(book, block)
        if block.endswith("-unit") and any(one.size(slot) for slot in slots(book))
    }
    extra = {
        one.text("name")
        for block in book.blocks
        for one in lines(book, block)
        if one.id == "+" and "m1" in one.block.columns
    }
    rows = [
        one
        for one in accounts(book)
        if required(one) and one.id not in booked and one.text("name") not in extra
    ]
    line = some(rng, rows)
    if line is None:
        return None
    names = [*MONTHS, "whole", "opening", "closing", "returned"]
    edits = {line.spot(one): None for one in names if line.has(one)}
    return at("missing-account", K, edits, {line.spot("m1")})


def _blank_answer(book: Book, rng: random.Random) -> Planted | None:
    line = some(
        rng,
        [
            one
            for one in lines(book, "family")
            if required(one) and one.size(subject(book)) is not None
        ],
    )
    return at("missing-answer", K, {line.spot(subject(book)): None}) if line else None


def _blank_choice(book: Book, rng: random.Random) -> Planted | None:
    rows = [
        one
        for one in lines(book, "family")
        if required(one)
        and one.text(subject(book))
        and one.size(subject(book)) is None
        and one.id not in IDENTITY
    ]
    line = some(rng, rows)
    return at("missing-choice", K, {line.spot(subject(book)): None}) if line else None
