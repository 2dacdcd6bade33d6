"""The frozen parts of a product model, as the file says them (docs/reference/model-language.md).

Nothing is computed here. A part keeps texts in both languages, exact numbers, parsed formulas and
checked units; :func:`lca.model.load` is the only maker of a whole :class:`ProductModel`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from factors.units import Unit
from lca.formula import Formula
from lca.model_origins import Chosen as Chosen
from lca.model_origins import From as From
from lca.model_origins import FromElectricity as FromElectricity
from lca.model_origins import FromFactor as FromFactor
from lca.model_origins import FromFlow as FromFlow
from lca.model_origins import FromMode as FromMode
from lca.model_origins import FromProcess as FromProcess
from lca.model_origins import FromSupplier as FromSupplier
from lca.model_origins import FromSupplierOrProcess as FromSupplierOrProcess
from lca.model_questions import BOOKED_BY as BOOKED_BY
from lca.model_questions import Account as Account
from lca.model_questions import Choice as Choice
from lca.model_questions import Enum as Enum
from lca.model_questions import Parameter as Parameter
from lca.model_questions import SteamRule as SteamRule
from lca.model_questions import Table as Table
from lca.model_standing import Band as Band
from lca.model_standing import Citation as Citation
from lca.model_standing import Comparison as Comparison
from lca.model_standing import HotSpot as HotSpot
from lca.model_standing import Text as Text
from lca.model_standing import When as When

FORMAT = "carbonlabel-model/1"
SCOPES = ("family", "site")
GROUPS = ("energy", "materials", "packaging", "waste", "transport")
FORMS = ("metered", "stock")
SIGNS = ("positive", "any")
ACTIVITY_KINDS = ("metered", "invoiced", "calculated", "estimated", "literature")
KEY_KINDS = (
    "sub-meter",
    "standard-consumption",
    "machine-hours",
    "mass",
    "volume",
    "pieces",
    "area",
    "revenue",
    "single",
)
TREATMENTS = ("allocate", "cut-off", "substitute")
METHODS = ("mass", "volume", "energy", "price", "pieces", "carbon")
BASES = ("both", "location", "market")
STATUSES = ("read-in-source", "derived", "recalled")
SUPPLIER_NAMES: Mapping[str, str] = {"supplier_share": "1", "supplier_distance": "km"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value that the model names once and uses in several formulas or shows to a reader."""

    id: str
    formula: Formula
    unit: Unit
    name: Text


@dataclass(frozen=True, slots=True)
class DeclaredUnit:
    """What the figure is per. ``mass`` gives kg per one ``unit``, product with packaging."""

    amount: Fraction
    unit: Unit
    name: Text
    reason: Text
    mass: Formula | None = None


@dataclass(frozen=True, slots=True)
class SalesUnit:
    """Another unit the figure is shown in; ``amount`` is in units of the declared unit."""

    id: str
    amount: Formula
    name: Text
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StageRule:
    """A stage the model uses, with its wording."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class ProcessRule:
    """A process with its reference output.

    Every formula of the process and of its exchanges is per one ``unit`` of the output.
    ``properties`` and ``carbon`` describe one unit of the reference flow (needed with co-products).
    ``method`` and ``basis`` are empty when there is nothing to allocate.
    """

    id: str
    name: Text
    flow: str
    amount: Fraction
    unit: Unit
    place: str
    method: str = ""
    basis: Text = field(default_factory=dict)
    properties: Mapping[str, Formula] = field(default_factory=dict)
    carbon: Formula | None = None


@dataclass(frozen=True, slots=True)
class CoProduct:
    """What else a process gives, per one unit of its reference output."""

    process: str
    flow: str
    name: Text
    amount: Formula
    unit: Unit
    treatment: str
    properties: Mapping[str, Formula] = field(default_factory=dict)
    carbon: Formula | None = None
    replaces: str = ""
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExchangeRule:
    """One input, emission or removal; ``amount`` is in ``unit`` per one unit of the output.

    ``each`` names an account with suppliers: the exchange is repeated for every supplier.
    ``grid_loss`` names the value by which the amount already holds transmission and distribution.
    """

    id: str
    process: str
    stage: str
    flow: str
    name: Text
    amount: Formula
    unit: Unit
    origin: From
    when: When = field(default_factory=dict)
    each: str = ""
    grid_loss: str = ""
    basis: str = "both"
    hot_spot: HotSpot | None = None


@dataclass(frozen=True, slots=True)
class CarbonRule:
    """Carbon per one declared unit, ``of`` product or packaging, by ``origin`` of the atoms.

    ``of`` stored: biogenic carbon that is not given off within the life of the product.
    """

    of: str
    origin: str
    amount: Formula
    unit: Unit
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """What a verifier would ask about: a combination, or a value outside ``low`` .. ``high``.

    Without ``value`` the check fires whenever ``when`` holds.
    """

    id: str
    severity: str
    text: Text
    todo: Text
    when: When = field(default_factory=dict)
    value: Formula | None = None
    unit: Unit | None = None
    low: Fraction | None = None
    high: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Omission:
    """A flow left out, with its estimate per one declared unit."""

    flow: str
    estimate: Formula
    unit: Unit
    reason: Text


@dataclass(frozen=True, slots=True)
class EndOfLifeRule:
    """How a material is recycled: ``amount`` per one declared unit, for comparing methods.

    ``lines`` are the exchanges that count its production and end of life; ``parameters`` and
    ``factors`` have the names of :mod:`lca.end_of_life_file`.
    """

    material: str
    name: Text
    amount: Formula
    unit: Unit
    lines: tuple[str, ...]
    parameters: Mapping[str, Formula]
    factors: Mapping[str, Chosen]
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductModel:
    """A whole product model.

    Attributes
    ----------
    process
        The process whose output is the declared unit.
    foreground
        Processes that need primary data.
    counting
        Counting units the model declares for itself (``appliance``).
    use_method
        The enum whose answer names the method of the use stage; empty where there is one only.
    units
        Unit that each name has inside a formula: accounts stand per declared unit.
    sha256
        Hash of the bytes of the file.
    """

    id: str
    version: str
    name: Text
    category: str
    about: Text
    process: str
    foreground: tuple[str, ...]
    declared_unit: DeclaredUnit
    sales_units: tuple[SalesUnit, ...]
    stages: tuple[StageRule, ...]
    enums: tuple[Enum, ...]
    parameters: tuple[Parameter, ...]
    tables: tuple[Table, ...]
    accounts: tuple[Account, ...]
    quantities: tuple[Quantity, ...]
    processes: tuple[ProcessRule, ...]
    co_products: tuple[CoProduct, ...]
    exchanges: tuple[ExchangeRule, ...]
    carbon: tuple[CarbonRule, ...]
    bands: tuple[Band, ...]
    comparisons: tuple[Comparison, ...]
    checks: tuple[Check, ...]
    omissions: tuple[Omission, ...]
    end_of_life: tuple[EndOfLifeRule, ...]
    counting: frozenset[str]
    units: Mapping[str, Unit]
    sha256: str
    use_method: str = ""

    def enum(self, enum_id: str) -> Enum:
        """Return the enum of this id."""
        return next(enum for enum in self.enums if enum.id == enum_id)

    def account(self, account_id: str) -> Account:
        """Return the account of this id."""
        return next(account for account in self.accounts if account.id == account_id)

    def process_rule(self, process_id: str) -> ProcessRule:
        """Return the process of this id."""
        return next(process for process in self.processes if process.id == process_id)

    @property
    def factor_ids(self) -> frozenset[str]:
        """Every factor row that the model can ask for."""
        made = {process.id for process in self.processes}
        replaced = {part.replaces for part in self.co_products} - made - {""}
        chosen = [factor for rule in self.end_of_life for factor in rule.factors.values()]
        for exchange in self.exchanges:
            match exchange.origin:
                case FromFactor(factor) | FromSupplier(factor):
                    chosen.append(factor)
                case FromMode(factors):
                    chosen.extend(factors.values())
                case _:
                    pass
        rows = {factor for one in chosen for factor in one.ids.values()}
        return frozenset(rows | replaced)
