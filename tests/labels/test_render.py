"""The printed documents: what stands on them, what is inside the files, what is refused."""

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from factors.errors import IssueError
from factors.texts import catalogue
from labels.canonical import canonical
from labels.figures import shown
from labels.fonts import find
from labels.page import StageView, page
from labels.render import drawing, label, press
from labels.render.bar import lay_out
from labels.render.documents import check, documents, record
from labels.render.fitting import faces
from labels.render.press import Plate, assert_subsetter
from labels.view import DOCUMENT_LANGS, DocumentLang
from labels.wordpair import Pair
from tests.labels.example import footprint
from tests.labels.test_label_text import HANZI, LATIN
from tests.labels.views import (
    RECEIPT,
    body,
    boxes,
    composed,
    fonts,
    picture,
    printed,
    text,
    unverified,
    verified_label,
    view,
    whole_life,
    words,
)

POINTS_PER_MM = 72 / 25.4
#: Forms with room for every sentence.
BIG_FORMS = ("label.pdf", "report.pdf")
STUDY_FORMS = {"label.pdf", "label-50x30.pdf", "report.pdf"}
FIELDS = {
    "zh": (
        "产品碳足迹", "编号", "示例SAMPLE", "612", "gCO2e", "每升包装啤酒", "出厂",
        "部分碳足迹：从摇篮到工厂大门", "不含生物源CO2；仅气候变化", "扫码查验", "原材料", "161",
        "进厂运输", "23.1", "制造", "118", "包装", "310", "示例拉格啤酒500ml一次性瓶",
        "型号EX-500-OW", "示例啤酒有限公司", "示例市第一工厂", "2025-01–2025-12",
        "iso14067-generic", "2018-1", "位置法", "AR6", "未核查", "有效至",
    ),
    "en": (
        "Productcarbonfootprint", "No.", "SAMPLE", "612", "gCO2e", "perlitreofpackagedbeer", "gate",
        "Partial:cradletofactorygate", "Excl.biogenicCO2;climatechangeonly", "Check",
        "Rawmaterials", "161", "Inboundtransport", "23.1", "Manufacturing", "118", "Packaging",
        "310", "ExampleLager500mlone-waybottle", "EX-500-OW", "ExampleBreweryCo.,Ltd.",
        "Plant1,ExampleCity", "2025-01–2025-12", "iso14067-generic", "2018-1", "location", "inpart",
        "notverified", "none",
    ),
}  # fmt: skip


def right_edges(pdf: bytes) -> dict[str, list[float]]:
    """Return where each word of a page ends (mm from the left)."""
    found = re.findall(r'xMax="([\d.]+)" yMax="[\d.]+">([^<]+)<', boxes(pdf))
    edges: dict[str, list[float]] = {}
    for right, word in found:
        edges.setdefault(word, []).append(float(right) / POINTS_PER_MM)
    return edges


def label_of(fields: dict[str, Any], lang: DocumentLang = "both") -> bytes:
    return documents(view(fields, lang), forms=("label.pdf",))["label.pdf"]


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


@pytest.mark.parametrize(("file", "size"), [("label.pdf", (100, 70)), ("report.pdf", (210, 297))])
def test_pages_have_their_size(file: str, size: tuple[int, int]) -> None:
    for sheet in opened(printed()[file]).pages:
        box = [float(value) for value in sheet.mediabox]
        assert box[2:] == pytest.approx([side * POINTS_PER_MM for side in size], abs=0.01)


def test_the_label_is_one_page() -> None:
    assert [len(opened(printed(lang)["label.pdf"]).pages) for lang in DOCUMENT_LANGS] == [1, 1, 1]


@pytest.mark.parametrize(("file", "level"), [("label.pdf", "U"), ("report.pdf", "A")])
def test_files_declare_pdf_a_3_with_what_it_demands(file: str, level: str) -> None:
    pdf = opened(printed()[file])
    metadata = pdf.open_metadata()
    assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", level)
    assert pdf.Root.OutputIntents[0].DestOutputProfile.N == 3
    assert pdf.Root.Lang == "zh-CN"
    assert not pdf.is_encrypted
    assert "/JavaScript" not in str(pdf.Root.get("/Names", ""))
    assert "/OpenAction" not in pdf.Root


@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_every_figure_of_the_tagged_report_has_a_wording(lang: DocumentLang) -> None:
    pdf = opened(printed(lang)["report.pdf"])
    assert pdf.Root.MarkInfo.Marked
    figures = [
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
    ]
    assert len(figures) > 10
    assert all(str(item.get("/Alt", "")).strip() for item in figures)


def test_attachments_are_embedded_once_as_they_were_given() -> None:
    given = view(attachments={"certificate.json": b"{}", "receipt.json": b"[1]"})
    pdf = opened(documents(given)["label.pdf"])
    assert {name: file.get_file().read_bytes() for name, file in pdf.attachments.items()} == dict(
        given.attachments
    )
    kinds = [str(entry.AFRelationship) for entry in pdf.Root.AF]
    assert sorted(kinds) == ["/Data", "/Supplement"]


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_every_field_of_the_label_is_in_the_text_layer(lang: DocumentLang) -> None:
    seen = words(printed(lang)["label.pdf"])
    wanted = [*FIELDS["zh"], *FIELDS["en"]] if lang == "both" else FIELDS[lang]
    assert [field for field in wanted if field not in seen] == []


@pytest.mark.needs("pdftotext")
def test_one_language_means_one_language() -> None:
    seen = words(printed("en")["report.pdf"])
    warnings = "未经核查示例，非真实结果，不得用于产品；研究报告，未经核查示例甲"
    assert set(re.findall(r"[\u4e00-\u9fff]", seen)) <= set(warnings)
    assert "Rawmaterials" not in words(printed("zh")["report.pdf"])


@pytest.mark.needs("pdffonts")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_only_our_font_is_inside(lang: DocumentLang, tmp_path: Path) -> None:
    for pdf in printed(lang).values():
        assert sorted(fonts(pdf, tmp_path)) == ["CFSans", "CFSans-Bold"]


@pytest.mark.needs("pdftotext")
def test_a_sample_says_so_twice_on_every_page() -> None:
    for name in BIG_FORMS:
        sheets = text(printed()[name]).split("\f")[:-1]
        assert all("示例，非真实结果，不得用于产品" in sheet for sheet in sheets)
        assert all("STUDY REPORT, NOT VERIFIED" in sheet for sheet in sheets)
    first = picture(printed()["label.pdf"], 100).convert("RGB")
    assert has_colour(first, (0xCD, 0xD4, 0xDA))
    assert has_colour(picture(printed()["report.pdf"], 60, 2).convert("RGB"), (0xE6, 0xEA, 0xEE))


def has_colour(image: Any, wanted: tuple[int, int, int]) -> bool:
    return any(count > 200 and colour == wanted for count, colour in image.getcolors(1 << 20))


@pytest.mark.needs("pdftoppm")
def test_the_frame_is_whole_and_nothing_crosses_it() -> None:
    """Clipping shows as ink outside the frame or as a gap in it."""
    for lang in DOCUMENT_LANGS:
        image = picture(printed(lang)["label.pdf"], 254).convert("L")  # ten pixels per mm
        width, height = image.size
        outside = [
            image.crop((0, 0, width, 11)),
            image.crop((0, height - 11, width, height)),
            image.crop((0, 0, 11, height)),
            image.crop((width - 11, 0, width, height)),
        ]
        assert all(min(edge.tobytes()) == 255 for edge in outside)
        assert max(image.crop((14, 14, 15, height - 14)).tobytes()) < 60


@pytest.mark.needs("pdftotext")
def test_the_public_copy_shows_no_line_and_the_sealed_copy_shows_all() -> None:
    made = composed()
    public = documents(view(made.fields))
    sealed = documents(view(made.fields, disclosures=[one.to_json() for one in made.opened]))
    lines = [line for line in footprint()["lines"] if line["name"]["zh"] != "电力"]  # a row's key
    secrets = [line["name"]["zh"] for line in lines]
    secrets += [line["factor"]["id"] for line in lines]
    secrets += [shown(Decimal(line["amount"]), 3) + line["unit"] for line in lines]
    for pdf in (*public.values(), sealed["label.pdf"]):
        seen = words(pdf)
        assert [secret for secret in secrets if secret in seen] == []
    opened_lines = words(sealed["report.pdf"])
    assert [secret for secret in secrets if secret not in opened_lines] == []


def test_a_composed_body_prints_in_every_language() -> None:
    for lang in DOCUMENT_LANGS:
        assert set(documents(view(composed().fields, lang))) == STUDY_FORMS


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_a_full_life_cycle_shows_its_own_figure_and_the_gate_apart(lang: DocumentLang) -> None:
    made = documents(view(whole_life(), lang), forms=BIG_FORMS)
    sentence = {"en": "Fulllifecycle:cradletograve"}.get(lang, "全生命周期：从摇篮到坟墓")
    to_gate = {"en": "ofwhichtogate"}.get(lang, "其中到工厂大门")
    scale = {"en": "newscale"}.get(lang, "另用比例尺")
    for pdf in made.values():
        seen = words(pdf)
        assert "901" in seen
        assert "612" in seen
        assert "Partial" not in seen
        assert "部分碳足迹" not in seen
        assert sentence in seen
        assert scale in seen
    assert to_gate in words(made["label.pdf"])
    for number in ("5", "6", "7"):
        assert re.search(
            number + r"(分销|使用|报废|Distribution|Use|End)", words(made["label.pdf"])
        )


@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_a_partial_figure_has_an_open_side_and_a_full_one_a_whole_side(lang: DocumentLang) -> None:
    """Seen on the paper: along the right side of the bracket, ink with gaps or without."""
    for fields, whole in ((body(), False), (whole_life(), True)):
        image = picture(label_of(fields, lang), 254).convert("L")
        side = image.crop((734, 140, 737, 300)).resize((1, 160))
        assert (max(side.tobytes()) < 100) is whole


@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_bars_of_a_full_life_cycle_are_parted_at_the_gate(lang: DocumentLang) -> None:
    """Between the bars stands white paper with the dashed gate in it."""
    image = picture(label_of(whole_life(), lang), 254).convert("L")
    row = image.crop((530, 338, 600, 339)).tobytes()
    gap = row[row.index(255) :]
    assert len([level for level in row if level == 255]) > 25
    assert len([level for level in gap if level < 100]) > 2


@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_every_stage_of_a_full_life_cycle_has_its_key(lang: DocumentLang) -> None:
    laid, findings = label.context(page(view(whole_life(), lang)), faces(find()))
    assert not findings
    numbers = [key.item.label.split()[0] for key in laid["keys"] if key.item.colour]
    assert numbers == ["1", "2", "3", "4", "5", "6", "7"]
    (to_gate,) = [key for key in laid["keys"] if not key.item.colour]
    assert to_gate.item.value == "612"
    assert all(key.size >= 5.6 and key.value_size >= 6.4 for key in laid["keys"])


@pytest.mark.needs("pdftotext")
def test_the_figure_in_the_bracket_is_the_one_verification_names() -> None:
    for fields in (body(), whole_life()):
        shown_page = page(view(fields))
        total = fields["totals"][fields["headline"]]["value"]
        assert shown_page.figure == shown_page.scale.total(Decimal(total))


@pytest.mark.parametrize("headline", ["excluding_biogenic_co2", "including_biogenic_co2"])
def test_the_label_says_which_total_its_figure_is(headline: str) -> None:
    fields = whole_life()
    fields["headline"] = headline
    seen = words(label_of(fields))
    assert ("Excl.biogenicCO2" in seen) is headline.startswith("excluding")
    assert ("Incl.biogenicCO2" in seen) is headline.startswith("including")


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
@pytest.mark.parametrize("fields", [body(), whole_life()], ids=["gate", "whole"])
def test_a_verified_label_has_notes_instead_of_a_status_bar(
    fields: dict[str, Any], lang: DocumentLang
) -> None:
    pdf = verified_label(fields, lang)
    seen = words(pdf)
    assert "SAMPLE-7" in seen
    assert "2028-11-19" in seen
    assert not re.search("未经核查|NOTVERIFIED|未核查|notverified|示例SAMPLE", seen)
    notes = {"zh": "规则不同不可比较。", "en": "Notcomparableunderotherrules."}
    assert all((note in seen) is (lang in (tag, "both")) for tag, note in notes.items())
    image = picture(pdf, 254).convert("L")
    assert min(image.crop((20, 635, 35, 680)).tobytes()) == 255
    assert min(image.crop((40, 678, 960, 682)).tobytes()) == 255


@pytest.mark.needs("pdftotext")
def test_one_form_is_printed_when_one_is_asked_for() -> None:
    only = documents(view(), forms=("label.pdf",))
    assert only == {"label.pdf": printed()["label.pdf"]}
    assert documents(view(), forms=()) == {}


def gwp(shares: dict[str, str], **by_figure: dict[str, str]) -> dict[str, Any]:
    fields = body()
    fields["gwp"]["shares"] = shares
    fields["gwp"]["shares_by_figure"] = {"cradle-to-gate": shares} | by_figure
    return fields


@pytest.mark.parametrize(
    ("share", "zh", "en"),
    [
        ("0.95", "AR6", "AR6"),
        ("0.94", "部分 AR6", "AR6 in part"),
        ("0.001", "部分 AR6", "AR6 in part"),
        ("0", "依各来源，见报告", "as published, see report"),
    ],
)
def test_the_gwp_basis_is_named_by_its_share(share: str, zh: str, en: str) -> None:
    fields = gwp({"AR6-100": share, "not-stated": str(1 - Decimal(share))})
    assert page(view(fields, "zh")).gwp.first == zh
    assert page(view(fields, "en")).gwp.first == en
    assert check(view(fields, "both")) == check(view(fields, "en")) == ()


def test_a_body_without_a_share_of_the_set_never_says_in_part() -> None:
    fields = gwp({"AR5-100": "1"})
    for lang in DOCUMENT_LANGS:
        assert "AR6" not in page(view(fields, lang)).gwp.joined()


@pytest.mark.needs("pdftotext")
def test_rules_are_printed_by_name_with_their_edition() -> None:
    fields = body()
    fields["ruleset"]["name"] = {"zh": "ISO 14067:2018 通用规则", "en": "ISO 14067:2018, generic"}
    made = documents(view(fields))
    assert "ISO14067:2018通用规则" in words(made["label.pdf"])
    assert "版本2018-1" in words(made["label.pdf"])
    seen = words(made["report.pdf"])
    assert "ISO14067:2018,generic" in seen
    assert "规则集iso14067-generic，版本2018-1" in seen


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
@pytest.mark.parametrize("fields", [body(), whole_life()], ids=["gate", "whole"])
def test_no_two_words_of_a_label_overlap(fields: dict[str, Any], lang: DocumentLang) -> None:
    """Boxes are shrunk to the ink of their letters; the watermark lies under everything."""
    fields["ruleset"]["name"] = {"zh": "ISO 14067:2018 通用规则", "en": "ISO 14067:2018, generic"}
    placed = inked(verified_label(fields, lang))
    assert len(placed) > 40
    clashes = [(one[0], other[0]) for one, other in combinations(placed, 2) if clash(one, other)]
    assert clashes == []


Placed = tuple[str, float, float, float, float]


def inked(pdf: bytes) -> list[Placed]:
    """Return words with left, top, right, bottom of their ink (mm), a little less than it is."""
    box = r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)<'
    found = []
    for left, top, right, bottom, word in re.findall(box, boxes(pdf)):
        sides = [float(side) / POINTS_PER_MM for side in (left, top, right, bottom)]
        height = sides[3] - sides[1]
        found.append((word, sides[0], sides[1] + 0.22 * height, sides[2], sides[3] - 0.24 * height))
    return found


def clash(one: Placed, other: Placed) -> bool:
    across = min(one[3], other[3]) - max(one[1], other[1])
    down = min(one[4], other[4]) - max(one[2], other[2])
    return across > 0.05 and down > 0.05


def test_words_that_overlap_are_seen() -> None:
    """Control of the test above."""
    assert clash(("a", 0, 0, 2, 2), ("b", 1, 1, 3, 3))
    assert not clash(("a", 0, 0, 2, 2), ("b", 2, 0, 3, 2))


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_no_page_of_a_report_holds_almost_nothing(lang: DocumentLang) -> None:
    """No page of a public report is left with a few lines, also with long names."""
    long = whole_life()
    long["product"]["maker"]["name"] = {"zh": HANZI, "en": LATIN}
    for fields in (body(), whole_life(), long):
        sheets = text(documents(view(fields, lang), forms=("report.pdf",))["report.pdf"])
        lines = [len([ln for ln in page.splitlines() if ln.strip()]) for page in sheets.split("\f")]
        assert len(lines[:-1]) >= 4
        assert min(lines[:-1]) > 8


@pytest.mark.needs("pdftotext")
def test_shares_are_those_of_the_declared_figure_and_say_so() -> None:
    fields = whole_life()
    strictest = fields["data_quality"]
    fields["data_quality"] = {
        **strictest,
        "by_figure": {
            "cradle-to-gate": {**strictest, "primary_activity_share": "0.4711"},
            "cradle-to-grave": {**strictest, "primary_activity_share": "0.3322"},
        },
    }
    summary, _, annex = text(documents(view(fields))["report.pdf"]).partition("Annex")
    assert "33" in summary
    assert "47" not in summary
    assert "full life cycle" in summary
    assert "47" in annex


@pytest.mark.needs("pdftotext")
def test_stages_shown_together_keep_their_numbers() -> None:
    fields = body()
    first, second = fields["stages"][:2]
    first["stages"] += second["stages"]
    first["name"] = {"zh": "原材料、进厂运输", "en": "Raw materials + Inbound transport"}
    first["value"] = str(Decimal(first["value"]) + Decimal(second["value"]))
    fields["stages"] = [first, *fields["stages"][2:]]
    seen = words(documents(view(fields))["label.pdf"])
    assert "1+2原材料、进厂运输" in seen
    assert "184" in seen


@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
@pytest.mark.parametrize(
    "kilograms", ["0.0000312", "0.999", "9.995", "123.4", "99950", "123456789"]
)
def test_figures_of_every_size_fit(kilograms: str, lang: DocumentLang) -> None:
    fields = body()
    scale = Decimal(kilograms) / Decimal("0.612345678901")
    figure = fields["figures"]["cradle-to-gate"]
    figure["excluding_biogenic_co2"] = kilograms
    for stage in fields["stages"]:
        stage["value"] = f"{Decimal(stage['value']) * scale:f}"
    assert check(view(fields, lang)) == ()
    shown_page, ours = page(view(fields, lang)), faces(find())
    laid, findings = label.context(shown_page, ours)
    unit = ours.bold.width(shown_page.scale.symbol, laid["unit"]["size"])
    assert not findings
    assert laid["beside"] + unit <= laid["plan"].unit_right


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
@pytest.mark.parametrize("fields", [body(), whole_life()], ids=["gate", "whole"])
def test_printed_words_end_where_they_were_measured_to_end(
    fields: dict[str, Any], lang: DocumentLang
) -> None:
    """The layout measures with the font; the renderer must not come out wider."""
    fields["product"]["maker"]["name"] = {"zh": HANZI, "en": LATIN}
    laid, _ = label.context(page(view(fields, lang)), faces(find()))
    lines = [line for block in laid["blocks"] for line in block.lines]
    edges = right_edges(label_of(fields, lang))
    for line in lines:
        last = line.text.split()[-1]
        face = faces(find()).of(line.bold)
        measured = 13.4 + face.width(line.text, line.size)
        assert any(edge <= measured + 0.05 for edge in edges[last]), line.text
        assert min(edges[last]) <= 59.05


def test_same_view_same_bytes_also_in_another_process() -> None:
    first = {name: sha256(pdf).hexdigest() for name, pdf in printed().items()}
    again = {name: sha256(pdf).hexdigest() for name, pdf in documents(view()).items()}
    assert first == again
    program = (
        "import json, hashlib; from labels.render.documents import documents;"
        " from tests.labels.views import view; print(json.dumps({n: hashlib.sha256(d).hexdigest()"
        " for n, d in documents(view()).items()}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "77"},
        capture_output=True,
        check=True,
    )
    assert json.loads(answer.stdout) == first


def test_other_body_other_bytes_and_other_identifier() -> None:
    """Control: reproducible does not mean constant."""
    fields = body()
    fields["period"]["to"] = "2025-11-30"
    mine, other = printed()["label.pdf"], documents(view(fields))["label.pdf"]
    assert mine != other
    assert bytes(opened(mine).trailer.ID[0]) != bytes(opened(other).trailer.ID[0])


def test_the_ruler_spells_the_body_hash_and_is_flat_before_registration() -> None:
    sealed, draft = page(view()), page(view(receipt=None))
    assert sealed.ruler == sha256(canonical(body())).hexdigest()
    assert draft.ruler == ""
    spelt = str(drawing.ticks("0f" * 32, 64, 1.0, 0.2, "ruler"))
    assert spelt.count("v0.250") == spelt.count("v1.000") == 32
    assert len(set(re.findall(r"v([\d.]+)", str(drawing.ticks("", 64, 1.0, 0.2, "ruler"))))) == 1


def stage(number: int, value: str) -> StageView:
    return StageView(str(number), number, Pair("x"), Pair("x"), Decimal(value), value, "")


def test_the_bar_sums_to_its_length_from_zero() -> None:
    bar = lay_out([stage(1, "3"), stage(2, "1")], 92, 3.6)
    assert [(part.left, part.width) for part in bar.segments] == [(0, 69), (69, 23)]
    assert bar.zero == 0
    assert bar.cuts == (68.85,)


def test_a_removal_lies_left_of_zero_and_is_hatched() -> None:
    bar = lay_out([stage(1, "3"), stage(2, "-1")], 92, 3.6)
    assert [(part.css, part.left, part.width) for part in bar.segments] == [
        ("below", 0, 23),
        ("s1", 23, 69),
    ]
    assert bar.zero == 23
    assert "<path" in bar.segments[0].hatch


def test_a_bar_of_nothing_is_empty() -> None:
    assert lay_out([stage(1, "0")], 92, 3.6).segments == ()


@pytest.mark.parametrize(
    "content",
    [
        '<img src="http://example.invalid/x.png"/>',
        '<img src="file:///etc/hostname"/>',
        '<img src="data:image/png;base64,AAAA"/>',
        '<img src="asset:../../../etc/hostname"/>',
        '<img src="asset:other.ttf"/>',
        '<link rel="stylesheet" href="http://example.invalid/x.css"/>',
        '<link rel="attachment" href="file:///etc/hostname"/>',
        '<a rel="attachment" href="file:///etc/hostname">x</a>',
        '<p style="background:url(ftp://example.invalid/x.png)">x</p>',
        "<style>@import 'https://example.invalid/x.css';</style>",
        "<style>@font-face{font-family:X;src:url(file:///x.ttf)} p{font-family:X}</style><p>x</p>",
    ],
)
def test_a_page_that_asks_for_anything_is_refused(content: str) -> None:
    with pytest.raises(IssueError) as refused:
        press.press(find()).print(plate(f"<html lang='en'><body>{content}</body></html>"))
    assert refused.value.findings[0].code == "RENDER-FETCH-REFUSED"


@pytest.mark.parametrize("content", ["<p>x", "<p>x</b>", "<p>&nbsp;</p>", "<p>\x01</p>", "<br>"])
def test_a_page_that_is_not_well_formed_is_refused(content: str) -> None:
    with pytest.raises(IssueError) as refused:
        press.press(find()).print(plate(f"<html lang='en'><body>{content}</body></html>"))
    assert refused.value.findings[0].code == "RENDER-PAGE-BROKEN"


def test_a_page_that_asks_for_nothing_is_printed() -> None:
    """Control of the refusals above."""
    made = press.press(find()).print(plate("<html lang='en'><body><p>x</p></body></html>"))
    assert made.startswith(b"%PDF-1.7")


def plate(html: str) -> Plate:
    from_example = page(view())
    moment = documents.__globals__["moment"](from_example)
    return Plate(html, "label", "pdf/a-3u", b"0" * 16, moment, ())


def test_without_harfbuzz_subsetting_nothing_is_drawn() -> None:
    with pytest.raises(IssueError) as refused:
        assert_subsetter(None)
    assert "libharfbuzz-subset0" in refused.value.findings[0].render("en")


@pytest.mark.parametrize("kind", ["certificate", "statement", "label"])
def test_kinds_without_pages_are_refused(kind: str) -> None:
    with pytest.raises(IssueError) as refused:
        documents(view({**body(), "kind": kind}))
    assert refused.value.findings[0].code == "RENDER-KIND-UNKNOWN"


def test_the_record_names_all_that_the_bytes_depend_on() -> None:
    kept = record()
    assert set(kept) == {"renderer", "templates", "font"}
    assert {"pages/label.j2", "styles/report.css", "texts/label.toml", "layout/page.py"} <= set(
        kept["templates"]
    )
    assert kept["font"]["sha256"] == find().sha256
    canonical(kept)


@pytest.mark.parametrize("table", ["label", "report"])
def test_every_text_of_the_catalogue_is_used(table: str) -> None:
    root = Path(__file__).parents[2]
    places = [root / "labels" / "page.py", root / "labels" / "facts.py"]
    places += [*(root / "labels" / "render").glob("*.py"), *(root / "templates/pages").glob("*.j2")]
    sources = "".join(file.read_text(encoding="utf-8") for file in places)
    assembled = re.findall(rf"{table}\.([a-z_]*)\{{", sources)
    names = [
        name
        for name in catalogue()[table]
        if f"{table}.{name.removesuffix('_both')}" not in sources
        and not any(
            name.startswith(start)
            and f'"{name.removeprefix(start).removesuffix("_both")}"' in sources
            for start in assembled
        )
        and not name.startswith(("status_", "grade_", "approver_", "document"))
    ]
    assert names == []


def test_numbers_are_the_registers_business() -> None:
    """A study report carries its serial on the report, never a certificate number on the label."""
    shown = page(view(unverified(body()), sample=False, receipt={**RECEIPT, "serial": "AB-2026-1"}))
    assert shown.number.joined() == "无编号 none"
    assert shown.serial == "AB-2026-1"
