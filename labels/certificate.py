"""The certificate body ``carbonlabel-certificate/1``: everything public, committed, canonical.

A body is composed once, from a footprint and a draft's choices, together with its salts; it never
changes afterwards. PDF, JSON and web page are views of it and compute nothing. It has no serial:
the registry gives that.

What is public is an allow-list. Lines, findings, workbook names, cell addresses, and the parts of
single stages stay private; stages follow the rules of :mod:`labels.folding`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from labels.bodyshape import misfits
from labels.canonical import canonical, parse_object, sha256
from labels.commitments import Disclosure, commitments, disclosures
from labels.decimals import exact, spelt, total
from labels.figures import rounded
from labels.folding import GATE_STAGES, STAGES, fold, stage_lines
from labels.issuer import IssuerProfile
from labels.kinds import APPROVALS, ClosedFile, Kind, Validity, check_validity, gate
from labels.recount import APPROACHES, HEADLINES, PARTS, counted_lines, differences
from labels.refusal import refusal

SCHEMA = "carbonlabel-certificate/1"
FOOTPRINT_SCHEMA = "carbonlabel-footprint/1"
GRADES = ("screening", "certifiable")

_PRODUCT = ("id", "name", "model", "gtin", "category", "maker")
_SITE = ("id", "name", "address", "country")
_UNIT = ("amount", "unit", "name", "mass", "sales_units")
_QUALITY = ("primary_activity_share", "proxy_share", "recalled_share", "weak_share")
_LOCK = ("model", "ruleset", "factors", "factor_set", "gwp", "system", "software")
_AS_THEY_ARE = (
    "boundary",
    "period",
    "ruleset",
    "headline",
    "gwp",
    "uncertainty",
    "exclusions",
    "allocation",
    "engines",
)


@dataclass(frozen=True, slots=True)
class Approver:
    """Who has to approve in which role, by key."""

    role: str
    kid: str
    person: str

    def to_json(self) -> dict[str, str]:
        """Return the approver as plain data."""
        return {"role": self.role, "kid": self.kid, "person": self.person}


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft's choices: what the footprint does not say.

    Attributes
    ----------
    issuer
        Who will issue.
    kind
        Kind of document asked for.
    client
        ``{"id": ..., "name": {zh, en}}`` of whoever ordered the document.
    validity
        First and last day.
    approvers
        Who will sign.
    submission, footprint
        SHA-256 of the system file and of the footprint as submitted.
    closed
        The closed verification file, None for a study report.
    market
        Where the product is sold, see :mod:`labels.markets`; empty for the usual one.
    """

    issuer: IssuerProfile
    kind: Kind
    client: Mapping[str, Any]
    validity: Validity
    approvers: tuple[Approver, ...]
    submission: str
    footprint: str
    closed: ClosedFile | None = None
    market: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A composed body.

    Attributes
    ----------
    data
        Canonical bytes, the content of ``certificate.json``.
    opened
        Its private lines with their salts.
    """

    data: bytes
    opened: tuple[Disclosure, ...] = ()

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical bytes: what people approve."""
        return sha256(self.data)

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body as plain data."""
        return parse_object(self.data)


def compose(footprint: Mapping[str, Any], draft: Draft, salts: Sequence[bytes]) -> Body:
    """Compose the body of a certificate.

    Parameters
    ----------
    footprint
        ``carbonlabel-footprint/1``.
    draft
        The draft's choices.
    salts
        128 random bits per line of the footprint, drawn once and kept with the private lines.

    Returns
    -------
    Body
        The same input and the same salts give the same bytes.

    Raises
    ------
    IssueError
        ``FOOTPRINT-SHAPE``, ``FOOTPRINT-SUMS``, ``KIND-NOT-PERMITTED``, ``VALIDITY-WRONG``,
        ``APPROVERS-WRONG``.
    """
    _check_footprint(footprint)
    gate(draft.kind, footprint["grade"]["value"], draft.closed, (draft.submission, draft.footprint))
    check_validity(draft.kind, draft.validity)
    _check_approvers(draft)
    try:
        opened = disclosures(footprint["lines"], salts)
        return Body(canonical(_closed(_body(footprint, draft, opened))), opened)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _shape(error) from error


def claim(body: Mapping[str, Any]) -> str:
    """Return the claim: what may be live only once in a registry.

    Parameters
    ----------
    body
        A body as plain data.

    Returns
    -------
    str
        SHA-256 of the canonical {issuer, client, product, boundary, period, rule set, kind}.
    """
    family = body.get("family")
    return sha256(
        canonical(
            {
                "issuer": body["issuer"]["id"],
                "client": body["client"]["id"],
                "product": family["id"] if family else body["product"]["id"],
                "boundary": body["boundary"],
                "period": body["period"],
                "ruleset": {
                    "id": body["ruleset"]["id"],
                    "edition": body["ruleset"]["edition"],
                },
                "kind": body["kind"],
            }
        )
    )


def _check_footprint(footprint: Mapping[str, Any]) -> None:
    """Refuse a footprint that has not the agreed shape or does not add up."""
    try:
        if footprint["schema"] != FOOTPRINT_SCHEMA or not footprint["lines"]:
            raise ValueError("schema")
        if footprint["grade"]["value"] not in GRADES:
            raise ValueError("grade")
        wrong = differences(footprint, footprint["lines"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _shape(error) from error
    if wrong:
        first = wrong[0]
        raise refusal(
            "FOOTPRINT-SUMS",
            first.path,
            stated=first.stated,
            counted=first.counted,
            count=len(wrong),
        )


def _shape(error: Exception) -> Exception:
    return refusal("FOOTPRINT-SHAPE", "", reason=f"{type(error).__name__}: {error}")


def _check_approvers(draft: Draft) -> None:
    """Each required role once; verified kinds need different people with different keys."""
    roles = sorted(approver.role for approver in draft.approvers)
    keys = {approver.kid for approver in draft.approvers}
    people = {approver.person for approver in draft.approvers}
    required = APPROVALS[draft.kind]
    if roles != sorted(required) or min(len(keys), len(people)) != len(required):
        raise refusal("APPROVERS-WRONG", "approvers", kind=draft.kind, roles=", ".join(required))


def _body(
    footprint: Mapping[str, Any], draft: Draft, opened: Sequence[Disclosure]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "kind": str(draft.kind),
        "grade": _grade(footprint["grade"]),
        "issuer": draft.issuer.to_json(),
        "client": {"id": draft.client["id"], "name": draft.client["name"]},
        "product": _product(footprint["product"]),
        "family": footprint.get("family"),
        "declared_unit": _pick(footprint["declared_unit"], _UNIT),
        **{name: footprint[name] for name in _AS_THEY_ARE},
        "totals": {name: dict(footprint["totals"][name]) for name in HEADLINES},
        "parts": {part: footprint["parts"].get(part, "0") for part in PARTS},
        "figures": {name: _figure(f) for name, f in footprint["figures"].items()},
        "stages": _stages(footprint),
        "electricity": _electricity(footprint["electricity"]),
        "carbon_content": _carbon_content(footprint["carbon_content"]),
        "data_quality": _data_quality(footprint["data_quality"]),
        "lock": _lock(footprint["lock"]),
        "validity": {
            "from": draft.validity.first.isoformat(),
            "until": draft.validity.last.isoformat() if draft.validity.last else None,
        },
        "verification": draft.closed.to_json() if draft.closed else None,
        "approvers": [approver.to_json() for approver in draft.approvers],
        **({"market": draft.market} if draft.market else {}),
        "submission": {"sha256": draft.submission},
        "footprint": {"sha256": draft.footprint},
        "commitments": commitments(opened),
    }


def _closed(body: dict[str, Any]) -> dict[str, Any]:
    """Refuse what verification would refuse: a body holds what its format names and no more."""
    for code, path, reason in misfits(body):
        raise ValueError(f"{code} {path} {reason}".rstrip())
    return body


def _pick(source: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: source[name] for name in names if name in source}


def _grade(grade: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the codes of the reasons only: their sentences may name materials and cells."""
    codes = {r if isinstance(r, str) else str(r.get("code", "")) for r in grade.get("reasons", ())}
    plain = sorted(c for c in codes if c and len(c) <= 60 and c.replace("-", "").isalnum())
    return {"value": grade["value"], "reasons": plain}


def _product(product: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_pick(product, _PRODUCT),
        "sites": [_pick(site, _SITE) for site in product.get("sites", ())],
    }


def _figure(figure: Mapping[str, Any]) -> dict[str, Any]:
    totals = {name: figure[name] for name in HEADLINES}
    return {**totals, "parts": {part: figure["parts"].get(part, "0") for part in PARTS}}


def _stages(footprint: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the stages that may be shown; a folded group takes the names of its members."""
    by_id = {stage["id"]: stage for stage in footprint["stages"]}
    if not set(by_id) <= set(STAGES):
        raise ValueError("unknown stage")
    lines = stage_lines(counted_lines(footprint["lines"], footprint["electricity"]["approach"]))
    return [_stage_group([by_id[one] for one in group]) for group in fold(tuple(by_id), lines)]


def _stage_group(members: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    ids = [stage["id"] for stage in members]
    texts = [stage["value"] for stage in members]
    return {
        "id": "+".join(ids),
        "stages": ids,
        "name": {
            "zh": "、".join(stage["name"]["zh"] for stage in members),
            "en": " + ".join(stage["name"]["en"] for stage in members),
        },
        "side": "gate" if ids[0] in GATE_STAGES else "after",
        "value": texts[0] if len(texts) == 1 else spelt(total(texts)),
    }


def _electricity(electricity: Mapping[str, Any]) -> dict[str, Any]:
    both = {name: _pick(electricity[name], tuple(HEADLINES)) for name in APPROACHES}
    return {"approach": electricity["approach"], **both}


def _data_quality(shares: Mapping[str, Any]) -> dict[str, Any]:
    """Return the quality shares, the strictest and those of each figure."""
    by_figure = {name: _pick(one, _QUALITY) for name, one in shares["by_figure"].items()}
    return {**_pick(shares, _QUALITY), "by_figure": by_figure}


def _carbon_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """Round carbon contents to shown figures: exact ones divided by a carbon share give masses."""
    rows = {
        place: {name: _plain(rounded(Decimal(text), 3)) for name, text in content[place].items()}
        for place in ("product", "packaging")
    }
    return {**rows, "unit": content["unit"]}


def _lock(lock: Mapping[str, Any]) -> dict[str, Any]:
    workbook = lock.get("workbook")
    return {
        **_pick(lock, _LOCK),
        "workbook": {"sha256": workbook["sha256"]} if workbook else None,
    }


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    exact(text)
    return text if value else "0"
