"""The press: HTML of ours to PDF/A-3, with nothing fetched and nothing that changes between runs.

With :mod:`labels.render.engrave` and :mod:`labels.render.outline` all that imports WeasyPrint.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from xml.etree.ElementTree import ParseError, fromstring

import cssselect2  # type: ignore[import-untyped] # comes with the renderer
import fontTools
import pydyf
import weasyprint
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.text import ffi
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from factors.errors import IssueError
from factors.findings import finding
from labels.fonts import FontSet
from labels.fonts.fontset import face_bytes
from labels.render.engrave import engrave

SCHEME = "asset:"
REGULAR, BOLD = "regular.ttf", "bold.ttf"
#: Before the sheet of every form: the font, which is registered once, and what all have in common.
SHARED = "shared"
#: Below both: what is known of the elements themselves, in place of the renderer's own sheet.
ELEMENTS = "elements"
#: The style sheet of each form that has not one of its own name.
STYLES: Mapping[str, str] = {"certificate": "attest", "statement": "attest"}
Variant = Literal["pdf/a-3u", "pdf/a-3a"]


class WellFormed(HTML):  # type: ignore[misc] # the library is untyped
    """A page of ours: read as XML, and of elements that a short sheet describes.

    The library's HTML reader is Python and twenty times slower; its sheet knows every element there
    is, and marks at each of them, which takes a tenth of the time of a page.
    """

    def __init__(self, text: str, press: Press) -> None:
        root = fromstring(text)  # noqa: S314 - our template, every text in it escaped
        self.drawings = engrave(root, press.fonts, SCHEME)
        self.base_url = SCHEME
        self.url_fetcher = press.fetcher
        self.media_type = "print"
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, None)
        self.etree_element = root
        self._elements = sheet(press, ELEMENTS)

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        """Return the sheet below all others."""
        del forms  # a page of ours has none
        return [self._elements]


class AssetFetcher(URLFetcher):  # type: ignore[misc] # the library is untyped
    """Serves named bytes of ours; every other address stops the render."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols={"asset"}, allow_redirects=False, fail_on_errors=True)
        self._assets = dict(assets)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Return an asset by its exact name."""
        del headers
        if not url.startswith(SCHEME) or url.removeprefix(SCHEME) not in self._assets:
            raise ValueError("not an asset of the pages")
        return URLFetcherResponse(
            url, self._assets[url.removeprefix(SCHEME)], {"Content-Type": "font/ttf"}
        )


@dataclass(frozen=True, slots=True)
class Plate:
    """One document ready for the press.

    Attributes
    ----------
    html
        The page, built from our templates.
    style
        The form, whose style sheet lies under ``templates/styles``.
    variant
        PDF/A level.
    identifier
        Sixteen bytes that name the file.
    moment
        Fixed time of creation.
    attachments
        Name, bytes and relationship of the embedded files.
    zoom
        Size of the page against the size its style sheet gives it.
    """

    html: str
    style: str
    variant: Variant
    identifier: bytes
    moment: datetime
    attachments: tuple[tuple[str, bytes, str], ...]
    zoom: float = 1.0


@dataclass(frozen=True, slots=True)
class Press:
    """A font set made ready once; printing shares it."""

    fetcher: AssetFetcher
    fonts: FontConfiguration

    def lay_out(self, plate: Plate) -> Document:
        """Lay a document out without printing it.

        Raises
        ------
        IssueError
            As :meth:`print`.
        """
        with _our_own():
            page = WellFormed(plate.html, self)
            return page.render(
                stylesheets=self.sheets(plate.style), font_config=self.fonts, cache=page.drawings
            )

    def print(self, plate: Plate) -> bytes:
        """Print a document.

        Raises
        ------
        IssueError
            RENDER-FETCH-REFUSED when the page asks for anything but our own assets,
            RENDER-PAGE-BROKEN when it is not well-formed.
        """
        with _our_own():
            page = WellFormed(plate.html, self)
            made: bytes = page.write_pdf(
                stylesheets=self.sheets(plate.style),
                font_config=self.fonts,
                cache=page.drawings,
                zoom=plate.zoom,
                pdf_variant=plate.variant,
                pdf_identifier=plate.identifier,
                attachments=[self._embed(plate, *file) for file in plate.attachments],
                finisher=_finish,
            )
        return made

    def sheets(self, style: str) -> list[CSS]:
        """Return the style sheets of a form, each read once."""
        return [sheet(self, name) for name in (SHARED, STYLES.get(style, style))]

    def _embed(self, plate: Plate, name: str, content: bytes, relationship: str) -> Attachment:
        return Attachment(
            string=content,
            name=name,
            created=plate.moment,
            modified=plate.moment,
            relationship=relationship,
            url_fetcher=self.fetcher,
        )


@cache
def press(fonts: FontSet) -> Press:
    """Make a press ready for a font set.

    Raises
    ------
    IssueError
        RENDER-SUBSETTER-MISSING when HarfBuzz cannot cut the fonts down.
    """
    assert_subsetter()
    fetcher = AssetFetcher({REGULAR: face_bytes(fonts.regular), BOLD: face_bytes(fonts.bold)})
    return Press(fetcher, FontConfiguration())


@cache
def sheet(press: Press, name: str) -> CSS:
    """Read a style sheet for a press, once."""
    return CSS(
        string=(files("templates") / "styles" / f"{name}.css").read_text(encoding="utf-8"),
        font_config=press.fonts,
        url_fetcher=press.fetcher,
        base_url=SCHEME,
    )


@contextmanager
def _our_own() -> Iterator[None]:
    """Turn what a page of ours never does into a finding."""
    try:
        yield
    except FatalURLFetchingError as refused:
        raise IssueError(finding("RENDER-FETCH-REFUSED", url=str(refused))) from refused
    except ParseError as broken:
        raise IssueError(finding("RENDER-PAGE-BROKEN", seen=str(broken))) from broken


def assert_subsetter(library: object = ffi.harfbuzz_subset) -> None:
    """Refuse to draw without HarfBuzz's subsetter: slow, large files, and no word about it."""
    if library is None:
        raise IssueError(finding("RENDER-SUBSETTER-MISSING"))


class _Made(pydyf.Object):  # type: ignore[misc] # the library is untyped
    """An object whose bytes are made once: the writer asks for them again, for the file's name."""

    def __init__(self, one: pydyf.Object) -> None:
        self.number, self.generation = one.number, one.generation
        self.offset, self.free = one.offset, one.free
        self._compressible: bool = one.compressible
        self._bytes: bytes = b"" if one.free == "f" else _pack(one).data

    @property
    def data(self) -> bytes:
        return self._bytes

    @property
    def compressible(self) -> bool:
        return self._compressible


def _pack(one: pydyf.Object) -> pydyf.Object:
    """Compress a stream at zlib's usual level: its highest takes three times as long for 1 %."""
    if not (isinstance(one, pydyf.Stream) and one.compress):
        return one
    one.compress = False
    content = one.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
    return pydyf.Stream([zlib.compress(content)], {**one.extra, "Filter": "/FlateDecode"})


def _finish(document: Document, pdf: pydyf.PDF) -> None:
    """List each embedded file once in the catalogue's /AF; make the bytes of each object once."""
    del document
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    pdf.objects = [_Made(one) for one in pdf.objects]


def versions() -> dict[str, Any]:
    """Return what the bytes of a page depend on besides templates and fonts."""
    return {
        "weasyprint": weasyprint.__version__,
        "pydyf": pydyf.VERSION,
        "pango": _dotted(ffi.pango.pango_version()),
        "harfbuzz": _harfbuzz_version(),
        "fonttools": fontTools.version,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
    }


def _dotted(number: int) -> str:
    """Spell Pango's packed version number."""
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def _harfbuzz_version() -> str:
    """Find the version by the one question the binding can ask: is it at least this."""
    found: tuple[int, ...] = ()
    for zeros in ((0, 0), (0,), ()):
        at_least = (n for n in range(100) if ffi.harfbuzz.hb_version_atleast(*found, n, *zeros))
        found = (*found, max(at_least))
    return ".".join(map(str, found))
