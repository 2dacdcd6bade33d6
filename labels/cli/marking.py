"""``check --annotate``: the same workbook back, with the findings marked in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from factors.errors import FindingsError
from factors.findings import Finding, Where, finding
from factors.texts import Lang
from labels.cli.files import read_file, write_whole
from lca.workbook.annotate import annotate


def annotate_workbook(path: Path, out: Path, findings: Iterable[Finding], lang: Lang) -> None:
    """Write a copy of a workbook with its findings marked; the original stays as it is.

    Raises
    ------
    FindingsError
        When the copy would take the place of the original, or has another kind of name.
    """
    if out.suffix.lower() != ".xlsx":
        raise FindingsError(finding("MARKING-NAME", Where(file=str(out)), suffix=out.suffix or "-"))
    if out.exists() and out.samefile(path):
        raise FindingsError(finding("MARKING-ORIGINAL", Where(file=str(out))))
    write_whole(out, annotate(read_file(path), path.name, findings, lang))
