"""Where a result stands, as people read it on a terminal: bands, published values, hot spots."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from factors.texts import Lang, text
from labels.cli.show import console, significant

MINUS = "\N{MINUS SIGN}"


def position_tables(result: Mapping[str, Any], lang: Lang) -> None:
    """Print where a footprint stands; nothing where there is nothing to compare it with."""
    told = result.get("position")
    if not told:
        return
    out = console()
    unit = result["totals"][result["headline"]]["unit"]
    if method := told.get("use_method"):
        head = Text(f"{text('position.use_method', lang)}: ", style="bold")
        out.print(head.append(method["name"][lang], style="not bold"))
    _bands(told.get("bands", ()), out, lang)
    for one in told.get("unusual", ()):
        out.print(Text(_unusual(one, lang), style="yellow"))
    for one in told.get("hot_spots", ()):
        if not one["met"]:
            out.print(Text(_hot_spot(one, lang)))
    if told.get("comparisons"):
        out.print(_comparisons(told["comparisons"], unit, lang))


def _bands(several: Any, out: Console, lang: Lang) -> None:
    for band in several:
        place = text(f"position.{band['place']}", lang)
        at = f" ({Decimal(band['at']):.0%})" if "at" in band and band["place"] == "inside" else ""
        boundary = text(f"cli.{band['figure'].replace('-', '_')}", lang)
        shown = text(
            "position.band", lang, place=place + at, source=band["source"], boundary=boundary
        )
        out.print(Text(shown))


def _unusual(one: Mapping[str, Any], lang: Lang) -> str:
    usual = one.get("usual", {})
    return text(
        f"position.{one['why'].replace('-', '_')}",
        lang,
        name=one["name"].get(lang) or one["id"],
        share=_percent(one["share"]),
        low=_percent(usual.get("low", "0")),
        high=_percent(usual.get("high", "0")),
        band=one.get("band", ""),
    )


def _hot_spot(one: Mapping[str, Any], lang: Lang) -> str:
    words = {
        side: ", ".join(
            text(f"position.{one[key][side].replace('-', '_')}", lang)
            for key in ("activity", "factor")
            if one[key][side]
        )
        for side in ("needed", "found")
    }
    name = one["name"].get(lang) or one["id"]
    return text("position.hot_spot", lang, name=name, share=_percent(one["share"]), **words)


def _comparisons(several: Any, unit: str, lang: Lang) -> Table:
    title = text("position.comparisons", lang, unit=unit)
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 1, 0))
    for head in ("published", "equal", "ours", "relative", "why"):
        right = head in ("equal", "ours", "relative")
        table.add_column(
            text(f"position.{head}", lang), justify="right" if right else "left", overflow="fold"
        )
    for one in several:
        published = f"{one['value']} {one['unit']}: {one['boundary'][lang]} [{one['source']}]"
        reason = one.get("reason", {}).get(lang, "")
        table.add_row(
            Text(published + (f" ({reason})" if reason else "")),
            significant(Decimal(one["equal"])),
            significant(Decimal(one["ours"])),
            _signed(one.get("relative", "")),
            Text(one.get("explanation", {}).get(lang, "")),
        )
    return table


def _percent(share: str) -> str:
    return f"{Decimal(share):.0%}"


def _signed(share: str) -> str:
    if not share:
        return ""
    number = Decimal(share)
    return f"{'+' if number > 0 else MINUS if number < 0 else ''}{abs(number):.0%}"
