"""The findings of these rooms: every code is used, every use fills in the fields its words have."""

from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import labels

ROOT = Path(labels.__file__).parent
CATALOGUE: dict[str, Any] = tomllib.loads(
    (files("templates") / "texts" / "findings" / "labels.toml").read_text(encoding="utf-8")
)
MAKERS = {"refusal", "finding", "_fault", "failed", "not_checked"}
#: Exceptions that carry a code; whoever reports them names the second argument as shown.
FAULTS = {"SealFault": "detail", "ApprovalFault": "role"}
#: Codes put together from a state: ``STATUS-REVOKED`` and so on.
STATES = ("REVOKED", "SUPERSEDED", "SUSPENDED", "EXPIRED", "VOID")
FROM_STATES = {f"STATUS-{state}" for state in STATES}


class Use(NamedTuple):
    code: str
    fields: frozenset[str]
    place: str


def uses() -> Iterator[Use]:
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from used(node, f"{path.name}:{node.lineno}")


def used(call: ast.Call, place: str) -> Iterator[Use]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
    codes = [text for text in texts if isinstance(text, str) and text in CATALOGUE]
    if name in MAKERS:
        fields = frozenset(word.arg for word in call.keywords if word.arg)
        yield from (Use(code, fields, place) for code in codes[:1])
    elif name in FAULTS:
        yield from (Use(code, frozenset({FAULTS[name]}), place) for code in codes[:1])


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def wanted(code: str) -> set[str]:
    entry = CATALOGUE[code]
    sentences = [entry[lang][part] for lang in ("zh", "en") for part in ("saw", "expected", "todo")]
    return set().union(*(fields_of(text) for text in sentences))


def test_every_use_fills_in_every_field() -> None:
    found = list(uses())
    assert len(found) > 100
    assert [use for use in found if not wanted(use.code) <= use.fields] == []


def test_every_code_is_used() -> None:
    source = "".join(p.read_text(encoding="utf-8") for p in ROOT.rglob("*.py"))
    unused = {code for code in CATALOGUE if f'"{code}"' not in source}
    assert unused == FROM_STATES


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_code_is_said_in_both_languages_with_the_same_fields(code: str) -> None:
    entry = CATALOGUE[code]
    assert entry["severity"] in ("error", "warning", "note")
    for part in ("saw", "expected", "todo"):
        zh, en = entry["zh"][part], entry["en"][part]
        assert zh
        assert en
        assert zh != en or part == "expected"
        assert fields_of(zh) == fields_of(en)
