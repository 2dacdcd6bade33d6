"""The city's own export groups, the largest first, as its programme office wrote them down.

No list of a city's twenty largest export groups comes with this software, because none was read in
a source. The office fills one in; until then the shipped groups stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from factors.errors import FindingsError
from factors.texts import LANGS, text
from lca.document import SLUG, Section, duplicates, read
from lca.export_groups import ANY, Group, groups
from lca.model import models
from lca.model_parts import Text

RANKING = "export-groups.toml"
FORMAT = "carbonlabel-export-groups/1"
MOST = 20
"""Groups of a ranking."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Export groups in their order.

    Attributes
    ----------
    source
        Where the order was read; empty for the shipped groups.
    groups
        A group without models is one that nobody can compute yet; the last is what belongs to none.
    """

    source: Text
    groups: tuple[Group, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the groups, in their order."""
        return tuple(group.id for group in self.groups)

    def group_of(self, model: str) -> str:
        """Return the id of the group of a product model; empty for none."""
        return next((group.id for group in self.groups if model in group.models), "")


def shipped() -> Ranking:
    """Return the groups that come with this software."""
    return Ranking({}, groups())


def ranking(data: bytes, file: str = RANKING) -> Ranking:
    """Read what a programme office wrote down.

    Raises
    ------
    ModelError, FindingsError
        Everything that is wrong with it: no group or more than :data:`MOST`, a model that is not
        there, an id or a model twice.
    """
    root = read(data, file)
    root.choice("format", (FORMAT,))
    source = root.text("source")
    sections = root.sections("group")
    found = tuple(map(_group, sections))
    root.close()
    if not 0 < len(found) <= MOST:
        root.report("PROGRAMME-GROUPS", "group", saw=len(found), limit=MOST)
    pairs = list(zip(sections, found, strict=True))
    duplicates(root.log, [(section.where, one.id) for section, one in pairs])
    duplicates(root.log, [(section.at("models"), name) for section, one in pairs
                          for name in one.models])  # fmt: skip
    if root.log:
        raise FindingsError(*dict.fromkeys(root.log))
    return Ranking(source, (*found, _others(found)))


def _group(section: Section) -> Group:
    made = Group(
        id=section.string("id", pattern=SLUG),
        name=section.text("name"),
        models=section.strings("models", []),
        listed="",
        missing={},
    )
    section.close()
    if made.id == ANY:
        section.report("TOML-CHOICE", "id", saw=ANY, options=f"!= {ANY}")
    for name in made.models:
        if name not in models():
            section.report("TOML-CHOICE", "models", saw=name, options=", ".join(models()))
    return made


def _others(found: tuple[Group, ...]) -> Group:
    """Return the group of the models that are in none."""
    taken = {name for one in found for name in one.models}
    name = next(group.name for group in groups() if group.id == ANY)
    return Group(ANY, name, tuple(one for one in models() if one not in taken), "", {})


def blank() -> str:
    """Return a file to fill in: the shipped groups to be put in order, then empty slots."""
    known = [group for group in groups() if group.id != ANY]
    source = ", ".join(f'{lang} = "{text("programme.groups_source", lang)}"' for lang in LANGS)
    head = [*(f"# {text('programme.groups_blank', lang, most=MOST)}" for lang in LANGS),
            f'format = "{FORMAT}"', f"source = {{ {source} }}"]  # fmt: skip
    nobody = Group("", _NAMELESS, (), "", {})
    empty = (
        f"# {line}" if line else "" for _ in range(MOST - len(known)) for line in _slot(nobody)
    )
    return "\n".join([*head, *(line for group in known for line in _slot(group)), *empty, ""])


_NAMELESS: Text = dict.fromkeys(map(str, LANGS), "")


def _slot(group: Group) -> Iterator[str]:
    yield ""
    yield "[[group]]"
    yield f'id = "{group.id}"'
    yield "name = { " + ", ".join(f'{lang} = "{group.name[lang]}"' for lang in LANGS) + " }"
    yield "models = [" + ", ".join(f'"{name}"' for name in group.models) + "]"
