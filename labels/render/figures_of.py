"""The figures of the study report: which values go into which chart, and their captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from labels import facts, sealed_facts
from labels.facts import BIOGENIC_PARTS, COUNTED_PARTS, HEADLINES
from labels.page import Page, StageView
from labels.render import charts
from labels.render.artwork import COLOURS
from labels.view import DocumentView
from labels.wordpair import Pair


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its caption; ``half`` when two of them stand beside each other."""

    caption: Pair
    drawn: Markup
    half: bool = False


def figures(page: Page, view: DocumentView) -> list[Figure]:
    """Draw every chart that the body, or the opened lines, have numbers for."""
    made = [_stages(page), _flow(page, view), _parts(page)]
    spread = _uncertainty(page)
    return [*made, *([spread] if spread else []), _quality(page)]


def no_uncertainty(page: Page) -> bool:
    """Tell whether the uncertainty is unknown, so that its chart is missing."""
    return not page.body.get("uncertainty")


def _stages(page: Page) -> Figure:
    caption = page.words.text("chart.stages", unit=page.scale.symbol, per=page.per)
    told = _told(page, caption, [(s.name.first, s.shown) for s in (*page.stages, *page.later)])
    parting = page.words.text("chart.gate").joined("  ")
    bars, later = _bars(page, page.stages), _bars(page, page.later)
    return Figure(caption, charts.stage_chart(bars, later, told, parting))


def _bars(page: Page, stages: Sequence[StageView]) -> list[charts.Bar]:
    return [
        charts.Bar(
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
    caption = page.words.text("chart.uncertainty", unit=page.scale.symbol)
    relative = float(known["relative_standard"])
    middle = float(page.scale.unit.of(figure))
    low, high = (
        page.scale.total(figure * Decimal(str(factor))) for factor in charts.interval(relative)
    )
    shown = (f"P2.5 {low}", f"P50 {page.figure}", f"P97.5 {high}")
    told = _told(page, caption, [("P2.5", low), ("P50", page.figure), ("P97.5", high)])
    return Figure(caption, charts.uncertainty(middle, relative, shown, told), half=True)


def _quality(page: Page) -> Figure:
    caption = page.words.text("chart.quality")
    columns, _ = facts.parts_table(page)
    rows = facts.quality_shares(page)
    told = _told(page, caption, [(name.first, cells[0][1]) for name, cells in rows])
    drawn = charts.matrix(
        [(column.first, column.second) for column in columns],
        [(name.first, name.second, cells) for name, cells in rows],
        told,
    )
    return Figure(caption, drawn, half=True)


def _told(page: Page, caption: Pair, listed: Sequence[tuple[str, str]]) -> str:
    """Put a chart into one sentence, for readers who do not see it."""
    comma = "，" if page.words.langs[0] == "zh" else ", "
    several = comma.join(f"{name} {value}" for name, value in listed)
    return page.words.text("chart.alt", caption=caption, list=several).first
