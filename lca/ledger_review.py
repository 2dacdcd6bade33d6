"""A site's accounts held against themselves: stocks, control totals, sub-meters, odd months."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from factors.findings import Finding, finding
from lca.ledger import Account, Ledger


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
    yield from _odd_months(account)
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


def _odd_months(account: Account) -> Iterable[Finding]:
    """A month at zero or beyond three times the median is worth a question."""
    if len(account.months) < 6 or not any(account.months):
        return
    ranked = sorted(account.months)
    median = (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2
    for number, value in enumerate(account.months, start=1):
        if (value == 0 and median > 0) or value > 3 * median > 0:
            yield finding(
                "LEDGER-ODD-MONTH",
                account.month_places[number - 1] if account.month_places else account.where,
                **account.shown,
                month=number,
                value=_plain(value),
                median=_plain(median),
                unit=account.unit,
            )


def _plain(value: Fraction) -> str:
    """A readable rounding for messages only."""
    digits = max(0, 5 - len(str(int(abs(value)))) + 1)
    shown = f"{float(value):,.{digits}f}"
    return shown.rstrip("0").rstrip(".") if digits else shown
