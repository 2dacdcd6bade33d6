"""The commands on the library print what the library says, as text and as data."""

from __future__ import annotations

import json

import pytest

from factors.errors import FactorError
from factors.texts import LANGS
from labels.cli import library, reliance, shelf
from lca.study import DEFAULT_RULES


@pytest.mark.parametrize("lang", LANGS)
def test_search_prints_reasons_moves_and_what_was_passed_over(capsys, lang):
    library.search("电力", "CN", lang, per="kWh", amount="1000", on="2024-06-01", as_json=False)
    told = capsys.readouterr().out
    assert "electricity-cn-footprint-2024" in told
    assert "0.5777 kg CO2e/kWh" in told
    assert "+7.4%" in told
    assert "electricity-cn-co2-2023" not in told.partition("electricity-cn-footprint-2023")[0]


def test_search_as_data_holds_both_languages_and_every_row_passed_over(capsys):
    library.search("炭黑", "", "zh", as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "carbonlabel-choice/1"
    assert [one["id"] for one in found["options"]] == ["carbon-black-derived"]
    assert all(len(found["options"][0]["reasons"][lang]) == 2 for lang in LANGS)
    assert "carbon-black-cabot-2014" in {one["id"] for one in found["passed_over"]}


def test_search_for_nothing_says_so(capsys):
    library.search("xyzzy qqq", "CN", "en", as_json=False)
    assert "xyzzy qqq" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ({"on": "yesterday"}, "LIBRARY-DAY"),
        ({"boundary": "everything"}, "LIBRARY-BOUNDARY"),
        ({"amount": "a lot"}, "LIBRARY-AMOUNT"),
    ],
)
def test_what_cannot_be_read_is_a_finding(option, code):
    with pytest.raises(FactorError) as refusal:
        library.search("coal", "CN", "en", **option, as_json=False)
    assert [found.code for found in refusal.value.findings] == [code]
    assert all(found.render(lang) for found in refusal.value.findings for lang in LANGS)


def test_show_prints_provenance_and_contradicting_rows(capsys):
    library.show("carbon-black-derived", "en", as_json=False)
    told = capsys.readouterr().out
    assert "own-calculation" in told
    assert "carbon-black-cabot-2014" in told
    library.show("carbon-black-derived", "en", as_json=True)
    row = json.loads(capsys.readouterr().out)
    assert {"locator", "url", "licence", "retrieved"} <= set(row)
    assert "carbon-black-cabot-2014" in {one["id"] for one in row["contradicting"]}


def test_compare_marks_what_differs(capsys):
    ids = ["electricity-cn-footprint-2024", "electricity-cn-footprint-2023"]
    library.compare_rows(ids, "zh", as_json=False)
    told = capsys.readouterr().out
    assert "≠ release" in told
    assert "1.074" in told
    library.compare_rows(ids, "zh", as_json=True)
    assert json.loads(capsys.readouterr().out)["ids"] == ids


def test_impact_and_coverage_are_printed_and_handed_out(capsys):
    reliance.impact("barley-cn-east", "zh", as_json=False)
    assert "barley-field" in capsys.readouterr().out
    reliance.impact("tyre-filler-saving-car-claim", "en", as_json=False)
    assert "tyre-filler-saving-car-claim" in capsys.readouterr().out
    reliance.coverage("beer", "zh", as_json=False)
    assert "paper-label-fr" in capsys.readouterr().out
    reliance.coverage("", "en", as_json=True)
    assert {one["model"] for one in json.loads(capsys.readouterr().out)} >= {"beer", "tire"}


def test_sources_list_every_release(capsys):
    library.sources("en", as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert {"release", "licence_class", "sha256"} <= set(rows[0])


def test_rows_are_compared_under_the_general_rule_set_with_what_is_lent(capsys):
    assert library.RULES == DEFAULT_RULES
    library.search("R600a", "", "en", as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert "refrigerant-r600a-release" in {one["id"] for one in found["options"]}


def test_sources_end_with_the_rows_by_class(capsys):
    rows = list(shelf.library())
    quoted = sum(shelf.library().source(row).licence_class == "quoted-fact" for row in rows)
    inputs = sum(row.use == "input" for row in rows)
    library.sources("en", as_json=False)
    totals = capsys.readouterr().out.partition("Rows by class")[2].split()
    assert totals[totals.index("quoted-fact") + 1] == str(quoted)
    assert totals[totals.index("input") + 1] == str(inputs)
    assert totals[-1] == str(len(rows))
