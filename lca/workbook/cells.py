"""One cell -> one typed value, or a finding at that cell. Never an exception."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from factors.errors import UnitError
from factors.findings import Finding, Where, finding
from factors.numbers import decimal_text, fifteen
from factors.texts import LANGS, text
from factors.units import Unit, unit
from factors.written import Question, Setting, Written
from factors.written import read as read_number
from lca.model_parts import Text
from lca.submission import Cell
from lca.workbook.grid import GridCell
from lca.workbook.lists import Choice, fitting, recognise
from lca.workbook.locate import Block
from lca.workbook.shape import Shape, multiple, shape_of
from lca.workbook.stored import stored_day
from lca.workbook.values import cell_number, folded, is_not_finite, typed_day, typed_month

MAX_TEXT = 500
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 1, 1)
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_SEPARATORS = re.compile(r"[,;，；、\s]+")
_LONG_ID = re.compile(r"[0-9]{15,}(\.0)?|[0-9.]+e\+[0-9]+")


@dataclass(frozen=True, slots=True)
class Typed:
    """A number with the unit it is in."""

    value: Fraction
    unit: str


class Spot(NamedTuple):
    """A cell of a block; its place and what it is called are made up only when asked for.

    Attributes
    ----------
    name
        What its field is called.
    line
        What its row is called, where rows have names.
    """

    cell: GridCell | None
    block: Block
    row: int
    column: str
    name: Text
    line: Text | None = None

    @property
    def where(self) -> Where:
        """Its place."""
        return self.block.where(self.row, self.column)

    @property
    def label(self) -> Text:
        """What it is called: its row and its field."""
        if self.line is None:
            return self.name
        return {lang: f"{self.line[lang]} · {self.name[lang]}" for lang in LANGS}

    @property
    def filled(self) -> bool:
        """Whether somebody put anything there."""
        cell = self.cell
        return cell is not None and (bool(cell.value.strip()) or cell.kind == "empty")


def spot(block: Block, row: int, column: str, name: Text, line: Text | None = None) -> Spot:
    """Return a cell of a block."""
    return Spot(block.cell(row, column), block, row, column, name, line)


class CellReader:
    """Reads cells and collects what is wrong with them."""

    def __init__(self, counting: frozenset[str], *, from_1904: bool = False) -> None:
        self.findings: list[Finding] = []
        self.proofs: list[tuple[Spot, tuple[str, ...]]] = []
        self.reports: list[tuple[Spot, str]] = []
        self.asked = 0
        self.missing: Counter[str] = Counter()
        self._counting, self._from_1904 = counting, from_1904

    def report(self, code: str, at: Spot, /, **params: object) -> None:
        """Add a finding about a cell; it names the field in both languages."""
        saw = at.cell.value if at.cell is not None else ""
        known = {"saw": saw, "label_zh": at.label["zh"], "label_en": at.label["en"]}
        self.findings.append(finding(code, at.where, **{**known, **params}))

    def expect(self, at: Spot, *, there: bool) -> None:
        """Count one thing that must be filled in, and where it is not."""
        self.asked += 1
        if not there:
            self.missing[at.block.sheet.name] += 1

    def usable(self, at: Spot, *, must: bool) -> bool:
        """Whether a cell holds something that can be looked at; say why not."""
        cell = at.cell
        if must:
            self.expect(at, there=at.filled)
        if cell is not None and cell.kind == "empty":
            self.report("CELL-FORMULA-UNCALCULATED", at, formula=cell.formula)
            return False
        if cell is None or not cell.value.strip():
            if must:
                self.report("CELL-MISSING", at)
            return False
        if cell.kind == "error":
            self.report("CELL-ERROR", at, **said("of_formula", formula=cell.formula))
            return False
        if cell.formula:
            self.report("CELL-FORMULA", at, formula=cell.formula)
        return True

    # -- numbers ---------------------------------------------------------------------------

    def number(self, at: Spot, sign: str = "any", wanted: str = "", *, must: bool = False) -> Cell:
        """Read a number; ``wanted`` is the unit it is in, ``sign`` what the row allows."""
        nothing = Cell(None, wanted, at.where)
        if not self.usable(at, must=must) or at.cell is None:
            return nothing
        try:
            typed = self._number(at, at.cell, wanted)
        except OverflowError:
            self.report("CELL-NOT-FINITE", at)
            return nothing
        if typed is None or not self._signed(at, typed.value, sign):
            return nothing
        return Cell(typed.value, typed.unit, at.where)

    def _number(self, at: Spot, cell: GridCell, wanted: str) -> Typed | None:
        match cell.kind:
            case "number":
                value = cell_number(cell.value)
                return self._shown(at, cell, value, wanted)
            case "date" | "time":
                self.report("CELL-DATE-IN-NUMBER", at, saw=cell.value.removesuffix("T00:00:00"))
            case "text":
                return self._typed(at, cell, wanted)
            case _:
                self.report("CELL-NOT-A-NUMBER", at)
        return None

    def _shown(self, at: Spot, cell: GridCell, value: Fraction, wanted: str) -> Typed | None:
        """Compare what is stored with what the number format shows of it.

        A cell shown as a percentage holds the ratio, whatever unit the field is in.
        """
        shape = shape_of(cell.format)
        if shape.percent and wanted not in ("1", "%"):
            self.report("CELL-PERCENT", at, stored=cell.value, unit=wanted or "-")
            return None
        if not shape.percent and not self._words_agree(at, cell, shape, wanted):
            return None
        shown = shape.shown(value)
        if abs(shown - value) > abs(value) / 100:
            told = {"stored": decimal_text(value), "shown": decimal_text(shown)}
            self.report("CELL-FORMAT-ROUNDED", at, **told)
        return Typed(value, "1" if shape.percent else wanted)

    def _words_agree(self, at: Spot, cell: GridCell, shape: Shape, wanted: str) -> bool:
        """Whether the words of a number format say what is stored; they change no number."""
        times, rest = (1, shape.words) if self._symbol(shape.words) else multiple(shape.words)
        told = {"stored": cell.value, "words": shape.words, "format": cell.format}
        symbol = self._symbol(rest)
        if symbol and wanted and symbol != wanted:
            self.report("CELL-FORMAT-UNIT", at, unit=wanted, **told)
            return False
        if times not in (1, shape.scale):
            self.report("CELL-FORMAT-MULTIPLE", at, **told)
            return False
        if shape.scale > 1:
            self.report("CELL-FORMAT-SCALED", at, scale=shape.scale, **told)
        return True

    def _symbol(self, words: str) -> str:
        """Canonical spelling of words that are a unit, else nothing."""
        try:
            return unit(words, self._counting).symbol if words else ""
        except UnitError:
            return ""

    def _typed(self, at: Spot, cell: GridCell, wanted: str) -> Typed | None:
        """A number typed as text: understood, asked about, or refused."""
        if is_not_finite(cell.value):
            raise OverflowError(cell.value)
        told = read_number(cell.value, Setting(counting=self._counting), at.where)
        if not isinstance(told, Written):
            if typed_month(cell.value) is not None:
                self.report("CELL-DATE-IN-NUMBER", at)
                return None
            asked = told.asked if isinstance(told, Question) else told
            self.findings.append(_of_cell(asked, cell.value))
            return None
        ratio = told.unit is not None and told.unit.symbol == "%" and wanted == "1"
        if told.unit is not None and told.unit.symbol != wanted and not ratio:
            unit = told.unit.symbol
            self.report("CELL-UNIT-IN-NUMBER", at, unit=unit, expected=wanted or "-")
            return None
        self.report("CELL-NUMBER-AS-TEXT", at, understood=str(told))
        remark = told.remark(at.where)
        self.findings.extend([remark] if remark is not None else [])
        return Typed(fifteen(told.value / 100 if ratio else told.value), wanted)

    def _signed(self, at: Spot, value: Fraction, sign: str) -> bool:
        if value < 0 and sign != "any":
            self.report("CELL-NEGATIVE", at)
            return False
        if value == 0 and sign == "above-zero":
            self.report("CELL-ZERO", at)
            return False
        return True

    def known(self, symbol: str) -> Unit:
        """Return a unit of the model."""
        return unit(symbol, self._counting)

    # -- units, texts, choices, dates --------------------------------------------------------

    def unit(
        self, at: Spot, like: Unit | None, default: str = "", also: frozenset[str] = frozenset()
    ) -> str:
        """Read a unit of the dimension of ``like`` or one of ``also``; empty when unusable."""
        if not self.usable(at, must=not default) or at.cell is None:
            return "" if at.filled else default
        try:
            found = unit(at.cell.value, self._counting, where=at.where)
        except UnitError as error:
            self.findings.extend(error.findings)
            return ""
        if like is not None and found.dimension not in {like.dimension, *also}:
            fit = " / ".join(fitting(like.symbol, self._counting))
            told = finding("UNIT-DIMENSION", at.where, saw=found.symbol, expected=fit)
            self.findings.append(told)
            return ""
        return found.symbol

    def text(self, at: Spot, *, must: bool = False, is_id: bool = False) -> str:
        """Read text, empty when there is none that can be used; a number is taken as written."""
        if not self.usable(at, must=must) or at.cell is None:
            return ""
        value = _whole(at.cell)
        if is_id and at.cell.kind == "number" and _LONG_ID.fullmatch(at.cell.value):
            self.report("CELL-ID-NUMBER", at)
            return ""
        if len(value) > MAX_TEXT or not value.isprintable():
            self.report("CELL-TEXT", at, limit=MAX_TEXT)
            return ""
        return value

    def code(self, at: Spot, *, must: bool = False) -> str:
        """Read a code that other cells may name."""
        value = folded(self.text(at, must=must))
        if value and not CODE.fullmatch(value):
            self.report("CELL-CODE", at)
            return ""
        return value

    def codes(self, at: Spot) -> tuple[str, ...]:
        """Read the codes of evidence in one cell; they are remembered to be looked up."""
        value = folded(self.text(at))
        named = tuple(dict.fromkeys(filter(None, _SEPARATORS.split(value))))
        self.proofs.append((at, named))
        return named

    def choice(self, at: Spot, options: Sequence[Choice], *, must: bool = False) -> str:
        """Read a choice by its id or by its name in either language; return the id."""
        given = self.text(at, must=must)
        if not given:
            return ""
        found, close = recognise(given, options)
        if not found:
            shown = {lang: " / ".join(o.name[lang] for o in options[:8]) for lang in ("zh", "en")}
            near = {lang: " / ".join(o.name[lang] for o in close) for lang in LANGS}
            self.report(
                "CELL-CHOICE", at, options_zh=shown["zh"], options_en=shown["en"],
                **said("of_close", **near),
            )  # fmt: skip
        return found

    def day(self, at: Spot, *, must: bool = False, month: bool = False) -> Cell:
        """Read a date; with ``month`` a year or a month will do."""
        found = None
        if self.usable(at, must=must) and at.cell is not None:
            found = self._day(at, at.cell, month=month)
        return Cell(found, "", at.where)

    def _day(self, at: Spot, cell: GridCell, *, month: bool) -> date | None:
        if cell.kind == "date":
            return date.fromisoformat(cell.value[:10])
        value, is_number = _whole(cell), cell.kind == "number"
        found = (typed_month if month else typed_day)(value)
        serial = stored_day(value) if is_number and found is None and not self._from_1904 else None
        found = serial or found
        if found is None or not FIRST_DAY <= found <= LAST_DAY:
            self.report("CELL-DATE", at)
            return None
        if serial or not month:
            code = "CELL-DATE-AS-NUMBER" if is_number else "CELL-DATE-AS-TEXT"
            self.report(code, at, understood=found.isoformat())
        return found


def said(phrase: str, /, **parts: str) -> dict[str, str]:
    """Return a phrase in both languages, as parameters; nothing where there is nothing to say."""
    there = any(parts.values())
    named = {lang: text(f"workbook_phrase.{phrase}", lang, **parts) for lang in LANGS}
    return {f"{phrase}_{lang}": named[lang] if there else "" for lang in LANGS}


def _of_cell(told: Finding, whole: str) -> Finding:
    """Return a finding about a piece of a text with all that stands in the cell in its place."""
    return finding(told.code, told.where, **{**dict(told.params), "text": whole})


def _whole(cell: GridCell) -> str:
    """Text of a cell; 500.0 is 500."""
    value = cell.value.strip()
    return value.removesuffix(".0") if cell.kind == "number" else value
