"""What the product says to a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

Vector = tuple[Fraction, ...]
"""One number per indicator; a carbon footprint is one number."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The product's figures in the unit of the case.

    Attributes
    ----------
    stages
        By the names that the case gives its stages or columns.
    names
        Names of the indicators, where the case has them.
    complete
        Whether every stage that the case expects must be among ``stages``.
    missing
        Rows that did not count because they have no factor.
    notes
        How the product read what the case leaves open.
    """

    total: Vector
    stages: Mapping[str, Vector]
    names: tuple[str, ...] = ()
    complete: bool = True
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
