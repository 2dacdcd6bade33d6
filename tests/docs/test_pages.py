"""The documentation does what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.held import HELD
from tests.docs.masks import MASKS, masked
from tests.docs.pages import ROOT, Command, Page, all_pages, commands, read
from tests.docs.running import agrees, make_demo, run, run_page
from tests.evidence import campaign

PAGES = [page for page in map(read, all_pages()) if page.name not in HELD]
RUNNING = [page for page in PAGES if any(block.is_run for block in page.blocks)]


def hold(page: Page, folder: Path, demo: Path | None) -> None:
    """Run a page and compare."""
    asked = [command for part in page.parts for command in commands(part)]
    ran = run_page(page, folder, demo)
    problems = [one.problem() for one in ran if one.problem()]
    assert not problems, f"python -m tests.docs {page.name}\n" + "\n\n".join(problems)
    assert len(ran) == len(asked)


@pytest.mark.parametrize(
    "page", [page for page in RUNNING if not page.takes_long], ids=lambda page: page.name
)
def test_a_page_runs_as_printed(page: Page, tmp_path: Path) -> None:
    assert not page.with_demo, "a page on the demo takes long"
    hold(page, tmp_path, None)


@pytest.mark.deep("docs")
@pytest.mark.needs("make")
def test_the_pages_that_take_long_run_as_printed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    demo = make_demo(tmp_path_factory.mktemp("make"))
    pages = [page for page in RUNNING if page.takes_long]
    with campaign("docs") as run:
        for number in run.seeds():
            page = pages[number % len(pages)]
            folder = tmp_path_factory.mktemp("page")
            hold(page, folder, demo if page.with_demo else None)
            run.count("pages")
            run.count("commands", sum(len(list(commands(part))) for part in page.parts))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_block_is_forgotten(page: Page) -> None:
    forgotten = [f"line {one.line}: {one.kind}" for one in page.blocks if one.is_forgotten]
    assert not forgotten, "run it, or say why not: see tests/docs/__init__.py"


def test_a_page_with_a_test_of_its_own_is_named_there() -> None:
    for page, test in HELD.items():
        assert (ROOT / page).is_file(), page
        assert Path(page).name in (ROOT / test).read_text(encoding="utf-8"), (page, test)


def test_the_rules_for_volatile_fields_leave_words_and_figures_alone() -> None:
    """The control: a rule that swallowed a figure would compare nothing."""
    assert len(MASKS) == 8
    for text in ("0.7123 kg CO2e/L", "valid SAMPLE-1", "72 findings", "exit 1", "[UNIT-UNKNOWN]"):
        assert masked(text) == text


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("0.7123 kg", "0.7123 kg", True),
        ("0.7123 kg", "0.7124 kg", False),
        ("first\n…\nlast", "first\nmiddle\nlast", True),
        ("first\n…\nlast", "first\nmiddle\n", False),
        ("logged 2026-11-20T10:00:00Z", "logged 2027-01-02T03:04:05Z", True),
        ("", "anything", False),
    ],
)
def test_what_was_printed_is_compared(expected: str, printed: str, same: bool) -> None:
    assert agrees(expected, printed) is same


def test_a_wrong_figure_and_a_wrong_exit_code_are_noticed(tmp_path: Path) -> None:
    """The control of the runner: commands that do other than their page says."""
    asked = [
        Command("echo 1", "1"),
        Command("echo 1", "2"),
        Command("false"),
        Command("false", exits=1),
    ]
    ran = run(asked, tmp_path, "en")
    assert [bool(one.problem()) for one in ran] == [False, True, True, False]


def test_unmarked_code_is_noticed(tmp_path: Path) -> None:
    """The control of the search: each of these is code that nobody runs."""
    page = tmp_path / "page.md"
    for fence in ("```\nls\n```", "```toml\na = 1\n```", "<!-- not run: -->\n```sh\nls\n```"):
        page.write_text(f"text\n\n{fence}\n")
        (block,) = read(page).blocks
        assert block.is_forgotten, fence
