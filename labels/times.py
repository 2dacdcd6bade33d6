"""Times and dates: UTC seconds in every signed document, days in the issuer's time zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

#: A clock; passed in, so that tests can move it.
Clock = Callable[[], dt.datetime]


def now() -> dt.datetime:
    """Return the present time, aware, in UTC, without microseconds."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def utc_text(moment: dt.datetime) -> str:
    """Spell an aware time as ``2026-11-20T10:00:00Z``."""
    text = moment.astimezone(dt.UTC).isoformat(timespec="seconds")
    return text.removesuffix("+00:00") + "Z"


def parse_utc(text: str) -> dt.datetime:
    """Read the spelling of :func:`utc_text` and no other.

    Raises
    ------
    ValueError
        For every other spelling.
    """
    moment = dt.datetime.fromisoformat(text)  # reads more than one spelling, and other zones
    if moment.tzinfo is not dt.UTC or utc_text(moment) != text:
        raise ValueError("not a canonical UTC time")
    return moment


def parse_day(text: str) -> dt.date:
    """Read ``2026-11-20`` and no other spelling.

    Raises
    ------
    ValueError
        For every other spelling.
    """
    day = dt.date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError("not a canonical date")
    return day


def local_day(moment: dt.datetime, zone: str) -> dt.date:
    """Return the calendar day of a moment in a time zone (IANA name)."""
    return moment.astimezone(ZoneInfo(zone)).date()


def end_of_day(day: dt.date, zone: str) -> dt.datetime:
    """Return the first moment after the last moment of a day in a time zone (IANA name)."""
    following = day + dt.timedelta(days=1)
    return dt.datetime.combine(following, dt.time(), ZoneInfo(zone))
