"""Lists of choices: what stands in the drop-downs, and what the reader understands.

A choice has an id and a name in each language; a person may answer with any of the three.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from factors.errors import UnitError
from factors.factor import Boundary, EmissionFactor, Use
from factors.gwp import gwp_set
from factors.store import FactorSet
from factors.texts import Lang, catalogue
from factors.units import unit
from lca.carriers import leading
from lca.inventory import GRAVE, STAGES
from lca.model_parts import Account, FromMode, ProductModel, Text
from lca.sea_routes import sea_routes

AFTER_GATE = frozenset(STAGES[4:])
GROUPS = (
    "boundary", "activity", "centre", "key", "technology", "evidence", "reason", "treatment",
    "byproduct", "destination", "side", "payer", "incoterm", "figure_boundary", "figure_gwp",
    "figure_biogenic", "figure_power", "yes_no", "verified", "state", "abnormal",
)  # fmt: skip
BAR = " | "
"""Between the name of a factor and its id."""

UNITS = (
    "kWh", "MWh", "MJ", "GJ", "g", "kg", "t", "mL", "L", "hL", "m3", "Nm3", "mm", "m", "km",
    "m2", "s", "min", "h", "d", "t·km", "kg·km", "item", "bottle", "can", "case", "pallet", "CNY",
    "%", "1",
)  # fmt: skip
"""Units that a drop-down may offer; each row offers those of its own dimension."""

CARRIER_UNITS = {
    "fuel": (
        "kg", "t", "L", "万L", "m3", "Nm3", "万Nm3", "MJ(LHV)", "GJ(LHV)", "kWh(LHV)",
        "MJ(HHV)", "GJ(HHV)", "kWh(HHV)", "tce(当量)",
    ),
    "steam": ("t", "kg", "GJ", "MJ", "kWh"),
}  # fmt: skip
"""Units that the row of a fuel or of steam offers, those that it can be booked in."""

KEY_UNITS = ("kWh", "MJ", "GJ", "h", "kg", "t", "L", "hL", "m3", "m2", "item", "CNY", "1")


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice."""

    id: str
    name: Text

    def shown(self, lang: Lang) -> str:
        """Return what the drop-down shows."""
        return self.name[lang]


Lists = Mapping[str, tuple[Choice, ...]]


def lists(model: ProductModel, factors: FactorSet | None = None) -> Lists:
    """Return every list of choices of a model's workbook, by id; factors when there is a library.

    Factors are proposed by name; any other row of the library may be named by its id.
    """
    found = {group: _catalogued(group) for group in GROUPS}
    found["gas"] = _gases()
    found["month"] = tuple(Choice(f"m{n}", _field_name(f"m{n}")) for n in range(1, 13))
    found["route"] = tuple(Choice(route.id, route.name) for route in sea_routes())
    found["any-unit"] = _plain((*UNITS, *sorted(model.counting)))
    found["unit:m3"], found["unit:kg"] = (_plain(fitting(u, model.counting)) for u in ("m3", "kg"))
    for name, fit in _FACTORS.items():
        rows = (row for row in factors or () if row.use is Use.INPUT and fit(row))
        found[f"factors:{name}"] = tuple(_factor(row) for row in rows)
    if not any(stage.id in AFTER_GATE for stage in model.stages):
        found["boundary"] = tuple(c for c in found["boundary"] if c.id != GRAVE)
    found["mode"] = _modes(model)
    found["supplied"] = tuple(Choice(a.id, a.name) for a in model.accounts if a.suppliers)
    found["key-units"] = _plain(KEY_UNITS)
    for group in dict.fromkeys(account.group for account in model.accounts):
        found[f"accounts:{group}"] = tuple(
            Choice(account.id, account.name) for account in model.accounts if account.group == group
        )
    for enum in model.enums:
        found[f"enum:{enum.id}"] = tuple(Choice(value.id, value.name) for value in enum.values)
    for symbol in dict.fromkeys(_symbols(model)):
        found[f"unit:{symbol}"] = _plain(fitting(symbol, model.counting))
    for account in model.accounts:
        leads = leading(account, model, factors)
        found[units_of(account)] = _plain(_offered(account, model.counting, leads))
    base = model.declared_unit.unit.symbol
    found["output-units"] = (*found[f"unit:{base}"], *_plain(s.id for s in model.sales_units))
    return found


def units_of(account: Account) -> str:
    """Return the list of units that the row of an account offers; each carrier has its own."""
    return f"{account.carrier}:{account.id}" if account.carrier else f"unit:{account.unit.symbol}"


def _offered(account: Account, counting: frozenset[str], fit: frozenset[str]) -> tuple[str, ...]:
    """Return the units an account may be booked in, that of the model first."""
    own = fitting(account.unit.symbol, counting)
    more = [unit(text) for text in CARRIER_UNITS.get(account.carrier, ())]
    others = (one.symbol for one in more if one.dimension in fit)
    return tuple(dict.fromkeys((*own, *others)))


def fitting(symbol: str, counting: frozenset[str]) -> tuple[str, ...]:
    """Return the units a person may use in place of ``symbol``, that one first."""
    wanted = unit(symbol, counting)
    others: list[str] = []
    for candidate in UNITS:
        try:
            offered = unit(candidate, counting)
        except UnitError:
            continue
        if offered.dimension == wanted.dimension and offered.symbol != wanted.symbol:
            others.append(offered.symbol)
    return (wanted.symbol, *others)


def recognise(text: str, choices: Sequence[Choice]) -> tuple[str, tuple[Choice, ...]]:
    """Return the id that a text names (empty if none) and close choices to propose."""
    if any(text == choice.id for choice in choices):  # most rows of a long table
        return text, ()
    wanted = _key(text)
    names: dict[str, Choice] = {}
    for choice in choices:
        for spelling in (choice.id, *choice.name.values()):
            names.setdefault(_key(spelling), choice)
    if wanted in names:
        return names[wanted].id, ()
    close = (names[name] for name in get_close_matches(wanted, names, n=3, cutoff=0.5))
    return "", tuple({choice.id: choice for choice in close}.values())


def factor_id(text: str) -> str:
    """Return the id that a choice of a factor names: what stands behind its name, or all of it."""
    return text.rpartition(BAR.strip())[2].strip()


def _factor(row: EmissionFactor) -> Choice:
    end = f"{row.place}, {row.unit}{BAR}{row.id}"
    return Choice(row.id, {"zh": f"{row.activity_zh}, {end}", "en": f"{row.activity_en}, {end}"})


def _is_goods(row: EmissionFactor) -> bool:
    """Whether a row stands for something made or done elsewhere, whole to its gate."""
    whole = row.boundary in (Boundary.CRADLE_TO_GATE, Boundary.LIFE_CYCLE)
    return whole and not row.category.startswith(("electricity", "transport", "waste"))


_FACTORS: Mapping[str, Callable[[EmissionFactor], bool]] = {
    "goods": _is_goods,
    "waste": lambda row: row.category in ("waste", "waste-water"),
    "transport": lambda row: row.category.startswith("transport"),
}


def _gases() -> tuple[Choice, ...]:
    named = catalogue()["workbook_gas"]
    others = (gas for gas in sorted(gwp_set("AR6-100").values) if gas != "CH4-non-fossil")
    known = tuple(dict.fromkeys((*named, *others)))
    return tuple(Choice(gas, named.get(gas, {"zh": gas, "en": gas})) for gas in known)


@lru_cache(maxsize=8192)
def _key(text: str) -> str:
    """Fold a text for comparing; a list is compared with every row of a long table."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _catalogued(group: str) -> tuple[Choice, ...]:
    return tuple(Choice(name, texts) for name, texts in catalogue()[f"workbook_{group}"].items())


def _field_name(name: str) -> Text:
    names: Text = catalogue()["workbook_field"][name]
    return names


def _plain(names: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(name, {"zh": name, "en": name}) for name in dict.fromkeys(names))


def _modes(model: ProductModel) -> tuple[Choice, ...]:
    """Return the modes that the model has a factor for; all we know when it asks for none."""
    asked = {account.default_mode: None for account in model.accounts if account.default_mode}
    for exchange in model.exchanges:
        if isinstance(exchange.origin, FromMode):
            asked.update(dict.fromkeys(exchange.origin.factors))
    known = {choice.id: choice for choice in _catalogued("mode")}
    unnamed = {name: Choice(name, {"zh": name, "en": name}) for name in asked}
    return tuple((unnamed | known)[name] for name in asked) or tuple(known.values())


def _symbols(model: ProductModel) -> Iterator[str]:
    yield model.declared_unit.unit.symbol
    yield "MWh"
    for account in model.accounts:
        yield account.unit.symbol
    for parameter in model.parameters:
        if parameter.ask:
            yield parameter.unit.symbol
