"""``carbonlabel methods``: the same inventory under every method, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from factors.texts import Lang, text
from labels.cli.files import read_file
from labels.cli.scenario import signed
from labels.cli.shelf import library
from labels.cli.show import console, findings_table, plain, significant
from lca import study
from lca.method_comparison import compare_methods

OK, NOT_OK = 0, 1


def show_methods(source: Path, rules: str, lang: Lang, *, as_json: bool, subject: str = "") -> int:
    """Show a footprint under every method; 1 when findings block the footprint itself.

    Parameters
    ----------
    source
        A workbook or a system file.
    rules
        Id of the rule set; empty for the file's own.
    subject
        Family of a workbook or subject of a system file; empty for the usual one.
    """
    factors = library()
    made = study.study(read_file(source), source.name, rules, factors, subject)
    if made.footprint is None or made.blocked:
        findings_table([found for found in made.findings if found.blocks], lang, err=True)
        return NOT_OK
    result = compare_methods(made.footprint, factors).to_json()
    if as_json:
        plain(result)
    else:
        _print(result, lang)
    return OK


def _print(result: Mapping[str, Any], lang: Lang) -> None:
    out = console()
    out.print(Text(result["product"]["name"][lang], style="bold"))
    out.print(Text(result["notice"][lang], style="bold yellow"))
    for part in (*_end_of_life(result, lang), *_allocation(result, lang)):
        out.print(part)


def _end_of_life(result: Mapping[str, Any], lang: Lang) -> Iterator[Table | Text]:
    """Yield the methods and their bridges, or why there are none."""
    told, unit = result["end_of_life"], result["unit"]
    if not told["materials"]:
        gate = told["figure"] == "cradle-to-gate"
        yield Text(text(f"methods.no_end_of_life{'_gate' if gate else ''}", lang))
        return
    yield _methods(told, unit, lang)
    if any(one["bridge"] for one in told["methods"].values()):
        yield _bridges(told, result["materials"], unit, lang)


def _methods(told: Mapping[str, Any], unit: str, lang: Lang) -> Table:
    table = _table(text("methods.end_of_life", lang, unit=unit))
    table.add_column(text("methods.method", lang), overflow="fold")
    for head in ("figure", "difference", "apart"):
        table.add_column(text(f"methods.{head}", lang), justify="right")
    record = told["certified"]
    for method, one in told["methods"].items():
        mine = text("methods.certified", lang) if method == record["method"] else ""
        moved = str(Decimal(one["value"]) - Decimal(record["value"]))
        apart = signed(one["apart"]) if Decimal(one["apart"]) else ""
        named = f"{_method(method, lang)}{mine}"
        table.add_row(named, significant(Decimal(one["value"])), signed(moved), apart)
    return table


def _bridges(told: Mapping[str, Any], names: Mapping[str, Any], unit: str, lang: Lang) -> Table:
    table = _table(text("methods.bridge", lang, unit=unit))
    for head in ("method", "step"):
        table.add_column(text(f"methods.{head}", lang), overflow="fold")
    table.add_column(text("methods.value", lang), justify="right")
    for method, one in told["methods"].items():
        for place, step in enumerate(one["bridge"]):
            head = "" if place else _method(method, lang)
            term = text(f"methods.term_{_key(step['term'])}", lang)
            material = names[step["material"]][lang]
            table.add_row(head, Text(f"{material}: {term}"), signed(step["value"]))
    return table


def _allocation(result: Mapping[str, Any], lang: Lang) -> Iterator[Table | Text]:
    """Yield the divided processes with their alternatives, or that there are none."""
    told = result["allocation"]
    if not told["alternatives"]:
        yield Text(text("methods.no_allocation", lang))
        return
    names = {one["process"]: one["name"][lang] for one in told["processes"]}
    table = _keys_table(result, lang)
    for one in told["processes"]:
        numbers = [n for value in result["figures"].values() for n in (_short(value), "")]
        plain_key = "given" if len(one["shares"]) > 1 else "substitution"
        mine = f"{_divided(one['method'] or plain_key, lang)}{text('methods.certified', lang)}"
        table.add_row(Text(names[one["process"]]), mine, _shares(one), *numbers)
    for one in told["alternatives"]:
        pairs = ((value, one["differences"][name]) for name, value in one["figures"].items())
        numbers = [shown for value, moved in pairs for shown in (_short(value), signed(moved))]
        table.add_row(
            Text(names[one["process"]]), _divided(one["method"], lang), _shares(one), *numbers
        )
    yield table


def _keys_table(result: Mapping[str, Any], lang: Lang) -> Table:
    """Return the empty table of divisions: two columns for each disclosed figure."""
    table = _table(text("methods.allocation", lang, unit=result["unit"]))
    for head in ("process", "method", "shares"):
        table.add_column(text(f"methods.{head}", lang), overflow="fold")
    for figure in result["figures"]:
        table.add_column(text(f"methods.{_key(figure)}", lang), justify="right")
        table.add_column(text("methods.difference", lang), justify="right")
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=None)


def _shares(one: Mapping[str, Any]) -> Text:
    told = (f"{flow} {Decimal(share):.1%}" for flow, share in one["shares"].items())
    return Text(", ".join(told))


def _method(method: str, lang: Lang) -> str:
    return text(f"methods.eol_{_key(method)}", lang)


def _divided(method: str, lang: Lang) -> str:
    return text(f"methods.key_{_key(method)}", lang)


def _short(value: str) -> str:
    return significant(Decimal(value))


def _key(name: str) -> str:
    return name.replace("-", "_").replace("/", "_").replace(" ", "_")
