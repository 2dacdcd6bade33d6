"""The command ``upgrade``: a timestamp and validation data behind a sealed document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from factors.errors import CarbonLabelError, FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.canonical import parse_object
from labels.cli.files import read_file, write_whole
from labels.cli.show import console, findings_table
from labels.registry.setup import TIMESTAMPS
from labels.registry.store import Store, open_store
from labels.times import now
from labels.timestamp import asking, upgrade
from labels.trust import Authority, TrustFile, parse_trust
from labels.verify import read_document


@dataclass(frozen=True, slots=True)
class Stamping:
    """Whom to ask where."""

    url: str
    authority: Authority


def upgrade_file(
    path: Path,
    output: Path | None,
    stamping: Stamping,
    lists: Iterable[Path],
    lang: Lang,
) -> None:
    """Put a timestamp behind a document; the file is written whole or not at all."""
    revoked = tuple(read_file(each) for each in lists)
    ask = asking(stamping.url)
    made = upgrade(read_document(path), stamping.authority, ask, now(), revoked)
    write_whole(output or path, made)
    console(err=True).print(text("cli.written", lang, path=output or path), markup=False)


def stamping_of(registry: Path | None, url: str, trust: Path | None) -> Stamping:
    """Return whom to ask: as the options say, or as the registry is set up.

    Raises
    ------
    FindingsError
        ``TIMESTAMP-SETTINGS``.
    """
    if registry is not None:
        found = registry_stamping(open_store(registry), registry)
        if found is None:
            raise _settings(f"{registry}/{TIMESTAMPS}")
        return found
    if not url or trust is None:
        raise _settings("--registry, --tsa, --trust")
    return Stamping(url, _authority(parse_trust(read_file(trust))))


def registry_stamping(store: Store, location: Path) -> Stamping | None:
    """Return whom a registry asks; None where it has no timestamp authority."""
    settings = location / TIMESTAMPS
    if not settings.is_file():
        return None
    try:
        url = str(parse_object(read_file(settings))["url"])
    except (ValueError, KeyError) as error:
        raise _settings(TIMESTAMPS) from error
    return Stamping(url, _authority(store.trust))


def stamp_copies(copies: Iterable[Path], stamping: Stamping | None, lang: Lang) -> None:
    """Put timestamps behind the copies that were handed out, if an authority is set up.

    A document without a timestamp is as valid as before; so what goes wrong is told and no more.
    """
    if stamping is None:
        return
    for path in copies:
        try:
            upgrade_file(path, None, stamping, (), lang)
        except CarbonLabelError as refusal:
            findings_table(refusal.findings, lang, err=True)


def _authority(trust: TrustFile) -> Authority:
    """Return the newest authority that is believed now."""
    valid = [one for one in trust.authorities if one.covers(now())]
    if not valid:
        raise _settings("trust.json: timestamp_authorities")
    return max(valid, key=lambda one: one.valid_from)


def _settings(reason: str) -> FindingsError:
    return FindingsError(finding("TIMESTAMP-SETTINGS", Where(), reason=reason))
