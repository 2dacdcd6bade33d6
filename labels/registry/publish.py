"""The static export with its pages: a folder that any web server, or none, can hand out.

It maps onto the issuer's address for checking: ``<address><serial>`` is the folder of that name,
``<address>01/<GTIN>`` the products with that trade item number. Everything in it is public:
bodies, receipts, approvals, signed public files, the log, status lists, trust files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from factors.errors import FindingsError
from labels.bundle import APPROVALS, CERTIFICATE, RECEIPT, document_lang
from labels.canonical import canonical, parse_object
from labels.gtin import gtin14
from labels.keys import Purpose
from labels.refusal import refusal
from labels.registry import entries as e
from labels.registry import records as r
from labels.registry.blobs import write_durably
from labels.registry.desk import approved
from labels.registry.endedkeys import Known, ended_key_faults, known_ends
from labels.registry.export import LogView, export_log, view_of
from labels.registry.log import appended, find_leaf
from labels.registry.state import Event, State
from labels.registry.statuslist import status_lists
from labels.registry.store import Store
from labels.standing import Standing
from labels.times import parse_utc
from labels.view import DocumentView

PUBLIC = "public/"
#: States in which a record has no page: its number is not announced, or its documents are not made.
UNSEEN = frozenset({State.RESERVED, State.LOGGED})


class Pages(Protocol):
    """What publishing needs of :mod:`labels.render.site`."""

    def record_pages(self, view: DocumentView, standing: Standing) -> Mapping[str, bytes]:
        """Return the pages of one record by file name."""
        ...

    def front_pages(
        self, issuer: Mapping[str, Any], standings: Sequence[Standing], made: str
    ) -> Mapping[str, bytes]:
        """Return the pages of the export itself: how to check, and "no such number"."""
        ...

    def class_pages(
        self, issuer: Mapping[str, Any], gtin: str, standings: Sequence[Standing]
    ) -> Mapping[str, bytes]:
        """Return the pages of one trade item number by file name."""
        ...


def publish(store: Store, folder: Path, pages: Pages, now: dt.datetime) -> int:
    """Write the static export of a registry with its pages and status lists.

    Parameters
    ----------
    store
        The registry; its checkpoint key signs the status lists.
    folder
        Where to; files of an earlier export are replaced.
    pages
        The renderer of pages.
    now
        Present time: the status of every record is that of this moment.

    Returns
    -------
    int
        Number of serials with a page.

    Raises
    ------
    IssueError
        ``LOG-DAMAGED``, ``REGISTRY-STORAGE``, the codes of keys, and of approvals that do not
        hold: nothing is published that was not checked.
    FindingsError
        ``CHECK-KEY-ENDED`` for each record that would be shown as in force and verifies no more.
    """
    key, log = store.key(Purpose.CHECKPOINT), view_of(store)
    _refuse_ended(store, now)
    standings = standings_of(store, log, now)
    lists = status_lists(status_places(store, standings), base_address(store), key, now)
    pages_made, shown = site_files(store, standings, pages, now)
    _write(folder, {**lists, **pages_made})
    export_log(store, folder)
    return shown


def site_files(
    store: Store, standings: Mapping[str, Standing], pages: Pages, now: dt.datetime
) -> tuple[dict[str, bytes], int]:
    """Return the pages and public files of every record by path, and how many have a page.

    Parameters
    ----------
    store
        The registry.
    standings
        Where every record stands.
    pages
        The renderer of pages.
    now
        The moment the pages speak of.

    Raises
    ------
    IssueError
        As :func:`publish`.
    """
    shown = {serial: one for serial, one in standings.items() if State(one.state) not in UNSEEN}
    files: dict[str, bytes] = {}
    by_gtin: dict[str, list[Standing]] = {}
    known = known_ends(store.trust, store.chain())
    with store.read() as tx:
        for serial, standing in shown.items():
            view, public = _record(store, tx, standing, known)
            made = {**public, **pages.record_pages(view, standing)}
            files |= {f"{serial}/{name}": data for name, data in made.items()}
            gtin = gtin14(str(view.body["product"].get("gtin") or ""))
            by_gtin.setdefault(gtin or "", []).append(standing)
    issuer = store.issuer.to_json()
    for gtin, members in by_gtin.items():
        if gtin:
            made_pages = pages.class_pages(issuer, gtin, members)
            files |= {f"01/{gtin}/{name}": data for name, data in made_pages.items()}
    files |= pages.front_pages(issuer, list(shown.values()), _local(now, store))
    return files, len(shown)


def _refuse_ended(store: Store, now: dt.datetime) -> None:
    """A page must not say "in force" of what nobody can verify: such records are stopped first."""
    trust = store.trust
    with store.read() as tx:
        found = tuple(ended_key_faults(tx, store.issuer, trust, now))
    if found:
        raise FindingsError.of(found)


def standings_of(store: Store, log: LogView, now: dt.datetime) -> dict[str, Standing]:
    """Return where every record of a log stands, from the log alone."""
    replaced: dict[str, str] = {}
    found = {}
    for serial, life in log.lives().items():
        state = life.state(store.issuer.time_zone, now, log.trust)
        change = life.until(now).last_change() or {}
        if change.get("by"):
            replaced[change["by"]] = serial
        found[serial] = Standing(
            serial=serial,
            state=str(state),
            checked=_local(now, store),
            since=_local(parse_utc(change["time"]), store) if change else "",
            reason=change.get("reason", "") if state is not State.VOID else "",
            by=change.get("by", ""),
            size=len(log.leaves),
            files=life.documents() or {},
        )
    return {
        serial: replace(one, replaces=replaced.get(serial, "")) for serial, one in found.items()
    }


def status_places(store: Store, standings: Mapping[str, Standing]) -> dict[int, State]:
    """Return place in the status list to state of every record."""
    with store.read() as tx:
        places = {one.serial: one.status_index for one in r.all_reservations(tx)}
    return {places[serial]: State(one.state) for serial, one in standings.items()}


def base_address(store: Store) -> str:
    """Return the address the export is published under; a name of its own where there is none."""
    address = store.issuer.verify_url or f"urn:carbonlabel:{store.issuer.origin}/"
    return address if address.endswith("/") else f"{address}/"


def _record(
    store: Store, tx: Connection, standing: Standing, known: Known
) -> tuple[DocumentView, dict[str, bytes]]:
    """Return what the page of a record shows, and the public files beside it."""
    serial = standing.serial
    reservation = r.find_reservation(tx, serial=serial)
    if reservation is None:
        raise refusal("LOG-DAMAGED", serial, detail="leaf without reservation")
    draft = r.get_draft(tx, reservation.draft)
    approvals = approved(tx, draft, known.at(parse_utc(reservation.time)))
    receipt = _receipt(store, tx, serial)
    view = DocumentView(
        body=draft.fields,
        receipt=receipt or {"serial": serial},
        approvals=approvals,
        lang=document_lang(reservation.lang),
        sample=store.issuer.demo,
    )
    if State(standing.state) is State.VOID or receipt is None:
        return view, {}
    public = {
        CERTIFICATE: draft.body,
        RECEIPT: canonical(receipt),
        APPROVALS: canonical(approvals),
        **dict(_public_blobs(store, r.get_files(tx, serial), standing.files)),
    }
    return view, public


def _receipt(store: Store, tx: Connection, serial: str) -> dict[str, Any] | None:
    found = find_leaf(tx, serial, Event.ISSUE)
    if found is None:
        return None
    return e.receipt(store.issuer.id, parse_object(found[1]), appended(tx, found[0]))


def _public_blobs(
    store: Store, files: Mapping[str, str], logged: Mapping[str, str]
) -> Iterator[tuple[str, bytes]]:
    """Yield the public files of a record; a signed one must have the hash that the log fixed."""
    for name, digest in files.items():
        if not name.startswith(PUBLIC):
            continue
        data = store.blobs.get(digest)
        if data is None or logged.get(name, digest) != digest:
            raise refusal("REGISTRY-STORAGE", name, reason="a stored file is missing or damaged")
        yield name.removeprefix(PUBLIC), data


def _local(now: dt.datetime, store: Store) -> str:
    local = now.astimezone(ZoneInfo(store.issuer.time_zone))
    return local.isoformat(sep=" ", timespec="minutes").replace("+", " +")


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, data)
    except OSError as error:
        raise refusal("REGISTRY-STORAGE", str(folder), reason=str(error)) from error
