"""A corrected workbook: cells that changed, findings that open again, exact effects."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from factors.errors import FindingsError
from factors.numbers import parse_decimal
from labels.verification import acts
from labels.verification.acts import Told
from labels.verification.case import open_case
from labels.verification.state import state_of
from tests.labels.verification.casework import (
    ENERGY,
    Casework,
    casework,
    edited,
    filled,
    handed,
    library,
    value_of,
)

METER, ROAD = (ENERGY, "J9"), ("产品与产量", "E16")


@cache
def wrong() -> bytes:
    """Two errors: a month of electricity too high, a delivery distance too short."""
    cells = {
        METER: float(str(value_of(filled(), METER))) * 1.1,
        ROAD: float(str(value_of(filled(), ROAD))) / 2,
    }
    return edited(filled(), cells)


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Casework:
    work = casework(tmp_path_factory.mktemp("corrected")).begin(wrong())
    for cell in (METER, ROAD):
        told = Told("misstatement", "month wrong", "6.3.5", cells=(cell,), effects={})
        name = work.find(told)
        work.answer(name)
    work.hand_in(filled())
    for name in ("F01", "F02"):
        work.settle(name)
    return work


def test_changed_cells_and_exact_effects_of_each_correction(corrected: Casework) -> None:
    state = state_of(open_case(corrected.root))
    version = state.corrections[2]
    assert version.cells == {METER, ROAD}
    assert set(version.effects) == {"F01", "F02"}
    old, new = handed(wrong()).computed.figures, handed(filled()).computed.figures
    for figure in new:
        steps = [one[figure] for one in version.effects.values()]
        assert sum(steps, Fraction(0)) == new[figure].value - old[figure].value
    assert version.effects["F01"]["cradle-to-gate"] < 0 == version.effects["F02"]["cradle-to-gate"]
    assert version.effects["F01"]["cradle-to-grave"] < 0 < version.effects["F02"]["cradle-to-grave"]


def test_lines_that_rest_on_the_cells_and_no_others(corrected: Casework) -> None:
    version = state_of(open_case(corrected.root)).corrections[2]
    assert {"electricity", "road-home"} <= version.lines
    assert "carbonates" not in version.lines


def test_a_finding_opens_again_when_its_cells_move(corrected: Casework) -> None:
    state = state_of(open_case(corrected.root))
    assert [log.open for log in state.findings.values()] == [False, False]
    value = float(str(value_of(filled(), METER))) * 1.01
    corrected.hand_in(edited(filled(), {METER: value}))
    state = state_of(open_case(corrected.root))
    assert {name: log.open for name, log in state.findings.items()} == {"F01": True, "F02": False}
    assert state.findings["F01"].reopened == 1


def test_corrected_needs_an_answer_and_a_version(tmp_path: Path) -> None:
    work = casework(tmp_path).begin(wrong())
    name = work.find(Told("misstatement", "x", "y", cells=(METER,), effects={}))
    with pytest.raises(FindingsError) as refused:
        work.settle(name)
    assert {one.code for one in refused.value.findings} == {"CASE-EVENT"}
    work.answer(name)
    with pytest.raises(FindingsError):
        work.settle(name)
    work.settle(name, "uncorrected")


def test_the_effect_of_a_difference_is_the_line_in_proportion(tmp_path: Path) -> None:
    work = casework(tmp_path).begin(wrong())
    truth = {line.id: line.amount for line in handed(filled()).computed.lines}
    acts.record_sample(
        work.actor("verifier"), "electricity", "differs", truth["electricity"], "", [], [b"bill"]
    )
    name, _ = acts.raise_finding(
        work.actor("verifier"),
        Told("misstatement", "x", "y", "electricity"),
        library(),
    )
    log = state_of(open_case(work.root)).findings[name]
    old = handed(wrong()).computed.figures["cradle-to-gate"]
    line = next(one for one in old.lines if one.id == "electricity")
    share = 1 - parse_decimal(truth["electricity"]) / parse_decimal(line.amount)
    effect = float(log.raised.effects["cradle-to-gate"])
    assert effect == pytest.approx(float(line.value(old.headline) * share))
