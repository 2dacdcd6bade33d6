"""Keys and trust files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from labels.cli.arguments import (
    DEFAULT_LANG,
    Language,
    lang_of,
)
from labels.cli.group import Group

app = typer.Typer(cls=Group, no_args_is_help=True, help="Make and show keys; write trust files.")


@app.command("new")
def keys_new(
    name: Annotated[str, typer.Argument(help="Person or organisation, as it will be printed.")],
    purpose: Annotated[str, typer.Option("--purpose", help="approval, checkpoint, root or seal.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Key file to write.")],
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="Leave the file unprotected.")
    ] = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Make a key; the passphrase is asked for, or taken from CARBONLABEL_PASSPHRASE."""
    from labels.cli.keyring import new

    new(purpose, name, output, lang_of(lang), plain_text=no_passphrase)


@app.command("show")
def keys_show(key: Path, lang: Language = DEFAULT_LANG) -> None:
    """Show the public half of a key as an entry of a trust file."""
    from labels.cli.keyring import show_key

    show_key(key, lang_of(lang))


@app.command("trust")
def keys_trust(
    keys: Annotated[
        list[str], typer.Argument(help="KEYFILE[:role,role][@organisation], one or more.")
    ],
    issuer: Annotated[Path, typer.Option("--issuer", help="Issuer profile (issuer.toml).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Trust file to write (.json).")],
    root_threshold: Annotated[
        int, typer.Option("--root-threshold", min=1, help="Root keys needed for the next file.")
    ] = 1,
    timestamps: Annotated[
        list[Path] | None,
        typer.Option("--timestamps", help="Certificates (PEM) of a timestamp authority."),
    ] = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Write an issuer's trust file: the public keys with purpose, roles and validity."""
    from labels.cli.keyring import make_trust

    make_trust(issuer, keys, output, lang_of(lang), root_threshold, timestamps or ())
