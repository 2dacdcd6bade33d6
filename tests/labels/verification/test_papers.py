"""Working papers: the same in PDF, Excel and JSON, in both languages."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook

from factors.texts import LANGS, Lang
from labels.canonical import sha256
from labels.cli.casepapers import write_papers
from labels.verification.papers import KINDS
from tests.labels.verification.casework import Casework, casework, filled, handed

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Casework:
    work = casework(tmp_path_factory.mktemp("worked")).begin(filled())
    work.work(handed(filled()))
    return work


@pytest.mark.parametrize("lang", LANGS)
def test_four_papers_in_three_forms(worked: Casework, tmp_path: Path, lang: Lang) -> None:
    write_papers(worked.root, tmp_path, lang)
    schema = json.loads((SCHEMAS / "verification-paper-1.schema.json").read_text("utf-8"))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"{k}.{e}" for k in KINDS for e in ("pdf", "json")} | {"verification.xlsx"}
    book = load_workbook(BytesIO((tmp_path / "verification.xlsx").read_bytes()))
    assert len(book.worksheets) == len(KINDS)
    for kind, page in zip(KINDS, book.worksheets, strict=True):
        told = json.loads((tmp_path / f"{kind}.json").read_text("utf-8"))
        Draft202012Validator(schema).validate(told)
        cells = {str(cell.value) for row in page.iter_rows() for cell in row if cell.value}
        assert {cell for part in told["parts"] for row in part["rows"] for cell in row} - {
            ""
        } <= cells
        assert (tmp_path / f"{kind}.pdf").read_bytes().startswith(b"%PDF-1.7")


def test_the_same_case_prints_the_same_bytes(worked: Casework, tmp_path: Path) -> None:
    hashes = []
    for name in ("one", "two"):
        write_papers(worked.root, tmp_path / name, "en")
        files = sorted((tmp_path / name).iterdir())
        hashes.append({path.name: sha256(path.read_bytes()) for path in files})
    assert hashes[0] == hashes[1]
