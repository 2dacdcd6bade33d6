"""Every code of the catalogue on one page, in both languages.

``python -m tests.seeded_errors.findings_page`` renews ``docs/reference/findings.md``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "findings.md"
HEAD = """# Findings

Every problem that the toolkit shows has a code. The sentences below are those that a user reads,
with their fields in braces; a finding also names its place: file, sheet and cell, or key path. An
*error* must be mended first, a *warning* is looked at, a *note* informs. Findings that begin with
`{sure_en}` (certain, likely a slip, worth a look) come from thinking along.

This page is made by `python -m tests.seeded_errors.findings_page`.
"""
COUNTED = re.compile(r"({\w+):[^|}]*\|([^}]*)}")
"""A number with the noun it counts, of which the page shows the plural."""
ROOMS = {
    "workbook": "Reading a workbook",
    "ledger": "The site ledger, green power",
    "thinking": "Thinking along",
    "model": "Product models and their answers",
    "numbers": "Numbers as written",
    "units": "Units",
    "engine": "System files, calculation, boundary algebra, grade",
    "method": "Methods of allocation and end of life",
    "factors": "Factors",
    "labels": "Labels, certificates, registry, verification",
}


def page() -> str:
    """Return the page."""
    folder = files("templates") / "texts" / "findings"
    names = sorted(
        one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml")
    )
    ordered = [
        *[name for name in ROOMS if name in names],
        *[name for name in names if name not in ROOMS],
    ]
    rooms = {
        name: tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        for name in ordered
    }
    total = sum(len(room) for room in rooms.values())
    told = [HEAD, f"{total} codes in {len(rooms)} rooms."]
    for name, room in rooms.items():
        told += ["", f"## {ROOMS.get(name, name.capitalize())}", ""]
        told += [line for code in sorted(room) for line in _entry(code, room[code])]
    return "\n".join(told).rstrip() + "\n"


def _entry(code: str, entry: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {code}"
    yield ""
    yield f"*{entry['severity']}*"
    yield ""
    for lang in ("zh", "en"):
        yield f"* {_line(entry[lang], lang)}"
    yield ""


def _line(parts: Mapping[str, str], lang: str) -> str:
    """Saw, expected, todo on one line."""
    words = {"zh": ("看到", "应为", "请"), "en": ("saw", "expected", "do")}[lang]
    pieces = (
        f"**{word}** {parts[key]}"
        for word, key in zip(words, ("saw", "expected", "todo"), strict=True)
    )
    return shown(" · ".join(pieces))


def shown(sentence: str) -> str:
    """Return a sentence as the page prints it: of a count its plural, of HTML the text."""
    return COUNTED.sub(r"\1} \2", sentence).replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
