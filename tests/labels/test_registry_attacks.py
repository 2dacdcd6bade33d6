"""Who has the database file in hand: whatever is rewritten, dropped or rolled back is named."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from factors.errors import FindingsError, IssueError
from factors.findings import Severity
from labels.cli import records, register
from labels.issue import issue
from labels.keys import Purpose, new_key
from labels.registry import sqlite
from labels.registry.check import check
from labels.registry.export import view_of
from labels.registry.rekey import Rekey, rotate
from labels.registry.state import NAME_CORRECTED, Event
from labels.registry.store import DATABASE, Store, open_store
from labels.registry.succession import Succession
from tests.labels.desk_help import (
    T0,
    Clock,
    PlainPages,
    approved_draft,
    demo_store,
    issued,
    office,
    submission,
)

LATER = T0 + dt.timedelta(minutes=1)
LATER_TABLES = ("successions", "rotations")


@pytest.fixture(scope="module")
def prototype(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry in which everything has happened once."""
    folder = tmp_path_factory.mktemp("prototype") / "registry"
    store = demo_store(folder)
    issued(store)
    key = store.key(Purpose.APPROVAL)
    draft = approved_draft(store, submission("EX-500-0W"))
    issue(office(store), draft, succession=Succession("SAMPLE-1", NAME_CORRECTED, key))
    fresh = new_key(Purpose.SEAL, "示例 Example", demo=True, now=T0)
    rotate(store, Rekey(fresh), [store.key(Purpose.ROOT)], LATER)
    assert check(store) == ()
    store.close()
    return folder


@pytest.fixture
def store(prototype: Path, tmp_path: Path) -> Store:
    shutil.copytree(prototype, tmp_path / "registry")
    return open_store(tmp_path / "registry")


def codes(store: Store, witness: str | None = None) -> set[str]:
    return {one.code for one in check(store, witness) if one.severity is not Severity.NOTE}


def by_hand(store: Store, *statements: str) -> None:
    """What somebody with the file and the sqlite3 program can do."""
    database = sqlite3.connect(store.location / DATABASE, isolation_level=None)
    for statement in statements:
        database.execute(statement)
    database.close()


def triggers() -> list[str]:
    return sorted(name for name, sql in sqlite.wanted_schema().items() if "TRIGGER" in sql)


@pytest.mark.parametrize("table", LATER_TABLES)
def test_later_tables_are_append_only_too(store: Store, table: str) -> None:
    with store.read() as tx:
        (row,) = tx.exec_driver_sql(f"SELECT * FROM {table}").fetchall()
    marks = ", ".join("?" for _ in row)
    attacks: list[tuple[str, tuple[Any, ...]]] = [
        (f"UPDATE {table} SET record = record", ()),
        (f"DELETE FROM {table}", ()),
        (f"REPLACE INTO {table} VALUES ({marks})", tuple(row)),
    ]
    for statement, values in attacks:
        with pytest.raises(IssueError, match="REGISTRY-STORAGE"), store.write() as tx:
            tx.exec_driver_sql(statement, values)


@pytest.mark.parametrize("trigger", triggers())
def test_a_dropped_trigger_is_named(store: Store, trigger: str) -> None:
    by_hand(store, f"DROP TRIGGER {trigger}")
    assert [(one.code, str(one.where)) for one in check(store)] == [("CHECK-SCHEMA", trigger)]


def test_a_weakened_or_added_object_is_named(store: Store) -> None:
    by_hand(
        store,
        "DROP TRIGGER leaves_update",
        "CREATE TRIGGER leaves_update BEFORE UPDATE ON leaves BEGIN SELECT 1; END",
        "DROP INDEX leaves_once",
        "CREATE TABLE notes (x)",
    )
    named = {str(one.where) for one in check(store) if one.code == "CHECK-SCHEMA"}
    assert named == {"leaves_update", "leaves_once", "notes"}


REWRITES = {
    "order of a leaf": (
        "leaves",
        "UPDATE leaves SET data = CAST(replace(data, 'name-corrected', 'factor-updated') AS BLOB)",
        "CHECK-ORDER",
    ),
    "body named by an order": (
        "bodies",
        "UPDATE bodies SET body_hash = 'x' || body_hash",
        "CHECK-BODY",
    ),
    "trust file": (
        "trust",
        "UPDATE trust SET data = CAST(replace(data, 'Root', 'Boot') AS BLOB) WHERE version = 2",
        "CHECK-TRUST",
    ),
    "signed step": (
        "rotations",
        "UPDATE rotations SET record = x'7b7d'",
        "CHECK-TRUST",
    ),
    "signed step gone": ("rotations", "DELETE FROM rotations", "CHECK-TRUST"),
    "claim kept by the old record": (
        "claims",
        "UPDATE claims SET serial = 'SAMPLE-1'",
        "CHECK-CLAIM",
    ),
}


@pytest.mark.parametrize("name", REWRITES)
def test_a_rewritten_row_is_named(store: Store, name: str) -> None:
    table, statement, code = REWRITES[name]
    drops = [f"DROP TRIGGER IF EXISTS {table}_{kind}" for kind in ("update", "delete")]
    by_hand(store, *drops, statement)
    assert code in codes(store)


def test_a_restored_old_copy_is_seen_by_a_witness_only(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing inside an old copy is wrong; a checkpoint kept elsewhere tells that it is old."""
    shutil.copytree(store.location, tmp_path / "old")
    clock = Clock(LATER)
    issue(office(store, clock=clock), approved_draft(store, submission("EX-LATER")))
    witness = tmp_path / "witness"
    register.write_witness(store.location, [witness], "en")
    assert register.check_registry(store.location, "en", witness) == 0
    assert "still contains the checkpoint" in capsys.readouterr().out
    assert register.check_registry(tmp_path / "old", "en") == 0
    assert register.check_registry(tmp_path / "old", "en", witness) == 1
    assert "CHECK-WITNESS" in capsys.readouterr().out
    witness.write_bytes(b"\xff not a note")
    with pytest.raises(IssueError, match="WITNESS-UNREADABLE"):
        register.check_registry(store.location, "en", witness)


def test_a_registry_of_the_first_shape_gets_the_later_tables(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = {"0001_registry.sql": sqlite.sql_files()["0001_registry.sql"]}
    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "sql_files", lambda: first)
        sqlite.create_schema(tmp_path / "old.sqlite")
    database = sqlite3.connect(tmp_path / "old.sqlite", isolation_level=None)
    assert "successions" not in sqlite.stored_schema(database)
    issuer = sqlite3.connect(store.location / DATABASE).execute("SELECT * FROM settings").fetchone()
    database.execute("INSERT INTO settings VALUES (?, ?)", issuer)
    database.close()
    (tmp_path / "fold").mkdir()
    (tmp_path / "old.sqlite").rename(tmp_path / "fold" / DATABASE)
    opened = open_store(tmp_path / "fold")
    with opened.read() as tx:
        assert sqlite.stored_schema(tx.connection.dbapi_connection) == sqlite.wanted_schema()


def test_an_empty_log_has_no_witness(tmp_path: Path) -> None:
    place = demo_store(tmp_path / "registry").location
    with pytest.raises(FindingsError, match="LOG-EMPTY"):
        register.write_witness(place, [tmp_path / "witness"], "en")
    assert not (tmp_path / "witness").exists()


# The commands' bodies -----------------------------------------------------------------------------


def test_the_commands_after_issue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One walk through all of them, as a user of a demo registry would go."""
    store = demo_store(tmp_path / "registry")
    place, serial = store.location, issued(store, clock=Clock(T0)).serial
    register.change_record(place, serial, Event.SUSPEND, "data-doubted", None, "en")
    register.change_record(place, serial, Event.RESUME, "doubt-resolved", None, "zh")
    records.list_records(place, "", "", "en", as_json=False)
    records.list_records(place, "", "example-barley", "zh", as_json=False)
    records.list_records(place, "revoked", "", "en", as_json=False)
    records.list_records(place, "", "", "en", as_json=True)
    register.rotate_key(place, "checkpoint", None, [], "rotation", "", "", "en")
    register.rotate_key(place, "seal", None, [], "theft", "", "2026-11-20T02:00:01Z", "en")
    register.change_record(place, serial, Event.REVOKE, "data-wrong", None, "en")
    register.export_site(place, tmp_path / "site", "en")
    said = capsys.readouterr()
    assert "SAMPLE-1 is now: suspended" in said.out
    assert "SAMPLE-1 现为：有效" in said.out
    assert "no serial matches" in said.out
    assert "trust file 3 is in force" in said.out
    assert "SAMPLE-1 is now: withdrawn" in said.out
    assert (tmp_path / "site" / serial / "index.html").is_file()
    assert check(open_store(place)) == ()
    assert len(view_of(store).chain) == 2


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (lambda p: records.list_records(p, "gone", "", "en", as_json=True), "STATE-UNKNOWN"),
        (
            lambda p: register.rotate_key(p, "all", None, [], "loss", "", "", "en"),
            "CLI-PURPOSE",
        ),
        (
            lambda p: register.rotate_key(p, "seal", None, [], "theft", "", "now", "en"),
            "TIME-WRONG",
        ),
    ],
)
def test_what_a_command_cannot_do_is_refused(store: Store, command: Any, code: str) -> None:
    with pytest.raises(FindingsError, match=code):
        command(store.location)


def test_a_name_is_corrected_with_the_person_s_own_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command with key files: plain pages, so that no label font is needed."""
    store = demo_store(tmp_path / "registry")
    old = issued(store, clock=Clock(T0)).serial
    draft = approved_draft(store, submission("EX-500-0W"))
    files = [store.location / "keys" / f"{purpose}.json" for purpose in ("approval", "seal")]
    monkeypatch.setattr(register, "PrintRoom", lambda: nullcontext(PlainPages()))
    new = register.supersede(
        store.location,
        old,
        draft,
        "",
        (files[0], files[1]),
        tmp_path / "out",
        "both",
        "en",
        same_footprint=True,
    )
    assert f"{old} is now: superseded" in capsys.readouterr().out
    assert (tmp_path / "out" / "public" / "label.pdf").is_file()
    assert view_of(store).entries(old)[-1]["by"] == new.serial
    with pytest.raises(IssueError, match="KEY-PURPOSE"):
        register.change_record(
            store.location, new.serial, Event.REVOKE, "data-wrong", files[1], "en"
        )
