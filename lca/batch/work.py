"""One file of a batch, from bytes to bytes: what a worker does, wherever it runs.

Plain bytes go in and come out, so that nothing depends on how a worker was reached, and nothing of
ours has to be pickled. The result of a file depends on the file, the factor library, the rule set
and the software alone; who computes it and in which order is not in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from factors.errors import CarbonLabelError
from factors.findings import Finding
from factors.store import FactorSet, load, overlay_of
from lca.result_lock import installed
from lca.study import study

SCHEMA = "carbonlabel-batch/1"


@dataclass(frozen=True, slots=True)
class Job:
    """A workbook or system file, and how to compute it.

    Attributes
    ----------
    name
        Name of the file; its ending says what it is.
    data
        Its bytes.
    rules
        Id of the rule set; empty for the file's own.
    """

    name: str
    data: bytes
    rules: str = ""


def done(job: Job) -> bytes:
    """Return the entry of a file in the result, as JSON bytes.

    A file that is refused or blocked has ``footprint`` null and its findings; nothing is raised for
    it, because one bad file must not end a batch.
    """
    try:
        made = study(job.data, job.name, job.rules, library())
        footprint, findings = made.footprint, made.findings
        told = footprint.to_json() if footprint is not None and not made.blocked else None
    except CarbonLabelError as refusal:
        told, findings = None, refusal.findings
    return _json(
        {
            "file": job.name,
            "sha256": sha256(job.data).hexdigest(),
            "footprint": told,
            "findings": [] if told else [_plain(found) for found in findings if found.blocks],
        }
    )


def document(entries: Iterable[bytes]) -> bytes:
    """Return the whole result, the entries in their order."""
    body = b",\n".join(entries)
    head = f'{{"schema":"{SCHEMA}","files":[\n'.encode()
    return head + body + b"\n]}\n"


def standing() -> dict[str, str]:
    """Return what a result depends on besides the file: versions and the factor library."""
    return {**installed(), "factor_set": library().hash}


def failed(entries: Sequence[bytes]) -> int:
    """Return how many entries have no footprint."""
    return sum(json.loads(entry)["footprint"] is None for entry in entries)


def _plain(found: Finding) -> dict[str, Any]:
    return found.to_json()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def library() -> FactorSet:
    """Return the factor library with the overlay of the environment, read once a process."""
    return load(overlay_of(os.environ))
