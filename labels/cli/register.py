"""The commands ``registry``: create, check, change, replace keys, back up, publish."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.cli.files import read_file, write_whole
from labels.cli.issuing import tell_issued
from labels.cli.keyring import open_key, passphrase
from labels.cli.records import tell_state
from labels.cli.show import console, findings_table
from labels.issue import Issued, Office, issue
from labels.keys import Purpose, SigningKey, new_key
from labels.printing import PrintRoom
from labels.registry.backup import backup, restore
from labels.registry.changes import change
from labels.registry.check import check
from labels.registry.endedkeys import ended_key_faults
from labels.registry.export import view_of
from labels.registry.postgresql import PostgresDatabase
from labels.registry.publish import publish
from labels.registry.rekey import Rekey, rotate
from labels.registry.setup import DEMO_NAMES, init_demo, init_issuer
from labels.registry.state import NAME_CORRECTED, Event
from labels.registry.store import KEYS, Store, open_store
from labels.registry.store import upgrade as store_upgrade
from labels.registry.succession import Succession
from labels.registry.witness import refuse_rollback
from labels.render import site
from labels.times import now, parse_utc
from labels.verify.published import published_faults
from labels.verify.stored import stored_faults

OK, NOT_OK = 0, 1


def init(
    location: Path,
    profile: Path | None,
    lang: Lang,
    server: tuple[str, str] = ("", ""),
    *,
    demo: bool,
) -> None:
    """Create a registry: a demo with its own keys, or one for an issuer.

    ``server`` holds the addresses of a PostgreSQL database for the issuer's and the owner's role.
    """
    if demo == (profile is not None):
        raise FindingsError(finding("CLI-REGISTRY-KIND", Where(file=str(location))))
    if location.is_file():
        raise FindingsError(finding("CLI-FOLDER-FILE", Where(file=str(location))))
    place = PostgresDatabase(*server) if server[0] else None
    if profile is None:
        store = init_demo(location, now(), place)
    else:
        store = init_issuer(location, profile, now(), place)
    store.close()
    key = "cli.registry_demo" if demo else "cli.registry_made"
    console(err=True).print(text(key, lang, path=location))


def upgrade(location: Path, owner: str, lang: Lang) -> None:
    """Let the owner's role make the tables that came with a newer version."""
    store_upgrade(location, owner)
    console(err=True).print(text("registry.upgraded", lang, path=location))


def check_registry(
    location: Path, lang: Lang, witness: Path | None = None, published: Path | None = None
) -> int:
    """Check everything a registry holds: recomputed, and as a stranger verifies it.

    It must still contain a checkpoint kept elsewhere, and be what its static copy says.
    """
    store, moment = open_store(location), now()
    note = None if witness is None else read_file(witness).decode("utf-8", "replace")
    found = (*check(store, note, moment), *stored_faults(store, moment))
    if published is not None:
        found += tuple(published_faults(store, published, site, moment))
    findings_table(found, lang)
    if not found:
        _tell_sound(store, witness, published, lang)
    return NOT_OK if any(one.blocks for one in found) else OK


def _tell_sound(store: Store, witness: Path | None, published: Path | None, lang: Lang) -> None:
    """Say what was found in order, and what was not looked at."""
    log = view_of(store)
    lives = log.lives().values()
    counted = {
        "entries": len(log.leaves),
        "documents": sum(len(life.documents() or ()) for life in lives),
    }
    lines = [text("cli.registry_sound", lang, **counted)]
    compared = "cli.registry_unwitnessed" if witness is None else "cli.registry_sound_witness"
    lines.append(text(compared, lang, path=witness))
    if published is not None:
        lines.append(text("cli.registry_sound_site", lang, path=published))
    for line in lines:
        console().print(line, markup=False)


def write_witness(location: Path, outputs: Sequence[Path], lang: Lang) -> None:
    """Write the newest signed checkpoint to files, to be kept where the registry cannot reach.

    A file that holds an earlier checkpoint is replaced only if the log still contains that one.
    """
    log = view_of(open_store(location))
    if not log.note:
        raise FindingsError(finding("LOG-EMPTY", Where(file=str(location))))
    for output in outputs:
        refuse_rollback(log, output)
    for output in outputs:
        write_whole(output, log.note.encode("utf-8"))
        told = text("registry.witness", lang, path=output, size=len(log.leaves))
        console(err=True).print(told)


def write_backup(location: Path, output: Path, lang: Lang, *, with_keys: bool) -> None:
    """Write a backup; private keys only when asked for, behind a passphrase.

    A backup that stands there is replaced only by one of a log that contains it.
    """
    secret = passphrase(lang, repeat=True) if with_keys else None
    store = open_store(location)
    refuse_rollback(view_of(store), output)
    made = backup(store, output, now(), secret)
    told = {"path": output, "leaves": made.leaves, "documents": made.documents}
    console(err=True).print(text("registry.backed_up", lang, **told))


def restore_backup(
    source: Path,
    location: Path,
    lang: Lang,
    witness: Path | None = None,
    server: tuple[str, str] = ("", ""),
    *,
    with_keys: bool = False,
) -> None:
    """Make a registry from a backup, unless it is behind a checkpoint kept elsewhere."""
    note = None if witness is None else read_file(witness).decode("utf-8", "replace")
    secret = passphrase(lang) if with_keys else None
    place = PostgresDatabase(*server) if server[0] else None
    made = restore(source, location, note, secret, place)
    told = {"path": location, "leaves": made.leaves, "documents": made.documents}
    console(err=True).print(text("registry.restored", lang, **told))
    if not any((location / KEYS).glob("*.json")):
        findings_table((finding("BACKUP-KEYS", Where(file=str(location / KEYS))),), lang, err=True)
    if note is None:
        findings_table((finding("RESTORE-UNWITNESSED", Where(file=str(source))),), lang, err=True)


def change_record(
    location: Path, serial: str, event: Event, reason: str, key: Path | None, lang: Lang
) -> None:
    """Suspend, resume or revoke a record on the order of an entitled person."""
    store = open_store(location)
    state = change(store, serial, event, reason, _person(store, key, lang), now())
    tell_state(serial, state, lang)
    _tell_to_publish(lang)


def _tell_to_publish(lang: Lang) -> None:
    """A change reaches who scans the label with the next static copy, not before."""
    console(err=True).print(text("registry.publish_next", lang))


def supersede(
    location: Path,
    serial: str,
    draft: str,
    reason: str,
    keys: tuple[Path | None, Path | None],
    out: Path,
    pages: str,
    lang: Lang,
    *,
    same_footprint: bool,
) -> Issued:
    """Issue a draft in a record's place; ``keys`` are the person's and the seal's."""
    store = open_store(location)
    person = _person(store, keys[0], lang)
    seal = None if keys[1] is None else open_key(keys[1], lang, Purpose.SEAL)
    chosen = NAME_CORRECTED if same_footprint else reason
    with PrintRoom() as room:
        issued = issue(
            Office(store, room, seal),
            draft,
            pages,
            out,
            succession=Succession(serial, chosen, person),
        )
    tell_issued(issued, out, lang)
    tell_state(serial, view_of(store).status(serial, now(), store.issuer.time_zone), lang)
    _tell_to_publish(lang)
    return issued


def rotate_key(
    location: Path,
    purpose: str,
    fresh: Path | None,
    roots: list[Path],
    cause: str,
    old: str,
    since: str,
    lang: Lang,
) -> None:
    """Let a new key take an old one's place; the step is signed by root keys."""
    store = open_store(location)
    key = _fresh(store, purpose, fresh, lang)
    signers = [open_key(path, lang, Purpose.ROOT) for path in roots]
    if not signers and store.issuer.demo:
        signers = [store.key(Purpose.ROOT)]
    moment = _moment(since) if since else None
    version = rotate(store, Rekey(key, cause, old, moment), signers, now())
    console().print(text("registry.rotated", lang, version=version))
    with store.read() as tx:
        hit = tuple(ended_key_faults(tx, store.issuer, store.trust, now()))
    findings_table(hit, lang, err=True)


def export_site(location: Path, output: Path, lang: Lang) -> None:
    """Write the static copy: pages, log, status lists, trust files.

    An earlier copy is renewed only if the log still contains what that one says.
    """
    store = open_store(location)
    refuse_rollback(view_of(store), output)
    count = publish(store, output, site, now())
    console(err=True).print(text("registry.exported", lang, path=output, count=count))


def _person(store: Store, key: Path | None, lang: Lang) -> SigningKey:
    """Return the key of the person who decides; a demo registry has its own."""
    if key is None:
        return store.key(Purpose.APPROVAL)
    return open_key(key, lang, Purpose.APPROVAL)


def _fresh(store: Store, purpose: str, path: Path | None, lang: Lang) -> SigningKey:
    """Return the key to put in; a demo registry makes one."""
    if purpose not in list(Purpose):
        known = ", ".join(Purpose)
        raise FindingsError(finding("CLI-PURPOSE", Where(), purpose=purpose, known=known))
    if path is None and store.issuer.demo:
        return new_key(Purpose(purpose), DEMO_NAMES[Purpose(purpose)], demo=True, now=now())
    if path is None:
        command = "carbonlabel registry rotate-key"
        raise FindingsError(finding("CLI-ARGUMENT", wanted="--new-key", command=command))
    return open_key(path, lang, Purpose(purpose))


def _moment(told: str) -> dt.datetime:
    try:
        return parse_utc(told)
    except ValueError:
        raise FindingsError(finding("TIME-WRONG", Where(), time=told)) from None
