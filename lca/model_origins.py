"""Where an exchange of a product model comes from: a row, a process, a flow, a supplier, a mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chosen:
    """One id, or one id per value of the enum ``by``."""

    ids: Mapping[str, str]
    by: str = ""

    def pick(self, enums: Mapping[str, str]) -> str:
        """Return the id for these answers."""
        return self.ids[enums[self.by] if self.by else ""]


@dataclass(frozen=True, slots=True)
class FromFactor:
    """A row of the factor library."""

    factor: Chosen


@dataclass(frozen=True, slots=True)
class FromProcess:
    """The reference output of another process of the model."""

    process: str


@dataclass(frozen=True, slots=True)
class FromFlow:
    """An elementary flow, ``part.gas``."""

    flow: str


@dataclass(frozen=True, slots=True)
class FromElectricity:
    """Foreground electricity of a country."""

    country: Chosen


@dataclass(frozen=True, slots=True)
class FromSupplier:
    """The supplier's own factor where given, else this row."""

    factor: Chosen


@dataclass(frozen=True, slots=True)
class FromSupplierOrProcess:
    """The supplier's own figure or row where given, else the output of another process."""

    process: str


@dataclass(frozen=True, slots=True)
class FromMode:
    """A row chosen by the supplier's transport mode."""

    factors: Mapping[str, Chosen]


From = (
    FromFactor
    | FromProcess
    | FromFlow
    | FromElectricity
    | FromSupplier
    | FromSupplierOrProcess
    | FromMode
)
