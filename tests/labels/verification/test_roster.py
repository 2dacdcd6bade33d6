"""Roles and keys: rotation and loss, as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from factors.errors import IssueError
from labels.canonical import canonical, parse_object
from labels.keys import Purpose, SigningKey, new_key
from labels.verification.roster import (
    CUSTODIAN,
    Person,
    PersonKey,
    Roster,
    chain,
    parse_roster,
    person_key,
    sign_roster,
)

T0 = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
KEYS = {
    name: new_key(Purpose.APPROVAL, f"示例 Example {name}", demo=True, now=T0)
    for name in ("a", "b", "c", "worker", "fresh", "thief")
}


def person(name: str, *roles: str, keys: tuple[PersonKey, ...] | None = None) -> Person:
    own = keys if keys is not None else (person_key(KEYS[name], T0),)
    return Person(name, f"示例 Example {name}", "示例 Example Ltd.", roles, own)


def first() -> Roster:
    """Three custodians, two of whom must sign."""
    several = (*(person(one, CUSTODIAN) for one in "abc"), person("worker", "verifier"))
    return sign_roster(Roster(1, "", 2, T0, several), [KEYS["a"], KEYS["b"]])


def following(*signers: str, **more: object) -> Roster:
    """An edition that gives the worker a fresh key, signed by some."""
    old = first()
    fresh = person("worker", "verifier", keys=(
        replace(person_key(KEYS["worker"], T0), until=T0 + 30 * DAY),
        person_key(KEYS["fresh"], T0 + 30 * DAY),
    ))  # fmt: skip
    made = Roster(2, old.sha256, 2, T0 + 30 * DAY, (*old.people[:3], fresh))
    return sign_roster(replace(made, **more), [KEYS[one] for one in signers])  # type: ignore[arg-type]


def with_lost(name: str, *signers: str) -> Roster:
    """An edition that says a custodian's key is lost."""
    old = first()
    several = tuple(
        replace(one, keys=(replace(one.keys[0], lost=T0 + 10 * DAY),)) if one.id == name else one
        for one in old.people
    )
    made = Roster(2, old.sha256, 2, T0 + 20 * DAY, several)
    return sign_roster(made, [KEYS[one] for one in signers])


ACCEPTED: dict[str, Callable[[], Roster]] = {
    "a worker's key is rotated, two custodians sign": lambda: following("a", "b"),
    "any two custodians do": lambda: following("b", "c"),
    "all three may": lambda: following("a", "b", "c"),
    "a custodian's key is lost, the other two replace it": lambda: with_lost("a", "b", "c"),
    "the threshold is raised": lambda: following("a", "b", threshold=3),
}
REFUSED: dict[str, Callable[[], Roster]] = {
    "one custodian alone": lambda: following("a"),
    "one custodian twice": lambda: following("a", "a"),
    "a custodian and somebody who is none": lambda: following("a", "worker"),
    "a custodian and a stranger": lambda: following("a", "thief"),
    "nobody": following,
    "the lost key itself signs": lambda: with_lost("a", "a", "b"),
    "an edition is left out": lambda: following("a", "b", edition=3),
    "after another edition": lambda: following("a", "b", previous="0" * 64),
    "before the edition before": lambda: following("a", "b", issued=T0 - DAY),
    "a threshold nobody can reach": lambda: following("a", "b", threshold=4),
    "a threshold of none": lambda: following("a", "b", threshold=0),
    "one key of two people": lambda: following(
        "a", "b", people=(*first().people, person("thief", keys=(person_key(KEYS["a"], T0),)))
    ),
    "one person twice": lambda: following("a", "b", people=(*first().people, person("worker"))),
}


def editions(*several: Roster) -> list[tuple[str, bytes]]:
    return [(f"{n}.json", one.to_bytes()) for n, one in enumerate(several, start=1)]


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_follows(name: str) -> None:
    assert chain(editions(first(), ACCEPTED[name]())).edition == 2


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_follow(name: str) -> None:
    with pytest.raises(IssueError) as refused:
        chain(editions(first(), REFUSED[name]()))
    assert {one.code for one in refused.value.findings} == {"CASE-ROSTER"}


def test_what_was_signed_before_a_loss_or_a_rotation_still_counts() -> None:
    key = replace(person_key(KEYS["a"], T0, T0 + 30 * DAY), lost=T0 + 10 * DAY)
    assert [key.covers(T0 + n * DAY) for n in (-1, 0, 9, 10, 29, 30)] == [
        False, True, True, False, False, False,
    ]  # fmt: skip
    lost = replace(key, lost=None)
    assert [lost.covers(T0 + n * DAY) for n in (29, 30)] == [True, False]


@pytest.mark.parametrize(
    "change",
    [
        {"threshold": 1},
        {"issued": "2026-01-02T00:00:00Z"},
        {"edition": 1.0},
        {"people": []},
        {"extra": 1},
    ],
)
def test_a_changed_file_is_refused(change: dict[str, object]) -> None:
    record = dict(parse_object(first().to_bytes()))
    record["roster"] = {**record["roster"], **change}
    try:
        data = canonical(record)
    except ValueError:
        return
    with pytest.raises(IssueError):
        chain([("1.json", data)])


def test_a_key_of_another_purpose_is_no_person() -> None:
    seal: SigningKey = new_key(Purpose.CHECKPOINT, "示例", demo=True, now=T0)
    with pytest.raises(IssueError) as refused:
        sign_roster(first(), [seal])
    assert refused.value.findings[0].code == "KEY-PURPOSE"


def test_the_file_comes_back_as_it_was() -> None:
    made = first()
    assert parse_roster(made.to_bytes()) == made
