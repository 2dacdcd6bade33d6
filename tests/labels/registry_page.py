"""The tables of ``docs/reference/registry.md`` that follow from the code.

``python -m tests.labels.registry_page`` renews them in place, between their marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from factors.texts import text
from labels.kinds import APPROVALS, Kind
from labels.registry.state import DECIDERS, REASONS, STEPS, Actor

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "registry.md"


def tables() -> Mapping[str, str]:
    """Return mark to text."""
    return {"who": _who(), "deciders": _deciders(), "reasons": _reasons()}


def renewed(page: str) -> str:
    """Return the page with every marked part made anew.

    Raises
    ------
    ValueError
        When a mark does not stand exactly once.
    """
    for mark, content in tables().items():
        begin, end = f"<!-- {mark}: made from the code -->", f"<!-- /{mark} -->"
        (before, rest), (_, after) = page.split(begin), page.split(end)
        page = f"{before}{begin}\n{content}\n{end}{after}" if end in rest else ""
    return page


def _who() -> str:
    rows = [
        f"| {before} | {event} | {step.after} | {text(f'actor.{step.actor}', 'en')} |"
        for (before, event), step in STEPS.items()
    ]
    return "\n".join(
        ["| in state | event | leads to | brought about by |", "|---|---|---|---|", *rows]
    )


def _deciders() -> str:
    rows = [f"| `{kind}` | {', '.join(APPROVALS[kind])} | {DECIDERS[kind]} |" for kind in Kind]
    anyone, decider = (str(actor) for actor in (Actor.ANY_APPROVER, Actor.DECIDER))
    return "\n".join([f"| kind | {anyone} | {decider} |", "|---|---|---|", *rows])


def _reasons() -> str:
    rows = [
        f"| {event} | `{reason}` | {text(f'reason.{reason}', 'zh')} | "
        f"{text(f'reason.{reason}', 'en')} |"
        for event, reasons in REASONS.items()
        for reason in reasons
    ]
    return "\n".join(["| event | code | 理由 | reason |", "|---|---|---|---|", *rows])


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
