"""Pictures of the example's pages, to look at: ``python -m tests.gallery``.

Writes ``docs/pictures/label-sample.png`` for the README, and with ``--all FOLDER`` every page in
every language, with short and with very long names. With ``--from LABEL.pdf`` the README's picture
is made from that file instead, for example from the label of the demo.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labels.render import documents
from labels.view import DOCUMENT_LANGS, DocumentView
from tests.labels.test_label_text import HANZI, LATIN
from tests.labels.views import body, composed, verified_label, view, whole_life

PICTURE = Path("docs/pictures/label-sample.png")
#: 1000 pixels wide, and enough to read every word of a page.
SHARP, QUICK = 254, 110


def main() -> None:
    """Draw what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, help="a label to picture instead")
    parser.add_argument("--all", dest="folder", type=Path, help="folder for every page")
    asked = parser.parse_args()
    label = asked.source.read_bytes() if asked.source else documents(view())["label.pdf"]
    draw(label, PICTURE, SHARP)
    if asked.folder:
        for name, shown in scenes():
            for file, pdf in documents(shown).items():
                draw(pdf, asked.folder / f"{name}-{Path(file).stem}.png", QUICK)
        for lang in DOCUMENT_LANGS:
            for name, fields in (("gate", body()), ("whole", whole_life())):
                pdf = verified_label(fields, lang)
                draw(pdf, asked.folder / f"verified-{name}-{lang}.png", SHARP)


def scenes() -> Iterator[tuple[str, DocumentView]]:
    """Yield views worth looking at."""
    made = composed()
    long: dict[str, Any] = body()
    long["product"]["maker"]["name"] = {"zh": HANZI, "en": LATIN}
    for lang in DOCUMENT_LANGS:
        yield f"short-{lang}", view(lang=lang)
        yield f"long-{lang}", view(long, lang)
        yield f"whole-{lang}", view(whole_life(), lang)
        yield f"whole-long-{lang}", view(whole_life() | {"product": long["product"]}, lang)
    yield "two-digits", view(made.fields)
    yield "sealed", view(made.fields, disclosures=[one.to_json() for one in made.opened])
    plain = body()
    plain["issuer"]["demo"] = False
    yield "not-verified", view(plain, sample=False)


def draw(pdf: bytes, path: Path, dpi: int) -> None:
    """Write the pages of a document as pictures; one page keeps the plain name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    single = ["-singlefile"] if path == PICTURE else []
    command = ["pdftoppm", "-png", "-r", str(dpi), *single, "-", str(path.with_suffix(""))]
    subprocess.run(command, input=pdf, check=True)


if __name__ == "__main__":
    main()
