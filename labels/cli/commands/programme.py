"""The enterprises of a programme: prepare everything, decide nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from labels.cli.arguments import (
    DEFAULT_LANG,
    DocumentLanguage,
    Json,
    Language,
    RegistryOption,
    lang_of,
    spoken_of,
)
from labels.cli.group import Group

app = typer.Typer(cls=Group, no_args_is_help=True, help="A programme of many enterprises.")
Programme = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of the programme.")]


@app.command("example")
def programme_example(
    folder: Programme,
    count: Annotated[int, typer.Option("--enterprises", min=1, max=400)] = 40,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same programme.")] = 0,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Write a programme of fictitious enterprises to try it with."""
    from labels.cli.programme import make_example

    make_example(folder, count, seed, lang_of(lang))


@app.command("run")
def programme_run(
    folder: Programme,
    registry: RegistryOption = None,
    workers: Annotated[
        int, typer.Option("--workers", min=0, max=256, help="Processes; 0: one per core.")
    ] = 0,
    scheduler: Annotated[
        str, typer.Option("--scheduler", help="Dask scheduler, tcp://host:port.")
    ] = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Check and compute every file, prepare documents and drafts; issues nothing."""
    from labels.cli.programme import run_programme

    spoken, runner = lang_of(lang), None
    if scheduler:
        from labels.cli.extras import require

        require("distributed", "dask")
        from labels.programme.cluster import on_cluster

        runner = partial(on_cluster, scheduler=scheduler)
    raise typer.Exit(run_programme(folder, registry, workers, spoken, runner))


@app.command("status")
def programme_status(
    folder: Programme,
    registry: RegistryOption = None,
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Show where every enterprise stands, by its files, its cases and the registry."""
    from labels.cli.programme import show_status

    show_status(folder, registry, lang_of(lang), as_json=json)


@app.command("report")
def programme_report(
    folder: Programme,
    output: Annotated[
        list[Path], typer.Option("-o", "--output", help=".pdf, .html or .json; repeat.")
    ],
    registry: RegistryOption = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Keep what it says, for later reports to mind.")
    ] = False,
    lang: DocumentLanguage = "both",
) -> None:
    """Write the report of the programme: names no enterprise, and no figure of few firms."""
    from labels.bundle import document_lang
    from labels.cli.programme import write_report

    try:
        pages = document_lang(lang)
    except ValueError:
        raise typer.BadParameter("zh, en or both", param_hint="--lang") from None
    write_report(folder, registry, output, pages, spoken_of(lang), publish=publish)


@app.command("groups")
def programme_groups(folder: Programme, lang: Language = DEFAULT_LANG) -> None:
    """Check the city's export groups, twenty at most; without any, write the file to fill in."""
    from labels.cli.programme import show_groups

    show_groups(folder, lang_of(lang))


@app.command("reprice")
def programme_reprice(
    folder: Programme,
    factor: Annotated[
        list[str] | None, typer.Option("--factor", help="OLD=NEW, ids of factors; repeat.")
    ] = None,
    gwp: Annotated[str, typer.Option("--gwp", help="Another GWP set, such as AR5-100.")] = "",
    registry: RegistryOption = None,
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Show which labels would move under other factors; issues nothing, invalidates nothing."""
    from labels.cli.programme import show_reprice

    show_reprice(folder, registry, factor or [], gwp, lang_of(lang), as_json=json)


@app.command("rehearse")
def programme_rehearse(
    folder: Programme,
    count: Annotated[int, typer.Option("--enterprises", min=1, max=400)] = 40,
    seed: Annotated[int, typer.Option("--seed", help="Those of the example.")] = 0,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Give the example programme a demo registry with certificates of fictitious people."""
    from labels.cli.programme import rehearse_example

    rehearse_example(folder, count, seed, lang_of(lang))
