"""Every finding of the engine says the same in both languages and is triggered by a test."""

from __future__ import annotations

import string
import tomllib
from pathlib import Path

import pytest

from factors.findings import Severity

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CODES = tomllib.loads(
    (ROOT / "templates" / "texts" / "findings" / "engine.toml").read_text(encoding="utf-8")
)
TESTS = "".join(
    (HERE / f"test_{name}.py").read_text(encoding="utf-8")
    for name in (
        "system_file",
        "allocation",
        "engine",
        "oracle",
        "footprint",
        "boundary",
        "runs",
        "sides",
        "subjects",
    )
)
SOURCES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "lca").glob("*.py"))


def fields(sentences: dict[str, str]) -> set[str]:
    """Names of the fields; those of one language (``figure_zh``) without it."""
    found = (string.Formatter().parse(sentence) for sentence in sentences.values())
    names = {name for parts in found for _, name, _, _ in parts if name}
    return {name.removesuffix("_zh").removesuffix("_en") for name in names}


@pytest.mark.parametrize("code", CODES)
def test_both_languages_name_the_same_fields(code: str) -> None:
    entry = CODES[code]
    assert Severity(entry["severity"])
    assert set(entry["zh"]) == set(entry["en"]) == {"saw", "expected", "todo"}
    assert fields(entry["zh"]) == fields(entry["en"])


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_used_and_triggered(code: str) -> None:
    assert f'"{code}"' in SOURCES
    assert f'"{code}"' in TESTS
