"""A laid-out label as SVG: every text an outline, at the very place where the PDF has it.

Reads the boxes of WeasyPrint's layout, so that PDF and SVG cannot drift apart; the drawings are
those of the page itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from weasyprint import Document
from weasyprint.formatting_structure.boxes import TextBox

from labels.render.letters import Letters

MM_PER_PX = 25.4 / 96
_BOLD = 600


@dataclass(frozen=True, slots=True)
class Text:
    """One piece of text on the page: baseline, size and width in mm, colour as ``#RRGGBB``."""

    text: str
    x: float
    y: float
    size: float
    width: float
    bold: bool
    colour: str


def texts(document: Document) -> Iterator[Text]:
    """Yield the texts page by page, in the order in which they are painted."""
    for page in document.pages:
        for box in _boxes(page._page_box):
            if isinstance(box, TextBox) and box.text.strip():
                yield _text(box)


def svg(
    document: Document,
    drawings: Sequence[Markup],
    weights: tuple[Letters, Letters],
    size: tuple[float, float],
    scale: int,
    told: tuple[str, str],
) -> bytes:
    """Return the page as a picture without fonts.

    Parameters
    ----------
    document
        The page, laid out.
    drawings
        Its drawings, placed on a sheet of ``size``.
    weights
        Outlines of the regular and of the bold weight.
    size
        Width and height (mm) at 100 %.
    scale
        Per cent.
    told
        Title and description for readers who do not see it.
    """
    regular, bold = weights
    paths = [
        Markup('<path fill="{}" d="{}"/>').format(
            piece.colour,
            (bold if piece.bold else regular).path(
                piece.text, piece.size, piece.x, piece.y, piece.width
            ),
        )
        for piece in texts(document)
    ]
    width, height = size
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg"'
        f' width="{width * scale / 100:g}mm" height="{height * scale / 100:g}mm"'
        f' viewBox="0 0 {width:g} {height:g}" fill="none" role="img">'
        f"<title>{escape(told[0])}</title><desc>{escape(told[1])}</desc>"
    )
    parts = [head, *map(str, drawings), *map(str, paths), "</svg>\n"]
    return "\n".join(parts).encode("utf-8")


def _boxes(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from _boxes(child)


def _text(box: TextBox) -> Text:
    style = box.style
    return Text(
        text=box.text,
        x=box.position_x * MM_PER_PX,
        y=(box.position_y + box.baseline) * MM_PER_PX,
        size=style["font_size"] * MM_PER_PX,
        width=box.width * MM_PER_PX,
        bold=int(style["font_weight"]) >= _BOLD,
        colour="#" + "".join(f"{round(255 * part):02X}" for part in style["color"].coordinates),
    )
