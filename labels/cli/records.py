"""The commands ``registry show`` and ``list``: what a register says of its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.canonical import parse_object
from labels.cli.show import console, plain
from labels.registry.lookup import look_up
from labels.registry.note import checkpoint_of
from labels.registry.overview import Row, overview
from labels.registry.state import REASONS, State
from labels.registry.store import open_store
from labels.times import now

ALL_REASONS = frozenset(reason for reasons in REASONS.values() for reason in reasons)


def show_serial(location: Path, serial: str, lang: Lang, *, as_json: bool) -> None:
    """Print the status of a serial and its entries, each proven against the newest checkpoint."""
    found = look_up(open_store(location), serial, now())
    entries = [dict(parse_object(one.data)) for one in found.entries]
    if as_json:
        proofs = [[node.hex() for node in one.proof] for one in found.entries]
        shown = {"serial": serial, "status": str(found.state), "entries": entries}
        places = [one.position for one in found.entries]
        plain({**shown, "positions": places, "proofs": proofs, "checkpoint": found.note})
        return
    tell_state(serial, found.state, lang)
    console().print(_entries(entries, lang))
    size = checkpoint_of(found.note).size
    console().print(text("registry.proven", lang, count=len(entries), size=size))


def list_records(location: Path, state: str, rests_on: str, lang: Lang, *, as_json: bool) -> None:
    """List records: all, those in a state, those that rest on a factor or release."""
    if state and state not in list(State):
        known = ", ".join(State)
        raise FindingsError(finding("STATE-UNKNOWN", Where(), state=state, known=known))
    rows = overview(open_store(location), now(), state, rests_on)
    if as_json:
        plain([row.to_json() for row in rows])
    elif rows:
        console().print(_table(rows, lang, weighed=bool(rests_on)))
    else:
        told = "none" if state else "unresting" if rests_on else "empty"
        console().print(text(f"registry.{told}", lang, name=rests_on), markup=False)


def tell_state(serial: str, state: State, lang: Lang) -> None:
    """Say the status of a serial."""
    shown = text(f"state.{state}", lang)
    console().print(text("registry.changed", lang, serial=serial, state=shown))


def _entries(entries: Sequence[Mapping[str, Any]], lang: Lang) -> Table:
    table = Table(box=None)
    for head in ("time", "event", "reason", "person"):
        table.add_column(text(f"registry.{head}", lang), overflow="fold")
    for entry in entries:
        payload = entry.get("order", {}).get("payload", {})
        reason = entry.get("reason", "")
        told = text(f"reason.{reason}", lang) if reason in ALL_REASONS else reason
        event = text(f"event.{entry['type']}", lang)
        table.add_row(entry["time"], event, told, payload.get("person", ""))
    return table


def _table(rows: tuple[Row, ...], lang: Lang, *, weighed: bool) -> Table:
    table = Table(box=None)
    heads = ["serial", "status", "product", "until", *(["share"] if weighed else [])]
    for head in heads:
        table.add_column(text(f"registry.{head}", lang), overflow="fold")
    for row in rows:
        share = [f"{row.share:.1%}"] if weighed and row.share is not None else []
        state = text(f"state.{row.state}", lang)
        table.add_row(row.serial, state, row.product[lang], row.until, *share)
    return table
