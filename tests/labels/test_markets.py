"""Market rules: where a label may stand, and the fact sheet where it may not."""

from pathlib import Path
from typing import Any

import pytest

from factors.errors import FindingsError, IssueError
from labels.issue import issue
from labels.markets import check_label, held, label_permitted, market_of, markets
from labels.registry.desk import submit
from labels.render.documents import documents
from labels.view import DOCUMENT_LANGS, DocumentLang
from tests.labels.desk_help import T0, approved_draft, demo_store, office, submission
from tests.labels.test_render import opened
from tests.labels.views import body, view, whole_life, words

APPROVAL = {
    "kind": "directive-2024-825",
    "number": "EX-SCHEME-1",
    "scope": "Example scheme: third-party monitored, open to all makers",
    "expires": "2028-12-31",
}


def eu_consumer(**approval: str) -> dict[str, Any]:
    fields = body()
    fields["market"] = "eu-consumer"
    fields["issuer"]["approvals"] = [APPROVAL | approval] if approval else []
    return fields


def test_every_market_is_told_in_both_languages() -> None:
    assert list(markets()) == ["cn", "eu-b2b", "eu-consumer", "other"]
    for market in markets().values():
        assert market.name["zh"] and market.name["en"] and market.basis["zh"] and market.basis["en"]


@pytest.mark.parametrize("name", ["cn", "eu-b2b", "other"])
def test_other_markets_get_labels(name: str) -> None:
    fields = {**body(), "market": name}
    check_label(fields)
    assert "label.pdf" in documents(view(fields), forms=("label.pdf",))


def test_a_body_without_a_market_is_of_the_usual_one() -> None:
    assert market_of(body()).id == "cn"


@pytest.mark.parametrize(
    ("approval", "permitted"),
    [
        ({"number": "EX-SCHEME-1"}, True),
        ({"expires": "2026-11-20"}, True),
        ({"expires": "2026-11-19"}, False),
        ({"kind": "iso-9001"}, False),
        ({}, False),
    ],
)
def test_consumers_in_the_union_see_a_label_only_with_the_scheme_record(
    approval: dict[str, str], permitted: bool
) -> None:
    fields = eu_consumer(**approval)
    assert label_permitted(fields, market_of(fields)) is permitted
    assert held(fields, "directive-2024-825") is permitted
    made = documents(view(fields), forms=("label.pdf", "label-50x30.pdf", "factsheet.pdf"))
    assert set(made) == ({"label.pdf", "label-50x30.pdf"} if permitted else {"factsheet.pdf"})
    if permitted:
        check_label(fields)
        return
    with pytest.raises(FindingsError) as refused:
        check_label(fields)
    assert [one.code for one in refused.value.findings] == ["MARKET-NO-LABEL"]


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
@pytest.mark.parametrize("fields", [body(), whole_life()], ids=["gate", "whole"])
def test_the_fact_sheet_says_what_a_label_says_and_that_it_is_none(
    fields: dict[str, Any], lang: DocumentLang
) -> None:
    seen = words(documents(view({**fields, "market": "eu-consumer"}, lang))["factsheet.pdf"])
    figure = "901" if fields["boundary"] == "cradle-to-grave" else "612"
    wanted = [figure + "gCO2e", "EX-500-OW", "iso14067-generic", "2018-1", "2025-01-01"]
    wanted += ["https://example.invalid/c/SAMPLE-7", "未经核查", "SAMPLE"]
    both = ("每升包装啤酒", "不是标签"), ("perlitreofpackagedbeer", "isnolabel")
    wanted += [*(both[0] if lang != "en" else ()), *(both[1] if lang != "zh" else ())]
    assert [one for one in wanted if one not in seen] == []


def test_one_result_is_issued_for_one_market(tmp_path: Path) -> None:
    store = demo_store(tmp_path)
    first = approved_draft(store, submission(market="cn"))
    issue(office(store), first)
    other = approved_draft(store, submission(market="eu-consumer"))
    with pytest.raises(IssueError) as refused:
        issue(office(store), other)
    assert [one.code for one in refused.value.findings] == ["MARKET-DIFFERS"]


def test_an_unknown_market_is_refused_at_the_desk(tmp_path: Path) -> None:
    with pytest.raises(FindingsError) as refused:
        submit(demo_store(tmp_path), submission(market="moon"), T0)
    assert [one.code for one in refused.value.findings] == ["MARKET-UNKNOWN"]


@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_a_fact_sheet_is_one_page_and_a_long_one_loses_nothing(lang: DocumentLang) -> None:
    fields = {**whole_life(), "market": "eu-consumer"}
    sheet = documents(view(fields, lang), forms=("factsheet.pdf",))["factsheet.pdf"]
    assert len(opened(sheet).pages) == 1
    many = [{"zh": f"第{n}项不计入的内容", "en": f"exclusion number {n}."} for n in range(60)]
    long = documents(view({**fields, "exclusions": many}, lang), forms=("factsheet.pdf",))
    seen = words(long["factsheet.pdf"])
    told = [one["en"].replace(" ", "") if lang == "en" else one["zh"] for one in many]
    assert len(opened(long["factsheet.pdf"]).pages) > 1
    assert all(one in seen for one in told)
