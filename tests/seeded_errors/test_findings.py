"""The page of all findings is current; codes of the workbook path are raised by planted faults."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from factors.findings import Severity, finding
from factors.texts import catalogue
from lca.thinking.sure import Sure
from tests.seeded_errors import corpus, ours
from tests.seeded_errors.fault import Fault
from tests.seeded_errors.findings_page import PAGE, page

MODEL = "beer"
SEEDS = 4
TRIGGERED: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("triggered.toml").read_text(encoding="utf-8")
)
ELSEWHERE = {"THINK-DISTANCE-MEAN"}  # tests/lca/test_thinking.py: beer books no tonne-kilometres


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_page_has_every_code_in_both_languages():
    text = page()
    for code, entry in catalogue("findings").items():
        assert f"### {code}\n" in text
        assert all(entry[lang]["saw"].replace("<", "&lt;") in text for lang in ("zh", "en"))


def test_many_codes_are_triggered_and_every_thought_is():
    thoughts = {code for code in catalogue("findings") if code.startswith("THINK-")}
    assert len(TRIGGERED) >= 100
    assert thoughts == {code for code in TRIGGERED if code.startswith("THINK-")} | ELSEWHERE
    assert set(TRIGGERED) <= set(catalogue("findings"))


@cache
def raised(where: str, seed: int) -> frozenset[str]:
    """Codes that one planted fault raises; ``tire: fault`` stands in the example of that model."""
    model, _, fault = where.rpartition(": ")
    spoilt = corpus.single(model or MODEL, named(fault), seed)
    return frozenset() if spoilt is None else frozenset(s.code for s in ours.check_quickly(spoilt))


def named(fault: str) -> Fault:
    return next(one for one in corpus.catalogue() if one.id == fault)


@cache
def raised_together() -> frozenset[str]:
    """Codes raised when the faults of the table stand together in as few files as hold them."""
    here = sorted(fault for fault in set(TRIGGERED.values()) if ": " not in fault)
    waiting = [fault for fault in here if not named(fault).alone]
    codes: set[str] = set()
    while waiting:
        spoilt = corpus.together(MODEL, [named(fault) for fault in waiting], 12)
        codes |= {seen.code for seen in ours.check_quickly(spoilt)}
        waiting = [one for one in waiting if one not in {p.fault for p in spoilt.planted}]
    return frozenset(codes)


@pytest.mark.parametrize("code", sorted(TRIGGERED))
def test_a_planted_fault_raises_its_code(code: str):
    """A type may stand at several places; one of a few must raise the code by itself."""
    if code not in raised_together():
        assert any(code in raised(TRIGGERED[code], seed) for seed in range(SEEDS))


def test_a_thought_says_how_sure_it_is():
    for code, entry in catalogue("findings").items():
        for lang in ("zh", "en"):
            starts = entry[lang]["saw"].startswith(f"{{sure_{lang}}}")
            assert starts == code.startswith("THINK-"), code


def test_the_degrees_of_certainty_have_words_in_both_languages():
    words = catalogue()["thinking"]
    assert set(words) == set(Sure)
    assert all(set(one) == {"zh", "en"} for one in words.values())
    assert finding("THINK-PREPARED-EARLY", day="", last="").severity is Severity.ERROR
