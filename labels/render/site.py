"""Pages of a registry's static copy: one per serial and language, and the front pages.

A page stands alone: its style is inside it, it fetches nothing and runs nothing, and its policy
(CSP) forbids both. It shows one language and links to the other.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from factors.texts import LANGS, Lang, text
from labels.page import Page, StageView, page
from labels.render import drawing, inks
from labels.render.typeset import environment
from labels.standing import Standing
from labels.view import DocumentView
from labels.wordpair import TAGS, Words

INDEX = "index.html"
#: States that are told apart by a sign: drawn on a grid of 44.
_SIGNS: Mapping[str, str] = {
    "issued": '<circle cx="22" cy="22" r="19"/><path d="M13 22.5L19.5 29L31.5 15.5"/>',
    "suspended": '<circle cx="22" cy="22" r="19"/><path d="M17 14V30M27 14V30"/>',
    "expired": '<circle cx="22" cy="22" r="19"/><path d="M22 11V22L29.5 27"/>',
    "superseded": '<circle cx="22" cy="22" r="19"/><path d="M12 22H31M24 14.5L31.5 22L24 29.5"/>',
    "revoked": '<circle cx="22" cy="22" r="19"/><path d="M12 22H32"/>',
    "void": '<circle cx="22" cy="22" r="19"/><path d="M12 22H32"/>',
}
_WHITE = frozenset({"revoked", "void"})
#: States whose page shows no figure.
_BARE = frozenset({"void"})


def record_pages(view: DocumentView, standing: Standing) -> dict[str, bytes]:
    """Return the pages of one record.

    Parameters
    ----------
    view
        Body, receipt and approvals.
    standing
        Where it stands.

    Returns
    -------
    dict
        ``zh.html``, ``en.html`` and ``index.html``, the one in the documents' first language.
    """
    made = {f"{lang}.html": _record_page(view, standing, lang) for lang in LANGS}
    first = "en" if view.lang == "en" else "zh"
    return {**made, INDEX: made[f"{first}.html"]}


def front_pages(
    issuer: Mapping[str, Any], standings: Sequence[Standing], made: str
) -> dict[str, bytes]:
    """Return the front pages of the copy and the page for an address nothing was issued under."""
    pages = {}
    for lang in LANGS:
        note = text("site.front_note", lang, time=made, count=len(standings))
        pages[f"{lang}.html"] = _list_page(
            issuer, lang, (text("site.front", lang), note), standings, up=""
        )
    none = text("site.none", "zh"), text("site.none_note", "zh")
    missing = _list_page(issuer, "zh", none, (), up=str(issuer["verify_url"]), absent=True)
    return {**pages, INDEX: pages["zh.html"], "404.html": missing}


def class_pages(
    issuer: Mapping[str, Any], gtin: str, standings: Sequence[Standing]
) -> dict[str, bytes]:
    """Return the pages of one trade item number: its documents, to choose from."""
    pages = {}
    for lang in LANGS:
        told = text("site.class", lang, gtin=gtin), text("site.class_note", lang)
        pages[f"{lang}.html"] = _list_page(issuer, lang, told, standings, up="../../")
    return {**pages, INDEX: pages["zh.html"]}


def _record_page(view: DocumentView, standing: Standing, lang: Lang) -> bytes:
    shown = page(replace(view, lang=lang))
    context = {
        **_frame(lang, f"{standing.serial} {text('site.title', lang)}", sample=shown.sample),
        "page": None if standing.state in _BARE else shown,
        "standing": standing,
        "kind": view.body["kind"],
        "banner": shown.status.first if shown.status else "",
        "sign": _sign(standing.state),
        "validity": _validity(view.body, standing, lang),
        "change": _change(standing, lang),
        "issuer": view.body["issuer"]["name"][lang],
        "ticks": _classed(drawing.ticks(shown.ruler, 720, 18, 2, ""), "ticks"),
        "bar": _bar(shown.stages),
        "keys": [_key(stage) for stage in shown.stages],
        "totals": _totals(shown, lang),
        "facts": _facts(shown, view.body, lang),
        "done": _done(view, standing, lang),
        "undone": _undone(shown, view.body, standing, lang),
        "tick": drawing.check_sign(text("report.check_mark", lang)),
        "ring": drawing.ring_sign(text("report.ring_mark", lang)),
        "files": _files(standing, lang),
        "place": ((view.receipt or {}).get("leaf") or {}).get("status_index", ""),
    }
    return _made("site-record.j2", context)


def _list_page(
    issuer: Mapping[str, Any],
    lang: Lang,
    told: tuple[str, str],
    standings: Sequence[Standing],
    up: str,
    *,
    absent: bool = False,
) -> bytes:
    """Make a page that lists records; one for an absent address speaks from nowhere in the copy.

    Nobody chose the language of that one: it says its sentence in both.
    """
    sample = bool(issuer["demo"])
    other: Lang = "en" if lang == "zh" else "zh"
    also = (text("site.none", other), text("site.none_note", other)) if absent else ()
    context = {
        **_frame(lang, told[0], sample=sample),
        "banner": text("site.sample", lang) if sample else "",
        "head": told[0],
        "note": told[1],
        "also": also,
        "standings": standings,
        "issuer": issuer["name"][lang],
        "up": up,
        "other_file": f"{up if absent else ''}{other}.html",
    }
    return _made("site-list.j2", context)


def _frame(lang: Lang, title: str, *, sample: bool) -> dict[str, Any]:
    other: Lang = "en" if lang == "zh" else "zh"
    style, policy = _style()

    def told(key: str, /, **params: object) -> str:
        return text(key, lang, **params)

    return {
        "html_lang": TAGS[lang],
        "other_tag": TAGS[other],
        "other_file": f"{other}.html",
        "own_file": f"{lang}.html",
        "title": title,
        "style": style,
        "policy": policy,
        "mark": drawing.mark(text("site.mark", lang)),
        "sample": sample,
        "t": told,
    }


@cache
def _style() -> tuple[Markup, str]:
    """Return the style sheet and the policy that allows it and nothing else."""
    css = (files("templates") / "styles" / "site.css").read_text(encoding="utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return Markup(css), policy  # noqa: S704 - our own file


def _made(template: str, context: Mapping[str, Any]) -> bytes:
    return environment().get_template(template).render(**context).encode("utf-8")


def _validity(body: Mapping[str, Any], standing: Standing, lang: Lang) -> str:
    """Say until when; nothing for a record that no longer stands."""
    if standing.state in ("revoked", "superseded", "void"):
        return ""
    day = body["validity"]["until"]
    if day is None:
        return text("site.until_none", lang)
    return text("site.ran_out" if standing.state == "expired" else "site.until", lang, day=day)


def _change(standing: Standing, lang: Lang) -> str:
    if not standing.reason or standing.state in ("issued", "expired"):
        return ""
    reason = text(f"reason.{standing.reason}", lang)
    return text("site.changed", lang, time=standing.since, reason=reason)


def _totals(shown: Page, lang: Lang) -> list[dict[str, str]]:
    figure = shown.body["figures"][shown.declared]
    return [
        {"name": text(f"report.{which}", lang), "value": shown.scale.total(Decimal(figure[which]))}
        for which in ("excluding_biogenic_co2", "including_biogenic_co2")
    ]


def _facts(shown: Page, body: Mapping[str, Any], lang: Lang) -> list[tuple[str, str]]:
    rules, edition = shown.rules
    values = {
        "product": shown.product.first,
        "model": shown.model,
        "maker": shown.maker.first,
        "site_name": shown.site.first,
        "period": shown.period_days,
        "rules": f"{rules.first} {edition.first}",
        "power": shown.electricity.first,
        "gwp": shown.gwp.first,
        "verifier": shown.verifier.first,
        "issuer": Words(lang).of(body["issuer"]["name"]).first,
        "issued": shown.issued,
    }
    return [(text(f"site.{key}", lang), value) for key, value in values.items() if value]


def _done(view: DocumentView, standing: Standing, lang: Lang) -> list[str]:
    return [
        text("site.checked_log", lang, size=standing.size),
        text("site.checked_approvals", lang, count=len(view.approvals)),
        text("site.checked_bytes", lang),
    ]


def _undone(shown: Page, body: Mapping[str, Any], standing: Standing, lang: Lang) -> list[str]:
    name = body["issuer"]["name"][lang]
    data = (
        text("site.verified_data", lang, name=name)
        if shown.verified
        else text("site.unchecked_data", lang)
    )
    copy = text("site.later_day", lang, time=standing.checked)
    return [text("site.unchecked_file", lang), data, copy]


def _files(standing: Standing, lang: Lang) -> list[dict[str, str]]:
    """Return the public signed files with their hashes; what is sealed is not named."""
    found = []
    for name, digest in sorted(standing.files.items()):
        folder, _, plain = name.partition("/")
        if folder == "public":
            found.append({"name": plain, "sha256": digest, "text": _file_text(plain, lang)})
    return found


def _file_text(name: str, lang: Lang) -> str:
    known = {
        "factsheet.pdf": "factsheet",
        "label-50x30.pdf": "label_small",
        "label.pdf": "label",
        "report.pdf": "report",
        "certificate.pdf": "certificate",
        "statement.pdf": "statement",
    }
    return text(f"site.file_{known[name]}", lang) if name in known else name


def _sign(state: str) -> Markup:
    ink = "#FFFFFF" if state in _WHITE else drawing.INK
    return Markup(  # noqa: S704 - drawings of ours
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44" aria-hidden="true" fill="none"'
        f' stroke="{ink}" stroke-width="3.5">{_SIGNS[state]}</svg>'
    )


def _classed(svg: Markup, name: str) -> Markup:
    head = Markup('<svg class="{}" aria-hidden="true" preserveAspectRatio="none" ').format(name)
    return head + svg[len("<svg ") :]


def _bar(stages: Sequence[StageView]) -> Markup:
    """Draw the stages up to the gate; nothing where a stage lies below zero."""
    whole = sum(stage.value for stage in stages)
    if not stages or whole <= 0 or min(stage.value for stage in stages) < 0:
        return Markup()
    parts, left = "", 0.0
    for stage in stages:
        width = float(stage.value / whole) * 1000
        ink = inks.STAGES[stage.colour - 1]
        parts += f'<rect x="{left:.2f}" width="{width:.2f}" height="30" fill="{ink}"/>'
        left += width
        parts += f'<rect x="{left - 1.5:.2f}" width="3" height="30" fill="#FFFFFF"/>'
    frame = '<rect x=".8" y=".8" width="998.4" height="28.4" fill="none" stroke="#14202B"'
    return Markup(  # noqa: S704 - numbers and colours of ours
        '<svg class="bar" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 30"'
        f' preserveAspectRatio="none" aria-hidden="true">{parts}{frame} stroke-width="1.6"/></svg>'
    )


def _key(stage: StageView) -> Markup:
    ink = inks.STAGES[stage.colour - 1]
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" aria-hidden="true">'
        '<rect x=".75" y=".75" width="14.5" height="14.5" fill="{}" stroke="#14202B"'
        ' stroke-width="1.5"/></svg>'
    ).format(ink)
