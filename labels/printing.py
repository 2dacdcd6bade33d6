"""A print room: pages are drawn in a child process that stays warm and can be lost.

The child has limited memory and time. A page that exceeds them is refused by a finding, the child
is killed, and the next page gets a fresh one; the caller lives on. The child is started when the
room is opened, so that it warms up while the caller still computes, and this module imports nothing
that draws. What comes back is bytes and JSON.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from factors.errors import FindingsError, IssueError
from factors.findings import Finding, finding
from labels.child import Child, start
from labels.frames import Frame, receive, received
from labels.view import DocumentView, Job

CHILD = "labels.render.worker"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may take.

    Attributes
    ----------
    memory
        Address space of the child (bytes).
    seconds
        From the request to its answer, and processor time of the child for it.
    """

    memory: int = 1 << 30
    seconds: float = 120.0


@dataclass(slots=True)
class PrintRoom:
    """Draws pages as :mod:`labels.render` does, in a child process; a context manager.

    Attributes
    ----------
    limits
        What one page may take.
    """

    limits: Limits = Limits()
    _child: Child | None = field(default=None, init=False)

    def __enter__(self) -> PrintRoom:
        self._running()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.end()
            self._child = None

    @property
    def pid(self) -> int:
        """Process id of the child, started when there is none."""
        return self._running().process.pid

    def check(self, view: DocumentView) -> tuple[Finding, ...]:
        """Return what would stop the pages from being printed.

        Raises
        ------
        IssueError
            ``RENDER-TOO-HARD``, ``RENDER-WORKER-LOST``.
        """
        return received(self._ask(_request("check", view))[0].head["findings"])

    def record(self) -> Mapping[str, Any]:
        """Return what the bytes of the pages depend on.

        Raises
        ------
        IssueError
            ``RENDER-WORKER-LOST``, or what the machine lacks.
        """
        known: Mapping[str, Any] = self._ask(Frame({"ask": "record"}))[0].head["record"]
        return known

    def documents(
        self, view: DocumentView, *, forms: Collection[str] | None = None
    ) -> Mapping[str, bytes]:
        """Return unsigned PDFs by file name; every form of the record when ``forms`` is None.

        Raises
        ------
        FindingsError
            With every text that cannot be shown as it was written.
        IssueError
            ``RENDER-TOO-HARD``, ``RENDER-WORKER-LOST``, or what the renderer refuses.
        """
        return self.sets((view, forms))[0]

    def sets(self, *jobs: Job) -> list[Mapping[str, bytes]]:
        """Return what :meth:`documents` does of several views, drawn at the same time.

        Raises
        ------
        FindingsError, IssueError
            As :meth:`documents`, of the first set that cannot be drawn.
        """
        wanted = [(view, None if forms is None else sorted(forms)) for view, forms in jobs]
        drawn = self._ask(*(_request("documents", view, forms) for view, forms in wanted))
        return [answer.files for answer in drawn]

    def _ask(self, *requests: Frame) -> list[Frame]:
        """Ask once more when the child was lost for a reason that is not the page's."""
        for last in (False, True):
            try:
                return [_answer(one) for one in self._exchange(requests)]
            except (OSError, EOFError, ValueError) as error:
                self.close()
                if isinstance(error, TimeoutError):
                    raise self._too_hard() from error
                if last:
                    raise IssueError(finding("RENDER-WORKER-LOST")) from error
        raise AssertionError

    def _exchange(self, requests: Sequence[Frame]) -> list[Frame]:
        line = self._running().line
        patience = self.limits.seconds * len(requests)
        until = time.monotonic() + patience

        def read(count: int) -> bytes:
            line.settimeout(max(0.001, until - time.monotonic()))
            return line.recv(min(count, 1 << 20))

        line.settimeout(patience)
        line.sendall(Frame({"requests": len(requests)}).packed())
        for request in requests:
            line.sendall(request.packed())
        answers = [receive(read) for _ in requests]
        if any(answer.head.get("failed") == "limits" for answer in answers):
            raise TimeoutError
        return answers

    def _too_hard(self) -> IssueError:
        memory, seconds = self.limits.memory >> 20, f"{self.limits.seconds:g}"
        return IssueError(finding("RENDER-TOO-HARD", memory=memory, seconds=seconds))

    def _running(self) -> Child:
        if self._child is None or self._child.process.poll() is not None:
            self.close()
            self._child = _start(self.limits)
        return self._child


def _start(limits: Limits) -> Child:
    return start(CHILD, str(limits.memory), f"{limits.seconds:g}")


def _request(ask: str, view: DocumentView, forms: list[str] | None = None) -> Frame:
    head = {
        "ask": ask,
        "body": view.body,
        "receipt": view.receipt,
        "approvals": list(view.approvals),
        "disclosures": None if view.disclosures is None else list(view.disclosures),
        "lang": view.lang,
        "sample": view.sample,
        "forms": forms,
    }
    return Frame(json.loads(json.dumps(head)), view.attachments)


def _answer(frame: Frame) -> Frame:
    """Raise what the child could not do."""
    if frame.head.get("failed") == "findings":
        raise FindingsError.of(received(frame.head["findings"]))
    if frame.head.get("failed") == "issue":
        raise IssueError(received(frame.head["findings"])[0])
    return frame
