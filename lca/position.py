"""Where a result stands: in its bands, beside published values, and what makes it unusual.

Nothing here changes a figure. A line is unusual when its share of the figure to the gate lies well
outside what its model calls usual, or when a figure above a band would lie within it without the
line. Shares are of the absolute contributions, as every share of a figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lca.inventory import GATE, ProductSystem
from lca.model_standing import QUALITY
from lca.quality import representative
from lca.record import rounded, share_text, spell
from lca.result import Band, Figure, Line

APART = Fraction(5, 100)
"""A share is remarkable when it is this far outside the usual, in parts of the figure."""

ABOVE, BELOW, INSIDE = "above", "below", "inside"
OVER, UNDER, DECISIVE = "more-than-usual", "less-than-usual", "decides-the-band"


@dataclass(frozen=True, slots=True)
class Spot:
    """All lines of one hot spot: suppliers make several of one."""

    rule: str
    lines: tuple[Line, ...]

    @property
    def expected(self) -> Mapping[str, Any]:
        """What the model demands of it."""
        return self.lines[0].exchange.expected

    @property
    def worst(self) -> str:
        """The weakest activity kind; the weakest there is where a line says none."""
        kinds = [line.exchange.activity_kind or QUALITY[-1] for line in self.lines]
        return max(kinds, key=QUALITY.index)

    @property
    def sound(self) -> bool:
        """Whether activity and factor are as good as the model demands."""
        least = self.expected.get("activity") or QUALITY[-1]
        stands = self.expected.get("factor") != "representative"
        return QUALITY.index(self.worst) <= QUALITY.index(least) and (
            stands or all(representative(line) for line in self.lines)
        )


def position(
    system: ProductSystem, figures: Mapping[str, Figure], several: tuple[Band, ...]
) -> dict[str, Any]:
    """Return where the figures stand; empty when nothing is known to compare them with.

    Parameters
    ----------
    figures
        The disclosed figures.
    several
        The expected ranges with their verdicts.
    """
    spots = hot_spots(figures[GATE])
    told: dict[str, Any] = {
        "use_method": dict(system.use_method),
        "bands": [_band(band, figures[band.figure]) for band in several],
        "unusual": list(_unusual(figures, several, spots)),
        "hot_spots": [_spot(one, figures[GATE]) for one in spots if figures[GATE].share(one.lines)],
        "comparisons": [
            _compared(item, figures[item["figure"]])
            for item in system.comparisons
            if item["figure"] in figures
        ],
    }
    return {key: value for key, value in told.items() if value}


def hot_spots(figure: Figure) -> tuple[Spot, ...]:
    """Return the hot spots of a figure, the largest share first."""
    groups: dict[str, list[Line]] = {}
    for line in figure.lines:
        if line.exchange.hot_spot:
            rule = str(line.exchange.expected.get("rule") or line.exchange.id)
            groups.setdefault(rule, []).append(line)
    found = (Spot(rule, tuple(lines)) for rule, lines in groups.items())
    return tuple(sorted(found, key=lambda spot: (-figure.share(spot.lines), spot.rule)))


def _band(band: Band, figure: Figure) -> dict[str, Any]:
    """Return a range with the place of the figure: 0 at its lower end, 1 at its upper."""
    place = INSIDE if band.inside else ABOVE if figure.value > band.most else BELOW
    told: dict[str, Any] = {
        "figure": band.figure,
        "source": band.source,
        "status": band.status,
        "place": place,
    }
    if band.most > band.least:
        told["at"] = share_text((figure.value - band.least) / (band.most - band.least))
    return told


def _unusual(
    figures: Mapping[str, Figure], several: tuple[Band, ...], spots: tuple[Spot, ...]
) -> Iterator[dict[str, Any]]:
    """Yield hot spots of an unusual share, and lines that put a figure above a range."""
    gate = figures[GATE]
    for spot in spots:
        usual = spot.expected.get("share")
        share = gate.share(spot.lines)
        if usual and share > Fraction(usual["high"]) + APART:
            yield _line(OVER, gate, spot.rule, spot.lines, usual=dict(usual))
        elif usual and share < Fraction(usual["low"]) - APART:
            yield _line(UNDER, gate, spot.rule, spot.lines, usual=dict(usual))
    for band in several:
        figure = figures[band.figure]
        excess = figure.value - band.most
        for line in sorted(figure.lines, key=lambda one: -one.value(figure.headline)):
            if not band.inside and 0 < excess <= line.value(figure.headline):
                yield _line(DECISIVE, figure, line.id, (line,), band=band.source)


def _line(
    why: str, figure: Figure, rule: str, lines: tuple[Line, ...], **more: Any
) -> dict[str, Any]:
    return {
        "why": why,
        "figure": figure.boundary,
        "id": rule,
        "name": dict(lines[0].exchange.name),
        "share": share_text(figure.share(lines)),
        **more,
    }


def _spot(spot: Spot, figure: Figure) -> dict[str, Any]:
    """Return a hot spot with the quality it needs and the quality it has."""
    stands = all(representative(line) for line in spot.lines)
    return {
        "id": spot.rule,
        "name": dict(spot.lines[0].exchange.name),
        "share": share_text(figure.share(spot.lines)),
        "activity": {"needed": spot.expected.get("activity", ""), "found": spot.worst},
        "factor": {
            "needed": spot.expected.get("factor", ""),
            "found": "representative" if stands else "stand-in",
        },
        "met": spot.sound,
    }


def _compared(item: Mapping[str, Any], figure: Figure) -> dict[str, Any]:
    """Return a published value with ours and the difference."""
    equal = Fraction(item["equal"])
    difference = figure.value - rounded(equal, -12)
    told = {**item, "ours": spell(figure.value), "difference": spell(difference)}
    if equal:
        told["relative"] = share_text(difference / abs(equal))
    return told
