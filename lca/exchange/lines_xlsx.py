"""The lines of a footprint by stage, for a customer who asks for an Excel file.

Amounts and factors of single lines tell recipe, suppliers and energy, so this file is for sealed
use: its first rows and every printed page say so. Sums are formulas; what the file cannot carry is
written down in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from factors.errors import FindingsError
from factors.findings import finding
from factors.store import FactorSet
from factors.texts import Lang
from lca.exchange.factor_sheet import source_of
from lca.exchange.sheets import MOST_ROWS, Book, Mark, Ref, Sheet, Span
from lca.footprint import Footprint
from lca.inventory import GATE
from lca.result import EXCLUDING, INCLUDING, Line
from lca.result_json import bilingual

_WIDTHS = {
    1: 24.0, 2: 40.0, 3: 16.0, 4: 10.0, 5: 18.0, 6: 10.0, 7: 15.0, 8: 34.0, 9: 24.0, 10: 60.0,
    11: 8.0,
}  # fmt: skip
_HEADS = (
    "process", "line_name", "amount_per_unit", "unit", "line_value", "share", "activity_kind",
    "factor", "release", "source", "place",
)  # fmt: skip
_VALUE, _SHARE = 5, 6


def lines_workbook(footprint: Footprint, factors: FactorSet, lang: Lang) -> bytes:
    """Return the lines by stage as the bytes of an .xlsx file.

    Parameters
    ----------
    footprint
        The computed footprint; its declared figure is shown.
    factors
        The factor library, for the sources.
    lang
        Language of everything a person reads.

    Raises
    ------
    FindingsError
        EXPORT-SIZE, when there are more lines than a person looks through.
    """
    if len(footprint.lines) > MOST_ROWS:
        raise FindingsError(finding("EXPORT-SIZE", count=len(footprint.lines), limit=MOST_ROWS))
    book = Book.new(lang)
    sheet = book.sheet("customer", _WIDTHS)
    row = sheet.heading(_name(sheet, footprint), sheet.say("note_customer"), 9)
    row = _subject(sheet, row, footprint)
    row = _stages(sheet, row, footprint, factors)
    _losses(sheet, row, footprint)
    sheet.finish(_WIDTHS, footer="footer_sealed")
    return book.done(("customer",))


def _name(sheet: Sheet, footprint: Footprint) -> str:
    product = footprint.system.product
    name = bilingual(product.get("name"), product["id"])[sheet.lang]
    return sheet.say("title_customer", product=name)


def _subject(sheet: Sheet, row: int, footprint: Footprint) -> int:
    """Write what the figure is of, and both totals."""
    declared, period = footprint.system.declared_unit, footprint.system.period
    per = bilingual(declared.get("name"), f"{declared['amount']} {declared['unit']}")
    told = [
        ("status_of_result", sheet.say("unverified")),
        ("sealed_use", sheet.say("sealed_use_text")),
        ("declared_unit", per[sheet.lang]),
        ("boundary", sheet.say(f"figure_{footprint.boundary}")),
        ("period", " - ".join(filter(None, (period.get("from"), period.get("to"))))),
        ("ruleset", f"{footprint.rules.id} {footprint.rules.edition}"),
        ("approach", sheet.say(footprint.approach)),
        ("grade", sheet.say(f"grade_{footprint.grade}")),
        ("system_hash", str(footprint.lock["system"])),
    ]
    for key, words in told:
        sheet.words(row, 1, sheet.say(key), bold=True)
        sheet.note(row, 2, words, 9)
        row += 1
    for total in (EXCLUDING, INCLUDING):
        sheet.words(row, 1, f"{sheet.say(total)}, {footprint.unit}", bold=True)
        sheet.number(row, 2, footprint.declared.total(total), Mark.STATED)
        row += 1
    return row + 1


def _stages(sheet: Sheet, row: int, footprint: Footprint, factors: FactorSet) -> int:
    """Write the lines of each stage with its sum, and the total of the stages."""
    sums: list[Ref] = []
    shares: list[Ref] = []
    for stage, lines in footprint.stages():
        title = bilingual(stage.name, stage.id)[sheet.lang]
        row = sheet.section(row, f"{title}  ({sheet.say('side_' + stage.side)})")
        row = sheet.columns(row, [sheet.say(head, unit=footprint.unit) for head in _HEADS])
        cells = [_line(sheet, row + n, line, footprint, factors) for n, line in enumerate(lines)]
        row += len(cells)
        sheet.words(row, 1, sheet.say("sum_of_stage"), bold=True)
        reach = Span(cells[0], cells[-1]) if cells else "0"
        sums.append(sheet.formula(row, _VALUE, f"SUM({reach})", strong=True))
        shares += [Ref(ref.sheet, ref.row, _SHARE) for ref in (*cells, sums[-1])]
        row += 2
    headline = sheet.say(footprint.headline)
    sheet.words(row, 1, f"{headline}, {footprint.unit}", bold=True)
    total = sheet.formula(row, _VALUE, _plus(sums), strong=True)
    for ref in shares:
        value = Ref(ref.sheet, ref.row, _VALUE)
        sheet.formula(ref.row, _SHARE, f"IF({total}=0,0,{value}/{total})")
        sheet.cell(ref.row, _SHARE).number_format = "0.0%"
    return row + 2


def _plus(refs: Sequence[Ref]) -> str:
    return "+".join(map(str, refs)) or "0"


def _line(sheet: Sheet, row: int, line: Line, footprint: Footprint, factors: FactorSet) -> Ref:
    exchange, factor = line.exchange, line.factor
    name = bilingual(exchange.name, exchange.flow or exchange.id)[sheet.lang]
    words = {
        1: exchange.process,
        2: name,
        4: exchange.unit,
        7: exchange.activity_kind,
        8: line.source,
        9: factor.release if factor else "",
        10: source_of(factor, factors) if factor else sheet.say("direct"),
        11: line.place,
    }
    for column, told in words.items():
        sheet.words(row, column, told)
    sheet.number(row, 3, Fraction(line.amount), Mark.STATED)
    return sheet.number(row, _VALUE, line.value(footprint.headline), Mark.STATED)


def _losses(sheet: Sheet, row: int, footprint: Footprint) -> None:
    """Write what this file does not carry."""
    row = sheet.section(row, sheet.say("block_losses"))
    for words in _lost(sheet, footprint):
        sheet.note(row, 1, words, 9)
        row += 1


def _lost(sheet: Sheet, footprint: Footprint) -> Iterable[str]:
    other = [line for line in footprint.lines if not line.counts(footprint.approach)]
    if other:
        yield sheet.say("loss_electricity", count=len(other))
    if footprint.boundary == GATE:
        yield sheet.say("loss_gate")
    yield from sheet.say("loss_text").split("\n")
