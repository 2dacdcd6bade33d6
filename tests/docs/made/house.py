"""The house: a diagram of its rooms from the imports, and what lives in every folder."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import grimp

from tests.docs.made.svg import INK, Box, arrow, drawing, text

ROOT = Path(__file__).parents[3]
FLOORS = ("labels", "lca", "factors")
SENTENCES = Path(__file__).with_name("folders.toml")
LOOSE = "(single modules)"
Edges = Mapping[tuple[str, str], int]


@cache
def edges() -> Edges:
    """Room to room, the number of imports; the modules of a floor's own folder are one room."""
    graph = grimp.build_graph(*FLOORS)
    counted: Counter[tuple[str, str]] = Counter()
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            pair = room(importer), room(imported)
            if pair[0] != pair[1]:
                counted[pair] += 1
    return counted


def room(module: str) -> str:
    """Return the room of a module: ``labels/verify``, or the floor's own folder."""
    floor, *rest = module.split(".")
    inner = rest and (ROOT / floor / rest[0]).is_dir()
    return f"{floor}/{rest[0]}" if inner else f"{floor}/{LOOSE}"


def rooms(floor: str) -> dict[str, int]:
    """The rooms of a floor with the number of their modules."""
    found = Counter(
        room(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for path in (ROOT / floor).rglob("*.py")
    )
    return dict(sorted(found.items()))


def rows(floor: str) -> list[list[str]]:
    """The rooms of a floor so that imports between folders go downwards; loose modules last."""
    names = [name for name in rooms(floor) if not name.endswith(LOOSE)]
    above = {one: {a for (a, b) in edges() if b == one and a in names} for one in names}
    done: list[list[str]] = []
    while names:
        placed = {one for row in done for one in row}
        row = [one for one in names if above[one] <= placed] or list(names)
        done.append(row)
        names = [one for one in names if one not in row]
    return [*done, [f"{floor}/{LOOSE}"]]


# --- the picture ---------------------------------------------------------------------------------

WIDTH, BOX, GAP, HIGH = 900.0, 132.0, 40.0, 42.0


def picture() -> str:
    """Draw the floors one above the other, with an arrow for every import between folders."""
    places: dict[str, tuple[float, float]] = {}
    parts: list[str] = []
    y = 20.0
    for floor in FLOORS:
        top, y = y, y + 30
        for row in rows(floor):
            left = (WIDTH + 90 - len(row) * (BOX + 16)) / 2
            places |= {name: (left + i * (BOX + 16), y) for i, name in enumerate(row)}
            y += HIGH + GAP
        parts.append(_floor(floor, top, y - 16 - top))
        y += 12
    parts += [_arrow(places[a], places[b]) for (a, b), _ in sorted(edges().items()) if _drawn(a, b)]
    parts += [_box(name, x, top) for name, (x, top) in places.items()]
    parts.append(
        Box(10, y, WIDTH - 20, HIGH, "templates", ["data only, read as files"], shade=True).drawn()
    )
    return drawing(WIDTH, y + HIGH + 10, "The house: floors, rooms, imports between them", parts)


def _drawn(importer: str, imported: str) -> bool:
    """Between folders of one floor; the loose modules serve all rooms and would hide the rest."""
    return importer.split("/")[0] == imported.split("/")[0] and LOOSE not in importer + imported


def _floor(name: str, top: float, height: float) -> str:
    below = {floor: sum(n for (a, b), n in edges().items() if _between(a, b, name, floor))
             for floor in FLOORS if floor != name}  # fmt: skip
    told = [f"{count} to {floor}" for floor, count in below.items() if count]
    frame = (
        f'<rect x="10" y="{top:g}" width="{WIDTH - 20:g}" height="{height:g}" rx="6" fill="none" '
        f'stroke="{INK}" stroke-width="1.5"/>'
    )
    lines = [text(20, top + 20, name, 15, bold=True, at="start")]
    lines += [
        text(20, top + 36 + 14 * i, one, 11, at="start")
        for i, one in enumerate(("imports:", *told))
        if told
    ]
    return "\n".join([frame, *lines])


def _between(importer: str, imported: str, upper: str, lower: str) -> bool:
    return importer.startswith(f"{upper}/") and imported.startswith(f"{lower}/")


def _box(name: str, x: float, y: float) -> str:
    floor, _, short = name.partition("/")
    return Box(
        x, y, BOX, HIGH, short, [f"{rooms(floor)[name]} modules"], shade=short == LOOSE
    ).drawn()


def _arrow(begin: tuple[float, float], end: tuple[float, float]) -> str:
    return arrow(begin[0] + BOX / 2, begin[1] + HIGH, end[0] + BOX / 2, end[1])


# --- the page ------------------------------------------------------------------------------------


def page() -> str:
    """Return the page of the house."""
    lines = [f"| `{folder}` | {sentence} |" for folder, sentence in sentences().items()]
    table = "\n".join(lines)
    return f"""# The house

Made by `python -m tests.docs.made` from the imports and the docstrings: do not edit.

Three floors and a cellar. Imports go downwards only (checked by import-linter); arrows are imports
between folders of one floor, numbers at the left count the imports that go to a floor below. The
single modules of a floor serve all its rooms.

![The house](../pictures/house.svg)

The path of the data: a workbook's bytes are read (`lca/workbook`), become accounts of a site and
amounts per declared unit (`lca/ledger.py`), a product system (`lca/build.py`), one solve by the
engine of record and one by the graph walk (`lca/engine.py`, `lca/oracle.py`), a footprint
(`lca/footprint.py`), the body of a record (`labels/certificate.py`), a serial, a log entry and a
sealed PDF (`labels/issue.py`, `labels/registry`, `labels/render`, `labels/seal.py`). Only the last
hop touches disk and keys.

## What lives where

| folder | what lives there |
|---|---|
{table}
"""


def sentences() -> dict[str, str]:
    """Every folder with its sentence: the first of its docstring, else of the list beside this."""
    told: dict[str, str] = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    return {one: _docstring(ROOT / one) or told.get(one, "") for one in folders()}


def folders() -> Iterator[str]:
    """Folders that hold files of the project; those below a listed end (``x/*``) are one."""
    listed: dict[str, str] = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    whole = tuple(f"{one}/" for one in listed.get("whole", ()))
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    found = {str(Path(name).parent) for name in done.stdout.split("\0") if name}
    return iter(sorted(one for one in found if one != "." and not one.startswith(whole)))


def _docstring(folder: Path) -> str:
    first = folder / "__init__.py"
    if not first.is_file():
        return ""
    doc = ast.get_docstring(ast.parse(first.read_text(encoding="utf-8"))) or ""
    return " ".join(doc.split("\n\n")[0].split()).replace("``", "`")
