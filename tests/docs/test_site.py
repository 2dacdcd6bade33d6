"""The site's search: the index is Chinese and English, and a browser can ask it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import sphinx.search
from sphinx.search.zh import SearchChinese

CONF = Path(__file__).parents[2] / "docs" / "site" / "conf.py"
SCRIPTS = Path(sphinx.search.__file__).parent / "minified-js"


@pytest.fixture(scope="module")
def conf() -> Any:
    spec = importlib.util.spec_from_file_location("conf", CONF)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def shipped(language: type[SearchChinese]) -> bool:
    """Tell whether the stemmer that the page asks for is in the script that the page gets."""
    script = (SCRIPTS / language.js_stemmer_rawcode).read_text(encoding="utf-8")
    return f"{language.language_name}Stemmer=" in script


def test_the_stemmer_that_the_browser_asks_for_is_shipped(conf: Any) -> None:
    assert conf.html_search_language == conf.InBothLanguages.lang
    assert shipped(conf.InBothLanguages)
    assert not shipped(SearchChinese)  # the control; once it ships one, the class may go


def test_chinese_and_latin_words_are_in_one_index(conf: Any) -> None:
    words = conf.InBothLanguages({}).split("填写电表读数 into the workbook")
    assert {"填写", "电表", "读数", "workbook"} <= set(words)
