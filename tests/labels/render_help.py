"""Eyes for tests of printed forms: pictures of SVG, and views of every kind of document."""

from __future__ import annotations

from typing import Any

from PIL import Image
from weasyprint import HTML

from tests.labels.views import picture


def svg_picture(data: bytes, size: tuple[float, float], dpi: int) -> Image.Image:
    """Return an SVG as a picture, drawn by a machine that knows none of our fonts."""
    width, height = size
    style = f"@page{{size:{width}mm {height}mm;margin:0}}body{{margin:0}}svg{{display:block}}"
    page = f"<style>{style}</style>{data.decode('utf-8')}"
    made: Any = HTML(string=page).write_pdf()
    return picture(made, dpi)


def ink_share(one: Image.Image, other: Image.Image) -> float:
    """Return how much of the paper is dark on one picture and light on the other.

    Seen from a distance, so that edges which fall between two dots do not count.
    """
    small = (120, 75)
    first, second = (
        image.convert("L").resize(small, Image.Resampling.BOX) for image in (one, other)
    )
    pairs = zip(first.tobytes(), second.tobytes(), strict=True)
    return sum(abs(a - b) > 64 for a, b in pairs) / (small[0] * small[1])
