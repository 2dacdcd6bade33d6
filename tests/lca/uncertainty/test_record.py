"""The sampled spread in the footprint: the sample's own numbers, few digits, every run counted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from lca.uncertainty.figure import RUNS, study
from lca.uncertainty.record import BEYOND, BINS, sampled
from tests.lca.systems import document, footprint, gwp, line, own, process
from tests.lca.test_footprint import schema
from tests.lca.uncertainty.test_figure import beer

ROOT = Path(__file__).parents[3]


def test_it_holds_the_quantiles_of_the_sample() -> None:
    told, sample = sampled(beer(), gwp()), study(beer(), gwp(), RUNS, 0).sample
    for name, one in (("low", sample.low), ("median", sample.median), ("high", sample.high)):
        assert float(told[name]) == pytest.approx(one.value, rel=1e-3)
        assert len(Decimal(told[name]).normalize().as_tuple().digits) <= 4


def test_every_run_but_the_outermost_is_in_a_bin() -> None:
    bins = sampled(beer(), gwp())["bins"]
    assert len(bins["counts"]) == BINS
    assert sum(bins["counts"]) == pytest.approx(RUNS * (1 - 2 * BEYOND), abs=RUNS / 500)


def test_another_figure_has_another_spread() -> None:
    assert sampled(beer("9"), gwp()) != sampled(beer(), gwp())


def test_another_process_draws_the_same() -> None:
    program = (
        "import json; from lca.uncertainty.record import sampled;"
        " from tests.lca.systems import gwp; from tests.lca.uncertainty.test_figure import beer;"
        " print(json.dumps(sampled(beer(), gwp())))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "9", "OMP_NUM_THREADS": "1"},
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert json.loads(answer.stdout) == sampled(beer(), gwp())


def test_the_document_obeys_its_schema() -> None:
    doc = document(
        [process("p")],
        [line("a", "p", "own:f", "2")],
        factors=[own("f", uncertainty="lognormal gsd=1.2")],
    )
    plain = footprint(doc).to_json()
    schema("footprint-1").validate(json.loads(json.dumps(plain)))
    assert plain["uncertainty"]["sampled"]["bins"]["counts"]
