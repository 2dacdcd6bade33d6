"""References, doubles, choices and codes: what names nothing, or one thing twice."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Fault, Plant, Planted, at
from tests.seeded_errors.places import (
    Line,
    accounts,
    answer,
    lines,
    monthly,
    slots,
    some,
    subject,
    table,
)
from tests.seeded_errors.spots import (
    IDENTITY,
    K,
    cell,
    in_table,
    same_row,
)


def faults() -> Iterator[Fault]:
    """What refers to nothing, is there twice, or is no choice."""
    yield from _references()
    yield from _choices()
    yield from _texts()


# --- references and doubles ----------------------------------------------------------------------


def _references() -> Iterator[Fault]:
    yield cell(
        "unknown-key", "an allocation key that is not there", _key, "K-NOWHERE", beside=same_row
    )
    yield cell("unknown-evidence", "evidence that is not in the list", _proof, "E99")
    yield cell(
        "unknown-evidence-supplier",
        "evidence of a supplier that is not in the list",
        in_table("suppliers", "evidence"),
        "E98",
    )
    yield cell(
        "unknown-evidence-instrument",
        "evidence of a certificate that is not there",
        in_table("instruments", "evidence"),
        "E97",
    )
    yield cell(
        "unknown-supplied",
        "a supplier of an account nobody knows",
        in_table("suppliers", "account"),
        "unobtainium",
    )
    yield cell(
        "unknown-factor", "a factor that is not in the library", _factor, "no-such-factor-anywhere"
    )
    yield Fault("key-missing", K, "an account without its allocation key", _no_key)
    yield Fault(
        "double-evidence",
        K,
        "one code for two documents",
        _twice("double-evidence", "evidence", "evidence"),
    )
    yield Fault("double-key", K, "one code for two keys", _twice("double-key", "keys", "key"))
    yield Fault("double-instrument", K, "one certificate listed twice", _instrument_twice)
    yield Fault("double-family", K, "one code for two families", _family_twice, True)
    yield Fault("double-centre", K, "a use with the code of a family", _centre_twice, True)
    yield Fault("both-forms", K, "an account for the whole site and per unit", _both)
    yield Fault("whole-and-months", K, "months and the whole period", _whole)
    yield Fault("row-stray", K, "amounts in a row that names nothing", _stray)
    yield Fault("slot-empty", K, "an amount for a family that is not there", _slot)
    yield Fault("suppliers-many", K, "seven suppliers of one material", _many)


def _key(book: Book, rng: random.Random) -> Spot | None:
    line = some(rng, [one for one in accounts(book) if one.text("key")])
    return line.spot("key") if line else None


def _proof(book: Book, rng: random.Random) -> Spot | None:
    line = some(rng, [one for one in accounts(book) if one.text("evidence")])
    return line.spot("evidence") if line else None


def _factor(book: Book, rng: random.Random) -> Spot | None:
    line = some(rng, table(book, "suppliers"))
    return line.spot("factor") if line and line.has("factor") else None


def _no_key(book: Book, rng: random.Random) -> Planted | None:
    if len(slots(book)) + len(slots(book, "centre")) < 2:
        return None
    spot = _key(book, rng)
    if spot is None:
        return None
    rows = [one for one in accounts(book) if one.spot("key") == spot]
    return at("key-missing", K, {spot: None}, {rows[0].spot("m1"), spot})


def _twice(fault: str, block: str, column: str) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = [one for one in table(book, block) if one.text(column)]
        if len(rows) < 2:
            return None
        first, second = rows[0], rows[1]
        planted = at(fault, K, {second.spot(column): first.text(column)})
        area = planted.area | {(first.block.sheet, first.number)}
        return Planted(fault, K, planted.edits, planted.right, area)

    return plant


def _instrument_twice(book: Book, rng: random.Random) -> Planted | None:
    rows = table(book, "instruments")
    if len(rows) < 2:
        return None
    edits = {rows[1].spot("instrument"): rows[0].text("instrument")}
    return at("double-instrument", K, edits, rows[1].cells)


def _family_twice(book: Book, rng: random.Random) -> Planted | None:
    used = slots(book)
    if len(used) < 2:
        return None
    row = next(line for line in lines(book, "family") if line.id == "family")
    return at("double-family", K, {row.spot(used[1]): row.text(used[0])})


def _centre_twice(book: Book, rng: random.Random) -> Planted | None:
    used = slots(book, "centre")
    row = next((line for line in lines(book, "centres") if line.id == "centre"), None)
    code = answer(book, "family", "family", subject(book))
    if not used or row is None or code is None:
        return None
    return at("double-centre", K, {row.spot(used[0]): str(book.value(code))})


def _per_unit(book: Book, account: str) -> Line | None:
    every = (one for block in book.blocks if block.endswith("-unit") for one in lines(book, block))
    return next((one for one in every if one.id == account), None)


def _both(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, accounts(book))
    other = _per_unit(book, line.id) if line else None
    if line is None or other is None:
        return None
    return at("both-forms", K, {other.spot(subject(book)): 0.0001}, other.cells | line.cells)


def _whole(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in monthly(book) if one.has("whole")])
    return at("whole-and-months", K, {line.spot("whole"): line.total}) if line else None


def _stray(book: Book, rng: random.Random) -> Planted | None:
    rows = [
        one
        for block in book.blocks
        for one in lines(book, block)
        if one.id == "+" and one.has("m1") and not one.text("name")
    ]
    line = some(rng, rows)
    return (
        at("row-stray", K, {line.spot("m1"): 12}, {line.spot("name"), line.spot("m1")})
        if line
        else None
    )


def _slot(book: Book, rng: random.Random) -> Planted | None:
    used = set(slots(book, "centre"))
    rows = [one for one in table(book, "keys") if one.text("key")]
    free = (
        [
            name
            for name in book.blocks["keys"].columns
            if name.startswith("centre:") and name not in used
        ]
        if rows
        else []
    )
    line = some(rng, rows)
    return at("slot-empty", K, {line.spot(free[0]): 5}) if line and free else None


def _many(book: Book, rng: random.Random) -> Planted | None:
    rows = lines(book, "suppliers")
    told = [one for one in rows if one.text("account")]
    free = [one for one in rows if not one.filled]
    alone = [one for one in told if one.size("share") == 1]
    if not alone or len(free) < 6:
        return None
    edits: dict[Spot, Value] = {alone[0].spot("share"): 0.4}
    for number, one in enumerate(free[:6]):
        edits |= {
            one.spot("account"): alone[0].text("account"),
            one.spot("share"): 0.1,
            one.spot("name"): f"示例供应商 {number}",
        }
    right = {one.spot("account") for one in (alone[0], *free[:6])}
    return at("suppliers-many", K, edits, right)


# --- choices and codes ---------------------------------------------------------------------------


def _choices() -> Iterator[Fault]:
    yield Fault(
        "choice-unknown", K, "a choice that is not offered", _choice("choice-unknown", "以上都不是")
    )
    yield Fault("choice-number", K, "a number where a choice is asked", _choice("choice-number", 3))
    yield cell("choice-key-kind", "a kind of key nobody knows", in_table("keys", "kind"), "按感觉")
    yield cell(
        "choice-technology",
        "a source of power nobody knows",
        in_table("instruments", "technology"),
        "魔法",
    )
    yield cell(
        "choice-mode", "a mode of transport nobody knows", in_table("suppliers", "mode"), "骆驼"
    )
    yield cell(
        "choice-evidence-kind",
        "a kind of document nobody knows",
        in_table("evidence", "kind"),
        "口头",
    )
    yield cell("choice-activity", "a kind of data nobody knows", _activity, "猜的")
    yield cell("code-blanks", "a code with blanks", in_table("evidence", "evidence"), "E 0 1 ?")
    yield cell("code-country", "a country in words", in_table("sites", "country"), "Germany")
    yield cell(
        "code-country-supplier",
        "a supplier's country in words",
        in_table("suppliers", "country"),
        "Germany!",
    )
    yield cell("code-sha256", "a hash cut short", _hash, "abc123")
    yield cell(
        "date-evidence", "a document's date in words", in_table("evidence", "dated"), "上个月"
    )
    yield cell(
        "date-no-such-day", "a document of 30 February", in_table("evidence", "dated"), "2025-02-30"
    )
    yield cell(
        "date-vintage", "a certificate's time in words", in_table("instruments", "vintage"), "夏天"
    )


def _choice(fault: str, value: Value) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = [
            one
            for one in lines(book, "family")
            if one.text(subject(book))
            and one.size(subject(book)) is None
            and one.id not in IDENTITY
        ]
        line = some(rng, rows)
        return at(fault, K, {line.spot(subject(book)): value}) if line else None

    return plant


def _activity(book: Book, rng: random.Random) -> Spot | None:
    line = some(rng, [one for one in accounts(book) if one.text("activity_kind")])
    return line.spot("activity_kind") if line else None


def _hash(book: Book, rng: random.Random) -> Spot | None:
    line = some(rng, table(book, "evidence"))
    return line.spot("sha256") if line else None


def _texts() -> Iterator[Fault]:
    yield cell(
        "text-control", "a name with line breaks", in_table("sites", "name_zh"), "示例\n工厂"
    )
    yield cell(
        "text-long", "a name of a thousand letters", in_table("suppliers", "name"), "x" * 3000
    )
