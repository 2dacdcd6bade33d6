"""The programme's report as data: counts, quality and dates, and no figure of few firms.

What stands here may be published: no enterprise is named, and every amount that is added over
enterprises went through :mod:`labels.programme.suppress`. Footprints are neither ranked nor added.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from factors.texts import LANGS
from labels.programme.calendar import KINDS, Date, dates
from labels.programme.forecast import Forecast, forecast
from labels.programme.pipeline import REACHED, Pipeline, Product, Standing
from labels.programme.suppress import Contribution, Table, publishable
from lca import ruleset
from lca.co_pollutants import PRINCIPAL
from lca.export_groups import groups
from lca.inventory import GATE

SCHEMA = "carbonlabel-programme-report/1"
AHEAD = (90, 180, 365)
"""Days ahead of the forecasts."""
SOON = 90
TOP, MOST_ROWS = 3, 12
DONE, OPEN = "certified", "in-work"
ELECTRICITY = "electricity"


def report(made: Pipeline) -> dict[str, Any]:
    """Return the document ``carbonlabel-programme-report/1``."""
    told = made.found.settings
    return {
        "schema": SCHEMA,
        "name": told.name,
        "sample": told.sample,
        "day": made.day.isoformat(),
        "goal": {"low": told.goal[0], "high": told.goal[1]},
        "fewest": told.fewest,
        "certified": len(made.certified),
        "enterprises": len(made.standings),
        "products": len(made.products),
        "reached": {str(step): _reached(made, step) for step in REACHED},
        "steps": dict(Counter(str(one.step) for one in made.standings)),
        "cumulative": _cumulative(made),
        "forecast": [_ahead(one) for one in _forecasts(made)],
        "groups": [_group(made, group.id, group.name) for group in groups()],
        "calendar": _calendar(dates(made), made.day),
        "quality": _quality(made),
        "changed": _changed(made),
        "hot_spots": _hot_spots(made),
        "dependencies": _dependencies(made),
        "co_pollutants": _co_pollutants(made),
        "electricity": _electricity(made),
    }


def computed(made: Pipeline) -> Iterator[tuple[Standing, Product, Mapping[str, Any]]]:
    """Yield every product with a footprint, and whose it is."""
    for one in made.standings:
        for product in one.products:
            if product.footprint is not None:
                yield one, product, product.footprint


# --- counts ---------------------------------------------------------------------------------------


def _reached(made: Pipeline, step: str) -> int:
    return sum(step in one.reached for one in made.standings)


def _first_days(made: Pipeline) -> list[dt.date]:
    """Return the day of the first certificate of every enterprise that has one in force."""
    return sorted(one.certified_since for one in made.certified if one.certified_since)


def _cumulative(made: Pipeline) -> list[dict[str, Any]]:
    """Return how many were certified at the end of each of the last twelve months, and today."""
    days = _first_days(made)
    ends = [_months_back(made.day, back) for back in range(11, 0, -1)]
    return [
        {"day": end.isoformat(), "count": sum(day <= end for day in days)}
        for end in (*ends, made.day)
    ]


def _months_back(day: dt.date, back: int) -> dt.date:
    """Return the last day of the month that lies so many months back."""
    year, month = divmod(day.year * 12 + day.month - back, 12)
    return dt.date(year, month + 1, 1) - dt.timedelta(days=1)


def _forecasts(made: Pipeline) -> Iterator[Forecast]:
    forms = [one.enterprise.application for one in made.standings]
    began = min((form.applied for form in forms if form), default=made.day)
    waiting = len(made.standings) - len(made.certified)
    for ahead in AHEAD:
        found = forecast(_first_days(made), began, made.day, ahead, waiting)
        if found is not None:
            yield found


def _ahead(one: Forecast) -> dict[str, Any]:
    return {"day": one.day.isoformat(), "low": one.low, "middle": one.middle, "high": one.high}


def _group(made: Pipeline, group: str, name: Mapping[str, str]) -> dict[str, Any]:
    mine = [one for one in made.standings if group in one.groups]
    done = sum(one.in_force for one in mine)
    return {"id": group, "name": dict(name), "certified": done, "in_work": len(mine) - done}


def _calendar(found: Sequence[Date], day: dt.date) -> dict[str, Any]:
    """Return by kind how much is due soon and when the first of it; and by month, for a year."""
    limit = day + dt.timedelta(days=SOON)
    soon = {}
    for kind in KINDS:
        due = [one.day for one in found if one.kind == kind and one.day <= limit]
        soon[kind] = {"count": len(due), "first": min(due).isoformat() if due else None}
    months = Counter((one.day.isoformat()[:7], one.kind) for one in found)
    rows = [{"month": month, "kind": kind, "count": count}
            for (month, kind), count in sorted(months.items())]  # fmt: skip
    return {"soon": soon, "months": rows}


# --- quality --------------------------------------------------------------------------------------


def _quality(made: Pipeline) -> dict[str, Any]:
    documents = [document for _, _, document in computed(made)]
    grades = Counter(document["grade"]["value"] for document in documents)
    return {
        "products": len(documents),
        "primary_share": _median(made, "primary_activity_share"),
        "proxy_share": _median(made, "proxy_share"),
        "recalled_share": _median(made, "recalled_share"),
        "certifiable": grades.get("certifiable", 0),
        "open_cases": sum(not work.closed for work in made.works),
        "open_findings": sum(work.open_findings for work in made.works),
        "faulty_files": sum(not one.computed for product in made.products
                            for one in product.results),
    }  # fmt: skip


def _median(made: Pipeline, key: str) -> str | None:
    """Return the median over products; None where fewer firms stand behind it than must."""
    found = [(one.enterprise.slug, Decimal(document["data_quality"][key]))
             for one, _, document in computed(made)]  # fmt: skip
    return _middle(found, made.found.settings.fewest)


def _middle(found: Sequence[tuple[str, Decimal]], fewest: int) -> str | None:
    """Return a median that is no firm's own value, in whole per cent."""
    if len({firm for firm, _ in found}) < fewest:
        return None
    return f"{round(median(value for _, value in found), 2):f}"


def _changed(made: Pipeline) -> dict[str, int]:
    """Return how many certified products were computed again, and how many moved too far."""
    pairs = [pair for product in made.products if (pair := moved(product)) is not None]
    return {"compared": len(pairs), "beyond": sum(abs(move) > limit for move, limit in pairs)}


def moved(product: Product) -> tuple[float, float] | None:
    """Return how far the gate figure is from the certificate's, and how far it may be."""
    fresh = next((made.footprint for made in product.results if made.computed), None)
    if fresh is None or product.record is None or not product.record.in_force:
        return None
    old, new = (_gate(document) for document in (product.record.footprint, fresh))
    limit = ruleset.load(str(fresh["ruleset"]["id"])).change_threshold
    return (new / old - 1 if old else 0.0), float(limit)


def _gate(document: Mapping[str, Any]) -> float:
    return float(document["figures"][GATE]["excluding_biogenic_co2"])


# --- what the figures rest on ---------------------------------------------------------------------


def _counted(document: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], float]]:
    """Return the lines that count, with their shares of the absolute result, heaviest first."""
    approach = document["electricity"]["approach"]
    lines = [line for line in document["lines"] if line["basis"] in ("both", approach)]
    whole = sum(abs(float(line["value"])) for line in lines) or 1.0
    shares = [(line, abs(float(line["value"])) / whole) for line in lines]
    return sorted(shares, key=lambda pair: -pair[1])


def _hot_spots(made: Pipeline) -> list[dict[str, Any]]:
    """Return what is among the three heaviest lines of products of enough enterprises."""
    found: dict[str, list[tuple[str, Decimal]]] = {}
    names: dict[str, Mapping[str, str]] = {}
    for one, _, document in computed(made):
        for line, share in _counted(document)[:TOP]:
            found.setdefault(line["flow"], []).append((one.enterprise.slug, Decimal(share)))
            told = names.setdefault(line["flow"], line["name"])
            if told != line["name"]:
                names[line["flow"]] = dict.fromkeys(LANGS, line["flow"])
    return list(_ranked(found, made.found.settings.fewest, lambda key: {"name": dict(names[key])}))


def _dependencies(made: Pipeline) -> list[dict[str, Any]]:
    """Return the rows of the library that most rests on; suppliers' own figures as one."""
    found: dict[str, list[tuple[str, Decimal]]] = {}
    for one, _, document in computed(made):
        shares: Counter[str] = Counter()
        for line, share in _counted(document):
            shares[_source(line)] += share  # type: ignore[assignment]
        for source, share in shares.items():
            if source:
                found.setdefault(source, []).append((one.enterprise.slug, Decimal(share)))
    return list(_ranked(found, made.found.settings.fewest, lambda key: {"id": key}))


SUPPLIERS = "supplier"


def _source(line: Mapping[str, Any]) -> str:
    factor = line.get("factor") or {}
    own = str(line.get("factor_kind") or "").startswith(SUPPLIERS)
    return SUPPLIERS if own else str(factor.get("id", ""))


def _ranked(
    found: Mapping[str, Sequence[tuple[str, Decimal]]],
    fewest: int,
    told: Callable[[str], dict[str, Any]],
) -> Iterator[dict[str, Any]]:
    """Yield what enough enterprises share, the weightiest for the most of them first."""
    rows = []
    for key, several in found.items():
        middle = _middle(several, fewest)
        if middle is not None:
            firms = len({firm for firm, _ in several})
            rows.append((-firms * Decimal(middle), -firms, key, len(several), middle))
    for _, firms, key, products, middle in sorted(rows)[:MOST_ROWS]:
        yield {**told(key), "enterprises": -firms, "products": products, "share": middle}


def _co_pollutants(made: Pipeline) -> list[dict[str, Any]]:
    """Return how much of the figures stands behind what is known of each pollutant."""
    rows = []
    for name in PRINCIPAL:
        told = [(one.enterprise.slug, document["co_pollutants"].get(name) or {})
                for one, _, document in computed(made)]  # fmt: skip
        known = [(firm, Decimal(entry["stated_by"]["figure"])) for firm, entry in told
                 if entry.get("amount") is not None]  # fmt: skip
        share = _middle(known, made.found.settings.fewest)
        rows.append({"name": name, "products": len(known), "of": len(told), "share": share})
    return rows


# --- a sum over enterprises -----------------------------------------------------------------------


def _electricity(made: Pipeline) -> dict[str, Any]:
    """Return the electricity of the works by export group, as far as it may be published."""
    table = Table.of(_metered(made))
    kept = publishable(table, made.found.settings.fewest) if table.atoms else {}
    rows = sorted({row for row, _ in table.totals}, key=_last)
    return {
        "unit": "MWh",
        "columns": [OPEN, DONE, ""],
        "rows": [
            {
                "group": row,
                "values": [_cell(table, kept, (row, column)) for column in (OPEN, DONE, "")],
            }
            for row in rows
        ],
    }


def _last(row: str) -> tuple[bool, str]:
    return not row, row


def _cell(
    table: Table, kept: Mapping[tuple[str, str], float], cell: tuple[str, str]
) -> dict[str, Any]:
    """Return the firms of a cell and its amount; None where it is left out."""
    atoms = table.totals.get(cell, ())
    firms = len(table.firms(atoms))
    amount = f"{kept[cell] / 1000:.0f}" if cell in kept else ("0" if not atoms else None)
    return {"firms": firms, "amount": amount}


def _metered(made: Pipeline) -> Iterable[Contribution]:
    """Yield the kWh of every works, once for all products made in it."""
    for one in made.standings:
        works: dict[str, tuple[str, float]] = {}
        for product in one.products:
            for result in product.results:
                if result.computed:
                    name, amount = _works(result.ledger)
                    group = product.group or "any"
                    works[name] = max(works.get(name, (group, 0.0)), (group, amount),
                                      key=lambda pair: pair[1])  # fmt: skip
        for group, amount in works.values():
            yield Contribution(one.enterprise.slug, group, DONE if one.in_force else OPEN, amount)


def _works(ledger: Mapping[str, Any]) -> tuple[str, float]:
    """Return the name of the works of a ledger and what electricity it used."""
    name = " ".join(str(site["name"]["zh"]) for site in ledger.get("sites", ()))
    used = [float(row["consumed"]) for row in ledger.get("accounts", ())
            if row["id"] == ELECTRICITY and row["unit"] == "kWh"]  # fmt: skip
    return name, sum(used)
