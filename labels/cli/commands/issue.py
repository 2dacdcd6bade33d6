"""Handing in, approving, issuing and verifying a document."""

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
    Market,
    RegistryPath,
    RuleSetId,
    Subject,
    lang_of,
    spoken_of,
)

app = typer.Typer()


@app.command()
def submit(
    workbook: Path,
    registry: RegistryPath,
    ruleset: RuleSetId = "",
    kind: Annotated[str, typer.Option("--kind", help="Kind of document.")] = "study_report",
    case: Annotated[
        Path | None, typer.Option("--case", help="Folder of the closed verification file.")
    ] = None,
    until: Annotated[str, typer.Option("--until", help="Last day of validity, yyyy-mm-dd.")] = "",
    market: Market = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Hand a workbook in as a draft; prints the draft's id."""
    from labels.cli.aside import computing

    with computing(soon=True) as desk:
        from labels.cli.issuing import Wanted, submit_workbook

        closed = None
        if case is not None:
            from labels.cli.casegate import closed_case

            closed = partial(closed_case, case)
        wanted = Wanted(ruleset, kind, market, closed, until)
        told = submit_workbook(workbook, wanted, Path(registry), desk, lang_of(lang))
    raise typer.Exit(told)


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

    approve_draft(draft, role, key, Path(registry), lang_of(lang))


@app.command()
def issue(
    draft: Annotated[str, typer.Argument(help="A draft; in a demo registry also a workbook.")],
    registry: RegistryPath,
    out: Annotated[Path, typer.Option("--out", help="Folder for the copies.")],
    seal_key: Annotated[
        Path | None, typer.Option("--seal-key", help="Seal key file; else the registry's own.")
    ] = None,
    ruleset: RuleSetId = "",
    market: Market = "",
    lang: DocumentLanguage = "both",
) -> None:
    """Issue a draft: serial, log entry, sealed PDFs in OUT/public and OUT/sealed."""
    from labels.cli.aside import computing, is_draft
    from labels.printing import PrintRoom

    with PrintRoom() as room, computing(soon=not is_draft(draft)) as desk:
        from labels.cli.issuing import Wanted, issue_document

        spoken, wanted = spoken_of(lang), Wanted(ruleset, market=market)
        told = issue_document(
            draft, wanted, Path(registry), seal_key, out, lang, spoken, room, desk
        )
    raise typer.Exit(told)


@app.command()
def artwork(
    serial: Annotated[str, typer.Argument(help="Serial of an issued record.")],
    registry: RegistryPath,
    output: Annotated[Path, typer.Option("-o", "--output", help=".svg, .png or .pdf.")],
    size: Annotated[str, typer.Option("--size", help="100x70 or 50x30 (mm).")] = "100x70",
    ink: Annotated[str, typer.Option("--ink", help="One ink, #RRGGBB.")] = "",
    ground: Annotated[str, typer.Option("--ground", help="Ground, #RRGGBB.")] = "",
    scale: Annotated[int, typer.Option("--scale", help="100, 125, 150 or 200 %.")] = 100,
    market: Market = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Make artwork for packaging from an issued label."""
    from labels.cli.artwork import Wish, make_artwork

    wish = Wish(size, ink, ground, scale, market)
    make_artwork(serial, wish, output, Path(registry), lang_of(lang))


@app.command()
def verify(
    document: Path,
    trust: Annotated[Path | None, typer.Option("--trust", help="Trust file.")] = None,
    registry: Annotated[
        Path | None, typer.Option("--registry", help="Registry folder or its static export.")
    ] = None,
    seen: Annotated[
        Path | None, typer.Option("--seen", help="Checkpoint of the log, kept from earlier.")
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
    from labels.printing import PrintRoom

    with PrintRoom() as room:
        from labels.cli.checking import verify_document

        inputs = None
        if deep:
            from labels.cli.recounting import recounting

            inputs = recounting(sealed, workbook)
        told = verify_document(
            document, trust, registry, at, lang_of(lang), room, seen=seen, deep=inputs, as_json=json
        )
    raise typer.Exit(told)


@app.command()
def explain(
    source: Annotated[
        str,
        typer.Argument(help="Sealed PDF, sealed folder, workbook, system file; or a serial."),
    ],
    line: Annotated[str, typer.Option("--line", help="Number or id of one line.")] = "",
    html: Annotated[Path | None, typer.Option("--html", help="Page to write.")] = None,
    registry: Annotated[
        Path | None, typer.Option("--registry", help="Registry folder or its static export.")
    ] = None,
    trust: Annotated[Path | None, typer.Option("--trust", help="Trust file.")] = None,
    sealed: Annotated[
        Path | None, typer.Option("--sealed", help="Sealed folder or disclosures.json of a PDF.")
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Open what the registry keeps of the serial.")
    ] = False,
    ruleset: RuleSetId = "",
    subject: Subject = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Explain a figure: stage, line, formula, factor, account and key, cell, proof."""
    from labels.cli.explain import Asked
    from labels.cli.explain import explain as run

    asked = Asked(source, registry, trust, sealed, private, ruleset, subject)
    run(asked, line, html, lang_of(lang), as_json=json)


@app.command()
def upgrade(
    document: Path,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="File to write; the document if absent.")
    ] = None,
    registry: Annotated[
        Path | None, typer.Option("--registry", help="Registry with a timestamp authority.")
    ] = None,
    tsa: Annotated[str, typer.Option("--tsa", help="Address of a timestamp authority.")] = "",
    trust: Annotated[
        Path | None, typer.Option("--trust", help="Trust file that lists the authority.")
    ] = None,
    crl: Annotated[
        list[Path] | None, typer.Option("--crl", help="Revocation list (DER) to put in; repeat.")
    ] = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Put a timestamp and validation data behind a sealed document (PAdES B-T, B-LT)."""
    from labels.cli.stamping import stamping_of, upgrade_file

    stamping = stamping_of(registry, tsa, trust)
    upgrade_file(document, output, stamping, crl or (), lang_of(lang))
