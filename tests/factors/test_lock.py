"""What has shipped never changes: the lock sees a changed, a missing and a removed release."""

from __future__ import annotations

import pytest

from factors import lock as lock_module
from factors.errors import FactorError, FindingsError
from factors.lock import (
    Locked,
    extend,
    lock_of,
    read_lock,
    render_lock,
    shipped_lock,
    verify,
)
from factors.rows import COLUMNS
from factors.store import FactorSet, load, load_folder
from tests.factors.rows import SOURCE, cells, release

ANOTHER = {
    "id": "another",
    "place": "EU",
    "valid_from": "2023-01-01",
    "valid_to": "2025-12-31",
    "unit": "t",
    "values": "unspecified.CO2e=2.2",
    "biogenic_treatment": "excluded",
    "co_pollutants": "NOx=1",
    "gwp_set": "AR4-100",
    "boundary": "gate-to-gate",
    "capital_goods": "in",
    "uncertainty": "lognormal gsd=1.3",
    "status": "derived",
    "source_class": "press",
    "use": "benchmark",
}


def read(root, rows, **options) -> FactorSet:
    return load_folder(release(root, rows, **options), shipped=True)


def test_the_shipped_releases_are_those_of_the_committed_lock():
    assert verify(load(), shipped_lock()) == ()


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "corrects"])
def test_any_changed_cell_of_a_locked_release_is_refused(tmp_path, column):
    lock = lock_of(read(tmp_path / "a", [cells()]))
    changed = cells(**{column: ANOTHER.get(column, "another")})
    found = verify(read(tmp_path / "b", [changed]), lock)
    assert [item.code for item in found] == ["FACTOR-LOCK-CHANGED"]


def test_a_changed_licence_of_a_locked_release_is_refused(tmp_path):
    lock = lock_of(read(tmp_path / "a", [cells()]))
    other = read(tmp_path / "b", [cells()], source=SOURCE.replace("CC BY 4.0", "CC0"))
    assert [item.code for item in verify(other, lock)] == ["FACTOR-LOCK-CHANGED"]


def test_new_and_removed_releases_are_seen(tmp_path):
    one = read(tmp_path / "a", [cells()])
    two = read(tmp_path / "b", [cells()], name="example/2")
    assert {item.code: dict(item.params)["release"] for item in verify(two, lock_of(one))} == {
        "FACTOR-LOCK-GONE": "example/1",
        "FACTOR-LOCK-MISSING": "example/2",
    }


def test_a_private_overlay_is_never_locked(tmp_path):
    own = load(release(tmp_path, [cells()]))
    assert verify(own, shipped_lock()) == ()
    assert "example/1" not in lock_of(own)


def test_a_lock_is_read_as_it_was_written():
    lock = {"b/1": Locked("1" * 64, "2" * 64, 3), "a/2.0-x": Locked("4" * 64, "5" * 64, 6)}
    assert read_lock(render_lock(lock)) == lock
    assert render_lock(dict(reversed(lock.items()))) == render_lock(lock)
    assert render_lock(shipped_lock()) == render_lock(lock_of(load()))


@pytest.mark.parametrize("text", ["= =", "a = 1", '["a/1"]\nsha256 = "x"', '["a/1"]\nrows = "x"'])
def test_a_malformed_lock_is_refused(text):
    with pytest.raises(FactorError) as wrong:
        read_lock(text)
    assert wrong.value.findings[0].code == "FACTOR-LOCK-FILE"


def test_a_lock_takes_new_releases_and_never_replaces_one(tmp_path):
    one = read(tmp_path / "a", [cells()])
    lock = extend({}, one)
    release(tmp_path / "a", [cells(id="second")], name="example/2")
    two = load_folder(tmp_path / "a", shipped=True)
    assert set(extend(lock, two)) == {"example/1", "example/2"}
    assert extend(lock, two)["example/1"] == lock["example/1"]
    changed = read(tmp_path / "b", [cells(place="EU")])
    with pytest.raises(FindingsError) as refused:
        extend(lock, changed)
    assert [item.code for item in refused.value.findings] == ["FACTOR-LOCK-CHANGED"]


def test_a_lock_that_is_gone_is_not_begun_anew(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lock_module, "files", lambda _package: tmp_path)
    (tmp_path / "data").mkdir()
    assert lock_module.main([]) == 1
    assert "FACTOR-LOCK-FILE" in capsys.readouterr().out
    assert list((tmp_path / "data").iterdir()) == []
