"""What a document shows: one sealed body and the proofs that travel with it.

Label, report and page are views of the same body; nothing in a view is computed again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

DocumentLang = Literal["zh", "en", "both"]
DOCUMENT_LANGS: tuple[DocumentLang, ...] = ("zh", "en", "both")


@dataclass(frozen=True, slots=True)
class DocumentView:
    """Everything the pages of one record are made from.

    Attributes
    ----------
    body
        Certificate body, ``carbonlabel-certificate/1``: public figures only.
    receipt
        Serial, log index, time and checkpoint of the registry; None for a draft preview.
    approvals
        Detached signatures over the body, as ``approvals.json`` holds them.
    disclosures
        None for the public copy; for the sealed copy a list of ``{"salt", "line"}``.
    lang
        ``zh``, ``en`` or ``both`` (Chinese first).
    sample
        Whether the document comes from a demo registry and must say so.
    attachments
        File name to bytes, embedded in every PDF in this order.
    """

    body: Mapping[str, Any]
    receipt: Mapping[str, Any] | None = None
    approvals: Sequence[Any] = ()
    disclosures: Sequence[Mapping[str, Any]] | None = None
    lang: DocumentLang = "both"
    sample: bool = True
    attachments: Mapping[str, bytes] = field(default_factory=dict)


Job = tuple[DocumentView, Collection[str] | None]
"""A view, and the file names of the forms that are wanted of it; None: every form."""
