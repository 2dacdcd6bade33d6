"""The recorder of the deep campaigns: what counts, what does not, and a page that is current."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from tests import evidence
from tests.evidence import FOLDER, GOALS, PAGE, Line, Run, append, campaign, page_of, read, total

TESTS = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def no_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CARBONLABEL_DEEP_MINUTES", "CARBONLABEL_DEEP_SEED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(evidence, "git", at_home)


def at_home(*arguments: str) -> str:
    """Git of a clean checkout with two commits."""
    return {"rev-parse": "c2\n", "rev-list": "c2\nc1\n", "status": ""}[arguments[0]]


def share(folder: Path, systems: int, fail: bool = False) -> Line:
    """A run of so many systems; the line it leaves."""
    try:
        with campaign("engines", folder, folder / "page.md") as run:
            run.wanted = systems + fail
            for _ in run.seeds():
                assert run.counters["systems"] < systems, "the engines differ"
                run.count("systems")
                run.worst("gap", run.seed / 1e12)
    except AssertionError:
        assert fail
    return read("engines", folder)[-1]


def line(**more: object) -> Line:
    plain = {"campaign": "engines", "commit": "c1", "clean": True, "date": "2026-01-01T00:00Z"}
    run = {"seconds": 9, "seeds": [0, 5], "counters": {"systems": 5}, "largest": {}}
    return {**plain, **run, "versions": {}, "verdict": "held", **more}


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_of(FOLDER), "renew it: python -m tests.evidence"


def test_every_deep_test_is_a_campaign_with_a_figure() -> None:
    marked = re.compile(r'^@pytest\.mark\.deep\("(\w+)"\)$', re.M)
    tests = [file.read_text(encoding="utf-8") for file in TESTS.rglob("test_*.py")]
    asked = {name for text in tests for name in marked.findall(text)} - {"storm"}
    opened = {name for text in tests for name in re.findall(r'with campaign\("(\w+)"\)', text)}
    assert asked == opened == set(GOALS)


def test_the_next_run_goes_on_with_fresh_seeds(tmp_path: Path) -> None:
    first, second = share(tmp_path, 7), share(tmp_path, 5)
    assert (first["seeds"], second["seeds"]) == ([0, 7], [7, 12])
    assert second["largest"] == {"gap": 1.1e-11}
    assert (second["commit"], second["clean"], second["verdict"]) == ("c2", True, "held")
    assert total(read("engines", tmp_path), "systems") == 12
    assert "12 systems" in (tmp_path / "page.md").read_text(encoding="utf-8")


def test_a_failure_is_written_down_and_takes_away_what_was_counted(tmp_path: Path) -> None:
    share(tmp_path, 7)
    failed = share(tmp_path, 3, fail=True)
    assert failed["failed"] == {"seed": 10, "error": "AssertionError"}
    assert total(read("engines", tmp_path), "systems") == 0
    assert share(tmp_path, 2)["seeds"] == [11, 13]
    assert total(read("engines", tmp_path), "systems") == 2
    assert "failed at seed 10" in page_of(tmp_path)


def test_changed_code_is_written_down_and_not_counted(tmp_path: Path) -> None:
    append(line(clean=False), tmp_path)
    assert total(read("engines", tmp_path), "systems") == 0
    assert "`c1` with changes, not counted" in page_of(tmp_path)


def test_only_runs_of_this_lineage_shorten_the_next_one(tmp_path: Path) -> None:
    append(line(), tmp_path)
    append(line(commit="elsewhere", seeds=[5, 10]), tmp_path)
    with campaign("engines", tmp_path, tmp_path / "page.md") as run:
        assert (run.wanted, run.first) == (GOALS["engines"].figure - 5, 10)


def test_when_the_figure_is_reached_the_next_run_may_reach_it_again(tmp_path: Path) -> None:
    figure = GOALS["engines"].figure
    append(line(counters={"systems": figure}), tmp_path)
    with campaign("engines", tmp_path, tmp_path / "page.md") as run:
        assert run.wanted == figure
    assert "| yes |" in page_of(tmp_path)


def test_the_time_ends_a_run_cleanly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARBONLABEL_DEEP_MINUTES", "0.002")
    with campaign("engines", tmp_path, tmp_path / "page.md") as run:
        for _ in run.seeds():
            time.sleep(0.01)
            run.count("systems")
    (told,) = read("engines", tmp_path)
    assert told["verdict"] == "held"
    assert 0 < told["counters"]["systems"] < GOALS["engines"].figure


def test_stopped_by_hand_is_kept(tmp_path: Path) -> None:
    def stopped(run: Run) -> None:
        run.count("systems", 3)
        raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        campaign("engines", tmp_path, tmp_path / "page.md") as run,
    ):
        stopped(run)
    assert [told["verdict"] for told in read("engines", tmp_path)] == ["held"]


def test_a_repeated_seed_is_no_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARBONLABEL_DEEP_SEED", "41")
    with campaign("engines", tmp_path, tmp_path / "page.md") as run:
        seeds = []
        for seed in run.seeds():
            seeds.append(seed)
            run.count("systems")
    assert seeds == [41]
    assert not list(tmp_path.iterdir())


def test_every_line_on_file_can_be_repeated() -> None:
    for file in FOLDER.glob("*.jsonl"):
        for row in file.read_text(encoding="utf-8").splitlines():
            told = json.loads(row)
            assert told["campaign"] == file.stem
            assert re.fullmatch("[0-9a-f]{40}", told["commit"])
            assert told["versions"]["python"]
            assert sum(told["counters"].values()) > 0 or told["verdict"] == "failed"
