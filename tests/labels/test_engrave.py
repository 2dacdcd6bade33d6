"""Drawings written straight into the page: paths as operators, and nothing but our own marks."""

from math import hypot
from xml.etree.ElementTree import fromstring

import pytest

from labels.fonts import find
from labels.render.engrave import engrave
from labels.render.paths import circle, operators
from labels.render.press import SCHEME, press


def ends(path: str) -> list[tuple[float, float]]:
    """Return where each step of a page's path ends."""
    steps = [line.split() for line in operators(path).splitlines() if line != "h"]
    return [(float(step[-3]), float(step[-2])) for step in steps]


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("M1 2h3v4h-3z", "1 2 m|4 2 l|4 6 l|1 6 l|h"),
        ("M1 2v-3H7V0h-2", "1 2 m|1 -1 l|7 -1 l|7 0 l|5 0 l"),
        ("M1 2m3 4l1 1", "1 2 m|4 6 m|5 7 l"),
        ("M1 2 3 4 5 6", "1 2 m|3 4 l|5 6 l"),
        ("M1 2zm1 0v1", "1 2 m|h|2 2 m|2 3 l"),
        ("M0 0C1 1 2 1 3 0S5 -1 6 0", "0 0 m|1 1 2 1 3 0 c|4 -1 5 -1 6 0 c"),
        ("M0 0S5 -1 6 0", "0 0 m|0 0 5 -1 6 0 c"),
        ("M0 0Q3 3 6 0", "0 0 m|2 2 4 2 6 0 c"),
    ],
)
def test_paths_become_operators(path: str, written: str) -> None:
    told = [[_number(part) for part in line.split()] for line in operators(path).splitlines()]
    assert told == [[_number(part) for part in line.split()] for line in written.split("|")]


def _number(part: str) -> float | str:
    return part if part.isalpha() else float(part)


def test_a_circle_goes_round_its_middle() -> None:
    assert [hypot(x - 5, y - 7) for x, y in ends(circle(5, 7, 2))] == pytest.approx([2] * 5)


@pytest.mark.parametrize("path", ["M1 2a1 1 0 0 0 2 2", "M1-2", "M1 2L3", "M1,2"])
def test_a_path_that_is_none_of_ours_is_refused(path: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what a number or a pair lacks says Python
        operators(path)


@pytest.mark.parametrize(
    ("mark", "named"),
    [
        ('<image href="http://example.invalid/x.png"/>', "<image>"),
        ('<path d="M0 0" filter="url(#x)"/>', "filter"),
    ],
)
def test_a_mark_that_is_none_of_ours_is_refused(mark: str, named: str) -> None:
    """Nothing is left out in silence."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1" fill="none">'
    page = fromstring(f"<body><p>{svg}<title>x</title>{mark}</svg> after</p></body>")
    (drawing,) = engrave(page, press(find()).fonts, SCHEME).values()
    image = page.find("p/img")
    assert image is not None
    assert (image.get("alt"), image.tail) == ("x", " after")
    assert drawing.get_intrinsic_size(1, 1) == (None, None, 2)
    with pytest.raises(ValueError, match=named):
        drawing.draw(_Page(), 2, 1, None)


class _Page:
    """Takes what a drawing writes before it meets a mark it has no words for."""

    def __init__(self) -> None:
        self.stream: list[object] = []

    def push_state(self) -> None:
        self.stream.append("q")

    def transform(self, *matrix: float) -> None:
        self.stream.append(matrix)
