"""Find the label font on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import which

from factors.errors import IssueError
from factors.findings import Where, finding
from labels.fonts.fontset import BUILD_COMMAND, FontSet

FAMILY = "CFSans"
REGULAR, BOLD = "CFSans-Regular.ttf", "CFSans-Bold.ttf"
FOLDER = Path("share", "carbonlabel", "fonts")
SYSTEM_FONTS = ("WenQuanYi Micro Hei",)
CHECKOUT = Path(__file__).resolve().parents[2]


def find(environ: Mapping[str, str] = os.environ) -> FontSet:
    """Return the font set to render with.

    Parameters
    ----------
    environ
        The environment; ``CARBONLABEL_FONTS`` names a folder that goes before all others.

    Raises
    ------
    IssueError
        FONT-FOLDER when the named folder is incomplete (never a silent second choice),
        FONT-NONE when no font is found, FONT-UNREADABLE when a file is no font.
    """
    if named := environ.get("CARBONLABEL_FONTS"):
        return _named(Path(named))
    folders = homes(environ)
    for folder in folders:
        if not _lacking(folder):
            return _label_font(folder)
    if system := _system_font():
        return system
    raise IssueError(
        finding(
            "FONT-NONE",
            places=", ".join(map(str, folders)),
            files=f"{REGULAR}, {BOLD}",
            system=", ".join(SYSTEM_FONTS),
            command=BUILD_COMMAND,
            python=sys.executable,
        )
    )


def homes(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Return the folders in which a made label font is looked for, first choice first.

    The checkout when the code runs from one, the virtual environment when there is one, the user's
    data folder always.
    """
    data = environ.get("XDG_DATA_HOME") or str(
        Path(environ.get("HOME", "~")).expanduser() / ".local/share"
    )
    places = [Path(data) / FOLDER.relative_to("share")]
    if sys.prefix != sys.base_prefix:
        places.insert(0, Path(sys.prefix) / FOLDER)
    if (CHECKOUT / "pyproject.toml").is_file():
        places.insert(0, CHECKOUT / FOLDER)
    return tuple(places)


def _named(folder: Path) -> FontSet:
    lacking = _lacking(folder)
    if lacking:
        raise IssueError(
            finding(
                "FONT-FOLDER",
                Where(file=str(folder)),
                missing=", ".join(lacking),
                files=f"{REGULAR}, {BOLD}",
                command=BUILD_COMMAND,
            )
        )
    return _label_font(folder)


def _lacking(folder: Path) -> tuple[str, ...]:
    return tuple(name for name in (REGULAR, BOLD) if not (folder / name).is_file())


def _label_font(folder: Path) -> FontSet:
    return FontSet.of(FAMILY, folder / REGULAR, folder / BOLD)


def _system_font() -> FontSet | None:
    """Ask fontconfig for the known fonts by name; it always answers, so compare the family."""
    matcher = which("fc-match")
    for family in SYSTEM_FONTS if matcher else ():
        asked = [str(matcher), "--format", "%{family}\n%{file}", family]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - fixed arguments
        names, _, file = answer.stdout.partition("\n")
        if family in names.split(",") and Path(file).is_file():
            return FontSet.of(family, Path(file), Path(file))
    return None
