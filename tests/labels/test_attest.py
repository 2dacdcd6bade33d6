"""Certificate of conformity and verification statement: their fields, wording and limits."""

import re
from importlib.resources import files
from typing import Any

import pikepdf
import pytest
import zxingcpp

from labels.attestation import approvals_line, opinion, title
from labels.page import page
from labels.render.a4 import KEY_LEADING, KEY_SIZE, LEADING
from labels.render.documents import check, documents
from labels.render.fitting import MM_PER_PT
from labels.render.plan import baseline
from labels.view import DOCUMENT_LANGS, DocumentLang
from tests.labels.attested import attested, attested_view
from tests.labels.test_render import inked, opened
from tests.labels.views import body, picture, text, view, whole_life, words

KINDS = {"certificate_of_conformity": "certificate.pdf", "verification_statement": "statement.pdf"}
BOUNDARIES = {"gate": body(), "whole": whole_life()}


def printed(kind: str, lang: DocumentLang = "both", fields: Any = None) -> bytes:
    return documents(attested_view(kind, lang, fields), forms=(KINDS[kind],))[KINDS[kind]]


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
@pytest.mark.parametrize("fields", BOUNDARIES.values(), ids=BOUNDARIES)
def test_a_certificate_has_its_fields(lang: DocumentLang, fields: dict[str, Any]) -> None:
    seen = words(printed("certificate_of_conformity", lang, fields))
    figure = "901" if fields["boundary"] == "cradle-to-grave" else "612"
    wanted = [figure, "gCO2e", "EX-500-OW", "00000000EXAMPLE000", "2025-01-01–2025-12-31"]
    wanted += ["iso14067-generic", "2018-1", "2026-11-20", "2028-11-19", "AR662%", "1.01kg"]
    wanted += ["示例甲", "示例乙", "示例丙", "示例丁", "SAMPLE-6"]
    zh = [
        "符合性证书",
        "持有人",
        "部分碳足迹" if figure == "612" else "全生命周期",
        "位置法",
        "市场法",
    ]
    en = ["Certificateofconformity", "Holder", "Qualifications", "location-based", "market-based"]
    wanted += [*(zh if lang != "en" else ()), *(en if lang != "zh" else ())]
    assert [one for one in wanted if one not in seen] == []


@pytest.mark.needs("pdftotext")
def test_a_certificate_names_no_level_of_assurance_and_a_statement_no_expiry() -> None:
    certificate = words(printed("certificate_of_conformity")).lower()
    assert not re.search(
        "保证等级|有限保证|levelofassurance|limited", certificate.replace("co.,ltd", "")
    )
    told = words(printed("verification_statement"))
    assert "有限保证" in told
    assert not re.search("有效至|Validuntil|监督", told)


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_a_statement_has_its_fields(lang: DocumentLang) -> None:
    seen = words(printed("verification_statement", lang))
    zh = [
        "核查声明",
        "无保留意见",
        "重要性",
        "每个披露数字的5.0%",
        "准则",
        "抽样",
        "未更正的错报",
        "期末",
    ]
    en = ["Verificationstatement", "Unmodified", "Materiality", "Criteria", "Sampling"]
    en += ["Uncorrectedmisstatements", "Intendedusers", "Natureofdata", "periodend2025-12-31"]
    wanted = [*(zh if lang != "en" else ()), *(en if lang != "zh" else ()), "612", "0.4%"]
    assert [one for one in wanted if one not in seen] == []


@pytest.mark.parametrize("opinion", ["unmodified", "modified-not-material"])
def test_opinions_are_said_in_the_same_manner(opinion: str) -> None:
    fields = attested("verification_statement")
    fields["verification"]["opinion"] = opinion
    made = documents(view(fields), forms=("statement.pdf",))["statement.pdf"]
    assert ("无保留意见" in words(made)) is (opinion == "unmodified")


@pytest.mark.parametrize(
    ("approvals", "told"),
    [
        ([], "产品碳足迹评价报告"),
        ([("iso-9001", "2029-12-31")], "产品碳足迹评价报告"),
        ([("product-certification", "2026-11-19")], "产品碳足迹评价报告"),
        ([("product-certification", "2026-11-20")], "产品碳足迹符合性证书"),
    ],
)
def test_nothing_is_called_a_certificate_without_the_approval_for_it(
    approvals: list[tuple[str, str]], told: str
) -> None:
    fields = attested("certificate_of_conformity")
    fields["issuer"]["approvals"] = [
        {"kind": kind, "number": "EX-1", "scope": "Example", "expires": day}
        for kind, day in approvals
    ]
    assert title(page(view(fields))).first == told


@pytest.mark.parametrize("kind", KINDS)
def test_forms_of_a_kind(kind: str) -> None:
    labels = {"label.pdf", "label-50x30.pdf"} if kind.startswith("cert") else set()
    assert set(documents(attested_view(kind))) == {KINDS[kind], "report.pdf"} | labels


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_nothing_runs_over_the_margin_and_the_code_reads(kind: str, lang: DocumentLang) -> None:
    made = printed(kind, lang)
    placed = [one for one in inked(made) if not set(one[0]) <= set("示例SAMPLE")]
    assert [one for one in placed if not (one[1] >= 19.5 and one[3] <= 190.8)] == []
    codes = zxingcpp.read_barcodes(picture(made, 150))
    assert [code.text for code in codes] == [page(attested_view(kind)).url]


@pytest.mark.parametrize("kind", KINDS)
def test_samples_say_so_on_every_page(kind: str) -> None:
    sheets = text(printed(kind)).split("\f")[:-1]
    assert len(sheets) >= 2
    assert all("示例，非真实结果，不得用于产品" in sheet for sheet in sheets)


@pytest.mark.parametrize("kind", KINDS)
def test_every_drawing_has_a_wording(kind: str) -> None:
    pdf = opened(printed(kind))
    figures = [
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
    ]
    assert len(figures) >= 5
    assert all(str(item.get("/Alt", "")).strip() for item in figures)


@pytest.mark.parametrize("kind", KINDS)
def test_long_values_move_to_the_annex_whole(kind: str) -> None:
    fields = attested(kind)
    long = {"zh": "示" * 280, "en": "long words " * 25}
    fields["allocation"] = [long]
    fields["client"]["name"] = long
    assert check(view(fields)) == ()
    seen = words(documents(view(fields), forms=(KINDS[kind],))[KINDS[kind]])
    assert "示" * 60 in seen
    assert seen.count("longwords") >= 25


@pytest.mark.parametrize("size", [7.6, 7.0, 6.6, 6.2])
def test_rows_flow_as_they_were_reckoned(size: float) -> None:
    """The style sheet says by hand what the lines below the rows are placed by."""
    sheet = (files("templates") / "styles" / "attest.css").read_text(encoding="utf-8")
    name, key_line = f"pt{size * 10:.0f}", KEY_SIZE * KEY_LEADING * MM_PER_PT
    drop = baseline(0, size, LEADING) - baseline(0, KEY_SIZE, KEY_LEADING)
    told = [
        re.search(rf"\.{name} \.{part} {{ {what}: ([\d.]+)mm", sheet)
        for part, what in (("key", "top"), ("double", "min-height"))
    ]
    shown = [float(found[1]) for found in told if found]
    assert shown == pytest.approx([0.85 + drop, drop + 2 * key_line], abs=0.002)
    assert f".{name} {{ font-size: {size:g}pt; line-height: {LEADING:g} }}" in sheet


@pytest.mark.parametrize("kind", ["unmodified", "modified-not-material"])
def test_limited_assurance_says_what_was_not_found_and_reasonable_what_is(kind: str) -> None:
    """ISO 14064-3: only reasonable assurance is said in a positive form."""
    said = {}
    for level in ("reasonable", "limited"):
        made = attested("verification_statement")
        made["verification"] |= {"opinion": kind, "level": level}
        said[level] = opinion(page(view(made)))[1]
    assert "nothing came to our attention" in said["limited"].second
    assert "没有发现任何情况" in said["limited"].first
    assert "nothing came" not in said["reasonable"].second
    assert "没有发现" not in said["reasonable"].first


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", "批准：产品认证 EXAMPLE-0000（至 2029-12-31）"),
        ("both", "批准：产品认证 EXAMPLE-0000（至 2029-12-31）"),
        ("en", "approvals: product certification EXAMPLE-0000 (until 2029-12-31)"),
    ],
)
def test_approvals_are_named_in_the_language_of_the_page(lang: DocumentLang, told: str) -> None:
    assert approvals_line(page(attested_view("certificate_of_conformity", lang))).first == told


def test_no_power_of_ten_is_spelt_as_a_machine_does() -> None:
    seen = words(printed("certificate_of_conformity"))
    assert "1.2×10" in seen and not re.search(r"\dE[-+]?\d", seen)
