"""Running a programme: bad files stop nothing, a killed run goes on, workers change no byte."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from factors.errors import FindingsError, ModelError
from labels.programme.example import firms
from labels.programme.folder import ENTERPRISES, WORK, folder
from labels.programme.pool import in_pool
from labels.programme.run import LOCK, run
from labels.programme.settings import FORM
from labels.programme.work import ANSWER, FOOTPRINT, SUMMARY, Job
from tests.labels.programme.made import (
    KILLER,
    bare,
    hashes,
    light,
    programme,
    settings_with,
    some,
    stamps,
)

#: One with a broken unit, a steel works, one with HTML in a file's name.
SEVERAL = (12, 25, 27)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = programme(tmp_path_factory.mktemp("made") / "programme", *SEVERAL)
    run(root, workers=1)
    return root


def test_good_files_are_computed_and_bad_ones_answered(made: Path):
    found = run(made, workers=1)
    outcome = {one.handed.enterprise: one for one in found.results}
    assert [outcome[f"example-{n:02d}"].computed for n in SEVERAL] == [False, True, True]
    assert {FOOTPRINT, SUMMARY} <= set(outcome["example-25"].record["files"])
    assert ANSWER in outcome["example-12"].record["files"]
    assert any(one["code"] == "UNIT-UNKNOWN" for one in outcome["example-12"].errors)


def test_a_second_run_does_nothing_again(made: Path):
    before = hashes(made)
    assert run(made, workers=1).fresh == 0
    assert hashes(made) == before


def _jobs(*names: str) -> list[Job]:
    return [Job("example-01", name, name.encode(), "zh") for name in names]


def test_a_file_that_kills_its_worker_takes_nothing_with_it():
    names = [f"{number}.json" for number in range(9)]
    told = dict(in_pool(_jobs(*names[:4], KILLER, *names[4:]), 2, light))
    assert sorted(job.name for job in told) == sorted([*names, KILLER])
    worst = {job.name: files["result.json"] for job, files in told.items()}
    assert b"BrokenProcessPool" in worst.pop(KILLER)
    assert all(b"ValueError" in data for data in worst.values())


def test_a_worker_that_breaks_is_a_finding_of_its_file():
    told = dict(in_pool(_jobs("good.json", "broken.json"), 1, light))
    assert (
        b"MemoryError" in next(f for j, f in told.items() if j.name == "broken.json")["result.json"]
    )


RUN = """
import sys
from pathlib import Path
from labels.programme.run import run
run(Path(sys.argv[1]), 1)
"""


def _killed_after(root: Path, results: int) -> int:
    """Run in a process of its own and kill it when so many results are there."""
    process = subprocess.Popen([sys.executable, "-c", RUN, root])
    done = 0
    while process.poll() is None and done < results:
        done = len(list((root / WORK).glob("results/*/*/result.json")))
        time.sleep(0.02)
    process.kill()
    process.wait()
    return done


@dataclass(frozen=True)
class Resumed:
    """A run that was killed and taken up again by two processes."""

    root: Path
    before: dict[Path, int]
    fresh: int


@pytest.fixture(scope="module")
def resumed(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Resumed:
    root = tmp_path_factory.mktemp("killed") / "programme"
    shutil.copytree(made, root, symlinks=True, ignore=shutil.ignore_patterns(WORK))
    assert 0 < _killed_after(root, 1) < len(SEVERAL)
    return Resumed(root, stamps(root), run(root, workers=2).fresh)


def test_a_killed_run_goes_on_where_it_stopped(resumed: Resumed):
    assert resumed.fresh == len(SEVERAL) - len(resumed.before)
    assert all(path.stat().st_mtime_ns == moment for path, moment in resumed.before.items())


def test_the_number_of_workers_changes_no_byte(made: Path, resumed: Resumed):
    assert resumed.fresh, "two processes did some of them"
    assert hashes(resumed.root) == hashes(made)


def test_what_was_changed_is_done_again_and_the_old_result_goes(made: Path):
    before = hashes(made)
    damaged = next(path for path in (made / WORK / "results").rglob(SUMMARY))
    damaged.write_bytes(b"another summary")
    assert run(made, workers=1).fresh == 1
    assert hashes(made) == before
    moved = made / ENTERPRISES / "example-25"
    kept = sorted(moved.glob("*.xlsx"))[0]
    kept.rename(kept.with_suffix(".gone"))
    after = run(made, workers=1)
    assert not [one for one in after.results if one.handed.enterprise == "example-25"]
    assert not any(name.startswith("example-25") for name in hashes(made))
    kept.with_suffix(".gone").rename(kept)


def test_without_what_is_stored_a_killed_run_would_begin_again(tmp_path: Path):
    root = bare(tmp_path / "control", {"example-01/a.json": b"{}", "example-01/b.json": b"[]"})
    assert run(root, workers=1).fresh == 2
    for path in (root / WORK).glob("results/*/*/result.json"):
        path.unlink()
    assert run(root, workers=1).fresh == 2


HOLD = """
import fcntl, sys, time
held = open(sys.argv[1], "w")
fcntl.flock(held, fcntl.LOCK_EX)
print(1, flush=True)
time.sleep(60)
"""


def test_two_runs_at_once_are_refused(tmp_path: Path):
    root = bare(tmp_path / "busy", {})
    (root / WORK).mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, root / WORK / LOCK], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(FindingsError, match="PROGRAMME-BUSY"):
            run(root)
        other.kill()
    assert run(root, workers=1).results == ()


INTERRUPTED = """
import itertools, signal, time
from labels.programme.pool import in_pool
signal.signal(signal.SIGINT, signal.default_int_handler)
def naps():
    yield from itertools.repeat(0.01, 5)
    print("begun", flush=True)
    yield from itertools.repeat(60, 9)
try:
    for done in in_pool(naps(), 2, time.sleep):
        pass
except KeyboardInterrupt:
    print("stopped")
"""


def test_ctrl_c_ends_every_process_without_a_word_of_theirs():
    """A terminal sends it to all at once; what they say ends when the last of them has."""
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=50)[0] == "stopped\n"


# --- hostile folders ------------------------------------------------------------------------------


def _codes(root: Path) -> list[str]:
    return sorted(found.code for found in folder(root).findings)


def test_links_pipes_and_folders_are_named_and_not_followed(tmp_path: Path):
    root = bare(tmp_path / "hostile", {"example-01/good.json": b"{}"})
    place = root / ENTERPRISES / "example-01"
    secret = tmp_path / "secret.xlsx"
    secret.write_bytes(b"secret")
    (place / "link.xlsx").symlink_to(secret)
    (place / "inside.xlsx").mkdir()
    os.mkfifo(place / "pipe.xlsx")
    (place / "macro.xlsm").write_bytes(b"")
    (place / "~$good.xlsx").write_bytes(b"")
    (root / ENTERPRISES / "elsewhere").symlink_to(tmp_path)
    assert _codes(root) == ["PROGRAMME-FILE"] * 5 + ["PROGRAMME-FORM"]
    told = {
        one.where.file.rpartition("/")[2]: tuple(
            dict(one.params)[f"reason_{lang}"] for lang in ("zh", "en")
        )
        for one in folder(root).findings
        if one.code == "PROGRAMME-FILE"
    }
    assert told == {
        "link.xlsx": ("是链接", "a link"),
        "inside.xlsx": ("是文件夹", "a folder"),
        "pipe.xlsx": ("是管道", "a pipe"),
        "macro.xlsm": ("是别种文件", "a file of another kind"),
        "elsewhere": ("是链接", "a link"),
    }
    assert [one.name for one in folder(root).files] == ["good.json"]
    assert [one.handed.name for one in run(root, workers=1).results] == ["good.json"]


@pytest.mark.parametrize("put", [os.mkdir, os.mkfifo], ids=["a folder", "a pipe"])
def test_an_application_that_is_no_file_is_named(
    tmp_path: Path, put: Callable[[Path], None], request: pytest.FixtureRequest
):
    root = bare(tmp_path / "odd", {"example-01/good.json": b"{}"})
    put(root / ENTERPRISES / "example-01" / FORM)
    (found,) = folder(root).findings
    assert found.code == "PROGRAMME-FILE"
    assert request.node.callspec.id in found.render("en")


def test_a_file_that_becomes_a_link_is_not_followed(tmp_path: Path):
    root = bare(tmp_path / "swapped", {"example-01/good.json": b"{}"})
    handed = folder(root).files[0]
    handed.path.unlink()
    handed.path.symlink_to(root / "programme.toml")
    with pytest.raises(FindingsError, match=r"PROGRAMME-FILE.*a link"):
        handed.read()


@pytest.mark.parametrize(
    "name", ["a\nb.xlsx", "\u202egnp.xlsx", "x" * 130 + ".xlsx", "\udcff.xlsx"]
)
def test_names_that_lie_are_refused(tmp_path: Path, name: str):
    root = bare(tmp_path / "names", {"example-01/good.json": b"{}"})
    (root / ENTERPRISES / "example-01" / name).write_bytes(b"{}")
    assert _codes(root) == ["PROGRAMME-FORM", "PROGRAMME-NAME"]
    assert all(found.render("zh").encode() for found in folder(root).findings)


def test_folders_of_enterprises_have_plain_names(tmp_path: Path):
    root = bare(tmp_path / "slugs", {})
    for name in ("Example", "..hidden", "a b"):
        (root / ENTERPRISES / name).mkdir()
    assert _codes(root) == ["PROGRAMME-NAME"] * 3


def test_beyond_the_limit_one_finding_and_not_the_files(tmp_path: Path):
    root = bare(tmp_path / "many", {"example-01/good.json": b"{}"})
    for number in range(201):
        (root / ENTERPRISES / "example-01" / f"{number}.json").write_bytes(b"{}")
    assert "PROGRAMME-MANY" in _codes(root)
    assert len(folder(root).files) == 200


def test_a_folder_that_is_no_programme(tmp_path: Path):
    with pytest.raises(FindingsError, match="PROGRAMME-FOLDER"):
        run(tmp_path)


def test_faulty_settings_are_named_together(tmp_path: Path):
    root = bare(tmp_path / "settings", {})
    settings_with(root, 'low = "30"', 'low = "many"')
    settings_with(root, 'fewest = "3"', 'fewest = "1"')
    with pytest.raises((FindingsError, ModelError)) as refused:
        folder(root)
    assert [one.code for one in refused.value.findings].count("TOML-NUMBER") >= 2


def test_a_faulty_application_is_a_finding_and_stops_nothing(tmp_path: Path):
    root = bare(tmp_path / "form", {"example-01/good.json": b"{}"})
    form = root / ENTERPRISES / "example-01" / "enterprise.toml"
    form.write_text(
        'format = "carbonlabel-enterprise/1"\nname = { zh = "示例", en = "Example" }\n'
        'code = "00000000EXAMPLE101"\ngroups = ["tires"]\napplied = "2026-02-30"\n',
        encoding="utf-8",
    )
    assert _codes(root) == ["PROGRAMME-DAY"]
    assert len(folder(root).files) == 1


def test_an_enterprise_in_two_folders_counts_once(tmp_path: Path):
    root = programme(tmp_path / "twice", 30)
    copy = root / ENTERPRISES / "renamed"
    shutil.copytree(root / ENTERPRISES / "example-30", copy, symlinks=True)
    found = folder(root)
    assert [one.slug for one in found.enterprises] == ["example-30"]
    twice = [one for one in found.findings if one.code == "PROGRAMME-TWICE"]
    assert [one.where.file for one in twice] == ["renamed/enterprise.toml"]


# --- the example ----------------------------------------------------------------------------------


def test_the_example_covers_every_model_and_a_dozen_faults():
    several = firms(40)
    assert len(several) == 40
    assert len({firm.model for firm in several}) >= 13
    assert len([firm for firm in several if firm.blemish]) >= 11
    assert sum(len(firm.files) > 1 for firm in several) >= 4
    assert all("示例" in firm.name["zh"] and "Example" in firm.name["en"] for firm in several)
    assert firms(40) == several != firms(40, seed=1)


def test_amounts_are_spread_and_nobody_is_a_copy():
    books = [next(iter(firm.files.values())) for firm in some(11, 25)]
    first, second = ([row.get("months") for row in book["account"]] for book in books)
    assert all(one != other for one, other in zip(first, second, strict=True) if one)
