"""One page per floor: every public name of every module, from signatures and docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
TITLES = {"factors": "factors, floor 1", "lca": "lca, floor 2", "labels": "labels, floor 3"}
HIDDEN = ("labels/cli/",)
"""The command line is no API: its page is that of the commands."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def page(floor: str) -> str:
    """Return the page of a floor."""
    paths = sorted((ROOT / floor).rglob("*.py"))
    shown = [path for path in paths if not path.relative_to(ROOT).as_posix().startswith(HIDDEN)]
    parts = [part for path in shown for part in _module(path)]
    head = (
        f"# API: {TITLES[floor]}\n\nMade by `python -m tests.docs.made` from docstrings: do not "
        "edit. What begins\nwith `_` is not part of it; units, shapes and errors stand in the docstrings "  # noqa: E501
        "themselves.\n"
    )
    return "\n".join([head, *parts]).rstrip() + "\n"


def _module(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    names = [line for node in tree.body for line in _name(node)]
    if names and not path.stem.startswith("__main__"):
        yield f"## `{dotted}`\n\n{_told(tree)}\n"
        yield "\n".join(names) + "\n"


def _name(node: ast.stmt) -> Iterator[str]:
    if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
        return
    if isinstance(node, Function):
        yield f"* `{node.name}{_signature(node)}`: {_told(node)}"
        return
    yield f"* class `{node.name}`: {_told(node)}"
    for part in node.body:
        if isinstance(part, Function) and not part.name.startswith("_"):
            yield f"  * `{_method(part)}`: {_told(part)}"


def _method(node: Function) -> str:
    kinds = {one.id for one in node.decorator_list if isinstance(one, ast.Name)}
    return f".{node.name}" + ("" if kinds & {"property"} else _signature(node, method=True))


def _signature(node: Function, *, method: bool = False) -> str:
    arguments = ast.unparse(node.args)
    if method:
        arguments = arguments.partition(", ")[2] if "," in arguments else ""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({arguments}){returns}"


def _told(node: ast.Module | ast.ClassDef | Function) -> str:
    """First sentence of a docstring; what looks like a role or a tag is plain text."""
    doc = (ast.get_docstring(node) or "").split("\n\n")[0]
    text = " ".join(doc.split()).replace("``", "`")
    return (
        text.replace(":class:", "").replace(":func:", "").replace(":mod:", "").replace(":data:", "")
    )
