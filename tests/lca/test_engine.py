"""The engine of record on published small matrices, and the systems it must refuse."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from factors.errors import FindingsError, SolveError
from lca import engine, oracle
from lca.compiled import Compiled, Solution, Triplets
from lca.system import compile_system
from lca.system_file import read
from tests.lca.systems import (
    Doc,
    compiled,
    document,
    emits,
    factors,
    footprint,
    gwp,
    line,
    link,
    matrix,
    own,
    process,
    random_document,
)

ENGINES = pytest.mark.parametrize("solve", [engine.solve, oracle.solve], ids=["record", "walk"])
Solve = Callable[[Compiled], Solution]


def total(solve: Solve, doc: Doc) -> float:
    return sum(solve(compiled(doc)).impacts)


def refused(doc: Doc) -> dict[str, str]:
    """Code -> names, of a system that cannot be solved by the engine of record."""
    with pytest.raises(SolveError) as error:
        engine.solve(compiled(doc))
    return {f.code: dict(f.params).get("processes", "") for f in error.value.findings}


@ENGINES
def test_basic_fixture_of_two_activities(solve: Solve) -> None:
    """bw2calc tests/fixtures/create_fixtures.py: A = [[1, 0], [-0.5, 1]], B = [[1, 0]] -> 1."""
    system = compiled(matrix([[1, 0], [-0.5, 1]], [[1, 0]], [1, 0]))
    found = solve(system)
    runs = dict(zip([column.id for column in system.columns], found.supply, strict=True))
    assert sum(found.impacts) == pytest.approx(1, rel=1e-12)
    assert (runs["p0"], runs["p1"]) == pytest.approx((1, 0.5), rel=1e-12)


@ENGINES
def test_electricity_and_fuel(solve: Solve) -> None:
    """Heijungs and Suh 2002, chapter 2, with a made-up weighting (1, 2, 0) of a course notebook.

    1000 kWh of electricity at 10 a run, 2 l of fuel a run from a refinery giving 100: 120 kg CO2,
    14 kg SO2, 100 l of crude oil -> 120 + 2 x 14 = 148.
    """
    a = [[10, 0], [-2, 100]]
    b: list[list[float]] = [[1, 10], [0.1, 2], [0, -50]]
    assert total(solve, matrix(a, b, [1000, 0], [1, 2, 0])) == pytest.approx(148, rel=1e-12)
    assert total(solve, matrix(a, b, [1000, 0])) == pytest.approx(120, rel=1e-12)


@ENGINES
def test_electricity_and_fuel_that_feed_each_other(solve: Solve) -> None:
    """By hand: 10 s1 - s2 = 1000 and 100 s2 = 2 s1, so s1 = 1000 / (10 - 0.02)."""
    doc = matrix([[10, -1], [-2, 100]], [[1, 10]], [1000, 0])
    runs = 1000 / 9.98
    assert total(solve, doc) == pytest.approx(runs + 10 * runs / 50, rel=1e-12)


@ENGINES
def test_several_flows_with_their_weights(solve: Solve) -> None:
    doc = matrix([[1, -0.2], [-0.5, 1]], [[1, 2], [0.1, 0]], [1, 0], [1, 30])
    s = np.linalg.solve([[1, -0.2], [-0.5, 1]], [1, 0])
    expected = float(np.array([1, 30]) @ np.array([[1, 2], [0.1, 0]]) @ s)
    assert total(solve, doc) == pytest.approx(expected, rel=1e-12)


@ENGINES
def test_own_scrap_is_a_loop_of_one(solve: Solve) -> None:
    doc = document(
        [process("cast")],
        [link("cast", "cast", "0.2"), emits("melt", "cast", "fossil.CO2", "0.8")],
    )
    assert total(solve, doc) == pytest.approx(1, rel=1e-14)


def test_two_materials_and_electricity() -> None:
    """dpp-calc 0.14.1, src/co2e/golden_vectors.rs: 0.5 x 8 + 0.2 x 3 + 1.5 x 0.4 = 5.2."""
    doc = document(
        [process("product", "item")],
        [
            line("m1", "product", "own:m1", "0.5", stage="raw-materials"),
            line("m2", "product", "own:m2", "0.2", stage="raw-materials"),
            line("power", "product", "own:grid", "1.5", "kWh"),
        ],
        factors=[
            own("m1", values={"unspecified.CO2e": "8"}),
            own("m2", values={"unspecified.CO2e": "3"}),
            own("grid", "kWh", values={"unspecified.CO2e": "0.4"}),
        ],
    )
    result = footprint(doc).to_json()
    assert result["totals"]["excluding_biogenic_co2"]["value"] == "5.2"
    stages = {stage["id"]: stage["value"] for stage in result["stages"]}
    assert (stages["raw-materials"], stages["manufacturing"]) == ("4.6", "0.6")


def test_waste_treatment_as_a_service() -> None:
    """openLCA core, math/WasteCalculationTest.java: 2 kg of waste treated at 2 kg/kg -> 4."""
    doc = document(
        [process("p"), process("treatment")],
        [
            link("p", "treatment", "2", stage="end-of-life"),
            emits("smoke", "treatment", "fossil.CO2", "2", stage="end-of-life"),
        ],
        boundary="cradle-to-grave",
    )
    assert footprint(doc).to_json()["totals"]["excluding_biogenic_co2"]["value"] == "4"


def test_amounts_of_very_different_size_keep_their_digits() -> None:
    """A loop whose lines lie fifteen decades apart: both engines give the same digits."""
    doc = document(
        [process("p0", "g"), process("p1", "t")],
        [
            link("p0", "p1", "0.0000001", "t"),
            link("p1", "p0", "400", "kg"),
            line("large", "p0", "own:x", "123456.789", "t"),
            line("small", "p1", "own:x", "0.000000001", "g"),
        ],
        factors=[own("x", values={"fossil.CO2": "0.31"})],
    )
    system = compiled(doc)
    one, other = engine.solve(system), oracle.solve(system)
    assert one.impacts == pytest.approx(other.impacts, rel=1e-14)


# --- refusals ------------------------------------------------------------------------------------


def ring(product: str, *, far: str = "0.5") -> Doc:
    """Two processes that need each other; the loop gives nothing when the product is 1."""
    return document(
        [process("cake"), process("flour"), process("bran")],
        [
            link("cake", "flour", far),
            link("flour", "bran", "2"),
            link("bran", "flour", product),
            emits("x", "bran", "fossil.CO2", "1"),
        ],
    )


def test_a_sound_ring_is_solved() -> None:
    assert total(engine.solve, ring("0.25")) == pytest.approx(2, rel=1e-14)


@ENGINES
def test_a_singular_loop_names_its_processes(solve: Solve) -> None:
    with pytest.raises(SolveError) as error:
        solve(compiled(ring("0.5")))
    (found,) = error.value.findings
    assert found.code == "ENGINE-SINGULAR"
    assert set(dict(found.params)["processes"].split(", ")) == {"flour", "bran"}


@ENGINES
@pytest.mark.parametrize("unit", ["kg", "t"])
def test_a_nearly_singular_loop_names_its_processes_in_any_unit(solve: Solve, unit: str) -> None:
    doc = ring("0.499999999999")
    for exchange in doc["exchanges"]:
        if unit == "t" and exchange["id"] == "bran-takes-flour":
            exchange |= {"amount": "0.000499999999999", "unit": "t"}
    with pytest.raises(SolveError) as error:
        solve(compiled(doc))
    (found,) = error.value.findings
    assert found.code == "ENGINE-NEAR-SINGULAR"
    assert set(dict(found.params)["processes"].split(", ")) == {"flour", "bran"}


def test_a_process_that_eats_its_output_is_refused() -> None:
    doc = document(
        [process("cake"), process("dough")],
        [
            link("cake", "dough", "1"),
            link("dough", "dough", "1.5"),
            emits("x", "dough", "fossil.CO2", "1"),
        ],
    )
    assert refused(doc) == {"ENGINE-DIAGONAL": "dough"}


def test_a_process_that_nobody_uses_is_refused() -> None:
    doc = document(
        [process("cake"), process("lost"), process("also-lost")],
        [emits("x", "cake", "fossil.CO2", "1"), link("lost", "also-lost", "1")],
    )
    assert refused(doc) == {"ENGINE-DISCONNECTED": "also-lost, lost"}


def test_a_link_of_amount_zero_is_a_use() -> None:
    doc = document(
        [process("cake"), process("icing")],
        [link("cake", "icing", "0"), emits("x", "cake", "fossil.CO2", "1")],
    )
    assert total(engine.solve, doc) == pytest.approx(1)


def test_a_system_without_lines_is_refused() -> None:
    doc = document([process("cake"), process("flour")], [link("cake", "flour", "1")])
    assert refused(doc) == {"ENGINE-EMPTY": ""}


def test_a_matrix_that_is_not_square_cannot_be_made() -> None:
    system = compiled(ring("0.25"))
    with pytest.raises(SolveError) as error:
        dataclasses.replace(system, products=system.products[:-1])
    assert error.value.findings[0].code == "ENGINE-NOT-SQUARE"


def test_numbers_beyond_floating_point_are_refused() -> None:
    system = compiled(ring("0.25"))
    values = system.biosphere.values * float("inf")
    with pytest.raises(SolveError) as error:
        dataclasses.replace(
            system,
            biosphere=Triplets(system.biosphere.rows, system.biosphere.cols, values),
        )
    assert error.value.findings[0].code == "ENGINE-NOT-FINITE"


def test_units_and_factors_are_refused_together() -> None:
    doc = document(
        [process("cake"), process("flour")],
        [
            link("cake", "flour", "1", "kWh"),
            line("a", "cake", "electricity-cn-footprint-2024", "1", "kg"),
            line("b", "cake", "no-such-factor", "1"),
            line("c", "cake", "electricity-cn-sd-co2-2023", "1", "kWh"),
            line("d", "cake", "malt-gb", "1"),
            emits("e", "cake", "fossil.XYZ", "1"),
            emits("f", "cake", "fossil.CO2", "1", "brick"),
        ],
        reference={"process": "cake", "amount": "1", "unit": "L"},
    )
    with pytest.raises(FindingsError) as error:
        compiled(doc)
    found = [(f.code, f.where.path) for f in error.value.findings]
    assert found == [
        ("SYSTEM-UNIT", "exchanges[0]"),
        ("SYSTEM-UNIT", "exchanges[1]"),
        ("FACTOR-UNKNOWN", "exchanges[2]"),
        ("FACTOR-CO2-ONLY", "exchanges[3]"),
        ("FACTOR-NOT-INPUT", "exchanges[3]"),
        ("FACTOR-NOT-INPUT", "exchanges[4]"),
        ("GWP-MISSING", "exchanges[5]"),
        ("UNIT-UNKNOWN", "exchanges[6]"),
        ("SYSTEM-UNIT", "reference"),
    ]


def test_a_lent_gwp_value_stands_under_the_set_that_lends_it() -> None:
    doc = document([process("fridge")], [emits("leak", "fridge", "fossil.HC-600a", "1")])
    with pytest.raises(FindingsError, match="GWP-MISSING"):
        compiled(doc)
    lending, _ = gwp().with_stand_ins({"HC-600a": "DESNZ-2025-100"})
    system = compile_system(read(doc), factors(), lending)
    assert [row.basis for row in system.flows] == ["DESNZ-2025-100"]


def test_a_finding_of_a_workbook_line_names_its_cell() -> None:
    origin = {"kind": "cell", "sheet": "能源", "cell": "D12"}
    doc = document(
        [process("cake")],
        [line("a", "cake", "electricity-cn-footprint-2024", "1", "kg", origin=origin)],
    )
    with pytest.raises(FindingsError) as error:
        compiled(doc)
    assert str(error.value.findings[0].where) == "能源!D12 exchanges[0]"


def test_arrays_are_frozen() -> None:
    system = compiled(random_document(1))
    for array in (system.technosphere.values, system.biosphere.cols, system.characterisation):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_bw2data_is_never_imported_and_nothing_warns() -> None:
    code = (
        "import sys, warnings; warnings.simplefilter('error'); import lca.engine;"
        "print(any(name.startswith('bw2data') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("False", "")
