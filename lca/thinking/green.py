"""Certificates of a site whose meter could not be read: what is wrong with them holds all the same.

With a readable meter the site's own green-power ledger says it, see :mod:`lca.green_power`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from factors.findings import Finding
from lca.green_power import green_shares
from lca.thinking.case import Case

ENOUGH = Fraction(10) ** 15
"""kWh: more than any certificates add up to, so that only the conditions of each are looked at."""

USERS = ("maker_name_zh", "maker_name_en", "maker_id")


def look(case: Case) -> Iterator[Finding]:
    """Hold each certificate against period and user."""
    told = case.submission
    if "electricity" not in case.books.unsound or not told.period_from or not told.period_to:
        return
    users = {told.cover[name].text.strip() for name in USERS if name in told.cover} - {""}
    period = (told.period_from, told.period_to)
    yield from green_shares(told.instruments, ENOUGH, period, frozenset(users))[1]
