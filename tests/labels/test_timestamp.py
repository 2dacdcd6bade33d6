"""Timestamps: asked for over loopback, put behind the seal, built again byte for byte.

The authority of these tests is a real one (RFC 3161 over HTTP, its own certificates); it can be
told to misbehave. Whatever it does, the sealed document stays what it was.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from factors.errors import CarbonLabelError
from factors.findings import finding
from labels.cli import stamping
from labels.extension import Validation, extend, imprint, split
from labels.registry.export import LogView, view_of
from labels.stampcheck import check_token
from labels.timestamp import asking, upgrade
from labels.trust import Authority, TrustFile, parse_trust
from labels.verify import Report, verify
from labels.verify.report import Outcome
from tests.labels.authority import Maker, maker
from tests.labels.desk_help import T0, demo_store, issued

LATER = T0 + dt.timedelta(days=1)
REAL = dt.datetime.now(dt.UTC)


class World(NamedTuple):
    pdf: bytes
    trust: TrustFile
    log: LogView
    maker: Maker
    authority: Authority

    def ask(self, moment: dt.datetime = LATER, by: Maker | None = None) -> Callable[[bytes], bytes]:
        return (by or self.maker).asked(moment)

    def verified(self, pdf: bytes, trust: TrustFile | None = None) -> Report:
        return verify(pdf, trust=trust or self.trust, now=LATER, log=self.log)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    store = demo_store(tmp_path_factory.mktemp("desk") / "registry")
    made, stamps = issued(store), maker("Example TSA 示例")
    authority = stamps.known_as("Example TSA")
    trust = replace(store.trust, authorities=(authority,))
    return World(made.files["public/label.pdf"], trust, view_of(store), stamps, authority)


@pytest.fixture(scope="module")
def stamped(world: World) -> bytes:
    return upgrade(world.pdf, world.authority, world.ask(), LATER)


def timestamp(report: Report) -> Outcome | None:
    return next((one.outcome for one in report.checks if one.name == "timestamp"), None)


# What an upgrade is -------------------------------------------------------------------------------


def test_an_upgrade_leaves_the_sealed_bytes_and_verifies(world: World, stamped: bytes) -> None:
    assert stamped.startswith(world.pdf)
    sealed, extensions = split(stamped)
    assert sealed == world.pdf
    assert extensions[0].validation.certificates[-1] == world.maker.der
    report = world.verified(stamped)
    assert report.valid, report.codes
    assert (report.registered, timestamp(report)) == ("match", Outcome.PASS)
    assert "Example TSA" in report.render("en")
    assert "已经存在" in report.render("zh")


def test_a_document_without_timestamp_has_no_such_check(world: World) -> None:
    assert timestamp(world.verified(world.pdf)) is None


def test_a_verifier_who_does_not_know_the_authority_is_told(world: World, stamped: bytes) -> None:
    report = world.verified(stamped, replace(world.trust, authorities=()))
    assert report.valid
    assert timestamp(report) is Outcome.NOT_CHECKED


def test_a_second_timestamp_stands_behind_the_first(world: World, stamped: bytes) -> None:
    twice = upgrade(stamped, world.authority, world.ask(), LATER)
    assert twice.startswith(stamped)
    sealed, extensions = split(twice)
    assert (sealed, len(extensions)) == (world.pdf, 2)
    assert world.verified(twice).valid


def test_revocation_lists_are_carried(world: World) -> None:
    revoked = world.maker.revocations()
    made = upgrade(world.pdf, world.authority, world.ask(), LATER, (revoked,))
    assert split(made)[1][0].validation.lists == (revoked,)
    assert world.verified(made).valid


def test_another_validator_sees_long_term_updates_alone(world: World, stamped: bytes) -> None:
    for pdf in (stamped, upgrade(stamped, world.authority, world.ask(), LATER)):
        reader = PdfFileReader(io.BytesIO(pdf))
        seal = next(s for s in reader.embedded_signatures if s.field_name == "Seal")
        roots = [asn1_x509.Certificate.load(world.maker.der)]
        roots += [choice.chosen for choice in seal.signed_data["certificates"]]
        context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=LATER)
        status = validate_pdf_signature(seal, context)
        assert status.bottom_line
        assert status.coverage is SignatureCoverageLevel.ENTIRE_REVISION
        assert status.modification_level is ModificationLevel.LTA_UPDATES
        last = validate_pdf_timestamp(reader.embedded_timestamp_signatures[-1], context)
        assert last.intact and last.valid and last.trusted
        assert last.coverage is SignatureCoverageLevel.ENTIRE_FILE


@pytest.mark.needs("qpdf", "pdfsig")
def test_qpdf_finds_no_error_and_pdfsig_both_signatures(stamped: bytes, tmp_path: Path) -> None:
    path = tmp_path / "stamped.pdf"
    path.write_bytes(stamped)
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    seen = subprocess.run(["pdfsig", path], check=False, capture_output=True, text=True).stdout
    assert seen.count("Signature is Valid") >= 1
    assert "Signature #2" in seen
    assert "Total document signed" in seen


def test_trust_files_with_and_without_authorities_keep_their_bytes(world: World) -> None:
    assert parse_trust(world.trust.to_bytes()) == world.trust
    told = {k: v for k, v in world.trust.to_json().items() if k != "timestamp_authorities"}
    plain = parse_trust(json.dumps(told).encode())
    assert b"timestamp_authorities" not in plain.to_bytes()


# Precisely this revision, and nothing else --------------------------------------------------------


def test_one_changed_byte_anywhere_in_the_extension_is_refused(
    world: World, stamped: bytes
) -> None:
    """Every place outside the zeros behind the token, and a sample of those."""
    rng = random.Random(8)
    start = len(world.pdf)
    gap = stamped.index(b"/Contents <", start) + 11
    zeros = range(gap + 2 * len(split(stamped)[1][0].token), stamped.index(b">", gap))
    places = [n for n in range(start, len(stamped)) if n not in zeros]
    accepted = []
    for place in [*rng.sample(places, 240), *rng.sample(zeros, 20)]:
        changed = bytearray(stamped)
        changed[place] ^= 1 << rng.randrange(8)
        if world.verified(bytes(changed)).valid:
            accepted.append(place)
    assert accepted == [], [(p - gap, stamped[p - 4 : p + 4]) for p in accepted]


@pytest.mark.parametrize(
    "forge",
    [
        lambda pdf: pdf + b"\n",
        lambda pdf: pdf + b"% note\n",
        lambda pdf: pdf[:-1],
        lambda pdf: pdf.replace(b"/F 132\n/Rect [ 0 0 0 0 ]", b"/F 132\n/Rect [ 0 0 9 9 ]"),
        lambda pdf: pdf.replace(b"/Type /DSS\n", b"/Type /DSS \n"),
        lambda pdf: pdf.replace(b"startxref", b"startxreF"),
    ],
)
def test_anything_else_behind_the_seal_is_refused(
    world: World, stamped: bytes, forge: Callable[[bytes], bytes]
) -> None:
    start = len(world.pdf)
    forged = stamped[:start] + forge(stamped[start:])
    assert forged != stamped
    report = world.verified(forged)
    assert not report.valid
    assert {"SEAL-COVERAGE", "SEAL-MANY", "SEAL-STRUCTURE"} & set(report.codes)


def test_an_extension_of_another_document_is_refused(world: World, stamped: bytes) -> None:
    moved = world.pdf.replace(b"%PDF-1.", b"%PDF-1.", 1)[: len(world.pdf)]
    tail = stamped[len(world.pdf) :]
    other = bytearray(moved)
    other[len(other) // 2] ^= 1
    assert not world.verified(bytes(other) + tail).valid


def test_without_building_it_again_forgeries_would_pass(world: World, stamped: bytes) -> None:
    """The control: a reader that believes the PDF library alone accepts what is added behind."""
    forged = stamped + b"% note\n"
    assert not world.verified(forged).valid
    reader = PdfFileReader(io.BytesIO(forged))
    seal = next(s for s in reader.embedded_signatures if s.field_name == "Seal")
    roots = [choice.chosen for choice in seal.signed_data["certificates"]]
    context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=LATER)
    assert validate_pdf_signature(seal, context).bottom_line


def test_a_token_of_another_hash_in_the_right_place_is_refused(world: World) -> None:
    """The extension is well-formed; only the token speaks of something else."""
    data = Validation((world.maker.der,))
    token = world.maker.token(b"\x07" * 32, LATER)
    report = world.verified(extend(world.pdf, data, token))
    assert "TIMESTAMP-IMPRINT" in report.codes


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (T0 - dt.timedelta(hours=1), "TIMESTAMP-TIME"),
        (LATER + dt.timedelta(hours=1), "TIMESTAMP-TIME"),
    ],
)
def test_a_time_before_issue_or_after_now_is_refused(
    world: World, moment: dt.datetime, code: str
) -> None:
    made = upgrade(world.pdf, world.authority, world.ask(moment), moment)
    assert code in world.verified(made).codes


# Authorities that misbehave -----------------------------------------------------------------------


def refused(world: World, ask: Callable[[bytes], bytes], now: dt.datetime = LATER) -> list[str]:
    with pytest.raises(CarbonLabelError) as raised:
        upgrade(world.pdf, world.authority, ask, now)
    for found in raised.value.findings:
        assert found.render("zh") and found.render("en")
    return [found.code for found in raised.value.findings]


def _same(answer: bytes, question: bytes) -> bytes:
    del question
    return answer


def test_garbage_is_a_finding(world: World) -> None:
    rng = random.Random(4)
    noises = [rng.randbytes(length) for length in (0, 1, 30, 4000)]
    for noise in (*noises, b"<html>no</html>"):
        assert refused(world, partial(_same, noise)) == ["TIMESTAMP-ANSWER"]


def test_a_cut_or_padded_answer_is_a_finding(world: World) -> None:
    good = world.ask()
    assert refused(world, lambda q: good(q)[:-7]) == ["TIMESTAMP-ANSWER"]
    assert refused(world, lambda q: good(q) + b"\x00") == ["TIMESTAMP-ANSWER"]


def test_a_refusal_is_a_finding(world: World) -> None:
    no = bytes.fromhex("30053003020102")  # status 2, rejection, and no token
    assert refused(world, lambda _: no) == ["TIMESTAMP-REFUSED"]


def test_a_replayed_answer_is_a_finding(world: World) -> None:
    kept: list[bytes] = []
    good = world.ask()

    def keeping(question: bytes) -> bytes:
        kept.append(good(question))
        return kept[-1]

    upgrade(world.pdf, world.authority, keeping, LATER)
    assert refused(world, partial(_same, kept[0])) == ["TIMESTAMP-ANSWER"]


def test_a_wrong_hash_is_a_finding(world: World) -> None:
    def other(question: bytes) -> bytes:
        asked = tsp.TimeStampReq.load(question)
        asked["message_imprint"]["hashed_message"] = b"\x01" * 32
        return bytes(world.maker.answer(asked, LATER).dump())

    assert refused(world, other) == ["TIMESTAMP-IMPRINT"]


def test_a_wrong_certificate_is_a_finding(world: World) -> None:
    stranger = maker("Example TSA 示例")  # the same name, another key
    assert refused(world, world.ask(by=stranger)) == ["TIMESTAMP-AUTHORITY"]
    wrong = maker("Example TSA", [ExtendedKeyUsageOID.CODE_SIGNING])
    authority = Authority("Example TSA", (wrong.der,), T0)
    with pytest.raises(CarbonLabelError) as raised:
        upgrade(world.pdf, authority, world.ask(by=wrong), LATER)
    assert raised.value.findings[0].code == "TIMESTAMP-AUTHORITY"


def test_a_wrong_time_is_a_finding(world: World) -> None:
    ask = world.ask(LATER - dt.timedelta(hours=1))
    assert refused(world, ask) == ["TIMESTAMP-TIME"]


def test_what_is_no_document_of_ours_is_a_finding(world: World) -> None:
    for pdf in (b"", b"%PDF-1.7\n", world.pdf[:-5], world.pdf + b"x"):
        with pytest.raises(CarbonLabelError) as raised:
            upgrade(pdf, world.authority, world.ask(), LATER)
        assert raised.value.findings[0].code == "TIMESTAMP-DOCUMENT"


def test_the_token_alone_is_held_against_hash_time_and_maker(world: World) -> None:
    wanted = imprint(world.pdf, Validation())
    token = world.maker.token(wanted, LATER)
    window = (T0, LATER)
    held = world.authority.certificates
    assert check_token(token, wanted, held, world.authority, window).authority == "Example TSA"


# Over the wire ------------------------------------------------------------------------------------

Behaviour = Callable[[BaseHTTPRequestHandler, bytes], None]


class Server(NamedTuple):
    url: str
    behave: list[Behaviour]
    asked: list[str]


@pytest.fixture
def server() -> Iterator[Server]:
    behave: list[Behaviour] = []
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            behave[0](self, self.rfile.read(int(self.headers["Content-Length"])))

        def log_message(self, *_: object) -> None:
            pass

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield Server(f"http://127.0.0.1:{listening.server_port}/tsa", behave, asked)
    listening.shutdown()
    listening.server_close()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def test_one_question_to_one_address(world: World, server: Server) -> None:
    good = world.ask()
    server.behave.append(lambda handler, question: send(handler, 200, good(question)))
    made = upgrade(world.pdf, world.authority, asking(server.url), LATER)
    assert world.verified(made).valid
    assert server.asked == ["/tsa"]


def test_a_redirect_is_not_followed(world: World, server: Server) -> None:
    server.behave.append(lambda h, _: send(h, 302, b"", Location=f"{server.url}/elsewhere"))
    assert refused(world, asking(server.url)) == ["TIMESTAMP-NO-ANSWER"]
    assert server.asked == ["/tsa"]


def test_an_answer_without_end_is_cut_off(world: World, server: Server) -> None:
    server.behave.append(lambda handler, _: send(handler, 200, bytes(200_000)))
    assert refused(world, asking(server.url)) == ["TIMESTAMP-ANSWER"]


def test_an_answer_that_trickles_or_never_comes_is_given_up(world: World, server: Server) -> None:
    def trickle(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _piece in range(20):
            try:
                handler.wfile.write(b"x")
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)

    server.behave.append(trickle)
    assert refused(world, asking(server.url, patience=0.4)) == ["TIMESTAMP-NO-ANSWER"]
    server.behave[0] = lambda handler, _: time.sleep(1.0)
    assert refused(world, asking(server.url, patience=0.2)) == ["TIMESTAMP-NO-ANSWER"]


def test_nobody_there_is_a_finding(world: World) -> None:
    assert refused(world, asking("http://127.0.0.1:9/", patience=2)) == ["TIMESTAMP-NO-ANSWER"]


@pytest.mark.parametrize("url", ["ftp://x/", "file:///etc/passwd", "http://", "x", "http://a@b/"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(CarbonLabelError) as raised:
        asking(url)
    assert raised.value.findings[0].code == "TIMESTAMP-ADDRESS"


def test_no_proxy_is_spoken_to(
    world: World, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    good = world.ask()
    server.behave.append(lambda handler, question: send(handler, 200, good(question)))
    assert upgrade(world.pdf, world.authority, asking(server.url), LATER)


# The command --------------------------------------------------------------------------------------


def test_the_command_writes_whole_or_not_at_all(
    world: World, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "now", lambda: LATER)
    path, trust = tmp_path / "label.pdf", tmp_path / "trust.json"
    path.write_bytes(world.pdf)
    trust.write_bytes(world.trust.to_bytes())
    told = stamping.stamping_of(None, server.url, trust)
    server.behave.append(lambda handler, _: send(handler, 200, b"garbage"))
    with pytest.raises(CarbonLabelError):
        stamping.upgrade_file(path, None, told, (), "en")
    assert path.read_bytes() == world.pdf
    assert sorted(one.name for one in tmp_path.iterdir()) == ["label.pdf", "trust.json"]
    good = world.ask()
    server.behave[0] = lambda handler, question: send(handler, 200, good(question))
    stamping.upgrade_file(path, None, told, (), "zh")
    assert world.verified(path.read_bytes()).valid


def test_copies_are_stamped_and_a_failure_is_told_and_no_more(
    world: World,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(stamping, "now", lambda: LATER)
    path = tmp_path / "label.pdf"
    path.write_bytes(world.pdf)
    server.behave.append(lambda handler, _: send(handler, 500, b""))
    told = stamping.Stamping(server.url, world.authority)
    stamping.stamp_copies([path], told, "en")
    assert path.read_bytes() == world.pdf
    assert "TIMESTAMP-NO-ANSWER" in capsys.readouterr().err
    stamping.stamp_copies([path], None, "en")
    assert server.asked == ["/tsa"]


def test_settings_that_are_missing_are_a_finding(world: World, tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    store.close()
    bare = tmp_path / "bare.json"
    bare.write_bytes(store.trust.to_bytes())
    for registry, url, trust in (
        (tmp_path / "registry", "", None),
        (None, "", None),
        (None, "http://127.0.0.1:9/", None),
        (None, "http://127.0.0.1:9/", bare),
    ):
        with pytest.raises(CarbonLabelError) as raised:
            stamping.stamping_of(registry, url, trust)
        assert raised.value.findings[0].code == "TIMESTAMP-SETTINGS"


def test_every_finding_has_its_sentences() -> None:
    for code in ("HOLDS", "UNKNOWN"):
        found = finding(f"TIMESTAMP-{code}", authority="A", time="T", detail="")
        assert found.render("zh") != found.render("en")
