"""Market rules: where a label may stand, and what it needs there; rules are data.

The rules stand in ``templates/markets.toml``. A market is chosen when a draft is submitted and is
part of the body that people approve.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from factors.errors import FindingsError
from factors.findings import Where, finding

USUAL = "cn"


@dataclass(frozen=True, slots=True)
class Market:
    """Rules of one market.

    Attributes
    ----------
    id
        ``cn``, ``eu-b2b``, ``eu-consumer``, ``other``.
    name
        Name in zh and en.
    label_needs
        Kind of approval the issuer must hold before a label may be printed; empty for none.
    basis
        The law or practice behind the rule, in zh and en.
    """

    id: str
    name: Mapping[str, str]
    label_needs: str
    basis: Mapping[str, str]


@cache
def markets() -> Mapping[str, Market]:
    """Return every market by its id."""
    data = tomllib.loads((files("templates") / "markets.toml").read_text(encoding="utf-8"))
    return {
        name: Market(name, rules["name"], rules["label_needs"], rules["basis"])
        for name, rules in data.items()
    }


def known_market(name: str) -> Market:
    """Return the market of this id; the usual one for an empty id.

    Raises
    ------
    FindingsError
        MARKET-UNKNOWN.
    """
    found = markets().get(name or USUAL)
    if found is None:
        known = ", ".join(markets())
        raise FindingsError(
            finding("MARKET-UNKNOWN", Where(path="market"), market=name, known=known)
        )
    return found


def market_of(body: Mapping[str, Any]) -> Market:
    """Return the market a body was approved for."""
    return known_market(str(body.get("market", USUAL)))


def label_permitted(body: Mapping[str, Any], market: Market) -> bool:
    """Whether a label of this body may be printed for a market.

    The issuer's profile in the body is the scheme record: an approval of the kind that the market
    asks for, in force on the day of issue, states how the scheme meets the rule.
    """
    if not market.label_needs:
        return True
    return held(body, market.label_needs)


def held(body: Mapping[str, Any], kind: str) -> bool:
    """Whether the issuer holds an approval of a kind on the day of issue."""
    day = str(body["validity"]["from"])
    return any(
        entry["kind"] == kind and str(entry["expires"])[:10] >= day
        for entry in body["issuer"]["approvals"]
    )


def check_label(body: Mapping[str, Any], name: str = "") -> None:
    """Refuse label artwork for a market that does not permit it.

    Parameters
    ----------
    body
        A body as plain data.
    name
        Another market than the body's, to which artwork is to go.

    Raises
    ------
    FindingsError
        MARKET-UNKNOWN, MARKET-NO-LABEL.
    """
    wanted = {market.id: market for market in (market_of(body), known_market(name or USUAL))}
    refused = [
        finding("MARKET-NO-LABEL", Where(path="market"), market=market.id, needs=market.label_needs)
        for market in wanted.values()
        if not label_permitted(body, market)
    ]
    if refused:
        raise FindingsError.of(refused)
