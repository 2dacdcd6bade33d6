"""A process dies anywhere in a rotation: the registry signs afterwards, and no key is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from labels.issue import issue, recover
from labels.keys import Purpose, SigningKey, new_key, read_key
from labels.registry import keyfiles, rekey, store
from labels.registry.backup import backup, restore
from labels.registry.check import check
from labels.registry.keyfiles import key_file
from labels.registry.rekey import Rekey, rotate
from labels.registry.store import KEYS, TRUST, Store, open_store
from labels.trust import TrustFile
from tests.labels.desk_help import (
    T0,
    Clock,
    approved_draft,
    demo_store,
    issued,
    office,
    submission,
)

T1 = T0 + dt.timedelta(days=1)


class Death(BaseException):
    """No error: nothing of the program runs after it."""


def die(*ignored: object) -> None:
    raise Death


def before_the_commit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Store, "renew_trust", die)


def before_the_copy(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(store, "write_durably", die)


def before_the_key_files(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Store, "settle", die)


def between_the_key_files(patch: pytest.MonkeyPatch) -> None:
    """The former key lies beside already, the new one is not in its place."""
    whole = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if path.suffix:
            raise Death
        return whole(path, target)

    patch.setattr(Path, "replace", replace)


DEATHS = (before_the_commit, before_the_copy, before_the_key_files, between_the_key_files)


def died(folder: Path, death: Callable[[pytest.MonkeyPatch], None], purpose: Purpose) -> Store:
    """A registry whose process died while it replaced a key, opened again."""
    made = demo_store(folder)
    issued(made)
    fresh = new_key(purpose, "示例 Example", demo=True, now=T0)
    roots = [made.key(Purpose.ROOT)]
    with pytest.MonkeyPatch.context() as patch:
        death(patch)
        with pytest.raises(Death):
            rotate(made, Rekey(fresh), roots, T1)
    made.close()
    return open_store(folder)


def open_kids(trust: TrustFile, purpose: Purpose) -> list[str]:
    return [key.kid for key in trust.of(purpose) if key.valid_until is None]


def codes(made: Store) -> set[str]:
    return {one.code for one in check(made)}


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("death", DEATHS, ids=lambda death: death.__name__)
def test_a_rotation_that_died_is_named_and_mended(
    tmp_path: Path, death: Callable[[pytest.MonkeyPatch], None], purpose: Purpose
) -> None:
    made = died(tmp_path / "registry", death, purpose)
    committed = death is not before_the_commit
    stale = {"CHECK-TRUST"} if death is before_the_copy else set()
    assert codes(made) == ({"CHECK-KEY"} | stale if committed else set())
    recover(office(made))
    assert check(made, now=T1) == ()
    kept = read_key(key_file(made.location / KEYS, purpose), purpose)
    assert [kept.kid] == open_kids(made.trust, purpose)
    assert len(made.trust.of(purpose)) == 1 + committed
    fresh = new_key(Purpose.SEAL, "示例 Example", demo=True, now=T1)
    assert rotate(made, Rekey(fresh), [made.key(Purpose.ROOT)], T1) == 2 + committed
    draft = approved_draft(made, submission("EX-LATER"), T1)
    assert issue(office(made, clock=Clock(T1)), draft).serial == "SAMPLE-2"
    assert check(made, now=T1) == ()


def test_what_signs_next_mends_it_without_being_asked(tmp_path: Path) -> None:
    made = died(tmp_path / "registry", before_the_key_files, Purpose.CHECKPOINT)
    assert issued(made, "EX-LATER").serial == "SAMPLE-2"
    assert check(made) == ()


def test_the_control_a_key_kept_after_the_commit_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the file beside it nothing can be mended; the check says so for ever."""
    monkeypatch.setattr(rekey, "_keep", lambda store, fresh: None)
    made = died(tmp_path / "registry", before_the_key_files, Purpose.CHECKPOINT)
    recover(office(made))
    assert codes(made) == {"CHECK-KEY"}


def test_former_keys_stay_beside_and_come_back_from_a_backup(tmp_path: Path) -> None:
    made = demo_store(tmp_path / "registry")
    keys = [made.key(Purpose.CHECKPOINT)]
    for _ in range(8):  # an id is base64url: most begin with more than hexadecimal digits
        keys.append(new_key(Purpose.CHECKPOINT, "示例 Example", demo=True, now=T0))
        rotate(made, Rekey(keys[-1]), [made.key(Purpose.ROOT)], T0)
        issued(made, f"EX-{len(keys)}")
    backup(made, tmp_path / "b.zip", T0, b"a passphrase")
    restore(tmp_path / "b.zip", tmp_path / "other", None, b"a passphrase")
    other = open_store(tmp_path / "other")
    assert check(other, now=T0) == ()
    assert other.key(Purpose.CHECKPOINT).kid == keys[-1].kid
    assert kept(other) == {key.kid for key in keys}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (other.location / KEYS).iterdir())


def kept(made: Store) -> set[str]:
    folder = (made.location / KEYS).glob("checkpoint*.json")
    return {read_key(path, Purpose.CHECKPOINT).kid for path in folder}


def test_another_host_s_old_key_is_named(tmp_path: Path) -> None:
    """It has no new key beside it: the file must be brought there."""
    made = demo_store(tmp_path / "registry")
    old: SigningKey = made.key(Purpose.SEAL)
    fresh = new_key(Purpose.SEAL, "示例 Example", demo=True, now=T0)
    rotate(made, Rekey(fresh), [made.key(Purpose.ROOT)], T0)
    assert check(made, now=T0) == ()
    for path in (made.location / KEYS).glob("seal*.json"):
        path.unlink()
    keyfiles.put_beside(made.location / KEYS, old)
    (beside,) = (made.location / KEYS).glob("seal-*.json")
    beside.rename(key_file(made.location / KEYS, Purpose.SEAL))
    assert {one.code for one in check(made, now=T0)} == {"CHECK-KEY"}


def test_an_unlisted_or_broken_key_in_the_place_is_named_and_left(tmp_path: Path) -> None:
    made = demo_store(tmp_path / "registry")
    place = key_file(made.location / KEYS, Purpose.SEAL)
    place.write_bytes(b"{")
    made.settle()
    assert codes(made) == {"CHECK-KEY"}
    assert place.read_bytes() == b"{"
    assert (made.location / TRUST).read_bytes() == made.trust.to_bytes()
