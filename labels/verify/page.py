"""The printed page against the body: print it again and compare.

With the same renderer, libraries and font the first revision of the document must be the same, byte
for byte. With another font or library the text of the pages is compared. Templates that have
changed since may say it in other words; then the comparison is reported as not made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from factors.errors import CarbonLabelError
from factors.findings import Where, finding
from labels.bundle import Bundle
from labels.verify.pagetext import page_text
from labels.verify.report import Check, failed, not_checked, passed
from labels.view import DocumentView

FORMS = (
    "label.pdf",
    "label-50x30.pdf",
    "factsheet.pdf",
    "certificate.pdf",
    "statement.pdf",
    "report.pdf",
)
_FRAME = ("schema", "lang", "sample")


class Printer(Protocol):
    """What comparing needs of :mod:`labels.render`."""

    def record(self) -> Mapping[str, Any]:
        """Return what the bytes of the pages depend on."""
        ...

    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        """Return unsigned PDFs by file name."""
        ...


def check_page(pdf: bytes, bundle: Bundle, printer: Printer | None) -> Check:
    """Compare a sealed document with a fresh print of its body.

    Parameters
    ----------
    pdf
        The sealed document.
    bundle
        Its attachments.
    printer
        The renderer, None when it is not at hand.
    """
    if printer is None:
        return not_checked("page", "PAGE-NOT-COMPARED", reason="renderer")
    prints: dict[str, bytes] = {}
    try:
        here = dict(printer.record())
        for form in FORMS:  # the label first: it is the cheaper one to print
            prints |= printer.documents(bundle.view(), forms={form})
            if _same(pdf, prints):
                return passed("page")
    except CarbonLabelError as error:
        return not_checked("page", "PAGE-NOT-COMPARED", reason=error.findings[0].code)
    except Exception as error:  # noqa: BLE001 - a body that cannot be printed stops nothing else
        return not_checked("page", "PAGE-NOT-COMPARED", reason=type(error).__name__)
    there = {name: value for name, value in bundle.rendering.items() if name not in _FRAME}
    if there == here:
        return failed("page", "PAGE-DIFFERS")
    return _by_text(pdf, prints, same_templates=there.get("templates") == here.get("templates"))


def _same(pdf: bytes, prints: Mapping[str, bytes]) -> bool:
    """Whether the sealed file begins with one of the fresh prints, byte for byte."""
    return any(pdf.startswith(unsigned) for unsigned in prints.values())


def _by_text(pdf: bytes, prints: Mapping[str, bytes], *, same_templates: bool) -> Check:
    try:
        shown = page_text(pdf)
        fresh = {page_text(unsigned) for unsigned in prints.values()}
    except ValueError as error:
        return not_checked("page", "PAGE-NOT-COMPARED", reason=error)
    if shown in fresh:
        return passed("page", finding("PAGE-TEXT-ONLY", Where()))
    if same_templates:
        return failed("page", "PAGE-DIFFERS")
    return not_checked("page", "PAGE-NOT-COMPARED", reason="templates")
