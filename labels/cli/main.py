"""``carbonlabel``: the command, its groups, and how it ends when something goes wrong."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from factors.texts import Lang
from labels.cli.arguments import DEFAULT_LANG, Json, Language, default_lang, lang_of
from labels.cli.commands import (
    issue,
    keys,
    library,
    programme,
    register,
    study,
    verification,
)
from labels.cli.group import Group
from labels.cli.terminal import settle
from labels.cli.waiting import sign_of_life

INTERRUPTED, UNHEARD = 130, 141

app = typer.Typer(
    cls=Group,
    name="carbonlabel",
    help="Product carbon footprints: from a filled workbook to a label anyone can verify.",
    invoke_without_command=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(study.app)
app.add_typer(issue.app)
app.add_typer(library.app, name="factors")
app.add_typer(verification.app, name="verification")
app.add_typer(keys.app, name="keys")
app.add_typer(register.app, name="registry")
app.add_typer(programme.app, name="programme")


def tell_version(asked: bool) -> None:
    """Print the version and end."""
    if asked:
        from importlib.metadata import version

        typer.echo(f"carbonlabel {version('carbonlabel')}")
        raise typer.Exit


def in_language(command: Any, lang: Lang) -> dict[str, Any]:
    """Return the defaults of all commands below one, for a language named before them.

    Documents stay in both languages where that is their default.
    """
    inner = getattr(command, "commands", {})
    if inner:
        return {name: in_language(one, lang) for name, one in inner.items()}
    mine = any(one.name == "lang" and one.default != "both" for one in command.params)
    return {"lang": lang} if mine else {}


@app.callback()
def everywhere(
    context: typer.Context,
    overlay: Annotated[
        Path | None,
        typer.Option("--overlay", help="Folder of private factor releases (CARBONLABEL_OVERLAY)."),
    ] = None,
    lang: Annotated[
        str,
        typer.Option("--lang", help="Messages in zh or en.", show_default="by locale"),
    ] = "",
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=tell_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Product carbon footprints: from a filled workbook to a label anyone can verify."""
    if overlay is not None:
        os.environ["CARBONLABEL_OVERLAY"] = str(overlay)
    spoken = lang_of(lang) if lang else DEFAULT_LANG
    if lang:
        context.default_map = in_language(context.command, spoken)
    if context.invoked_subcommand is None:
        from labels.cli.welcome import show_welcome

        show_welcome(spoken)


@app.command()
def doctor(lang: Language = DEFAULT_LANG, json: Json = False) -> None:
    """Look whether this machine is ready; changes nothing."""
    from labels.cli.doctor import show_doctor

    raise typer.Exit(show_doctor(lang_of(lang), as_json=json))


def main() -> None:
    """Run the command; what goes wrong ends in a message and an exit code, never a traceback."""
    spoken = _spoken()
    settle(spoken)
    try:
        with sign_of_life(spoken):
            code = app(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except SystemExit as left:  # a pipe closed on Typer itself, or a word completed
        code = UNHEARD if isinstance(left.__context__, BrokenPipeError) else left.code
    except (Exception, KeyboardInterrupt) as refusal:
        if os.environ.get("CARBONLABEL_DEBUG"):
            raise
        from labels.cli.ending import ended

        code = ended(refusal, spoken)
    if code == INTERRUPTED:  # Typer has caught it
        from labels.cli.ending import stopped

        stopped(spoken)
    sys.exit(code)


def _spoken() -> Lang:
    """The language asked for on the command line, for messages outside a command."""
    words = sys.argv
    for place, word in enumerate(words):
        told = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and place + 1 < len(words):
            told = words[place + 1]
        if told in ("zh", "en"):
            return "zh" if told == "zh" else "en"
    return default_lang()


if __name__ == "__main__":
    main()
