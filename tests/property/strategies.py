"""The one place where test data of all rooms are made."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from factors.allowlist import allow_list
from factors.quantity import Quantity
from factors.units import Unit, unit

SYMBOLS = tuple(entry.symbol for entry in allow_list().entries if not entry.means)

SPELLINGS = tuple(spelling for entry in allow_list().entries for spelling in entry.spellings)

BY_DIMENSION: dict[str, list[Unit]] = {}
for _symbol in SYMBOLS:
    BY_DIMENSION.setdefault(unit(_symbol).dimension, []).append(unit(_symbol))


def fractions(magnitude: int = 10**12) -> st.SearchStrategy[Fraction]:
    """Exact numbers of either sign, zero included."""
    return st.fractions(-magnitude, magnitude, max_denominator=10**9)


def listed_units() -> st.SearchStrategy[Unit]:
    """Units of one listed symbol."""
    return st.sampled_from(SYMBOLS).map(unit)


@st.composite
def composed_units(draw: st.DrawFn) -> Unit:
    """Units of up to two factors above and two below the line."""
    above = draw(st.lists(listed_units(), min_size=1, max_size=2))
    below = draw(st.lists(listed_units(), max_size=2))
    composed = unit("1")
    for factor in above:
        composed *= factor
    for factor in below:
        composed /= factor
    return composed


def like_units(count: int) -> st.SearchStrategy[tuple[Unit, ...]]:
    """Several units of one dimension."""
    dimensions = st.sampled_from(sorted(BY_DIMENSION))
    return dimensions.flatmap(
        lambda name: st.tuples(*[st.sampled_from(BY_DIMENSION[name])] * count)
    )


@st.composite
def like_quantities(draw: st.DrawFn, count: int) -> tuple[Quantity, ...]:
    """Several quantities of one dimension, each in a unit of its own."""
    return tuple(Quantity(draw(fractions()), one) for one in draw(like_units(count)))


def quantities() -> st.SearchStrategy[Quantity]:
    """Quantities in composed units."""
    return st.builds(Quantity, fractions(), composed_units())


def unlike_quantities() -> st.SearchStrategy[tuple[Quantity, Quantity]]:
    """Two quantities of different dimensions."""
    pairs = st.tuples(quantities(), quantities())
    return pairs.filter(lambda pair: pair[0].unit.dimension != pair[1].unit.dimension)


def unit_like_texts() -> st.SearchStrategy[str]:
    """Texts made of the stuff of units, most of them wrong, and any other text."""
    pieces = st.one_of(
        st.sampled_from(SPELLINGS),
        st.sampled_from(sorted(allow_list().refused)),
        st.sampled_from(
            ["·", "*", "/", "(", ")", "**", "^2", " ", "1", "10", "-", "万", "³", "{x}"]
        ),
    )
    stuck = st.lists(pieces, max_size=6).map("".join)
    return st.one_of(
        stuck, st.text(max_size=90), st.text(alphabet="kgCO2e/·()tkmMWhJL%³ ", max_size=20)
    )
