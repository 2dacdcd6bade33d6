"""When something has to be done about a certificate: surveillance, renewal, suspensions, lapses."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from labels.programme.pipeline import Pipeline, Product, Standing, Step
from labels.registry.state import State

SURVEILLANCE, RENEWAL, SUSPENDED, LAPSED = "surveillance", "renewal", "suspended", "lapsed"
KINDS = (SURVEILLANCE, RENEWAL, SUSPENDED, LAPSED)


@dataclass(frozen=True, slots=True)
class Date:
    """Something to be done.

    Attributes
    ----------
    day
        By when; for what has happened already, since when it is known: today.
    kind
        One of :data:`KINDS`.
    enterprise, product, serial
        What it is about.
    """

    day: dt.date
    kind: str
    enterprise: str
    product: str
    serial: str


def dates(made: Pipeline) -> tuple[Date, ...]:
    """Return what is to be done for every certificate, the earliest first."""
    found = (date for one in made.standings for product in one.products
             for date in _dates(made, one, product))  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.day, one.kind, one.enterprise, one.product)))


def _dates(made: Pipeline, one: Standing, product: Product) -> Iterator[Date]:
    record = product.record
    if record is None:
        return
    about = (one.enterprise.slug, product.id, record.serial)
    if record.state is State.SUSPENDED:
        yield Date(made.day, SUSPENDED, *about)
    elif product.step is Step.LAPSED:
        yield Date(made.day, LAPSED, *about)
    if not record.in_force:
        return
    due = next_surveillance(record.issued, made.day, made.found.settings.surveillance)
    if record.until is None or due < record.until:
        yield Date(due, SURVEILLANCE, *about)
    if record.until is not None:
        yield Date(record.until, RENEWAL, *about)


def next_surveillance(issued: dt.date, day: dt.date, months: int) -> dt.date:
    """Return the next day that is a whole number of intervals after the day of issue."""
    count = 1
    while (due := after(issued, months * count)) < day:
        count += 1
    return due


def after(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
