"""The commands ``programme``: an example, a run, where everybody stands."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Display
from rich.table import Table
from rich.text import Text

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.cli.files import write_whole
from labels.cli.shelf import library
from labels.cli.show import console, findings_table, plain
from labels.printing import PrintRoom
from labels.programme import example, published, ranking, rehearsal
from labels.programme.calendar import dates
from labels.programme.drafts import Drafted, drafts
from labels.programme.figures import figures
from labels.programme.folder import WORK, folder
from labels.programme.look import look, registry_in
from labels.programme.page import html_report, pdf_report
from labels.programme.pipeline import Pipeline, status_json
from labels.programme.records import records
from labels.programme.report import SOON, report
from labels.programme.reprice import SAMPLE, Moved, reprice, reprice_json, worst
from labels.programme.results import Result
from labels.programme.run import Progress, Run, Runner, run
from labels.programme.tables import summary_workbook
from labels.registry.state import State
from labels.registry.store import open_store
from labels.times import now
from labels.view import DocumentLang

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


def rehearse_example(root: Path, count: int, seed: int, lang: Lang) -> None:
    """Verify and certify in a demo registry what can be, of the example programme as written."""
    if not folder(root).settings.sample or (root / rehearsal.REGISTRY).exists():
        raise FindingsError(finding("PROGRAMME-EXISTS", Where(file=str(root))))
    with PrintRoom() as room:
        firms = example.firms(count, seed)
        for serial in rehearsal.rehearse(root, firms, room, library(), now()):
            console(err=True).print(text("cli.issued", lang, serial=serial))


def run_programme(
    root: Path, registry: Path | None, workers: int, lang: Lang, runner: Runner | None = None
) -> int:
    """Check and compute what is new, hand drafts in, write the summary; 1 with faulty files."""
    with _progress(lang) as told:
        made = run(root, workers, told, runner, partial(_handed_in, root, registry))
    _tell_drafts(made, registry, lang)
    place = root / WORK / SUMMARY
    write_whole(place, summary_workbook(made, look(root, registry, now()), lang))
    return _tell(made, place, lang)


def show_status(root: Path, registry: Path | None, lang: Lang, *, as_json: bool) -> None:
    """Show where every enterprise stands."""
    made = look(root, registry, now())
    if as_json:
        plain(status_json(made))
        return
    console().print(_steps(made, lang))
    low, high = made.found.settings.goal
    told = {"count": len(made.certified), "low": low, "high": high}
    console().print(text("programme.goal_line", lang, **told))
    for date in dates(made):
        if (date.day - made.day).days <= SOON:
            kind = text(f"programme.due_{date.kind}", lang)
            console().print(f"{date.day}  {kind}  {date.serial}  {date.enterprise}", markup=False)
    if made.findings:
        findings_table(made.findings, lang)


def _data(made: Mapping[str, Any], pages: DocumentLang) -> bytes:
    del pages
    return json.dumps(made, ensure_ascii=False, indent=1).encode() + b"\n"


MAKERS: Mapping[str, Callable[[Mapping[str, Any], DocumentLang], bytes]] = {
    ".json": _data,
    ".html": html_report,
    ".pdf": pdf_report,
}


def show_groups(root: Path, lang: Lang) -> None:
    """Show the export groups of a programme; write a file to fill in where there is none."""
    found, place = folder(root).ranking, root / ranking.RANKING
    if not place.exists():
        write_whole(place, ranking.blank().encode())
        console(err=True).print(text("programme.groups_written", lang, path=place))
        return
    table = Table(box=None)
    for head in ("rank", "col_group", "models"):
        table.add_column(text(f"programme.{head}", lang), overflow="fold")
    for number, group in enumerate(found.groups[:-1], start=1):
        models = ", ".join(group.models) or text("groups.none", lang)
        table.add_row(*map(Text, (str(number), group.name[lang], models)))
    console().print(table)
    told = text("programme.groups_source_line", lang, source=found.source[lang])
    console().print(told, markup=False)


def write_report(
    root: Path,
    registry: Path | None,
    outputs: Sequence[Path],
    pages: DocumentLang,
    lang: Lang,
    *,
    publish: bool = False,
) -> None:
    """Write the report: as a page (.html), a document (.pdf) or data (.json), or as several."""
    odd = [path for path in outputs if path.suffix.lower() not in MAKERS]
    if odd:
        raise FindingsError(*(finding("PROGRAMME-FORMAT", Where(file=str(path))) for path in odd))
    stand = look(root, registry, now())
    told = figures(stand, published.before(root))
    made = report(stand, told)
    for path in outputs:
        write_whole(path, MAKERS[path.suffix.lower()](made, pages))
        console(err=True).print(text("programme.report_written", lang, path=path))
    if publish:
        kept = published.keep(root, stand.day, told.published)
        console(err=True).print(text("programme.kept", lang, path=kept))
    else:
        console(err=True).print(text("programme.not_kept", lang))


def show_reprice(
    root: Path, registry: Path | None, swaps: list[str], gwp: str, lang: Lang, *, as_json: bool
) -> None:
    """Show which labels would move under other factors or another GWP set."""
    found = folder(root)
    place = registry_in(root, found.settings.registry, registry)
    if place is None:
        raise FindingsError(finding("PROGRAMME-REGISTRY", Where(file=str(root))))
    instead = dict(_swap(one) for one in swaps)
    known = [one for one in records(open_store(place), now()) if one.state in STANDING]
    moved = reprice(known, library(), instead, gwp)
    if as_json:
        plain(reprice_json(moved, instead, gwp))
        return
    console().print(_moved(moved, lang))
    sample = moved[:SAMPLE]
    gap = worst(sample, known, library(), instead, gwp)
    beyond = len({one.serial for one in moved if one.beyond})
    told = {"count": len(known), "beyond": beyond}
    console().print(text("programme.repriced", lang, **told))
    console().print(text("programme.repriced_exactly", lang, count=len(sample), gap=f"{gap:.0e}"))
    for old in instead:
        console().print(text("programme.recall", lang, factor=old), markup=False)


STANDING = (State.ISSUED, State.SUSPENDED)
"""Records whose figure anybody may still be looking at."""


def _swap(told: str) -> tuple[str, str]:
    old, _, new = told.partition("=")
    if not old or not new:
        raise FindingsError(finding("PROGRAMME-SWAP", Where(path="--factor"), told=told))
    return old, new


def _moved(several: Sequence[Moved], lang: Lang) -> Table:
    table = Table(box=None)
    for head in ("serial", "product", "boundary", "old", "new", "change"):
        right = head in ("old", "new", "change")
        table.add_column(text(f"programme.{head}", lang), justify="right" if right else "left")
    for one in several:
        boundary = text(f"cli.{one.boundary.replace('-', '_')}", lang)
        change = f"{one.change:+.1%}{' !' if one.beyond else ''}"
        shown = (one.serial, one.product, boundary, f"{one.old:.4g}", f"{one.new:.4g}", change)
        table.add_row(*map(Text, shown))
    return table


def _steps(made: Pipeline, lang: Lang) -> Table:
    table = Table(box=None)
    for head in ("enterprise", "product", "step", "serial", "until"):
        table.add_column(text(f"programme.{head}", lang), overflow="fold")
    for one in made.standings:
        rows = one.products or (None,)
        for product in rows:
            step = text(f"programme.step_{product.step if product else one.step}", lang)
            record = product.record if product else None
            until = str(record.until or "") if record else ""
            shown = (one.name[lang], product.name[lang] if product else "", step)
            table.add_row(*map(Text, (*shown, record.serial if record else "", until)))
    return table


def _handed_in(root: Path, registry: Path | None, results: Sequence[Result]) -> tuple[Drafted, ...]:
    place = registry_in(root, folder(root).settings.registry, registry)
    return drafts(open_store(place), results, now()) if place else ()


def _tell_drafts(made: Run, registry: Path | None, lang: Lang) -> None:
    place = made.found.root / made.found.settings.registry
    if registry is None and not made.drafted and not place.is_dir():
        console(err=True).print(text("programme.no_registry", lang, path=place))
        return
    fresh = sum(one.fresh for one in made.drafted)
    count = sum(bool(one.draft) for one in made.drafted)
    console(err=True).print(text("programme.drafted", lang, count=count, fresh=fresh))


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
