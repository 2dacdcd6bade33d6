"""Structure: what is missing, double, moved, misspelt or refers to nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date

from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import (
    MONTHS,
    Line,
    accounts,
    answer,
    lines,
    monthly,
    outputs,
    slots,
    some,
    subject,
    table,
)

K = Kind.STRUCTURE
Find = Callable[[Book, random.Random], Spot | None]
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
    """Everything about the skeleton of a file."""
    yield from _cover()
    yield from _period()
    yield from _missing()
    yield from _references()
    yield from _choices()
    yield from _texts()
    yield from _skeleton()


def cell(
    fault: str,
    what: str,
    spot: Find,
    value: Value,
    alone: bool = False,
    *,
    beside: Callable[[Book, Spot], set[Spot]] = lambda book, spot: set(),
) -> Fault:
    """Type a value into a cell where it is wrong; ``beside`` are other cells of one statement."""

    def plant(book: Book, rng: random.Random) -> Planted | None:
        found = spot(book, rng)
        return at(fault, K, {found: value}, {found} | beside(book, found)) if found else None

    return Fault(fault, K, what, plant, alone)


def _at(block: str, row: str, slot: str = "value") -> Find:
    return lambda book, rng: answer(book, block, row, slot)


def _in(block: str, column: str) -> Find:
    """A cell of a free table that holds something."""

    def spot(book: Book, rng: random.Random) -> Spot | None:
        line = some(rng, [one for one in table(book, block) if one.text(column)])
        return line.spot(column) if line else None

    return spot


def _family(row: str) -> Find:
    return lambda book, rng: answer(book, "family", row, subject(book))


# --- cover and period ----------------------------------------------------------------------------


def _cover() -> Iterator[Fault]:
    for name in COVER:
        yield cell(
            f"cover-empty-{name}", f"{name} left empty", _at("cover", name), None, name == "subject"
        )
    yield cell(
        "cover-subject-unknown",
        "a family that is not there",
        _at("cover", "subject"),
        "NO-SUCH",
        True,
    )
    yield cell(
        "cover-boundary-unknown", "a boundary nobody knows", _at("cover", "boundary"), "大门到大门"
    )
    yield cell(
        "cover-model-unknown", "another product model", _at("cover", "model"), "spaceship", True
    )
    yield cell("cover-model-empty", "the product model deleted", _at("cover", "model"), None, True)
    yield cell(
        "cover-version-newer",
        "a later version of the model",
        _at("cover", "model_version"),
        "99.0.0",
        beside=_model,
    )
    yield cell(
        "cover-version-older",
        "an earlier version of the model",
        _at("cover", "model_version"),
        "0.0.1",
        beside=_model,
    )
    yield cell(
        "cover-gtin-check", "a GTIN with a wrong check digit", _at("cover", "gtin"), "6901234567891"
    )
    yield cell("cover-gtin-length", "a GTIN too short", _at("cover", "gtin"), "69012")
    yield cell(
        "cover-gtin-rounded",
        "a long number that Excel has rounded",
        _at("cover", "gtin"),
        6.90123456789012e17,
    )
    yield cell(
        "cover-name-breaks", "a name in two lines", _at("cover", "product_name_en"), "Example\nname"
    )
    yield cell(
        "cover-name-long", "a name without end", _at("cover", "product_name_en"), "Example " * 400
    )


def _model(book: Book, spot: Spot) -> set[Spot]:
    """Model and version are one statement."""
    other = answer(book, "cover", "model")
    return {other} if other else set()


def _both_days(book: Book, spot: Spot) -> set[Spot]:
    """First and last day are one statement."""
    days = (answer(book, "period", name) for name in ("from", "to"))
    return {day for day in days if day}


def _same_row(book: Book, spot: Spot) -> set[Spot]:
    """A reference belongs to its row."""
    return {(spot[0], spot[1], column) for column in range(1, 40)}


def _period() -> Iterator[Fault]:
    start, end = _at("period", "from"), _at("period", "to")
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
    yield cell("missing-family-code", "a family without its code", _family("family"), None, True)
    yield cell("missing-family-name", "a family without its name", _family("name_zh"), None)
    yield cell("missing-output-unit", "output without its unit", _family("output_unit"), None, True)
    yield cell("missing-site-code", "a site without its code", _in("sites", "site"), None)
    yield cell("missing-site-country", "a site without its country", _in("sites", "country"), None)
    yield cell(
        "missing-site-address", "a site without its address", _in("sites", "address_zh"), None
    )
    yield cell(
        "missing-supplier-account", "a supplier of nothing", _in("suppliers", "account"), None
    )
    yield cell(
        "missing-supplier-share", "a supplier without its share", _in("suppliers", "share"), None
    )
    yield cell("missing-supplier-name", "a supplier without a name", _in("suppliers", "name"), None)
    yield cell(
        "missing-instrument-name",
        "a certificate without a number",
        _in("instruments", "instrument"),
        None,
    )
    yield cell(
        "missing-instrument-volume",
        "a certificate without its volume",
        _in("instruments", "amount"),
        None,
    )
    yield cell(
        "missing-instrument-technology",
        "a certificate without its source",
        _in("instruments", "technology"),
        None,
    )
    yield cell(
        "missing-instrument-vintage",
        "a certificate without its time",
        _in("instruments", "vintage"),
        None,
    )
    yield cell(
        "missing-instrument-user",
        "a certificate retired for nobody",
        _in("instruments", "retired_for"),
        None,
    )
    yield cell(
        "missing-evidence-code", "a document without its code", _in("evidence", "evidence"), None
    )
    yield cell("missing-evidence-kind", "a document of no kind", _in("evidence", "kind"), None)
    yield cell(
        "missing-evidence-title", "a document without its title", _in("evidence", "title"), None
    )
    yield cell("missing-key-kind", "a key of no kind", _in("keys", "kind"), None)
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


def _required(line: Line) -> bool:
    return "●" in line.text("need")


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
        if _required(one) and one.id not in booked and one.text("name") not in extra
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
            if _required(one) and one.size(subject(book)) is not None
        ],
    )
    return at("missing-answer", K, {line.spot(subject(book)): None}) if line else None


def _blank_choice(book: Book, rng: random.Random) -> Planted | None:
    rows = [
        one
        for one in lines(book, "family")
        if _required(one)
        and one.text(subject(book))
        and one.size(subject(book)) is None
        and one.id not in _IDENTITY
    ]
    line = some(rng, rows)
    return at("missing-choice", K, {line.spot(subject(book)): None}) if line else None


_IDENTITY = ("family", "name_zh", "name_en", "output_unit")


# --- references and doubles ----------------------------------------------------------------------


def _references() -> Iterator[Fault]:
    yield cell(
        "unknown-key", "an allocation key that is not there", _key, "K-NOWHERE", beside=_same_row
    )
    yield cell("unknown-evidence", "evidence that is not in the list", _proof, "E99")
    yield cell(
        "unknown-evidence-supplier",
        "evidence of a supplier that is not in the list",
        _in("suppliers", "evidence"),
        "E98",
    )
    yield cell(
        "unknown-evidence-instrument",
        "evidence of a certificate that is not there",
        _in("instruments", "evidence"),
        "E97",
    )
    yield cell(
        "unknown-supplied",
        "a supplier of an account nobody knows",
        _in("suppliers", "account"),
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
    yield cell("choice-key-kind", "a kind of key nobody knows", _in("keys", "kind"), "按感觉")
    yield cell(
        "choice-technology",
        "a source of power nobody knows",
        _in("instruments", "technology"),
        "魔法",
    )
    yield cell("choice-mode", "a mode of transport nobody knows", _in("suppliers", "mode"), "骆驼")
    yield cell(
        "choice-evidence-kind", "a kind of document nobody knows", _in("evidence", "kind"), "口头"
    )
    yield cell("choice-activity", "a kind of data nobody knows", _activity, "猜的")
    yield cell("code-blanks", "a code with blanks", _in("evidence", "evidence"), "E 0 1 ?")
    yield cell("code-country", "a country in words", _in("sites", "country"), "China")
    yield cell(
        "code-country-supplier",
        "a supplier's country in words",
        _in("suppliers", "country"),
        "Germany!",
    )
    yield cell("code-sha256", "a hash cut short", _hash, "abc123")
    yield cell("date-evidence", "a document's date in words", _in("evidence", "dated"), "上个月")
    yield cell(
        "date-no-such-day", "a document of 30 February", _in("evidence", "dated"), "2025-02-30"
    )
    yield cell(
        "date-vintage", "a certificate's time in words", _in("instruments", "vintage"), "夏天"
    )


def _choice(fault: str, value: Value) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = [
            one
            for one in lines(book, "family")
            if one.text(subject(book))
            and one.size(subject(book)) is None
            and one.id not in _IDENTITY
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
    yield cell("text-control", "a name with line breaks", _in("sites", "name_zh"), "示例\n工厂")
    yield cell("text-long", "a name of a thousand letters", _in("suppliers", "name"), "x" * 3000)


# --- hidden ids ----------------------------------------------------------------------------------


def _skeleton() -> Iterator[Fault]:
    for sheet in ("sites", "products", "energy", "materials", "packaging", "waste"):
        yield Fault(
            f"sheet-mark-{sheet}",
            K,
            f"hidden first row of the sheet {sheet} deleted",
            _mark(sheet),
            True,
        )
    yield Fault("ids-row-lost", K, "hidden row of column ids cleared", _ids_lost, True)
    yield Fault("block-id-lost", K, "hidden name of a table cleared", _block_lost, True)
    yield Fault("column-id-lost", K, "hidden id of a month's column cleared", _column_lost, True)
    yield Fault("column-id-twice", K, "a column copied with its hidden id", _column_twice, True)
    yield Fault("row-id-lost", K, "hidden id of a required row cleared", _row_lost)
    yield Fault("row-id-changed", K, "hidden id of a row overwritten", _row_changed)
    yield Fault("row-id-twice", K, "a row copied with its hidden id", _row_twice)
    yield Fault("rows-sorted", K, "rows sorted without their hidden ids", _sorted)


def _mark(sheet: str) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        title = book.sheets.get(sheet)
        if title is None:
            return None
        return at(f"sheet-mark-{sheet}", K, {(title, 1, 1): None}, set(), {"", title})

    return plant


def _account_block(book: Book, rng: random.Random) -> Line | None:
    return some(rng, accounts(book))


def _ids_lost(book: Book, rng: random.Random) -> Planted | None:
    line = _account_block(book, rng)
    if line is None:
        return None
    sheet, top = line.block.sheet, line.block.ids_row
    edits: dict[Spot, Value] = {
        (sheet, top, column): None for column in (1, *line.block.columns.values())
    }
    right = {
        (sheet, row, column)
        for row in (top, top + 1)
        for column in (1, *line.block.columns.values())
    }
    return at("ids-row-lost", K, edits, right, {"", sheet})


def _block_lost(book: Book, rng: random.Random) -> Planted | None:
    line = _account_block(book, rng)
    if line is None:
        return None
    sheet, top = line.block.sheet, line.block.ids_row
    right = {
        (sheet, row, column)
        for row in (top, top + 1)
        for column in (1, *line.block.columns.values())
    }
    return at("block-id-lost", K, {(sheet, top, 1): None}, right, {"", sheet})


def _column_lost(book: Book, rng: random.Random) -> Planted | None:
    line = _account_block(book, rng)
    if line is None:
        return None
    spot = (line.block.sheet, line.block.ids_row, line.block.columns["m4"])
    right = {(spot[0], spot[1], column) for column in range(1, 40)}
    return at(
        "column-id-lost", K, {spot: None}, right | {(spot[0], spot[1] + 1, spot[2])}, {spot[0]}
    )


def _column_twice(book: Book, rng: random.Random) -> Planted | None:
    line = _account_block(book, rng)
    if line is None:
        return None
    spot = (line.block.sheet, line.block.ids_row, line.block.columns["m4"])
    other = (spot[0], spot[1], line.block.columns["m5"])
    right = {(spot[0], spot[1], column) for column in range(1, 40)}
    return at("column-id-twice", K, {other: "m4"}, right, {spot[0]})


def _row_lost(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, [one for one in accounts(book) if _required(one)])
    if line is None:
        return None
    sheet = {f"{line.block.sheet}"}
    right = {(line.block.sheet, line.number, column) for column in range(1, 40)}
    return at("row-id-lost", K, {(line.block.sheet, line.number, 1): None}, right, sheet)


def _row_changed(book: Book, rng: random.Random) -> Planted | None:
    line = some(rng, accounts(book))
    if line is None:
        return None
    right = {(line.block.sheet, line.number, column) for column in range(1, 40)}
    return at(
        "row-id-changed",
        K,
        {(line.block.sheet, line.number, 1): "old-name"},
        right,
        {line.block.sheet},
    )


def _pair(book: Book, rng: random.Random) -> tuple[Line, Line] | None:
    line = some(rng, accounts(book))
    others = [
        one
        for one in accounts(book)
        if line and one.block.id == line.block.id and one.id != line.id
    ]
    other = some(rng, others)
    return (line, other) if line and other else None


def _row_twice(book: Book, rng: random.Random) -> Planted | None:
    pair = _pair(book, rng)
    if pair is None:
        return None
    first, second = sorted(pair, key=lambda one: one.number)
    edits = {(second.block.sheet, second.number, 1): first.id}
    right = {(one.block.sheet, one.number, column) for one in pair for column in range(1, 40)}
    planted = at("row-id-twice", K, edits, right, {first.block.sheet})
    area = planted.area | {(first.block.sheet, first.number)}
    return Planted("row-id-twice", K, planted.edits, planted.right, area)


def _sorted(book: Book, rng: random.Random) -> Planted | None:
    pair = _pair(book, rng)
    if pair is None:
        return None
    first, second = pair
    edits: dict[Spot, Value] = {}
    for column in first.block.columns:
        edits[first.spot(column)] = book.value(second.spot(column))
        edits[second.spot(column)] = book.value(first.spot(column))
    edits = {spot: value for spot, value in edits.items() if not str(value).startswith("=")}
    right = {(one.block.sheet, one.number, column) for one in pair for column in range(1, 40)}
    return at("rows-sorted", K, edits, right)
