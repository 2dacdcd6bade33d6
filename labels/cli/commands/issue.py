"""Handing in, approving, issuing and verifying a document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from labels.cli.arguments import (
    DEFAULT_LANG,
    DocumentLanguage,
    Json,
    Language,
    RegistryPath,
    RuleSetId,
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
    lang: Language = DEFAULT_LANG,
) -> None:
    """Hand a workbook in as a draft; prints the draft's id."""
    from labels.cli.issuing import submit_workbook

    code = submit_workbook(workbook, ruleset, kind, Path(registry), lang_of(lang), case, until)
    raise typer.Exit(code)


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
    lang: DocumentLanguage = "both",
) -> None:
    """Issue a draft: serial, log entry, sealed PDFs in OUT/public and OUT/sealed."""
    from labels.cli.issuing import issue_document

    spoken = spoken_of(lang)
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
            document, trust, registry, at, sealed, workbook, lang_of(lang), deep=deep, as_json=json
        )
    )
