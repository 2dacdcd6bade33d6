"""How many material errors a plan finds in spoilt workbooks: the curve, beside a random sample.

``python -m tests.labels.verification.curve [--singles 16] [--models beer,tire] [--page]``

Into the example workbook of every shipped model faults are planted, one, three or eight at once:
amounts, distances and answers wrong by a factor between 1/10 and 10 (uniform in its logarithm), and
types of ``tests/seeded_errors`` that leave a number behind (sums, balances, bands, evidence, and
the verifier's list that no file can tell of). What the toolkit refuses is not in the auditor's
population; it is counted as found before sampling. Of the others the figures are computed. A fault
is material when it alone moves some disclosed figure by 5 % of what that should be, and found when
a line that shows it (its amount is another by more than one in a thousand, or its factor) is seen,
which supposes that whoever looks sees what is wrong. The plan is made from the spoilt file; what
was found is corrected and the plan made again, until nothing more comes up.

Every study is a line of ``out/sample-curve/MODEL.jsonl``; what is there is not computed again.
``--page`` puts tables and picture of all that is there into the documentation.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from factors.errors import CarbonLabelError
from factors.findings import blocking
from labels.verification.materiality import thresholds
from labels.verification.ranking import rankings
from labels.verification.sampling import Error, plan
from lca import system_file
from lca.build import build
from lca.footprint import Footprint, compute
from lca.result import ZERO
from lca.workbook.read import interpret
from tests.labels.verification import curve_page
from tests.seeded_errors import corpus, ours
from tests.seeded_errors.amounts import scaled
from tests.seeded_errors.book import Book, Spot, Value
from tests.seeded_errors.fault import Kind, Planted, at
from tests.seeded_errors.places import accounts, answers, model_of, table

KINDS = (Kind.SUM, Kind.BALANCE, Kind.BAND, Kind.EVIDENCE, Kind.NOTHING)
MATERIAL = Fraction(1, 20)
SHOWS = Fraction(1, 1000)
AT_ONCE = (1, 3, 8)
FOLDER = Path("out") / "sample-curve"


@dataclass(frozen=True)
class Handed:
    """A file as the auditor gets it: its result, and where the toolkit remarks on something."""

    made: Footprint
    places: frozenset[str]


@dataclass(frozen=True)
class Wrong:
    """One fault by itself: effect by figure as a share of what it should be, lines that show it."""

    planted: Planted
    effects: Mapping[str, Fraction]
    lines: frozenset[str]
    named: bool

    @property
    def material(self) -> bool:
        return any(abs(one) >= MATERIAL for one in self.effects.values())


def handed(model: str, planted: Sequence[Planted]) -> Handed | None:
    """Compute a spoilt file; None where the toolkit refuses it."""
    edits = {spot: value for one in planted for spot, value in one.edits.items()}
    grid = ours._edited(ours._clean(model), edits)
    factors, rules = ours.factors(), ours.rules()
    try:
        submission = interpret(grid, ours.NAME, "0" * 64, model_of(model), factors)
        if blocking(submission.findings) or not submission.families:
            return None
        built = build(submission, model_of(model), rules, factors)
        if built.system is None or blocking(built.findings):
            return None
        system = system_file.read(system_file.canonical(built.system), file=ours.NAME)
        made = compute(system, factors, rules)
    except CarbonLabelError:
        return None
    if blocking(made.findings):
        return None
    told = (*submission.findings, *built.findings, *made.findings)
    seen = (ours._seen(one) for one in told)
    return Handed(made, frozenset(one.place for one in seen if one.severity != "note"))


@cache
def right(model: str) -> Handed:
    """The example as it should be."""
    made = handed(model, ())
    assert made is not None
    return made


def wrong(model: str, planted: Planted) -> Wrong | None:
    """What a fault does by itself; None where the toolkit refuses the file."""
    made, clean = handed(model, [planted]), right(model)
    if made is None:
        return None
    figures = clean.made.figures
    effects = {
        name: (made.made.figures[name].value - one.value) / abs(one.value)
        for name, one in figures.items()
        if one.value and name in made.made.figures
    }
    named = bool((made.places - clean.places) & planted.right)
    return Wrong(planted, effects, frozenset(showing(clean.made, made.made)), named)


def showing(clean: Footprint, spoilt: Footprint) -> Iterator[str]:
    """Yield lines of a spoilt file that are not as they should be; one that is gone shows not."""
    old = {one.id: one for one in clean.lines}
    for line in spoilt.lines:
        was = old.get(line.id)
        if was is None or was.source != line.source or _apart(line.amount, was.amount):
            yield line.id


def _apart(stated: str, right: str) -> bool:
    return abs(Fraction(stated) - Fraction(right)) > abs(Fraction(right)) * SHOWS


# --- planting ------------------------------------------------------------------------------------


def drawn(model: str, rng: random.Random) -> Planted:
    """Two faults of three are a number out by a factor, the third a type of the corpus."""
    book = corpus.clean(model)
    types = [one for one in corpus.catalogue() if one.kind in KINDS and not one.alone]
    while True:
        if rng.random() < 2 / 3:
            return slip(book, rng)
        planted = rng.choice(types).plant(book, rng)
        if planted is not None and planted.data is None and planted.edits:
            return planted


def slip(book: Book, rng: random.Random) -> Planted:
    """An account, a distance or an answer, out by a factor between 1/10 and 10."""
    times = round(10 ** rng.uniform(-1, 1), 3)
    places: list[dict[Spot, Value]] = [scaled(line, times) for line in accounts(book)]
    numbers = [
        *(spot for _, spot, _ in answers(book)),
        *(one.spot("distance") for one in table(book, "suppliers") if one.size("distance")),
    ]
    places += [{spot: round((book.number(spot) or 0) * times, 6)} for spot in numbers]
    return at("slip", Kind.NOTHING, rng.choice(places))


def apart(several: Sequence[Wrong], rng: random.Random, count: int) -> list[Wrong]:
    """Choose so many faults that touch different rows; fewer where there are no more."""
    chosen: list[Wrong] = []
    taken: set[object] = set()
    for one in rng.sample(list(several), len(several)):
        if taken.isdisjoint(one.planted.area) and len(chosen) < count:
            chosen.append(one)
            taken |= one.planted.area
    return chosen


# --- one study -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Round:
    """A plan of a file as it stands: lines in its order with those seen along, line to item."""

    lines: Sequence[str]
    items: Mapping[str, str]
    recorded: int
    seen: frozenset[str]

    @property
    def looks(self) -> list[str]:
        """Items in the order of the plan."""
        return list(dict.fromkeys(self.items[line] for line in self.lines))


def planned(made: Footprint, seed: str, errors: Sequence[Error] = ()) -> Round:
    """Plan a file; lines that the plan leaves out follow by rank value."""
    ranks = rankings(made)
    found = plan(ranks, thresholds(made), "reasonable", seed, errors)
    every = sorted((one for lines in ranks.values() for one in lines), key=lambda one: -one.score)
    order = [line for pick in found.picks for line in (pick.line, *pick.along)]
    lines = list(dict.fromkeys([*order, *(one.line.id for one in every)]))
    items = {one.line.id: one.item for one in every}
    return Round(lines, items, len(found.picks), frozenset(order))


def worked(
    model: str, several: Sequence[Wrong], spoilt: Footprint, seed: str
) -> tuple[list[Round], list[Wrong]]:
    """Look, have corrected what was found, plan again, until nothing more comes up.

    Returns
    -------
    tuple
        The rounds, and the faults that are left in the file.
    """
    rounds: list[Round] = []
    errors: list[Error] = []
    left, made = list(several), spoilt
    while True:
        rounds.append(planned(made, seed, errors))
        seen = frozenset().union(*(one.seen for one in rounds))
        hit = [one for one in left if one.lines & seen]
        left = [one for one in left if one not in hit]
        errors += [_known(model, one, rounds[-1]) for one in hit]
        again = handed(model, [one.planted for one in left]) if hit and left else None
        if again is None:
            return rounds, left
        made = again.made


def _known(model: str, one: Wrong, now: Round) -> Error:
    """A fault that was found and corrected, at the first line of the plan that shows it."""
    figures = right(model).made.figures
    line = next((line for line in now.lines if line in one.lines), "")
    effects = {name: share * abs(figures[name].value) for name, share in one.effects.items()}
    return Error(line, effects, corrected=True)


def told(model: str, several: Sequence[Wrong], spoilt: Footprint, seed: str) -> dict[str, Any]:
    """Return what the plans of a spoilt file come to, as plain data."""
    rounds, left = worked(model, several, spoilt, seed)
    first, seen = rounds[0], frozenset().union(*(one.seen for one in rounds))
    rest = [sum((one.effects.get(name, ZERO) for one in left), ZERO) for name in spoilt.figures]
    return {
        "model": model,
        "at_once": len(several),
        "lines": len(first.lines),
        "items": len(first.looks),
        "recorded": first.recorded,
        "first": len(first.seen),
        "first_looks": len({first.items[line] for line in first.seen}),
        "rounds": len(rounds),
        "seen": len(seen & set(first.lines)),
        "looks": len({first.items[line] for line in seen if line in first.items}),
        "left": float(max(abs(one) for one in rest)),
        "errors": [_error(one, first, one not in left) for one in several if one.material],
    }


def _error(one: Wrong, first: Round, found: bool) -> dict[str, Any]:
    shown = [line for line in first.lines if line in one.lines]
    held = {first.items[line] for line in shown}
    return {
        "fault": one.planted.fault,
        "named": one.named,
        "first": bool(one.lines & first.seen),
        "found": found,
        "line": first.lines.index(shown[0]) + 1 if shown else None,
        "of_lines": len(shown),
        "item": min((first.looks.index(item) + 1 for item in held), default=None),
        "of_items": len(held),
    }


def studies(model: str, first: int, last: int) -> Iterator[dict[str, Any]]:
    """Yield the studies of some seeds of a model: each fault alone, then groups of them."""
    pool: list[Wrong] = []
    for seed in range(first, last):
        planted = drawn(model, random.Random(f"{model}/{seed}"))
        one = wrong(model, planted)
        if one is None:
            yield {"model": model, "refused": planted.fault}
            continue
        if any(one.effects.values()):
            pool.append(one)
        yield from _study(model, [one] if one.material else [], f"{model}/{seed}")
    rng = random.Random(f"{model}/{first}/{last}")
    for count in AT_ONCE[1:]:
        for turn in range(max(1, (last - first) // 5)):
            chosen = apart(pool, rng, count)
            if len(chosen) == count:
                yield from _study(model, chosen, f"{model}/{first}/{count}/{turn}")


def _study(model: str, several: Sequence[Wrong], seed: str) -> Iterator[dict[str, Any]]:
    if several:
        made = handed(model, [one.planted for one in several])
        if made is None:
            yield {"model": model, "refused": "+".join(one.planted.fault for one in several)}
        else:
            yield told(model, several, made.made, seed)


# --- files ---------------------------------------------------------------------------------------


def rows(model: str, folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Return what was measured of a model."""
    file = folder / f"{model}.jsonl"
    return (
        [json.loads(row) for row in file.read_text("utf-8").splitlines()] if file.exists() else []
    )


def more(model: str, singles: int, folder: Path = FOLDER) -> None:
    """Measure a model up to so many single faults, from where the last run ended."""
    folder.mkdir(parents=True, exist_ok=True)
    known = max((row["until"] for row in rows(model, folder)), default=0)
    if known < singles:
        fresh = [{**row, "until": singles} for row in studies(model, known, singles)]
        with (folder / f"{model}.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in fresh)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--singles", type=int, default=16, help="single faults for every model")
    parser.add_argument("--models", default=",".join(corpus.shipped()))
    parser.add_argument("--page", action="store_true", help="renew the documentation")
    told = parser.parse_args()
    for model in told.models.split(","):
        more(model, told.singles)
        print(model, len(rows(model)), flush=True)
    if told.page:
        curve_page.renew([row for model in corpus.shipped() for row in rows(model)])


if __name__ == "__main__":
    main()
