"""Artwork for packaging: a label as SVG, PNG or PDF, in colour or in one ink, never below its size.

Artwork is another print of the same sealed body: it carries the words of samples and unverified
documents as the sealed label does, and no switch takes them away.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import pypdfium2
from markupsafe import Markup

from factors.errors import FindingsError
from factors.findings import Finding, Where, finding
from labels.fonts import FontSet
from labels.markets import check_label
from labels.page import Page, page
from labels.render import label, plan, small
from labels.render.artwork import Hand, sentence
from labels.render.documents import LABEL, SMALL, Form, check_view, context_of, machine_fonts, plate
from labels.render.drawing import placed
from labels.render.fitting import Faces, faces
from labels.render.inks import COLOUR, Inks
from labels.render.letters import letters
from labels.render.outline import svg
from labels.render.press import press
from labels.view import DocumentView

SizeName = Literal["100x70", "50x30"]
Format = Literal["svg", "png", "pdf"]
SCALES = (100, 125, 150, 200)
#: Pictures are printed at this density (dots per inch) or better.
DPI = 600
_POINTS_PER_INCH = 72
#: Free space around a label on a pack (mm at 100 %).
CLEAR_SPACE: Mapping[SizeName, float] = {"100x70": 3.0, "50x30": 2.0}

Context = Callable[[Page, Faces, Hand], tuple[dict[str, Any], list[Finding]]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One size of label: its form, layout, extent and the place of its QR code (mm)."""

    form: Form
    context: Context
    size: tuple[float, float]
    qr: tuple[float, float, float]


SHEETS: Mapping[SizeName, Sheet] = {
    "100x70": Sheet(LABEL, label.context, plan.SIZE, (77.6, 13.0, plan.QR_SIZE)),
    "50x30": Sheet(SMALL, small.context, small.SIZE, (small.QR_LEFT, small.QR_TOP, small.QR_SIZE)),
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a printing house asks for.

    Attributes
    ----------
    size
        ``100x70`` or ``50x30`` (mm).
    inks
        In colour on white, or one ink on a ground.
    scale
        Per cent, one of :data:`SCALES`: a label is never made smaller.
    """

    size: SizeName = "100x70"
    inks: Inks = COLOUR
    scale: int = 100


def artwork(
    view: DocumentView,
    order: Order,
    form: Format,
    fonts: FontSet | None = None,
    *,
    market: str = "",
) -> bytes:
    """Make artwork of a record.

    Parameters
    ----------
    view
        Body and proofs, as of a sealed document.
    order
        What is asked for.
    form
        ``svg`` (outlines, no fonts), ``png`` (:data:`DPI`) or ``pdf`` (PDF/A-3u).
    fonts
        The font set; the machine's label font when None.
    market
        Where the pack goes; the market the record was issued for when empty.

    Returns
    -------
    bytes
        The same for the same view, order, font and libraries.

    Raises
    ------
    FindingsError
        ARTWORK-SCALE, MARKET-UNKNOWN, MARKET-NO-LABEL, and every text that cannot be shown as it
        was written.
    """
    _check_scale(order)
    check_label(view.body, market)
    fonts = fonts or machine_fonts()
    return _MAKERS[form](view, order, fonts)


def _check_scale(order: Order) -> None:
    if order.scale not in SCALES:
        known = ", ".join(map(str, SCALES))
        raise FindingsError(
            finding("ARTWORK-SCALE", Where(path="scale"), scale=order.scale, known=known)
        )


def _laid(view: DocumentView, order: Order, fonts: FontSet) -> tuple[Page, dict[str, Any]]:
    check_view(view, fonts)
    shown, sheet = page(view), SHEETS[order.size]
    hand = Hand(order.inks, letters(fonts)[1])
    context, findings = sheet.context(shown, faces(fonts), hand)
    if findings:
        raise FindingsError.of(findings)
    return shown, context | context_of(shown, sheet.form)


def _svg(view: DocumentView, order: Order, fonts: FontSet) -> bytes:
    shown, context = _laid(view, order, fonts)
    sheet = SHEETS[order.size]
    made = press(fonts).lay_out(plate(sheet.form, view, context))
    left, top, side = sheet.qr
    drawings = [
        placed(_untitled(context["artwork"]), 0, 0, *sheet.size),
        placed(context["qr"], left, top, side, side),
    ]
    told = (context["document_title"], sentence(shown))
    return svg(made, drawings, letters(fonts), sheet.size, order.scale, told)


def _untitled(drawn: Markup) -> Markup:
    """Leave out the drawing's own title: the picture as a whole has one."""
    before, _, after = str(drawn).partition("<title>")
    return Markup(before + after.partition("</title>")[2])  # noqa: S704 - parts of our own drawing


def _pdf(view: DocumentView, order: Order, fonts: FontSet) -> bytes:
    context = _laid(view, order, fonts)[1]
    form = SHEETS[order.size].form
    return press(fonts).print(
        replace(plate(form, view, context), attachments=(), zoom=order.scale / 100)
    )


def _png(view: DocumentView, order: Order, fonts: FontSet) -> bytes:
    document = pypdfium2.PdfDocument(_pdf(view, order, fonts))
    picture = document[0].render(scale=DPI / _POINTS_PER_INCH).to_pil()
    document.close()
    out = io.BytesIO()
    picture.convert("RGB").save(out, "PNG", dpi=(DPI, DPI), optimize=False)
    return out.getvalue()


_MAKERS: Mapping[Format, Callable[[DocumentView, Order, FontSet], bytes]] = {
    "svg": _svg,
    "png": _png,
    "pdf": _pdf,
}
