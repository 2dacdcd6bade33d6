"""The bytes of record are those of the reference implementation, whichever encoder wrote them."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis.strategies import (
    SearchStrategy,
    booleans,
    characters,
    dictionaries,
    integers,
    lists,
    none,
    recursive,
    sampled_from,
    text,
)

from labels import canonical as module
from labels.canonical import canonical


class Word(StrEnum):
    ONE = "a word"


class Count(IntEnum):
    ONE = 1


ANY = text(characters(exclude_categories=()))
ASCII = text(characters(max_codepoint=127), max_size=5)
LEAVES = none() | booleans() | integers() | ANY | sampled_from([Word.ONE, Count.ONE, (), (1, "")])


def nested(keys: SearchStrategy[str]) -> SearchStrategy[Any]:
    return recursive(LEAVES, lambda inner: lists(inner) | dictionaries(keys, inner), max_leaves=20)


def reference(value: object) -> bytes | None:
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, UnicodeError):
        return None


def ours(value: object) -> bytes | None:
    try:
        return canonical(value)
    except ValueError:
        return None


@given(nested(ASCII) | nested(ANY))
@example({"\ufb33": 1, "\U0001f600": 2})
@example({"a": "\x00\x1f\x7f\x80\u2028\u2029\ud800"})
@example([2**53 - 1, 2**53, -(2**53), '\b\t\n\f\r"\\/'])
def test_plain_data_have_the_bytes_of_the_reference_implementation(value: Any) -> None:
    assert ours(value) == reference(value)


def test_keys_beyond_ascii_go_to_the_reference_implementation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Control: sorted by code point, two such keys change places."""
    value = {"\ufb33": 1, "\U0001f600": 2}
    monkeypatch.setattr(module, "_usual", lambda value: True)
    assert canonical(value) != rfc8785.dumps(value)


@pytest.mark.parametrize("value", [{1: "a"}, {None: 1}, {True: 1}, [object()], {"a": b"b"}, 0.5])
def test_the_fast_encoder_never_sees_what_it_would_convert(value: object) -> None:
    with pytest.raises(ValueError, match=r"canonical"):
        canonical(value)
