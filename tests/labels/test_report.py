"""The study report: 28 items as a gate, charts that say their numbers, sealed facts apart."""

import copy
import re
from decimal import Decimal
from typing import Any

import pikepdf
import pytest

from factors.errors import FindingsError
from labels import facts
from labels.checklist import ASKED, State, items, missing
from labels.page import page
from labels.render.chart_parts import Axis, Bar
from labels.render.charts import Step, Stream, flow, stage_chart, waterfall
from labels.render.documents import check, documents
from labels.render.figures_of import figures
from labels.render.half_charts import interval, tornado
from labels.sealed_facts import sources
from labels.view import DOCUMENT_LANGS, DocumentLang, DocumentView
from tests.labels.attested import attested_view
from tests.labels.test_render import opened
from tests.labels.views import body, composed, view, whole_life, words


def sealed() -> DocumentView:
    made = composed()
    return view(made.fields, disclosures=[one.to_json() for one in made.opened])


def report(shown: DocumentView) -> bytes:
    return documents(shown, forms=("report.pdf",))["report.pdf"]


@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_the_report_holds_all_items(lang: DocumentLang) -> None:
    listed = list(items(page(view(lang=lang))))
    assert [one.number for one in listed] == list(range(1, 29))
    assert {one.state for one in listed} == {State.FILLED, State.NOT_APPLICABLE}
    assert all(one.remark for one in listed if one.state is State.NOT_APPLICABLE)
    assert all(one.name.first and one.place.first for one in listed)


def test_items_apply_by_boundary_and_kind() -> None:
    states = {one.key: index for index, one in enumerate(ASKED)}
    partial = list(items(page(view())))
    whole = list(items(page(view(whole_life()))))
    verified = list(items(page(attested_view("certificate_of_conformity"))))
    assert partial[states["scenarios"]].state is State.NOT_APPLICABLE
    assert whole[states["scenarios"]].state is State.FILLED
    assert partial[states["review"]].state is State.NOT_APPLICABLE
    assert verified[states["review"]].state is State.FILLED


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (("client", "name"), "identity"),
        (("approvers",), "identity"),
        (("declared_unit", "name"), "unit"),
        (("period", "to"), "time"),
        (("gwp", "shares"), "characterisation"),
        (("lock", "factors"), "data"),
    ],
)
def test_an_empty_item_stops_the_record(path: tuple[str, ...], key: str) -> None:
    fields: dict[str, Any] = copy.deepcopy(body())
    place: Any = fields
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = type(place[path[-1]])()
    found = list(missing(fields))
    assert [one.where.path for one in found] == [key]
    assert [one.code for one in found] == ["REPORT-ITEM-MISSING"]
    if path != ("period", "to"):
        codes = {one.code for one in check(view(fields))}
        assert "REPORT-ITEM-MISSING" in codes
        with pytest.raises(FindingsError):
            documents(view(fields))


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
@pytest.mark.parametrize("fields", [body(), whole_life()], ids=["gate", "whole"])
def test_the_report_has_its_charts_and_tables(fields: dict[str, Any], lang: DocumentLang) -> None:
    seen = words(report(view(fields, lang)))
    zh = [
        "图1",
        "图2",
        "图3",
        "图4",
        "图5",
        "敏感性",
        "不同算法并列",
        "报告内容核对表",
        "参数不确定度",
    ]
    en = ["Fig.1", "Fig.5", "Sensitivity", "Methodssidebyside", "Whatastudyreportmusthold"]
    wanted = [*(zh if lang != "en" else ()), *(en if lang != "zh" else ())]
    assert [one for one in wanted if one not in seen] == []
    assert ("另用比例尺" in seen or "newscale" in seen) is (fields["boundary"] == "cradle-to-grave")


def test_charts_say_their_numbers() -> None:
    pdf = opened(report(view()))
    told = [
        str(item["/Alt"])
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
    ]
    assert all(one.strip() for one in told)
    for number in ("161", "23.1", "118", "310"):
        assert any("各阶段" in one and number in one for one in told)
    assert any("P97.5" in one for one in told)


def test_an_unknown_uncertainty_is_said_and_not_drawn() -> None:
    fields = body()
    fields["uncertainty"] = None
    seen = words(report(view(fields)))
    assert "不确定度未知，故不画图" in seen
    assert "P97.5" not in seen


@pytest.mark.needs("pdftotext")
def test_factors_and_evidence_stand_in_the_sealed_copy_only() -> None:
    closed = words(report(sealed()))
    public = words(report(view(composed().fields)))
    assert "所用因子及来源" in closed
    assert "证据清单" in closed
    assert "所用因子及来源" not in public
    assert "证据清单" not in public


def test_streams_are_the_lines_of_their_stages() -> None:
    shown = sealed()
    seen = page(shown)
    found = sources(seen, shown)
    for index, stage in enumerate(seen.stages):
        of_stage = [value for (group, _), value in found.items() if group == index]
        assert sum(of_stage, Decimal(0)) >= stage.value
    assert all(value > 0 for value in found.values())


def test_a_verified_report_does_not_say_that_nobody_checked() -> None:
    seen = words(report(attested_view("certificate_of_conformity")))
    assert "未经任何人核查" not in seen
    assert "不在本数字或核查之内" in seen
    assert "未经核查" not in seen


def test_bars_begin_at_zero_and_negative_ones_are_hatched() -> None:
    bars = [Bar("1 a", "", 3.0, "3", "#14304F"), Bar("2 b", "", -1.0, "−1", "#E0B04C")]
    drawn = str(stage_chart(bars, [], "told", ""))
    assert "#14304F" in drawn
    assert "#E0B04C" not in drawn
    assert drawn.startswith("<svg")
    assert "<title>told</title>" in drawn


def test_a_waterfall_ends_where_its_total_stands() -> None:
    axis = Axis(0.0, 4.0, 62.0, 88.0)
    steps = [Step("a", "", 4.0, "4", False), Step("b", "", -1.0, "−1", False)]
    drawn = str(waterfall([*steps, Step("t", "", 3.0, "3", True)], "told"))
    assert f"h{axis.at(3.0) - axis.at(0.0):.2f}" in drawn


@pytest.mark.parametrize("high", [0.0007, 0.12, 1.0, 3.3, 99.0, 612.0, 98765.0])
def test_axes_have_few_round_lines(high: float) -> None:
    ticks = Axis(-high / 3, high, 0, 100).ticks()
    assert 2 <= len(ticks) <= 6
    assert 0.0 in [abs(value) for value in ticks]


def test_ribbons_never_leave_their_sheet() -> None:
    stages = [Bar("1 a", "", 5.0, "5", "#14304F"), Bar("2 b", "", 0.001, "0", "#E0B04C")]
    streams = [Stream("x", 0, 5.0, "5"), Stream("<b>&", 1, 0.001, "0")]
    drawn = str(flow(streams, stages, "5", "told", "gate"))
    assert "<b>" not in drawn
    assert "nan" not in drawn


@pytest.mark.parametrize("relative", [0.0, 0.01, 0.1, 0.5, 2.0])
def test_intervals_hold_the_median(relative: float) -> None:
    low, high = interval(relative)
    assert 0 < low < 1 < high
    assert low * high == pytest.approx(1)


SAMPLED: dict[str, Any] = {
    "runs": 10_000,
    "seed": 0,
    "coverage": "0.95",
    "low": "0.5224",
    "median": "0.6098",
    "high": "0.7131",
    "bins": {"low": "0.4811", "high": "0.7712", "counts": [3, 60, 300, 500, 310, 90, 20]},
}
NUMBER = re.compile(r"[−<]*[\d][\d ,.\u202f]*%?")


def with_sample(fields: dict[str, Any]) -> dict[str, Any]:
    fields["uncertainty"] = {**fields["uncertainty"], "sampled": SAMPLED}
    return fields


def drawn_numbers(drawing: str) -> set[str]:
    """Return the numbers written on a chart, without those of its axis and numbers of stages."""
    drawing = drawing.replace("\N{NO-BREAK SPACE}", " ")
    found = re.findall(r'<text [^>]*font-size="([\d.]+)"[^>]*text-anchor="(\w+)"[^>]*>(.*?)</text>',
                       drawing)  # fmt: skip
    plain = [re.sub(r"<[^>]+>", "", words) for size, anchor, words in found if size != "2.05"]
    numbers = [
        NUMBER.findall(re.sub(r"CO2|CH4|N2O|P2\.5|P50|P97\.5|^[\d+]+ ", "", w)) for w in plain
    ]
    return {number.strip() for several in numbers for number in several}


@pytest.mark.parametrize("fields", [with_sample(body()), body(), with_sample(whole_life())])
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_numbers_on_charts_are_those_of_the_tables(
    fields: dict[str, Any], lang: DocumentLang
) -> None:
    shown = page(view(fields, lang))
    _, parts = facts.parts_table(shown)
    tables = [*parts, *facts.changes(shown), *facts.methods(shown), *facts.quality_table(shown)]
    known = {cell.strip() for row in tables for cell in row.cells}
    known |= {stage.shown for stage in (*shown.stages, *shown.later)} | {shown.to_gate}
    quantiles = fields["uncertainty"].get("sampled") or {}
    drawn = figures(shown, view(fields, lang))
    known |= {
        shown.scale.total(Decimal(quantiles[n])) for n in ("low", "median", "high") if quantiles
    }
    if not quantiles:
        low, high = (Decimal(str(one)) for one in interval(0.08))
        figure = Decimal(fields["figures"][shown.declared][shown.headline])
        known |= {shown.scale.total(figure * factor) for factor in (low, Decimal(1), high)}
    known = {one.replace("\N{NO-BREAK SPACE}", " ") for one in known}
    seen = [drawn_numbers(str(figure.drawn)) for figure in drawn]
    assert all(numbers for numbers in seen)
    assert [numbers - known for numbers in seen] == [set()] * len(seen)


def test_a_number_that_no_table_has_would_be_seen() -> None:
    """Control of the comparison above."""
    chart = tornado([Bar("1 a", "", 5.0, "±4.711", "#14304F")], "told")
    assert drawn_numbers(str(chart)) == {"4.711"}


@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_the_sampled_spread_is_drawn_where_the_body_has_one(lang: DocumentLang) -> None:
    fields = with_sample(body())
    sampled, first = (
        next(one for one in figures(page(view(f, lang)), view(f, lang)) if "P97.5" in one.drawn)
        for f in (fields, body())
    )
    assert sampled.drawn.count("<path fill=") == len(SAMPLED["bins"]["counts"])
    assert ("抽样" in sampled.caption.first) or ("sampled" in sampled.caption.first)
    assert sampled.caption != first.caption
    assert sampled.drawn != first.drawn


def test_tornado_bars_stand_by_size_and_reach_both_ways() -> None:
    bars = [Bar("1 a", "", 1.0, "±1", "#14304F"), Bar("2 b", "", -4.0, "±4", "#E0B04C")]
    drawn = str(tornado(bars, "told"))
    assert drawn.index("2 b") < drawn.index("1 a")
    widths = {float(one) for one in re.findall(r"h([\d.]+)v4\.20", drawn)}
    assert widths == {19.5, 4.88}
    assert drawn.count('fill="#E0B04C"') == drawn.count('fill="#14304F"') == 1


def test_every_half_figure_has_a_side_and_sides_take_turns() -> None:
    for fields in (body(), {**body(), "uncertainty": None}):
        sides = [one.side for one in figures(page(view(fields)), view(fields)) if one.side]
        assert sides == ["left", "right", "left", "right"][: len(sides)]
        assert len(sides) >= 3
