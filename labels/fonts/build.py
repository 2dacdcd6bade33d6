"""Make the label font: two static TrueType subsets out of one variable font.

TrueType outlines, because a subset of a CFF font makes a label ten times larger; a family name of
our own, because a name that an installed font also bears may be answered by that font; fixed time
stamps, because the same source must give the same bytes.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from factors.errors import IssueError
from factors.findings import Finding, Where, finding
from labels.fonts.fontset import BUILD_COMMAND

FEATURES = ["ccmp", "kern", "liga", "locl", "mark"]
OBSOLETE_NAMES = (16, 17, 21, 22, 25)
BOLD_WEIGHT = 700
MAC_BOLD, SELECTION_BOLD, SELECTION_REGULAR = 1 << 0, 1 << 5, 1 << 6


@dataclass(frozen=True, slots=True)
class Source:
    """The variable font and its licence, as found in the pinned package."""

    font: bytes
    licence: str


@cache
def recipe() -> dict[str, Any]:
    """Return the pinned source and the weights, ``templates/fonts/source.toml``."""
    return tomllib.loads((files("templates") / "fonts" / "source.toml").read_text(encoding="utf-8"))


def download() -> Source:
    """Fetch the pinned package through pip, as this machine's pip is set up.

    Raises
    ------
    IssueError
        FONT-DOWNLOAD, with the last line pip wrote; FONT-SOURCE.
    """
    package = recipe()["package"]
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder, "font.lock")
        pinned.write_text(
            f"{package['requirement']} --hash=sha256:{package['sha256']}\n", encoding="utf-8"
        )
        asked = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
        ]
        asked += ["--require-hashes", "--requirement", str(pinned), "--dest", folder]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - fixed arguments
        wheels = list(Path(folder).glob("*.whl"))
        if answer.returncode or not wheels:
            lines = answer.stderr.strip().splitlines() or ["pip said nothing"]
            raise IssueError(_no_download(lines[-1]))
        return unpack(wheels[0])


def unpack(wheel: Path) -> Source:
    """Take font and licence out of the package's file, checking the font's hash.

    Raises
    ------
    IssueError
        FONT-DOWNLOAD when the file is not that package, FONT-SOURCE when the font is another.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            font = archive.read(recipe()["font"]["member"])
            licence = archive.read(recipe()["package"]["licence"]).decode()
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise IssueError(_no_download(str(error))) from error
    expected, saw = recipe()["font"]["sha256"], hashlib.sha256(font).hexdigest()
    if saw != expected:
        where = Where(file=str(wheel))
        named = recipe()["package"]["requirement"]
        raise IssueError(
            finding("FONT-SOURCE", where, saw=saw, expected=expected, requirement=named)
        )
    return Source(font, licence)


def make(source: Source, characters: Collection[str], folder: Path) -> None:
    """Write one static subset per weight, and the licence, into a folder.

    Each file appears whole or not at all: it is written beside its place and then moved.

    Parameters
    ----------
    source
        A variable TrueType font with a ``wght`` axis.
    characters
        What the subsets keep, where the source has it.
    folder
        Made when it does not exist.
    """
    folder.mkdir(parents=True, exist_ok=True)
    family = recipe()["family"]
    kept = subset_font(source.font, characters)
    _place(folder / "OFL.txt", source.licence.encode())
    for style, weight in recipe()["weights"].items():
        _place(folder / f"{family}-{style}.ttf", instance(kept, family, style, weight))


def subset_font(font: bytes, characters: Collection[str]) -> bytes:
    """Keep only the glyphs of some characters and the layout features of horizontal text."""
    options = subset.Options(
        layout_features=FEATURES, hinting=False, name_IDs=["*"], recalc_timestamp=False
    )
    variable = _open(font)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, characters))
    subsetter.subset(variable)
    return _saved(variable)


def instance(font: bytes, family: str, style: str, weight: int) -> bytes:
    """Fix the weight of a variable font and give the result a name of its own."""
    static = instancer.instantiateVariableFont(_open(font), {"wght": weight}, inplace=True)
    _rename(static, family, style)
    _mark_weight(static, weight)
    # A static font keeps no trace of the design space.
    for table in ("STAT", "avar", "HVAR", "MVAR"):
        if table in static:
            del static[table]
    return _saved(static)


def _rename(font: TTFont, family: str, style: str) -> None:
    names = font["name"]
    for obsolete in OBSOLETE_NAMES:
        names.removeNames(nameID=obsolete)
    names.names = [record for record in names.names if record.nameID < 256]
    full = family if style == "Regular" else f"{family} {style}"
    for name_id, value in (
        (1, family),
        (2, style),
        (3, f"{family}-{style}"),
        (4, full),
        (6, f"{family}-{style}"),
    ):
        names.setName(value, name_id, 3, 1, 0x409)
    names.names = [record for record in names.names if record.platformID == 3]


def _mark_weight(font: TTFont, weight: int) -> None:
    font["OS/2"].usWeightClass = weight
    bold = weight >= BOLD_WEIGHT
    selection = font["OS/2"].fsSelection & ~(SELECTION_BOLD | SELECTION_REGULAR)
    font["OS/2"].fsSelection = selection | (SELECTION_BOLD if bold else SELECTION_REGULAR)
    font["head"].macStyle = MAC_BOLD if bold else 0


def _open(content: bytes) -> TTFont:
    return TTFont(BytesIO(content), recalcTimestamp=False)


def _saved(font: TTFont) -> bytes:
    result = BytesIO()
    font.save(result)
    return result.getvalue()


def _place(path: Path, content: bytes) -> None:
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(content)
    beside.replace(path)


def _no_download(reason: str) -> Finding:
    return finding(
        "FONT-DOWNLOAD",
        requirement=recipe()["package"]["requirement"],
        reason=reason,
        command=f"{BUILD_COMMAND} --from FILE.whl",
    )
