"""Many footprints at once: the record again, other factors, other GWP sets, and linearity."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from factors.errors import CarbonLabelError
from factors.gwp import gwp_set
from factors.units import unit
from lca.repricing import Priced, priced, scores, shifted
from tests.lca.systems import (
    Doc,
    document,
    emits,
    factors,
    footprint,
    line,
    own,
    process,
)

GRID, OLDER, DIESEL = (
    "electricity-cn-footprint-2024",
    "electricity-cn-footprint-2023",
    "diesel-cn-combustion",
)


def a_document(kwh: str, **more: Any) -> Doc:
    doc = document(
        [process("p")],
        [
            line("power", "p", GRID, kwh, "kWh"),
            line("truck", "p", DIESEL, "0.3", "MJ(LHV)"),
            line("own", "p", "own:x", "2"),
            emits("leak", "p", "fossil.CH4-fossil", "0.5", "g"),
            emits("grown", "p", "biogenic_co2_removal.CO2", "0.1"),
            emits("fugitive", "p", "biogenic_non_co2.CH4-non-fossil", "1", "g", stage="use"),
        ],
        factors=[own("x")],
        boundary="cradle-to-grave",
        **more,
    )
    shown = footprint(doc).to_json()
    return dict(json.loads(json.dumps(shown)))


@pytest.fixture(scope="module")
def some() -> Priced:
    return priced([a_document("1"), a_document("2")], factors())


def figures(some: Priced, gwp: str = "AR6-100", instead: Any = None) -> np.ndarray:
    found = [
        scores(some.sources, factors(), gwp_set(gwp), one.headline, instead) for one in some.entries
    ]
    return np.array([some.figures(score)[row] for row, score in enumerate(found)])


def test_the_record_comes_back(some: Priced) -> None:
    assert figures(some) == pytest.approx([one.value for one in some.entries], rel=1e-9)
    assert [one.boundary for one in some.entries] == ["cradle-to-gate", "cradle-to-grave"] * 2


def test_another_grid_factor_moves_what_it_carries(some: Priced) -> None:
    apart = factors().get(OLDER).co2e(gwp_set("AR6-100").values)
    now = factors().get(GRID).co2e(gwp_set("AR6-100").values)
    per_kwh = float(sum(apart.values()) - sum(now.values()))
    moved = figures(some, instead={GRID: OLDER}) - figures(some)
    assert moved == pytest.approx([per_kwh, per_kwh, 2 * per_kwh, 2 * per_kwh])


def test_the_matrix_agrees_with_the_exact_way(some: Priced) -> None:
    old, new = gwp_set("AR6-100"), gwp_set("AR5-100")
    moved = figures(some, "AR5-100", {GRID: OLDER}) - figures(some)
    documents = [a_document("1"), a_document("2")]
    exact = [
        float(shifted(documents[one.document], one.boundary, factors(), (old, new), {GRID: OLDER}))
        for one in some.entries
    ]
    assert all(exact)
    assert moved == pytest.approx(exact, rel=1e-9)


def test_another_gwp_set_moves_the_gases_only(some: Priced) -> None:
    leak = (float(gwp_set("AR5-100").values["CH4-fossil"]) - 29.8) * 0.5e-3
    moved = figures(some, "AR5-100") - figures(some)
    diesel = factors().get(DIESEL)
    other = sum(diesel.co2e(gwp_set("AR5-100").values).values())
    same = sum(diesel.co2e(gwp_set("AR6-100").values).values())
    burnt = 0.3 * float(unit("MJ(LHV)").scale / unit(diesel.unit).scale)
    assert moved[0] == pytest.approx(leak + burnt * float(other - same), abs=1e-12)


def test_what_the_library_does_not_know_stays_fixed(some: Priced) -> None:
    assert some.fixed == pytest.approx([2, 2, 2, 2])


def test_replacements_of_another_kind_are_refused(some: Priced) -> None:
    with pytest.raises(CarbonLabelError):
        scores([GRID], factors(), gwp_set("AR6-100"), instead={GRID: DIESEL})


def test_drawn_scores_are_priced_like_given_ones(some: Priced) -> None:
    score = scores(some.sources, factors(), gwp_set("AR6-100"))
    runs = np.stack([score, 2 * score], axis=1)
    assert some.drawn(runs)[:, 0] == pytest.approx(some.figures(score))
    twice = some.figures(2 * score)
    assert some.drawn(runs)[:, 1] == pytest.approx(twice)


def test_no_documents_no_figures() -> None:
    empty = priced([], factors())
    assert (empty.entries, empty.sources) == ((), ())
    assert empty.figures(np.array([])).shape == (0,)
