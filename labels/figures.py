"""Shown figures: how a number of record is rounded, in which unit, and how it is spelt on paper.

The data keep every digit; paper shows at most three significant digits, rounded half-up on the
exact decimal. Stages are rounded one by one and never adjusted so that they appear to add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

GAP = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"

#: Relative standard uncertainty above which the third digit would pretend.
THREE_DIGITS_UP_TO = Decimal("0.10")


@dataclass(frozen=True, slots=True)
class ShownUnit:
    """A mass unit of CO2e on paper and what a kilogram is multiplied by to reach it."""

    symbol: str
    per_kg: Decimal

    def of(self, kilograms: Decimal) -> Decimal:
        """Return an amount given in kg in this unit."""
        return kilograms * self.per_kg


GRAM = ShownUnit("g", Decimal(1000))
KILOGRAM = ShownUnit("kg", Decimal(1))
TONNE = ShownUnit("t", Decimal("0.001"))


def digits_for(relative_standard: Decimal | None) -> int:
    """Return how many significant digits a figure may show.

    Parameters
    ----------
    relative_standard
        First-order relative standard uncertainty (1), or None when it is unknown.

    Returns
    -------
    int
        3, or 2 when the uncertainty is unknown or exceeds 10 %.
    """
    known = relative_standard is not None and relative_standard <= THREE_DIGITS_UP_TO
    return 3 if known else 2


def rounded(value: Decimal, digits: int, quantum: Decimal | None = None) -> Decimal:
    """Round half-up to significant digits.

    Parameters
    ----------
    value
        The exact decimal.
    digits
        Significant digits, at least 1.
    quantum
        Smallest step that may be shown, a power of ten; None for no limit.

    Returns
    -------
    Decimal
        The rounded value; its exponent tells the decimals to print.
    """
    step = _step(value, digits)
    result = _quantize(value, max(step, quantum) if quantum else step)
    if result and _step(result, digits) > step:  # 9.996 became 10.00: one digit too many
        coarser = _step(result, digits)
        result = _quantize(value, max(coarser, quantum) if quantum else coarser)
    return result


def step_below(total: Decimal, digits: int) -> Decimal:
    """Return the smallest step for parts of a total: one decimal place finer than the total's."""
    return _step(rounded(total, digits), digits) / 10


def shown(value: Decimal, digits: int, quantum: Decimal | None = None) -> str:
    """Spell a value for paper: rounded, true minus, thin gaps between thousands.

    A value that is not zero but would be printed as zero is printed as smaller than the step.

    Parameters
    ----------
    value
        The exact decimal, already in the unit to show.
    digits
        Significant digits.
    quantum
        Smallest step that may be shown; see :func:`step_below`.
    """
    if not value:
        return "0"
    result = rounded(value, digits, quantum)
    if not result and quantum:
        return ("<" if value > 0 else f"{MINUS}<") + _plain(quantum)
    return (MINUS if result < 0 else "") + _plain(abs(result))


def shown_share(share: Decimal) -> str:
    """Spell a share (1) as a percentage: whole numbers from ten per cent on, else two digits."""
    percent = share * 100
    return shown(percent, 3 if abs(percent) >= 10 else 2, _share_step(percent)) + NO_BREAK + "%"


def unit_for(kilograms: Decimal, digits: int = 3) -> ShownUnit:
    """Choose g, kg or t so that the shown figure lies between 1 and 999.

    Parameters
    ----------
    kilograms
        The figure of the label in kg CO2e per declared unit.
    digits
        Significant digits it will be shown with.
    """
    for unit in (GRAM, KILOGRAM):
        if abs(rounded(unit.of(kilograms), digits)) < 1000:
            return KILOGRAM if kilograms == 0 else unit
    return TONNE


def _share_step(percent: Decimal) -> Decimal:
    return Decimal(1) if abs(percent) >= 10 else Decimal("0.1")


def _step(value: Decimal, digits: int) -> Decimal:
    leading = value.adjusted() if value else 0
    return Decimal(1).scaleb(leading - digits + 1)


def _quantize(value: Decimal, step: Decimal) -> Decimal:
    with localcontext(prec=80):
        return value.quantize(step, rounding=ROUND_HALF_UP)


def _plain(value: Decimal) -> str:
    return f"{value:,f}".replace(",", GAP)
