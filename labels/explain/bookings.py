"""From the names of a formula to the books: account, key, share, good output, cells, proofs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from factors.numbers import parse_decimal
from labels.explain.nodes import Booking, Entered, Input, KeyShare, Proof
from labels.explain.rates import CLOSE, converted
from lca.exchange.ledger_view import Booked, LedgerView, view
from lca.inventory import ProductSystem
from lca.ledger import Output


@dataclass(frozen=True, slots=True)
class Books:
    """The ledger of a system file, ready to be asked.

    Attributes
    ----------
    ledger
        None where the file has none that can be retraced.
    unit
        Declared unit of the product.
    """

    ledger: LedgerView | None
    unit: str
    counting: frozenset[str]

    def traced(
        self, inputs: Iterable[Input]
    ) -> tuple[tuple[Input, ...], tuple[Booking, ...], tuple[Entered, ...]]:
        """Return the inputs with their accounts marked, the bookings and the entered amounts."""
        made: list[Input] = []
        booked: list[Booking] = []
        entered: list[Entered] = []
        for one in inputs:
            found, typed = self.bookings(one), tuple(self._entered(one.name))
            booked += found
            entered += typed
            made.append(replace(one, account=one.name) if found or typed else one)
        return tuple(made), tuple(booked), tuple(entered)

    def bookings(self, one: Input) -> tuple[Booking, ...]:
        """Return the accounts behind a name; their sum must be the value that the formula took."""
        if self.ledger is None:
            return ()
        mine = [b for b in self.ledger.booked if b.account.id.partition("#")[0] == one.name]
        output = next(o for o in self.ledger.ledger.outputs if o.family == self.ledger.family)
        made = [self._booking(b, output, self.ledger) for b in mine]
        return tuple(made) if self._sums(made, one) else tuple(map(_untraced, made))

    def _sums(self, made: Iterable[Booking], one: Input) -> bool:
        """Whether the amounts per unit of some bookings are the value of an input."""
        total = Fraction(0)
        for booking in made:
            mine = f"{booking.unit}/{booking.output_unit}"
            per = booking.per_unit
            told = None if per is None else converted(per, mine, one.unit, self.counting)
            if told is None:
                return False
            total += told
        wanted = _number(one.value)
        return wanted is not None and abs(total - wanted) <= CLOSE * abs(wanted)

    def _booking(self, booked: Booked, output: Output, ledger: LedgerView) -> Booking:
        account = booked.account
        share = booked.stated.get(ledger.family, Fraction(0))
        key = ledger.ledger.key(account.key) if account.key else None
        per = account.consumed * share / output.good if output.good > 0 else None
        cells = {"readings": booked.origin, **booked.singles}
        cells["output"] = ledger.output_origins.get(ledger.family, "")
        return Booking(
            account=account.id,
            unit=account.unit,
            readings=sum(account.months, Fraction(0)),
            multiplier=account.multiplier,
            opening=account.opening,
            closing=account.closing,
            returned=account.returned,
            consumed=account.consumed,
            share=share,
            key=None
            if key is None
            else KeyShare(
                key.id, key.kind, key.unit, key.values, ledger.key_origins.get(key.id, "")
            ),
            family=ledger.family,
            output=output.good,
            output_unit=self.unit,
            per_unit=per,
            cells={name: cell for name, cell in cells.items() if cell},
            evidence=booked.evidence,
        )

    def _entered(self, name: str) -> Iterator[Entered]:
        for one in self.ledger.per_unit if self.ledger else ():
            if one.account == name:
                yield Entered(name, one.amount, one.unit, one.origin, one.evidence)


def books(system: ProductSystem) -> Books:
    """Return the books of a system; whatever in its ledger has not the agreed form is left out."""
    return Books(
        view(system.ledger, system.product),
        str(system.declared_unit.get("unit", "")),
        frozenset(system.units),
    )


def proofs(ledger: Mapping[str, Any]) -> dict[str, Proof]:
    """Return the documents that the exporter listed, by id."""
    rows = ledger.get("evidence")
    told = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    made = (
        Proof(*(str(row.get(k) or "") for k in ("id", "kind", "title", "dated", "page", "sha256")))
        for row in told
    )
    return {one.id: one for one in made if one.id}


def _untraced(booking: Booking) -> Booking:
    return replace(booking, per_unit=None)


def _number(text: str) -> Fraction | None:
    try:
        return parse_decimal(text)
    except ValueError:
        return None
