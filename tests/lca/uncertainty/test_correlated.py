"""Correlation from a table of pairs: read, checked, drawn, in the first order, and told apart."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from factors.errors import FindingsError
from lca.uncertainty.assumed import assume
from lca.uncertainty.correlated import Pair, correlations, read_pairs, within
from lca.uncertainty.difference import difference, told_apart
from lca.uncertainty.figure import first_order, limits, study, uncertain
from tests.lca.systems import gwp
from tests.lca.uncertainty.test_figure import RUNS, beer

HEAD = "one,other,correlation\n"
GRAIN, GLASS = "factor:own:grain", "factor:own:glass"


def codes(caught: pytest.ExceptionInfo[FindingsError]) -> list[str]:
    return [one.code for one in caught.value.findings]


def test_a_table_is_read_by_name_and_blank_rows_do_not_count() -> None:
    found = read_pairs(f"\ufeff{HEAD}grid, amount:malt ,-0.5\n\n,,\n".encode())
    assert found == (Pair("factor:grid", "amount:malt", -0.5),)


@pytest.mark.parametrize("data", [b"", b"a,b,c\n", b"\xff\xfe", HEAD.encode() + b"x" * 1_000_001])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(FindingsError) as caught:
        read_pairs(data, "c.csv")
    assert codes(caught) == ["CORRELATION-TABLE"]


@pytest.mark.parametrize(
    "row", ["a,b", "a,b,c", "a,b,1.01", "a,b,nan", "a,b,-inf", "a,a,1", ",b,0", "b,a,0.2"]
)
def test_every_bad_row_is_named(row: str) -> None:
    with pytest.raises(FindingsError) as caught:
        read_pairs(f"{HEAD}a,b,0.1\n{row}\nc,d,2\n".encode(), "c.csv")
    assert codes(caught) == ["CORRELATION-ROW"] * 2
    assert [one.where.path for one in caught.value.findings] == ["row 3", "row 4"]


def test_every_unknown_name_is_named() -> None:
    with pytest.raises(FindingsError) as caught:
        correlations(
            [Pair("factor:a", "factor:x", 0.1), Pair("amount:y", "factor:a", 0)], {"factor:a"}
        )
    assert codes(caught) == ["CORRELATION-NAME"] * 2
    assert [dict(one.params)["saw"] for one in caught.value.findings] == ["x", "amount:y"]


def test_what_hangs_together_is_one_matrix() -> None:
    pairs = [Pair("a", "b", 0.5), Pair("c", "d", -1.0), Pair("b", "e", 0.25)]
    first, second = correlations(pairs, set("abcde"))
    assert (first.names, second.names) == (("a", "b", "e"), ("c", "d"))
    assert np.array_equal(first.matrix, [[1, 0.5, 0], [0.5, 1, 0.25], [0, 0.25, 1]])
    (left,) = within([first, second], {"a", "e", "c"})
    assert (left.names, left.matrix.tolist()) == (("a", "e"), [[1, 0], [0, 1]])


def test_correlations_that_contradict_each_other_are_refused() -> None:
    pairs = [Pair("a", "b", 0.9), Pair("b", "c", 0.9), Pair("a", "c", -0.9)]
    with pytest.raises(FindingsError) as caught:
        correlations(pairs, set("abc"))
    assert codes(caught) == ["SPREAD-CORRELATION"]
    assert correlations([*pairs[:2], Pair("a", "c", 0.7)], set("abc"))


@pytest.mark.parametrize("r", [-0.4, 0.5, 1.0])
def test_first_order_and_sampling_both_know_it(r: float) -> None:
    terms = uncertain(beer(), gwp())
    tied = correlations([Pair(GRAIN, GLASS, r)], set(terms.quantities))
    plain, found = first_order(terms), first_order(terms, tied)
    one, other = (each.standard for each in plain.factors)
    assert found.standard == pytest.approx(sqrt(one**2 + other**2 + 2 * r * one * other))
    assert sum(each.share for each in found.factors) == pytest.approx(1)
    drawn = study(beer(), gwp(), RUNS, 1, correlations=tied)
    assert drawn.sample.sd == pytest.approx(found.standard, rel=0.05)
    assert "correlated" in drawn.remarks
    assert drawn.limits == limits(terms)


def test_where_errors_cancel_the_curvature_is_left_and_said() -> None:
    tied = correlations([Pair(GRAIN, GLASS, -1.0)], {GRAIN, GLASS})
    assert "curved" in study(beer(), gwp(), RUNS, 1, correlations=tied).remarks
    assert "curved" not in study(beer(), gwp(), RUNS, 1).remarks


def test_amounts_that_two_files_state_differently_err_by_themselves() -> None:
    one, other = beer(), beer(malt="3.1")
    assumed = assume([one, other], gwp(), 2024)
    first = uncertain(one, gwp(), assumed=assumed)
    second = told_apart(one, other, uncertain(other, gwp(), assumed=assumed))
    found = difference(first, second, RUNS, 1)
    assert "amount:malt" not in found.shared
    assert {"amount:rice", "amount:glass", GRAIN, GLASS} <= set(found.shared)
    assert "amount:malt@other" in second.quantities
    assert "amount:malt@other" in second.assumed
    # Control: drawn as one quantity, the difference looks better known than it is.
    together = difference(first, uncertain(other, gwp(), assumed=assumed), RUNS, 1)
    assert together.sample.sd < 0.9 * found.sample.sd
