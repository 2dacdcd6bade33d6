"""The measurement of the sampling plan, in small; the whole one is a command."""

from __future__ import annotations

from functools import partial

from tests.labels.verification.casework import filled, handed
from tests.labels.verification.measure import Score, made_up, of_example, page, score


def test_a_plan_finds_what_is_material_and_looks_at_a_fifth() -> None:
    template = next(iter(of_example(handed(filled()).computed).values()))[0]
    found = score("made up", partial(made_up, template, count=150), 40, "test")
    assert found.looked <= 0.20
    assert found.found >= 0.95
    assert found.at(found.looked) > 4 * found.looked


def test_a_plan_that_looks_nowhere_finds_nothing() -> None:
    """The control: the score is of what is looked at, not of what was planted."""
    template = next(iter(of_example(handed(filled()).computed).values()))[0]
    found = score("made up", partial(made_up, template, count=150), 10, "test")
    assert found.at(0.0) == 0.0
    blind = Score("blind", tuple(type(one)(0.0, False, 1.0) for one in found.trials))
    assert blind.found == 0.0
    assert "0.0%" in page([blind])
