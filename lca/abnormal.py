"""Abnormal months: a shut-down, an accident. They count, and what they change is shown.

A figure covers its twelve months as they were. A maker who calls a month abnormal says why, and
both results stand side by side: with that month, which is the declared one, and without it. Nothing
is left out silently, and a low season is not abnormal.

Without a month means: what was read month by month (meters, output) does without that month. What
is known for the whole period only (stocks, purchases, yearly totals, keys, certificates) stays the
same per unit of product: a month of deliveries is not a month of use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from factors.findings import Finding, finding
from factors.texts import LANGS, catalogue
from lca.booking import keep_books
from lca.boundary import boundary_name
from lca.model_parts import ProductModel
from lca.submission import EMPTY, AccountEntry, Cell, FamilyEntry, KeyEntry, Submission

ZERO, ONE = Fraction(0), Fraction(1)
MOST = 2
"""More abnormal months than these are a season, or the ordinary course of the plant."""

METERED = "metered"


@dataclass(frozen=True, slots=True)
class Effect:
    """The declared figure with and without the abnormal months, in one unit."""

    boundary: str
    unit: str
    with_them: Fraction
    without: Fraction

    @property
    def relative(self) -> Fraction:
        """How much the figure changes when they are left out, as a share of the declared one."""
        return (self.without - self.with_them) / abs(self.with_them) if self.with_them else ZERO


def marked(submission: Submission) -> tuple[int, ...]:
    """Return the numbers of the abnormal months, each once."""
    return tuple(sorted({one.month for one in submission.abnormal if one.month}))


def remarks(submission: Submission) -> Iterator[Finding]:
    """Say of every abnormal month that it counts, and whether they are too many."""
    words = catalogue()["workbook_abnormal"]
    for entry in submission.abnormal:
        if entry.month:
            kinds = {f"kind_{lang}": words.get(entry.kind, {}).get(lang, "-") for lang in LANGS}
            told = {"month": entry.month, "reason": entry.reason or "-", **kinds}
            yield finding("ABNORMAL-MONTH", entry.where, **told)
    months = marked(submission)
    if len(months) > MOST:
        where = submission.abnormal[0].where
        yield finding("ABNORMAL-MANY", where, months=_shown(months), most=MOST)


def effect(submission: Submission, told: Effect | None) -> Iterator[Finding]:
    """Show both results at the first abnormal month, or say that there is but one."""
    months = marked(submission)
    where = submission.abnormal[0].where
    if told is None:
        yield finding("ABNORMAL-ALONE", where, months=_shown(months))
        return
    numbers = {"counted": _rounded(told.with_them), "left": _rounded(told.without)}
    change = f"{float(told.relative):+.2%}"
    place = {f"figure_{lang}": boundary_name(told.boundary, lang) for lang in LANGS}
    place |= {"months": _shown(months), "unit": told.unit}
    yield finding("ABNORMAL-EFFECT", where, change=change, **numbers, **place)


def without(submission: Submission, model: ProductModel) -> Submission:
    """Return the submission as if its abnormal months had not been."""
    months = frozenset(marked(submission))
    left = _share_left(submission, model, months)
    accounts = tuple(_account(one, model, months, left) for one in submission.accounts)
    shrunk = _shrunk(submission.accounts, accounts, left)
    return replace(
        submission,
        families=tuple(_family(one, months) for one in submission.families),
        accounts=accounts,
        keys=tuple(_key(one, shrunk.get(one.key, left)) for one in submission.keys),
        further=tuple(replace(one, entry=_scaled(one.entry, left)) for one in submission.further),
        instruments=tuple(
            replace(one, amount=_times(one.amount, left)) for one in submission.instruments
        ),
        abnormal=(),
    )


def _share_left(submission: Submission, model: ProductModel, months: Collection[int]) -> Fraction:
    """Share of the year's good output, of all families, that was made in the other months."""
    whole = left = ZERO
    for made in keep_books(submission, model).ledger.outputs:
        whole += sum(made.months, ZERO)
        left += sum((one for n, one in enumerate(made.months, 1) if n not in months), ZERO)
    return left / whole if whole else ONE


def _family(family: FamilyEntry, months: Collection[int]) -> FamilyEntry:
    return replace(
        family,
        output=_others(family.output, months),
        rejects=_others(family.rejects, months),
        rework=_others(family.rework, months),
    )


def _account(
    entry: AccountEntry, model: ProductModel, months: Collection[int], left: Fraction
) -> AccountEntry:
    """Leave the months of a meter out; bring everything else down with the output."""
    if entry.form != "period":
        return entry
    if model.account(entry.account).form == METERED and len(entry.months) > 1:
        return replace(entry, months=_others(entry.months, months), control_total=EMPTY)
    return _scaled(entry, left)


def _scaled(entry: AccountEntry, times: Fraction) -> AccountEntry:
    return replace(
        entry,
        months=tuple(_times(cell, times) for cell in entry.months),
        opening=_times(entry.opening, times),
        closing=_times(entry.closing, times),
        returned=_times(entry.returned, times),
        control_total=EMPTY,
    )


def _shrunk(
    before: tuple[AccountEntry, ...], after: tuple[AccountEntry, ...], left: Fraction
) -> Mapping[str, Fraction]:
    """How far the values of each key come down with its accounts; shares stay as they are.

    Sub-meters may not add up to more than what is left of their main meter.
    """
    least: dict[str, Fraction] = {}
    for one, other in zip(before, after, strict=True):
        whole, rest = _sum(one), _sum(other)
        if one.key and whole > 0:
            least[one.key] = min(least.get(one.key, left), rest / whole)
    return least


def _sum(entry: AccountEntry) -> Fraction:
    return sum((cell.number or ZERO for cell in entry.months), ZERO)


def _key(key: KeyEntry, times: Fraction) -> KeyEntry:
    return replace(key, values={name: _times(cell, times) for name, cell in key.values.items()})


def _others(cells: tuple[Cell, ...], months: Collection[int]) -> tuple[Cell, ...]:
    return tuple(cell for number, cell in enumerate(cells, 1) if number not in months)


def _times(cell: Cell, times: Fraction) -> Cell:
    return cell if cell.number is None else replace(cell, value=cell.number * times)


def _shown(months: Collection[int]) -> str:
    return ", ".join(map(str, months))


def _rounded(value: Fraction) -> str:
    """Six digits, for a sentence."""
    return f"{float(value):,.6g}"
