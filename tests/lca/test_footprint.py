"""The footprint: figures that add up, boundary algebra, quality and grade, the document."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rfc8785

from lca.footprint import Footprint, compute
from lca.inventory import STAGES
from lca.quality import relative_spread
from lca.record import amount_text, exponent_of, rounded, spell
from lca.result_lock import installed
from lca.ruleset import load as load_rules
from lca.system_file import read, write
from tests.lca.systems import (
    SOFTWARE,
    Doc,
    co_product,
    document,
    emits,
    factors,
    footprint,
    gwp,
    line,
    link,
    own,
    process,
    random_document,
    rules,
    text,
)

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
POWER = "electricity-cn-footprint-2024"
GAS_BURNT, GAS_UPSTREAM = "natural-gas-cn-combustion", "natural-gas-cn-upstream"


def schema(name: str) -> jsonschema.Draft202012Validator:
    loaded = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(loaded)
    return jsonschema.Draft202012Validator(loaded)


def brewery(**more: Any) -> Doc:
    """A small drink: gas and power in the factory, glass, and a truck after the gate."""
    lines = [
        line("power", "drink", POWER, "0.1", "kWh", flow="electricity", activity_kind="metered"),
        line("burn", "drink", GAS_BURNT, "0.001", "GJ(LHV)", flow="gas", activity_kind="invoiced"),
        line("well", "drink", GAS_UPSTREAM, "0.025686", "Nm3", flow="gas"),
        line("can", "drink", "tinplate-cn", "0.02", stage="packaging", activity_kind="estimated"),
        line("truck", "drink", "road-truck-cn-heavy", "0.3", "t·km", stage="distribution"),
    ]
    for each in lines:
        each["place"] = "CN"
    return document([process("drink", "L")], lines, **more)


def codes(result: Footprint) -> list[str]:
    return [found.code for found in result.findings]


# --- numbers of record ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_stages_parts_and_totals_are_exact_sums_of_the_atoms(seed: int) -> None:
    result = footprint(random_document(seed, size=5))
    doc = result.to_json()
    approach = doc["electricity"]["approach"]
    counted = [one for one in doc["lines"] if one["basis"] in ("both", approach)]
    atoms = [
        (one["stage"], part, Decimal(x)) for one in counted for part, x in one["parts"].items()
    ]
    headline = [part for part in doc["parts"] if not part.startswith("biogenic_co2")]
    for part, stated in doc["parts"].items():
        assert Decimal(stated) == sum(x for _, name, x in atoms if name == part)
    for stage in doc["stages"]:
        mine = [(part, x) for place, part, x in atoms if place == stage["id"]]
        assert Decimal(stage["value"]) == sum(x for part, x in mine if part in headline)
    totals = {name: Decimal(total["value"]) for name, total in doc["totals"].items()}
    assert totals["including_biogenic_co2"] == sum(x for _, _, x in atoms)
    assert totals["excluding_biogenic_co2"] == sum(x for _, part, x in atoms if part in headline)


def test_atoms_are_rounded_half_even_to_eleven_places_below_the_leading_digit() -> None:
    assert exponent_of([0.5, -0.25]) == -12
    assert exponent_of([123.0]) == -9
    assert exponent_of([]) == exponent_of([0.0]) == -11
    assert rounded(Fraction(25, 10), 0) == 2
    assert rounded(Fraction(35, 10), 0) == 4
    assert rounded(Fraction(-25, 10), 0) == -2
    doc = brewery()
    doc["exchanges"][0]["amount"] = "0.1234567890123456"
    texts = [spell(x) for one in footprint(doc).lines for x in one.parts.values()]
    assert max(len(text.partition(".")[2]) for text in texts) == 12


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(0), "0"),
        (Fraction(-3, 8), "-0.375"),
        (Fraction(1200), "1200"),
        (Fraction(7, 10**12), "0.000000000007"),
        (Fraction(12, 10), "1.2"),
    ],
)
def test_numbers_of_record_are_spelt_plainly(value: Fraction, expected: str) -> None:
    assert spell(value) == expected


def test_a_number_that_is_no_decimal_is_never_spelt() -> None:
    with pytest.raises(ValueError, match="finite"):
        spell(Fraction(1, 3))


def test_amounts_have_twelve_digits() -> None:
    assert amount_text(0.1 + 0.2) == "0.3"
    assert amount_text(-1234567.890123456) == "-1234567.89012"
    assert amount_text(0.0) == "0"


def test_the_same_input_gives_the_same_bytes() -> None:
    one, other = (rfc8785.dumps(footprint(random_document(7)).to_json()) for _ in range(2))
    assert one == other


def test_a_line_is_amount_times_factor() -> None:
    result = footprint(brewery())
    by_id = {one.id: one for one in result.lines}
    power = by_id["power"]
    assert (power.amount, spell(power.parts["unspecified"])) == ("0.1", "0.05777")
    burnt = by_id["burn"].parts
    gwps = gwp().values
    per_gj = Fraction("55.539") + Fraction("0.001") * gwps["CH4-fossil"]
    assert burnt["fossil"] == per_gj / 1000 + Fraction("0.0001") * gwps["N2O"] / 1000


# --- figures -------------------------------------------------------------------------------------


def test_a_gate_figure_leaves_later_stages_out_altogether() -> None:
    doc = footprint(brewery()).to_json()
    assert list(doc["figures"]) == ["cradle-to-gate"]
    assert {stage["id"] for stage in doc["stages"]} <= set(STAGES[:4])
    assert "truck" not in [one["id"] for one in doc["lines"]]


def test_a_whole_life_shows_both_figures() -> None:
    doc = footprint(brewery(boundary="cradle-to-grave")).to_json()
    gate, grave = (doc["figures"][name] for name in ("cradle-to-gate", "cradle-to-grave"))
    truck = next(one for one in doc["lines"] if one["id"] == "truck")
    key = "excluding_biogenic_co2"
    assert Decimal(grave[key]) - Decimal(gate[key]) == Decimal(truck["value"]) > 0
    assert doc["totals"][key]["value"] == grave[key]


def test_both_electricity_results_are_always_there() -> None:
    green = line("wind", "drink", "electricity-cn-wind-2024", "0.1", "kWh", basis="market")
    grid = line("grid", "drink", "electricity-cn-td-2024", "0.1", "kWh", basis="market")
    doc = brewery()
    doc["exchanges"][0]["basis"] = "location"
    doc["exchanges"] += [green, grid]
    found = footprint(doc).to_json()["electricity"]
    key = "excluding_biogenic_co2"
    apart = Decimal(found["location"][key]) - Decimal(found["market"][key])
    assert apart == Decimal("0.05777") - Decimal("0.00324") - Decimal("0.00327")
    assert found["approach"] == "location"


def test_the_market_approach_of_a_rule_set_decides_the_total() -> None:
    doc = brewery()
    doc["exchanges"][0]["basis"] = "location"
    market = dataclasses.replace(rules(), electricity="market")
    result = footprint(doc, market)
    assert "power" not in [one.id for one in result.declared.lines]
    assert "power" in [one.id for one in result.lines]


def test_a_gate_figure_leaves_biogenic_carbon_out_whatever_the_rule_set_shows() -> None:
    including = dataclasses.replace(rules(), headline="including_biogenic_co2")
    uptake = emits("uptake", "drink", "biogenic_co2_removal.CO2", "0.05")
    for boundary, headline in (
        ("cradle-to-gate", "excluding_biogenic_co2"),
        ("cradle-to-grave", "including_biogenic_co2"),
    ):
        doc = brewery(boundary=boundary)
        doc["exchanges"].append(uptake)
        result = footprint(doc, including)
        assert result.to_json()["headline"] == headline
        assert result.figures["cradle-to-gate"].headline == "excluding_biogenic_co2"


def test_the_unit_of_a_total_says_per_how_many() -> None:
    assert footprint(brewery()).unit == "kg CO2e/L"
    assert footprint(brewery(declared_unit={"amount": "1000", "unit": "L"})).unit == (
        "kg CO2e/1000 L"
    )


# --- boundary algebra ----------------------------------------------------------------------------


def without(doc: Doc, *names: str) -> Doc:
    return doc | {"exchanges": [one for one in doc["exchanges"] if one["id"] not in names]}


def finding_of(result: Footprint, code: str) -> dict[str, str]:
    (found,) = [dict(f.params) for f in result.findings if f.code == code]
    return found


def test_a_sound_system_has_no_boundary_finding() -> None:
    assert not [code for code in codes(footprint(brewery())) if code.startswith("BOUNDARY")]


def test_combustion_without_upstream_is_an_error_with_its_size() -> None:
    result = footprint(without(brewery(), "well"))
    found = finding_of(result, "BOUNDARY-GAP")
    assert (found["flow"], found["process"], found["unit"]) == ("gas", "drink", "kg CO2e/L")
    assert float(found["size"]) == pytest.approx(0.0556, abs=2e-4)
    assert result.grade == "screening"
    assert "GRADE-FINDINGS" in [reason.code for reason in result.reasons]
    for reason in (*result.reasons, *result.findings):
        assert reason.render("zh") and reason.render("en")


def test_upstream_of_another_process_does_not_fill_the_gap() -> None:
    doc = without(brewery(), "well")
    doc["processes"].append(process("steam"))
    doc["exchanges"] += [
        link("drink", "steam", "1"),
        line("well", "steam", GAS_UPSTREAM, "0.025686", "Nm3", flow="gas"),
    ]
    assert "BOUNDARY-GAP" in codes(footprint(doc))


def test_own_biogas_has_no_well() -> None:
    doc = without(brewery(), "well", "burn")
    biogas = own("biogas", boundary="combustion", values={"biogenic_co2_emission.CO2": "1"})
    doc["factors"] = [biogas]
    doc["exchanges"].append(line("flare", "drink", "own:biogas", "0.01", flow="biogas"))
    assert "BOUNDARY-GAP" not in codes(footprint(doc))


def test_upstream_beside_a_whole_life_factor_is_an_overlap() -> None:
    doc = without(brewery(), "burn")
    whole = own("gas", "Nm3", boundary="life-cycle", values={"unspecified.CO2e": "2.8"})
    doc["factors"] = [whole]
    doc["exchanges"].append(line("gas", "drink", "own:gas", "0.025686", "Nm3", flow="gas"))
    found = finding_of(footprint(doc), "BOUNDARY-OVERLAP")
    assert float(found["size"]) == pytest.approx(0.025686 * 0.608, rel=1e-3)


def test_transmission_on_top_of_the_national_footprint_is_an_error() -> None:
    doc = brewery()
    doc["exchanges"].append(line("grid", "drink", "electricity-cn-td-2024", "0.1", "kWh"))
    found = finding_of(footprint(doc), "BOUNDARY-TD-TWICE")
    assert float(found["size"]) == pytest.approx(0.00327)


def test_transmission_beside_a_generator_is_right_up_to_its_amount() -> None:
    doc = brewery()
    doc["exchanges"] += [
        line("wind", "drink", "electricity-cn-wind-2024", "0.04", "kWh"),
        line("grid", "drink", "electricity-cn-td-2024", "0.04", "kWh"),
    ]
    assert not [code for code in codes(footprint(doc)) if code.startswith("BOUNDARY-TD")]
    doc["exchanges"][-1]["amount"] = "0.1"
    found = finding_of(footprint(doc), "BOUNDARY-TD-TWICE")
    assert float(found["size"]) == pytest.approx(0.00327 * 0.6, rel=1e-3)


def test_a_generator_without_transmission_is_asked_about() -> None:
    doc = brewery()
    doc["exchanges"].append(line("roof", "drink", "electricity-cn-pv-2024", "0.04", "kWh"))
    result = footprint(doc)
    assert "BOUNDARY-TD-MISSING" in codes(result)


def test_omissions_are_summed_for_every_figure_and_the_strictest_decides() -> None:
    """Half a gram is nothing beside a long haul, and too much of the factory figure."""
    doc = brewery(boundary="cradle-to-grave")
    doc["exchanges"][-1]["amount"] = "5000"
    doc["omissions"] = [
        {"flow": "glue", "estimate": "0.02", "unit": "kg CO2e/L", "reason": text("small")}
    ]
    result = footprint(doc)
    assert [f["figure"] for f in [finding_of(result, "BOUNDARY-CUT-OFF")]] == ["cradle-to-gate"]
    assert float(result.strictest.omitted) == pytest.approx(
        0.02 / float(result.figures["cradle-to-gate"].magnitude)
    )


def test_units_of_omissions_and_bands_are_checked() -> None:
    doc = brewery(
        omissions=[{"flow": "glue", "estimate": "1", "unit": "kg/L", "reason": text("x")}],
        bands=[{"figure": "cradle-to-gate", "low": "0", "high": "1", "unit": "kWh"}],
    )
    assert codes(footprint(doc)).count("UNIT-DIMENSION") == 2


@pytest.mark.parametrize(("low", "high", "inside"), [("100", "300", True), ("500", "900", False)])
def test_bands_say_inside_or_outside(low: str, high: str, inside: bool) -> None:
    doc = brewery(
        bands=[{"figure": "cradle-to-gate", "low": low, "high": high, "unit": "g CO2e/L"}]
    )
    result = footprint(doc)
    assert [band.inside for band in result.bands] == [inside]
    assert ("BOUNDARY-BAND" in codes(result)) is not inside


@pytest.mark.parametrize(("kilowatt_hours", "cell"), [("2", ""), ("100", "D12")])
def test_a_line_that_is_most_of_what_is_too_much_is_named_at_its_cell(
    kilowatt_hours: str, cell: str
) -> None:
    doc = brewery(
        bands=[{"figure": "cradle-to-gate", "low": "0", "high": "1", "unit": "kg CO2e/L"}]
    )
    power = doc["exchanges"][0]
    power |= {"amount": kilowatt_hours, "name": {"zh": "外购电力", "en": "Bought power"}}
    power["origin"] = {"kind": "cell", "sheet": "能源", "cell": "D12"}
    (found,) = [one for one in footprint(doc).findings if one.code == "BOUNDARY-BAND"]
    assert found.where.cell == cell
    assert "摇篮到大门" in found.sentence("saw", "zh")
    assert "外购电力 " in found.sentence("todo", "zh")
    assert "Bought power " in found.sentence("todo", "en")


# --- quality and grade ---------------------------------------------------------------------------


def test_shares_are_of_absolute_contributions() -> None:
    result = footprint(brewery())
    figure = result.declared
    primary = sum(
        abs(one.value(figure.headline)) for one in figure.lines if one.id in ("power", "burn")
    )
    assert result.strictest.primary_activity == primary / figure.magnitude


def test_a_use_stage_does_not_hide_the_factory() -> None:
    doc = brewery(boundary="cradle-to-grave")
    doc["exchanges"][-1] |= {"amount": "5000", "activity_kind": "metered"}
    doc["exchanges"][3]["factor_kind"] = "proxy"
    result = footprint(doc)
    can = next(one for one in result.lines if one.id == "can")
    assert result.strictest.proxy == result.figures["cradle-to-gate"].share([can])
    assert result.strictest.proxy > 100 * result.declared.share([can])


def test_gwp_basis_is_stated_as_shares_and_claimed_only_when_true() -> None:
    result = footprint(brewery())
    shares = result.quality["cradle-to-gate"].gwp
    assert sum(shares.values()) == 1
    assert 0 < shares["AR6-100"] < Fraction(1, 2)
    assert result.gwp_claim == "AR6 in part"
    by_gas = footprint(without(brewery(), "power", "well", "can"))
    assert by_gas.gwp_claim == "AR6"


def test_all_lines_of_the_country_make_a_certifiable_result() -> None:
    assert footprint(brewery()).grade == "certifiable"


def test_a_factor_of_another_country_is_a_proxy_though_nobody_says_so() -> None:
    doc = brewery()
    doc["exchanges"][3]["place"] = "DE"
    result = footprint(doc)
    can = [one for one in result.declared.lines if one.id == "can"]
    assert result.strictest.proxy == result.declared.share(can) > 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"factor_kind": "proxy"}, "GRADE-LINE"),
        ({"place": "DE"}, "GRADE-LINE"),
        ({"place": "DE", "amount": "1"}, "GRADE-SHARE"),
        ({"place": ""}, "GRADE-LINE"),
    ],
)
def test_what_is_not_representative_makes_a_screening(change: Doc, code: str) -> None:
    doc = brewery()
    doc["exchanges"][3] |= change
    result = footprint(doc)
    assert result.grade == "screening"
    assert code in [reason.code for reason in result.reasons]


def test_a_supplier_figure_is_representative_but_its_class_still_weighs() -> None:
    doc = brewery(factors=[own("can", values={"unspecified.CO2e": "3"}, status="read-in-source")])
    doc["exchanges"][3] |= {"from": {"factor": "own:can"}, "factor_kind": "supplier"}
    assert {r.code for r in footprint(doc).reasons} == {"GRADE-WEAK-ROW", "GRADE-WEAK-SUM"}
    doc["exchanges"][3]["factor_kind"] = "supplier-verified"
    assert footprint(doc).grade == "certifiable"


def test_a_weak_row_split_over_lines_is_still_one_row() -> None:
    press = own("glue", values={"unspecified.CO2e": "1"}, source_class="press", place="CN")
    doc = brewery(factors=[press | {"status": "read-in-source"}])
    pieces = [line(f"glue-{k}", "drink", "own:glue", "0.0005", place="CN") for k in range(6)]
    doc["exchanges"] += pieces
    result = footprint(doc)
    assert result.declared.share([one for one in result.lines if one.id == "glue-0"]) < 0.01
    assert [r.code for r in result.reasons] == ["GRADE-WEAK-ROW"]


@pytest.mark.parametrize("kind", ["metered", "invoiced", "calculated"])
def test_a_direct_emission_on_own_records_is_certifiable(kind: str) -> None:
    doc = brewery()
    doc["exchanges"].append(emits("kiln", "drink", "fossil.CO2", "1", activity_kind=kind))
    assert footprint(doc).grade == "certifiable"


@pytest.mark.parametrize(
    "more", [{"activity_kind": "estimated"}, {"activity_kind": "literature"}, {}]
)
def test_a_direct_emission_on_a_stand_in_makes_a_screening(more: Doc) -> None:
    doc = brewery()
    doc["exchanges"].append(emits("kiln", "drink", "fossil.CO2", "1", **more))
    result = footprint(doc)
    assert result.grade == "screening"
    found = {reason.code: dict(reason.params) for reason in result.reasons}
    assert set(found) == {"GRADE-AMOUNT", "GRADE-SHARE"}
    told = found["GRADE-AMOUNT"]
    assert (told["line"], told["needed"]) == ("kiln", "calculated")
    assert result.strictest.proxy == 0  # the share of factors that stand in says nothing of amounts


def test_a_small_direct_emission_on_literature_weighs_in_the_share_alone() -> None:
    doc = brewery()
    small = emits("vent", "drink", "fossil.CO2", "0.0001", activity_kind="literature")
    doc["exchanges"].append(small)
    assert footprint(doc).grade == "certifiable"


@pytest.mark.parametrize(
    ("needed", "kind", "grade"),
    [
        ("invoiced", "invoiced", "certifiable"),
        ("invoiced", "metered", "certifiable"),
        ("invoiced", "calculated", "screening"),
        ("calculated", "estimated", "screening"),
        ("calculated", "literature", "screening"),
        ("literature", "literature", "certifiable"),
        ("calculated", "", "screening"),
    ],
)
def test_a_hot_spot_needs_the_amount_that_its_model_demands(
    needed: str, kind: str, grade: str
) -> None:
    doc = brewery()
    power = doc["exchanges"][0]
    power |= {"hot_spot": True, "expected": {"rule": "power", "activity": needed}}
    power["activity_kind"] = kind
    if not kind:
        del power["activity_kind"]
    result = footprint(doc)
    assert result.grade == grade
    codes = {reason.code for reason in result.reasons}
    assert ("GRADE-AMOUNT" in codes) is (grade == "screening")


def test_spread_is_unknown_while_factors_state_none() -> None:
    assert footprint(brewery()).to_json()["uncertainty"] is None


def test_spread_adds_lines_of_one_factor_straight_and_factors_in_quadrature() -> None:
    doc = document(
        [process("p")],
        [line("a", "p", "own:a", "1"), line("b", "p", "own:a", "2"), line("c", "p", "own:b", "4")],
        factors=[
            own("a", uncertainty="relative 30%", note=""),
            own("b", uncertainty="lognormal gsd=1.2"),
        ],
    )
    result = footprint(doc)
    by_id = {factor.id: relative_spread(factor, gwp()) or 0 for factor in result.system.factors}
    assert by_id["own:a"] == pytest.approx(0.3 / 3**0.5)
    expected = ((3 * by_id["own:a"]) ** 2 + (4 * by_id["own:b"]) ** 2) ** 0.5 / 7
    assert result.spread == pytest.approx(expected, rel=1e-12)


# --- the document --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_documents_obey_their_schemas(seed: int) -> None:
    doc = random_document(seed, size=4)
    result = footprint(doc)
    schema("footprint-1").validate(json.loads(json.dumps(result.to_json())))
    schema("system-1").validate(write(read(doc)))
    schema("system-1").validate(doc)


def test_a_rich_document_obeys_its_schema() -> None:
    doc = brewery(
        boundary="cradle-to-grave",
        period={"from": "2025-01-01", "to": "2025-12-31"},
        model={"id": "drink", "version": "1.0.0", "sha256": "0" * 64},
        workbook={"name": "drink.xlsx", "sha256": "0" * 64},
        carbon_content={"product": {"biogenic": "0.02", "fossil": "0"}, "unit": "kg C/L"},
        omissions=[
            {"flow": "glue", "estimate": "0.0001", "unit": "kg CO2e/L", "reason": text("x")}
        ],
        exclusions=[text("capital goods")],
        bands=[{"figure": "cradle-to-gate", "low": "0", "high": "1", "unit": "kg CO2e/L"}],
        ledger={"accounts": []},
        findings=[{"code": "X", "severity": "warning"}],
    )
    place = {"id": "S1", "name": text("Plant"), "address": text("1 Example Road"), "country": "CN"}
    doc["product"] |= {
        "model": "D-1",
        "gtin": None,
        "maker": {"name": text("Example Drinks"), "id": "0"},
        "sites": [place],
    }
    doc["declared_unit"] |= {
        "mass": {"value": "1.01", "unit": "kg"},
        "sales_units": [{"id": "can", "amount": "0.33", "name": text("can")}],
    }
    schema("system-1").validate(doc)
    result = footprint(doc).to_json()
    schema("footprint-1").validate(result)
    assert result["lock"]["workbook"]["name"] == "drink.xlsx"
    assert {"code": "X", "severity": "warning"} in result["findings"]


@pytest.mark.parametrize("key", ["totals", "lines", "lock", "grade"])
def test_control_a_schema_misses_nothing_mandatory(key: str) -> None:
    doc = footprint(brewery()).to_json()
    del doc[key]
    with pytest.raises(jsonschema.ValidationError):
        schema("footprint-1").validate(doc)


def test_the_lock_names_releases_used_and_changes_with_the_input() -> None:
    doc = brewery()
    lock = footprint(doc).lock
    assert {item["release"] for item in lock["factors"]} < {r.id for r in factors().releases}
    assert "cn-mee-nbs-nea/2024-electricity-footprint" in {x["release"] for x in lock["factors"]}
    doc["exchanges"][0]["amount"] = "0.1000001"
    assert footprint(doc).lock["system"] != lock["system"]


def test_another_gwp_set_changes_what_is_known_by_gas_only() -> None:
    older = dataclasses.replace(load_rules("iso14067-generic"), gwp_set="AR5-100")
    one, other = footprint(brewery()), footprint(brewery(), older)
    differ = {x.id for x, y in zip(one.lines, other.lines, strict=True) if x.parts != y.parts}
    assert differ == {"burn"}
    assert other.gwp_claim == "AR5 in part"


def test_versions_of_the_software_stand_in_the_lock() -> None:
    found = compute(read(brewery()), factors(), rules()).lock["software"]
    assert found == installed()
    assert set(found) > set(SOFTWARE) - {"python"}


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        (["inbound-transport", "raw-materials"], "raw-materials"),
        (["use", "manufacturing", "raw-materials"], "manufacturing"),
    ],
)
def test_lines_made_by_allocation_stand_where_the_process_is(
    stages: list[str], expected: str
) -> None:
    flows = [emits(s, "malt", "biogenic_co2_removal.CO2", "1", stage=s) for s in stages]
    doc = document(
        [process("malt", "kg", "1", co_product("draff", "0.1", "cut-off", carbon="0.4"))], flows
    )
    assert [x.exchange.stage for x in footprint(doc).lines if x.id.endswith("carbon")] == [expected]


def test_lines_made_by_allocation_name_their_rule() -> None:
    doc = document(
        [process("malt", "kg", "1", co_product("draff", "0.1", "cut-off", carbon="0.4"))],
        [emits("up", "malt", "biogenic_co2_removal.CO2", "1.5")],
    )
    made = footprint(doc).to_json()["lines"][-1]
    assert made["id"] == "malt.draff.carbon"
    assert made["origin"]["kind"] == "rule"
