"""Choose a factor: ranked candidates with their reasons, and what each would do to the result.

A choice never decides. It lists what could carry the line, best fit first, with two lines of reason
each; it lists what was passed over and why; and it says how far the result would move from one
candidate to the next. A person, a model or a rule set names the row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from factors.errors import FactorError
from factors.factor import PARTS, Boundary, EmissionFactor, LicenceClass, SourceClass, Status, Use
from factors.fuel_rows import units_in
from factors.gwp import GwpSet, gwp_set
from factors.match import ALL_WORDS, MAX_QUERY, Candidate, matches, normalise
from factors.store import FactorSet
from factors.texts import Lang, text
from factors.units import Unit, unit

HEADLINE = PARTS[:5]
SHOWN = 20
"""Most candidates listed; the others are passed over, the last of the order first."""

WEAK = frozenset({SourceClass.SELF_DECLARED, SourceClass.PRESS, SourceClass.TEXTBOOK})
POWER = ("electricity", "heat")
"""Categories in which another country's row is no stand-in: its grid is another one."""

ELSEWHERE = 4
"""Place tier of another country."""

_WHOLE = (Boundary.LIFE_CYCLE, Boundary.UPSTREAM_AND_COMBUSTION)
_COMPLETE = frozenset({*_WHOLE, Boundary.CRADLE_TO_GATE})
_EUROPE = re.compile(
    "AT|BE|BG|HR|CY|CZ|DK|EE|FI|FR|DE|GR|HU|IE|IT|LV|LT|LU|MT|NL|PL|PT|RO|SK|SI|ES|SE"
)
_LICENCES = tuple(LicenceClass)
_STATUSES = tuple(Status)


@dataclass(frozen=True, slots=True)
class Need:
    """What a line needs.

    Attributes
    ----------
    activity
        What people call it, in Chinese or English; typing errors are forgiven.
    place
        Country or subdivision, ``CN`` or ``CN-SD``.
    year
        Year of the activity.
    per
        Unit of the amount; None: any.
    boundary
        Wanted boundary; None: any.
    amount
        Amount of the line in ``per``; None: moves are told as shares only.
    """

    activity: str
    place: str
    year: int
    per: Unit | None
    boundary: Boundary | None
    amount: Fraction | None


@dataclass(frozen=True, slots=True)
class Fit:
    """How a row fits a need; smaller numbers fit better.

    Attributes
    ----------
    name
        0 the name itself, 1 a synonym, 2 words, 3 some words or a typing error.
    place
        0 the place, 1 the country around it or a part of it, 2 a region that holds it, 3 the
        world, 4 another country, 5 unknown.
    years
        Years between the activity and the data; None where the data state none.
    technology
        0 asked for or none stated, 1 a technology that was not asked for.
    boundary
        0 complete by itself, 1 a part of the life cycle.
    quality
        0 read in an accepted source, 1 derived, 2 recalled; 3 more for a weak source.
    licence
        Order of the licence classes.
    """

    name: int
    place: int
    years: int | None
    technology: int
    boundary: int
    quality: int
    licence: int

    @property
    def order(self) -> tuple[int, ...]:
        """Sort key: name, place, year, technology, boundary, quality, licence."""
        years = 99 if self.years is None else self.years
        bracket = sum(years > limit for limit in (1, 5, 10, 20))
        kind = (self.technology, self.boundary, self.quality, self.licence)
        return (self.name, self.place, bracket, *kind, years)


@dataclass(frozen=True, slots=True)
class Option:
    """One row that could carry the line.

    Attributes
    ----------
    value
        kg CO2e (without biogenic CO2) per unit asked for, or per unit of the row.
    move
        ``value`` relative to the row that the choice is compared with, less 1; None where the two
        are per unlike units or that row is zero.
    change
        kg CO2e by which the line would change; None without an amount.
    """

    hit: Candidate
    fit: Fit
    licence: LicenceClass
    value: Fraction
    move: Fraction | None
    change: Fraction | None

    @property
    def factor(self) -> EmissionFactor:
        """The row."""
        return self.hit.factor

    def reasons(self, need: Need, lang: Lang) -> tuple[str, str]:
        """Return two lines: name, place and year; boundary, technology, quality and licence."""
        row = self.factor
        told = {"row": row.place, "asked": need.place, "years": self.fit.years, "on": need.year}
        place = text(f"factor-match.place-{self.fit.place}", lang, **told)
        timing = "unknown" if self.fit.years is None else "off" if self.fit.years else "inside"
        year = text(f"factor-match.year-{timing}", lang, year=_period(row), **told)
        technology = row.technology or text("factor-match.none-stated", lang)
        second = text(
            "factor-match.second",
            lang,
            boundary=row.boundary,
            technology=technology,
            status=text(f"factor-match.{row.status}", lang),
            source=text(f"factor-match.{row.source_class}", lang),
            licence=text(f"factor-match.{self.licence}", lang),
        )
        joint = text("factor-match.joint", lang)
        return joint.join((self.hit.explain(lang), place, year)), second


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A row that answers to the name but is not offered.

    ``reason`` is the key of a sentence; ``told`` fills it.
    """

    factor: EmissionFactor
    reason: str
    told: str = ""

    def explain(self, lang: Lang) -> str:
        """Return why it is not offered."""
        return text(f"factor-match.over-{self.reason}", lang, told=self.told or "-")


@dataclass(frozen=True, slots=True)
class Choice:
    """What could be chosen. There is no best one in it: somebody names the row and answers for it.

    Attributes
    ----------
    options
        Rows that could carry the line, in order of fit.
    passed_over
        Rows of the same name that could not, or that fit less than those listed.
    against
        Id of the row that moves are relative to: the current one, else the first listed.
    """

    need: Need
    options: tuple[Option, ...]
    passed_over: tuple[PassedOver, ...]
    against: str

    @property
    def span(self) -> tuple[Fraction, Fraction] | None:
        """Least and greatest move over all options that can be compared; None without any."""
        moves = [option.move for option in self.options if option.move is not None]
        return (min(moves), max(moves)) if moves else None


def choose(
    factors: FactorSet,
    activity: str,
    place: str = "CN",
    on: date | None = None,
    per: str = "",
    boundary: Boundary | None = None,
    *,
    amount: Fraction | None = None,
    current: str = "",
    gwp: GwpSet | None = None,
) -> Choice:
    """Return what could carry a line, and what each candidate would do to it.

    Parameters
    ----------
    factors
        The library, with a private overlay where there is one.
    activity, place, per, boundary, amount
        See :class:`Need`; ``per`` is the unit as text, empty for any.
    on
        Day of the activity; None: compared with the newest data among the rows found.
    current
        Id of the row in use; moves are told relative to it.
    gwp
        Set under which gases are compared; AR6 over 100 years by default.

    Raises
    ------
    UnitError
        When ``per`` is no unit.
    FactorError
        FACTOR-UNKNOWN for a ``current`` row that does not exist.
    """
    wanted = normalise(activity[:MAX_QUERY])
    hits = sorted(matches(factors, wanted) if wanted else [], key=lambda hit: -hit.score)
    year = on.year if on else max((_years(hit.factor)[1] for hit in hits), default=0)
    need = Need(activity, place.upper(), year, unit(per) if per else None, boundary, amount)
    known = gwp or gwp_set("AR6-100")
    fits: list[tuple[Fit, Candidate]] = []
    over: list[PassedOver] = []
    newer = {row.corrects: row.id for row in factors if row.corrects}
    for hit in hits:
        refusal = _refusal(hit.factor, need, newer, factors)
        if refusal:
            over.append(refusal)
        else:
            fits.append((_fit(hit, need, wanted, factors), hit))
    fits.sort(key=lambda pair: (pair[0].order, pair[1].factor.id))
    over += [PassedOver(hit.factor, "rank", str(SHOWN)) for _, hit in fits[SHOWN:]]
    return _compared(need, fits[:SHOWN], over, factors, current, known)


def _compared(
    need: Need,
    fits: list[tuple[Fit, Candidate]],
    over: list[PassedOver],
    factors: FactorSet,
    current: str,
    gwp: GwpSet,
) -> Choice:
    """Work out the moves; rows with a gas that the set lacks are passed over."""
    valued = []
    for fit, hit in fits:
        value = _value(hit.factor, gwp, need, factors)
        if value is None:
            over.append(PassedOver(hit.factor, "gwp", gwp.id))
        else:
            valued.append((fit, hit, value))
    base = factors.get(current) if current else valued[0][1].factor if valued else None
    start = None if base is None else _value(base, gwp, need, factors)
    options = tuple(
        _option(fit, hit, value, base, start, need, factors) for fit, hit, value in valued
    )
    return Choice(need, options, tuple(over), base.id if base else "")


def _option(
    fit: Fit,
    hit: Candidate,
    value: Fraction,
    base: EmissionFactor | None,
    start: Fraction | None,
    need: Need,
    factors: FactorSet,
) -> Option:
    move = change = None
    if base is not None and start and need.per:
        move = value / start - 1
        change = None if need.amount is None else need.amount * (value - start)
    elif base is not None and start and _dimension(base) == _dimension(hit.factor):
        move = value / unit(hit.factor.unit).factor_to(unit(base.unit)) / start - 1
    return Option(hit, fit, factors.source(hit.factor).licence_class, value, move, change)


def _value(row: EmissionFactor, gwp: GwpSet, need: Need, factors: FactorSet) -> Fraction | None:
    """Return kg CO2e per unit asked for, or per unit of the row where none is."""
    value = headline(row, gwp)
    units = Fraction(1) if need.per is None else units_in(factors, row, need.per)
    return None if value is None or units is None else value * units


def headline(row: EmissionFactor, gwp: GwpSet) -> Fraction | None:
    """Return kg CO2e without biogenic CO2 per unit of a row.

    None where the set lacks one of its gases, or for a row without emissions.
    """
    if not row.values:
        return None
    try:
        parts = row.co2e(gwp.values)
    except FactorError:
        return None
    return sum((parts.get(part, Fraction(0)) for part in HEADLINE), Fraction(0))


def _refusal(
    row: EmissionFactor, need: Need, newer: Mapping[str, str], factors: FactorSet
) -> PassedOver | None:
    """Return why a row that answers to the name cannot carry the line."""
    if row.use is not Use.INPUT:
        return PassedOver(row, "use", str(row.use))
    if row.co2_only:
        return PassedOver(row, "co2-only")
    if row.category.startswith(POWER) and place_tier(row.place, need.place) == ELSEWHERE:
        return PassedOver(row, "country", row.place)
    if row.reference in newer:
        return PassedOver(row, "superseded", newer[row.reference])
    if need.per is not None and units_in(factors, row, need.per) is None:
        return PassedOver(row, "unit", row.unit)
    if need.boundary and not _reaches(row.boundary, need.boundary):
        return PassedOver(row, "boundary", str(row.boundary))
    return None


def _reaches(has: Boundary, wanted: Boundary) -> bool:
    return has is wanted or (has in _WHOLE and wanted in _WHOLE)


def _dimension(row: EmissionFactor) -> str:
    return unit(row.unit).dimension


def _fit(hit: Candidate, need: Need, wanted: str, factors: FactorSet) -> Fit:
    row = hit.factor
    return Fit(
        name=_name_tier(hit),
        place=place_tier(row.place, need.place),
        years=_years_off(row, need.year),
        technology=int(bool(row.technology) and not _asked_for(row.technology, wanted)),
        boundary=int(row.boundary not in _COMPLETE and need.boundary is None),
        quality=_STATUSES.index(row.status) + 3 * (row.source_class in WEAK),
        licence=_LICENCES.index(factors.source(row).licence_class),
    )


def _name_tier(hit: Candidate) -> int:
    return sum(hit.score < least for least in (80, 70, ALL_WORDS))


def place_tier(has: str, wanted: str) -> int:
    """Return how far a row's place is from the one wanted (see :class:`Fit`)."""
    country = wanted.partition("-")[0]
    if has == wanted:
        return 0
    if has == "XX":
        return 5
    if has.partition("-")[0] == country:
        return 1
    if has in ("EU", "RER") and _EUROPE.fullmatch(country):
        return 2
    return 3 if has == "GLO" else ELSEWHERE


def _years_off(row: EmissionFactor, year: int) -> int | None:
    """Return the years from the activity to the nearest year of the data."""
    first, last = _years(row)
    return max(first - year, year - last, 0) if last else None


def _years(row: EmissionFactor) -> tuple[int, int]:
    """Return the first and last year of the data; zeros where none is stated."""
    days = [day.year for day in (row.valid_from, row.valid_to) if day]
    return (days[0], days[-1]) if days else (0, 0)


def _asked_for(technology: str, wanted: str) -> bool:
    """Whether a technology is named in what was asked for."""
    words = set(normalise(technology).replace(";", " ").split())
    return bool(words & set(wanted.split()))


def _period(row: EmissionFactor) -> str:
    years = [str(day.year) for day in (row.valid_from, row.valid_to) if day]
    return "-".join(dict.fromkeys(years)) or "-"
