"""Worked examples of other people: each printed figure computed again by the product."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction as F
from pathlib import Path
from typing import Any

from factors.dqr import Rating
from factors.pedigree import Pedigree
from factors.units import unit
from lca.end_of_life import CIRCULAR, outcome
from lca.formula import parse
from lca.formula_value import check, evaluate
from lca.uncertainty.propagation import product_rule, propagate, sum_rule
from tests.cases.__main__ import of_file
from tests.cases.case import load
from tests.cases.report import MISS, OK, UNSUPPORTED
from tests.factors.test_dqr import PUBLISHED as RATED
from tests.factors.test_pedigree import WORKED as SPREADS
from tests.factors.test_units_reference import REFERENCE
from tests.lca.test_end_of_life import LOOP
from tests.lca.uncertainty.test_propagation import GAUGE, gauge
from tests.validation.compared import Compared

HERE = Path(__file__).parent
OURS = HERE.parent / "cases" / "files"
PRINTED = re.compile(r"ours (\S+)  theirs (\S+)  deviation .*allowed (\S+)$")
BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Worked:
    """An example with its source and every figure of it."""

    title: str
    source: str
    figures: tuple[Compared, ...]


# --- cases that go through a system file ---------------------------------------------------------


def published_cases() -> Iterator[Worked]:
    """Yield the cases that somebody published, computed through a system file."""
    files = [*sorted((HERE / "cases").glob("*.json")), *sorted(OURS.glob("*.json"))]
    for file in files:
        source = str(load(file).data["source"])
        figures = tuple(_figures(file))
        if BY_HAND not in source and figures:
            yield Worked(str(load(file).data["title"]), source, figures)


def _figures(file: Path) -> Iterator[Compared]:
    case = load(file)
    for row in of_file(file):
        found = PRINTED.match(row.text)
        if row.verdict in (OK, MISS) and found:
            ours, theirs, half = (F(Decimal(one)) for one in found.groups())
            yield Compared(row.figure, theirs, ours, half, case.unit)


def solved_by_hand() -> tuple[int, int, list[str], list[str]]:
    """Return cases and figures of our own that agree, then the controls: missed and refused."""
    cases, figures, missed, refused = 0, 0, [], []
    for file in sorted(OURS.glob("*.json")):
        if BY_HAND not in str(load(file).data["source"]):
            continue
        verdicts = [row.verdict for row in of_file(file)]
        cases, figures = cases + (OK in verdicts), figures + verdicts.count(OK)
        if MISS in verdicts:
            missed.append(file.stem)
        if UNSUPPORTED in verdicts:
            refused.append(file.stem)
    return cases, figures, missed, refused


# --- formulas ------------------------------------------------------------------------------------


def published_formulas() -> Iterator[Worked]:
    """Yield the examples of ``published.toml``, those of one source together."""
    listed = tomllib.loads((HERE / "published.toml").read_text(encoding="utf-8"))["example"]
    for source in dict.fromkeys(one["source"] for one in listed):
        of_it = [one for one in listed if one["source"] == source]
        yield Worked("Formulas", source, tuple(map(_formula, of_it)))


def _formula(example: dict[str, Any]) -> Compared:
    ours = formula_value(example["formula"], example["unit"], example["given"])
    theirs, half = F(example["printed"]), F(example["half"])
    return Compared(example["title"], theirs, ours, half, example["unit"])


def formula_value(text: str, wanted: str, given: dict[str, str]) -> F:
    """Return a formula of the model language in a unit; it must have that dimension.

    Raises
    ------
    ValueError
        When the dimensions do not fit.
    """
    told = {name: quantity.split(" ", 1) for name, quantity in given.items()}
    units = {name: unit(symbol) for name, (_, symbol) in told.items()}
    formula = parse(text)
    if wrong := check(formula, units, unit(wanted)):
        raise ValueError(wrong[0].render("en"))
    values = {name: F(amount) * units[name].scale for name, (amount, _) in told.items()}
    return evaluate(formula, values) / unit(wanted).scale


# --- functions -----------------------------------------------------------------------------------


def published_functions() -> Iterator[Worked]:
    """Yield printed examples of single functions: data quality and propagation."""
    yield Worked(
        "Data quality ratings of seven products",
        "Agribalyse 3 (ADEME, INRAE), table of products; two decimals",
        tuple(_rating(name, told) for name, told in RATED.items()),
    )
    yield Worked(
        "End-gauge calibration, first and second order",
        "Guide to the expression of uncertainty in measurement (JCGM 100:2008), H.1",
        tuple(_gauge()),
    )
    yield Worked(
        "Rules of simple error propagation",
        "the example of a public course on inventories (IPCC approach 1); four decimals",
        tuple(_quadrature()),
    )


def functions_by_hand() -> Iterator[Worked]:
    """Yield examples that nobody printed: worked by hand from published tables and formulas."""
    yield Worked(
        "Pedigree scores as a squared geometric standard deviation",
        "factor tables of ecoinvent 2 and 3 and of Ciroth et al. 2016, as public tools hold them",
        tuple(_spread(*one) for one in SPREADS),
    )
    yield Worked(
        "A closed loop under the Circular Footprint Formula, whatever the factor A",
        "algebra: 0.4 x 1.5 + 0.6 x 0.5 + 0.4 x 0.1",
        tuple(_loop(a) for a in ("0", "0.2", "0.5", "0.8", "1")),
    )


def _rating(name: str, told: tuple[str, ...]) -> Compared:
    p, tir, ger, ter, printed = map(F, told)
    ours = Rating(technology=ter, geography=ger, time=tir, precision=p).dqr
    return Compared(name, printed, ours, F("0.005"))


def _spread(scheme: str, scores: tuple[int, ...], basic: str, printed: float) -> Compared:
    ours = F(Pedigree(scheme, scores, F(basic)).gsd_squared)
    name = f"{scheme}: {', '.join(map(str, scores))}, basic {basic}"
    return Compared(name, F(str(printed)), ours, F("1e-6"))


def _gauge() -> Iterator[Compared]:
    found = propagate(gauge, GAUGE)
    assert found.u_second is not None
    yield Compared("length", F(50_000_838), F(found.value), F("0.5"), "nm")
    yield Compared("standard uncertainty, first order", F(32), F(found.u), F("0.5"), "nm")
    yield Compared("the same with second order", F(34), F(found.u_second), F("0.5"), "nm")
    for name, printed, half in (
        ("delta_theta", "16.599", "5e-4"),
        ("delta_alpha", "2.88679", "5e-6"),
    ):
        ours = abs(F(found.components[name]))
        yield Compared(f"component {name}", F(printed), ours, F(half), "nm")


def _quadrature() -> Iterator[Compared]:
    product, total = product_rule([0.05, 0.1]), sum_rule([1000, 500, 200], [0.1, 0.2, 0.5])
    yield Compared("product rule", F("11.1803"), F(100 * product), F("5e-5"), "%")
    yield Compared("sum rule", F("10.1885"), F(100 * total), F("5e-5"), "%")


def _loop(a: str) -> Compared:
    ours = outcome(replace(LOOP, a=F(a)), CIRCULAR).value
    return Compared(f"A = {a}", F("0.94"), ours, F(0), "kg CO2e/kg")


# --- units ---------------------------------------------------------------------------------------


def published_units() -> tuple[int, int, list[str]]:
    """Return how many printed unit values there are, how many are ours, and their sources."""
    rows = REFERENCE["published"]
    agreeing = sum(_agrees(row) for row in rows)
    return len(rows), agreeing, sorted({row["source"] for row in rows})


def _agrees(row: dict[str, str]) -> bool:
    """Whether ours, rounded to the digits of the source, is what the source prints."""
    printed = Decimal(row["is"])
    exact = unit(row["one"]).factor_to(unit(row["in"]))
    rounding = Context(prec=len(printed.as_tuple().digits))
    return rounding.divide(Decimal(exact.numerator), Decimal(exact.denominator)) == printed
