"""Backup and restoring: consistent while issuing goes on, never behind a witness, no bare key."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from factors.errors import CarbonLabelError, FindingsError, IssueError
from factors.texts import Lang
from labels.canonical import canonical, parse_object
from labels.cli import records, register
from labels.cli.keyring import PASSPHRASE
from labels.issue import issue
from labels.keys import Purpose, write_key
from labels.registry.backup import backup, restore
from labels.registry.changes import change
from labels.registry.check import check
from labels.registry.desk import reserve
from labels.registry.export import view_of
from labels.registry.log import last_note
from labels.registry.state import Event, State
from labels.registry.store import Store, is_registry, open_store
from labels.verify.stored import stored_faults
from tests.labels.desk_help import (
    T0,
    Clock,
    approved_draft,
    demo_store,
    issued,
    office,
    submission,
)
from tests.labels.postgres_help import Cluster, running

SECRET = b"correct horse battery staple"


@pytest.fixture(scope="module")
def prototype(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prototype") / "registry"
    store = demo_store(folder)
    issued(store)
    issued(store, "EX-640-RT")
    change(store, "SAMPLE-1", Event.SUSPEND, "data-doubted", store.key(Purpose.APPROVAL), T0)
    store.close()
    return folder


@pytest.fixture
def store(prototype: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(prototype, tmp_path / "registry")
    opened = open_store(tmp_path / "registry")
    yield opened
    opened.close()


def note_of(store: Store) -> str:
    with store.read() as tx:
        return last_note(tx) or ""


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, content: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def test_what_is_restored_is_what_was_there(store: Store, tmp_path: Path) -> None:
    made = backup(store, tmp_path / "b.zip", T0)
    again = restore(tmp_path / "b.zip", tmp_path / "new", note_of(store))
    assert made == again
    assert (made.leaves, made.documents) == (5, len(store.blobs.names()))
    new = open_store(tmp_path / "new")
    assert view_of(new) == view_of(store)
    assert new.issuer == store.issuer
    assert new.blobs.names() == store.blobs.names()
    assert check(new) == ()
    assert view_of(new).status("SAMPLE-1", T0, "UTC") is State.SUSPENDED
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
    new.close()


def test_no_private_key_is_in_it_unless_asked_for_and_then_protected(
    store: Store, tmp_path: Path
) -> None:
    backup(store, tmp_path / "b.zip", T0)
    everything = b"".join(members(tmp_path / "b.zip").values())
    assert b"PRIVATE KEY" not in everything
    backup(store, tmp_path / "k.zip", T0, SECRET)
    everything = b"".join(members(tmp_path / "k.zip").values())
    assert b"ENCRYPTED PRIVATE KEY" in everything
    assert b"BEGIN PRIVATE KEY" not in everything
    assert b"BEGIN PRIVATE KEY" in (store.location / "keys" / "seal.json").read_bytes()  # control


def test_a_registry_restored_with_its_keys_goes_on_issuing(store: Store, tmp_path: Path) -> None:
    backup(store, tmp_path / "k.zip", T0, SECRET)
    with pytest.raises(IssueError, match="KEY-UNREADABLE"):
        restore(tmp_path / "k.zip", tmp_path / "new", None, b"wrong")
    assert not (tmp_path / "new").exists()
    restore(tmp_path / "k.zip", tmp_path / "new", None, SECRET)
    new = open_store(tmp_path / "new")
    assert issued(new, "EX-LATER").serial == "SAMPLE-3"
    assert check(new) == ()
    new.close()


def test_without_its_keys_it_reads_but_does_not_issue(store: Store, tmp_path: Path) -> None:
    backup(store, tmp_path / "b.zip", T0)
    restore(tmp_path / "b.zip", tmp_path / "new")
    new = open_store(tmp_path / "new")
    with pytest.raises(IssueError, match="KEY-MISSING"):
        issued(new, "EX-LATER")
    assert check(new) == ()
    new.close()


def test_a_backup_behind_a_witness_is_refused(store: Store, tmp_path: Path) -> None:
    backup(store, tmp_path / "b.zip", T0)
    before = note_of(store)
    issued(store, "EX-LATER")
    with pytest.raises(FindingsError, match="CHECK-WITNESS"):
        restore(tmp_path / "b.zip", tmp_path / "new", note_of(store))
    assert not (tmp_path / "new").exists()
    restore(tmp_path / "b.zip", tmp_path / "new", before)  # control: at that time it was whole


def test_a_half_finished_record_is_restored_as_it_was(store: Store, tmp_path: Path) -> None:
    reserve(store, approved_draft(store, submission("EX-LATER")), "both", T0)
    backup(store, tmp_path / "b.zip", T0)
    restore(tmp_path / "b.zip", tmp_path / "new")
    new = open_store(tmp_path / "new")
    assert [one.code for one in check(new)] == ["CHECK-UNFINISHED"]
    new.close()


def test_it_is_consistent_while_issuing_goes_on(store: Store, tmp_path: Path) -> None:
    done, failed = threading.Event(), []

    def issue_on() -> None:
        mine = open_store(store.location)
        try:
            number = 0
            while not done.is_set():
                number += 1
                issued(mine, f"EX-{number}")
        except CarbonLabelError as error:
            failed.append(error)
        finally:
            mine.close()

    worker = threading.Thread(target=issue_on)
    worker.start()
    try:
        sizes = [backup(store, tmp_path / f"{n}.zip", T0).leaves for n in range(6)]
    finally:
        done.set()
        worker.join()
    assert failed == []
    assert sizes == sorted(sizes)
    for n in (0, 3, 5):
        restore(tmp_path / f"{n}.zip", tmp_path / f"new{n}")  # raises unless it checks


def test_a_damaged_registry_is_not_backed_up_in_silence(store: Store, tmp_path: Path) -> None:
    digest = sorted(store.blobs.names())[0]
    (store.location / "documents" / digest).write_bytes(b"")
    with pytest.raises(IssueError, match=r"REGISTRY-STORAGE.*missing or damaged"):
        backup(store, tmp_path / "b.zip", T0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["registry"]


def lines(change: Callable[[bytes], bytes], table: str) -> Callable[[dict[str, bytes]], object]:
    def changed(content: dict[str, bytes]) -> None:
        name = f"tables/{table}.jsonl"
        before, content[name] = content[name], change(content[name])
        assert content[name] != before

    return changed


def manifest(**more: object) -> Callable[[dict[str, bytes]], object]:
    def changed(content: dict[str, bytes]) -> None:
        record = {**parse_object(content["manifest.json"]), **more}
        content["manifest.json"] = canonical(record)

    return changed


def digest(content: Mapping[str, bytes]) -> str:
    return next(name for name in content if name.startswith("documents/"))


DAMAGE: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "row gone": (lines(lambda d: d.partition(b"\n")[2], "approvals"), "BACKUP-UNREADABLE"),
    "leaf gone": (lines(lambda d: d.rpartition(b"[")[0], "leaves"), "BACKUP-UNREADABLE"),
    "row twice": (lines(lambda d: d + d.splitlines(True)[-1], "files"), "REGISTRY-STORAGE"),
    "value changed": (lines(lambda d: d.replace(b"both", b"only"), "reservations"), ""),
    "status place": (
        lines(lambda d: re.sub(rb', (\d+), "2026', b', 7, "2026', d, count=1), "reservations"),
        "CHECK-LEAF",
    ),
    "no JSON": (lines(lambda d: b"junk\n" + d, "leaves"), "BACKUP-UNREADABLE"),
    "float": (lines(lambda d: d.replace(b"[0,", b"[0.5,"), "leaves"), "BACKUP-UNREADABLE"),
    "fewer columns": (lines(lambda d: b"[1]\n" + d, "leaves"), "BACKUP-UNREADABLE"),
    "no base64": (lines(lambda d: d.replace(b'"base64": "', b'"base64": "!'), "trust"), "BACKUP"),
    "document": (lambda c: c.update({digest(c): b"x"}), "BACKUP-UNREADABLE"),
    "document gone": (lambda c: c.pop(digest(c)), "BACKUP-UNREADABLE"),
    "surplus member": (lambda c: c.update({"../x": b""}), "BACKUP-UNREADABLE"),
    "path in a key": (manifest(keys=["../x.json"]), "BACKUP-UNREADABLE"),
    "other schema": (manifest(schema="x"), "BACKUP-UNREADABLE"),
    "no manifest": (lambda c: c.pop("manifest.json"), "BACKUP-UNREADABLE"),
    "bomb": (lambda c: c.update({"checkpoint": bytes(1 << 24)}), "BACKUP-UNREADABLE"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    store: Store, tmp_path: Path, name: str
) -> None:
    backup(store, tmp_path / "b.zip", T0)
    content = members(tmp_path / "b.zip")
    damage, code = DAMAGE[name]
    damage(content)
    packed(tmp_path / "c.zip", content)
    if not code:  # the language of a record is no part of the log
        restore(tmp_path / "c.zip", tmp_path / "new")
        return
    with pytest.raises(CarbonLabelError, match=code):
        restore(tmp_path / "c.zip", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".part*"))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a zip" * 99])
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(data)
    for path in (tmp_path / "b.zip", tmp_path / "absent.zip"):
        with pytest.raises(IssueError, match="BACKUP-UNREADABLE"):
            restore(path, tmp_path / "new")


def test_nothing_is_restored_over_a_registry(store: Store, tmp_path: Path) -> None:
    backup(store, tmp_path / "b.zip", T0)
    with pytest.raises(IssueError, match="REGISTRY-EXISTS"):
        restore(tmp_path / "b.zip", store.location)
    assert check(store) == ()


@pytest.mark.needs("postgres")
def test_a_registry_moves_to_a_server_and_back(store: Store, tmp_path: Path) -> None:
    backup(store, tmp_path / "b.zip", T0, SECRET)
    with running() as cluster:
        place = cluster.of(cluster.database())
        restore(tmp_path / "b.zip", tmp_path / "served", note_of(store), SECRET, place)
        served = open_store(tmp_path / "served")
        assert check(served) == ()
        assert view_of(served) == view_of(store)
        assert issued(served, "EX-LATER").serial == "SAMPLE-3"
        backup(served, tmp_path / "c.zip", T0, SECRET)
        witness = note_of(served)
        served.close()
        _behind_leaves_the_database_empty(cluster, tmp_path, witness)
    restore(tmp_path / "c.zip", tmp_path / "home", witness, SECRET)
    home = open_store(tmp_path / "home")
    assert issued(home, "EX-LATEST").serial == "SAMPLE-4"
    assert check(home) == ()
    home.close()


def _behind_leaves_the_database_empty(cluster: Cluster, tmp_path: Path, witness: str) -> None:
    name = cluster.database()
    with pytest.raises(FindingsError, match="CHECK-WITNESS"):
        restore(tmp_path / "b.zip", tmp_path / "behind", witness, None, cluster.of(name))
    with cluster.connect(name) as admin:
        assert admin.execute("SELECT to_regclass('leaves')").fetchone() == (None,)


# The commands' bodies -----------------------------------------------------------------------------


def test_the_commands(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As an operator would go, in both languages."""
    monkeypatch.setenv(PASSPHRASE, SECRET.decode())
    place, one, two = store.location, tmp_path / "one", tmp_path / "two"
    register.write_witness(place, [one, two], "en")
    assert one.read_bytes() == two.read_bytes()
    register.write_backup(place, tmp_path / "b.zip", "zh", with_keys=False)
    register.restore_backup(tmp_path / "b.zip", tmp_path / "new", "en")
    said = capsys.readouterr().err
    assert "RESTORE-UNWITNESSED" in said
    assert "BACKUP-KEYS" in said
    register.write_backup(place, tmp_path / "k.zip", "en", with_keys=True)
    register.restore_backup(tmp_path / "k.zip", tmp_path / "kn", "zh", one, with_keys=True)
    said = capsys.readouterr().err
    assert "RESTORE-UNWITNESSED" not in said
    assert "BACKUP-KEYS" not in said
    assert is_registry(tmp_path / "kn")
    records.show_serial(tmp_path / "kn", "SAMPLE-1", "zh", as_json=False)
    records.show_serial(tmp_path / "kn", "SAMPLE-1", "en", as_json=True)
    shown = capsys.readouterr().out
    assert "数据存疑" in shown
    found = json.loads(shown[shown.index("{") :])
    assert (found["status"], found["positions"]) == ("suspended", [0, 1, 4])
    with pytest.raises(IssueError, match="SERIAL-UNKNOWN"):
        records.show_serial(place, "SAMPLE-9", "en", as_json=False)


def test_a_witness_is_not_overwritten_by_an_older_log(store: Store, tmp_path: Path) -> None:
    shutil.copytree(store.location, tmp_path / "old")
    issued(store, "EX-LATER")
    witness, other = tmp_path / "witness", tmp_path / "other"
    register.write_witness(store.location, [witness], "en")
    before = witness.read_bytes()
    with pytest.raises(IssueError, match="CHECK-WITNESS"):
        register.write_witness(tmp_path / "old", [other, witness], "en")
    assert witness.read_bytes() == before
    assert not other.exists()
    other.write_bytes(b"\xff")
    with pytest.raises(IssueError, match="WITNESS-UNREADABLE"):
        register.write_witness(store.location, [other], "en")


def test_an_old_registry_overwrites_neither_a_newer_copy_nor_a_newer_backup(
    store: Store, tmp_path: Path
) -> None:
    """What was withdrawn since would be in force again, and the newest backup would be gone."""
    copied = tmp_path / "b.zip"
    backup(store, copied, T0)
    restore(copied, tmp_path / "old")
    for purpose in Purpose:
        write_key(tmp_path / "old/keys" / f"{purpose}.json", store.key(purpose))
    places = {register.export_site: tmp_path / "site", save: copied}
    for write, place in places.items():
        write(tmp_path / "old", place, "en")  # the control: it is as good as the other
    change(store, "SAMPLE-1", Event.REVOKE, "data-wrong", store.key(Purpose.APPROVAL), T0)
    for write, place in places.items():
        write(store.location, place, "en")
        before = content(place)
        with pytest.raises(IssueError, match="CHECK-WITNESS"):
            write(tmp_path / "old", place, "en")
        with pytest.raises(IssueError, match="WITNESS-UNREADABLE"):
            write(demo_store(tmp_path / f"other{place.name}").location, place, "en")
        assert content(place) == before


def save(location: Path, place: Path, lang: Lang) -> None:
    register.write_backup(location, place, lang, with_keys=False)


def content(place: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in (place, *place.rglob("*")) if one.is_file()}


def test_a_record_stalled_for_an_hour_is_an_error(store: Store) -> None:
    reserve(store, approved_draft(store, submission("EX-LATER")), "both", T0)
    assert [one.code for one in check(store, None, T0)] == ["CHECK-UNFINISHED"]
    (late,) = check(store, None, T0 + dt.timedelta(minutes=61))
    assert (late.code, late.blocks) == ("CHECK-STALLED", True)


def test_a_number_dated_back_or_ahead_is_seen_and_does_not_stop_a_restored_registry(
    store: Store, tmp_path: Path
) -> None:
    year = dt.timedelta(days=365)
    for product, moment in (("AHEAD", T0 + year), ("BACK", T0), ("NOW", T0)):
        issue(office(store, clock=Clock(moment)), approved_draft(store, submission(product)))
    found = check(store, None, T0 + dt.timedelta(minutes=4))  # two hosts, two clocks
    assert [(one.code, str(one.where), one.blocks) for one in found] == [
        ("CHECK-CLOCK", "SAMPLE-3", False),
        ("CHECK-CLOCK", "SAMPLE-4", False),
    ]
    assert tuple(stored_faults(store, T0)) == ()
    backup(store, tmp_path / "b.zip", T0)
    restore(tmp_path / "b.zip", tmp_path / "new")
