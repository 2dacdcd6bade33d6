"""Whether the tests of ``told_by.toml`` raise what they are said to: run them and listen.

``python -m tests.seeded_errors.recorder`` runs every test of the table and prints the codes that
were not made while their test ran; nothing is printed where all were.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from factors.findings import Finding

TOLD_BY: Mapping[str, str] = tomllib.loads(
    Path(__file__).with_name("told_by.toml").read_text(encoding="utf-8")
)
"""Code -> test in which it is raised, for codes that no planted fault raises."""


class Recorder:
    """Collects, for every test that passed, the codes made while it ran."""

    def __init__(self) -> None:
        self.heard: dict[str, set[str]] = {}
        self._now: set[str] = set()

    def listen(self) -> None:
        """Hear of every finding from now on."""
        plain, now = Finding.__init__, self._now

        def heard(self: Finding, *args: Any, **kwargs: Any) -> None:
            plain(self, *args, **kwargs)
            now.add(self.code)

        Finding.__init__ = heard  # type: ignore[method-assign]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """Begin with an empty list."""
        self._now.clear()
        yield

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take down what a test that passed has raised."""
        if report.when == "call" and report.passed:
            name = report.nodeid.partition("[")[0]
            self.heard.setdefault(name, set()).update(self._now)


def main() -> int:
    """Run the tests; 1 where a code was not heard in its test."""
    recorder = Recorder()
    recorder.listen()
    pytest.main(
        ["-q", "-p", "no:cacheprovider", *sorted(set(TOLD_BY.values()))], plugins=[recorder]
    )
    lost = [code for code, test in TOLD_BY.items() if code not in recorder.heard.get(test, set())]
    print("\n".join(f"{code} was not raised in {TOLD_BY[code]}" for code in lost))
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
