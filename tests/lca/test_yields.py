"""Losses in both conventions, and yields of a chain of steps."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.errors import FindingsError
from lca.yields import gross_of_rate, gross_of_share, rate_of, share_of, through
from tests.lca.systems import document, emits, footprint, link, process

amounts = st.fractions(0, 1000, max_denominator=1000)
some_shares = st.fractions(0, F(99, 100), max_denominator=1000)
some_yields = st.lists(st.fractions(F(1, 100), 1, max_denominator=1000), max_size=6)


def test_ten_percent_means_two_things() -> None:
    assert gross_of_share(F(90), F(1, 10)) == 100
    assert gross_of_rate(F(100), F(1, 10)) == 110


@given(amounts, some_shares)
def test_both_conventions_say_the_same_when_turned_into_each_other(net: F, share: F) -> None:
    assert gross_of_rate(net, rate_of(share)) == gross_of_share(net, share)
    assert share_of(rate_of(share)) == share


@given(amounts, some_yields)
def test_a_chain_of_yields_is_their_product(net: F, yields: list[F]) -> None:
    entering = through(net, yields)
    assert len(entering) == len(yields)
    following = (*entering, net)[1:]
    for amount, one, after in zip(entering, yields, following, strict=True):
        assert amount * one == after


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: gross_of_share(F(1), F(1)),
        lambda: gross_of_share(F(1), F(-1)),
        lambda: gross_of_rate(F(1), F(-1)),
        lambda: through(F(1), [F(1, 2), F(0)]),
        lambda: through(F(1), [F(3, 2)]),
    ],
)
def test_losses_outside_their_range_are_refused(wrong: object) -> None:
    with pytest.raises(FindingsError, match="YIELD-RANGE"):
        wrong()  # type: ignore[operator]


def test_a_sub_assembly_that_two_parts_share_is_made_once_for_both() -> None:
    """Rotor and stator are of one lamination; its scrap is a loop, as a share of what goes in."""
    doc = document(
        [process("motor", "piece"), process("rotor", "piece"), process("stator", "piece"),
         process("lamination")],
        [
            link("motor", "rotor", "1", "piece"),
            link("motor", "stator", "1", "piece"),
            link("rotor", "lamination", "2"),
            link("stator", "lamination", "3"),
            link("lamination", "lamination", "0.2"),
            emits("stamping", "lamination", "fossil.CO2", "1"),
        ],
    )  # fmt: skip
    result = footprint(doc)
    assert result.declared.value == gross_of_share(F(5), F("0.2"))
    assert [(line.id, line.amount) for line in result.lines] == [("stamping", "6.25")]
