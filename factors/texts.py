"""The one catalogue of texts: TOML files under ``templates/texts``, every key with zh and en.

Two languages often stand on one line of a label, which gettext cannot do; therefore a key holds
both and the caller says which it wants.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


@cache
def catalogue(folder: str = "") -> Mapping[str, Mapping[str, Any]]:
    """Return the merged tables of all TOML files of one folder of the catalogue.

    Parameters
    ----------
    folder
        Sub-folder of ``templates/texts``; empty for the top level.

    Raises
    ------
    ValueError
        When two files define the same key: a text has one home.
    """
    root: Traversable = files("templates") / "texts"
    for part in filter(None, folder.split("/")):
        root = root / part
    merged: dict[str, Mapping[str, Any]] = {}
    for entry in sorted(root.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".toml"):
            continue
        for key, table in tomllib.loads(entry.read_text(encoding="utf-8")).items():
            if key in merged:
                raise ValueError(f"text {key!r} is defined twice under templates/texts/{folder}")
            merged[key] = table
    return merged


def text(key: str, lang: Lang, /, **params: object) -> str:
    """Return one text of the top-level catalogue with its parameters filled in.

    Parameters
    ----------
    key
        ``table.name``, for example ``label.title``.
    lang
        ``zh`` or ``en``.
    params
        Values for the ``{name}`` fields of the text.
    """
    table, _, name = key.partition(".")
    entry = catalogue()[table][name]
    return filled(str(entry[lang]), params)


class _Count(str):
    """A number as text that brings the noun it counts."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        one, bar, many = spec.partition("|")
        return f"{self} {one if self == '1' else many}" if bar else format(str(self), spec)


def filled(template: str, params: Mapping[str, object]) -> str:
    """Return a text with its fields filled in; ``{lines:line|lines}`` is “1 line”, “2 lines”."""
    if "|" in template:
        params = {name: _Count(value) for name, value in params.items()}
    return template.format_map(params)
