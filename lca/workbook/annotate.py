"""The same file back, marked: findings put into words here, written into it by a limited child."""

from __future__ import annotations

from collections.abc import Iterable

from factors.findings import Finding
from factors.texts import Lang
from lca.workbook.answer import answer, answer_text
from lca.workbook.guard import container
from lca.workbook.isolate import edit_apart


def annotate(data: bytes, name: str, findings: Iterable[Finding], lang: Lang) -> bytes:
    """Return a workbook with its findings marked in it.

    Parameters
    ----------
    data
        The file as received; it may hold the marks of an earlier annotation.
    name
        Its name, for the heading and for refusals.
    findings
        What was found; those without a cell are listed only.
    lang
        Language of the sheet and the comments.

    Raises
    ------
    UnsafeFileError
        When a guard refuses the file, or the child that edits it dies or takes too long.
    """
    container(data, name)
    told = answer_text(answer(findings, lang, name)).encode("ascii")
    return edit_apart("lca.workbook.annotated", name, told + b"\n" + data)
