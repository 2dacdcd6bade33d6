"""The page "timestamps.md": its commands run as printed, with an authority of ours on loopback."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from labels.extension import split
from labels.issue import Office, issue
from labels.keys import Purpose, read_key
from labels.registry.desk import approve, submit
from labels.registry.store import open_store
from tests.docs.pages import ROOT, commands, read
from tests.docs.running import Ran, run
from tests.labels.authority import Maker, maker
from tests.labels.desk_help import PlainPages, submission

PAGE = ROOT / "docs" / "how-to" / "timestamps.md"
SHOWN = "https://tsa.example.org/"


@pytest.fixture(scope="module")
def authority() -> Maker:
    return maker("Example TSA 示例", now=dt.datetime.now(dt.UTC))


@pytest.fixture(scope="module")
def url(authority: Maker) -> Iterator[str]:
    """An authority that answers with the time of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            answer = authority.asked(dt.datetime.now(dt.UTC))(asked)
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}/"
    listening.shutdown()
    listening.server_close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, authority: Maker) -> Path:
    folder = tmp_path_factory.mktemp("stamped")
    (folder / "tsa.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    return folder


@pytest.fixture(scope="module")
def ran(place: Path, url: str) -> list[Ran]:
    """Run the page; between its parts a record is issued, with a page of one line."""
    asked = [one for part in read(PAGE).parts for one in commands(part)]
    assert sum(one.text.count(SHOWN) for one in asked) == 2
    setting_up, *later = [replace(one, text=one.text.replace(SHOWN, url)) for one in asked]
    done = run([setting_up], place, "en")
    assert not done[0].problem(), done[0].problem()
    issue_into(place)
    done += run(later, place, "en")
    assert len(done) == len(asked)
    return done


def issue_into(place: Path) -> None:
    store, moment = open_store(place / "register"), dt.datetime.now(dt.UTC)
    preparer, seal = (
        read_key(place / f"{name}.key", purpose, b"example")
        for name, purpose in (("preparer", Purpose.APPROVAL), ("seal", Purpose.SEAL))
    )
    draft = submit(store, submission(), moment)
    approve(store, draft, "preparer", preparer, moment)
    made = issue(Office(store, PlainPages(), seal_key=seal), draft, "en")
    (place / "issued" / "public").mkdir(parents=True)
    for name in ("public/label.pdf", "public/report.pdf"):
        (place / "issued" / name).write_bytes(made.files[name])
    store.close()


def test_every_command_does_what_the_page_says(ran: list[Ran]) -> None:
    assert not [one.problem() for one in ran if one.problem()]


def test_each_upgrade_put_a_timestamp_behind_the_seal(ran: list[Ran], place: Path) -> None:
    counts = {
        name: len(split((place / name).read_bytes())[1])
        for name in ("issued/public/label.pdf", "report.stamped.pdf", "issued/public/report.pdf")
    }
    assert list(counts.values()) == [1, 1, 0]
