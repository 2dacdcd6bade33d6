"""From the sealed body to the values a page shows: the one place that knows the body's keys.

The figure in the bracket is the one of the declared boundary. Stages before and after the gate
never share an axis; where the full life cycle is declared, the figure to the gate stands apart as a
fact.

Nothing is computed but the rounding for paper, shares of the printed figure, and which of the
printed sentences applies. A changed key of the body is a one-line change here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from labels.canonical import canonical, sha256
from labels.figures import (
    NO_BREAK,
    ShownUnit,
    digits_for,
    shown,
    shown_share,
    step_below,
    unit_for,
)
from labels.gtin import digital_link, gtin14
from labels.view import DocumentView
from labels.wordpair import Pair, Words

GATE, WHOLE_LIFE = "cradle-to-gate", "cradle-to-grave"
STAGES = (
    "raw-materials",
    "inbound-transport",
    "manufacturing",
    "packaging",
    "distribution",
    "use",
    "end-of-life",
)
#: From this share of every disclosed figure on, the GWP basis may be printed without "in part".
LARGELY = Decimal("0.95")


@dataclass(frozen=True, slots=True)
class Scale:
    """Unit and precision that every value of one document shares.

    Attributes
    ----------
    unit
        g, kg or t of CO2e.
    digits
        Significant digits.
    step
        Smallest step for parts of the figure, in ``unit``.
    """

    unit: ShownUnit
    digits: int
    step: Decimal

    @property
    def symbol(self) -> str:
        """Unit as printed, with the digit still on the line."""
        return f"{self.unit.symbol}{NO_BREAK}CO2e"

    def total(self, kilograms: Decimal) -> str:
        """Spell a total."""
        return shown(self.unit.of(kilograms), self.digits)

    def part(self, kilograms: Decimal) -> str:
        """Spell a part of the figure: never finer than one place below it."""
        return shown(self.unit.of(kilograms), self.digits, self.step)


@dataclass(frozen=True, slots=True)
class StageView:
    """One stage, or stages shown together: names, exact value (kg) and how it is printed.

    ``number`` is the place in the life cycle, "1+2" for stages shown together; ``colour`` is the
    number of the first. ``name`` is the product model's, ``short`` the same on every label.
    """

    number: str
    colour: int
    name: Pair
    short: Pair
    value: Decimal
    shown: str
    share: str


@dataclass(frozen=True, slots=True)
class Page:
    """What label and report have in common."""

    words: Words
    body: Mapping[str, Any]
    scale: Scale
    sample: bool
    verified: bool
    serial: str
    digest: str
    registered: bool
    url: str
    figure: str
    to_gate: str
    per: Pair
    boundary: Pair
    scope: Pair
    product: Pair
    model: str
    maker: Pair
    site: Pair
    stages: tuple[StageView, ...]
    later: tuple[StageView, ...]
    period: str
    period_days: str
    rules: tuple[Pair, Pair]
    electricity: Pair
    gwp: Pair
    verifier: Pair
    until: Pair
    issued: str

    @property
    def declared(self) -> str:
        """The declared boundary, whose figure stands in the bracket."""
        return str(self.body["boundary"])

    @property
    def article(self) -> Pair:
        """The model, and what the figure stands for where there are several models or sites."""
        model = self.words.text("label.model", model=self.model)
        family = self.body.get("family") or {}
        return self.words.listed(model, self.words.of(family.get("label") or {}))

    @property
    def whole(self) -> bool:
        """Whether the figure is that of the full life cycle."""
        return self.declared == WHOLE_LIFE

    @property
    def headline(self) -> str:
        """Which of the two totals the figure is; the stages add up to it."""
        return str(self.body["headline"])

    @property
    def ruler(self) -> str:
        """Digits the ruler of ticks spells; none before the body is sealed in a registry."""
        return self.digest if self.registered else ""

    @property
    def status(self) -> Pair | None:
        """The sentence of the status bar; None for a verified document that is no sample."""
        key = "_".join(
            word for word, on in (("sample", self.sample), ("unverified", not self.verified)) if on
        )
        return self.words.warning(f"label.status_{key}") if key else None

    @property
    def number(self) -> Pair:
        """What stands in the number field: no certificate number on samples and study reports."""
        if self.sample:
            return self.words.warning("label.number_sample")
        if self.verified:
            return self.words.plain(self.serial)
        return self.words.warning("label.number_none")


def page(view: DocumentView) -> Page:
    """Read a body for printing."""
    body, words = view.body, Words(view.lang)
    boundary, headline = body["boundary"], body["headline"]
    figure_kg = Decimal(body["figures"][boundary][headline])
    scale = _scale(figure_kg, body.get("uncertainty"))
    product, sites = body["product"], body["product"].get("sites") or ()
    serial = str((view.receipt or {}).get("serial", ""))
    digest = body_hash(body)
    return Page(
        words=words,
        body=body,
        scale=scale,
        sample=view.sample or bool(body["issuer"]["demo"]),
        verified=body["kind"] != "study_report",
        serial=serial,
        digest=digest,
        registered=view.receipt is not None,
        url=_url(body, serial or digest[:16]),
        figure=scale.total(figure_kg),
        to_gate=scale.part(Decimal(body["figures"][GATE][headline])),
        per=words.of(body["declared_unit"]["name"]),
        boundary=words.text(f"label.boundary_{boundary}"),
        scope=words.text(f"label.scope_{headline}"),
        product=words.of(product["name"]),
        model=str(product.get("model") or product["id"]),
        maker=words.of(product["maker"]["name"]),
        site=_site(sites, words),
        stages=_stages(body, words, scale, "gate", figure_kg),
        later=_stages(body, words, scale, "after", figure_kg),
        period=_months(body["period"]),
        period_days=f"{body['period']['from']} – {body['period']['to']}",
        rules=_rules(body["ruleset"], words),
        electricity=words.text(f"label.power_{body['electricity']['approach']}"),
        gwp=_gwp(body, words),
        verifier=_verifier(body, words),
        until=_until(body, words),
        issued=str(body["validity"]["from"]),
    )


def body_hash(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical body (RFC 8785), lower-case hex."""
    return sha256(canonical(body))


def form_id(view: DocumentView, form: str) -> bytes:
    """Return the 16 bytes that a printed form (its file name) of this body carries as its /ID."""
    return bytes.fromhex(sha256(f"{body_hash(view.body)} {form} {view.lang}".encode()))[:16]


def share(text: str) -> str:
    """Spell a share of the body as a percentage."""
    return shown_share(Decimal(text))


def _scale(figure_kg: Decimal, uncertainty: Mapping[str, Any] | None) -> Scale:
    known = (uncertainty or {}).get("relative_standard")
    digits = digits_for(None if known is None else Decimal(str(known)))
    unit = unit_for(figure_kg, digits)
    return Scale(unit, digits, step_below(unit.of(figure_kg), digits))


def _stages(
    body: Mapping[str, Any], words: Words, scale: Scale, side: str, total: Decimal
) -> tuple[StageView, ...]:
    return tuple(
        _stage(stage, words, scale, total) for stage in body["stages"] if stage["side"] == side
    )


def _stage(stage: Mapping[str, Any], words: Words, scale: Scale, total: Decimal) -> StageView:
    value = Decimal(stage["value"])
    places = [STAGES.index(one) + 1 for one in stage["stages"]]
    return StageView(
        number="+".join(map(str, places)),
        colour=places[0],
        name=words.of(stage["name"]),
        short=_short(stage["stages"], words),
        value=value,
        shown=scale.part(value),
        share=shown_share(value / total) if total else "",
    )


def _short(ids: Sequence[str], words: Words) -> Pair:
    """Join the usual names of stages shown together."""
    names = [words.text(f"label.stage_{one}") for one in ids]
    comma = "、" if names[0].first_lang == "zh-CN" else ", "
    return Pair(
        comma.join(name.first for name in names),
        ", ".join(filter(None, (name.second for name in names))),
        names[0].first_lang,
        names[0].second_lang,
    )


def _site(sites: Sequence[Mapping[str, Any]], words: Words) -> Pair:
    if not sites:
        return Pair("")
    name = words.of(sites[0]["name"])
    if len(sites) == 1:
        return name
    more = words.text("label.sites_more", count=len(sites))
    return Pair(
        f"{name.first} {more.first}",
        f"{name.second or name.first} {more.second}" if more.second else "",
        name.first_lang,
        more.second_lang,
    )


def _months(period: Mapping[str, str]) -> str:
    """Spell whole months as months, anything else as days."""
    first, last = date.fromisoformat(period["from"]), date.fromisoformat(period["to"])
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    length = 7 if whole else 10
    return f"{period['from'][:length]} – {period['to'][:length]}"


def _rules(ruleset: Mapping[str, Any], words: Words) -> tuple[Pair, Pair]:
    """Return the name of the rules and their edition; a body without a name gives the id."""
    edition = words.short("label.edition", edition=str(ruleset["edition"]))
    named = ruleset.get("name")
    return words.of(named) if named else words.plain(str(ruleset["id"])), edition


def gwp_shares(body: Mapping[str, Any], figure: str) -> Mapping[str, str]:
    """Return the shares of a disclosed figure by GWP basis."""
    gwp = body["gwp"]
    shares: Mapping[str, str] = gwp.get("shares_by_figure", {}).get(figure, gwp["shares"])
    return shares


def _gwp(body: Mapping[str, Any], words: Words) -> Pair:
    """Name the GWP set: alone where it carries every disclosed figure, never where it carries none.

    Notes
    -----
    Shares are judged for each disclosed figure; the strictest decides.
    """
    chosen = str(body["gwp"]["set"])
    known = {
        figure: Decimal(gwp_shares(body, figure).get(chosen, "0")) for figure in body["figures"]
    }
    name = chosen.partition("-")[0]
    if min(known.values()) >= LARGELY:
        return words.plain(name)
    if known[body["boundary"]]:
        return words.short("label.gwp_part", set=name)
    place = "certificate" if body["kind"] == "certificate_of_conformity" else "report"
    return words.short(f"label.gwp_published_{place}")


def _verifier(body: Mapping[str, Any], words: Words) -> Pair:
    if body["kind"] == "study_report":
        return words.text("label.verifier_none")
    return words.of(body["issuer"]["name"])


def _until(body: Mapping[str, Any], words: Words) -> Pair:
    until = body["validity"].get("until")
    return words.plain(str(until)) if until else words.text("label.until_none")


def _url(body: Mapping[str, Any], name: str) -> str:
    """Return where a reader checks the document; the bare name where the issuer has no page.

    A product with a sound GTIN gets a GS1 Digital Link on the issuer's pages.
    """
    base, gtin = str(body["issuer"]["verify_url"]), gtin14(str(body["product"].get("gtin") or ""))
    if gtin and base.endswith("/"):
        return digital_link(base, gtin, name)
    return f"{base}{name}" if base else name
