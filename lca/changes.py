"""The file of a what-if scenario: groups of changes, each with a name, strictly read.

::

    format = "carbonlabel-changes/1"
    name = { zh = "轻量瓶", en = "Lighter bottle" }

    [[group]]
    id = "bottle"
    name = { zh = "瓶重 250 g 改为 200 g", en = "Bottle of 200 g instead of 250 g" }
    answers = { container_mass = "200" }            # workbook: answers to the model's questions
    accounts.new_bottles = { times = "0.8" }        # workbook: or { amount = "1200 t" }
    accounts.co2 = { each = "0.15 kg" }             # per declared unit of the product alone
    accounts.coal = { bring = "energy-limit", to = "1" }  # until a check says so
    exchanges.glass-road = { times = "0.8" }        # or { amount = "0.3" }, in its own unit
    exchanges.steam = { factor = "heat-row" }       # another row, this line alone
    exchanges.glass-rail = { like = "glass-road", times = "0.9", factor = "rail-cn" }   # a new line
    factors.glass-primary-gb = "glass-average-eu"   # or { times = "0.9" }
    grid.CN = "electricity-cn-footprint-2023"       # the default electricity of a country
    ruleset = "gbt24067-generic"
    boundary = "cradle-to-gate"

    [[beside]]                                     # a published claim, never an input
    claim = "claim-row"
    reason = { zh = "...", en = "why our result differs" }
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from factors.errors import ModelError
from factors.findings import Where, finding
from lca.bridge import MOST_GROUPS
from lca.document import SLUG, Section, read
from lca.inventory import GATE, GRAVE, Text

FORMAT = "carbonlabel-changes/1"
ACTIVITY, FACTOR, MIX, METHOD, BOUNDARY = KINDS = (
    "activity",
    "factor",
    "mix",
    "method",
    "boundary",
)
"""What a step of a bridge is about."""

KIND_OF: Mapping[str, str] = {
    "answers": ACTIVITY,
    "accounts": ACTIVITY,
    "exchanges": ACTIVITY,
    "factors": FACTOR,
    "grid": MIX,
    "ruleset": METHOD,
    "boundary": BOUNDARY,
}

Key = tuple[str, str]
"""Section and key of one change, for example ``("factors", "glass-primary-gb")``."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: multiply by ``times``, or put ``to`` in its place.

    Attributes
    ----------
    each
        ``to`` is the amount of an account per declared unit of the product, not of the site.
    factor
        The row that carries a line from now on.
    like
        The line that a new one is a copy of.
    bring
        The check or quantity of the model that multiplying brings to ``to``.
    """

    to: str = ""
    times: Fraction | None = None
    factor: str = ""
    like: str = ""
    bring: str = ""
    each: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A published claim, a row of the library, with the reason why a result differs."""

    row: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that belong together: one step of the bridge."""

    id: str
    name: Text
    changes: Mapping[Key, Change]

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the group is about, in the order of :data:`KINDS`."""
        found = {KIND_OF[section] for section, _ in self.changes}
        return tuple(kind for kind in KINDS if kind in found)


@dataclass(frozen=True, slots=True)
class Changes:
    """A whole scenario."""

    file: str
    name: Text
    groups: tuple[Group, ...]
    beside: tuple[Claim, ...] = ()

    def of(self, chosen: Iterable[str]) -> Merged:
        """Return the changes of some groups together; no two groups change the same thing."""
        wanted = set(chosen)
        return Merged(
            {
                key: change
                for group in self.groups
                if group.id in wanted
                for key, change in group.changes.items()
            }
        )

    def where(self, key: Key) -> Where:
        """Return the place of a change."""
        group = next((one.id for one in self.groups if key in one.changes), "")
        path = ".".join(part for part in (f"group[{group}]", *key) if part)
        return Where(file=self.file, path=path)


@dataclass(frozen=True, slots=True)
class Merged:
    """The changes of some groups."""

    changes: Mapping[Key, Change] = field(default_factory=dict)

    def section(self, name: str) -> dict[str, Change]:
        """Return the changes of one section by their key."""
        return {key: change for (section, key), change in self.changes.items() if section == name}

    def single(self, name: str) -> str:
        """Return the value of ``ruleset`` or ``boundary``, empty when unchanged."""
        found = self.changes.get((name, ""))
        return found.to if found else ""


def parse(data: bytes, file: str) -> Changes:
    """Return the scenario written in a file.

    Raises
    ------
    ModelError
        With every finding: TOML-*, SCENARIO-GROUPS, SCENARIO-CLASH, SCENARIO-EMPTY.
    """
    root = read(data, file)
    root.choice("format", (FORMAT,))
    changes = Changes(
        file=file,
        name=root.text("name"),
        groups=tuple(_group(section) for section in root.sections("group")),
        beside=tuple(_claim(section) for section in root.sections("beside", label="claim")),
    )
    root.close()
    _check(root, changes)
    if root.log:
        raise ModelError(*root.log)
    return changes


def _group(section: Section) -> Group:
    changes: dict[Key, Change] = {}
    name, ident = section.text("name"), section.string("id", pattern=SLUG)
    for key, change in section.section("answers", optional=True).items():
        changes["answers", key] = Change(change)
    for part in ("accounts", "exchanges", "factors", "grid"):
        inner = section.section(part, optional=True)
        for key in inner.table:
            changes[part, key] = _change(inner, key, part)
    for single, options in (("ruleset", ()), ("boundary", (GATE, GRAVE))):
        if section.has(single):
            told = section.choice(single, options) if options else section.string(single)
            changes[single, ""] = Change(told)
    section.close()
    if not changes:
        section.log.append(finding("SCENARIO-EMPTY", section.where))
    return Group(ident, name, changes)


OPTIONS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "accounts": (("times",), ("amount",), ("each",), ("bring", "to")),
    "exchanges": (
        ("times",),
        ("amount",),
        ("factor",),
        ("times", "factor"),
        ("amount", "factor"),
        ("like", "factor"),
        ("like", "times", "factor"),
    ),
    "factors": (("times",),),
}
"""Keys that may stand together in a change of each section."""


def _change(section: Section, key: str, part: str) -> Change:
    """Return one change: a text, a table, or either of them for factors."""
    if part not in OPTIONS or (part == "factors" and isinstance(section.table[key], str)):
        return Change(section.string(key))
    inner = section.section(key)
    given = set(inner.table)
    if all(given != set(one) for one in OPTIONS[part]):
        shown = ", ".join(sorted(given)) or "-"
        options = " / ".join(" + ".join(one) for one in OPTIONS[part])
        section.report("SCENARIO-CHANGE", key, saw=shown, options=options)
        return Change()
    to = next((inner.string(name) for name in ("amount", "each", "to") if inner.has(name)), "")
    return Change(
        to=to,
        times=inner.number_or_none("times"),
        factor=inner.string("factor", "", SLUG),
        like=inner.string("like", ""),
        bring=inner.string("bring", ""),
        each="each" in given,
    )


def _claim(section: Section) -> Claim:
    found = Claim(section.string("claim", pattern=SLUG), section.text("reason"))
    section.close()
    return found


def _check(root: Section, changes: Changes) -> None:
    """Report too many groups, ids twice, and two groups that change the same thing."""
    count = len(changes.groups)
    if not 1 <= count <= MOST_GROUPS:
        root.report("SCENARIO-GROUPS", "group", count=count, most=MOST_GROUPS)
    owners: dict[Key, str] = {}
    seen: set[str] = set()
    for group in changes.groups:
        if group.id in seen:
            root.report("SCENARIO-TWICE", f"group[{group.id}]", id=group.id)
        seen.add(group.id)
        for key in group.changes:
            if owners.setdefault(key, group.id) != group.id:
                thing = ".".join(part for part in key if part)
                place = f"group[{group.id}]"
                root.report("SCENARIO-CLASH", place, thing=thing, other=owners[key])
