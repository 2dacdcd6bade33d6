"""Attacks of somebody who has read the code: refused, and told so in both languages.

That each of ``SMUGGLED`` is refused by its rules and by no others is a test of the campaign
(:mod:`tests.labels.test_tampering`), which draws from them.
"""

from __future__ import annotations

import io
import json
import random
from dataclasses import replace

import pikepdf
import pytest

from factors.errors import CarbonLabelError
from factors.texts import LANGS
from labels.trust import parse_trust
from labels.verify import Report
from tests.labels.forging import Order, Workshop, printed_with
from tests.labels.smuggled import BROKEN, SMUGGLED


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.open(tmp_path_factory.mktemp("smuggled"))


def told(report: Report) -> None:
    """Check that every reason stands in the report, in Chinese and in English."""
    for lang in LANGS:
        shown = report.render(lang)
        assert all(code in shown for code in report.codes)
    assert report.render("zh") != report.render("en")


@pytest.mark.parametrize("kind", SMUGGLED)
def test_what_is_smuggled_is_refused_and_the_reason_told(shop: Workshop, kind: str) -> None:
    report = SMUGGLED[kind].make(shop, random.Random(7)).judged()
    assert tuple(dict.fromkeys(report.codes)) == SMUGGLED[kind].codes
    assert not report.valid
    told(report)


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_form_is_refused_and_the_reason_told(shop: Workshop, kind: str) -> None:
    report = BROKEN[kind](shop, random.Random(7)).judged()
    assert report.codes == ("ATTACHMENTS-WRONG",)
    told(report)


def test_the_same_documents_without_the_edit_are_valid(shop: Workshop) -> None:
    """The control of the broken forms."""
    assert printed_with(lambda pdf: None)(shop, random.Random(7)).judged().valid
    assert shop.make(Order(files=lambda files: None), log=None, printer=None).judged().valid


def test_an_encrypted_copy_is_no_sealed_document(shop: Workshop) -> None:
    exhibit = shop.make(Order())
    how = pikepdf.Encryption(owner="x", user="")
    with pikepdf.open(io.BytesIO(exhibit.pdf)) as opened:
        opened.save(out := io.BytesIO(), encryption=how)
    locked = out.getvalue()
    report = replace(exhibit, pdf=locked).judged()
    assert not report.valid
    assert {"SEAL-STRUCTURE", "SEAL-DIGEST", "SEAL-MISSING"} & set(report.codes)
    told(report)


def test_a_trust_file_that_names_a_key_twice_is_refused(shop: Workshop) -> None:
    """Which of the two spans of time counts would depend on the reader."""
    record = shop.trust.to_json()
    assert parse_trust(json.dumps(record).encode()) == shop.trust
    seal = next(key for key in record["keys"] if key["purpose"] == "seal")
    record["keys"].append({**seal, "valid_until": "2099-01-01T00:00:00Z"})
    with pytest.raises(CarbonLabelError) as raised:
        parse_trust(json.dumps(record).encode())
    for found in raised.value.findings:
        assert found.render("zh") != found.render("en")
