"""The documentation site: ``make docs`` builds it into ``out/docs``, warnings as errors.

The pages are plain Markdown that reads as well in the repository. The order of the site is that of
``docs/README.md``: every section there is a chapter, every page linked in it
an entry. A page that no list names is a warning, and so the build fails.
"""

from __future__ import annotations

import re
import shutil
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING

import jieba
from sphinx.search.zh import SearchChinese

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDERS = {"decisions/README": "0*", "reference/factors/index": "*"}
"""Pages that list all others of their folder."""
SECTION = re.compile(r"^## (?P<title>.+)$", re.MULTILINE)
LINK = re.compile(r"\]\((?P<page>(?!\.\./)[^):#]+)\.(?:md|ipynb)\)")

jieba.setLogLevel("WARNING")  # its progress would stand among our warnings

# --- what Sphinx reads ---------------------------------------------------------------------------

project = "carbonlabel"
copyright = "the carbonlabel authors, Apache-2.0"
version = release = installed("carbonlabel")
root_doc = "README"
extensions = ["myst_nb"]
exclude_patterns = ["site", "evidence", "pictures", "schemas"]
language = "en"
nitpicky = True

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
# Excerpts of our own formats have no lexer; a fence names its format for the reader.
suppress_warnings = ["misc.highlighting_failure"]
nb_execution_mode = "off"  # tests/tutorials run the notebook and compare it

html_theme = "furo"
html_title = "carbonlabel"
html_static_path = ["static"]
html_css_files = ["house.css"]
html_favicon = "static/mark.svg"
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_search_language = "zh"  # leaves Latin words whole, so that one index serves both languages
pygments_style = "friendly"
pygments_dark_style = "github-dark"
html_theme_options = {
    "light_logo": "mark.svg",
    "dark_logo": "mark-dark.svg",
    "navigation_with_keys": True,
    "light_css_variables": {"color-brand-primary": "#1F5B4E", "color-brand-content": "#1F5B4E"},
    "dark_css_variables": {"color-brand-primary": "#8FD0BD", "color-brand-content": "#8FD0BD"},
}


class InBothLanguages(SearchChinese):
    """The Chinese index, with a stemmer that exists and a browser that splits Chinese queries.

    That of Sphinx 9 asks in the browser for a ``ChineseStemmer`` that it does not ship; then a
    search finds nothing at all.
    """

    language_name = "English"
    js_splitter_code = """
var splitQuery = (query) =>
  [...new Intl.Segmenter("zh", {granularity: "word"}).segment(query)]
    .filter((part) => part.isWordLike && part.segment.length > 1)
    .map((part) => part.segment);
"""


def setup(app: Sphinx) -> None:
    """Order the site, and let the folder itself open at its first page."""
    app.add_search_language(InBothLanguages)
    app.connect("source-read", ordered)
    app.connect("build-finished", open_at_home)


# --- the order of the site -----------------------------------------------------------------------


def ordered(app: Sphinx, name: str, source: list[str]) -> None:
    """Add to the home page the chapters that its own lists make, to an index its folder."""
    text = source[0]
    if name == root_doc:
        seen: set[str] = set()
        text += "".join(_chapter(title, body, seen) for title, body in _sections(text))
    if name in FOLDERS:
        text += _toctree("", [FOLDERS[name]], "glob", "maxdepth: 1")
    source[0] = text


def _sections(text: str) -> list[tuple[str, str]]:
    _, *parts = SECTION.split(text)
    return list(zip(parts[::2], parts[1::2], strict=True))


def _chapter(title: str, body: str, seen: set[str]) -> str:
    """One chapter; a page that two readers share stands under the first of them."""
    pages = [page for page in dict.fromkeys(LINK.findall(body)) if page not in seen]
    seen.update(pages)
    return _toctree(title, pages, "hidden") if pages else ""


def _toctree(caption: str, pages: list[str], *options: str) -> str:
    lines = [f":caption: {caption}"] if caption else []
    lines += [f":{option}" if ":" in option else f":{option}:" for option in options]
    return "\n\n```{toctree}\n" + "\n".join([*lines, "", *pages]) + "\n```\n"


def open_at_home(app: Sphinx, failure: Exception | None) -> None:
    """Write the home page a second time as ``index.html``, the name a browser looks for."""
    home = Path(app.outdir) / f"{root_doc}.html"
    if failure is None and home.is_file():
        shutil.copyfile(home, home.with_name("index.html"))
