"""Co-products: from a process with several outputs to processes with one, without losing anything.

A process is divided among its outputs in inventory terms, before any matrix exists. The outputs
that bear burdens (the reference output and every co-product with role ``allocate``) share all
exchanges of the process by one key; ``cut-off`` outputs bear nothing; a ``substitute`` output adds
the process or factor that it replaces with a negative amount, as a line of its own.

Biogenic carbon follows the atoms (ISO 14067): no key may move it. Every output other than the
reference output takes the carbon it is made of, ``carbon`` x 44/12 kg of CO2 taken up, and the
reference output keeps the rest. Therefore a process is divided twice, once for its burdens and once
for its atoms. A substituting output takes no carbon of its own: the replaced process brings it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from factors.findings import Finding, Where, finding
from lca.inventory import STAGES, Exchange, Output, Process

CO2_PER_CARBON = Fraction(44, 12)
"""kg CO2 per kg of carbon, by the rounded molar masses that footprint standards use."""

REMOVAL = "biogenic_co2_removal.CO2"
"""The flow in which the uptake of biogenic carbon is counted."""

MANUFACTURING = "manufacturing"

GIVEN = "given"
"""Method of shares that a rule set or a contract fixes."""

PROPERTY: Mapping[str, str] = {
    "mass": "mass",
    "volume": "volume",
    "energy": "energy",
    "economic": "price",
    "price": "price",
    "pieces": "pieces",
    "carbon": "carbon",
}
"""The property per unit of output that each method weighs by."""

METHODS = (*PROPERTY, GIVEN)
TOLERANCE = Fraction(1, 10**9)
"""Stated shares may differ from those of the properties by the rounding of their author."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What one output of a process carries.

    Attributes
    ----------
    share
        Its share of the burdens; the shares of a process sum to 1.
    burdens
        The exchanges of the process, times the share: all greenhouse gases but biogenic CO2.
    atoms
        What it carries of biogenic CO2: for the reference output every exchange in full and the
        carbon that leaves with the others, for another output its own carbon.
    """

    output: Output
    share: Fraction
    burdens: tuple[Exchange, ...]
    atoms: tuple[Exchange, ...]


def bearing(process: Process) -> tuple[Output, ...]:
    """Return the outputs that bear burdens: the reference output and allocated co-products."""
    return tuple(item for item in process.outputs if item.role in ("reference", "allocate"))


def shares(process: Process) -> Mapping[str, Fraction]:
    """Return the exact share of each burden-bearing output, by flow.

    A method with a property on every output is computed (amount x property over their sum);
    otherwise the shares stated by the file count. :func:`check` says whether they may.
    """
    outputs = bearing(process)
    if len(outputs) == 1:
        return {outputs[0].flow: Fraction(1)}
    return _by_property(process) or dict(process.shares)


def check(process: Process, where: Where = Where()) -> tuple[Finding, ...]:
    """Return what is wrong with the allocation of a process; empty when it can be divided."""
    outputs = bearing(process)
    if len(outputs) == 1:
        return ()
    computed, stated = _by_property(process), process.shares
    if not computed and not stated:
        return (finding("SYSTEM-SHARES-MISSING", where, process=process.id, method=process.method),)
    if not computed:
        return _check_stated(process, where)
    if stated and any(
        abs(stated.get(flow, Fraction(0)) - share) > TOLERANCE for flow, share in computed.items()
    ):
        return (finding("SYSTEM-SHARES-DIFFER", where, process=process.id, method=process.method),)
    return ()


def portions(
    process: Process,
    exchanges: Sequence[Exchange],
    *,
    stage: str,
    carbon: bool,
    processes: Collection[str] = (),
) -> tuple[Portion, ...]:
    """Divide a process among its outputs.

    Parameters
    ----------
    exchanges
        The exchanges of the process, per its reference amount.
    stage
        Stage of the lines that allocation itself makes (credits, carbon that leaves).
    carbon
        Whether uptake of biogenic carbon was counted on the way in; carbon that was never counted
        in cannot be counted out.
    processes
        Ids of processes; a ``replaces`` that is none of them names a factor.

    Returns
    -------
    tuple of Portion
        One per output, the reference output first. Summed over the outputs, ``burdens`` are the
        exchanges plus the credits, and ``atoms`` are the same again.
    """
    undivided = (*exchanges, *credit_lines(process, stage, processes))
    key = shares(process)
    own = {
        item.flow: leaving(process, item, stage)
        for item in process.outputs
        if carbon and item.role in ("allocate", "cut-off") and item.carbon
    }
    return tuple(
        Portion(
            output=item,
            share=key.get(item.flow, Fraction(0)),
            burdens=_scaled(undivided, key.get(item.flow, Fraction(0))),
            atoms=(
                (*undivided, *own.values())
                if item.role == "reference"
                else _scaled([own[item.flow]], Fraction(-1))
                if item.flow in own
                else ()
            ),
        )
        for item in sorted(process.outputs, key=lambda output: output.role != "reference")
    )


def home_stage(stages: Collection[str], otherwise: str) -> str:
    """Return the stage of the lines that allocation makes for a process.

    Parameters
    ----------
    stages
        Those of the exchanges of the process.
    otherwise
        What stands for none.

    Returns
    -------
    str
        Manufacturing where the process has an exchange there, else the earliest of its stages:
        the seven known ones in their order, others after them by name.
    """
    if not stages:
        return otherwise
    if MANUFACTURING in stages:
        return MANUFACTURING
    known = {stage: place for place, stage in enumerate(STAGES)}
    return min(stages, key=lambda stage: (known.get(stage, len(known)), stage))


def credit_lines(process: Process, stage: str, processes: Collection[str]) -> tuple[Exchange, ...]:
    """Return the substituted processes and factors as exchanges of negative amount."""
    return tuple(
        Exchange(
            id=f"{process.id}.{item.flow}.credit",
            process=process.id,
            stage=stage,
            flow=item.flow,
            name=process.name,
            amount=-item.amount,
            unit=item.unit,
            from_process=item.replaces if item.replaces in processes else "",
            from_factor="" if item.replaces in processes else item.replaces,
            activity_kind="calculated",
            place=process.place,
            year=process.year,
            origin={"kind": "rule", "rule": f"{process.id}.{item.flow}", "formula": "substitution"},
        )
        for item in process.outputs
        if item.role == "substitute"
    )


def leaving(process: Process, output: Output, stage: str) -> Exchange:
    """Return the biogenic carbon that leaves with a co-product: uptake taken back."""
    return Exchange(
        id=f"{process.id}.{output.flow}.carbon",
        process=process.id,
        stage=stage,
        flow=output.flow,
        name=process.name,
        amount=-output.amount * output.carbon * CO2_PER_CARBON,
        unit="kg",
        from_flow=REMOVAL,
        activity_kind="calculated",
        place=process.place,
        year=process.year,
        origin={
            "kind": "rule",
            "rule": f"{process.id}.{output.flow}",
            "formula": "amount * carbon * 44/12",
        },
    )


def _by_property(process: Process) -> dict[str, Fraction]:
    """Return shares by amount x property, empty when a property is missing or all are zero."""
    name = PROPERTY.get(process.method)
    outputs = bearing(process)
    if name is None or not all(name == "carbon" or name in item.properties for item in outputs):
        return {}
    weights = {
        item.flow: item.amount * (item.carbon if name == "carbon" else item.properties[name])
        for item in outputs
    }
    total = sum(weights.values(), Fraction(0))
    if total <= 0 or any(weight < 0 for weight in weights.values()):
        return {}
    return {flow: weight / total for flow, weight in weights.items()}


def _check_stated(process: Process, where: Where) -> tuple[Finding, ...]:
    """Return what is wrong with shares that the file states."""
    stated = process.shares
    flows = {item.flow for item in bearing(process)}
    found = []
    if set(stated) != flows:
        shown = ", ".join(sorted(flows ^ set(stated)))
        found.append(finding("SYSTEM-SHARES-FLOWS", where, process=process.id, flows=shown))
    if any(share < 0 for share in stated.values()):
        found.append(finding("SYSTEM-SHARES-NEGATIVE", where, process=process.id))
    total = sum(stated.values(), Fraction(0))
    if total != 1:
        found.append(finding("SYSTEM-SHARES-SUM", where, process=process.id, total=float(total)))
    return tuple(found)


def _scaled(exchanges: Sequence[Exchange], share: Fraction) -> tuple[Exchange, ...]:
    """Return exchanges times a share; nothing at all for the share zero."""
    if share == 1:
        return tuple(exchanges)
    return tuple(replace(item, amount=item.amount * share) for item in exchanges) if share else ()
