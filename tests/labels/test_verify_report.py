"""The report of verification, for people and for programs; how old a copy of the log may be."""

from __future__ import annotations

import datetime as dt
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from factors.texts import LANGS, catalogue
from labels.canonical import canonical
from labels.cli.checking import verify_document
from labels.keys import Purpose, new_key
from labels.printing import PrintRoom
from labels.registry.export import export_log
from labels.registry.publish import publish
from labels.registry.state import State
from labels.registry.statuslist import LIFETIME
from labels.registry.store import Store
from labels.render import site
from labels.verify import Report, verify
from labels.verify.lists import StatusLists, open_list, read_lists
from labels.verify.report import CONTENT, Outcome
from tests.labels.desk_help import T0, demo_store, issued
from tests.labels.exhibits import EXHIBITS
from tests.labels.forging import LATER, Exhibit, Order, Workshop, lists_of

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.open(tmp_path_factory.mktemp("workshop"))


@pytest.fixture(scope="module")
def good(shop: Workshop) -> Exhibit:
    return shop.make(Order())


def schema_of(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


def validator() -> Draft202012Validator:
    findings = Resource.from_contents(schema_of("findings-1"))
    known = Registry().with_resource("urn:carbonlabel:schema:findings-1", findings)
    return Draft202012Validator(schema_of("verification-1"), registry=known)


# For programs -------------------------------------------------------------------------------------


def test_every_report_has_the_shape_of_its_schema(shop: Workshop, good: Exhibit) -> None:
    check = validator()
    reports = [kind.make(shop, random.Random(2)).judged() for kind in EXHIBITS.values()]
    reports += [good.judged(), replace(good, log=None, printer=None).judged()]
    reports += [verify(data, trust=None, now=T0) for data in (b"", b"%PDF-1.7", good.pdf[:900])]
    for report in reports:
        check.validate(json.loads(json.dumps(report.to_json())))


def test_the_schema_refuses_another_shape(good: Exhibit) -> None:
    for change in ({"status": "fine"}, {"valid": "yes"}, {"more": 1}, {"codes": ["?"]}):
        assert not validator().is_valid({**good.judged().to_json(), **change})


def test_the_schema_names_every_check(good: Exhibit) -> None:
    names = set(schema_of("verification-1")["$defs"]["name"]["enum"])
    assert {check.name for check in good.judged().checks} | CONTENT <= names
    assert {f"check_{name.replace(' ', '_')}" for name in names} <= set(catalogue()["verify"])


# For people ---------------------------------------------------------------------------------------


def meaning(report: Report, lang: Any) -> str:
    return report.render(lang).partition("\n\n")[2]


def test_the_report_ends_with_what_it_means(shop: Workshop, good: Exhibit) -> None:
    words = catalogue()["verify"]
    bad = EXHIBITS["cheaper"].make(shop, random.Random(2)).judged()
    for lang in LANGS:
        assert meaning(good.judged(), lang).startswith(words["meaning_all"][lang])
        part = meaning(replace(good, log=None).judged(), lang)
        assert words["check_status"][lang] in part
        assert words["meaning_figures"][lang] in part
        assert words["check_body"][lang] in meaning(bad, lang)
        assert words["meaning_figures"][lang] not in meaning(bad, lang)


def test_every_failure_says_what_was_seen_expected_and_to_be_done(shop: Workshop) -> None:
    for name, kind in EXHIBITS.items():
        report = kind.make(shop, random.Random(2)).judged()
        failed = [check for check in report.checks if check.outcome is Outcome.FAIL]
        assert failed, name
        for found in (one for check in failed for one in check.findings):
            for lang in LANGS:
                assert all(found.to_json()["message"][lang].values()), (name, lang)
                assert "{" not in found.render(lang), (name, lang)


def test_what_a_hostile_document_says_stays_on_its_line(shop: Workshop) -> None:
    def change(body: dict[str, Any]) -> None:
        body["product"]["name"] = {"zh": "甲\x1b[2J\n有效", "en": "A\x1b[2J\nVALID"}
        body["issuer"]["id"] = "X\x1b]0;owned\x07\nVALID"

    report = shop.make(Order(body=change)).judged()
    assert "UNKNOWN-ISSUER" in report.codes
    for lang in LANGS:
        told = report.render(lang)
        assert "\x1b" not in told
        assert "\x07" not in told
        assert told.splitlines().count("VALID") + told.splitlines().count("有效") == 0


# How old the log may be ---------------------------------------------------------------------------


def test_a_copy_of_the_log_is_believed_for_its_time(shop: Workshop, good: Exhibit) -> None:
    dated = replace(good, lists=lists_of(shop.keys["note"], State.ISSUED))
    last = T0 + LIFETIME
    assert dated.judged().status == "valid"
    assert replace(dated, now=last - dt.timedelta(days=1)).judged().status == "valid"
    old = replace(dated, now=last + dt.timedelta(days=1)).judged()
    assert (old.valid, old.status) == (True, "not checked")
    assert "STATUS-STALE" in [one.code for check in old.checks for one in check.findings]


def test_an_old_copy_still_answers_for_its_own_time(shop: Workshop, good: Exhibit) -> None:
    dated = replace(good, lists=lists_of(shop.keys["note"], State.ISSUED), now=T0 + 5 * LIFETIME)
    report = verify(
        dated.pdf,
        trust=dated.trust,
        now=dated.now,
        log=dated.log,
        lists=dated.lists,
        at=LATER.date(),
    )
    assert report.status == "valid"


def test_a_withdrawal_is_believed_however_old_the_copy(shop: Workshop) -> None:
    exhibit = EXHIBITS["revoked"].make(shop, random.Random(2))
    old = replace(exhibit, lists=lists_of(shop.keys["note"], State.REVOKED), now=T0 + 5 * LIFETIME)
    assert old.judged().status == "revoked"


def test_a_copy_without_lists_says_that_its_age_is_unknown(good: Exhibit) -> None:
    report = replace(good, lists=StatusLists({})).judged()
    assert (report.valid, report.status) == (True, "not checked")
    assert "STATUS-UNDATED" in [one.code for check in report.checks for one in check.findings]


@pytest.mark.parametrize("spoil", ["key", "purpose", "bomb", "length", "parts"])
def test_a_list_that_is_not_the_log_s_own_is_refused(
    shop: Workshop, good: Exhibit, spoil: str
) -> None:
    token = lists_of(shop.keys["note"], State.ISSUED).tokens["revocation"]
    tokens = {
        "key": lists_of(stranger(), State.ISSUED).tokens,
        "purpose": {"suspension": token},
        "bomb": {"revocation": token[:40] + b"A" * (1 << 21)},
        "length": {"revocation": token[:-4]},
        "parts": {"revocation": b"a.b"},
    }[spoil]
    report = replace(good, lists=StatusLists(tokens)).judged()
    assert set(report.codes) == {"STATUS-LIST"}
    assert report.status == "not checked"


def stranger() -> Any:
    return new_key(Purpose.CHECKPOINT, "示例 Example", demo=True, now=T0)


def test_lists_are_read_from_an_export_and_not_from_a_registry(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    record = issued(store)
    assert read_lists(tmp_path / "registry") is None
    export_log(store, tmp_path / "bare")
    assert read_lists(tmp_path / "bare") == StatusLists({})
    publish(store, tmp_path / "whole", site, T0)
    lists = read_lists(tmp_path / "whole")
    assert lists is not None
    assert set(lists.tokens) == {"revocation", "suspension"}
    opened = open_list(lists.tokens["revocation"], "revocation", store.trust)
    assert (opened.made, opened.until) == (T0, T0 + LIFETIME)
    assert not opened.holds(record.receipt["leaf"]["status_index"])


def test_a_kept_checkpoint_must_be_one_of_the_log_s(shop: Workshop, good: Exhibit) -> None:
    assert good.log is not None
    kept = shop.note(good.log.leaves[:1])
    assert replace(good, seen=kept).judged().valid
    assert replace(good, seen="junk").judged().codes == ("WITNESS-UNREADABLE",)
    other = shop.note([canonical({"serial": "SAMPLE-9", "type": "void"})])
    assert replace(good, seen=other).judged().codes == ("LOG-ROLLED-BACK",)


# The command --------------------------------------------------------------------------------------


def told_by_command(
    store: Store, folder: Path, capsys: pytest.CaptureFixture[str], **more: Any
) -> tuple[int, Any]:
    registry = more.pop("registry", store.location)
    with PrintRoom() as room:
        code = verify_document(
            folder / "label.pdf", None, registry, "", "en", room, as_json=True, **more
        )
    return code, json.loads(capsys.readouterr().out)


def test_the_command_takes_a_kept_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = demo_store(tmp_path / "registry")
    (tmp_path / "label.pdf").write_bytes(issued(store).files["public/label.pdf"])
    export_log(store, tmp_path / "old")
    issued(store, "EX-LATER")
    export_log(store, tmp_path / "new")
    seen = tmp_path / "new" / "checkpoint"
    code, report = told_by_command(store, tmp_path, capsys, seen=seen)
    assert "LOG-ROLLED-BACK" not in report["codes"]
    code, report = told_by_command(store, tmp_path, capsys, seen=seen, registry=tmp_path / "old")
    assert code == 1
    assert "LOG-ROLLED-BACK" in report["codes"]
