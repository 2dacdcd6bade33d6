"""Names of every length and kind: they fit, or they are refused with a reason; never clipped."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.errors import FindingsError
from factors.texts import LANGS, catalogue
from labels.fonts import find
from labels.page import page
from labels.render import label
from labels.render.documents import check, documents
from labels.render.fitting import Face, faces, wrap
from labels.render.texts import check_texts
from labels.render.typeset import typeset
from labels.view import DOCUMENT_LANGS, DocumentLang
from labels.wordpair import tidy
from lca.family_file import ARTICLES, MEAN, MODES, SITES, label_line
from tests.labels.attested import attested
from tests.labels.views import body, fonts, unverified, verified_label, view, whole_life, words

HANZI = (
    "示例市示例区酿造灌装包装与进出口贸易集团股份有限公司国际品牌运营与供应链管理分公司第三酿造基地"
    "及其附属麦芽加工仓储物流和检验检测技术服务中心暨示例联合实验工厂所属"
)[:80]
LATIN = "Example City Example District Brewing, Bottling, Packaging and Trading Group Co."
FACES = faces(find())

HOSTILE = {
    "html": "<b>Example</b><img src=http://example.invalid/x.png><script>alert(1)</script>",
    "attachment": '<link rel=attachment href="file:///etc/x"><a rel="attachment" href="file:/x">',
    "css": "red;background:url(http://example.invalid/a)}</style><style>@import 'file:///etc/x'",
    "jinja": "{{ 7 * 7 }}{% include 'macros.j2' %}{# gone #}",
    "quote": "\"' onload='x' style=\"display:none\" & &amp; &#0;",
}
REFUSED = {
    "bidi": ("Example \u202egnp.exe", "LABEL-TEXT-UNSAFE"),
    "isolate": ("Example \u2066x\u2069", "LABEL-TEXT-UNSAFE"),
    "zero width": ("Exam\u200bple", "LABEL-TEXT-UNSAFE"),
    "nul": ("Example\x00Brewery", "LABEL-TEXT-UNSAFE"),
    "bell": ("Example\x07Brewery", "LABEL-TEXT-UNSAFE"),
    "surrogate": ("Example\ud800", "LABEL-TEXT-UNSAFE"),
    "emoji": ("Example 🍺", "LABEL-GLYPH-MISSING"),
    "arabic": ("مثال", "LABEL-GLYPH-MISSING"),
    "rare hanzi": ("示例\U0002a6d6公司", "LABEL-GLYPH-MISSING"),
    "long word": ("E" * 10_000, "LABEL-TEXT-TOO-LONG"),
    "long phrase": ("Example " * 60, "LABEL-TEXT-TOO-LONG"),
}
#: Every place where other people's words reach a page.
PLACES: dict[str, tuple[str | int, ...]] = {
    "product": ("product", "name", "zh"),
    "product, en": ("product", "name", "en"),
    "model": ("product", "model"),
    "maker": ("product", "maker", "name", "zh"),
    "maker, en": ("product", "maker", "name", "en"),
    "maker id": ("product", "maker", "id"),
    "site": ("product", "sites", 0, "name", "zh"),
    "address": ("product", "sites", 0, "address", "en"),
    "unit": ("declared_unit", "name", "zh"),
    "sales unit": ("declared_unit", "sales_units", 0, "name", "zh"),
    "exclusion": ("exclusions", 0, "zh"),
    "allocation": ("allocation", 0, "en"),
    "issuer": ("issuer", "name", "zh"),
    "person": ("approvers", 0, "person"),
    "rule set": ("ruleset", "id"),
    "stage": ("stages", 0, "name", "zh"),
}


def put(fields: dict[str, Any], path: tuple[str | int, ...], value: str) -> dict[str, Any]:
    target: Any = fields
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return fields


PAGES = ("label", "small", "report", "attest", "checklist", "chart", "factsheet")


def named(
    maker: dict[str, str],
    product: dict[str, str] | None = None,
    fields: dict[str, Any] | None = None,
) -> dict[str, Any]:
    fields = fields or body()
    fields["product"]["maker"]["name"] = maker
    fields["product"]["name"] = product or fields["product"]["name"]
    return fields


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("fields", [body(), whole_life()], ids=["gate", "whole"])
def test_a_company_name_of_80_hanzi_and_80_latin_letters_fits_in_both_languages(
    fields: dict[str, Any],
) -> None:
    assert (len(HANZI), len(LATIN)) == (80, 80)
    forms = ("label.pdf", "report.pdf")
    made = documents(view(named({"zh": HANZI, "en": LATIN}, None, fields)), forms=forms)
    for pdf in made.values():
        assert tidy(HANZI) in words(pdf)
        assert LATIN.replace(" ", "") in words(pdf)


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_80_letters_for_company_and_40_for_product_fit_in_every_language(
    lang: DocumentLang,
) -> None:
    product = {"zh": HANZI[:40], "en": LATIN[:60].strip()}
    made = documents(view(named({"zh": HANZI, "en": LATIN}, product), lang))
    seen = words(made["label.pdf"])
    first = "en" if lang == "en" else "zh"
    assert {"zh": HANZI, "en": LATIN}[first].replace(" ", "") in seen
    assert product[first].replace(" ", "") in seen
    assert "EX-500-OW" in seen


VERIFIER = {
    "zh": "示例认证检测集团股份有限公司华东分公司",
    "en": "Example Quality Certification Centre",
}


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("life", [body, whole_life])
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_a_long_name_of_a_verifier_takes_a_second_row(
    lang: DocumentLang, life: Callable[[], dict[str, Any]]
) -> None:
    """Whoever verified is named whole, in the first language at least."""
    fields = attested("certificate_of_conformity", life())
    fields["issuer"]["name"] = VERIFIER
    seen = words(documents(view(fields, lang), forms=["label.pdf"])["label.pdf"])
    assert VERIFIER["en" if lang == "en" else "zh"].replace(" ", "") in seen
    assert "2028-11-19" in seen


def test_a_verifier_whose_name_needs_three_rows_is_refused_and_named() -> None:
    fields = attested("certificate_of_conformity")
    fields["issuer"]["name"] = {"zh": VERIFIER["zh"], "en": VERIFIER["en"] * 2}
    found = check(view(fields, "en"))
    assert [(one.code, one.where.path) for one in found] == [("LABEL-TEXT-TOO-LONG", "issuer.name")]


def test_a_name_that_fits_nowhere_is_refused_and_named() -> None:
    fields = named({"zh": HANZI * 3, "en": LATIN})
    with pytest.raises(FindingsError) as refused:
        documents(view(fields))
    (found,) = refused.value.findings
    assert found.code == "LABEL-TEXT-TOO-LONG"
    assert found.where.path == "product.maker.name"
    assert "营业执照" in found.render("zh")
    assert check(view(fields)) == refused.value.findings


@pytest.mark.needs("pdftotext", "pdffonts")
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_markup_in_names_is_printed_as_it_was_written(hostile: str, tmp_path: Any) -> None:
    fields = body()
    for path in (PLACES["exclusion"], PLACES["allocation"], PLACES["address"], PLACES["person"]):
        put(fields, path, hostile)
    made = documents(view(fields))
    assert words(made["report.pdf"]).count("".join(hostile.split())) >= 4
    assert set(fonts(made["report.pdf"], tmp_path)) == {"CFSans", "CFSans-Bold"}


@pytest.mark.parametrize("path", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_markup_in_any_place_stays_text(path: tuple[str | int, ...], hostile: str) -> None:
    """Either it fits or it is refused as too long; it never becomes markup."""
    fields = put(body(), path, hostile)
    codes = {found.code for found in check(view(fields))}
    assert codes <= {"LABEL-TEXT-TOO-LONG", "LABEL-GLYPH-MISSING"}


@pytest.mark.parametrize("path", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(("hostile", "code"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_shown_is_refused_with_its_place(
    path: tuple[str | int, ...], hostile: str, code: str
) -> None:
    findings = check(view(put(body(), path, hostile), attachments={}))
    if code == "LABEL-TEXT-TOO-LONG" and len(hostile) < 600:
        assert {found.code for found in findings} <= {code}
        return
    assert code in {found.code for found in findings}
    assert all(found.where.path for found in findings)
    assert all(found.render(lang) for found in findings for lang in LANGS)


def test_all_findings_come_in_one_pass() -> None:
    fields = put(body(), PLACES["maker"], REFUSED["emoji"][0])
    put(fields, PLACES["exclusion"], REFUSED["bidi"][0])
    codes = [found.code for found in check(view(fields))]
    assert codes == ["LABEL-GLYPH-MISSING", "LABEL-TEXT-UNSAFE"]


def test_lines_of_the_sealed_copy_are_checked_too() -> None:
    lines = [{"salt": "00", "line": {"name": {"zh": "大麦🌾", "en": "Barley"}}}]
    (found,) = check(view(disclosures=lines))
    assert (found.code, found.where.path) == ("LABEL-GLYPH-MISSING", "disclosures[0].line.name.zh")


def test_characters_that_look_the_same_are_mapped_not_refused() -> None:
    assert tidy("A\N{NON-BREAKING HYPHEN}1\N{IDEOGRAPHIC SPACE} x\n") == "A-1 x"
    assert typeset("CO\N{SUBSCRIPT TWO}e") == "CO<sub>2</sub>e"
    assert typeset("SO2, NOx, SO3") == "SO<sub>2</sub>, NO<sub>x</sub>, SO3"
    assert typeset("1\N{NARROW NO-BREAK SPACE}200 <kg") == (
        '1<span class="gap">&#160;</span>200 &lt;kg'
    )


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_every_text_is_either_drawable_or_found(text: str) -> None:
    characters = find().characters
    findings = list(check_texts({"name": text}, characters))
    drawn = set(tidy(text)) - set("₀₁₂₃₄₅₆₇₈₉")
    assert bool(findings) == bool(drawn - characters or not tidy(text).isprintable())


@given(
    st.text(st.sampled_from("示例啤酒有限公司，（）Example Co-1/2. "), min_size=1, max_size=90),
    st.sampled_from([5.6, 7.2]),
    st.floats(8, 60),
)
def test_broken_lines_hold_the_whole_text_and_fit(text: str, size: float, width: float) -> None:
    clean = tidy(text)
    face: Face = FACES.bold
    lines = wrap(clean, face, size, width)
    if lines is None:
        return
    assert "".join(lines).replace(" ", "") == clean.replace(" ", "")
    assert all(face.width(line, size) <= width for line in lines)
    assert not any(line[0] in "，）" for line in lines[1:])


@given(st.integers(1, 90), st.integers(1, 90), st.sampled_from(DOCUMENT_LANGS), st.booleans())
@settings(max_examples=80)
def test_whatever_length_names_have_blocks_stay_in_their_room(
    hanzi: int, latin: int, lang: DocumentLang, whole: bool
) -> None:
    long_latin = (LATIN + " Example Holding")[:latin].strip()
    names = {"zh": (HANZI * 2)[:hanzi], "en": long_latin}
    fields = named(names, names, whole_life() if whole else body())
    context, findings = label.context(page(view(fields, lang)), FACES)
    if findings:
        assert {found.code for found in findings} == {"LABEL-TEXT-TOO-LONG"}
        return
    bottom = context["plan"].rule_top + context["plan"].rule_height
    for block in context["blocks"]:
        assert block.top >= bottom
        bottom = block.top + sum(block.leading * line.size * 25.4 / 72 for line in block.lines)
        assert all(line.size >= 5.6 for line in block.lines)
        assert all(FACES.of(line.bold).width(line.text, line.size) <= 45.6 for line in block.lines)
    assert bottom <= 62.55


@pytest.mark.parametrize("name", PAGES)
def test_every_text_of_a_page_has_both_languages_and_no_forbidden_letters(name: str) -> None:
    characters = find().characters
    for key, entry in catalogue()[name].items():
        assert set(entry) == {"zh", "en"}, key
        for lang in LANGS:
            wording = entry[lang].replace("\N{WORD JOINER}", "")
            assert wording.strip() == wording != "", key
            assert not set(wording) & set("₂\N{NON-BREAKING HYPHEN}✓"), key
            assert set(wording) <= characters, key


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("attest", "checklist")])
def test_pages_claim_nothing_they_may_not(name: str) -> None:
    """Words no text of ours needs; attest and checklist are judged by the wording lint."""
    terms = ["碳中和", "零碳", "低碳", "环保", "绿色", "认证", "国家"]
    terms += ["carbon neutral", "net zero", "eco-", "green"]
    terms += ["low-carbon", "sustainable", "certified", "accredited", "friendly"]
    for key, entry in catalogue()[name].items():
        for wording in entry.values():
            assert not [term for term in terms if term in wording.lower()], key


@pytest.mark.needs("pdftotext")
def test_a_document_that_is_no_sample_still_says_that_nobody_verified_it() -> None:
    made = documents(view(unverified(body()), sample=False))
    for pdf in made.values():
        seen = words(pdf)
        assert "研究报告，未经核查" in seen
        assert "NOTVERIFIED" in seen
        assert "示例SAMPLE" not in seen
    assert "无编号none" in words(made["label.pdf"])


@pytest.mark.parametrize(("kind", "mode"), [*((ARTICLES, mode) for mode in MODES), (SITES, MEAN)])
def test_a_family_says_what_its_figure_stands_for(kind: str, mode: str) -> None:
    members = [{"id": one, "share": "0.5", "figures": {}} for one in "AB"]
    family = {"id": "F1", "kind": kind, "mode": mode, "representative": "A", "members": members}
    said = label_line(family)
    fields = body() | {"family": {**family, "label": said}}
    printed = words(verified_label(fields))
    assert all("".join(said[lang].split()) in printed for lang in LANGS)
    assert not any("".join(said[lang].split()) in words(verified_label(body())) for lang in LANGS)
