"""Formulas: reading, writing, exact values, dimensions, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from factors.errors import ModelError
from factors.findings import Where
from factors.units import Unit, unit
from lca.formula import FUNCTIONS, MAX_DEPTH, Binary, Name, Negate, Number, parse, render
from lca.formula_value import FormulaValueError, check, evaluate, unit_of


def code_of(text: str) -> str:
    with pytest.raises(ModelError) as refusal:
        parse(text)
    return refusal.value.findings[0].code


def value(text: str, **names: Fraction | int) -> Fraction:
    return evaluate(parse(text), {name: Fraction(one) for name, one in names.items()})


def codes(text: str, wanted: str, **names: str) -> list[str]:
    units = {name: unit(one) for name, one in names.items()}
    return [found.code for found in check(parse(text), units, unit(wanted))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", Fraction(7)),
        ("(1 + 2) * 3", Fraction(9)),
        ("8 - 3 - 2", Fraction(3)),
        ("8 / 4 / 2", Fraction(1)),
        ("8 / (4 / 2)", Fraction(4)),
        ("-2 * -3", Fraction(6)),
        ("--2", Fraction(2)),
        ("2 - -3", Fraction(5)),
        ("1 / 3", Fraction(1, 3)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("1e3 / 2.5E-1", Fraction(4000)),
        ("min(3, 1, 2)", Fraction(1)),
        ("max(3, min(9, 7), 2)", Fraction(7)),
        ("min(5)", Fraction(5)),
        ("44 / 12", Fraction(11, 3)),
    ],
)
def test_arithmetic_is_exact(text: str, expected: Fraction) -> None:
    assert value(text) == expected


def test_numbers_with_units_enter_in_base_units() -> None:
    assert value("2 [t]") == 2000  # kilogram
    assert value("5 [%]") == Fraction(1, 20)
    assert value("1 [kWh]") == Fraction(18, 5)  # megajoule


def test_tree_of_a_small_formula() -> None:
    formula = parse("a * -2 [kg/L]")
    two = Number("2", Fraction(2), unit("kg/L"))
    assert formula.root == Binary("*", Name("a"), Negate(two))
    assert formula.names == ("a",)


def test_names_stand_once_in_order_of_appearance() -> None:
    assert parse("b + a * b / max(c, a)").names == ("b", "a", "c")


@pytest.mark.parametrize(
    "text", ["a - (b - c)", "a / (b * c)", "-(a + b)", "a * -b", "(a + b) * c", "max(a, -b) - 1"]
)
def test_writing_keeps_the_parentheses_that_matter(text: str) -> None:
    assert render(parse(text).root) == text


def test_writing_drops_the_others() -> None:
    assert render(parse("((a) * (b)) + ((c))").root) == "a * b + c"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "FORMULA-SYNTAX"),
        ("1 +", "FORMULA-SYNTAX"),
        ("1 2", "FORMULA-SYNTAX"),
        ("(1", "FORMULA-SYNTAX"),
        ("1)", "FORMULA-SYNTAX"),
        ("a [kg]", "FORMULA-SYNTAX"),
        ("+1", "FORMULA-SYNTAX"),
        ("2 ** 3", "FORMULA-SYNTAX"),
        ("min()", "FORMULA-SYNTAX"),
        ("a.b", "FORMULA-CHARACTER"),
        ("A", "FORMULA-CHARACTER"),
        ("a < b", "FORMULA-CHARACTER"),
        ("１ + 1", "FORMULA-CHARACTER"),
        ("__import__('os')", "FORMULA-CHARACTER"),
        ("exec(1)", "FORMULA-FUNCTION"),
        ("1 [furlong]", "FORMULA-UNIT"),
        ("1 []", "FORMULA-UNIT"),
        ("1e999999999", "FORMULA-NUMBER"),
        ("9" * 41, "FORMULA-NUMBER"),
        ("1" + " " * 1000, "FORMULA-LENGTH"),
        ("+".join(["1"] * 200), "FORMULA-LENGTH"),
        ("(" * (MAX_DEPTH + 2) + "1" + ")" * (MAX_DEPTH + 2), "FORMULA-DEPTH"),
        ("-" * (MAX_DEPTH + 2) + "1", "FORMULA-DEPTH"),
        ("min(" * (MAX_DEPTH + 2) + "1" + ")" * (MAX_DEPTH + 2), "FORMULA-DEPTH"),
    ],
)
def test_refusals(text: str, code: str) -> None:
    assert code_of(text) == code


def test_the_deepest_allowed_formula_is_read() -> None:
    assert value("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH) == 1


def test_a_wrong_number_of_arguments_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    two = replace(FUNCTIONS["min"], least=2, most=2)
    monkeypatch.setattr("lca.formula.FUNCTIONS", {"min": two})
    for text, count in (("min(1)", "1"), ("min(1, 2, 3)", "3")):
        with pytest.raises(ModelError) as refusal:
            parse(text)
        (found,) = refusal.value.findings
        assert found.code == "FORMULA-ARGUMENTS"
        assert dict(found.params) == {"text": text, "saw": "min", "count": count}
    assert len(parse("min(1, 2)").root.arguments) == 2  # type: ignore[union-attr]


def test_division_by_zero_names_the_divisor() -> None:
    with pytest.raises(FormulaValueError) as refusal:
        value("a / (b - c)", a=1, b=2, c=2)
    assert refusal.value.findings[0].code == "FORMULA-ZERO-DIVISOR"
    assert refusal.value.names == ("b", "c")


def test_a_number_beyond_all_measure_is_refused_at_once() -> None:
    large = Fraction(10**4000)
    with pytest.raises(FormulaValueError) as refusal:
        value("a" + " * a" * 140, a=large)
    assert refusal.value.findings[0].code == "FORMULA-SIZE"


def test_dimension_of_a_sound_formula() -> None:
    assert codes("a / v + 0.789 [kg/L]", "kg/L", a="g", v="mL") == []


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("m + v", "kg", ["FORMULA-UNLIKE"]),
        ("m + 1", "kg", ["FORMULA-UNLIKE"]),
        ("max(0, m)", "kg", ["FORMULA-UNLIKE"]),
        ("m * v", "kg", ["FORMULA-DIMENSION"]),
        ("m", "kg CO2e", ["FORMULA-DIMENSION"]),
        ("x + y", "kg", ["FORMULA-NAME", "FORMULA-NAME"]),
        ("x + (m - v)", "kg", ["FORMULA-NAME", "FORMULA-UNLIKE"]),
        ("max(0 [t], m)", "g", []),
        ("m * 10 [%]", "kg", []),
        ("m / v * v", "kg", []),
    ],
)
def test_dimensions(text: str, wanted: str, expected: list[str]) -> None:
    assert codes(text, wanted, m="kg", v="L") == expected


def test_mass_of_co2_never_adds_to_co2e() -> None:
    assert codes("m + e", "kg CO2e", m="kg", e="kg CO2e") == ["FORMULA-UNLIKE"]


def test_unit_of_a_formula() -> None:
    found = unit_of(parse("m / v"), {"m": unit("kg"), "v": unit("L")})
    assert isinstance(found, Unit)
    assert found.dimension == unit("kg/m3").dimension
    assert unit_of(parse("m + v"), {"m": unit("kg"), "v": unit("L")}) is None


def test_every_function_says_where_it_comes_from() -> None:
    assert all(function.source for function in FUNCTIONS.values())


AT = Where(path="exchange[x].amount")
LONG = "9" * 41


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("1 + a.b", "FORMULA-CHARACTER", {"char": ".", "column": "6"}),
        ("1 +", "FORMULA-SYNTAX", {"saw": "", "column": "4"}),
        ("1 + )", "FORMULA-SYNTAX", {"saw": ")", "column": "5"}),
        ("(1 2", "FORMULA-SYNTAX", {"saw": "2", "column": "4"}),
        ("(1,", "FORMULA-SYNTAX", {"saw": ",", "column": "3"}),
        ("(1(", "FORMULA-SYNTAX", {"saw": "(", "column": "3"}),
        (", 1)", "FORMULA-SYNTAX", {"saw": ",", "column": "1"}),
        (")1)", "FORMULA-SYNTAX", {"saw": ")", "column": "1"}),
        ("min(1, 2(", "FORMULA-SYNTAX", {"saw": "(", "column": "9"}),
        ("min)1, 2)", "FORMULA-SYNTAX", {"saw": ")", "column": "4"}),
        (f"1 + {LONG}", "FORMULA-NUMBER", {"saw": LONG, "column": "5"}),
        ("2 * 1 [furlong]", "FORMULA-UNIT", {"saw": "[furlong]", "column": "7"}),
        ("1 + exec(1)", "FORMULA-FUNCTION", {"saw": "exec", "known": "max, min"}),
        ("-" * 32 + "1", "FORMULA-DEPTH", {"limit": "30"}),
    ],
)
def test_a_refusal_says_where_what_and_at_which_column(
    text: str, code: str, told: dict[str, str]
) -> None:
    with pytest.raises(ModelError) as refusal:
        parse(text, AT)
    (found,) = refusal.value.findings
    assert (found.code, found.where) == (code, AT)
    assert dict(found.params) == {"text": text, **told}


@pytest.mark.parametrize(("before", "after"), [("max(1, ", ")"), ("max(", ", 1)")])
def test_calls_nest_as_deep_as_parentheses_in_every_argument(before: str, after: str) -> None:
    assert parse(before * MAX_DEPTH + "1" + after * MAX_DEPTH).names == ()
    with pytest.raises(ModelError, match="FORMULA-DEPTH"):
        parse(before * (MAX_DEPTH + 1) + "1" + after * (MAX_DEPTH + 1))


def test_a_counting_unit_of_the_model_may_stand_in_brackets() -> None:
    number = parse("0.5 [kg/wagonload]", AT, frozenset({"wagonload"})).root
    assert isinstance(number, Number)
    assert number.unit is not None
    assert number.unit.symbol == "kg/wagonload"
    with pytest.raises(ModelError, match="FORMULA-UNIT"):
        parse("0.5 [kg/wagonload]", AT)


@pytest.mark.parametrize("text", ["1" + " " * 1000, "+".join(["1"] * 151)])
def test_a_formula_that_is_too_long_names_the_limit(text: str) -> None:
    with pytest.raises(ModelError) as refusal:
        parse(text, AT)
    (found,) = refusal.value.findings
    assert (found.code, found.where) == ("FORMULA-LENGTH", AT)
    assert dict(found.params)["limit"] == "1000"


def test_three_hundred_tokens_are_not_too_many() -> None:
    assert parse("-" + "+".join(["1"] * 150)).names == ()
