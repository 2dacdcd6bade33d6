"""The export groups of the pilot: which model carries each, how far the library goes, what lacks.

``python -m lca.export_groups docs/reference/export-groups.md`` writes the page; groups and what is
missing of them stand in ``templates/export-groups.toml``, coverage is computed from the examples.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from factors.store import load
from factors.texts import Lang, text
from lca.coverage import Covered, coverage
from lca.document import SLUG, Section, read
from lca.examples import examples
from lca.model import load as load_model
from lca.model import models
from lca.model_parts import Text

LISTED = ("catalogue", "analogy")
ANY = "any"
"""Id of the group of what belongs to no other."""

_FILE = "export-groups.toml"


@dataclass(frozen=True, slots=True)
class Group:
    """An export group: its models, whether the national catalogue lists it, what is missing."""

    id: str
    name: Text
    models: tuple[str, ...]
    listed: str
    missing: Text


@cache
def groups() -> tuple[Group, ...]:
    """Return the export groups, in the order of the file."""
    root = read((files("templates") / _FILE).read_bytes(), _FILE)
    return tuple(_group(section) for section in root.sections("group"))


def _group(section: Section) -> Group:
    return Group(
        id=section.string("id", pattern=SLUG),
        name=section.text("name"),
        models=section.strings("models"),
        listed=section.choice("listed", LISTED),
        missing=section.text("missing"),
    )


def page(found: Iterable[Covered], lang: Lang) -> str:
    """Return the table as a Markdown page."""
    covered = {one.model: one for one in found}
    heads = ("group", "listed", "model", "comparisons", "covered", "stand-ins", "missing")
    lines = [text("groups.title", lang), "", text("groups.about", lang), ""]
    lines.append(f"| {' | '.join(text(f'groups.{head}', lang) for head in heads)} |")
    lines.append(f"|{' --- |' * len(heads)}")
    for group in groups():
        for model in group.models:
            cells = _cells(group, model, covered, lang)
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cells(group: Group, model: str, covered: Mapping[str, Covered], lang: Lang) -> Iterator[str]:
    """Yield the row of a model of a group."""
    yield group.name[lang]
    yield text(f"groups.{group.listed}", lang)
    if model not in models():
        yield from (f"`{model}`: {text('groups.none', lang)}", "-", "-", "-")
    else:
        yield f"`{model}`"
        yield str(len(load_model(model).comparisons))
        yield from _coverage(covered.get(model), lang)
    yield group.missing[lang]


def _coverage(one: Covered | None, lang: Lang) -> Iterator[str]:
    """Yield share without stand-ins by figure, and the hot spots that rest on one."""
    if one is None:
        yield from (text("groups.no-example", lang), "-")
        return
    yield ", ".join(f"{name} {float(share):.0%}" for name, share in one.without_proxy.items())
    yield ", ".join(spot.name[lang] for spot in one.gaps) or "-"


def main() -> None:
    """Write the page to the file named on the command line."""
    wanted = [name for group in groups() for name in group.models if name in examples()]
    Path(sys.argv[1]).write_text(page(coverage(load(), wanted), "en"), encoding="utf-8")


if __name__ == "__main__":
    main()
