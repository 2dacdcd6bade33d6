"""The shipped examples: filled workbooks of the models, computed like anybody's workbook."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from factors.store import FactorSet
from lca import model as product_model
from lca.study import Study, study
from lca.workbook.write import workbook

_FOLDER = files("lca") / "models" / "examples"


def examples() -> tuple[str, ...]:
    """Return the ids of the models that ship with an example, sorted."""
    shipped = (name for name in product_model.models() if (_FOLDER / f"{name}.toml").is_file())
    return tuple(sorted(shipped))


def example_study(model_id: str, factors: FactorSet) -> Study:
    """Write the example workbook of a model and compute it."""
    filled = tomllib.loads((_FOLDER / f"{model_id}.toml").read_text(encoding="utf-8"))
    data = workbook(product_model.load(model_id), "zh", filled)
    return study(data, f"{model_id}.xlsx", factors=factors)
