"""Spoilt workbooks: one fault, or up to twenty, always the same for the same seed."""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files

from lca.model import load, models
from lca.workbook.write import workbook
from tests.seeded_errors import (
    amounts,
    course,
    everyday,
    facts,
    gaps,
    papers,
    pasted,
    practice,
    references,
    reports,
    sizes,
    skeleton,
    structure,
    typed,
    units,
    unlisted,
    verifier,
)
from tests.seeded_errors import files as whole_files
from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Fault, Kind, Planted

MOST = 20


@cache
def catalogue() -> tuple[Fault, ...]:
    """Every type of fault, each id once."""
    rooms = (
        typed,
        units,
        structure,
        references,
        skeleton,
        whole_files,
        course,
        amounts,
        sizes,
        facts,
        gaps,
        practice,
        reports,
        everyday,
        pasted,
        papers,
        unlisted,
        verifier,
    )
    every = tuple(fault for room in rooms for fault in room.faults())
    assert len({fault.id for fault in every}) == len(every)
    return every


def shipped() -> tuple[str, ...]:
    """Models that have an example to spoil."""
    folder = files("lca") / "models" / "examples"
    return tuple(name for name in models() if (folder / f"{name}.toml").is_file())


FURTHER = ("records", "life", "outsourced", "emissions", "byproducts", "legs", "members", "yields")
"""Optional sheets that every clean file has, so that something can be planted there."""


@cache
def clean(model: str) -> Book:
    """The example workbook of a model, as its maker would hand it in."""
    text = (files("lca") / "models" / "examples" / f"{model}.toml").read_text(encoding="utf-8")
    return Book.of(workbook(load(model), "zh", tomllib.loads(text), sheets=FURTHER), model)


@dataclass(frozen=True)
class Spoilt:
    """One file of the corpus and what was planted in it."""

    model: str
    seed: str
    planted: tuple[Planted, ...]

    @cached_property
    def data(self) -> bytes:
        """The bytes of the file, made when somebody asks for them."""
        return _file(self.model, self.planted)


def unspoilt(model: str) -> Spoilt:
    """The clean file."""
    return Spoilt(model, f"{model}/clean", ())


def single(model: str, fault: Fault, seed: int = 0) -> Spoilt | None:
    """One fault of a type; None where the file has no place for it."""
    name = f"{model}/{fault.id}/{seed}"
    planted = fault.plant(clean(model), _rng(name))
    if planted is not None and fault.alone:
        planted = replace(planted, wide=True)
    return None if planted is None else Spoilt(model, name, (planted,))


def mixed(model: str, seed: int) -> Spoilt:
    """One to twenty faults in different rows of one file."""
    name = f"{model}/mixed/{seed}"
    rng = _rng(name)
    wanted = rng.randint(1, MOST)
    choice = [fault for fault in catalogue() if not fault.alone]
    planted = _planted(model, rng.sample(choice, len(choice)), wanted, rng)
    return Spoilt(model, name, planted)


def together(model: str, faults: Sequence[Fault], most: int) -> Spoilt:
    """As many of these faults, in this order, as have rows of their own in one file.

    Raises
    ------
    ValueError
        When the file has no place for any of them.
    """
    name = f"{model}/together/{'+'.join(fault.id for fault in faults)}"
    planted = _planted(model, faults, most, _rng(name))
    if not planted:
        raise ValueError(f"no place for {name}")
    return Spoilt(model, name, planted)


def packed(model: str, faults: Sequence[Fault], most: int = 12) -> Iterator[Spoilt]:
    """Every one of these faults that the file has a place for, as few files as hold them.

    Faults of form (number, unit) stand by themselves, so that they break nothing others rest on.
    """
    for form in (True, False):
        waiting = [
            fault
            for fault in faults
            if (fault.kind in (Kind.NUMBER, Kind.UNIT)) is form and single(model, fault) is not None
        ]
        while waiting:
            spoilt = together(model, waiting, most)
            yield spoilt
            done = {one.fault for one in spoilt.planted}
            waiting = [fault for fault in waiting if fault.id not in done]


def named(fault: str) -> Fault:
    """Return the type with this id."""
    return next(one for one in catalogue() if one.id == fault)


def _planted(
    model: str, faults: Sequence[Fault], most: int, rng: random.Random
) -> tuple[Planted, ...]:
    planted: list[Planted] = []
    taken: set[object] = set()
    for fault in faults:
        made = fault.plant(clean(model), rng)
        if made is not None and _apart(made, taken):
            planted.append(made)
            taken |= made.area | _ground(made)
        if len(planted) == most:
            break
    return tuple(planted)


def _apart(made: Planted, taken: set[object]) -> bool:
    """No two faults share a row, nor does one stand where another is to be seen."""
    return taken.isdisjoint(made.area | _ground(made))


def _ground(made: Planted) -> set[object]:
    """Rows in which a fault may be named."""
    places = (cell.rpartition("!") for cell in made.right if "!" in cell)
    return {(sheet, int("".join(filter(str.isdecimal, cell)))) for sheet, _, cell in places}


def _file(model: str, planted: Sequence[Planted]) -> bytes:
    if not planted:
        return clean(model).data
    if planted[0].data is not None:
        return planted[0].data
    edits: dict[Spot, Value] = {}
    for one in planted:
        edits |= one.edits
    return clean(model).spoilt(edits)


def _rng(name: str) -> random.Random:
    return random.Random(hashlib.sha256(name.encode()).digest())


def singles(model: str, seed: int = 0) -> Iterator[Spoilt]:
    """Every type once, where the file has a place for it."""
    for fault in catalogue():
        spoilt = single(model, fault, seed)
        if spoilt is not None:
            yield spoilt
