"""All records at a glance, and which of them rest on a factor or a release that was recalled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from labels.canonical import parse_object
from labels.registry import records as r
from labels.registry.export import view_of
from labels.registry.life import Life
from labels.registry.state import State
from labels.registry.store import Store


@dataclass(frozen=True, slots=True)
class Row:
    """One record.

    Attributes
    ----------
    serial, state, kind
        What it is and where it stands.
    product
        Name in both languages.
    until
        Last day of validity; empty for none.
    share
        Share of the absolute result that rests on what was asked for; None when nothing was.
    """

    serial: str
    state: State
    kind: str
    product: Mapping[str, str]
    until: str
    share: Decimal | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return {
            "serial": self.serial,
            "status": str(self.state),
            "kind": self.kind,
            "product": dict(self.product),
            "until": self.until or None,
            **({} if self.share is None else {"share": f"{self.share:f}"}),
        }


def overview(
    store: Store, now: dt.datetime, state: str = "", rests_on: str = ""
) -> tuple[Row, ...]:
    """Return the records of a registry in the order of their numbers.

    Parameters
    ----------
    store
        The registry.
    now
        Present time, for the status.
    state
        Only records in this state; all when empty.
    rests_on
        Only records that rest on this factor (``id`` or ``release:id``) or release, weightiest
        first.

    Raises
    ------
    IssueError
        ``LOG-DAMAGED`` or ``REGISTRY-STORAGE``.
    """
    rows = [row for row in _rows(store, now, rests_on) if not state or row.state == state]
    if rests_on:
        rows = sorted((row for row in rows if row.share is not None), key=_weight, reverse=True)
    return tuple(rows)


def _rows(store: Store, now: dt.datetime, rests_on: str) -> Iterator[Row]:
    log = view_of(store)
    lives = log.lives()
    with store.read() as tx:
        for one in r.all_reservations(tx):
            draft = r.get_draft(tx, one.draft)
            life = lives.get(one.serial, Life(()))
            yield Row(
                serial=one.serial,
                state=life.state(store.issuer.time_zone, now, log.trust),
                kind=draft.kind,
                product=draft.fields["product"]["name"],
                until=one.valid_until or "",
                share=share_of(parse_object(draft.footprint), rests_on) if rests_on else None,
            )


def share_of(footprint: Mapping[str, Any], name: str) -> Decimal | None:
    """Return the share of the absolute result of a footprint that rests on a factor or release.

    Lines of both electricity results count: a recall concerns whoever is told either figure. None
    when no line names it and the lock does not either.
    """
    weight = {True: Decimal(0), False: Decimal(0)}
    named = any(name in _locked(one) for one in footprint["lock"].get("factors") or ())
    for line in footprint["lines"]:
        factor = line.get("factor") or {}
        row, release = factor.get("id"), factor.get("release")
        meant = name in (row, release, f"{release}:{row}")
        named = named or meant
        weight[meant] += sum((abs(Decimal(part)) for part in line["parts"].values()), Decimal(0))
    whole = weight[True] + weight[False]
    if not named:
        return None
    return round(weight[True] / whole, 6) if whole else Decimal(0)


def _locked(entry: object) -> tuple[str, ...]:
    return tuple(map(str, entry.values())) if isinstance(entry, Mapping) else (str(entry),)


def _weight(row: Row) -> Decimal:
    return row.share or Decimal(0)
