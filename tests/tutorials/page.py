"""The regions of the exporter's tutorial that are made, not written, and how they are compared.

A page holds them between ``<!-- name -->`` and ``<!-- /name -->``. ``python -m tests.tutorials``
makes them anew; the tests hold every page against a fresh run, with the fields of :data:`MASKS`
made blank on both sides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl

from tests.tutorials.facts import HERE, MONTHS, Slip, documents, in_words, notes, slips
from tests.tutorials.rounds import Round, rounds, run, shown, start
from tests.tutorials.typing_in import Table, tables

ROOT = HERE.parents[1]
PAGES = {
    "zh": ROOT / "docs" / "tutorials" / "exporter.zh.md",
    "en": ROOT / "docs" / "tutorials" / "exporter.md",
}
WORDS: Mapping[str, Mapping[str, Any]] = {
    "zh": {
        "month": "{}月",
        "mended": ("单元格", "笔记写的", "单据上是", "提示的代码"),
        "told": ("笔记里的错", "第几轮"),
        "never": "始终没有提示",
        "nothing": "（空）",
    },
    "en": {
        "month": "{}",
        "mended": ("cell", "the notes say", "the document says", "codes that led here"),
        "told": ("slip in the notes", "round"),
        "never": "never told",
        "nothing": "(empty)",
    },
}

MASKS: Mapping[str, tuple[str, str]] = {
    "exchange-number": (r"exchanges\[\d+\]", "exchanges[n]"),
    "figure": (r"\d\.\d+ kg CO2e", "n kg CO2e"),
    "line-break": (r"\s+", " "),
}
"""What may differ between two runs: rows of a model that grew, the figure after a new release of
factors, and where a longer number breaks a line."""


def masked(text: str) -> str:
    """Return a text with everything volatile made alike."""
    for pattern, blank in MASKS.values():
        text = re.sub(pattern, blank, text)
    return text


def regions(folder: Path, lang: str) -> Mapping[str, str]:
    """Run the tutorial in a folder and return its regions by name."""
    command, printed = start(folder, lang)
    turns = list(rounds(folder, lang))
    made = {
        "template": console((command, printed)),
        "notes": "\n\n".join(noted(folder / "blank.xlsx", lang)),
        "slips": told_of(turns, lang),
        "figure": console(figure(folder, turns[-1], lang)),
    }
    for number, turn in enumerate(turns, 1):
        made[f"round-{number}"] = console((turn.command, turn.printed))
        if turn.mended:
            made[f"mended-{number}"] = mended(turn, folder / "blank.xlsx", lang)
    return made


def renewed(page: str, made: Mapping[str, str]) -> str:
    """Return a page with its regions made anew; a region without a place is an error."""
    for name, text in made.items():
        begin, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        head, there, rest = page.partition(begin)
        _, closed, tail = rest.partition(end)
        if not (there and closed):
            raise ValueError(f"the page has no region {name}")
        page = head + begin + text + end + tail
    return page


# --- what was printed ----------------------------------------------------------------------------


def console(told: tuple[str, str]) -> str:
    """A command and what it printed, as one block."""
    command, printed = told
    lines = [line.rstrip() for line in printed.rstrip().splitlines()]
    return "\n".join(["```console", f"$ {command}", *lines, "```"])


def figure(folder: Path, last: Round, lang: str) -> tuple[str, str]:
    """The command for the footprint of the mended workbook, and its first two lines."""
    arguments = ["footprint", last.checked.name.replace("checked", "filled"), "--lang", lang]
    printed, _ = run(folder, arguments)
    return shown(arguments), "\n".join(printed.splitlines()[:2])


# --- the notes -----------------------------------------------------------------------------------


def noted(blank: Path, lang: str) -> Iterator[str]:
    """The foreman's notes: one table per block, only the columns that are used."""
    said = notes()
    for block, table in tables(openpyxl.load_workbook(blank)).items():
        used = {place[1:]: value for place, value in said.items() if place[0] == block}
        if used:
            yield _noted(table, lang, used)


def _noted(table: Table, lang: str, used: Mapping[tuple[str, str], Any]) -> str:
    rows = list(dict.fromkeys(row for row, _ in used))
    free = all(row.startswith("+") for row in rows)
    shown_ = {column for (_, column), value in used.items() if value != ""}
    columns = [one for one in table.columns if one in shown_ and (free or one != "name")]
    heads = [*([] if free else [""]), *(_heading(table, column, lang) for column in columns)]
    title = table.sheet.cell(table.headings - 2, 2).value
    lines = [f"**{table.sheet.title}: {title}**", "", _row(heads), _row(["---"] * len(heads))]
    for row in rows:
        label = [] if free else [_label(table, row, used, lang)]
        cells = [written(used.get((row, column), ""), lang) for column in columns]
        lines.append(_row([*label, *cells]))
    return "\n".join(lines)


def _label(table: Table, row: str, used: Mapping[tuple[str, str], Any], lang: str) -> str:
    """What a row is called: what was typed in a free row, else what is printed."""
    column = "label" if "label" in table.columns else "name"
    return written(used.get((row, "name")) or table.cell(row, column).value, lang)


def _heading(table: Table, column: str, lang: str) -> str:
    if column in MONTHS:
        return str(WORDS[lang]["month"]).format(column[1:])
    text = str(table.sheet.cell(table.headings, table.columns[column]).value or "")
    return text.lstrip("●◐○∑ ").replace("\n", " ")


def written(value: Any, lang: str) -> str:
    """A value as it stands on paper."""
    match in_words(value, lang):
        case {"format": shape, "number": number}:
            return str(shape).replace("0", str(number)).replace('"', "")
        case {"error": text} | {"formula": text}:
            return f"`{text}`"
        case other:
            return str(other)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


# --- what was mended -----------------------------------------------------------------------------


def mended(turn: Round, blank: Path, lang: str) -> str:
    """The cells a round led to: what the notes say, what the document says, by which codes."""
    found = tables(openpyxl.load_workbook(blank))
    said = documents()
    lines = [_row(list(WORDS[lang]["mended"])), _row(["---"] * 4)]
    for slip, codes in turn.mended:
        (block, row, column), noted_ = next(iter(slip.cells.items()))
        cell = found[block].cell(row, column)
        right = written(said[block, row, column], lang)
        wrong = written(noted_, lang) or str(WORDS[lang]["nothing"])
        lines.append(_row([f"{found[block].sheet.title}!{cell.coordinate}", wrong, right,
                           ", ".join(codes)]))  # fmt: skip
    return "\n".join(lines)


def told_of(turns: list[Round], lang: str) -> str:
    """All slips with the round that led to them; those that nothing led to say so."""
    first: dict[str, int] = {}
    for number, turn in enumerate(turns, 1):
        for slip, _ in turn.mended:
            first.setdefault(slip.id, number)
    lines = [_row(["", *WORDS[lang]["told"]]), _row(["--:", "---", "---"])]
    for number, slip in enumerate(slips(), 1):
        lines.append(_row([str(number), slip.told[lang], _when(first, slip, lang)]))
    return "\n".join(lines)


def _when(first: Mapping[str, int], slip: Slip, lang: str) -> str:
    return str(first[slip.id]) if slip.id in first else f"**{WORDS[lang]['never']}**"
