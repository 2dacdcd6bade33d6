"""The page of all units: ``python -m factors.unit_table > docs/reference/units.md``."""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from types import MappingProxyType

from factors.allowlist import Entry, allow_list
from factors.units import unit

HEAD = """\
# Units

This page is generated from `factors/data/units.toml` by
`python -m factors.unit_table > docs/reference/units.md`. A spelling that is not here, and not
declared by a system file as a counting unit of its own, is refused. Full width, superscripts,
blanks and most differences of case do not matter: `ｋＷｈ`, `KWH` and `kW h` are `kWh`. Units are
joined by `·` or `*`, and by one `/`, with parentheses around several factors below it:
`kg CO2e/(t·km)`.

*One is* gives the exact size in the base unit of the dimension. *Number words* may stand in front
of the unit (`万kWh`). Why some spellings are refused stands in
[Units and numbers that mean more than one thing](../explanation/ambiguity.md).
"""
ALONE = """\
## Alone in their dimension

Nothing converts into these but a rate that the file states with its source: bottles per case, yuan
per euro.

| unit | dimension | spellings | number words |
| --- | --- | --- | --- |
"""
REFUSED = """\
## Refused, with the choice

| choose from | where this was written |
| --- | --- |
"""
ASKED = """\
## Asked about where the spelling alone says too little

| where | written | choose from |
| --- | --- | --- |
"""


def page() -> str:
    """Return the page as Markdown."""
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in allow_list().entries:
        if not entry.word:
            groups[unit(entry.symbol).dimension].append(entry)
    tables = [_section(name, rows) for name, rows in groups.items() if len(rows) > 1]
    alone = [_alone(name, rows[0]) for name, rows in groups.items() if len(rows) == 1]
    return "\n".join(
        [HEAD, *tables, ALONE + "".join(alone), REFUSED + _refused(), ASKED + _asked()]
    )


def _section(dimension: str, entries: Iterable[Entry]) -> str:
    """Return the table of the units of one dimension."""
    lines = [f"## {dimension if dimension != '1' else 'Without dimension'}", ""]
    lines += ["| unit | one is | spellings | number words |", "| --- | --- | --- | --- |"]
    base = _bases().get(dimension) or _composed_base(dimension)
    for entry in entries:
        size = f"{_exact(unit(entry.symbol).scale)} {base}".removesuffix(" 1")
        lines.append(f"| {_code(entry.symbol)} | {size} | {_spellings(entry)} | {_words(entry)} |")
    return "\n".join([*lines, ""])


def _alone(dimension: str, entry: Entry) -> str:
    return f"| {_code(entry.symbol)} | {dimension} | {_spellings(entry)} | {_words(entry)} |\n"


def _spellings(entry: Entry) -> str:
    """Return the spellings besides the symbol; stems and qualifiers are not multiplied out."""
    joined = {stem + name for stem in entry.stems for name in entry.qualifiers}
    plain = [one for one in entry.spellings if one not in joined and one != entry.symbol]
    shown = _codes(plain)
    if not joined:
        return shown
    return f"{shown} {_codes(entry.stems)} followed by {_codes(entry.qualifiers)}".strip()


@cache
def _bases() -> Mapping[str, str]:
    """Return the first unit of size one of each dimension."""
    found: dict[str, str] = {"1": "1"}
    for entry in allow_list().entries:
        named = unit(entry.symbol)
        if named.scale == 1:
            found.setdefault(named.dimension, named.symbol)
    return MappingProxyType(found)


def _composed_base(dimension: str) -> str:
    """Return the base of a composed dimension in the bases of its parts."""
    return re.sub(r"\[[^]]+\]", lambda part: _bases()[part[0]], dimension)


def _words(entry: Entry) -> str:
    """Return the number words of a unit."""
    multiples = (one for one in allow_list().entries if one.name.startswith(f"{entry.name}_x"))
    return " ".join(one.word for one in multiples)


def _refused() -> str:
    """Return refused spellings by what they leave to choose from."""
    groups: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for spelling, choices in allow_list().refused.items():
        twin = any(spelling == one.casefold() for one in groups[choices])
        if not twin:
            groups[choices].append(spelling)
    return "".join(f"| {_codes(choices)} | {_codes(rows)} |\n" for choices, rows in groups.items())


def _asked() -> str:
    rows = [
        f"| {context} | {_code(entry.symbol)} | {_codes(choices)} |\n"
        for entry in allow_list().entries
        for context, choices in entry.asks
        if not entry.word
    ]
    return "".join(sorted(rows))


def _exact(number: Fraction) -> str:
    """Return a decimal that ends, or else the fraction."""
    for places in range(40):
        scaled = number * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(places + 1, "0")
            return f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"{number.numerator}/{number.denominator}"


def _code(text: str) -> str:
    return f"`{text}`"


def _codes(texts: Iterable[str]) -> str:
    return " ".join(map(_code, texts))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page of units to standard output."""
    argparse.ArgumentParser("factors.unit_table", description=main.__doc__).parse_args(arguments)
    sys.stdout.write(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
