"""A trial of the page on writing models: another product, from it alone, loads and computes."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from factors.findings import Severity
from lca.build import Built, build
from lca.footprint import compute
from lca.inventory import GATE
from lca.model import load
from lca.model_factors import factor_problems
from lca.model_parts import ProductModel
from lca.submission import Submission
from lca.workbook.read import read
from lca.workbook.write import workbook
from tests.lca.models.works import RULES, Change, booked, factors, fired, sound, subject

FOLDER = Path(__file__).parent


@cache
def model() -> ProductModel:
    return load(FOLDER / "corrugated-box.toml")


@cache
def handed_in() -> Submission:
    told = tomllib.loads((FOLDER / "corrugated-box-example.toml").read_text(encoding="utf-8"))
    return read(workbook(model(), "zh", told), "box.xlsx", model())


def built(*changes: Change) -> Built:
    told = handed_in()
    for change in changes:
        told = change(told)
    return build(told, model(), RULES)


def test_its_rows_fit() -> None:
    assert factor_problems(model(), factors()) == ()


@pytest.mark.parametrize("family", ["BOX-5L", "BOX-3L"])
def test_its_example_computes_inside_the_band(family: str) -> None:
    made = built(subject(family))
    assert made.system is not None
    assert not [one for one in made.findings if one.severity is Severity.ERROR]
    result = compute(made.system, factors(), RULES)
    sound(result)
    assert all(one.inside for one in result.bands)
    heaviest = max(result.figures[GATE].lines, key=lambda line: line.value(result.headline))
    assert heaviest.id == "recycled-1"
    assert result.grade == "screening"  # British paper stands in


def test_paper_that_is_lost_is_an_error() -> None:
    assert "paper-balance" in fired(built(booked("recycled_paper", Fraction(3, 2))))
