"""The documents on the library hold: they are executed, followed and generated."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from factors.errors import FindingsError
from factors.factor import LicenceClass
from factors.library_pages import INDEX, counts_by_class, pages, write
from factors.rows import COLUMNS, MANDATORY
from factors.store import load, load_folder, overlay_of
from tests.factors.rows import table

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = DOCS / "reference" / "factors"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))


def test_the_published_figures_are_explained_as_the_document_says():
    """Each block of code prints what stands in the block of text after it."""
    names: dict[str, object] = {}
    printed, compared = "", 0
    for kind, body in blocks("explanation/seed-figures.md"):
        if kind == "python":
            out = io.StringIO()
            with redirect_stdout(out):
                exec(compile(body, "seed-figures.md", "exec"), names)
            printed = out.getvalue()
        else:
            assert printed == body, printed
            compared += 1
    assert compared >= 6


HOW_TO = dict(blocks("how-to/add-a-number.md")[:2])
ROW = next(csv.DictReader(io.StringIO(HOW_TO["csv"])))
FOLDER = "example-institute/2025"


def overlay(root: Path, row: dict[str, str] = ROW, source: str = HOW_TO["toml"]) -> Path:
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "source.toml").write_text(source, encoding="utf-8")
    (folder / "factors.csv").write_text(table([row]), encoding="utf-8")
    return root


def refusals(root: Path) -> list[tuple[str, str]]:
    with pytest.raises(FindingsError) as refused:
        load(root)
    return [(item.code, dict(item.params).get("column", "")) for item in refused.value.findings]


@pytest.mark.parametrize("column", MANDATORY)
def test_a_row_without_a_mandatory_cell_is_refused(tmp_path, column):
    assert ("FACTOR-CELL-EMPTY", column) in refusals(overlay(tmp_path, {**ROW, column: ""}))


@pytest.mark.parametrize(
    "column",
    ["biogenic_treatment", "capital_goods", "status", "source_class", "use", "boundary"],
)
def test_a_row_without_a_word_of_its_vocabulary_is_refused(tmp_path, column):
    assert ("FACTOR-CELL", column) in refusals(overlay(tmp_path, {**ROW, column: ""}))


def test_a_row_without_uncertainty_and_without_a_reason_is_refused(tmp_path):
    silent = {**ROW, "uncertainty": "", "note": ""}
    assert refusals(overlay(tmp_path, silent)) == [("FACTOR-CELL-EMPTY", "note")]


@pytest.mark.parametrize(
    "key",
    ["title", "publisher", "year", "licence", "licence_class", "url", "retrieved"],
)
def test_a_source_without_one_of_its_facts_is_refused(tmp_path, key):
    silent = re.sub(rf"(?m)^{key} = .*$", f'{key} = ""', HOW_TO["toml"])
    assert silent != HOW_TO["toml"]
    assert refusals(overlay(tmp_path, source=silent)) == [("FACTOR-SOURCE", "")]


def test_the_row_of_the_how_to_is_accepted_and_private(tmp_path):
    library = load(overlay(tmp_path))
    factor = library.get("example-resin-cn")
    assert factor.private
    assert library.source(factor).licence_class is LicenceClass.UNCLEAR
    assert len(library) == len(load()) + 1
    assert "example-resin-cn" not in load()


def test_a_licence_that_is_not_clear_never_ships(tmp_path):
    root = overlay(tmp_path)
    for source in (HOW_TO["toml"], HOW_TO["toml"].replace("= false", "= true")):
        with pytest.raises(FindingsError) as refused:
            load_folder(overlay(root, source=source), shipped=True)
        assert {item.code for item in refused.value.findings} == {"FACTOR-LICENCE"}
    open_licence = HOW_TO["toml"].replace("= false", "= true").replace("unclear", "open")
    assert len(load_folder(overlay(root, source=open_licence), shipped=True)) == 1


def test_the_message_of_the_how_to_is_the_message(tmp_path):
    shown = next(body for kind, body in blocks("how-to/add-a-number.md") if kind == "text")
    with pytest.raises(FindingsError) as refused:
        load(overlay(tmp_path, {**ROW, "locator": ""}))
    assert [item.render("en") for item in refused.value.findings] == [shown.strip()]


def test_the_how_to_explains_every_column():
    page = (DOCS / "how-to/add-a-number.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+)`", page))
    assert set(COLUMNS) - told == {"co_pollutants", "technology", "quality", "note"} - told
    assert HOW_TO["csv"].splitlines()[0] == ",".join(COLUMNS)


def test_the_overlay_of_the_environment_is_a_path_or_nothing():
    assert overlay_of({"CARBONLABEL_OVERLAY": "my-overlay"}) == Path("my-overlay")
    assert overlay_of({"CARBONLABEL_OVERLAY": " "}) is None
    assert overlay_of({}) is None


def test_the_reference_pages_are_current():
    texts = pages(load())
    assert {path.name for path in REFERENCE.glob("*.md")} == set(texts)
    for name, page in texts.items():
        current = (REFERENCE / name).read_text(encoding="utf-8")
        assert current == page, f"renew {name}: python -m factors.library_pages"


def test_pages_of_sources_that_are_gone_are_removed(tmp_path):
    (tmp_path / "gone.md").write_text("old", encoding="utf-8")
    write(tmp_path, load())
    assert not (tmp_path / "gone.md").exists()
    assert (tmp_path / INDEX).exists()


def test_every_row_stands_on_one_page():
    texts = pages(load())
    for factor in load():
        holding = [name for name, page in texts.items() if f"| `{factor.id}` |" in page]
        assert holding == [f"{factor.release.partition('/')[0]}.md"], factor.id


def test_the_command_counts_the_rows_by_licence_class():
    """``carbonlabel factors sources`` prints the classes; their sums are those of the library."""
    command = [sys.executable, "-m", "labels.cli.main", "factors", "sources", "--json"]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    counted = counts_by_class(load())
    releases = told["releases"] if isinstance(told, dict) else told
    for kind in LicenceClass:
        rows = sum(item["rows"] for item in releases if item["licence_class"] == kind)
        assert rows == counted[kind]
    assert sum(counted.values()) == len(load())
    assert counted[LicenceClass.UNCLEAR] == 0
    assert counted[LicenceClass.OPEN] > 800
    assert counted[LicenceClass.OFFICIAL_FACT] > 400
