"""The ledger of a system file, read again for an export: only what can be retraced is shown live.

The ledger of a system file is carried along unchanged, so nothing in it is trusted: what has not
the shape of :mod:`lca.ledger_record` is left out, and a share is live only where sharing out again
gives the share that the file states. Cells are words: where the file names none, none is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from factors.numbers import parse_decimal
from lca.ledger import (
    NON_PRODUCT,
    OUTPUT_KEY,
    Account,
    Centre,
    Key,
    Ledger,
    Output,
    allocate,
)

CLOSE = Fraction(1, 10**12)
"""Numbers that differ by less, relative to the larger, are the same number written twice."""


@dataclass(frozen=True, slots=True)
class Booked:
    """An account as the file has it, with where it was read and what it gave to each target.

    Attributes
    ----------
    origin
        Where the months were read.
    singles
        Where multiplier, stocks, returns and control total were read, by their names.
    """

    account: Account
    kind: str
    origin: str
    singles: Mapping[str, str]
    evidence: tuple[str, ...]
    stated: Mapping[str, Fraction]
    live: bool


@dataclass(frozen=True, slots=True)
class PerUnit:
    """An amount that was entered per declared unit of a family."""

    account: str
    unit: str
    amount: Fraction
    evidence: tuple[str, ...]
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A green-power instrument."""

    id: str
    technology: str
    amount: Fraction
    unit: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class LedgerView:
    """A ledger with its family of interest.

    Attributes
    ----------
    family
        The family whose amounts per declared unit the system rests on.
    key_origins, output_origins
        Where the values of a key and the good output of a family were read.
    """

    ledger: Ledger
    booked: tuple[Booked, ...]
    per_unit: tuple[PerUnit, ...]
    instruments: tuple[Instrument, ...]
    evidence: tuple[Mapping[str, str], ...]
    family: str
    key_origins: Mapping[str, str]
    output_origins: Mapping[str, str]

    @property
    def centres(self) -> tuple[Centre, ...]:
        """Centres that pass their burden on."""
        return tuple(c for c in self.ledger.centres if c.kind != NON_PRODUCT)

    @property
    def finals(self) -> tuple[str, ...]:
        """Where burdens come to rest: families, then non-product uses."""
        rest = tuple(c.id for c in self.ledger.centres if c.kind == NON_PRODUCT)
        return (*self.ledger.families, *rest)


def close(one: Fraction, other: Fraction) -> bool:
    """Whether two numbers are the same but for the rounding of their spelling."""
    return abs(one - other) <= CLOSE * max(abs(one), abs(other))


def number(value: Any) -> Fraction | None:
    """Return a decimal string as an exact number, None when it is none."""
    try:
        return parse_decimal(value) if isinstance(value, str) else None
    except ValueError:
        return None


def view(ledger: Mapping[str, Any], product: Mapping[str, Any]) -> LedgerView | None:
    """Return the ledger of a system file; None when there is none that can be retraced."""
    outputs = tuple(_outputs(ledger))
    if not outputs:
        return None
    keys = tuple(_keys(ledger))
    centres = tuple(
        Centre(_text(row, "id"), _text(row, "kind"), _text(row, "key"))
        for row in _rows(ledger, "centres")
    )
    bare = Ledger((), outputs, keys, centres)
    family = _family(bare.families, product)
    if not family or len({*bare.families, *(c.id for c in centres)}) < len(outputs) + len(centres):
        return None
    stated = _stated(ledger)
    booked = tuple(_booked(row, bare, stated) for row in _rows(ledger, "accounts") if _sound(row))
    return LedgerView(
        ledger=Ledger(tuple(item.account for item in booked), outputs, keys, centres),
        booked=booked,
        per_unit=tuple(_per_unit(ledger, family)),
        instruments=tuple(_instruments(ledger)),
        evidence=tuple(
            {str(k): str(v) for k, v in row.items()} for row in _rows(ledger, "evidence")
        ),
        family=family,
        key_origins={_text(row, "id"): _listed(_places(row)) for row in _rows(ledger, "keys")},
        output_origins={
            _text(row, "family"): _range(list(_cells(row))) for row in _rows(ledger, "outputs")
        },
    )


def _family(families: Sequence[str], product: Mapping[str, Any]) -> str:
    wanted = [product.get("id"), product.get("model"), families[0] if len(families) == 1 else ""]
    return next((str(name) for name in wanted if name in families), "")


def _rows(ledger: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    rows = ledger.get(key, ())
    yield from (row for row in rows if isinstance(row, Mapping)) if isinstance(rows, list) else ()


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = row.get(key)
    return tuple(v for v in values if isinstance(v, str)) if isinstance(values, list) else ()


def _numbers(values: Any) -> tuple[Fraction, ...] | None:
    found = [number(value) for value in values] if isinstance(values, list) else [None]
    return tuple(v for v in found if v is not None) if None not in found else None


def _outputs(ledger: Mapping[str, Any]) -> Iterator[Output]:
    for row in _rows(ledger, "outputs"):
        months = _numbers(row.get("months"))
        if _text(row, "family") and months:
            begun = number(row.get("begun")) or Fraction(0)
            yield Output(_text(row, "family"), months, (), begun)


def _keys(ledger: Mapping[str, Any]) -> Iterator[Key]:
    for row in _rows(ledger, "keys"):
        values = row.get("values")
        found = {t: number(v) for t, v in values.items()} if isinstance(values, Mapping) else {}
        if _text(row, "id") and _text(row, "id") != OUTPUT_KEY and None not in found.values():
            exact = {t: v for t, v in found.items() if v is not None}
            yield Key(_text(row, "id"), _text(row, "kind"), _text(row, "unit"), exact)


def _stated(ledger: Mapping[str, Any]) -> dict[str, dict[str, Fraction]]:
    stated: dict[str, dict[str, Fraction]] = {}
    for row in _rows(ledger, "shares"):
        share = number(row.get("share"))
        if share is not None:
            stated.setdefault(_text(row, "account"), {})[_text(row, "target")] = share
    return stated


def _sound(row: Mapping[str, Any]) -> bool:
    """Whether an account has all its numbers."""
    singles = (number(row.get(k)) for k in ("multiplier", "opening", "closing", "returned"))
    return bool(_text(row, "id")) and bool(_numbers(row.get("months"))) and None not in singles


def _booked(
    row: Mapping[str, Any], bare: Ledger, stated: Mapping[str, Mapping[str, Fraction]]
) -> Booked:
    given = stated.get(_text(row, "id"), {})
    account, live = _retraced(row, bare, given)
    singles = _places(row, "single_cells")
    return Booked(
        account=account,
        kind=_text(row, "activity_kind"),
        origin=_range(list(_cells(row))),
        singles={name: f"{sheet}!{cell}" for name, (sheet, cell) in singles.items()},
        evidence=_texts(row, "evidence"),
        stated=given,
        live=live,
    )


def _cells(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for cell in _rows(row, "cells"):
        if _text(cell, "sheet") and _text(cell, "cell"):
            yield _text(cell, "sheet"), _text(cell, "cell")


def _places(row: Mapping[str, Any], key: str = "cells") -> dict[str, tuple[str, str]]:
    """Return the cells that a row names, by what stands in them."""
    told = row.get(key)
    named = told.items() if isinstance(told, Mapping) else ()
    return {
        str(name): (_text(cell, "sheet"), _text(cell, "cell"))
        for name, cell in named
        if isinstance(cell, Mapping) and _text(cell, "sheet") and _text(cell, "cell")
    }


def _range(cells: Sequence[tuple[str, str]]) -> str:
    """Return cells of one sheet as a range; empty when there are none or of several sheets."""
    if len({sheet for sheet, _ in cells}) != 1:
        return ""
    (sheet, first), (_, last) = cells[0], cells[-1]
    return f"{sheet}!{first}" if first == last else f"{sheet}!{first}:{last}"


def _listed(places: Mapping[str, tuple[str, str]]) -> str:
    """Return cells one by one with what stands in them: ``Keys!D5 brewhouse, E5 canteen``."""
    sheets = dict.fromkeys(sheet for sheet, _ in places.values())
    return "; ".join(
        f"{sheet}!" + ", ".join(f"{cell} {t}" for t, (on, cell) in places.items() if on == sheet)
        for sheet in sheets
    )


def _retraced(
    row: Mapping[str, Any], bare: Ledger, stated: Mapping[str, Fraction]
) -> tuple[Account, bool]:
    """Return the account with the takers that give the stated shares, and whether any do.

    A file that does not say who can take part is asked twice: everybody, or else the families that
    received something. One that says it is believed only if its shares follow.
    """
    got = frozenset(family for family in bare.families if stated.get(family))
    for takers in _takers(row) or (None, got):
        account = _account(row, takers)
        shared = allocate(Ledger((account,), bare.outputs, bare.keys, bare.centres)).shares
        found = {share.target: share.share for share in shared}
        if found and all(
            close(found.get(target, Fraction(0)), stated.get(target, Fraction(0)))
            for target in {*found, *stated}
        ):
            return account, True
    return _account(row, None), False


def _takers(row: Mapping[str, Any]) -> tuple[frozenset[str] | None, ...]:
    """Return who can take part as the file says it, as the only candidate; empty when silent."""
    if "takers" not in row:
        return ()
    told = row["takers"]
    return (None if told is None else frozenset(_texts(row, "takers")),)


def _account(row: Mapping[str, Any], takers: frozenset[str] | None) -> Account:
    def told(key: str) -> Fraction:
        return number(row.get(key)) or Fraction(0)

    return Account(
        id=_text(row, "id"),
        unit=_text(row, "unit"),
        months=_numbers(row.get("months")) or (),
        multiplier=told("multiplier"),
        opening=told("opening"),
        closing=told("closing"),
        returned=told("returned"),
        control_total=number(row.get("control_total")),
        control_source=_text(row, "control_source"),
        key=_text(row, "key"),
        takers=takers,
    )


def _per_unit(ledger: Mapping[str, Any], family: str) -> Iterator[PerUnit]:
    for row in _rows(ledger, "per_unit"):
        families = row.get("families")
        amount = number(families.get(family)) if isinstance(families, Mapping) else None
        if amount is not None:
            place = _places(row).get(family)
            yield PerUnit(
                _text(row, "account"),
                _text(row, "unit"),
                amount,
                _texts(row, "evidence"),
                _range([place] if place else []),
            )


def _instruments(ledger: Mapping[str, Any]) -> Iterator[Instrument]:
    for row in _rows(ledger, "instruments"):
        amount = number(row.get("amount"))
        if amount is not None and amount > 0:
            place = _places(row).get("amount")
            yield Instrument(
                _text(row, "id"),
                _text(row, "technology"),
                amount,
                _text(row, "unit") or "kWh",
                _range([place] if place else []),
            )
