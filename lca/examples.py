"""What the shipped example makers fill in; :mod:`lca.example_study` computes it.

``MODEL.toml`` is the example of a model. ``MODEL.certifiable.toml``, where there is one, is read on
top of it: made-up suppliers with verified reports for the main materials, for a demo registry.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from lca import model as product_model

_FOLDER = files("lca") / "models" / "examples"
CERTIFIABLE = ".certifiable"


def examples(*, certifiable: bool = False) -> tuple[str, ...]:
    """Return the ids of the models that ship with an example, sorted."""
    ending = f"{CERTIFIABLE}.toml" if certifiable else ".toml"
    shipped = (name for name in product_model.models() if (_FOLDER / f"{name}{ending}").is_file())
    return tuple(sorted(shipped))


def filled(model_id: str, *, certifiable: bool = False) -> dict[str, Any]:
    """Return what the example maker of a model fills in.

    Raises
    ------
    FileNotFoundError
        When the model ships without such an example.
    """
    base = _read(f"{model_id}.toml")
    return laid_over(base, _read(f"{model_id}{CERTIFIABLE}.toml")) if certifiable else base


def laid_over(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return an example with another on top of it.

    Tables are merged key by key; a row of a list takes the place of those with the same first
    value, and rows without such come at the end.
    """
    made = dict(base)
    for name, value in over.items():
        below = made.get(name)
        if isinstance(value, dict) and isinstance(below, dict):
            made[name] = {**below, **value}
        elif isinstance(value, list) and isinstance(below, list):
            taken = {_first(row) for row in value}
            made[name] = [*(row for row in below if _first(row) not in taken), *value]
        else:
            made[name] = value
    return made


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def _first(row: Mapping[str, Any]) -> object:
    return next(iter(row.values()), None)
