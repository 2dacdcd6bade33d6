"""The page of units is the one that its command writes, and its examples are true."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from factors.allowlist import allow_list
from factors.errors import UnitError
from factors.unit_table import page
from factors.units import unit

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_current():
    written = (DOCS / "reference" / "units.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m factors.unit_table > docs/reference/units.md"


def test_every_spelling_without_number_word_is_on_the_page():
    shown = page()
    for entry in allow_list().entries:
        joined = {stem + name for stem in entry.stems for name in entry.qualifiers}
        parts = (*(set(entry.spellings) - joined), *entry.stems, *entry.qualifiers)
        assert entry.word or all(f"`{part}`" in shown for part in parts)


def test_sizes_on_the_page_are_exact():
    found = re.findall(r"^\| `([^`]+)` \| (\d[\d./]*)(?: ([^|`]+))? \|", page(), re.MULTILINE)
    assert len(found) > 100
    for symbol, size, base in found:
        assert unit(symbol).factor_to(unit(base or "1")) == Fraction(size)


def rows(heading: str) -> list[list[str]]:
    text = (DOCS / "explanation" / "ambiguity.md").read_text(encoding="utf-8")
    part = text.partition(f"## {heading}")[2].partition("\n## ")[0]
    return [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize("row", rows("Units that are refused\n"), ids=lambda row: row[0].strip())
def test_the_explanation_says_what_the_code_does(row: list[str]):
    for refused in re.findall("`([^`]+)`", row[0]):
        with pytest.raises(UnitError, match="UNIT-AMBIGUOUS"):
            unit(refused)
    for choice in re.findall("`([^`]+)`", row[2]):
        assert unit(choice).symbol
