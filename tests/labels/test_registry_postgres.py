"""The registry on PostgreSQL: roles, settings, several hosts, what the check names.

What holds on both databases alike stands in ``test_registry.py``.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner

from factors.errors import CarbonLabelError, IssueError
from labels.cli import records, register
from labels.cli.main import app
from labels.issue import issue
from labels.keys import Purpose, new_key
from labels.registry import postgresql
from labels.registry.check import check
from labels.registry.desk import reserve
from labels.registry.postgresql import PostgresDatabase
from labels.registry.records import all_reservations
from labels.registry.rekey import Rekey, rotate
from labels.registry.setup import init_demo
from labels.registry.store import ADDRESS, Store, open_store
from labels.times import now
from tests.labels.desk_help import T0, approved_draft, issued, office, submission
from tests.labels.postgres_help import ISSUER, OWNER, Cluster, shipped_schema

pytestmark = pytest.mark.needs("postgres")


@pytest.fixture(scope="module")
def prototype(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder, name = tmp_path_factory.mktemp("prototype") / "registry", cluster.database()
    store = init_demo(folder, T0, cluster.of(name))
    issued(store)
    store.close()
    return folder, name


@pytest.fixture
def place(cluster: Cluster, prototype: tuple[Path, str], tmp_path: Path) -> Iterator[Path]:
    folder, name = prototype
    shutil.copytree(folder, tmp_path / "registry")
    mine = cluster.database(template=name)
    cluster.name(tmp_path / "registry", mine)
    yield tmp_path / "registry"
    cluster.drop(mine)


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    opened = open_store(place)
    yield opened
    opened.close()


def by_hand(cluster: Cluster, store: Store, *statements: str) -> None:
    """What the server's superuser can do."""
    with cluster.connect(store.engine.url.database or "") as admin:
        for statement in statements:
            admin.execute(statement)


def named(store: Store) -> list[tuple[str, str]]:
    return [(one.code, str(one.where)) for one in check(store)]


def test_the_schema_as_shipped_is_what_the_files_make() -> None:
    assert shipped_schema() == postgresql.wanted_schema()


EMPTIED = (
    "CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger "
    "LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
)
ALTERED = {
    "trigger dropped": (
        "DROP TRIGGER leaves_append_only ON leaves",
        "trigger leaves_append_only",
    ),
    "trigger off": (
        "ALTER TABLE checkpoints DISABLE TRIGGER checkpoints_append_only",
        "trigger checkpoints_append_only",
    ),
    "trigger of origin only": (
        "ALTER TABLE leaves ENABLE TRIGGER leaves_append_only",
        "trigger leaves_append_only",
    ),
    "function emptied": (
        EMPTIED,
        "function refuse_rewriting",
    ),
    "index dropped": ("DROP INDEX leaves_once", "index leaves_once"),
    "rule": (
        "CREATE RULE quiet AS ON INSERT TO leaves DO INSTEAD NOTHING",
        "rule leaves.quiet",
    ),
    "constraint dropped": (
        "ALTER TABLE leaves DROP CONSTRAINT leaves_serial_fkey",
        "constraint leaves.leaves_serial_fkey",
    ),
    "column added": ("ALTER TABLE leaves ADD COLUMN note TEXT", "column leaves.note"),
    "table added": ("CREATE TABLE notes (x TEXT)", "column notes.x"),
}


@pytest.mark.parametrize("name", ALTERED)
def test_whatever_is_altered_in_the_schema_is_named(
    cluster: Cluster, store: Store, name: str
) -> None:
    statement, where = ALTERED[name]
    by_hand(cluster, store, statement)
    assert ("CHECK-SCHEMA", where) in named(store)


@pytest.mark.parametrize(
    "grant",
    [
        f"GRANT UPDATE ON leaves TO {ISSUER}",
        f"GRANT DELETE ON checkpoints TO {ISSUER}",
        f"GRANT TRUNCATE ON files TO {ISSUER}",
        f"GRANT UPDATE (hash) ON leaves TO {ISSUER}",
        f"GRANT CREATE ON SCHEMA carbonlabel TO {ISSUER}",
        f"ALTER TABLE leaves OWNER TO {ISSUER}",
    ],
)
def test_a_role_that_could_rewrite_is_not_let_in(
    cluster: Cluster, store: Store, grant: str
) -> None:
    """Nor does a connection that was there before keep it from the check."""
    with store.read():
        pass
    by_hand(cluster, store, grant)
    assert ("CHECK-DATABASE", "powers") in named(store)
    with pytest.raises(IssueError, match=r"REGISTRY-STORAGE.*could rewrite"):
        open_store(store.location)


@pytest.mark.parametrize("verb", ["UPDATE leaves SET kind = kind", "DELETE FROM leaves"])
def test_the_issuers_role_has_no_right_even_without_triggers(
    cluster: Cluster, store: Store, verb: str
) -> None:
    by_hand(cluster, store, "DROP TRIGGER leaves_append_only ON leaves")
    name = store.engine.url.database or ""
    with (
        cluster.connect(name, ISSUER) as mine,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        mine.execute(verb)
    with cluster.connect(name, OWNER) as owner:  # control: the right is what held it up
        assert owner.execute(verb).rowcount == 2


def test_a_replication_role_does_not_switch_the_triggers_off(
    cluster: Cluster, store: Store
) -> None:
    with pytest.raises(psycopg.Error, match="append-only"):
        by_hand(cluster, store, "SET session_replication_role = replica", "DELETE FROM leaves")


@pytest.mark.parametrize("setting", ["synchronous_commit = off", "synchronous_commit = local"])
def test_a_server_that_may_forget_is_refused(cluster: Cluster, store: Store, setting: str) -> None:
    by_hand(cluster, store, f"ALTER DATABASE {store.engine.url.database} SET {setting}")
    with pytest.raises(IssueError, match=r"REGISTRY-STORAGE.*synchronous_commit"):
        open_store(store.location)


# Several hosts ------------------------------------------------------------------------------------


def test_two_hosts_issue_from_one_registry(place: Path, tmp_path: Path) -> None:
    """The folder is copied to the second host; documents and log are in the database."""
    shutil.copytree(place, tmp_path / "host2")
    one, two = open_store(place), open_store(tmp_path / "host2")
    first, second = issued(one, "EX-A"), issued(two, "EX-B")
    assert (first.serial, second.serial) == ("SAMPLE-2", "SAMPLE-3")
    again = issue(office(two), approved_draft(two, submission("EX-A")))
    assert (again.serial, again.receipt, again.files["public/label.pdf"]) == (
        first.serial,
        first.receipt,
        first.files["public/label.pdf"],
    )
    assert check(one) == check(two) == ()
    one.close()
    two.close()


def test_a_trust_file_renewed_on_one_host_reaches_the_other(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place, tmp_path / "host2")
    one = open_store(place)
    fresh = new_key(Purpose.SEAL, "示例 Example", demo=True, now=T0)
    rotate(one, Rekey(fresh), [one.key(Purpose.ROOT)], T0)
    two = open_store(tmp_path / "host2")
    assert check(two) == ()
    (two.location / "trust.json").write_bytes(b"{}")  # control: nothing else is repaired
    two.close()
    two = open_store(tmp_path / "host2")
    assert {one.code for one in check(two)} == {"CHECK-TRUST"}
    one.close()
    two.close()


def test_racing_hosts_agree_on_one_serial_a_claim(place: Path, tmp_path: Path) -> None:
    hosts = []
    for number in range(4):
        shutil.copytree(place, tmp_path / f"host{number}")
        hosts.append(open_store(tmp_path / f"host{number}"))
    drafts = [[approved_draft(host, submission(f"EX-{n}")) for n in range(5)] for host in hosts]
    barrier, answers = threading.Barrier(len(hosts)), []

    def race(host: Store, mine: list[str]) -> None:
        barrier.wait()
        answers.append([reserve(host, draft, "both", T0).serial for draft in mine])

    pairs = zip(hosts, drafts, strict=True)
    threads = [threading.Thread(target=race, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(hosts)
    assert len({tuple(answer) for answer in answers}) == 1
    with hosts[0].read() as tx:
        assert len(all_reservations(tx)) == 1 + 5
    for host in hosts:
        host.close()


def test_control_without_the_lock_callers_do_not_agree(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two writers that look before either wrote: the tables refuse the second, it has no answer."""
    monkeypatch.setattr(postgresql, "_begin", lambda connection: None)
    store = open_store(place)
    row = "INSERT INTO drafts VALUES ('D-1', '', '', '', '', '', '', NULL, NULL)"

    def write_after(one: Connection) -> None:
        with store.write() as two:
            one.exec_driver_sql(row)
            assert two.exec_driver_sql("SELECT count(*) FROM drafts").scalar_one() == 1
            two.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
            two.exec_driver_sql(row)

    with store.write() as one, pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        write_after(one)
    store.close()


# Making and naming --------------------------------------------------------------------------------


def test_a_database_holds_one_registry(cluster: Cluster, store: Store, tmp_path: Path) -> None:
    with pytest.raises(IssueError, match="REGISTRY-EXISTS"):
        init_demo(tmp_path / "second", T0, cluster.of(store.engine.url.database or ""))
    assert not (tmp_path / "second").exists()
    assert check(store) == ()


def test_the_tables_are_made_by_their_owner(cluster: Cluster, tmp_path: Path) -> None:
    name = cluster.database()
    address = cluster.of(name).address
    with pytest.raises(IssueError, match="DATABASE-OWNER"):
        init_demo(tmp_path / "registry", T0, PostgresDatabase(address))
    with pytest.raises(IssueError, match=r"REGISTRY-STORAGE.*(denied|keine Berechtigung)"):
        init_demo(tmp_path / "registry", T0, PostgresDatabase(address, address))
    owner = cluster.of(name).owner
    with pytest.raises(IssueError, match=r"REGISTRY-STORAGE.*could rewrite"):
        init_demo(tmp_path / "registry", T0, PostgresDatabase(owner, owner))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://role:secret@host/register",
        "postgresql://role@host/register?password=secret",
        "postgresql://host/register",
        "postgresql://role@host",
        "mysql://role@host/register",
        "register",
        "",
    ],
)
def test_an_address_that_cannot_be_used_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(CarbonLabelError, match="DATABASE-ADDRESS") as refused:
        PostgresDatabase(address).engine()
    assert "secret" not in str(refused.value)
    for place in (
        PostgresDatabase(address),
        PostgresDatabase("postgresql://a@b/c", address or "x"),
    ):
        with pytest.raises(CarbonLabelError, match="DATABASE-ADDRESS") as refused:
            init_demo(tmp_path / "registry", T0, place)
        assert "secret" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ADDRESS).write_text(
        json.dumps({"schema": "carbonlabel-database/1", "address": address})
    )
    with pytest.raises(IssueError, match="DATABASE-ADDRESS"):
        open_store(tmp_path)


@pytest.mark.parametrize("content", ["", "{}", '{"schema": "x", "address": "y"}', "[]"])
def test_a_broken_address_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / ADDRESS).write_text(content)
    with pytest.raises(IssueError, match="DATABASE-ADDRESS"):
        open_store(tmp_path)


def test_without_the_driver_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(IssueError, match=r"DATABASE-DRIVER.*carbonlabel\[postgresql\]"):
        PostgresDatabase("postgresql://role@host/register").engine()


def test_a_server_that_is_away_is_a_finding(cluster: Cluster, tmp_path: Path) -> None:
    record = {"schema": "carbonlabel-database/1", "address": cluster.of("nowhere").address}
    (tmp_path / ADDRESS).write_text(json.dumps(record))
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        open_store(tmp_path)


def test_the_commands(cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a programme office would go: make, issue, check, list, show, renew the tables."""
    place, database = tmp_path / "register", cluster.of(cluster.database())
    told = ["--database", database.address, "--owner", database.owner]
    made = CliRunner().invoke(app, ["registry", "init", str(place), "--demo", *told])
    assert made.exit_code == 0, made.output
    assert database.owner not in (place / ADDRESS).read_text("utf-8")
    store = open_store(place)
    issue(office(store, clock=now), approved_draft(store, submission(), now()))
    assert register.check_registry(place, "en") == 0
    records.list_records(place, "", "", "zh", as_json=False)
    register.upgrade(place, database.owner, "en")
    assert register.check_registry(place, "zh") == 0
    assert "SAMPLE-1" in capsys.readouterr().out


def test_an_older_database_asks_for_its_owner(
    cluster: Cluster, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(place)
    database = store.engine.url.database or ""
    store.close()
    more = {**postgresql.sql_files(), "0002_notes.sql": "CREATE TABLE notes (x TEXT);"}
    monkeypatch.setattr(postgresql, "sql_files", lambda: more)
    with pytest.raises(IssueError, match=r"DATABASE-OWNER.*registry upgrade"):
        open_store(place)
    register.upgrade(place, cluster.of(database).owner, "en")
    opened = open_store(place)
    assert named(opened) == [("CHECK-SCHEMA", "column notes.x")]
    opened.close()
