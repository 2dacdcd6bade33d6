"""A group of commands whose help tells of each in a whole sentence."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

#: More characters than any sentence has.
_WHOLE = 1000


class Group(TyperGroup):
    """Lists commands as Typer does, without cutting what does not fit on one line."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the names and the first sentences, as many lines as they take."""
        told = [
            (name, command.get_short_help_str(_WHOLE))
            for name, command in self.commands.items()
            if not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(told)
