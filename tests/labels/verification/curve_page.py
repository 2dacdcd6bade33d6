"""Tables and picture of the measured sample, for the documentation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import comb
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "verification.md"
PICTURE = ROOT / "docs" / "pictures" / "sample-curve.svg"
REGION = re.compile(r"(<!-- sample-curve -->\n).*?(<!-- /sample-curve -->)", re.DOTALL)

MATERIAL = 0.05
CUTS = (0.05, 0.10, 0.20, 0.30, 0.50)
LINES, SETS = "line", "item"
Row = Mapping[str, Any]
Pair = tuple[Row, Row]
"""A study, and one of its material errors."""


def random_share(marked: int, of: int, looked: int) -> float:
    """Return how likely a random sample of so many holds at least one of the marked ones."""
    return 1 - comb(of - marked, looked) / comb(of, looked)


def mean(values: Iterable[float]) -> float:
    """Return the mean; 0 of none."""
    several = list(values)
    return sum(several) / len(several) if several else 0.0


def studied(rows: Iterable[Row]) -> list[Row]:
    """Return the files that were not refused."""
    return [row for row in rows if "refused" not in row]


def errors(rows: Iterable[Row]) -> list[Pair]:
    """Return the material errors of all studies."""
    return [(row, one) for row in studied(rows) for one in row["errors"]]


def by_plan(pairs: Sequence[Pair], unit: str, cut: float) -> float:
    """Return the share found among the first lines (or sets of documents) in the plan's order."""
    return mean((one[unit] or row[f"{unit}s"] + 1) <= cut * row[f"{unit}s"] for row, one in pairs)


def by_chance(pairs: Sequence[Pair], unit: str, cut: float) -> float:
    """Return the share that a random sample of the same size finds, over all ways to draw it."""
    return mean(
        random_share(one[f"of_{unit}s"], row[f"{unit}s"], int(cut * row[f"{unit}s"]))
        for row, one in pairs
    )


def chance_of_first(pairs: Sequence[Pair]) -> float:
    """Return what a random sample as large as the first plan finds, in sets of documents."""
    return mean(
        random_share(one["of_items"], row["items"], row["first_looks"]) for row, one in pairs
    )


def page(rows: Sequence[Row]) -> str:
    """Return the tables: by model, by number of errors at once, by share looked at."""
    tables = _by(rows, "model", _model), _by(rows, "errors in one file", _count)
    return "\n\n".join((_told(rows), *tables, _curve(errors(rows))))


def _told(rows: Sequence[Row]) -> str:
    kept = studied(rows)
    left = sum(row["left"] >= MATERIAL for row in kept)
    return (
        f"Of {len(rows)} spoilt files {len(rows) - len(kept)} were refused before sampling. In "
        f"{left} of the other {len(kept)} what was not found is material in sum."
    )


def _model(row: Row) -> str:
    return str(row["model"])


def _count(row: Row) -> str:
    return str(row.get("at_once", ""))


HEADS = (
    "material errors", "named by `check`", "lines seen", "sets of documents", "found",
    "random, as many sets", "planned again: lines seen", "found", "found or named",
)  # fmt: skip


def _by(rows: Sequence[Row], first: str, key: Callable[[Row], str]) -> str:
    named = sorted({key(row) for row in studied(rows)})
    table = [
        f"| {' | '.join((first, *HEADS))} |",
        f"|---|{'---:|' * len(HEADS)}",
        *(_row(name, [row for row in studied(rows) if key(row) == name]) for name in named),
        _row("all", studied(rows)),
    ]
    return "\n".join(table)


def _row(name: str, rows: Sequence[Row]) -> str:
    """Return a row; nothing is said of errors where there were none."""
    pairs = errors(rows)
    of_errors = {
        0: mean(one["named"] for _, one in pairs),
        3: mean(one["first"] for _, one in pairs),
        4: chance_of_first(pairs),
        6: mean(one["found"] for _, one in pairs),
        7: mean(one["found"] or one["named"] for _, one in pairs),
    }
    of_files = {
        1: mean(row["first"] / row["lines"] for row in rows),
        2: mean(row["first_looks"] / row["items"] for row in rows),
        5: mean(row["seen"] / row["lines"] for row in rows),
    }
    shown = dict.fromkeys(of_errors, "-") if not pairs else _shares(of_errors)
    cells = {**shown, **_shares(of_files)}
    return f"| {name} | {len(pairs)} | {' | '.join(cells[place] for place in sorted(cells))} |"


def _shares(values: Mapping[int, float]) -> dict[int, str]:
    return {place: f"{value:.0%}" for place, value in values.items()}


def _curve(pairs: Sequence[Pair]) -> str:
    rows = [
        "| looked at | lines, the plan | at random | sets of documents, the plan | at random |",
        "|---:|---:|---:|---:|---:|",
    ]
    rows += [
        f"| {cut:.0%} | {' | '.join(f'{make(pairs, unit, cut):.1%}' for unit, make in SERIES)} |"
        for cut in CUTS
    ]
    return "\n".join(rows)


SERIES = ((LINES, by_plan), (LINES, by_chance), (SETS, by_plan), (SETS, by_chance))

# --- the picture ---------------------------------------------------------------------------------

WIDE, HIGH, LEFT, TOP = 560, 300, 50, 20
STYLES = (
    ("lines, the plan", "#1b6f5c", ""), ("lines, at random", "#1b6f5c", "4 4"),
    ("sets of documents, the plan", "#b5562c", ""), ("sets, at random", "#b5562c", "4 4"),
)  # fmt: skip


def picture(rows: Sequence[Row]) -> str:
    """Return the curve as SVG: share looked at against share of material errors found."""
    pairs = errors(rows)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg"',
        f'viewBox="0 0 {LEFT + WIDE + 20} {TOP + HIGH + 45}"',
        'font-family="sans-serif" font-size="12" role="img">',
        "<title>Material errors found, by share looked at</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *(_grid(share / 100) for share in range(0, 101, 20)),
        *(_line(pairs, place) for place in range(len(SERIES))),
        _text(LEFT + WIDE / 2, TOP + HIGH + 38, "share looked at", "middle"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _at(share: float, found: float) -> tuple[float, float]:
    return round(LEFT + share * WIDE, 1), round(TOP + (1 - found) * HIGH, 1)


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#333333") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


def _grid(share: float) -> str:
    (left, y), (right, _), (x, foot) = _at(0, share), _at(1, share), _at(share, 0)
    return "".join((
        f'<line x1="{left:g}" y1="{y:g}" x2="{right:g}" y2="{y:g}" stroke="#dddddd"/>',
        _text(left - 6, y + 4, f"{share:.0%}", "end"),
        _text(x, foot + 18, f"{share:.0%}", "middle"),
    ))  # fmt: skip


def _line(pairs: Sequence[Pair], place: int) -> str:
    (unit, make), (name, colour, dashes) = SERIES[place], STYLES[place]
    points = [_at(cut / 100, make(pairs, unit, cut / 100)) for cut in range(0, 101, 2)]
    drawn = " ".join(f"{x:g},{y:g}" for x, y in points)
    x, y = LEFT + WIDE - 190, TOP + HIGH - 90 + 20 * place
    stroke = f'stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
    return "".join((
        f'<polyline fill="none" {stroke} points="{drawn}"/>',
        f'<line x1="{x - 34}" y1="{y - 4}" x2="{x - 6}" y2="{y - 4}" {stroke}/>',
        _text(x, y, name, "start"),
    ))  # fmt: skip


def renew(rows: Sequence[Row]) -> None:
    """Put tables and picture into the documentation."""
    PICTURE.write_text(picture(rows), encoding="utf-8")
    text, table = PAGE.read_text("utf-8"), page(rows)
    PAGE.write_text(REGION.sub(lambda m: f"{m[1]}{table}\n{m[2]}", text), encoding="utf-8")
