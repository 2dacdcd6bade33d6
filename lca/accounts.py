"""Which site account a line hangs on, by the inputs that its amount was worked out from.

A line whose formula uses accounts of the ledger hangs on those. Any other line hangs on the
accounts through which its process is called: barley has an amount per kilogram of barley, and the
account behind it is the malt that the brewery booked. Where several accounts meet, they are named
together; dividing them would be a choice that no account makes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from factors.numbers import parse_decimal
from lca.inventory import Exchange, ProductSystem

JOINT = " + "
NONE = ""
"""Key of lines that hang on no account: fixed values of the model, answers that are no account."""


def account_of(system: ProductSystem) -> Callable[[Exchange], str]:
    """Return the function that names the account of an exchange, :data:`NONE` where there is none.

    Parameters
    ----------
    system
        Its ledger says which names are accounts, the origins of its exchanges what was used.
    """
    booked = _booked(system.ledger)
    called = _called(system, booked)

    def named(exchange: Exchange) -> str:
        accounts = _used(exchange, booked) or called.get(exchange.process, frozenset())
        return JOINT.join(sorted(accounts)) or NONE

    return named


def _booked(ledger: Mapping[str, Any]) -> frozenset[str]:
    """Return the accounts of a ledger; a second meter of an account is numbered ``#2``."""
    periods = (str(row.get("id", "")).partition("#")[0] for row in _rows(ledger, "accounts"))
    units = (str(row.get("account", "")) for row in _rows(ledger, "per_unit"))
    return frozenset((*periods, *units)) - {""}


def _called(system: ProductSystem, booked: frozenset[str]) -> dict[str, frozenset[str]]:
    """Return the accounts through which each process is called, loops included."""
    links = [exchange for exchange in system.exchanges if exchange.from_process]
    own = {link.id: _used(link, booked) for link in links}
    called: dict[str, frozenset[str]] = {}
    settled = False
    while not settled:
        settled = True
        for link in links:
            so_far = called.get(link.from_process, frozenset())
            more = so_far | (own[link.id] or called.get(link.process, frozenset()))
            if more != so_far:
                called[link.from_process] = more
                settled = False
    return called


def _used(exchange: Exchange, booked: frozenset[str]) -> frozenset[str]:
    """Return the accounts with an amount among the inputs of an exchange."""
    rows = _rows(exchange.origin, "inputs")
    return frozenset(str(row["name"]) for row in rows if row.get("name") in booked and _some(row))


def _some(row: Mapping[str, Any]) -> bool:
    """Whether an input is not zero; an account that nobody booked is."""
    try:
        return parse_decimal(str(row.get("value", ""))) != 0
    except ValueError:
        return False


def _rows(table: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return a list of objects; what a file carries along has not been checked."""
    rows = table.get(key)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
