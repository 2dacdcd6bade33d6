"""Laws of formulas: reading inverts writing, values are exact, dimensions sound, text is safe."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from factors.errors import ModelError
from factors.units import Unit, unit
from lca.formula import (
    FUNCTIONS,
    Binary,
    Call,
    Formula,
    Name,
    Negate,
    Node,
    Number,
    names_in,
    parse,
    render,
)
from lca.formula_value import FormulaValueError, check, evaluate, unit_of
from lca.model import parse_model
from tests.property.strategies import like_units

NAMES = ("a", "b", "c", "d_1", "mass_of_pack")
BRACKETS = (None, unit("kg/L"), unit("%"), unit("kg CO2e"), unit("t·km"), unit("kWh/(t·year)"))
TEXTS = st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,6})?([eE][+-]?[0-9])?", fullmatch=True)


def numbers(units: tuple[Unit | None, ...] = BRACKETS) -> st.SearchStrategy[Node]:
    return st.builds(
        lambda text, own: Number(text, Fraction(text), own), TEXTS, st.sampled_from(units)
    )


def trees(leaves: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Negate, inner),
            st.builds(Binary, st.sampled_from("+-*/"), inner, inner),
            st.builds(
                Call,
                st.sampled_from(sorted(FUNCTIONS)),
                st.lists(inner, min_size=1, max_size=3).map(tuple),
            ),
        ),
        max_leaves=12,
    )


LEAVES = st.one_of(numbers(), st.sampled_from(NAMES).map(Name))
PLAIN = st.one_of(numbers((None,)), st.sampled_from(NAMES).map(Name))
VALUES = st.fixed_dictionaries(
    {name: st.fractions(-(10**6), 10**6, max_denominator=10**6) for name in NAMES}
)


def formula(root: Node) -> Formula:
    return Formula(render(root), root, names_in(root))


@given(trees(LEAVES))
def test_reading_gives_back_what_was_written(root: Node) -> None:
    again = parse(render(root))
    assert again.root == root
    assert again.names == names_in(root)
    assert render(again.root) == render(root)


def by_python(node: Node, values: dict[str, Fraction]) -> Fraction:
    """The same value by Python's own arithmetic on its own syntax."""
    text = render(node)
    shown = {name: values[name] for name in names_in(node)}
    for number in sorted(literals(node), key=len, reverse=True):
        text = exact(text, number)
    return Fraction(eval(text, {"Fraction": Fraction, "min": least, "max": most}, dict(shown)))


def least(*values: Fraction) -> Fraction:
    return min(values)


def most(*values: Fraction) -> Fraction:
    return max(values)


def literals(node: Node) -> set[str]:
    match node:
        case Number(text):
            return {text}
        case Negate(operand):
            return literals(operand)
        case Binary(_, left, right):
            return literals(left) | literals(right)
        case Call(_, arguments):
            return set().union(*(literals(one) for one in arguments))
        case _:
            return set()


def exact(text: str, number: str) -> str:
    """Write one literal as a Fraction wherever it stands as a whole token."""
    tokens = []
    for token in text.replace("(", "( ").replace(")", " )").replace(",", " ,").split(" "):
        bare = token.lstrip("-")
        signs = token[: len(token) - len(bare)]
        tokens.append(f'{signs}Fraction("{number}")' if bare == number else token)
    return " ".join(tokens)


@given(trees(PLAIN), VALUES)
def test_values_are_those_of_exact_arithmetic(root: Node, values: dict[str, Fraction]) -> None:
    try:
        found = evaluate(formula(root), values)
    except FormulaValueError:
        try:
            by_python(root, values)
        except ZeroDivisionError:
            return
        raise
    assert found == by_python(root, values)


@st.composite
def sound_formulas(draw: st.DrawFn) -> tuple[Formula, dict[str, tuple[Unit, Unit]]]:
    """A formula of sound dimension, and for every name two units of its dimension."""
    units = {name: draw(like_units(2)) for name in ("a", "b")}
    units |= {"c": units["a"], "d_1": units["b"]}  # so that sums have a chance
    units["c"] = (draw(st.sampled_from(units["a"])), draw(st.sampled_from(units["a"])))
    leaves = st.one_of(st.sampled_from(sorted(units)).map(Name), numbers((None,)))
    root = draw(trees(leaves))
    first = {name: pair[0] for name, pair in units.items()}
    assume(not check(formula(root), first, None))
    return formula(root), {name: (pair[0], pair[1]) for name, pair in units.items()}


@given(sound_formulas(), VALUES)
def test_a_sound_formula_does_not_depend_on_the_units_of_its_inputs(
    drawn: tuple[Formula, dict[str, tuple[Unit, Unit]]], values: dict[str, Fraction]
) -> None:
    """Enter every value in another unit: the quantity, read in any unit, is the same."""
    told, units = drawn
    first = {name: values[name] * units[name][0].scale for name in units}
    entered = {name: values[name] * units[name][0].factor_to(units[name][1]) for name in units}
    second = {name: entered[name] * units[name][1].scale for name in units}
    assert check(told, {name: pair[1] for name, pair in units.items()}, None) == ()
    try:
        assert evaluate(told, first) == evaluate(told, second)
    except FormulaValueError:
        assume(False)


def power_of(found: Unit, dimension: str) -> int:
    """Exponent of a base dimension in a unit."""
    total = 0
    for atom, power in found.powers:
        total += sum(exponent * power for name, exponent in atom.dims if name == dimension)
    return total


SCALED = {
    "a": unit("kg"),
    "b": unit("kg/L"),
    "c": unit("L"),
    "d_1": unit("kg"),
    "mass_of_pack": unit("1"),
}


@given(
    trees(st.one_of(st.sampled_from(sorted(SCALED)).map(Name), numbers((None,)))),
    VALUES,
    st.fractions(Fraction(1, 100), 100, max_denominator=100),
)
def test_what_passes_the_check_scales_with_its_dimension(
    root: Node, values: dict[str, Fraction], factor: Fraction
) -> None:
    """Make the kilogram `factor` times smaller: every mass grows by it, and so does the result.

    This is what having a dimension means; a formula that fails the check has no such law.
    """
    told = formula(root)
    assume(check(told, SCALED, None) == ())
    found = unit_of(told, SCALED)
    assert found is not None
    scaled = {name: values[name] * factor ** power_of(SCALED[name], "mass") for name in SCALED}
    try:
        assert evaluate(told, scaled) == evaluate(told, values) * factor ** power_of(found, "mass")
    except FormulaValueError:
        assume(False)


def test_control_a_formula_that_fails_the_check_does_not_scale() -> None:
    told = parse("a + c")
    assert check(told, SCALED, None)
    before = evaluate(told, {"a": Fraction(1), "c": Fraction(1)})
    after = evaluate(told, {"a": Fraction(2), "c": Fraction(1)})
    assert after not in (before, 2 * before)


PIECES = st.lists(
    st.sampled_from([*"+-*/()[],. 0123456789abz_", "min", "max", "[kg]", "1e3", "\n", "é", "\x00"]),
    max_size=60,
).map("".join)


@given(st.one_of(st.text(max_size=200), PIECES))
def test_random_text_is_read_or_refused(text: str) -> None:
    try:
        root = parse(text).root
    except ModelError as refusal:
        for found in refusal.findings:
            found.render("zh")
            found.render("en")
        return
    assert parse(render(root)).root == root


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_random_bytes_are_no_model(data: bytes) -> None:
    try:
        parse_model(data, "random.toml")
    except ModelError:
        return
    raise AssertionError("random bytes were taken for a product model")
