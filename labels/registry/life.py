"""The life of one record, read from its leaves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labels.canonical import canonical
from labels.registry.entries import file_hashes
from labels.registry.orders import order_holds
from labels.registry.state import CHANGES, Event, State, replay
from labels.times import end_of_day, parse_day, parse_utc
from labels.trust import TrustFile

Leaf = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Life:
    """What the log says of one serial.

    Attributes
    ----------
    leaves
        Its leaves, oldest first.
    """

    leaves: tuple[Leaf, ...]

    def until(self, at: dt.datetime) -> Life:
        """Return the life as it was known at a moment."""
        return Life(tuple(leaf for leaf in self.leaves if parse_utc(leaf["time"]) <= at))

    def state(self, zone: str, at: dt.datetime, trust: TrustFile) -> State:
        """Return the state at a moment; leaves written later are not looked at.

        A change for the worse is believed on the word of the log; one for the better needs the
        signed order of an entitled person: without it the record counts as suspended.

        Parameters
        ----------
        zone
            The issuer's time zone: validity ends with the last day there.
        at
            The moment asked for.
        trust
            Whose orders count.

        Raises
        ------
        TransitionError
            When the leaves contradict the transition table.
        """
        known = self.until(at)
        state = replay(Event(leaf["type"]) for leaf in known.leaves)
        if state is State.ISSUED and known.unproven(trust):
            state = State.SUSPENDED
        # a number that became void before it was announced has no last day
        until = known.leaves[0].get("valid_until") if known.leaves else None
        open_ended = until is None or at < end_of_day(parse_day(until), zone)
        if state in (State.ISSUED, State.SUSPENDED) and not open_ended:
            return State.EXPIRED
        return state

    def unproven(self, trust: TrustFile) -> bool:
        """Whether the newest resumption lacks the signed order of an entitled person.

        Such an order names the record's leaf before it: it answers for all that led there.
        """
        places = [n for n, leaf in enumerate(self.leaves) if leaf["type"] == Event.RESUME]
        if not places:
            return False
        earlier = [canonical(one) for one in self.leaves[: places[-1]]]
        return not order_holds(self.leaves[places[-1]], earlier, trust)

    def last_change(self) -> Leaf | None:
        """Return the leaf that last changed the record after it was issued, if one did."""
        changes = [leaf for leaf in self.leaves if leaf["type"] in CHANGES]
        return changes[-1] if changes else None

    def documents(self) -> Mapping[str, str] | None:
        """Return name to SHA-256 of the signed files, None before they were logged."""
        found = [leaf for leaf in self.leaves if leaf["type"] == Event.DOCUMENT]
        return file_hashes(found[-1]) if found else None
