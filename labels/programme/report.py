"""The programme's report as data: counts, quality and dates, and no figure of few firms.

What stands here may be published: no enterprise is named, and every figure over enterprises is one
that :mod:`labels.programme.figures` lets through, the totals of earlier reports in mind. Counts of
enterprises, products, files and findings tell how far the programme is and always stand here.
Footprints are neither ranked nor added.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from factors.factor import EmissionFactor
from factors.store import load
from labels.programme.calendar import KINDS, Date, dates
from labels.programme.figures import (
    BEYOND,
    DONE,
    ELECTRICITY,
    OPEN,
    QUALITY,
    WHOLE,
    Figures,
    computed,
    figures,
    known,
    moved,
    names_of,
)
from labels.programme.forecast import Forecast, forecast
from labels.programme.pipeline import REACHED, Pipeline
from labels.programme.suppress import firms
from lca.co_pollutants import PRINCIPAL
from lca.export_groups import Group

SCHEMA = "carbonlabel-programme-report/1"
AHEAD = (90, 180, 365)
"""Days ahead of the forecasts."""
SOON = 90


def report(made: Pipeline, told: Figures | None = None) -> dict[str, Any]:
    """Return the document ``carbonlabel-programme-report/1``.

    Parameters
    ----------
    told
        Its figures over firms, where earlier reports must be thought of; worked out by default.
    """
    shown = told or figures(made)
    settings = made.found.settings
    return {
        "schema": SCHEMA,
        "name": settings.name,
        "sample": settings.sample,
        "day": made.day.isoformat(),
        "goal": {"low": settings.goal[0], "high": settings.goal[1]},
        "fewest": settings.fewest,
        "certified": len(made.certified),
        "enterprises": len(made.standings),
        "products": len(made.products),
        "reached": {str(step): _reached(made, step) for step in REACHED},
        "steps": dict(Counter(str(one.step) for one in made.standings)),
        "cumulative": _cumulative(made),
        "forecast": [_ahead(one) for one in _forecasts(made)],
        "groups_source": dict(made.found.ranking.source) or None,
        "groups": [_group(made, group) for group in made.found.ranking.groups],
        "calendar": _calendar(dates(made), made.day),
        "quality": _quality(made, shown),
        "changed": _changed(made, shown),
        "hot_spots": _hot_spots(made, shown),
        "dependencies": _dependencies(shown),
        "co_pollutants": _co_pollutants(made, shown),
        "electricity": _electricity(made, shown),
    }


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
        low = made.found.settings.goal[0]
        found = forecast(_first_days(made), began, made.day, ahead, waiting, low)
        if found is not None:
            yield found


def _ahead(one: Forecast) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "low": one.low,
        "middle": one.middle,
        "high": one.high,
        "chance": f"{one.chance:.2f}",
    }


def _group(made: Pipeline, group: Group) -> dict[str, Any]:
    mine = [one for one in made.standings if group.id in one.groups]
    done = sum(one.in_force for one in mine)
    return {
        "id": group.id,
        "name": dict(group.name),
        "models": list(group.models),
        "certified": done,
        "in_work": len(mine) - done,
    }


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


# --- figures over firms ---------------------------------------------------------------------------


def _quality(made: Pipeline, shown: Figures) -> dict[str, Any]:
    documents = [document for _, _, document in computed(made)]
    grades = Counter(document["grade"]["value"] for document in documents)
    primary, proxy, recalled = (shown.share(f"quality/{key}", len(documents)) for key in QUALITY)
    return {
        "products": len(documents),
        "primary_share": primary,
        "proxy_share": proxy,
        "recalled_share": recalled,
        "certifiable": grades.get("certifiable", 0),
        "open_cases": sum(not work.closed for work in made.works),
        "open_findings": sum(work.open_findings for work in made.works),
        "faulty_files": sum(not one.computed for product in made.products
                            for one in product.results),
    }  # fmt: skip


def _changed(made: Pipeline, shown: Figures) -> dict[str, int | None]:
    """Return how many certified products were computed again, and how many moved too far."""
    compared = sum(moved(product) is not None for product in made.products)
    beyond = shown.sum(BEYOND)
    none = None if compared else 0
    return {"compared": compared, "beyond": none if beyond is None else round(beyond)}


def _hot_spots(made: Pipeline, shown: Figures) -> list[dict[str, Any]]:
    """Return what is among the three heaviest lines of products of enough enterprises."""
    names = names_of(made)
    rows = shown.rows("hot_spots", shown.hot_spots)
    return [{"name": dict(names[row.pop("id")]), **row} for row in rows]


def _dependencies(shown: Figures) -> list[dict[str, Any]]:
    """Return the rows of the library that most rests on; suppliers' own figures as one.

    Names are those of the shipped library: a private one stays the firm's.
    """
    known = load().factors
    rows = shown.rows("dependencies", shown.dependencies)
    return [{**row, **_named(known.get(str(row["id"])))} for row in rows]


def _named(factor: EmissionFactor | None) -> dict[str, Any]:
    names = factor and {"zh": factor.activity_zh, "en": factor.activity_en}
    return {"name": names} if names else {}


def _co_pollutants(made: Pipeline, shown: Figures) -> list[dict[str, Any]]:
    """Return how much of the figures stands behind what is known of each pollutant."""
    members = tuple(computed(made))
    rows = []
    for name in PRINCIPAL:
        count = len(tuple(known(members, name)))
        share = shown.share(f"co_pollutants/{name}", count)
        rows.append({"name": name, "products": count, "of": len(members), "share": share})
    return rows


def _electricity(made: Pipeline, shown: Figures) -> dict[str, Any]:
    """Return the electricity of the works by export group, as far as it may be published."""
    there = {name.split("/")[1] for name in shown.totals if name.startswith(f"{ELECTRICITY}/")}
    order = [*(one for one in made.found.ranking.ids if one in there), *([WHOLE] if there else [])]
    columns = (OPEN, DONE, WHOLE)
    rows = [{"group": row, "values": [_cell(shown, row, column) for column in columns]}
            for row in order]  # fmt: skip
    return {"unit": "MWh", "columns": list(columns), "rows": rows}


def _cell(shown: Figures, row: str, column: str) -> dict[str, Any]:
    """Return the firms of a cell and its amount; None where it is left out."""
    name = f"{ELECTRICITY}/{row}/{column}"
    amount = shown.sum(name)
    if name not in shown.totals:
        return {"firms": 0, "amount": "0"}
    told = None if amount is None else f"{amount / 1000:.0f}"
    return {"firms": len(firms(shown.totals[name])), "amount": told}
