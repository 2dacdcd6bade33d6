"""What a document of version 1 may hold: closed lists of members, and how much text.

People approve a body by its hash and read it on a page. A member that no page shows could say what
nobody read, so a body says what this list names and nothing else, both when it is composed and when
it is verified. A new member is a new version of the format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

#: Longest text (characters), and most bytes of a body beside its commitments.
LONGEST = 4_000
LARGEST = 1_048_576
_PER_LEAF = len('"",') + 64
#: A name that a document may choose for itself: of a release, a package, a figure.
NAME = r"[A-Za-z0-9._/+-]{1,100}"
_NAME = re.compile(NAME, re.ASCII)

SURPLUS, MALFORMED, OVERSIZE = "BODY-SURPLUS", "BODY-MALFORMED", "BODY-OVERSIZE"


class Misfit(NamedTuple):
    """What does not fit: code of the finding, key path, and what was met."""

    code: str
    path: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value or null."""

    of: Any


@dataclass(frozen=True, slots=True)
class Several:
    """A value or a list of such."""

    of: Any


@dataclass(frozen=True, slots=True)
class Each:
    """An object whose members have names of their own: releases, packages, figures."""

    of: Any


#: A type stands for itself, a list for any number of its one entry, a mapping for an object with
#: these members; the name of one that may be absent ends in a question mark.
Shape = Any

_NAMES = {"zh": str, "en": str}
_TOTALS = {"excluding_biogenic_co2": str, "including_biogenic_co2": str}
_PARTS = {
    "fossil": str,
    "biogenic_non_co2": str,
    "land_use_change": str,
    "aircraft": str,
    "unspecified": str,
    "biogenic_co2_emission": str,
    "biogenic_co2_removal": str,
}
_FIGURE = {**_TOTALS, "parts": _PARTS}
_QUALITY = {
    "primary_activity_share?": str,
    "proxy_share?": str,
    "recalled_share?": str,
    "weak_share?": str,
}
_BOTH_WAYS = {"excluding_biogenic_co2?": str, "including_biogenic_co2?": str}
_TOTAL = {"value": str, "unit": str}
_HASH = {"sha256": str}
_FAMILY = {
    "id": str,
    "kind?": str,
    "mode?": str,
    "representative?": str,
    "tolerance?": str,
    "label?": _NAMES,
    "members?": [
        {"id?": str, "name?": _NAMES, "mass?": str, "share?": str, "figures?": Each(str)},
    ],
}
_SAMPLED = {
    "runs": int,
    "seed": int,
    "coverage": str,
    "low": str,
    "median": str,
    "high": str,
    "bins": {"low": str, "high": str, "counts": [int]},
}
_VERIFICATION = {
    "sha256": str,
    "opinion": str,
    "level": str,
    "materiality": str,
    "closed": str,
    "summary?": {
        "statement?": str,
        "misstatements?": [{"text": _NAMES, "effect": str}],
        "work?": Several(_NAMES),
        "sampling?": Several(_NAMES),
        "criteria?": Several(_NAMES),
        "qualifications?": Several(_NAMES),
        "basis?": _NAMES,
        "surveillance?": _NAMES,
    },
}

BODY: Mapping[str, Shape] = {
    "schema": str,
    "kind": str,
    "grade": {"value": str, "reasons": [str]},
    "issuer": {
        "id": str,
        "name": _NAMES,
        "time_zone": str,
        "origin": str,
        "verify_url": str,
        "serial_prefix": str,
        "demo": bool,
        "approvals": [{"kind": str, "number": str, "scope": str, "expires": str}],
    },
    "client": {"id": str, "name": _NAMES},
    "product": {
        "id": str,
        "name": _NAMES,
        "model?": Maybe(str),
        "gtin?": Maybe(str),
        "category?": str,
        "maker": {"id": str, "name": _NAMES},
        "sites": [{"id": str, "name": _NAMES, "address?": _NAMES, "country?": str}],
    },
    "family": Maybe(_FAMILY),
    "declared_unit": {
        "amount": str,
        "unit": str,
        "name": _NAMES,
        "mass?": Maybe(str),
        "sales_units?": [{"id": str, "factor": str, "name": _NAMES}],
    },
    "boundary": str,
    "period": {"from": str, "to": str},
    "ruleset": {
        "id": str,
        "edition": str,
        "sha256?": str,
        "name?": _NAMES,
        "deviations?": [{"clause": str, "text": _NAMES, "effect": _NAMES}],
    },
    "headline": str,
    "totals": {"excluding_biogenic_co2": _TOTAL, "including_biogenic_co2": _TOTAL},
    "parts": _PARTS,
    "figures": {"cradle-to-gate": _FIGURE, "cradle-to-grave?": _FIGURE},
    "stages": [{"id": str, "stages": [str], "name": _NAMES, "side": str, "value": str}],
    "electricity": {"approach": str, "location": _BOTH_WAYS, "market": _BOTH_WAYS},
    "gwp": {"set": str, "shares": Each(str), "shares_by_figure?": Each(Each(str)), "claim?": str},
    "carbon_content": {"product": Each(str), "packaging": Each(str), "unit": str},
    "data_quality": {**_QUALITY, "by_figure": Each(_QUALITY)},
    "uncertainty": Maybe(
        {"relative_standard": str, "basis?": str, "covers?": str, "sampled?": _SAMPLED}
    ),
    "exclusions": [_NAMES],
    "allocation": [_NAMES],
    "engines": {"of_record?": str, "cross_check?": str, "relative_gap?": str},
    "lock": {
        "model?": Maybe({"id": str, "version?": str, "sha256?": str}),
        "ruleset?": {"id": str, "edition?": str, "sha256?": str},
        "factors?": [{"release": str, "sha256": str}],
        "factor_set?": str,
        "gwp?": str,
        "system": str,
        "software?": Each(str),
        "workbook": Maybe(_HASH),
    },
    "validity": {"from": str, "until": Maybe(str)},
    "verification": Maybe(_VERIFICATION),
    "approvers": [{"role": str, "kid": str, "person": str}],
    "market?": str,
    "submission": _HASH,
    "footprint": _HASH,
    "commitments": {"leaf": str, "tree": str, "leaves": [str], "root": str},
}

#: ``rendering.json``: what the pages were made with.
RENDERING: Mapping[str, Shape] = {
    "schema": str,
    "lang": str,
    "sample": bool,
    "renderer": Each(str),
    "templates": Each(str),
    "font": {"name": str, "sha256": str},
}
#: ``disclosures.json``; its lines are what the body commits to.
DISCLOSURES: Mapping[str, Shape] = {
    "schema": str,
    "body": str,
    "lines": [{"index": int, "salt": str, "line": dict}],
}


def misfits(value: object, shape: Shape = BODY, path: str = "") -> Iterator[Misfit]:
    """Yield what does not fit the shape of a body.

    Parameters
    ----------
    value
        Plain data as JSON gives it.
    shape
        What it must look like.
    path
        Key path of the value.
    """
    match shape:
        case Maybe():
            if value is not None:
                yield from misfits(value, shape.of, path)
        case Several():
            yield from misfits(value, [shape.of] if isinstance(value, list) else shape.of, path)
        case type():
            if type(value) is not shape:
                yield Misfit(MALFORMED, path, type(value).__name__)
            elif isinstance(value, str) and len(value) > LONGEST:
                yield Misfit(OVERSIZE, path, str(len(value)))
        case list():
            yield from _list(value, shape[0], path)
        case _:
            yield from _object(value, shape, path)


def oversize(data: bytes, leaves: int) -> bool:
    """Whether a body is larger than any that people could have read, its commitments aside."""
    return len(data) - leaves * _PER_LEAF > LARGEST


def _list(value: object, shape: Shape, path: str) -> Iterator[Misfit]:
    if not isinstance(value, list):
        yield Misfit(MALFORMED, path, type(value).__name__)
        return
    for index, entry in enumerate(value):
        yield from misfits(entry, shape, f"{path}[{index}]")


def _object(value: object, shape: Shape, path: str) -> Iterator[Misfit]:
    if not isinstance(value, Mapping):
        yield Misfit(MALFORMED, path, type(value).__name__)
        return
    if isinstance(shape, Each):
        known = {name: shape.of for name in value if _NAME.fullmatch(name)}
    else:
        known = {name.rstrip("?"): of for name, of in shape.items()}
        needed = {name for name in shape if not name.endswith("?")}
        for name in sorted(needed - set(value)):
            yield Misfit(MALFORMED, _joined(path, name), "absent")
    for name, entry in value.items():
        if name in known:
            yield from misfits(entry, known[name], _joined(path, name))
        else:
            yield Misfit(SURPLUS, _joined(path, name))


def _joined(path: str, name: str) -> str:
    """Join a key path; names out of a stranger's file are spelt out and cut."""
    plain = name.encode("ascii", "backslashreplace").decode("ascii")[:60]
    return f"{path}.{plain}" if path else plain
