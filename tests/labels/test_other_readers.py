"""What other people's programs see in our documents: the same as we say.

pdfsig, pdfdetach, pdftotext and qpdf on freshly issued documents and on the golden drawer; PDFBox
Preflight, which judges by PDF/A-1b, on every form.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pikepdf
import pytest

from labels.canonical import sha256
from labels.issue import Issued, issue
from labels.registry.store import Store
from labels.render import documents as render
from labels.verify.attachments import attachments
from tests.golden.drawer import HERE
from tests.labels.attested import attested_view
from tests.labels.desk_help import approved_draft, demo_store, office
from tests.labels.pdfa_lint import lint

DRAWER = sorted((HERE / "1").rglob("*.pdf"))
PREFLIGHT = "org.apache.pdfbox.preflight.Validator_A1b"
JARS = (
    *("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "commons-io", "bcprov"),
    *("javax.activation", "jaxb-api", "jaxb-runtime", "jaxb-core", "istack-commons-runtime"),
    "txw2",
)
A3_ONLY = {
    "1.2.7": "a filter on the metadata",
    "1.2.9": "attached files",
    "1.4": "cross-reference streams",
    "1.4.7": "attached files",
    "2.2.1": "a transparency group, from text in a drawing",
    "3.1.11": "no CIDSet",
}
"""What PDF/A-3 allows and PDF/A-1b, all that Preflight knows, does not."""
SEALED_ONLY = {"5.3.1": "a field without appearance: the seal, whose box is empty"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return demo_store(tmp_path_factory.mktemp("readers") / "registry")


@pytest.fixture(scope="module")
def record(store: Store) -> Issued:
    return issue(office(store, renderer=render), approved_draft(store))


@pytest.fixture(scope="module")
def documents(record: Issued, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every document of a fresh record, and those of the drawer."""
    folder = tmp_path_factory.mktemp("documents")
    for name, data in record.files.items():
        if name.endswith(".pdf"):
            (folder / name.replace("/", "-")).write_bytes(data)
    return [*sorted(folder.iterdir()), *DRAWER]


def told(*command: str | Path) -> str:
    ran = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=60, check=False
    )
    return ran.stdout + ran.stderr


# The seal -----------------------------------------------------------------------------------------


@pytest.mark.needs("pdfsig")
def test_pdfsig_sees_one_seal_over_the_whole_document(documents: list[Path]) -> None:
    for path in documents:
        said = told("pdfsig", path)
        assert said.count("Signature #") == 1
        for line in (
            "Signature Field Name: Seal",
            "Signature Type: ETSI.CAdES.detached",
            "Signing Hash Algorithm: SHA-256",
            "Total document signed",
            "Signature is Valid",
        ):
            assert line in said, (path.name, line)


@pytest.mark.needs("pdfsig")
def test_pdfsig_names_the_issuer_and_a_demo_as_such(documents: list[Path]) -> None:
    for path in documents:
        real = "/real/" in path.as_posix()
        assert ("DEMO" in told("pdfsig", path)) is not real
        assert ("Example Verification Body" in told("pdfsig", path)) is real


@pytest.mark.needs("pdfsig")
def test_pdfsig_notices_what_we_call_changed(documents: list[Path], tmp_path: Path) -> None:
    data = documents[0].read_bytes()
    middle = data.index(b"stream") + 40
    (tmp_path / "flipped.pdf").write_bytes(
        data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    )
    assert "Signature is Valid" not in told("pdfsig", tmp_path / "flipped.pdf")
    (tmp_path / "longer.pdf").write_bytes(data + b"% more\n")
    assert "Total document signed" not in told("pdfsig", tmp_path / "longer.pdf").replace(
        "Not total document signed", ""
    )


# The attachments and the text ---------------------------------------------------------------------


@pytest.mark.needs("pdfdetach")
def test_pdfdetach_takes_out_the_bytes_we_read(documents: list[Path], tmp_path: Path) -> None:
    for number, path in enumerate(documents):
        folder = tmp_path / str(number)
        folder.mkdir()
        told("pdfdetach", "-saveall", "-o", folder, path)
        taken = {one.name: sha256(one.read_bytes()) for one in folder.iterdir()}
        ours = attachments(path.read_bytes())
        assert taken == {name: sha256(data) for name, data in ours.items()}


@pytest.mark.needs("pdftotext")
def test_pdftotext_reads_what_the_page_must_say(documents: list[Path]) -> None:
    """The figure everywhere; a real issuer's number on all but the small label; else SAMPLE."""
    for path in documents:
        text = told("pdftotext", "-layout", path, "-")
        assert "1.0" in text, path.name
        if "/real/" not in path.as_posix():
            assert "SAMPLE" in text, path.name
        elif "50x30" not in path.name:
            assert "EXAMPLE-2026-00000" in text, path.name


@pytest.mark.needs("qpdf")
def test_qpdf_finds_nothing_wrong(documents: list[Path]) -> None:
    for path in documents:
        assert "No syntax or stream encoding errors found" in told("qpdf", "--check", path)


# PDF/A --------------------------------------------------------------------------------------------


def test_our_lint_finds_nothing_wrong(documents: list[Path]) -> None:
    for path in documents:
        assert lint(path.read_bytes()) == [], path.name


def preflight(path: Path) -> Counter[str]:
    """Return how often Preflight names each of its codes."""
    jars = os.pathsep.join(f"/usr/share/java/{name}.jar" for name in JARS)
    said = told("java", "-cp", jars, PREFLIGHT, path)
    assert "is not a valid PDF/A-1b file" in said, said[:400]
    return Counter(re.findall(r"^(\d+(?:\.\d+)+) :", said, re.MULTILINE))


@pytest.mark.needs("preflight")
def test_preflight_names_only_what_a3_allows_on_sealed_documents(documents: list[Path]) -> None:
    allowed = {*A3_ONLY, *SEALED_ONLY}
    attested = [one for one in DRAWER if one.stem in ("public-certificate", "public-statement")]
    fresh = [one for one in documents if one not in DRAWER]
    for path in (*fresh, *attested):
        found = preflight(path)
        assert set(found) <= allowed, path.name
        assert {"1.2.9", "1.4.7", "5.3.1"} <= set(found)  # it did look


@pytest.mark.needs("preflight")
def test_preflight_names_only_what_a3_allows_before_sealing(tmp_path: Path) -> None:
    view = attested_view("certificate_of_conformity")
    for name, data in render.documents(view, forms={"certificate.pdf"}).items():
        (tmp_path / name).write_bytes(data)
        assert set(preflight(tmp_path / name)) <= set(A3_ONLY), name


@pytest.mark.needs("preflight")
def test_preflight_sees_a_real_defect(documents: list[Path], tmp_path: Path) -> None:
    """The control: a font that is not embedded has a code that nothing allows."""
    with pikepdf.open(documents[0]) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item:
                del item["/FontFile2"]
        pdf.save(tmp_path / "bare.pdf")
    assert set(preflight(tmp_path / "bare.pdf")) - {*A3_ONLY, *SEALED_ONLY}
