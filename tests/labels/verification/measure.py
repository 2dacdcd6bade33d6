"""How many material errors a plan finds: ``python -m tests.labels.verification.measure``.

Into the amounts of studies errors are planted, one at a time: a factor between 1/10 and 10 on one
line, uniform in its logarithm, on a line drawn at random. The plan is computed from the spoilt
study, as in life: an amount that is too small makes its line look small. An error is material when
it moves some disclosed figure by 5 % of what the figure should be; it is found when its line is
looked at, which supposes that whoever looks at a line sees what is wrong with it.

Printed are the share found by the plan itself, the curve of the plan's order cut off after a share
of the lines, and a random sample of the same size, averaged over all ways to draw it (its share of
the lines). Studies are shipped examples, and made-up ones with Pareto-like contributions.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from factors.store import load
from labels.verification.materiality import Threshold
from labels.verification.ranking import Ranked, rankings
from labels.verification.sampling import plan
from lca.example_study import example_study
from lca.examples import examples
from lca.footprint import Footprint

CUTS = (0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50)
MATERIAL = Fraction(1, 20)


@dataclass(frozen=True, slots=True)
class Trial:
    """One planted error: share of lines looked at, whether found, place in the order."""

    looked: float
    found: bool
    place: float


@dataclass(frozen=True, slots=True)
class Score:
    """What a series of material errors came to."""

    name: str
    trials: tuple[Trial, ...]

    @property
    def found(self) -> float:
        return sum(one.found for one in self.trials) / len(self.trials)

    @property
    def looked(self) -> float:
        return sum(one.looked for one in self.trials) / len(self.trials)

    def at(self, share: float) -> float:
        """Share found when only so many of the lines are looked at, in the plan's order."""
        return sum(one.place <= share for one in self.trials) / len(self.trials)


Study = dict[str, tuple[Ranked, ...]]


def of_example(made: Footprint) -> Study:
    return dict(rankings(made))


def made_up(template: Ranked, rng: random.Random, count: int) -> Study:
    """A study of many lines: contributions follow a Pareto distribution (exponent 0.8)."""
    lines = tuple(
        Ranked(
            replace(template.line, id=f"L{n:05d}"),
            Fraction(round(rng.paretovariate(0.8) * 1000)),
            rng.choice((0.02, 0.1, 0.3)),
            rng.choice((1, 2, 3)),
            f"L{n:05d}",
        )
        for n in range(count)
    )
    return {"cradle-to-gate": lines}


def spoilt(study: Study, line: str, times: Fraction) -> Study:
    """The study as it is handed in, with one line wrong, in its new order."""
    return {
        name: tuple(
            sorted(
                (
                    replace(one, value=one.value * times) if one.line.id == line else one
                    for one in lines
                ),
                key=lambda one: (-one.score, one.line.id),
            )
        )
        for name, lines in study.items()
    }


def material(study: Study, line: str, times: Fraction) -> bool:
    """Whether the error moves a figure by as much as its materiality."""
    return any(
        abs(float(one.value)) * abs(float(times) - 1) >= room
        for name, room in rooms(study).items()
        for one in study[name]
        if one.line.id == line
    )


def rooms(study: Study) -> dict[str, float]:
    """Materiality of every figure."""
    return {
        name: abs(sum(float(one.value) for one in lines)) * float(MATERIAL)
        for name, lines in study.items()
    }


def candidates(study: Study) -> list[str]:
    """Lines on which an error of at most ten times can be material at all."""
    return sorted(
        {
            one.line.id
            for name, room in rooms(study).items()
            for one in study[name]
            if one.value and abs(float(one.value)) * 9 >= room
        }
    )


def limits_of(study: Study) -> dict[str, Threshold]:
    found = {}
    for name, lines in study.items():
        whole = abs(sum((one.value for one in lines), Fraction(0)))
        found[name] = Threshold(name, whole, whole / 20, whole * 3 / 80)
    return found


def trial(study: Study, line: str, times: Fraction, seed: str) -> Trial:
    """Plan the spoilt study and say whether the line is in the plan, and where in its order."""
    handed = spoilt(study, line, times)
    made = plan(handed, limits_of(handed), "reasonable", seed)
    names = {one.line.id for lines in handed.values() for one in lines}
    rest: dict[str, float] = {}
    for lines in handed.values():
        for one in lines:
            rest[one.line.id] = max(rest.get(one.line.id, 0.0), one.score)
    order = [*made.lines, *sorted(names - set(made.lines), key=lambda n: (-rest[n], n))]
    place = (order.index(line) + 1) / len(names)
    return Trial(len(made.lines) / len(names), line in made.lines, place)


def score(name: str, draw: Callable[[random.Random], Study], errors: int, seed: str) -> Score:
    """Plant errors until so many of them were material."""
    rng = random.Random(f"{name}/{seed}")
    trials: list[Trial] = []
    while len(trials) < errors:
        study = draw(rng)
        line = rng.choice(candidates(study))
        times = Fraction(round(10 ** rng.uniform(-1, 1), 3)).limit_denominator(1000)
        if material(study, line, times):
            digest = hashlib.sha256(f"{name}/{seed}/{len(trials)}".encode()).hexdigest()
            trials.append(trial(study, line, times, digest))
    return Score(name, tuple(trials))


def _same(study: Study, rng: random.Random) -> Study:
    del rng
    return study


def scores(errors: int, seed: str, models: Sequence[str]) -> list[Score]:
    """Measure the examples, and made-up studies of 100 and 400 lines."""
    factors, found = load(), []
    template: Ranked | None = None
    for model in models:
        made = example_study(model, factors).footprint
        if made is not None:
            study = of_example(made)
            template = template or next(iter(study.values()))[0]
            found.append(score(model, partial(_same, study), errors, seed))
    if template is not None:
        for count in (100, 400):
            drawn = partial(made_up, template, count=count)
            found.append(score(f"made up, {count} lines", drawn, errors, seed))
    return found


def page(found: Sequence[Score]) -> str:
    """Return the table: each study, then the curve over all of them."""
    heads = "| study | material errors | lines looked at | found | random, same size | first 20 % |"
    rows = [heads, "|---|---:|---:|---:|---:|---:|"]
    rows += [
        f"| {one.name} | {len(one.trials)} | {one.looked:.1%} | {one.found:.1%} "
        f"| {one.looked:.1%} | {one.at(0.2):.1%} |"
        for one in found
    ]
    every = Score("all", tuple(trial for one in found for trial in one.trials))
    rows += [
        "",
        "| share of lines, in the plan's order | found | random sample |",
        "|---|---:|---:|",
    ]
    rows += [f"| {cut:.0%} | {every.at(cut):.1%} | {cut:.1%} |" for cut in CUTS]
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", type=int, default=300, help="material errors per study")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--models", default=",".join(examples()))
    told = parser.parse_args()
    print(page(scores(told.errors, told.seed, told.models.split(","))))


if __name__ == "__main__":
    main()
