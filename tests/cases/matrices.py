"""Matrices: A s = f, g = B s, h = CF g, as a system with flows and indicators of its own.

Rows of A are products, columns are processes, outputs positive. A process of a system file has one
reference output, so each column is given one row: a matching of rows and columns on entries that
are not zero, on positive ones where that can be, with the largest product of entries. Which output
is the reference does not touch the solution. A row that only a negative entry can carry is waste:
its sign is turned, and treating it becomes a service that is asked for. A positive entry beside
the reference replaces the process that is matched to its row, which is what A^-1 f means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from factors.errors import SolveError
from factors.findings import finding
from factors.store import load as load_factors
from lca.indicators import Score, compute
from lca.system_file import read
from tests.cases.answer import Answer, Vector
from tests.cases.case import Case, Unsupported

Matrix = NDArray[np.float64]

DEMAND = "demand"
UNIT = "item"
PROSE = ("id", "title", "source", "notes", "formula")
STORED = re.compile(r"\S+\.npz")
SMALLEST = 1e-30
"""A system file holds no smaller number."""

DETOUR = 1e5
"""What a negative entry costs in the matching: more than any product of positive ones gains."""


@dataclass(frozen=True, slots=True)
class Arrays:
    """The arrays of a case: ``cf`` has one row per indicator, ``columns`` are names."""

    a: Matrix
    b: Matrix
    f: Matrix
    cf: Matrix
    columns: tuple[str, ...]
    indicators: tuple[str, ...]


def answer(case: Case) -> Answer:
    """Return the indicator results of a matrix.

    Raises
    ------
    Unsupported
        When the case does not hold the arrays.
    CarbonLabelError
        Where the product refuses the system.
    """
    arrays = read_arrays(case)
    doc, notes = document(case, arrays)
    scores = compute(read(doc), load_factors()).scores
    return Answer(
        total=tuple(Fraction(score.total) for score in scores),
        stages={
            name: _contribution(scores, [i for i, n in enumerate(arrays.columns) if n == name])
            for name in arrays.columns
        },
        names=arrays.indicators,
        complete=False,
        notes=notes,
    )


def _contribution(scores: Sequence[Score], columns: Sequence[int]) -> Vector:
    """Return what the columns of one name contribute; those never reached do not run."""
    return tuple(
        sum((Fraction(score.stages.get(_process(column), 0.0)) for column in columns), Fraction(0))
        for score in scores
    )


def read_arrays(case: Case) -> Arrays:
    """Return the arrays of a case, from its parameters and from every ``.npz`` they name."""
    held = dict(case.part("parameters"))
    for name in _stored_in({key: x for key, x in case.data.items() if key not in PROSE}):
        held |= _stored(case, name)
    a, b = _array(held, "A", 2), np.atleast_2d(_array(held, "B", 1, 2))
    f = _array(held, "f", 1, 2).ravel()
    first = np.eye(1, b.shape[0])
    cf = np.atleast_2d(_array(held, "CF", 1, 2)) if held.get("CF") is not None else first
    if a.shape[0] != a.shape[1]:
        raise SolveError(finding("ENGINE-NOT-SQUARE", columns=a.shape[1], rows=a.shape[0]))
    if b.shape[1] != a.shape[1] or f.size != a.shape[0] or cf.shape[1] != b.shape[0]:
        shapes = f"A {a.shape}, B {b.shape}, f {f.shape}, CF {cf.shape}"
        raise Unsupported(f"the arrays do not fit together: {shapes}")
    return Arrays(a, b, f, cf, _names(held, "columns", a), _names(held, "rows_CF", cf.T))


def _stored_in(value: Any) -> Iterator[str]:
    """Yield the names of array files, wherever a case names them."""
    if isinstance(value, str) and STORED.fullmatch(value):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _stored_in(inner)


def _stored(case: Case, name: str) -> dict[str, Any]:
    """Return the arrays of a file beside the case."""
    try:
        with np.load(case.folder / name, allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}
    except (OSError, EOFError, ValueError, TypeError, BadZipFile) as error:
        raise Unsupported(f"{name} cannot be read: {error}") from None


def _array(held: Mapping[str, Any], key: str, *dimensions: int) -> Matrix:
    """Return one array as float64."""
    if held.get(key) is None:
        raise Unsupported(f"the array {key} is not there")
    try:
        array = np.asarray(held[key]).astype(np.float64)
    except (TypeError, ValueError):
        raise Unsupported(f"{key} is no array of numbers") from None
    if array.ndim not in dimensions or not array.size or not np.isfinite(array).all():
        raise Unsupported(f"{key} is no array of {dimensions} dimensions of finite numbers")
    return array


def _names(held: Mapping[str, Any], key: str, array: Matrix) -> tuple[str, ...]:
    """Return the names of the columns of an array, where there is one for each."""
    given = held.get(key)
    names = tuple(map(str, given)) if isinstance(given, list | np.ndarray) else ()
    return names if len(names) == array.shape[1] else ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The equations with one process per product.

    Attributes
    ----------
    entries, demand
        A and f, rows of waste with their sign turned.
    row_of, column_of
        The row whose product a column puts out, and back.
    reached
        Columns that the demand reaches.
    """

    entries: Matrix
    demand: Matrix
    row_of: NDArray[np.int64]
    column_of: NDArray[np.int64]
    reached: tuple[int, ...]


def lay_out(a: Matrix, f: Matrix) -> Layout:
    """Give every column its product.

    Raises
    ------
    SolveError
        ENGINE-SINGULAR, when no assignment of products to processes exists.
    """
    size = np.abs(a)
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = -np.log(size / size.max())
    cost[a < 0] += DETOUR
    try:
        rows, columns = linear_sum_assignment(cost)
    except ValueError:
        producer = maximum_bipartite_matching(csr_array(a != 0), perm_type="row")
        idle = ", ".join(_process(column) for column in np.flatnonzero(producer < 0).tolist())
        raise SolveError(finding("ENGINE-SINGULAR", processes=idle)) from None
    column_of = columns.astype(np.int64)
    sign = np.sign(a[rows, columns])
    entries = a * sign[:, np.newaxis]
    row_of = np.argsort(column_of)
    return Layout(entries, f * sign, row_of, column_of, _reached(entries, f, column_of))


def _reached(entries: Matrix, f: Matrix, column_of: NDArray[np.int64]) -> tuple[int, ...]:
    """Return the columns whose products the demand needs, directly or not."""
    queue = column_of[np.flatnonzero(f)].tolist()
    found = set(queue)
    while queue:
        for column in column_of[np.flatnonzero(entries[:, queue.pop()])].tolist():
            if column not in found:
                found.add(column)
                queue.append(column)
    return tuple(sorted(found))


def document(case: Case, arrays: Arrays) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the system file of a matrix and what had to be left out of it."""
    layout = lay_out(arrays.a, arrays.f)
    names = dict(enumerate(arrays.columns))
    stages = [(DEMAND, DEMAND), *((_process(c), names.get(c, "")) for c in layout.reached)]
    doc = {
        "schema": "carbonlabel-system/1",
        "product": {"id": "case", "name": _both(case.id)},
        "declared_unit": {"amount": "1", "unit": UNIT},
        "stages": [{"id": key, "name": _both(name), "side": "gate"} for key, name in stages],
        "reference": {"process": DEMAND, "amount": "1", "unit": UNIT},
        "processes": [_demand(), *(_outputs(layout, column) for column in layout.reached)],
        "exchanges": _links(layout) + _emissions(layout, arrays.b),
        "flows": [{"id": _flow(row), "unit": UNIT} for row in range(arrays.b.shape[0])],
        "indicators": [_indicator(number, row, case.unit) for number, row in enumerate(arrays.cf)],
    }
    left_out = sum(_tiny(array) for array in (arrays.a, arrays.b, arrays.f, arrays.cf))
    note = f"{left_out} entries below {SMALLEST:.0e} are taken as zero"
    return doc, (note,) if left_out else ()


def _tiny(array: Matrix) -> int:
    return int(((array != 0) & (np.abs(array) < SMALLEST)).sum())


def _entries(vector: Matrix) -> list[tuple[int, float]]:
    """Return the places of a vector that a system file can hold, with their numbers."""
    places = np.flatnonzero(np.abs(vector) >= SMALLEST)
    return list(zip(places.tolist(), vector[places].tolist(), strict=True))


def _demand() -> dict[str, Any]:
    return {"id": DEMAND, "outputs": [{"flow": DEMAND, "amount": "1", "unit": UNIT}]}


def _outputs(layout: Layout, column: int) -> dict[str, Any]:
    """Return a process: its reference output first, then what it puts out in others' stead."""
    mine = layout.row_of[column]
    given = dict(_entries(np.maximum(layout.entries[:, column], 0.0)))
    reference = {"flow": f"product-{mine}", "amount": repr(given.pop(mine, 0.0)), "unit": UNIT}
    others = [
        {
            "flow": f"product-{row}",
            "amount": repr(amount),
            "unit": UNIT,
            "role": "substitute",
            "replaces": _process(layout.column_of[row]),
        }
        for row, amount in given.items()
    ]
    return {"id": _process(column), "outputs": [reference, *others]}


def _links(layout: Layout) -> list[dict[str, Any]]:
    """Return what the demand and every process take."""
    takers = [(_process(column), -layout.entries[:, column]) for column in layout.reached]
    takers = [(name, np.maximum(taken, 0.0)) for name, taken in takers]
    suppliers = [_process(column) for column in layout.column_of.tolist()]
    return [
        {
            "id": f"{taker}-{suppliers[row]}",
            "process": taker,
            "amount": repr(amount),
            "unit": UNIT,
            "from": {"process": suppliers[row]},
        }
        for taker, taken in [(DEMAND, layout.demand), *takers]
        for row, amount in _entries(taken)
    ]


def _emissions(layout: Layout, b: Matrix) -> list[dict[str, Any]]:
    """Return the elementary flows of every process, which is a stage of its own."""
    return [
        {
            "id": f"{_process(column)}-{_flow(row)}",
            "process": _process(column),
            "stage": _process(column),
            "amount": repr(amount),
            "unit": UNIT,
            "from": {"flow": _flow(row)},
        }
        for column in layout.reached
        for row, amount in _entries(b[:, column])
    ]


def _indicator(number: int, weights: Matrix, unit: str) -> dict[str, Any]:
    flows = {_flow(row): repr(weight) for row, weight in _entries(weights)}
    return {"id": f"indicator-{number}", "unit": unit, "flows": flows}


def _process(column: int) -> str:
    return f"p{column}"


def _flow(row: int) -> str:
    return f"own:b{row}"


def _both(words: str) -> dict[str, str]:
    """Return a text of the case, which has one language, as both."""
    return {"zh": words, "en": words}
