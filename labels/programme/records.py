"""What the registry and the cases say of a programme's products; nothing of it is typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from factors.errors import CarbonLabelError
from factors.findings import Finding
from labels.canonical import parse_object
from labels.kinds import Kind
from labels.programme.folder import CASES, Folder
from labels.registry import records as r
from labels.registry.export import view_of
from labels.registry.life import Life
from labels.registry.state import State
from labels.registry.store import Store
from labels.times import local_day, parse_day, parse_utc
from labels.verification.case import open_case
from labels.verification.state import state_of

CERTIFICATE = Kind.CERTIFICATE_OF_CONFORMITY


@dataclass(frozen=True, slots=True)
class Record:
    """One number of the registry.

    Attributes
    ----------
    serial, kind, state
        What it is and where it stands.
    maker, product
        Credit code and product id of its footprint.
    issued, until
        Day of issue; last day of validity, None for no expiry.
    footprint
        The document ``carbonlabel-footprint/1``.
    """

    serial: str
    kind: str
    state: State
    maker: str
    product: str
    issued: dt.date
    until: dt.date | None
    footprint: Mapping[str, Any]

    @property
    def certifies(self) -> bool:
        """Whether it is a certificate that was really issued, in force or not."""
        return self.kind == CERTIFICATE and self.state not in (
            State.RESERVED,
            State.LOGGED,
            State.VOID,
        )

    @property
    def in_force(self) -> bool:
        """Whether it is a certificate that anybody may rely on now."""
        return self.kind == CERTIFICATE and self.state is State.ISSUED


@dataclass(frozen=True, slots=True)
class Work:
    """A verification file.

    Attributes
    ----------
    enterprise, product
        Whose it is: folder and product id.
    closed
        Whether the work is done.
    open_findings
        Findings that are still to be settled.
    """

    enterprise: str
    product: str
    closed: bool
    open_findings: int


def records(store: Store, now: dt.datetime) -> tuple[Record, ...]:
    """Return every number of a registry, in their order.

    Raises
    ------
    IssueError
        ``LOG-DAMAGED`` or ``REGISTRY-STORAGE``.
    """
    log = view_of(store)
    lives, zone = log.lives(), store.issuer.time_zone
    with store.read() as tx:
        several = []
        for one in r.all_reservations(tx):
            draft = r.get_draft(tx, one.draft)
            footprint = parse_object(draft.footprint)
            product = footprint["product"]
            several.append(
                Record(
                    serial=one.serial,
                    kind=draft.kind,
                    state=lives.get(one.serial, Life(())).state(zone, now, log.trust),
                    maker=str(product["maker"]["id"]),
                    product=str(product["id"]),
                    issued=local_day(parse_utc(one.time), zone),
                    until=parse_day(one.valid_until) if one.valid_until else None,
                    footprint=footprint,
                )
            )
    return tuple(several)


def works(found: Folder) -> tuple[tuple[Work, ...], tuple[Finding, ...]]:
    """Return the verification files of a programme, and what is wrong with those left out."""
    several: list[Work] = []
    log: list[Finding] = []
    for place in _cases(found):
        try:
            several.append(_work(place))
        except CarbonLabelError as refused:
            log.extend(refused.findings)
    return tuple(several), tuple(dict.fromkeys(log))


def _cases(found: Folder) -> Iterator[Path]:
    for one in found.enterprises:
        base = found.root / CASES / one.slug
        if base.is_dir() and not base.is_symlink():
            yield from sorted(p for p in base.iterdir() if p.is_dir() and not p.is_symlink())


def _work(place: Path) -> Work:
    case = open_case(place)
    state = state_of(case)
    footprint = parse_object(case.contents.object(state.present.footprint))
    return Work(
        enterprise=place.parent.name,
        product=str(footprint["product"]["id"]),
        closed=state.closed is not None,
        open_findings=len(state.open_findings),
    )
