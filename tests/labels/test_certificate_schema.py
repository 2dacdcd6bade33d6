"""The published schema of a body is made from the closed list, and refuses what the list refuses.

What no schema can tell (keys twice, bytes, the size of the whole, sums) stands in its description.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from labels.bodyshape import BODY, LONGEST, Each, Maybe, Several, Shape, misfits
from labels.canonical import parse_object
from labels.verify.attachments import attachments
from tests.docs.made.certificate import NARROWER, WORD_AT, schema
from tests.golden.drawer import HERE
from tests.labels.views import composed

DRAWERS = sorted(HERE.glob("*/*/*/*.pdf"))
ISSUED = [
    parse_object(attachments((HERE / name).read_bytes())["certificate.json"])
    for name in (
        "1/demo/study-zh/public-label.pdf",
        "2/real/certificate-both/public-label.pdf",
        "2/real/statement-zh/public-statement.pdf",
    )
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
NAMES = st.sampled_from(("en", "claim", "x", "x\n", "x y", "x" * 101, "ö", "")) | st.text()


@cache
def published() -> Draft202012Validator:
    return Draft202012Validator(schema())


@cache
def of_the_list() -> Draft202012Validator:
    return Draft202012Validator(schema(narrower=False))


def everything(shape: Shape) -> Any:
    """Return data of a shape in which every member is there, those that may be absent too."""
    match shape:
        case Maybe() | Several():
            return everything(shape.of)
        case type():
            return shape()
        case list():
            return [everything(shape[0]), everything(shape[0])]
        case Each():
            return {"one": everything(shape.of), "a/b-c.d_1+": everything(shape.of)}
        case _:
            return {name.rstrip("?"): everything(of) for name, of in shape.items()}


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of everything that is held by something."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, entry in inside:
        yield (*path, key)
        if isinstance(entry, (dict, list)):
            yield from places(entry, (*path, key))


@st.composite
def changed(draw: st.DrawFn, whole: Mapping[str, Any]) -> dict[str, Any]:
    """A body in which one to three things were replaced, taken away, added or made longer."""
    made = deepcopy(dict(whole))
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(list(places(made))))
        held: Any = made
        for step in way:
            held = held[step]
        match draw(st.sampled_from(("other", "gone", "more", "longer"))):
            case "gone":
                del held[last]
            case "more" if isinstance(held, dict):
                held[draw(NAMES)] = draw(JSON)
            case "longer":
                held[last] = "x" * draw(st.sampled_from((LONGEST, LONGEST + 1)))
            case _:
                held[last] = draw(JSON)
    return made


@pytest.mark.parametrize("path", DRAWERS, ids=lambda path: "/".join(path.parts[-4:]))
def test_every_body_that_was_issued_is_of_the_schema(path: Path) -> None:
    published().validate(parse_object(attachments(path.read_bytes())["certificate.json"]))


def test_a_body_composed_now_is_of_the_schema() -> None:
    published().validate(dict(composed().fields))


@given(changed(everything(BODY)))
@example(everything(BODY))
def test_the_schema_of_the_list_refuses_what_the_list_refuses_and_nothing_else(
    told: dict[str, Any],
) -> None:
    assert of_the_list().is_valid(told) == (not list(misfits(told)))


@given(st.sampled_from(ISSUED).flatmap(changed))
def test_the_published_schema_refuses_at_least_that(told: dict[str, Any]) -> None:
    if list(misfits(told)):
        assert not published().is_valid(told)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("engines.claim", "neutral"),
        ("uncertainty", {"relative_standard": "0.1", "praise": "best"}),
        ("family", {"id": "f", "members": [{"id": "a", "price": "1"}]}),
        ("product.maker.claim", "neutral"),
        ("ruleset.remark", "x"),
        ("lock.software", {"a b": "1"}),
        ("lock.factors", [{"release": "r", "sha256": "0" * 64, "note": ""}]),
        ("gwp.set", "x" * (LONGEST + 1)),
        ("verification", {"sha256": "0" * 64}),
        ("gwp.shares", {"AR6\n": "1"}),
    ],
)
def test_what_a_looser_schema_would_let_pass(path: str, value: Any) -> None:
    told = deepcopy(dict(composed().fields))
    *way, last = path.split(".")
    held: Any = told
    for step in way:
        held = held[step]
    held[last] = value
    assert list(misfits(told))
    assert not published().is_valid(told)


def test_what_narrows_the_list_names_places_of_the_list() -> None:
    """A member that changes its name does not lose its narrowing in silence."""
    found = set(_paths(BODY))
    assert set(NARROWER) <= found
    for word, where in WORD_AT.items():
        assert any(where.fullmatch(path) for path in found), word
    hashes = {path for path in found if WORD_AT["sha256"].fullmatch(path)}
    assert {"lock.system", "commitments.leaves[]", "lock.workbook.sha256"} <= hashes


def _paths(shape: Shape, path: str = "") -> Iterator[str]:
    yield path
    match shape:
        case Maybe() | Several():
            yield from _paths(shape.of, path)
        case list():
            yield from _paths(shape[0], f"{path}[]")
        case Each():
            yield from _paths(shape.of, f"{path}.*")
        case Mapping():
            for name, of in shape.items():
                yield from _paths(of, f"{path}.{name.rstrip('?')}".lstrip("."))


def test_the_schema_is_plain_json_that_names_itself() -> None:
    Draft202012Validator.check_schema(json.loads(json.dumps(schema())))
