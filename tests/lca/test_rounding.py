"""Supplies that cancel exactly: the engines' roundoff is no disagreement, a real error still is."""

from __future__ import annotations

from decimal import Decimal
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.errors import SolveError
from lca import engine, indicators, oracle, rounding
from lca.system import compile_system
from lca.system_file import read
from tests.lca.systems import Doc, document, emits, factors, link, process

chains = st.lists(
    st.integers(1, 99_999).map(lambda n: Decimal(n).scaleb(-4)), min_size=1, max_size=4
)


def cancelling(down: list[Decimal], after: list[Decimal]) -> tuple[Doc, Decimal]:
    """A cake credited with exactly the coal that its chain takes; what hangs on coal runs 0 times.

    Returns the file and the runs of the first process of the chain.
    """
    chain = [f"step-{n}" for n in range(len(down))] + ["coal"]
    rest = ["coal", *(f"rest-{n}" for n in range(len(after)))]
    calls = list(zip(["cake", *chain[:-1]], chain, [*down, Decimal("0.7")], strict=True))
    calls.append(("cake", "coal", prod((amount for *_, amount in calls), start=Decimal(-1))))
    calls += zip(rest, rest[1:], after, strict=False)
    links = [link(taker, supplier, f"{amount:f}") for taker, supplier, amount in calls]
    ends = [
        emits("rest", rest[-1], "own:rest", "3"),
        emits("first", chain[0], "own:first", "2"),
    ]
    names = ["cake", *chain, *rest[1:]]
    doc = document(
        [process(name) for name in names],
        [*links, *ends],
        flows=[{"id": f"own:{name}", "unit": "kg"} for name in ("rest", "first")],
        indicators=[
            {"id": name, "unit": "points", "flows": {f"own:{name}": "1"}}
            for name in ("rest", "first")
        ],
    )
    return doc, down[0]


@settings(max_examples=60, deadline=None)
@given(chains, chains)
def test_what_cancels_exactly_is_zero_and_no_disagreement(
    down: list[Decimal], after: list[Decimal]
) -> None:
    doc, runs = cancelling(down, after)
    rest, first = indicators.compute(read(doc), factors()).scores
    compiled = compile_system(read(doc), factors(), None)
    weights = [[float(row.gas == "own:rest") for row in compiled.flows]]
    size = rounding.terms(compiled, engine.supply(compiled), weights).sum()
    assert abs(rest.total) <= 1e-14 * size
    assert first.total == pytest.approx(float(2 * runs), rel=1e-12)


NOISY = [Decimal("3.3482"), Decimal("9.7228"), Decimal("4.6994")], [Decimal("9.698")]


def engines_apart(doc: Doc) -> float:
    """How far the engines are apart in the cancelled indicator, relative to it alone."""
    compiled = compile_system(read(doc), factors(), None)
    weights = [[float(row.gas == "own:rest") for row in compiled.flows]]
    one, other = engine.scores(compiled, weights), np.asarray(oracle.scores(compiled, weights))
    return float(np.abs(one - other).max() / max(np.abs(one).max(), np.abs(other).max()))


def test_control_the_example_needs_the_rule() -> None:
    assert engines_apart(cancelling(*NOISY)[0]) > 1e-3


@pytest.mark.parametrize(("indicator", "error"), [("first", 7e-6), ("rest", 1e-6)])
def test_control_a_real_error_is_told(
    monkeypatch: pytest.MonkeyPatch, indicator: str, error: float
) -> None:
    """Off by 1e-6 of a line that does not cancel, or of the terms of one that does."""
    walk = oracle.scores
    row = ("rest", "first").index(indicator)

    def wrong(*arguments: Any) -> list[list[float]]:
        found = walk(*arguments)
        column = int(np.argmax(np.abs(found[row])))
        found[row][column] += error
        return found

    monkeypatch.setattr(oracle, "scores", wrong)
    with pytest.raises(SolveError, match="ENGINE-DISAGREE"):
        indicators.compute(read(cancelling(*NOISY)[0]), factors())


def test_terms_by_hand() -> None:
    """One kg of cake takes 2 of malt and is credited 2; |A^-1| (|A| |s| + |f|) counts all of it.

    s = (cake 1, malt 1, barley 0); |A||s| + |f| = (2, 2, 4); |A^-1| rows: (1), (1, 1), (0, 2, 1).
    """
    doc = document(
        [process("cake"), process("malt"), process("barley")],
        [
            link("cake", "malt", "1"),
            link("malt", "barley", "2"),
            link("cake", "barley", "-2"),
            emits("field", "barley", "own:rest", "5"),
        ],
        flows=[{"id": "own:rest", "unit": "kg"}],
        indicators=[{"id": "rest", "unit": "points", "flows": {"own:rest": "10"}}],
    )
    compiled = compile_system(read(doc), factors(), None)
    terms = rounding.terms(compiled, engine.supply(compiled), [[-10.0]])
    assert terms.sum() == pytest.approx(50 * (2 * 2 + 4))
