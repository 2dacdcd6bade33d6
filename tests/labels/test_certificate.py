"""The body: same input and salts give the same bytes; private things stay private; gates hold."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.errors import IssueError
from labels.canonical import canonical, parse, parse_object, sha256
from labels.certificate import Approver, Body, Draft, claim, compose
from labels.commitments import commitments, disclosures, read_disclosures, write_disclosures
from labels.decimals import exact, spelt, total
from labels.folding import STAGES, StageLine, fold
from labels.issuer import demo_issuer
from labels.kinds import ClosedFile, Kind, Validity, known_kind, permitted
from labels.merkle import leaf_hash, merkle_root
from labels.recount import differences
from tests.labels.example import footprint

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SUBMISSION, FOOTPRINT = "a" * 64, "b" * 64


def draft(**more: Any) -> Draft:
    values: dict[str, Any] = {
        "issuer": demo_issuer(),
        "kind": Kind.STUDY_REPORT,
        "client": footprint()["product"]["maker"],
        "validity": Validity(dt.date(2026, 11, 20)),
        "approvers": (Approver("preparer", "kid-1", "示例 张三"),),
        "submission": SUBMISSION,
        "footprint": FOOTPRINT,
    }
    return Draft(**(values | more))


def salts(count: int) -> list[bytes]:
    return [bytes([n]) * 16 for n in range(count)]


def body(record: dict[str, Any] | None = None, **more: Any) -> Body:
    record = record or footprint()
    return compose(record, draft(**more), salts(len(record["lines"])))


def refused(code: str, record: dict[str, Any] | None = None, **more: Any) -> None:
    with pytest.raises(IssueError) as caught:
        body(record, **more)
    assert [found.code for found in caught.value.findings] == [code]


def test_the_fixture_is_what_its_script_writes() -> None:
    stored = json.loads((HERE / "example_footprint.json").read_text(encoding="utf-8"))
    assert stored == footprint()


def test_same_input_and_salts_same_bytes() -> None:
    assert body().data == body().data
    assert body().hash == sha256(body().data)


def test_other_salts_other_commitments_same_figures() -> None:
    record = footprint()
    other = compose(record, draft(), [bytes([n + 100]) * 16 for n in range(len(record["lines"]))])
    one, two = dict(body().fields), dict(other.fields)
    assert one.pop("commitments") != two.pop("commitments")
    assert one == two


def test_bytes_are_the_same_in_every_process() -> None:
    """Another process with another hash seed and time zone composes the same bytes."""
    program = (
        "from tests.labels.test_certificate import body; import sys;sys.stdout.write(body().hash)"
    )
    seen = set()
    for seed, zone in (("0", "UTC"), ("1", "Asia/Shanghai"), ("4242", "America/New_York")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        seen.add(
            subprocess.run(
                [sys.executable, "-c", program],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
    assert seen == {body().hash}


def test_key_order_of_the_input_does_not_matter() -> None:
    turned = dict(reversed(footprint().items()))
    assert body(turned).data == body().data


def test_the_public_body_holds_no_input() -> None:
    """Search for every amount, formula, cell, flow, process, evidence and file name.

    A part of the total (methane of the wastewater, say) may rest on one line; standards demand that
    it is disclosed, so contributions that are such a part are not searched for.
    """
    public = body().data.decode("utf-8")
    record = footprint()
    private = {"supplier Muster GmbH.xlsx", "WORKBOOK-NOTE"}
    for line in record["lines"]:
        private |= {f'"{line["id"]}"', line["amount"], line["origin"]["rule"]}
        private |= {line["origin"]["formula"], line["name"]["zh"], line["name"]["en"]}
        private |= set(line["evidence"]) | {line["factor"]["id"]}
        private |= {f'"{cell["cell"]}"' for cell in line["origin"]["cells"]}
        if line["value"] not in {"0", *record["parts"].values()}:
            private.add(f'"{line["value"]}"')
    assert len(private) > 60
    assert [text for text in private if text in public] == []


def test_the_control_of_that_search_finds_a_leak() -> None:
    record = footprint()
    leaking = canonical({**body().fields, "line": record["lines"][0]}).decode("utf-8")
    assert record["lines"][0]["amount"] in leaking


def test_leaves_are_salted_hashes_under_one_root() -> None:
    composed = body()
    record, stated = footprint(), composed.fields["commitments"]
    expected = [
        leaf_hash(salt + canonical(line))
        for salt, line in zip(salts(len(record["lines"])), record["lines"], strict=True)
    ]
    assert stated["leaves"] == [leaf.hex() for leaf in expected]
    assert stated["root"] == merkle_root(expected).hex()


def test_disclosures_open_the_commitments_and_come_back_from_json() -> None:
    composed = body()
    written = write_disclosures(composed.hash, composed.opened)
    opened = read_disclosures(parse_object(written))
    assert [one.leaf.hex() for one in opened] == composed.fields["commitments"]["leaves"]
    assert commitments(opened) == composed.fields["commitments"]


@pytest.mark.parametrize(
    "bad", [[b"x" * 16] * 2, [b"x" * 16], [b"x" * 15, b"y" * 15], [b"x" * 16, b"y" * 17]]
)
def test_salts_must_be_fresh_and_of_full_length(bad: list[bytes]) -> None:
    with pytest.raises(ValueError, match="salt"):
        disclosures([{}, {"a": "1"}], bad)


def test_the_body_fits_its_published_schema() -> None:
    schema = json.loads((ROOT / "docs/schemas/certificate-1.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(body().fields)
    for broken in (
        {**body().fields, "serial": "X"},
        {**body().fields, "kind": "certificate"},
        {**body().fields, "totals": {}},
        {**body().fields, "lines": []},
    ):
        assert not validator.is_valid(broken)


def test_what_nobody_could_verify_is_not_composed() -> None:
    """The same list guards both ends: a footprint with words of its own makes no body."""
    record = footprint()
    record["product"]["maker"]["claim"] = "climate neutral"
    with pytest.raises(IssueError) as raised:
        body(record)
    assert "BODY-SURPLUS product.maker.claim" in str(raised.value)


# Sums ---------------------------------------------------------------------------------------------


def test_the_example_adds_up() -> None:
    record = footprint()
    assert differences(record, record["lines"]) == ()
    assert differences(body().fields, record["lines"]) == ()


@pytest.mark.parametrize(
    "path",
    [
        ("totals", "excluding_biogenic_co2", "value"),
        ("totals", "including_biogenic_co2", "value"),
        ("parts", "fossil"),
        ("figures", "cradle-to-gate", "including_biogenic_co2"),
        ("figures", "cradle-to-gate", "parts", "unspecified"),
        ("stages", 2, "value"),
        ("lines", 4, "value"),
        ("electricity", "market", "excluding_biogenic_co2"),
    ],
)
def test_one_changed_figure_is_refused(path: tuple[str | int, ...]) -> None:
    record: Any = footprint()
    target = record
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = spelt(exact(target[path[-1]]) + Fraction(1, 10**12))
    refused("FOOTPRINT-SUMS", record)


@pytest.mark.parametrize("key", ["lines", "totals", "stages", "grade", "lock", "product", "gwp"])
def test_a_footprint_without_a_member_is_refused(key: str) -> None:
    record = footprint()
    count = len(record.pop("lines")) if key == "lines" else len(record["lines"])
    record.pop(key, None)
    with pytest.raises(IssueError, match="FOOTPRINT-SHAPE"):
        compose(record, draft(), salts(count))


@pytest.mark.parametrize("text", ["1e3", "NaN", "Infinity", "1/3", " 1", "01", "", "--1", "1.", 7])
def test_only_plain_decimals_count(text: object) -> None:
    record = footprint()
    record["parts"]["fossil"] = text
    refused("FOOTPRINT-SHAPE", record)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-1e9, max_value=1e9))
def test_decimals_are_spelt_as_they_are_read(value: Any) -> None:
    text = f"{value:f}"
    assert exact(spelt(exact(text))) == Fraction(value) == total([text])


# Folding ------------------------------------------------------------------------------------------


def stages_of(record: dict[str, Any]) -> list[list[str]]:
    return [stage["stages"] for stage in body(record).fields["stages"]]


def test_the_example_shows_all_its_stages() -> None:
    assert stages_of(footprint()) == [[stage] for stage in STAGES[:4]]


def test_a_stage_of_one_factor_is_folded_into_its_neighbour() -> None:
    record = footprint()
    for line in record["lines"]:
        if line["stage"] == "inbound-transport":
            line["factor"]["id"] = "one-truck"
    composed = body(record)
    groups = [stage["stages"] for stage in composed.fields["stages"]]
    assert groups == [["raw-materials"], ["inbound-transport", "manufacturing"], ["packaging"]]
    merged = composed.fields["stages"][1]
    assert merged["name"]["zh"] == "进厂运输、生产"
    assert exact(merged["value"]) == total(s["value"] for s in record["stages"][1:3])
    assert differences(composed.fields, record["lines"]) == ()


def line(stage: str, factor: str, value: int) -> StageLine:
    return StageLine(stage, factor, Fraction(value))


def test_a_recipe_stage_dominated_by_one_factor_is_folded() -> None:
    rest = [line("packaging", "glass", 90), line("packaging", "carton", 10)]
    even = [line("raw-materials", "malt", 60), line("raw-materials", "hops", 40)]
    steep = [line("raw-materials", "malt", 90), line("raw-materials", "hops", 10)]
    ids = ("raw-materials", "packaging")
    assert fold(ids, [*even, *rest]) == (("raw-materials",), ("packaging",))
    assert fold(ids, [*steep, *rest]) == (("raw-materials", "packaging"),)


def test_removals_do_not_hide_behind_emissions() -> None:
    """Shares are of absolute values: a removal cannot make a dominating emission look small."""
    lines = [line("use", "a", 100), line("use", "a", -99), line("end-of-life", "b", 1)]
    lines += [line("end-of-life", "c", 1)]
    assert fold(("use", "end-of-life"), lines) == (("use", "end-of-life"),)


values = st.integers(-50, 50)
stage_line = st.builds(line, st.sampled_from(STAGES), st.sampled_from("abcd"), values)


@given(st.lists(stage_line, max_size=30))
def test_folding_keeps_order_sides_and_values(lines: list[StageLine]) -> None:
    groups = fold(STAGES, lines)
    assert tuple(stage for group in groups for stage in group) == STAGES
    assert not any({"packaging", "distribution"} <= set(group) for group in groups)
    for group in groups:
        factors = {x.factor for x in lines if x.stage in group and x.value}
        alone = group in (STAGES[:4], STAGES[4:])
        assert len(factors) != 1 or alone


# Kinds and gates ----------------------------------------------------------------------------------


def closed(**more: Any) -> ClosedFile:
    known: dict[str, Any] = {
        "sha256": "c" * 64,
        "submission": SUBMISSION,
        "footprint": FOOTPRINT,
        "opinion": "unmodified",
        "level": "limited",
        "materiality": "0.05",
        "closed": dt.date(2026, 11, 19),
    }
    return ClosedFile(**(known | more))


FOUR = tuple(
    Approver(role, f"kid-{role}", f"示例 {role}")
    for role in ("preparer", "verifier", "reviewer", "decision")
)
VERIFIED = {"kind": Kind.VERIFICATION_STATEMENT, "approvers": FOUR}


def certifiable() -> dict[str, Any]:
    return {**footprint(), "grade": {"value": "certifiable", "reasons": []}}


def test_without_a_closed_file_only_a_study_report() -> None:
    for kind in (Kind.VERIFICATION_STATEMENT, Kind.CERTIFICATE_OF_CONFORMITY):
        refused("KIND-NOT-PERMITTED", certifiable(), kind=kind, approvers=FOUR)
    assert body(certifiable()).fields["kind"] == "study_report"


def test_with_a_closed_file_a_certifiable_result_may_become_a_statement() -> None:
    fields = body(certifiable(), closed=closed(), **VERIFIED).fields
    assert fields["kind"] == "verification_statement"
    assert fields["verification"]["sha256"] == "c" * 64


def test_a_screening_result_never_becomes_more_than_a_study_report() -> None:
    refused("KIND-NOT-PERMITTED", footprint(), closed=closed(), **VERIFIED)


@pytest.mark.parametrize(
    "change", [{"submission": "d" * 64}, {"footprint": "d" * 64}, {"opinion": "adverse"}]
)
def test_a_file_on_another_draft_or_with_an_adverse_opinion_does_not_count(
    change: dict[str, str],
) -> None:
    refused("KIND-NOT-PERMITTED", certifiable(), closed=closed(**change), **VERIFIED)


def test_a_certificate_has_an_end_and_a_statement_has_none() -> None:
    first, last = dt.date(2026, 11, 20), dt.date(2029, 11, 19)
    more = {"closed": closed(), "approvers": FOUR}
    certificate = Kind.CERTIFICATE_OF_CONFORMITY
    statement = Kind.VERIFICATION_STATEMENT
    refused("VALIDITY-WRONG", certifiable(), kind=certificate, **more)
    ended = Validity(first, last)
    assert body(certifiable(), kind=certificate, validity=ended, **more).fields["validity"] == {
        "from": "2026-11-20",
        "until": "2029-11-19",
    }
    refused("VALIDITY-WRONG", certifiable(), kind=statement, validity=ended, **more)
    refused("VALIDITY-WRONG", validity=Validity(last, first))


def test_roles_are_separated_by_person_and_key() -> None:
    same_key = (*FOUR[:3], Approver("decision", "kid-preparer", "示例 decision"))
    same_person = (*FOUR[:3], Approver("decision", "kid-decision", "示例 preparer"))
    for approvers in (FOUR[:3], same_key, same_person, (*FOUR, FOUR[0])):
        refused(
            "APPROVERS-WRONG",
            certifiable(),
            closed=closed(),
            kind=Kind.VERIFICATION_STATEMENT,
            approvers=approvers,
        )
    refused("APPROVERS-WRONG", approvers=FOUR)


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(IssueError, match="KIND-UNKNOWN"):
        known_kind("certificate")


@given(st.sampled_from(Kind), st.sampled_from(["screening", "certifiable", "", "CERTIFIABLE"]))
def test_no_file_no_verified_kind(kind: Kind, grade: str) -> None:
    assert permitted(kind, grade, None) is (kind is Kind.STUDY_REPORT)


def test_claims_tell_products_periods_and_kinds_apart() -> None:
    fields = dict(body().fields)
    base = claim(fields)
    assert claim({**fields, "totals": {}, "stages": []}) == base
    assert claim({**fields, "kind": "verification_statement"}) != base
    assert claim({**fields, "period": {"from": "2024-01-01", "to": "2024-12-31"}}) != base
    assert claim({**fields, "family": {"id": "F1"}}) != base


# Canonical JSON -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    [
        b'{"a":1,"a":2}',
        b'{"a":1.5}',
        b'{"a":NaN}',
        b'{"a":1e400}',
        b"\xff",
        b"[" * 100_000,
        b"",
        b'{"a":',
    ],
)
def test_the_strict_reader_refuses(hostile: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
        parse(hostile)


@pytest.mark.parametrize("value", [1.0, float("nan"), {"a": [0.1]}, {1: "a"}, 2**60, object()])
def test_what_is_not_plain_data_has_no_canonical_form(value: object) -> None:
    with pytest.raises(ValueError, match="canonical"):
        canonical(value)
