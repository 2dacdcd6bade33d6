"""A damaged system file is a group of findings or a result, never any other exception."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import example, given, settings
from hypothesis import strategies as st

from factors.errors import CarbonLabelError
from lca.system_file import canonical, read
from tests.lca.systems import Doc, footprint, random_document

STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(("", "0", "-1", "1e30", "-1e30", "1e-30", "NaN", "kg", "t", "kWh", "p0")),
    st.sampled_from(("own:lump", "use", "gate", "allocate", "substitute", "cut-off", "market")),
    st.sampled_from(("fossil.CO2", "unspecified.CO2e")),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)


def places(data: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every key path of a document."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    found = []
    for key, value in items:
        found.append((*way, key))
        if isinstance(value, dict | list):
            found += places(value, (*way, key))
    return found


@st.composite
def damaged(draw: st.DrawFn) -> Doc:
    """A sound system file with up to three places changed, removed or doubled."""
    doc: Doc = copy.deepcopy(random_document(draw(st.integers(0, 50)), size=3))
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(places(doc)))
        place: Any = doc
        for step in way:
            place = place[step]
        deed = draw(st.sampled_from(["change", "change", "remove", "double"]))
        if deed == "remove":
            del place[last]
        elif deed == "double" and isinstance(place, list):
            place.append(copy.deepcopy(place[last]))
        else:
            place[last] = draw(STRANGE)
    return doc


T = TypeVar("T")


def tried(call: Callable[[], T]) -> T | None:
    """What a call returns, None when it refuses with findings that can be shown."""
    try:
        return call()
    except CarbonLabelError as refusal:
        shown = [(found.render("zh"), found.to_json()) for found in refusal.findings]
    assert shown
    return None


@settings(max_examples=250)
@given(damaged())
def test_damage_is_found_or_harmless(doc: Doc) -> None:
    system = tried(lambda: read(doc))
    if system is not None:
        assert read(canonical(system)) == system
        result = tried(lambda: footprint(system))
        json.dumps(result.to_json() if result else None, allow_nan=False)


def test_a_text_in_one_language_only_is_read_again() -> None:
    doc = random_document(1, 1)
    doc["product"]["name"] = {"zh": "", "en": "Example"}
    system = read(doc)
    assert read(canonical(system)) == system


@settings(max_examples=200)
@given(
    st.binary(max_size=60) | st.text(alphabet='{}[]",:0eE-.tfnN \\u', max_size=40).map(str.encode)
)
@example(b"")
@example(b"null")
@example(b'"\\ud800"')
@example(b"-" * 5000)
@example(b"1" * 6000)
def test_no_bytes_raise_anything_else(raw: bytes) -> None:
    assert tried(lambda: read(raw)) is None
