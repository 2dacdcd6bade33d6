"""What stands behind the seal: timestamps of an authority, if a document was upgraded.

Everything else is verified on the sealed document itself; the extension is, byte for byte, the only
one that its token and data allow (:mod:`labels.extension`), so it can show nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from factors.findings import Finding, Severity, Where, finding
from labels.extension import Extension
from labels.stampcheck import SLACK, TimestampFault, TokenRule, stamp_of
from labels.times import utc_text
from labels.trust import Authority, TrustFile
from labels.verify.report import Check, Outcome

NAME = "timestamp"


def check_timestamps(
    extensions: Sequence[Extension],
    trust: TrustFile | None,
    issued: dt.datetime | None,
    now: dt.datetime,
    rules: Mapping[str, TokenRule],
) -> tuple[Check, ...]:
    """Check the timestamps of a document; no check for a document without any.

    Parameters
    ----------
    trust
        The verifier's trust file: it names the authorities that are believed.
    issued
        Time of issue as the log states it: a document cannot be stamped before. None if unreadable.
    now
        Present time: nor later than now.
    rules
        What must hold of each.
    """
    if not extensions:
        return ()
    known = trust.authorities if trust is not None else ()
    earliest = (issued or now.replace(year=2000)) - SLACK
    found = [_told(one, known, (earliest, now + SLACK), rules) for one in extensions]
    return (Check(NAME, _outcome(found), tuple(found)),)


def _told(
    extension: Extension,
    known: tuple[Authority, ...],
    window: tuple[dt.datetime, dt.datetime],
    rules: Mapping[str, TokenRule],
) -> Finding:
    try:
        stamp = stamp_of(extension, known, window, rules)
    except TimestampFault as fault:
        return finding(fault.code, Where(), authority="-", detail=fault.detail)
    return finding("TIMESTAMP-HOLDS", Where(), time=utc_text(stamp.time), authority=stamp.authority)


def _outcome(found: Sequence[Finding]) -> Outcome:
    if any(one.severity is Severity.ERROR for one in found):
        return Outcome.FAIL
    unknown = any(one.code == "TIMESTAMP-UNKNOWN" for one in found)
    return Outcome.NOT_CHECKED if unknown else Outcome.PASS
