"""Every form of every kind: clean PDF/A-3, the same bytes everywhere, unmoved by hostile texts."""

import json
import os
import subprocess
import sys
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from factors.errors import FindingsError, IssueError
from labels.issue import issue
from labels.registry.records import all_reservations
from labels.render.documents import check, documents, sets
from labels.render.packaging import Order, artwork
from labels.verify.pagetext import page_text
from labels.view import DocumentView, Job
from tests.labels.attested import attested
from tests.labels.desk_help import approved_draft, demo_store, office, submission
from tests.labels.pdfa_lint import lint
from tests.labels.views import body, view, words

KINDS = ("study_report", "certificate_of_conformity", "verification_statement", "factsheet")
MAIN = {
    "study_report": "report.pdf",
    "factsheet": "factsheet.pdf",
    "certificate_of_conformity": "certificate.pdf",
    "verification_statement": "statement.pdf",
}
#: Kinds whose bytes are held against another world; the study report has a test of its own.
ELSEWHERE = ("certificate_of_conformity", "verification_statement", "factsheet")
MARKUP = (
    '<img src="http://example.invalid/x.png"><script>alert(1)</script>',
    "</div><style>*{display:none}</style>",
    "{{ 7*7 }}{% include '/etc/hostname' %}",
    "x;background:url(file:///etc/hostname)",
    '"><a rel="attachment" href="file:///etc/hostname">',
    "&lt;b&gt; &amp; %s ${x} #{y} ]]>",
)
REFUSED = {
    "nul": ("a\x00b", "LABEL-TEXT-UNSAFE"),
    "bidi": ("a\u202eb", "LABEL-TEXT-UNSAFE"),
    "isolate": ("a\u2066b\u2069", "LABEL-TEXT-UNSAFE"),
    "emoji": ("beer \U0001f37a", "LABEL-GLYPH-MISSING"),
    "private": ("a\ue000b", "LABEL-TEXT-UNSAFE"),
    "long": ("wort" * 2560, "LABEL-TEXT-TOO-LONG"),
}


def of_kind(kind: str) -> dict[str, Any]:
    if kind == "factsheet":
        return {**body(), "market": "eu-consumer"}
    return body() if kind == "study_report" else attested(kind)


@cache
def made(kind: str) -> dict[str, bytes]:
    return dict(documents(view(of_kind(kind))))


def places(fields: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return where people typed: every text that has two languages, and persons."""
    found: list[tuple[Any, ...]] = []

    def walk(node: Any, path: tuple[Any, ...]) -> None:
        if isinstance(node, dict):
            if set(node) == {"zh", "en"}:
                found.append(path)
                return
            for key, value in node.items():
                walk(value, (*path, key))
        elif isinstance(node, list):
            for index, value in enumerate(node):
                walk(value, (*path, index))

    walk({key: value for key, value in fields.items() if key != "lock"}, ())
    return found


def put(fields: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    place: Any = fields
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_passes_the_lint(kind: str) -> None:
    assert {name: lint(data) for name, data in made(kind).items()} == {
        name: [] for name in made(kind)
    }


def test_the_lint_sees_faults() -> None:
    """Control: each fault planted into a clean file is named."""
    clean = made("study_report")["report.pdf"]
    for plant, told in (
        (_no_intent, "output intent"),
        (_action, "action"),
        (_no_alt, "wording"),
        (_no_lang, "language"),
    ):
        with pikepdf.open(BytesIO(clean)) as pdf:
            plant(pdf)
            out = BytesIO()
            pdf.save(out)
        assert any(told in fault for fault in lint(out.getvalue()))


def _no_intent(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/OutputIntents"]


def _no_lang(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/Lang"]


def _action(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="x")


def _no_alt(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure":
            item["/Alt"] = " "


@pytest.mark.needs("qpdf")
@pytest.mark.parametrize("kind", KINDS)
def test_qpdf_finds_every_form_clean(kind: str, tmp_path: Path) -> None:
    for name, data in made(kind).items():
        file = tmp_path / name
        file.write_bytes(data)
        done = subprocess.run(
            ["qpdf", "--check", str(file)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_form_has_the_same_bytes_in_another_world() -> None:
    """Another process, hash seed, locale, time zone and working folder."""
    program = (
        "import json, hashlib\n"
        "from tests.labels.test_forms import ELSEWHERE, made\n"
        "print(json.dumps({k: {n: hashlib.sha256(d).hexdigest() for n, d in made(k).items()}"
        " for k in ELSEWHERE}))"
    )
    root = str(Path(__file__).parents[2])
    world = {
        "PYTHONHASHSEED": "4711",
        "LC_ALL": "C",
        "TZ": "Pacific/Kiritimati",
        "PYTHONPATH": root,
    }
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **world},
        capture_output=True,
        check=True,
    )
    here = {k: {n: sha256(d).hexdigest() for n, d in made(k).items()} for k in ELSEWHERE}
    assert json.loads(answer.stdout) == here


@pytest.mark.parametrize("kind", KINDS)
def test_markup_in_every_text_stays_text(kind: str) -> None:
    """All typed texts at once: printed as written, nothing fetched, nothing attached."""
    fields, short = of_kind(kind), ("declared_unit", "stages", "client", "issuer", "verification")
    typed = [path for path in places(fields) if path[0] not in short]
    if kind == "verification_statement":  # names neither exclusions nor allocation nor rules
        typed = [path for path in typed if path[0] == "product"]
    written = [MARKUP[index % len(MARKUP)] for index in range(len(typed))]
    for path, hostile in zip(typed, written, strict=True):
        put(fields, path, {"zh": hostile, "en": hostile})
    name = MAIN[kind]
    printed = documents(view(fields), forms=(name,))[name]
    seen = "".join(page_text(printed))
    missing = [one for one in set(written) if "".join(one.split()) not in seen]
    assert missing == []
    with pikepdf.open(BytesIO(printed)) as pdf:
        assert set(pdf.attachments) == {"certificate.json", "receipt.json"}


def test_markup_on_the_small_label_and_in_artwork_stays_text() -> None:
    fields = body()
    fields["product"]["model"] = "<b>{{7*7}}"
    shown = view(fields)
    assert "<b>{{7*7}}" in words(documents(shown, forms=("label-50x30.pdf",))["label-50x30.pdf"])
    assert b"{{7*7}}" not in artwork(shown, Order("50x30"), "svg")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", REFUSED)
def test_what_no_page_can_show_is_refused_in_every_text(kind: str, name: str) -> None:
    text, code = REFUSED[name]
    fields = of_kind(kind)
    typed = places(fields)
    for path in typed:
        put(fields, path, {"zh": text, "en": text})
    found = check(view(fields))
    assert {one.code for one in found} == {code}
    assert len(found) >= 2 * len(typed)


@pytest.mark.parametrize("name", [name for name in REFUSED if name != "long"])
def test_nothing_is_reserved_for_a_text_that_cannot_be_shown(name: str, tmp_path: Path) -> None:
    store = demo_store(tmp_path)
    draft = approved_draft(store, _with_name(REFUSED[name][0]))
    with pytest.raises((FindingsError, IssueError)):
        issue(office(store, renderer=Pages()), draft)
    with store.read() as tx:
        assert all_reservations(tx) == ()


class Pages:
    """The real pages."""

    def check(self, shown: DocumentView) -> Any:
        return check(shown)

    def record(self) -> dict[str, Any]:
        return {}

    def sets(self, *jobs: Job) -> Any:
        return sets(*jobs)


def _with_name(text: str) -> Any:
    handed = submission()
    record = json.loads(handed.footprint)
    record["product"]["name"]["en"] = text
    data = json.dumps(record, ensure_ascii=False).encode()
    return type(handed)(data, handed.system, handed.workbook)
