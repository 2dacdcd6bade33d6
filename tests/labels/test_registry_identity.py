"""Rows that no signature covers are compared, too: numbers, issuer, approvals without a number."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from factors.errors import IssueError
from labels.keys import Purpose, new_key
from labels.registry.check import check
from labels.registry.rekey import Rekey, rotate
from labels.registry.store import DATABASE, Store, open_store
from tests.labels.desk_help import T0, approved_draft, demo_store, issued, submission


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three numbers and an approved draft without one."""
    store = demo_store(tmp_path_factory.mktemp("whole") / "registry")
    for number in range(3):
        issued(store, f"EX-{number}")
    approved_draft(store, submission("EX-NEXT"))
    store.close()
    return store.location


@pytest.fixture
def place(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "registry")


def by_hand(place: Path, table: str, statement: str) -> Store:
    """Somebody with the file rewrites a row; the trigger is there again afterwards."""
    with closing(sqlite3.connect(place / DATABASE, isolation_level=None)) as database:
        triggers = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
        ).fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        assert database.execute(statement).rowcount
        for _, sql in triggers:
            database.execute(sql)
    return open_store(place)


def text(old: str, new: str, column: str) -> str:
    return f"SET {column} = CAST(replace({column}, '{old}', '{new}') AS BLOB)"


WAITING = "draft NOT IN (SELECT draft FROM reservations)"
REWRITES = {
    "a gap": ("reservations", "SET number = 9 WHERE number = 3", "CHECK-NUMBER"),
    "not from 1": ("reservations", "SET number = number + 10", "CHECK-NUMBER"),
    "another serial": ("reservations", "SET serial = 'SAMPLE-7' WHERE number = 3", "CHECK-NUMBER"),
    "no time": ("reservations", "SET time = 'x' WHERE number = 3", "CHECK-NUMBER"),
    "another day": ("reservations", "SET valid_from = '2020-01-01'", "CHECK-NUMBER"),
    "another time": ("reservations", "SET time = '2026-11-20T02:00:01Z'", "CHECK-LEAF"),
    "another log": ("settings", text("carbonlabel/demo", "other", "data"), "CHECK-ISSUER"),
    "another id": ("settings", text("EXAMPLE-ISSUER", "OTHER", "data"), "CHECK-ISSUER"),
    "another name": ("settings", text("Example Issuer", "Other", "data"), "CHECK-ISSUER"),
    "a member more": (
        "settings",
        text('{"approvals"', '{"a":1,"approvals"', "data"),
        "CHECK-ISSUER",
    ),
    "column of a role": ("approvals", "SET role = 'reviewer'", "CHECK-APPROVAL"),
    "waiting, role": ("approvals", f"SET role = 'reviewer' WHERE {WAITING}", "CHECK-APPROVAL"),
    "waiting, content": (
        "approvals",
        text("Preparer", "Other", "record") + f" WHERE {WAITING}",
        "CHECK-APPROVAL",
    ),
    "waiting, bytes": ("approvals", f"SET record = x'00' WHERE {WAITING}", "CHECK-APPROVAL"),
    "waiting, space": (
        "approvals",
        f"SET record = CAST(record || ' ' AS BLOB) WHERE {WAITING}",
        "CHECK-APPROVAL",
    ),
    "no draft": ("approvals", f"SET draft = 'D-0' WHERE {WAITING}", "CHECK-APPROVAL"),
}


def codes(store: Store) -> set[str]:
    return {one.code for one in check(store)}


@pytest.mark.parametrize("name", REWRITES)
def test_a_rewritten_row_is_named(place: Path, name: str) -> None:
    table, change, code = REWRITES[name]
    assert code in codes(by_hand(place, table, f"UPDATE {table} {change}"))


def test_the_control_nothing_is_named_where_a_row_is_written_as_it_was(place: Path) -> None:
    for table in {table for table, _, _ in REWRITES.values()}:
        column = "data = data" if table == "settings" else "draft = draft"
        assert codes(by_hand(place, table, f"UPDATE {table} SET {column}")) == set()


def test_a_sample_prefix_without_samples_is_not_opened(place: Path) -> None:
    with pytest.raises(IssueError, match="ISSUER-UNREADABLE"):
        by_hand(place, "settings", "UPDATE settings " + text("true", "false", "data"))


def test_an_approval_whose_key_ended_since_is_no_damage(place: Path) -> None:
    """The draft is refused when it is to be issued; a backup of the registry can be restored. Of
    the numbers in force it is told once times matter: they were signed by an ended key."""
    store = open_store(place)
    fresh = new_key(Purpose.APPROVAL, "示例 Example", demo=True, now=T0)
    rotate(store, Rekey(fresh), [store.key(Purpose.ROOT)], T0)
    assert codes(store) == set()
    found = check(store, now=T0)
    assert {one.code for one in found} == {"CHECK-KEY-ENDED"}
    with closing(sqlite3.connect(place / DATABASE)) as database:
        (draft,) = database.execute(f"SELECT draft FROM drafts WHERE {WAITING}").fetchone()
    assert draft not in {str(one.where) for one in found}
