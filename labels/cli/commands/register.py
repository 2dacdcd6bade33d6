"""The register of issued documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from labels.cli.arguments import (
    DEFAULT_LANG,
    DocumentLanguage,
    Json,
    Language,
    Location,
    RegistryOption,
    RegistryPath,
    lang_of,
    place_of,
    spoken_of,
)
from labels.cli.group import Group

app = typer.Typer(cls=Group, no_args_is_help=True, help="The register of issued documents.")
Reason = Annotated[str, typer.Option("--reason", help="Why; a wrong one lists those possible.")]
PersonKey = Annotated[
    Path | None, typer.Option("--key", help="Approval key file; a demo registry has its own.")
]
Database = Annotated[
    str, typer.Option("--database", help="postgresql://ROLE@HOST/DATABASE; else in the folder.")
]
Owner = Annotated[str, typer.Option("--owner", help="The same for the role that makes the tables.")]


@app.command("init")
def registry_init(
    location: Path,
    demo: Annotated[bool, typer.Option("--demo", help="Fictitious issuer with its own keys.")] = (
        False
    ),
    issuer: Annotated[
        Path | None, typer.Option("--issuer", help="Issuer profile (issuer.toml).")
    ] = None,
    database: Database = "",
    owner: Owner = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Create a registry."""
    from labels.cli.register import init

    init(location, issuer, lang_of(lang), (database, owner), demo=demo)


@app.command("upgrade")
def registry_upgrade(
    owner: Owner = "",
    location: Location = None,
    registry: RegistryOption = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Make the tables that came with a newer version, as their owner (PostgreSQL)."""
    from labels.cli.register import upgrade

    upgrade(place_of(location, registry), owner, lang_of(lang))


@app.command("check")
def registry_check(
    location: Location = None,
    registry: RegistryOption = None,
    witness: Annotated[
        Path | None, typer.Option("--witness", help="A checkpoint kept elsewhere.")
    ] = None,
    site: Annotated[
        Path | None, typer.Option("--site", help="The static copy, to be compared with it.")
    ] = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Check everything a registry holds: log, bodies, approvals, orders; verify every document."""
    from labels.cli.register import check_registry

    raise typer.Exit(check_registry(place_of(location, registry), lang_of(lang), witness, site))


@app.command("recover")
def registry_recover(
    location: Location = None,
    registry: RegistryOption = None,
    seal_key: Annotated[
        Path | None, typer.Option("--seal-key", help="Seal key file; else the registry's own.")
    ] = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Finish, or declare void, what a stopped process left behind."""
    from labels.cli.issuing import recover_registry

    recover_registry(place_of(location, registry), seal_key, lang_of(lang))


@app.command("show")
def registry_show(
    serial: str, registry: RegistryPath, json: Json = False, lang: Language = DEFAULT_LANG
) -> None:
    """Show the status of a serial and its entries, proven against the newest checkpoint."""
    from labels.cli.records import show_serial

    show_serial(Path(registry), serial, lang_of(lang), as_json=json)


@app.command("list")
def registry_list(
    location: Location = None,
    registry: RegistryOption = None,
    state: Annotated[str, typer.Option("--state", help="Only records in this state.")] = "",
    rests_on: Annotated[
        str, typer.Option("--rests-on", help="Only records resting on this factor or release.")
    ] = "",
    json: Json = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """List the records with their status; with --rests-on, whom a recall concerns."""
    from labels.cli.records import list_records

    list_records(place_of(location, registry), state, rests_on, lang_of(lang), as_json=json)


def _changes(event: str, words: str) -> None:
    """Add the command of an event that changes the state of a record."""

    @app.command(event, help=words)
    def registry_change(
        serial: str,
        registry: RegistryPath,
        reason: Reason,
        key: PersonKey = None,
        lang: Language = DEFAULT_LANG,
    ) -> None:
        from labels.cli.register import change_record
        from labels.registry.state import Event

        change_record(Path(registry), serial, Event[event.upper()], reason, key, lang_of(lang))


_changes("suspend", "Suspend a record; it can be resumed.")
_changes("resume", "Let a suspended record stand again.")
_changes("revoke", "Withdraw a record for ever.")


@app.command("supersede")
def registry_supersede(
    serial: str,
    draft: Annotated[str, typer.Option("--by", help="The approved draft that takes its place.")],
    registry: RegistryPath,
    out: Annotated[Path, typer.Option("--out", help="Folder for the copies.")],
    reason: Reason = "figure-corrected",
    same_footprint: Annotated[
        bool, typer.Option("--same-footprint", help="A name is corrected; all figures are equal.")
    ] = False,
    key: PersonKey = None,
    seal_key: Annotated[
        Path | None, typer.Option("--seal-key", help="Seal key file; else the registry's own.")
    ] = None,
    lang: DocumentLanguage = "both",
) -> None:
    """Issue a draft in a record's place; the old one stands until the new one is complete."""
    from labels.cli.register import supersede

    spoken = spoken_of(lang)
    keys = (key, seal_key)
    supersede(
        Path(registry),
        serial,
        draft,
        reason,
        keys,
        out,
        lang,
        spoken,
        same_footprint=same_footprint,
    )


@app.command("rotate-key")
def registry_rotate_key(
    purpose: Annotated[str, typer.Argument(help="approval, checkpoint, root or seal.")],
    registry: RegistryPath,
    new_key: Annotated[
        Path | None, typer.Option("--new-key", help="Key file; a demo registry makes one.")
    ] = None,
    root_key: Annotated[
        list[Path] | None, typer.Option("--root-key", help="Root key file; repeat as needed.")
    ] = None,
    cause: Annotated[str, typer.Option("--cause", help="rotation, loss or theft.")] = "rotation",
    replaces: Annotated[str, typer.Option("--replaces", help="Id of the key to end.")] = "",
    since: Annotated[
        str, typer.Option("--since", help="For a theft: UTC time up to which it is believed.")
    ] = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Let a new key take an old one's place; root keys sign the step, old documents stay valid."""
    from labels.cli.register import rotate_key

    roots = list(root_key or ())
    rotate_key(Path(registry), purpose, new_key, roots, cause, replaces, since, lang_of(lang))


@app.command("checkpoint")
def registry_checkpoint(
    output: Annotated[
        list[Path], typer.Option("-o", "--output", help="File to write; repeat for each place.")
    ],
    location: Location = None,
    registry: RegistryOption = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Write the newest signed checkpoint, to be kept elsewhere as a witness."""
    from labels.cli.register import write_witness

    write_witness(place_of(location, registry), output, lang_of(lang))


@app.command("backup")
def registry_backup(
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")],
    location: Location = None,
    registry: RegistryOption = None,
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="Private keys, too, behind a passphrase.")
    ] = False,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Write everything a registry holds to one file; issuing may go on meanwhile."""
    from labels.cli.register import write_backup

    write_backup(place_of(location, registry), output, lang_of(lang), with_keys=with_keys)


@app.command("restore")
def registry_restore(
    source: Annotated[Path, typer.Argument(help="The backup.")],
    location: Annotated[Path, typer.Argument(help="Folder of the registry to be made.")],
    witness: Annotated[
        Path | None, typer.Option("--witness", help="A checkpoint kept elsewhere.")
    ] = None,
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="Private keys, too; asks for the passphrase.")
    ] = False,
    database: Database = "",
    owner: Owner = "",
    lang: Language = DEFAULT_LANG,
) -> None:
    """Make a registry from a backup; refused when it is behind a checkpoint kept elsewhere."""
    from labels.cli.register import restore_backup

    server = (database, owner)
    restore_backup(source, location, lang_of(lang), witness, server, with_keys=with_keys)


@app.command("export")
def registry_export(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write.")],
    location: Location = None,
    registry: RegistryOption = None,
    lang: Language = DEFAULT_LANG,
) -> None:
    """Write the static copy: a page per number, the log, status lists, trust files."""
    from labels.cli.register import export_site

    export_site(place_of(location, registry), output, lang_of(lang))
