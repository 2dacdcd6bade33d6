"""A page as its blocks: what is run, what is expected, what is said about each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
SAID = re.compile(r"<!-- (?P<name>file|exits|not run|setup|with):\s*(?P<value>.*?)-->", re.DOTALL)
ATTACHED = ("file", "exits", "not run")
RUN, SHOWN = ("console", "sh", "python"), ("text",)
"""Kinds of blocks that are run, and those that show something and hold no code."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command with what the page says it prints; None where the page shows nothing."""

    text: str
    printed: str | None = None
    exits: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; ``line`` is that of its first line of content, counted from 1."""

    kind: str
    body: str
    line: int
    said: Mapping[str, str] = field(default_factory=dict)
    follows: str = ""
    """Body of the ``text`` block right after it."""

    @property
    def is_run(self) -> bool:
        return self.kind in RUN and "not run" not in self.said and "file" not in self.said

    @property
    def is_forgotten(self) -> bool:
        """Tell whether nothing runs the block and nothing says why."""
        known = self.is_run or self.kind in SHOWN or {"not run", "file"} & set(self.said)
        return not known or not self.said.get("not run", "reason").strip()


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its blocks and hidden set-up in their order, and what it needs."""

    path: Path
    parts: Sequence[Block | Command]
    needs: frozenset[str]

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def blocks(self) -> list[Block]:
        return [part for part in self.parts if isinstance(part, Block)]

    @property
    def with_demo(self) -> bool:
        return "demo" in self.needs

    @property
    def takes_long(self) -> bool:
        return "time" in self.needs

    @property
    def lang(self) -> str:
        return "zh" if self.path.name.endswith(".zh.md") else "en"


def all_pages() -> list[Path]:
    """Every Markdown page of the project."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def read(path: Path) -> Page:
    """Read a page."""
    tokens = MarkdownIt("commonmark").parse(path.read_text(encoding="utf-8"))
    parts = list(_parts(tokens))
    needs = frozenset(" ".join(_said(one).get("with", "") for one in tokens).split())
    return Page(path, parts, needs)


def _parts(tokens: Sequence[Token]) -> Iterator[Block | Command]:
    before: Mapping[str, str] = {}
    for place, token in enumerate(tokens):
        said = _said(token)
        if "setup" in said:
            yield Command(said["setup"].strip(), line=_line(token))
        if token.type == "fence":
            after = tokens[place + 1] if place + 1 < len(tokens) else token
            follows = after.content if after.type == "fence" and after.info == "text" else ""
            yield Block(token.info.strip(), token.content, _line(token) + 1, before, follows)
        elif token.type == "code_block":
            yield Block("indented", token.content, _line(token))
        before = {name: value for name, value in said.items() if name in ATTACHED}


def _said(token: Token) -> dict[str, str]:
    if token.type != "html_block":
        return {}
    return {one["name"]: one["value"].strip() for one in SAID.finditer(token.content)}


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0


def commands(part: Block | Command) -> Iterator[Command]:
    """Return what is run of one part of a page, in order."""
    if isinstance(part, Command):
        yield part
    elif "file" in part.said:
        yield _quoted(f"cat > {part.said['file']}", part.body, part.line)
    elif part.is_run and part.kind == "python":
        ran = _quoted("python -", part.body, part.line)
        yield Command(ran.text, part.follows or None, line=part.line)
    elif part.is_run and part.kind == "sh":
        yield Command(part.body.rstrip(), part.follows or None, _exits(part), part.line)
    elif part.is_run:
        yield from _console(part)


def _exits(block: Block) -> int:
    return int(block.said.get("exits", "0"))


def _quoted(command: str, body: str, line: int) -> Command:
    return Command(f"{command} <<'END-OF-BLOCK'\n{body}END-OF-BLOCK", line=line)


def _console(block: Block) -> Iterator[Command]:
    """The commands of a ``console`` block; one that shows no output at all compares exit codes."""
    found: list[tuple[int, list[str], list[str]]] = []
    for number, line in enumerate(block.body.splitlines()):
        if line.startswith("$ "):
            found.append((block.line + number, [line[2:]], []))
        elif found and found[-1][1][-1].endswith("\\") and not found[-1][2]:
            found[-1][1].append(line)
        elif found:
            found[-1][2].append(line)
    shows = any(printed for _, _, printed in found)
    for place, (line_number, words, printed) in enumerate(found):
        exits = _exits(block) if place == len(found) - 1 else 0
        told = "\n".join(printed) if shows else None
        yield Command("\n".join(words), told, exits, line_number)
