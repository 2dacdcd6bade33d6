"""The commands ``programme``: an example, a run, where everybody stands."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Display

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.cli.files import write_whole
from labels.cli.show import console
from labels.programme import example
from labels.programme.drafts import Drafted, drafts
from labels.programme.folder import WORK, Folder
from labels.programme.run import Progress, Run, run
from labels.programme.tables import summary_workbook
from labels.registry.store import open_store
from labels.times import now

OK, NOT_OK = 0, 1
FEW = 8
"""Enterprises that one process writes sooner than others have started."""

SUMMARY = "summary.xlsx"


def make_example(root: Path, count: int, seed: int, lang: Lang) -> None:
    """Write a fictitious programme."""
    if root.exists() and any(root.iterdir()):
        raise FindingsError(finding("PROGRAMME-EXISTS", Where(file=str(root))))
    workers = (os.cpu_count() or 1) if count > FEW else 1
    example.write(root, example.firms(count, seed), workers)
    console(err=True).print(text("programme.made_example", lang, count=count, path=root))


def run_programme(root: Path, registry: Path | None, workers: int, lang: Lang) -> int:
    """Check and compute what is new, hand drafts in, write the summary; 1 with faulty files."""
    with _progress(lang) as told:
        made = run(root, workers, told)
    drafted = _drafts(made, registry, lang)
    place = root / WORK / SUMMARY
    write_whole(place, summary_workbook(made, drafted, lang))
    return _tell(made, place, lang)


def registry_of(found: Folder, registry: Path | None) -> Path | None:
    """Return the registry that was named, else the one in the programme's folder, if any."""
    if registry is not None:
        return registry
    own = found.root / found.settings.registry
    return own if found.settings.registry and own.is_dir() else None


def _drafts(made: Run, registry: Path | None, lang: Lang) -> tuple[Drafted, ...]:
    place = registry_of(made.found, registry)
    if place is None:
        wanted = made.found.root / made.found.settings.registry
        console(err=True).print(text("programme.no_registry", lang, path=wanted))
        return ()
    drafted = drafts(open_store(place), made.results, now())
    fresh = sum(one.fresh for one in drafted)
    count = sum(bool(one.draft) for one in drafted)
    console(err=True).print(text("programme.drafted", lang, count=count, fresh=fresh))
    return drafted


def _tell(made: Run, place: Path, lang: Lang) -> int:
    computed = sum(one.computed for one in made.results)
    faulty = len(made.results) - computed
    skipped = sum(one.blocks for one in made.findings)
    told = {"files": len(made.results), "computed": computed, "faulty": faulty}
    console().print(text("programme.ran", lang, **told, skipped=skipped, fresh=made.fresh))
    console().print(text("programme.summary_written", lang, path=place))
    return NOT_OK if faulty or skipped else OK


@contextmanager
def _progress(lang: Lang) -> Iterator[Callable[[Progress], None]]:
    """Show how far a run is and how long it will take, on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Display(*columns, console=console(err=True)) as display:
        task = display.add_task(text("programme.running", lang), total=None)

        def told(progress: Progress) -> None:
            display.update(task, completed=progress.done, total=progress.total)

        yield told
