"""What the deep campaigns have shown: one line per run, and a page that adds the runs up.

A campaign takes fresh seeds until its figure is reached or its time is up, and goes on from there
the next time::

    with campaign("engines") as run:
        for seed in run.seeds():
            run.worst("gap", apart(random_system(seed)))
            run.count("systems")

Every run appends a line to ``docs/evidence/<campaign>.jsonl``: counters, seeds, commit, date,
duration, versions, verdict. A run that fails is written down like any other, and what was counted
before it counts no more. Runs on code that differs from its commit are written down and not
counted. ``CARBONLABEL_DEEP_SEED=n`` repeats one seed and writes nothing down.

``python -m tests.evidence`` renews the page ``docs/reference/evidence.md``; so does every run.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import platform
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "evidence"
PAGE = ROOT / "docs" / "reference" / "evidence.md"
CODE = ("factors", "lca", "labels", "templates", "tests")

MINUTES = 55.0
"""Time of a run where ``CARBONLABEL_DEEP_MINUTES`` does not say otherwise."""

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Goal:
    """What a campaign counts, how many of them are its figure, and what holds for each."""

    counter: str
    figure: int
    promise: str
    packages: tuple[str, ...] = ()


GOALS: Mapping[str, Goal] = {
    "engines": Goal(
        "systems",
        100_000,
        "Three engines agree to 1e-9 on every line of random systems with loops, co-products, "
        "allocation, credits and two electricity results.",
        ("bw2calc", "numpy", "scipy"),
    ),
    "numbers": Goal(
        "texts",
        1_000_000,
        "Any text in a number's cell is a value, a question with different readings, or a coded "
        "finding in both languages; never an exception.",
        ("pint",),
    ),
    "tamper": Goal(
        "documents",
        100_000,
        "A changed document is never valid, and the reason given is one of its kind of change.",
        ("pyHanko", "cryptography", "pikepdf"),
    ),
    "kill": Goal(
        "kills",
        10_000,
        "No acknowledged certificate is lost and none is issued twice when the issuing process is "
        "killed.",
        ("sqlalchemy",),
    ),
    "programme": Goal(
        "kills",
        1_000,
        "A programme's run that is killed goes on where it stopped: nothing stored is done again, "
        "and every prepared file has the bytes of a run nobody killed.",
    ),
    "proofs": Goal(
        "corrupted",
        1_000_000,
        "Every proof of the log holds for two verifiers (all of trees up to 256 leaves, random "
        "ones up to 2^20), and neither accepts one that was corrupted.",
    ),
    "race": Goal(
        "rounds",
        100,
        "Of 32 processes that ask for the same 1,000 claims at once, on SQLite and on PostgreSQL, "
        "all get one receipt for each claim, and no claim has two numbers.",
        ("sqlalchemy", "psycopg"),
    ),
    "states": Goal(
        "runs",
        10_000,
        "Whatever is asked of a registry in whatever order, with death at any step, reopening, "
        "rotation of keys and jumps of the clock, fifty steps on end: it and a plain model agree.",
        ("hypothesis", "sqlalchemy"),
    ),
    "bits": Goal(
        "flips",
        2_000,
        "A bit flipped in the files of a registry, or in a value that something rests on, is named "
        "by its check; nothing is issued over it but what would have been issued anyway.",
        ("sqlalchemy",),
    ),
    "power": Goal(
        "cuts",
        100_000,
        "After a power cut at any moment of issuing (unsynced writes there, gone or torn) every "
        "acknowledged record and its documents are there, and the registry is whole; with less "
        "syncing some are lost.",
        ("sqlalchemy",),
    ),
    "iofault": Goal(
        "faults",
        650,
        "Each of the first 200 file-system calls of issuing fails with EIO, with ENOSPC, or is the "
        "last one, and the disk is full at 50 sizes: nothing false is acknowledged, nothing is "
        "lost, a failed sync ends the session.",
        ("sqlalchemy",),
    ),
    "beer": Goal(
        "breweries",
        1_000,
        "Any brewery computes: parts sum to the totals, removals alone are negative, cradle to "
        "gate is less than cradle to grave.",
        ("bw2calc", "numpy", "scipy"),
    ),
    "cases": Goal(
        "matrices",
        200,
        "Matrix cases of up to 400 x 400 with 24 indicators agree with a dense solution, in "
        "seconds.",
        ("bw2calc", "numpy", "scipy"),
    ),
    "brightway": Goal(
        "scores",
        52,
        "Every example scores the same to 1e-6 after its Excel file is imported by current "
        "Brightway and by brightway2 2.4.7, and in a project; a background linked there and the "
        "same background as factors here give one figure.",
        ("bw2calc", "openpyxl"),
    ),
    "seeded": Goal(
        "files",
        5_000,
        "Of up to twenty faults planted in one workbook, 98 % are named at the right cell; nothing "
        "is said where nothing was planted.",
        ("openpyxl",),
    ),
    "models": Goal(
        "works",
        3_000,
        "Any answers to the questions of any model give a finite figure whose parts sum to the "
        "totals, removals alone negative, or coded findings.",
        ("bw2calc", "numpy", "scipy"),
    ),
    "scenarios": Goal(
        "scenarios",
        500,
        "Every scenario of every model bridges exactly on its example, under each rule set.",
        ("bw2calc", "numpy", "scipy"),
    ),
    "docs": Goal(
        "pages",
        20,
        "Every command of the documentation prints what its page says; pages that take long, again "
        "and again.",
    ),
    "fuzz": Goal(
        "inputs",
        1_000_000,
        "A workbook spoilt at random (zip, XML, cells) ends in findings or a coded refusal, in at "
        "most 2 s of processor time and 300 MB.",
        ("openpyxl", "defusedxml"),
    ),
    "fresh": Goal(
        "machines",
        1,
        "On a Debian that has never seen the project the README's two commands work for a normal "
        "user with sudo and give the figures of this machine; make test may be cut to a few rooms.",
    ),
}


# --- a run ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Run:
    """One run of a campaign.

    Attributes
    ----------
    goal
        What is counted.
    first, seed
        First seed of the run; the seed at work.
    wanted
        How many make the run complete: what earlier runs left over, or the whole figure again.
    start, deadline
        When it began and when to stop, on the monotonic clock (s).
    repeated
        Whether one seed is looked at again, which is no new evidence.
    counters
        What happened how often.
    largest
        Largest value of each measured quantity.
    """

    goal: Goal
    first: int
    wanted: int
    start: float
    deadline: float
    repeated: bool = False
    seed: int = 0
    counters: Counter[str] = field(default_factory=Counter)
    largest: dict[str, float] = field(default_factory=dict)

    def seeds(self) -> Iterator[int]:
        """Return fresh seeds until the figure is reached or the time is up."""
        self.seed = self.first
        while self.counters[self.goal.counter] < self.wanted and time.monotonic() < self.deadline:
            yield self.seed
            self.seed += 1

    def count(self, name: str, times: int = 1) -> None:
        """Count what happened."""
        self.counters[name] += times

    def worst(self, name: str, value: float) -> None:
        """Keep the largest value of a quantity."""
        self.largest[name] = max(value, self.largest.get(name, value))


@contextmanager
def campaign(name: str, folder: Path = FOLDER, page: Path = PAGE) -> Iterator[Run]:
    """Run a share of a campaign and write down what it showed, also when it fails."""
    run, failed = _begin(name, folder), ""
    try:
        yield run
    except KeyboardInterrupt:
        raise  # what was done until then holds
    except BaseException as error:
        failed = type(error).__name__
        raise
    finally:
        if not run.repeated and (run.counters or failed):
            told = _line(name, run, failed)
            append(told, folder)
            page.write_text(page_of(folder), encoding="utf-8")
            print(f"\n{name}: {told['verdict']}, {_sums(told)}")


def _begin(name: str, folder: Path) -> Run:
    """Return a run that goes on where the runs on file ended, or the one seed asked for."""
    goal, lines = GOALS[name], read(name, folder)
    minutes = float(os.environ.get("CARBONLABEL_DEEP_MINUTES", MINUTES))
    start = time.monotonic()
    if seed := os.environ.get("CARBONLABEL_DEEP_SEED"):
        return Run(goal, int(seed), 1, start, math.inf, repeated=True)
    done = total(of_lineage(lines), goal.counter)
    wanted = goal.figure - done if done < goal.figure else goal.figure
    first = max((line["seeds"][1] for line in lines), default=0)
    return Run(goal, first, wanted, start, start + 60 * minutes, seed=first)


def _line(name: str, run: Run, failed: str) -> Line:
    return {
        "campaign": name,
        **provenance(run.goal.packages),
        "seconds": round(time.monotonic() - run.start),
        "seeds": [run.first, run.seed + bool(failed)],
        "counters": dict(sorted(run.counters.items())),
        "largest": {key: float(f"{value:.2e}") for key, value in sorted(run.largest.items())},
        "verdict": "failed" if failed else "held",
        **({"failed": {"seed": run.seed, "error": failed}} if failed else {}),
    }


def provenance(packages: Iterable[str]) -> Line:
    """Return commit, whether the code is that of the commit, moment and versions."""
    known = ("python", platform.python_version()), *((p, version(p)) for p in packages)
    return {
        "commit": git("rev-parse", "HEAD").strip(),
        "clean": not git("status", "--porcelain", "--untracked-files=no", "--", *CODE),
        "date": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "versions": dict(known),
    }


def git(*arguments: str) -> str:
    """Return what git says of this checkout; a campaign needs one, or nobody could repeat it."""
    told = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return told.stdout


# --- runs on file --------------------------------------------------------------------------------


def append(line: Line, folder: Path = FOLDER) -> None:
    """Add a line to the file of its campaign."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{line['campaign']}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def read(name: str, folder: Path = FOLDER) -> list[Line]:
    """Return the runs of a campaign in their order."""
    file = folder / f"{name}.jsonl"
    rows = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [json.loads(row) for row in rows]


def of_lineage(lines: Sequence[Line]) -> list[Line]:
    """Return the runs on commits that this checkout descends from."""
    ancestors = set(git("rev-list", "HEAD").split()) if lines else set()
    return [line for line in lines if line["commit"] in ancestors]


def counted(lines: Sequence[Line]) -> list[Line]:
    """Return the runs that add up: on committed code, since the last failure."""
    kept: list[Line] = []
    for line in lines:
        if line["verdict"] == "failed":
            kept.clear()
        elif line["clean"]:
            kept.append(line)
    return kept


def total(lines: Sequence[Line], counter: str) -> int:
    """Return what the runs that count add up to."""
    return sum(line["counters"].get(counter, 0) for line in counted(lines))


# --- the page ------------------------------------------------------------------------------------

HEAD = """# Evidence of the deep campaigns

Generated by `python -m tests.evidence` from `docs/evidence/*.jsonl`: do not edit. `make deep-NAME`
runs a share of a campaign with fresh seeds, for at most 55 minutes (`CARBONLABEL_DEEP_MINUTES`
says otherwise), and adds its line. A figure is reached when the runs add up to it. A run that
fails stays on file and takes away what was counted before it; a run on code that differs from its
commit is not counted. `CARBONLABEL_DEEP_SEED=n make deep-NAME` repeats one seed.
"""


def page_of(folder: Path = FOLDER) -> str:
    """Return the page: sums by campaign, then each campaign by commit, then mutation testing."""
    rows = [
        "| campaign | counted | figure | reached | runs | time | last run |",
        "|---|--:|--:|---|--:|--:|---|",
        *(_summary(name, read(name, folder)) for name in GOALS),
    ]
    sections = [_section(name, read(name, folder)) for name in GOALS]
    return "\n\n".join([HEAD.strip(), "\n".join(rows), *sections, _mutation(folder)]) + "\n"


def _summary(name: str, lines: Sequence[Line]) -> str:
    goal, kept = GOALS[name], counted(lines)
    done = total(lines, goal.counter)
    minutes = sum(line["seconds"] for line in kept) / 60
    cells = (
        f"`{name}`",
        f"{done:,} {goal.counter}",
        f"{goal.figure:,}",
        "yes" if done >= goal.figure else f"{done / goal.figure:.0%}",
        str(len(kept)),
        f"{minutes:.0f} min",
        kept[-1]["date"][:10] if kept else "-",
    )
    return f"| {' | '.join(cells)} |"


def _section(name: str, lines: Sequence[Line]) -> str:
    """Tell promise and runs of a campaign; runs on one commit are one row."""
    told = [f"## {name}", "", GOALS[name].promise]
    if lines:
        told += ["", "| commit | dates | seeds | verdict | sums |", "|---|---|---|---|---|"]
        told += [_row(list(group)) for _, group in groupby(lines, _same)]
    return "\n".join(told)


def _same(line: Line) -> tuple[str, bool, str]:
    return line["commit"], line["clean"], line["verdict"]


def _row(lines: Sequence[Line]) -> str:
    first, last = lines[0], lines[-1]
    days = sorted({line["date"][:10] for line in lines})
    verdict = first["verdict"]
    if verdict == "failed":
        verdict += f" at seed {last['failed']['seed']} ({last['failed']['error']})"
    commit = f"`{first['commit'][:10]}`" + ("" if first["clean"] else " with changes, not counted")
    seeds = f"{first['seeds'][0]}-{last['seeds'][1] - 1}"
    cells = (commit, " to ".join(dict.fromkeys((days[0], days[-1]))), seeds, verdict, _sums(*lines))
    return f"| {' | '.join(cells)} |"


def _sums(*lines: Line) -> str:
    """Return counters summed, and the largest of what was measured."""
    counters: Counter[str] = Counter()
    largest: dict[str, float] = {}
    for line in lines:
        counters.update(line["counters"])
        for key, value in line["largest"].items():
            largest[key] = max(value, largest.get(key, value))
    told = [f"{key.replace('_', ' ')} {value:,}" for key, value in sorted(counters.items())]
    return ", ".join([*told, *(f"largest {key} {value:g}" for key, value in largest.items())])


def _mutation(folder: Path) -> str:
    """Tell the score of each module as it was last measured."""
    latest = {line["module"]: line for line in read("mutation", folder)}
    told = [
        "## mutation",
        "",
        "`make deep-mutation` puts small faults into a module, one at a time; tests must notice.",
        "The survivors stand, each with what was changed, in `docs/evidence/mutation.jsonl`.",
        "The tool leaves out properties and what runs at import; so `lca/inventory.py` has no row.",
    ]
    if latest:
        head = "| module | mutants | noticed | survived | without test | score | commit | date |"
        told += ["", head, "|---|--:|--:|--:|--:|--:|---|---|"]
        told += [_module(latest[name]) for name in sorted(latest)]
    return "\n".join(told)


def _module(line: Line) -> str:
    counters = line["counters"]
    mutants, noticed = sum(counters.values()), counters["noticed"]
    cells = (
        f"`{line['module']}`",
        f"{mutants:,}",
        f"{noticed:,}",
        f"{counters['survived']:,}",
        f"{counters['without_test']:,}",
        f"{noticed / mutants:.1%}",
        f"`{line['commit'][:10]}`" + ("" if line["clean"] else " with changes"),
        line["date"][:10],
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page_of(), encoding="utf-8")
