"""The page of commands, from the program itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from labels.cli.main import app

HEAD = """# Commands

Made by `python -m tests.docs.made` from the program: do not edit. `carbonlabel COMMAND --help` says the same. Messages
are in Chinese where the machine speaks Chinese (`LANG`, `CARBONLABEL_LANG`), else in English; `--lang` decides for one command.

## How a command ends

| exit code | when |
|--:|---|
| 0 | done; for `check`: no errors (there may be warnings and notes); for `verify`: valid |
| 1 | the answer is no: errors in a file, a document that is not valid, an act that was refused |
| 2 | not read: a file that cannot be opened or is unsafe, a command typed wrongly, an installation that is broken |
| 130 | stopped by Ctrl-C; files are whole or not there |
| 141 | whoever read the output has closed it, as `head` does |

A refusal is a coded finding on standard error: where, what we saw, what we expected, what to do. With `--json` the answer
is one JSON document on standard output. Colours stand on a terminal only, and never where `NO_COLOR` is set.

## Set from outside

| variable | what it does |
|---|---|
| `CARBONLABEL_LANG` | `zh` or `en`, for messages |
| `CARBONLABEL_OVERLAY` | folder of private factor releases, like `--overlay` |
| `CARBONLABEL_PASSPHRASE` | passphrase of keys, so that nothing is asked |
| `CARBONLABEL_DEBUG` | a defect of ours shows its traceback, for a report |
| `NO_COLOR` | no colours |
"""  # noqa: E501


def page() -> str:
    """Return the page."""
    root = get_command(app)
    return "\n".join([HEAD, *_commands(root, "carbonlabel")]).rstrip() + "\n"


def _commands(group: Any, name: str) -> Iterator[str]:
    for word, command in group.commands.items():
        whole = f"{name} {word}"
        if hasattr(command, "commands"):
            yield from _commands(command, whole)
        else:
            yield f"## `{whole}`\n\n{_one_line(command.help)}\n"
            yield from _parameters(command.params)


def _parameters(params: list[Any]) -> Iterator[str]:
    rows = [_row(one) for one in params if one.name not in ("help", "lang")]
    if rows:
        yield "| argument, option | what it is |\n|---|---|"
        yield "\n".join(rows) + "\n"


def _row(param: Any) -> str:
    name = param.name.upper() if param.param_type_name == "argument" else ", ".join(param.opts)
    told = _one_line(getattr(param, "help", "") or "")
    needed = " (needed)" if param.required else ""
    return f"| `{name}`{needed} | {told.replace('|', chr(92) + '|')} |"


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
