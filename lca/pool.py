"""Closed loops with trips: bottles, kegs, crates, pallets, racks that come back.

What a fill carries of the container follows from the pool account: new purchases over fills. Trips
are its reciprocal, never a number from a brochure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from factors.findings import Finding, Where, finding

STEADY = Fraction(1, 10)
"""Largest difference between retired and bought containers, relative to the bought ones."""


@dataclass(frozen=True, slots=True)
class Pool:
    """One pool over one period, in pieces (or in kg throughout)."""

    opening: Fraction
    purchases: Fraction
    closing: Fraction
    fills: Fraction

    @property
    def bought_per_fill(self) -> Fraction:
        """New containers that one fill carries; its production and inbound burdens."""
        return self.purchases / self.fills

    @property
    def retired(self) -> Fraction:
        """Containers broken, lost or taken out: opening + purchases - closing."""
        return self.opening + self.purchases - self.closing

    @property
    def retired_per_fill(self) -> Fraction:
        """Containers that leave per fill; its end-of-life burdens."""
        return self.retired / self.fills

    @property
    def trips(self) -> Fraction | None:
        """Fills per new container; None in a period without purchases, which proves nothing."""
        return self.fills / self.purchases if self.purchases else None


def check(pool: Pool, where: Where = Where()) -> Iterator[Finding]:
    """Yield a pool that cannot be, and a pool that lives on its stock or still fills it."""
    entries = {
        "opening": pool.opening,
        "purchases": pool.purchases,
        "closing": pool.closing,
        "fills": pool.fills,
    }
    if min(entries.values()) < 0 or not pool.fills or pool.retired < 0:
        shown = {name: float(value) for name, value in entries.items()}
        yield finding("POOL-ACCOUNT", where, **shown)
    elif abs(pool.retired - pool.purchases) > STEADY * pool.purchases:
        yield finding(
            "POOL-UNSTEADY",
            where,
            retired=float(pool.retired),
            purchases=float(pool.purchases),
            limit=f"{float(STEADY):.0%}",
        )
