"""A site's accounts held against themselves: stocks, control totals, sub-meters, odd months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from statistics import median

from factors.findings import Finding, finding
from lca.ledger import Account, Ledger

IDLE = Fraction(1, 10)
"""A month with less than this share of the mean month's output stands idle."""
LIKE = 2
"""Up to so many times the usual use per unit of output goes with the season."""


def review(ledger: Ledger, unsound: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """Look at the accounts as a tired verifier would like somebody to have done.

    Accounts that could not be read in full (``unsound``) are left out: what would be said of
    them follows from the fault that is named already.
    """
    return tuple(
        note
        for account in ledger.accounts
        if account.id not in unsound
        for note in _review_account(account, ledger)
    )


def _review_account(account: Account, ledger: Ledger) -> Iterable[Finding]:
    if account.consumed < 0:
        yield finding(
            "LEDGER-NEGATIVE",
            account.where,
            **account.shown,
            amount=_plain(account.consumed),
            unit=account.unit,
        )
    yield from _control(account)
    yield from _odd_months(account, _made(ledger))
    key = ledger.key(account.key)
    if key is not None and key.kind == "sub-meter" and key.unit == account.unit:
        metered = sum(key.values.values(), Fraction(0))
        if metered > account.consumed:
            yield finding(
                "LEDGER-SUBMETERS",
                key.where,
                **account.shown,
                unit=account.unit,
                metered=_plain(metered),
                total=_plain(account.consumed),
            )


def _control(account: Account) -> Iterable[Finding]:
    """A control total may differ by 1 % (rule of the site ledger)."""
    total = account.control_total
    if total is not None and abs(account.consumed - total) > abs(total) / 100:
        yield finding(
            "LEDGER-CONTROL",
            account.where,
            **account.shown,
            unit=account.unit,
            booked=_plain(account.consumed),
            control=_plain(total),
            source=account.control_source,
        )


def _made(ledger: Ledger) -> tuple[Fraction, ...]:
    """Good output of the site month by month; empty where families differ in their months."""
    series = [one.months for one in ledger.outputs]
    if len({len(months) for months in series}) != 1:
        return ()
    return tuple(sum(month, Fraction(0)) for month in zip(*series, strict=True))


def _odd_months(account: Account, made: Sequence[Fraction]) -> Iterable[Finding]:
    """A month at zero or beyond three times the median is worth a question.

    Months that go with the output of the site are its season: they are named together, once.
    """
    months = account.months
    if len(months) < 6 or not any(months):
        return
    middle = median(months)
    odd = [n for n, value in enumerate(months) if _odd(value, middle)]
    season = [n for n in odd if _goes_with(months, made, n)]
    if season:
        told = ", ".join(str(n + 1) for n in season)
        yield finding("LEDGER-SEASON", account.where, **account.shown, months=told)
    for n in odd:
        if n not in season:
            yield finding(
                "LEDGER-ODD-MONTH",
                account.month_places[n] if account.month_places else account.where,
                **account.shown,
                month=n + 1,
                value=_plain(months[n]),
                median=_plain(middle),
                unit=account.unit,
            )


def _odd(value: Fraction, middle: Fraction) -> bool:
    return middle > 0 and (value == 0 or value > 3 * middle)


def _goes_with(months: Sequence[Fraction], made: Sequence[Fraction], n: int) -> bool:
    """Whether nothing was used where nothing was made, or much where much was made."""
    if len(made) != len(months) or not any(made):
        return False
    little = IDLE * sum(made) / len(made)
    if made[n] <= little:
        return months[n] == 0
    busy = [used / output for used, output in zip(months, made, strict=True) if output > little]
    return 0 < months[n] <= LIKE * median(busy) * made[n]


def _plain(value: Fraction) -> str:
    """A readable rounding for messages only."""
    digits = max(0, 5 - len(str(int(abs(value)))) + 1)
    shown = f"{float(value):,.{digits}f}"
    return shown.rstrip("0").rstrip(".") if digits else shown
