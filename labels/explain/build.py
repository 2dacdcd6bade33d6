"""From the stated figures and the opened lines to an explanation, without remainder.

``stated`` is a certificate body or a footprint: both have the same keys. What the opened lines do
not account for is stated as withheld; if nothing is withheld and something is left over, the
document contradicts itself and is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from factors.errors import VerifyError
from factors.findings import Where, finding
from factors.texts import LANGS
from labels.decimals import exact, spelt
from labels.explain.bookings import Books, proofs
from labels.explain.nodes import Explanation, Figure, Line, Process, Stage, Taker, View
from labels.explain.rates import Shelf, pieces_of, view_of
from labels.explain.running import Plant, formula_of, inputs_of
from labels.folding import GATE_STAGES
from labels.verify.case import MALFORMED

GATE = "cradle-to-gate"
#: Places of a number of record below the leading digit of the figure.
PLACES = 11
_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Opened:
    """A line that the reader may see.

    Attributes
    ----------
    number
        Its place in the inventory, from 1.
    line
        The line as it stands in the footprint.
    commitment
        Its leaf in the body; empty for a footprint.
    """

    number: int
    line: Mapping[str, Any]
    commitment: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that is at hand for an explanation.

    Attributes
    ----------
    leaves
        Commitments of all lines of a body, in order; empty for a footprint, whose lines are open.
    plant, books
        From the system file, where it is at hand.
    ledger
        Its ledger as plain data, for the list of proofs.
    """

    view: View
    subject: Mapping[str, Any]
    stated: Mapping[str, Any]
    opened: Sequence[Opened]
    shelf: Shelf
    leaves: Sequence[str] = ()
    plant: Plant | None = None
    books: Books | None = None
    ledger: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def explanation(material: Material) -> Explanation:
    """Explain a figure as far as the material goes.

    Raises
    ------
    VerifyError
        ``EXPLAIN-REMAINDER`` when figures, stages and lines do not sum without remainder;
        ``BODY-MALFORMED`` for figures or lines of another form.
    """
    try:
        return _explanation(material)
    except MALFORMED as error:
        where = Where(path="certificate.json")
        reason = type(error).__name__
        raise VerifyError(finding("BODY-MALFORMED", where, reason=reason)) from error


def _explanation(material: Material) -> Explanation:
    stated = material.stated
    lines = [_line(one, material) for one in material.opened]
    seen = {one.number for one in material.opened}
    withheld = {
        number: leaf for number, leaf in enumerate(material.leaves, start=1) if number not in seen
    }
    stages = tuple(_stage(row, lines, whole=not withheld) for row in stated["stages"])
    figures = tuple(_figure(name, stated, stages) for name in stated["figures"])
    made = Explanation(
        view=material.view,
        subject=material.subject,
        headline=str(stated["headline"]),
        unit=str(stated["totals"][stated["headline"]]["unit"]),
        declared=next(one for one in figures if one.boundary == stated["boundary"]),
        figures=figures,
        stages=stages,
        others=tuple(line for line in lines if not line.counted),
        processes=_processes(material),
        proofs=proofs(material.ledger),
        withheld=withheld,
        count=len(material.leaves) or len(lines),
        rests_on=tuple(_rests_on(stated)),
        remarks=material.remarks,
    )
    _refuse_remainder(made, stated)
    return made


def _line(one: Opened, material: Material) -> Line:
    line, stated = one.line, material.stated
    inside, outside = pieces_of(line, stated["headline"], material.shelf, _grain(stated))
    inputs = inputs_of(line["origin"])
    traced = material.books.traced(inputs) if material.books else (inputs, (), ())
    return Line(
        number=one.number,
        id=str(line["id"]),
        name=_wording(line["name"]),
        stage=str(line["stage"]),
        process=str(line["process"]),
        basis=str(line["basis"]),
        counted=line["basis"] in ("both", stated["electricity"]["approach"]),
        value=exact(line["value"]),
        pieces=inside,
        outside=outside,
        amount=str(line["amount"]),
        unit=str(line["unit"]),
        formula=formula_of(line["origin"]),
        inputs=traced[0],
        factor=view_of(line, material.shelf),
        activity_kind=str(line.get("activity_kind", "")),
        place=str(line.get("place", "")),
        year=str(line.get("year", "")),
        evidence=tuple(str(each) for each in line.get("evidence", ())),
        commitment=one.commitment,
        running=material.plant.running(line) if material.plant else None,
        bookings=traced[1],
        entered=traced[2],
    )


def _grain(stated: Mapping[str, Any]) -> Fraction:
    """Return the step to which numbers of record are rounded, judged by the figure itself."""
    value = Decimal(stated["totals"][stated["headline"]]["value"])
    return Fraction(10) ** ((value.adjusted() if value else 0) - PLACES)


def _stage(row: Mapping[str, Any], lines: Iterable[Line], *, whole: bool) -> Stage:
    members = row.get("stages", [row["id"]])
    mine = tuple(line for line in lines if line.counted and line.stage in members)
    value = exact(row["value"])
    rest = value - sum((line.value for line in mine), _ZERO)
    side = "gate" if set(members) <= set(GATE_STAGES) else "after"
    return Stage(str(row["id"]), _wording(row["name"]), side, value, mine, None if whole else rest)


def _figure(name: str, stated: Mapping[str, Any], stages: Iterable[Stage]) -> Figure:
    inside = tuple(one.id for one in stages if name != GATE or one.side == "gate")
    return Figure(name, exact(stated["figures"][name][stated["headline"]]), inside)


def _processes(material: Material) -> dict[str, Process]:
    if material.plant is None:
        return {}
    books = material.books
    return {
        name: replace(process, takers=tuple(_traced(taker, books) for taker in process.takers))
        for name, process in material.plant.processes().items()
    }


def _traced(taker: Taker, books: Books | None) -> Taker:
    if books is None:
        return taker
    inputs, booked, entered = books.traced(taker.inputs)
    return replace(taker, inputs=inputs, bookings=booked, entered=entered)


def _refuse_remainder(made: Explanation, stated: Mapping[str, Any]) -> None:
    """Refuse what does not add up: stages to figures, lines to stages, parts to lines."""
    by_id = {stage.id: stage.value for stage in made.stages}
    pairs = [(f.boundary, f.value, sum((by_id[s] for s in f.stages), _ZERO)) for f in made.figures]
    pairs.append(("totals", exact(stated["totals"][made.headline]["value"]), made.declared.value))
    pairs += [
        (stage.id, stage.value, sum((line.value for line in stage.lines), _ZERO))
        for stage in made.stages
        if stage.withheld is None
    ]
    pairs += [
        (line.id, line.value, sum((piece.value for piece in line.pieces), _ZERO))
        for line in made.lines
    ]
    wrong = [
        finding("EXPLAIN-REMAINDER", Where(path=path), stated=spelt(told), counted=spelt(counted))
        for path, told, counted in pairs
        if told != counted
    ]
    if wrong:
        raise VerifyError(*wrong)


def _rests_on(stated: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    """Yield kind, name and SHA-256 of everything that the lock names."""
    lock = stated["lock"]
    yield "model", _named(lock["model"], "id", "version"), _hash(lock["model"])
    yield "ruleset", _named(lock["ruleset"], "id", "edition"), _hash(lock["ruleset"])
    for release in lock["factors"]:
        yield "release", str(release["release"]), _hash(release)
    yield "gwp", str(stated["gwp"]["set"]), str(lock["gwp"])
    yield "system", "", str(lock["system"])
    if lock.get("workbook"):
        yield "workbook", str(lock["workbook"].get("name", "")), _hash(lock["workbook"])


def _wording(name: Mapping[str, Any]) -> dict[str, str]:
    """Return a name in every language; a missing wording yields to another."""
    spare = next((str(one) for one in name.values() if one), "")
    return {lang: str(name.get(lang) or spare) for lang in LANGS}


def _named(row: Mapping[str, Any] | None, *keys: str) -> str:
    return " ".join(str(row[key]) for key in keys) if row else ""


def _hash(row: Mapping[str, Any] | None) -> str:
    return str(row["sha256"]) if row else ""
