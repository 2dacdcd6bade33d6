"""Run a share of the mutation testing: module by module, going on where the last run stopped.

Each module has a folder of its own under ``out/mutation`` with the committed files and the tool's
state. When every mutant of a module is decided, its line is added to ``docs/evidence``. A module is
measured again when it or its tests have changed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import time
import venv
from collections import Counter
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from tests import evidence
from tests.mutation.plan import PLAN, PROFILE, SETTINGS, TOOL

WORK = evidence.ROOT / "out" / "mutation"
STATUS = re.compile(r"^ {4}(\S+): ([a-z ]+)$", re.M)
NOTICED = {"killed", "timeout", "segfault", "suspicious", "caught by type check"}
WITHOUT_TEST = {"no tests", "skipped"}
UNDECIDED = {"not checked", "check was interrupted by user"}


def main() -> int:
    """Measure modules until all are measured or the time is up; 0 unless a tool failed."""
    minutes = float(os.environ.get("CARBONLABEL_DEEP_MINUTES", evidence.MINUTES))
    deadline = time.monotonic() + 60 * minutes
    measured = {line["module"]: line["content"] for line in evidence.read("mutation")}
    tool = environment()
    for module in sorted(PLAN, key=lambda module: module in measured):  # new ones first
        mark = content(module)
        if measured.get(module) == mark:
            continue
        start = time.monotonic()
        folder = laid_out(module, mark)
        run(tool, folder, deadline)
        statuses = results(tool, folder)
        open_ = sum(status in UNDECIDED for status in statuses.values())
        if open_ or not statuses:
            print(f"{module}: {open_} of {len(statuses)} mutants are not decided; run again")
            return 0 if time.monotonic() >= deadline else 1
        record(module, mark, statuses, survivors(tool, folder, statuses), time.monotonic() - start)
    return 0


def environment() -> Path:
    """Return the tool, set up once; it sees the packages of this environment."""
    home = WORK / "venv"
    tool = home / "bin" / "mutmut"
    if not tool.exists():
        venv.create(home, with_pip=True, clear=True)
        ours = sysconfig.get_path("purelib")
        theirs = next((home / "lib").glob("python*/site-packages"))
        (theirs / "product.pth").write_text(f"{ours}\n", encoding="utf-8")
        subprocess.run([home / "bin" / "python", "-m", "pip", "install", "-q", TOOL], check=True)
    return tool


def content(module: str) -> str:
    """Return a mark of what is measured: the module, its tests, the way they are run."""
    blobs = evidence.git("rev-parse", *(f"HEAD:{file}" for file in (module, *PLAN[module])))
    return hashlib.sha256(
        f"{blobs} {PLAN[module]} {TOOL} {SETTINGS} {PROFILE}".encode()
    ).hexdigest()[:16]


def laid_out(module: str, mark: str) -> Path:
    """Return the folder of a module: as the last run left it, or the committed files anew."""
    folder = WORK / module.removesuffix(".py").replace("/", "-")
    stamp = folder / "content"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != mark:
        shutil.rmtree(folder, ignore_errors=True)
        archive = subprocess.run(
            ["git", "archive", "HEAD"], cwd=evidence.ROOT, check=True, capture_output=True
        ).stdout
        with tarfile.open(fileobj=BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        configure(folder, module)
        stamp.write_text(mark, encoding="utf-8")
    return folder


def configure(folder: Path, module: str) -> None:
    """Tell the tool what to mutate and which tests to run, and the tests how to draw examples."""
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS.format(module=module, tests=list(PLAN[module])))
    conftest = folder / "tests" / "conftest.py"
    text = conftest.read_text(encoding="utf-8")
    text = text.replace("import HealthCheck, settings", "import HealthCheck, Phase, settings")
    conftest.write_text(text + PROFILE, encoding="utf-8")


def run(tool: Path, folder: Path, deadline: float) -> None:
    """Let the tool work until it is done or the time is up; it keeps what it has decided."""
    command = [str(tool), "run", "--max-children", str(os.cpu_count() or 1)]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    with (folder / "mutmut.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=clean, stdout=log, stderr=log, start_new_session=True
        )
        try:
            process.wait(max(1.0, deadline - time.monotonic()))
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            end(process)


def end(process: subprocess.Popen[bytes], patience: float = 30) -> None:
    """End the tool and its workers: politely, and if it does not listen, at once.

    It writes down every verdict as it comes, so at most the mutants at work are lost.
    """
    for sign in (signal.SIGINT, signal.SIGKILL):
        os.killpg(process.pid, sign)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return


def results(tool: Path, folder: Path) -> Mapping[str, str]:
    """Return the status of every mutant."""
    return dict(STATUS.findall(told(tool, folder, "results", "--all", "true")))


def told(tool: Path, folder: Path, *arguments: str) -> str:
    """Return what the tool prints."""
    command = [str(tool), *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def survivors(tool: Path, folder: Path, statuses: Mapping[str, str]) -> Mapping[str, str]:
    """Return what was changed in each mutant that no test noticed."""
    names = [name for name, status in statuses.items() if kind(status) != "noticed"]
    return {name: change(told(tool, folder, "show", name)) for name in names}


def change(diff: str) -> str:
    """Return the lines of a difference that differ."""
    lines = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in HEADS]
    return " ".join(f"{line[0]} {line[1:].strip()}" for line in lines if line)


HEADS = ("---", "+++")


def kind(status: str) -> str:
    """Return how a status counts."""
    if status in NOTICED:
        return "noticed"
    return "without_test" if status in WITHOUT_TEST else "survived"


def record(
    module: str,
    mark: str,
    statuses: Mapping[str, str],
    left: Mapping[str, str],
    seconds: float,
) -> None:
    """Add the line of a module and renew the page."""
    counters = Counter(kind(status) for status in statuses.values())
    line = {
        "campaign": "mutation",
        "module": module,
        **evidence.provenance(("pytest", "hypothesis")),
        "clean": True,  # the committed files are what was mutated
        "tool": TOOL,
        "content": mark,
        "seconds": round(seconds),
        "counters": {name: counters[name] for name in ("noticed", "survived", "without_test")},
        "timed_out": sum(status == "timeout" for status in statuses.values()),  # among the noticed
        "survivors": left,
    }
    evidence.append(line)
    evidence.PAGE.write_text(evidence.page_of(), encoding="utf-8")
    print(f"{module}: {counters['noticed']} of {len(statuses)} mutants noticed")


if __name__ == "__main__":
    sys.exit(main())
