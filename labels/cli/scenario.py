"""``carbonlabel scenario``: before, after, and an exact bridge between the two."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from factors.texts import Lang, text
from labels.cli.files import read_file
from labels.cli.markets import column
from labels.cli.shelf import library
from labels.cli.show import console, plain, significant
from lca import model as product_model
from lca import ruleset, scenario_files, system_file
from lca.bridge_json import to_json
from lca.changes import Change, Changes, Group, Merged, parse
from lca.comparison import compare
from lca.outcome import Outcome, State
from lca.scenario import open_source, scenario
from lca.workbook.read import read

OK = 0
CHANGES = ".toml"
RULESET = "ruleset:"
MOST_LINES = 20
MINUS = "\N{MINUS SIGN}"


def list_scenarios(model: str, lang: Lang, *, as_json: bool) -> None:
    """Print the scenarios of a model, or of all where none is named."""
    found = {
        one: {name: dict(told.name) for name, told in scenario_files.every(one)}
        for one in ((model,) if model else product_model.models())
    }
    if as_json:
        plain(found)
        return
    for one, several in found.items():
        for name, told in several.items():
            console().print(Text(f"{one}  {name}  {told[lang]}"))


def show_scenario(source: Path, changes: Path, rules: str, lang: Lang, *, as_json: bool) -> int:
    """Compute and show a scenario, or the bridge between two files.

    Parameters
    ----------
    source
        A workbook or a system file.
    changes
        Name of a scenario of the model or of a column of the workbook's sheet of use and end of
        life, a file of changes (.toml), or a second workbook or system
        file to compare with.
    rules
        Id of the rule set before; empty for the file's own.
    """
    result = to_json(_outcome(source, changes, rules), library())
    if as_json:
        plain(result)
    else:
        _print(result, lang)
    return OK


def _outcome(source: Path, changes: Path, rules: str) -> Outcome:
    factors = library()
    named = not changes.suffix and not changes.exists()
    if named or changes.suffix.lower() == CHANGES:
        told = _named(source, str(changes)) if named else parse(read_file(changes), changes.name)
        return scenario(read_file(source), source.name, told, factors, rules)
    return compare(_state(source, rules), _state(changes, rules), factors)


def _named(source: Path, name: str) -> Changes:
    """Return a scenario of the model of a file; or, as ``ruleset:ID``, another rule set."""
    if name.startswith(RULESET):
        return _other_rules(name.removeprefix(RULESET))
    own = column(source, name)
    if own is not None:
        return own
    data = read_file(source)
    if source.suffix.lower() == ".json":
        model = (system_file.read(data, file=source.name).model or {}).get("id", "")
    else:
        model = read(data, source.name, factors=library()).model
    return scenario_files.load(model, name)


def _other_rules(rules_id: str) -> Changes:
    """Return the change to another rule set, as a scenario with one step."""
    name = ruleset.load(rules_id).name
    return Changes(rules_id, name, (Group("method", name, {("ruleset", ""): Change(rules_id)}),))


def _state(path: Path, rules: str) -> State:
    """Return a file as it is."""
    unchanged = open_source(read_file(path), path.name, Changes("", {}, ()), library(), rules)
    return unchanged(Merged())[0]


def _print(result: Mapping[str, Any], lang: Lang) -> None:
    out = console()
    out.print(Text(result["name"][lang], style="bold"))
    out.print(Text(result["notice"][lang], style="bold yellow"))
    for figure in result["figures"]:
        out.print(_steps(figure, result["unit"], lang))
    out.print(Text(text("scenario.order_free", lang), style="dim"))
    if not result["comparable"]:
        out.print(Text(text("scenario.unlike", lang), style="yellow"))
    if result["lines"]:
        out.print(_lines(result, lang))
    else:
        out.print(text("scenario.no_lines", lang))
    for claim in result.get("beside", ()):
        told = text(
            "scenario.beside",
            lang,
            name=claim["name"][lang],
            value=signed(claim["value"]),
            unit=claim["unit"],
            source=claim["source"],
            reason=claim["reason"][lang],
        )
        out.print(Text(told, style="dim"))


def _steps(figure: Mapping[str, Any], unit: str, lang: Lang) -> Table:
    key = f"scenario.figure_{figure['figure'].replace('-', '_')}"
    table = Table(title=text(key, lang, unit=unit), title_justify="left", box=None)
    table.add_column(text("scenario.step", lang), overflow="fold")
    table.add_column(text("cli.value", lang), justify="right")
    table.add_column(text("scenario.share", lang), justify="right")
    table.add_row(text("scenario.before", lang), significant(Decimal(figure["before"])), "")
    for step in figure["steps"]:
        table.add_row(
            Text(f"  {step['name'][lang]}"), signed(step["value"]), _percent(step["relative"])
        )
    after = significant(Decimal(figure["after"]))
    table.add_row(text("scenario.after", lang), after, _percent(figure["relative"]))
    return table


def _lines(result: Mapping[str, Any], lang: Lang) -> Table:
    table = Table(title=text("scenario.lines", lang), title_justify="left", box=None)
    for head in ("line", "changed"):
        table.add_column(text(f"scenario.{head}", lang), overflow="fold")
    table.add_column(text("scenario.difference", lang), justify="right")
    for line in result["lines"][:MOST_LINES]:
        changed = "; ".join(_change(kind, line, lang) for kind in line["changed"])
        table.add_row(Text(line["name"][lang]), Text(changed), signed(line["difference"]))
    return table


def _change(kind: str, line: Mapping[str, Any], lang: Lang) -> str:
    before, after = line["before"], line["after"]
    if kind == "amount":
        amounts = [f"{significant(Decimal(s['amount']))} {s['unit']}" for s in (before, after)]
        return text("scenario.amount", lang, before=amounts[0], after=amounts[1])
    if kind == "factor":
        return text("scenario.factor_to", lang, before=before["factor"], after=after["factor"])
    return text(f"scenario.{kind}", lang)


def signed(value: str) -> str:
    """Return a difference with its sign, a true minus for a decrease."""
    number = Decimal(value)
    sign = "+" if number > 0 else MINUS if number < 0 else ""
    return sign + significant(abs(number))


def _percent(share: str | None) -> str:
    if share is None:
        return ""
    number = Decimal(share)
    sign = "+" if number > 0 else MINUS if number < 0 else ""
    return f"{sign}{abs(number):.1%}"
