"""The what-if scenarios that come with a product model, by name."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from factors.errors import FindingsError
from factors.findings import finding
from lca.changes import Changes, parse
from lca.document import SLUG

_SHIPPED = files("lca") / "models" / "scenarios"
SUFFIX = ".toml"


def names(model: str) -> tuple[str, ...]:
    """Return the names of a model's scenarios, sorted."""
    found = (entry.name for entry in _SHIPPED.iterdir())
    start = f"{model}-"
    return tuple(
        sorted(
            name.removeprefix(start).removesuffix(SUFFIX)
            for name in found
            if name.startswith(start) and name.endswith(SUFFIX)
        )
    )


def load(model: str, name: str) -> Changes:
    """Return a scenario of a model.

    Raises
    ------
    FindingsError
        SCENARIO-UNKNOWN, with the names there are.
    ModelError
        When the file is damaged.
    """
    if not SLUG.fullmatch(name) or name not in names(model):
        known = ", ".join(names(model)) or "-"
        raise FindingsError(finding("SCENARIO-UNKNOWN", saw=name, model=model, known=known))
    file = f"{model}-{name}{SUFFIX}"
    return parse((_SHIPPED / file).read_bytes(), file)


def every(model: str) -> Iterator[tuple[str, Changes]]:
    """Yield the scenarios of a model by name."""
    for name in names(model):
        yield name, load(model, name)
