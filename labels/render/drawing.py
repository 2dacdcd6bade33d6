"""The drawn parts: mark, ruler of ticks, factory gate, QR code, watermark, hatching.

Every drawing is made of numbers of ours and escaped texts, carries its wording for readers who do
not see it as ``<title>`` (the renderer turns it into the figure's Alt), and uses one ink.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import segno
from markupsafe import Markup, escape

INK = "#14202B"
FLAT = "5"
TICKS = 64
HATCH = 0.28

_NS = 'xmlns="http://www.w3.org/2000/svg"'
# Mark on a grid of 65: heavy left rule, thin top and bottom, three bars, a gate of four dashes.
_MARK = "".join(
    (
        "M0 0H58V5H9V60H58V65H0Z",
        "M18 23H25V51H18Z",
        "M30 38H37V51H30Z",
        "M42 32H49V51H42Z",
        *(f"M59 {y}H64V{y + 10}H59Z" for y in (0, 18.3, 36.6, 55)),
    )
)


def mark(title: str) -> Markup:
    """Draw the open-boundary mark, square."""
    return _svg(65, 65, title, f'<path fill="{INK}" d="{_MARK}"/>')


def mark_at(left: float, top: float, side: float, ink: str = INK) -> Markup:
    """Draw the mark as part of a sheet."""
    place = f"translate({left:g} {top:g}) scale({side / 65:g})"
    return Markup('<path fill="{}" transform="{}" d="{}"/>').format(ink, place, _MARK)


def ticks(digits: str, width: float, height: float, line: float, title: str) -> Markup:
    """Draw the ruler: 64 hanging ticks whose heights spell a hash, or a flat one without a hash.

    Parameters
    ----------
    digits
        Hex digits of the body hash; empty for a document without a sealed body.
    width, height, line
        Length of the ruler, of the longest tick, and thickness (mm).
    title
        Wording for readers who do not see it.
    """
    return _svg(width, height, title, stroke(tick_lines(digits, width, height), line))


def tick_lines(digits: str, width: float, height: float, left: float = 0, top: float = 0) -> str:
    """Return the ticks of :func:`ticks` as lines of a path that begins at ``left``, ``top``."""
    pitch = width / TICKS
    spelt = (digits or FLAT * TICKS)[:TICKS]
    return "".join(
        f"M{left + (index + 0.5) * pitch:.3f} {top:g}v{height * _tall(digit):.3f}"
        for index, digit in enumerate(spelt)
    )


def _tall(digit: str) -> float:
    return 0.25 + 0.75 * int(digit, 16) / 15


def side(height: float, line: float, dash: tuple[float, float] | None, title: str) -> Markup:
    """Draw the right side of the bracket: the gate, dashed; or a whole side without dashes."""
    return _svg(line, height, title, stroke(gate_lines(height, dash, line / 2), line))


def gate_lines(
    height: float, dash: tuple[float, float] | None, left: float = 0, top: float = 0
) -> str:
    """Return an upright line as a path: dashes end flush at both ends; solid without them."""
    if dash is None:
        return f"M{left:g} {top:g}v{height:g}"
    drawn, gap = dash
    count = max(2, round((height + gap) / (drawn + gap)))
    step = (height - drawn) / (count - 1)
    return "".join(f"M{left:g} {top + i * step:.3f}v{drawn:g}" for i in range(count))


def level(width: float, line: float, title: str) -> Markup:
    """Draw the factory gate as a dashed line from left to right."""
    pitch = width / round(width / 3.2)
    dashes = "".join(f"M{i * pitch:.3f} {line / 2:g}h2" for i in range(round(width / pitch)))
    return _svg(width, line, title, stroke(dashes, line))


def hatch(width: float, height: float) -> Markup:
    """Draw diagonal lines over a small rectangle: a value below zero."""
    return _svg(width, height, "", stroke(hatch_lines(width, height), HATCH))


def hatch_lines(
    width: float, height: float, left: float = 0, top: float = 0, pitch: float = 0.9
) -> str:
    """Return the lines of :func:`hatch` as a path over a rectangle at ``left``, ``top``."""
    lines, x = [], -height
    while x < width:
        start, end = max(x, 0.0), min(x + height, width)
        lines.append(
            f"M{left + start:.3f} {top + height - (start - x):.3f}"
            f"L{left + end:.3f} {top + height - (end - x):.3f}"
        )
        x += pitch
    return "".join(lines)


def stroke(lines: str, width: float, ink: str = INK) -> Markup:
    """Draw lines in ink."""
    return Markup('<path stroke="{}" stroke-width="{}" d="{}"/>').format(ink, width, lines)


def check_sign(title: str) -> Markup:
    """Draw a filled disc with a tick: done."""
    disc = f'<circle cx="10" cy="10" r="9.5" fill="{INK}"/>'
    tick = '<path stroke="#FFF" stroke-width="2.4" d="M5.2 10.4L8.7 13.8L14.8 6.6"/>'
    return _svg(20, 20, title, disc + tick)


def ring_sign(title: str) -> Markup:
    """Draw a ring with a dash: not done."""
    ring = f'<circle cx="10" cy="10" r="8.7" stroke="{INK}" stroke-width="1.6"/>'
    dash = f'<path stroke="{INK}" stroke-width="2.2" d="M5.6 10H14.4"/>'
    return _svg(20, 20, title, ring + dash)


def qr(url: str, title: str) -> Markup:
    """Draw a QR code, level M, with its quiet zone of four modules inside the square."""
    drawn = _code(url).svg_inline(border=4, omitsize=True, title=title, dark="#000", light="#fff")
    # segno escapes the title; the rest is drawn by it.
    return Markup(drawn.replace("<svg ", f"<svg {_NS} ", 1))  # noqa: S704


def qr_modules(url: str) -> int:
    """Return the modules along one side of the QR code, quiet zone included."""
    return int(_code(url).symbol_size(border=4)[0])


def watermark(
    page: tuple[float, float],
    rows: Sequence[tuple[float, float, str, float]],
    angle: float,
    ink: str,
    title: str,
) -> Markup:
    """Draw diagonal words that lie under the content.

    Parameters
    ----------
    page
        Width and height of the page (mm).
    rows
        Centre of each row (mm), its words and its type size (mm).
    angle
        Degrees, negative for a rising line.
    ink
        Colour token of the watermark.
    title
        Wording for readers who do not see it.
    """
    return _svg(*page, title, diagonal(rows, angle, ink))


def diagonal(rows: Sequence[tuple[float, float, str, float]], angle: float, ink: str) -> Markup:
    """Return the words of :func:`watermark` as a group."""
    words = "".join(
        f'<text transform="translate({x} {y}) rotate({angle})" text-anchor="middle"'
        f' font-size="{size}">{escape(row)}</text>'
        for x, y, row, size in rows
    )
    return Markup(f'<g fill="{ink}" font-weight="700">{words}</g>')  # noqa: S704 - rows escaped


def sheet(size: tuple[float, float], title: str, content: str) -> Markup:
    """Put drawn parts on one sheet (mm)."""
    return _svg(*size, title, content)


def placed(drawn: Markup, left: float, top: float, width: float, height: float) -> Markup:
    """Put a drawing of this module on a sheet (mm)."""
    box = Markup('<svg x="{:g}" y="{:g}" width="{:g}" height="{:g}" ').format(
        left, top, width, height
    )
    return box + drawn[len("<svg ") :]


@lru_cache(maxsize=16)
def _code(url: str) -> segno.QRCode:
    return segno.make(url, error="m", micro=False, boost_error=False)


def _svg(width: float, height: float, title: str, content: str) -> Markup:
    named = f"<title>{escape(title)}</title>" if title else ""
    head = f'<svg {_NS} viewBox="0 0 {width:g} {height:g}" font-family="CFSans" fill="none">'
    return Markup(head + named + str(content) + "</svg>")  # noqa: S704 - numbers of ours, escaped texts
