"""Product models: what a product is, what its maker is asked, and how amounts follow (TOML).

The language is documented in ``docs/reference/model-language.md``. A model either loads whole -
every name declared, every reference resolved, every formula of the dimension its place demands -
or is refused with all its problems at once.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from factors.errors import ModelError
from factors.findings import blocking
from lca.document import read, shipped, source_bytes
from lca.model_check import problems
from lca.model_parts import ProductModel
from lca.model_reader import Reader

_SHIPPED = files("lca") / "models"


def models() -> tuple[str, ...]:
    """Return the ids of the models that come with the toolkit, sorted."""
    return shipped(_SHIPPED)


def load(source: str | Path) -> ProductModel:
    """Load a product model.

    Parameters
    ----------
    source
        Id of a shipped model (``beer``) or the path of a model file (anything that holds a
        separator or ends in ``.toml``).

    Raises
    ------
    ModelError
        With every finding of the file: TOML-*, MODEL-*, FORMULA-*.
    """
    data, name = source_bytes(source, _SHIPPED)
    return _parsed(data, name)


@lru_cache(maxsize=32)
def _parsed(data: bytes, name: str) -> ProductModel:
    """A portfolio reads one model for hundreds of workbooks: the same bytes are parsed once."""
    return parse_model(data, name)


def parse_model(data: bytes, file: str) -> ProductModel:
    """Return the model written in ``data``; ``file`` is its name in findings."""
    root = read(data, file)
    model = Reader(root).model(hashlib.sha256(data).hexdigest())
    found = tuple(dict.fromkeys((*root.log, *problems(model, file))))
    if blocking(found):
        raise ModelError(*found)
    return model
