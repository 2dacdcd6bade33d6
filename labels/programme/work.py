"""One file of a programme, from bytes to prepared documents: what a worker does.

The files that come out depend on the bytes, their name, the language, the software and the factor
library alone; who computed them, when, and in which order is not in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factors.errors import CarbonLabelError, IssueError
from factors.findings import Finding, Where, blocking, finding
from factors.texts import Lang
from labels.canonical import canonical, sha256
from labels.fonts import find
from labels.render.summary import summary
from lca import system_file
from lca.batch import work as batch
from lca.study import Study, is_system, study
from lca.workbook.annotate import annotate

SCHEMA = "carbonlabel-programme-result/1"
RESULT, FOOTPRINT, SYSTEM = "result.json", "footprint.json", "system.json"
SUMMARY, ANSWER = "summary.pdf", "answer.xlsx"


@dataclass(frozen=True, slots=True)
class Job:
    """A file that was handed in: whose it is, its name and bytes, and the language of documents."""

    enterprise: str
    name: str
    data: bytes
    lang: Lang

    def key(self, standing: Mapping[str, str]) -> str:
        """Return what the result is stored under: everything that it depends on."""
        parts = (dict(standing), self.lang, self.enterprise, self.name, sha256(self.data))
        return sha256(canonical(list(parts)))


def done(job: Job) -> Mapping[str, bytes]:
    """Return the prepared files of a job by name; nothing is raised for a bad file.

    ``result.json`` always; ``footprint.json``, ``system.json`` and the unsigned ``summary.pdf`` of
    what can be computed; ``answer.xlsx``, the workbook with its findings marked, of what cannot.
    """
    made, findings = _study(job)
    files: dict[str, bytes] = {}
    usable = made is not None and not blocking(findings)
    if usable and made is not None and made.footprint is not None and made.system is not None:
        document = made.footprint.to_json()
        files[FOOTPRINT], files[SYSTEM] = canonical(document), system_file.canonical(made.system)
        findings = (*findings, *_printed(job, document, files))
    elif not is_system(job.name):
        findings = (*findings, *_answered(job, findings, files))
    return {**files, RESULT: _result(job, findings, files)}


def failed(job: Job, error: BaseException) -> Mapping[str, bytes]:
    """Return the files of a job whose worker died or broke."""
    where = Where(file=job.name)
    found = (finding("PROGRAMME-WORKER", where, reason=type(error).__name__),)
    return {RESULT: _result(job, found, {})}


def standing() -> dict[str, str]:
    """Return what results depend on besides their files: versions, factor library, font."""
    try:
        font = find().sha256
    except IssueError:
        font = ""
    return {**batch.standing(), "font": font}


def _study(job: Job) -> tuple[Study | None, tuple[Finding, ...]]:
    try:
        made = study(job.data, job.name, factors=batch.library())
    except CarbonLabelError as refused:
        return None, refused.findings
    return made, made.findings


def _printed(job: Job, document: Mapping[str, Any], files: dict[str, bytes]) -> tuple[Finding, ...]:
    """Print the summary; texts that do not fit are findings of the file."""
    try:
        files[SUMMARY] = summary(document, job.lang)
    except CarbonLabelError as refused:
        return refused.findings
    return ()


def _answered(
    job: Job, findings: Sequence[Finding], files: dict[str, bytes]
) -> tuple[Finding, ...]:
    """Mark the findings in a copy; a file that cannot be opened has none."""
    try:
        files[ANSWER] = annotate(job.data, job.name, findings, job.lang)
    except CarbonLabelError as refused:
        return tuple(one for one in refused.findings if one not in findings)
    return ()


def _result(job: Job, findings: Sequence[Finding], files: Mapping[str, bytes]) -> bytes:
    return canonical(
        {
            "schema": SCHEMA,
            "enterprise": job.enterprise,
            "file": job.name,
            "sha256": sha256(job.data),
            "files": {name: sha256(data) for name, data in sorted(files.items())},
            "findings": [found.to_json() for found in dict.fromkeys(findings)],
        }
    )
