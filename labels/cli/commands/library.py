"""The factor library: what could carry a line, and where each number comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from labels.cli.arguments import (
    DEFAULT_LANG,
    Json,
    Language,
    RuleSetId,
    lang_of,
)
from labels.cli.group import Group

app = typer.Typer(cls=Group, no_args_is_help=True, help="Search and show emission factors.")


@app.command("search")
def factors_search(
    text: str,
    place: Annotated[str, typer.Option("--place", help="Where the activity is, e.g. CN-SD.")] = "",
    on: Annotated[str, typer.Option("--on", help="Day of the activity, yyyy-mm-dd.")] = "",
    unit: Annotated[str, typer.Option("--unit", help="Unit of the amount, e.g. kWh.")] = "",
    boundary: Annotated[str, typer.Option("--boundary", help="Wanted boundary.")] = "",
    amount: Annotated[str, typer.Option("--amount", help="Amount of the line, in --unit.")] = "",
    current: Annotated[str, typer.Option("--current", help="Row in use, to compare with.")] = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Rank what could carry a line, with reasons and what was passed over; it never decides."""
    from labels.cli.library import search

    search(
        text,
        place,
        lang_of(lang),
        on=on,
        per=unit,
        boundary=boundary,
        amount=amount,
        current=current,
        as_json=json,
    )


@app.command("show")
def factors_show(factor: str, json: Json = False, lang: Language = DEFAULT_LANG) -> None:
    """Show one factor with its provenance."""
    from labels.cli.library import show

    show(factor, lang_of(lang), as_json=json)


@app.command("compare")
def factors_compare(
    factors: Annotated[list[str], typer.Argument(help="Ids of two rows or more.")],
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Put rows side by side; what differs is marked."""
    from labels.cli.library import compare_rows

    compare_rows(factors, lang_of(lang), as_json=json)


@app.command("impact")
def factors_impact(factor: str, json: Json = False, lang: Language = DEFAULT_LANG) -> None:
    """Show which models, defaults, rule sets and examples rest on a row."""
    from labels.cli.reliance import impact

    impact(factor, lang_of(lang), as_json=json)


@app.command("coverage")
def factors_coverage(
    model: Annotated[str, typer.Argument(help="A model; all with an example if left out.")] = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Show the hot-spot inputs of a model's example with the rows they rest on."""
    from labels.cli.reliance import coverage

    coverage(model, lang_of(lang), as_json=json)


@app.command("sources")
def factors_sources(json: Json = False, lang: Language = DEFAULT_LANG) -> None:
    """List the sources of the factor library with licences and hashes."""
    from labels.cli.library import sources

    sources(lang_of(lang), as_json=json)


@app.command("from-brightway")
def factors_from_brightway(
    links: Annotated[Path, typer.Argument(help="Table factor,database,code,unit (.csv).")],
    project: Annotated[str, typer.Option("--project", help="Brightway project to read.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="New release: OVERLAY/source/release.")
    ],
    ruleset: RuleSetId = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Take activities of your Brightway database as private factors, by gas, in one solve."""
    from labels.cli.extras import require

    require("bw2data", "brightway")
    from labels.cli.brightway import take_background

    raise typer.Exit(take_background(links, project, output, ruleset, lang_of(lang)))
