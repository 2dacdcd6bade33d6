"""The table of rules in ``docs/reference/certificate.md``, from the rules and their controls.

``python -m tests.labels.rules_page`` renews it in place, between its marks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from labels.verify.checks import CHECKS
from tests.labels.exhibits import EXHIBITS, all_rules

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "certificate.md"
BEGIN, END = "<!-- rules: made from the code -->", "<!-- /rules -->"
HEAD = "| rule | what it refuses | reason |\n|---|---|---|"
BEHIND = " (behind others)"


def renewed(page: str) -> str:
    """Return the page with its table made anew.

    Raises
    ------
    ValueError
        When a mark does not stand exactly once.
    """
    (before, rest), (_, after) = page.split(BEGIN), page.split(END)
    if END not in rest:
        raise ValueError("marks of the table")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def table() -> str:
    """Return the rules in the order in which they are applied."""
    return "\n".join([HEAD, *(_row(rule) for rule in _ordered())])


def _ordered() -> Iterator[str]:
    for check in CHECKS.__slots__:
        names = sorted(rule for rule in all_rules(CHECKS) if rule.partition(".")[0] == check)
        rules = getattr(CHECKS, check)
        yield from names if check == "deep" else (f"{check}.{rule}" for rule in rules)


def _row(rule: str) -> str:
    kinds = {name: kind for name, kind in EXHIBITS.items() if rule in kind.refused}
    alone = {name for name, kind in kinds.items() if kind.refused == (rule,)}
    told = ", ".join(name if name in alone else f"{name}{BEHIND}" for name in kinds)
    codes = ", ".join(f"`{code}`" for code in dict.fromkeys(k.codes[0] for k in kinds.values()))
    return f"| {rule.removeprefix('deep.')} | {told} | {codes} |"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
