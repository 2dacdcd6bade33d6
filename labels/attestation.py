"""Facts of the certificate of conformity and of the verification statement, read from the body.

What the closed verification file tells the public stands under ``verification.summary`` of the
body, in both languages: ``work``, ``sampling``, ``basis``, ``qualifications``, ``misstatements``,
``surveillance``, ``criteria``, ``statement`` (serial of the statement a certificate refers to).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factors.texts import catalogue
from labels import facts
from labels.facts import Row
from labels.markets import held
from labels.page import Page, share
from labels.wordpair import Pair, Words

CERTIFICATE, STATEMENT = "certificate_of_conformity", "verification_statement"
#: Kind of approval without which nothing may be called a certificate.
CERTIFICATION = "product-certification"
#: Opinions that are said in a positive form where the assurance is reasonable.
_POSITIVE = frozenset({"unmodified", "modified-not-material"})


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who approved in which role, with which key."""

    role: Pair
    person: str
    key: str


def title(page: Page) -> Pair:
    """Name the document: a certificate only where the issuer holds the approval for it."""
    kind = str(page.body["kind"])
    if kind == CERTIFICATE and not held(page.body, CERTIFICATION):
        kind = "evaluation"
    return page.words.text(f"attest.title_{kind}")


def sentence(page: Page) -> Pair:
    """Say what was decided, in one sentence; the level of assurance belongs to the statement."""
    words, kind = page.words, str(page.body["kind"])
    if kind == STATEMENT:
        return words.text("attest.sentence_verification_statement")
    statement = words.plain(str(_summary(page).get("statement", "")))
    if statement:
        return words.text(f"attest.sentence_{page.declared}_named", statement=statement)
    return words.text(f"attest.sentence_{page.declared}")


def approvals_line(page: Page) -> Pair:
    """Name the approvals of the issuer."""
    held_ones = page.body["issuer"]["approvals"]
    if not held_ones:
        return page.words.text("attest.approvals_none")
    words = Words(page.words.langs[0])
    between = words.text("attest.between", before="", after="").first
    told = between.join(_approval(one, words) for one in held_ones)
    return words.text("attest.approvals", list=told)


def _approval(one: Mapping[str, str], words: Words) -> str:
    key = f"approval_{one['kind']}"
    known = key in catalogue()["attest"]
    kind = words.text(f"attest.{key}") if known else words.plain(one["kind"])
    number, until = one["number"], one["expires"]
    return words.text("attest.approval", kind=kind, number=number, expires=until).first


def left_rows(page: Page) -> list[Row]:
    """Return who and what: holder, code, site, product, models, unit, period, work done."""
    words, body = page.words, page.body
    rows = {row.key.first: row for row in facts.product_rows(page)}
    chosen = [words.text(f"report.{key}") for key in ("maker_id", "site")]
    after = [words.text(f"report.{key}") for key in ("gtin", "unit", "period")]
    holder = words.of(body["client"]["name"])
    maker = [] if page.maker == holder else [Row(words.text("label.maker"), (page.maker,))]
    return [
        Row(words.text("attest.holder"), (holder,)),
        *maker,
        *(rows[key.first] for key in chosen if key.first in rows),
        Row(words.text("label.product"), (page.product,)),
        Row(words.text("report.model"), (_models(page),)),
        *(rows[key.first] for key in after if key.first in rows),
        Row(words.text("attest.work"), _told(page, "work")),
    ]


def right_rows(page: Page) -> list[Row]:
    """Return how: rules, exclusions, allocation, GWP, carbon, shares, qualifications."""
    words = page.words
    rows = facts.method_rows(page)[:3]
    shares = tuple(
        words.text("attest.share", name=name, share=value)
        for value, name in facts.key_figures(page)
    )
    return [
        rows[0],
        *facts.limit_rows(page),
        *rows[1:],
        Row(words.text("attest.shares"), shares),
        Row(words.text("attest.qualifications"), _told(page, "qualifications")),
    ]


def statement_rows(page: Page) -> list[Row]:
    """Return what the verification was: level, materiality, criteria, sampling, data, dates."""
    words, found = page.words, page.body["verification"] or {}
    level = words.text(f"attest.level_{found.get('level', 'limited')}")
    materiality = words.text(
        "attest.materiality_value", share=share(str(found.get("materiality", "0.05")))
    )
    return [
        Row(words.text("attest.level"), (level,)),
        Row(words.text("attest.materiality"), (materiality,)),
        Row(
            words.text("attest.criteria"),
            _told(page, "criteria", facts.method_rows(page)[0].values),
        ),
        Row(words.text("attest.objective"), (words.text("attest.objective_value"),)),
        Row(words.text("attest.data_nature"), (words.text(f"attest.data_nature_{page.declared}"),)),
        Row(words.text("attest.work"), _told(page, "work")),
        Row(words.text("attest.sampling"), _told(page, "sampling")),
        Row(words.text("attest.dates"), (_dates(page),)),
    ]


def subject_rows(page: Page) -> list[Row]:
    """Return whose statement was verified: client, product, report, hash, users."""
    words, body = page.words, page.body
    digest = str((body["verification"] or {}).get("sha256", ""))
    client = words.of(body["client"]["name"])
    maker = [] if page.maker == client else [Row(words.text("label.maker"), (page.maker,))]
    keep = {words.text(f"report.{key}").first for key in ("maker_id", "site", "unit", "period")}
    return [
        Row(words.text("attest.client"), (client,)),
        *maker,
        Row(words.text("label.product"), (words.listed(page.product, words.plain(page.model)),)),
        *(row for row in facts.product_rows(page) if row.key.first in keep),
        Row(
            words.text("attest.statement_of"),
            (words.plain(_short(str(_hash(body)))), words.plain(_short(digest))),
        ),
        Row(words.text("attest.users"), (words.text("attest.users_value"),)),
    ]


def opinion(page: Page) -> tuple[Pair, Pair]:
    """Return the opinion and its basis; all opinions are said in the same manner."""
    found = page.body["verification"] or {}
    name = str(found.get("opinion", "disclaimer"))
    basis = _summary(page).get("basis")
    usual = page.words.text(f"attest.basis_{name}{_manner(name, found.get('level'))}")
    return page.words.text(f"attest.opinion_{name}"), page.words.of(basis) if basis else usual


def _manner(name: str, level: object) -> str:
    """Less than reasonable assurance says what was not found, never that all is right."""
    return "_limited" if name in _POSITIVE and level != "reasonable" else ""


def misstatements(page: Page) -> list[Pair]:
    """Return the uncorrected misstatements, each with its effect on the figure."""
    return [
        page.words.text(
            "attest.misstatement", text=page.words.of(one["text"]), effect=share(str(one["effect"]))
        )
        for one in _summary(page).get("misstatements", ())
    ]


def band(page: Page) -> list[tuple[Pair, Pair]]:
    """Return when it was issued, until when it holds, how it is watched, where its status is."""
    words = page.words
    surveillance = _summary(page).get("surveillance")
    yearly = words.of(surveillance) if surveillance else words.text("attest.surveillance_value")
    return [
        (words.text("attest.issued"), words.plain(page.issued)),
        (words.text("attest.until"), page.until),
        (words.text("attest.surveillance"), yearly),
        (words.text("attest.status"), words.text("attest.status_value")),
    ]


def signatories(page: Page) -> list[Signatory]:
    """Return who approved the body."""
    return [
        Signatory(
            page.words.text(f"attest.role_{one['role']}"), str(one["person"]), _short(one["kid"])
        )
        for one in page.body["approvers"]
    ]


def notes(page: Page) -> Pair:
    """Say what the document does not say."""
    return page.words.text(f"attest.notes_{page.body['kind']}")


def members(page: Page) -> list[Row]:
    """Return the models of a family; empty for a single model."""
    family: Mapping[str, Any] = page.body.get("family") or {}
    words = page.words
    return [
        Row(words.plain(str(one.get("id", ""))), (words.of(one.get("name") or {}),))
        for one in family.get("members", ())
    ]


def _models(page: Page) -> Pair:
    several = members(page)
    if several:
        return page.words.text("attest.family", count=len(several))
    return page.words.listed(page.words.plain(page.model), page.words.text("attest.single"))


def _dates(page: Page) -> Pair:
    closed = str((page.body["verification"] or {}).get("closed", ""))
    end = str(page.body["period"]["to"])
    return page.words.text("attest.dates_value", end=end, closed=closed, issued=page.issued)


def _told(page: Page, key: str, usual: tuple[Pair, ...] = ()) -> tuple[Pair, ...]:
    told = _summary(page).get(key)
    if told is None:
        return usual or (page.words.text("attest.see_file"),)
    entries: Sequence[Mapping[str, str]] = told if isinstance(told, list) else [told]
    return tuple(page.words.of(one) for one in entries) or (page.words.text("report.none_named"),)


def _summary(page: Page) -> Mapping[str, Any]:
    summary: Mapping[str, Any] = (page.body["verification"] or {}).get("summary") or {}
    return summary


def _hash(body: Mapping[str, Any]) -> object:
    return (body.get("footprint") or {}).get("sha256", "")


def _short(digest: str) -> str:
    return f"{digest[:8]}…{digest[-8:]}" if len(digest) > 20 else digest
