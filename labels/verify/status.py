"""Log, status and registered bytes: what the log says of a record, and whether to believe it.

Each rule yields findings; where nothing could be looked at the finding is a note, and the check
counts as not made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from factors.findings import Finding, Where, finding
from factors.texts import LANGS, text
from labels.bundle import Bundle
from labels.canonical import canonical, parse_object, sha256
from labels.registry.export import LogView
from labels.registry.life import Life
from labels.registry.note import checkpoint_of, open_note
from labels.registry.state import REASONS, Event, State, TransitionError
from labels.times import end_of_day, local_day, parse_day, parse_utc
from labels.verify.case import MALFORMED, Case, Rules, fault
from labels.verify.lists import StatusList, open_list

NOT_CHECKED = "not checked"
VALID = "valid"
_WITHDRAWN = frozenset({Event.REVOKE, Event.SUPERSEDE, Event.ABANDON})


def moment_of(bundle: Bundle | None, at: dt.date | None, now: dt.datetime) -> dt.datetime:
    """Return the last second of the day asked for, in the issuer's time zone."""
    zone = _zone(bundle)
    day = at or local_day(now, zone)
    return end_of_day(day, zone) - dt.timedelta(seconds=1)


def state_of(case: Case) -> State | None:
    """Return the state of the record at the moment asked for, None where nobody can tell.

    Orders in the log count as the verifier's trust file says, or the log's own without one.

    Raises
    ------
    TransitionError, ValueError, KeyError
        When the record's leaves cannot be read.
    """
    log = case.beside.log
    if log is None:
        return _by_file(case)
    return log.status(case.serial, case.moment, _zone(case.bundle), case.trust)


def _by_file(case: Case) -> State | None:
    """Return what the file alone can say: not yet issued, expired, or nothing."""
    if case.moment < parse_utc(case.bundle.receipt["leaf"]["time"]):
        return State.LOGGED
    until: Any = case.body["validity"]["until"]
    if until is not None and case.moment >= end_of_day(parse_day(until), _zone(case.bundle)):
        return State.EXPIRED
    return None


# The log ------------------------------------------------------------------------------------------


def _log_trusted(case: Case) -> Iterator[Finding]:
    log, trust = case.beside.log, case.trust
    if log is None:
        yield fault("LOG-NOT-GIVEN")
    elif trust is None:
        yield fault("LOG-UNTRUSTED", reason="trust.json")
    else:
        try:
            open_note(log.note, trust)
        except ValueError as error:
            yield fault("LOG-UNTRUSTED", reason=error)


def _log_holds(case: Case) -> Iterator[Finding]:
    """The entry of the receipt stands in the log, in the tree the receipt speaks of."""
    log = case.beside.log
    if log is None:
        return
    receipt = case.bundle.receipt
    index, leaf = receipt["index"], canonical(receipt["leaf"])
    seen = checkpoint_of(receipt["checkpoint"])
    held = 0 <= index < len(log.leaves) and log.leaves[index] == leaf
    if not held or log.root_at(seen.size) != seen.root:
        yield fault("LOG-DIFFERS", case.serial, serial=case.serial)


def _log_grows(case: Case) -> Iterator[Finding]:
    """The log contains the checkpoint that the verifier kept from an earlier visit."""
    log, kept = case.beside.log, case.beside.seen
    if log is None or kept is None or case.trust is None:
        return
    try:
        seen = open_note(kept, case.trust)
    except ValueError as error:
        yield fault("WITNESS-UNREADABLE", reason=error)
        return
    if log.root_at(seen.size) != seen.root:
        yield fault("LOG-ROLLED-BACK", case.serial, size=seen.size, found=len(log.leaves))


LOG: Rules = {"trusted": _log_trusted, "holds": _log_holds, "grows": _log_grows}


# The status ---------------------------------------------------------------------------------------


def _standing(case: Case) -> Iterator[Finding]:
    try:
        state = state_of(case)
    except (*MALFORMED, TransitionError) as error:
        yield fault("STATUS-UNREADABLE", reason=type(error).__name__)
        return
    if state is None:
        yield fault("STATUS-NOT-CHECKED")
    elif state in (State.RESERVED, State.LOGGED):
        yield fault("STATUS-NOT-ISSUED", serial=case.serial)
    elif state is not State.ISSUED:
        yield fault(f"STATUS-{state.upper()}", serial=case.serial)
        if case.beside.log is not None:
            yield from _remarks(case, case.beside.log)


def _remarks(case: Case, log: LogView) -> Iterator[Finding]:
    """Say when and why the record changed, and what took its place."""
    serial = case.serial
    life = log.life(serial).until(case.moment)
    if life.unproven(case.trust or log.trust):
        yield fault("STATUS-ORDER", serial, serial=serial)
    leaf = life.last_change()
    reason = "" if leaf is None else str(leaf["reason"])
    if leaf is None or reason not in REASONS.get(Event(leaf["type"]), ()):
        return
    told = {f"told_{lang}": text(f"reason.{reason}", lang) for lang in LANGS}
    yield finding("STATUS-REASON", Where(path=serial), reason=reason, time=leaf["time"], **told)
    if "by" in leaf:
        yield fault("STATUS-REPLACED", serial, by=leaf["by"])


def _fresh(case: Case) -> Iterator[Finding]:
    """A copy of the log answers for the time up to which its status lists may be relied on."""
    log, lists, trust = case.beside.log, case.beside.lists, case.trust
    if log is None or lists is None or trust is None:
        return
    if not lists.tokens:
        yield fault("STATUS-UNDATED")
        return
    life, opened = log.life(case.serial), []
    for purpose, token in sorted(lists.tokens.items()):
        try:
            listed = open_list(token, purpose, trust)
        except MALFORMED as error:
            yield fault("STATUS-LIST", purpose, reason=error)
            continue
        opened.append(listed)
        if purpose == "revocation":
            yield from _agrees(case, life, listed)
    asked = min(case.beside.now, case.moment)
    stale = [listed.made for listed in opened if asked >= listed.until]
    if stale:
        yield fault("STATUS-STALE", made=f"{min(stale):%Y-%m-%d}")


def _agrees(case: Case, life: Life, listed: StatusList) -> Iterator[Finding]:
    """A withdrawal that the list knows of cannot be missing from the log beside it."""
    known = any(leaf["type"] in _WITHDRAWN for leaf in life.leaves)
    if listed.holds(case.bundle.receipt["leaf"]["status_index"]) and not known:
        yield fault("STATUS-LIST", "revocation", reason="log")


STATUS: Rules = {"standing": _standing, "fresh": _fresh}


# The registered bytes -----------------------------------------------------------------------------


def _registered(case: Case) -> Iterator[Finding]:
    """The file is, byte for byte, one that the log fixed for this serial."""
    documents = None if case.beside.log is None else _documents(case.beside.log, case.serial)
    if documents is None:
        yield fault("BYTES-NOT-CHECKED")
    elif sha256(case.pdf) not in documents.values():
        yield fault("BYTES-DIFFER", case.serial, serial=case.serial)


BYTES: Rules = {"registered": _registered}


def _documents(log: LogView, serial: str) -> Mapping[str, str] | None:
    try:
        return log.documents(serial)
    except MALFORMED:
        return {}


def _zone(bundle: Bundle | None) -> str:
    try:
        zone = parse_object(bundle.body)["issuer"]["time_zone"] if bundle else "UTC"
        end_of_day(dt.date(2000, 1, 1), zone)
    except (*MALFORMED, OSError):
        return "UTC"
    return str(zone)
