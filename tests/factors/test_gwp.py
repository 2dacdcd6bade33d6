"""GWP sets: values of the reports, refusals, and a hash that sees every cell."""

import csv
import hashlib
import shutil
import tomllib
from fractions import Fraction
from importlib.resources import as_file, files
from pathlib import Path

import pytest
import rfc8785

from factors.errors import FactorError
from factors.gwp import (
    STATUSES,
    GwpSet,
    gwp_set,
    gwp_set_ids,
    read_release,
    stand_in_set_ids,
)
from factors.numbers import parse_decimal

PUBLISHED = {
    ("AR6-100", "CO2"): "1",
    ("AR6-100", "CH4-fossil"): "29.8",
    ("AR6-100", "CH4-non-fossil"): "27.0",
    ("AR6-100", "N2O"): "273",
    ("AR6-100", "SF6"): "25200",
    ("AR6-100", "HFC-134a"): "1530",
    ("AR6-100", "HFC-32"): "771",
    ("AR6-100", "HC-290"): "0.02",
    ("AR6-20", "CH4-fossil"): "82.5",
    ("AR6-20", "CH4-non-fossil"): "79.7",
    ("AR5-100-ccf", "CH4-non-fossil"): "34",
    ("AR5-100-ccf", "N2O"): "298",
    ("AR5-100-ccf", "HFC-134a"): "1549",
    ("AR5-100-ccf", "SF6"): "26087",
    ("AR5-20", "CH4-non-fossil"): "84",
    ("AR5-20", "CH4-fossil"): "85",
    ("AR4-20", "CH4-fossil"): "72",
    ("AR4-20", "N2O"): "289",
    ("AR5-100", "CH4-non-fossil"): "28",
    ("AR5-100", "CH4-fossil"): "30",
    ("AR5-100", "N2O"): "265",
    ("AR5-100", "HFC-134a"): "1300",
    ("AR4-100", "CH4-fossil"): "25",
    ("AR4-100", "N2O"): "298",
    ("AR4-100", "HFC-134a"): "1430",
}


@pytest.fixture
def ar6(tmp_path: Path) -> Path:
    with as_file(files("factors") / "data" / "ipcc-gwp" / "AR6-1") as folder:
        return Path(shutil.copytree(folder, tmp_path / "AR6-1"))


@pytest.mark.parametrize(("set_id", "gas"), PUBLISHED)
def test_the_values_are_those_of_the_report(set_id: str, gas: str):
    assert gwp_set(set_id).value(gas) == parse_decimal(PUBLISHED[set_id, gas])


def test_the_sets_are_named_by_report_and_horizon():
    by_horizon = ("AR4-100", "AR4-20", "AR5-100", "AR5-100-ccf", "AR5-20", "AR6-100", "AR6-20")
    assert gwp_set_ids() == by_horizon
    for set_id in gwp_set_ids():
        found = gwp_set(set_id)
        assert set_id.startswith(f"{found.report}-{found.horizon}")
        assert found.release.startswith(f"ipcc-gwp/{found.report}")
        assert dict(found.stand_ins) == {}
        assert found.values["CO2"] == 1
        assert {row.status for row in found.rows.values()} <= STATUSES
    assert len({gwp_set(set_id).sha256 for set_id in gwp_set_ids()}) == len(gwp_set_ids())


PINNED = {
    "AR4-100": (100, "AR4", "ipcc-gwp/AR4-1", "(AR4 WGI), Table 2.14", "389920444642b889"),
    "AR5-100": (100, "AR5", "ipcc-gwp/AR5-1", "climate-carbon feedback", "07b2cb18c06bd490"),
    "AR6-100": (100, "AR6", "ipcc-gwp/AR6-1", "Tables 7.15 and 7.SM.7", "8b4c56c95aadb2fe"),
    "AR6-20": (20, "AR6", "ipcc-gwp/AR6-1", "Tables 7.15 and 7.SM.7", "ebbfb61f0ef274ac"),
}
"""Horizon, report, transcription, end of the source's title, start of the hash that locks hold."""


@pytest.mark.parametrize("set_id", PINNED)
def test_what_a_lock_says_of_a_set_does_not_change(set_id: str):
    horizon, report, release, title, digest = PINNED[set_id]
    found = gwp_set(set_id)
    assert (found.id, found.horizon, found.report) == (set_id, horizon, report)
    assert found.release == release
    assert found.source.startswith("Climate Change 20")
    assert found.source.endswith(title)
    assert found.sha256.startswith(digest)


def test_the_hash_is_that_of_canonical_json(ar6: Path):
    source = tomllib.loads((ar6 / "source.toml").read_text(encoding="utf-8"))
    lines = (ar6 / "gwp.csv").read_text(encoding="utf-8").splitlines()
    rows = [row for row in csv.reader(lines[1:]) if row[0] == "AR6-20"]
    record = rfc8785.dumps(["AR6-20", source, sorted(rows)])
    assert read_release(ar6)["AR6-20"].sha256 == hashlib.sha256(record).hexdigest()


@pytest.mark.parametrize(
    "gas", ["CH4", "R-600a", "cyclopentane", "CO2e", "co2", "", "\x00", "x" * 999]
)
def test_a_missing_gas_is_refused_and_never_zero(gas: str):
    for ask in (gwp_set("AR6-100").value, gwp_set("AR6-100").values.__getitem__):
        with pytest.raises(FactorError) as refusal:
            ask(gas)
        assert refusal.value.findings[0].code == "GWP-MISSING"


def test_methane_without_origin_is_answered_with_both_origins():
    with pytest.raises(FactorError) as refusal:
        gwp_set("AR6-100").value("CH4")
    assert dict(refusal.value.findings[0].params)["close"] == "CH4-fossil, CH4-non-fossil"


def test_an_unknown_set_is_answered_with_the_known_ones():
    for set_id in ("AR6", "ar6-100", "../AR6-100", ""):
        with pytest.raises(FactorError) as refusal:
            gwp_set(set_id)
        (found,) = refusal.value.findings
        assert found.code == "GWP-SET-UNKNOWN"
        assert "AR6-100" in dict(found.params)["known"]


def test_the_values_cannot_be_changed():
    with pytest.raises(TypeError):
        gwp_set("AR6-100").values["CH4"] = Fraction(0)  # type: ignore[index]


def blend(found: GwpSet, composition: str) -> Fraction:
    parts = [part.split(" ") for part in composition.split(" + ")]
    assert sum(parse_decimal(share) for share, _ in parts) == 1
    return sum((parse_decimal(share) * found.value(gas) for share, gas in parts), Fraction(0))


@pytest.mark.parametrize("set_id", gwp_set_ids())
def test_blends_follow_from_their_components(set_id: str):
    found = gwp_set(set_id)
    blends = [row for row in found.rows.values() if row.composition]
    assert len(blends) >= 4
    for row in blends:
        assert row.value == blend(found, row.composition), row.gas


def test_the_hash_ignores_order_and_line_endings_and_sees_every_cell(ar6: Path):
    shipped = gwp_set("AR6-100").sha256
    table = ar6 / "gwp.csv"
    heading, *rows = table.read_text(encoding="utf-8").splitlines()
    table.write_bytes("\r\n".join([heading, *reversed(rows), ""]).encode())
    assert read_release(ar6)["AR6-100"].sha256 == shipped
    for old, new in [("29.8", "29.9"), ("by definition", "definition"), ("N2O,273,", "N2O,273.0,")]:
        changed = "\n".join([heading, *rows, ""]).replace(old, new)
        assert old in "\n".join(rows)
        table.write_text(changed, encoding="utf-8")
        assert read_release(ar6)["AR6-100"].sha256 != shipped


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("AR6-100,CO2,1,", "AR6-100,CO2,2,"),
        ("AR6-100,CO2,1,", "AR6-100,CO2x,1,"),
        ("AR6-100,SF6,25200", "AR6-100,SF6,nan"),
        ("AR6-100,SF6,25200", "AR6-100,SF6,-1"),
        ("AR6-100,SF6,25200", "AR6-100,SF6,1e999999999"),
        ("AR6-100,SF6,", "AR6-100,NF3,"),
        ("AR6-100,SF6,", "AR6-500,SF6,"),
        ("273,read-in-source", "273,guessed"),
        ("273,read-in-source,AR6 WGI Table 7.SM.7", "273,read-in-source,"),
        ("set,gas", "gas,set"),
        ("AR6-100,N2O,273", 'AR6-100,"N2O,273'),
        ("AR6-100,N2O,273", "AR6-100,N2O,273,,"),
    ],
)
def test_a_faulty_table_is_refused(ar6: Path, old: str, new: str):
    table = ar6 / "gwp.csv"
    sound = table.read_text(encoding="utf-8")
    assert old in sound
    assert read_release(ar6)
    table.write_text(sound.replace(old, new, 1), encoding="utf-8")
    assert_faulty(ar6)


@pytest.mark.parametrize("content", ["", "sets = 3", "[sets]\n'AR6-100' = 'x'", "not toml", "\x00"])
def test_a_faulty_source_record_is_refused(ar6: Path, content: str):
    (ar6 / "source.toml").write_text(content, encoding="utf-8")
    assert_faulty(ar6)


@pytest.mark.parametrize("name", ["source.toml", "gwp.csv"])
def test_a_missing_or_undecodable_file_is_refused(ar6: Path, name: str):
    (ar6 / name).write_bytes(b"\xff\xfe")
    assert_faulty(ar6)
    (ar6 / name).unlink()
    assert_faulty(ar6)


def assert_faulty(folder: Path) -> None:
    with pytest.raises(FactorError) as refusal:
        read_release(folder)
    assert [found.code for found in refusal.value.findings] == ["GWP-DATA"]


LENT = {"HC-600a": "DESNZ-2025-100", "Cyclopentane": "carbon-yield"}


def test_feedback_raises_every_value_and_a_shorter_horizon_that_of_short_lived_gases():
    plain, feedback = gwp_set("AR5-100"), gwp_set("AR5-100-ccf")
    shared = set(plain.values) & set(feedback.values) - {"CO2"}
    assert len(shared) > 20
    assert all(feedback.value(gas) > plain.value(gas) for gas in shared)
    for report in ("AR4", "AR5", "AR6"):
        short, long = gwp_set(f"{report}-20"), gwp_set(f"{report}-100")
        assert short.value("CH4-non-fossil") > 2 * long.value("CH4-non-fossil")
        assert short.value("SF6") < long.value("SF6")


def test_a_gas_without_a_value_may_be_lent_one_and_says_so():
    own = gwp_set("AR6-100")
    lending, found = own.with_stand_ins(LENT)
    assert lending.value("HC-600a") == 3
    assert lending.value("Cyclopentane") == parse_decimal("3.138")
    assert [item.code for item in found] == ["GWP-STAND-IN", "GWP-STAND-IN"]
    assert not any(item.blocks for item in found)
    for item in found:
        assert dict(item.params)["lender"] in item.render("zh")
        assert dict(item.params)["value"] in item.render("en")
    assert lending.basis("HC-600a") == "DESNZ-2025-100"
    assert lending.basis("Cyclopentane") == "carbon-yield"
    assert lending.basis("CH4-fossil") == "AR6-100"
    assert lending.value("HFC-134a") == own.value("HFC-134a")


def test_lending_leaves_the_report_as_it_is_and_changes_the_hash():
    own = gwp_set("AR6-100")
    lending, _ = own.with_stand_ins(LENT)
    again, _ = own.with_stand_ins(dict(reversed(LENT.items())))
    assert lending.sha256 == again.sha256 != own.sha256
    assert lending.with_stand_ins({})[0].sha256 == lending.sha256
    assert own.with_stand_ins({"HC-600a": "carbon-yield"})[0].sha256 != lending.sha256
    with pytest.raises(FactorError):
        own.value("HC-600a")
    with pytest.raises(FactorError) as refusal:
        lending.value("HC-601")
    assert refusal.value.findings[0].code == "GWP-MISSING"


@pytest.mark.parametrize(
    ("lenders", "code"),
    [
        ({"HFC-134a": "AR5-100"}, "GWP-STAND-IN-KNOWN"),
        ({"HC-600a": "AR7-100"}, "GWP-SET-UNKNOWN"),
        ({"Cyclopentane": "DESNZ-2025-100"}, "GWP-MISSING"),
    ],
)
def test_a_stand_in_that_is_not_needed_or_not_there_is_refused(lenders, code):
    with pytest.raises(FactorError) as refusal:
        gwp_set("AR6-100").with_stand_ins(lenders)
    assert [item.code for item in refusal.value.findings] == [code]
    assert refusal.value.findings[0].render("zh")


def test_lenders_are_no_sets_to_compute_with():
    assert stand_in_set_ids() == ("DESNZ-2025-100", "carbon-yield")
    assert not set(stand_in_set_ids()) & set(gwp_set_ids())
    hydrocarbon = {"Cyclopentane": (5, 10), "HC-600a": (4, 10), "HC-290": (3, 8)}
    for gas, (carbon, hydrogen) in hydrocarbon.items():
        weight = carbon * Fraction("12.011") + hydrogen * Fraction("1.008")
        formed = carbon * Fraction("44.009") / weight
        assert abs(gwp_set("carbon-yield").value(gas) - formed) < Fraction(1, 1000)
