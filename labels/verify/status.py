"""Status and registered bytes: what the log says of a record on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from factors.findings import Finding, Where, finding
from factors.texts import LANGS, text
from labels.bundle import Bundle
from labels.canonical import canonical, parse_object, sha256
from labels.registry.export import LogView
from labels.registry.note import open_note
from labels.registry.state import REASONS, Event, State, TransitionError
from labels.times import end_of_day, local_day, parse_day
from labels.trust import TrustFile
from labels.verify.content import MALFORMED
from labels.verify.report import Check, failed, not_checked, passed

NOT_CHECKED = "not checked"
VALID = "valid"


def moment_of(bundle: Bundle | None, at: dt.date | None, now: dt.datetime) -> dt.datetime:
    """Return the last second of the day asked for, in the issuer's time zone."""
    zone = _zone(bundle)
    day = at or local_day(now, zone)
    return end_of_day(day, zone) - dt.timedelta(seconds=1)


def check_status(
    bundle: Bundle, log: LogView | None, moment: dt.datetime, trust: TrustFile | None = None
) -> tuple[str, Check]:
    """Return the status of a record at a moment, and the check to report.

    Orders in the log count as the verifier's trust file says, or the log's own without one.
    """
    try:
        state = _expiry(bundle, moment) if log is None else _logged(bundle, log, moment, trust)
    except (*MALFORMED, TransitionError) as error:
        return NOT_CHECKED, failed("status", "STATUS-UNREADABLE", reason=type(error).__name__)
    if state is None:
        return NOT_CHECKED, not_checked("status", "STATUS-NOT-CHECKED")
    if state is State.ISSUED:
        return VALID, passed("status")
    if state in (State.RESERVED, State.LOGGED):
        return NOT_CHECKED, failed("status", "STATUS-NOT-ISSUED", serial=_serial(bundle))
    check = failed("status", f"STATUS-{state.upper()}", serial=_serial(bundle))
    remarks = () if log is None else tuple(_remarks(bundle, log, moment, trust))
    return str(state), Check(check.name, check.outcome, (*check.findings, *remarks))


def _remarks(
    bundle: Bundle, log: LogView, moment: dt.datetime, trust: TrustFile | None
) -> Iterator[Finding]:
    """Say when and why the record changed, and what took its place."""
    serial = _serial(bundle)
    life = log.life(serial).until(moment)
    if life.unproven(trust or log.trust):
        yield finding("STATUS-ORDER", Where(path=serial), serial=serial)
    leaf = life.last_change()
    reason = "" if leaf is None else str(leaf["reason"])
    if leaf is None or reason not in REASONS.get(Event(leaf["type"]), ()):
        return
    told = {f"told_{lang}": text(f"reason.{reason}", lang) for lang in LANGS}
    yield finding("STATUS-REASON", Where(path=serial), reason=reason, time=leaf["time"], **told)
    if "by" in leaf:
        yield finding("STATUS-REPLACED", Where(path=serial), by=leaf["by"])


def check_log(bundle: Bundle, log: LogView | None, trust: TrustFile | None) -> Check:
    """Check that the log at hand is the one the receipt speaks of, and still holds its leaf."""
    if log is None:
        return not_checked("log", "LOG-NOT-GIVEN")
    if trust is None:
        return not_checked("log", "TRUST-NOT-GIVEN")
    try:
        receipt = bundle.receipt
        seen = open_note(receipt["checkpoint"], trust)
        open_note(log.note, trust)
        index, leaf = receipt["index"], canonical(receipt["leaf"])
        held = 0 <= index < len(log.leaves) and log.leaves[index] == leaf
    except MALFORMED as error:
        return failed("log", "LOG-UNTRUSTED", reason=error)
    if not held or log.root_at(seen.size) != seen.root:
        return failed("log", "LOG-DIFFERS", _serial(bundle), serial=_serial(bundle))
    return passed("log")


def check_bytes(pdf: bytes, bundle: Bundle, log: LogView | None) -> tuple[str, Check]:
    """Compare the file with the hashes that the log fixed for this serial."""
    name = "registered bytes"
    documents = None if log is None else _documents(log, _serial(bundle))
    if documents is None:
        return NOT_CHECKED, not_checked(name, "BYTES-NOT-CHECKED")
    if sha256(pdf) in documents.values():
        return "match", passed(name)
    return "differs", failed(name, "BYTES-DIFFER", _serial(bundle), serial=_serial(bundle))


def _documents(log: LogView, serial: str) -> Mapping[str, str] | None:
    try:
        return log.documents(serial)
    except MALFORMED:
        return {}


def _logged(bundle: Bundle, log: LogView, moment: dt.datetime, trust: TrustFile | None) -> State:
    return log.status(_serial(bundle), moment, _zone(bundle), trust)


def _expiry(bundle: Bundle, moment: dt.datetime) -> State | None:
    """Return what the file alone can say: expired, or nothing."""
    until: Any = parse_object(bundle.body)["validity"]["until"]
    if until is not None and moment >= end_of_day(parse_day(until), _zone(bundle)):
        return State.EXPIRED
    return None


def _serial(bundle: Bundle) -> str:
    return str(bundle.receipt.get("serial", ""))


def _zone(bundle: Bundle | None) -> str:
    try:
        zone = parse_object(bundle.body)["issuer"]["time_zone"] if bundle else "UTC"
        end_of_day(dt.date(2000, 1, 1), zone)
    except (*MALFORMED, OSError):
        return "UTC"
    return str(zone)
