"""What an emission factor is: frozen value types and the closed vocabularies of their cells.

A factor says how many kg of which gas one unit of an activity causes, in which part of the
footprint each gas is counted, how far along the life cycle the number reaches, and where it was
read. Rows that are not factors (heating values, yields, benchmarks) live in the same releases,
because they need the same provenance; their ``use`` keeps them out of inventory lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from factors.findings import Finding, Where, finding

PARTS = (
    "fossil",
    "biogenic_non_co2",
    "land_use_change",
    "aircraft",
    "unspecified",
    "biogenic_co2_emission",
    "biogenic_co2_removal",
)
"""Parts of a footprint, in the order of the documents; the last two stay out of the headline."""

LUMP = "CO2e"
"""Gas id of a value published only as a lump of CO2e."""

BY_GAS = "by-gas"
"""``gwp_set`` of a factor whose gases are known: it is recomputed under the chosen set."""

NOT_APPLICABLE = "none"
"""``gwp_set`` of a row that is not an emission."""

LUMP_BASES = frozenset({"AR4-100", "AR5-100", "AR6-100", "not-stated"})
"""``gwp_set`` values that a lump may carry."""


class Boundary(StrEnum):
    """How far along the life cycle a number reaches.

    ``to-generator`` is a life cycle that ends at the generator's terminals; electricity through
    the grid needs ``transmission-and-distribution`` beside it. A fuel needs ``upstream`` and
    ``combustion`` (or one ``upstream-and-combustion``), each exactly once.
    """

    COMBUSTION = "combustion"
    UPSTREAM = "upstream"
    UPSTREAM_AND_COMBUSTION = "upstream-and-combustion"
    CRADLE_TO_GATE = "cradle-to-gate"
    GATE_TO_GATE = "gate-to-gate"
    LIFE_CYCLE = "life-cycle"
    TO_GENERATOR = "to-generator"
    TRANSMISSION_AND_DISTRIBUTION = "transmission-and-distribution"
    PROCESS = "process"
    RELEASE = "release"
    WASTE_TREATMENT = "waste-treatment"
    COLLECTION_AND_TRANSPORT_ONLY = "collection-and-transport-only"
    CREDIT = "credit"
    PRODUCTION_PLUS_DISPOSAL = "production-plus-disposal"
    CRADLE_TO_RETAIL = "cradle-to-retail"
    CRADLE_TO_CONSUMER = "cradle-to-consumer"
    COMPANY_SCOPE_1_2 = "company-scope-1-2"
    PROPERTY = "property"


class Use(StrEnum):
    """What a row may be used for; only ``input`` may carry an inventory line."""

    INPUT = "input"
    BENCHMARK = "benchmark"
    PROPERTY = "property"
    CLAIM = "claim"


class Status(StrEnum):
    """How the number got here; says nothing about the quality of the source."""

    READ_IN_SOURCE = "read-in-source"
    DERIVED = "derived"
    RECALLED = "recalled"


class SourceClass(StrEnum):
    """What kind of publication the number comes from."""

    OFFICIAL_NOTICE = "official-notice"
    STANDARD = "standard"
    THIRD_PARTY_VERIFIED = "third-party-verified"
    LCI_DATABASE = "lci-database"
    PEER_REVIEWED = "peer-reviewed"
    INDUSTRY_AVERAGE = "industry-average"
    SELF_DECLARED = "company-self-declared"
    PRESS = "press"
    TEXTBOOK = "textbook"


class LicenceClass(StrEnum):
    """Whether a release may be passed on.

    ``open``: a named open licence. ``official-fact``: single numbers of a law, a government notice
    or the IPCC. ``quoted-fact``: single numbers with attribution, at most 20 per source.
    ``unclear``: a private overlay only.
    """

    OPEN = "open"
    OFFICIAL_FACT = "official-fact"
    QUOTED_FACT = "quoted-fact"
    UNCLEAR = "unclear"


class BiogenicTreatment(StrEnum):
    """What the publisher did with the carbon that plants took up."""

    EXCLUDED = "excluded"
    MINUS_ONE_PLUS_ONE = "-1+1"
    ZERO_ZERO = "0-0"
    UNKNOWN = "unknown"
    NONE = "none"


class CapitalGoods(StrEnum):
    """Whether machines and buildings are counted in the number."""

    INCLUDED = "in"
    EXCLUDED = "out"
    UNKNOWN = "unknown"


ELECTRICITY_OR_HEAT = ("electricity", "heat")
"""First words of the categories in which a CO2-only average can be mistaken for a life cycle."""


@dataclass(frozen=True, slots=True, order=True)
class Flow:
    """A gas and the part of the footprint that counts it; text form ``fossil.CO2``."""

    part: str
    gas: str

    def __str__(self) -> str:
        return f"{self.part}.{self.gas}"


@dataclass(frozen=True, slots=True)
class Source:
    """The publication behind one release.

    Attributes
    ----------
    release
        ``source/release``, the folder of the release.
    retrieved
        Day on which the numbers were read, ISO.
    redistributable
        False for a private overlay: such values may never be computable from a public output.
    """

    release: str
    title: str
    publisher: str
    year: str
    licence: str
    licence_class: LicenceClass
    url: str
    retrieved: str
    redistributable: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Spread stated with a number: a geometric standard deviation, a range, or a plus-minus share.

    Attributes
    ----------
    kind
        ``lognormal`` (``spread`` = (gsd,)), ``range`` (``spread`` = (low, high), in kg CO2e or in
        the row's unit) or ``relative`` (``spread`` = (share,), level not stated by the source).
    """

    kind: str
    spread: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class EmissionFactor:
    """One row of a release.

    Attributes
    ----------
    unit
        The unit one of which causes ``values``; for rows without emissions the unit of ``amount``.
    values
        Gas flows in kg per ``unit``; empty for a property.
    amount
        The number of a property row, else None.
    valid_from, valid_to
        Period that the data describe; None where the source does not end it.
    gwp_set
        ``by-gas``; or the basis of a published lump; or ``none``.
    corrects
        Reference of the row in an older release that this one replaces, or empty.
    private
        True when the release may not be passed on.
    """

    id: str
    release: str
    activity_zh: str
    activity_en: str
    category: str
    place: str
    valid_from: date | None
    valid_to: date | None
    unit: str
    values: tuple[tuple[Flow, Fraction], ...]
    amount: Fraction | None
    biogenic_treatment: BiogenicTreatment
    co_pollutants: tuple[tuple[str, Fraction], ...]
    gwp_set: str
    boundary: Boundary
    technology: str
    capital_goods: CapitalGoods
    uncertainty: Uncertainty | None
    quality: str
    status: Status
    source_class: SourceClass
    use: Use
    locator: str
    note: str
    corrects: str
    private: bool

    @property
    def reference(self) -> str:
        """Return the globally unique name ``source/release:id``."""
        return f"{self.release}:{self.id}"

    @property
    def gases(self) -> frozenset[str]:
        """Return the gases of the factor."""
        return frozenset(flow.gas for flow, _ in self.values)

    @property
    def co2_only(self) -> bool:
        """Whether an electricity or heat factor counts CO2 alone: never a CO2e."""
        of_kind = self.category.split("-", 1)[0] in ELECTRICITY_OR_HEAT
        return of_kind and bool(self.values) and self.gases == {"CO2"}

    def co2e(self, gwp: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """Return kg CO2e per unit by part.

        Parameters
        ----------
        gwp
            kg CO2e per kg of gas, for example ``gwp_set("AR6-100").values``, which refuses a
            missing gas with a finding; a published lump needs none.
        """
        total: dict[str, Fraction] = {}
        for flow, amount in self.values:
            weight = Fraction(1) if flow.gas == LUMP else gwp[flow.gas]
            total[flow.part] = total.get(flow.part, Fraction(0)) + amount * weight
        return total


def fit_for_line(factor: EmissionFactor, where: Where = Where()) -> tuple[Finding, ...]:
    """Return what speaks against letting a factor carry an inventory line.

    Errors: the row is not an input; a CO2-only electricity or heat average would enter a CO2e
    line. Warnings: recalled number, unclear licence handled as private, unknown biogenic carbon.
    """
    found: list[Finding] = []
    if factor.co2_only:
        found.append(finding("FACTOR-CO2-ONLY", where, factor=factor.id, place=factor.place))
    if factor.use is not Use.INPUT:
        found.append(finding("FACTOR-NOT-INPUT", where, factor=factor.id, use=factor.use))
    if factor.status is Status.RECALLED:
        found.append(finding("FACTOR-RECALLED", where, factor=factor.id))
    if factor.biogenic_treatment is BiogenicTreatment.UNKNOWN:
        found.append(finding("FACTOR-BIOGENIC-UNKNOWN", where, factor=factor.id))
    return tuple(found)
