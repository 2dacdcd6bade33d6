"""The command ``explain``: from a figure to where it came from, as text, data or a page."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.cli.files import read_file, write_whole
from labels.cli.shelf import library
from labels.cli.show import console, plain
from labels.explain import (
    Explanation,
    Material,
    Proving,
    explanation,
    file_material,
    serial_material,
)
from labels.explain.page import explanation_page
from labels.explain.record import document, line_document
from labels.explain.told import chosen, line_told, tree
from labels.figures import GAP, NO_BREAK
from labels.printing import PrintRoom
from labels.registry.export import read_view
from labels.registry.rotation import follow
from labels.times import now
from labels.trust import parse_trust


@dataclass(frozen=True, slots=True)
class Asked:
    """What to explain, and with what.

    Attributes
    ----------
    source
        A file, a sealed folder, or a serial of ``registry``.
    sealed
        Folder of the sealed bundle, or a ``disclosures.json``; for a PDF.
    private
        Open what the registry keeps of a serial.
    """

    source: str
    registry: Path | None = None
    trust: Path | None = None
    sealed: Path | None = None
    private: bool = False
    rules: str = ""
    subject: str = ""


def explain(asked: Asked, line: str, page: Path | None, lang: Lang, *, as_json: bool) -> None:
    """Explain a figure: on the terminal, as JSON, or as an HTML page."""
    made = explanation(_material(asked))
    if page is not None:
        write_whole(page, explanation_page(made, lang))
        console(err=True).print(text("explain.written", lang, path=page), markup=False)
        return
    picked = chosen(made, line) if line else None
    if as_json:
        plain(_data(made, line))
        return
    told = tree(made, lang) if picked is None else line_told(made, picked, lang)
    for row in told:
        console().print(_tame(row), markup=False, highlight=False)


def _data(made: Explanation, line: str) -> object:
    picked = chosen(made, line) if line else None
    if picked is None:
        return document(made)
    if isinstance(picked, int):
        return {"number": picked, "commitment": made.withheld[picked], "withheld": True}
    return line_document(made, picked)


def _material(asked: Asked) -> Material:
    with closing(PrintRoom()) as room:  # its child starts with the first page that is compared
        return _read(asked, _proving(asked, room))


def _read(asked: Asked, proving: Proving) -> Material:
    path = Path(asked.source)
    if path.exists():
        return file_material(
            path, asked.sealed, proving, library(), rules=asked.rules, subject=asked.subject
        )
    if asked.registry is None:
        raise FindingsError(finding("EXPLAIN-SERIAL", Where(file=asked.source)))
    return serial_material(asked.source, asked.registry, proving, library(), private=asked.private)


def _proving(asked: Asked, room: PrintRoom) -> Proving:
    """Return what documents are verified with: as the command ``verify`` does it."""
    log = None if asked.registry is None else read_view(asked.registry)
    known = parse_trust(read_file(asked.trust)) if asked.trust is not None else None
    if log is not None:
        known = follow(known or log.trust, log.chain)
    return Proving(known, log, now(), room)


def _tame(told: str) -> str:
    """Keep what a file says of itself harmless on a terminal."""
    plain = told.replace(GAP, " ").replace(NO_BREAK, " ")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in plain)
