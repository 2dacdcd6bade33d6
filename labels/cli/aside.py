"""A workbook computed in a child process, while this one opens the registry.

Calculation, registry and pages stand on libraries of their own, which take longer to import than to
use: in processes beside each other that is one wait instead of three. This module imports none of
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from factors.errors import FindingsError, UnsafeFileError
from factors.findings import Finding, Where, finding
from labels.child import Child, start
from labels.frames import Frame, receive, received

CHILD = "labels.cli.computing"
DRAFT_MARK = "D-"


@dataclass(frozen=True, slots=True)
class Computed:
    """What a file came to, as bytes.

    Attributes
    ----------
    footprint, system
        ``footprint.json`` and the system file; None when findings block them.
    of_workbook
        Whether the file was a workbook, not a system file.
    findings
        What blocks.
    """

    footprint: bytes | None
    system: bytes | None
    of_workbook: bool
    findings: Sequence[Finding]


@dataclass(slots=True)
class Desk:
    """Computes files as :func:`lca.study.study` does, in a child that starts when told to."""

    _child: Child | None = field(default=None, init=False)

    def begin(self) -> Child:
        """Start the child; it imports while the caller does something else."""
        if self._child is None:
            self._child = start(CHILD)
        return self._child

    def end(self) -> None:
        """End the child, whatever it does."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def study(self, data: bytes, name: str, rules: str) -> Computed:
        """Compute one file.

        Raises
        ------
        FindingsError, UnsafeFileError
            What :func:`lca.study.study` refuses; ``CLI-STUDY-LOST``.
        """
        answer = self._answer(Frame({"name": name, "rules": rules}, {"file": data}), name)
        findings = received(answer.head["findings"])
        match answer.head["refused"]:
            case "unsafe":
                raise UnsafeFileError(*findings)
            case "refused":
                raise FindingsError.of(findings)
        footprint, system = answer.files.get("footprint"), answer.files.get("system")
        return Computed(footprint, system, bool(answer.head["workbook"]), findings)

    def _answer(self, request: Frame, name: str) -> Frame:
        line = self.begin().line
        try:
            line.sendall(request.packed())
            return receive(line.recv)
        except (OSError, EOFError) as error:
            raise FindingsError(finding("CLI-STUDY-LOST", Where(file=name))) from error


def is_draft(subject: str) -> bool:
    """Whether what is to be issued is a draft, rather than a file to compute."""
    return subject.startswith(DRAFT_MARK)


@contextmanager
def computing(*, soon: bool) -> Iterator[Desk]:
    """Open a desk; ``soon``: it will be asked, and may begin."""
    desk = Desk()
    try:
        if soon:
            desk.begin()
        yield desk
    finally:
        desk.end()
