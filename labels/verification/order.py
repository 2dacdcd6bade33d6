"""Who knew what: the order of events from what each had seen, and acts that missed each other.

Every event knows its own chain and, through ``seen``, those of others. Times only break ties.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from labels.verification.event import Event

Known = Mapping[str, int]
"""Person to number of the last event known of theirs."""


@dataclass(frozen=True, slots=True)
class History:
    """Events in an order that no one of them contradicts.

    Attributes
    ----------
    known
        By hash of an event: what it knew, itself included.
    """

    events: tuple[Event, ...]
    known: Mapping[str, Known]

    def before(self, one: Event, other: Event) -> bool:
        """Whether the second event was made knowing the first."""
        return one != other and self.known[other.sha256].get(one.person, 0) >= one.number

    def knows_all(self, event: Event, others: Iterable[Event]) -> bool:
        """Whether an event was made knowing all of some others."""
        return all(self.before(one, event) for one in others)

    def heads(self) -> dict[str, Event]:
        """Return the last event of every person."""
        found: dict[str, Event] = {}
        for event in self.events:
            if event.number > found.get(event.person, event).number or event.person not in found:
                found[event.person] = event
        return found

    def conflicts(self) -> tuple[tuple[Event, Event], ...]:
        """Return pairs about one thing that did not know each other and that nobody has settled."""
        groups: dict[tuple[str, str], list[Event]] = {}
        for event in self.events:
            groups.setdefault(event.about, []).append(event)
        return tuple(
            (one, other)
            for group in groups.values()
            for one, other in combinations(group, 2)
            if not (self.before(one, other) or self.before(other, one))
            and not any(self.knows_all(later, (one, other)) for later in group)
        )


def history(events: Sequence[Event]) -> History:
    """Put events of sound chains into their order.

    Events that name what is not there know nothing of it; whoever checks the folder says so.
    """
    by_hash = {event.sha256: event for event in events}
    known: dict[str, Known] = {}
    placed: list[Event] = []
    waiting = sorted(events, key=lambda one: (one.time, one.person, one.number))
    while waiting:
        event = next((one for one in waiting if _needs(one, by_hash) <= known.keys()), None)
        if event is None:
            break
        known[event.sha256] = _knows(event, by_hash, known)
        placed.append(event)
        waiting.remove(event)
    return History(tuple(placed), known)


def _needs(event: Event, by_hash: Mapping[str, Event]) -> set[str]:
    named = {event.previous, *event.seen.values()}
    return {one for one in named if one in by_hash}


def _knows(event: Event, by_hash: Mapping[str, Event], known: Mapping[str, Known]) -> Known:
    merged = {event.person: event.number}
    for one in _needs(event, by_hash):
        for person, number in known[one].items():
            merged[person] = max(merged.get(person, 0), number)
    return merged
