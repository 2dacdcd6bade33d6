"""``carbonlabel uncertainty``: a figure by sampling, to first order and by limits, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from lca.footprint import Footprint
from lca.uncertainty.correlated import read_pairs
from lca.uncertainty.document import to_json

OK, NOT_OK = 0, 1
MOST_FACTORS = 8


def show_uncertainty(
    source: Path,
    against: Path | None,
    rules: str,
    lang: Lang,
    runs: int,
    seed: int,
    *,
    as_json: bool,
    stated_only: bool = False,
    correlation: Path | None = None,
) -> int:
    """Show the uncertainty of a footprint; 1 when findings block a footprint.

    Parameters
    ----------
    source, against
        Workbooks or system files; the second one to compare with, or None.
    rules
        Id of the rule set; empty for the files' own.
    runs, seed
        Of the sampling.
    stated_only
        Hold fixed what states no spread.
    correlation
        Table of correlated pairs, or None.

    Raises
    ------
    FindingsError
        CORRELATION-*, SPREAD-*.
    """
    pairs = read_pairs(read_file(correlation), correlation.name) if correlation else ()
    made = [_footprint(path, rules, lang) for path in (source, against) if path]
    if not all(made):
        return NOT_OK
    one, other = [*made, None][:2]
    assert one is not None
    result = to_json(one, runs, seed, other, stated_only=stated_only, pairs=pairs)
    if as_json:
        plain(result)
    else:
        _print(result, lang)
    return OK


def _footprint(source: Path, rules: str, lang: Lang) -> Footprint | None:
    made = study.study(read_file(source), source.name, rules, library())
    if made.footprint is None or made.blocked:
        findings_table([found for found in made.findings if found.blocks], lang, err=True)
        return None
    return made.footprint


def _print(result: Mapping[str, Any], lang: Lang) -> None:
    out = console()
    out.print(Text(result["product"]["name"][lang], style="bold"))
    out.print(Text(result["notice"][lang], style="bold yellow"))
    if result["correlations"]:
        out.print(Text(_correlated(result["correlations"], lang), style="dim"))
    for figure in result["figures"]:
        out.print(_ways(figure, result, lang))
        for remark in _remarks(figure, lang):
            out.print(remark)
        if figure["first_order"]["factors"]:
            out.print(_factors(figure, lang))
    if result["difference"]:
        for words in _difference(result["difference"], result["unit"], lang):
            out.print(words)


def _correlated(pairs: Sequence[Mapping[str, str]], lang: Lang) -> str:
    told = [
        f"{one['one'].removeprefix('factor:')} ~ {one['other'].removeprefix('factor:')}"
        f" ({signed(one['value'])})"
        for one in pairs[:MOST_FACTORS]
    ]
    more = ["…"] if len(pairs) > MOST_FACTORS else []
    return text("uncertainty.correlated", lang, pairs=", ".join([*told, *more]))


def _ways(figure: Mapping[str, Any], result: Mapping[str, Any], lang: Lang) -> Table:
    key = f"uncertainty.figure_{figure['figure'].replace('-', '_')}"
    table = Table(title=text(key, lang, unit=result["unit"]), title_justify="left", box=None)
    table.add_column(text("uncertainty.way", lang), overflow="fold")
    for head in ("centre", "deviation", "interval"):
        table.add_column(text(f"uncertainty.{head}", lang), justify="right")
    sample, value = figure["sample"], Decimal(figure["value"])
    standard = Decimal(figure["first_order"]["standard"])
    two = Decimal("1.96") * standard
    table.add_row(
        text("uncertainty.sampled", lang, runs=result["runs"], seed=result["seed"]),
        _number(sample["median"]["value"]),
        _number(sample["sd"]),
        _range(sample["low"]["value"], sample["high"]["value"]),
    )
    table.add_row(
        text("uncertainty.first_order", lang),
        _number(value),
        _number(standard),
        _range(value - two, value + two),
    )
    table.add_row(
        text("uncertainty.limits", lang),
        _number(value),
        "",
        _range(figure["limits"]["low"], figure["limits"]["high"]),
    )
    return table


def _remarks(figure: Mapping[str, Any], lang: Lang) -> Iterator[Text]:
    sample = figure["sample"]
    errors = {
        name: _range(sample[name]["low"], sample[name]["high"])
        for name in ("median", "low", "high")
    }
    yield Text(text("uncertainty.own_error", lang, **errors), style="dim")
    if sample["converged"]:
        yield Text(text("uncertainty.converged", lang), style="dim")
    share = f"{Decimal(figure['stated']):.1%}"
    yield Text(text("uncertainty.assumed_share", lang, share=share), style="dim")
    for remark in figure["remarks"]:
        yield Text(remark[lang], style="yellow")


def _factors(figure: Mapping[str, Any], lang: Lang) -> Table:
    table = Table(title=text("uncertainty.factors", lang), title_justify="left", box=None)
    table.add_column(text("cli.factor", lang), overflow="fold")
    for head in ("deviation", "share"):
        table.add_column(text(f"uncertainty.{head}", lang), justify="right")
    for one in figure["first_order"]["factors"][:MOST_FACTORS]:
        share = f"{Decimal(one['share']):.1%}"
        mark = " *" if one["assumed"] else ""
        table.add_row(one["factor"] + mark, f"{Decimal(one['relative']):.1%}", share)
    return table


def _difference(found: Mapping[str, Any], unit: str, lang: Lang) -> Iterator[Text]:
    name = found["against"]["name"][lang]
    yield Text(text("uncertainty.difference", lang, name=name), style="bold")
    sample = found["sample"]
    ends = [signed(sample[end]["value"]) for end in ("median", "low", "high")]
    yield Text(f"  {ends[0]} {unit}  [{ends[1]}; {ends[2]}]")
    yield Text("  " + text("uncertainty.lower", lang, share=f"{Decimal(found['lower']):.1%}"))
    yield Text("  " + text("uncertainty.shared", lang, count=len(found["shared"])))
    yield Text("  " + found["sentence"][lang], style="bold")


def _number(value: str | Decimal) -> str:
    return significant(Decimal(value))


def _range(low: str | Decimal, high: str | Decimal) -> str:
    return f"{_number(low)} – {_number(high)}"
