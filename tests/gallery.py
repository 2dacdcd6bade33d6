"""Pictures of the example's pages, to look at: ``python -m tests.gallery``.

Writes ``docs/gallery.md`` with a picture of every form, and with ``--all FOLDER`` every page in
every language, with short and with very long names. With ``--from LABEL.pdf`` the README's picture,
``docs/pictures/label-sample.png``, is made from that file instead: the label of the demo.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from labels.render.documents import documents
from labels.render.inks import one_ink
from labels.render.packaging import Order, artwork
from labels.view import DOCUMENT_LANGS, DocumentView
from tests.labels.attested import attested_view
from tests.labels.test_label_text import HANZI, LATIN
from tests.labels.views import body, composed, picture, verified_label, view, whole_life

PICTURE = Path("docs/pictures/label-sample.png")
GALLERY, PAGE = Path("docs/pictures/gallery"), Path("docs/gallery.md")
LABEL_DPI, PAGE_DPI = 200, 90
NONE = Image.Dither.NONE
HEAD = """# Gallery: every form, as a sample

Made by `python -m tests.gallery` from the fictitious example. All names and numbers are invented;
no picture is a label or a certificate of anything.
"""
#: 1000 pixels wide, and enough to read every word of a page.
SHARP, QUICK = 254, 110


def main() -> None:
    """Draw what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, help="a label to picture instead")
    parser.add_argument("--all", dest="folder", type=Path, help="folder for every page")
    asked = parser.parse_args()
    if asked.source:
        draw(asked.source.read_bytes(), PICTURE, SHARP)
    else:
        write_gallery()
    if asked.folder:
        for name, shown in scenes():
            for file, pdf in documents(shown).items():
                draw(pdf, asked.folder / f"{name}-{Path(file).stem}.png", QUICK)
        for lang in DOCUMENT_LANGS:
            for name, fields in (("gate", body()), ("whole", whole_life())):
                pdf = verified_label(fields, lang)
                draw(pdf, asked.folder / f"verified-{name}-{lang}.png", SHARP)


def write_gallery() -> None:
    """Write the gallery: a picture of every form, each a sample, and the page that shows them."""
    lines = [HEAD]
    for name, told, image in forms():
        path = GALLERY / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        # Maximum coverage keeps the rare colours: the amber of a short stage stays amber.
        few = image.convert("RGB").quantize(128, method=Image.Quantize.MAXCOVERAGE, dither=NONE)
        few.save(path, optimize=True)
        lines.append(f"## {told}\n\n![{told}](pictures/gallery/{name}.png)\n")
    PAGE.write_text("\n".join(lines), encoding="utf-8")


def forms() -> Iterator[tuple[str, str, Image.Image]]:
    """Yield name, title and picture of every form."""
    study, whole = documents(view()), documents(view(whole_life()))
    yield "label", "Label, 100 x 70 mm, partial", picture(study["label.pdf"], LABEL_DPI)
    yield "label-whole", "Label, full life cycle", picture(whole["label.pdf"], LABEL_DPI)
    yield "label-small", "Label, 50 x 30 mm", picture(study["label-50x30.pdf"], LABEL_DPI)
    for name, told, inks in (
        ("one-ink", "Artwork in one ink", one_ink()),
        ("kraft", "Artwork in one ink on kraft", one_ink("#000000", "#C9A276")),
        ("reversed", "Artwork reversed on a dark ground", one_ink("#FFFFFF", "#14304F")),
    ):
        sheet = artwork(view(whole_life()), Order("100x70", inks), "pdf")
        yield f"artwork-{name}", told, picture(sheet, LABEL_DPI)
    for kind, file, told in (
        ("certificate_of_conformity", "certificate.pdf", "Certificate of conformity"),
        ("verification_statement", "statement.pdf", "Verification statement"),
    ):
        made = documents(attested_view(kind), forms=(file,))[file]
        yield Path(file).stem, told, picture(made, PAGE_DPI)
        yield f"{Path(file).stem}-annex", f"{told}, annex", picture(made, PAGE_DPI, 2)
    for number, told in ((1, "summary"), (2, "figures"), (3, "figures and tables"), (4, "items")):
        shown = picture(whole["report.pdf"], PAGE_DPI, number)
        yield f"report-{number}", f"Study report, {told}", shown
    whole_life_body = composed()
    proofs = [one.to_json() for one in whole_life_body.opened]
    opened = view(whole_life_body.fields, disclosures=proofs)
    sealed = documents(opened, forms=("report.pdf",))["report.pdf"]
    for number, told in ((2, "flows from every source"), (4, "lines and factors")):
        shown = picture(sealed, PAGE_DPI, number)
        yield f"report-sealed-{number}", f"Study report, sealed copy, {told}", shown
    facts = documents(view({**body(), "market": "eu-consumer"}), forms=("factsheet.pdf",))
    yield "factsheet", "Fact sheet", picture(facts["factsheet.pdf"], PAGE_DPI)


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
