"""The print room: same bytes as in this process, and a child that may be lost at any time."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.errors import FindingsError, IssueError
from labels import printing
from labels.frames import Frame, receive
from labels.printing import Limits, PrintRoom
from labels.render.documents import check, documents, record
from tests.labels.views import body, view

LABEL = ("label.pdf",)
UNSHOWABLE = "beer \U0001f37a"
NAMES = st.text(max_size=12)
HEADS = st.dictionaries(NAMES, st.integers() | st.text() | st.none(), max_size=4)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintRoom]:
    """A room opened in a folder with a module that must not be taken for the renderer."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "weasyprint.py").write_text("raise SystemExit", encoding="ascii")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with PrintRoom() as opened:
            yield opened


def reader(data: bytes) -> Any:
    """Return a reader that hands out a few bytes at a time, as a socket may."""
    left = bytearray(data)

    def read(count: int) -> bytes:
        part = bytes(left[: min(count, 7)])
        del left[: len(part)]
        return part

    return read


@given(HEADS, st.dictionaries(NAMES, st.binary(max_size=40), max_size=3))
def test_a_frame_comes_back_as_it_went(head: dict[str, Any], files: dict[str, bytes]) -> None:
    frame = Frame(head, files)
    assert receive(reader(frame.packed())) == frame


@given(st.integers(0, 60))
def test_a_torn_frame_is_no_frame(length: int) -> None:
    whole = Frame({"a": 1}, {"x": b"0123456789"}).packed()
    with pytest.raises(EOFError):
        receive(reader(whole[: min(length, len(whole) - 1)]))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff\xff\xff\xff", "head too long"),
        (b"\0\0\0\x02{]", "Expecting"),
        (b'\0\0\0\x1e{"head":{},"files":[["x",-1]]}', "content too long"),
    ],
)
def test_what_is_no_frame_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        receive(reader(data))


def test_the_room_prints_the_same_bytes_and_asks_the_same(room: PrintRoom) -> None:
    assert room.documents(view(), forms=LABEL) == documents(view(), forms=LABEL)
    assert room.record() == record()
    assert room.check(view()) == check(view()) == ()


def test_the_child_stays_for_the_next_page(room: PrintRoom) -> None:
    first = room.pid
    room.documents(view(), forms=LABEL)
    assert room.pid == first


def test_findings_come_back_whole(room: PrintRoom) -> None:
    fields = body()
    fields["product"]["name"] = {"zh": UNSHOWABLE, "en": UNSHOWABLE}
    assert room.check(view(fields)) == check(view(fields)) != ()
    with pytest.raises(FindingsError) as refused:
        room.documents(view(fields))
    assert refused.value.findings == check(view(fields))


def test_an_unknown_kind_is_refused_as_in_this_process(room: PrintRoom) -> None:
    with pytest.raises(IssueError) as refused:
        room.documents(view({**body(), "kind": "poster"}))
    assert refused.value.findings[0].code == "RENDER-KIND-UNKNOWN"


def test_a_child_killed_between_pages_is_replaced(room: PrintRoom) -> None:
    before = room.documents(view(), forms=LABEL)
    killed = room.pid
    os.kill(killed, signal.SIGKILL)
    assert room.documents(view(), forms=LABEL) == before
    assert room.pid != killed


def test_a_child_killed_in_the_middle_of_a_page_is_replaced(room: PrintRoom) -> None:
    """A stopped child takes the request and never answers; killed, it has died with the page."""
    first = room.pid
    os.kill(first, signal.SIGSTOP)
    threading.Timer(0.3, os.kill, (first, signal.SIGKILL)).start()
    assert room.documents(view(), forms=LABEL) == documents(view(), forms=LABEL)
    assert room.pid != first


def test_a_page_that_takes_too_long_is_stopped_and_its_child_with_it() -> None:
    with PrintRoom(Limits(seconds=0.5)) as own:
        stuck = own.pid
        os.kill(stuck, signal.SIGSTOP)
        with pytest.raises(IssueError) as refused:
            own.documents(view(), forms=LABEL)
        assert refused.value.findings[0].code == "RENDER-TOO-HARD"
        assert not Path(f"/proc/{stuck}").exists()


def test_a_page_without_memory_is_refused_and_the_next_one_is_printed() -> None:
    """An attachment larger than what the child may have; it could still start and answer."""
    with PrintRoom(Limits(memory=420 << 20)) as own:
        big = view(attachments={"certificate.json": bytes(200 << 20)})
        with pytest.raises(IssueError) as refused:
            own.documents(big, forms=LABEL)
        assert own.documents(view(), forms=LABEL)
    assert refused.value.findings[0].code in {"RENDER-TOO-HARD", "RENDER-WORKER-LOST"}


def test_a_child_that_cannot_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "CHILD", "labels.no_such_worker")
    with PrintRoom() as own, pytest.raises(IssueError) as refused:
        own.documents(view(), forms=LABEL)
    assert refused.value.findings[0].code == "RENDER-WORKER-LOST"


def test_closing_ends_the_child_and_the_child_ends_with_its_caller() -> None:
    own = PrintRoom()
    gone = own.pid
    own.close()
    assert not Path(f"/proc/{gone}").exists()
    process = printing._start(Limits())
    process.line.shutdown(socket.SHUT_RDWR)
    assert process.process.wait(timeout=60) == 0
    process.line.close()


def test_memory_does_not_grow_from_page_to_page(room: PrintRoom) -> None:
    def resident() -> int:
        fields = Path(f"/proc/{room.pid}/statm").read_text(encoding="ascii").split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    for _ in range(4):
        room.documents(view(), forms=LABEL)
    time.sleep(0.3)
    before = resident()
    for _ in range(12):
        room.documents(view(), forms=LABEL)
    time.sleep(0.3)
    assert resident() - before < 12 << 20


def test_sets_drawn_at_the_same_time_are_the_same_bytes(room: PrintRoom) -> None:
    small = ("label-50x30.pdf",)
    one, other = room.sets((view(), LABEL), (view(), small))
    assert one == documents(view(), forms=LABEL)
    assert other == documents(view(), forms=small)


def test_what_one_of_several_sets_is_refused_for_comes_back_and_the_room_stays(
    room: PrintRoom,
) -> None:
    first = room.pid
    with pytest.raises(IssueError) as refused:
        room.sets((view(), LABEL), (view({**body(), "kind": "poster"}), None))
    assert refused.value.findings[0].code == "RENDER-KIND-UNKNOWN"
    assert room.documents(view(), forms=LABEL) == documents(view(), forms=LABEL)
    assert room.pid == first


def test_a_copy_that_is_lost_is_drawn_again_by_a_new_child(room: PrintRoom) -> None:
    """The child takes its copy with it; the copy leaves no process behind."""
    first, lost = room.pid, threading.Event()

    def kill() -> None:
        while not (copies := children(first)):
            time.sleep(0.001)
        os.kill(copies[0], signal.SIGKILL)
        lost.set()

    threading.Thread(target=kill, daemon=True).start()
    assert room.sets((view(), LABEL), (view(), None))[0] == documents(view(), forms=LABEL)
    assert lost.is_set()
    assert room.pid != first
    assert children(room.pid) == []


def children(pid: int) -> list[int]:
    """Return the child processes of a process of one thread."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(one) for one in told.split()]
