"""The programme's folder as it is found: hostile names, links and sizes are named, never followed.

::

    programme.toml
    export-groups.toml                      the city's export groups in their order, if there
    enterprises/<slug>/enterprise.toml      the application
    enterprises/<slug>/*.xlsx, *.json       what it handed in, a file per product and site
    cases/<slug>/<any>/                     verification files
    work/                                   made by ``programme run``; may be deleted at any time
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from factors.errors import CarbonLabelError, FindingsError
from factors.findings import Finding, Where, finding
from factors.texts import LANGS, text
from labels.plainfile import plain_file
from labels.programme.ranking import RANKING, Ranking, ranking, shipped
from labels.programme.settings import (
    FORM,
    PROGRAMME,
    Application,
    Settings,
    application,
    settings,
)
from lca.document import SLUG

ENTERPRISES, CASES, WORK = "enterprises", "cases", "work"
TAKEN = (".xlsx", ".json")
MOST_ENTERPRISES, MOST_FILES = 2_000, 200
LARGEST, LONGEST_NAME = 20 * 1024 * 1024, 120
OFFICE_LOCK = "~$"
"""Excel's own note that somebody has a workbook open."""
KINDS: Mapping[int, str] = {
    stat.S_IFLNK: "link",
    stat.S_IFDIR: "folder",
    stat.S_IFIFO: "pipe",
    stat.S_IFSOCK: "socket",
}
"""What an entry may be instead of a file, by the system's number for it; the rest are devices."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that an enterprise handed in: where it lies, and its name."""

    enterprise: str
    path: Path

    @property
    def name(self) -> str:
        """Its name, safe to print."""
        return self.path.name

    def read(self) -> bytes:
        """Return its bytes; never through a link, never more than a workbook can sensibly hold.

        Raises
        ------
        FindingsError
            PROGRAMME-FILE, when it is not (any more) a plain file of a sensible size.
        """
        return plain_bytes(self.path)


@dataclass(frozen=True, slots=True)
class Enterprise:
    """One enterprise: its application, unless that is faulty, and what it handed in."""

    slug: str
    application: Application | None
    files: tuple[Handed, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """A programme as it was found.

    Attributes
    ----------
    ranking
        The export groups.
    findings
        What was not taken, and why.
    """

    root: Path
    settings: Settings
    ranking: Ranking
    enterprises: tuple[Enterprise, ...]
    findings: tuple[Finding, ...]

    @property
    def files(self) -> tuple[Handed, ...]:
        """All files, enterprise by enterprise, by name."""
        return tuple(file for one in self.enterprises for file in one.files)


def folder(root: Path) -> Folder:
    """Look at a programme's folder.

    Raises
    ------
    FindingsError, ModelError
        PROGRAMME-FOLDER, when there is no programme; everything that is wrong with its settings.
    """
    if not (root / PROGRAMME).is_file():
        raise FindingsError(finding("PROGRAMME-FOLDER", Where(file=str(root))))
    made = settings(plain_bytes(root / PROGRAMME))
    ranked = ranking_of(root)
    log: list[Finding] = []
    places = _entries(root / ENTERPRISES, MOST_ENTERPRISES, log)
    several = tuple(_once((_enterprise(place, ranked, log) for place in places), log))
    return Folder(root, made, ranked, several, tuple(dict.fromkeys(log)))


def twice(where: Where, code: str, other: str) -> Finding:
    """Return that a folder is of an enterprise that has another one."""
    return finding("PROGRAMME-TWICE", where, code=code, other=other)


def _once(several: Iterable[Enterprise | None], log: list[Finding]) -> Iterator[Enterprise]:
    """Yield enterprises; one in two folders would count twice, for the goal and among few firms."""
    seen: dict[str, str] = {}
    for one in several:
        if one is None:
            continue
        code = one.application.code if one.application else one.slug
        if (other := seen.setdefault(code, one.slug)) == one.slug:
            yield one
        else:
            log.append(twice(Where(file=_shown(one.slug, FORM)), code, other))


def ranking_of(root: Path) -> Ranking:
    """Return the export groups that the office wrote down, else the shipped ones.

    Raises
    ------
    FindingsError, ModelError
        Everything that is wrong with what it wrote.
    """
    place = root / RANKING
    return ranking(plain_bytes(place)) if os.path.lexists(place) else shipped()


def plain_bytes(path: Path) -> bytes:
    """Return the bytes of a plain file; the rest as for :meth:`Handed.read`."""
    try:
        with plain_file(path, links=False) as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise _refused(path, _kind(path) or _both(error.strerror or "-")) from None
    if len(data) > LARGEST:
        raise _refused(path, _both(f"> {LARGEST // 1024 // 1024} MiB"))
    return data


def _enterprise(place: os.DirEntry[str], ranked: Ranking, log: list[Finding]) -> Enterprise | None:
    if not SLUG.fullmatch(place.name) or len(place.name) > LONGEST_NAME // 2:
        log.append(finding("PROGRAMME-NAME", Where(path=ENTERPRISES), name=place.name))
        return None
    if not place.is_dir(follow_symlinks=False):
        log.append(_odd(ENTERPRISES, place))
        return None
    files: list[Handed] = []
    form: Application | None = None
    for entry in _entries(Path(place.path), MOST_FILES, log):
        if entry.name == FORM:
            form = _form(place.name, Path(entry.path), ranked, log)
        elif _takes(place.name, entry, log):
            files.append(Handed(place.name, Path(entry.path)))
    if form is None and not any(found.where.file == _shown(place.name, FORM) for found in log):
        log.append(finding("PROGRAMME-FORM", Where(file=_shown(place.name, FORM))))
    return Enterprise(place.name, form, tuple(files))


def _takes(slug: str, entry: os.DirEntry[str], log: list[Finding]) -> bool:
    """Whether an entry was handed in; what is not is named, unless some program left it there."""
    name = entry.name
    if name.startswith((".", OFFICE_LOCK)):
        return False
    if not name.isprintable() or len(name) > LONGEST_NAME or not _encodes(name):
        log.append(finding("PROGRAMME-NAME", Where(path=slug), name=_safe(name)))
        return False
    if not entry.is_file(follow_symlinks=False) or Path(name).suffix.lower() not in TAKEN:
        log.append(_odd(slug, entry))
        return False
    return True


def _form(slug: str, path: Path, ranked: Ranking, log: list[Finding]) -> Application | None:
    try:
        return application(plain_bytes(path), _shown(slug, FORM), ranked.ids)
    except CarbonLabelError as refused:
        log.extend(refused.findings)
        return None


def _entries(place: Path, most: int, log: list[Finding]) -> Iterator[os.DirEntry[str]]:
    """Yield what lies in a folder by name; beyond the limit one finding instead."""
    if place.is_symlink() or not place.is_dir():
        return
    with os.scandir(place) as entries:
        found = list(islice(entries, most + 1))
    if len(found) > most:
        log.append(finding("PROGRAMME-MANY", Where(file=_safe(place.name)), limit=most))
    yield from sorted(found[:most], key=lambda entry: entry.name)


def _odd(place: str, entry: os.DirEntry[str]) -> Finding:
    reason = _kind(Path(entry.path)) or _said("ending")
    return finding("PROGRAMME-FILE", Where(file=_shown(place, entry.name)), **reason)


def _refused(path: Path, reason: Mapping[str, str]) -> FindingsError:
    where = Where(file=_shown(path.parent.name, path.name))
    return FindingsError(finding("PROGRAMME-FILE", where, **reason))


def _kind(path: Path) -> Mapping[str, str]:
    """Say what an entry is that is no plain file; nothing of a file, or of what is gone."""
    try:
        kind = stat.S_IFMT(path.lstat().st_mode)
    except OSError:
        return {}
    return {} if kind == stat.S_IFREG else _said(KINDS.get(kind, "device"))


def _said(odd: str) -> Mapping[str, str]:
    return {f"reason_{lang}": text(f"programme.odd_{odd}", lang) for lang in LANGS}


def _both(reason: str) -> Mapping[str, str]:
    return {f"reason_{lang}": reason for lang in LANGS}


def _shown(slug: str, name: str) -> str:
    return f"{_safe(slug)}/{_safe(name)}"


def _safe(name: str) -> str:
    """Return a name that every terminal, page and encoder takes."""
    shown = "".join(char if char.isprintable() and _encodes(char) else "\N{REPLACEMENT CHARACTER}"
                    for char in name)  # fmt: skip
    return shown[:LONGEST_NAME]


def _encodes(name: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in name)
