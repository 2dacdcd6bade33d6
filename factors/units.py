"""The unit firewall: text becomes a :class:`Unit` only through the allow-list.

This is the only module that imports pint, and pint is shown nothing but the definitions of
``data/units.toml``, in a registry that starts empty. Its own spellings (``ton`` is the US short
ton, ``kt`` a knot, ``Nm^3`` a yarn count) can therefore never be reached. Every scale is an exact
:class:`~fractions.Fraction`: one kWh is 18/5 MJ and not 3.6 in binary.

Grammar: a product of listed spellings, joined by ``·`` or ``*``, and at most one quotient, ``/``.
A product below the line stands in parentheses: ``kg CO2e/(t·km)``. Without them the text has two
readings and is refused.

Dimensions. ``[co2e]``, ``[carbon]`` and ``[mass]`` are three; ``[energy]``, ``[energy_lhv]``,
``[energy_hhv]`` and ``[kgce_primary]`` are four; gas at normal state is not volume; each currency
and each counting unit is alone. There is one generic counting unit, ``item`` (件, 个, pcs): the
named ones (bottle 瓶, case 箱, machine 台, strip 条 ...) never turn into it or into each other,
because how many bottles a case holds is a datum of the product and belongs in the file as a
quantity (``12 bottle/case``). Clock time and calendar time are two: a year has no fixed number of
hours. Standard coal (kgce, tce) must say which value it means: calorific (当量, 29.3076 MJ net
per kg) or primary (等价, which depends on the year's power-plant rate and never converts). Dry,
air-dried and pure mass (干基, 空干基, 折百) and nutrients are dimensions of their own: the content
that leads from one to the other is a datum.

Context. The caller may say that a text measures a gas, heat or something moist; ``m3``, ``kWh`` and
``t`` are then asked about. That is for texts which people typed; canonical documents hold symbols,
which are read without context.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fractions import Fraction
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from factors.allowlist import Entry, allow_list, normal
from factors.errors import UnitError
from factors.findings import Finding, Where, finding
from factors.importing import without

with without("dask"):  # pint loads it for arrays of many machines, longer than all the rest of pint
    import pint

MAX_TEXT = 80
"""Longest unit text read, in characters."""

MAX_DECLARED = 24
"""Longest name of a counting unit that a system file declares, in characters."""

NO_COUNTING: frozenset[str] = frozenset()
_NAME = re.compile(r"[^\W\d]\w*")
_FALLBACK = "kg, t, kWh, MJ, m3, L, t·km, item"


@dataclass(frozen=True, slots=True)
class Atom:
    """One listed or declared unit: symbol, exact scale, dimension as powers of base dimensions."""

    symbol: str
    scale: Fraction
    dims: tuple[tuple[str, int], ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure.

    Attributes
    ----------
    symbol
        Canonical spelling; ``unit(u.symbol)`` gives the same unit again.
    scale
        Exact size in the coherent base of its dimension (kg, kg CO2e, MJ, m, s, one of a kind).
    dimension
        Canonical text such as ``[co2e]/[energy]``; ``1`` where there is none.
    powers
        The atoms and their exponents.
    """

    symbol: str
    scale: Fraction
    dimension: str
    powers: tuple[tuple[Atom, int], ...] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return self.symbol

    def __mul__(self, other: Unit) -> Unit:
        """Return the product; equal atoms above and below the line cancel, nothing else does."""
        return _compose((*self.powers, *other.powers))

    def __truediv__(self, other: Unit) -> Unit:
        """Return the quotient."""
        return _compose((*self.powers, *((atom, -power) for atom, power in other.powers)))

    def factor_to(self, other: Unit) -> Fraction:
        """Return what one of this unit is in the other.

        Raises
        ------
        UnitError
            UNIT-DIMENSION, when the dimensions differ.
        """
        if self.dimension != other.dimension:
            saw, expected = (f"{one.symbol} {one.dimension}" for one in (self, other))
            raise UnitError(finding("UNIT-DIMENSION", saw=saw, expected=expected))
        return self.scale / other.scale

    def simplified(self) -> Unit:
        """Return the unit with one atom per kind: ``MWh·kg CO2e/kWh`` becomes ``kg CO2e``.

        The result has the same dimension and usually another scale; whoever simplifies a
        quantity multiplies its value by ``unit.factor_to(simplified)``.
        """
        chosen: dict[tuple[tuple[str, int], ...], Atom] = {}
        for atom, _ in self.powers:
            chosen.setdefault(atom.dims, atom)
        if len(self.powers) == 1 and self.powers[0][1] == 1:
            return self
        return _compose((chosen[atom.dims], power) for atom, power in self.powers if atom.dims)


def unit(
    text: str,
    counting: frozenset[str] = NO_COUNTING,
    *,
    where: Where | None = None,
    gas: bool = False,
    heat: bool = False,
    moist: bool = False,
) -> Unit:
    """Return the unit that a text names.

    Parameters
    ----------
    text
        A spelling from the allow-list or a product or quotient of such.
    counting
        Names of further counting units that the system file declares itself; each is a dimension
        of its own and scale 1.
    where
        Place to put into the finding.
    gas
        A gas is measured: a bare ``m3`` leaves the choice of normal or actual state.
    heat
        Heat may be meant: a bare ``kWh`` leaves the choice of thermal or electric.
    moist
        The matter holds water: a bare ``kg`` leaves the choice of wet or dry.

    Raises
    ------
    UnitError
        UNIT-EMPTY, UNIT-UNKNOWN (with the closest spellings), UNIT-AMBIGUOUS (with the choices),
        UNIT-FORM (not a product with at most one quotient), UNIT-COUNTING (a declared name that
        is taken or is no name).
    """
    told = {"gas": gas, "heat": heat, "moist": moist}
    contexts = frozenset(name for name, holds in told.items() if holds)
    outcome = _outcome(text, counting, contexts) if len(text) <= MAX_TEXT else _too_long(text)
    if isinstance(outcome, Unit):
        return outcome
    raise UnitError(replace(outcome, where=where) if where else outcome)


def _too_long(text: str) -> Finding:
    return finding("UNIT-FORM", text=text, limit=MAX_TEXT)


@lru_cache(maxsize=8192)
def _outcome(text: str, counting: frozenset[str], contexts: frozenset[str]) -> Unit | Finding:
    """Parse once; refusals are remembered too, a bad column has thousands of equal cells."""
    try:
        return _parse(_Reading(text, _declared(counting), contexts))
    except UnitError as error:
        return error.findings[0]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text and what is known while it is read."""

    text: str
    declared: Mapping[str, Atom]
    contexts: frozenset[str]


def _parse(reading: _Reading) -> Unit:
    """Read product and quotient."""
    key = normal(reading.text)
    if not key:
        raise UnitError(finding("UNIT-EMPTY"))
    above, slash, below = key.partition("/")
    top = _side(above, reading)
    if not slash:
        return _compose(top)
    bottom = _side(below, reading)
    first, dot, rest = below.partition("·")
    if dot and not below.startswith("("):
        choices = f"{above}/({below}), {above}·{rest}/{first}"
        raise UnitError(finding("UNIT-AMBIGUOUS", unit=reading.text, choices=choices))
    return _compose((*top, *((atom, -power) for atom, power in bottom)))


def _side(side: str, reading: _Reading) -> list[tuple[Atom, int]]:
    """Read one side of the line: a product, bare or in one pair of parentheses."""
    bare = side[1:-1] if side.startswith("(") and side.endswith(")") else side
    names = bare.split("·")
    if "/" in side or not all(names):
        raise UnitError(finding("UNIT-FORM", text=reading.text, limit=MAX_TEXT))
    return [power for name in names for power in _lookup(name, reading)]


def _lookup(name: str, reading: _Reading) -> tuple[tuple[Atom, int], ...]:
    """Return the atoms that one listed or declared name stands for."""
    if name == "1":
        return ()
    if name in reading.declared:
        return ((reading.declared[name], 1),)
    found = allow_list().find(name)
    choices = found.choices(reading.contexts) if isinstance(found, Entry) else found
    if choices:
        raise UnitError(finding("UNIT-AMBIGUOUS", unit=name, choices=", ".join(choices)))
    if isinstance(found, Entry):
        return _atoms()[found.name]
    raise UnitError(finding("UNIT-UNKNOWN", unit=name, text=reading.text, close=_close(name)))


def _close(name: str) -> str:
    """Return the accepted spellings closest to a name, or the most common units."""
    known = _folded_spellings()
    close = get_close_matches(name.casefold(), known, n=4)
    return ", ".join(dict.fromkeys(known[match] for match in close)) or _FALLBACK


@cache
def _folded_spellings() -> Mapping[str, str]:
    """Return what is worth suggesting: every spelling without a number word in front."""
    plain = (entry for entry in allow_list().entries if not entry.word)
    spellings = (spelling for entry in plain for spelling in entry.spellings)
    return MappingProxyType({normal(spelling).casefold(): spelling for spelling in spellings})


@lru_cache(maxsize=256)
def _declared(counting: frozenset[str]) -> Mapping[str, Atom]:
    """Return the atoms of the counting units that a system file declares.

    A listed counting unit may be declared again without effect; any other listed or refused
    spelling is taken.
    """
    atoms: dict[str, Atom] = {}
    for name in sorted(counting):
        key = normal(name)
        found = allow_list().find(key)
        if isinstance(found, Entry) and found.counting:
            continue
        if found or not _NAME.fullmatch(key) or len(key) > MAX_DECLARED:
            raise UnitError(finding("UNIT-COUNTING", unit=name, limit=MAX_DECLARED))
        rank = len(allow_list().entries)
        atoms[key] = Atom(key, Fraction(1), ((f"count:{key}", 1),), rank)
    return MappingProxyType(atoms)


@cache
def _atoms() -> Mapping[str, tuple[tuple[Atom, int], ...]]:
    """Return the atoms of every listed unit, worked out by pint from the definitions."""
    # None: start from no definitions at all, not even pint's prefixes.
    registry: Any = pint.UnitRegistry(None, non_int_type=Fraction)
    entries = allow_list().entries
    for entry in entries:
        if entry.definition:
            registry.define(f"{entry.name} = {entry.definition}")
    atoms: dict[str, tuple[tuple[Atom, int], ...]] = {}
    for rank, entry in enumerate(entries):
        if entry.definition:
            atoms[entry.name] = ((_atom(registry, entry, rank), 1),)
        else:
            parts = [allow_list().exact[normal(part)] for part in entry.means.split("·")]
            atoms[entry.name] = tuple(power for part in parts for power in atoms[part.name])
    return MappingProxyType(atoms)


def _atom(registry: Any, entry: Entry, rank: int) -> Atom:
    """Return one unit in the coherent base."""
    scale, _ = registry.get_root_units(entry.name)
    dims = registry.get_dimensionality(entry.name)
    powers = sorted((str(name).strip("[]"), int(power)) for name, power in dims.items())
    return Atom(entry.symbol, Fraction(scale), tuple(powers), rank)


def _compose(powers: Iterable[tuple[Atom, int]]) -> Unit:
    """Return the unit of a product of powers of atoms."""
    exponents: dict[Atom, int] = {}
    for atom, power in powers:
        exponents[atom] = exponents.get(atom, 0) + power
    ordered = sorted(exponents.items(), key=lambda pair: (pair[0].rank, pair[0].symbol))
    kept = tuple((atom, power) for atom, power in ordered if power)
    scale, dims = Fraction(1), dict[str, int]()
    for atom, power in kept:
        scale *= atom.scale**power
        for name, exponent in atom.dims:
            dims[name] = dims.get(name, 0) + exponent * power
    symbols = [(atom.symbol, power) for atom, power in kept]
    return Unit(_quotient(_repeated(symbols)), scale, _quotient(_raised(dims)), kept)


def _repeated(powers: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Write a power of a unit as a repeated factor, which our own grammar can read again."""
    return [(text, power) for text, power in powers for _ in range(abs(power))]


def _raised(dims: Mapping[str, int]) -> list[tuple[str, int]]:
    """Write the powers of base dimensions as ``[length]^3``, in alphabetical order."""
    shown = [(name, power) for name, power in sorted(dims.items()) if power]
    exponents = {power: f"^{abs(power)}" if abs(power) > 1 else "" for _, power in shown}
    return [(f"[{name}]{exponents[power]}", power) for name, power in shown]


def _quotient(parts: list[tuple[str, int]]) -> str:
    """Join parts above and below the line by the sign of their exponents."""
    above = "·".join(text for text, power in parts if power > 0) or "1"
    below = [text for text, power in parts if power < 0]
    if not below:
        return above
    return f"{above}/{below[0]}" if len(below) == 1 else f"{above}/({'·'.join(below)})"
