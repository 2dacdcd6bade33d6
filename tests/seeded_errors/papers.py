"""What people do on an ordinary day: papers on land, articles, markets, and the file itself."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Collection, Iterator

import openpyxl

from lca.land_use import RUNGS
from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.everyday import Row, free_row
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import answer, lines, metered, model_of, subject, table


def faults() -> Iterator[Fault]:
    """All of them."""
    for name, kind, what, plant, alone in SLIPS:
        yield Fault(f"daily-{name}", kind, what, plant, alone)


# --- land, yields, articles, markets -------------------------------------------------------------


def _land(rung: str, fault: str) -> Plant:
    """Another rung of evidence on land-use change than the papers bear out."""

    def plant(book: Book, rng: random.Random) -> Planted | None:
        enums = [one for one in model_of(book.model).enums if set(one.ids) <= set(RUNGS)]
        papers = [one for one in table(book, "evidence") if _plots(one.text("title"))]
        for enum in enums if rung == "plot-history" or _grows(book) else ():
            spot = answer(book, "answers", enum.id) or answer(
                book, "family", enum.id, subject(book)
            )
            if spot is None or (rung == "plot-history" and papers):
                continue
            right = {spot} | {other for one in model_of(book.model).parameters if "dluc" in one.id
                              and (other := answer(book, "answers", one.id))}  # fmt: skip
            return at(fault, Kind.EVIDENCE, {spot: rung}, right)
        return None

    return plant


def _grows(book: Book) -> bool:
    """Whether the crop goes into the declared family: the other conditions of its question hold."""
    model = model_of(book.model)
    for one in model.parameters:
        others = [name for name in one.when if not set(model.enum(name).ids) <= set(RUNGS)]
        if "dluc" in one.id and all(_chosen(book, name, one.when[name]) for name in others):
            return True
    return False


def _chosen(book: Book, enum: str, allowed: Collection[str]) -> bool:
    spot = answer(book, "answers", enum) or answer(book, "family", enum, subject(book))
    names = {one.name["zh"] for one in model_of(book.model).enum(enum).values if one.id in allowed}
    return spot is not None and book.value(spot) in names


def _plots(title: str) -> bool:
    return "地块" in title


def _no_papers(book: Book, rng: random.Random) -> Planted | None:
    """Plot history stays claimed; the document is of something else."""
    enums = [one for one in model_of(book.model).enums if set(one.ids) <= set(RUNGS)]
    papers = [one for one in table(book, "evidence") if _plots(one.text("title"))]
    spots = [
        answer(book, "answers", one.id) or answer(book, "family", one.id, subject(book))
        for one in enums
    ]
    names = {one.name["zh"] for enum in enums for one in enum.values if one.id == "plot-history"}
    claimed = {spot for spot in spots if spot and book.value(spot) in names}
    if not papers or not claimed:
        return None
    edits: dict[Spot, Value] = {one.spot("title"): "示例：采购合同" for one in papers}
    return at("daily-land-papers", Kind.EVIDENCE, edits, claimed | set(edits))


def _yield(book: Book, rng: random.Random) -> Planted | None:
    row, code = free_row(book, "yields"), _code(book)
    if row is None:
        return None
    told: Row = {"family": code, "step": "分切", "input": 900, "output": 990, "unit": "kg"}
    return at(
        "daily-yield-over", Kind.BALANCE, {row.spot(name): told[name] for name in told}, row.cells
    )


def _member(book: Book, rng: random.Random) -> Planted | None:
    row = free_row(book, "members")
    if row is None:
        return None
    told: Row = {
        "family": "NO-SUCH",
        "member": "A-1",
        "name_zh": "示例规格",
        "name_en": "Example",
        "output": 5,
    }
    return at(
        "daily-member-family",
        Kind.STRUCTURE,
        {row.spot(name): told[name] for name in told},
        row.cells,
    )


def _code(book: Book) -> Value:
    spot = answer(book, "family", "family", subject(book))
    value: Value = book.value(spot) if spot else None
    return value


def _market(fault: str, wrong: Row) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        rows = {one.id: one for one in lines(book, "life")}
        if "scenario" not in rows or "q-market" not in rows:
            return None
        told: Row = {
            "scenario": "EU",
            "name_zh": "欧盟",
            "name_en": "EU",
            "q-market": "eu",
            **wrong,
        }
        found = {rows[name].spot("scenario:1"): told[name] for name in told if name in rows}
        bad = {rows[name].spot("scenario:1") for name in wrong if name in rows}
        return at(fault, Kind.STRUCTURE, found, bad) if bad else None

    return plant


# --- the file ------------------------------------------------------------------------------------


def _file(fault: str, change: Callable[[openpyxl.Workbook, Book], set[str]]) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        workbook = openpyxl.load_workbook(io.BytesIO(book.data))
        right = change(workbook, book)
        made = io.BytesIO()
        workbook.save(made)
        return (
            Planted(fault, Kind.STRUCTURE, {}, frozenset(right), data=made.getvalue())
            if right
            else None
        )

    return plant


def _copied(workbook: openpyxl.Workbook, book: Book) -> set[str]:
    """A sheet duplicated to try something out."""
    sheet = workbook[book.sheets["energy"]]
    workbook.copy_worksheet(sheet).title = "能源 (2)"
    return {"能源 (2)", "", sheet.title}


def _merged(workbook: openpyxl.Workbook, book: Book) -> set[str]:
    """A quarterly bill over three merged months."""
    line = metered(book)[0]
    sheet, row, column = line.spot("m4")
    workbook[sheet].merge_cells(
        start_row=row, end_row=row, start_column=column, end_column=column + 2
    )
    return {f"{sheet}!{workbook[sheet].cell(row, n).coordinate}" for n in range(column, column + 3)}


def _filtered(workbook: openpyxl.Workbook, book: Book) -> set[str]:
    """A row with amounts hidden by a filter."""
    line = metered(book)[-1]
    workbook[line.block.sheet].row_dimensions[line.number].hidden = True
    return {f"{line.block.sheet}!B{line.number}"}


SLIPS: tuple[tuple[str, Kind, str, Plant, bool], ...] = (
    (
        "land-plots",
        Kind.EVIDENCE,
        "plot history chosen, nothing to show for it",
        _land("plot-history", "daily-land-plots"),
        True,
    ),
    (
        "land-zero",
        Kind.EVIDENCE,
        "origin unknown and no land-use change",
        _land("unknown", "daily-land-zero"),
        True,
    ),
    (
        "land-papers",
        Kind.EVIDENCE,
        "the document on plots is one on something else",
        _no_papers,
        True,
    ),
    ("yield-over", Kind.BALANCE, "a step that gives more than it takes", _yield, False),
    ("member-family", Kind.STRUCTURE, "an article of a family that is not there", _member, False),
    (
        "market-unnamed",
        Kind.STRUCTURE,
        "a market without a code",
        _market("daily-market-unnamed", {"scenario": None}),
        False,
    ),
    (
        "market-unknown",
        Kind.STRUCTURE,
        "a market that no model has",
        _market("daily-market-unknown", {"q-market": "火星"}),
        False,
    ),
    (
        "market-distance",
        Kind.STRUCTURE,
        "a distance within the market as text",
        _market("daily-market-distance", {"q-distribution_distance": "很远"}),
        False,
    ),
    (
        "sheet-copied",
        Kind.STRUCTURE,
        "a sheet duplicated",
        _file("daily-sheet-copied", _copied),
        True,
    ),
    (
        "months-merged",
        Kind.STRUCTURE,
        "months merged for a quarterly bill",
        _file("daily-months-merged", _merged),
        True,
    ),
    (
        "row-filtered",
        Kind.STRUCTURE,
        "a row with amounts hidden by a filter",
        _file("daily-row-filtered", _filtered),
        True,
    ),
)
