"""The tables of a run, and the page they stand on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tests.seeded_errors.corpus import catalogue
from tests.seeded_errors.fault import Kind
from tests.seeded_errors.score import Score, Tally

WORST = 25


def tables(score: Score, models: Sequence[str]) -> str:
    """Return recall by kind, what was missed, and false alarms, as Markdown."""
    told = [
        f"{score.files:,} files of {len(models)} models ({', '.join(models)}).",
        f"{len(score.faults)} of {len(catalogue())} types of fault planted.",
        "",
        "| kind | planted | right cell | elsewhere | missed | recall |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    told += [_row(str(kind), score.kinds[kind]) for kind in Kind if kind in score.kinds]
    told += [_row("**all but nothing**", score.detectable), ""]
    if len(models) > 1:
        told += [
            "| model | planted | right cell | elsewhere | missed | recall |",
            "|---|--:|--:|--:|--:|--:|",
        ]
        told += [_row(name, score.models[name]) for name in models if name in score.models] + [""]
    told += [f"False alarms: {sum(score.false.values())}. Clean files: {_clean(score)}.", ""]
    missed = [
        (name, tally)
        for name, tally in sorted(score.faults.items())
        if tally.right < tally.planted and not name.startswith("nothing-")
    ]
    if missed:
        told += [
            "| not at the right cell | planted | right cell | elsewhere | missed |",
            "|---|--:|--:|--:|--:|",
        ]
        told += [
            f"| `{name}` | {one.planted} | {one.right} | {one.elsewhere} | {one.missed} |"
            for name, one in sorted(missed, key=lambda pair: pair[1].right - pair[1].planted)[
                :WORST
            ]
        ]
    told += [f"* false alarm: {name}" for name in list(score.false)[:WORST]]
    return "\n".join(told)


def _row(name: str, tally: Tally) -> str:
    counts = (tally.planted, tally.right, tally.elsewhere, tally.missed)
    return f"| {name} | {' | '.join(f'{one:,}' for one in counts)} | {tally.recall:.1%} |"


def _clean(score: Score) -> str:
    told = [f"{model} {count} warnings or errors" for model, count in score.clean.items() if count]
    return "; ".join(told) or "no warning, no error"


def renew(path: Path, column: str, text: str) -> None:
    """Put tables between ``<!-- column -->`` and ``<!-- /column -->`` of a page."""
    old = path.read_text(encoding="utf-8")
    shape = re.compile(f"(<!-- {column} -->\n).*?(<!-- /{column} -->)", re.DOTALL)
    path.write_text(
        shape.sub(lambda match: f"{match[1]}\n{text}\n\n{match[2]}", old), encoding="utf-8"
    )
