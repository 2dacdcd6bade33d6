"""A supplier's own figure: held against the rule set, brought to the unit it is used in.

A rejected figure is replaced by the factor that would stand without it; verdict and reasons are
findings either way, and what the report says (GWP, verification, period) goes into the factor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from factors.errors import UnitError
from factors.factor import BiogenicTreatment, EmissionFactor, SourceClass
from factors.findings import Finding, finding
from factors.numbers import decimal_text
from factors.units import Unit, unit
from lca.model_parts import ProductModel
from lca.ruleset import RuleSet
from lca.submission import EMPTY, Cell, FurtherEntry, RecordEntry, Submission, SupplierEntry
from lca.supplier_rules import ADJUST, REJECT, SupplierRule, strictest

KILOGRAM = "kg"
OLD_MONTHS = 36
CODES = {REJECT: "PCF-REJECTED", ADJUST: "PCF-ADJUSTED"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule set makes of a report for one use.

    Attributes
    ----------
    figure
        kg CO2e per unit of the account; None when rejected.
    reasons
        Rows of the table that applied.
    """

    verdict: str
    figure: Fraction | None
    reasons: tuple[SupplierRule, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    record: RecordEntry
    period: tuple[date | None, date | None]
    wanted: Unit
    counting: frozenset[str]


def accepted(
    submission: Submission, model: ProductModel, rules: RuleSet
) -> tuple[Submission, tuple[Finding, ...]]:
    """Return the submission with the figures that its rule set lets pass, and the verdicts.

    Suppliers whose report is rejected lose their figure; a further item has no other factor and
    its rejection blocks.
    """
    log: list[Finding] = []
    known = {record.record: record for record in submission.records}
    suppliers = tuple(
        _supplier(entry, known.get(entry.record), submission, model, rules, log)
        for entry in submission.suppliers
    )
    for item in submission.further:
        record = known.get(item.record)
        if record is not None:
            _further(item, record, submission, model, rules, log)
    return replace(submission, suppliers=suppliers), tuple(log)


def judge(
    record: RecordEntry,
    rules: Sequence[SupplierRule],
    wanted: Unit,
    period: tuple[date | None, date | None] = (None, None),
    counting: frozenset[str] = frozenset(),
) -> Verdict:
    """Hold a report against the table of a rule set.

    Parameters
    ----------
    rules
        The table; without one every report is rejected.
    wanted
        Unit of the account that the figure is used for.
    period
        First and last day of the reference period.
    """
    case = _Case(record, period, wanted, counting)
    reasons = tuple(rule for rule in rules if _TESTS[rule.when](case))
    verdict = strictest(reasons) if rules else REJECT
    figure = None if verdict == REJECT else _figure(case)
    return Verdict(verdict if figure is not None else REJECT, figure, reasons)


def own_figure(
    item: FurtherEntry, record: RecordEntry, submission: Submission, wanted: Unit, rules: RuleSet
) -> SupplierEntry:
    """Return a further item as the supplier whose figure it takes."""
    period = (submission.period_from, submission.period_to)
    told = judge(record, rules.supplier_figures, wanted, period)
    return SupplierEntry(
        account=item.entry.account.replace("_", "-"),
        name=record.supplier,
        share=EMPTY,
        country=item.details.get("country", ""),
        pcf=Cell(told.figure, f"kg CO2e/{wanted.symbol}", record.figure.where),
        evidence=record.evidence,
        where=item.where,
        record=record.record,
        accepted=record,
    )


def described(factor: EmissionFactor, record: RecordEntry | None) -> EmissionFactor:
    """Return a supplier's factor with what its report says."""
    if record is None:
        return factor
    verified = record.verification == "third-party"
    words = (record.supplier, record.product, record.standard, record.body, record.statement)
    return replace(
        factor,
        gwp_set=record.gwp if record.gwp not in ("", "unknown") else factor.gwp_set,
        biogenic_treatment=_TREATMENTS.get(record.biogenic, factor.biogenic_treatment),
        source_class=SourceClass.THIRD_PARTY_VERIFIED if verified else factor.source_class,
        valid_from=record.period_from.value if isinstance(record.period_from.value, date) else None,
        valid_to=record.valid_to.value if isinstance(record.valid_to.value, date) else None,
        locator=f"{record.record}: {'; '.join(filter(None, words))}",
    )


_TREATMENTS = {
    "excluded": BiogenicTreatment.EXCLUDED,
    "none": BiogenicTreatment.NONE,
}


def kind_of(record: RecordEntry | None) -> str:
    """Return the kind of factor that a supplier's figure is."""
    verified = record is not None and record.verification == "third-party"
    return "supplier-verified" if verified else "supplier"


# -- one figure ------------------------------------------------------------------------------


def _supplier(
    entry: SupplierEntry,
    record: RecordEntry | None,
    submission: Submission,
    model: ProductModel,
    rules: RuleSet,
    log: list[Finding],
) -> SupplierEntry:
    if record is None:
        if entry.pcf.number is not None:
            log.append(finding("PCF-NO-RECORD", entry.pcf.where, supplier=entry.name))
        return entry
    wanted = model.account(entry.account).unit
    period = (submission.period_from, submission.period_to)
    told = judge(record, rules.supplier_figures, wanted, period, model.counting)
    log.append(_said(told, record, entry.name, wanted))
    if told.figure is None:
        return replace(entry, pcf=EMPTY)
    figure = Cell(told.figure, f"kg CO2e/{wanted.symbol}", record.figure.where)
    evidence = tuple(dict.fromkeys((*entry.evidence, *record.evidence)))
    return replace(entry, pcf=figure, accepted=record, evidence=evidence)


def _further(
    item: FurtherEntry,
    record: RecordEntry,
    submission: Submission,
    model: ProductModel,
    rules: RuleSet,
    log: list[Finding],
) -> None:
    try:
        wanted = unit(item.entry.unit, model.counting)
    except UnitError:
        return  # reported where the account is booked
    period = (submission.period_from, submission.period_to)
    told = judge(record, rules.supplier_figures, wanted, period, model.counting)
    log.append(_said(told, record, item.name, wanted))
    if told.figure is None:
        log.append(finding("PCF-REJECTED-ALONE", item.where, item=item.name, code=record.record))


def _said(told: Verdict, record: RecordEntry, used: str, wanted: Unit) -> Finding:
    reasons = {
        lang: "; ".join(rule.text[lang] for rule in told.reasons) or "-" for lang in ("zh", "en")
    }
    figure = "-" if told.figure is None else f"{decimal_text(told.figure)} kg CO2e/{wanted.symbol}"
    return finding(
        CODES.get(told.verdict, "PCF-ACCEPTED"),
        record.figure.where,
        code=record.record,
        used=used,
        figure=figure,
        reasons_zh=reasons["zh"],
        reasons_en=reasons["en"],
    )


def _figure(case: _Case) -> Fraction | None:
    """Figure in kg CO2e per unit of the account; by mass where the report counts pieces."""
    figure, mass = case.record.figure.number, case.record.mass.number
    own = _own_unit(case)
    if figure is None or own is None:
        return None
    if own.dimension == case.wanted.dimension:
        return figure * case.wanted.scale / own.scale
    kilogram = unit(KILOGRAM)
    if mass is not None and case.wanted.dimension == kilogram.dimension:
        return figure / mass * case.wanted.scale / kilogram.scale
    return None


def _own_unit(case: _Case) -> Unit | None:
    try:
        return unit(case.record.unit, case.counting)
    except UnitError:
        return None


def _per_piece(case: _Case) -> bool:
    own = _own_unit(case)
    return own is not None and own.dimension != case.wanted.dimension and _figure(case) is not None


def _before(cell: Cell, day: date | None, months: int = 0) -> bool:
    """Whether a day lies more than some months before another."""
    if not isinstance(cell.value, date) or day is None:
        return False
    return (day.year - cell.value.year) * 12 + day.month - cell.value.month > months or (
        months == 0 and cell.value < day
    )


_TESTS: Mapping[str, Callable[[_Case], bool]] = {
    "boundary-unknown": lambda c: c.record.boundary in ("", "unknown"),
    "boundary-partial": lambda c: c.record.boundary == "partial",
    "delivered": lambda c: c.record.boundary == "delivered",
    "credit-inside": lambda c: c.record.credit == "yes",
    "credit-unknown": lambda c: c.record.credit in ("", "unknown"),
    "expired": lambda c: _before(c.record.valid_to, c.period[0]),
    "older-than-36-months": lambda c: _before(c.record.period_to, c.period[1], OLD_MONTHS),
    "gwp-older": lambda c: c.record.gwp in ("AR4-100", "AR5-100"),
    "gwp-unknown": lambda c: c.record.gwp in ("", "unknown"),
    "uptake-inside": lambda c: c.record.biogenic == "included",
    "uptake-unknown": lambda c: c.record.biogenic in ("", "unknown"),
    "market-electricity": lambda c: c.record.electricity == "market",
    "packaging-unknown": lambda c: c.record.packaging in ("", "unknown"),
    "unverified": lambda c: c.record.verification != "third-party",
    "per-piece": _per_piece,
    "unit-unfit": lambda c: _figure(c) is None,
}
