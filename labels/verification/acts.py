"""What people do in a case: each act is checked against the whole case, signed, and written once.

Every function takes the folder, the actor's key and the time, and returns the event that was
written. Nothing is written when the act would not make sense.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from factors.errors import FindingsError
from factors.findings import blocking
from factors.numbers import decimal_text
from factors.store import FactorSet
from labels.keys import SigningKey
from labels.refusal import refusal
from labels.verification.case import Case, new_case, open_case, prepared, write_event
from labels.verification.corrections import changed_cells, changed_lines, effects
from labels.verification.event import Event
from labels.verification.folder import contents
from labels.verification.gate import before_closing
from labels.verification.looked import look
from labels.verification.planning import plan_json
from labels.verification.state import State, state_of
from labels.verification.submissions import Submitted, footprint_of, grid_of, system_of
from labels.verification.undone import undone
from labels.verification.words import words
from labels.verification.work import GOOD_OPINIONS, Cell


@dataclass(frozen=True, slots=True)
class Actor:
    """A folder, the key of whoever acts, and the present time."""

    root: Path
    key: SigningKey
    now: dt.datetime


def begin(
    root: Path,
    name: str,
    roster: bytes,
    handed: Submitted,
    now: dt.datetime,
) -> None:
    """Make a case folder for a submission.

    Raises
    ------
    IssueError
        As for :func:`~labels.verification.case.new_case`.
    """
    new_case(root, name, handed.handed, handed.files, roster, now)


def act(
    actor: Actor,
    kind: str,
    subject: str,
    data: Mapping[str, Any],
    objects: Iterable[bytes] = (),
) -> Event:
    """Do one thing in a case.

    Raises
    ------
    FindingsError
        What is wrong with the folder, or with the act.
    IssueError
        ``CASE-KEY``, ``CASE-ROLE``, ``CASE-TIME``, ``CASE-BUSY``.
    """
    return _act(open_case(actor.root), actor, kind, subject, data, objects)


def _act(
    case: Case,
    actor: Actor,
    kind: str,
    subject: str,
    data: Mapping[str, Any],
    objects: Iterable[bytes] = (),
) -> Event:
    """Do one thing in a case that was just read."""
    files = list(objects)
    event = prepared(case, actor.key, kind, subject, data, actor.now, files)
    known = set(state_of(case).faults)
    fresh = [one for one in state_of(case, [event]).faults if one not in known]
    if fresh:
        raise FindingsError.of(fresh)
    write_event(actor.root, event, files)
    return event


def record_plan(actor: Actor, factors: FactorSet) -> Event:
    """Compute the plan of the present version and write it down."""
    looked = look(actor.root, factors)
    system = system_of(looked.case.contents, looked.state.present)
    sites = looked.state.engagement.sites if looked.state.engagement else ()
    data = {
        "version": looked.state.version,
        "plan": plan_json(looked.desk, system, sites),
    }
    return act(actor, "plan", "", data)


def record_sample(
    actor: Actor,
    line: str,
    result: str,
    found: str | None,
    note: str,
    months: Sequence[str],
    evidence: Iterable[bytes],
) -> Event:
    """Write down what was found at a line."""
    case = open_case(actor.root)
    data = {
        "version": state_of(case).version,
        "result": result,
        "found": found,
        "months": list(months),
        "note": note,
    }
    return _act(case, actor, "sample", line, data, evidence)


@dataclass(frozen=True, slots=True)
class Told:
    """What a verifier says of a finding."""

    grade: str
    seen: str
    requirement: str
    line: str = ""
    cells: tuple[Cell, ...] = ()
    due: str = ""
    code: str = ""
    nature: str = ""
    effects: Mapping[str, str] | None = None


def raise_finding(
    actor: Actor, told: Told, factors: FactorSet, evidence: Iterable[bytes] = ()
) -> tuple[str, Event]:
    """Open a finding; without stated effects, those of a differing sample of its line.

    Returns
    -------
    tuple
        Id of the finding and the event.
    """
    looked = look(actor.root, factors)
    name = looked.state.next_finding()
    measured = told.effects
    if measured is None:
        measured = _measured(looked.state, looked.desk.footprint.figures, told.line)
    data = {
        "class": told.grade,
        "line": told.line,
        "cells": [{"sheet": sheet, "cell": cell} for sheet, cell in told.cells],
        "seen": told.seen,
        "requirement": told.requirement,
        "effects": dict(measured),
        "due": told.due,
        "code": told.code,
        "nature": told.nature,
        "version": looked.state.version,
    }
    return name, _act(looked.case, actor, "finding", name, data, evidence)


def _measured(state: State, figures: Mapping[str, Any], line: str) -> dict[str, str]:
    """Return what a differing sample means for every figure: the line in proportion."""
    sample = state.samples.get(line)
    if sample is None or sample.found is None:
        return {}
    told = {}
    for name, figure in figures.items():
        for one in figure.lines:
            amount = Fraction(one.amount)
            if one.id == line and amount:
                value = one.value(figure.headline)
                told[name] = decimal_text(value * (amount - sample.found) / amount)
    return told


def hand_in(actor: Actor, handed: Submitted, factors: FactorSet) -> Event:
    """Hand in a corrected version: which cells changed, and what each correction does."""
    case = open_case(actor.root)
    state = state_of(case)
    old = case.contents
    before, after = footprint_of(old, state.present, factors), handed.computed
    cells: tuple[Cell, ...] = ()
    found: Mapping[str, Mapping[str, Fraction]] = {}
    if state.present.workbook and handed.workbook:
        one = grid_of(old.object(state.present.workbook), state.present.name)
        other = grid_of(handed.workbook, handed.name)
        cells = changed_cells(one, other)
        found = effects(one, other, _groups(state), handed.name, before.system.ruleset, factors)
    data = {
        "handed": handed.handed.to_json(),
        "cells": [{"sheet": sheet, "cell": cell} for sheet, cell in cells],
        "lines": sorted(changed_lines(before, after, cells)),
        "effects": {
            name: {figure: decimal_text(value) for figure, value in each.items()}
            for name, each in found.items()
        },
    }
    return act(actor, "version", str(state.version + 1), data, handed.files)


def _groups(state: State) -> dict[str, tuple[Cell, ...]]:
    return {name: log.raised.cells for name, log in state.findings.items() if log.raised.cells}


def give_opinion(actor: Actor, opinion: str, qualification: str, factors: FactorSet) -> Event:
    """Give the lead verifier's opinion; a good one only when nothing stands against it."""
    looked = look(actor.root, factors)
    found = blocking(undone(looked))
    if found and opinion in GOOD_OPINIONS:
        raise FindingsError.of(tuple(dict.fromkeys(found)))
    data = {
        "opinion": opinion,
        "qualification": qualification,
        "version": looked.state.version,
    }
    return act(actor, "opinion", "", data)


def close(actor: Actor, factors: FactorSet) -> Event:
    """Close a case that has nothing left against it; the closing names the hash of the folder.

    Raises
    ------
    FindingsError
        Everything that is not in order.
    """
    looked = look(actor.root, factors)
    if looked.state.closed is not None:
        raise refusal("CASE-AFTER-CLOSE", "close", **words("kind", "act", "close"))
    found = blocking(before_closing(looked))
    if found:
        raise FindingsError.of(tuple(dict.fromkeys(found)))
    return act(actor, "close", "", {"folder": contents(actor.root).sha256})
