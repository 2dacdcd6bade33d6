"""Read release folders into one FactorSet.

A release is a folder ``<source>/<release>`` with ``source.toml`` and ``factors.csv``. The shipped
ones stand in ``factors/data``; a private overlay folder of the same form adds values that may not
be passed on. Ids are unique over all releases.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from factors.errors import FactorError, FindingsError
from factors.factor import EmissionFactor, LicenceClass, Source
from factors.findings import Finding, Where, blocking, finding
from factors.rows import COLUMNS, ID, Row, read_row, rows_sha256

SHIPPABLE = frozenset({LicenceClass.OPEN, LicenceClass.OFFICIAL_FACT, LicenceClass.QUOTED_FACT})
QUOTED_LIMIT = 20
"""Most rows of one quoted-fact source that may ship."""

MAX_BYTES = 20_000_000
MAX_ROWS = 100_000

OVERLAY = "CARBONLABEL_OVERLAY"
"""Environment variable that names a private overlay folder."""

_TEXT_KEYS = ("title", "publisher", "year", "licence", "licence_class", "url", "retrieved")


@dataclass(frozen=True, slots=True)
class Release:
    """One immutable release.

    Attributes
    ----------
    id
        ``source/release``.
    sha256
        Hash of its canonical rows.
    source_sha256
        Hash of its source record.
    rows
        Number of rows.
    """

    id: str
    sha256: str
    source_sha256: str
    rows: int
    source: Source


@dataclass(frozen=True, slots=True)
class FactorSet:
    """All factors of the loaded releases.

    Attributes
    ----------
    factors
        Factors by id.
    releases
        Releases, sorted by id.
    """

    factors: Mapping[str, EmissionFactor] = field(repr=False)
    releases: tuple[Release, ...] = field(repr=False)

    def __iter__(self) -> Iterator[EmissionFactor]:
        return iter(self.factors.values())

    def __len__(self) -> int:
        return len(self.factors)

    def __contains__(self, factor_id: object) -> bool:
        return factor_id in self.factors

    def get(self, factor_id: str, where: Where = Where()) -> EmissionFactor:
        """Return the factor of an id or of a full reference ``source/release:id``.

        Raises
        ------
        FactorError
            FACTOR-UNKNOWN, with the closest ids.
        """
        factor = self.factors.get(factor_id.rpartition(":")[2])
        if factor is None or (":" in factor_id and factor.reference != factor_id):
            close = difflib.get_close_matches(factor_id[:80], list(self.factors), n=3, cutoff=0.5)
            shown = ", ".join(close) or "-"
            raise FactorError(finding("FACTOR-UNKNOWN", where, factor=factor_id, close=shown))
        return factor

    def release(self, release_id: str) -> Release:
        """Return the release of an id.

        Raises
        ------
        FactorError
            FACTOR-RELEASE-UNKNOWN.
        """
        for release in self.releases:
            if release.id == release_id:
                return release
        raise FactorError(finding("FACTOR-RELEASE-UNKNOWN", release=release_id))

    def source(self, factor: EmissionFactor) -> Source:
        """Return the publication that a factor was read in."""
        return self.release(factor.release).source

    def successor(self, factor: EmissionFactor) -> EmissionFactor | None:
        """Return the row of a later release that corrects this one, or None."""
        later = [item for item in self if item.corrects == factor.reference]
        return later[0] if later else None

    @property
    def hash(self) -> str:
        """SHA-256 over the ids and hashes of all releases, as hex."""
        named = [[item.id, item.sha256, item.source_sha256] for item in self.releases]
        return hashlib.sha256(json.dumps(sorted(named)).encode()).hexdigest()


def overlay_of(environment: Mapping[str, str]) -> Path | None:
    """Return the overlay folder that an environment names, or None."""
    told = environment.get(OVERLAY, "").strip()
    return Path(told) if told else None


@cache
def _shipped() -> FactorSet:
    return _load([(files("factors") / "data", True)])


def load(overlay: Path | None = None) -> FactorSet:
    """Return the shipped factors, with those of a private overlay folder where one is given.

    Raises
    ------
    FindingsError
        Everything that is wrong with the releases, collected in one pass.
    """
    if overlay is None:
        return _shipped()
    return _load([(files("factors") / "data", True), (overlay, False)])


def load_folder(folder: Path, *, shipped: bool = False) -> FactorSet:
    """Return the factors of one folder of releases alone; ``shipped`` applies the licence rules.

    Raises
    ------
    FindingsError
        Everything that is wrong with the releases.
    """
    return _load([(folder, shipped)])


def _load(roots: Sequence[tuple[Traversable, bool]]) -> FactorSet:
    found: list[Finding] = []
    factors: dict[str, EmissionFactor] = {}
    releases: dict[str, Release] = {}
    for root, shipped in roots:
        for release_id, folder in _folders(root, found):
            release, rows = _read_release(release_id, folder, found, shipped=shipped)
            if release is None or release_id in releases:
                if release is not None:
                    found.append(finding("FACTOR-RELEASE-TWICE", release=release_id))
                continue
            releases[release_id] = release
            for factor in rows:
                if factor.id in factors:
                    other = factors[factor.id].reference
                    found.append(finding("FACTOR-ID-TWICE", factor=factor.id, other=other))
                factors.setdefault(factor.id, factor)
    found.extend(_quoted(releases.values()))
    found.extend(_corrections(factors.values()))
    if blocking(found):
        raise FindingsError.of(blocking(found))
    ordered = tuple(releases[key] for key in sorted(releases))
    return FactorSet(MappingProxyType(dict(sorted(factors.items()))), ordered)


def _folders(root: Traversable, found: list[Finding]) -> list[tuple[str, Traversable]]:
    """Return ``(source/release, folder)`` of every release under a root, sorted.

    A folder that holds ``gwp.csv`` is a release of characterisation factors and not ours.
    """
    if not root.is_dir():
        found.append(finding("FACTOR-FOLDER", Where(file=root.name)))
        return []
    pairs = [
        (f"{source.name}/{release.name}", release)
        for source in _inside(root)
        for release in _inside(source)
        if not (release / "gwp.csv").is_file()
    ]
    for name, _ in pairs:
        if not all(ID.fullmatch(part) for part in name.split("/")):
            found.append(finding("FACTOR-FOLDER", Where(file=name)))
    return sorted(pairs, key=lambda pair: pair[0])


def _inside(folder: Traversable) -> Iterator[Traversable]:
    """Yield the visible folders of a folder."""
    return (entry for entry in folder.iterdir() if entry.is_dir() and entry.name[0] not in "._")


def _read_release(
    release_id: str, folder: Traversable, found: list[Finding], *, shipped: bool
) -> tuple[Release | None, tuple[EmissionFactor, ...]]:
    """Return one release and its factors; None when its files cannot be read at all."""
    source_text = _text(release_id, folder / "source.toml", found)
    rows_text = _text(release_id, folder / "factors.csv", found)
    if source_text is None or rows_text is None:
        return None, ()
    source = _source(release_id, source_text, found, shipped=shipped)
    rows = _rows(release_id, rows_text, found)
    if source is None or rows is None:
        return None, ()
    factors = []
    for line, row in enumerate(rows, start=2):
        where = Where(file=f"{release_id}/factors.csv", path=f"row {line} {row['id'][:80]}")
        factor, wrong = read_row(row, release_id, where, private=not source.redistributable)
        found.extend(wrong)
        factors.append(factor)
    release = Release(release_id, rows_sha256(rows), _sha256_of_source(source), len(rows), source)
    return release, tuple(factors)


def _text(release_id: str, entry: Traversable, found: list[Finding]) -> str | None:
    """Return the text of a file of a release, or None with a finding."""
    where = Where(file=f"{release_id}/{entry.name}")
    try:
        with entry.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            found.append(finding("FACTOR-FILE-SIZE", where, limit=MAX_BYTES))
            return None
        return raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        found.append(finding("FACTOR-FILE", where))
        return None


def _rows(release_id: str, content: str, found: list[Finding]) -> list[Row] | None:
    """Return the rows of a ``factors.csv``, or None with a finding."""
    where = Where(file=f"{release_id}/factors.csv")
    try:
        table = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    except csv.Error:
        found.append(finding("FACTOR-FILE", where))
        return None
    if not table or tuple(table[0]) != COLUMNS or len(table) > MAX_ROWS:
        found.append(finding("FACTOR-COLUMNS", where, columns=", ".join(COLUMNS)))
        return None
    rows: list[Row] = []
    for line, cells in enumerate(table[1:], start=2):
        plain = "".join(cells).isprintable() and cells == list(map(str.strip, cells))
        if len(cells) != len(COLUMNS) or not plain:
            found.append(finding("FACTOR-ROW", where, row=line, count=len(COLUMNS)))
            return None
        rows.append(dict(zip(COLUMNS, cells, strict=True)))
    return rows


def _source(release_id: str, content: str, found: list[Finding], *, shipped: bool) -> Source | None:
    """Return the source record of a release, or None with a finding."""
    where = Where(file=f"{release_id}/source.toml")
    try:
        record = tomllib.loads(content)
        texts = {key: str(record.get(key, "")).strip() for key in _TEXT_KEYS}
        licence_class = LicenceClass(texts.pop("licence_class"))
        date.fromisoformat(texts["retrieved"])
    except (tomllib.TOMLDecodeError, ValueError):
        found.append(finding("FACTOR-SOURCE", where, keys=", ".join(_TEXT_KEYS)))
        return None
    redistributable = record.get("redistributable") is True
    if not all(texts.values()):
        found.append(finding("FACTOR-SOURCE", where, keys=", ".join(_TEXT_KEYS)))
    if shipped and not (redistributable and licence_class in SHIPPABLE):
        found.append(finding("FACTOR-LICENCE", where, licence=licence_class))
    return Source(
        release=release_id,
        licence_class=licence_class,
        redistributable=redistributable and shipped,
        note=str(record.get("note", "")),
        **texts,
    )


def _sha256_of_source(source: Source) -> str:
    record = {name: str(getattr(source, name)) for name in sorted(Source.__slots__)}
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _quoted(releases: Iterable[Release]) -> Iterator[Finding]:
    """Yield sources of which more single facts ship than may be quoted."""
    counts: Counter[str] = Counter()
    for release in releases:
        source = release.source
        if source.licence_class is LicenceClass.QUOTED_FACT and source.redistributable:
            counts[release.id.partition("/")[0]] += release.rows
    for name, count in sorted(counts.items()):
        if count > QUOTED_LIMIT:
            yield finding("FACTOR-QUOTED", source=name, count=count, limit=QUOTED_LIMIT)


def _corrections(factors: Iterable[EmissionFactor]) -> Iterator[Finding]:
    """Yield rows that claim to correct what no other release holds, or what is corrected twice."""
    known = {factor.reference: factor.release for factor in factors}
    seen: set[str] = set()
    for factor in factors:
        if not factor.corrects:
            continue
        if known.get(factor.corrects, factor.release) == factor.release or factor.corrects in seen:
            yield finding("FACTOR-CORRECTS", factor=factor.id, corrects=factor.corrects)
        seen.add(factor.corrects)
