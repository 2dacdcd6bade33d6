"""What holds for every test: outside tools, deep campaigns, one profile for property tests.

Markers
-------
``@pytest.mark.needs("pdftotext", ...)``
    The test runs these programs (names of ``tests/outside.py``).
``@pytest.mark.deep("NAME")``
    A longer campaign; left out unless ``CARBONLABEL_DEEP=NAME`` is set, as ``make deep-NAME`` does.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.outside import TOOLS

LEFT_OUT = pytest.StashKey[dict[str, list[str]]]()

# A slow machine must not turn into failures; in CI the same examples every time.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this machine cannot run or was not asked to run."""
    out = [item for item in items if lacks_tool(item) or not asked_for(item)]
    for item in out:
        for tool in lacks_tool(item):
            config.stash[LEFT_OUT].setdefault(tool, []).append(item.nodeid)
    items[:] = [item for item in items if item not in out]
    config.hook.pytest_deselected(items=out)


def lacks_tool(item: pytest.Item) -> list[str]:
    """Return the tools a test needs and this machine lacks; an unknown name is a mistake."""
    needed = [name for mark in item.iter_markers("needs") for name in mark.args]
    unknown = [name for name in needed if name not in TOOLS]
    if unknown:
        raise pytest.UsageError(
            f"{item.nodeid} needs {unknown}, which tests/outside.py does not know"
        )
    return [name for name in needed if not TOOLS[name].present]


def asked_for(item: pytest.Item) -> bool:
    """Tell whether a test is an everyday one, or of the campaign that was asked for."""
    campaigns = {name for mark in item.iter_markers("deep") for name in mark.args}
    return not campaigns or os.environ.get("CARBONLABEL_DEEP") in campaigns


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """With several processes: add up in the first what each worker left out."""
    left_out = getattr(node, "workeroutput", {}).get("left_out", {})
    node.config.stash[LEFT_OUT].update(left_out)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what was left out; in CI, fail for it."""
    left_out = session.config.stash[LEFT_OUT]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = left_out
    elif left_out and os.environ.get("CI"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the table of outside tools that were missing."""
    left_out = config.stash[LEFT_OUT]
    if not left_out:
        return
    verdict = "; in CI this fails the run" if os.environ.get("CI") else ""
    terminalreporter.section(f"missing outside tools{verdict}")
    terminalreporter.line(
        f"{'tool':<12}{'tests left out':>15}   Debian, Ubuntu            Homebrew"
    )
    for name in sorted(left_out):
        tool = TOOLS[name]
        terminalreporter.line(f"{name:<12}{len(left_out[name]):>15}   {tool.debian:<26}{tool.brew}")
