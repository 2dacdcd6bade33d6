"""The child of :mod:`labels.cli.aside`: computes one file and ends."""

from __future__ import annotations

import socket
import sys

from factors.errors import CarbonLabelError, UnsafeFileError
from factors.findings import blocking
from labels.canonical import canonical
from labels.cli.shelf import library
from labels.frames import Frame, receive, sent
from lca import study, system_file


def main(handle: int) -> None:
    """Answer one request on a socket."""
    with socket.socket(fileno=handle) as line:
        try:
            request = receive(line.recv)
        except EOFError:  # nobody wants to know any more
            return
        line.sendall(_answer(request).packed())


def _answer(request: Frame) -> Frame:
    asked = request.head
    try:
        made = study.study(request.files["file"], asked["name"], asked["rules"], library())
    except CarbonLabelError as refusal:
        refused = "unsafe" if isinstance(refusal, UnsafeFileError) else "refused"
        return Frame({"refused": refused, "findings": sent(refusal.findings)})
    head = {"refused": "", "findings": sent(blocking(made.findings)), "workbook": False}
    if made.blocked or made.footprint is None or made.system is None:
        return Frame(head)
    files = {
        "footprint": canonical(made.footprint.to_json()),
        "system": system_file.canonical(made.system),
    }
    return Frame({**head, "workbook": bool(made.system.workbook)}, files)


if __name__ == "__main__":
    main(int(sys.argv[1]))
