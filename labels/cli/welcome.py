"""``carbonlabel`` alone: the three things people come for."""

from __future__ import annotations

from rich.text import Text

from factors.texts import Lang, text
from labels.cli.show import console

PARTS = {
    "exporter": ("exporter_first", "exporter_then"),
    "result": ("result_first",),
    "verify": ("verify_first",),
}


def show_welcome(lang: Lang) -> None:
    """Print what to do first, for whom."""
    out = console()
    out.print(Text(text("welcome.title", lang), style="bold"))
    for name, commands in PARTS.items():
        out.print(Text(f"\n{text(f'welcome.{name}', lang)}"))
        for command in commands:
            out.print(Text(f"    {text(f'welcome.{command}', lang)}", style="bold"))
    out.print(Text(f"\n{text('welcome.more', lang)}"))
