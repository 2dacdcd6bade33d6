"""The static copy: works from a folder, fetches nothing, tells no secret; lists are standard."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import io
import json
import re
import zlib
from collections.abc import Mapping
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import pikepdf
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from factors.errors import IssueError
from labels.canonical import parse_object
from labels.issue import Issued, issue
from labels.keys import Purpose
from labels.page import page
from labels.registry.changes import change
from labels.registry.desk import abandon, reserve
from labels.registry.export import read_view, view_of
from labels.registry.publish import publish
from labels.registry.state import Event
from labels.registry.statuslist import LIFETIME, encoded_list
from labels.registry.store import DOCUMENTS, Store
from labels.registry.succession import Succession
from labels.render import site
from labels.standing import Standing
from labels.verify import verify
from labels.view import DocumentView
from tests.labels.desk_help import (
    T0,
    Clock,
    PlainPages,
    approved_draft,
    demo_store,
    issued,
    office,
    submission,
)
from tests.labels.views import whole_life

DAY = dt.timedelta(days=1)
NOW = T0 + 2 * DAY
STATES = {
    "SAMPLE-1": "issued",
    "SAMPLE-2": "suspended",
    "SAMPLE-3": "revoked",
    "SAMPLE-4": "superseded",
    "SAMPLE-5": "issued",
    "SAMPLE-6": "expired",
    "SAMPLE-7": "void",
}


class World(NamedTuple):
    store: Store
    folder: Path
    records: Mapping[str, Issued]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A registry with a record in every state, and its static copy."""
    root = tmp_path_factory.mktemp("world")
    store = demo_store(root / "registry")
    key = store.key(Purpose.APPROVAL)
    made = [issued(store, f"EX-{number}") for number in range(4)]
    change(store, "SAMPLE-2", Event.SUSPEND, "data-doubted", key, T0 + DAY)
    change(store, "SAMPLE-3", Event.REVOKE, "data-wrong", key, T0 + DAY)
    succession = Succession("SAMPLE-4", "period-renewed", key)
    later = office(store, clock=Clock(T0 + DAY))
    made.append(issue(later, approved_draft(store, submission("EX-3")), succession=succession))
    short = submission("EX-short", valid_until=T0.date())
    made.append(issue(office(store), approved_draft(store, short)))
    gone = reserve(store, approved_draft(store, submission("EX-void")), "both", T0)
    abandon(store, gone.serial, "LABEL-TEXT-TOO-LONG", store.key(Purpose.CHECKPOINT), T0)
    reserve(store, approved_draft(store, submission("EX-open")), "both", T0)
    assert publish(store, root / "site", site, NOW) == len(STATES)
    return World(store, root / "site", {record.serial: record for record in made})


def html(world: World, name: str) -> str:
    return (world.folder / name).read_text(encoding="utf-8")


# Pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("serial", STATES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_tells_the_state_in_its_language(world: World, serial: str, lang: str) -> None:
    told = html(world, f"{serial}/{lang}.html")
    state = STATES[serial]
    words = {
        "issued": ("有效", "In force"),
        "suspended": ("已暂停", "Suspended"),
        "revoked": ("已撤销", "Withdrawn"),
        "superseded": ("已被取代", "Superseded"),
        "expired": ("已过期", "Expired"),
        "void": ("作废", "Void"),
    }
    assert f'class="box {state}"' in told
    assert f"<b>{words[state][lang == 'en']}</b>" in told
    assert serial in told
    assert "2026-11-22 10:00 +08:00" in told
    assert ('class="figure"' in told) is (state != "void")


def test_a_page_tells_why_and_what_took_its_place(world: World) -> None:
    assert "数据有误" in html(world, "SAMPLE-3/zh.html")
    assert "2026-11-21 10:00 +08:00: the data were wrong" in html(world, "SAMPLE-3/en.html")
    assert 'href="../SAMPLE-5/en.html"' in html(world, "SAMPLE-4/en.html")
    assert 'href="../SAMPLE-4/zh.html"' in html(world, "SAMPLE-5/zh.html")


def test_a_page_says_what_it_is_and_that_it_is_a_sample(world: World) -> None:
    told = html(world, "SAMPLE-1/en.html")
    for words in (
        "SAMPLE: no real result",
        "Study report, not verified",
        "Partial: cradle to factory gate",
        "per litre of packaged beer",
        "Not checked: the file in your hands",
        "sha256sum",
    ):
        assert words in told
    assert hashlib.sha256((world.folder / "SAMPLE-1/label.pdf").read_bytes()).hexdigest() in told


def test_a_full_life_cycle_has_a_whole_bracket_and_a_second_scale() -> None:
    view = DocumentView(body=whole_life(), receipt={"serial": "SAMPLE-1"}, lang="en")
    pages = site.record_pages(view, Standing("SAMPLE-1", "issued", "now"))
    told = pages["en.html"].decode()
    assert 'class="bracket whole"' in told
    assert "After the gate, on a new scale" in told
    assert pages["index.html"] == pages["en.html"]
    assert told.count("<rect") - told.count('fill="url(#w)"') == 2 * 4 + 1 + 4  # bar, frame, keys


def test_the_address_of_a_label_is_the_page_of_its_serial(world: World) -> None:
    body = parse_object((world.folder / "SAMPLE-1/certificate.json").read_bytes())
    address = page(DocumentView(body=body, receipt={"serial": "SAMPLE-1"})).url
    base = body["issuer"]["verify_url"]
    assert address.startswith("https://example.org/")
    assert (world.folder / address.removeprefix(base) / "index.html").is_file()


def test_a_trade_item_number_leads_to_a_choice(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    handed_in = submission()
    fields = json.loads(handed_in.footprint)
    fields["product"]["gtin"] = "6901234567892"
    data = json.dumps(fields, ensure_ascii=False).encode()
    handed_in = type(handed_in)(data, handed_in.system, handed_in.workbook)
    issue(office(store), approved_draft(store, handed_in))
    publish(store, tmp_path / "site", site, NOW)
    body = parse_object((tmp_path / "site/SAMPLE-1/certificate.json").read_bytes())
    address = page(DocumentView(body=body, receipt={"serial": "SAMPLE-1"})).url
    path = urlsplit(address).path.removeprefix("/c/")
    told = (tmp_path / "site" / path / "index.html").read_text("utf-8")
    assert 'href="../../SAMPLE-1/zh.html"' in told


class Page(HTMLParser):
    """Everything on a page that could fetch or run, and every link."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.style = ""
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "style":
            self.style += data


FETCHING = {"script", "img", "link", "iframe", "object", "embed", "video", "audio", "form", "base"}


def unsafe(text: str) -> list[str]:
    """What a page would fetch, run or leave to the policy."""
    found = Page(text)
    bad = [tag for tag, _ in found.tags if tag in FETCHING]
    bad += [name for _, attrs in found.tags for name in attrs if name.startswith("on")]
    bad += [name for _, attrs in found.tags for name in attrs if name in ("style", "src")]
    bad += re.findall(r"url\(|@import", found.style)
    digest = base64.b64encode(hashlib.sha256(found.style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    stated = [a["content"] for t, a in found.tags if a.get("http-equiv")]
    return bad if stated == [policy] else [*bad, "policy"]


def test_no_page_fetches_or_runs_anything(world: World) -> None:
    pages = sorted(world.folder.rglob("*.html"))
    assert len(pages) == 3 * len(STATES) + 4
    for path in pages:
        assert unsafe(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "bad",
    [
        "<script>1</script>",
        '<img src="x">',
        '<p onclick="x">',
        '<p style="color:red">',
        "<style>p{background:url(x)}</style>",
        "<link href=x>",
    ],
)
def test_control_a_page_that_would_is_seen(world: World, bad: str) -> None:
    told = html(world, "SAMPLE-1/zh.html")
    assert unsafe(told.replace("</body>", f"{bad}</body>"))
    assert unsafe(told.replace("sha256-", "sha256-x"))


def test_every_link_leads_to_a_file_of_the_copy(world: World) -> None:
    for path in world.folder.rglob("*.html"):
        for tag, attrs in Page(path.read_text("utf-8")).tags:
            if tag != "a" or attrs["href"].startswith("https://example.org/c/"):
                continue
            assert (path.parent / unquote(attrs["href"])).is_file(), (path, attrs)


def test_hostile_names_stay_text(world: World) -> None:
    body = dict(parse_object((world.folder / "SAMPLE-1/certificate.json").read_bytes()))
    evil = "<script>alert(1)</script>\"'{{7*7}}</style>"
    body["product"] = {**body["product"], "name": {"zh": evil, "en": evil}}
    view = DocumentView(body=body, receipt={"serial": "SAMPLE-1"})
    for told in site.record_pages(view, Standing("SAMPLE-1", "issued", "now")).values():
        assert unsafe(told.decode()) == []
        assert b"&lt;script&gt;" in told
        assert b"{{7*7}}" in told


# What is public -----------------------------------------------------------------------------------


def texts_of(path: Path) -> list[bytes]:
    """Every text in a file: as it is, as a PDF's opened streams, as its attachments."""
    data = path.read_bytes()
    if path.suffix != ".pdf":
        return [data]
    pdf = pikepdf.open(io.BytesIO(data))
    streams = [obj.read_bytes() for obj in pdf.objects if isinstance(obj, pikepdf.Stream)]
    return [data, *streams]


def told(folder: Path, secret: bytes) -> list[str]:
    """Files that hold a secret."""
    return [
        path.name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and any(secret in text for text in texts_of(path))
    ]


def secrets(record: Issued) -> dict[str, bytes]:
    """Every input of a record that nobody but client, verifier and issuer may see."""
    disclosed = json.loads(record.files["sealed/disclosures.json"])["lines"]
    found = {f"salt {n}": line["salt"].encode() for n, line in enumerate(disclosed)}
    for n, entry in enumerate(disclosed):
        line = entry["line"]
        found[f"amount {n}"] = f'"{line["amount"]}"'.encode()
        found[f"value {n}"] = line["value"].encode()
        found[f"name {n}"] = f'"{line["name"]["zh"]}"'.encode()
        found[f"factor {n}"] = line["factor"]["id"].encode()
    return {
        **found,
        "system": record.files["sealed/system.json"],
        "workbook": record.files["sealed/filled.xlsx"],
        "workbook name": b"filled.xlsx",
    }


def test_nothing_sealed_is_in_the_copy(world: World, tmp_path: Path) -> None:
    record = world.records["SAMPLE-1"]
    hidden = {
        name: secret for name, secret in secrets(record).items() if len(secret.strip(b'"')) > 3
    }
    assert len(hidden) > 40
    leaks = {name: told(world.folder, secret) for name, secret in hidden.items()}
    seen = {name for name, files in leaks.items() if files}
    # The standards demand the parts of the whole figure; here one rests on a single line.
    parts = parse_object(record.files["public/certificate.json"])["parts"].values()
    allowed = {name for name in seen if hidden[name].decode() in parts}
    assert len(allowed) <= 1
    assert seen == allowed


def test_control_the_search_finds_what_is_there(world: World, tmp_path: Path) -> None:
    """The same search in the sealed files finds every input, inside the PDF's attachments too."""
    record = world.records["SAMPLE-1"]
    for name, data in record.files.items():
        if name.startswith("sealed/"):
            (tmp_path / name.removeprefix("sealed/")).write_bytes(data)
    for secret in secrets(record).values():
        if secret != b"filled.xlsx":
            assert told(tmp_path, secret)
    assert "report.pdf" in told(tmp_path, secrets(record)["salt 0"])
    assert told(world.folder, b"EX-0") != []


def test_a_number_not_announced_has_no_page(world: World) -> None:
    assert not (world.folder / "SAMPLE-8").exists()
    assert "SAMPLE-8" not in html(world, "index.html")


# The copy as a registry ---------------------------------------------------------------------------


def test_verification_against_the_copy(world: World) -> None:
    log = read_view(world.folder)
    assert log == view_of(world.store)
    said = {
        serial: verify(
            record.files["public/label.pdf"],
            trust=world.store.trust,
            log=log,
            now=NOW,
            printer=PlainPages(),
        ).status
        for serial, record in world.records.items()
    }
    wanted = {serial: STATES[serial] for serial in world.records}
    assert {s: "valid" if v == "issued" else v for s, v in wanted.items()} == said


def test_a_copy_is_renewed_in_place(world: World, tmp_path: Path) -> None:
    publish(world.store, tmp_path / "site", site, T0 + DAY)
    publish(world.store, tmp_path / "site", site, NOW)
    one, two = (
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()}
        for f in (tmp_path / "site", world.folder)
    )
    assert one == two


def test_a_damaged_file_is_not_published(world: World, tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    issued(store)
    for path in (store.location / DOCUMENTS).iterdir():
        path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(IssueError, match="REGISTRY-STORAGE"):
        publish(store, tmp_path / "site", site, NOW)


# Status lists -------------------------------------------------------------------------------------


def unpadded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def read_list(token: str, key: bytes, purpose: str, now: dt.datetime) -> bytes:
    """Read a status list by the W3C texts, with none of our code: JOSE, then bitstring."""
    head, payload, signature = token.split(".")
    header = json.loads(unpadded(head))
    assert header["alg"] == "Ed25519"
    assert header["typ"] == "vc+jwt"
    signed = f"{head}.{payload}".encode()
    Ed25519PublicKey.from_public_bytes(key).verify(unpadded(signature), signed)
    credential = json.loads(unpadded(payload))
    assert credential["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert set(credential["type"]) == {"VerifiableCredential", "BitstringStatusListCredential"}
    first, last = (dt.datetime.fromisoformat(credential[k]) for k in ("validFrom", "validUntil"))
    assert first <= now < last, "list out of date"
    subject = credential["credentialSubject"]
    assert (subject["type"], subject["statusPurpose"]) == ("BitstringStatusList", purpose)
    assert subject["ttl"] > 0
    assert subject["encodedList"].startswith("u")
    opener = zlib.decompressobj(wbits=31)
    bits = opener.decompress(unpadded(subject["encodedList"][1:]), 1 << 20)
    assert opener.eof
    assert len(bits) * 8 >= 131_072
    return bits


def bit(bits: bytes, index: int) -> bool:
    return format(bits[index // 8], "08b")[index % 8] == "1"


def log_key(world: World) -> bytes:
    trust: dict[str, Any] = json.loads((world.folder / "trust.json").read_bytes())
    (key,) = (k["public"] for k in trust["keys"] if k["purpose"] == "checkpoint")
    return unpadded(key)


def test_an_independent_reader_reads_the_lists(world: World) -> None:
    tokens = {p: html(world, f"status/{p}.jwt") for p in ("revocation", "suspension")}
    lists = {p: read_list(token, log_key(world), p, NOW) for p, token in tokens.items()}
    places = {}
    for line in (world.folder / "entries.jsonl").read_bytes().splitlines():
        leaf = json.loads(line)
        if leaf["type"] == "issued":
            places[leaf["serial"]] = leaf["status_index"]
    for serial, place in places.items():
        state = STATES[serial]
        assert bit(lists["revocation"], place) is (state in ("revoked", "superseded"))
        assert bit(lists["suspension"], place) is (state == "suspended")
    # the void record was never announced: three bits in all, no place of it in the log
    assert sum(byte.bit_count() for byte in lists["revocation"]) == 3
    assert sum(byte.bit_count() for byte in lists["suspension"]) == 1


def test_a_changed_or_stale_list_is_refused(world: World) -> None:
    token = html(world, "status/revocation.jwt")
    head, payload, signature = token.split(".")
    content = json.loads(unpadded(payload))
    content["credentialSubject"]["encodedList"] = encoded_list(())
    forged = base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
    with pytest.raises(InvalidSignature):
        read_list(f"{head}.{forged}.{signature}", log_key(world), "revocation", NOW)
    with pytest.raises(AssertionError, match="out of date"):
        read_list(token, log_key(world), "revocation", NOW + LIFETIME)


def test_the_first_bit_is_the_leftmost() -> None:
    """The example of the W3C text: place 0 is the first bit from the left."""
    bits = gzip.decompress(unpadded(encoded_list((0, 9, 131_071))[1:]))
    assert (bits[0], bits[1], bits[-1], len(bits)) == (0x80, 0x40, 0x01, 16_384)


# For every reader ---------------------------------------------------------------------------------


def outline(text: str) -> tuple[list[str], list[str], list[str]]:
    """Languages of a page and its parts, its headings, and its drawings without a name."""
    tags = Page(text).tags
    langs = [attrs["lang"] for tag, attrs in tags if "lang" in attrs]
    heads = [tag for tag, _ in tags if re.fullmatch(r"h[1-6]", tag)]
    drawings = [attrs for tag, attrs in tags if tag == "svg" and "aria-hidden" not in attrs]
    named = text.count("<title>") - 1
    return langs, heads, [str(one) for one in drawings[named:]]


def test_a_page_names_its_language_its_headings_in_order_and_its_drawings(world: World) -> None:
    for path in sorted(world.folder.rglob("*.html")):
        langs, heads, nameless = outline(path.read_text("utf-8"))
        own = "en" if path.name == "en.html" else "zh-CN"
        assert path.name == "index.html" or langs[0] == own, path
        assert heads[0] == "h1" and heads.count("h1") == 1, path
        assert all(int(b[1]) - int(a[1]) <= 1 for a, b in pairwise(heads)), path
        assert nameless == [], path


def test_the_page_of_no_number_speaks_both_languages(world: World) -> None:
    told = html(world, "404.html")
    assert '<h2 lang="en">No such number</h2>' in told and "没有这个编号" in told


def test_control_a_skipped_heading_and_a_nameless_drawing_are_seen(world: World) -> None:
    told = html(world, "SAMPLE-1/zh.html").replace("<h2>", "<h4>", 1)
    assert "h4" in outline(told)[1]
    assert outline(told.replace("</main>", "<svg></svg></main>"))[2]
