"""What the events of a case say, as types: engagement, samples, findings, visits, opinions.

Every reader refuses what is not of its shape; the same readers check an event before it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from factors.numbers import parse_decimal
from labels.kinds import Kind
from labels.verification import shape
from labels.verification.case import HandedIn, handed_in
from labels.verification.words import UnfitError

LEVELS = ("none", "limited", "reasonable", "mixed")
TYPES = ("verification", "validation", "agreed-upon-procedures")
CLASSES = ("misstatement", "major", "minor", "clarification", "forward")
RESULTS = ("agrees", "differs", "missing")
WAYS = ("corrected", "explained", "uncorrected", "withdrawn")
OPINIONS = ("unmodified", "modified-not-material", "modified-material", "adverse", "disclaimer")
GOOD_OPINIONS = OPINIONS[:2]
NATURES = ("boundary", "unit", "claim", "rule-set", "headline")
"""Errors that are material at any size: of the boundary, the unit, a claim that is not covered, the
rule set, what the headline figure includes."""
NONE = "none"
"""What a declaration of impartiality must say of consultancy and interests."""

Cell = tuple[str, str]
Amounts = Mapping[str, Fraction]
"""Disclosed figure to kg CO2e per declared unit."""


@dataclass(frozen=True, slots=True)
class Engagement:
    """What was agreed with the client before anything was looked at.

    Attributes
    ----------
    level
        Assurance: none, limited, reasonable or mixed (reasonable, scenarios limited).
    kind
        Kind of document that is aimed at.
    materiality, performance
        Share of each disclosed figure; share of that.
    sites
        All sites in scope, the largest first.
    """

    client: str
    criteria: tuple[str, ...]
    objective: str
    scope: str
    level: str
    type: str
    kind: Kind
    materiality: Fraction
    performance: Fraction
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a person declares: consultancy for the client in the last two years, interests."""

    person: str
    consultancy: str
    interests: str
    sector: str
    competence: str

    @property
    def impartial(self) -> bool:
        """Whether nothing stands against the person."""
        return self.consultancy == NONE and self.interests == NONE


@dataclass(frozen=True, slots=True)
class Sample:
    """A line that was looked at.

    Attributes
    ----------
    found
        What the amount should have been, in the unit of the line; None when it agrees or nothing
        was there to look at.
    """

    line: str
    version: int
    result: str
    found: Fraction | None
    months: tuple[str, ...]
    note: str
    evidence: tuple[str, ...]
    person: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A day on site: who was met, what was walked, what was not in order."""

    site: str
    start: str
    end: str
    people: tuple[str, ...]
    processes: tuple[str, ...]
    exceptions: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Raised:
    """A finding as it was written down.

    Attributes
    ----------
    grade
        One of :data:`CLASSES`.
    line, cells
        What it is about.
    requirement
        Clause that is not met.
    effects
        kg CO2e per declared unit by figure, overstatement positive.
    code
        Code of the tool's finding that was promoted; empty otherwise.
    nature
        One of :data:`NATURES` when it is material whatever its size; empty otherwise.
    """

    grade: str
    line: str
    cells: tuple[Cell, ...]
    seen: str
    requirement: str
    effects: Amounts
    due: str
    code: str
    version: int
    evidence: tuple[str, ...]
    nature: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The client's answer: cause, correction, corrective action."""

    cause: str
    correction: str
    action: str
    version: int


@dataclass(frozen=True, slots=True)
class Settled:
    """How a finding ended, on what evidence, by whom."""

    how: str
    basis: str
    evidence: tuple[str, ...]
    person: str


@dataclass(frozen=True, slots=True)
class Version:
    """A corrected submission.

    Attributes
    ----------
    cells, lines
        Which cells changed; whose value changed.
    effects
        Finding to figure to kg CO2e: the exact effect of each correction; ``other`` for the rest.
    """

    number: int
    handed: HandedIn
    cells: frozenset[Cell]
    lines: frozenset[str]
    effects: Mapping[str, Amounts]


@dataclass(frozen=True, slots=True)
class Recalculation:
    """Figures that the verifier calculated apart from the product."""

    version: int
    figures: Amounts
    means: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """The lead verifier's opinion on a version."""

    opinion: str
    version: int
    qualification: str


def engagement(data: Mapping[str, Any]) -> Engagement:
    """Read an engagement; ValueError for what is none (so do all readers here)."""
    level = shape.one_of(data["level"], LEVELS)
    return Engagement(
        client=_filled(data["client"]),
        criteria=_list(data["criteria"]),
        objective=_filled(data["objective"]),
        scope=_filled(data["scope"]),
        level=level,
        type=shape.one_of(data["type"], TYPES),
        kind=Kind(shape.words(data["kind"])),
        materiality=_share(data["materiality"]),
        performance=_share(data["performance"]),
        sites=_list(data["sites"]),
    )


def declaration(subject: str, data: Mapping[str, Any]) -> Declaration:
    """Read a declaration."""
    told = (_filled(data[name]) for name in ("consultancy", "interests", "sector", "competence"))
    return Declaration(subject, *told)


def sample(subject: str, data: Mapping[str, Any], person: str) -> Sample:
    """Read what became of a line of the sample."""
    result = shape.one_of(data["result"], RESULTS)
    found = data["found"]
    if (found is None) == (result == "differs"):
        raise UnfitError("difference")
    return Sample(
        line=shape.words(subject),
        version=shape.whole(data["version"]),
        result=result,
        found=None if found is None else parse_decimal(shape.words(found)),
        months=_list(data["months"], empty=True),
        note=shape.words(data["note"]),
        evidence=_objects(data),
        person=person,
    )


def visit(subject: str, data: Mapping[str, Any]) -> Visit:
    """Read a visit."""
    return Visit(
        site=_filled(subject),
        start=_filled(data["start"]),
        end=_filled(data["end"]),
        people=_list(data["people"]),
        processes=_list(data["processes"]),
        exceptions=shape.words(data["exceptions"]),
        evidence=_objects(data),
    )


def raised(data: Mapping[str, Any]) -> Raised:
    """Read a finding."""
    cells = (shape.table(cell, "sheet", "cell") for cell in shape.rows(data["cells"]))
    return Raised(
        grade=shape.one_of(data["class"], CLASSES),
        line=shape.words(data["line"]),
        cells=tuple((shape.words(c["sheet"]), shape.words(c["cell"])) for c in cells),
        seen=_filled(data["seen"]),
        requirement=_filled(data["requirement"]),
        effects=amounts(data["effects"]),
        due=shape.words(data["due"]),
        code=shape.words(data["code"]),
        version=shape.whole(data["version"]),
        evidence=_objects(data),
        nature=shape.one_of(data.get("nature", ""), ("", *NATURES)),
    )


def answered(data: Mapping[str, Any]) -> Answered:
    """Read the client's answer."""
    cause, correction, action = (shape.words(data[n]) for n in ("cause", "correction", "action"))
    return Answered(cause, correction, action, shape.whole(data["version"]))


def settled(data: Mapping[str, Any], person: str) -> Settled:
    """Read how a finding ended."""
    return Settled(shape.one_of(data["how"], WAYS), _filled(data["basis"]), _objects(data), person)


def version(subject: str, data: Mapping[str, Any]) -> Version:
    """Read a corrected submission."""
    cells = (shape.table(cell, "sheet", "cell") for cell in shape.rows(data["cells"]))
    effects = shape.table(data["effects"])
    return Version(
        number=shape.whole(int(subject)),
        handed=handed_in(data["handed"]),
        cells=frozenset((shape.words(c["sheet"]), shape.words(c["cell"])) for c in cells),
        lines=frozenset(map(shape.words, shape.rows(data["lines"]))),
        effects={shape.words(name): amounts(one) for name, one in effects.items()},
    )


def recalculation(data: Mapping[str, Any]) -> Recalculation:
    """Read a recalculation."""
    figures = amounts(data["figures"])
    return Recalculation(
        shape.whole(data["version"]), figures, _filled(data["means"]), _objects(data)
    )


def opinion(data: Mapping[str, Any]) -> Opinion:
    """Read an opinion; a modified one says what is wrong."""
    told = shape.one_of(data["opinion"], OPINIONS)
    qualification = shape.words(data["qualification"])
    if told != "unmodified" and not qualification:
        raise UnfitError("qualification")
    return Opinion(told, shape.whole(data["version"]), qualification)


def amounts(value: object) -> dict[str, Fraction]:
    """Read decimal strings by name."""
    return {
        shape.words(name): parse_decimal(shape.words(told))
        for name, told in shape.table(value).items()
    }


def _filled(value: object) -> str:
    told = shape.words(value).strip()
    if not told:
        raise ValueError("an empty text")
    return told


def _list(value: object, *, empty: bool = False) -> tuple[str, ...]:
    found = tuple(map(_filled, shape.rows(value)))
    if not found and not empty:
        raise ValueError("an empty list")
    return found


def _share(value: object) -> Fraction:
    share = parse_decimal(shape.words(value))
    if not 0 < share <= 1:
        raise ValueError("not a share")
    return share


def _objects(data: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(map(shape.digest, shape.rows(data.get("objects", []))))
