"""Contrast of everything that is read (WCAG 2), and stages told apart by any eye and in grey."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise

import pytest

from labels.render.inks import COLOUR, LEAST_CONTRAST, STAGES, contrast

#: Contrast that drawings which carry meaning need against what they stand on (WCAG 2, 1.4.11).
LEAST_GRAPHIC = 3.0
#: Distance (CIE 1976) below which areas that touch run together.
APART = 10.0
WHITE = "#FFFFFF"
SHEETS = sorted(one.name for one in (files("templates") / "styles").iterdir())
#: Machado, Oliveira and Fernandes 2009, table 1, severity 1.0, on linear RGB.
EYES = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_TEXT = re.compile(r"(?<![-\w])color\s*:\s*(#[0-9A-Fa-f]{3,6})")
_GROUND = re.compile(r"(?<![-\w])background(?:-color)?\s*:\s*(#[0-9A-Fa-f]{3,6})\b")


def full(colour: str) -> str:
    digits = colour.lstrip("#")
    return "#" + (digits if len(digits) == 6 else "".join(2 * one for one in digits)).upper()


def rules(sheet: str) -> Iterator[tuple[str, str]]:
    css = (files("templates") / "styles" / sheet).read_text(encoding="utf-8")
    yield from _RULE.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))


def pairs(sheet: str) -> set[tuple[str, str]]:
    """Every text colour of a style sheet, on the ground of its own rule or on all light grounds."""
    told = [(_TEXT.findall(body), _GROUND.findall(body)) for _, body in rules(sheet)]
    grounds = {full(one) for _, found in told for one in found} - {*STAGES}
    light = {WHITE, COLOUR.watermark} | {one for one in grounds if contrast(one, "#000000") > 12}
    found = set()
    for texts, own in told:
        for ink in map(full, texts):
            on = {full(one) for one in own} or (light if contrast(ink, WHITE) > 2 else {"#14202B"})
            found |= {(ink, ground) for ground in on}
    return found


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_text_of_every_style_sheet_can_be_read(sheet: str) -> None:
    bad = {pair: round(contrast(*pair), 2) for pair in pairs(sheet) if contrast(*pair) < 4.5}
    assert not bad


def test_the_sheets_do_name_colours() -> None:
    """The control: the test above has something to look at, and sees what is too light."""
    found = set().union(*(pairs(sheet) for sheet in SHEETS))
    assert {("#FFFFFF", "#14202B"), ("#45525E", COLOUR.watermark), ("#FFFFFF", "#1D4E79")} <= found
    assert contrast("#7C8893", WHITE) < LEAST_CONTRAST


def test_lines_that_carry_meaning_stand_out() -> None:
    assert contrast(COLOUR.ink, COLOUR.watermark) >= LEAST_CONTRAST
    assert contrast(COLOUR.rule, WHITE) >= LEAST_GRAPHIC
    assert contrast("#14202B", "#EEF1F4") >= LEAST_CONTRAST


def test_one_palette_on_paper_and_screen() -> None:
    named = dict(rules("shared.css"))
    found = tuple(
        full(_GROUND.findall(named[key])[0])
        for number in range(1, 8)
        for key in named
        if key.strip() == f".s{number}"
    )
    assert found == STAGES


@pytest.mark.parametrize("eye", EYES)
def test_stages_that_touch_are_told_apart_by_every_eye(eye: str) -> None:
    for one, other in pairwise(STAGES):
        assert distance(seen(one, eye), seen(other, eye)) >= APART, (one, other)


def test_stages_that_touch_are_told_apart_without_colour() -> None:
    """On a grey printer: by luminance alone."""
    assert all(contrast(one, other) > 2 for one, other in pairwise(STAGES))


def test_control_two_stages_of_one_luminance_would_be_seen() -> None:
    red, green = "#B03A2E", "#4E7A27"
    assert distance(seen(red, "usual"), seen(green, "usual")) > 4 * APART
    assert distance(seen(red, "deuteranopia"), seen(green, "deuteranopia")) < 2 * APART
    assert contrast(red, green) < 2


def seen(colour: str, eye: str) -> tuple[float, float, float]:
    """Return a colour as an eye takes it, in CIE L*a*b* (D65)."""
    levels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels]
    mixed = [sum(f * v for f, v in zip(row, linear, strict=True)) for row in EYES[eye]]
    red, green, blue = (min(max(v, 0.0), 1.0) for v in mixed)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return the distance of two colours (CIE 1976)."""
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5)
