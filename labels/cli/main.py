"""``carbonlabel``: every command, its arguments, and the module that does the work.

This is the one file with imports inside functions: each command loads its own module, so that
``carbonlabel --help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from factors.errors import CarbonLabelError, UnsafeFileError
from factors.texts import Lang

OK, NOT_OK, UNREADABLE = 0, 1, 2

app = typer.Typer(
    name="carbonlabel",
    help="Product carbon footprints: from a filled workbook to a label anyone can verify.",
    invoke_without_command=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
factors_app = typer.Typer(no_args_is_help=True, help="Search and show emission factors.")
keys_app = typer.Typer(no_args_is_help=True, help="Make and show keys; write trust files.")
registry_app = typer.Typer(no_args_is_help=True, help="The register of issued documents.")
app.add_typer(factors_app, name="factors")
app.add_typer(keys_app, name="keys")
app.add_typer(registry_app, name="registry")


def _default_lang() -> Lang:
    """Chinese where the machine speaks Chinese, else English."""
    told = os.environ.get("CARBONLABEL_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    return "zh" if (told or "").lower().startswith("zh") else "en"


DEFAULT_LANG = _default_lang()
Language = Annotated[
    str, typer.Option("--lang", help="Language: zh or en.", show_default="by locale")
]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
RuleSetId = Annotated[str, typer.Option("--ruleset", help="Rule set; see `carbonlabel rulesets`.")]
Subject = Annotated[
    str, typer.Option("--subject", help="Family of a workbook, or subject of a system file.")
]
Location = Annotated[Path | None, typer.Argument(help="Folder of the registry.")]
RegistryOption = Annotated[Path | None, typer.Option("--registry", help="Folder of the registry.")]
RegistryPath = Annotated[str, typer.Option("--registry", help="Folder of the registry.")]


@app.callback()
def everywhere(
    context: typer.Context,
    overlay: Annotated[
        Path | None,
        typer.Option("--overlay", help="Folder of private factor releases (CARBONLABEL_OVERLAY)."),
    ] = None,
) -> None:
    """Product carbon footprints: from a filled workbook to a label anyone can verify."""
    if overlay is not None:
        os.environ["CARBONLABEL_OVERLAY"] = str(overlay)
    if context.invoked_subcommand is None:
        from labels.cli.welcome import show_welcome

        show_welcome(DEFAULT_LANG)


@app.command()
def models() -> None:
    """List the product models."""
    from labels.cli.studies import list_models

    list_models()


@app.command()
def rulesets() -> None:
    """List the rule sets."""
    from labels.cli.studies import list_rulesets

    list_rulesets()


@app.command()
def template(
    model: str,
    output: Annotated[Path, typer.Option("-o", "--output", help="Workbook to write (.xlsx).")],
    lang: Language = DEFAULT_LANG,
    example: Annotated[bool, typer.Option("--example", help="Fill in the example maker.")] = False,
    families: Annotated[
        int, typer.Option("--families", min=1, max=40, help="Columns for product families.")
    ] = 4,
    small: Annotated[bool, typer.Option("--small", help="Five sheets, for one product.")] = False,
    sheets: Annotated[
        str, typer.Option("--with", help="Further sheets by id, with commas; or all.")
    ] = "",
) -> None:
    """Write the Excel workbook of a product model, blank or filled with the example."""
    from labels.cli.studies import write_template

    write_template(
        model, output, _lang(lang), example=example, families=families, sheets=sheets, small=small
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
    from labels.cli.studies import check_workbook

    raise typer.Exit(
        check_workbook(workbook, ruleset, _lang(lang), annotate, as_json=json, subject=subject)
    )


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

    raise typer.Exit(show_footprint(source, ruleset, _lang(lang), as_json=json, subject=subject))


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

    code = show_contributions(source, ruleset, _lang(lang), by, as_json=json, subject=subject)
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

    code = convert_workbook(workbook, output, ruleset, _lang(lang), subject=subject, every=every)
    raise typer.Exit(code)


@app.command()
def scenario(
    source: Annotated[Path, typer.Argument(help="A workbook or a system file (.json).")],
    changes: Annotated[
        Path, typer.Argument(help="File of changes (.toml), or a second file to compare with.")
    ],
    ruleset: RuleSetId = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Show a what-if: before, after and an exact bridge; never part of any label."""
    from labels.cli.scenario import show_scenario

    raise typer.Exit(show_scenario(source, changes, ruleset, _lang(lang), as_json=json))


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

    raise typer.Exit(show_methods(source, ruleset, _lang(lang), as_json=json, subject=subject))


@app.command()
def uncertainty(
    source: Annotated[Path, typer.Argument(help="A workbook or a system file (.json).")],
    against: Annotated[
        Path | None, typer.Option("--against", help="A second file: is the first one lower?")
    ] = None,
    runs: Annotated[int, typer.Option("--runs", min=1, max=10_000_000, help="Draws.")] = 10_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same numbers.")] = 0,
    ruleset: RuleSetId = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Show how far the figure may be off: sampled, first order, limits; never on a label."""
    from labels.cli.uncertainty import show_uncertainty

    code = show_uncertainty(source, against, ruleset, _lang(lang), runs, seed, as_json=json)
    raise typer.Exit(code)


@app.command()
def export(
    source: Annotated[str, typer.Argument(help="A workbook, a system file (.json), or a serial.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")],
    form: Annotated[
        str, typer.Option("--format", help="verifier-xlsx, lines-xlsx or summary (.pdf).")
    ] = "verifier-xlsx",
    ruleset: RuleSetId = "",
    lang: Language = DEFAULT_LANG,
    subject: Subject = "",
    registry: RegistryOption = None,
) -> None:
    """Export a footprint: the verifier's live recalculation, lines for a customer, a summary."""
    from labels.cli.export import export_issued, export_study

    if registry is not None:
        raise typer.Exit(export_issued(source, form, output, registry, _lang(lang)))
    raise typer.Exit(export_study(Path(source), form, output, ruleset, _lang(lang), subject))


@app.command()
def units(
    text: Annotated[str, typer.Argument(help="What was written, e.g. “12 万kWh”.")],
    to: Annotated[str, typer.Option("--to", help="Unit to convert into.")] = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Show how a number with its unit is read, and convert it; exit 1 where it is unclear."""
    from labels.cli.units import show

    raise typer.Exit(show(text, to, _lang(lang), as_json=json))


@factors_app.command("search")
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
        _lang(lang),
        on=on,
        per=unit,
        boundary=boundary,
        amount=amount,
        current=current,
        as_json=json,
    )


@factors_app.command("compare")
def factors_compare(
    factors: Annotated[list[str], typer.Argument(help="Ids of two rows or more.")],
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Put rows side by side; what differs is marked."""
    from labels.cli.library import compare_rows

    compare_rows(factors, _lang(lang), as_json=json)


@factors_app.command("impact")
def factors_impact(factor: str, json: Json = False, lang: Language = DEFAULT_LANG) -> None:
    """Show which models, defaults, rule sets and examples rest on a row."""
    from labels.cli.reliance import impact

    impact(factor, _lang(lang), as_json=json)


@factors_app.command("coverage")
def factors_coverage(
    model: Annotated[str, typer.Argument(help="A model; all with an example if left out.")] = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Show the hot-spot inputs of a model's example with the rows they rest on."""
    from labels.cli.reliance import coverage

    coverage(model, _lang(lang), as_json=json)


@factors_app.command("show")
def factors_show(factor: str, json: Json = False, lang: Language = DEFAULT_LANG) -> None:
    """Show one factor with its provenance."""
    from labels.cli.library import show

    show(factor, _lang(lang), as_json=json)


@factors_app.command("sources")
def factors_sources(json: Json = False, lang: Language = DEFAULT_LANG) -> None:
    """List the sources of the factor library with licences and hashes."""
    from labels.cli.library import sources

    sources(_lang(lang), as_json=json)


@keys_app.command("new")
def keys_new(
    name: Annotated[str, typer.Argument(help="Person or organisation, as it will be printed.")],
    purpose: Annotated[str, typer.Option("--purpose", help="approval, checkpoint or seal.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Key file to write.")],
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="Leave the file unprotected.")
    ] = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Make a key; the passphrase is asked for, or taken from CARBONLABEL_PASSPHRASE."""
    from labels.cli.keyring import new

    new(purpose, name, output, _lang(lang), plain_text=no_passphrase)


@keys_app.command("show")
def keys_show(key: Path, lang: Language = DEFAULT_LANG) -> None:
    """Show the public half of a key as an entry of a trust file."""
    from labels.cli.keyring import show_key

    show_key(key, _lang(lang))


@keys_app.command("trust")
def keys_trust(
    keys: Annotated[
        list[str], typer.Argument(help="KEYFILE[:role,role][@organisation], one or more.")
    ],
    issuer: Annotated[Path, typer.Option("--issuer", help="Issuer profile (issuer.toml).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Trust file to write (.json).")],
    lang: Language = DEFAULT_LANG,
) -> None:
    """Write an issuer's trust file: the public keys with purpose, roles and validity."""
    from labels.cli.keyring import make_trust

    make_trust(issuer, keys, output, _lang(lang))


@registry_app.command("init")
def registry_init(
    location: Path,
    demo: Annotated[bool, typer.Option("--demo", help="Fictitious issuer with its own keys.")] = (
        False
    ),
    issuer: Annotated[
        Path | None, typer.Option("--issuer", help="Issuer profile (issuer.toml).")
    ] = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Create a registry."""
    from labels.cli.register import init

    init(location, issuer, _lang(lang), demo=demo)


@registry_app.command("check")
def registry_check(
    location: Location = None, registry: RegistryOption = None, lang: Language = DEFAULT_LANG
) -> None:
    """Check everything a registry holds: log, checkpoints, bodies, approvals, files."""
    from labels.cli.register import check_registry

    raise typer.Exit(check_registry(_place(location, registry), _lang(lang)))


@registry_app.command("recover")
def registry_recover(
    location: Location = None, registry: RegistryOption = None, lang: Language = DEFAULT_LANG
) -> None:
    """Finish, or declare void, what a stopped process left behind."""
    from labels.cli.issuing import recover_registry

    recover_registry(_place(location, registry), _lang(lang))


@registry_app.command("show")
def registry_show(serial: str, registry: RegistryPath) -> None:
    """Show the log entries and the status of a serial."""
    from labels.cli.register import show_serial

    show_serial(Path(registry), serial)


@app.command()
def submit(
    workbook: Path,
    registry: RegistryPath,
    ruleset: RuleSetId = "",
    kind: Annotated[str, typer.Option("--kind", help="Kind of document.")] = "study_report",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Hand a workbook in as a draft; prints the draft's id."""
    from labels.cli.issuing import submit_workbook

    raise typer.Exit(submit_workbook(workbook, ruleset, kind, Path(registry), _lang(lang)))


@app.command()
def approve(
    draft: str,
    role: Annotated[str, typer.Option("--role", help="preparer, verifier, reviewer or decision.")],
    key: Annotated[Path, typer.Option("--key", help="Approval key file.")],
    registry: RegistryPath,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Sign a draft in a role."""
    from labels.cli.issuing import approve_draft

    approve_draft(draft, role, key, Path(registry), _lang(lang))


@app.command()
def issue(
    draft: Annotated[str, typer.Argument(help="A draft; in a demo registry also a workbook.")],
    registry: RegistryPath,
    out: Annotated[Path, typer.Option("--out", help="Folder for the copies.")],
    seal_key: Annotated[
        Path | None, typer.Option("--seal-key", help="Seal key file; else the registry's own.")
    ] = None,
    ruleset: RuleSetId = "",
    lang: Annotated[str, typer.Option("--lang", help="zh, en or both.")] = "both",
) -> None:
    """Issue a draft: serial, log entry, sealed PDFs in OUT/public and OUT/sealed."""
    from labels.cli.issuing import issue_document

    if lang not in ("zh", "en", "both"):
        raise typer.BadParameter("zh, en or both", param_hint="--lang")
    spoken = _lang(lang) if lang != "both" else DEFAULT_LANG
    raise typer.Exit(issue_document(draft, ruleset, Path(registry), seal_key, out, lang, spoken))


@app.command()
def verify(
    document: Path,
    trust: Annotated[Path | None, typer.Option("--trust", help="Trust file.")] = None,
    registry: Annotated[
        Path | None, typer.Option("--registry", help="Registry folder or its static export.")
    ] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Count again as far as possible.")] = False,
    sealed: Annotated[
        Path | None, typer.Option("--sealed", help="Folder of the sealed copy, for --deep.")
    ] = None,
    workbook: Annotated[
        Path | None, typer.Option("--workbook", help="The workbook, for --deep.")
    ] = None,
    at: Annotated[str, typer.Option("--at", help="Status as of this day, yyyy-mm-dd.")] = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Verify a sealed document offline; exit 0 valid, 1 not valid, 2 unreadable."""
    from labels.cli.checking import verify_document

    raise typer.Exit(
        verify_document(
            document, trust, registry, at, sealed, workbook, _lang(lang), deep=deep, as_json=json
        )
    )


@app.command()
def doctor(lang: Language = DEFAULT_LANG, json: Json = False) -> None:
    """Look whether this machine is ready; changes nothing."""
    from labels.cli.doctor import show_doctor

    raise typer.Exit(show_doctor(_lang(lang), as_json=json))


def _place(location: Path | None, registry: Path | None) -> Path:
    """Return the registry, named as an argument or as --registry."""
    chosen = location or registry
    if chosen is None:
        raise typer.BadParameter("name the folder of the registry", param_hint="LOCATION")
    return chosen


def _lang(told: str) -> Lang:
    if told not in ("zh", "en"):
        raise typer.BadParameter("zh or en", param_hint="--lang")
    return "zh" if told == "zh" else "en"


def main() -> None:
    """Run the command; what goes wrong ends in a message and an exit code, never a traceback."""
    try:
        app()
    except CarbonLabelError as refusal:
        from labels.cli.show import refused

        refused(refusal.findings, _spoken())
        sys.exit(UNREADABLE if isinstance(refusal, UnsafeFileError) else NOT_OK)
    except BrokenPipeError:
        sys.exit(NOT_OK)
    except OSError as refusal:
        from labels.cli.show import refused_file

        refused_file(refusal, _spoken())
        sys.exit(UNREADABLE)
    except Exception as defect:
        if os.environ.get("CARBONLABEL_DEBUG"):
            raise
        from labels.cli.show import broken

        broken(defect, _spoken())
        sys.exit(UNREADABLE)


def _spoken() -> Lang:
    """The language asked for on the command line, for messages after it failed."""
    words = sys.argv
    for place, word in enumerate(words):
        told = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and place + 1 < len(words):
            told = words[place + 1]
        if told in ("zh", "en"):
            return "zh" if told == "zh" else "en"
    return _default_lang()


if __name__ == "__main__":
    main()
