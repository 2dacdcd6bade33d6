"""Codes that ``carbonlabel check`` can emit: those in the modules that its calculation imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from factors.texts import catalogue

ROOT = Path(__file__).parents[2]
START = ("lca.study", "lca.workbook.annotate", "labels.cli.marking")
ROOMS = ("factors", "lca")
CODE = re.compile(r'"([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+)"')


@cache
def codes() -> frozenset[str]:
    """Return every code of the catalogue that stands in a module on the way of a check."""
    known = set(catalogue("findings"))
    return frozenset(
        code
        for path in _modules()
        for code in CODE.findall(path.read_text("utf-8"))
        if code in known
    )


def _modules() -> Iterator[Path]:
    seen: set[str] = set()
    ahead = list(START)
    while ahead:
        name = ahead.pop()
        path = _path(name)
        if name in seen or path is None:
            continue
        seen.add(name)
        yield path
        ahead.extend(_imported(path))


def _path(module: str) -> Path | None:
    base = ROOT / module.replace(".", "/")
    return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()), None)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
            yield from (name for name in names if name.partition(".")[0] in ROOMS)
