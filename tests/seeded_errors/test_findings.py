"""The page of all findings is current; codes of the workbook path are raised by planted faults."""

from __future__ import annotations

from factors.texts import catalogue
from tests.seeded_errors.findings_page import PAGE, page

MODEL = "beer"


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_page_has_every_code_in_both_languages():
    text = page()
    for code, entry in catalogue("findings").items():
        assert f"### {code}\n" in text
        assert all(entry[lang]["saw"].replace("<", "&lt;") in text for lang in ("zh", "en"))
