"""The two-page summary of a footprint for a customer: unsigned, not verified, and marked so.

A summary comes from a computed footprint and from nothing else: no number, no registry entry, no
seal. It shows what a public document may show (figures, parts, folded stages, method, quality) and
no line, supplier or recipe. An issued document has sealed forms of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

from factors.errors import FindingsError
from factors.findings import finding
from factors.texts import Lang, text
from labels.canonical import canonical, sha256
from labels.decimals import exact, spelt
from labels.facts import gwp_line
from labels.figures import digits_for, shown, shown_share, step_below, unit_for
from labels.folding import STAGES, fold, stage_lines
from labels.fonts import FontSet
from labels.recount import counted_lines
from labels.render import drawing
from labels.render.plain import Paper, printed
from labels.render.report import ANGLE, SIZE, WATERMARK_INK
from labels.wordpair import TAGS, Words, tidy

FORM, PAGES = "summary", 2
MOST_TEXTS = 6
"""Exclusions and sharing rules that are written out; the rest is counted."""

_PRINTED = ("product", "declared_unit", "ruleset", "stages", "exclusions", "allocation", "period")
"""Keys of a footprint whose texts stand on the page."""

_PLACES = ((62, 62), (152, 104), (80, 177), (140, 226))
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

Row = tuple[str, ...]


def summary(document: Mapping[str, Any], lang: Lang, fonts: FontSet | None = None) -> bytes:
    """Print the summary of a footprint, two pages of A4.

    Parameters
    ----------
    document
        A document ``carbonlabel-footprint/1``.
    lang
        Language of the page.
    fonts
        The font set; the machine's label font when None.

    Raises
    ------
    FindingsError
        Texts that the font cannot show, or that do not fit two pages.
    """
    texts = {key: document[key] for key in _PRINTED}
    name = sha256(f"{sha256(canonical(document))} {lang}".encode())
    drawn = {"watermark": _watermark(lang), "html_lang": TAGS[lang]}
    context = _Summary(document, lang).context() | drawn
    made = printed(Paper(FORM, texts, name, _moment(document)), context, fonts)
    pages = int(PdfFileReader(BytesIO(made)).root["/Pages"]["/Count"])
    if pages != PAGES:
        raise FindingsError(finding("EXPORT-PAGES", pages=pages, limit=PAGES))
    return made


def _moment(document: Mapping[str, Any]) -> datetime:
    """Return the one time the file carries: the end of the period, never a clock."""
    try:
        told = datetime.fromisoformat(str(document["period"].get("to", ""))[:10])
    except ValueError:
        return _BEGINNING
    return told.replace(tzinfo=UTC)


def _watermark(lang: Lang) -> Any:
    words = text("export.ground", lang)
    rows = [(float(x), float(y), words, 17.0) for x, y in _PLACES]
    return drawing.watermark(SIZE, rows, ANGLE, WATERMARK_INK, words)


@dataclass(frozen=True, slots=True)
class _Summary:
    """What the page says, as plain texts."""

    document: Mapping[str, Any]
    lang: Lang

    def say(self, key: str, **params: object) -> str:
        return text(f"export.{key}", self.lang, **params)

    def of(self, words: Mapping[str, Any]) -> str:
        return tidy(str(words.get(self.lang) or next(iter(words.values()), "")))

    def context(self) -> dict[str, Any]:
        """Return everything the template prints."""
        document = self.document
        product, declared = document["product"], document["declared_unit"]
        return {
            "title": self.say("summary_title"),
            "tag": self.say("not_verified"),
            "note": self.say("summary_note"),
            "product": self.of(product["name"]),
            "maker": self.of(product["maker"]["name"]) if product["maker"]["name"] else "",
            "figure": shown(self.unit.of(self.headline), self.digits),
            "unit": f"{self.unit.symbol} CO2e",
            "per": self.of(declared["name"]),
            "boundary": self.say(f"figure_{document['boundary']}"),
            "facts": self._facts(),
            "totals": self._totals(),
            "electricity": self._electricity(),
            "stages": self._stages(),
            "sales_units": self._sales_units(),
            "parts": self._parts(),
            "part_heads": [self.say(f"figure_{name}") for name in document["figures"]],
            "method": self._method(),
            "quality": self._quality(),
            "exclusions": self._texts(document["exclusions"]),
            "allocation": self._texts(document["allocation"]),
            "hashes": [(self.say("system_hash"), str(document["lock"]["system"]))],
            "heads": {key: self.say(f"head_{key}", unit=self._per_unit) for key in _BLOCKS},
            "foot": self.say("summary_foot"),
        }

    # -- numbers ---------------------------------------------------------------------------

    @property
    def headline(self) -> Decimal:
        """The declared figure, kg CO2e."""
        return Decimal(self.document["totals"][self.document["headline"]]["value"])

    @property
    def digits(self) -> int:
        """Significant digits that the uncertainty allows."""
        known = (self.document["uncertainty"] or {}).get("relative_standard")
        return digits_for(None if known is None else Decimal(known))

    @property
    def unit(self) -> Any:
        """The unit in which the figure reads best."""
        return unit_for(self.headline, self.digits)

    @property
    def _per_unit(self) -> str:
        declared = self.document["declared_unit"]
        many = "" if Fraction(declared["amount"]) == 1 else f"{declared['amount']} "
        return f"{self.unit.symbol} CO2e/{many}{declared['unit']}"

    def _shown(self, kilograms: str) -> str:
        whole = self.unit.of(self.headline)
        value = self.unit.of(Decimal(kilograms))
        return shown(value, self.digits, step_below(whole, self.digits) if whole else None)

    # -- blocks ----------------------------------------------------------------------------

    def _facts(self) -> list[Row]:
        document = self.document
        period, product = document["period"], document["product"]
        sites = "; ".join(self.of(site["name"]) for site in product["sites"] if site["name"])
        rows = [
            (self.say("status_of_result"), self.say("unverified")),
            (self.say("model"), tidy(str(product["model"]))),
            (self.say("sites"), sites),
            (self.say("period"), " - ".join(filter(None, (period.get("from"), period.get("to"))))),
            (self.say("grade"), self.say(f"grade_{document['grade']['value']}")),
        ]
        return [row for row in rows if row[1]]

    def _totals(self) -> list[Row]:
        return [
            (self.say(f"figure_{name}"), self.say(total), self._shown(figure[total]))
            for name, figure in self.document["figures"].items()
            for total in ("excluding_biogenic_co2", "including_biogenic_co2")
        ]

    def _electricity(self) -> list[Row]:
        found, headline = self.document["electricity"], self.document["headline"]
        return [
            (
                self.say(approach),
                self._shown(found[approach][headline]),
                self.say("label_figure") if approach == found["approach"] else "",
            )
            for approach in ("location", "market")
        ]

    def _stages(self) -> list[dict[str, str]]:
        """Return the stages, folded as in public documents; none where stages are unknown."""
        document = self.document
        by_id = {stage["id"]: stage for stage in document["stages"]}
        if not set(by_id) <= set(STAGES):
            return []
        lines = stage_lines(counted_lines(document["lines"], document["electricity"]["approach"]))
        groups = fold(tuple(by_id), lines)
        values = [sum((exact(by_id[one]["value"]) for one in g), Fraction(0)) for g in groups]
        widest = max((abs(value) for value in values), default=Fraction(0)) or Fraction(1)
        return [
            {
                "name": " + ".join(self.of(by_id[one]["name"]) for one in group),
                "side": self.say(f"side_{by_id[group[0]]['side']}"),
                "value": self._shown(spelt(value)),
                "share": shown_share(Decimal(spelt(value)) / self.headline)
                if self.headline
                else "",
                "width": f"{float(abs(value) / widest) * 100:.1f}",
            }
            for group, value in zip(groups, values, strict=True)
        ]

    def _sales_units(self) -> list[Row]:
        per = Decimal(self.document["declared_unit"]["amount"])
        found: list[Row] = []
        for item in self.document["declared_unit"]["sales_units"]:
            each = self.headline * Decimal(item["factor"]) / per
            unit = unit_for(each, self.digits)
            told = f"{shown(unit.of(each), self.digits)} {unit.symbol} CO2e"
            found.append((self.of(item["name"]), told))
        return found

    def _parts(self) -> list[Row]:
        figures = self.document["figures"].values()
        return [
            (self.say(f"part_{part}"), *(self._shown(figure["parts"][part]) for figure in figures))
            for part in self.document["parts"]
        ]

    def _method(self) -> list[Row]:
        document = self.document
        gwp = gwp_line(document["gwp"]["shares"], Words(self.lang)).first
        engines = document["engines"]
        rules = document["ruleset"]
        name = self.of(rules["name"]) if rules.get("name") else ""
        return [
            (self.say("ruleset"), f"{rules['id']} {rules['edition']} {name}".strip()),
            (self.say("approach"), self.say(document["electricity"]["approach"])),
            (self.say("gwp_basis"), gwp),
            (self.say("carbon"), self._carbon()),
            (self.say("check_of_engines"), f"{engines['of_record']}; {engines['relative_gap']}"),
        ]

    def _carbon(self) -> str:
        content = self.document["carbon_content"]
        told = [
            f"{self.say('carbon_' + place)}: {self.say('carbon_' + origin)} "
            f"{shown(Decimal(amount), 2)}"
            for place in ("product", "packaging")
            for origin, amount in content.get(place, {}).items()
        ]
        return f"{'; '.join(told)} ({content['unit']})" if told else self.say("not_stated")

    def _quality(self) -> list[Row]:
        document = self.document
        shares = document["data_quality"]
        names = ("primary_activity_share", "proxy_share", "recalled_share", "weak_share")
        rows = [(self.say(name), shown_share(Decimal(shares[name]))) for name in names]
        known = document["uncertainty"]
        spread = shown_share(Decimal(known["relative_standard"])) if known else ""
        return [*rows, (self.say("relative_standard"), spread or self.say("not_stated"))]

    def _texts(self, several: Sequence[Mapping[str, Any]]) -> list[str]:
        shown_texts = [self.of(words) for words in several[:MOST_TEXTS]]
        more = len(several) - MOST_TEXTS
        return [*shown_texts, *([self.say("and_more", count=more)] if more > 0 else [])]


_BLOCKS = (
    "totals",
    "electricity",
    "stages",
    "sales_units",
    "parts",
    "method",
    "quality",
    "exclusions",
    "allocation",
)
