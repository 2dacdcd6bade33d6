"""From workbook to figure: templates, checks, footprints, what-ifs, exports."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from labels.cli.arguments import (
    DEFAULT_LANG,
    Json,
    Language,
    RegistryOption,
    RuleSetId,
    Subject,
    lang_of,
)

app = typer.Typer()


@app.command()
def models() -> None:
    """List the product models."""
    from labels.cli.blanks import list_models

    list_models()


@app.command()
def rulesets() -> None:
    """List the rule sets."""
    from labels.cli.blanks import list_rulesets

    list_rulesets()


@app.command()
def template(
    model: Annotated[
        str, typer.Argument(help="Id of a model, or the file of one that you write (.toml).")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Workbook to write (.xlsx).")],
    lang: Language = DEFAULT_LANG,
    example: Annotated[bool, typer.Option("--example", help="Fill in the example maker.")] = False,
    certifiable: Annotated[
        bool,
        typer.Option("--certifiable", help="The example maker with suppliers' verified reports."),
    ] = False,
    families: Annotated[
        int, typer.Option("--families", min=1, max=40, help="Columns for product families.")
    ] = 4,
    small: Annotated[bool, typer.Option("--small", help="Five sheets, for one product.")] = False,
    sheets: Annotated[
        str, typer.Option("--with", help="Further sheets by id, with commas; or all.")
    ] = "",
) -> None:
    """Write the Excel workbook of a product model, blank or filled with the example."""
    from labels.cli.blanks import write_template

    write_template(
        model,
        output,
        lang_of(lang),
        example=example,
        families=families,
        sheets=sheets,
        small=small,
        certifiable=certifiable,
    )


@app.command()
def check(
    workbook: Path,
    ruleset: RuleSetId = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
    annotate: Annotated[
        Path | None, typer.Option("--annotate", help="Write a copy with the findings marked in it.")
    ] = None,
    subject: Subject = "",
) -> None:
    """Show everything that is wrong or remarkable in a workbook; exit 0, 1 or 2."""
    from labels.cli.checks import Compute, check_workbook

    def engine() -> Compute:
        from lca.study import every_finding

        return every_finding

    code = check_workbook(
        workbook, ruleset, lang_of(lang), annotate, engine=engine, as_json=json, subject=subject
    )
    raise typer.Exit(code)


@app.command()
def footprint(
    source: Annotated[Path, typer.Argument(help="A workbook or a system file (.json).")],
    ruleset: RuleSetId = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
    subject: Subject = "",
) -> None:
    """Compute the footprint of a workbook or system file, by stage and line."""
    from labels.cli.studies import show_footprint

    raise typer.Exit(show_footprint(source, ruleset, lang_of(lang), as_json=json, subject=subject))


@app.command()
def contributions(
    source: Annotated[Path, typer.Argument(help="A workbook or a system file (.json).")],
    by: Annotated[
        str, typer.Option("--by", help="stage, process, line, factor, account, part, gas.")
    ] = "stage,process",
    ruleset: RuleSetId = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
    subject: Subject = "",
) -> None:
    """Show what the figure is made of, and what would change what is printed."""
    from labels.cli.contributions import show_contributions

    code = show_contributions(source, ruleset, lang_of(lang), by, as_json=json, subject=subject)
    raise typer.Exit(code)


@app.command()
def convert(
    workbook: Path,
    output: Annotated[Path, typer.Option("-o", "--output", help="System file to write (.json).")],
    ruleset: RuleSetId = "",
    lang: Language = DEFAULT_LANG,
    subject: Subject = "",
    every: Annotated[bool, typer.Option("--all", help="All families into one file.")] = False,
) -> None:
    """Convert a workbook to its system file: the same result, with the origin of every amount."""
    from labels.cli.studies import convert_workbook

    code = convert_workbook(workbook, output, ruleset, lang_of(lang), subject=subject, every=every)
    raise typer.Exit(code)


@app.command()
def family(
    workbook: Path,
    mode: Annotated[
        str, typer.Option("--mode", help="weighted-mean, representative or worst-case.")
    ] = "weighted-mean",
    representative: Annotated[
        str, typer.Option("--representative", help="Code of the article that stands for all.")
    ] = "",
    subject: Annotated[str, typer.Option("--subject", help="Family; else the cover's.")] = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="System file of the declared figure.")
    ] = None,
    ruleset: RuleSetId = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Compute every article of a family and the figure that stands for them."""
    from labels.cli.family import show_family
    from lca.family import MODES, Choice

    if mode not in MODES:
        raise typer.BadParameter(", ".join(MODES), param_hint="--mode")
    choice = Choice("representative" if representative else mode, representative)
    code = show_family(
        workbook, choice, ruleset, lang_of(lang), as_json=json, subject=subject, output=output
    )
    raise typer.Exit(code)


@app.command()
def sites(
    workbooks: Annotated[list[Path], typer.Argument(help="A workbook per site.")],
    subject: Annotated[str, typer.Option("--subject", help="Family; else each cover's.")] = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="System file of the mean.")
    ] = None,
    ruleset: RuleSetId = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Compute the same article of several sites, each by itself, with mean and spread."""
    from labels.cli.family import show_sites

    code = show_sites(
        workbooks, ruleset, lang_of(lang), as_json=json, subject=subject, output=output
    )
    raise typer.Exit(code)


@app.command()
def scenario(
    source: Annotated[
        Path | None, typer.Argument(help="A workbook or a system file (.json).")
    ] = None,
    changes: Annotated[
        Path | None,
        typer.Argument(
            help="Name of a scenario of the model or of the workbook's sheet of use and end of "
            "life, ruleset:ID, a file of changes (.toml), or a second file to compare with; "
            "without it all columns of that sheet."
        ),
    ] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="List the scenarios of a model, or of all.")
    ] = False,
    ruleset: RuleSetId = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Show a what-if: before, after and an exact bridge; never part of any label."""
    from labels.cli.scenario import list_scenarios, show_scenario

    if listed:
        list_scenarios(str(source or ""), lang_of(lang), as_json=json)
        return
    if source is None:
        raise typer.BadParameter("SOURCE and a scenario, or --list [MODEL]")
    if changes is None:
        from labels.cli.markets import show_markets

        raise typer.Exit(show_markets(source, ruleset, lang_of(lang), as_json=json))
    raise typer.Exit(show_scenario(source, changes, ruleset, lang_of(lang), as_json=json))


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="Workbook or system file of the year before.")],
    new: Annotated[Path, typer.Argument(help="The new one, of the same product.")],
    ruleset: RuleSetId = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Compare two submissions: exact split of the change, lines to look at again, triggers."""
    from labels.cli.comparing import compare_files

    raise typer.Exit(compare_files(old, new, ruleset, lang_of(lang), as_json=json))


@app.command()
def methods(
    source: Annotated[Path, typer.Argument(help="A workbook or a system file (.json).")],
    ruleset: RuleSetId = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
    subject: Subject = "",
) -> None:
    """Show the figure under every method, with an exact bridge; never part of any label."""
    from labels.cli.methods import show_methods

    raise typer.Exit(show_methods(source, ruleset, lang_of(lang), as_json=json, subject=subject))


@app.command()
def uncertainty(
    source: Annotated[Path, typer.Argument(help="A workbook or a system file (.json).")],
    against: Annotated[
        Path | None, typer.Option("--against", help="A second file: is the first one lower?")
    ] = None,
    runs: Annotated[int, typer.Option("--runs", min=1, max=10_000_000, help="Draws.")] = 10_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same numbers.")] = 0,
    stated_only: Annotated[
        bool, typer.Option("--stated-only", help="Hold fixed what states no spread of its own.")
    ] = False,
    correlation: Annotated[
        Path | None, typer.Option("--correlation", help="Correlated pairs (.csv).")
    ] = None,
    ruleset: RuleSetId = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Show how far the figure may be off: sampled, first order, limits; never on a label."""
    from labels.cli.uncertainty import show_uncertainty

    code = show_uncertainty(
        source,
        against,
        ruleset,
        lang_of(lang),
        runs,
        seed,
        as_json=json,
        stated_only=stated_only,
        correlation=correlation,
    )
    raise typer.Exit(code)


@app.command()
def export(
    source: Annotated[str, typer.Argument(help="A workbook, a system file (.json), or a serial.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="verifier-xlsx, lines-xlsx, summary (.pdf), brightway (.xlsx), brightway-method "
            "(.xlsx), brightway-project (the report, .json) or openlca (.zip).",
        ),
    ] = "verifier-xlsx",
    ruleset: RuleSetId = "",
    lang: Language = DEFAULT_LANG,
    subject: Subject = "",
    registry: RegistryOption = None,
    link: Annotated[
        Path | None, typer.Option("--link", help="Brightway activities for our factors (.csv).")
    ] = None,
    project: Annotated[str, typer.Option("--project", help="Brightway project to write to.")] = "",
) -> None:
    """Export a footprint: for a verifier, a customer, or other LCA software."""
    from labels.cli.export import check_options, export_issued, export_study

    spoken = lang_of(lang)
    if registry is not None:
        raise typer.Exit(export_issued(source, form, output, registry, spoken))
    check_options(form, link, project)
    if form == "brightway-project":
        from labels.cli.extras import require

        require("bw2data", "brightway")
        from labels.cli.brightway import export_project

        code = export_project(Path(source), output, project, ruleset, spoken, subject, link)
    elif form == "openlca":
        from labels.cli.extras import require

        require("olca_schema", "openlca")
        from labels.cli.openlca import export_openlca

        code = export_openlca(Path(source), output, ruleset, spoken, subject)
    elif form in ("brightway", "brightway-method"):
        from labels.cli.interchange import export_interchange

        code = export_interchange(Path(source), form, output, ruleset, spoken, subject, link)
    else:
        code = export_study(Path(source), form, output, ruleset, spoken, subject)
    raise typer.Exit(code)


@app.command()
def batch(
    sources: Annotated[list[Path], typer.Argument(help="Workbooks and system files.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Result to write (.json).")],
    workers: Annotated[
        int, typer.Option("--workers", min=0, max=256, help="Processes; 0: one per core.")
    ] = 0,
    scheduler: Annotated[
        str, typer.Option("--scheduler", help="Dask scheduler, tcp://host:port.")
    ] = "",
    ruleset: RuleSetId = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Compute many files into one result, on all cores or on a cluster; the same bytes."""
    from labels.cli.batch import here, run_batch

    spoken, runner = lang_of(lang), here(workers)
    if scheduler:
        from labels.cli.extras import require

        require("distributed", "dask")
        from lca.batch.cluster import on_cluster

        runner = partial(on_cluster, scheduler=scheduler)
    raise typer.Exit(run_batch(sources, output, ruleset, spoken, runner))


@app.command()
def units(
    text: Annotated[str, typer.Argument(help="What was written, e.g. “12 万kWh”.")],
    to: Annotated[str, typer.Option("--to", help="Unit to convert into.")] = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Show how a number with its unit is read, and convert it; exit 1 where it is unclear."""
    from labels.cli.units import show

    raise typer.Exit(show(text, to, lang_of(lang), as_json=json))
