"""Slips of practice that belong to particular trades: what verifiers of such plants have met.

Each says for which models it exists and, for each, what can tell of it: a check of the model (its
id), or ``-`` where no cell speaks against it, which makes it a question for the visit.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.seeded_errors.amounts import scaled
from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Fault, Kind, Plant, Planted, at
from tests.seeded_errors.places import MONTHS, Line, accounts, answer, lines, model_of, subject
from tests.seeded_errors.witness import of_check, of_output

Edit = Callable[[Book], dict[Spot, Value]]
UNTOLD = "-"
SAME_ROW = "row"
"""The key or control total of the same row."""

ANYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip.

    Attributes
    ----------
    edits
        What changes, by model; ``*`` stands for every model that is not named.
    told_by
        Check of the model that can tell, by model; ``-``: nothing can.
    whole
        Whether the slip puts every amount per unit off, so that it shows at many places.
    """

    id: str
    what: str
    edits: Mapping[str, Edit]
    told_by: Mapping[str, str]
    whole: bool = False


def faults() -> Iterator[Fault]:
    """Each slip twice: where something can tell, and where nothing can."""
    for slip in SLIPS:
        told = set(slip.told_by.values())
        if told - {UNTOLD}:
            name = f"balance-{slip.id}"
            yield Fault(name, Kind.BALANCE, slip.what, _told(slip, name), slip.whole)
        if UNTOLD in told:
            name = f"nothing-{slip.id}"
            yield Fault(name, Kind.NOTHING, slip.what, _untold(slip, name), slip.whole)


def _told(slip: Slip, name: str) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        by, edits = slip.told_by.get(book.model, UNTOLD), _edits(slip, book)
        if by == UNTOLD or not edits:
            return None
        checks = {one.id: one for one in model_of(book.model).checks}
        right = _rows(book, edits)
        if by != SAME_ROW:
            right |= set(of_check(book, checks[by]))
        return at(name, Kind.BALANCE, edits, right | (of_output(book) if slip.whole else set()))

    return plant


def _untold(slip: Slip, name: str) -> Plant:
    def plant(book: Book, rng: random.Random) -> Planted | None:
        by = slip.told_by.get(book.model, slip.told_by.get(ANYWHERE, ""))
        edits = _edits(slip, book)
        return at(name, Kind.NOTHING, edits) if by == UNTOLD and edits else None

    return plant


def _edits(slip: Slip, book: Book) -> dict[Spot, Value]:
    edit = slip.edits.get(book.model) or slip.edits.get(ANYWHERE)
    return edit(book) if edit is not None else {}


def _rows(book: Book, edits: Mapping[Spot, Value]) -> set[Spot]:
    touched = {(sheet, row) for sheet, row, _ in edits}
    return {
        spot
        for line in accounts(book)
        if (line.block.sheet, line.number) in touched
        for spot in line.cells
    } | set(edits)


# --- what people do ------------------------------------------------------------------------------


def _booked(book: Book, account: str) -> Line | None:
    return next((line for line in accounts(book) if line.id == account), None)


def row(times: float, *names: str) -> Edit:
    """Book some accounts too high or too low."""

    def edit(book: Book) -> dict[Spot, Value]:
        found = [line for name in names if (line := _booked(book, name)) is not None]
        return {spot: value for line in found for spot, value in scaled(line, times).items()}

    return edit


def less(account: str, *others: str) -> Edit:
    """Take what was sold off what was bought."""

    def edit(book: Book) -> dict[Spot, Value]:
        line = _booked(book, account)
        sold = sum(one.total for name in others if (one := _booked(book, name)) is not None)
        if line is None or not 0 < sold < line.total:
            return {}
        return scaled(line, 1 - sold / line.total)

    return edit


def told(name: str, times: float) -> Edit:
    """Answer a question too high or too low."""

    def edit(book: Book) -> dict[Spot, Value]:
        spot = _spot(book, name)
        value = book.number(spot) if spot else None
        return {spot: round(value * times, 6)} if spot and value else {}

    return edit


def chosen(**answers: str | float) -> Edit:
    """Choose or answer otherwise."""

    def edit(book: Book) -> dict[Spot, Value]:
        spots = {name: _spot(book, name) for name in answers}
        return {spot: answers[name] for name, spot in spots.items() if spot is not None}

    return edit


def output(times: float) -> Edit:
    """Count more or fewer good pieces of the declared family."""

    def edit(book: Book) -> dict[Spot, Value]:
        slot = subject(book)
        rows = [line for line in lines(book, "output") if line.id in MONTHS]
        return {one.spot(slot): round(size * times, 3) for one in rows if (size := one.size(slot))}

    return edit


def in_unit(account: str, unit: str) -> Edit:
    """Write another unit beside the same numbers."""

    def edit(book: Book) -> dict[Spot, Value]:
        line = _booked(book, account)
        return {line.spot("unit"): unit} if line is not None else {}

    return edit


def _spot(book: Book, name: str) -> Spot | None:
    return answer(book, "answers", name) or answer(book, "family", name, subject(book))


REWORK = 1.08
APPLIANCES = ("refrigerator", "air-conditioner", "washing-machine")

SLIPS: tuple[Slip, ...] = (
    Slip(
        "stamping",
        "net parts list in place of the sheet that was bought: no stamping waste",
        {
            "electric-motor": row(0.6, "electrical_steel"),
            **{one: row(0.6, "steel_coated", "steel_cold_rolled") for one in APPLIANCES},
        },
        {"electric-motor": "stamping-ratio", **dict.fromkeys(APPLIANCES, "sheet-yield")},
    ),
    Slip(
        "scrap-subtracted",
        "scrap that was sold taken off what was bought",
        {
            "electric-motor": less("electrical_steel", "scrap_sold"),
            **{one: less("steel_coated", "metal_scrap") for one in APPLIANCES},
            "tire": less("natural_rubber", "cured_scrap", "uncured_scrap"),
        },
        {
            "electric-motor": "stamping-ratio",
            **dict.fromkeys(APPLIANCES, "sheet-yield"),
            "tire": UNTOLD,
        },
    ),
    Slip(
        "rework",
        "what was worked over counted as output again",
        {ANYWHERE: output(REWORK)},
        {
            "air-conditioner": "sets-and-pieces",
            "beer": "containers-oneway",
            "electric-motor": "mass-balance",
            "glass-bottle": "mass-balance",
            "refrigerator": "refrigerant-account",
            "steel-eaf": "rolling-yield",
            "textile-knit": "yarn-balance",
            "tire": "mass-balance",
            ANYWHERE: UNTOLD,
        },
        whole=True,
    ),
    Slip(
        "pieces-as-sets",
        "indoor and outdoor units counted as sets",
        {"air-conditioner": output(2.0)},
        {"air-conditioner": "sets-and-pieces"},
        whole=True,
    ),
    Slip(
        "steam-as-heat",
        "tonnes of steam entered as GJ",
        {
            "tire": in_unit("purchased_steam", "GJ"),
            **{one: row(0.36, "purchased_steam") for one in ("beer", "frozen-seafood")},
        },
        {"tire": "heat-use", "beer": UNTOLD, "frozen-seafood": UNTOLD},
    ),
    Slip(
        "moisture",
        "heating value of air-dried coal on coal as received",
        {ANYWHERE: row(1.09, "coal", "power_coal", "injected_coal")},
        {ANYWHERE: UNTOLD},
    ),
    Slip(
        "glaze-as-fish",
        "glaze weighed as fish",
        {"frozen-seafood": output(1.35)},
        {"frozen-seafood": "more-fish-out"},
        whole=True,
    ),
    Slip(
        "no-glaze",
        "a glazed product declared without glaze",
        {"frozen-seafood": chosen(glaze=0)},
        {"frozen-seafood": UNTOLD},
    ),
    Slip(
        "lye",
        "lye of 32 % booked as pure caustic",
        {"beer": row(1 / 0.32, "caustic_soda"), "textile-knit": row(1 / 0.32, "caustic")},
        {"beer": SAME_ROW, "textile-knit": UNTOLD},
    ),
    Slip(
        "refrigerant-bought",
        "refrigerant bought entered as the charge of the product",
        {"refrigerator": told("charge", 1.3), "air-conditioner": told("charge", 1.3)},
        dict.fromkeys(APPLIANCES[:2], "refrigerant-account"),
    ),
    Slip(
        "refrigerant-charge",
        "the charge of the nameplates entered as refrigerant bought",
        {
            "refrigerator": row(0.7, "refrigerant_used"),
            "air-conditioner": row(0.7, "refrigerant_used"),
        },
        dict.fromkeys(APPLIANCES[:2], "refrigerant-account"),
    ),
    Slip(
        "trips",
        "trips of returnable bottles from a brochure",
        {"beer": row(0.2, "new_bottles")},
        {"beer": "containers-oneway"},
    ),
    Slip(
        "exported-returnable",
        "an exported article in the packaging of the home market",
        {"beer": chosen(market="eu", pack="returnable-bottle"), ANYWHERE: chosen(market="eu")},
        {"beer": "exported-returnable", ANYWHERE: UNTOLD},
    ),
    Slip(
        "land-use-plots",
        "plot histories claimed, none held",
        {
            "tire": chosen(nr_land_use="plot-history", nr_dluc=0),
        },
        {"tire": UNTOLD},
    ),
    Slip(
        "cullet-twice",
        "own cullet booked as bought",
        {"glass-bottle": row(2.5, "cullet")},
        {"glass-bottle": "mass-balance"},
    ),
    Slip(
        "hot-metal-forgotten",
        "half the metal charged forgotten",
        {"steel-eaf": row(0.5, "scrap_heavy", "hot_metal"), "steel-bf-bof": row(0.5, "hot_metal")},
        {"steel-eaf": "metal-yield", "steel-bf-bof": "metal-yield"},
    ),
    Slip(
        "crude-as-product",
        "crude steel entered as rolled product",
        {"steel-eaf": output(1.15), "steel-bf-bof": output(1.15)},
        dict.fromkeys(("steel-eaf", "steel-bf-bof"), "rolling-yield"),
        whole=True,
    ),
    Slip(
        "lot-weight",
        "the weight with packaging entered as the weight of the product",
        {
            "electric-motor": told("motor_mass", 1.6),
            "tire": told("tire_mass", 1.3),
            "glass-bottle": told("bottle_mass", 1.3),
            **{one: told("net_mass", 1.4) for one in APPLIANCES},
        },
        {
            "glass-bottle": UNTOLD,
            **dict.fromkeys(("electric-motor", "tire", *APPLIANCES), "mass-balance"),
        },
    ),
    Slip(
        "shells-as-kernels",
        "peanuts in the shell booked as kernels",
        {"roasted-peanut": row(1 / 0.7, "kernels")},
        {"roasted-peanut": "losses"},
    ),
    Slip(
        "cotton-in-carbon-dioxide",
        "cotton dyed in supercritical carbon dioxide, which cannot be",
        {"textile-knit": chosen(fibre="cotton", dyeing="supercritical-co2")},
        {"textile-knit": "supercritical-cotton"},
    ),
    Slip(
        "own-cards",
        "yarn of two articles shared out to one",
        {"textile-knit": row(1.5, "polyester_yarn", "cotton_yarn")},
        {"textile-knit": "yarn-balance"},
    ),
)
