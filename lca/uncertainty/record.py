"""The sampled spread of a figure as the footprint carries it: quantiles and a histogram.

Rounded to four digits, far above what the last bit of another processor's logarithm moves, so that
a replay elsewhere gives the same texts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from factors.gwp import GwpSet
from factors.numbers import decimal_text
from lca.result import Figure
from lca.uncertainty.figure import RUNS, Array, results, uncertain
from lca.uncertainty.sample import COVERAGE, summary

SEED, BINS, DIGITS = 0, 40, 4
#: Share of the runs beyond each end of the histogram.
BEYOND = 0.002


def sampled(figure: Figure, gwp: GwpSet) -> dict[str, Any]:
    """Return what sampling says about a figure (kg CO2e per declared unit).

    Returns
    -------
    dict
        ``runs``, ``seed``, ``coverage`` of the interval, its ends ``low`` and ``high``, ``median``,
        and ``bins``: equal bins from ``low`` to ``high`` with the number of runs in each.
    """
    drawn = results([uncertain(figure, gwp)], RUNS, SEED)[0]
    told = summary(drawn, SEED)
    return {
        "runs": RUNS,
        "seed": SEED,
        "coverage": decimal_text(COVERAGE),
        **{name: _four(getattr(told, name).value) for name in ("low", "median", "high")},
        "bins": _bins(drawn),
    }


def _bins(drawn: Array) -> dict[str, Any]:
    low, high = (_four(float(end)) for end in np.quantile(drawn, (BEYOND, 1 - BEYOND)))
    counts, _ = np.histogram(drawn, bins=BINS, range=(float(low), float(high)))
    return {"low": low, "high": high, "counts": [int(count) for count in counts]}


def _four(value: float) -> str:
    return decimal_text(float(f"{Decimal(value):.{DIGITS - 1}e}"))
