"""What must hold for the accounts of a model that may be booked in units of several quantities."""

from __future__ import annotations

from collections.abc import Iterator

from factors.findings import finding
from lca.carriers import properties
from lca.model_fields import UNKNOWN
from lca.model_formulas import Found, at
from lca.model_parts import BOOKED_BY, Account, ProductModel

STEAM_UNITS = {"pressure": "MPa", "temperature": "°C", "water": "°C"}


def carrier_problems(model: ProductModel) -> Found:
    """Report properties that tie nothing together, steam without its state, names taken twice."""
    for account in model.accounts:
        if account.carrier:
            yield from _own_unit(account)
            yield from _fuel(model, account)
            yield from _steam(model, account)
            yield from _taken(model, account)


def carrier_names(model: ProductModel) -> frozenset[str]:
    """Return the names of the model that conversions use."""
    return frozenset(
        name
        for account in model.accounts
        for name in (*properties(account, model), *dict(_state(account)).values())
    )


def _own_unit(account: Account) -> Found:
    """A fuel is booked by what a property can tie; steam is heat."""
    known = {"[energy]"} if account.carrier == "steam" else set(BOOKED_BY) - {"[energy]"}
    both = account.steam is not None and (account.fuel or account.properties)
    if (account.unit != UNKNOWN and account.unit.dimension not in known) or both:
        options = ", ".join(sorted(known))
        where = at("account", account.id, account.carrier)
        yield finding("MODEL-CARRIER", where, saw=account.unit.symbol, options=options)


def _fuel(model: ProductModel, account: Account) -> Found:
    """Every property is a value of the model per quantity of the fuel, and rests on no account."""
    where = at("account", account.id, "properties")
    for name in properties(account, model):
        own = model.units.get(name)
        if own is None or name not in _fixed(model):
            yield finding("MODEL-CARRIER-NAME", where, saw=name)
        elif own != UNKNOWN and not _ties(own.dimension):
            yield finding("MODEL-CARRIER-PROPERTY", where, saw=name, unit=own.symbol)


def _ties(dimension: str) -> bool:
    above, _, below = dimension.partition("/")
    return above in BOOKED_BY and below in BOOKED_BY


def _fixed(model: ProductModel) -> frozenset[str]:
    """Return parameters, tables, and the quantities that rest on nothing else."""
    found = {one.id for one in model.parameters} | {one.id for one in model.tables}
    for quantity in model.quantities:
        if set(quantity.formula.names) <= found:
            found.add(quantity.id)
    return frozenset(found)


def _steam(model: ProductModel, account: Account) -> Found:
    asked = {one.id: one.unit for one in model.parameters}
    for key, name in _state(account):
        where = at("account", account.id, f"steam.{key}")
        wanted = STEAM_UNITS[key]
        if name not in asked:
            yield finding("MODEL-CARRIER-NAME", where, saw=name)
        elif asked[name].symbol != wanted:
            yield finding("MODEL-UNIT-UNLIKE", where, saw=asked[name].symbol, expected=wanted)


def _state(account: Account) -> Iterator[tuple[str, str]]:
    rule = account.steam
    named = {} if rule is None else {key: getattr(rule, key) for key in STEAM_UNITS}
    yield from ((key, name) for key, name in named.items() if name)


def _taken(model: ProductModel, account: Account) -> Found:
    """Names that a conversion makes may mean nothing else."""
    made = {f"{account.id}_by_{word}" for word in BOOKED_BY.values()} | {f"{account.id}_heat"}
    for name in sorted(made & set(model.units)):
        yield finding("MODEL-DUPLICATE", at("account", account.id), saw=name, first=account.id)
