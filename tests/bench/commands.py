"""The everyday commands, each in a cold process: processor time, and what is imported for it.

Seconds are processor time of the command and of every process it starts, the least of some rounds
in turn with the peer, ``import numpy, openpyxl`` in an interpreter: what a script of a few lines
begins with. The libraries are those that take most of the time of all imports, each with what it
brings along, so that the same time can stand under two names; in the process that is waited for,
and as shares, because the interpreter counts imports by the clock on the wall. What issuing takes
stands in ``python -m tests.bench waiting``.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROUNDS = 5
PEER = ("-c", "import numpy, openpyxl")
COMMAND = ("-m", "labels.cli.main")
LIBRARIES = (
    "bw2calc", "bw_processing", "cryptography", "numpy", "openpyxl", "pandas", "pint",
    "pyhanko.sign", "python_calamine", "rich.console", "scipy", "sqlalchemy", "typer", "weasyprint",
)  # fmt: skip

Words = tuple[str | Path, ...]


def run(words: Words, *options: str) -> tuple[float, str]:
    """Run an interpreter; return processor seconds (with its children's) and what it complained."""
    told = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = _used()
    done = subprocess.run(
        [sys.executable, *options, *words], env=told, capture_output=True, text=True, check=True
    )
    return _used() - before, done.stderr


def _used() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def imports(words: Words) -> list[tuple[float, str]]:
    """Return share and name of the libraries a command imports, the longest first."""
    lines = run(words, "-X", "importtime")[1].splitlines()
    told = [line.removeprefix("import time:").split("|") for line in lines if line.count("|") == 2]
    timed = [(int(own), int(whole), name.strip()) for own, whole, name in told[1:]]
    every = sum(own for own, _, _ in timed)
    return sorted([(whole / every, name) for _, whole, name in timed if name in LIBRARIES])[::-1]


def everyday(folder: Path) -> dict[str, Words]:
    """Return the commands, with the files they need in a folder."""
    book, registry, out = folder / "book.xlsx", folder / "registry", folder / "out"
    prepared: list[Words] = [
        ("template", "beer", "--example", "-o", book),
        ("registry", "init", registry, "--demo"),
        ("issue", book, "--registry", registry, "--out", out),
    ]
    for words in prepared:
        run((*COMMAND, *words))
    label = out / "public" / "label.pdf"
    return {
        "--help": ("--help",),
        "template beer": ("template", "beer", "-o", folder / "blank.xlsx"),
        "check book.xlsx": ("check", book),
        "footprint book.xlsx": ("footprint", book),
        "footprint book.xlsx --json": ("footprint", book, "--json"),
        "verify label.pdf": ("verify", label, "--registry", registry),
        "explain label.pdf": ("explain", label, "--registry", registry),
        "registry list": ("registry", "list", registry),
    }


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as name:
        jobs = {told: (*COMMAND, *words) for told, words in everyday(Path(name)).items()}
        turns = [[run(PEER)[0], *(run(words)[0] for words in jobs.values())] for _ in range(ROUNDS)]
        peer, *least = (min(times) for times in zip(*turns, strict=True))
        print(f"{'cold command':<28}{'CPU':>8}{'x peer':>8}  longest to import")
        print(f"{'  peer: ' + PEER[1]:<28}{peer:6.2f} s{1:8.1f}")
        for (told, words), seconds in zip(jobs.items(), least, strict=True):
            parts = ", ".join(f"{library} {part:.0%}" for part, library in imports(words)[:3])
            print(f"{told:<28}{seconds:6.2f} s{seconds / peer:8.1f}  {parts}")


if __name__ == "__main__":
    main()
