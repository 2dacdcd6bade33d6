"""``carbonlabel units``: one reading and its conversion, or the question, or what is wrong."""

import json
from typing import Any

import pytest

from factors.written import Setting
from labels.cli.units import show


def data(capsys: pytest.CaptureFixture[str], text: str, to: str = "", code: int = 0) -> Any:
    assert show(text, to, "en", as_json=True) == code
    return json.loads(capsys.readouterr().out)


def test_the_example_of_the_manual(capsys: pytest.CaptureFixture[str]):
    found = data(capsys, "12 万kWh", "MJ")
    assert (found["value"], found["unit"], found["dimension"]) == ("120000", "kWh", "[energy]")
    assert (found["to"]["value"], found["to"]["unit"]) == ("432000", "MJ")
    assert found["to"]["exact"] is None


@pytest.mark.parametrize(
    ("text", "to", "value"),
    [
        ("1 short ton", "t", "0.90718474"),
        ("吨公里", "kg·km", "1000"),
        ("12 %", "1", "0.12"),
        ("0.5", "%", "50"),
        ("5 kg CO2e/(t·nmi)", "g CO2e/(t·km)", "2699.7840172786177"),
        ("５０ ℓ", "hL", "0.5"),
    ],
)
def test_conversions(capsys: pytest.CaptureFixture[str], text: str, to: str, value: str):
    assert data(capsys, text, to)["to"]["value"] == value


def test_a_rounded_decimal_says_its_exact_fraction(capsys: pytest.CaptureFixture[str]):
    assert data(capsys, "1 亩", "m2")["to"]["exact"] == "2000/3"
    assert show("1 亩", "m2", "en", as_json=False) == 0
    assert "exactly 2000/3" in capsys.readouterr().out


def test_qualifier_and_spread_are_converted_too(capsys: pytest.CaptureFixture[str]):
    found = data(capsys, "5±1 t", "kg")
    assert (found["qualifier"], found["to"]["spread"]) == ("plus-minus", "1000")
    assert data(capsys, "<0.1 t", "kg")["to"]["qualifier"] == "less-than"


def test_a_question_shows_both_readings(capsys: pytest.CaptureFixture[str]):
    found = data(capsys, "1,234 kWh", "MJ", code=1)
    assert [one["value"] for one in found["readings"]] == ["1234", "1.234"]
    assert found["findings"][0]["code"] == "NUMBER-DECIMAL"
    assert "to" not in found
    assert show("1,234 kWh", "MJ", "zh", as_json=False) == 1
    told = capsys.readouterr()
    assert not told.out and "1234 kWh" in told.err and "1.234 kWh" in told.err


@pytest.mark.parametrize(
    ("text", "to", "code"),
    [
        ("5 ton", "kg", "UNIT-AMBIGUOUS"),
        ("ton", "", "UNIT-AMBIGUOUS"),
        ("5 kWh", "kg", "UNIT-DIMENSION"),
        ("5 kWh", "gal", "UNIT-AMBIGUOUS"),
        ("5", "kg", "UNIT-DIMENSION"),
        ("", "", "NUMBER-EMPTY"),
        ("nan kg", "", "UNIT-UNKNOWN"),
        ("5-10 kg", "", "NUMBER-INTERVAL"),
    ],
)
def test_a_refusal_is_a_finding(capsys: pytest.CaptureFixture[str], text: str, to: str, code: str):
    assert data(capsys, text, to, code=1)["findings"][0]["code"] == code
    assert show(text, to, "zh", as_json=False) == 1
    told = capsys.readouterr()
    assert code in told.err and not told.out


def test_the_setting_is_asked_about(capsys: pytest.CaptureFixture[str]):
    assert show("100 m3", "", "en", Setting(gas=True), as_json=False) == 1
    assert "Nm3" in capsys.readouterr().err
    assert show("100 m3(actual)", "L", "en", Setting(gas=True), as_json=False) == 0
    assert "100000 L" in capsys.readouterr().out


@pytest.mark.parametrize(("lang", "word"), [("zh", "换算为"), ("en", "converted")])
def test_both_languages(capsys: pytest.CaptureFixture[str], lang: str, word: str):
    assert show("≈12 万kWh", "MJ", "zh" if lang == "zh" else "en", as_json=False) == 0
    told = capsys.readouterr()
    assert word in told.out and "≈432000 MJ" in told.out and "[energy]" in told.out
    assert "NUMBER-ABOUT" in told.err
