"""Pictures of the sheets for the tutorial, as LibreOffice prints them.

Needs ``soffice``, ``pdftotext`` and ``pdftoppm``; small, and in few colours.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from tests.tutorials.facts import HERE

FOLDER = HERE.parents[1] / "docs" / "pictures" / "exporter"
RESOLUTION = 90
COLOURS = 48
FOOTER = 0.95
"""Part of the height above the line at the foot of a page."""
SHEETS: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "zh": {
        "findings": (1, "检查结果"),
        "energy": (1, "能源与公用工程"),
        "products": (2, "产品与产量"),
    },
    "en": {
        "findings": (1, "Findings"),
        "energy": (1, "Energy and utilities"),
        "products": (2, "Products"),
    },
}
"""Sheets to show: the round, and the words their first page begins with."""


def pictures(folder: Path, lang: str) -> None:
    """Draw the first page of each sheet of :data:`SHEETS` from the annotated copies."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    printed = {turn: _printed(folder, turn) for turn in {turn for turn, _ in SHEETS[lang].values()}}
    for name, (turn, title) in SHEETS[lang].items():
        pages = _text(printed[turn]).split("\f")
        number = next(n for n, page in enumerate(pages, 1) if page.strip().startswith(title))
        _draw(printed[turn], number, FOLDER / f"{name}.{lang}.png")


def _printed(folder: Path, turn: int) -> Path:
    """Print the annotated copy of a round as LibreOffice does."""
    workbook = folder / f"checked-{turn}.xlsx"
    profile = f"-env:UserInstallation={(folder / 'soffice').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, str(workbook)], check=True, stdout=subprocess.DEVNULL)
    return workbook.with_suffix(".pdf")


def _text(pdf: Path) -> str:
    command = ["pdftotext", "-layout", str(pdf), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _draw(pdf: Path, page: int, path: Path) -> None:
    """One page, without its white margin."""
    span = ["-f", str(page), "-l", str(page), "-r", str(RESOLUTION), "-singlefile", "-png"]
    subprocess.run(["pdftoppm", *span, str(pdf), str(path.with_suffix(""))], check=True)
    with Image.open(path) as whole:
        drawn = whole.crop((0, 0, whole.width, int(whole.height * FOOTER)))
        grey = drawn.convert("L").point(lambda shade: 255 if shade < 250 else 0)
        small = drawn.convert("RGB").crop(grey.getbbox()).quantize(COLOURS)
    small.save(path, optimize=True)
