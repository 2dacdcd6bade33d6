"""The page on writing a product model: its blocks together are a model that loads."""

from __future__ import annotations

import re
from fractions import Fraction as F
from pathlib import Path

import pytest

from factors.errors import ModelError
from lca.answers import AccountAmount, answer, supplier
from lca.model import parse_model
from lca.model_factors import factor_problems
from tests.lca.systems import factors

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-product-model.md"
BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)


def written() -> str:
    return "\n".join(BLOCK.findall(PAGE.read_text(encoding="utf-8")))


def test_the_blocks_of_the_page_are_a_model_on_rows_of_the_library() -> None:
    model = parse_model(written().encode(), "apple-juice.toml")
    assert model.id == "apple-juice"
    assert factor_problems(model, factors()) == ()
    assert sum(one.hot_spot is not None for one in model.exchanges) == 5


def test_its_amounts_follow_from_answers() -> None:
    model = parse_model(written().encode(), "apple-juice.toml")
    booked = {
        name: AccountAmount(F(amount))
        for name, amount in {
            "apples": "7",
            "electricity": "0.25",
            "natural_gas": "0.12",
            "drums": "0.02",
            "bags": "0.004",
            "pomace": "1.2",
        }.items()
    }
    answers = answer(model, {}, {}, booked)
    assert not answers.findings and answers.checks() == ()
    extra = supplier(F(1), F(80), None)
    amounts = {
        one.id: answers.value(one.amount, one.unit / model.process_rule(one.process).unit, extra)
        for one in model.exchanges
    }
    assert amounts["fruit"].value == 7
    assert amounts["fruit-road"].value == F(7, 1000) * 80
    assert amounts["gas-burnt"].value == F("0.12") * F("0.038931")
    thin = answer(model, {}, {}, {**booked, "apples": AccountAmount(F(4))})
    assert [one.code for one in thin.checks()] == ["MODEL-CHECK-ERROR"]


def test_a_block_left_out_is_noticed() -> None:
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    with pytest.raises(ModelError):
        parse_model("\n".join(blocks[:-3] + blocks[-2:]).encode(), "apple-juice.toml")
