"""Artwork for packaging: the same label in outlines, in one ink, never smaller, never unmarked."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from factors.errors import FindingsError
from labels.cli.artwork import Wish, issued_view, make_artwork
from labels.gtin import gtin14
from labels.page import page
from labels.render import small
from labels.render.documents import documents, machine_fonts
from labels.render.fitting import faces
from labels.render.inks import COLOUR, Inks, contrast, one_ink
from labels.render.packaging import SHEETS, Order, SizeName, artwork
from labels.view import DOCUMENT_LANGS, DocumentLang
from tests.labels.desk_help import demo_store, issued
from tests.labels.render_help import ink_share, svg_picture
from tests.labels.test_label_text import HANZI, LATIN
from tests.labels.views import body, picture, unverified, verified_view, view, whole_life, words

ADDRESS = "https://example.invalid/c/SAMPLE-7"
KRAFT = one_ink("#000000", "#C9A276")
SIZES: tuple[SizeName, ...] = ("100x70", "50x30")
INKS = {
    "colour": COLOUR,
    "one": one_ink(),
    "kraft": KRAFT,
    "reversed": one_ink("#FFF0E0", "#14304F"),
}


@pytest.mark.parametrize("inks", INKS.values(), ids=INKS)
@pytest.mark.parametrize("size", SIZES)
def test_svg_looks_like_the_pdf_without_a_font(size: SizeName, inks: Inks) -> None:
    order = Order(size, inks)
    drawn = artwork(view(), order, "svg")
    assert b"<text" not in drawn
    assert b"font-face" not in drawn
    assert not re.search(rb"(href|url\(|<script|<image|<!)", drawn)
    seen = svg_picture(drawn, SHEETS[size].size, 400)
    printed = picture(artwork(view(), order, "pdf"), 400)
    assert ink_share(seen, printed) < 0.004
    assert [code.text for code in zxingcpp.read_barcodes(seen)] == [ADDRESS]


def test_pictures_that_differ_are_told_apart() -> None:
    """Control: another label differs by more than the limit above."""
    one, other = (picture(artwork(view(f), Order(), "pdf"), 150) for f in (body(), whole_life()))
    assert ink_share(one, other) > 0.02


@pytest.mark.parametrize("inks", INKS.values(), ids=INKS)
def test_png_has_six_hundred_dots_per_inch_and_reads(inks: Inks) -> None:
    image = Image.open(BytesIO(artwork(view(), Order("50x30", inks), "png")))
    assert image.size == (1182, 709)
    assert image.info["dpi"] == pytest.approx((600, 600), abs=0.1)
    assert [code.text for code in zxingcpp.read_barcodes(image)] == [ADDRESS]


@pytest.mark.parametrize("scale", [100, 125, 150, 200])
def test_artwork_grows_in_steps(scale: int) -> None:
    order = Order("50x30", scale=scale)
    assert f'width="{scale / 2:g}mm"'.encode() in artwork(view(), order, "svg")
    width, height = pypdfium2.PdfDocument(artwork(view(), order, "pdf"))[0].get_size()
    assert (width, height) == pytest.approx(
        (scale * 0.5 * 72 / 25.4, scale * 0.3 * 72 / 25.4), abs=1
    )


@pytest.mark.parametrize("scale", [0, 50, 99, 110, 1000])
def test_artwork_is_never_smaller(scale: int) -> None:
    with pytest.raises(FindingsError) as refused:
        artwork(view(), Order(scale=scale), "svg")
    assert [one.code for one in refused.value.findings] == ["ARTWORK-SCALE"]


def test_grounds_need_contrast() -> None:
    assert contrast("#000000", "#C9A276") == pytest.approx(8.9, abs=0.1)
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    with pytest.raises(FindingsError) as refused:
        one_ink("#45525E", "#C9A276")
    assert [one.code for one in refused.value.findings] == ["ARTWORK-CONTRAST"]
    with pytest.raises(FindingsError) as refused:
        one_ink("red", "url(x)")
    assert [one.code for one in refused.value.findings] == ["ARTWORK-COLOUR"] * 2


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("inks", [COLOUR, KRAFT], ids=["colour", "kraft"])
def test_samples_and_unverified_carry_both_signals(size: SizeName, inks: Inks) -> None:
    """The status bar is ink across the foot; words lie under the content, unlike on a clean one."""
    marked = picture(artwork(view(), Order(size, inks), "pdf"), 100).convert("L")
    clean = picture(artwork(verified_view(), Order(size, inks), "pdf"), 100).convert("L")
    width, height = marked.size
    left, top, right, foot = (2.1, 63.2, 3.5, 67.8) if size == "100x70" else (1.4, 24.5, 2.1, 28.8)
    dots = 100 / 25.4
    bar = (round(left * dots), round(top * dots), round(right * dots), round(foot * dots))
    assert max(marked.crop(bar).tobytes()) < 90
    assert min(clean.crop(bar).tobytes()) > 120
    middle = (0, height // 4, width * 7 // 10, height * 3 // 5)
    assert ink_of(marked.crop(middle)) > 1.02 * ink_of(clean.crop(middle))
    text = words(artwork(view(unverified(body()), sample=False), Order(size, inks), "pdf"))
    assert "未经核查" in text
    assert "NOTVERIFIED" in text


def ink_of(image: Image.Image) -> float:
    return sum(255 - level for level in image.tobytes())


@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_the_small_label_never_drops_unit_per_what_boundary(lang: DocumentLang) -> None:
    seen = words(documents(view(lang=lang), forms=("label-50x30.pdf",))["label-50x30.pdf"])
    per, boundary = ("每升包装啤酒", "部分碳足迹：从摇篮到工厂大门")
    if lang == "en":
        per, boundary = ("perlitreofpackagedbeer", "Partial:cradletofactorygate")
    assert all(part in seen for part in ("612", "gCO2e", per, boundary, "EX-500-OW", "SAMPLE"))


@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
@pytest.mark.parametrize("fields", [body(), whole_life()], ids=["gate", "whole"])
def test_a_verified_small_label_names_number_verifier_and_end(
    fields: dict[str, Any], lang: DocumentLang
) -> None:
    laid, findings = small.context(page(verified_view(fields, lang)), faces(machine_fonts()))
    assert findings == []
    texts = " ".join(run.text for line in laid["lines"] for run in line.runs)
    assert "SAMPLE-7" in texts
    assert "2028-11-19" in texts
    assert ("示例核查公司" if lang != "en" else "Example Verifier") in texts
    assert laid["status"] == []


@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_long_names_leave_the_small_label_to_the_model(lang: DocumentLang) -> None:
    long = body()
    long["product"]["name"] = long["product"]["maker"]["name"] = {"zh": HANZI, "en": LATIN}
    laid, findings = small.context(page(view(long, lang)), faces(machine_fonts()))
    assert findings == []
    assert any(run.text.endswith("EX-500-OW") for line in laid["lines"] for run in line.runs)


def test_a_record_whose_texts_are_too_long_for_the_small_label_goes_without_it() -> None:
    fields = body()
    fields["declared_unit"]["name"] = {
        "zh": "每套（一台室内机、一台室外机和安装附件）",
        "en": "per set of three",
    }
    assert set(documents(view(fields), forms=("label.pdf", "label-50x30.pdf"))) == {"label.pdf"}
    with pytest.raises(FindingsError) as refused:
        artwork(view(fields), Order("50x30"), "svg")
    assert [one.code for one in refused.value.findings] == ["LABEL-TEXT-TOO-LONG"]


def test_a_model_that_fits_nowhere_is_a_finding() -> None:
    fields = body()
    fields["product"]["model"] = "M" * 90
    found = small.context(page(view(fields)), faces(machine_fonts()))[1]
    assert [one.code for one in found] == ["LABEL-TEXT-TOO-LONG"]


@pytest.mark.parametrize(
    ("gtin", "told"),
    [
        ("6901234567892", "06901234567892"),
        ("96385074", "00000096385074"),
        ("6901234567893", None),
        ("69012345678９2", None),
        ("", None),
    ],
)
def test_a_sound_gtin_makes_a_digital_link(gtin: str, told: str | None) -> None:
    assert gtin14(gtin) == told
    fields = body()
    fields["product"]["gtin"] = gtin
    link = f"https://example.invalid/c/01/{told}?pcf=SAMPLE-7" if told else ADDRESS
    assert page(view(fields)).url == link
    if told:
        image = picture(documents(view(fields), forms=("label.pdf",))["label.pdf"], 150)
        assert [code.text for code in zxingcpp.read_barcodes(image)] == [link]


def test_an_issued_label_becomes_artwork(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    serial = issued(store).serial
    out = tmp_path / "label.svg"
    make_artwork(serial, Wish(size="50x30", ground="#C9A276"), out, tmp_path / "registry", "en")
    assert out.read_bytes() == artwork(issued_view(store, serial), Order("50x30", KRAFT), "svg")


@pytest.mark.parametrize(
    ("wish", "name", "code"),
    [
        (Wish(size="10x10"), "a.svg", "ARTWORK-SIZE"),
        (Wish(), "a.gif", "ARTWORK-ENDING"),
        (Wish(ink="#FFFFFF"), "a.svg", "ARTWORK-CONTRAST"),
        (Wish(market="moon"), "a.svg", "MARKET-UNKNOWN"),
        (Wish(market="eu-consumer"), "a.svg", "MARKET-NO-LABEL"),
    ],
)
def test_what_artwork_refuses(tmp_path: Path, wish: Wish, name: str, code: str) -> None:
    serial = issued(demo_store(tmp_path / "registry")).serial
    with pytest.raises(FindingsError) as refused:
        make_artwork(serial, wish, tmp_path / name, tmp_path / "registry", "zh")
    assert [one.code for one in refused.value.findings] == [code]
    assert not (tmp_path / name).exists()


def test_an_unknown_serial_has_no_artwork(tmp_path: Path) -> None:
    demo_store(tmp_path / "registry")
    with pytest.raises(FindingsError) as refused:
        make_artwork("SAMPLE-99", Wish(), tmp_path / "a.svg", tmp_path / "registry", "en")
    assert [one.code for one in refused.value.findings] == ["CLI-SERIAL"]
