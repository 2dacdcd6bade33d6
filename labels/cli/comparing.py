"""``carbonlabel compare``: two submissions side by side, and what a verifier looks at again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from factors.store import FactorSet
from factors.texts import Lang, text
from labels.cli.files import read_file
from labels.cli.scenario import signed
from labels.cli.shelf import library
from labels.cli.show import console, findings_table, plain
from labels.verification.yearly import Yearly, compare_years, step_name
from lca.bridge import Bridge
from lca.changes import Changes, Merged
from lca.figures import unit_of
from lca.outcome import State
from lca.record import share_text, spell
from lca.scenario import open_source

SCHEMA = "carbonlabel-comparison/1"
OK = 0


def compare_files(old: Path, new: Path, rules: str, lang: Lang, *, as_json: bool) -> int:
    """Compare two workbooks or system files of one product."""
    factors = library()
    found = compare_years(_state(old, rules, factors), _state(new, rules, factors), factors)
    if as_json:
        plain(to_json(found))
    else:
        _print(found, lang)
    return OK


def to_json(found: Yearly) -> dict[str, Any]:
    """Return the comparison as plain data, exact decimal strings."""
    return {
        "schema": SCHEMA,
        "unit": unit_of(found.after.system),
        "figures": [_figure(name, one) for name, one in found.bridges.items()],
        "lines": found.lines,
        "again": [
            {"id": one.line, "name": dict(one.name), "reasons": dict(one.reasons)}
            for one in found.again
        ],
        "triggers": [one.to_json() for one in found.triggers],
    }


def _figure(name: str, made: Bridge) -> dict[str, Any]:
    whole = abs(made.before)
    return {
        "figure": name,
        "before": spell(made.before),
        "after": spell(made.after),
        "relative": share_text(made.difference / whole) if whole else None,
        "steps": [
            {"id": step.id, "name": dict(step_name(step.id)), "value": spell(step.value)}
            for step in made.steps
        ],
    }


def _state(path: Path, rules: str, factors: FactorSet) -> State:
    data, nothing = read_file(path), Changes("", {}, ())
    return open_source(data, path.name, nothing, factors, rules)(Merged())[0]


def _print(found: Yearly, lang: Lang) -> None:
    out, told = console(), to_json(found)
    out.print(Text(text("verification.compare_title", lang), style="bold"))
    for figure in told["figures"]:
        out.print(_steps(figure, told["unit"], lang))
    share = f"{100 * len(found.again) / found.lines:.0f}" if found.lines else "0"
    counts = {"count": len(found.again), "of": found.lines, "share": share}
    out.print(Text(text("verification.again_title", lang, **counts), style="bold"))
    for one in told["again"]:
        out.print(Text(f"  {one['id']}  {one['name'][lang]}: {_why(one['reasons'], lang)}"))
    key = "triggers" if found.triggers else "no_triggers"
    out.print(Text(text(f"verification.{key}", lang), style="bold"))
    findings_table(found.triggers, lang)


def _steps(figure: Mapping[str, Any], unit: str, lang: Lang) -> Table:
    table = Table(title=f"{figure['figure']}, {unit}", title_justify="left", box=None)
    table.add_column(text("scenario.step", lang))
    table.add_column(text("cli.value", lang), justify="right")
    table.add_row(text("scenario.before", lang), signed(figure["before"]).lstrip("+"))
    for step in figure["steps"]:
        table.add_row(f"  {step['name'][lang]}", signed(step["value"]))
    table.add_row(text("scenario.after", lang), signed(figure["after"]).lstrip("+"))
    return table


def _why(reasons: Mapping[str, str], lang: Lang) -> str:
    return "; ".join(
        text(f"verification.reason_{code}", lang, change=told).strip()
        + (f" ({told})" if told and code not in ("amount",) else "")
        for code, told in reasons.items()
    )
