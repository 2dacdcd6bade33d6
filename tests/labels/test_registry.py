"""The registry refuses to forget: triggers, settings, its own check, one serial per claim."""

from __future__ import annotations

import datetime as dt
import errno
import itertools
import os
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import sampled_from
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from factors.errors import IssueError
from factors.findings import Severity
from labels.canonical import canonical
from labels.issue import issue, recover
from labels.keys import Purpose, new_key, read_key, write_key
from labels.merkle import leaf_hash, merkle_root
from labels.registry import log, postgresql, records
from labels.registry import tables as t
from labels.registry.backup import backup
from labels.registry.check import check
from labels.registry.desk import approve, reserve, submit
from labels.registry.entries import event_leaf
from labels.registry.export import export_log, read_view, view_of
from labels.registry.founding import create_store
from labels.registry.log import all_leaves, append, last_note
from labels.registry.records import all_reservations, free_status_index
from labels.registry.rotation import rotation
from labels.registry.setup import init_demo, init_issuer
from labels.registry.sqlite import SETTINGS, current_settings
from labels.registry.state import (
    LIVE,
    LOGGED_EVENTS,
    TRANSITIONS,
    Event,
    State,
    TransitionError,
    after,
    replay,
)
from labels.registry.store import ADDRESS, DATABASE, DOCUMENTS, Store, open_store
from labels.trust import trust_file, trusted
from tests.labels.databases import BOTH
from tests.labels.desk_help import T0, approved_draft, demo_store, issued, office, submission
from tests.labels.postgres_help import Cluster, spelt

APPEND_ONLY = (
    "settings",
    "trust",
    "drafts",
    "bodies",
    "approvals",
    "reservations",
    "files",
    "leaves",
    "checkpoints",
)
#: Append-only tables that stay empty until something happens after issue; tested where it does.
LATER = ("successions", "rotations", "tiles")


@pytest.fixture(scope="module")
def prototype(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with two records; tests work on copies."""
    folder = tmp_path_factory.mktemp("prototype") / "registry"
    store = demo_store(folder)
    issued(store)
    issued(store, "EX-640-RT")
    store.close()
    return folder


@pytest.fixture
def file_store(prototype: Path, tmp_path: Path) -> Store:
    shutil.copytree(prototype, tmp_path / "registry")
    return open_store(tmp_path / "registry")


@pytest.fixture(scope="session")
def server_prototype(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same two records in a database; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("prototype") / "registry"
    store = init_demo(folder, T0, cluster.of(cluster.database()))
    issued(store)
    issued(store, "EX-640-RT")
    store.close()
    return folder


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A copy of the prototype on each of the two databases."""
    if request.param == "sqlite":
        yield request.getfixturevalue("file_store")
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    folder: Path = request.getfixturevalue("server_prototype")
    shutil.copytree(folder, tmp_path / "registry")
    name = cluster.database(template=database_of(folder))
    cluster.name(tmp_path / "registry", name)
    opened = open_store(tmp_path / "registry")
    yield opened
    opened.close()
    cluster.drop(name)


def database_of(folder: Path) -> str:
    found = re.search("register_[0-9]+", (folder / ADDRESS).read_text("utf-8"))
    assert found
    return found[0]


def is_server(store: Store) -> bool:
    return store.engine.dialect.name == "postgresql"


def admin_of(store: Store) -> psycopg.Connection:
    """The server's superuser, in the registry's database; constraints do not hold him up."""
    sockets = Path(str(store.engine.url.query["host"]))
    connection = Cluster(sockets).connect(store.engine.url.database or "")
    connection.execute("SET session_replication_role = replica")
    return connection


def attack(store: Store, statement: str, *values: Any) -> None:
    """Run a statement as the application itself would be able to."""
    if is_server(store):
        statement = spelt(statement).replace("?", "%s")
    with store.write() as tx:
        tx.exec_driver_sql(statement, values)


def forced(store: Store, table: str, statement: str, *values: Any) -> None:
    """Rewrite stored rows as somebody with the file, or the superuser: triggers removed first."""
    if is_server(store):
        with admin_of(store) as admin:
            for name in (f"{table}_append_only", f"{table}_change"):
                admin.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            assert admin.execute(spelt(statement), values or None).rowcount > 0
        return
    database = sqlite3.connect(store.location / DATABASE, isolation_level=None)
    for event in ("update", "delete"):
        database.execute(f"DROP TRIGGER IF EXISTS {table}_{event}")
    assert database.execute(statement, values).rowcount > 0
    database.close()


def codes(store: Store, witness: str | None = None) -> set[str]:
    return {f.code for f in check(store, witness) if f.severity is not Severity.NOTE}


# Append-only --------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_rows_of_facts_are_neither_changed_nor_deleted_nor_replaced(
    store: Store, table: str
) -> None:
    columns = [column.name for column in t.METADATA.tables[table].columns]
    named = ", ".join(columns)
    with store.read() as tx:
        before = tx.exec_driver_sql(f"SELECT {named} FROM {table}").fetchall()
    assert before
    marks = ", ".join("?" for _ in columns)
    replaced = f"INTO {table} ({named}) VALUES ({marks})"
    change = f"{columns[-1]} = {columns[-1]}"
    statements = [(f"UPDATE {table} SET {change}", ()), (f"DELETE FROM {table}", ())]
    if is_server(store):
        key = ", ".join(key_of(table))
        upsert = f"INSERT {replaced} ON CONFLICT ({key}) DO UPDATE SET {change.split()[0]} = NULL"
        statements += [(f"TRUNCATE {table} CASCADE", ()), (upsert, tuple(before[0]))]
    else:
        statements += [
            (f"REPLACE {replaced}", tuple(before[0])),
            (f"INSERT OR REPLACE {replaced}", tuple(before[0])),
        ]
    for statement, values in statements:
        with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
            attack(store, statement, *values)
        if is_server(store):  # the triggers alone, too: the owner and the superuser are refused
            with admin_of(store) as admin, pytest.raises(psycopg.Error, match="append-only"):
                admin.execute(statement.replace("?", "%s"), values)
    with store.read() as tx:
        assert tx.exec_driver_sql(f"SELECT {named} FROM {table}").fetchall() == before


def key_of(table: str) -> tuple[str, ...]:
    """Columns of the primary key."""
    keys = {"approvals": ("draft", "role"), "files": ("serial", "name")}
    return keys.get(table, (t.METADATA.tables[table].columns.keys()[0],))


def test_control_without_recursive_triggers_replace_rewrites_a_leaf(file_store: Store) -> None:
    """Why the setting is asserted: with UPDATE and DELETE triggers alone REPLACE goes through."""
    database = sqlite3.connect(file_store.location / DATABASE, isolation_level=None)
    database.execute("PRAGMA recursive_triggers = OFF")
    database.execute("DROP TRIGGER leaves_contiguous")
    row = database.execute("SELECT * FROM leaves WHERE position = 0").fetchone()
    database.execute("REPLACE INTO leaves VALUES (?, ?, ?, ?, ?)", (*row[:3], b"{}", row[4]))
    database.close()
    assert "CHECK-LEAF" in codes(file_store)


def test_every_table_is_append_only_or_named_here(store: Store) -> None:
    assert {table.name for table in t.METADATA.sorted_tables} == {
        *APPEND_ONLY,
        *LATER,
        "claims",
        "schema_files",
        "documents",
    }


def test_every_connection_has_its_settings(file_store: Store) -> None:
    with file_store.engine.connect() as one, file_store.engine.connect() as two:
        for connection in (one, two):
            assert current_settings(connection.connection.dbapi_connection) == SETTINGS


def test_a_connection_that_refuses_its_settings_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_server(store):
        monkeypatch.setitem(postgresql.SETTINGS, "fsync", "off")  # what the server answers is "on"
    else:
        monkeypatch.setitem(SETTINGS, "synchronous", 77)
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        open_store(store.location)


def test_writers_begin_immediately(file_store: Store) -> None:
    """While one writer is in its transaction another cannot begin, even before it writes."""
    other = sqlite3.connect(file_store.location / DATABASE, timeout=0, isolation_level=None)
    with file_store.write(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with store.read() as tx:
        before = all_leaves(tx)
    leaf = event_leaf(Event.REVOKE, "SAMPLE-1", "test", T0)
    key = store.key(Purpose.CHECKPOINT)

    def append_and_fail() -> None:
        with store.write() as tx:
            append(tx, leaf, store.trust, [key], T0)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        append_and_fail()
    with store.read() as tx:
        assert all_leaves(tx) == before


# The log ------------------------------------------------------------------------------------------


def test_two_leaves_per_record_under_a_consistent_root(store: Store) -> None:
    view = view_of(store)
    kinds = [leaf["type"] for leaf in view.entries("SAMPLE-2")]
    assert kinds == ["issued", "documents"]
    assert view.root_at(4) == merkle_root([leaf_hash(data) for data in view.leaves])
    assert view.root_at(5) is None


def test_the_state_table_guards_the_log(store: Store) -> None:
    key = [store.key(Purpose.CHECKPOINT)]
    for event in (Event.ISSUE, Event.DOCUMENT, Event.ABANDON, Event.RESUME):
        with pytest.raises(IssueError, match="LOG-TRANSITION"), store.write() as tx:
            append(tx, event_leaf(event, "SAMPLE-1", "test", T0), store.trust, key, T0)
    with store.write() as tx:
        append(tx, event_leaf(Event.REVOKE, "SAMPLE-1", "test", T0), store.trust, key, T0)
    for event in LOGGED_EVENTS:
        with pytest.raises(IssueError, match="LOG-TRANSITION"), store.write() as tx:
            append(tx, event_leaf(event, "SAMPLE-1", "test", T0), store.trust, key, T0)


def test_nothing_is_signed_over_a_damaged_log(store: Store) -> None:
    forced(store, "leaves", "UPDATE leaves SET data = CAST(data || ' ' AS BLOB) WHERE position = 3")
    with pytest.raises(IssueError, match="LOG-DAMAGED"):
        issued(store, "EX-THIRD")


def test_nothing_is_signed_over_a_rewritten_checkpoint(store: Store) -> None:
    forced(store, "checkpoints", "UPDATE checkpoints SET peaks = zeroblob(32) WHERE size = 4")
    with pytest.raises(IssueError, match="LOG-DAMAGED"):
        issued(store, "EX-THIRD")


def test_the_whole_log_is_recomputed_from_time_to_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Damage far back is not seen at every entry, but at the next full count."""
    forced(store, "leaves", "UPDATE leaves SET data = CAST(data || ' ' AS BLOB) WHERE position = 0")
    issued(store, "EX-THIRD")
    monkeypatch.setattr(log, "RECOUNT_EVERY", 2)
    with pytest.raises(IssueError, match="LOG-DAMAGED"):
        issued(store, "EX-FOURTH")


def test_an_untrusted_checkpoint_key_signs_nothing(store: Store) -> None:
    stranger = new_key(Purpose.CHECKPOINT, "x", demo=True, now=T0)
    leaf = event_leaf(Event.REVOKE, "SAMPLE-1", "test", T0)
    with pytest.raises(IssueError, match="CHECKPOINT-KEY"), store.write() as tx:
        append(tx, leaf, store.trust, [stranger], T0)


def test_positions_and_numbers_are_contiguous(store: Store) -> None:
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        attack(store, "INSERT INTO leaves VALUES (9, 'void', 'SAMPLE-1', x'00', zeroblob(32))")
    row = "INSERT INTO reservations VALUES (9, 'S', 'D', 'r', 1, '', NULL, 'zh', '')"
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        attack(store, row)


# The check ----------------------------------------------------------------------------------------


def test_a_sound_registry_has_no_findings(store: Store) -> None:
    assert check(store) == ()


DAMAGE: dict[str, tuple[str, str, str]] = {
    "leaf bytes": (
        "leaves",
        "UPDATE leaves SET data = CAST(data || ' ' AS BLOB) WHERE position = 1",
        "CHECK-LEAF",
    ),
    "leaf hash": (
        "leaves",
        "UPDATE leaves SET hash = zeroblob(32) WHERE position = 1",
        "CHECK-LEAF",
    ),
    "leaf kind": (
        "leaves",
        "UPDATE leaves SET kind = 'void' WHERE position = 2",
        "CHECK-LEAF",
    ),
    "last leaf gone": ("leaves", "DELETE FROM leaves WHERE position = 3", "CHECK-CHECKPOINT"),
    "checkpoint": (
        "checkpoints",
        "UPDATE checkpoints SET note = replace(note, '2', '3') WHERE size = 2",
        "CHECK-CHECKPOINT",
    ),
    "checkpoint gone": (
        "checkpoints",
        "DELETE FROM checkpoints WHERE size = 2",
        "CHECK-CHECKPOINT",
    ),
    "root": ("checkpoints", "UPDATE checkpoints SET root = zeroblob(32)", "CHECK-CHECKPOINT"),
    "body": (
        "bodies",
        "UPDATE bodies SET body = CAST(replace(body, '1.0', '0.9') AS BLOB)",
        "CHECK-BODY",
    ),
    "claim of body": ("bodies", "UPDATE bodies SET claim = 'x' WHERE claim > ''", "CHECK-BODY"),
    "body unreadable": ("bodies", "UPDATE bodies SET body = x'00'", "CHECK-BODY"),
    "body gone": ("bodies", "DELETE FROM bodies", "CHECK-BODY"),
    "approval unreadable": ("approvals", "UPDATE approvals SET record = x'5b5d'", "CHECK-BODY"),
    "leaf unreadable": ("leaves", "UPDATE leaves SET data = x'00'", "CHECK-LEAF"),
    "footprint": ("drafts", "UPDATE drafts SET footprint = x'7b7d'", "CHECK-BODY"),
    "approval": (
        "approvals",
        "UPDATE approvals SET record = CAST(replace(record, '2026', '2025') AS BLOB)",
        "CHECK-APPROVAL",
    ),
    "approval gone": ("approvals", "DELETE FROM approvals", "CHECK-APPROVAL"),
    "status index": (
        "reservations",
        "UPDATE reservations SET status_index = (status_index + 1) % 131072 WHERE number = 1",
        "CHECK-LEAF",
    ),
    "claims": ("claims", "DELETE FROM claims", "CHECK-CLAIM"),
    "file row": (
        "files",
        "UPDATE files SET sha256 = 'x' WHERE name = 'public/label.pdf'",
        "CHECK-FILE",
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_the_check_sees_damage(store: Store, name: str) -> None:
    table, statement, code = DAMAGE[name]
    forced(store, table, statement)
    assert code in codes(store)


def test_the_check_sees_a_changed_or_missing_file(store: Store) -> None:
    one, two, *_ = sorted(store.blobs.names())
    if is_server(store):
        schema = {"CHECK-SCHEMA"}  # the trigger that had to go
        forced(store, "documents", "UPDATE documents SET data = '' WHERE sha256 = %s", one)
        assert codes(store) - schema == {"CHECK-FILE"}
        with admin_of(store) as admin:
            admin.execute("DELETE FROM documents WHERE sha256 = %s", [two])
        assert codes(store) - schema == {"CHECK-FILE"}
        return
    folder = store.location / DOCUMENTS
    (folder / one).write_bytes((folder / one).read_bytes() + b" ")
    assert codes(store) == {"CHECK-FILE"}
    (folder / two).unlink()
    assert codes(store) == {"CHECK-FILE"}


def test_recipes_are_not_for_every_user_of_the_machine(tmp_path: Path) -> None:
    assert demo_store(tmp_path / "registry").location.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("put", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_is_no_file_is_named_and_not_waited_for(
    prototype: Path, tmp_path: Path, put: Callable[[Path], None]
) -> None:
    shutil.copytree(prototype, tmp_path / "copy")
    store = open_store(tmp_path / "copy")
    path = min((store.location / DOCUMENTS).iterdir())
    data = path.read_bytes()
    path.unlink()
    put(path)
    assert codes(store) == {"CHECK-FILE", "CHECK-STRANGER"}
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        backup(store, tmp_path / "backup.zip", T0)
    handles = sorted(Path("/proc/self/fd").iterdir())
    assert store.blobs.get(path.name) is None
    assert sorted(Path("/proc/self/fd").iterdir()) == handles
    if path.is_fifo():
        assert store.blobs.put(data) == (path.name,)
        assert store.blobs.get(path.name) == data


def test_the_check_names_what_the_registry_did_not_put_there(
    prototype: Path, tmp_path: Path
) -> None:
    shutil.copytree(prototype, tmp_path / "copy")
    store = open_store(tmp_path / "copy")
    (unknown,) = store.blobs.put(b"left by an issue that was killed")
    assert codes(store) == set()
    (store.location / DOCUMENTS / f"{unknown}.bak").write_bytes(b"")
    (store.location / DOCUMENTS / ".part-folder").mkdir()
    found = [one for one in check(store) if one.code == "CHECK-STRANGER"]
    assert [one.where.path for one in found] == [
        f"{DOCUMENTS}/.part-folder",
        f"{DOCUMENTS}/{unknown}.bak",
    ]
    assert not any(one.blocks for one in check(store))
    store.blobs.sweep(T0.timestamp() * 2)  # what is no file is not swept


def test_the_check_sees_a_rollback_by_a_checkpoint_kept_elsewhere(
    store: Store, tmp_path: Path
) -> None:
    shutil.copytree(store.location, tmp_path / "old")
    if is_server(store):
        store.close()  # a database with guests cannot be copied
        name = database_of(store.location)
        cluster = Cluster(Path(str(store.engine.url.query["host"])), itertools.count(10_000))
        cluster.name(tmp_path / "old", cluster.database(template=name))
    issued(store, "EX-THIRD")
    with store.read() as tx:
        witness = last_note(tx)
    assert codes(store, witness) == set()
    old = open_store(tmp_path / "old")
    assert codes(old) == set()
    assert codes(old, witness) == {"CHECK-WITNESS"}
    with pytest.raises(IssueError, match="WITNESS-UNREADABLE"):
        check(old, "not a note")


def test_a_half_finished_record_is_a_warning(store: Store) -> None:
    reserve(store, approved_draft(store, submission("EX-THIRD")), "both", T0)
    found = check(store)
    assert [f.code for f in found] == ["CHECK-UNFINISHED"]
    assert not found[0].blocks


# Claims, requests, numbers ------------------------------------------------------------------------


def test_threads_racing_for_the_same_claims_agree(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    products = [f"EX-{n}" for n in range(4)]
    drafts = [[approved_draft(store, submission(p)) for p in products] for _ in range(6)]
    barrier, answers = threading.Barrier(len(drafts)), []

    def race(mine: list[str]) -> None:
        barrier.wait()
        answers.append([reserve(store, draft, "both", T0).serial for draft in mine])

    threads = [threading.Thread(target=race, args=(mine,)) for mine in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(drafts)
    assert len({tuple(answer) for answer in answers}) == 1
    with store.read() as tx:
        assert len(all_reservations(tx)) == len(products)


def test_the_same_request_gets_the_same_receipt(store: Store) -> None:
    draft = approved_draft(store, submission("EX-THIRD"))
    first = issue(office(store), draft, request="R1")
    again = issue(office(store), draft, request="R1")
    assert (again.serial, again.receipt, again.files) == (first.serial, first.receipt, first.files)
    with pytest.raises(IssueError, match="REQUEST-REUSED"):
        issue(office(store), approved_draft(store, submission("EX-FOURTH")), request="R1")


def test_the_same_claim_with_the_same_figures_is_the_same_record(store: Store) -> None:
    again = issue(office(store), approved_draft(store))
    assert again.serial == "SAMPLE-1"


def test_the_same_claim_with_other_figures_must_supersede(store: Store) -> None:
    handed_in = submission()
    changed = handed_in.footprint.replace(b'"Barley"', b'"Other barley"')
    other = type(handed_in)(changed, handed_in.system, handed_in.workbook)
    with pytest.raises(IssueError, match=r"CLAIM-TAKEN.*supersede SAMPLE-1"):
        issue(office(store), approved_draft(store, other))


def test_places_in_the_status_list_are_random_and_unique(store: Store) -> None:
    with store.read() as tx:
        taken = [r.status_index for r in all_reservations(tx)]
        tries = iter([*taken, *taken, 77])
        assert free_status_index(tx, len(taken), lambda _: next(tries)) == 77


def test_in_a_nearly_full_list_the_free_places_are_drawn_from(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with file_store.read() as tx:
        taken = sorted(r.status_index for r in all_reservations(tx))
        draws = iter([*taken * (records.DRAWS // 2), 0])
        first_free = next(n for n in range(9) if n not in taken)
        assert free_status_index(tx, len(taken), lambda below: next(draws)) == first_free
        monkeypatch.setattr(records, "STATUS_LIST", len(taken))
        with pytest.raises(IssueError, match="STATUS-LIST-FULL"):
            free_status_index(tx, len(taken) + 1, lambda below: 0)


# Storage that fails -------------------------------------------------------------------------------


def test_after_a_failed_sync_nothing_is_written_until_the_registry_is_opened_again(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = approved_draft(file_store, submission("EX-NEW"))
    errors, sync = [OSError(errno.EIO, "I/O error")], os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: fail(errors.pop()) if errors else sync(handle))
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        issue(office(file_store), draft)
    with pytest.raises(IssueError, match="REGISTRY-STOPPED"):
        issue(office(file_store), draft)  # though the disk answers again
    with pytest.raises(IssueError, match="REGISTRY-STOPPED"):
        recover(office(file_store))
    assert {found.code for found in check(file_store)} == {"CHECK-UNFINISHED"}
    again = open_store(file_store.location)
    assert issue(office(again), draft).serial == "SAMPLE-3"
    assert check(again) == ()
    file_store._stopped = ""  # control: nothing else held it up
    issued(file_store, "EX-NEXT")


def fail(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("code", "unsure"),
    [
        (sqlite3.SQLITE_IOERR_FSYNC, True),
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_CORRUPT, True),
        (sqlite3.SQLITE_BUSY, False),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, False),
    ],
)
def test_a_database_that_cannot_store_ends_the_writing_a_busy_one_does_not(
    file_store: Store, code: int, unsure: bool
) -> None:
    error = sqlite3.OperationalError("told by the database")
    error.sqlite_errorcode = code
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"), file_store.write():
        raise OperationalError("COMMIT", {}, error)
    if unsure:
        with pytest.raises(IssueError, match="REGISTRY-STOPPED"), file_store.write():
            pass
    else:
        assert issued(file_store, "EX-NEXT").serial == "SAMPLE-3"


# Opening and creating -----------------------------------------------------------------------------


def test_a_registry_is_never_created_by_accident(tmp_path: Path) -> None:
    with pytest.raises(IssueError, match="REGISTRY-MISSING"):
        open_store(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_registry_is_never_created_twice(store: Store) -> None:
    with pytest.raises(IssueError, match="REGISTRY-EXISTS"):
        demo_store(store.location)


def test_a_registry_appears_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("labels.registry.sqlite.create_schema", full)
        with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
            demo_store(tmp_path / "registry")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "registry").mkdir()
    assert check(demo_store(tmp_path / "registry")) == ()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"not a database" * 100)
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        open_store(tmp_path)


def test_a_trust_file_of_another_issuer_is_refused(store: Store) -> None:
    other = trust_file("OTHER", store.issuer.origin, store.trust.keys, demo=True)
    with pytest.raises(IssueError, match="TRUST-OTHER-ISSUER"):
        store.renew_trust(other, T0)


def test_keys_can_be_rotated_and_old_records_stay_sound(store: Store, tmp_path: Path) -> None:
    fresh = new_key(Purpose.CHECKPOINT, "next log", demo=True, now=T0)
    entries = [*store.trust.keys, trusted(fresh, valid_from=T0)]
    new = trust_file(store.issuer.id, store.issuer.origin, entries, demo=True)
    store.renew_trust(new, T0, rotation(store.trust, new, [store.key(Purpose.ROOT)], "loss", T0))
    (store.location / "keys" / "checkpoint.json").unlink()
    write_key(store.location / "keys" / "checkpoint.json", fresh)
    assert issued(store, "EX-THIRD").serial == "SAMPLE-3"
    assert check(store) == ()


def real_issuer(folder: Path, **more: Any) -> Path:
    """An issuer with real (unmarked) keys, as files."""
    keys = {p: new_key(p, "示例 Example", demo=more.get("demo", False), now=T0) for p in Purpose}
    for purpose, key in keys.items():
        write_key(folder / f"{purpose}.json", key)
    roles = {Purpose.APPROVAL: ("preparer",)}
    entries = [
        trusted(key, valid_from=T0, roles=roles.get(p, ()))
        for p, key in keys.items()
        if p is not more.get("untrusted")
    ]
    trust = trust_file("EX1", "ex.invalid/log", entries, demo=more.get("demo", False))
    (folder / "trust.json").write_bytes(trust.to_bytes())
    profile = folder / "issuer.toml"
    profile.write_text(
        'id = "EX1"\ntime_zone = "Asia/Shanghai"\norigin = "ex.invalid/log"\n'
        'serial_prefix = "EX"\ntrust = "trust.json"\nname = {zh = "示例", en = "Example"}\n'
        '[keys]\ncheckpoint = "checkpoint.json"\nseal = "seal.json"\n',
        encoding="utf-8",
    )
    return profile


def test_a_real_issuer_has_serials_with_check_characters(tmp_path: Path) -> None:
    store = init_issuer(tmp_path / "registry", real_issuer(tmp_path), T0)
    assert not store.key(Purpose.SEAL).demo
    draft = submit(store, submission(), T0)
    preparer = read_key(tmp_path / "approval.json", Purpose.APPROVAL)
    approve(store, draft, "preparer", preparer, T0)
    record = issue(office(store), draft)
    assert record.serial.startswith("EX-2026-000001-")
    assert check(store) == ()


def test_demo_keys_are_refused_in_a_real_registry(tmp_path: Path) -> None:
    store = init_issuer(tmp_path / "registry", real_issuer(tmp_path), T0)
    for purpose in Purpose:
        demo = new_key(purpose, "示例 Example", demo=True, now=T0)
        with pytest.raises(IssueError, match="KEY-DEMO"):
            store.admit(demo)
    draft = submit(store, submission(), T0)
    with pytest.raises(IssueError, match="KEY-DEMO"):
        approve(store, draft, "preparer", new_key(Purpose.APPROVAL, "x", demo=True, now=T0), T0)


def test_a_real_registry_is_not_founded_on_wrong_keys(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    profile = real_issuer(tmp_path / "a", untrusted=Purpose.CHECKPOINT)
    with pytest.raises(IssueError, match="KEY-NOT-TRUSTED"):
        init_issuer(tmp_path / "registry", profile, T0)
    (tmp_path / "b").mkdir()
    with pytest.raises(IssueError, match="KEY-DEMO"):
        init_issuer(tmp_path / "registry", real_issuer(tmp_path / "b", demo=True), T0)
    text = profile.read_text("utf-8")
    profile.write_text(text.replace("trust.json", "absent.json"), encoding="utf-8")
    with pytest.raises(IssueError, match="ISSUER-UNREADABLE"):
        init_issuer(tmp_path / "registry", profile, T0)
    assert not (tmp_path / "registry" / DATABASE).exists()


def test_a_registry_without_a_key_says_which(store: Store) -> None:
    (store.location / "keys" / "seal.json").unlink()
    with pytest.raises(IssueError, match="KEY-MISSING"):
        issued(store, "EX-THIRD")
    stranger = new_key(Purpose.SEAL, "x", demo=True, now=T0)
    with pytest.raises(IssueError, match="KEY-NOT-TRUSTED"):
        issued(store, "EX-THIRD", seal_key=stranger)


def test_unwritable_places_are_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        create_store(tmp_path / "file" / "x", store.issuer, store.trust, (), T0)
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        export_log(store, tmp_path / "file" / "x")


# Static export ------------------------------------------------------------------------------------


def test_a_static_export_says_what_the_registry_says(store: Store, tmp_path: Path) -> None:
    export_log(store, tmp_path / "export")
    assert read_view(tmp_path / "export") == view_of(store) == read_view(store.location)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.replace(b"SAMPLE-1", b"SAMPLE-9"),
        lambda data: data + data.split(b"\n")[0] + b"\n",
        lambda data: b"\n".join(data.split(b"\n")[1:]),
        lambda data: b"",
        lambda data: b"{}\n",
        lambda data: b"junk\n",
    ],
)
def test_a_damaged_export_is_refused(
    store: Store, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    export_log(store, tmp_path)
    entries = tmp_path / "entries.jsonl"
    entries.write_bytes(damage(entries.read_bytes()))
    with pytest.raises(IssueError, match="LOG-DAMAGED"):
        read_view(tmp_path)


def test_an_export_without_its_files_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(IssueError, match="REGISTRY-MISSING"):
        read_view(tmp_path)
    export_log(store, tmp_path)
    (tmp_path / "checkpoint").unlink()
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        read_view(tmp_path)


# States -------------------------------------------------------------------------------------------


def test_terminal_states_are_terminal() -> None:
    for state in (State.REVOKED, State.SUPERSEDED, State.VOID):
        for event in Event:
            with pytest.raises(TransitionError):
                after(state, event)


def test_every_state_but_expired_is_reached() -> None:
    reached = {State.DRAFT} | set(TRANSITIONS.values())
    assert reached == set(State) - {State.EXPIRED}
    assert replay([Event.ISSUE, Event.DOCUMENT, Event.SUSPEND, Event.RESUME]) is State.ISSUED


class Lives(RuleBasedStateMachine):
    """The log and a plain model of it agree whatever is asked, in whatever order."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.store = self.fresh()
        self.model: dict[str, State] = {}
        self.drafts = 0
        self.moment = T0

    fresh: Callable[[], Store]

    @rule()
    def reserve_one(self) -> None:
        self.drafts += 1
        draft = approved_draft(self.store, submission(f"EX-{self.drafts}"))
        self.model[reserve(self.store, draft, "both", T0).serial] = State.RESERVED

    @rule(event=sampled_from(sorted(LOGGED_EVENTS)), pick=sampled_from(range(8)))
    def log_event(self, event: Event, pick: int) -> None:
        if not self.model:
            return
        serial = sorted(self.model)[pick % len(self.model)]
        expected = TRANSITIONS.get((self.model[serial], event))
        leaf = event_leaf(event, serial, "test", self.moment, files=[], valid_until=None)
        try:
            with self.store.write() as tx:
                append(tx, leaf, self.store.trust, [self.store.key(Purpose.CHECKPOINT)], T0)
        except IssueError:
            assert expected is None
        else:
            assert expected is not None
            self.model[serial] = expected

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = open_store(self.store.location)

    @invariant()
    def agree(self) -> None:
        view = view_of(self.store)
        for serial, state in self.model.items():
            assert view.status(serial, self.moment, "UTC") is state

    def teardown(self) -> None:
        assert "CHECK-CHECKPOINT" not in codes(self.store)
        self.store.close()
        shutil.rmtree(self.store.location)


def test_lives_of_records(tmp_path: Path) -> None:
    count = iter(range(10**6))
    Lives.fresh = lambda self: demo_store(tmp_path / str(next(count)))  # type: ignore[misc,assignment]
    machine = Lives.TestCase
    machine.settings = hypothesis_settings(max_examples=8, stateful_step_count=12, deadline=None)
    machine("runTest").runTest()


def test_live_states_hold_their_claim() -> None:
    assert State.ISSUED in LIVE
    assert not LIVE & {State.REVOKED, State.SUPERSEDED, State.VOID, State.DRAFT}


def test_rows_are_strictly_typed(store: Store) -> None:
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"), store.write() as tx:
        tx.execute(insert(t.trust).values(version="one", data=canonical({}), time="x"))


def test_expiry_follows_from_the_day_and_the_time_zone(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    last = dt.date(2027, 11, 19)
    draft = approved_draft(store, submission(valid_until=last))
    serial = issue(office(store), draft).serial
    midnight = dt.datetime(2027, 11, 19, 16, 0, tzinfo=dt.UTC)  # Shanghai is eight hours ahead
    view = view_of(store)
    assert view.status(serial, midnight - dt.timedelta(seconds=1), "Asia/Shanghai") is State.ISSUED
    assert view.status(serial, midnight, "Asia/Shanghai") is State.EXPIRED
