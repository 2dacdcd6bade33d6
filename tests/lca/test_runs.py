"""A loop that takes more than it gives is refused; credits may run backwards."""

from __future__ import annotations

import pytest

from factors.errors import SolveError
from tests.lca.systems import co_product, document, emits, footprint, link, process


def loop(back: str) -> dict[str, object]:
    """Two processes that use each other; one kilogram of fossil CO2 a run."""
    return document(
        [process("a"), process("b")],
        [link("a", "b", "1"), link("b", "a", back), emits("e", "b", "fossil.CO2", "1")],
    )


def test_a_loop_that_gives_more_than_it_takes_has_a_footprint() -> None:
    assert footprint(loop("0.5")).declared.value == 2


@pytest.mark.parametrize("back", ["1.00001", "1.5", "40"])
def test_a_loop_that_takes_more_than_it_gives_is_refused(back: str) -> None:
    with pytest.raises(SolveError) as refusal:
        footprint(loop(back))
    (found,) = refusal.value.findings
    assert found.code == "ENGINE-BACKWARD"
    assert dict(found.params)["processes"] == "a, b"


def test_a_credited_process_may_run_backwards() -> None:
    credited = document(
        [
            process("a", "kg", "1", co_product("heat", "1", "substitute", replaces="b")),
            process("b"),
        ],
        [emits("e", "a", "fossil.CO2", "3"), emits("f", "b", "fossil.CO2", "1")],
    )
    assert footprint(credited).declared.value == 2
