"""The manual page, written from the commands themselves.

``python -m labels.cli.manual docs/man/carbonlabel.1`` writes it; a test holds it current. The wheel
puts it where ``man carbonlabel`` finds it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from typer.main import get_command

from labels.cli.main import app

NAME = "carbonlabel"
TOP = r"""\
.\" Written by `python -m labels.cli.manual`: do not edit.
.TH CARBONLABEL 1 "" "carbonlabel {version}" "User Commands"
.SH NAME
carbonlabel \- product carbon footprints, from a filled workbook to a label anyone can verify
.SH SYNOPSIS
.B carbonlabel
.RI [ options ]
.I command
.RI [ arguments ]
.SH DESCRIPTION
Works offline. Writes the workbook of a product, checks what was filled in cell by cell, computes
the footprint, keeps the verification file, issues sealed labels into a register, and verifies them.
.PP
Without a command it shows the three things that people do first.
.SH OPTIONS
"""
END = r"""\
.SH EXIT STATUS
.TP
.B 0
Done; what was checked is in order.
.TP
.B 1
Something was found that stands in the way, or a document is not valid. Each finding says where,
what was seen, what was expected, and what to do.
.TP
.B 2
A file cannot be read, is unsafe, or the command was called wrongly.
.TP
.B 130
Stopped by Ctrl-C; files are whole or not there.
.TP
.B 141
Whoever read the output has closed it.
.SH ENVIRONMENT
.TP
.B CARBONLABEL_LANG
Language of messages, zh or en; else that of the locale.
.TP
.B CARBONLABEL_OVERLAY
Folder of private factor releases.
.TP
.B CARBONLABEL_FONTS
Folder of the label font.
.TP
.BR CARBONLABEL_PASSPHRASE ", " CARBONLABEL_PASSPHRASE_FILE
The passphrase of a key, or a file that holds it, for programs; a person is asked.
.TP
.B CARBONLABEL_DEBUG
Show where a defect of the program happened.
.TP
.B NO_COLOR
No colours on a terminal; there are none in a file or a pipe.
.SH SEE ALSO
.BR pdfsig (1),
.BR qpdf (1)
"""


def page() -> str:
    """Return the manual page in the macros of man(7)."""
    command: Any = get_command(app)
    context = command.context_class(command, info_name=NAME)
    lines = [TOP.format(version=version(NAME)).removeprefix("\\\n").rstrip()]
    lines += _options(command, context)
    lines += [".SH COMMANDS", *_commands(command, context), END.removeprefix("\\\n").rstrip()]
    return "\n".join(lines) + "\n"


def _commands(group: Any, context: Any) -> Iterator[str]:
    """Yield every command of a group, and those of the groups inside it."""
    for name, command in group.commands.items():
        if command.hidden:
            continue
        inner = command.context_class(command, info_name=name, parent=context)
        if hasattr(command, "commands"):
            yield from _commands(command, inner)
            continue
        usage = " ".join((inner.command_path, *command.collect_usage_pieces(inner)))
        yield from (f".SS {_escaped(usage)}", _paragraph(command.help or ""))
        yield from _options(command, inner)


def _options(command: Any, context: Any) -> Iterator[str]:
    """Yield arguments and options with what they mean."""
    for parameter in command.get_params(context):
        told = parameter.get_help_record(context)
        if told is not None and "--help" not in parameter.opts:
            names, meaning = told
            yield from (".TP", f".B {_escaped(names)}", _paragraph(meaning))


def _paragraph(text: str) -> str:
    """Return a text in one line; a line that begins with a dot would be a macro."""
    return _escaped(" ".join(text.split())) or "-"


def _escaped(text: str) -> str:
    told = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{told}" if told.startswith((".", "'")) else told


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
