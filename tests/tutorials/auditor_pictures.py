"""Pictures of the auditor's documents, small and in few colours. Needs ``pdftoppm``."""

from __future__ import annotations

import subprocess
from pathlib import Path

from PIL import Image

from tests.tutorials.facts import HERE

FOLDER = HERE.parents[1] / "docs" / "pictures" / "auditor"
RESOLUTION = 80
COLOURS = 48
PAPERS = ("plan", "findings", "statement", "review")
ISSUED = {
    "issued-statement": "statement/public/statement.pdf",
    "issued-certificate": "certificate/public/certificate.pdf",
    "label": "certificate/public/label.pdf",
}


def pictures(folder: Path) -> None:
    """Draw the first page of every working paper and of what was issued."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for lang in ("zh", "en"):
        for name in PAPERS:
            _draw(folder / f"papers-{lang}" / f"{name}.pdf", FOLDER / f"{name}.{lang}.png")
    for name, path in ISSUED.items():
        _draw(folder / path, FOLDER / f"{name}.png")


def _draw(pdf: Path, path: Path) -> None:
    command = ["pdftoppm", "-singlefile", "-png", "-r", str(RESOLUTION)]
    subprocess.run([*command, str(pdf), str(path.with_suffix(""))], check=True)
    with Image.open(path) as page:
        few = page.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
