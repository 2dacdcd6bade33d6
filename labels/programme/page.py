"""The programme's report as a page and as a document: views of its data that compute nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factors.texts import LANGS
from labels.fonts import FontSet
from labels.programme import charts
from labels.programme.calendar import KINDS
from labels.programme.charts import Goal, Row
from labels.render import drawing, programme
from labels.render.report import WATERMARK_INK
from labels.view import DocumentLang
from labels.wordpair import TAGS, Pair, Words

SIZE = (269.0, 185.0)
PLACES = ((70.0, 60.0), (200.0, 60.0), (70.0, 150.0), (200.0, 150.0))
ANGLE, WATERMARK_SIZE = -30.0, 20.0
Document = Mapping[str, Any]
NOTHING = Pair("")
WITHHELD = "x"
"""What stands for a figure that is left out; the notes say so."""

MOST_BARS = 9
"""Export groups that the first page has room for; the table has them all."""

_COLON = re.compile("[:：]")


@dataclass(frozen=True, slots=True)
class Big:
    """A number that stands large, what it is, and what is said beside it."""

    number: str
    words: Pair
    told: Pair = NOTHING


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the pages behind the first."""

    title: Pair
    head: tuple[Pair, ...]
    rows: tuple[tuple[Pair, ...], ...]
    note: Pair = NOTHING
    words: int = 1
    """Columns of words, from the left; the others hold numbers."""


def pdf_report(made: Document, lang: DocumentLang, fonts: FontSet | None = None) -> bytes:
    """Return the report as PDF; the rest as for :func:`labels.render.programme.document`."""
    return programme.document(made, context(made, lang), fonts)


def html_report(made: Document, lang: DocumentLang) -> bytes:
    """Return the report as one page of HTML."""
    return programme.page(context(made, lang))


def context(made: Document, lang: DocumentLang) -> dict[str, Any]:
    """Return everything the template needs."""
    view = View(made, Words(lang))
    say = view.say
    heads = ("pipeline", "cumulative", "classes", "due", "quality")
    return {
        "html_lang": TAGS[view.words.langs[0]],
        "title": view.words.of(made["name"]),
        "sample": say("sample") if made["sample"] else NOTHING,
        "as_of": say("as_of", day=made["day"]),
        "foot": say("foot", fewest=made["fewest"]),
        "nothing": say("none"),
        "count": made["certified"],
        "hero": say("hero"),
        "goal": view.goal_words(),
        "ahead": view.ahead(),
        "heads": {key: say(key) for key in heads},
        "mark": drawing.mark(say("report_kind").first),
        "ruler": drawing.ticks("", SIZE[0], 2.4, 0.25, ""),
        "watermark": view.watermark(),
        "due": tuple(view.due()),
        "quality": tuple(view.quality()),
        "parts": tuple(view.parts()),
        **view.drawings(),
    }


@dataclass(frozen=True, slots=True)
class View:
    """The report in the language or languages of a document."""

    made: Document
    words: Words

    def say(self, key: str, **params: Pair | str | int) -> Pair:
        """Return a text of the catalogue's table ``programme``."""
        return self.words.text(f"programme.{key}", **params)

    def plain(self, value: object) -> Pair:
        """Return what is the same in every language."""
        return Pair(str(value))

    def share(self, value: str | None) -> Pair:
        """Return a share in per cent, or that it is withheld."""
        return Pair(_share(value))

    # -- first page ------------------------------------------------------------------------

    def goal_words(self) -> Pair:
        """Say how far it is to the goal."""
        low, high = self.made["goal"]["low"], self.made["goal"]["high"]
        left = low - self.made["certified"]
        if left <= 0:
            return self.say("hero_reached", low=low, high=high)
        return self.say("hero_below", low=low, high=high, left=left)

    def ahead(self) -> Pair:
        """Say where the present pace leads to."""
        return self.say("ahead", **self.made["forecast"][-1]) if self.made["forecast"] else NOTHING

    def drawings(self) -> dict[str, Any]:
        """Draw the charts."""
        goal = self._goal()
        steps = [
            Row(self.say(f"step_{step}"), count) for step, count in self.made["reached"].items()
        ]
        groups = [
            Row(self.words.of(_short(one["name"])), one["certified"], one["in_work"])
            for one in self.made["groups"]
            if one["certified"] + one["in_work"]
        ][:MOST_BARS]
        told = self.say("hero_alt", count=self.made["certified"], low=goal.low, high=goal.high)
        curve = self.made["cumulative"], self.made["forecast"]
        return {
            "bullet": charts.bullet(self.made["certified"], goal, told.first),
            "pipeline": charts.pipeline(steps, goal, self._alt("pipeline", steps)),
            "cumulative": charts.cumulative(*curve, goal, self.say("cumulative").first),
            "classes": charts.classes(groups, self._alt("classes", groups)),
        }

    def _goal(self) -> Goal:
        low, high = self.made["goal"]["low"], self.made["goal"]["high"]
        names = self.say("low", low=low).alone(), self.say("high", high=high).alone()
        return Goal(low, high, *(one.first for one in names))

    def _alt(self, key: str, rows: Sequence[Row]) -> str:
        told = ", ".join(f"{row.name.first} {row.done}" for row in rows)
        return f"{self.say(key).first}: {told}"

    def watermark(self) -> Any:
        """Draw the words of a sample under the content; nothing for a real programme."""
        if not self.made["sample"]:
            return ""
        words = self.words.warning("programme.sample_mark").joined(" ")
        rows = [(x, y, words, WATERMARK_SIZE) for x, y in PLACES]
        return drawing.watermark(SIZE, rows, ANGLE, WATERMARK_INK, words)

    def due(self) -> Iterator[Big]:
        """Yield what is due soon."""
        for kind in KINDS:
            soon = self.made["calendar"]["soon"][kind]
            first = self.say("first", day=soon["first"]) if soon["first"] else NOTHING
            yield Big(str(soon["count"]), self.say(f"due_{kind}"), first.alone())

    def quality(self) -> Iterator[Big]:
        """Yield what data and verification are like."""
        told, moved = self.made["quality"], self.made["changed"]
        for key in ("primary", "proxy"):
            yield Big(_share(told[f"{key}_share"]), self.say(f"q_{key}"))
        yield Big(str(told["certifiable"]), self.say("q_certifiable", of=told["products"]))
        yield Big(str(told["open_findings"]), self.say("q_findings"))
        yield Big(str(told["faulty_files"]), self.say("q_faulty"))
        beyond = WITHHELD if moved["beyond"] is None else str(moved["beyond"])
        yield Big(beyond, self.say("q_changed", of=moved["compared"]))

    # -- tables ----------------------------------------------------------------------------

    def parts(self) -> Iterator[Part]:
        """Yield the tables of the other pages."""
        yield self._groups()
        yield self._forecast()
        yield self._calendar()
        yield self._electricity()
        yield self._shared("hot_spots")
        yield self._shared("dependencies")
        yield self._pollutants()

    def _head(self, *keys: str) -> tuple[Pair, ...]:
        return tuple(self.say(f"col_{key}") for key in keys)

    def _groups(self) -> Part:
        """Say of every export group how far it is, the missing ones too."""
        several = self.made["groups"]
        rows = tuple(
            (self.words.of(one["name"]), self.say(_state(one)),
             self.plain(one["in_work"]), self.plain(one["certified"]))
            for one in several
        )  # fmt: skip
        source = self.made["groups_source"]
        note = self.words.of(source) if source else self.say("groups_shipped")
        count = sum(bool(one["certified"]) for one in several)
        title = self.say("coverage", count=count, of=len(several))
        return Part(title, self._head("group", "state", "in-work", "certified"), rows, note, 2)

    def _forecast(self) -> Part:
        low = self.made["goal"]["low"]
        rows = tuple(
            (self.plain(one["day"]), self.plain(one["middle"]),
             self.plain(f"{one['low']}–{one['high']}"), self.plain(_chance(one["chance"])))
            for one in self.made["forecast"]
        )  # fmt: skip
        note = self.say("method") if rows else self.say("no_forecast")
        head = (*self._head("day", "middle", "interval"), self.say("col_chance", low=low))
        return Part(self.say("forecasts"), head, rows, note)

    def _calendar(self) -> Part:
        rows = tuple(
            (self.plain(one["month"]), self.say(f"due_{one['kind']}"), self.plain(one["count"]))
            for one in self.made["calendar"]["months"]
        )
        return Part(self.say("calendar"), self._head("month", "what", "count"), rows, words=2)

    def _electricity(self) -> Part:
        names = {one["id"]: self.words.of(one["name"]) for one in self.made["groups"]}
        rows = tuple(
            (names.get(row["group"], self.say("total")), *map(self._cell, row["values"]))
            for row in self.made["electricity"]["rows"]
        )
        head = self._head("group", "in-work", "certified", "total")
        return Part(
            self.say("electricity"), head, rows, self.say("cells_few", fewest=self.made["fewest"])
        )

    def _cell(self, cell: Mapping[str, Any]) -> Pair:
        if cell["amount"] is None:
            return self.plain(WITHHELD)
        return self.plain(f"{int(cell['amount']):,}".replace(",", "\N{NO-BREAK SPACE}"))

    def _shared(self, key: str) -> Part:
        rows = tuple(
            (self._item(one), self.plain(one["enterprises"]), self.plain(one["products"]),
             self.share(one["share"]))
            for one in self.made[key]
        )  # fmt: skip
        note = self.say("rows_few", fewest=self.made["fewest"])
        return Part(self.say(key), self._head("item", "firms", "products", "share"), rows, note)

    def _item(self, one: Mapping[str, Any]) -> Pair:
        if "name" in one:
            return self.words.of({lang: one["name"][lang] for lang in LANGS})
        if one["id"] == "supplier":
            return self.say("suppliers_own")
        _, dot, gas = str(one["id"]).partition(".")
        return self.say("emitted", gas=gas) if dot else self.plain(one["id"])

    def _pollutants(self) -> Part:
        rows = tuple(
            (self.plain(one["name"]), self.plain(f"{one['products']} / {one['of']}"),
             self.share(one["share"]))
            for one in self.made["co_pollutants"]
        )  # fmt: skip
        return Part(self.say("pollutants"), self._head("item", "known", "share"), rows)


def _state(group: Mapping[str, Any]) -> str:
    """Return the key of what is said of an export group."""
    if group["certified"]:
        return "group_certified"
    if group["in_work"]:
        return "group_in_work"
    return "group_waiting" if group["models"] else "group_no_model"


def _short(name: Mapping[str, str]) -> dict[str, str]:
    """Return the name of an export group without the one of the class before its colon."""
    return {lang: _COLON.split(told)[-1].strip() for lang, told in name.items()}


def _share(value: str | None) -> str:
    return WITHHELD if value is None else _percent(value)


def _chance(value: str) -> str:
    """Return a chance in per cent; what is foreseen is never impossible, and never certain."""
    shown = _percent(value)
    return {"0 %": "< 1 %", "100 %": "> 99 %"}.get(shown, shown)


def _percent(value: str) -> str:
    return f"{float(value) * 100:.0f} %"
