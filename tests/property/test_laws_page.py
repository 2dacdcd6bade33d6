"""The page of laws names tests that exist, and leaves out none of the footprint's."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "laws.md").read_text(encoding="utf-8")
LAWS = re.findall(r"^\| (\d+) \| (.+) \| `([\w/.]+)::(\w+)` \|$", PAGE, re.M)


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_there_are_thirty_laws_and_each_has_its_number_and_its_test() -> None:
    numbers = [int(number) for number, *_ in LAWS]
    assert numbers == list(range(1, len(LAWS) + 1))
    assert len(LAWS) >= 30
    assert len({test for *_, test in LAWS}) == len(LAWS)
    assert len(LAWS) == len(re.findall(r"^\| \d", PAGE, re.M)), "a row was not understood"


@pytest.mark.parametrize(("file", "test"), [(file, test) for _, _, file, test in LAWS])
def test_the_test_of_a_law_exists_and_runs_every_day(file: str, test: str) -> None:
    assert test in functions(file)
    text = (ROOT / file).read_text(encoding="utf-8")
    decorators = text[: text.index(f"def {test}(")].rsplit("\n\n\n", 1)[-1]
    assert "mark.deep" not in decorators


def test_every_law_of_the_footprint_stands_on_the_page() -> None:
    named = {test for *_, test in LAWS}
    laws = functions("tests/property/test_footprint_laws.py")
    assert {name for name in laws if name.startswith("test_")} <= named
