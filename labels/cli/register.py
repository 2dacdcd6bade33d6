"""The commands ``registry``: create, check, show."""

from __future__ import annotations

from pathlib import Path

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.cli.show import console, findings_table, plain
from labels.registry.check import check
from labels.registry.export import view_of
from labels.registry.setup import init_demo, init_issuer
from labels.registry.store import open_store
from labels.times import now

OK, NOT_OK = 0, 1


def init(location: Path, profile: Path | None, lang: Lang, *, demo: bool) -> None:
    """Create a registry: a demo with its own keys, or one for an issuer."""
    if demo == (profile is not None):
        raise FindingsError(finding("CLI-REGISTRY-KIND", Where(file=str(location))))
    store = init_demo(location, now()) if profile is None else init_issuer(location, profile, now())
    store.close()
    key = "cli.registry_demo" if demo else "cli.registry_made"
    console(err=True).print(text(key, lang, path=location))


def check_registry(location: Path, lang: Lang) -> int:
    """Check everything a registry holds."""
    store = open_store(location)
    found = check(store)
    findings_table(found, lang)
    if not found:
        console().print(text("cli.registry_sound", lang))
    return NOT_OK if any(one.blocks for one in found) else OK


def show_serial(location: Path, serial: str) -> None:
    """Print the log entries and the status of a serial."""
    store = open_store(location)
    log = view_of(store)
    entries = [dict(entry) for entry in log.entries(serial)]
    if not entries:
        raise FindingsError(finding("CLI-SERIAL", Where(file=str(location)), serial=serial))
    state = log.status(serial, now(), store.issuer.time_zone)
    plain({"serial": serial, "status": str(state), "entries": entries})
