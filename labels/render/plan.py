"""Places on the label that depend on its boundary (mm from the top left corner).

A partial figure has one row of stages below the bar. A full life cycle has two: the stages before
the gate, then the figure to the gate and the stages after it; bar, keys and figure give up some
height so that names and facts keep theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from labels.render.fitting import MM_PER_PT, SMALLEST

SIZE = (100.0, 70.0)
LEFT, RIGHT = 4.0, 96.0
WIDTH = RIGHT - LEFT
#: Left end of the figure in the bracket, right end of the bracket.
FIGURE_LEFT, BRACKET_RIGHT = 7.0, 73.8
QR_SIZE = 18.4
CAP_HEIGHT = 0.733


@dataclass(frozen=True, slots=True)
class Plan:
    """Where things stand on one kind of label.

    Attributes
    ----------
    figure_sizes
        Type sizes (pt) of a figure of up to four, five, six and more characters.
    baseline
        Baseline of the figure.
    unit_right, text_right
        How far the unit, and how far other text in the bracket may reach.
    boundary_baseline
        Where the sentence that names the boundary stands: with a status bar, without one.
    boundary_sizes
        Type sizes (pt) of that sentence, the largest first.
    scope
        Left and top of the line on what is counted, on documents with a status bar.
    bar_top, bar_height
        The stage bar.
    keys
        Top of each row of stages.
    beside
        Whether a stage's value stands at the end of its name's line; else below the name.
    name_pitch, value_pitch
        From a stage's name to its second language, and to a value below it.
    value_sizes
        Type sizes (pt) of a stage's value, the largest first.
    rule_top, rule_height
        The rule below the stages.
    facts_top, facts_pitch
        First fact and distance of the facts.
    names_top, names_middle
        Usual tops of product and maker.
    """

    figure_sizes: tuple[float, float, float, float]
    baseline: float
    unit_right: float
    text_right: float
    boundary_baseline: tuple[float, float]
    boundary_sizes: tuple[float, ...]
    scope: tuple[float, float]
    bar_top: float
    bar_height: float
    keys: tuple[float, ...]
    beside: bool
    name_pitch: float
    value_pitch: float
    value_sizes: tuple[float, ...]
    rule_top: float
    rule_height: float
    facts_top: float
    facts_pitch: float
    names_top: float
    names_middle: float


PARTIAL = Plan(
    figure_sizes=(37.0, 33.0, 29.0, 25.0),
    baseline=24.9,
    unit_right=65.4,
    text_right=72.6,
    boundary_baseline=(28.78, 28.78),
    boundary_sizes=(8.0, 7.2, 6.5, 6.0, SMALLEST),
    scope=(4.0, 30.65),
    bar_top=33.4,
    bar_height=3.6,
    keys=(37.92,),
    beside=True,
    name_pitch=2.78,
    value_pitch=2.99,
    value_sizes=(8.4, 7.4, 6.4),
    rule_top=44.1,
    rule_height=0.7,
    facts_top=45.3,
    facts_pitch=2.46,
    names_top=45.35,
    names_middle=53.7,
)
FULL = Plan(
    figure_sizes=(34.0, 31.0, 28.0, 25.0),
    baseline=23.9,
    unit_right=72.0,
    text_right=72.0,
    boundary_baseline=(27.1, 28.5),
    boundary_sizes=(7.2, 6.5, 6.0, SMALLEST),
    scope=(7.3, 27.25),
    bar_top=32.9,
    bar_height=2.4,
    keys=(35.85, 40.25),
    beside=True,
    name_pitch=2.2,
    value_pitch=2.5,
    value_sizes=(8.0, 7.4, 6.4),
    rule_top=44.75,
    rule_height=0.5,
    facts_top=45.8,
    facts_pitch=2.4,
    names_top=45.8,
    names_middle=53.9,
)

#: One language leaves the line below a stage's name to its value.
PARTIAL_APART = replace(PARTIAL, beside=False, keys=(37.65,), value_pitch=3.09)
#: One language with names too long to have their values beside them in two rows.
FULL_APART = replace(
    FULL,
    beside=False,
    keys=(35.75, 40.85),
    value_pitch=2.68,
    rule_top=46.15,
    facts_top=47.05,
    facts_pitch=2.22,
    names_top=47.05,
    names_middle=54.5,
)


def top(baseline: float, size: float, line_height: float = 1.0) -> float:
    """Return the top of a line box whose text stands on a baseline.

    Parameters
    ----------
    baseline
        Where the text stands (mm).
    size
        Type size (pt).
    line_height
        Height of the line box (em).
    """
    return round(baseline - (line_height / 2 + 0.436) * size * MM_PER_PT, 3)


def baseline(box_top: float, size: float, line_height: float = 1.1) -> float:
    """Return the baseline of text whose line box begins at a place; the inverse of :func:`top`."""
    return box_top + (line_height / 2 + 0.436) * size * MM_PER_PT
