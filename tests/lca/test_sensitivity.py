"""Derivatives against finite differences; spreads; what would change a printed figure."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.gwp import gwp_set
from lca import quality
from lca.figures import figures_of
from lca.inventory import ProductSystem
from lca.sensitivity import EXCHANGE, FACTOR, Answer, sensitivities
from lca.spread import spread
from lca.system_file import read
from lca.tipping import margin, tipping
from tests.lca.systems import (
    Doc,
    co_product,
    document,
    emits,
    factors,
    footprint,
    gwp,
    line,
    link,
    own,
    process,
    random_document,
    rules,
)

FEW = settings(max_examples=10, deadline=None)
GATE, GRAVE = "cradle-to-gate", "cradle-to-grave"


def answers(doc: Doc | ProductSystem) -> dict[str, Answer]:
    system = doc if isinstance(doc, ProductSystem) else read(doc)
    return sensitivities(system, factors(), rules())


def value(system: ProductSystem, boundary: str) -> float:
    return float(footprint(system).figures[boundary].value)


def whole(system: ProductSystem) -> float:
    """Sum of all absolute atoms of both electricity results: what a rounding step is taken of."""
    lines = footprint(system).lines
    return float(sum(abs(atom) for line in lines for atom in line.parts.values()))


def with_amount(system: ProductSystem, name: str, amount: Fraction) -> ProductSystem:
    return replace(
        system,
        exchanges=tuple(replace(x, amount=amount) if x.id == name else x for x in system.exchanges),
    )


@FEW
@given(st.integers(0, 10**6), st.integers(1, 7), st.booleans(), st.booleans())
def test_a_derivative_is_what_a_small_change_does(
    seed: int, size: int, loops: bool, shared: bool
) -> None:
    system = read(random_document(seed, size, loops=loops, shared=shared))
    found = answers(system)
    chosen = random.Random(seed).sample(system.exchanges, min(4, len(system.exchanges)))
    for exchange in chosen:
        step = exchange.amount / 10**4
        more, less = (
            footprint(with_amount(system, exchange.id, exchange.amount + sign * step))
            for sign in (1, -1)
        )
        for boundary, answer in found.items():
            rise = more.figures[boundary].value - less.figures[boundary].value
            told = answer.of(EXCHANGE, exchange.id)
            scale = whole(system) / float(exchange.amount)
            assert told.derivative == pytest.approx(float(rise / (2 * step)), abs=1e-6 * scale)


@FEW
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_a_linear_contribution_is_exact_for_a_large_change(seed: int, size: int) -> None:
    system = read(random_document(seed, size))
    answer = answers(system)[GRAVE]
    outside = [x for x in system.exchanges if answer.of(EXCHANGE, x.id).linear]
    for exchange in random.Random(seed).sample(outside, min(3, len(outside))):
        doubled = value(with_amount(system, exchange.id, exchange.amount * 2), GRAVE)
        told = answer.of(EXCHANGE, exchange.id).contribution
        expected = float(answer.figure.value) + told
        assert doubled == pytest.approx(expected, abs=1e-9 * whole(system))


def test_a_link_inside_a_loop_is_told_apart() -> None:
    doc = document(
        [process("p"), process("a"), process("b")],
        [
            link("p", "a", "1"),
            link("a", "b", "0.5"),
            link("b", "a", "0.4"),
            line("x", "a", "own:f", "1"),
        ],
        factors=[own("f")],
    )
    answer = answers(doc)[GATE]
    assert answer.of(EXCHANGE, "p-takes-a").linear
    assert not answer.of(EXCHANGE, "a-takes-b").linear
    assert answer.of(EXCHANGE, "x").linear
    # R = 1/(1 - uv): d ln R / d ln u = uv/(1 - uv)
    assert answer.of(EXCHANGE, "a-takes-b").elasticity == pytest.approx(0.2 / 0.8)


def test_every_input_of_a_chain_of_products_has_elasticity_one() -> None:
    names = [f"p{index}" for index in range(5)]
    doc = document(
        [process(name, "kg", "3") for name in names],
        [
            *(link(a, b, "0.7", "kg") for a, b in pairwise(names)),
            line("only", names[-1], "own:f", "2", "t"),
        ],
        factors=[own("f")],
    )
    inputs = answers(doc)[GATE].inputs
    assert len(inputs) == 6
    assert [one.elasticity for one in inputs] == pytest.approx([1.0] * 6)
    assert [one.share for one in inputs] == pytest.approx([1.0] * 6)


@FEW
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_lines_carry_the_whole_figure(seed: int, size: int) -> None:
    """Elasticities of all line amounts sum to one; those of factors and direct flows as well."""
    system = read(random_document(seed, size))
    for answer in answers(system).values():
        lines = {line.exchange.id for line in answer.figure.lines}
        if answer.figure.value:
            told = sum(
                x.contribution for x in answer.inputs if x.kind == EXCHANGE and x.id in lines
            )
            scale = 1e-9 * whole(system)
            assert told == pytest.approx(float(answer.figure.value), abs=scale)


def test_an_input_of_amount_zero_has_a_derivative() -> None:
    doc = document(
        [process("p")],
        [line("none", "p", "own:f", "0"), line("some", "p", "own:f", "1")],
        factors=[own("f", values={"unspecified.CO2e": "4"})],
    )
    told = answers(doc)[GATE].of(EXCHANGE, "none")
    assert (told.derivative, told.elasticity, told.share) == (4.0, 0.0, 0.0)


def test_credits_and_lines_made_by_allocation_are_inputs_too() -> None:
    doc = document(
        [
            process("p", "kg", "1", co_product("c", "0.5", "substitute", replaces="q")),
            process("q"),
        ],
        [line("a", "p", "own:f", "2"), line("b", "q", "own:f", "1")],
        factors=[own("f")],
    )
    told = answers(doc)[GATE].of(EXCHANGE, "p.c.credit")
    assert told.derivative == pytest.approx(1.0)
    assert told.contribution == pytest.approx(-0.5)


def test_a_factor_answers_for_all_its_lines() -> None:
    doc = document(
        [process("p")],
        [
            line("a", "p", "own:f", "2"),
            line("b", "p", "own:f", "3", stage="use"),
            emits("c", "p", "fossil.CO2", "5"),
        ],
        factors=[own("f", values={"unspecified.CO2e": "4"})],
        boundary=GRAVE,
    )
    found = answers(doc)
    grave, gate = (found[name].of(FACTOR, "own:f") for name in (GRAVE, GATE))
    assert (grave.derivative, grave.contribution, grave.elasticity) == (5.0, 20.0, 0.8)
    assert (gate.derivative, gate.contribution) == (2.0, 8.0)
    with pytest.raises(KeyError):
        found[GATE].of(FACTOR, "own:g")


def test_a_zero_figure_has_no_elasticity() -> None:
    doc = document(
        [process("p")],
        [line("a", "p", "own:f", "1"), line("b", "p", "own:f", "-1")],
        factors=[own("f")],
    )
    told = answers(doc)[GATE].of(EXCHANGE, "a")
    assert (told.elasticity, told.share) == (None, 0.5)


# --- first-order uncertainty ---------------------------------------------------------------------

WIDE = {"uncertainty": "lognormal gsd=1.2"}


def test_the_spread_is_the_one_of_the_footprint() -> None:
    doc = document(
        [process("p")],
        [
            line("a", "p", "own:f", "2"),
            line("b", "p", "own:f", "3"),
            line("c", "p", "own:g", "1"),
        ],
        factors=[own("f", **WIDE), own("g", uncertainty="relative 30%")],
    )
    figure = footprint(doc).declared
    told = spread(figure, gwp())
    assert (told.relative, told.covers) == quality.spread_of(figure, gwp())
    f = quality.relative_spread(read(doc).factors[0], gwp()) or 0.0
    # both lines of one factor are wrong together: 5 f, not sqrt(4 + 9) f
    assert told.factors[0].standard == pytest.approx(5 * f)
    assert sum(one.share for one in told.factors) == pytest.approx(1)
    assert told.standard == pytest.approx(((5 * f) ** 2 + 0.3**2 / 3) ** 0.5)


def test_shared_factors_cancel_between_burden_and_credit() -> None:
    doc = document(
        [process("p")],
        [
            line("a", "p", "own:f", "2"),
            line("b", "p", "own:f", "-1.5"),
            line("c", "p", "own:g", "1"),
        ],
        factors=[own("f", **WIDE), own("g", **WIDE)],
    )
    shares = {one.factor: one.share for one in spread(footprint(doc).declared, gwp()).factors}
    assert shares["own:f"] == pytest.approx(0.2)


def test_little_known_gives_no_relative_spread() -> None:
    doc = document(
        [process("p")],
        [line("a", "p", "own:f", "1"), line("b", "p", "own:g", "1")],
        factors=[own("f", **WIDE), own("g")],
    )
    told = spread(footprint(doc).declared, gwp())
    assert told.relative is None
    assert told.covers == Fraction(1, 2)
    assert told.standard > 0


@FEW
@given(st.integers(0, 10**6))
def test_every_figure_agrees_with_the_one_of_quality(seed: int) -> None:
    doc = random_document(seed, 4)
    for factor in doc["factors"]:
        factor["uncertainty"] = "lognormal gsd=1.3"
    result = footprint(doc)
    for approach in ("location", "market"):
        for figure in figures_of(result.lines, GRAVE, rules(), approach).values():
            relative, covers = quality.spread_of(figure, gwp_set("AR6-100"))
            told = spread(figure, gwp_set("AR6-100"))
            assert (told.relative is None) == (relative is None)
            assert told.covers == covers
            if relative is not None:
                assert told.relative == pytest.approx(relative)


# --- what would change the printed figure --------------------------------------------------------


def three_digits(number: Fraction) -> str:
    """A printing rule as a label has it: three significant digits, half up."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    if not exact:
        return "0"
    quantum = Decimal(1).scaleb(exact.adjusted() - 2)
    return str(exact.quantize(quantum, ROUND_HALF_UP))


def test_the_margin_is_the_way_to_the_next_rounding() -> None:
    room = margin(Fraction("1.347"), three_digits)
    assert room.up is not None
    assert room.down is not None
    assert float(room.up) == pytest.approx(0.008)
    assert float(room.down) == pytest.approx(0.002)
    assert three_digits(Fraction("1.347") - room.down) == "1.34"
    assert three_digits(Fraction("1.347") + room.up) == "1.36"


def test_a_figure_that_never_prints_otherwise_has_no_margin() -> None:
    assert margin(Fraction(1), lambda _: "about one").up is None
    assert tipping(Fraction(1), answers(random_document(1))[GATE].inputs, lambda _: "x") == ()


def test_zero_has_a_margin() -> None:
    room = margin(Fraction(0), lambda x: "0" if abs(x) < 1 else "1")
    assert room.up == pytest.approx(Fraction(1))


def test_the_smallest_change_changes_the_print_and_a_smaller_one_does_not() -> None:
    doc = document(
        [process("p"), process("q")],
        [
            link("p", "q", "0.5"),
            line("a", "p", "own:f", "1"),
            line("b", "q", "own:f", "0.694"),
            line("credit", "p", "own:f", "-0.01"),
        ],
        factors=[own("f")],
    )
    system = read(doc)
    answer = answers(system)[GATE]
    found = tipping(answer.figure.value, answer.inputs, three_digits)
    assert {one.id for one in found} == {"a", "b", "p-takes-q", "own:f", "credit"}
    assert [abs(one.change) for one in found] == sorted(abs(one.change) for one in found)
    now = three_digits(answer.figure.value)
    for one in found:
        if one.kind == EXCHANGE:
            amount = next(x.amount for x in system.exchanges if x.id == one.id)
            for share, becomes in ((Fraction(1001, 1000), one.becomes), (Fraction(999, 1000), now)):
                changed = with_amount(system, one.id, amount * (1 + one.change * share))
                assert three_digits(footprint(changed).declared.value) == becomes
