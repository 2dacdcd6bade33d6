"""The command ``export`` and the two-page summary."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from factors.errors import FindingsError
from factors.findings import blocking
from labels.cli.export import FORMATS, export_issued, export_study
from labels.keys import Purpose
from labels.registry.entries import event_leaf
from labels.registry.log import append
from labels.registry.state import Event
from labels.render.summary import summary
from lca import system_file
from tests.labels.desk_help import T0, demo_store, issued
from tests.lca.systems import document, footprint, line, own, process, random_document


def stored(folder: Path) -> Path:
    path = folder / "system.json"
    doc = random_document(2) | {"boundary": "cradle-to-gate"}
    path.write_bytes(json.dumps(doc).encode())
    return path


def codes(caught: pytest.ExceptionInfo[FindingsError]) -> set[str]:
    return {found.code for found in caught.value.findings}


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written_and_repeats(tmp_path: Path, form: str) -> None:
    ending = FORMATS[form][0]
    outs = [tmp_path / f"{name}{ending}" for name in ("one", "two")]
    for out in outs:
        assert export_study(stored(tmp_path), form, out, "", "en") == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert outs[0].read_bytes()[:2] == (b"%P" if ending == ".pdf" else b"PK")


def test_what_blocks_a_footprint_blocks_its_export(tmp_path: Path) -> None:
    path = tmp_path / "system.json"
    path.write_text('{"schema": "carbonlabel-system/1"}', encoding="utf-8")
    assert export_study(path, "lines-xlsx", tmp_path / "x.xlsx", "", "en") == 1
    assert not (tmp_path / "x.xlsx").exists()


@pytest.mark.parametrize(
    ("form", "name", "code"),
    [("word", "x.docx", "EXPORT-FORMAT"), ("summary", "x.xlsx", "EXPORT-ENDING")],
)
def test_an_unknown_format_and_a_wrong_ending(
    tmp_path: Path, form: str, name: str, code: str
) -> None:
    with pytest.raises(FindingsError) as caught:
        export_study(stored(tmp_path), form, tmp_path / name, "", "en")
    assert codes(caught) == {code}


# --- the summary ----------------------------------------------------------------------------------


def pages(data: bytes, folder: Path) -> list[str]:
    path = folder / "summary.pdf"
    path.write_bytes(data)
    told = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, timeout=60
    ).stdout.decode()
    return told.split("\f")[:-1]


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize(
    ("lang", "mark"), [("zh", "未签名 未经核查"), ("en", "UNSIGNED, NOT VERIFIED")]
)
def test_two_pages_and_each_says_that_nobody_verified(tmp_path: Path, lang: str, mark: str) -> None:
    made = footprint(random_document(4)).to_json()
    data = summary(made, "zh" if lang == "zh" else "en")
    assert int(PdfFileReader(io.BytesIO(data)).root["/Pages"]["/Count"]) == 2
    told = pages(data, tmp_path)
    assert len(told) == 2 and all(mark in page for page in told)


@pytest.mark.needs("pdftotext")
def test_a_summary_tells_no_line(tmp_path: Path) -> None:
    """Neither factors nor amounts of lines stand in it: a summary may travel further."""
    done = footprint(random_document(4))
    told = " ".join(pages(summary(done.to_json(), "en"), tmp_path))
    secrets = {line.source for line in done.lines} | {
        line.amount for line in done.lines if len(line.amount) > 6
    }
    assert len(secrets) > 5 and not [one for one in secrets if one in told]


def test_a_text_without_glyph_and_too_much_text_are_refused() -> None:
    doc = document([process("p")], [line("a", "p", "own:x", "2")], factors=[own("x")])
    made = footprint(doc).to_json()
    made["product"]["name"] = {"zh": "\U0001f37a", "en": "\U0001f37a"}
    with pytest.raises(FindingsError) as caught:
        summary(made, "en")
    assert "LABEL-GLYPH-MISSING" in codes(caught) and blocking(caught.value.findings)
    made["product"]["name"] = {"zh": "x", "en": "x"}
    made["exclusions"] = [{"zh": "长" * 500, "en": "long " * 110}] * 6
    made["allocation"] = made["exclusions"]
    with pytest.raises(FindingsError) as caught:
        summary(made, "en")
    assert codes(caught) == {"EXPORT-PAGES"}


def test_a_system_file_and_its_canonical_bytes_give_one_summary() -> None:
    doc = random_document(5)
    again = system_file.write(system_file.read(doc))
    assert summary(footprint(doc).to_json(), "en") == summary(footprint(again).to_json(), "en")


# --- an issued serial ----------------------------------------------------------------------------


def test_an_issued_serial_gives_its_sealed_report_byte_for_byte(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    made = issued(store)
    out = tmp_path / "summary.pdf"
    assert export_issued(made.serial, "summary", out, tmp_path / "registry", "en") == 0
    assert out.read_bytes() == made.files["public/report.pdf"]


@pytest.mark.parametrize(
    ("serial", "form", "file", "code"),
    [
        ("DEMO-0000-000000", "summary", "x.pdf", "CLI-SERIAL"),
        ("", "lines-xlsx", "x.xlsx", "EXPORT-SERIAL-FORMAT"),
        ("", "summary", "x.xlsx", "EXPORT-ENDING"),
    ],
)
def test_what_cannot_be_handed_over_is_refused(
    tmp_path: Path, serial: str, form: str, file: str, code: str
) -> None:
    made = issued(demo_store(tmp_path / "registry"))
    with pytest.raises(FindingsError) as caught:
        export_issued(serial or made.serial, form, tmp_path / file, tmp_path / "registry", "en")
    assert codes(caught) == {code}
    assert not (tmp_path / file).exists()


def test_a_record_that_no_longer_stands_is_not_handed_over(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    made = issued(store)
    with store.write() as tx:
        leaf = event_leaf(Event.REVOKE, made.serial, "wrong bill", T0)
        append(tx, leaf, store.trust, [store.key(Purpose.CHECKPOINT)], T0)
    with pytest.raises(FindingsError) as caught:
        export_issued(made.serial, "summary", tmp_path / "x.pdf", tmp_path / "registry", "en")
    assert codes(caught) == {"EXPORT-SERIAL-STATE"}
