"""A flat inventory is what the engine makes of the same rows; every pair of units is checked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.errors import FindingsError
from lca.flat import flat
from lca.result import EXCLUDING, INCLUDING
from tests.lca.systems import document, factors, footprint, gwp, line, process

UNITS = {"mass": ("kg", "g", "t"), "energy": ("kWh", "MJ", "GJ")}


def known(kind: str) -> list[str]:
    """Factors of one dimension that may carry a line."""
    wanted = "kg" if kind == "mass" else "kWh"
    found = [
        row.id
        for row in factors()
        if row.unit == wanted and row.use == "input" and not row.co2_only and row.values
    ]
    return sorted(found)[:20]


ROWS = st.lists(
    st.tuples(st.floats(0, 1e6), st.sampled_from(["mass", "energy"]), st.integers(0, 2),
              st.integers(0, 19)),
    min_size=1, max_size=30,
)  # fmt: skip


@given(ROWS)
def test_rows_come_to_what_the_engine_says(rows: list[tuple[float, str, int, int]]) -> None:
    amounts = [round(amount, 6) for amount, *_ in rows]
    units = [UNITS[kind][n] for _, kind, n, _ in rows]
    sources = [known(kind)[n % len(known(kind))] for _, kind, _, n in rows]
    made = flat(amounts, units, sources, factors())
    lines = [
        line(f"l{n}", "p", source, f"{amount:f}", unit)
        for n, (amount, unit, source) in enumerate(zip(amounts, units, sources, strict=True))
    ]
    doc = document([process("p")], lines, boundary="cradle-to-gate")
    found = footprint(doc).declared
    for headline in (EXCLUDING, INCLUDING):
        values = made.values(made.scores(factors(), gwp(), headline))
        size = float(np.abs(values).sum()) or 1.0
        assert values.sum() == pytest.approx(float(found.total(headline)), abs=1e-9 * size)


def test_every_fault_is_found_at_its_first_row() -> None:
    mass = known("mass")[0]
    rows = [(1.0, "kg", mass), (2.0, "kWh", mass), (3.0, "blorg", mass), (4.0, "kg", "nothing"),
            (5.0, "kWh", mass), (float("nan"), "kg", mass)]  # fmt: skip
    with pytest.raises(FindingsError) as caught:
        flat(
            [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows], factors()
        )
    found = {(one.code, one.where.path) for one in caught.value.findings}
    assert found == {
        ("SYSTEM-UNIT", "row 2"),
        ("UNIT-UNKNOWN", "row 3"),
        ("FACTOR-UNKNOWN", "row 4"),
        ("SYSTEM-AMOUNT", "row 6"),
    }


def test_rows_of_unlike_length_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="of one length"):
        flat([1.0, 2.0], ["kg"], [known("mass")[0]], factors())
