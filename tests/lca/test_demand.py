"""The share of primary activity, passed on from demand to demand."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.quality import PRIMARY
from tests.lca.systems import (
    Doc,
    co_product,
    document,
    emits,
    footprint,
    line,
    link,
    own,
    process,
    random_document,
)

KINDS = ("metered", "invoiced", "calculated", "estimated", "literature", "")


def brewery(malt: Doc, *more: Doc) -> Doc:
    """1 kg CO2e of invoiced packaging beside 1 kg of malting, half of it metered."""
    made = [process("beer", "L"), process("malting")]
    rows = [
        line("box", "beer", "own:co2e", "1", activity_kind="invoiced"),
        line("gas", "malting", "own:co2e", "0.5", activity_kind="metered"),
        line("barley", "malting", "own:co2e", "0.5", activity_kind="literature"),
        malt,
        *more,
    ]
    return document(made, rows, factors=[own("co2e")])


def share(doc: Doc) -> Fraction:
    return footprint(doc).strictest.primary_activity


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("metered", "0.75"),
        ("invoiced", "0.75"),
        ("calculated", "0.75"),
        ("", "0.75"),
        ("estimated", "0.5"),
        ("literature", "0.5"),
    ],
)
def test_a_demand_passes_on_what_lies_behind_it_unless_it_is_itself_weak(
    kind: str, expected: str
) -> None:
    assert share(brewery(link("beer", "malting", "1", activity_kind=kind))) == Fraction(expected)


def test_a_constant_of_the_model_is_no_estimate() -> None:
    made_of = {"kind": "rule", "rule": "malt", "formula": "1"}
    whole = link("beer", "malting", "1", activity_kind="literature", origin=made_of)
    assert share(brewery(whole)) == Fraction("0.75")
    inputs = [{"name": "yield", "value": "1", "unit": "1"}]
    whole["origin"] = {**made_of, "inputs": inputs}
    assert share(brewery(whole)) == Fraction("0.5")


def test_a_process_demanded_in_two_ways_counts_in_part() -> None:
    known = link("beer", "malting", "0.75", activity_kind="metered")
    guessed = link("beer", "malting", "0.25", id="guess", activity_kind="estimated")
    assert share(brewery(known, guessed)) == Fraction(1 + Fraction(3, 8)) / 2


def test_what_lies_behind_a_weak_demand_is_weak_all_the_way() -> None:
    doc = brewery(link("beer", "malting", "1", activity_kind="literature"))
    doc["processes"].append(process("farm"))
    doc["exchanges"] += [
        link("malting", "farm", "1", activity_kind="metered"),
        line("diesel", "farm", "own:co2e", "2", activity_kind="invoiced"),
    ]
    assert share(doc) == Fraction(1, 4)


def test_a_loop_of_sound_demands_counts_in_full() -> None:
    doc = brewery(link("beer", "malting", "1", activity_kind="metered"))
    doc["exchanges"].append(link("malting", "malting", "0.2", activity_kind="metered"))
    assert share(doc) == Fraction(13, 18)


def test_a_loop_of_an_estimated_demand_counts_without_its_turns() -> None:
    doc = brewery(link("beer", "malting", "1", activity_kind="metered"))
    doc["exchanges"].append(link("malting", "malting", "0.2", activity_kind="estimated"))
    assert share(doc) == pytest.approx(Fraction(1 + Fraction("0.5")) / Fraction("2.25"), abs=1e-11)


def test_a_credit_does_not_lift_a_share_beyond_one() -> None:
    bran = co_product("bran", "1", "substitute", replaces="malting")
    made = [process("beer", "L", "1", bran), process("malting")]
    rows = [
        link("beer", "malting", "3", activity_kind="metered"),
        link("beer", "malting", "0.5", id="guess", activity_kind="estimated"),
        line("gas", "malting", "own:co2e", "1", activity_kind="metered"),
        emits("steam", "beer", "fossil.CO2", "1", activity_kind="literature"),
    ]
    found = share(document(made, rows, factors=[own("co2e")]))
    assert Fraction(0) < found < Fraction(1)


def told(doc: Doc, seed: int, kinds: tuple[str, ...]) -> Doc:
    """The document with an activity kind on every line, and one of some kinds on every link."""
    rng = random.Random(seed)
    for row in doc["exchanges"]:
        linked = "process" in row["from"]
        row["activity_kind"] = rng.choice(kinds if linked else KINDS)
    return doc


def plain_share(doc: Doc) -> Fraction:
    """The least share of metered and invoiced lines over the figures, links left aside."""
    return min(
        figure.share(one for one in figure.lines if one.exchange.activity_kind in PRIMARY)
        for figure in footprint(doc).figures.values()
    )


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_an_estimated_demand_never_raises_the_share(seed: int, size: int) -> None:
    doc = told(random_document(seed, size), seed, KINDS)
    assert 0 <= share(doc) <= plain_share(doc) <= 1


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_sound_demands_leave_the_share_of_the_lines(seed: int, size: int) -> None:
    doc = told(random_document(seed, size), seed, ("metered", "invoiced", "calculated", ""))
    assert share(doc) == plain_share(doc)
