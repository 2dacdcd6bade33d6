"""The QR code reads from the rendered page at 150 dpi and holds the address, nothing else."""

import pytest
import zxingcpp

from factors.errors import FindingsError
from labels.page import page
from labels.render.documents import documents
from labels.render.drawing import qr, qr_modules
from labels.view import DocumentLang
from tests.labels.views import body, picture, printed, unverified, view

ADDRESS = "https://example.invalid/c/SAMPLE-7"


def read(image: object) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(image)]


@pytest.mark.needs("pdftoppm")
@pytest.mark.parametrize("lang", ["both", "zh", "en"])
@pytest.mark.parametrize("file", ["label.pdf", "label-50x30.pdf", "report.pdf"])
def test_reads_from_the_page_at_150_dpi(lang: DocumentLang, file: str) -> None:
    assert read(picture(printed(lang)[file], 150)) == [ADDRESS]


@pytest.mark.needs("pdftoppm")
def test_reads_on_its_side_and_in_a_poor_copy() -> None:
    image = picture(printed()["label.pdf"], 200).convert("L")
    assert read(image.rotate(97, expand=True, fillcolor=255)) == [ADDRESS]
    assert read(image.point(lambda level: 120 + level // 4)) == [ADDRESS]


@pytest.mark.needs("pdftoppm")
def test_a_covered_code_does_not_read() -> None:
    """Control: the reader does not find the address elsewhere."""
    image = picture(printed()["label.pdf"], 150)
    image.paste("white", (int(image.width * 0.77), 0, image.width, image.height // 2))
    assert read(image) == []


def test_an_issuer_without_a_page_puts_the_bare_number_into_the_code() -> None:
    fields = body()
    fields["issuer"]["verify_url"] = ""
    assert page(view(fields)).url == "SAMPLE-7"


def test_a_draft_points_to_its_hash() -> None:
    shown = page(view(receipt=None))
    assert shown.url == "https://example.invalid/c/" + shown.digest[:16]


def test_modules_are_large_enough_or_the_label_is_refused() -> None:
    assert 18.4 / qr_modules(ADDRESS) > 0.4
    fields = unverified(body())
    fields["issuer"]["verify_url"] = "https://example.invalid/" + "long-way-down/" * 9
    with pytest.raises(FindingsError) as refused:
        documents(view(fields))
    assert [found.code for found in refused.value.findings] == ["LABEL-QR-TOO-DENSE"]


def test_the_title_of_the_code_is_escaped() -> None:
    drawn = str(qr(ADDRESS, '</title><script src="x">'))
    assert "<script" not in drawn
    assert drawn.count("<title>") == 1
