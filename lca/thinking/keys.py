"""A key measured in the unit of its account is a second measurement of that account.

What the recipes and lists say (standard consumption) is within a factor of two of what was
consumed, or one of the two has a slip in its unit or a share was taken for the whole. Keys that
share out several accounts measure none of them and are left alone; so are those of wastes, which
mostly measure what the waste comes from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from factors.errors import UnitError
from factors.findings import Finding
from factors.units import Unit, unit
from lca.ledger import Key
from lca.thinking.case import Case, Row, converts
from lca.thinking.sure import Sure, shown, thought

WIDE = 2.0
AGREE = 1.2
SLACK = 0.006
"""Rounding of shares to whole per cent."""
MEASURED = frozenset({"sub-meter", "standard-consumption", "mass", "pieces"})


def look(case: Case) -> Iterator[Finding]:
    """Hold each key against the one account it shares out."""
    yield from _hundred(case)
    yield from _other_meters(case)
    yield from _pieces(case)
    users = Counter(entry.key for entry in case.submission.accounts)
    for row in case.rows:
        key = case.books.ledger.key(row.booked.key)
        if key is None or users[key.id] != 1 or key.kind not in MEASURED:
            continue
        if row.rule.group == "waste" or not case.sound(key.where):
            continue
        told = _total(key, row, case)
        consumed = float(row.booked.consumed)
        if told is None or told <= 0 or consumed <= 0:
            continue
        ratio = consumed / told
        if not 1 / WIDE <= ratio <= WIDE and not _main_meter(key, row):
            shape = {"key": key.id, "told": shown(told), "booked": shown(consumed)}
            sure = Sure.LIKELY if max(ratio, 1 / ratio) > 5 else Sure.LOOK
            yield thought(
                "THINK-KEY-TOTAL", row.entry.where, sure, unit=row.booked.unit, **shape, **row.names
            )


def _hundred(case: Case) -> Iterator[Finding]:
    """Shares typed as per cent that do not make a hundred: a part is missing, or one is wrong."""
    for key in case.books.ledger.keys:
        total = float(sum(key.values.values(), Fraction(0)))
        shares = key.unit == "%" and case.sound(key.where)
        if shares and total > 0 and not any(abs(total - one) < SLACK * one for one in (1, 100)):
            told = {"key": key.id, "total": shown(total)}
            yield thought("THINK-KEY-PERCENT", key.where, Sure.LIKELY, **told)


def _other_meters(case: Case) -> Iterator[Finding]:
    """Sub-meters of another carrier: the water of a line says nothing of its power."""
    for row in case.rows:
        key = case.books.ledger.key(row.booked.key)
        if key is None or key.kind != "sub-meter" or not case.sound(key.where):
            continue
        own = _unit(key, case)
        if own is not None and row.rule.form == "metered" and not converts(own, row.rule.unit):
            told = {"key": key.id, "measured": key.unit, "unit": row.entry.unit}
            yield thought("THINK-KEY-METER", row.entry.where, Sure.LIKELY, **told, **row.names)


def _pieces(case: Case) -> Iterator[Finding]:
    """A key in finished pieces is the output once more."""
    made = {one.family: one for one in case.submission.families}
    good = {one.family: float(one.good) for one in case.books.ledger.outputs}
    declared = case.model.declared_unit
    for key in case.books.ledger.keys:
        own = _unit(key, case)
        counted = key.kind == "pieces" and own is not None and own.symbol == declared.unit.symbol
        if not counted or not case.sound(key.where):
            continue
        for family in sorted(made.keys() & key.values.keys()):
            told, booked = float(key.values[family]), good[family] * float(declared.amount)
            sound = all(case.sound(cell.where) for cell in made[family].output)
            if sound and told and booked and not 1 / AGREE <= told / booked <= AGREE:
                shape = {"key": key.id, "family": family, "unit": key.unit}
                shape |= {"told": shown(told), "booked": shown(booked)}
                yield thought("THINK-KEY-PIECES", key.where, Sure.LOOK, **shape)


def _unit(key: Key, case: Case) -> Unit | None:
    try:
        return unit(key.unit, case.model.counting) if key.unit else None
    except UnitError:
        return None


def _total(key: Key, row: Row, case: Case) -> float | None:
    """The sum of a key in the unit of the account, None when it measures something else."""
    own = _unit(key, case)
    if own is None or not converts(own, row.rule.unit):
        return None
    return float(sum(key.values.values(), Fraction(0)) * own.scale / row.rule.unit.scale)


def _main_meter(key: Key, row: Row) -> bool:
    """Sub-meters beside their main meter are looked at elsewhere."""
    return key.kind == "sub-meter" and key.unit == row.booked.unit
