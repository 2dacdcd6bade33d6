"""Coverage of the models by the library: every hot-spot input with the row it rests on.

Counting rows says nothing; what matters is whether the inputs that make a result have a factor of
their country and technology. A hot spot is an input of at least 5 % of a disclosed figure of the
model's example. ``python -m lca.coverage docs/reference/coverage.md`` writes the page; a test holds
it current.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from factors.compare import same_activity
from factors.errors import FindingsError
from factors.factor import EmissionFactor, Use
from factors.findings import blocking, finding
from factors.store import FactorSet, load
from factors.texts import Lang, text
from lca.example_study import example_study
from lca.examples import examples
from lca.footprint import Footprint
from lca.inventory import Text
from lca.quality import representative
from lca.record import share_text
from lca.result import Figure, Line

HOT = Fraction(5, 100)
"""Share of a figure from which an input is a hot spot."""

SMALLEST = Fraction(1, 1000)
"""Share below which a stand-in is not named."""

AIM = Fraction(90, 100)
"""Share of a figure that should rest on rows that are no stand-ins."""


@dataclass(frozen=True, slots=True)
class HotSpot:
    """One input of an example and the row it rests on.

    Attributes
    ----------
    shares
        Share of each disclosed figure.
    factor
        The row; None for direct emissions of the process itself.
    place
        Where the activity happens.
    proxy
        Whether the row does not stand for its country and technology.
    nearer
        For a stand-in: rows of the same activity and of the right country that could carry it.
    """

    name: Text
    shares: Mapping[str, Fraction]
    factor: EmissionFactor | None
    place: str
    proxy: bool
    nearer: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the hot spot as plain data."""
        row = self.factor
        return {
            "name": dict(self.name),
            "shares": {name: share_text(share) for name, share in self.shares.items()},
            "factor": row and row.id,
            "place": self.place,
            "factor_place": row and row.place,
            "year": _year(row),
            "source_class": row and str(row.source_class),
            "status": row and str(row.status),
            "proxy": self.proxy,
            "nearer": list(self.nearer),
        }


@dataclass(frozen=True, slots=True)
class Covered:
    """Coverage of one model by its example.

    Attributes
    ----------
    small
        Stand-ins below a hot spot with the greatest share they have of a figure, heaviest first.
    without_proxy
        Share of each disclosed figure that rests on representative rows, small lines included.
    """

    model: str
    version: str
    hot_spots: tuple[HotSpot, ...]
    small: Mapping[str, Fraction]
    without_proxy: Mapping[str, Fraction]

    @property
    def gaps(self) -> tuple[HotSpot, ...]:
        """The hot spots that rest on stand-ins."""
        return tuple(one for one in self.hot_spots if one.proxy)

    def to_json(self) -> dict[str, Any]:
        """Return the coverage as plain data."""
        return {
            "model": self.model,
            "version": self.version,
            "without_proxy": {name: share_text(x) for name, x in self.without_proxy.items()},
            "hot_spots": [one.to_json() for one in self.hot_spots],
            "small_stand_ins": {row: share_text(share) for row, share in self.small.items()},
        }


def coverage(factors: FactorSet, models: Sequence[str] = ()) -> tuple[Covered, ...]:
    """Return the coverage of some models, of all that ship with an example by default.

    Raises
    ------
    FindingsError
        COVERAGE-NO-EXAMPLE, or what keeps an example from being computed.
    """
    known = examples()
    unknown = [name for name in models if name not in known]
    if unknown:
        shown = ", ".join(known)
        raise FindingsError(
            *(finding("COVERAGE-NO-EXAMPLE", model=x, known=shown) for x in unknown)
        )
    return tuple(_covered(name, factors) for name in models or known)


def _covered(model_id: str, factors: FactorSet) -> Covered:
    made = example_study(model_id, factors)
    if made.footprint is None:
        raise FindingsError.of(blocking(made.findings))
    result = made.footprint
    figures = result.figures
    return Covered(
        model=model_id,
        version=str((result.system.model or {}).get("version", "")),
        hot_spots=tuple(_hot_spots(result, factors)),
        small=_small(result),
        without_proxy={name: 1 - result.quality[name].proxy for name in figures},
    )


def _hot_spots(result: Footprint, factors: FactorSet) -> Iterator[HotSpot]:
    """Yield the inputs that are hot in any figure, the heaviest first."""
    hot = [pair for pair in _weighed(result) if max(pair[0].values()) >= HOT]
    for shares, lines in sorted(hot, key=lambda pair: -max(pair[0].values())):
        heaviest = max(lines, key=lambda line: abs(line.value(result.headline)))
        proxy = not all(map(representative, lines))
        nearer = _nearer(heaviest, factors) if proxy else ()
        yield HotSpot(
            heaviest.exchange.name, shares, heaviest.factor, heaviest.place, proxy, nearer
        )


def _small(result: Footprint) -> dict[str, Fraction]:
    """Return the stand-ins that are no hot spots, those below a thousandth left out."""
    found: dict[str, Fraction] = {}
    for shares, lines in _weighed(result):
        share = max(shares.values())
        if SMALLEST <= share < HOT and not all(map(representative, lines)):
            found[lines[0].source] = share
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _weighed(result: Footprint) -> list[tuple[dict[str, Fraction], list[Line]]]:
    """Return the inputs, by row and place, with their share of each figure."""
    inputs: dict[tuple[str, str], list[Line]] = {}
    for line in result.declared.lines:
        inputs.setdefault((line.source, line.place), []).append(line)
    return [(_shares(lines, result.figures.values()), lines) for lines in inputs.values()]


def _shares(lines: Iterable[Line], figures: Iterable[Figure]) -> dict[str, Fraction]:
    """Return what some lines make of each figure that holds them."""
    held = list(lines)
    return {
        figure.boundary: figure.share(line for line in figure.lines if line in held)
        for figure in figures
    }


def _nearer(line: Line, factors: FactorSet) -> tuple[str, ...]:
    if line.factor is None:
        return ()
    country = line.place.partition("-")[0]
    return tuple(
        other.id
        for other in same_activity(factors, line.factor)
        if other.use is Use.INPUT
        and other.place.partition("-")[0] == country
        and other.boundary is line.factor.boundary
    )


def _year(row: EmissionFactor | None) -> str:
    day = row and (row.valid_to or row.valid_from)
    return str(day.year) if day else "-"


# --- the page -------------------------------------------------------------------------------------


def page(found: Iterable[Covered], lang: Lang) -> str:
    """Return the matrix as a Markdown page."""
    lines = [text("library.coverage-title", lang), "", text("library.coverage-about", lang), ""]
    for one in found:
        lines += [f"## {one.model} {one.version}", ""]
        lines += [_verdict(name, share, lang) for name, share in one.without_proxy.items()]
        lines += ["", *_table(one, lang), ""]
        if one.small:
            rows = ", ".join(f"`{row}` ({float(x):.1%})" for row, x in one.small.items())
            lines += [text("library.coverage-small", lang, rows=rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def _verdict(figure: str, share: Fraction, lang: Lang) -> str:
    reached = "reached" if share >= AIM else "missed"
    told = text(f"library.coverage-{reached}", lang, figure=figure, share=f"{float(share):.0%}")
    return f"- {told}"


def _table(one: Covered, lang: Lang) -> Iterator[str]:
    figures = list(one.without_proxy)
    heads = [text(f"library.coverage-{name}", lang) for name in ("input", "row", "place", "year")]
    heads += [text(f"library.coverage-{name}", lang) for name in ("class", "proxy")]
    cells = [heads[0], *figures, *heads[1:]]
    yield f"| {' | '.join(cells)} |"
    yield f"|{' --- |' * len(cells)}"
    for spot in one.hot_spots:
        shares = [f"{float(spot.shares[name]):.0%}" for name in figures]
        yield f"| {' | '.join([spot.name[lang], *shares, *_row_cells(spot, lang)])} |"


def _row_cells(spot: HotSpot, lang: Lang) -> Iterator[str]:
    row = spot.factor
    yield f"`{row.id}`" if row else text("library.coverage-direct", lang)
    yield f"{row.place} ({spot.place})" if row and spot.proxy else spot.place
    yield _year(row)
    yield f"{row.source_class}, {row.status}" if row else "-"
    if not spot.proxy:
        yield text("library.coverage-no-proxy", lang)
    elif spot.nearer:
        yield text("library.coverage-nearer", lang, rows=", ".join(spot.nearer))
    else:
        yield text("library.coverage-gap", lang)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page to the file named on the command line."""
    parser = argparse.ArgumentParser("lca.coverage", description=main.__doc__)
    parser.add_argument("file", type=Path, help="where the page is written")
    target = parser.parse_args(arguments).file
    target.write_text(page(coverage(load()), "en"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
