"""``carbonlabel contributions``: what a figure is made of, and what would change its print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from factors.errors import FindingsError
from factors.findings import finding
from factors.texts import Lang, text
from labels.cli.files import read_file
from labels.cli.shelf import library
from labels.cli.show import console, findings_table, plain, significant
from labels.figures import digits_for, shown, unit_for
from lca import study
from lca.contribution_json import VIEWS, document
from lca.footprint import Footprint
from lca.tipping import Shown

OK, NOT_OK = 0, 1
MOST = 12
"""Inputs that are listed; the JSON has all."""

LEAST = Decimal("0.01")
"""Share of the figure below which a branch of the tree is not listed; the JSON has all."""


def show_contributions(
    source: Path, rules: str, lang: Lang, views: str, *, as_json: bool, subject: str = ""
) -> int:
    """Show the declared figure split by some views; 1 when findings block the footprint.

    Parameters
    ----------
    views
        Names parted by commas, from the root outwards: ``stage,process,line``.

    Raises
    ------
    FindingsError
        CONTRIBUTION-VIEW, for a view that there is not.
    """
    levels = tuple(name.strip() for name in views.split(",") if name.strip())
    unknown = [name for name in levels if name not in VIEWS] or ([""] if not levels else [])
    if unknown:
        raise FindingsError(
            finding("CONTRIBUTION-VIEW", view=unknown[0] or "-", known=", ".join(VIEWS))
        )
    factors = library()
    made = study.study(read_file(source), source.name, rules, factors, subject)
    if made.footprint is None or made.blocked:
        findings_table([found for found in made.findings if found.blocks], lang, err=True)
        return NOT_OK
    told = document(made.footprint, factors, levels, printed(made.footprint))
    if as_json:
        plain(told)
    else:
        for table in _tables(told, lang):
            console().print(table)
    return OK


def printed(result: Footprint) -> Shown:
    """Return how a label would print the declared figure: its unit and its digits stay."""
    spread = None if result.spread is None else Decimal(str(result.spread))
    digits = digits_for(spread)
    unit = unit_for(_decimal(result.declared.value), digits)
    return lambda value: f"{shown(unit.of(_decimal(value)), digits)} {unit.symbol}"


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _tables(told: Mapping[str, Any], lang: Lang) -> Iterator[Table | Text]:
    yield _tree(told, lang)
    yield _inputs(told, lang)
    if not told["tipping"]:
        yield Text(text("contributions.firm", lang))


def _tree(told: Mapping[str, Any], lang: Lang) -> Table:
    table = _table(text("contributions.tree", lang, unit=told["unit"]))
    table.add_column(text("contributions.piece", lang), overflow="fold")
    for head in ("value", "share"):
        table.add_column(text(f"contributions.{head}", lang), justify="right")
    for depth, node in _nodes(told["tree"], 0):
        share = Decimal(node["share"])
        if depth == 0 or abs(share) >= LEAST:
            value = significant(Decimal(node["value"]))
            table.add_row(Text(f"{'  ' * depth}{node['key'] or '-'}"), value, f"{share:.1%}")
    return table


def _nodes(node: Mapping[str, Any], depth: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    yield depth, node
    for child in node.get("children", ()):
        yield from _nodes(child, depth + 1)


def _inputs(told: Mapping[str, Any], lang: Lang) -> Table:
    tipping = {(one["kind"], one["id"]): one for one in told["tipping"]}
    table = _table(text("contributions.inputs", lang, printed=told["printed"]))
    table.add_column(text("contributions.input", lang), overflow="fold")
    for head in ("elasticity", "change", "becomes"):
        table.add_column(text(f"contributions.{head}", lang), justify="right")
    for one in told["sensitivities"][:MOST]:
        tip = tipping.get((one["kind"], one["id"]))
        kind = text(f"contributions.kind_{one['kind']}", lang)
        elasticity = significant(Decimal(one["elasticity"] or 0))
        change = f"{Decimal(tip['change']):+.1%}" if tip else ""
        table.add_row(
            Text(f"{kind} {one['id']}"), elasticity, change, tip["becomes"] if tip else ""
        )
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=None)
