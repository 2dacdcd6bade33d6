"""A verifier's own recalculation: one workbook in which the whole result is calculated again.

From the reading of a meter to the label every number is either a formula or a marked cell: an
answer of the exporter with its cell, a row of the factor library with its locator, a definition, or
a number taken as given. Numbers that the product printed stand beside, for comparison only. Nothing
is hidden, nothing is protected, and the same footprint gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from factors.errors import FindingsError, ModelError
from factors.findings import finding
from factors.store import FactorSet
from factors.texts import Lang
from lca import allocation
from lca import model as product_model
from lca.compiled import Compiled
from lca.exchange.excel_formula import spelled
from lca.exchange.factor_sheet import write_factors
from lca.exchange.input_sheets import Inputs, write_amounts, write_green
from lca.exchange.ledger_sheets import write_ledger
from lca.exchange.ledger_view import LedgerView, view
from lca.exchange.line_sheets import Chain, open_result, write_lines, write_result
from lca.exchange.process_sheet import (
    OutputCells,
    Outputs,
    Supply,
    kinds,
    links_of,
    sheet_of,
)
from lca.exchange.sheets import MOST_ROWS, Book, Mark, Ref, Sheet
from lca.footprint import Footprint
from lca.inventory import Exchange, ProductSystem
from lca.model_parts import ProductModel
from lca.result_json import bilingual
from lca.system import compile_system

ORDER = (
    "readme", "result", "lines", "factors", "amounts", "inputs", "processes", "green", "shares",
    "keys", "meters", "evidence",
)  # fmt: skip
"""Sheets from the result back to the meters: the way a verifier vouches."""


def verifier_workbook(footprint: Footprint, factors: FactorSet, lang: Lang) -> bytes:
    """Return the workbook as the bytes of an .xlsx file.

    Parameters
    ----------
    footprint
        The computed footprint.
    factors
        The factor library it was computed with.
    lang
        Language of everything a person reads; ids stay as they are.

    Raises
    ------
    FindingsError
        EXPORT-SIZE or EXPORT-LOOP, when a spreadsheet cannot carry the system.
    """
    system = footprint.system
    if max(len(system.exchanges), len(footprint.lines), len(system.processes)) > MOST_ROWS:
        count = len(system.exchanges)
        raise FindingsError(finding("EXPORT-SIZE", count=count, limit=MOST_ROWS))
    compiled = compile_system(system, factors, footprint.gwp)
    book = Book.new(lang)
    ledger = view(system.ledger, system.product)
    result, approach, row = open_result(book, footprint)
    chain = _chain(book, footprint, compiled, ledger, factors)
    lines = write_lines(book, footprint, chain, approach, factors)
    gap = write_result(result, row, footprint, lines)
    _evidence(book, ledger)
    _readme(book, footprint, gap)
    return book.done(ORDER)


def _chain(
    book: Book,
    footprint: Footprint,
    compiled: Compiled,
    ledger: LedgerView | None,
    factors: FactorSet,
) -> Chain:
    """Write everything that the lines are calculated from."""
    system = footprint.system
    meters = write_ledger(book, ledger)
    green = write_green(book, ledger, meters)
    inputs = Inputs.on(book, system, ledger, meters, factors)
    for exchange in system.exchanges:
        inputs.of(exchange)
    sheet = sheet_of(book)
    row = sheet.heading(sheet.say("sheet_processes"), sheet.say("note_processes"), 8)
    outputs, row = Outputs(sheet, system, _model(system), inputs.unique()).write(row)
    references = {name: cells.reference for name, cells in outputs.items()}
    amounts = write_amounts(book, inputs, green, system.exchanges, references)
    credits = _credits(system)
    made, row = _made(sheet, row, system, outputs)
    amounts |= made
    links = links_of([*system.exchanges, *credits], amounts, system)
    runs: dict[str, Mapping[str, Ref]] = {}
    for kind in kinds([column.sheet for column in compiled.columns]):
        runs[kind], row = Supply(sheet, system, outputs, links, kind).write(row)
    return Chain(
        amounts=amounts,
        outputs=outputs,
        runs=runs,
        kinds={line.id: compiled.columns[line.column].sheet for line in compiled.lines},
        factors=write_factors(book, footprint.lines, footprint.gwp, factors),
    )


def _model(system: ProductSystem) -> ProductModel | None:
    """Return the shipped model a system was built from, None when its bytes differ."""
    stated = system.model or {}
    if stated.get("id") not in product_model.models():
        return None
    try:
        model = product_model.load(stated["id"])
    except ModelError:
        return None
    return model if model.sha256 == stated.get("sha256") else None


def _credits(system: ProductSystem) -> tuple[Exchange, ...]:
    """Return the substituted processes and factors as exchanges."""
    names = {process.id for process in system.processes}
    return tuple(
        line for process in system.processes for line in allocation.credit_lines(process, "", names)
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """A line that allocation makes: its id, the outputs behind it, its formula."""

    id: str
    formula: str


def _made(
    sheet: Sheet, row: int, system: ProductSystem, outputs: Mapping[str, OutputCells]
) -> tuple[dict[str, Ref], int]:
    """Write the amounts of lines that allocation makes: credits, and carbon that leaves."""
    lines = list(_made_lines(system, outputs))
    if not lines:
        return {}, row
    row = sheet.section(row, sheet.say("block_made"))
    row = sheet.columns(row, [sheet.say("exchange"), "", "", sheet.say("amount_per_reference")])
    found: dict[str, Ref] = {}
    for line in lines:
        sheet.words(row, 1, line.id, bold=True)
        found[line.id] = sheet.formula(row, 4, line.formula)
        row += 1
    return found, row + 1


def _made_lines(system: ProductSystem, outputs: Mapping[str, OutputCells]) -> Sequence[_Made]:
    atoms = spelled(allocation.CO2_PER_CARBON)
    found = []
    for process in system.processes:
        cells = outputs[process.id]
        for output in process.outputs:
            amount = cells.amounts[output.flow]
            if output.role == "substitute":
                found.append(_Made(f"{process.id}.{output.flow}.credit", f"-{amount}"))
            elif output.role in ("allocate", "cut-off") and output.carbon:
                formula = f"-{amount}*{cells.carbons[output.flow]}*{atoms}"
                found.append(_Made(f"{process.id}.{output.flow}.carbon", formula))
    return found


# --- words ---------------------------------------------------------------------------------------


def _evidence(book: Book, ledger: LedgerView | None) -> None:
    if ledger is None or not ledger.evidence:
        return
    widths = {1: 10.0, 2: 18.0, 3: 80.0, 4: 14.0, 5: 14.0, 6: 66.0}
    sheet = book.sheet("evidence", widths)
    row = sheet.heading(sheet.say("sheet_evidence"), "", 6)
    heads = "evidence_id kind title dated page sha256"
    row = sheet.columns(row, [sheet.say(head) for head in heads.split()])
    for item in ledger.evidence:
        for column, key in enumerate(("id", "kind", "title", "dated", "page", "sha256"), start=1):
            sheet.words(row, column, item.get(key, ""))
        row += 1
    sheet.finish(widths)


_MARKS = (Mark.INPUT, Mark.GIVEN, Mark.FACTOR, Mark.CONSTANT, Mark.STATED)


def _readme(book: Book, footprint: Footprint, gap: Ref) -> None:
    """Write what the workbook is, its marks, its way, and what it leaves out."""
    widths = {1: 30.0, 2: 46.0, 3: 46.0}
    sheet = book.sheet("readme", widths)
    row = sheet.heading(sheet.say("title_verifier"), sheet.say("note_verifier"), 3)
    for key, words in _subject(sheet, footprint):
        sheet.words(row, 1, sheet.say(key), bold=True)
        sheet.words(row, 2, words)
        sheet.canvas.merge(row, 2, 3)
        row += 1
    sheet.words(row, 1, sheet.say("largest_gap"), bold=True)
    sheet.formula(row, 2, gap, strong=True)
    row = sheet.section(row + 2, sheet.say("block_marks"))
    for mark in _MARKS:
        sheet.number(row, 1, Fraction(123), mark)
        sheet.note(row, 2, sheet.say(f"mark_{mark}"), 3)
        row += 1
    sheet.words(row, 1, sheet.say("mark_formula_name"))
    sheet.note(row, 2, sheet.say("mark_formula"), 3)
    for block in ("way", "limits"):
        row = sheet.section(row + 2, sheet.say(f"block_{block}"))
        for words in sheet.say(f"{block}_text").split("\n"):
            sheet.note(row, 1, words, 3)
            row += 1
    sheet.finish(widths)


def _subject(sheet: Sheet, footprint: Footprint) -> list[tuple[str, str]]:
    system, lock = footprint.system, footprint.lock
    declared = system.declared_unit
    period = system.period
    workbook = system.workbook or {}
    unit_name = bilingual(declared.get("name"), f"{declared['amount']} {declared['unit']}")
    return [
        ("product", bilingual(system.product.get("name"), system.product["id"])[sheet.lang]),
        ("declared_unit", unit_name[sheet.lang]),
        ("boundary", sheet.say(f"figure_{footprint.boundary}")),
        ("period", f"{period.get('from', '')} - {period.get('to', '')}".strip(" -")),
        ("ruleset", f"{footprint.rules.id} {footprint.rules.edition}"),
        ("status_of_result", sheet.say("unverified")),
        ("workbook", f"{workbook.get('name', '')}  {workbook.get('sha256', '')}".strip()),
        ("system_hash", str(lock["system"])),
        ("factor_set", str(lock["factor_set"])),
    ]
