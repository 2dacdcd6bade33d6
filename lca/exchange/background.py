"""A licensed background under our foregrounds: unit inventories of chosen activities as factors.

One solve with the transposed matrix of the whole database gives what one unit of **every** activity
gives off of each greenhouse gas (:mod:`lca.adjoint`); the chosen ones become rows of a private
overlay release, by gas, so that any GWP set can be applied. From there they are factors like any
other: computed, compared, and never to be computed from a public output.

Elementary flows are told by name and compartment as ecoinvent and its descendants spell them; what
looks like a greenhouse gas and is not known is reported, never dropped in silence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from factors.errors import FindingsError
from factors.factor import Flow
from factors.findings import Finding, Where, finding
from factors.numbers import decimal_text, fifteen
from factors.rows import COLUMNS
from lca import adjoint
from lca.compiled import Column, Compiled, FlowRow, Triplets
from lca.exchange.linking import Link

_NITROUS = Flow("fossil", "N2O")
_NITROUS_BIOGENIC = Flow("biogenic_non_co2", "N2O")
_FOSSIL_CARBON = (Flow("fossil", "CO2"), Flow("fossil", "CH4-fossil"))
_BIOGENIC_CARBON = (
    Flow("biogenic_co2_emission", "CO2"),
    Flow("biogenic_non_co2", "CH4-non-fossil"),
)
_GASES: Mapping[str, Flow] = {
    "carbon dioxide, fossil": Flow("fossil", "CO2"),
    "carbon dioxide, non-fossil": Flow("biogenic_co2_emission", "CO2"),
    "carbon dioxide, from soil or biomass stock": Flow("land_use_change", "CO2"),
    "methane, fossil": Flow("fossil", "CH4-fossil"),
    "methane, non-fossil": Flow("biogenic_non_co2", "CH4-non-fossil"),
    "methane, from soil or biomass stock": Flow("land_use_change", "CH4-non-fossil"),
    "dinitrogen monoxide": _NITROUS,
    "sulfur hexafluoride": Flow("fossil", "SF6"),
    "nitrogen fluoride": Flow("fossil", "NF3"),
}
_UPTAKE = ("carbon dioxide, in air", "carbon dioxide, non-fossil, resource correction")
_CODE = re.compile(r"\b(H[CF]*FC-\d+[a-z]*|H?CFC-\d+[a-z]*|PFC-\d+|R-\d+[a-z]*)\b", re.IGNORECASE)
_SUSPECT = re.compile(
    r"carbon dioxide|methane|nitrous|dinitrogen|fluor|HFC|PFC|CFC|halon|sulfur hexa", re.IGNORECASE
)
_CARBON_MONOXIDE = re.compile(r"monoxide", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ElementaryFlow:
    """A row of the biosphere: its name and its compartment."""

    name: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity that shall become a factor, and its column."""

    link: Link
    column: int
    name: str
    place: str


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Matrices of a database; row i of the technosphere is what column i gives."""

    technosphere: Triplets
    biosphere: Triplets
    size: int
    flows: tuple[ElementaryFlow, ...]
    activities: tuple[Activity, ...]


@dataclass(frozen=True, slots=True)
class UnitInventory:
    """What one unit of an activity gives off, kg by flow; removals are negative."""

    activity: Activity
    flows: Mapping[Flow, float]


def gas_of(flow: ElementaryFlow, known: frozenset[str]) -> Flow | None:
    """Return the flow of a footprint that an elementary flow is, None where it is none.

    Parameters
    ----------
    known
        Gases that the GWP set has a value for.
    """
    name = flow.name.strip().lower()
    compartment = (flow.categories or ("",))[0].lower()
    if name in _UPTAKE:
        return Flow("biogenic_co2_removal", "CO2")
    if compartment not in ("air", ""):
        return None
    if name in _GASES:
        return _GASES[name]
    found = _CODE.search(flow.name)
    code = found.group(1).upper() if found else ""
    return next((Flow("fossil", gas) for gas in sorted(known) if gas.upper() == code), None)


def unit_inventories(
    background: Background, known: frozenset[str]
) -> tuple[tuple[UnitInventory, ...], tuple[Finding, ...]]:
    """Return what one unit of each chosen activity gives off, and what must be looked at.

    Raises
    ------
    FindingsError
        BACKGROUND-NOTHING.
    SolveError
        As :func:`lca.adjoint.solve`.
    """
    rows = [gas_of(flow, known) for flow in background.flows]
    views = sorted({flow for flow in rows if flow is not None} | {_NITROUS_BIOGENIC})
    scores = _scores(background, rows, views)
    made = tuple(
        UnitInventory(
            one,
            {
                flow: float(value)
                for flow, value in zip(views, scores[one.column], strict=True)
                if value
            },
        )
        for one in background.activities
    )
    empty = [one.activity for one in made if not one.flows]
    if empty:
        names = ", ".join(list(_GASES)[:4])
        raise FindingsError(
            *(finding("BACKGROUND-NOTHING", code=one.link.code, known=names) for one in empty)
        )
    return made, tuple(_unknown(background.flows, rows))


def overlay_files(made: Sequence[UnitInventory], *, source: str, day: str) -> tuple[str, str]:
    """Return ``source.toml`` and ``factors.csv`` of a private overlay release.

    Parameters
    ----------
    source
        Name of the database, for people.
    day
        Day on which it was read, ISO.
    """
    told = source.replace("\\", " ").replace('"', "'")
    record = (
        f'title = "{told}"\npublisher = "user\'s own database"\nyear = "{day[:4]}"\n'
        'licence = "as the user agreed with its licensor"\nlicence_class = "unclear"\n'
        f'url = "none"\nretrieved = "{day}"\nredistributable = false\n'
    )
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in made:
        cells = _row(one, told)
        writer.writerow([cells.get(column, "") for column in COLUMNS])
    return record, table.getvalue()


def _scores(
    background: Background, rows: Sequence[Flow | None], views: Sequence[Flow]
) -> NDArray[np.float64]:
    """Return kg per unit by activity and view; shape (activities, views).

    An activity that takes waste has a negative output; its row is turned round, so that its unit is
    one unit treated.
    """
    tech, bio = background.technosphere, background.biosphere
    on = tech.rows == tech.cols
    turned = np.ones(background.size)
    turned[tech.rows[on]] = np.where(tech.values[on] < 0, -1.0, 1.0)
    given = np.zeros((background.size, len(views)))
    place = {flow: index for index, flow in enumerate(views)}
    column_of = np.array([place[flow] if flow is not None else -1 for flow in rows], dtype=np.int64)
    sign = np.array([_sign(flow) for flow in rows])
    view_of = column_of[bio.rows]
    if _NITROUS in place:
        living = (view_of == place[_NITROUS]) & _living(background, rows)[bio.cols]
        view_of[living] = place[_NITROUS_BIOGENIC]
    counted = view_of >= 0
    where = (bio.cols[counted], view_of[counted])
    np.add.at(given, where, bio.values[counted] * sign[bio.rows[counted]])
    names = tuple(f"a{index}" for index in range(background.size))
    flows = tuple(FlowRow(flow.part, flow.gas, "") for flow in views)
    compiled = Compiled(
        columns=tuple(Column("process", name) for name in names),
        products=names,
        flows=flows,
        lines=(),
        technosphere=Triplets(tech.rows, tech.cols, tech.values * turned[tech.rows]),
        biosphere=Triplets.of([]),
        characterisation=np.ones(len(flows)),
        demand=((0, 1.0),),
    )
    return adjoint.solve(compiled, given).values


def _living(background: Background, rows: Sequence[Flow | None]) -> NDArray[np.bool_]:
    """Return which activities give off non-fossil carbon and no fossil carbon; shape (size,)."""
    bio = background.biosphere

    def giving(flows: Sequence[Flow]) -> NDArray[np.bool_]:
        counted = np.array([flow in flows for flow in rows])[bio.rows] & (bio.values != 0)
        found = np.zeros(background.size, dtype=np.bool_)
        found[bio.cols[counted]] = True
        return found

    return giving(_BIOGENIC_CARBON) & ~giving(_FOSSIL_CARBON)


def _sign(flow: Flow | None) -> float:
    """An uptake is a positive amount of a resource there, a negative emission here."""
    return -1.0 if flow is not None and flow.part == "biogenic_co2_removal" else 1.0


def _unknown(flows: Sequence[ElementaryFlow], rows: Sequence[Flow | None]) -> Iterator[Finding]:
    names = sorted(
        {
            flow.name
            for flow, row in zip(flows, rows, strict=True)
            if row is None
            and (flow.categories or ("air",))[0].lower() == "air"
            and _SUSPECT.search(flow.name)
            and not _CARBON_MONOXIDE.search(flow.name)
        }
    )
    if names:
        shown = ", ".join(names[:8])
        yield finding("BACKGROUND-UNKNOWN", Where(), count=len(names), names=shown)


def _row(one: UnitInventory, source: str) -> dict[str, str]:
    link = one.activity.link
    values = "; ".join(
        f"{flow}={decimal_text(fifteen(Fraction(value)))}" for flow, value in one.flows.items()
    )
    uptake = any(flow.part.startswith("biogenic_co2") for flow in one.flows)
    name = f"{one.activity.name} [{link.factor}]"
    return {
        "id": link.factor,
        "activity_zh": name,
        "activity_en": name,
        "category": "background",
        "place": _place(one.activity.place),
        "unit": link.unit,
        "values": values,
        "biogenic_treatment": "-1+1" if uptake else "none",
        "gwp_set": "by-gas",
        "boundary": "cradle-to-gate",
        "technology": one.activity.name,
        "capital_goods": "unknown",
        "status": "derived",
        "source_class": "lci-database",
        "use": "input",
        "locator": f"{link.database}, {link.code}",
        "note": f"Unit inventory by one solve of {source}. Uncertainty: none stated in the source.",
    }


def _place(place: str) -> str:
    """Return a place as the library spells it: a country, a region of one, GLO or XX."""
    return place if re.fullmatch(r"[A-Z]{2,3}(-[A-Z0-9]{1,3})?", place) else "XX"
