"""The catalogue of findings: every code whole, in both languages, with the same fields."""

from __future__ import annotations

import string

import pytest

from factors.findings import Finding, Severity, Where, finding
from factors.texts import LANGS, catalogue, text

CODES = sorted(catalogue("findings"))
PARTS = ("saw", "expected", "todo")


def fields(sentence: str, lang: str) -> set[str]:
    """Names of the fields; a value that comes in two languages is one field."""
    names = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
    return {name.removesuffix(f"_{lang}") for name in names}


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_whole_in_both_languages(code: str) -> None:
    entry = catalogue("findings")[code]
    assert set(entry) == {"severity", *LANGS}
    Severity(entry["severity"])
    for lang in LANGS:
        assert set(entry[lang]) == set(PARTS)
        assert all(entry[lang][part].strip() for part in PARTS)


@pytest.mark.parametrize("code", CODES)
def test_both_languages_use_the_same_fields(code: str) -> None:
    entry = catalogue("findings")[code]
    named = [set().union(*(fields(entry[lang][part], lang) for part in PARTS)) for lang in LANGS]
    assert named[0] == named[1]


def test_a_code_nobody_wrote_down_is_an_error() -> None:
    with pytest.raises(KeyError):
        _ = Finding("NO-SUCH-CODE").severity


def test_hostile_values_stay_on_one_line_and_short() -> None:
    told = finding("UNIT-UNKNOWN", Where(sheet="S", cell="B2"), unit="x\n\x1b[31m" * 99, close="")
    shown = dict(told.params)["unit"]
    assert len(shown) == 200
    assert shown.isprintable()


def test_a_value_with_braces_is_not_a_field() -> None:
    told = finding("CLI-DATE", date="{0.__class__} {date}")
    assert "{0.__class__} {date}" in told.render("en")


@pytest.mark.parametrize(
    ("rows", "said"),
    [(1, "1 row is called"), (2, "2 rows are called"), (11, "11 rows are called")],
)
def test_a_count_brings_its_noun(rows: int, said: str) -> None:
    told = finding("THINK-PROOF-NONE", count=rows, sure_en="likely", account_en="coal")
    assert f"likely: {said} " in told.sentence("saw", "en")
    assert text("cli.summary", "en", errors=0, warnings=rows, notes=1).endswith("1 note")
