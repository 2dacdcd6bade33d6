"""Pedigree scores of a row as its spread: only where stated in full, never over a stated spread."""

from __future__ import annotations

from math import exp, log, sqrt

import pytest

from factors.errors import FindingsError
from factors.gwp import gwp_set
from lca.quality import relative_spread
from lca.spread import spread
from lca.system_file import read
from tests.lca.systems import document, footprint, line, own, process

SCORED = "pedigree-ecoinvent-2:2,3,1,2,4 basic=1.05"
GSD = 1.230166
"""Of these scores: half of ln 1.513307, worked from the published factors."""

SPREAD = sqrt(exp(log(GSD) ** 2) - 1)


def relative(**row: str) -> float | None:
    doc = document([process("p")], [line("a", "p", "own:f", "1")], factors=[own("f", **row)])
    return relative_spread(read(doc).factors[0], gwp_set("AR6-100"))


def test_scores_in_full_are_a_spread() -> None:
    assert relative(quality=SCORED) == pytest.approx(SPREAD, rel=1e-5)


def test_a_stated_spread_goes_first() -> None:
    assert relative(quality=SCORED, uncertainty="relative 30%") == pytest.approx(0.3 / sqrt(3))


@pytest.mark.parametrize(
    "text", ["", "pedigree-ecoinvent-2:2,3,1,2,4", "agribalyse-dqr:2.84", "pedigree:2,3,1,2,4"]
)
def test_less_than_that_is_no_spread(text: str) -> None:
    assert relative(quality=text) is None


def test_the_figure_takes_part_in_it() -> None:
    doc = document(
        [process("p")],
        [line("a", "p", "own:f", "2"), line("b", "p", "own:g", "1")],
        factors=[own("f", quality=SCORED), own("g", uncertainty="lognormal gsd=1.2")],
    )
    result = footprint(doc)
    told = spread(result.declared, gwp_set("AR6-100"))
    assert told.covers == 1
    assert told.factors[0].relative == pytest.approx(SPREAD, rel=1e-5)
    assert result.spread == told.relative


def test_scores_that_cannot_be_read_are_refused_at_their_row() -> None:
    with pytest.raises(FindingsError) as refusal:
        relative(quality="pedigree-ecoinvent-2:2,3,1,2 basic=1.05")
    (found,) = refusal.value.findings
    assert (found.code, found.where.path) == ("PEDIGREE-SCORES", "factors[0]")


@pytest.mark.parametrize(("gsd", "known"), [("100", True), ("1000", False), ("1e30", False)])
def test_a_spread_beyond_measure_says_nothing(gsd: str, known: bool) -> None:
    assert (relative(uncertainty=f"lognormal gsd={gsd}") is not None) == known


def test_such_a_row_does_not_stop_the_footprint() -> None:
    row = own("f", uncertainty="lognormal gsd=1e30")
    doc = document([process("p")], [line("a", "p", "own:f", "2")], factors=[row])
    assert footprint(doc).to_json()["uncertainty"] is None
