"""Boundary algebra: every line reaches the life cycle exactly once.

A fuel needs upstream and combustion, once each, or one factor that holds both; so do steam and
industrial gases. The national electricity footprint contains transmission and distribution; a
factor at the generator does not. A default for a whole step of steel making contains the carbon of
its coal. Gaps and overlaps are findings with the size shown, for each disclosed figure. Lines that
belong together are lines of one process with one flow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from factors.errors import UnitError
from factors.factor import Boundary, EmissionFactor
from factors.findings import Finding, Where, finding
from factors.numbers import parse_decimal
from factors.texts import LANGS, Lang, catalogue
from factors.units import Unit, unit
from lca.fuel_links import Supplies
from lca.inventory import ProductSystem
from lca.record import amount_text
from lca.resolve import KG_CO2E, place_of
from lca.result import ZERO, Band, Figure, Line

WHOLE = frozenset({Boundary.UPSTREAM_AND_COMBUSTION, Boundary.LIFE_CYCLE})
REACHES_BACK = WHOLE | {Boundary.UPSTREAM, Boundary.CRADLE_TO_GATE}
HALVES = frozenset({Boundary.UPSTREAM, Boundary.COMBUSTION})
TRANSMISSION = Boundary.TRANSMISSION_AND_DISTRIBUTION
END_OF_LIFE = "end-of-life"
STEP = "steel-step"
"""Category of defaults for a whole step of steel making, its carbon included."""

_CARRIER = re.compile(r"\b(steam|heat|oxygen|nitrogen|argon|hydrogen|compressed-air)\b")
"""Flows and categories of what a supplier makes from energy: not complete at his gate alone."""

_COAL = re.compile(r"\b(coal|coke|coking|anthracite|electrode|carbon-balance)\b")
_ON_SITE = re.compile(r"\b(on-?site|on site)\b|自用|自发")
SLACK = Fraction(1, 1000)
"""Transmission may exceed the power at the generator by the rounding of their amounts."""

MOST_NAMED = 6
"""Flows left out that a finding names."""

LARGEST = 3
"""Lines that a finding about a whole figure names."""

Group = list[tuple[Line, EmissionFactor]]


def check(figure: Figure, unit_text: str, supplied: Supplies) -> Iterator[Finding]:
    """Yield the gaps and overlaps of a figure; ``supplied`` are fuels that come by a process."""
    for group in grouped(figure.lines, by_flow=True):
        yield from _fuel(group, figure, unit_text, supplied)
    for group in grouped(figure.lines, by_flow=False):
        yield from _electricity(group, figure, unit_text)
    yield from _steps(figure, unit_text)
    removed = figure.parts["biogenic_co2_removal"]
    if removed > 0:
        yield finding("BOUNDARY-CARBON", figure=figure.boundary, size=number(removed))


def omitted(
    system: ProductSystem, figures: Iterable[Figure], log: list[Finding]
) -> dict[str, Fraction]:
    """Return the estimated flows left out, relative to each figure's magnitude."""
    total = sum((_in_kg(system, item, "estimate", log) for item in system.omissions), ZERO)
    return {
        figure.boundary: total / figure.magnitude if figure.magnitude else ZERO
        for figure in figures
    }


def cut_off(
    system: ProductSystem, figures: Iterable[Figure], single: Fraction, total: Fraction
) -> Iterator[Finding]:
    """Yield figures of which more is left out than a rule set allows, one flow or all together.

    A flow counts once, however many suppliers or processes its omissions are split over.
    """
    sizes: dict[str, Fraction] = {}
    for item in system.omissions:
        size = abs(_in_kg(system, item, "estimate", []))
        sizes[item["flow"]] = sizes.get(item["flow"], ZERO) + size
    for figure in figures:
        whole = figure.magnitude
        shares = {f: size / whole if whole else Fraction(size > 0) for f, size in sizes.items()}
        together = sum(shares.values(), ZERO)
        if any(share > single for share in shares.values()) or together > total:
            yield finding(
                "BOUNDARY-CUT-OFF",
                figure=figure.boundary,
                share=percent(together),
                single=percent(single),
                total=percent(total),
                flows=_largest(shares),
            )


def _largest(shares: Mapping[str, Fraction]) -> str:
    """Name the flows left out with their shares, the largest first."""
    named = sorted(shares.items(), key=lambda pair: -pair[1])
    told = [f"{flow} {percent(share)}" for flow, share in named[:MOST_NAMED]]
    return ", ".join([*told, *(["..."] if len(named) > MOST_NAMED else [])])


def bands(
    system: ProductSystem, figures: Mapping[str, Figure], log: list[Finding]
) -> tuple[Band, ...]:
    """Return the expected ranges of the file with a verdict each."""
    found = []
    for item in system.bands:
        figure = figures.get(item["figure"])
        if figure is not None:
            low, high = (_in_kg(system, item, key, log) for key in ("low", "high"))
            found.append(
                Band(
                    figure=figure.boundary,
                    low=Fraction(item["low"]),
                    high=Fraction(item["high"]),
                    unit=item["unit"],
                    source=item.get("source", ""),
                    status=item.get("status", ""),
                    inside=low <= figure.value <= high,
                    least=low,
                    most=high,
                )
            )
    return tuple(found)


def outside(
    several: Iterable[Band], figures: Mapping[str, Figure], unit_text: str
) -> Iterator[Finding]:
    """Yield the bands that a figure misses, with its largest lines.

    Where one entry of the file is most of what is too much, the finding stands at its cell.
    """
    for band in several:
        if not band.inside:
            figure = figures[band.figure]
            largest = _by_place(figure)[:LARGEST]
            yield finding(
                "BOUNDARY-BAND",
                _to_blame(figure, band, largest[0][1]) if largest else Where(),
                **{f"lines_{lang}": _shares(figure, largest, lang) for lang in LANGS},
                **{f"figure_{lang}": boundary_name(figure.boundary, lang) for lang in LANGS},
                value=number(figure.value),
                unit=unit_text,
                low=number(band.low),
                high=number(band.high),
                source=band.source or band.status or "-",
            )


def _by_place(figure: Figure) -> list[tuple[Fraction, tuple[Line, ...]]]:
    """Return the lines by where they came from (a fuel is several of one cell), largest first."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in figure.lines:
        where = place_of(line.exchange)
        groups.setdefault((where.sheet, where.cell or line.id), []).append(line)
    sums = [
        (sum((one.value(figure.headline) for one in lines), ZERO), tuple(lines))
        for lines in groups.values()
    ]
    return sorted((pair for pair in sums if pair[0]), key=lambda pair: -abs(pair[0]))


def _to_blame(figure: Figure, band: Band, lines: tuple[Line, ...]) -> Where:
    """Return the place of lines that are too much by half themselves and by themselves."""
    value = sum((one.value(figure.headline) for one in lines), ZERO)
    excess = figure.value - band.most
    return place_of(lines[0].exchange) if value / 2 < excess <= value else Where()


def _shares(
    figure: Figure, largest: Iterable[tuple[Fraction, tuple[Line, ...]]], lang: Lang
) -> str:
    """Name lines with their shares."""
    named = [
        f"{lines[0].exchange.name.get(lang) or lines[0].id} {percent(figure.share(lines))}"
        for _, lines in largest
    ]
    return ("、" if lang == "zh" else ", ").join(named) or "-"


def boundary_name(boundary: str, lang: Lang) -> str:
    """Return a boundary in the words of the workbook."""
    return str(catalogue()["workbook_boundary"].get(boundary, {}).get(lang, boundary))


def percent(share: Fraction) -> str:
    """Return a share for a sentence."""
    return f"{float(share):.1%}"


def grouped(lines: Iterable[Line], *, by_flow: bool) -> list[Group]:
    """Return the lines with a factor, grouped by process and, for fuels, flow."""
    groups: dict[tuple[str, str], Group] = {}
    for line in lines:
        if line.factor is not None:
            haul = line.factor.category.startswith("transport")
            flow = f"{line.exchange.flow} {'hauled' if haul else ''}" if by_flow else ""
            key = (line.exchange.process, flow)
            groups.setdefault(key, []).append((line, line.factor))
    return list(groups.values())


def _fuel(group: Group, figure: Figure, unit_text: str, supplied: Supplies) -> Iterator[Finding]:
    """Yield combustion without upstream, and halves beside a whole."""
    halves = [(line, factor) for line, factor in group if factor.boundary in HALVES]
    if halves and any(factor.boundary in WHOLE for _, factor in group):
        yield sized("BOUNDARY-OVERLAP", [line for line, _ in halves], figure, unit_text)
    open_ended = [line for line, factor in group if _lacks_upstream(line, factor)]
    reached = any(factor.boundary in REACHES_BACK for _, factor in group)
    if open_ended and not reached and not supplied.of(open_ended[0]):
        yield sized("BOUNDARY-GAP", open_ended, figure, unit_text)


def _lacks_upstream(line: Line, factor: EmissionFactor) -> bool:
    """Whether a line alone leaves out the extraction of a fuel, or the energy behind a carrier."""
    if line.exchange.stage == END_OF_LIFE:
        return False
    made = factor.boundary in (Boundary.GATE_TO_GATE, Boundary.PROCESS)
    named = f"{line.exchange.flow} {factor.category}"
    return burns_fuel(line, factor) or (made and bool(_CARRIER.search(named)))


def burns_fuel(line: Line, factor: EmissionFactor) -> bool:
    """Whether a line burns a fuel that was extracted.

    Own biogas has no mine or well; what is burnt as waste was made upstream already.
    """
    if line.exchange.stage == END_OF_LIFE or factor.category.startswith("waste"):
        return False
    return factor.boundary is Boundary.COMBUSTION and any(
        flow.part in ("fossil", "unspecified") and flow.gas in ("CO2", "CO2e")
        for flow, _ in factor.values
    )


def _electricity(group: Group, figure: Figure, unit_text: str) -> Iterator[Finding]:
    """Yield transmission that nothing asks for, and generators that may lack it.

    Power used where it is made needs none; the exchange or the technology of its row says so. Nor
    does an amount that holds the loss already; its origin names the value.
    """
    grid = [line for line, factor in group if factor.boundary is TRANSMISSION]
    made = [(line, factor) for line, factor in group if factor.boundary is Boundary.TO_GENERATOR]
    plant = [
        line
        for line, factor in made
        if not _on_site(line, factor) and not _holds_loss(line.exchange.origin)
    ]
    complete = len(plant) < len(made) or any(
        factor.category.startswith("electricity") and factor.boundary is Boundary.LIFE_CYCLE
        for _, factor in group
    )
    if grid and complete and _amount(grid) > _amount(plant) * (1 + SLACK):
        surplus = 1 - _amount(plant) / _amount(grid)
        yield sized("BOUNDARY-TD-TWICE", grid, figure, unit_text, surplus)
    if plant and not grid:
        where = place_of(plant[0].exchange)
        yield finding("BOUNDARY-TD-MISSING", where, process=plant[0].exchange.process)


def _on_site(line: Line, factor: EmissionFactor) -> bool:
    exchange = line.exchange
    return bool(_ON_SITE.search(f"{exchange.id} {exchange.flow} {factor.technology}".lower()))


def _holds_loss(origin: Mapping[str, Any]) -> bool:
    """Whether an amount was made with a grid loss: the value named is there, and above zero."""
    name, inputs = origin.get("grid_loss"), origin.get("inputs")
    if not isinstance(name, str) or not isinstance(inputs, list | tuple):
        return False
    values = [
        one.get("value") for one in inputs if isinstance(one, dict) and one.get("name") == name
    ]
    return any(_share(value) > 0 for value in values)


def _share(text: object) -> Fraction:
    """Return a decimal of a file; nothing where it is none."""
    try:
        return parse_decimal(text) if isinstance(text, str) else ZERO
    except ValueError:
        return ZERO


def _steps(figure: Figure, unit_text: str) -> Iterator[Finding]:
    """Yield the carbon of coal beside a default that contains it already."""
    stepped = {
        line.exchange.process
        for line in figure.lines
        if line.factor is not None and line.factor.category == STEP
    }
    for process in sorted(stepped):
        lines = [line for line in figure.lines if line.exchange.process == process]
        carbon = [line for line in lines if _burns_coal(line)]
        if carbon:
            yield sized("BOUNDARY-STEP-CARBON", carbon, figure, unit_text)


def _burns_coal(line: Line) -> bool:
    exchange, factor = line.exchange, line.factor
    if not _COAL.search(f"{exchange.flow} {exchange.id} {factor.id if factor else ''}"):
        return False
    direct = exchange.from_flow == "fossil.CO2"
    return direct or (factor is not None and factor.boundary is Boundary.COMBUSTION)


def _amount(lines: Iterable[Line]) -> Fraction:
    """Return the summed amount of some lines of energy, in the base unit."""
    scaled = (Fraction(line.amount) * unit(line.exchange.unit).scale for line in lines)
    return sum(scaled, ZERO)


def sized(
    code: str, lines: list[Line], figure: Figure, unit_text: str, part: Fraction = Fraction(1)
) -> Finding:
    """Return a finding that says how much the lines weigh, or a part of them."""
    size = sum((line.value(figure.headline) for line in lines), ZERO) * part
    return finding(
        code,
        place_of(lines[0].exchange),
        process=lines[0].exchange.process,
        flow=lines[0].exchange.flow or lines[0].id,
        figure=figure.boundary,
        size=number(size),
        unit=unit_text,
        share=percent(figure.share(lines) * part),
    )


def _in_kg(
    system: ProductSystem, item: Mapping[str, str], key: str, log: list[Finding]
) -> Fraction:
    """Return a stated value in kg CO2e per declared unit; a finding where its unit does not fit."""
    declared = system.declared_unit
    try:
        counting = frozenset(system.units)
        stated = unit(item["unit"], counting)
        if stated.dimension == KG_CO2E.dimension:
            return Fraction(item[key]) * stated.scale
        wanted: Unit = KG_CO2E / unit(declared["unit"], counting)
        return Fraction(item[key]) * stated.factor_to(wanted) * Fraction(declared["amount"])
    except UnitError as error:
        where = Where(path=item.get("flow") or item.get("figure") or "")
        log.extend(Finding(found.code, where, found.params) for found in error.findings)
        return ZERO


def number(value: Fraction) -> str:
    """Return a size for a sentence, at four significant digits."""
    return amount_text(float(f"{float(value):.4g}"))
