"""Straight into a Brightway project, and out of one. Importing this module imports ``bw2data``.

``bw2data`` makes folders and a database in the user's home when it is imported, so nothing of the
toolkit imports this module unless a Brightway project was asked for by name. It honours
``BRIGHTWAY2_DIR``, never writes to the project ``default``, never overwrites a database and never
touches a project of Brightway 2, whose format writing would change. What it wrote is scored by
Brightway itself and taken back when that is not our figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import bw2calc
import bw2data
import numpy as np
from scipy.sparse import coo_array

from factors.errors import FindingsError, SolveError
from factors.findings import Finding, finding
from factors.texts import Lang
from lca.compiled import Triplets
from lca.exchange.background import Activity, Background, ElementaryFlow
from lca.exchange.brightway_data import (
    database_name,
    datasets,
    demand_key,
    key_of,
    method_name,
    method_rows,
)
from lca.exchange.linking import BACKGROUND, Link
from lca.exchange.network import Network

LIMIT = 1e-6
"""Largest gap to the figure of record; Brightway stores amounts as float32 (3e-8 on its own)."""

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Written:
    """What was put into a project.

    Attributes
    ----------
    scores
        Brightway's result of one declared unit by total, kg CO2e, of the flows that are ours.
    gap
        Largest relative difference to the totals of record; None where other activities stand for
        some of our factors, so that the result is meant to differ.
    """

    project: str
    database: str
    methods: tuple[tuple[str, ...], ...]
    scores: Mapping[str, float]
    gap: float | None


def write_project(made: Network, project: str, lang: Lang) -> Written:
    """Write a network and its two methods into a project.

    Parameters
    ----------
    project
        Name of the project; made where there is none.
    lang
        Language of names.

    Raises
    ------
    FindingsError
        BRIGHTWAY-PROJECT, BRIGHTWAY-LEGACY, BRIGHTWAY-EXISTS, BRIGHTWAY-SUPPLIER.
    SolveError
        BRIGHTWAY-SCORE, with nothing left behind.
    """
    _enter(project)
    database = database_name(made)
    if database in bw2data.databases:
        raise FindingsError(finding("BRIGHTWAY-EXISTS", project=project, database=database))
    missing = tuple(_missing(made, project))
    if missing:
        raise FindingsError(*missing)
    rows = {(one["database"], one["code"]): dict(one) for one in datasets(made, database, lang)}
    bw2data.Database(database).write(rows)
    # A method without a single flow, where everything is linked away, is none.
    methods = {
        total: method_name(made, total) for total in made.weights if any(method_rows(made, total))
    }
    for total, name in methods.items():
        method = bw2data.Method(name)
        method.register(unit="kg CO2-eq")
        method.write([(key_of(node, database), w) for node, w in method_rows(made, total)])
    scores = {total: _score(database, name) for total, name in methods.items()}
    gap = None if made.of_kind(BACKGROUND) else _gap(made, scores)
    if gap is not None and not gap <= LIMIT:
        _take_back(database, methods.values())
        raise _refusal(made, scores, gap)
    return Written(project, database, tuple(methods.values()), scores, gap)


def read_background(project: str, links: Sequence[Link]) -> Background:
    """Return the matrices behind some activities of a project.

    Parameters
    ----------
    links
        The activities, by database and code.

    Raises
    ------
    FindingsError
        BRIGHTWAY-PROJECT, BRIGHTWAY-LEGACY, BRIGHTWAY-SUPPLIER, BACKGROUND-SHAPE.
    """
    _enter(project)
    lost = [
        _supplier(project, one.database, one.code)
        for one in links
        if not _holds(one.database, one.code)
    ]
    if lost:
        raise FindingsError(*lost)
    nodes = [bw2data.get_node(database=one.database, code=one.code) for one in links]
    demand, packages, _ = bw2data.prepare_lca_inputs(dict.fromkeys(nodes, 1))
    lca = bw2calc.LCA(demand, data_objs=packages)
    lca.load_lci_data()
    return _background(lca, links, [node.id for node in nodes])


def _background(lca: bw2calc.LCA, links: Sequence[Link], ids: Sequence[int]) -> Background:
    """Return the matrices with row i being what column i gives."""
    columns = dict(lca.dicts.activity.items())
    products = dict(lca.dicts.product.items())
    if set(columns) != set(products):
        differ = len(set(columns) ^ set(products))
        told = {"database": links[0].database, "count": differ}
        raise FindingsError(finding("BACKGROUND-SHAPE", **told))
    order = sorted(columns)
    technosphere = lca.technosphere_matrix.tocsr()[[products[one] for one in order]]
    technosphere = technosphere.tocsc()[:, [columns[one] for one in order]]
    biosphere = lca.biosphere_matrix.tocsc()[:, [columns[one] for one in order]]
    rows = sorted(lca.dicts.biosphere, key=lambda one: lca.dicts.biosphere[one])
    place = {index: at for at, index in enumerate(order)}
    return Background(
        technosphere=_triplets(technosphere),
        biosphere=_triplets(biosphere),
        size=len(order),
        flows=tuple(_flow(bw2data.get_node(id=index)) for index in rows),
        activities=tuple(
            _activity(bw2data.get_node(id=index), link, place[index])
            for index, link in zip(ids, links, strict=True)
        ),
    )


def _triplets(matrix: Any) -> Triplets:
    places = coo_array(matrix)
    places.sum_duplicates()
    return Triplets(
        places.row.astype(np.int64), places.col.astype(np.int64), places.data.astype(np.float64)
    )


def _flow(node: Mapping[str, Any]) -> ElementaryFlow:
    return ElementaryFlow(str(node["name"]), tuple(node.get("categories") or ()))


def _activity(node: Mapping[str, Any], link: Link, column: int) -> Activity:
    return Activity(link, column, str(node["name"]), str(node.get("location") or ""))


def _enter(project: str) -> None:
    """Go into a project, made where there is none; the user's old ones stay as they are."""
    if not project.strip() or project == DEFAULT:
        raise FindingsError(finding("BRIGHTWAY-PROJECT", project=project))
    known = project in bw2data.projects
    bw2data.projects.set_current(project, update=False)
    if known and not bw2data.projects.twofive:
        raise FindingsError(finding("BRIGHTWAY-LEGACY", project=project))


def _missing(made: Network, project: str) -> Iterator[Finding]:
    """Yield the activities of other databases that the project does not hold."""
    for node in made.of_kind(BACKGROUND):
        database, code = key_of(node, "")
        if not _holds(database, code):
            yield _supplier(project, database, code)


def _holds(database: str, code: str) -> bool:
    if database not in bw2data.databases:
        return False
    try:
        bw2data.get_node(database=database, code=code)
    except bw2data.errors.UnknownObject:
        return False
    return True


def _supplier(project: str, database: str, code: str) -> Finding:
    return finding("BRIGHTWAY-SUPPLIER", project=project, database=database, code=code)


def _score(database: str, method: tuple[str, ...]) -> float:
    name, code = demand_key(database)
    node = bw2data.get_node(database=name, code=code)
    demand, packages, _ = bw2data.prepare_lca_inputs({node: 1}, method=method)
    lca = bw2calc.LCA(demand, data_objs=packages)
    lca.lci()
    lca.lcia()
    return float(lca.score)


def _gap(made: Network, scores: Mapping[str, float]) -> float:
    size = max(map(abs, made.figures.values())) or 1.0
    return max(abs(scores[total] - value) for total, value in made.figures.items()) / size


def _take_back(database: str, methods: Sequence[tuple[str, ...]] | Any) -> None:
    for name in methods:
        bw2data.Method(name).deregister()
    del bw2data.databases[database]


def _refusal(made: Network, scores: Mapping[str, float], gap: float) -> SolveError:
    total = max(made.figures, key=lambda one: abs(scores[one] - made.figures[one]))
    told = {"saw": f"{scores[total]:.9g}", "record": f"{made.figures[total]:.9g}"}
    return SolveError(finding("BRIGHTWAY-SCORE", **told, gap=f"{gap:.1E}", limit=f"{LIMIT:.0E}"))
