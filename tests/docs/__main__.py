"""Write what the commands of pages print into the pages: ``python -m tests.docs PAGE ...``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.docs.pages import read
from tests.docs.running import Ran, agrees, make_demo, run_page


def main() -> None:
    """Renew the pages that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.docs", description=__doc__)
    parser.add_argument("pages", nargs="+", type=Path)
    for path in parser.parse_args().pages:
        renew(path.resolve())


def renew(path: Path) -> None:
    """Run a page and write what differs into it, from the last command up."""
    page = read(path)
    with tempfile.TemporaryDirectory(prefix="pytest-") as made:
        folder = Path(made) / "page"
        folder.mkdir()
        ran = run_page(page, folder, make_demo(Path(made)) if page.with_demo else None)
    lines = path.read_text(encoding="utf-8").splitlines()
    for one in sorted(ran, key=lambda ran: ran.command.line, reverse=True):
        expected = one.command.printed
        if one.exits != one.command.exits:
            print(one.problem())
        elif expected is not None and not agrees(expected, one.printed):
            _replace(lines, one)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _replace(lines: list[str], ran: Ran) -> None:
    """Put what was printed where it stands: after the command, or in the block after it."""
    begin = ran.command.line - 1
    if lines[begin].startswith("$ "):
        begin += len(ran.command.text.splitlines())
    else:
        begin = lines.index("```text", begin) + 1
    end = begin
    while not (lines[end].startswith("$ ") or lines[end].startswith("```")):
        end += 1
    lines[begin:end] = [line.rstrip() for line in ran.printed.splitlines()]


if __name__ == "__main__":
    main()
