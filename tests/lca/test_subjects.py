"""Several products in one system file: each equals its own conversion, and one matrix says so."""

from __future__ import annotations

import copy
import json
import tomllib
from fractions import Fraction
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource

from factors.errors import FindingsError, SolveError
from labels.cli.checks import check_workbook
from labels.cli.export import export_study
from labels.cli.methods import show_methods
from labels.cli.studies import convert_workbook, show_footprint
from lca import model as product_model
from lca import portfolio, study, subjects
from lca.inventory import ProductSystem
from lca.system_file import canonical, read, read_all
from lca.workbook.write import workbook
from tests.lca.systems import (
    Doc,
    co_product,
    document,
    factors,
    footprint,
    line,
    link,
    own,
    process,
    random_document,
    rules,
    text,
)

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/schemas/system-1.schema.json").read_text(encoding="utf-8"))
SEVERAL, SINGLE = (
    json.loads((ROOT / f"docs/schemas/{name}-1.schema.json").read_text(encoding="utf-8"))
    for name in ("footprints", "footprint")
)
SCHEMAS: Registry[Any] = Registry().with_resource(SINGLE["$id"], Resource.from_contents(SINGLE))
Out = pytest.CaptureFixture[str]
FAMILIES = ("EX-500-OW", "DOM-640-RT", "CAN-330")


def example() -> dict[str, Any]:
    filled = files("lca") / "models" / "examples" / "beer.toml"
    return tomllib.loads(filled.read_text(encoding="utf-8"))


@cache
def beer() -> bytes:
    return workbook(product_model.load("beer"), "en", example())


def maltings() -> Doc:
    """Ale and stout from one malting; ale also takes hops, stout a line of its own stage."""
    made = [process("ale", "L"), process("stout", "L"), process("malting"), process("hops")]
    rows = [
        link("ale", "malting", "0.15"),
        link("stout", "malting", "0.25"),
        link("ale", "hops", "0.002"),
        line("barley", "malting", "own:barley", "1.2", stage="raw-materials"),
        line("drying", "hops", "own:gas", "3"),
        line("ale-gas", "ale", "own:gas", "0.1"),
        line("stout-gas", "stout", "own:gas", "0.2"),
        line("stout-lorry", "stout", "own:gas", "0.05", stage="distribution"),
    ]
    doc = document(made, rows, factors=[own("barley"), own("gas")])
    told = {"declared_unit": doc["declared_unit"], "boundary": "cradle-to-gate"}
    return {
        **{key: value for key, value in doc.items() if key not in ("product", "reference")},
        "subjects": [
            {"id": "ALE", "product": {"id": "ALE", "name": text("Ale")}, **told,
             "reference": {"process": "ale", "amount": "1", "unit": "L"}},
            {"id": "STOUT", "product": {"id": "STOUT", "name": text("Stout")},
             "boundary": "cradle-to-grave",
             "reference": {"process": "stout", "amount": "2", "unit": "L"}},
        ],
    }  # fmt: skip


def codes(doc: Doc | bytes, subject: str = "") -> set[str]:
    with pytest.raises(FindingsError) as refusal:
        read(doc, subject=subject)
    return {found.code for found in refusal.value.findings}


# --- one file by hand ----------------------------------------------------------------------------


def test_each_subject_is_computed_from_what_it_reaches() -> None:
    systems = read_all(maltings())
    assert list(systems) == ["ALE", "STOUT"]
    ale, stout = systems.values()
    assert {one.id for one in ale.processes} == {"ale", "malting", "hops"}
    assert {one.id for one in stout.processes} == {"stout", "malting"}
    assert "distribution" in {one.id for one in stout.stages} - {one.id for one in ale.stages}
    assert footprint(ale).declared.value == Fraction("0.15") * Fraction("1.2") + Fraction("0.106")
    assert footprint(stout).figures["cradle-to-gate"].value == 2 * Fraction("0.5")
    assert footprint(stout).declared.value == 2 * Fraction("0.55")


def test_what_a_subject_leaves_out_the_file_says_for_all() -> None:
    systems = read_all(maltings())
    assert systems["STOUT"].declared_unit["unit"] == "L"
    assert systems["ALE"].boundary == "cradle-to-gate"
    doc = maltings() | {"boundary": "cradle-to-grave"}
    del doc["subjects"][1]["boundary"]
    assert read(doc, subject="STOUT").boundary == "cradle-to-grave"


def test_a_file_of_several_wants_to_know_which() -> None:
    assert codes(maltings()) == {"SYSTEM-SUBJECT"}
    assert codes(maltings(), "PORTER") == {"SYSTEM-SUBJECT"}
    assert read(maltings(), subject="ALE").product["id"] == "ALE"


def test_a_file_of_one_goes_by_its_product() -> None:
    doc = document([process("ale")], [line("gas", "ale", "own:gas", "1")], factors=[own("gas")])
    assert read(doc, subject="EXAMPLE") == read(doc)
    assert codes(doc, "ALE") == {"SYSTEM-SUBJECT"}


def changed(**fields: Any) -> Doc:
    doc = copy.deepcopy(maltings())
    doc["subjects"][0].update(fields)
    return doc


def gate_only() -> Doc:
    doc = maltings()
    doc["stages"] = doc["stages"][:4]
    del doc["exchanges"][-1]
    return doc


@pytest.mark.parametrize(
    ("doc", "code", "place"),
    [
        (changed(id="STOUT"), "SYSTEM-ID-TWICE", "subjects"),
        (changed(id=""), "SYSTEM-KEY-MISSING", "subjects[0].id"),
        (changed(colour="dark"), "SYSTEM-KEY-UNKNOWN", "subjects[0].colour"),
        (changed(boundary="cradle"), "SYSTEM-CHOICE", "subjects[0].boundary"),
        (changed(reference=None), "SYSTEM-KEY-MISSING", "reference"),
        (gate_only(), "SYSTEM-BOUNDARY", "subjects[1].boundary"),
        (
            changed(reference={"process": "porter", "amount": "1", "unit": "L"}),
            "SYSTEM-LINK",
            "subjects[0].reference.process",
        ),
        (
            changed(reference={"process": "ale", "amount": "0", "unit": "L"}),
            "SYSTEM-AMOUNT",
            "subjects[0].reference.amount",
        ),
        (
            changed(reference={"process": "stout", "amount": "1", "unit": "L"}),
            "ENGINE-DISCONNECTED",
            "processes",
        ),
        (maltings() | {"subjects": []}, "SYSTEM-KEY-MISSING", "subjects"),
        (maltings() | {"subjects": ["ALE"]}, "SYSTEM-KIND", "subjects[0]"),
        (maltings() | {"subjects": {"ALE": {}}}, "SYSTEM-KIND", "subjects"),
    ],
)
def test_what_is_wrong_with_a_subject_is_found_at_its_place(
    doc: Doc, code: str, place: str
) -> None:
    with pytest.raises(FindingsError) as refusal:
        read_all(doc)
    assert (code, place) in {(one.code, one.where.path) for one in refusal.value.findings}


def test_faults_of_shared_rows_are_told_once() -> None:
    doc = maltings() | {"period": {"from": "2025-01-01", "until": "2025-12-31"}}
    doc["exchanges"][3]["amount"] = "a little"
    with pytest.raises(FindingsError) as refusal:
        read_all(doc)
    told = [(one.code, one.where.path) for one in refusal.value.findings]
    assert len(told) == len(set(told)) == 2


def test_names_that_collide_without_their_ending_are_refused() -> None:
    doc = maltings()
    doc["exchanges"].append(line("barley@ALE", "malting", "own:barley", "1"))
    assert "SYSTEM-ID-TWICE" in codes(doc, "ALE")


# --- woven from systems --------------------------------------------------------------------------


def test_systems_woven_together_come_out_as_they_went_in() -> None:
    systems = read_all(maltings())
    file = subjects.file_of(systems)
    jsonschema.validate(json.loads(file), SCHEMA)
    again = read_all(file)
    assert {name: canonical(one) for name, one in again.items()} == {
        name: canonical(one) for name, one in systems.items()
    }
    ids = [row["id"] for row in json.loads(file)["processes"]]
    assert sorted(ids) == ["ale", "hops", "malting", "stout"], "what is shared stands there once"


def test_a_process_that_differs_stands_there_once_per_subject_with_its_takers() -> None:
    def brewery(yield_: str, price: str) -> ProductSystem:
        malt = process(
            "malting", "kg", "1", co_product("rootlets", "0.1", properties={"price": price}),
            reference={"properties": {"price": "4"}}, allocation={"method": "economic"},
        )  # fmt: skip
        made = [process("beer", "L"), process("brewing", "L"), malt, process("farm")]
        rows = [
            link("beer", "brewing", "1", "L"),
            link("brewing", "malting", "0.2"),
            link("malting", "farm", yield_),
            line("soil", "farm", "own:soil", "1"),
        ]
        return read(document(made, rows, factors=[own("soil")]))

    systems = {"A": brewery("1.2", "1"), "B": brewery("1.3", "1"), "C": brewery("1.2", "1")}
    together = json.loads(subjects.file_of(systems))
    ids = {row["id"] for row in together["processes"]}
    endings = {f"{name}@{one}" for name in ("beer", "brewing", "malting") for one in systems}
    assert ids == {"farm", *endings}
    again = read_all(together)
    for name, system in systems.items():
        assert footprint(again[name]).to_json()["lines"] == footprint(system).to_json()["lines"]


def test_own_factors_of_one_id_are_kept_apart() -> None:
    def beer_of(figure: str) -> ProductSystem:
        glass = own("glass", values={"unspecified.CO2e": figure})
        return read(document([process("beer")], [line("bottle", "beer", glass["id"], "1")],
                             factors=[glass]))  # fmt: skip

    systems = {"A": beer_of("0.9"), "B": beer_of("1.1")}
    again = read_all(subjects.file_of(systems))
    assert again["A"] != again["B"]
    assert [footprint(one).declared.value for one in again.values()] == [
        Fraction("0.9"),
        Fraction("1.1"),
    ]


def test_systems_of_two_periods_do_not_fit_into_one_file() -> None:
    doc = document([process("ale")], [line("gas", "ale", "own:gas", "1")], factors=[own("gas")])
    other = doc | {"period": {"from": "2024-01-01", "to": "2024-12-31"}}
    with pytest.raises(FindingsError, match="SUBJECTS-APART"):
        subjects.together({"A": read(doc), "B": read(other)})


@settings(max_examples=8)
@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=3, unique=True))
def test_any_systems_woven_together_give_their_own_results_and_one_matrix(
    seeds: list[int],
) -> None:
    systems = {f"S{seed}": read(random_document(seed, 3)) for seed in seeds}
    again = read_all(subjects.file_of(systems))
    made = portfolio.compute_all(again, factors(), rules())
    assert made.gap <= 1e-9
    for name, system in systems.items():
        alone = footprint(system)
        assert [(one.id, one.parts) for one in made.footprints[name].lines] == [
            (one.id, one.parts) for one in alone.lines
        ]


def test_a_matrix_that_says_otherwise_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    systems = read_all(maltings())
    honest = portfolio.compute_all(systems, factors(), rules())
    assert honest.gap < 1e-12
    demand = portfolio._demand
    monkeypatch.setattr(
        portfolio, "_demand", lambda *args: tuple((row, x * 1.0001) for row, x in demand(*args))
    )
    with pytest.raises(SolveError, match="ENGINE-DISAGREE"):
        portfolio.compute_all(systems, factors(), rules())


# --- workbooks -----------------------------------------------------------------------------------


def test_every_family_of_a_workbook_equals_its_own_conversion() -> None:
    families = study.convert_all(beer(), "beer.xlsx")
    assert tuple(families.systems) == FAMILIES
    file = subjects.file_of(families.systems)
    jsonschema.validate(json.loads(file), SCHEMA)
    for family in FAMILIES:
        alone = study.study(beer(), "beer.xlsx", subject=family)
        made = study.study(file, "beer.json", subject=family)
        assert made.footprint and alone.footprint
        assert made.footprint.to_json() == alone.footprint.to_json()


def test_the_declared_family_is_the_usual_result() -> None:
    usual = study.study(beer(), "beer.xlsx").footprint
    named = study.study(beer(), "beer.xlsx", subject="EX-500-OW").footprint
    assert usual and named and usual.to_json() == named.to_json()


def test_another_family_goes_by_its_own_name() -> None:
    made = study.convert(beer(), "beer.xlsx", subject="CAN-330").system
    assert made is not None
    assert made.product["id"] == "CAN-330"
    assert made.product["gtin"] is None
    assert made.product["name"]["en"] != "Example Lager 500 ml one-way bottle"


def test_a_family_that_is_not_there_is_named() -> None:
    made = study.study(beer(), "beer.xlsx", subject="KEG-30")
    assert [one.code for one in made.findings if one.blocks] == ["BUILD-SUBJECT"]


def test_commands_write_and_show_all_families(tmp_path: Path, capsys: Out) -> None:
    path, system = tmp_path / "beer.xlsx", tmp_path / "beer.json"
    path.write_bytes(beer())
    assert convert_workbook(path, system, "", "en", every=True) == 0
    assert show_footprint(system, "", "en", as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(SEVERAL, registry=SCHEMAS).validate(told)
    assert tuple(told["footprints"]) == FAMILIES
    assert float(told["one_matrix"]["relative_gap"]) <= 1e-9
    assert show_footprint(system, "", "en", as_json=True, subject="CAN-330") == 0
    assert json.loads(capsys.readouterr().out) == told["footprints"]["CAN-330"]
    assert show_footprint(system, "", "en", as_json=False) == 0
    assert "on one matrix" in capsys.readouterr().out
    engine = lambda: study.every_finding  # noqa: E731
    assert check_workbook(system, "", "en", engine=engine, as_json=True, subject="CAN-330") == 0


def test_a_file_of_all_is_not_written_when_one_family_is_blocked(tmp_path: Path) -> None:
    path, system = tmp_path / "beer.xlsx", tmp_path / "beer.json"
    filled = example()
    del filled["family"][2]["parameters"]["abv"]
    path.write_bytes(workbook(product_model.load("beer"), "en", filled))
    assert study.convert(path.read_bytes(), path.name).system is not None, "the declared one"
    assert convert_workbook(path, system, "", "en", every=True) == 1
    assert not system.exists()


def test_other_commands_take_a_subject_too(tmp_path: Path, capsys: Out) -> None:
    path = tmp_path / "ales.json"
    path.write_text(json.dumps(maltings()), encoding="utf-8")
    out = tmp_path / "lines.xlsx"
    assert export_study(path, "lines-xlsx", out, "", "en") == 1
    assert not out.exists()
    assert "SYSTEM-SUBJECT" in capsys.readouterr().err
    assert export_study(path, "lines-xlsx", out, "", "en", "ALE") == 0
    assert out.exists()
    assert show_methods(path, "", "en", as_json=True, subject="ALE") == 0
    assert json.loads(capsys.readouterr().out)["product"]["id"] == "ALE"
