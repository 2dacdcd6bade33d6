"""The registry's check looks at what others hold, too: every document and the static copy."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

import labels.issue
from factors.findings import Finding
from labels.cli import register
from labels.keys import Purpose, new_key
from labels.registry.changes import change
from labels.registry.check import check
from labels.registry.publish import base_address, publish
from labels.registry.rekey import Rekey, rotate
from labels.registry.setup import DEMO_NAMES, init_demo
from labels.registry.state import Event
from labels.registry.statuslist import LIFETIME, status_lists
from labels.registry.store import Store, open_store
from labels.render import site
from labels.times import now
from labels.verify.published import published_faults
from labels.verify.stored import stored_faults
from tests.labels.desk_help import T0, Clock, OnePage, demo_store, issued

DAY = dt.timedelta(days=1)
NOW = T0 + 2 * DAY


class World(NamedTuple):
    """A registry and its static copy."""

    registry: Path
    copy: Path


@pytest.fixture(scope="module")
def prototype(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One record in force, one suspended, one withdrawn."""
    root = tmp_path_factory.mktemp("world")
    store = demo_store(root / "registry")
    key = store.key(Purpose.APPROVAL)
    for number in range(3):
        issued(store, f"EX-{number}", renderer=OnePage())
    change(store, "SAMPLE-2", Event.SUSPEND, "data-doubted", key, T0 + DAY)
    change(store, "SAMPLE-3", Event.REVOKE, "data-wrong", key, T0 + DAY)
    publish(store, root / "copy", site, NOW)
    store.close()
    return World(root / "registry", root / "copy")


@pytest.fixture
def world(prototype: World, tmp_path: Path) -> World:
    shutil.copytree(prototype.registry, tmp_path / "registry")
    shutil.copytree(prototype.copy, tmp_path / "copy")
    return World(tmp_path / "registry", tmp_path / "copy")


@pytest.fixture
def store(world: World) -> Store:
    return open_store(world.registry)


def compared(store: Store, copy: Path, moment: dt.datetime = NOW) -> tuple[Finding, ...]:
    return tuple(published_faults(store, copy, site, moment))


def told(found: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(one.code, str(one.where)) for one in found}


# Documents ----------------------------------------------------------------------------------------


def test_every_document_verifies_with_the_status_the_registry_gives(store: Store) -> None:
    assert list(stored_faults(store, NOW)) == []
    assert list(stored_faults(store, T0)) == []  # as of then, all three in force


def test_a_document_that_was_never_sealed_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashes and log agree on it, so the rest of the check has nothing to say."""
    monkeypatch.setattr(labels.issue, "seal", lambda pdf, key: pdf)
    issued(store, "EX-NEW", renderer=OnePage(), clock=Clock(NOW))
    assert check(store) == ()
    (found,) = stored_faults(store, NOW)
    assert (found.code, str(found.where)) == ("CHECK-CERTIFICATE", "SAMPLE-4")


def test_a_document_of_another_record_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A desk that mixes up two files seals, logs and stores the wrong one."""
    first = issued(store, "EX-0", renderer=OnePage()).files["public/label.pdf"]
    monkeypatch.setattr(labels.issue, "seal", lambda pdf, key: first)
    issued(store, "EX-NEW", renderer=OnePage(), clock=Clock(NOW))
    assert check(store) == ()
    (found,) = stored_faults(store, NOW)
    assert "serial" in found.render("en")


def test_of_a_damaged_log_that_is_said(store: Store) -> None:
    with store.engine.connect() as raw:
        raw.exec_driver_sql("DROP TRIGGER leaves_update")
        raw.exec_driver_sql("UPDATE leaves SET data = x'7b7d' WHERE position = 0")
        raw.exec_driver_sql("COMMIT")
    assert [one.code for one in stored_faults(store, NOW)] == ["LOG-DAMAGED"]


# The static copy ----------------------------------------------------------------------------------


def test_a_copy_nobody_touched_is_what_the_registry_says(store: Store, world: World) -> None:
    assert compared(store, world.copy) == ()


def edited(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def edit(copy: Path) -> None:
        data = (copy / name).read_bytes()
        assert old in data
        (copy / name).write_bytes(data.replace(old, new))

    return edit


def put(name: str, data: bytes) -> Callable[[Path], None]:
    def write(copy: Path) -> None:
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_bytes(data)

    return write


SPOILT: Mapping[str, tuple[str, Callable[[Path], object]]] = {
    "status on a page": (
        "SAMPLE-3/en.html",
        edited("SAMPLE-3/en.html", b"<b>Withdrawn</b>", b"<b>In force</b>"),
    ),
    "page removed": ("SAMPLE-3/zh.html", lambda copy: (copy / "SAMPLE-3/zh.html").unlink()),
    "page of nobody": ("SAMPLE-9/index.html", put("SAMPLE-9/index.html", b"<b>In force</b>")),
    "document": ("SAMPLE-1/label.pdf", edited("SAMPLE-1/label.pdf", b"%PDF", b"%pdf")),
    "certificate": ("SAMPLE-1/certificate.json", put("SAMPLE-1/certificate.json", b"{}")),
    "tile": ("tile/0/000.p/8", put("tile/0/000.p/8", b"")),
    "list removed": (
        "status/revocation.jwt",
        lambda copy: (copy / "status/revocation.jwt").unlink(),
    ),
    "list for the other": (
        "status/revocation.jwt",
        lambda copy: shutil.copy(copy / "status/suspension.jwt", copy / "status/revocation.jwt"),
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_was_changed_in_a_copy_is_named(store: Store, world: World, name: str) -> None:
    file, spoil = SPOILT[name]
    spoil(world.copy)
    assert told(compared(store, world.copy)) == {("CHECK-SITE", file)}


def test_a_list_in_which_a_bit_fell_back_is_named(store: Store, world: World) -> None:
    """Signed by the log's own key, made at the same moment, and wrong."""
    key = store.key(Purpose.CHECKPOINT)
    for name, data in status_lists({}, base_address(store), key, NOW).items():
        (world.copy / name).write_bytes(data)
    lists = {("CHECK-SITE", f"status/{name}.jwt") for name in ("revocation", "suspension")}
    assert told(compared(store, world.copy)) == lists


def test_the_log_of_another_registry_is_named(store: Store, world: World, tmp_path: Path) -> None:
    other = init_demo(tmp_path / "other", T0)
    issued(other, renderer=OnePage())
    publish(other, tmp_path / "theirs", site, NOW)
    assert told(compared(store, tmp_path / "theirs")) == {("CHECK-SITE", "entries.jsonl")}
    other.close()


def test_an_unreadable_copy_is_named(store: Store, world: World, tmp_path: Path) -> None:
    assert [one.code for one in compared(store, tmp_path / "nowhere")] == ["REGISTRY-MISSING"]
    (world.copy / "checkpoint").write_bytes(b"")
    assert [one.code for one in compared(store, world.copy)] == ["LOG-DAMAGED"]


def test_a_trust_file_nobody_signed_is_named(store: Store, world: World) -> None:
    edited("trust.json", b'"roles":["preparer"]', b'"roles":["decision"]')(world.copy)
    assert told(compared(store, world.copy)) == {("CHECK-SITE", "trust.json")}


def test_a_copy_made_before_the_newest_entry_is_old_not_wrong(store: Store, world: World) -> None:
    issued(store, "EX-NEW", renderer=OnePage(), clock=Clock(NOW))
    assert told(compared(store, world.copy)) == {("CHECK-SITE-OLD", "entries.jsonl")}
    fresh = new_key(Purpose.SEAL, DEMO_NAMES[Purpose.SEAL], demo=True, now=T0)
    rotate(store, Rekey(fresh), [store.key(Purpose.ROOT)], NOW)
    old = {("CHECK-SITE-OLD", "entries.jsonl"), ("CHECK-SITE-OLD", "trust.json")}
    assert told(compared(store, world.copy)) == old


def test_a_copy_whose_lists_ran_out_is_old(store: Store, world: World) -> None:
    assert compared(store, world.copy, NOW + LIFETIME - DAY) == ()
    assert told(compared(store, world.copy, NOW + LIFETIME)) == {("CHECK-SITE-OLD", "status")}


def test_the_command(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store(world.registry)
    publish(store, world.copy, site, now())
    store.close()
    assert register.check_registry(world.registry, "en", published=world.copy) == register.OK
    said = " ".join(capsys.readouterr().out.split())
    assert "8 log entries" in said and "3 signed documents verified" in said
    assert "byte for byte" in said and "--witness" in said
    (world.copy / "SAMPLE-1/index.html").unlink()
    assert register.check_registry(world.registry, "zh", published=world.copy) == register.NOT_OK
    assert "静态副本" in capsys.readouterr().out
