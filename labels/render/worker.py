"""The child of :mod:`labels.printing`: draws pages on request until the other side hangs up.

Fonts, style sheets and templates are read once. Python's collector of cyclic garbage runs between
pages, not in them: a page makes some 100,000 objects that all live until it is printed, and looking
through them again and again takes a third of the time. Of requests that come together all but the
first are answered by copies of this process, each on a core of its own where there is one.
"""

from __future__ import annotations

import gc
import os
import resource
import socket
import sys
from collections.abc import Mapping
from typing import Any

from factors.errors import CarbonLabelError, IssueError
from labels.frames import Frame, receive, sent
from labels.render.documents import check, documents, record, warm
from labels.view import DocumentView


def main(handle: int, memory: int, seconds: float) -> None:
    """Answer requests.

    Parameters
    ----------
    handle
        File descriptor of the socket.
    memory
        Address space of this process (bytes).
    seconds
        Processor time of one page.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    gc.disable()
    with socket.socket(fileno=handle) as line:
        _warm()
        while True:
            try:
                count = receive(line.recv).head["requests"]
                first, *others = [receive(line.recv) for _ in range(count)]
            except EOFError:
                return
            copies = [_copy(line, request, seconds) for request in others]
            _limit_time(seconds)
            line.sendall(_answer(first).packed())
            for copy in copies:
                line.sendall(_told(*copy))
            del first, others, copies
            gc.collect()


def _warm() -> None:
    """Be ready for the first page; a machine that cannot draw says so with the first page."""
    try:
        warm()
    except CarbonLabelError:
        return
    gc.collect()
    gc.freeze()


def _copy(line: socket.socket, request: Frame, seconds: float) -> tuple[int, socket.socket]:
    """Answer a request in a copy of this process, warm as it is; return it and where to hear it.

    Nothing here runs a thread, which a copy would lose in the middle of its work.
    """
    ours, theirs = socket.socketpair()
    if copy := os.fork():
        theirs.close()
        return copy, ours
    try:
        line.close()
        ours.close()
        _limit_time(seconds)
        theirs.sendall(_answer(request).packed())
    finally:
        os._exit(0)


def _told(copy: int, line: socket.socket) -> bytes:
    """Return the answer of a copy; with a copy that was lost this process ends as well."""
    with line:
        answer = receive(line.recv).packed()
    os.waitpid(copy, 0)
    return answer


def _limit_time(seconds: float) -> None:
    """Allow so much more processor time: the kernel ends this process after it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime + seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, hard))


def _answer(request: Frame) -> Frame:
    try:
        return _asked(request)
    except MemoryError:
        return Frame({"failed": "limits"})
    except RecursionError:
        return Frame({"failed": "limits"})
    except CarbonLabelError as error:
        kind = "issue" if isinstance(error, IssueError) else "findings"
        return Frame({"failed": kind, "findings": sent(error.findings)})


def _asked(request: Frame) -> Frame:
    ask = request.head["ask"]
    if ask == "record":
        return Frame({"record": record()})
    view = _view(request.head, request.files)
    if ask == "check":
        return Frame({"findings": sent(check(view))})
    return Frame({}, documents(view, forms=request.head["forms"]))


def _view(head: Mapping[str, Any], attachments: Mapping[str, bytes]) -> DocumentView:
    names = ("body", "receipt", "approvals", "disclosures", "lang", "sample")
    return DocumentView(**{name: head[name] for name in names}, attachments=attachments)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
