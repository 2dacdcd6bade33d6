"""The JSON Schema of a body, made from the closed list that composing and verifying hold it to.

The list (:mod:`labels.bodyshape`) gives members, types and lengths. What other checks hold some of
those members to (kinds, decimals, hashes, days) stands here, by key path: it only ever narrows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from labels.bodyshape import BODY, LARGEST, LONGEST, NAME, Each, Maybe, Several, Shape
from labels.certificate import GRADES, SCHEMA
from labels.folding import STAGES
from labels.kinds import APPROVALS, SOUND_OPINIONS, Kind
from labels.markets import markets
from labels.recount import APPROACHES, HEADLINES
from labels.trust import ROLES

Schema = dict[str, Any]

_TYPES = {str: "string", int: "integer", bool: "boolean", dict: "object"}
#: Some readers' ``$`` is content with a line break behind the word.
_END = r"$(?!\n)"

#: What can be said of a body only in words.
_UNTOLD = (
    "Not told here and checked by verify: keys are unique and the bytes canonical (1.0 is no"
    f" integer); beside its commitments a body has at most {LARGEST} bytes; figures add up; the"
    " root is that of the leaves; approvers differ; texts claim nothing they may not claim."
)
_NAMES = {"zh": str, "en": str}
_WORDS: Mapping[str, Schema] = {
    "text": {"type": "string", "maxLength": LONGEST},
    "decimal": {
        "type": "string",
        "description": "Plain decimal: no exponent, no leading zeros.",
        "pattern": rf"^-?(0|[1-9][0-9]{{0,39}})(\.[0-9]{{1,60}})?{_END}",
    },
    "sha256": {"type": "string", "pattern": f"^[0-9a-f]{{64}}{_END}"},
    "day": {
        "type": "string",
        "format": "date",
        "pattern": f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{_END}",
    },
}
#: Texts that are one of these words, by key path.
WORD_AT: Mapping[str, re.Pattern[str]] = {
    "decimal": re.compile(
        r"declared_unit\.(amount|.*factor)|(totals\..*|stages\[\])\.value"
        r"|(parts|figures|electricity\.(location|market)|carbon_content\.(product|packaging))\..*"
        r"|(data_quality|gwp\.shares)\..*|verification\.(materiality|.*effect)"
    ),
    "sha256": re.compile(r".*sha256|lock\.(factor_set|gwp|system)|commitments\.(root|leaves\[\])"),
    "day": re.compile(r"(period|validity)\..*|verification\.closed"),
}


def _one_of(names: Iterable[str]) -> Schema:
    return {"enum": list(names)}


#: Key paths (``[]`` for every entry, ``*`` for every member) to what else holds of them.
NARROWER: Mapping[str, Schema] = {
    "schema": {"const": SCHEMA},
    "kind": _one_of(Kind),
    "grade.value": _one_of(GRADES),
    "grade.reasons": {"description": "Codes of findings; no sentences."},
    "issuer.time_zone": {"description": "IANA name; days of validity begin and end there."},
    "issuer.origin": {"description": "Name of the log."},
    "issuer.verify_url": {
        "description": "Where a reader checks a document; the serial is appended. May be empty."
    },
    "issuer.demo": {"description": "Everything this issuer issues is a sample."},
    "boundary": _one_of(("cradle-to-gate", "cradle-to-grave")),
    "headline": _one_of(HEADLINES),
    "totals": {"description": "Of the stated boundary."},
    "parts": {"description": "kg CO2e per declared unit; removals are negative."},
    "figures": {
        "description": "One entry per disclosed boundary; cradle-to-gate is always among them."
    },
    "stages": {
        "description": "Contributions to the headline total. Stages that would give an amount away"
        " are folded together.",
        "minItems": 1,
    },
    "stages[].id": {"description": "The member's id, or the members' ids joined by +."},
    "stages[].stages": {"minItems": 1, "uniqueItems": True},
    "stages[].stages[]": _one_of(STAGES),
    "stages[].side": _one_of(("gate", "after")),
    "electricity.approach": _one_of(APPROACHES),
    "carbon_content": {"description": "Rounded to three significant digits."},
    "lock": {"description": "Hashes of everything the figures rest on."},
    "validity": {"description": "First and last day, both inclusive, in the issuer's time zone."},
    "verification": {"description": "Null for a study report."},
    "verification.opinion": _one_of(SOUND_OPINIONS),
    "verification.summary": {
        "description": "What the verification file tells the public, in zh and en."
    },
    "approvers": {"minItems": 1, "maxItems": len(ROLES)},
    "approvers[].role": _one_of(ROLES),
    "approvers[].kid": {"description": "RFC 7638 thumbprint."},
    "market": {
        "description": "Where the product is sold, when it is not the usual market cn; decides"
        " whether a label may be printed.",
        **_one_of(markets()),
    },
    "commitments.leaf": {"const": "SHA-256(0x00 || salt || canonical line)"},
    "commitments.tree": {"const": "RFC 9162"},
    "commitments.leaves": {"minItems": 1},
}
_BY_KIND = {
    "if": {"properties": {"kind": {"const": Kind.STUDY_REPORT}}},
    "then": {"properties": {"approvers": {"maxItems": len(APPROVALS[Kind.STUDY_REPORT])}}},
    "else": {
        "properties": {
            "verification": {"type": "object"},
            "approvers": {"minItems": len(ROLES)},
            "grade": {"properties": {"value": {"const": "certifiable"}}},
        }
    },
}


def page() -> str:
    """The schema as it is published."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def schema(*, narrower: bool = True) -> Schema:
    """The schema of a body; not ``narrower``: what the closed list alone says."""
    words = ("text",) if not narrower else tuple(_WORDS)
    told = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:carbonlabel:certificate:1",
        "title": f"Certificate body {SCHEMA}",
        "description": "The public figures of one record, as canonical JSON (RFC 8785). Its SHA-256"
        " is what people approve and what the log registers. It holds no inventory line: only a"
        f" salted commitment to each. {_UNTOLD}",
        **_described(BODY, "", narrower),
        "$defs": {**{word: _WORDS[word] for word in words}, "names": _object(_NAMES, "", False)},
    }
    return {**told, "allOf": [_BY_KIND]} if narrower else told


def _described(shape: Shape, path: str, narrower: bool) -> Schema:
    """Describe a shape of the list at a key path."""
    match shape:
        case Maybe():
            return {"anyOf": [_described(shape.of, path, narrower), {"type": "null"}]}
        case Several():
            one = _described(shape.of, path, narrower)
            return {"anyOf": [one, {"type": "array", "items": one}]}
        case type():
            told = _plain(shape, path, narrower)
        case list():
            told = {"type": "array", "items": _described(shape[0], f"{path}[]", narrower)}
        case Each():
            values = _described(shape.of, f"{path}.*", narrower)
            names = {"pattern": f"^{NAME}{_END}"}
            told = {"type": "object", "propertyNames": names, "additionalProperties": values}
        case _ if shape == _NAMES:
            told = {"$ref": "#/$defs/names"}
        case _:
            told = _object(shape, path, narrower)
    return {**told, **NARROWER.get(path, {})} if narrower else told


def _plain(kind: type, path: str, narrower: bool) -> Schema:
    if kind is not str:
        return {"type": _TYPES[kind]}
    words = [word for word, where in WORD_AT.items() if narrower and where.fullmatch(path)]
    return {"$ref": f"#/$defs/{words[0] if words else 'text'}"}


def _object(shape: Mapping[str, Shape], path: str, narrower: bool) -> Schema:
    before = f"{path}." if path else ""
    return {
        "type": "object",
        "properties": {
            name.rstrip("?"): _described(of, before + name.rstrip("?"), narrower)
            for name, of in shape.items()
        },
        "required": [name for name in shape if not name.endswith("?")],
        "additionalProperties": False,
    }
