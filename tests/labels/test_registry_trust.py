"""Keys rotate, get lost, are stolen: old documents stay valid, a stolen key's later ones do not."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from factors.errors import FindingsError, IssueError
from labels.canonical import canonical
from labels.issue import Issued, issue
from labels.keys import Purpose, SigningKey, new_key, read_key
from labels.registry.backup import backup, restore
from labels.registry.changes import change
from labels.registry.check import check
from labels.registry.desk import approve, submit
from labels.registry.entries import event_leaf
from labels.registry.export import export_log, read_view, view_of
from labels.registry.log import append, leaves_of
from labels.registry.note import Checkpoint, open_note, signed_note
from labels.registry.orders import order
from labels.registry.publish import publish
from labels.registry.records import release_claim
from labels.registry.rekey import Rekey, rotate
from labels.registry.rotation import (
    Link,
    RotationFault,
    check_rotation,
    closed_at,
    follow,
    replaced_key,
    rotation,
)
from labels.registry.state import Event, State
from labels.registry.store import KEYS, Store, open_store
from labels.render import site
from labels.sign import ApprovalFault, approval, check_approval
from labels.trust import TrustFile, parse_trust, trust_file, trusted
from labels.verify import Report, verify
from labels.verify.stored import stored_faults
from tests.labels.databases import Server
from tests.labels.desk_help import (
    T0,
    Clock,
    PlainPages,
    demo_store,
    issued,
    office,
    submission,
)

DAY = dt.timedelta(days=1)
T1 = T0 + DAY


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


def fresh(purpose: Purpose, name: str = "示例 Example") -> SigningKey:
    return new_key(purpose, name, demo=True, now=T0)


def roots(store: Store) -> list[SigningKey]:
    return [store.key(Purpose.ROOT)]


def judged(record: Issued, store: Store, trust: TrustFile) -> Report:
    label = record.files["public/label.pdf"]
    log = view_of(store)
    return verify(label, trust=trust, log=log, now=T0 + 9 * DAY, printer=PlainPages())


@dataclass(frozen=True)
class Loss:
    purpose: Purpose
    cause: str
    since: dt.datetime | None = None


LOSSES = [
    Loss(purpose, cause, since)
    for purpose in (Purpose.APPROVAL, Purpose.CHECKPOINT, Purpose.SEAL)
    for cause, since in (
        ("rotation", None),
        ("loss", None),
        ("theft", T1 - dt.timedelta(hours=1)),
    )
]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: f"{loss.purpose}-{loss.cause}")
def test_the_table_of_rotation_loss_and_theft(store: Store, record: Issued, loss: Loss) -> None:
    """Before: valid. After with the old trust file and with the new one: valid. New record: valid
    for whoever follows the signed step. The old key speaks no more."""
    mine = store.trust
    old = store.key(loss.purpose)
    version = rotate(
        store, Rekey(fresh(loss.purpose), loss.cause, since=loss.since), roots(store), T1
    )
    assert version == 2
    after = store.trust
    assert judged(record, store, after).valid
    clock = Clock(T1 + DAY)
    key = store.key(Purpose.APPROVAL)
    draft = approved_later(store, key, clock())
    new = issue(office(store, clock=clock), draft)
    assert judged(new, store, after).valid
    assert judged(new, store, follow(mine, view_of(store).chain)).valid
    assert not judged(new, store, mine).valid
    assert check(store) == ()
    assert follow(mine, view_of(store).chain) == after
    assert_ended(store, old, loss, clock())


def approved_later(store: Store, key: SigningKey, now: dt.datetime) -> str:
    draft = submit(store, submission("EX-LATER"), now)
    approve(store, draft, "preparer", key, now)
    return draft


def assert_ended(store: Store, old: SigningKey, loss: Loss, now: dt.datetime) -> None:
    """What the old key signs now counts for nothing."""
    if loss.purpose is Purpose.APPROVAL:
        with pytest.raises(ApprovalFault, match="APPROVAL-KEY"):
            check_approval(approval("0" * 64, "preparer", old, now), "0" * 64, store.trust)
    elif loss.purpose is Purpose.CHECKPOINT:
        size = len(view_of(store).leaves)
        note = signed_note(Checkpoint(store.trust.origin, size, bytes(32)), [old])
        with pytest.raises(ValueError, match="too few trusted"):
            open_note(note, store.trust)
    else:
        entry = store.trust.find(old.kid, Purpose.SEAL)
        assert entry is not None
        assert not entry.covers(now)


def test_a_stolen_seal_makes_no_later_document(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thief has the seal and the log's key, and a program that does not refuse him."""
    thief = store.key(Purpose.SEAL)
    rotate(store, Rekey(fresh(Purpose.SEAL), "theft"), roots(store), T1)
    draft = approved_later(store, store.key(Purpose.APPROVAL), T1 + DAY)
    den = office(store, clock=Clock(T1 + DAY), seal_key=thief)
    with pytest.raises(IssueError, match="SEAL-KEY-TIME"):
        issue(den, draft)
    monkeypatch.setattr("labels.issue._refuse_untimely", lambda *given: None)
    forged = issue(den, draft)
    report = judged(forged, store, store.trust)
    assert not report.valid
    assert [c.name for c in report.checks if c.outcome == "fail"] == ["seal"]


def test_a_stolen_log_key_signs_no_larger_tree(store: Store, record: Issued) -> None:
    """A forged continuation of the log under the stolen key, with the old key's own signature."""
    thief = store.key(Purpose.CHECKPOINT)
    size = len(view_of(store).leaves)
    for past in (size, size + 1):
        open_note(
            signed_note(Checkpoint(store.trust.origin, past, bytes(32)), [thief]), store.trust
        )
    rotate(store, Rekey(fresh(Purpose.CHECKPOINT), "theft"), roots(store), T1)
    with pytest.raises(ValueError, match="too few trusted"):
        open_note(
            signed_note(Checkpoint(store.trust.origin, size + 1, bytes(32)), [thief]), store.trust
        )
    assert judged(record, store, store.trust).valid


def test_the_registry_keeps_its_new_key_and_the_old_one_aside(store: Store) -> None:
    old, key = store.key(Purpose.CHECKPOINT), fresh(Purpose.CHECKPOINT)
    rotate(store, Rekey(key), roots(store), T1)
    assert store.key(Purpose.CHECKPOINT).kid == key.kid
    (aside,) = (store.location / KEYS).glob("checkpoint-*.json")
    assert read_key(aside, Purpose.CHECKPOINT).kid == old.kid


@pytest.mark.parametrize("purpose", [Purpose.APPROVAL, Purpose.SEAL])
def test_a_theft_told_of_late_is_stopped_published_and_restored(
    store: Store, record: Issued, purpose: Purpose, tmp_path: Path
) -> None:
    """The thief's record is named while it is in force, and nothing is published that says so. Once
    it is withdrawn the register is sound, and the withdrawal reaches who reads the copy."""
    late = Clock(T1)
    forged = issue(office(store, clock=late), approved_later(store, thief_of(store), T1)).serial
    change(store, forged, Event.SUSPEND, "holder-asked", thief_of(store), T1)
    change(store, forged, Event.RESUME, "suspended-in-error", thief_of(store), T1)
    since = T1 - dt.timedelta(hours=1)
    rotate(store, Rekey(fresh(purpose), "theft", since=since), roots(store), T1 + DAY)
    key, now = store.key(Purpose.APPROVAL), T1 + 2 * DAY
    assert [(one.code, str(one.where)) for one in check(store, now=now)] == [
        ("CHECK-KEY-ENDED", forged)
    ]
    with pytest.raises(FindingsError, match="CHECK-KEY-ENDED"):
        publish(store, tmp_path / "site", site, now)
    change(store, forged, Event.REVOKE, "key-compromised", key, now)
    assert check(store, now=now) == ()
    assert tuple(stored_faults(store, now)) == ()
    assert publish(store, tmp_path / "site", site, now) == 2
    assert judged(record, store, store.trust).valid
    backup(store, tmp_path / "b.zip", now)
    restore(tmp_path / "b.zip", tmp_path / "restored")


def thief_of(store: Store) -> SigningKey:
    return store.key(Purpose.APPROVAL)


def test_what_an_ended_key_signs_after_the_step_is_no_late_theft(store: Store) -> None:
    """The control: whoever writes an order of an ended key into the log is named for ever."""
    thief = thief_of(store)
    rotate(store, Rekey(fresh(Purpose.APPROVAL), "theft"), roots(store), T1)
    with store.write() as tx:
        leaves, now = leaves_of(tx, "SAMPLE-1"), T1 + DAY
        signed = order(
            leaves, Event.REVOKE, "data-wrong", (thief, "preparer"), store.trust.origin, now
        )
        leaf = event_leaf(Event.REVOKE, "SAMPLE-1", "data-wrong", now, order=signed)
        append(tx, leaf, store.trust, [store.key(Purpose.CHECKPOINT)], now)
        release_claim(tx, "SAMPLE-1")
    assert [one.code for one in check(store)] == ["CHECK-ORDER"]


# Who may sign a step ------------------------------------------------------------------------------


def threshold_world(needed: int, of: int) -> tuple[TrustFile, list[SigningKey]]:
    """A trust file with several root keys."""
    keys = [fresh(Purpose.ROOT, f"Example {n}") for n in range(of)]
    entries = [trusted(key, valid_from=T0) for key in [*keys, fresh(Purpose.CHECKPOINT)]]
    return trust_file("EX", "ex.invalid/log", entries, demo=True, root_threshold=needed), keys


@pytest.mark.parametrize(("needed", "of"), [(1, 1), (1, 2), (2, 2), (2, 3), (3, 5)])
def test_as_many_root_keys_as_the_file_demands(needed: int, of: int) -> None:
    old, keys = threshold_world(needed, of)
    assert parse_trust(old.to_bytes()) == old
    checkpoint = old.of(Purpose.CHECKPOINT)[0]
    new = replaced_key(old, checkpoint, fresh(Purpose.CHECKPOINT), T1, T1)
    for count in range(of + 1):
        record = rotation(old, new, keys[:count], "rotation", T1)
        if count >= needed:
            check_rotation(record, old, new)
        else:
            with pytest.raises(RotationFault):
                check_rotation(record, old, new)
    with pytest.raises(RotationFault):  # one key twice is one key
        check_rotation(rotation(old, new, [keys[0]] * (needed - 1), "rotation", T1), old, new)


def test_a_lost_or_stolen_root_is_replaced_by_the_others() -> None:
    old, (lost, *others) = threshold_world(2, 3)
    entry = old.find(lost.kid, Purpose.ROOT)
    assert entry is not None
    spare = fresh(Purpose.ROOT, "Example spare")
    new = replaced_key(old, entry, spare, T1, T1)
    check_rotation(rotation(old, new, others, "theft", T1), old, new)
    with pytest.raises(RotationFault):
        check_rotation(rotation(old, new, [lost], "theft", T1), old, new)
    third = replaced_key(new, new.of(Purpose.CHECKPOINT)[0], fresh(Purpose.CHECKPOINT), T1, T1)
    with pytest.raises(RotationFault):  # the ended one no longer makes up the number
        check_rotation(rotation(new, third, [lost, others[0]], "rotation", T1 + DAY), new, third)
    check_rotation(rotation(new, third, [spare, others[0]], "rotation", T1 + DAY), new, third)


def test_new_root_keys_sign_too() -> None:
    """Nobody hands a registry to keys that nobody holds."""
    old, (root,) = threshold_world(1, 1)
    spare = fresh(Purpose.ROOT, "Example spare")
    new = replaced_key(old, old.of(Purpose.ROOT)[0], spare, T1, T1)
    with pytest.raises(RotationFault, match="new"):
        check_rotation(rotation(old, new, [root], "rotation", T1), old, new)
    check_rotation(rotation(old, new, [root, spare], "rotation", T1), old, new)


@pytest.mark.parametrize("purpose", [Purpose.APPROVAL, Purpose.CHECKPOINT, Purpose.SEAL])
def test_no_other_key_signs_a_step(store: Store, purpose: Purpose) -> None:
    key = store.key(purpose)
    if purpose is Purpose.SEAL:
        key = fresh(Purpose.ROOT)  # a P-256 key cannot sign; a stranger's root key may not
    with pytest.raises(IssueError, match="TRUST-UNSIGNED"):
        rotate(store, Rekey(fresh(Purpose.APPROVAL)), [key], T1)
    with pytest.raises(IssueError, match="TRUST-UNSIGNED"):
        rotate(store, Rekey(fresh(Purpose.APPROVAL)), [], T1)
    assert check(store) == ()


def test_history_is_not_rewritten(store: Store) -> None:
    """A key may be ended; nothing else of what stood before changes."""
    old = store.trust
    seal = old.of(Purpose.SEAL)[0]
    others = [key for key in old.keys if key.kid != seal.kid]
    ended = replace(seal, valid_until=T1)
    changed = {
        "gone": others,
        "renamed": [*others, replace(seal, name="x")],
        "older": [*others, replace(seal, valid_from=T0 - DAY)],
        "roles": [*others, replace(seal, roles=("decision",))],
    }
    for keys in changed.values():
        new = trust_file(old.issuer, old.origin, keys, demo=True)
        record = rotation(old, new, roots(store), "rotation", T1)
        with pytest.raises(IssueError, match="TRUST-HISTORY"):
            store.renew_trust(new, T1, record)
    closed = trust_file(old.issuer, old.origin, [*others, ended], demo=True)
    store.renew_trust(closed, T1, rotation(old, closed, roots(store), "rotation", T1))
    record = rotation(closed, old, roots(store), "rotation", T1)
    with pytest.raises(IssueError, match="TRUST-HISTORY"):  # an ended key does not come back
        store.renew_trust(old, T1, record)
    log_key = old.of(Purpose.CHECKPOINT)[0].kid
    narrow, wide = closed_at(old, log_key, 4), closed_at(old, log_key, 9)
    with pytest.raises(RotationFault):
        check_rotation(rotation(narrow, wide, roots(store), "rotation", T1), narrow, wide)


def test_what_is_asked_of_a_rotation(store: Store) -> None:
    with pytest.raises(IssueError, match="ROTATION-CAUSE"):
        rotate(store, Rekey(fresh(Purpose.SEAL), "whim"), roots(store), T1)
    with pytest.raises(IssueError, match="KEY-NOT-FOUND"):
        rotate(store, Rekey(fresh(Purpose.SEAL), old="zzz"), roots(store), T1)
    with pytest.raises(IssueError, match=r"ROTATION-CAUSE.*ROTATION-SINCE"):  # both in one pass
        rotate(store, Rekey(fresh(Purpose.SEAL), "whim", since=T0), roots(store), T1)


@pytest.mark.parametrize(("cause", "since"), [("theft", T1 + DAY), ("rotation", T0), ("loss", T0)])
def test_an_end_that_spares_the_thief_or_undoes_what_nobody_stole_is_refused(
    store: Store, cause: str, since: dt.datetime
) -> None:
    with pytest.raises(IssueError, match="ROTATION-SINCE"):
        rotate(store, Rekey(fresh(Purpose.SEAL), cause, since=since), roots(store), T1)
    assert len(store.chain()) == 0


# Following ----------------------------------------------------------------------------------------


def test_a_verifier_follows_several_steps_from_wherever_he_stands(
    store: Store, tmp_path: Path
) -> None:
    held = [store.trust]
    for day, purpose in enumerate((Purpose.CHECKPOINT, Purpose.SEAL, Purpose.APPROVAL), 1):
        rotate(store, Rekey(fresh(purpose)), roots(store), T0 + day * DAY)
        held.append(store.trust)
    export_log(store, tmp_path / "export")
    chain = read_view(tmp_path / "export").chain
    assert chain == view_of(store).chain
    assert [follow(mine, chain) for mine in held] == [held[-1]] * 4


def test_a_broken_step_leads_nowhere(store: Store) -> None:
    mine = store.trust
    rotate(store, Rekey(fresh(Purpose.SEAL)), roots(store), T1)
    (link,) = view_of(store).chain
    record = json.loads(link.record)
    broken: list[dict[str, Any]] = [
        {**record, "signatures": []},
        {**record, "payload": {**record["payload"], "cause": "theft"}},
        {"payload": {}},
        {"payload": record["payload"], "signatures": [{"kid": 1, "jws": 2}]},
    ]
    for one in broken:
        assert follow(mine, [Link(canonical(one), link.trust)]) == mine
    assert follow(mine, [Link(link.record, b"{}"), Link(b"", b"")]) == mine
    assert follow(mine, [link]) == store.trust


def test_the_check_sees_a_trust_file_nobody_signed(store: Store) -> None:
    rotate(store, Rekey(fresh(Purpose.SEAL)), roots(store), T1)
    assert check(store) == ()
    (store.location / "trust.json").write_bytes(b"{}")
    assert {one.code for one in check(store)} == {"CHECK-TRUST"}


def test_an_ended_person_orders_nothing(store: Store) -> None:
    old = store.key(Purpose.APPROVAL)
    rotate(store, Rekey(fresh(Purpose.APPROVAL)), roots(store), T1)
    with pytest.raises(IssueError, match=r"ORDER-WRONG.*time"):
        change(store, "SAMPLE-1", Event.REVOKE, "data-wrong", old, T1 + DAY)
    key = store.key(Purpose.APPROVAL)
    assert change(store, "SAMPLE-1", Event.REVOKE, "data-wrong", key, T1 + DAY) is State.REVOKED


# Files of strangers -------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_certificate_with_a_flipped_bit_is_read_or_refused(file_trust: bytes) -> None:
    """Whatever the library says of it: another version, an algorithm nobody knows."""
    record = json.loads(file_trust)
    (seal,) = (key for key in record["keys"] if key["purpose"] == "seal")
    whole, refused = base64.b64decode(seal["certificates"][0]), 0
    for place in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[place] ^= 1 << place % 8
        seal["certificates"] = [base64.b64encode(spoilt).decode()]
        try:
            parse_trust(canonical(record))
        except IssueError:
            refused += 1
    assert 0 < refused < len(whole)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06072a8648ce3d0202")),
        (bytes.fromhex("a003020102"), bytes.fromhex("a003020103")),
    ],
    ids=["algorithm", "version"],
)
def test_an_unknown_kind_of_certificate_is_refused(
    file_trust: bytes, old: bytes, new: bytes
) -> None:
    record = json.loads(file_trust)
    (seal,) = (key for key in record["keys"] if key["purpose"] == "seal")
    whole = base64.b64decode(seal["certificates"][0])
    assert old in whole
    seal["certificates"] = [base64.b64encode(whole.replace(old, new, 1)).decode()]
    with pytest.raises(IssueError, match="TRUST-UNREADABLE"):
        parse_trust(canonical(record))


@pytest.fixture(scope="module")
def file_trust(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    store = demo_store(tmp_path_factory.mktemp("trust") / "registry")
    data = store.trust.to_bytes()
    store.close()
    return data
