"""Who may not be the same as whom: people, keys, employers, and what a person has done before.

================  ==========================================================================
rule              meaning
================  ==========================================================================
one-each          every role has exactly one person who acted in it
people            four different people: ids and names, whatever spaces and capitals
keys              four different keys
roles             nobody holds two of the four roles, whether used or not
employer          nobody of the verification works for the preparer's employer or the client
own-work          reviewer and decision maker took no part in the verification itself
================  ==========================================================================
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from factors.findings import Finding, Where, finding
from labels.trust import ROLES
from labels.verification.case import Case
from labels.verification.event import Event
from labels.verification.roster import Person
from labels.verification.state import State
from labels.verification.words import words

ACTS: Mapping[str, tuple[str, ...]] = {
    "preparer": ("declaration",),
    "verifier": ("opinion",),
    "reviewer": ("review",),
    "decision": ("decision",),
}
"""The act by which somebody is known in a role."""

WORK = ("plan", "sample", "visit", "finding", "settled", "recalculation", "opinion")
INDEPENDENT = ("reviewer", "decision")


@dataclass(frozen=True, slots=True)
class Acted:
    """Who acted in a role, and with which key."""

    role: str
    person: Person
    kid: str


def acted(case: Case) -> dict[str, tuple[Acted, ...]]:
    """Return who acted in each of the four roles, each person once with the last key."""
    found: dict[str, dict[str, Acted]] = {role: {} for role in ROLES}
    for event in case.events:
        person = case.roster.person(event.person)
        if person is not None and event.role in found and event.kind in ACTS[event.role]:
            found[event.role][person.id] = Acted(event.role, person, event.kid)
    return {role: tuple(several.values()) for role, several in found.items()}


def separation(case: Case, state: State) -> tuple[Finding, ...]:
    """Return what keeps the four roles from being apart."""
    who = acted(case)
    several = [one for group in who.values() for one in group]
    return tuple(
        finding("CASE-SEPARATION", Where(path=role), person=person, **_named(rule, role))
        for rule, role, person in (
            *_one_each(who),
            *_alike(several),
            *_two_roles(case),
            *_employers(case, state, who),
            *_own_work(case.events, who),
        )
    )


def _named(rule: str, role: str) -> dict[str, str]:
    return {**words("rule", "apart", rule), **words("role", "role", role)}


def plain(name: str) -> str:
    """Return a name as it is compared: letters and digits only, no capitals."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if char.isalnum())


Found = tuple[str, str, str]


def _one_each(who: Mapping[str, tuple[Acted, ...]]) -> Iterator[Found]:
    for role, several in who.items():
        if len(several) != 1:
            yield "one-each", role, ", ".join(one.person.name for one in several) or "-"


def _alike(several: list[Acted]) -> Iterator[Found]:
    for place, one in enumerate(several):
        for other in several[place + 1 :]:
            same = one.person.id == other.person.id
            if same or plain(one.person.name) == plain(other.person.name):
                yield "people", other.role, other.person.name
            elif one.kid == other.kid:
                yield "keys", other.role, other.person.name


def _two_roles(case: Case) -> Iterator[Found]:
    for person in case.roster.people:
        held = [role for role in ROLES if role in person.roles]
        if len(held) > 1:
            yield "roles", held[1], person.name


def _employers(case: Case, state: State, who: Mapping[str, tuple[Acted, ...]]) -> Iterator[Found]:
    """Name everybody of the verification who works for the client or the preparer's employer."""
    client = {plain(one.person.employer) for one in who["preparer"]}
    if state.engagement is not None:
        client.add(plain(state.engagement.client))
    busy = {event.person for event in case.events if event.role != "preparer"}
    for person in case.roster.people:
        if person.id in busy and plain(person.employer) in client:
            role = next((role for role in person.roles if role != "preparer"), "")
            yield "employer", role, person.name


def _own_work(events: tuple[Event, ...], who: Mapping[str, tuple[Acted, ...]]) -> Iterator[Found]:
    workers = {event.person for event in events if event.kind in WORK}
    for role in INDEPENDENT:
        for one in who[role]:
            if one.person.id in workers:
                yield "own-work", role, one.person.name
