"""The figures of the study report: which values go into which chart, and their captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import cycle
from typing import Any

from markupsafe import Markup

from labels import facts, sealed_facts
from labels.facts import BIOGENIC_PARTS, COUNTED_PARTS, HEADLINES
from labels.figures import GAP, MINUS
from labels.page import Page, StageView
from labels.render import charts, half_charts
from labels.render.artwork import COLOURS
from labels.render.chart_parts import BLUE, PALE, Bar
from labels.view import DocumentView
from labels.wordpair import Pair


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its caption; ``side`` is empty, or left or right where two stand together."""

    caption: Pair
    drawn: Markup
    side: str = ""


def figures(page: Page, view: DocumentView) -> list[Figure]:
    """Draw every chart that the body, or the opened lines, have numbers for."""
    spread = _uncertainty(page)
    halves = [*([spread] if spread else []), _quality(page), _sensitivity(page), _methods(page)]
    sides = cycle(("left", "right"))
    return [
        _stages(page),
        _flow(page, view),
        _parts(page),
        *(replace(one, side=side) for one, side in zip(halves, sides, strict=False)),
    ]


def no_uncertainty(page: Page) -> bool:
    """Tell whether the uncertainty is unknown, so that its chart is missing."""
    return not page.body.get("uncertainty")


def _stages(page: Page) -> Figure:
    caption = page.words.text("chart.stages", unit=page.scale.symbol, per=page.per)
    told = _told(page, caption, [(s.name.first, s.shown) for s in (*page.stages, *page.later)])
    parting = page.words.text("chart.gate").joined("  ")
    bars, later = _bars(page, page.stages), _bars(page, page.later)
    return Figure(caption, charts.stage_chart(bars, later, told, parting))


def _bars(page: Page, stages: Sequence[StageView]) -> list[Bar]:
    return [
        Bar(
            f"{stage.number} {stage.short.first}",
            stage.short.second,
            float(page.scale.unit.of(stage.value)),
            stage.shown,
            COLOURS[f"s{stage.colour}"],
        )
        for stage in stages
    ]


def _flow(page: Page, view: DocumentView) -> Figure:
    words = page.words
    public = view.disclosures is None
    key = "chart.flow_public" if public else "chart.flow"
    caption = words.text(key, unit=page.scale.symbol)
    places = [index for index, stage in enumerate(page.stages) if stage.value > 0]
    stages = [_bars(page, page.stages)[index] for index in places]
    streams = [
        charts.Stream(
            name or words.text("chart.other").first,
            places.index(stage),
            float(page.scale.unit.of(value)),
            page.scale.part(value),
        )
        for (stage, name), value in sealed_facts.sources(page, view).items()
        if stage in places
    ]
    listed = [(s.source, s.shown) for s in streams] or [(s.first, s.shown) for s in stages]
    told = _told(page, caption, listed)
    gate = words.text("label.gate").joined(" ")
    return Figure(caption, charts.flow(streams, stages, page.to_gate, told, gate))


def _parts(page: Page) -> Figure:
    figure = page.body["figures"][page.declared]
    caption = page.words.text("chart.parts", unit=page.scale.symbol)
    steps = [_part(page, part, figure["parts"][part]) for part in COUNTED_PARTS]
    steps.append(_total(page, HEADLINES[0], figure[HEADLINES[0]]))
    steps += [_part(page, part, figure["parts"][part]) for part in BIOGENIC_PARTS]
    steps.append(_total(page, HEADLINES[1], figure[HEADLINES[1]]))
    told = _told(page, caption, [(step.first, step.shown) for step in steps])
    return Figure(caption, charts.waterfall(steps, told))


def _part(page: Page, part: str, kilograms: str) -> charts.Step:
    name, value = page.words.text(f"report.part_{part}"), Decimal(kilograms)
    return charts.Step(
        name.first, name.second, float(page.scale.unit.of(value)), page.scale.part(value), False
    )


def _total(page: Page, total: str, kilograms: str) -> charts.Step:
    name, value = page.words.text(f"report.total_{total}"), Decimal(kilograms)
    return charts.Step(
        name.first, name.second, float(page.scale.unit.of(value)), page.scale.total(value), True
    )


def _uncertainty(page: Page) -> Figure | None:
    """Draw the spread of the figure; None when it is unknown or the figure is not above zero."""
    known = page.body.get("uncertainty")
    figure = Decimal(page.body["figures"][page.declared][page.headline])
    if not known or figure <= 0:
        return None
    sampled = known.get("sampled")
    key = "chart.uncertainty_sampled" if sampled else "chart.uncertainty"
    runs = f"{sampled['runs']:,}".replace(",", GAP) if sampled else ""
    seed = str(sampled["seed"]) if sampled else ""
    caption = page.words.text(key, unit=page.scale.symbol, runs=runs, seed=seed)
    ends = _sampled(page, sampled) if sampled else _first_order(page, figure, known)
    bins, values = ends
    shown = [page.scale.total(value) for value in values]
    named = list(zip(("P2.5", "P50", "P97.5"), shown, strict=True))
    marks = [
        (float(page.scale.unit.of(value)), f"{name} {told}")
        for value, (name, told) in zip(values, named, strict=True)
    ]
    return Figure(caption, half_charts.uncertainty(bins, marks, _told(page, caption, named)))


def _sampled(
    page: Page, sampled: Mapping[str, Any]
) -> tuple[half_charts.Histogram, tuple[Decimal, ...]]:
    """Return the bins of the sample that the body holds, and its quantiles (kg CO2e)."""
    low, high = (
        float(page.scale.unit.of(Decimal(sampled["bins"][end]))) for end in ("low", "high")
    )
    bins = half_charts.Histogram(low, high, tuple(map(float, sampled["bins"]["counts"])))
    return bins, tuple(Decimal(sampled[name]) for name in ("low", "median", "high"))


def _first_order(
    page: Page, figure: Decimal, known: Mapping[str, Any]
) -> tuple[half_charts.Histogram, tuple[Decimal, ...]]:
    """Return the bins of a log-normal and its quantiles (kg CO2e), where nothing was sampled."""
    relative = float(known["relative_standard"])
    below, above = (Decimal(str(factor)) for factor in half_charts.interval(relative))
    bins = half_charts.density(float(page.scale.unit.of(figure)), relative)
    return bins, (figure * below, figure, figure * above)


def _sensitivity(page: Page) -> Figure:
    caption = page.words.text("chart.tornado", unit=page.scale.symbol)
    stages = (*page.stages, *(page.later if page.whole else ()))
    bars = [
        replace(bar, value=bar.value / 10, shown=f"±{row.cells[0].removeprefix(MINUS)}")
        for bar, row in zip(_bars(page, stages), facts.changes(page), strict=True)
    ]
    told = _told(page, caption, [(bar.first, bar.shown) for bar in bars])
    return Figure(caption, half_charts.tornado(bars, told))


def _methods(page: Page) -> Figure:
    caption = page.words.text("chart.methods_drawn", unit=page.scale.symbol)
    both = page.body["electricity"]
    bars = [
        Bar(
            page.words.text(f"report.{way}").joined(" "),
            page.words.text(f"report.{headline}").joined(" "),
            float(page.scale.unit.of(Decimal(both[way][headline]))),
            page.scale.total(Decimal(both[way][headline])),
            BLUE if way == both["approach"] else PALE,
        )
        for way in ("location", "market")
        for headline in HEADLINES
        if headline in both[way]
    ]
    told = _told(page, caption, [(f"{bar.first} {bar.second}", bar.shown) for bar in bars])
    return Figure(caption, half_charts.side_by_side(bars, told))


def _quality(page: Page) -> Figure:
    caption = page.words.text("chart.quality")
    columns, _ = facts.parts_table(page)
    rows = facts.quality_shares(page)
    told = _told(page, caption, [(name.first, cells[0][1]) for name, cells in rows])
    drawn = half_charts.matrix(
        [(column.first, column.second) for column in columns],
        [(name.first, name.second, cells) for name, cells in rows],
        told,
    )
    return Figure(caption, drawn)


def _told(page: Page, caption: Pair, listed: Sequence[tuple[str, str]]) -> str:
    """Put a chart into one sentence, for readers who do not see it."""
    comma = "，" if page.words.langs[0] == "zh" else ", "
    several = comma.join(f"{name} {value}" for name, value in listed)
    return page.words.text("chart.alt", caption=caption, list=several).first
