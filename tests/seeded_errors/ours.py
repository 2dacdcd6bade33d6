"""Our own validator: what ``carbonlabel check`` says, by the path every command takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from factors.errors import CarbonLabelError
from factors.findings import Finding
from factors.store import FactorSet, load
from lca import ruleset, study, system_file
from lca.build import Built, build
from lca.footprint import compute
from lca.model import models
from lca.workbook.grid import Grid, GridCell
from lca.workbook.parse import parse
from lca.workbook.read import interpret
from tests.seeded_errors.book import Broken, Formula, Shown, Spot, Value
from tests.seeded_errors.corpus import Spoilt, clean
from tests.seeded_errors.places import model_of
from tests.seeded_errors.score import Seen

RULES = "iso14067-generic"
NAME = "workbook.xlsx"


@cache
def rules() -> ruleset.RuleSet:
    """The general rule set."""
    return ruleset.load(RULES)


@cache
def factors() -> FactorSet:
    """The shipped library."""
    return load()


def check(data: bytes) -> list[Seen]:
    """Study a file as every command does: guarded reading, ledger, checks, result and its bands."""
    try:
        found = study.study(data, NAME, factors=factors()).findings
    except CarbonLabelError as refusal:
        found = refusal.findings
    return [_seen(one) for one in found]


def check_quickly(spoilt: Spoilt) -> list[Seen]:
    """The same without zip, XML and a child: edits go into the parsed cells of the clean file.

    ``test_seeded_errors.py`` holds both against each other.
    """
    if spoilt.planted and spoilt.planted[0].data is not None:
        return _check_here(spoilt.data)
    edits = {spot: value for one in spoilt.planted for spot, value in one.edits.items()}
    return [_seen(found) for found in findings(_edited(_clean(spoilt.model), edits))]


def _check_here(data: bytes) -> list[Seen]:
    """Without the child that guards against hostile files and costs a second more."""
    try:
        grid = parse(data, NAME)
    except CarbonLabelError as refusal:
        return [_seen(found) for found in refusal.findings]
    return [_seen(found) for found in findings(grid)]


@cache
def _clean(model: str) -> Grid:
    return parse(clean(model).data)


def _edited(grid: Grid, edits: Mapping[Spot, Value]) -> Grid:
    sheets = []
    for sheet in grid.sheets:
        cells = dict(sheet.cells)
        for (name, row, column), value in edits.items():
            if name == sheet.name:
                made = _as_parsed(value, cells.pop((row, column), None))
                cells |= {(row, column): made} if made is not None else {}
        sheets.append(replace(sheet, cells=cells))
    return replace(grid, sheets=tuple(sheets))


def _as_parsed(value: Value, old: GridCell | None) -> GridCell | None:
    """What the parser makes of a cell."""
    shape = old.format if old is not None and old.kind in ("number", "date") else ""
    match value:
        case None | "":
            return None
        case bool():
            return GridCell("bool", "TRUE" if value else "FALSE")
        case int() | float():
            return GridCell("number", repr(value), shape if old and old.kind == "number" else "")
        case str():
            return GridCell("text", value)
        case date():
            return GridCell("date", f"{value.isoformat()}T00:00:00")
        case Shown(number, told):
            return GridCell("number", repr(number), told)
        case Formula(text, None):
            return GridCell("empty", "", "", f"={text}")
        case Formula(text, result):
            return GridCell("number", repr(result), shape, f"={text}")
        case Broken(text):
            return GridCell("error", text)


def findings(grid: Grid) -> tuple[Finding, ...]:
    """Everything that is noticed, each once: the steps of :func:`lca.study.study` after reading."""
    model = model_of(told_model(grid))
    submission = interpret(grid, NAME, "0" * 64, model, factors())
    if not submission.families:
        return tuple(dict.fromkeys(submission.findings))
    built = build(submission, model, rules(), factors())
    return tuple(dict.fromkeys((*built.findings, *_result(built))))


def _result(built: Built) -> tuple[Finding, ...]:
    """What the result says of itself: boundary algebra, bands, carbon, coverage."""
    if built.system is None:
        return ()
    try:
        system = system_file.read(system_file.canonical(built.system), file=NAME)
        return compute(system, factors(), rules()).findings
    except CarbonLabelError as refusal:
        return refusal.findings


def told_model(grid: Grid) -> str:
    """The model a file names; any other where it names none, which the reader then says."""
    known = models()
    texts = (cell.value for cell in grid.sheets[0].cells.values() if cell.kind == "text")
    return next((text for text in texts if text in known), known[0])


def _seen(found: Finding) -> Seen:
    where = found.where
    place = f"{where.sheet}!{where.cell}" if where.cell else where.sheet
    return Seen(place, found.code, str(found.severity))
