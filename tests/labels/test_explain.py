"""Explain: every level sums without remainder, no equation is false, nothing withheld is shown."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.errors import CarbonLabelError
from factors.store import load
from labels.canonical import canonical, parse_object, sha256
from labels.cli.explain import Asked, explain
from labels.explain import Explanation, Proving, explanation, file_material, serial_material
from labels.explain.build import Material, Opened
from labels.explain.document import Private, document_material
from labels.explain.nodes import Entered
from labels.explain.numbers import amount, is_whole, record
from labels.explain.page import explanation_page
from labels.explain.rates import CLOSE
from labels.explain.record import document
from labels.explain.source import own_material, study_material
from labels.explain.steps import demand_steps, steps
from labels.explain.told import chosen, line_told, tree
from labels.issue import Issued, issue
from labels.registry.desk import Submission
from labels.registry.export import export_log, view_of
from labels.registry.store import Store
from lca import model as product_model
from lca import system_file
from lca.footprint import Footprint
from lca.study import study
from lca.workbook.write import workbook
from tests.labels.desk_help import T0, approved_draft, demo_store, office
from tests.lca.systems import footprint as computed
from tests.lca.systems import random_document

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/schemas/explanation-1.schema.json").read_text("utf-8")
)
LATER = T0 + dt.timedelta(days=1)


@cache
def book() -> bytes:
    shipped = files("lca") / "models" / "examples" / "beer.toml"
    filled = tomllib.loads(shipped.read_text(encoding="utf-8"))
    return workbook(product_model.load("beer"), "en", filled)


@cache
def beer() -> Footprint:
    found = study(book(), "beer.xlsx", factors=load()).footprint
    assert found is not None
    return found


@cache
def own() -> Explanation:
    return explanation(own_material(beer(), load()))


class World(NamedTuple):
    folder: Path
    store: Store
    record: Issued

    @property
    def proving(self) -> Proving:
        log = view_of(self.store)
        return Proving(self.store.trust, log, LATER, None)

    @property
    def disclosed(self) -> dict[str, Any]:
        return dict(parse_object(self.record.files["sealed/disclosures.json"]))

    def explained(self, disclosures: bytes | None = None, system: bytes | None = None) -> Any:
        pdf = self.record.files["public/label.pdf"]
        private = Private(disclosures, system)
        return explanation(document_material(pdf, private, self.proving, load()))

    def refused(self, disclosures: bytes | None = None, system: bytes | None = None) -> list[str]:
        with pytest.raises(CarbonLabelError) as raised:
            self.explained(disclosures, system)
        return codes(raised.value)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("desk")
    store = demo_store(folder / "registry")
    system = system_file.canonical(beer().system)
    handed = Submission(canonical(beer().to_json()), system, ("beer.xlsx", book()))
    made = issue(office(store), approved_draft(store, handed), out=folder / "issued")
    return World(folder, store, made)


def codes(error: CarbonLabelError) -> list[str]:
    for found in error.findings:
        assert found.render("zh") and found.render("en")
    return [found.code for found in error.findings]


def check_sums(made: Explanation) -> None:
    """Every level to the one above, exactly."""
    by_id = {stage.id: stage for stage in made.stages}
    for figure in made.figures:
        assert sum((by_id[one].value for one in figure.stages), Fraction(0)) == figure.value
    for stage in made.stages:
        inside = sum((line.value for line in stage.lines), stage.withheld or Fraction(0))
        assert inside == stage.value
    for line in made.lines:
        assert sum((piece.value for piece in line.pieces), Fraction(0)) == line.value
    counted = [line for stage in made.stages for line in stage.lines]
    assert len(counted) + len(made.others) + len(made.withheld) == made.count or made.withheld


# Sums and equations -------------------------------------------------------------------------------


def test_every_level_of_an_example_sums_without_remainder() -> None:
    check_sums(own())
    assert (len(own().lines), own().withheld, own().view) == (own().count, {}, "own")


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_every_level_of_a_random_system_sums_without_remainder(seed: int) -> None:
    check_sums(explanation(own_material(computed(random_document(seed)), load())))


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_any_choice_of_opened_lines_sums_with_what_is_withheld(
    world: World, data: st.DataObject
) -> None:
    told = world.disclosed
    every = told["lines"]
    kept = data.draw(st.sets(st.integers(0, len(every) - 1), min_size=1))
    told["lines"] = [every[place] for place in sorted(kept)]
    made = world.explained(canonical(told))
    check_sums(made)
    assert {line.number - 1 for line in made.lines} == kept
    leaves = parse_object(world.record.files["public/certificate.json"])["commitments"]["leaves"]
    hidden = set(range(len(leaves))) - kept
    assert made.withheld == {place + 1: leaves[place] for place in hidden}
    assert (made.stages[0].withheld is None) is (not hidden)


def test_a_remainder_is_refused() -> None:
    """The control of the sums: one digit more in a stage, a line or a part."""
    material = own_material(beer(), load())
    for spoil in (_more_stage, _more_line, _more_part, _more_figure):
        with pytest.raises(CarbonLabelError) as raised:
            explanation(spoil(material))
        assert set(codes(raised.value)) == {"EXPLAIN-REMAINDER"}


def _copy(material: Material) -> dict[str, Any]:
    return dict(json.loads(json.dumps(dict(material.stated))))


def _more_stage(material: Material) -> Material:
    stated = _copy(material)
    stated["stages"][0]["value"] += "1"
    return replace(material, stated=stated)


def _more_figure(material: Material) -> Material:
    stated = _copy(material)
    stated["figures"]["cradle-to-gate"][stated["headline"]] += "1"
    return replace(material, stated=stated)


def _more_line(material: Material) -> Material:
    first, *rest = material.opened
    line = {**first.line, "value": first.line["value"] + "1"}
    return replace(material, opened=(Opened(1, line), *rest))


def _more_part(material: Material) -> Material:
    first, *rest = material.opened
    line = {**first.line, "parts": {p: v + "1" for p, v in first.line["parts"].items()}}
    return replace(material, opened=(Opened(1, line), *rest))


def test_no_equation_that_is_printed_is_false() -> None:
    grain = Fraction(1, 10**11)
    for line in own().lines:
        given_amount = Fraction(line.amount)
        for piece in (*line.pieces, *line.outside):
            assert piece.rate is not None, line.id
            off = abs(given_amount * piece.rate - piece.value)
            assert off <= CLOSE * abs(piece.value) + grain, line.id
        if line.running is not None:
            run = line.running
            product = run.demand * run.per_output * run.share
            assert abs(product - given_amount) <= CLOSE * abs(given_amount), line.id
        for booking in line.bookings:
            assert booking.per_unit == booking.consumed * booking.share / booking.output
            stock = booking.opening + booking.multiplier * booking.readings
            assert stock - booking.closing - booking.returned == booking.consumed
    for process in own().processes.values():
        taken = sum((taker.amount for taker in process.takers), Fraction(0))
        if not process.reference:
            assert abs(taken - process.demand) <= CLOSE * abs(process.demand), process.id


def test_a_metered_line_is_followed_to_cells_key_and_proofs() -> None:
    line = chosen(own(), "brewing-electricity")
    assert not isinstance(line, int)
    told = "\n".join(line_told(own(), line, "en"))
    for word in (
        "0.0932629 kWh/L × 0.5777 kg CO2e/kWh ≈ 0.05387797909 kg CO2e/L",
        "annex, Table 1",
        "K-EL",
        "Energy and utilities!G9:R9",
        "÷ 6\u202f000\u202f000 L",
        "E01",
        "Products!E29:E40",
    ):
        assert word in told, word


def test_a_process_that_others_use_shows_their_proofs_and_entered_amounts() -> None:
    """Malt is bought on invoices; what it takes upstream rests on them too."""
    made = own()
    malting = made.processes["malting"]
    told = [taker.evidence for taker in malting.takers]
    assert any(told)
    shown = {row.name for step in demand_steps(made, malting, "en") for row in step.rows}
    assert {name for names in told for name in names} <= shown
    typed = Entered("Malt, bought", Fraction(1, 8), "kg", "Site!C4", ("E77",))
    taker = replace(malting.takers[0], entered=(typed,))
    more = demand_steps(made, replace(malting, takers=(taker,)), "en")
    (step,) = (one for one in more if "Malt, bought" in one.title)
    assert [row.name for row in step.rows][-1] == "E77"
    assert "Site!C4" in {row.told for row in step.rows}


def test_of_an_account_a_market_line_takes_the_part_that_is_said() -> None:
    line = chosen(own(), "brewing-electricity-rest")
    assert not isinstance(line, int) and line.running is not None and line.running.worked
    assert not line.counted
    assert line.running.per_output < line.running.worked
    assert line in own().others


def test_equals_is_said_of_exact_numbers_alone() -> None:
    for step in (step for line in own().lines for step in steps(own(), line, "en")):
        for told in step.sums:
            if " = " not in told or "≈" in told or not re.fullmatch(r"[\d.\s×÷+−= \w/()]+", told):
                continue
            left, _, right = told.partition(" = ")
            if re.fullmatch(r"[\d.\u202f]+ × [\d.\u202f]+", left):
                one, other = (Fraction(n.replace("\u202f", "")) for n in left.split(" × "))
                assert one * other == Fraction(right.split(" ")[0].replace("\u202f", ""))


@given(st.fractions(min_value=-(10**9), max_value=10**9))
def test_an_amount_is_spelt_to_six_digits(value: Fraction) -> None:
    told = amount(value).replace("\u202f", "").replace("\N{MINUS SIGN}", "-")
    if "×" in told:
        head, power = told.split(" × 10")
        raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
        back = Fraction(head) * Fraction(10) ** int(power.translate(raised))
    else:
        back = Fraction(told)
    assert abs(back - value) * 2 * 10**5 <= abs(value) or back == value
    assert (back == value) or not is_whole(value)


# What a reader may see ----------------------------------------------------------------------------


def test_the_public_document_shows_no_line(world: World) -> None:
    made = world.explained()
    check_sums(made)
    assert (made.view, made.lines, len(made.withheld)) == ("public", (), made.count)
    told = json.dumps(document(made), ensure_ascii=False)
    page = explanation_page(made, "en").decode()
    for row in beer().to_json()["lines"]:
        if len(row["amount"]) > 6:
            assert row["amount"] not in told + page, row["id"]
        if "*" in row["origin"].get("formula", ""):
            assert row["origin"]["formula"] not in told + page
    assert "beer.xlsx" not in told + page


def test_opened_lines_say_that_they_are_confidential(world: World) -> None:
    system = world.record.files["sealed/system.json"]
    made = world.explained(world.record.files["sealed/disclosures.json"], system)
    assert made.view == "opened"
    assert "CONFIDENTIAL" in next(row for row in tree(made, "en") if "CONF" in row)
    assert [line.value for line in made.lines] == [line.value for line in own().lines]
    assert made.lines[29].bookings == own().lines[29].bookings
    assert all(line.commitment for line in made.lines)
    without = world.explained(world.record.files["sealed/disclosures.json"])
    assert without.remarks == ("no_system",)
    assert not without.processes and not without.lines[29].bookings


def test_lines_or_inputs_of_another_document_are_refused(world: World) -> None:
    disclosures = world.record.files["sealed/disclosures.json"]
    spoilt = world.disclosed
    spoilt["lines"][3]["line"]["value"] = "9"
    assert "DEEP-COMMITMENT" in world.refused(canonical(spoilt))
    assert world.refused(canonical({**world.disclosed, "body": "00" * 32})) == ["DEEP-DISCLOSURES"]
    assert world.refused(b"{}") == ["DEEP-DISCLOSURES"]
    assert world.refused(disclosures, b"{}") == ["DEEP-OTHER-INPUTS"]


def test_a_tampered_document_is_refused_as_by_verify(world: World, tmp_path: Path) -> None:
    pdf = world.record.files["public/label.pdf"]
    for spoilt in (pdf + b"x", pdf[:-9], pdf[:300] + b"X" + pdf[301:], b"%PDF-1.7", b"no pdf"):
        path = tmp_path / "label.pdf"
        path.write_bytes(spoilt)
        with pytest.raises(CarbonLabelError) as raised:
            explanation(file_material(path, None, world.proving, load()))
        assert codes(raised.value)


def test_without_a_trust_file_it_is_said_that_the_issuer_is_open(world: World) -> None:
    pdf = world.record.files["public/label.pdf"]
    made = document_material(pdf, Private(), Proving(None, None, LATER, None), load())
    assert made.remarks == ("issuer_unchecked",)


def test_folders_serials_and_exports(world: World, tmp_path: Path) -> None:
    proving, library = world.proving, load()
    sealed = world.folder / "issued" / "sealed"
    assert file_material(sealed, None, proving, library).view == "opened"
    assert file_material(sealed / "disclosures.json", None, proving, library).view == "opened"
    public = world.folder / "issued" / "public" / "label.pdf"
    assert file_material(public, sealed, proving, library).view == "opened"
    serial, registry = world.record.serial, world.folder / "registry"
    assert serial_material(serial, registry, proving, library, private=False).view == "public"
    assert serial_material(serial, registry, proving, library, private=True).view == "opened"
    export_log(world.store, tmp_path)
    (tmp_path / serial).mkdir()
    (tmp_path / serial / "report.pdf").write_bytes(world.record.files["public/report.pdf"])
    assert serial_material(serial, tmp_path, proving, library, private=False).view == "public"
    with pytest.raises(CarbonLabelError) as raised:
        serial_material(serial, tmp_path, proving, library, private=True)
    assert codes(raised.value) == ["EXPLAIN-NOTHING-PRIVATE"]
    for strange in ("SAMPLE-99", "../registry", ""):
        with pytest.raises(CarbonLabelError) as raised:
            serial_material(strange, tmp_path, proving, library, private=False)
        assert codes(raised.value) == ["CLI-SERIAL"]


def test_what_cannot_be_explained_is_a_finding(world: World, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "disclosures.json").write_text("{}")
    public = world.folder / "issued" / "public" / "label.pdf"
    for path, sealed, code in (
        (tmp_path / "x.txt", None, "EXPLAIN-FILE"),
        (tmp_path / "empty", None, "EXPLAIN-NO-DOCUMENT"),
        (tmp_path / "alone", None, "EXPLAIN-NO-DOCUMENT"),
        (public, tmp_path / "empty", "EXPLAIN-NO-DISCLOSURES"),
        (tmp_path / "absent.pdf", None, "DOCUMENT-UNREADABLE"),
    ):
        with pytest.raises(CarbonLabelError) as raised:
            explanation(file_material(path, sealed, world.proving, load()))
        assert codes(raised.value) == [code]


def test_a_blocked_system_file_says_what_blocks_it(tmp_path: Path) -> None:
    path = tmp_path / "system.json"
    path.write_text('{"schema": "carbonlabel-system/1"}')
    with pytest.raises(CarbonLabelError) as raised:
        study_material(path, load(), "", "")
    assert codes(raised.value)


# Lines, page, data --------------------------------------------------------------------------------


def test_a_withheld_line_shows_its_commitment_and_a_wrong_one_is_a_finding(world: World) -> None:
    made = world.explained()
    told = "\n".join(line_told(made, chosen(made, "7"), "zh"))
    assert made.withheld[7] in told
    for wrong in ("0", "999", "barley-field", "-1", "٣", "9" * 40):
        with pytest.raises(CarbonLabelError) as raised:
            chosen(made, wrong)
        assert codes(raised.value) == ["EXPLAIN-LINE"]


def test_the_data_fit_their_schema(world: World) -> None:
    for made in (own(), world.explained()):
        told = json.loads(json.dumps(document(made)))
        jsonschema.validate(told, SCHEMA)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**told, "surprise": 1}, SCHEMA)


class Page(HTMLParser):
    """Collects what a page could fetch, run or point at."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.styled = False
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        told = dict(attrs)
        self.styled |= "style" in told
        self.links += [told[name] or "" for name in ("href", "src", "action") if name in told]
        if told.get("http-equiv") == "Content-Security-Policy":
            self.policy = told["content"] or ""
        self.ids.add(told.get("id") or "")
        assert not any(name.startswith("on") for name in told)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_stands_alone(lang: Any) -> None:
    told = explanation_page(own(), lang).decode()
    page = Page()
    page.feed(told)
    assert not {"script", "link", "img", "iframe", "object", "form"} & page.tags
    assert not page.styled  # the policy of the page would refuse it
    assert page.links and all(link[:1] == "#" and link[1:] in page.ids for link in page.links)
    assert page.policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "<details" in told and "⚠" not in told
    heads = re.findall(r"<h([1-6])", told)
    assert heads[0] == "1" and all(int(b) - int(a) <= 1 for a, b in pairwise(heads))
    assert f'<html lang="{"en" if lang == "en" else "zh-CN"}">' in told


def test_hostile_names_stay_text() -> None:
    hostile = '<script>alert(1)</script>{{7*7}}"onclick=x\u202e\x00'
    material = own_material(beer(), load())
    opened = [
        Opened(one.number, {**one.line, "name": {"zh": hostile, "en": hostile}})
        for one in material.opened
    ]
    made = explanation(replace(material, opened=opened))
    page = Page()
    page.feed(explanation_page(made, "en").decode())
    assert "script" not in page.tags


def test_hostile_lines_are_a_finding_and_no_traceback() -> None:
    material = own_material(beer(), load())
    harms: tuple[dict[str, Any], ...] = (
        {"origin": None},
        {"parts": []},
        {"amount": "1e9"},
        {"value": None},
        {"name": "x"},
        {"factor": 7},
    )
    for harm in harms:
        first, *rest = material.opened
        spoilt = replace(material, opened=(Opened(1, {**first.line, **harm}), *rest))
        with pytest.raises(CarbonLabelError) as raised:
            explanation(spoilt)
        assert set(codes(raised.value)) <= {"BODY-MALFORMED", "EXPLAIN-REMAINDER"}, harm


def test_the_command(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = random_document(2) | {"boundary": "cradle-to-gate"}
    path = tmp_path / "small.json"
    path.write_text(json.dumps(small), encoding="utf-8")
    made = explanation(study_material(path, load(), "", ""))
    explain(Asked(str(path)), "", None, "en", as_json=False)
    shown = capsys.readouterr().out
    assert record(made.declared.value) in shown and "\u202f" not in shown
    counted = made.stages[0].lines[0].number
    explain(Asked(str(path)), str(counted), None, "zh", as_json=True)
    one = json.loads(capsys.readouterr().out)
    assert [line["number"] for stage in one["stages"] for line in stage["lines"]] == [counted]
    explain(Asked(str(path)), "", tmp_path / "why.html", "zh", as_json=False)
    assert (tmp_path / "why.html").read_bytes().startswith(b"<!DOCTYPE html>")
    public = str(world.folder / "issued" / "public" / "label.pdf")
    registry = world.folder / "registry"
    capsys.readouterr()
    explain(Asked(world.record.serial, registry, private=True), "3", None, "en", as_json=True)
    assert json.loads(capsys.readouterr().out)["view"] == "opened"
    with pytest.raises(CarbonLabelError) as raised:
        explain(Asked("SAMPLE-1"), "", None, "en", as_json=False)
    assert codes(raised.value) == ["EXPLAIN-SERIAL"]
    assert Path(public).is_file()


def test_what_the_result_rests_on_is_named(world: World) -> None:
    made = world.explained()
    body: Mapping[str, Any] = parse_object(world.record.files["public/certificate.json"])
    assert ("system", "", body["lock"]["system"]) in made.rests_on
    assert body["lock"]["system"] == sha256(world.record.files["sealed/system.json"])
