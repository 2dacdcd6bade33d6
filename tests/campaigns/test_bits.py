"""One bit of a registry changed, or an old copy put back: the check names it, nothing is signed.

A bit flips anywhere in the files, or in a value of a table (then the indexes follow it, as when
somebody edits a row). What the check lets pass must not differ from what was stored; what is issued
afterwards must be what would have been issued anyway, under the log as it was.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from factors.errors import CarbonLabelError, IssueError
from labels.issue import Issued, issue
from labels.keys import Purpose
from labels.merkle import leaf_hash, merkle_root
from labels.registry import log
from labels.registry.changes import change
from labels.registry.check import check
from labels.registry.desk import approve
from labels.registry.log import all_leaves, last_note
from labels.registry.note import open_note
from labels.registry.overview import overview
from labels.registry.publish import publish
from labels.registry.state import REASONS, Event
from labels.registry.store import DATABASE, DOCUMENTS, TRUST, Store, open_store
from labels.registry.succession import Succession
from labels.render import site
from labels.trust import TrustFile
from tests.campaigns.memory import in_memory
from tests.evidence import campaign
from tests.labels.desk_help import (
    T0,
    OnePage,
    approved_draft,
    demo_store,
    issued,
    office,
    submission,
)

Cells = Mapping[str, frozenset[tuple[Any, ...]]]
Content = tuple[Cells, Mapping[str, bytes]]

#: Columns the check has nothing to compare with. Nothing signed rests on them; of what is handed
#: out, the name of the workbook's file, the language of a record made again, the row of a file that
#: is no PDF.
UNSEEN: Mapping[str, frozenset[str]] = {
    "checkpoints": frozenset({"time"}),
    "drafts": frozenset({"time", "workbook_name"}),
    "files": frozenset({"serial", "name", "size"}),
    "reservations": frozenset({"request", "lang"}),
    "schema_files": frozenset({"sha256"}),
    "trust": frozenset({"version", "time"}),
}


@dataclass(frozen=True, slots=True)
class Whole:
    """A registry nobody touched, with a draft ready to be issued.

    Attributes
    ----------
    place
        Its folder.
    draft
        The draft.
    old
        Former copies, with fewer leaves each.
    witness
        Its newest checkpoint, kept elsewhere.
    leaves
        Its log.
    trust
        Its trust file.
    held
        All that it holds.
    """

    place: Path
    draft: str
    old: tuple[Path, ...]
    witness: str
    leaves: tuple[bytes, ...]
    trust: TrustFile
    held: Content | None


@pytest.fixture(scope="module")
def whole() -> Iterator[Whole]:
    """Two records in force, one suspended, one withdrawn, and a draft ready to be issued."""
    with in_memory() as folder:
        yield made_whole(folder)


def made_whole(folder: Path) -> Whole:
    store = demo_store(folder / "registry")
    draft, old = approved_draft(store, submission("EX-NEXT")), []
    for number, event in enumerate(("", "", Event.SUSPEND, Event.REVOKE)):
        if number:
            store.close()
            old.append(shutil.copytree(store.location, folder / f"old-{number}"))
        serial = issued(store, f"EX-{number}", renderer=OnePage()).serial
        if event:
            key = store.key(Purpose.APPROVAL)
            change(store, serial, Event(event), REASONS[Event(event)][0], key, T0)
    with store.read() as tx:
        note, leaves = last_note(tx), all_leaves(tx)
    trust = store.trust
    store.close()
    held = content(store.location)
    return Whole(store.location, draft, tuple(old), note or "", leaves, trust, held)


# A change -----------------------------------------------------------------------------------------


def flipped(data: bytes, bit: int) -> bytes:
    spoilt = bytearray(data)
    spoilt[bit // 8] ^= 1 << bit % 8
    return bytes(spoilt)


def flip_file(place: Path, draw: random.Random) -> str:
    """Flip a bit of any file that holds what was stored, most often of the database."""
    files = [place / DATABASE] * 8 + [place / TRUST, *sorted((place / DOCUMENTS).iterdir())]
    path = draw.choice(files)
    bit = draw.randrange(8 * path.stat().st_size)
    path.write_bytes(flipped(path.read_bytes(), bit))
    return f"{path.name}: byte {bit // 8}, bit {bit % 8}"


def flip_value(place: Path, draw: random.Random) -> str:
    """Flip a bit of a value in the database; the triggers are the same afterwards."""
    with closing(sqlite3.connect(place / DATABASE, isolation_level=None)) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        triggers = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        told = _flip_value(database, draw)
        for _, sql in triggers:
            database.execute(sql)
    return told


def _flip_value(database: sqlite3.Connection, draw: random.Random) -> str:
    table = draw.choice([name for name, rows in cells(database).items() if rows])
    while True:  # another one where the value is empty or the column's rule refuses
        column = draw.choice(columns(database, table))
        rows = database.execute(f"SELECT rowid, {column} FROM {table}").fetchall()
        row, value = draw.choice(rows)
        if value is None or value in ("", b""):
            continue
        try:
            database.execute(
                f"UPDATE {table} SET {column} = {spoilt(value, draw)} WHERE rowid = ?", (row,)
            )
        except sqlite3.IntegrityError:
            continue
        return f"{table}.{column}, row {row}"


def spoilt(value: Any, draw: random.Random) -> str:
    """A value with a bit flipped, as SQL spells it."""
    if isinstance(value, int):
        return str(value ^ 1 << draw.randrange(17))
    data = value.encode() if isinstance(value, str) else value
    literal = f"x'{flipped(data, draw.randrange(8 * len(data))).hex()}'"
    return f"CAST({literal} AS TEXT)" if isinstance(value, str) else literal


def cells(database: sqlite3.Connection) -> Cells:
    """Every row of every table; texts as bytes, for a flipped bit makes no text."""
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    asked = {name: seen for (name,) in tables if (seen := ", ".join(columns(database, name)))}
    database.text_factory = bytes
    found = {
        name: frozenset(database.execute(f"SELECT {seen} FROM {name}"))
        for name, seen in asked.items()
    }
    database.text_factory = str
    return found


def columns(database: sqlite3.Connection, table: str) -> list[str]:
    """The columns of a table that the check answers for."""
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    return [name for name in names if name not in UNSEEN.get(table, ())]


def content(place: Path) -> Content | None:
    """All that a registry holds, whatever its pages look like; None when it cannot be read."""
    files = [place / TRUST, *(place / DOCUMENTS).iterdir()]
    try:
        with closing(sqlite3.connect(place / DATABASE)) as database:
            rows = cells(database)
    except (sqlite3.Error, UnicodeError):
        return None
    return rows, {path.name: path.read_bytes() for path in files}


# What came of it ----------------------------------------------------------------------------------


Check = Callable[[Store], object]


def named(place: Path, look: Check = check) -> bool:
    """Whether the registry cannot be opened, or its check says something."""
    try:
        store = open_store(place)
    except CarbonLabelError:
        return True
    try:
        return bool(look(store))
    except CarbonLabelError:
        return True
    finally:
        store.close()


def issued_after(whole: Whole, place: Path) -> Issued | None:
    """Issue the draft in a registry with a flipped bit; None when that is refused."""
    try:
        store = open_store(place)
    except CarbonLabelError:
        return None
    try:
        return issue(office(store, renderer=OnePage()), whole.draft)
    except CarbonLabelError:
        return None
    finally:
        store.close()


def signed_over(whole: Whole, place: Path) -> bool:
    """Whether a checkpoint was signed that does not continue the log as it was."""
    with closing(sqlite3.connect(place / DATABASE)) as database:
        rows = database.execute(
            "SELECT size, note FROM checkpoints WHERE size > ?", (len(whole.leaves),)
        ).fetchall()
        added = [
            row[0]
            for row in database.execute(
                "SELECT data FROM leaves WHERE position >= ? ORDER BY position",
                (len(whole.leaves),),
            )
        ]
    hashes = [leaf_hash(data) for data in (*whole.leaves, *added)]
    return any(
        open_note(note, whole.trust).root != merkle_root(hashes[:size]) for size, note in rows
    )


def faults(whole: Whole, place: Path, expected: Issued) -> list[str]:
    """What went wrong in a registry with a flipped bit: a change unnamed, a wrong one signed."""
    found = []
    if not named(place) and content(place) != whole.held:
        found.append("not named")
    record = issued_after(whole, place)
    if record is not None and stable(record) != stable(expected):
        found.append("another record issued")
    if record is not None and signed_over(whole, place):
        found.append("signed over it")
    return found


def stable(record: Issued) -> Mapping[str, bytes]:
    """What is handed out of a record apart from pages, whose seals are new each time."""
    lasting = ("certificate.json", "disclosures.json", "system.json", "footprint.json", ".xlsx")
    return {
        end: data for name, data in record.files.items() for end in lasting if name.endswith(end)
    }


@pytest.fixture(scope="module")
def expected(whole: Whole, tmp_path_factory: pytest.TempPathFactory) -> Issued:
    """What issuing the draft gives where nothing was changed."""
    place = shutil.copytree(whole.place, tmp_path_factory.mktemp("expected") / "registry")
    record = issued_after(whole, place)
    assert record is not None and not signed_over(whole, place)
    return record


def changed(whole: Whole, folder: Path, seed: int) -> tuple[Path, str]:
    """A copy of the registry with one bit flipped."""
    draw = random.Random(f"bits {seed}")
    place = shutil.copytree(whole.place, folder / str(seed))
    return place, draw.choice((flip_file, flip_value))(place, draw)


# Tests --------------------------------------------------------------------------------------------


def test_nobody_is_accused_where_nothing_was_changed(whole: Whole, expected: Issued) -> None:
    assert not named(whole.place)
    assert len(stable(expected)) == 5


def test_a_flipped_bit_is_named_and_nothing_is_signed_over_it(
    whole: Whole, expected: Issued, memory: Path
) -> None:
    for seed in range(10):
        place, told = changed(whole, memory, seed)
        assert faults(whole, place, expected) == [], (seed, told)


DRAFT = ("body", "footprint", "system", "workbook", "disclosures")


@pytest.mark.parametrize("part", DRAFT)
def test_a_draft_that_changed_after_approval_is_named_and_not_issued(
    whole: Whole, memory: Path, part: str
) -> None:
    place = shutil.copytree(whole.place, memory / "registry")
    table = "bodies" if part in ("body", "disclosures") else "drafts"
    with closing(sqlite3.connect(place / DATABASE, isolation_level=None)) as database:
        database.execute(f"DROP TRIGGER {table}_update")
        (data,) = database.execute(
            f"SELECT {part} FROM {table} WHERE draft = ?", (whole.draft,)
        ).fetchone()
        spoilt_data = flipped(data, 4 * len(data))
        database.execute(
            f"UPDATE {table} SET {part} = ? WHERE draft = ?", (spoilt_data, whole.draft)
        )
    store = open_store(place)
    assert "CHECK-BODY" in {found.code for found in check(store)}
    with pytest.raises(IssueError):
        issue(office(store), whole.draft)
    with store.read() as tx:
        assert all_leaves(tx) == whole.leaves


def test_a_body_that_cannot_be_read_is_refused_wherever_it_is_needed(
    whole: Whole, memory: Path
) -> None:
    """Nobody sees a traceback, nobody signs it: drafts, records, their list."""
    place = shutil.copytree(whole.place, memory / "registry")
    with closing(sqlite3.connect(place / DATABASE, isolation_level=None)) as database:
        database.execute("DROP TRIGGER bodies_update")
        database.execute("UPDATE bodies SET body = x'7b'")
    store = open_store(place)
    key = store.key(Purpose.APPROVAL)
    succession = Succession("SAMPLE-1", REASONS[Event.SUPERSEDE][1], key)
    for ask in (
        lambda: issue(office(store), whole.draft),
        lambda: approve(store, whole.draft, "preparer", key, T0),
        lambda: issue(office(store), approved_draft(store), succession=succession),
        lambda: overview(store, T0),
        lambda: publish(store, memory / "copy", site, T0),
    ):
        with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
            ask()
    assert {found.code for found in check(store)} >= {"CHECK-BODY"}
    store.close()


@pytest.mark.parametrize("spoilt_record", [b"{", b'{"payload":1}', b'{"qayload":{}}', b"\xff"])
def test_an_approval_that_cannot_be_read_is_refused(
    whole: Whole, memory: Path, spoilt_record: bytes
) -> None:
    place = shutil.copytree(whole.place, memory / "registry")
    with closing(sqlite3.connect(place / DATABASE, isolation_level=None)) as database:
        database.execute("DROP TRIGGER approvals_update")
        database.execute("UPDATE approvals SET record = ?", (spoilt_record,))
    store = open_store(place)
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        issue(office(store), whole.draft)
    assert {found.code for found in check(store)} >= {"CHECK-APPROVAL"}
    store.close()


def test_a_log_whose_kinds_contradict_the_table_is_refused(whole: Whole, memory: Path) -> None:
    place = shutil.copytree(whole.place, memory / "registry")
    with closing(sqlite3.connect(place / DATABASE, isolation_level=None)) as database:
        database.execute("DROP TRIGGER leaves_update")
        database.execute("UPDATE leaves SET kind = 'void ' WHERE serial = 'SAMPLE-1'")
    store = open_store(place)
    with pytest.raises(IssueError, match="LOG-DAMAGED"):
        change(store, "SAMPLE-1", Event.SUSPEND, "data-doubted", store.key(Purpose.APPROVAL), T0)
    store.close()


def test_an_old_copy_is_named_by_a_witness(whole: Whole, memory: Path) -> None:
    """Control: without the witness nothing about an old copy is wrong."""
    for old in whole.old:
        assert not named(old)
        assert named(old, lambda store: check(store, whole.witness))
        mixed = shutil.copytree(whole.place, memory / old.name)
        shutil.rmtree(mixed / DOCUMENTS)
        shutil.copytree(old / DOCUMENTS, mixed / DOCUMENTS)
        assert named(mixed)


def only_the_database_s_own(store: Store) -> object:
    """Control: a check that asks the database alone."""
    with store.read() as tx:
        return tx.exec_driver_sql("PRAGMA integrity_check").scalar_one() != "ok"


def test_the_control_a_check_of_pages_alone_lets_changes_pass(whole: Whole, memory: Path) -> None:
    missed = 0
    for seed in range(10):
        place, _ = changed(whole, memory, seed)
        missed += not named(place, only_the_database_s_own) and content(place) != whole.held
    assert missed > 0


def test_the_control_a_log_that_believes_its_rows_signs_over_a_flipped_bit(
    whole: Whole, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = shutil.copytree(whole.place, memory / "registry")
    with closing(sqlite3.connect(place / DATABASE, isolation_level=None)) as database:
        database.execute("DROP TRIGGER checkpoints_update")
        size, peaks = database.execute(
            "SELECT size, peaks FROM checkpoints ORDER BY size DESC LIMIT 1"
        ).fetchone()
        database.execute(
            "UPDATE checkpoints SET peaks = ? WHERE size = ?", (flipped(peaks, 3), size)
        )
    assert issued_after(whole, place) is None
    assert not signed_over(whole, place)
    wrong = flipped(peaks, 3)
    believed = tuple(wrong[place : place + 32] for place in range(0, len(wrong), 32))
    monkeypatch.setattr(log, "_trusted_peaks", lambda tx, trust: (size, believed))
    issued_after(whole, place)
    assert signed_over(whole, place)


@pytest.mark.deep("bits")
def test_flipped_bits_in_depth(whole: Whole, expected: Issued, memory: Path) -> None:
    with campaign("bits") as run:
        for seed in run.seeds():
            place, told = changed(whole, memory, seed)
            assert faults(whole, place, expected) == [], (seed, told)
            run.count("flips")
            run.count("unnamed_by_the_database", not named(place, only_the_database_s_own))
            shutil.rmtree(place)
        assert run.counters["unnamed_by_the_database"]  # the control
