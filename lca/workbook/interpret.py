"""Found blocks -> Submission. Every problem is collected; nothing is computed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from factors.findings import Finding, Where
from lca.ledger import OUTPUT_KEY
from lca.submission import (
    EMPTY,
    Cell,
    CentreEntry,
    EvidenceEntry,
    FamilyEntry,
    InstrumentEntry,
    KeyEntry,
    SiteEntry,
    Submission,
    SupplierEntry,
)
from lca.workbook.accounts import accounts
from lca.workbook.desk import Desk, Entry, months_of
from lca.workbook.further import (
    abnormal,
    by_products,
    further,
    known_records,
    members,
    records,
    scenarios,
    yields,
)
from lca.workbook.layout import MAX_SUPPLIERS, MONTHS, Form, Kind
from lca.workbook.structure import not_there

PROVISIONAL = 12
"""A period of fewer months gives a provisional result."""

_TOLERANCE = Fraction(1, 10**9)
_CHINESE = re.compile("[\u3400-\u9fff]")
_CREDIT_CODE = re.compile("[0-9A-Z]{18}")
_SHA256 = re.compile("[0-9a-f]{64}")


def submission(
    desk: Desk, file: str, sha256: str, version: str, findings: tuple[Finding, ...]
) -> Submission:
    """Read everything that was found."""
    cover = _cover(desk)
    period = _period(desk)
    families = tuple(_families(desk, period.count))
    centres = tuple(_centres(desk))
    evidence = tuple(_evidence(desk, period.last))
    keys = tuple(_keys(desk))
    booked = accounts(desk, period.count, families, keys, cover["subject"].text)
    suppliers = tuple(_suppliers(desk))
    instruments = tuple(_instruments(desk))
    sites = tuple(_sites(desk))
    _register(desk, cover, sites)
    answers = _answers(desk)
    others, reports = tuple(further(desk)), tuple(records(desk))
    beside, steps = tuple(by_products(desk)), tuple(yields(desk, families))
    articles = tuple(members(desk, families))
    markets, marked = tuple(scenarios(desk)), tuple(abnormal(desk, period.count))
    reason = desk.answer("period", "reason")
    known_records(desk, reports)
    _subject(desk, cover["subject"], families)
    _proofs(desk, evidence, file)
    return Submission(
        file=file,
        sha256=sha256,
        model=desk.model.id,
        model_version=version,
        cover=cover,
        period_from=period.first,
        period_to=period.last,
        period_where=period.where,
        months=period.months,
        sites=sites,
        families=families,
        accounts=booked,
        keys=keys,
        centres=centres,
        suppliers=suppliers,
        instruments=instruments,
        evidence=evidence,
        answers=answers,
        findings=(*findings, *desk.cells.findings),
        period_reason=reason,
        further=others,
        by_products=beside,
        yields=steps,
        members=articles,
        records=reports,
        scenarios=markets,
        abnormal=marked,
    )


# -- cover, period, sites --------------------------------------------------------------------


def _cover(desk: Desk) -> dict[str, Cell]:
    form = desk.form.block("cover")
    asked = [f for f in form.rows if f.kind is not Kind.SHOWN] if isinstance(form, Form) else []
    cover = {field.id: desk.answer("cover", field.id, must=True) for field in asked}
    gtin = cover["gtin"]
    at = desk.spot("cover", "gtin")
    if gtin.text and at is not None and not _is_gtin(gtin.text):
        desk.cells.report("CELL-GTIN", at)
    for name in ("product_name_en", "maker_name_en"):
        spot = desk.spot("cover", name)
        if spot is not None and _CHINESE.search(cover[name].text):
            desk.cells.report("CELL-LANGUAGE", spot)
    return cover


def _register(desk: Desk, cover: Mapping[str, Cell], sites: tuple[SiteEntry, ...]) -> None:
    """The unified social credit code of a Chinese maker has eighteen characters."""
    told, at = cover["maker_id"].text, desk.spot("cover", "maker_id")
    home = bool(sites) and all(site.country.startswith("CN") for site in sites)
    if home and told and at is not None and not _CREDIT_CODE.fullmatch(told):
        desk.cells.report("CELL-CREDIT-CODE", at, count=len(told))


def _is_gtin(text: str) -> bool:
    """Whether digits and check digit of a GTIN are right."""
    if not text.isdecimal() or len(text) not in (8, 12, 13, 14):
        return False
    weighed = (int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(text[:-1])))
    return (10 - sum(weighed) % 10) % 10 == int(text[-1])


def _subject(desk: Desk, subject: Cell, families: tuple[FamilyEntry, ...]) -> None:
    at = desk.spot("cover", "subject")
    known = [family.family for family in families]
    told = at is not None and subject.text and "family" in desk.found.blocks
    if at is not None and told and subject.text not in known:
        desk.cells.report("CELL-FAMILY-UNKNOWN", at, known=", ".join(known) or "-")


@dataclass(frozen=True, slots=True)
class _Period:
    first: date | None
    last: date | None
    months: tuple[str, ...]
    where: Where

    @property
    def count(self) -> int:
        """Months to be filled; twelve while the period is not known."""
        return len(self.months) or len(MONTHS)


def _period(desk: Desk) -> _Period:
    start, end = (desk.answer("period", name, must=True) for name in ("from", "to"))
    first, last = start.value, end.value
    if not isinstance(first, date) or not isinstance(last, date):
        return _Period(None, None, (), end.where)
    months = _months(first, last)
    at = desk.spot("period", "to")
    if at is not None and months is None:
        desk.cells.report("CELL-PERIOD", at, first=first.isoformat(), last=last.isoformat())
    elif at is not None and months is not None and len(months) < PROVISIONAL:
        desk.cells.report("CELL-PERIOD-SHORT", at, months=len(months))
    return _Period(first, last, months or (), end.where)


def _months(first: date, last: date) -> tuple[str, ...] | None:
    """Names of the whole months from ``first`` to ``last``, None unless 1 to 12 whole ones."""
    after = last + timedelta(days=1)
    count = (after.year - first.year) * 12 + after.month - first.month
    if after.day != first.day or not 1 <= count <= len(MONTHS):
        return None
    start = first.year * 12 + first.month - 1
    return tuple(f"{(start + n) // 12}-{(start + n) % 12 + 1:02d}" for n in range(count))


def _sites(desk: Desk) -> Iterator[SiteEntry]:
    for entry in desk.entries("sites", one=True):
        yield SiteEntry(
            entry.code("site"),
            _bilingual(entry, "name"),
            _bilingual(entry, "address"),
            entry.country(),
            entry.where,
        )


def _bilingual(entry: Entry, name: str) -> dict[str, str]:
    return {lang: entry.text(f"{name}_{lang}") for lang in ("zh", "en")}


def _answers(desk: Desk) -> Mapping[str, Cell]:
    form = desk.form.block("answers")
    if not isinstance(form, Form):
        return {}
    desk.check_units("answers")
    return {field.id: desk.answer("answers", field.id) for field in form.rows}


# -- families --------------------------------------------------------------------------------


def _families(desk: Desk, count: int) -> Iterator[FamilyEntry]:
    desk.check_units("family")
    seen: set[str] = set()
    for slot in desk.used_slots("family", ("family", "output", "rejects")) or ("family:1",):
        entry = _family(desk, slot, count)
        at = desk.spot("family", "family", slot)
        if at is not None and entry.family in seen:
            desk.cells.report("CELL-DUPLICATE", at)
        if entry.family:
            yield entry
        seen.add(entry.family)


def _family(desk: Desk, slot: str, count: int) -> FamilyEntry:
    enums = [enum.id for enum in desk.model.enums if enum.scope == "family"]
    parameters = [p.id for p in desk.model.parameters if p.scope == "family" and p.ask]
    at = desk.spot("family", "family", slot)
    output_unit = _output_unit(desk, slot)
    return FamilyEntry(
        family=desk.answer("family", "family", slot, must=True).text,
        name={
            lang: desk.answer("family", f"name_{lang}", slot, must=True).text
            for lang in ("zh", "en")
        },
        output_unit=output_unit,
        output=_column(desk, "output", slot, output_unit, count, must=True),
        rejects=_column(desk, "rejects", slot, output_unit, count, must=False),
        enums={name: desk.answer("family", name, slot) for name in enums},
        parameters={name: desk.answer("family", name, slot) for name in parameters},
        where=at.where if at is not None else EMPTY.where,
        rework=_column(desk, "rework", slot, output_unit, count, must=False),
        begun_opening=_begun(desk, "opening", slot, output_unit),
        begun_closing=_begun(desk, "closing", slot, output_unit),
    )


def _begun(desk: Desk, end: str, slot: str, wanted: str) -> Cell:
    """Work in progress at one end of the period, in the unit of the output."""
    at = desk.spot("begun", end, slot)
    return EMPTY if at is None else desk.cells.number(at, "positive", wanted)


def _output_unit(desk: Desk, slot: str) -> str:
    """A unit of the declared unit's dimension, or the id of a sales unit of the model."""
    at = desk.spot("family", "output_unit", slot)
    if at is None:
        return ""
    sales = {unit.id for unit in desk.model.sales_units}
    if at.cell is not None and at.cell.value.strip() in sales:
        return at.cell.value.strip()
    return desk.cells.unit(at, desk.model.declared_unit.unit)


def _column(
    desk: Desk, block: str, slot: str, wanted: str, count: int, *, must: bool
) -> tuple[Cell, ...]:
    spots = [desk.spot(block, month, slot) for month in MONTHS]
    there = [at for at in spots if at is not None]
    if len(there) < len(MONTHS):
        return ()
    return months_of(desk, there, "positive", wanted, count, must=must)


# -- centres, keys ---------------------------------------------------------------------------


def _centres(desk: Desk) -> Iterator[CentreEntry]:
    seen: set[str] = set()
    for slot in desk.used_slots("centre", ("centres",)):
        at = desk.spot("centres", "centre", slot)
        told = {
            name: desk.answer("centres", name, slot, must=True).text
            for name in ("centre", "kind", "name_zh", "name_en", "key")
        }
        if at is not None and told["centre"] in seen:
            desk.cells.report("CELL-DUPLICATE", at)
        seen.add(told["centre"])
        if told["centre"] and at is not None:
            name = {lang: told[f"name_{lang}"] or told["centre"] for lang in ("zh", "en")}
            yield CentreEntry(told["centre"], told["kind"], name, told["key"], at.where)


def _keys(desk: Desk) -> Iterator[KeyEntry]:
    targets = _targets(desk)
    seen = {OUTPUT_KEY}
    for entry in desk.entries("keys"):
        key = entry.code("key")
        if key in seen:
            desk.cells.report("CELL-DUPLICATE", entry.spot("key"))
        seen.add(key)
        unit = desk.cells.unit(entry.spot("unit"), None, "1")
        values = {
            target: cell
            for slot, target in targets.items()
            if (cell := entry.number(slot, unit)).value is not None
        }
        _strays(entry, targets)
        if key:
            yield KeyEntry(key, entry.choice("kind"), unit, values, entry.where)


_TARGETS = (("family", "family"), ("centre", "centres"))
"""What a key may name, with the block that describes it."""


def _targets(desk: Desk) -> dict[str, str]:
    """Family and centre codes by slot; slots that nobody described are left out."""
    keys = desk.found.blocks.get("keys")
    if keys is None:
        return {}
    named: dict[str, str] = {}
    for base, block in _TARGETS:
        for slot in keys.slots(base):
            at = desk.spot(block, base, slot)
            code = at.cell.value.strip() if at is not None and at.cell is not None else ""
            if code:
                named[slot] = code.removesuffix(".0")
    return named


def _strays(entry: Entry, targets: Mapping[str, str]) -> None:
    """A value for a family or centre that is not described, on a sheet that is there."""
    there = [base for base, block in _TARGETS if block in entry.desk.found.blocks]
    for slot in (slot for base in there for slot in entry.block.slots(base)):
        if slot not in targets and slot in entry.fields and entry.spot(slot).filled:
            entry.desk.cells.report("CELL-SLOT-EMPTY", entry.spot(slot))


# -- suppliers, instruments, evidence --------------------------------------------------------


def _suppliers(desk: Desk) -> Iterator[SupplierEntry]:
    shares: dict[str, list[tuple[Entry, Cell]]] = {}
    for entry in desk.entries("suppliers"):
        account = entry.choice("account")
        share = entry.number("share")
        if account:
            shares.setdefault(account, []).append((entry, share))
            yield _supplier(desk, entry, account, share)
    for rows in shares.values():
        _sum_to_one(desk, rows)


def _supplier(desk: Desk, entry: Entry, account: str, share: Cell) -> SupplierEntry:
    unit = desk.model.account(account).unit.symbol
    return SupplierEntry(
        account=account,
        name=entry.text("name"),
        share=share,
        country=entry.country(),
        distance=entry.number("distance"),
        mode=entry.choice("mode"),
        factor=entry.factor("factor"),
        pcf=entry.number("pcf", f"kg CO2e/{unit}" if "/" not in unit else ""),
        evidence=desk.cells.codes(entry.spot("evidence")),
        where=entry.where,
        record=entry.record(),
    )


def _sum_to_one(desk: Desk, rows: list[tuple[Entry, Cell]]) -> None:
    if len(rows) > MAX_SUPPLIERS:
        last = rows[-1][0]
        at = last.spot("account")
        desk.cells.report("CELL-SUPPLIERS-MANY", at, count=len(rows), most=MAX_SUPPLIERS)
    numbers = [share.number for _, share in rows]
    if None in numbers:
        return
    total = sum((number for number in numbers if number is not None), Fraction(0))
    if abs(total - 1) > _TOLERANCE:
        shown = f"{float(total * 100):.6g} %"
        desk.cells.report("CELL-SHARES", rows[-1][0].spot("share"), total=shown)


def _instruments(desk: Desk) -> Iterator[InstrumentEntry]:
    energy = desk.cells.known("MWh")
    for entry in desk.entries("instruments"):
        unit = desk.cells.unit(entry.spot("unit"), energy)
        yield InstrumentEntry(
            instrument=entry.text("instrument"),
            technology=entry.choice("technology"),
            amount=entry.number("amount", unit or "MWh"),
            vintage=entry.day("vintage", month=True),
            retired_for=entry.text("retired_for"),
            evidence=desk.cells.codes(entry.spot("evidence")),
            where=entry.where,
            state=entry.choice("state"),
        )


def _evidence(desk: Desk, last: date | None) -> Iterator[EvidenceEntry]:
    seen: set[str] = set()
    for entry in desk.entries("evidence"):
        code, sha256 = entry.code("evidence"), entry.text("sha256").lower()
        if code and code in seen:
            desk.cells.report("CELL-DUPLICATE", entry.spot("evidence"))
        seen.add(code)
        if sha256 and not _SHA256.fullmatch(sha256):
            desk.cells.report("CELL-SHA256", entry.spot("sha256"))
            sha256 = ""
        kind, title, dated = entry.choice("kind"), entry.text("title"), entry.day("dated")
        told = {name: entry.text(name) for name in ("page", "issuer", "instrument")}
        until = entry.day("valid_to")
        if last is not None and isinstance(until.value, date) and until.value < last:
            told_day = {"day": until.value.isoformat(), "last": last.isoformat()}
            desk.cells.report("CELL-CERTIFICATE-EXPIRED", entry.spot("valid_to"), **told_day)
        if code:
            yield EvidenceEntry(
                code, kind, title, dated, sha256=sha256, where=entry.where, valid_to=until, **told
            )


def _proofs(desk: Desk, evidence: tuple[EvidenceEntry, ...], file: str) -> None:
    """Every evidence code named anywhere must be in the list of evidence."""
    if "evidence" not in desk.found.blocks:
        if any(codes for _, codes in desk.cells.proofs):
            desk.cells.findings.append(not_there("evidence", file))
        return
    known = {entry.evidence for entry in evidence}
    for at, codes in desk.cells.proofs:
        for code in codes:
            if code not in known:
                desk.cells.report("CELL-EVIDENCE-UNKNOWN", at, code=code)
