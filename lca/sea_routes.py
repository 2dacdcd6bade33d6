"""Sea routes between ports: distances from a public table, so that nobody measures on a map."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files

from factors.numbers import decimal_text, parse_decimal
from factors.texts import LANGS, Lang, catalogue
from lca.inventory import Text

KILOMETRES = Fraction(1852, 1000)
"""In one nautical mile, exactly."""


@dataclass(frozen=True, slots=True)
class SeaRoute:
    """One way from port to port.

    Attributes
    ----------
    distance
        In km.
    name
        Ports and way, by language.
    source
        Title and locator of the table.
    status
        Whether the number was read in that table.
    """

    id: str
    distance: Fraction
    name: Text
    source: str
    status: str


@cache
def sea_routes() -> tuple[SeaRoute, ...]:
    """Return the routes that ship, in the order of the table."""
    table = tomllib.loads((files("lca") / "sea_routes.toml").read_text(encoding="utf-8"))
    told = table["source"]
    source = f"{told['title']} ({told['year']}); {told['locator']}"
    return tuple(
        SeaRoute(
            id=row["id"],
            distance=parse_decimal(row["nautical_miles"]) * KILOMETRES,
            name={lang: _name(row, lang) for lang in LANGS},
            source=f"{source} {row['from']['port']}-{row['to']['port']}",
            status=told["status"],
        )
        for row in table["route"]
    )


def sea_route(route: str) -> SeaRoute | None:
    """Return the route of an id."""
    return next((one for one in sea_routes() if one.id == route), None)


def _name(row: dict[str, dict[str, str]], lang: Lang) -> str:
    via = catalogue()["workbook_via"][str(row["via"])][lang]
    whole = decimal_text(Fraction(round(parse_decimal(str(row["nautical_miles"])) * KILOMETRES)))
    return f"{row['from'][lang]} → {row['to'][lang]}, {via}, {whole} km"
