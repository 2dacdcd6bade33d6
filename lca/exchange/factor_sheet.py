"""Factors and GWP values, one row per flow, each with release, source and locator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from factors.errors import FactorError
from factors.factor import LUMP, PARTS, EmissionFactor
from factors.gwp import GwpSet
from factors.store import FactorSet
from lca.exchange.sheets import Book, Mark, Ref, Sheet
from lca.result import Line

_WIDTHS = {
    1: 30.0, 2: 26.0, 3: 16.0, 4: 13.0, 5: 14.0, 6: 12.0, 7: 15.0, 8: 24.0, 9: 44.0, 10: 34.0,
    11: 15.0, 12: 40.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FactorCells:
    """Where the factors stand.

    Attributes
    ----------
    flows
        kg CO2e per unit by factor: part and cell.
    gwp
        kg CO2e per kg by gas.
    """

    flows: Mapping[str, tuple[tuple[str, Ref], ...]]
    gwp: Mapping[str, Ref]


def write_factors(
    book: Book, lines: Iterable[Line], gwp: GwpSet, factors: FactorSet
) -> FactorCells:
    """Write the factors and the gases that some lines use."""
    found = list(lines)
    used = {line.factor.id: line.factor for line in found if line.factor is not None}
    gases = {flow.gas for factor in used.values() for flow, _ in factor.values}
    gases |= {line.exchange.from_flow.partition(".")[2] for line in found if line.factor is None}
    sheet = book.sheet("factors", _WIDTHS)
    row = sheet.heading(sheet.say("sheet_factors"), sheet.say("note_factors"), 9)
    values, row = _gases(sheet, row, sorted(gases - {LUMP, ""}), gwp)
    row = sheet.section(row, sheet.say("block_factors"))
    heads = (
        "factor part gas value per_unit gwp_value co2e_per_unit release source locator status "
        "activity"
    )
    row = sheet.columns(row, [sheet.say(head) for head in heads.split()])
    cells: dict[str, tuple[tuple[str, Ref], ...]] = {}
    for name, factor in sorted(used.items()):
        cells[name] = _factor(sheet, row, factor, values, factors)
        row += max(1, len(factor.values))
    sheet.finish(_WIDTHS)
    return FactorCells(cells, values)


def _gases(sheet: Sheet, row: int, gases: list[str], gwp: GwpSet) -> tuple[dict[str, Ref], int]:
    row = sheet.section(row, sheet.say("block_gwp", name=gwp.id, report=gwp.report))
    heads = ("gas", "", "", "gwp_value", "basis", "status", "locator")
    row = sheet.columns(row, [sheet.say(head) if head else "" for head in heads])
    found: dict[str, Ref] = {}
    for gas in gases:
        try:
            value = gwp.value(gas)
        except FactorError:  # an elementary flow of the file's own has none and counts for nothing
            continue
        stated = gwp.rows.get(gas)
        sheet.words(row, 1, gas, bold=True)
        found[gas] = sheet.number(row, 4, value, Mark.FACTOR)
        sheet.words(row, 5, gwp.basis(gas))
        sheet.words(row, 6, stated.status if stated else "")
        sheet.words(row, 7, stated.locator if stated else "")
        row += 1
    return found, row + 1


def _factor(
    sheet: Sheet, row: int, factor: EmissionFactor, gwp: Mapping[str, Ref], factors: FactorSet
) -> tuple[tuple[str, Ref], ...]:
    told = factor.activity_zh if sheet.lang == "zh" else factor.activity_en
    ends = (factor.release, source_of(factor, factors), factor.locator, str(factor.status), told)
    found = []
    for line, (flow, amount) in enumerate(factor.values, start=row):
        sheet.words(line, 1, factor.id, bold=True)
        sheet.words(line, 2, flow.part)
        sheet.words(line, 3, flow.gas)
        value = sheet.number(line, 4, amount, Mark.FACTOR)
        sheet.words(line, 5, f"kg/{factor.unit}")
        times = "1" if flow.gas == LUMP else str(gwp[flow.gas])
        weight = sheet.formula(line, 6, times)
        ref = sheet.formula(line, 7, f"{value}*{weight}", strong=True)
        for column, words in enumerate(ends, start=8):
            sheet.words(line, column, words)
        if flow.part in PARTS:
            found.append((flow.part, ref))
    return tuple(found)


def source_of(factor: EmissionFactor, factors: FactorSet) -> str:
    """Return publisher, title and year of a factor's source; empty for a factor of the file."""
    if factor.id not in factors:
        return ""
    source = factors.source(factor)
    return ", ".join(filter(None, (source.publisher, source.title, source.year)))
