"""The page of all findings is current; codes of the workbook path are raised by planted faults."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from factors.findings import Severity, finding
from factors.texts import catalogue
from lca.thinking.sure import Sure
from tests.seeded_errors import corpus, ours
from tests.seeded_errors.fault import Fault
from tests.seeded_errors.findings_page import PAGE, page, shown
from tests.seeded_errors.reachable import ROOT, codes
from tests.seeded_errors.recorder import TOLD_BY

MODEL = "beer"
SEEDS = 4
TRIGGERED: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("triggered.toml").read_text(encoding="utf-8")
)
NOT_OF_ONE_FILE = {"FAMILY-SITES": "of the command `sites`, which takes several files"}


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_page_has_every_code_in_both_languages():
    text = page()
    for code, entry in catalogue("findings").items():
        assert f"### {code}\n" in text
        assert all(shown(entry[lang]["saw"]) in text for lang in ("zh", "en"))


def test_every_code_that_a_check_can_emit_is_raised_by_a_planted_fault_or_a_named_test():
    assert len(TRIGGERED) >= 100
    assert set(TRIGGERED) <= set(catalogue("findings"))
    assert set(TOLD_BY).isdisjoint(TRIGGERED)
    assert codes() - set(NOT_OF_ONE_FILE) == codes() & (set(TRIGGERED) | set(TOLD_BY))
    assert set(NOT_OF_ONE_FILE) <= codes()


@pytest.mark.parametrize("test", sorted(set(TOLD_BY.values())))
def test_a_named_test_is_there_and_knows_its_codes(test: str):
    """``python -m tests.seeded_errors.recorder`` runs them and listens whether they do."""
    path, _, name = test.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
    tables = [
        one.module for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) and one.module
    ]
    beside = [ROOT / f"{one.replace('.', '/')}.py" for one in tables if one.startswith("tests.")]
    known = "".join([text, *(one.read_text(encoding="utf-8") for one in beside if one.is_file())])
    for code in (code for code, told in TOLD_BY.items() if told == test):
        assert re.search(rf'"{code}"|\b{code}(?![A-Z0-9-])', known), code


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
