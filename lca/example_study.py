"""The shipped examples, computed like anybody's workbook."""

from __future__ import annotations

from functools import cache

from factors.store import FactorSet, load
from lca import model as product_model
from lca.examples import filled
from lca.study import Study, study
from lca.workbook.write import workbook


def example_study(model_id: str, factors: FactorSet) -> Study:
    """Write the example workbook of a model and compute it; with the shipped library, only once."""
    return _shipped(model_id) if factors is load() else _computed(model_id, factors)


@cache
def _shipped(model_id: str) -> Study:
    return _computed(model_id, load())


def _computed(model_id: str, factors: FactorSet) -> Study:
    data = workbook(product_model.load(model_id), "zh", filled(model_id))
    return study(data, f"{model_id}.xlsx", factors=factors)
