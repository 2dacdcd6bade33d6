"""The printed page against the body: print it again and compare.

With the same renderer, libraries and font the first revision of the document must be the same, byte
for byte. With another font or library the text of the pages is compared. Templates that have
changed since may say it in other words; then the comparison is reported as not made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from factors.errors import CarbonLabelError
from factors.findings import Finding, Where, finding
from labels.bundle import Bundle
from labels.page import form_id
from labels.verify.case import Case, Printer, Rules
from labels.verify.pagetext import page_text
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


def _as_printed(case: Case) -> Iterator[Finding]:
    """Compare a sealed document with a fresh print of its body."""
    if case.beside.printer is None:
        yield finding("PAGE-NOT-COMPARED", Where(), reason="renderer")
        return
    yield from _compared(case.pdf, case.bundle, case.beside.printer)


RULES: Rules = {"as printed": _as_printed}


def _compared(pdf: bytes, bundle: Bundle, printer: Printer) -> Iterator[Finding]:
    prints: dict[str, bytes] = {}
    try:
        view, here = bundle.view(), dict(printer.record())
        for form in sorted(FORMS, key=lambda form: not _named(pdf, view, form)):
            prints |= printer.documents(view, forms={form})
            if _same(pdf, prints):
                return
    except CarbonLabelError as error:
        yield finding("PAGE-NOT-COMPARED", Where(), reason=error.findings[0].code)
        return
    except Exception as error:  # noqa: BLE001 - a body that cannot be printed stops nothing else
        yield finding("PAGE-NOT-COMPARED", Where(), reason=type(error).__name__)
        return
    there = {name: value for name, value in bundle.rendering.items() if name not in _FRAME}
    if there == here:
        yield finding("PAGE-DIFFERS", Where())
    else:
        same_templates = there.get("templates") == here.get("templates")
        yield _by_text(pdf, prints, same_templates=same_templates)


def _named(pdf: bytes, view: DocumentView, form: str) -> bool:
    """Whether the file carries the identifier of a form; it saves printing the others, no more."""
    return form_id(view, form).hex().encode() in pdf


def _same(pdf: bytes, prints: Mapping[str, bytes]) -> bool:
    """Whether the sealed file begins with one of the fresh prints, byte for byte."""
    return any(pdf.startswith(unsigned) for unsigned in prints.values())


def _by_text(pdf: bytes, prints: Mapping[str, bytes], *, same_templates: bool) -> Finding:
    try:
        shown = page_text(pdf)
        fresh = {page_text(unsigned) for unsigned in prints.values()}
    except ValueError as error:
        return finding("PAGE-NOT-COMPARED", Where(), reason=error)
    if shown in fresh:
        return finding("PAGE-TEXT-ONLY", Where())
    if same_templates:
        return finding("PAGE-DIFFERS", Where())
    return finding("PAGE-NOT-COMPARED", Where(), reason="templates")
