"""The lock of releases: what has shipped never changes.

``data/releases.toml`` is committed and holds the hashes of every shipped release. A release that
differs from it is refused by the test suite; a correction is a new release whose column
``corrects`` names the row it replaces.

``python -m factors.lock`` adds the hashes of new releases; it never replaces one.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files

from factors.errors import CarbonLabelError, FactorError, FindingsError
from factors.findings import Finding, finding
from factors.store import FactorSet, load

LOCK_FILE = "releases.toml"

_HEAD = (
    "# Hashes of all shipped releases. Written by `python -m factors.lock`; lines are only added.\n"
)


@dataclass(frozen=True, slots=True)
class Locked:
    """Hashes of one release: of its canonical rows and of its source record."""

    sha256: str
    source_sha256: str
    rows: int


Lock = Mapping[str, Locked]


def read_lock(text: str) -> dict[str, Locked]:
    """Return the releases of a lock file.

    Raises
    ------
    FactorError
        FACTOR-LOCK-FILE.
    """
    try:
        return {
            release: Locked(str(item["sha256"]), str(item["source_sha256"]), int(item["rows"]))
            for release, item in tomllib.loads(text).items()
        }
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise FactorError(finding("FACTOR-LOCK-FILE")) from error


def shipped_lock() -> dict[str, Locked]:
    """Return the committed lock.

    Raises
    ------
    FactorError
        FACTOR-LOCK-FILE when it is missing or malformed.
    """
    try:
        text = (files("factors") / "data" / LOCK_FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FactorError(finding("FACTOR-LOCK-FILE")) from error
    return read_lock(text)


def lock_of(factor_set: FactorSet) -> dict[str, Locked]:
    """Return the lock that the shipped releases of a factor set ask for."""
    return {
        release.id: Locked(release.sha256, release.source_sha256, release.rows)
        for release in factor_set.releases
        if release.source.redistributable
    }


def verify(factor_set: FactorSet, lock: Lock) -> tuple[Finding, ...]:
    """Return what differs between the shipped releases and a lock: changed, missing or gone."""
    now = lock_of(factor_set)
    found: list[Finding] = []
    for release in sorted({*now, *lock}):
        if release not in lock:
            found.append(finding("FACTOR-LOCK-MISSING", release=release))
        elif release not in now:
            found.append(finding("FACTOR-LOCK-GONE", release=release))
        elif now[release] != lock[release]:
            found.append(_changed(release, now[release].sha256, lock[release].sha256))
    return tuple(found)


def render_lock(lock: Lock) -> str:
    """Return the text of a lock file."""
    tables = [
        f'["{release}"]\nsha256 = "{item.sha256}"\n'
        f'source_sha256 = "{item.source_sha256}"\nrows = {item.rows}\n'
        for release, item in sorted(lock.items())
    ]
    return "\n".join([_HEAD, *tables])


def _changed(release: str, sha256: str, locked: str) -> Finding:
    return finding("FACTOR-LOCK-CHANGED", release=release, sha256=sha256, locked=locked)


def extend(lock: Lock, factor_set: FactorSet) -> dict[str, Locked]:
    """Return a lock with the hashes of new releases added.

    Raises
    ------
    FindingsError
        When a locked release changed or is gone: a lock never forgets.
    """
    wrong = [item for item in verify(factor_set, lock) if item.code != "FACTOR-LOCK-MISSING"]
    if wrong:
        raise FindingsError.of(wrong)
    return {**lock_of(factor_set), **lock}


def main(arguments: Sequence[str] | None = None) -> int:
    """Add the hashes of new releases to the committed lock; 1 when that is refused."""
    argparse.ArgumentParser("factors.lock", description=main.__doc__).parse_args(arguments)
    with as_file(files("factors") / "data") as folder:
        try:
            text = render_lock(extend(shipped_lock(), load()))
            (folder / LOCK_FILE).write_text(text, encoding="utf-8")
        except CarbonLabelError as refused:
            sys.stdout.write("".join(f"{item.render('en')}\n" for item in refused.findings))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
