"""Whether a stored draft is still what was handed in and approved."""

from __future__ import annotations

from functools import lru_cache

from factors.errors import IssueError
from labels.canonical import canonical, parse_object, sha256
from labels.certificate import claim
from labels.commitments import commitments, read_disclosures, write_disclosures
from labels.refusal import refusal
from labels.registry.records import StoredDraft


@lru_cache(maxsize=2)
def damage(draft: StoredDraft) -> str:
    """Return what is wrong with a stored draft, empty when nothing is.

    The approvals name the hash of the body; the body names the lines, the footprint, the system
    file and the workbook. So nothing handed out later changed unseen.
    Every step of issuing reads the draft and asks again; the same bytes get the same answer.
    """
    stored = (sha256(draft.body), sha256(draft.footprint), sha256(draft.system))
    if stored != (draft.body_hash, draft.footprint_sha256, draft.system_sha256):
        return "hashes"
    try:
        if not (_body(draft) and _lines(draft) and _inputs(draft)):
            return "content"
    except (IssueError, ValueError, KeyError, TypeError, AttributeError) as error:
        return type(error).__name__
    return ""


def refuse_damaged(draft: StoredDraft) -> None:
    """Refuse to sign what is no longer what was approved.

    Raises
    ------
    IssueError
        ``REGISTRY-STORAGE``.
    """
    wrong = damage(draft)
    if wrong:
        raise refusal("REGISTRY-STORAGE", draft.draft, reason=f"stored draft: {wrong}")


def _body(draft: StoredDraft) -> bool:
    fields = draft.fields
    stored = (canonical(fields), claim(fields), fields["kind"])
    return stored == (draft.body, draft.claim, draft.kind)


def _lines(draft: StoredDraft) -> bool:
    opened = read_disclosures(parse_object(draft.disclosures))
    same = write_disclosures(draft.body_hash, opened) == draft.disclosures
    return same and draft.fields["commitments"] == commitments(opened)


def _inputs(draft: StoredDraft) -> bool:
    body = draft.fields
    lock, system = body["lock"], draft.system_sha256
    workbook = (lock["workbook"] or {}).get("sha256")
    named = (body["submission"]["sha256"], lock["system"], body["footprint"]["sha256"], workbook)
    handed_in = None if draft.workbook is None else sha256(draft.workbook)
    return named == (system, system, draft.footprint_sha256, handed_in)
