"""A supplier's own figure beside the factor the model would take for the same thing.

A figure without verification that lies far below what is usual for the material is a question, not
good news; a thousand times off, it is kg per tonne. Where no line of the model takes a supplier's
figure, it changes nothing, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from factors.errors import CarbonLabelError
from factors.findings import Finding
from factors.gwp import gwp_set
from factors.store import FactorSet
from factors.units import unit
from lca.model_parts import FromSupplier, FromSupplierOrProcess
from lca.result import EXCLUDING, HEADLINES
from lca.submission import SupplierEntry
from lca.thinking.case import Case
from lca.thinking.sure import Sure, shown, thought

LOW, HIGH = 0.5, 2.5
SLIP = 20.0
USUAL_GWP = "AR6-100"


def look(case: Case) -> Iterator[Finding]:
    """Hold every stated figure against the model's own row."""
    yield from _unused(case)
    yield from _reports(case)
    if case.factors is None:
        return
    for entry in case.submission.suppliers:
        figure = entry.pcf.number
        usual = _usual(case, entry, case.factors)
        if figure is None or usual is None or usual <= 0:
            continue
        ratio = float(figure) / usual
        if not LOW <= ratio <= HIGH:
            told = {"name": entry.name, "figure": shown(float(figure)), "usual": shown(usual)}
            slip = ratio <= 0 or max(ratio, 1 / ratio) > SLIP
            sure = Sure.LIKELY if slip else Sure.LOOK
            yield thought("THINK-SUPPLIER-FIGURE", entry.pcf.where, sure, **told)


def _unused(case: Case) -> Iterator[Finding]:
    """Figures and rows of suppliers for an account that the model builds from inputs regardless."""
    takes = (FromSupplier, FromSupplierOrProcess)
    taken = {rule.each for rule in case.model.exchanges if isinstance(rule.origin, takes)}
    for entry in case.submission.suppliers:
        stated = entry.pcf.number is not None or bool(entry.factor)
        if stated and entry.account not in taken:
            of = case.model.account(entry.account).name
            told = {f"account_{lang}": word for lang, word in of.items()}
            yield thought(
                "THINK-SUPPLIER-UNUSED", entry.where, Sure.CERTAIN, name=entry.name, **told
            )


def _reports(case: Case) -> Iterator[Finding]:
    """What a report claims of itself, and whose it is."""
    for record in case.submission.records:
        if record.figure.number is not None and record.figure.number < 0:
            yield thought(
                "THINK-REPORT-NEGATIVE", record.figure.where, Sure.LIKELY, code=record.record
            )
        if record.verification == "third-party" and not (record.body and record.statement):
            yield thought("THINK-REPORT-UNPROVEN", record.where, Sure.LOOK, code=record.record)
    known = {record.record: record for record in case.submission.records}
    for entry in case.submission.suppliers:
        named = known.get(entry.record)
        if named is not None and _word(named.supplier) != _word(entry.name):
            told = {"code": entry.record, "name": entry.name, "other": named.supplier}
            yield thought("THINK-REPORT-OTHER", entry.where, Sure.LIKELY, **told)


def _word(name: str) -> str:
    return "".join(name.casefold().split())


def _usual(case: Case, entry: SupplierEntry, factors: FactorSet) -> float | None:
    """Return kg CO2e per unit of the account, by the row that stands in for a supplier's figure."""
    rules = [
        rule
        for rule in case.model.exchanges
        if rule.each == entry.account and isinstance(rule.origin, FromSupplier)
    ]
    for rule in rules:
        origin = rule.origin
        if not isinstance(origin, FromSupplier) or not case.answers.holds(rule.when):
            continue
        try:
            row = factors.get(case.answers.pick(origin.factor))
            per = unit(row.unit, case.model.counting)
            parts = row.co2e(gwp_set(USUAL_GWP).values)
        except CarbonLabelError:
            continue
        own = case.model.account(entry.account).unit
        if per.dimension == own.dimension:
            counted = (parts.get(part, Fraction(0)) for part in HEADLINES[EXCLUDING])
            return float(sum(counted, Fraction(0)) * own.scale / per.scale)
    return None
