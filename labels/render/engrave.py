"""Our drawings as operators of the page.

The renderer reads SVG of every kind: it styles each mark as an element of the page, lays words out
letter by letter and takes a path apart by string surgery: a sixth of the time of a label. Our
drawings are made of a handful of marks (:mod:`labels.render.drawing`), which are written straight
into the page: an image stands in the place of each ``<svg>``, and its wording is the title.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import cos, radians, sin
from typing import Any
from xml.etree.ElementTree import Element

from weasyprint.css.properties import INITIAL_VALUES
from weasyprint.draw.text import draw_first_line
from weasyprint.matrix import Matrix
from weasyprint.svg.text import Style, TextBox
from weasyprint.text.line_break import split_first_line

from labels.render.paths import circle, operators

_SVG = "{http://www.w3.org/2000/svg}"
#: What a mark takes from the group around it.
_INHERITED = frozenset({"fill", "stroke", "stroke-width", "font-size", "font-weight"})
_KNOWN = _INHERITED | {
    "class", "cx", "cy", "d", "fill-opacity", "font-family", "r", "stroke-dasharray",
    "text-anchor", "transform", "viewBox", "x", "y",
}  # fmt: skip
_TURN = re.compile(r"(translate|rotate|scale)\(([^)]*)\)")
#: Share of a line's width that lies before its anchor.
_ANCHORS = {"start": 0.0, "middle": 0.5, "end": 1.0}

State = Mapping[str, str]


@dataclass(slots=True)
class Drawing:
    """One drawing, as the renderer asks for an image: its shape, and to be drawn at a size.

    Attributes
    ----------
    root
        The drawing: paths, circles, words, and groups of them.
    fonts
        The renderer's fonts.
    """

    root: Element
    fonts: Any
    _drawn: dict[tuple[float, float], list[Any]] = field(default_factory=dict)

    def get_intrinsic_size(self, resolution: float, font_size: float) -> tuple[None, None, float]:
        """Return that it has no size of its own, and its width over its height."""
        del resolution, font_size
        _, _, width, height = self._view()
        return None, None, width / height

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Write the drawing, as large as fits, in the middle; on further pages as on the first."""
        del style
        if (width, height) not in self._drawn:
            start = len(stream.stream)
            self._draw(stream, width, height)
            self._drawn[width, height] = stream.stream[start:]
        else:
            stream.stream.extend(self._drawn[width, height])

    def _draw(self, stream: Any, width: float, height: float) -> None:
        left, top, wide, high = self._view()
        scale = min(width / wide, height / high)
        across, down = (width - wide * scale) / 2, (height - high * scale) / 2
        stream.push_state()
        stream.transform(scale, 0, 0, scale, across - left * scale, down - top * scale)
        _draw_group(self, stream, self.root, {})
        stream.pop_state()

    def _view(self) -> tuple[float, float, float, float]:
        left, top, width, height = map(float, self.root.attrib["viewBox"].split())
        return left, top, width, height


def engrave(page: Element, fonts: Any, scheme: str) -> dict[str, Drawing]:
    """Put images in the places of a page's drawings, and return the drawings by address.

    Raises
    ------
    ValueError
        For a mark that no drawing of ours has.
    """
    found: dict[str, Drawing] = {}
    for parent in list(page.iter()):
        for place, child in enumerate(parent):
            if child.tag != f"{_SVG}svg":
                continue
            address = f"{scheme}drawing-{len(found)}"
            title = child.findtext(f"{_SVG}title") or ""
            image = Element("img", {"src": address, "alt": title})
            image.tail = child.tail
            found[address] = Drawing(child, fonts)
            parent[place] = image
    return found


def _draw_group(drawing: Drawing, stream: Any, group: Element, around: State) -> None:
    state = _state(group, around)
    for mark in group:
        kind = mark.tag.removeprefix(_SVG)
        if kind not in _MARKS:
            raise ValueError(f"no drawing of ours has <{kind}>")
        turned = mark.get("transform")
        if turned or "fill-opacity" in mark.attrib:
            stream.push_state()
            for turn in _turns(turned or ""):
                stream.transform(*turn)
            stream.set_alpha(float(mark.get("fill-opacity", 1)))
        _MARKS[kind](drawing, stream, mark, state)
        if turned or "fill-opacity" in mark.attrib:
            stream.pop_state()


def _state(mark: Element, around: State) -> State:
    unknown = set(mark.attrib) - _KNOWN
    if unknown:
        raise ValueError(f"no drawing of ours has {', '.join(sorted(unknown))}")
    return {**around, **{key: mark.attrib[key] for key in _INHERITED & set(mark.attrib)}}


def _turns(told: str) -> Iterator[tuple[float, ...]]:
    for kind, numbers in _TURN.findall(told):
        first, *rest = map(float, numbers.split())
        if kind == "rotate":
            turn = radians(first)
            yield cos(turn), sin(turn), -sin(turn), cos(turn)
        elif kind == "scale":
            yield first, 0, 0, first
        else:
            yield 1, 0, 0, 1, first, *rest


def _draw_path(drawing: Drawing, stream: Any, mark: Element, around: State) -> None:
    del drawing
    _paint(stream, mark, _state(mark, around), operators(mark.attrib["d"]))


def _draw_circle(drawing: Drawing, stream: Any, mark: Element, around: State) -> None:
    del drawing
    centre_x, centre_y, radius = (float(mark.attrib[key]) for key in ("cx", "cy", "r"))
    _paint(stream, mark, _state(mark, around), operators(circle(centre_x, centre_y, radius)))


def _paint(stream: Any, mark: Element, state: State, path: str) -> None:
    """Fill or stroke a path, or both; every drawing says which."""
    filled, stroked = _colour(state.get("fill", "none")), _colour(state.get("stroke", "none"))
    if stroked:
        dashes = mark.get("stroke-dasharray", "")
        stream.stream.append(f"{stroked} RG {state.get('stroke-width', '1')} w [{dashes}] 0 d")
    if filled:
        stream.stream.append(f"{filled} rg")
    if filled or stroked:
        stream.stream.append(path)
        stream.stream.append("B" if filled and stroked else "f" if filled else "S")


def _draw_text(drawing: Drawing, stream: Any, mark: Element, around: State) -> None:
    """Set one line: what stands in smaller type within it follows on the same baseline."""
    state = _state(mark, around)
    pieces = [(mark.text, state)]
    for part in mark:
        pieces += [(part.text, _state(part, state)), (part.tail, state)]
    laid = [_laid_out(drawing, text, known) for text, known in pieces if text]
    x, y = (float(mark.get(key, 0)) for key in ("x", "y"))
    x -= _ANCHORS[mark.get("text-anchor", "start")] * sum(width for _, _, width in laid)
    stream.stream.append(f"{_colour(state['fill'])} rg")
    for layout, style, width in laid:
        layout.reactivate(style)
        stream.begin_text()
        place = Matrix(d=-1, e=x, f=y)
        draw_first_line(stream, TextBox(layout, style), "none", "none", place)
        stream.end_text()
        x += width


def _laid_out(drawing: Drawing, text: str, state: State) -> tuple[Any, Any, float]:
    style = Style(INITIAL_VALUES)
    style.font_config = drawing.fonts
    style["font_family"] = [drawing.root.attrib["font-family"]]
    style["font_weight"] = int(state.get("font-weight", 400))
    style["font_size"] = float(state["font-size"])
    layout, _, _, width, _, _ = split_first_line(text, style, None, None, 0)
    return layout, style, width


def _nothing(drawing: Drawing, stream: Any, mark: Element, around: State) -> None:
    """The title is the wording of the image."""


def _colour(told: str) -> str:
    """Return ``#RGB`` or ``#RRGGBB`` as shares of one; nothing for ``none``."""
    if told == "none":
        return ""
    digits = told.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return " ".join(f"{int(digits[at : at + 2], 16) / 255:.4f}" for at in (0, 2, 4))


_MARKS: Mapping[str, Callable[[Drawing, Any, Element, State], None]] = {
    "path": _draw_path,
    "circle": _draw_circle,
    "text": _draw_text,
    "g": _draw_group,
    "title": _nothing,
}
