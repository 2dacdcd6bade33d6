"""The measured figures of the READMEs, from the page of evidence: campaigns that reached theirs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.evidence import GOALS, PAGE

ROOT = Path(__file__).parents[3]
ROW = re.compile(
    r"^\| `(?P<name>[\w-]+)` \| (?P<counted>[\d,]+ [\w ]+) \|.*?\| yes \|", re.MULTILINE
)
REGION = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- /figures -->)", re.DOTALL)
CHINESE: Mapping[str, Sequence[str]] = tomllib.loads(
    Path(__file__).with_name("figures.zh.toml").read_text(encoding="utf-8")
)
HEADS = {"en": "| what held | for | again |", "zh": "| 成立的是 | 次数 | 重做 |"}


def readme(name: str, lang: str) -> str:
    """Return a README with its table of figures made anew."""
    page = (ROOT / name).read_text(encoding="utf-8")
    lines = [HEADS[lang], "|---|--:|---|"]
    for one in ROW.finditer(PAGE.read_text(encoding="utf-8")):
        promise, counted = told(one["name"], one["counted"], lang)
        lines.append(f"| {promise} | {counted} | `make deep-{one['name']}` |")
    return REGION.sub(lambda _: "\n".join(lines) + "\n", page, count=1)


def told(name: str, counted: str, lang: str) -> tuple[str, str]:
    """Return what a campaign shows and how often; English where it was not translated."""
    if lang != "zh" or name not in CHINESE:
        return GOALS[name].promise, counted
    promise, counter = CHINESE[name]
    return promise, f"{counted.split()[0]} {counter}"
