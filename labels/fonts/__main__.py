"""``python -m labels.fonts build|show``: make the label font once, or say which one is used."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from factors.errors import IssueError
from factors.texts import LANGS, Lang, text
from labels.fonts.build import download, make, unpack
from labels.fonts.coverage import wanted
from labels.fonts.fontset import FontSet
from labels.fonts.lookup import BOLD, FAMILY, REGULAR, find, homes


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 1 when refused."""
    asked = _parser().parse_args(arguments)
    try:
        said = (
            show(asked.lang)
            if asked.command == "show"
            else build(asked.source, asked.out, asked.lang)
        )
    except IssueError as refusal:
        sys.stderr.writelines(found.render(asked.lang) + "\n" for found in refusal.findings)
        return 1
    sys.stdout.write(said + "\n")
    return 0


def build(source: Path | None, out: Path | None, lang: Lang) -> str:
    """Make both faces from the pinned package (or a copy of it on disk) and say where they are."""
    folder = out or first_writable(homes())
    make(unpack(source) if source else download(), wanted(), folder)
    made = FontSet.of(FAMILY, folder / REGULAR, folder / BOLD)
    return text("fonts.built", lang, folder=folder, count=len(made.characters), sha256=made.sha256)


def show(lang: Lang) -> str:
    """Say which font documents are set in."""
    used = find()
    return text(
        "fonts.found",
        lang,
        name=used.name,
        regular=used.regular,
        bold=used.bold,
        sha256=used.sha256,
    )


def first_writable(folders: Sequence[Path]) -> Path:
    """Return the first folder that exists or can be made by this user, else the last."""
    for folder in folders:
        standing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        if os.access(standing, os.W_OK):
            return folder
    return folders[-1]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m labels.fonts", description=__doc__)
    parser.add_argument("command", choices=("build", "show"))
    parser.add_argument(
        "--from", dest="source", type=Path, help="the pinned package's file, already downloaded"
    )
    parser.add_argument(
        "--out", type=Path, help="folder for the font (default: where it is looked for)"
    )
    parser.add_argument("--lang", choices=LANGS, default="en")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
