"""What is looked at in one go: lines whose amounts rest on the same documents are one item.

Twelve gas bills carry the burning of the gas and its supply; whoever sees the bills has seen the
amounts of both. So the thing that is drawn, counted and looked at is not the line but the *item*:
the logical unit of monetary-unit sampling, in which the unit hit by the draw lies (AICPA, Audit
Guide *Audit Sampling*, on monetary unit sampling).

Two lines are of one item when they hang on the same accounts (:mod:`lca.accounts`) and on the same
cells besides, a distance or a share of a supplier. A line that hangs on nothing of the client's is
an item of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from labels.verification.corrections import cells_of
from labels.verification.work import Cell
from lca.accounts import account_of
from lca.inventory import ProductSystem
from lca.result import Line


def items_of(system: ProductSystem, lines: Iterable[Line]) -> dict[str, str]:
    """Return the item of each line, by the id of the first line of the item.

    Parameters
    ----------
    lines
        Of the footprint of the system, in their order.
    """
    named, booked = account_of(system), _booked(system)
    first: dict[tuple[str, frozenset[Cell]], str] = {}
    found = {}
    for line in lines:
        rests = named(line.exchange), frozenset(cells_of(line.exchange, system) - booked)
        found[line.id] = first.setdefault(rests, line.id) if any(rests) else line.id
    return found


def _booked(system: ProductSystem) -> set[Cell]:
    """Return the cells of accounts and keys; an account's name stands for all of them."""
    accounts, keys = (system.ledger.get(name, ()) for name in ("accounts", "keys"))
    places = [
        *(place for row in accounts for place in row.get("cells", ())),
        *(place for row in accounts for place in row.get("single_cells", {}).values()),
        *(place for row in keys for place in row.get("cells", {}).values()),
    ]
    return {(str(place["sheet"]), str(place["cell"])) for place in places}
