"""What travels together: the files inside every PDF, beside the label, and in the sealed bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labels.canonical import canonical, parse, parse_object
from labels.view import DOCUMENT_LANGS, DocumentLang, DocumentView

CERTIFICATE = "certificate.json"
RECEIPT = "receipt.json"
APPROVALS = "approvals.json"
RENDERING = "rendering.json"
DISCLOSURES = "disclosures.json"
PUBLIC_FILES = (CERTIFICATE, RECEIPT, APPROVALS, RENDERING)
SEALED_FILES = (*PUBLIC_FILES, DISCLOSURES)
RENDERING_SCHEMA = "carbonlabel-rendering/1"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The proofs of one record.

    Attributes
    ----------
    body
        Canonical bytes of the body.
    receipt
        What the log answered.
    approvals
        Who signed.
    rendering
        Language, sample mark, and what the pages were made with.
    disclosures
        Bytes of ``disclosures.json`` in a sealed copy, else None.
    """

    body: bytes
    receipt: Mapping[str, Any]
    approvals: Sequence[Mapping[str, Any]]
    rendering: Mapping[str, Any]
    disclosures: bytes | None = None

    def files(self) -> dict[str, bytes]:
        """Return the files in the order in which they are attached."""
        files = {
            CERTIFICATE: self.body,
            RECEIPT: canonical(self.receipt),
            APPROVALS: canonical(list(self.approvals)),
            RENDERING: canonical(self.rendering),
        }
        return files if self.disclosures is None else {**files, DISCLOSURES: self.disclosures}

    def view(self) -> DocumentView:
        """Return what the renderer needs."""
        opened = None if self.disclosures is None else parse_object(self.disclosures)["lines"]
        return DocumentView(
            body=parse_object(self.body),
            receipt=self.receipt,
            approvals=self.approvals,
            disclosures=opened,
            lang=self.rendering["lang"],
            sample=self.rendering["sample"],
            attachments=self.files(),
        )


def rendering(record: Mapping[str, Any], lang: str, *, sample: bool) -> dict[str, Any]:
    """Return the content of ``rendering.json``.

    Parameters
    ----------
    record
        Renderer, library and template hashes, font.
    lang
        Language of the pages.
    sample
        Whether the pages say that they are a sample.
    """
    return {"schema": RENDERING_SCHEMA, "lang": lang, "sample": sample, **record}


def read_bundle(files: Mapping[str, bytes]) -> Bundle:
    """Read the attachments of a document.

    Raises
    ------
    ValueError
        When a file is missing, foreign, or not what it should be; the message is the file's name.
    """
    if set(files) not in (set(PUBLIC_FILES), set(SEALED_FILES)):
        odd = set(files) ^ set(SEALED_FILES if DISCLOSURES in files else PUBLIC_FILES)
        raise ValueError(", ".join(sorted(odd)))
    bundle = Bundle(
        body=files[CERTIFICATE],
        receipt=_canonical_object(files, RECEIPT),
        approvals=_approvals(files),
        rendering=_canonical_object(files, RENDERING),
        disclosures=files.get(DISCLOSURES),
    )
    if bundle.rendering.get("schema") != RENDERING_SCHEMA:
        raise ValueError(RENDERING)
    if bundle.rendering.get("lang") not in DOCUMENT_LANGS:
        raise ValueError(RENDERING)
    if not isinstance(bundle.rendering.get("sample"), bool):
        raise ValueError(RENDERING)
    return bundle


def document_lang(text: str) -> DocumentLang:
    """Return a language of documents.

    Raises
    ------
    ValueError
        For any other text.
    """
    if text not in DOCUMENT_LANGS:
        raise ValueError(text)
    return text


def _canonical_object(files: Mapping[str, bytes], name: str) -> Mapping[str, Any]:
    try:
        value = parse_object(files[name])
        same = canonical(value) == files[name]
    except ValueError as error:
        raise ValueError(name) from error
    if not same:
        raise ValueError(name)
    return value


def _approvals(files: Mapping[str, bytes]) -> list[Mapping[str, Any]]:
    try:
        value = parse(files[APPROVALS])
        same = canonical(value) == files[APPROVALS]
    except ValueError as error:
        raise ValueError(APPROVALS) from error
    if not same or not isinstance(value, list) or len(value) > 16:
        raise ValueError(APPROVALS)
    return value
