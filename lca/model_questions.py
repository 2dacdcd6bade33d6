"""What a product model asks of its maker: choices, numbers, and the accounts of the site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from factors.units import Unit
from lca.model_standing import Citation, Text, When

BOOKED_BY: Mapping[str, str] = {
    "[mass]": "mass",
    "[length]^3": "volume",
    "[normal_volume]": "normal_volume",
    "[energy]": "heat",
    "[energy_lhv]": "net_heat",
    "[energy_hhv]": "gross_heat",
}
"""What a fuel or steam may be booked by: dimension -> its name within a formula."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an enum."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class Enum:
    """A question answered by a choice; without ``default`` the answer is mandatory."""

    id: str
    scope: str
    name: Text
    help: Text
    values: tuple[Choice, ...]
    default: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the choices."""
        return tuple(choice.id for choice in self.values)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A question answered by a number, or (``ask`` false) a constant of the model.

    ``default``, ``least``, ``most`` are in ``unit``. Where ``when`` does not hold the name is 0.
    ``row`` is a row of the factor library that answers for the default instead of ``source``.
    """

    id: str
    scope: str
    unit: Unit
    ask: bool
    name: Text
    help: Text
    default: Fraction | None = None
    least: Fraction | None = None
    most: Fraction | None = None
    when: When = field(default_factory=dict)
    source: Citation | None = None
    row: str = ""
    kind: str = "calculated"

    @property
    def mandatory(self) -> bool:
        """Whether the maker must answer (where ``when`` holds)."""
        return self.ask and self.default is None


@dataclass(frozen=True, slots=True)
class Table:
    """A constant that depends on one enum; ``values`` holds every choice of ``key``."""

    id: str
    key: str
    unit: Unit
    values: Mapping[str, Fraction]
    name: Text
    source: Citation | None = None
    row: str = ""


@dataclass(frozen=True, slots=True)
class SteamRule:
    """Parameters that say how much heat a tonne of steam brings.

    ``water`` is the temperature of what comes back, or of fresh water; empty: 20 C.
    """

    pressure: str
    temperature: str
    water: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What the site books. In a formula the name means the amount per declared unit.

    ``fuel`` begins the ids of property rows of the library and ``properties`` names values of the
    model that tie quantities of the fuel together: it may then be booked by mass, volume or
    calorific value. ``steam`` may be booked by mass.
    """

    id: str
    unit: Unit
    group: str
    name: Text
    record: Text
    form: str
    required: bool
    sign: str
    keys: tuple[str, ...]
    suppliers: bool
    kind: str
    when: When = field(default_factory=dict)
    default_distance: Fraction | None = None  # km
    default_mode: str = ""
    source: Citation | None = None
    fuel: str = ""
    properties: tuple[str, ...] = ()
    steam: SteamRule | None = None

    @property
    def carrier(self) -> str:
        """``fuel`` or ``steam`` where the account may be booked by several quantities."""
        if self.steam is not None:
            return "steam"
        return "fuel" if self.fuel or self.properties else ""

    @property
    def dimensions(self) -> frozenset[str]:
        """Dimensions that the account may be booked in; a gas in no volume of unknown state."""
        own = self.unit.dimension
        if self.carrier == "steam":
            return frozenset((own, "[mass]"))
        if self.carrier != "fuel":
            return frozenset((own,))
        unfit = "[length]^3" if own == "[normal_volume]" else ""
        return frozenset(BOOKED_BY) - {"[energy]", unfit} | {own}
