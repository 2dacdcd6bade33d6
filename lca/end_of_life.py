"""Named methods for recycled content and end of life, as exact formulas per kg of a material.

Every method is a sum of named terms, so that two methods differ by the differences of their terms
and by nothing else. The rule set names the one that makes the certified figure; the others are
sensitivity. Avoided burdens of the cut-off family stand apart and never count.

Sources: circular footprint formula, Recommendation (EU) 2021/2279, Annex I and C; net benefit
beyond the system boundary, EN 15804+A2, Annex D (both as recalled).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from factors.findings import Finding, Where, finding

PRODUCT, ENERGY_USER = "product", "energy-user"
CUT_OFF_PRODUCT = f"cut-off/{PRODUCT}"
CUT_OFF_ENERGY_USER = f"cut-off/{ENERGY_USER}"
AVOIDED_BURDEN = "avoided-burden"
CIRCULAR = "circular-footprint-formula"
METHODS = (CUT_OFF_PRODUCT, CUT_OFF_ENERGY_USER, AVOIDED_BURDEN, CIRCULAR)

TERMS: Mapping[str, str] = {
    "virgin-content": "material",
    "recycled-content": "material",
    "recycled-content-as-virgin": "material",
    "recycling-at-end": "material",
    "virgin-replaced": "material",
    "energy-recovery": "energy",
    "energy-replaced": "energy",
    "disposal": "disposal",
}
"""The terms of all methods and the part of the formula that each belongs to."""

A_LOWEST, A_HIGHEST = Fraction(1, 5), Fraction(4, 5)
ZERO, ONE = Fraction(0), Fraction(1)
Terms = dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Material:
    """One kg of a material: where it comes from, where it goes, and what each route causes.

    Attributes
    ----------
    r1
        Recycled content, measured at the input.
    r2
        Share recycled at the end of life, measured at the recycler's output (collection x yield).
    r3
        Share burnt with energy recovery; ``1 - r2 - r3`` is disposed of.
    a, b
        Allocation factors of the circular footprint formula: of recycled material between supplier
        and user (0.2 to 0.8), of energy recovery (0 by default).
    q_in, q_out
        Quality of the recycled material over that of virgin, at the points of substitution.
    virgin, recycled, recycling, virgin_replaced, recovery, disposal
        E_V, E_rec, E_recEoL, E*_V, E_ER, E_D in kg CO2e/kg.
    energy_replaced
        LHV x (X_heat x E_SE,heat + X_elec x E_SE,elec) in kg CO2e per kg burnt.
    """

    r1: Fraction
    r2: Fraction
    r3: Fraction
    a: Fraction
    b: Fraction = ZERO
    q_in: Fraction = ONE
    q_out: Fraction = ONE
    virgin: Fraction = ZERO
    recycled: Fraction = ZERO
    recycling: Fraction = ZERO
    virgin_replaced: Fraction = ZERO
    recovery: Fraction = ZERO
    energy_replaced: Fraction = ZERO
    disposal: Fraction = ZERO


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a method counts for one kg, by term, and what it shows apart; kg CO2e/kg."""

    method: str
    terms: Mapping[str, Fraction]
    apart: Mapping[str, Fraction]

    @property
    def value(self) -> Fraction:
        """The sum that counts; what stands apart is not in it."""
        return sum(self.terms.values(), ZERO)

    @property
    def parts(self) -> dict[str, Fraction]:
        """Sums of the material, energy and disposal parts."""
        sums = dict.fromkeys(("material", "energy", "disposal"), ZERO)
        for term, value in self.terms.items():
            sums[TERMS[term]] += value
        return sums


def outcome(material: Material, method: str) -> Outcome:
    """Return what one of :data:`METHODS` makes of a material.

    Raises
    ------
    KeyError
        For a method that is not one of them.
    """
    burdened = cut_off(material, PRODUCT)
    made: Mapping[str, tuple[Terms, Terms]] = {
        CUT_OFF_PRODUCT: (burdened, {}),
        CUT_OFF_ENERGY_USER: (cut_off(material, ENERGY_USER), {}),
        AVOIDED_BURDEN: (burdened, net_benefit(material)),
        CIRCULAR: (circular(material), {}),
    }
    terms, apart = made[method]
    return Outcome(method, terms, apart)


def cut_off(m: Material, burdens: str) -> Terms:
    """Return the terms of a cut-off: recycled material enters and leaves free of earlier burdens.

    (1-R1) E_V + R1 E_rec + R3 E_ER + (1-R2-R3) E_D; the third term is nothing when ``burdens`` is
    ``energy-user``. No energy and no material earns a credit.
    """
    return _terms(
        {
            "virgin-content": (1 - m.r1) * m.virgin,
            "recycled-content": m.r1 * m.recycled,
            "energy-recovery": m.r3 * m.recovery if burdens == PRODUCT else ZERO,
            "disposal": (1 - m.r2 - m.r3) * m.disposal,
        }
    )


def circular(m: Material) -> Terms:
    """Return the terms of the circular footprint formula.

    (1-R1) E_V + R1 [A E_rec + (1-A) E_V Q_in] + (1-A) R2 [E_recEoL - E*_V Q_out]
    + (1-B) R3 [E_ER - LHV (X_heat E_SE,heat + X_elec E_SE,elec)] + (1-R2-R3) E_D.
    """
    kept, shared = 1 - m.a, 1 - m.b
    return _terms(
        {
            "virgin-content": (1 - m.r1) * m.virgin,
            "recycled-content": m.r1 * m.a * m.recycled,
            "recycled-content-as-virgin": m.r1 * kept * m.virgin * m.q_in,
            "recycling-at-end": kept * m.r2 * m.recycling,
            "virgin-replaced": -kept * m.r2 * m.virgin_replaced * m.q_out,
            "energy-recovery": shared * m.r3 * m.recovery,
            "energy-replaced": -shared * m.r3 * m.energy_replaced,
            "disposal": (1 - m.r2 - m.r3) * m.disposal,
        }
    )


def net_benefit(m: Material) -> Terms:
    """Return loads and benefits beyond the boundary: net recycled output, and energy replaced.

    (R2-R1) (E_recEoL - E*_V Q_out) - R3 LHV (X_heat E_SE,heat + X_elec E_SE,elec); recycled content
    is taken off first, so that no scrap is credited twice.
    """
    net = m.r2 - m.r1
    return {
        "recycling-at-end": net * m.recycling,
        "virgin-replaced": -net * m.virgin_replaced * m.q_out,
        "energy-replaced": -m.r3 * m.energy_replaced,
    }


def bridge(first: Outcome, second: Outcome) -> Terms:
    """Return how each term moves from one method to another; the sum is the whole difference."""
    return {term: second.terms[term] - first.terms[term] for term in TERMS}


def check(m: Material, name: str, where: Where = Where()) -> Iterator[Finding]:
    """Yield the parameters that cannot be right."""
    for key in ("r1", "r2", "r3", "a", "b", "q_in", "q_out"):
        value: Fraction = getattr(m, key)
        if not 0 <= value <= 1:
            shown = {"name": key.upper(), "value": float(value), "low": 0, "high": 1}
            yield finding("EOL-RANGE", where, material=name, **shown)
    if m.r2 + m.r3 > 1:
        yield finding("EOL-SHARES", where, material=name, value=float(m.r2 + m.r3))
    if 0 <= m.a <= 1 and not A_LOWEST <= m.a <= A_HIGHEST:
        yield finding("EOL-A", where, material=name, value=float(m.a))


def _terms(given: Mapping[str, Fraction]) -> Terms:
    return {term: given.get(term, ZERO) for term in TERMS}
