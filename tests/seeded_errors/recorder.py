"""Which test raises which finding: a pytest plugin that listens to every finding that is made.

``python -m tests.seeded_errors.recorder TESTS...`` runs tests and writes ``told_by.toml``: for
every code the quickest test in which it was made.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from factors.findings import Finding
from factors.texts import catalogue

TOLD_BY = Path(__file__).with_name("told_by.toml")
HEAD = """# Code -> test in which it is raised, for codes that no planted fault raises; written by
# tests/seeded_errors/recorder.py from a run, held against the code by test_findings.py.

"""


class Recorder:
    """Collects, for every test that passed, the codes made while it ran."""

    def __init__(self) -> None:
        self.codes: dict[str, tuple[float, str]] = {}
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
            for code in self._now:
                self.codes[code] = min(self.codes.get(code, (9e9, "")), (report.duration, name))


def main(tests: Sequence[str]) -> int:
    """Run the tests and write the table; codes that were found before stay."""
    recorder = Recorder()
    recorder.listen()
    outcome = pytest.main(["-q", "-p", "no:cacheprovider", *tests], plugins=[recorder])
    told = tomllib.loads(TOLD_BY.read_text("utf-8")) if TOLD_BY.is_file() else {}
    told |= {code: name for code, (_, name) in recorder.codes.items()}
    known = set(catalogue("findings"))
    lines = [f'{code} = "{told[code]}"' for code in sorted(told) if code in known]
    TOLD_BY.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
    return int(outcome)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
