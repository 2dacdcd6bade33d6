"""A lint of our own over PDF/A-3: what the standard asks for that a library can look at."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

FORBIDDEN_ACTIONS = {"/JavaScript", "/Launch", "/URI", "/SubmitForm", "/ImportData", "/GoToR"}
PRINT, HIDDEN, NO_VIEW = 4, 2, 32


def lint(data: bytes) -> list[str]:
    """Return every fault found; an empty list for a clean file."""
    with pikepdf.open(BytesIO(data)) as pdf:
        return [*_file(pdf), *_fonts(pdf), *_attachments(pdf), *_annotations(pdf), *_tags(pdf)]


def _file(pdf: pikepdf.Pdf) -> Iterator[str]:
    metadata = pdf.open_metadata()
    if metadata.get("pdfaid:part") != "3":
        yield "no PDF/A-3 in XMP"
    if "/ID" not in pdf.trailer:
        yield "no /ID"
    if pdf.is_encrypted:
        yield "encrypted"
    intents: Any = pdf.Root.get("/OutputIntents", [])
    if not intents or "/DestOutputProfile" not in intents[0]:
        yield "no output intent with a profile"
    if "/OpenAction" in pdf.Root or "/AA" in pdf.Root:
        yield "opens with an action"
    if not pdf.Root.get("/Lang") or not metadata.get("dc:title"):
        yield "no language or title"
    for item in _dictionaries(pdf):
        if str(item.get("/S", "")) in FORBIDDEN_ACTIONS and "/K" not in item:
            yield f"action {item['/S']}"
        if item.get("/Interpolate") is True:
            yield "interpolated image"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for item in _dictionaries(pdf):
        kind = str(item.get("/Type", ""))
        if kind == "/FontDescriptor" and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(
            item.keys()
        ):
            yield f"font {item.get('/FontName')} is not embedded"
        if kind == "/Font" and str(item.get("/Subtype")) == "/Type0" and "/ToUnicode" not in item:
            yield f"font {item.get('/BaseFont')} has no ToUnicode"


def _attachments(pdf: pikepdf.Pdf) -> Iterator[str]:
    listed = [entry.objgen for entry in pdf.Root.get("/AF", [])]
    if len(set(listed)) != len(listed):
        yield "an attachment is listed twice in /AF"
    if len(listed) != len(pdf.attachments):
        yield "attachments and /AF differ"
    for item in _dictionaries(pdf):
        if str(item.get("/Type", "")) == "/Filespec" and not {"/UF", "/AFRelationship"} <= set(
            item.keys()
        ):
            yield "a file without /UF or /AFRelationship"


def _annotations(pdf: pikepdf.Pdf) -> Iterator[str]:
    for page in pdf.pages:
        for annotation in page.get("/Annots", []):
            flags = int(annotation.get("/F", 0))
            if not flags & PRINT or flags & (HIDDEN | NO_VIEW):
                yield "an annotation that is not printed"


def _tags(pdf: pikepdf.Pdf) -> Iterator[str]:
    if pdf.open_metadata().get("pdfaid:conformance") != "A":
        return
    if "/StructTreeRoot" not in pdf.Root or not pdf.Root.MarkInfo.Marked:
        yield "not tagged"
    for item in _dictionaries(pdf):
        if str(item.get("/S", "")) == "/Figure" and not str(item.get("/Alt", "")).strip():
            yield "a figure without wording"


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            yield item
