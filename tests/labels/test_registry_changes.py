"""After issue: who may change what, in which state, why; and what verification says of it."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import labels
from factors.errors import IssueError
from factors.findings import Severity
from factors.texts import LANGS, catalogue, text
from labels.canonical import canonical, parse_object, sha256
from labels.issue import Issued, issue, recover
from labels.keys import Purpose, SigningKey, new_key
from labels.kinds import APPROVALS, Kind
from labels.registry.changes import change
from labels.registry.check import check
from labels.registry.desk import Submission, abandon, reserve
from labels.registry.entries import event_leaf
from labels.registry.export import export_log, read_view, view_of
from labels.registry.log import append, leaves_of
from labels.registry.orders import OrderFault, check_order, order
from labels.registry.overview import overview
from labels.registry.records import get_draft, holder
from labels.registry.rotation import rotation
from labels.registry.state import (
    DECIDERS,
    NAME_CORRECTED,
    ORDERED_EVENTS,
    REASONS,
    STEPS,
    TERMINAL,
    Actor,
    Event,
    State,
    TransitionError,
    entitled,
)
from labels.registry.store import Store, open_store
from labels.registry.succession import FIGURES, METHOD, Succession, other_figures
from labels.trust import trust_file, trusted
from labels.verify import verify
from tests.labels import registry_page
from tests.labels.databases import Server
from tests.labels.desk_help import (
    T0,
    Clock,
    PlainPages,
    approved_draft,
    issued,
    office,
    submission,
)

DAY = dt.timedelta(days=1)
SERIAL = "SAMPLE-1"


@pytest.fixture(scope="module")
def prototype(server: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Issued]:
    """A registry with one record, on each of the two databases."""
    folder = server.found(tmp_path_factory.mktemp("prototype") / "registry")
    store = open_store(folder)
    record = issued(store)
    store.close()
    return folder, record


@pytest.fixture
def record(prototype: tuple[Path, Issued]) -> Issued:
    return prototype[1]


@pytest.fixture
def store(server: Server, prototype: tuple[Path, Issued], tmp_path: Path) -> Iterator[Store]:
    place = server.copy(prototype[0], tmp_path / "registry")
    opened = open_store(place)
    yield opened
    opened.close()
    server.drop(place)


def person(store: Store) -> SigningKey:
    return store.key(Purpose.APPROVAL)


def make(store: Store, event: Event, day: int = 1, reason: str = "") -> State:
    chosen = reason or REASONS[event][0]
    return change(store, SERIAL, event, chosen, person(store), T0 + day * DAY)


def with_person(store: Store, *roles: str) -> SigningKey:
    """Another trusted person of the demo issuer."""
    key = new_key(Purpose.APPROVAL, "示例 Example", demo=True, now=T0)
    keys = [*store.trust.keys, trusted(key, valid_from=T0, roles=roles)]
    new = trust_file(store.issuer.id, store.issuer.origin, keys, demo=True)
    step = rotation(store.trust, new, [store.key(Purpose.ROOT)], "rotation", T0)
    store.renew_trust(new, T0, step)
    return key


def renamed(product: str = "EX-500-OW", name: str = "Example Lager 0.5 L") -> Submission:
    """The example with a name corrected."""
    handed_in = submission(product)
    fields = json.loads(handed_in.footprint)
    fields["product"]["name"]["en"] = name
    return replace(handed_in, footprint=json.dumps(fields, ensure_ascii=False).encode())


def codes(store: Store) -> set[str]:
    return {one.code for one in check(store) if one.severity is not Severity.NOTE}


# The table ----------------------------------------------------------------------------------------


def test_whoever_the_table_does_not_name_may_not() -> None:
    """Every state, event and kind: either a row and somebody entitled, or a refusal."""
    for state, event, kind in itertools.product(State, Event, Kind):
        if (state, event) not in STEPS:
            with pytest.raises(TransitionError):
                entitled(state, event, kind)
            continue
        roles = entitled(state, event, kind)
        assert set(roles) <= set(APPROVALS[kind])
        assert bool(roles) is (STEPS[state, event].actor is not Actor.DESK)


def test_one_person_decides_and_any_may_stop() -> None:
    certificate = Kind.CERTIFICATE_OF_CONFORMITY
    assert entitled(State.ISSUED, Event.SUSPEND, certificate) == APPROVALS[certificate]
    for event in ORDERED_EVENTS - {Event.SUSPEND}:
        before = State.SUSPENDED if event is Event.RESUME else State.ISSUED
        assert entitled(before, event, certificate) == ("decision",)
    assert set(DECIDERS) == set(Kind)


def test_nothing_leads_out_of_a_terminal_state() -> None:
    assert not {state for state, _ in STEPS} & TERMINAL


def test_every_reason_and_state_has_its_words() -> None:
    known = {reason for reasons in REASONS.values() for reason in reasons}
    assert set(catalogue()["reason"]) == known
    for lang in LANGS:
        assert len({text(f"reason.{reason}", lang) for reason in known}) == len(known)
        assert all(text(f"state.{state}", lang) for state in State)
        assert all(text(f"actor.{actor}", lang) for actor in Actor)


# Changes ------------------------------------------------------------------------------------------


def test_a_record_is_suspended_resumed_and_withdrawn(store: Store) -> None:
    assert make(store, Event.SUSPEND, 1) is State.SUSPENDED
    assert make(store, Event.RESUME, 2) is State.ISSUED
    assert make(store, Event.REVOKE, 3) is State.REVOKED
    for event in (Event.SUSPEND, Event.RESUME, Event.REVOKE):
        with pytest.raises(IssueError, match="LOG-TRANSITION"):
            make(store, event, 4)
    assert check(store) == ()


@pytest.mark.parametrize(
    ("event", "reason", "status"),
    [
        (Event.SUSPEND, "factor-recalled", "suspended"),
        (Event.REVOKE, "data-wrong", "revoked"),
    ],
)
@pytest.mark.parametrize("exported", [False, True])
def test_verification_tells_status_and_reason_now_and_in_the_past(
    store: Store,
    record: Issued,
    tmp_path: Path,
    event: Event,
    reason: str,
    status: str,
    exported: bool,
) -> None:
    make(store, event, 3, reason)
    if exported:
        export_log(store, tmp_path / "export")
    log = read_view(tmp_path / "export") if exported else view_of(store)
    label = record.files["public/label.pdf"]
    options: dict[str, Any] = {"trust": store.trust, "log": log}
    report = verify(label, now=T0 + 5 * DAY, printer=PlainPages(), **options)
    assert (report.status, report.valid) == (status, False)
    assert report.codes == (f"STATUS-{status.upper()}", "STATUS-REASON")
    assert reason in report.render("en")
    assert text(f"reason.{reason}", "zh") in report.render("zh")
    early = verify(label, now=T0 + 5 * DAY, at=T0.date() + DAY, printer=PlainPages(), **options)
    assert (early.status, early.valid) == ("valid", True)


def test_after_resumption_the_record_is_valid_and_was_not_in_between(
    store: Store, record: Issued
) -> None:
    make(store, Event.SUSPEND, 2)
    make(store, Event.RESUME, 4)
    view = view_of(store)
    said = [
        verify(
            record.files["public/label.pdf"],
            trust=store.trust,
            log=view,
            now=T0 + 9 * DAY,
            at=T0.date() + day * DAY,
            printer=PlainPages(),
        ).status
        for day in (1, 2, 3, 4, 9)
    ]
    assert said == ["valid", "suspended", "suspended", "valid", "valid"]


def test_a_person_without_the_role_orders_nothing(store: Store) -> None:
    """A study report is its preparer's: a verifier of the same issuer may not withdraw it."""
    key = with_person(store, "verifier")
    for event in (Event.SUSPEND, Event.REVOKE):
        with pytest.raises(IssueError, match="ORDER-ROLE"):
            change(store, SERIAL, event, REASONS[event][0], key, T0 + DAY)
    stranger = new_key(Purpose.APPROVAL, "x", demo=True, now=T0)
    with pytest.raises(IssueError, match="KEY-NOT-TRUSTED"):
        change(store, SERIAL, Event.REVOKE, "data-wrong", stranger, T0 + DAY)
    with pytest.raises(IssueError, match="ORDER-ROLE"):
        change(store, SERIAL, Event.REVOKE, "data-wrong", store.key(Purpose.CHECKPOINT), T0 + DAY)


@pytest.mark.parametrize(
    ("serial", "event", "reason", "day", "code"),
    [
        ("SAMPLE-9", Event.REVOKE, "data-wrong", 1, "SERIAL-UNKNOWN"),
        (SERIAL, Event.REVOKE, "because", 1, "REASON-UNKNOWN"),
        (SERIAL, Event.REVOKE, "doubt-resolved", 1, "REASON-UNKNOWN"),
        (SERIAL, Event.REVOKE, "data-wrong", -1, "CLOCK-BACKWARDS"),
        (SERIAL, Event.RESUME, "doubt-resolved", 1, "LOG-TRANSITION"),
    ],
)
def test_what_cannot_be_ordered_is_refused(
    store: Store, serial: str, event: Event, reason: str, day: int, code: str
) -> None:
    before = view_of(store)
    with pytest.raises(IssueError, match=code):
        change(store, serial, event, reason, person(store), T0 + day * DAY)
    assert view_of(store) == before


def test_all_that_is_wrong_with_an_order_is_told_at_once(store: Store) -> None:
    """In the registrar's words; but no better reason is asked for what cannot follow anyway."""
    key = with_person(store, "verifier")
    with pytest.raises(IssueError) as refused:
        change(store, SERIAL, Event.SUSPEND, "because", key, T0 - DAY)
    told = [one.code for one in refused.value.findings]
    assert told == ["REASON-UNKNOWN", "CLOCK-BACKWARDS", "ORDER-ROLE"]
    assert "数据存疑，正在核查" in refused.value.findings[0].render("zh")
    with pytest.raises(IssueError) as refused:
        change(store, SERIAL, Event.RESUME, "because", key, T0 - DAY)
    (told_zh,) = (one.render("zh") for one in refused.value.findings)
    assert "“有效”" in told_zh
    assert "“恢复”" in told_zh
    assert "暂停、撤销、被取代" in told_zh


def test_a_withdrawn_record_frees_its_claim(store: Store) -> None:
    make(store, Event.REVOKE)
    other = issue(office(store), approved_draft(store, renamed()))
    assert other.serial == "SAMPLE-2"


# Orders -------------------------------------------------------------------------------------------


def suspended_leaf(store: Store) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    make(store, Event.SUSPEND)
    with store.read() as tx:
        *earlier, last = leaves_of(tx, SERIAL)
    return json.loads(last), tuple(earlier)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("reason",), "holder-asked"),
        (("serial",), "SAMPLE-2"),
        (("type",), "revoked"),
        (("time",), "2025-01-01T00:00:00Z"),
        (("order", "payload", "reason"), "holder-asked"),
        (("order", "payload", "log"), "another.invalid/log"),
        (("order", "payload", "follows"), "0" * 64),
        (("order", "payload", "role"), "decision"),
        (("order", "payload", "person"), "Somebody else"),
        (("order", "payload", "time"), "2026-11-20T09:00:00Z"),
        (("order", "payload", "successor"), "0" * 64),
        (("order", "payload", "more"), "x"),
        (("order", "payload"), "x"),
        (("order", "jws"), 7),
        (("order", "jws"), "a..b"),
        (("order",), None),
    ],
)
def test_a_changed_order_does_not_count(store: Store, path: tuple[str, ...], value: Any) -> None:
    leaf, earlier = suspended_leaf(store)
    check_order(leaf, earlier, store.trust)
    inner: Any = leaf
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    with pytest.raises(OrderFault):
        check_order(leaf, earlier, store.trust)


def test_an_order_is_carried_out_once(store: Store) -> None:
    """The order to resume of last week does not end a new suspension."""
    make(store, Event.SUSPEND, 1)
    make(store, Event.RESUME, 2)
    make(store, Event.SUSPEND, 3)
    with store.read() as tx:
        leaves = leaves_of(tx, SERIAL)
    old = parse_object(leaves[3])
    assert old["type"] == "resumed"
    with pytest.raises(OrderFault, match="follows"):
        check_order(old, leaves, store.trust)


def test_a_stolen_log_key_resumes_nothing(store: Store, record: Issued) -> None:
    """Who holds the log's key alone can stop a record, but never let it stand again."""
    make(store, Event.SUSPEND, 1)
    leaf = event_leaf(Event.RESUME, SERIAL, "doubt-resolved", T0 + 2 * DAY)
    with store.write() as tx:
        append(tx, leaf, store.trust, [store.key(Purpose.CHECKPOINT)], T0 + 2 * DAY)
    assert "CHECK-ORDER" in codes(store)
    report = verify(
        record.files["public/label.pdf"],
        trust=store.trust,
        log=view_of(store),
        now=T0 + 3 * DAY,
        printer=PlainPages(),
    )
    assert report.status == "suspended"
    assert "STATUS-ORDER" in report.codes


def test_an_order_signed_before_a_key_ended_is_not_carried_out_after(store: Store) -> None:
    with store.read() as tx:
        leaves = leaves_of(tx, SERIAL)
    key, role = person(store), "preparer"
    signed = order(leaves, Event.SUSPEND, "data-doubted", (key, role), store.trust.origin, T0)
    leaf = event_leaf(Event.SUSPEND, SERIAL, "data-doubted", T0 + 5 * DAY, order=signed)
    check_order(leaf, leaves, store.trust)
    ended = tuple(
        replace(k, valid_until=T0 + DAY) if k.kid == key.kid else k for k in store.trust.keys
    )
    with pytest.raises(OrderFault, match="time"):
        check_order(leaf, leaves, replace(store.trust, keys=ended))


# Successors ---------------------------------------------------------------------------------------


def replaced(store: Store, handed_in: Submission, reason: str, day: int = 1, **more: Any) -> Issued:
    return issue(
        office(store, clock=Clock(T0 + day * DAY), **more),
        approved_draft(store, handed_in),
        succession=Succession(SERIAL, reason, person(store)),
    )


def test_a_typing_error_is_corrected_by_a_successor(store: Store, record: Issued) -> None:
    new = replaced(store, renamed(), NAME_CORRECTED)
    view = view_of(store)
    assert view.status(SERIAL, T0 + DAY, "UTC") is State.SUPERSEDED
    assert view.status(SERIAL, T0, "UTC") is State.ISSUED
    assert view.status(new.serial, T0 + DAY, "UTC") is State.ISSUED
    report = verify(
        record.files["public/label.pdf"],
        trust=store.trust,
        log=view,
        now=T0 + 2 * DAY,
        printer=PlainPages(),
    )
    assert report.codes == ("STATUS-SUPERSEDED", "STATUS-REASON", "STATUS-REPLACED")
    assert new.serial in report.render("zh")
    assert check(store) == ()
    body = parse_object(new.files["public/certificate.json"])
    payload = view.entries(SERIAL)[-1]["order"]["payload"]
    assert payload["successor"] == sha256(canonical(body))
    with store.read() as tx:
        assert holder(tx, view_claim(store, new)) == new.serial


def view_claim(store: Store, record: Issued) -> str:
    with store.read() as tx:
        return get_draft(tx, record.draft).claim


def test_another_product_id_may_be_the_typing_error(store: Store) -> None:
    new = replaced(store, submission("EX-500-0W"), NAME_CORRECTED)
    assert view_of(store).status(SERIAL, T0 + DAY, "UTC") is State.SUPERSEDED
    assert check(store) == ()
    assert new.serial == "SAMPLE-2"


@pytest.mark.parametrize("name", FIGURES)
def test_a_changed_figure_is_no_typing_error(record: Issued, name: str) -> None:
    """Each part of the body that is compared: a change in it is named, a change of names is not."""
    body = dict(parse_object(record.files["public/certificate.json"]))
    assert other_figures(body, {**body, "product": {}, "client": {}}) == ()
    assert other_figures(body, {**body, name: "other"}) == (name,)


@pytest.mark.parametrize("name", METHOD)
def test_another_method_with_the_same_figures_is_no_typing_error(record: Issued, name: str) -> None:
    body = dict(parse_object(record.files["public/certificate.json"]))
    lock = {**body["lock"], name: "other"}
    assert other_figures(body, {**body, "lock": lock}) == (f"lock.{name}",)
    again = {**body["lock"], "system": "other", "workbook": {"sha256": "other"}}
    assert other_figures(body, {**body, "lock": again}) == ()


def test_a_successor_with_other_figures_needs_another_reason(store: Store) -> None:
    handed_in = submission()
    fields = json.loads(handed_in.footprint)
    fields["period"]["to"] = "2025-11-30"
    changed = replace(handed_in, footprint=json.dumps(fields, ensure_ascii=False).encode())
    with pytest.raises(IssueError, match=r"SUCCESSOR-FIGURES.*period"):
        replaced(store, changed, NAME_CORRECTED)
    assert check(store) == ()
    replaced(store, changed, "period-renewed")
    assert view_of(store).status(SERIAL, T0 + DAY, "UTC") is State.SUPERSEDED


def test_a_successor_of_another_product_is_refused(store: Store) -> None:
    with pytest.raises(IssueError, match="SUCCESSOR-OTHER"):
        replaced(store, submission("EX-OTHER"), "factor-updated")
    absent = Succession("SAMPLE-9", NAME_CORRECTED, person(store))
    draft = approved_draft(store, submission("EX-OTHER"))
    with pytest.raises(IssueError, match="SERIAL-UNKNOWN"):
        reserve(store, draft, "both", T0, succession=absent)
    draft = approved_draft(store, renamed())
    stranger = Succession(SERIAL, NAME_CORRECTED, with_person(store, "verifier"))
    with pytest.raises(IssueError, match="ORDER-ROLE"):
        reserve(store, draft, "both", T0, succession=stranger)
    assert check(store) == ()


class Died(BaseException):
    pass


@pytest.mark.parametrize("last", ["reserved", "logged", "rendered", "sealed", "stored"])
def test_a_death_on_the_way_leaves_the_old_record_in_force(store: Store, last: str) -> None:
    def step(name: str) -> None:
        if name == last:
            raise Died

    with pytest.raises(Died):
        replaced(store, renamed(), NAME_CORRECTED, step=step)
    assert view_of(store).status(SERIAL, T0 + DAY, "UTC") is State.ISSUED
    assert codes(store) == {"CHECK-UNFINISHED"}
    with pytest.raises(IssueError, match="SUCCESSOR-UNDERWAY"):
        make(store, Event.SUSPEND, 2)
    (done,) = recover(office(store, clock=Clock(T0 + 2 * DAY)))
    assert done.state is State.ISSUED
    view = view_of(store)
    assert view.status(SERIAL, T0 + 2 * DAY, "UTC") is State.SUPERSEDED
    assert view.status(done.serial, T0 + 2 * DAY, "UTC") is State.ISSUED
    assert check(store) == ()


def test_a_successor_that_cannot_be_finished_leaves_the_old_one(store: Store) -> None:
    draft = approved_draft(store, renamed())
    succession = Succession(SERIAL, NAME_CORRECTED, person(store))
    reservation = reserve(store, draft, "both", T0 + DAY, succession=succession)

    key = store.key(Purpose.CHECKPOINT)
    abandon(store, reservation.serial, "LABEL-TEXT-TOO-LONG", key, T0 + DAY)
    assert view_of(store).status(SERIAL, T0 + DAY, "UTC") is State.ISSUED
    assert check(store) == ()
    assert replaced(store, renamed(name="Example Lager"), NAME_CORRECTED, 2).serial == "SAMPLE-3"


def test_the_same_request_again_is_the_same_successor(store: Store) -> None:
    draft = approved_draft(store, renamed())
    succession = Succession(SERIAL, NAME_CORRECTED, person(store))
    first = issue(office(store, clock=Clock(T0 + DAY)), draft, succession=succession)
    again = issue(office(store, clock=Clock(T0 + 2 * DAY)), draft, succession=succession)
    assert (again.serial, again.receipt) == (first.serial, first.receipt)


def test_a_record_in_force_does_not_pass_for_a_successor(store: Store) -> None:
    """Same figures, but it never took that record's place: said, not silently handed out."""
    make(store, Event.REVOKE)
    again = issue(office(store), approved_draft(store))
    with pytest.raises(IssueError, match=rf"SUCCESSOR-TAKEN.*{again.serial}"):
        replaced(store, submission(), "factor-updated", 2)


# List and recall ----------------------------------------------------------------------------------


def test_a_recall_finds_who_rests_on_a_factor(store: Store) -> None:
    issued(store, "EX-OTHER")
    make(store, Event.SUSPEND)
    rows = overview(store, T0 + DAY)
    assert [(row.serial, row.state) for row in rows] == [
        (SERIAL, State.SUSPENDED),
        ("SAMPLE-2", State.ISSUED),
    ]
    assert [row.serial for row in overview(store, T0 + DAY, state="suspended")] == [SERIAL]
    glass = overview(store, T0 + DAY, rests_on="example-barley")
    assert [row.serial for row in glass] == [SERIAL, "SAMPLE-2"]
    assert all(row.share is not None and 0 < row.share < 1 for row in glass)
    release = overview(store, T0 + DAY, rests_on="example-2025")
    assert all(row.share == 1 for row in release)
    assert overview(store, T0 + DAY, rests_on="example-unknown") == ()
    assert json.dumps([row.to_json() for row in glass])


def test_the_manual_is_made_from_the_table() -> None:
    assert registry_page.PAGE.read_text("utf-8") == registry_page.renewed(
        registry_page.PAGE.read_text("utf-8")
    )


def test_every_finding_of_this_room_is_used_and_says_the_same_twice() -> None:
    path = files("templates") / "texts" / "findings" / "registry.toml"
    room = tomllib.loads(path.read_text(encoding="utf-8"))
    source = "".join(p.read_text("utf-8") for p in Path(labels.__file__).parent.rglob("*.py"))
    assert [code for code in room if f'"{code}"' not in source] == []
    for code, entry in room.items():
        for part in ("saw", "expected", "todo"):
            zh, en = (
                {
                    name.removesuffix(f"_{lang}")
                    for name in re.findall(r"{(\w+)[:}]", entry[lang][part])
                }
                for lang in LANGS
            )
            assert zh == en, code
