"""The page on data quality is executed: each block of code prints the block of text after it."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "data-quality.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_prints_what_it_says():
    names: dict[str, object] = {}
    printed: list[str] = []
    shown: list[str] = []
    for kind, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "text":
            shown.append(body)
            continue
        out = io.StringIO()
        with redirect_stdout(out):
            exec(compile(body, PAGE.name, "exec"), names)
        printed.append(out.getvalue())
    assert printed == shown
    assert len(printed) == 3 and all(printed)
