"""Plain drawings: boxes with words, and arrows between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

INK, PAPER, SHADE = "#14202B", "#FFFFFF", "#E9F1EE"
FONT = "Noto Sans, Noto Sans CJK SC, Segoe UI, Helvetica, sans-serif"


@dataclass(frozen=True, slots=True)
class Box:
    """A box with a title and lines of small print."""

    x: float
    y: float
    width: float
    height: float
    title: str
    lines: Sequence[str] = ()
    shade: bool = False

    def drawn(self) -> str:
        middle = self.x + self.width / 2
        fill = SHADE if self.shade else PAPER
        parts = [
            (
                f'<rect x="{self.x:g}" y="{self.y:g}" width="{self.width:g}" height="{self.height:g}" '  # noqa: E501
                f'rx="4" fill="{fill}" stroke="{INK}"/>'
            ),
            text(middle, self.y + 18, self.title, 13, bold=True),
        ]
        parts += [text(middle, self.y + 35 + 14 * i, one, 11) for i, one in enumerate(self.lines)]
        return "\n".join(parts)


def text(
    x: float, y: float, words: str, size: float, *, bold: bool = False, at: str = "middle"
) -> str:
    """Return a line of text."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{at}"{weight} '
        f'fill="{INK}">{escape(words)}</text>'
    )


def arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return an arrow, bowed where it leaves and arrives vertically."""
    bow = (y2 - y1) / 2
    path = f"M{x1:g} {y1:g}C{x1:g} {y1 + bow:g} {x2:g} {y2 - bow:g} {x2:g} {y2:g}"
    if y1 == y2:
        path = f"M{x1:g} {y1:g}H{x2:g}"
    return (
        f'<path d="{path}" fill="none" stroke="{INK}" stroke-opacity="0.6" marker-end="url(#tip)"/>'
    )


def drawing(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    """Return a whole drawing on paper of its own, so that it reads on a dark page too."""
    body = "\n".join(parts)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" font-family="{FONT}" role="img">
<title>{escape(title)}</title>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="{INK}"/></marker></defs>
<rect width="{width:g}" height="{height:g}" fill="{PAPER}"/>
{body}
</svg>
"""  # noqa: E501
