"""Contributions sum to the figure without remainder, whatever they are split by."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lca import contribution
from lca.compiled import FlowRow
from lca.result import HEADLINES
from tests.lca.systems import document, emits, footprint, line, own, process, random_document

VIEWS = (*contribution.KEYS, contribution.GAS)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_sums_exactly(view: str, seed: int) -> None:
    result = footprint(random_document(seed, size=4))
    for figure in result.figures.values():
        for headline in HEADLINES:
            pieces = contribution.by(figure, view, headline)
            assert sum(piece.value for piece in pieces) == figure.total(headline)
            if figure.total(headline):
                assert sum(piece.share for piece in pieces) == 1


def test_gases_of_a_factor_are_told_apart() -> None:
    doc = document(
        [process("p")],
        [line("a", "p", "own:a", "2"), emits("b", "p", "fossil.CO2", "1")],
        factors=[own("a", values={"fossil.CO2": "1", "fossil.CH4-fossil": "0.1"})],
    )
    pieces = contribution.by(footprint(doc).declared, "gas")
    assert [(piece.key, piece.value) for piece in pieces] == [
        ("CH4-fossil", Fraction("5.96")),
        ("CO2", Fraction(3)),
    ]


def test_the_largest_gas_takes_what_rounding_left_over() -> None:
    rows = [FlowRow("fossil", gas, "AR6-100") for gas in ("CO2", "CH4-fossil", "N2O")]
    atom = Fraction(1)
    third = 1 / 3
    pieces = dict(contribution.split(atom, list(zip(rows, (third, third, third), strict=True))))
    assert sum(pieces.values()) == atom
    assert all(abs(piece - Fraction(1, 3)) < Fraction(1, 10**10) for piece in pieces.values())


def test_the_largest_contribution_comes_first_by_size_not_by_sign() -> None:
    doc = document(
        [process("p")],
        [line("credit", "p", "own:a", "-5"), line("burden", "p", "own:a", "3")],
        factors=[own("a")],
    )
    pieces = contribution.by(footprint(doc).declared, "line")
    assert [piece.key for piece in pieces] == ["credit", "burden"]


def test_an_unknown_view_is_an_error() -> None:
    with pytest.raises(KeyError):
        contribution.by(footprint(random_document(1)).declared, "weather")
