"""How a command ends when something goes wrong: its exit code, and what to do next.

The codes stand for whoever runs the command from a script: see the table in
``docs/reference/commands.md``. Nothing ends in a traceback, unless ``CARBONLABEL_DEBUG`` asks.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

from typer import Abort, BadParameter
from typer.exceptions import TyperException

from factors.errors import CarbonLabelError, UnsafeFileError
from factors.findings import Finding, Where, finding
from factors.texts import Lang, text
from labels.cli.show import refused

NOT_OK, UNREADABLE = 1, 2
STOPPED = 130
"""Ctrl-C: 128 and the number of the signal, as shells count."""
UNHEARD = 141
"""Whoever read the output has closed it (``| head``): 128 and the number of SIGPIPE."""

NOT_READ = frozenset({"DOCUMENT-UNREADABLE"})
"""Findings of a file that cannot be opened at all."""

REASONS = {
    errno.ENOENT: "CLI-FILE-MISSING",
    errno.EISDIR: "CLI-FILE-FOLDER",
    errno.ENOTDIR: "CLI-FOLDER-FILE",
    errno.EEXIST: "CLI-FOLDER-FILE",
    errno.EACCES: "CLI-FILE-RIGHTS",
    errno.EPERM: "CLI-FILE-RIGHTS",
    errno.EROFS: "CLI-FILE-RIGHTS",
    errno.ENOSPC: "CLI-DISK-FULL",
    errno.EDQUOT: "CLI-DISK-FULL",
}
"""What the system says of a file, by the finding that tells what to do about it."""

COMMAND_UNKNOWN = re.compile(r"No such command '(?P<name>.*?)'")


def ended(refusal: BaseException, lang: Lang) -> int:
    """Say what went wrong on standard error; return the exit code."""
    match refusal:
        case KeyboardInterrupt() | Abort():
            return stopped(lang)
        case TyperException():
            return _misspelt(refusal, lang)
        case CarbonLabelError():
            return _refuse(refusal.findings, lang, _code(refusal))
        case OSError(errno=errno.EPIPE):
            return _unheard()
        case OSError():
            return _refuse([of_file(refusal)], lang, UNREADABLE)
        case _:
            told = f"{type(refusal).__name__}: {refusal}"
            return _refuse([finding("CLI-DEFECT", defect=told)], lang, UNREADABLE)


def stopped(lang: Lang) -> int:
    """Say that the command was stopped by hand, and what is left of it."""
    sys.stderr.write(f"\n{text('cli.stopped', lang)}\n")
    return STOPPED


def of_file(refusal: OSError) -> Finding:
    """Return the finding for what the system says of a file."""
    where = Where(file=str(refusal.filename or ""))
    code = REASONS.get(refusal.errno or 0, "CLI-FILE")
    return finding(code, where, reason=refusal.strerror or str(refusal))


def _code(refusal: CarbonLabelError) -> int:
    unread = any(found.code in NOT_READ for found in refusal.findings)
    return UNREADABLE if unread or isinstance(refusal, UnsafeFileError) else NOT_OK


def _refuse(findings: Sequence[Finding], lang: Lang, code: int) -> int:
    with suppress(OSError):  # nobody may be there to read it
        refused(findings, lang)
    return code


def _unheard() -> int:
    """End quietly; the interpreter would try to write the rest once more, and complain."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return UNHEARD


# --- a command typed wrongly ---------------------------------------------------------------------


def _misspelt(refusal: TyperException, lang: Lang) -> int:
    """Say what is wrong with the words typed, and which help tells the right ones."""
    context = getattr(refusal, "ctx", None)
    if type(refusal).__name__ == "NoArgsIsHelpError":  # a group alone: its help is the message
        sys.stderr.write(f"{refusal.format_message()}\n")
        return UNREADABLE
    command = context.command_path if context else "carbonlabel"
    return _refuse([_usage(refusal, context, command)], lang, UNREADABLE)


def _usage(refusal: TyperException, context: Any, command: str) -> Finding:
    told = refusal.format_message()
    if unknown := COMMAND_UNKNOWN.match(told):
        known = list(context.command.commands)
        near = ", ".join(get_close_matches(unknown["name"], known, n=3) or known)
        return finding("CLI-COMMAND", saw=unknown["name"], near=near, command=command)
    if hasattr(refusal, "possibilities") and hasattr(refusal, "option_name"):
        near = ", ".join(refusal.possibilities or ()) or "-"
        return finding("CLI-OPTION", saw=refusal.option_name, near=near, command=command)
    if hasattr(refusal, "param_type") and isinstance(refusal, BadParameter) and refusal.param:
        wanted = refusal.param.get_error_hint()
        return finding("CLI-ARGUMENT", wanted=wanted, command=command)
    return finding("CLI-USAGE", told=told.removeprefix("Invalid value: "), command=command)
