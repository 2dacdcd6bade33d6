"""The measured figures of the READMEs, from the page of evidence: campaigns that reached theirs."""

from __future__ import annotations

import re
from pathlib import Path

from tests.evidence import GOALS, PAGE

ROOT = Path(__file__).parents[3]
ROW = re.compile(
    r"^\| `(?P<name>[\w-]+)` \| (?P<counted>[\d,]+ [\w ]+) \|.*?\| yes \|", re.MULTILINE
)
REGION = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- /figures -->)", re.DOTALL)
HEADS = {"en": "| what held | for | again |", "zh": "| 成立的是 | 次数 | 重做 |"}


def readme(name: str, lang: str) -> str:
    """Return a README with its table of figures made anew."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [HEADS[lang], "|---|--:|---|"]
    for one in ROW.finditer(PAGE.read_text(encoding="utf-8")):
        goal = GOALS[one["name"]]
        lines.append(f"| {goal.promise} | {one['counted']} | `make deep-{one['name']}` |")
    return REGION.sub(lambda _: "\n".join(lines) + "\n", text, count=1)
