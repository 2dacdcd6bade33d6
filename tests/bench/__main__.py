"""Run the benches: ``python -m tests.bench [--list] [--quick] [ROOM ...]``.

Every room prints a table of its own and can be run alone, ``python -m tests.bench.reading``; only
then is anything of it loaded.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

QUICK = ("waiting", "reading", "rendering")
"""What a person waits for at a terminal: minutes, where all take the better part of an hour."""

ROOMS = (
    "waiting", "commands", "sampling", "many_products", "compiling", "reading", "rendering",
    "registry", "programme",
)  # fmt: skip
"""All that `make bench` runs, in this order."""


def told(room: str) -> str:
    """Return the first line of what a room says about itself."""
    source = Path(__file__).with_name(f"{room}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Print how long things take, beside named peers."
    )
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help="one of --list; all by default")
    parser.add_argument("--list", action="store_true", help="name the rooms and run nothing")
    parser.add_argument("--quick", action="store_true", help=f"only {', '.join(QUICK)}")
    chosen = parser.parse_args(arguments)
    unknown = [room for room in chosen.rooms if room not in ROOMS]
    if unknown:
        parser.error(f"no such room: {', '.join(unknown)}; there are {', '.join(ROOMS)}")
    return chosen


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the rooms that are asked for, one after the other."""
    chosen = parsed(arguments)
    rooms = chosen.rooms or (QUICK if chosen.quick else ROOMS)
    for place, room in enumerate(rooms):
        if chosen.list:
            print(f"{room:<16}{told(room)}")
            continue
        print("" if place == 0 else "\n", end="")
        import_module(f"tests.bench.{room}").main()


if __name__ == "__main__":
    main()
