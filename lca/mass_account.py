"""Refrigerants and blowing agents as mass accounts: nothing put in can disappear.

charge + top-ups = emitted (factory, installation, use, service, end of life)
                   + recovered + destroyed

A yearly leak is of the charge that is there, not of the nameplate: 5 % a year for ten years and
85 % at the end would lose 135 % of the charge otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from factors.findings import Finding, Where, finding

PHASES = ("factory", "installation", "use", "service", "end-of-life")
ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class MassAccount:
    """One substance in one product over its life, in kg.

    Attributes
    ----------
    charge
        First charge, with what is lost of it in the factory and at installation.
    top_ups
        Everything added later.
    emitted
        By phase, see :data:`PHASES`.
    recovered, destroyed
        Taken out again at service or at the end: for use elsewhere, or for destruction.
    """

    name: str
    charge: Fraction
    top_ups: Fraction = ZERO
    emitted: Mapping[str, Fraction] = field(default_factory=dict)
    recovered: Fraction = ZERO
    destroyed: Fraction = ZERO

    @property
    def supplied(self) -> Fraction:
        """Charge and top-ups."""
        return self.charge + self.top_ups

    @property
    def lost(self) -> Fraction:
        """Everything emitted."""
        return sum(self.emitted.values(), ZERO)

    @property
    def gap(self) -> Fraction:
        """What the account does not explain."""
        return self.supplied - self.lost - self.recovered - self.destroyed


def check(
    account: MassAccount, where: Where = Where(), tolerance: Fraction = ZERO
) -> Iterator[Finding]:
    """Yield what cannot be; ``tolerance`` is relative to what was supplied."""
    entries = {
        "charge": account.charge,
        "top-ups": account.top_ups,
        "recovered": account.recovered,
        "destroyed": account.destroyed,
        **account.emitted,
    }
    for entry, value in entries.items():
        if value < 0:
            shown = {"name": account.name, "entry": entry, "value": float(value)}
            yield finding("MASS-NEGATIVE", where, **shown)
    supplied = account.supplied
    if account.lost > supplied * (1 + tolerance):
        shown = {"name": account.name, "emitted": float(account.lost)}
        yield finding("MASS-EMITTED", where, **shown, supplied=float(supplied))
    elif abs(account.gap) > tolerance * supplied:
        shown = {"name": account.name, "supplied": float(supplied)}
        yield finding("MASS-BALANCE", where, **shown, accounted=float(supplied - account.gap))


def factory_loss(
    opening: Fraction, purchases: Fraction, closing: Fraction, charged: Fraction
) -> Fraction:
    """Return what the factory lost: opening + purchases - closing - charged into products.

    A negative result is no gain: stocks, purchases or charges are wrong (MASS-NEGATIVE).
    """
    return opening + purchases - closing - charged


@dataclass(frozen=True, slots=True)
class Life:
    """How a charge fares.

    Attributes
    ----------
    years
        Whole years of use.
    leak
        Share of the current charge lost in a year.
    top_up_below
        Topped up to the full charge at the end of a year that leaves less than this share of it;
        0 for a sealed system that is never opened.
    factory, installation, service
        Lost per charge in the factory and at installation, and per top-up; kg.
    recovered, destroyed
        Shares of what is left at the end of life; the rest is emitted.
    """

    years: int
    leak: Fraction
    top_up_below: Fraction = ZERO
    factory: Fraction = ZERO
    installation: Fraction = ZERO
    service: Fraction = ZERO
    recovered: Fraction = ZERO
    destroyed: Fraction = ZERO


def lived(name: str, charge: Fraction, life: Life) -> MassAccount:
    """Return the account of a product whose system holds ``charge`` kg when it starts."""
    held, leaked, top_ups, served = charge, ZERO, ZERO, ZERO
    for _ in range(life.years):
        leaked += held * life.leak
        held *= 1 - life.leak
        if held < life.top_up_below * charge:
            top_ups += charge - held + life.service
            served += life.service
            held = charge
    return MassAccount(
        name=name,
        charge=charge + life.factory + life.installation,
        top_ups=top_ups,
        emitted={
            "factory": life.factory,
            "installation": life.installation,
            "use": leaked,
            "service": served,
            "end-of-life": held * (1 - life.recovered - life.destroyed),
        },
        recovered=held * life.recovered,
        destroyed=held * life.destroyed,
    )
