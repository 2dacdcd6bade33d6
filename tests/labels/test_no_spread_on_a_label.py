"""Parameter uncertainty is for the report's reader; a label never shows it."""

from __future__ import annotations

import pytest

from factors.texts import LANGS, text
from labels.view import DOCUMENT_LANGS, DocumentLang
from tests.labels.views import body, printed, verified_label, words

SAID = ("ncertain", "不确定", "±", "95%", "interval", "区间", "MonteCarlo", "sampled", "抽样")


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("lang", DOCUMENT_LANGS)
def test_a_label_says_nothing_of_uncertainty(lang: DocumentLang) -> None:
    assert body()["uncertainty"]["relative_standard"], "there would be something to show"
    for pdf in (printed(lang)["label.pdf"], verified_label(body(), lang)):
        assert [word for word in SAID if word in words(pdf)] == []


@pytest.mark.needs("pdftotext")
def test_the_report_shows_it_as_that_of_parameters_only() -> None:
    """The control: where it is shown, the words that a label must not have are found."""
    shown = words(printed("both")["report.pdf"])
    assert [word for word in SAID[:2] if word in shown] == list(SAID[:2])
    for lang in LANGS:
        told = "".join(text("chart.uncertainty", lang, unit="@").split("@")[0].split())
        assert told in shown
