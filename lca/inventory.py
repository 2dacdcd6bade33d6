"""The product system as data: processes, exchanges, reference flow, and where amounts came from.

These types mirror the system file (``docs/reference/system-file.md``). Amounts are exact; floating
point begins in :mod:`lca.system`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from factors.factor import EmissionFactor

Text = Mapping[str, str]  # language -> wording

SCHEMA = "carbonlabel-system/1"
STAGES = (
    "raw-materials",
    "inbound-transport",
    "manufacturing",
    "packaging",
    "distribution",
    "use",
    "end-of-life",
)
GATE = "cradle-to-gate"
GRAVE = "cradle-to-grave"
STORED = "stored"
CARBON_PLACES = ("product", "packaging", STORED)
"""Where the carbon of a product is; what is stored is not given off within its life."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A life-cycle stage; ``side`` is ``gate`` (before the factory gate) or ``after``."""

    id: str
    name: Text
    side: str


@dataclass(frozen=True, slots=True)
class Output:
    """What a process gives: its reference flow or a co-product.

    ``role``: reference, allocate, cut-off, substitute (then ``replaces`` is a process id).
    ``properties`` per unit (mass, price, energy ...), ``carbon`` kg biogenic C per unit.
    """

    flow: str
    amount: Fraction
    unit: str
    role: str = "reference"
    properties: Mapping[str, Fraction] = field(default_factory=dict)
    carbon: Fraction = Fraction(0)
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """A unit process with its outputs and, for co-products, the shares of its burdens."""

    id: str
    name: Text
    outputs: tuple[Output, ...]
    place: str = ""
    year: str = ""
    method: str = ""
    shares: Mapping[str, Fraction] = field(default_factory=dict)
    basis: Text = field(default_factory=dict)

    @property
    def reference(self) -> Output:
        """The output that other processes take."""
        return next(output for output in self.outputs if output.role == "reference")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One input, emission or removal of a process, per its reference amount.

    Exactly one of ``from_process``, ``from_factor``, ``from_flow`` is set. ``basis`` is ``both``,
    or ``location``/``market`` for lines that belong to one electricity result. ``expected`` says
    of a hot spot which quality it needs and what is usual (:mod:`lca.position`).
    """

    id: str
    process: str
    stage: str
    flow: str
    name: Text
    amount: Fraction
    unit: str
    from_process: str = ""
    from_factor: str = ""
    from_flow: str = ""
    basis: str = "both"
    hot_spot: bool = False
    activity_kind: str = ""
    factor_kind: str = "database"
    quality: Mapping[str, Any] | None = None
    place: str = ""
    year: str = ""
    evidence: tuple[str, ...] = ()
    origin: Mapping[str, Any] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_line(self) -> bool:
        """Whether the exchange carries greenhouse gases itself (rather than linking a process)."""
        return not self.from_process


@dataclass(frozen=True, slots=True)
class OwnFlow:
    """An elementary flow that the file declares for itself; ``id`` starts with ``own:``."""

    id: str
    unit: str
    name: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Indicator:
    """An impact indicator that the file declares for itself.

    ``flows`` maps a flow (``own:...`` or ``part.gas``) to its characterisation factor: how much of
    the indicator, in ``unit``, one unit of the flow counts for (one kg, for a gas). A flow that is
    not named does not count.
    """

    id: str
    unit: str
    flows: Mapping[str, Fraction]
    name: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EndOfLife:
    """How one material of the product is recycled, for comparing end-of-life methods.

    ``amount`` in ``unit`` per declared unit; ``lines`` are the exchanges that count its production
    and its end of life; ``parameters`` (r1, r2, r3, a ...) and ``factors`` (virgin, recycled ...)
    are those of :class:`lca.end_of_life.Material`.
    """

    material: str
    amount: Fraction
    unit: str
    lines: tuple[str, ...]
    parameters: Mapping[str, Fraction]
    factors: Mapping[str, str]
    name: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductSystem:
    """A whole system file.

    ``units`` are counting units the file declares for itself; ``factors`` are factors of its own
    (a supplier's declared figure); ``flows`` and ``indicators`` are characterised by
    :mod:`lca.indicators`; ``ledger`` and the other mappings are carried along unchanged.
    """

    product: Mapping[str, Any]
    declared_unit: Mapping[str, Any]
    stages: tuple[Stage, ...]
    reference_process: str
    reference_amount: Fraction
    reference_unit: str
    processes: tuple[Process, ...]
    exchanges: tuple[Exchange, ...]
    boundary: str = GATE
    ruleset: str = ""
    period: Mapping[str, str] = field(default_factory=dict)
    model: Mapping[str, str] | None = None
    units: tuple[str, ...] = ()
    factors: tuple[EmissionFactor, ...] = ()
    flows: tuple[OwnFlow, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    carbon_content: Mapping[str, Any] = field(default_factory=dict)
    omissions: tuple[Mapping[str, Any], ...] = ()
    exclusions: tuple[Text, ...] = ()
    bands: tuple[Mapping[str, Any], ...] = ()
    comparisons: tuple[Mapping[str, Any], ...] = ()
    use_method: Mapping[str, Any] = field(default_factory=dict)
    family: Mapping[str, Any] = field(default_factory=dict)
    end_of_life: tuple[EndOfLife, ...] = ()
    ledger: Mapping[str, Any] = field(default_factory=dict)
    workbook: Mapping[str, str] | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
