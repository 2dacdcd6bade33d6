"""What an explanation is made of: figure, stages, lines, and under each line how it came about.

Values are kg CO2e per declared unit, exact, as numbers of record; the children of a node sum to it
without remainder, what is withheld included. Amounts are exact where the file has them exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

Text = Mapping[str, str]

#: What the reader was shown: the public document, opened lines, or the file of the exporter.
View = Literal["public", "opened", "own"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a line and the product that gives it.

    Attributes
    ----------
    part
        Part of the footprint, ``fossil`` ...
    value
        kg CO2e per declared unit.
    rate
        kg CO2e per unit of the line; None where the factor cannot be looked up here, or does not
        give the value of the line.
    """

    part: str
    value: Fraction
    rate: Fraction | None


@dataclass(frozen=True, slots=True)
class Input:
    """A name of a formula with its value: read in a cell, worked out, or fixed by the model.

    ``source`` is the formula or publication it stands on, ``account`` the account it comes from.
    """

    name: str
    value: str
    unit: str
    cell: str = ""
    source: str = ""
    status: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class KeyShare:
    """The key by which an account was shared out: values by target with their cells."""

    id: str
    kind: str
    unit: str
    values: Mapping[str, Fraction]
    cells: str


@dataclass(frozen=True, slots=True)
class Booking:
    """One account of the site, and what of it one declared unit takes.

    ``readings`` is the sum of the months before ``multiplier``; consumed = opening + multiplier x
    readings - closing - returned; per unit = consumed x share / good output.

    Attributes
    ----------
    per_unit
        In ``unit`` per declared unit; None where the stated share cannot be retraced.
    cells
        What was read, and where: readings, stocks, good output.
    """

    account: str
    unit: str
    readings: Fraction
    multiplier: Fraction
    opening: Fraction
    closing: Fraction
    returned: Fraction
    consumed: Fraction
    share: Fraction
    key: KeyShare | None
    family: str
    output: Fraction
    output_unit: str
    per_unit: Fraction | None
    cells: Mapping[str, str]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entered:
    """An amount that was entered per declared unit, without an account behind it."""

    account: str
    amount: Fraction
    unit: str
    cell: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taker:
    """A process that takes the output of another: how much in all, and by which exchange.

    ``amount`` is per declared unit, ``per_run`` per unit of the taker's own output, both in
    ``unit``. ``worked`` is the value of the formula, computed again from the inputs.
    """

    process: str
    name: Text
    exchange: str
    amount: Fraction
    unit: str
    per_run: Fraction
    share: Fraction
    formula: str
    inputs: tuple[Input, ...]
    evidence: tuple[str, ...]
    worked: Fraction | None = None
    bookings: tuple[Booking, ...] = ()
    entered: tuple[Entered, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """A process, how much of its output one declared unit needs, and for what.

    ``reference`` marks the process that gives the declared unit itself.
    """

    id: str
    name: Text
    demand: Fraction
    unit: str
    reference: bool
    takers: tuple[Taker, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """How a line's amount follows from its process: demand x amount per output x share.

    ``worked`` is the value of the line's formula, computed again from its inputs; of one account of
    electricity a market line takes a part, as the green-power ledger says.
    """

    process: str
    demand: Fraction
    demand_unit: str
    per_output: Fraction
    share: Fraction
    worked: Fraction | None = None


@dataclass(frozen=True, slots=True)
class FactorView:
    """The factor of a line: as the document discloses it, and as this installation knows it.

    Attributes
    ----------
    known
        Whether the factor was found here, in the release of the same hash.
    basis
        GWP basis of the line.
    """

    id: str
    release: str
    place: str
    boundary: str
    status: str
    source_class: str
    basis: str
    known: bool = False
    private: bool = False
    activity: Text = field(default_factory=dict)
    unit: str = ""
    source: Mapping[str, str] = field(default_factory=dict)
    locator: str = ""
    note: str = ""
    release_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A document that the exporter named, by its id on the sheet of evidence."""

    id: str
    kind: str
    title: str
    dated: str
    page: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Line:
    """One opened line of the inventory.

    ``number`` is its place in the inventory, from 1: that of its commitment. ``running`` is None
    where the system file is not at hand.
    """

    number: int
    id: str
    name: Text
    stage: str
    process: str
    basis: str
    counted: bool
    value: Fraction
    pieces: tuple[Piece, ...]
    outside: tuple[Piece, ...]
    amount: str
    unit: str
    formula: str
    inputs: tuple[Input, ...]
    factor: FactorView
    activity_kind: str
    place: str
    year: str
    evidence: tuple[str, ...]
    commitment: str = ""
    running: Running | None = None
    bookings: tuple[Booking, ...] = ()
    entered: tuple[Entered, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage, or stages shown together; ``withheld`` is what its opened lines leave over.

    ``withheld`` is None where every line of the inventory is open.
    """

    id: str
    name: Text
    side: str
    value: Fraction
    lines: tuple[Line, ...]
    withheld: Fraction | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A disclosed figure and the stages that sum to it."""

    boundary: str
    value: Fraction
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure explained as far as its reader may see.

    Attributes
    ----------
    view
        What the reader was shown.
    subject
        Name, serial, kind and status of what is explained.
    headline, unit
        Which of the two totals, and kg CO2e per what.
    declared
        The figure of the declared boundary, always one of ``figures``.
    others
        Opened lines of the electricity result that does not count.
    withheld
        Commitments of the lines that are not open, by number.
    count
        Lines of the inventory, withheld ones included.
    rests_on
        Name and SHA-256 of what the figure rests on.
    """

    view: View
    subject: Mapping[str, Any]
    headline: str
    unit: str
    declared: Figure
    figures: tuple[Figure, ...]
    stages: tuple[Stage, ...]
    others: tuple[Line, ...]
    processes: Mapping[str, Process]
    proofs: Mapping[str, Proof]
    withheld: Mapping[int, str]
    count: int
    rests_on: tuple[tuple[str, str, str], ...]
    remarks: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All opened lines, in the order of the inventory."""
        opened = [*(line for stage in self.stages for line in stage.lines), *self.others]
        return tuple(sorted(opened, key=lambda line: line.number))
