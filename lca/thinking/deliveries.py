"""Deliveries: distances that no lorry drives, seas that no lorry crosses, countries too near."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from factors.findings import Finding
from lca.submission import SupplierEntry
from lca.thinking.case import Case
from lca.thinking.sure import Sure, shown, thought

MOST = MappingProxyType({"truck": 5_000.0, "rail": 13_000.0, "ship": 25_000.0, "air": 20_000.0})
LEAST = MappingProxyType({"ship": 30.0, "rail": 30.0, "air": 200.0})
"""km; beyond these a distance is asked about."""

AMERICAS = ("US", "CA", "MX", "BR", "AR", "CL", "PE", "CO", "EC", "UY", "PY", "BO", "VE", "GT",
            "CR", "CU", "DO", "HN", "NI", "PA", "SV")  # fmt: skip
ISLANDS = ("JP", "GB", "IE", "IS", "AU", "NZ", "ID", "PH", "LK", "MG", "TW", "CY", "MT", "PG",
           "FJ", "KR", "SG")  # fmt: skip
"""Islands, and the Republic of Korea and Singapore, which no goods reach from abroad by lorry."""


WITHIN = 6_000.0
"""km; no way within one country is longer."""

ACROSS = 3_000.0
"""km by lorry from another country: mostly a sea or rail leg that was forgotten."""

NEAR = MappingProxyType(
    {
        "CN": ("AF", "BD", "BT", "HK", "IN", "JP", "KG", "KH", "KP", "KR", "KZ", "LA", "MM", "MN",
               "MO", "MY", "NP", "PH", "PK", "RU", "SG", "TH", "TJ", "TM", "TW", "UZ", "VN"),
    }
)  # fmt: skip
BEYOND = 1_500.0
"""km; what is not ``NEAR`` a country lies at least so far from it."""


def look(case: Case) -> Iterator[Finding]:
    """Look at every supplier."""
    home = {site.country[:2] for site in case.submission.sites if site.country}
    for entry in case.submission.suppliers:
        yield from _distance(entry, home)
        if home:
            yield from _sea(entry, home)


def _distance(entry: SupplierEntry, home: set[str]) -> Iterator[Finding]:
    told = entry.distance.number
    if told is None:
        return
    mode, distance = entry.mode, float(told)
    low, high = _limits(entry, home)
    if distance > high or distance < low or distance == 0:
        shape = {"name": entry.name, "mode": mode or "-", "distance": shown(distance)}
        sure = Sure.LIKELY if distance > 2 * high else Sure.LOOK
        yield thought("THINK-DISTANCE", entry.distance.where, sure, **shape)


def _limits(entry: SupplierEntry, home: set[str]) -> tuple[float, float]:
    """Return the least and the most km of a delivery by that mode from that country."""
    mode, there = entry.mode, entry.country[:2]
    low, high = LEAST.get(mode, 0.0), MOST.get(mode, MOST["ship"])
    if not there or not home:
        return low, high
    if there in home:
        return low, min(high, WITHIN)
    if all(there not in NEAR.get(here, {there}) for here in home):
        low = BEYOND
    return low, min(high, ACROSS) if mode == "truck" else high


def _sea(entry: SupplierEntry, home: set[str]) -> Iterator[Finding]:
    """A lorry or train from another land mass: the sea leg is missing."""
    there = entry.country[:2]
    if entry.mode not in ("truck", "rail") or not there or there in home:
        return
    if any(_mass(there) != _mass(here) for here in home):
        told = {"name": entry.name, "country": there, "mode": entry.mode}
        yield thought("THINK-SEA", entry.where, Sure.LIKELY, **told)


def _mass(country: str) -> str:
    """The land a country stands on: one for the Americas, each island its own, one for the rest."""
    if country in AMERICAS:
        return "americas"
    return country if country in ISLANDS else "old-world"
