"""The validation page is current, its cases hold, and it cannot hide one that does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction as F

import pytest

from factors.store import FactorSet, load
from lca.examples import examples
from tests import evidence
from tests.validation import page as pages
from tests.validation.__main__ import PAGE
from tests.validation.compared import Compared, number, relative, table
from tests.validation.page import campaigns, page, renewed
from tests.validation.products import Product, products, section
from tests.validation.worked import (
    Worked,
    formula_value,
    functions_by_hand,
    published_cases,
    published_formulas,
    published_functions,
    published_units,
    solved_by_hand,
)

NOT_ADDING_UP = {("making alone", "total")}
"""Printed sums that the printed parts do not give, whoever adds them up."""


@pytest.fixture(scope="module")
def library() -> FactorSet:
    return load()


@pytest.fixture(scope="module")
def found(library: FactorSet) -> tuple[Product, ...]:
    return tuple(products(library))


def published() -> Iterator[Worked]:
    yield from published_cases()
    yield from published_formulas()
    yield from published_functions()


def test_the_page_is_current(library: FactorSet, found: tuple[Product, ...]) -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(library, found), "renew it: python -m tests.validation"


def test_every_published_figure_is_ours_but_sums_that_do_not_add_up() -> None:
    missed = {
        (case.title, figure.what)
        for case in [*published(), *functions_by_hand()]
        for figure in case.figures
        if not figure.holds
    }
    assert {what for _, what in missed} == {what for _, what in NOT_ADDING_UP}
    assert all(any(part in title for part, _ in NOT_ADDING_UP) for title, _ in missed)


def test_there_is_enough_to_compare() -> None:
    assert sum(len(case.figures) for case in published()) >= 50
    printed, agreeing, sources = published_units()
    assert printed == agreeing >= 60
    assert len(sources) >= 4


def test_controls_miss_and_are_refused() -> None:
    _, _, missed, refused = solved_by_hand()
    assert missed == ["sum-miss"]
    assert {"matrix-singular", "sum-mismatch"} <= set(refused)


def test_every_model_is_beside_what_was_published(found: tuple[Product, ...]) -> None:
    assert tuple(one.model for one in found) == examples()
    for one in found:
        assert one.comparisons or one.model == "generic"


def test_a_figure_outside_a_range_and_a_far_value_are_told(found: tuple[Product, ...]) -> None:
    (beer,) = (one for one in found if one.model == "beer")
    band = beer.bands[0]
    far = {**beer.comparisons[0], "equal": "0.1", "relative": "7.5"}
    outside = type(band)(
        **{name: getattr(band, name) for name in band.__slots__} | {"inside": False}
    )
    told = section(
        Product(beer.model, beer.unit, beer.figures, (outside,), (far,)),
    )
    assert "**no**" in told
    assert far["explanation"]["en"] in told


def test_campaigns_are_renewed_alone() -> None:
    written = PAGE.read_text(encoding="utf-8")
    older = re.sub(r"\d+ of \d+ have reached", "0 of 0 have reached", written)
    assert older != written
    assert renewed(older) == renewed(written)
    assert campaigns() in renewed(older)
    assert all(f"| `{name}` |" in campaigns() for name in evidence.GOALS)


def test_control_a_wrong_figure_is_seen() -> None:
    wrong = Compared("x", F(10), F(11), F("0.5"))
    assert not wrong.holds
    assert wrong.row() == "| x | 10 | 11 |  | +10.0% | **no** |"


@pytest.mark.parametrize(
    ("difference", "of", "told"),
    [("0", "5", "0"), ("1e-13", "1", "0"), ("0.001", "1", "+1e-03"), ("-0.5", "1", "-50.0%"),
     ("0.5", "0", "+5.0e-01 absolute")],
)  # fmt: skip
def test_deviations(difference: str, of: str, told: str) -> None:
    assert relative(F(difference), F(of)) == told


def test_numbers_and_cells() -> None:
    assert number(F(50_000_838)) == "50,000,838"
    assert number(F("0.94")) == "0.94"
    assert table(("a", "b>"), []) == "| a | b |\n|---|--:|"


def test_a_formula_of_another_dimension_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[FORMULA"):
        formula_value("mass / power", "kg", {"mass": "1 kg", "power": "1 kW"})


def test_a_test_that_is_gone_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "ROOT", pages.HERE)
    with pytest.raises(ValueError, match="no such test"):
        pages.differential()
