"""The file of a worked case: what is given, what is expected, and how near is near enough."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

LARGEST = 10**30
"""A system file holds no larger number."""

LARGEST_FIGURE = 10**300
"""A figure is compared up to here; it may be larger than any number it is made of."""


class Unsupported(Exception):  # noqa: N818 - the word of the report
    """A case, or one of its figures, that the product does not compute; the text says why."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One figure that the source prints: ``total``, or a stage by its name."""

    name: str
    stage: str | None
    value: Any


@dataclass(frozen=True, slots=True)
class Case:
    """A worked case.

    Attributes
    ----------
    data
        The file; numbers with a point are decimals, exactly as written.
    folder
        Where the files lie that the case names.
    """

    id: str
    data: Mapping[str, Any]
    folder: Path

    @property
    def kind(self) -> str:
        """How the case is read."""
        return str(self.data.get("kind", ""))

    @property
    def unit(self) -> str:
        """Unit of the expected figures."""
        return str(self.part("expected").get("unit") or "1")

    def part(self, key: str) -> Mapping[str, Any]:
        """Return an object of the file, empty when there is none."""
        found = self.data.get(key)
        return found if isinstance(found, Mapping) else {}

    def expected(self) -> Iterator[Expected]:
        """Yield the figures to compare; what the source leaves open is none."""
        expected = self.part("expected")
        if expected.get("total") is not None:
            yield Expected("total", None, expected["total"])
        stages = expected.get("by_stage")
        for stage, value in stages.items() if isinstance(stages, Mapping) else ():
            if value is not None:
                yield Expected(f"by_stage {stage}", stage, value)

    def allowed(self, theirs: Fraction) -> Fraction:
        """Return how far a figure may lie from the printed one."""
        tolerance = self.part("tolerance")
        absolute, relative = (exact(tolerance.get(key, 0), key) for key in ("abs", "rel"))
        return max(absolute, relative * abs(theirs))


def load(path: Path) -> Case:
    """Return the case of a file.

    Raises
    ------
    Unsupported
        When it is no file or no JSON object.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise Unsupported(f"cannot be read: {error}") from None
    if not isinstance(data, dict):
        raise Unsupported("is no JSON object")
    return Case(str(data.get("id") or path.stem), data, path.parent)


def exact(value: Any, what: str, largest: int = LARGEST) -> Fraction:
    """Return a number of the file, exactly.

    Raises
    ------
    Unsupported
        When it is none, or larger than ``largest``.
    """
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        if -largest <= value <= largest:  # never true of NaN
            return Fraction(value)
        raise Unsupported(f"{what} is beyond all measure: {value}")
    raise Unsupported(f"{what} is no number: {value!r}")
