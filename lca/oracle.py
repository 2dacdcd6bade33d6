"""The cross-check: the same result by walking the graph, in plain Python.

It shares nothing with the number of record but the compiled arrays: no sparse matrix, no library,
no helper. Demand is handed down from the reference flow. Where processes feed each other (a strong
component of the graph) their small system is solved by Gaussian elimination with scaled partial
pivoting; everywhere else one division is enough.
"""

from __future__ import annotations

from math import fsum

from factors.errors import SolveError
from factors.findings import finding
from lca.compiled import Compiled, Solution

NAME = "graph walk"
SINGULAR = 1e-14
NEAR_SINGULAR = 1e-10
"""A pivot smaller than this, in a block whose largest entries are 1, carries no digits."""


def solve(compiled: Compiled) -> Solution:
    """Solve a compiled system by graph walk.

    Raises
    ------
    SolveError
        ENGINE-SINGULAR or ENGINE-NEAR-SINGULAR, naming the processes of the loop.
    """
    supply = _supply(compiled)
    return Solution(tuple(supply), _impacts(compiled, supply))


def scores(compiled: Compiled, weights: list[list[float]]) -> list[list[float]]:
    """Return the contribution of every column to every indicator, by graph walk.

    Parameters
    ----------
    weights
        Characterisation factors; one row per indicator, one number per flow.

    Raises
    ------
    SolveError
        As :func:`solve`.
    """
    supply = _supply(compiled)
    counting = [
        [(number, row[flow]) for number, row in enumerate(weights) if row[flow]]
        for flow in range(len(compiled.flows))
    ]
    found = [[0.0] * len(supply) for _ in weights]
    places = compiled.biosphere
    for flow, col, value in zip(
        places.rows.tolist(), places.cols.tolist(), places.values.tolist(), strict=True
    ):
        for number, weight in counting[flow]:
            found[number][col] += weight * value * supply[col]
    return found


def _supply(compiled: Compiled) -> list[float]:
    """Return the runs of every column, handing demand down from the reference flow."""
    rows = _rows(compiled)
    wanted = [0.0] * len(compiled.columns)
    for row, amount in compiled.demand:
        wanted[row] += amount
    supply = [0.0] * len(wanted)
    for component in reversed(_components(_suppliers(rows))):
        if len(component) == 1:
            (only,) = component
            supply[only] = _open_demand(only, rows, wanted, supply, component) / rows[only][only]
        else:
            _solve_loop(compiled, component, rows, wanted, supply)
    return supply


def _rows(compiled: Compiled) -> list[dict[int, float]]:
    """Return the technosphere row by row: column -> entry, zeros left out."""
    rows: list[dict[int, float]] = [{} for _ in compiled.products]
    entries = compiled.technosphere
    places = zip(entries.rows.tolist(), entries.cols.tolist(), entries.values.tolist(), strict=True)
    for row, col, value in places:
        if value:
            rows[row][col] = rows[row].get(col, 0.0) + value
    return rows


def _suppliers(rows: list[dict[int, float]]) -> list[list[int]]:
    """Return, for each column, the columns whose products it takes."""
    suppliers: list[list[int]] = [[] for _ in rows]
    for row, entries in enumerate(rows):
        for col in entries:
            if col != row:
                suppliers[col].append(row)
    return suppliers


def _open_demand(
    row: int,
    rows: list[dict[int, float]],
    wanted: list[float],
    supply: list[float],
    component: list[int],
) -> float:
    """Return what of a product is asked for from outside its component."""
    inside = set(component)
    taken = [-value * supply[col] for col, value in rows[row].items() if col not in inside]
    return fsum([wanted[row], *taken])


def _components(suppliers: list[list[int]]) -> list[list[int]]:
    """Return the strong components, suppliers before takers (Tarjan 1972, without recursion)."""
    count = len(suppliers)
    index, low = [-1] * count, [0] * count
    on_stack = [False] * count
    stack: list[int] = []
    found: list[list[int]] = []
    clock = 0
    for root in range(count):
        work = [(root, 0)] if index[root] < 0 else []
        while work:
            node, position = work.pop()
            if index[node] < 0:
                index[node] = low[node] = clock
                clock += 1
                stack.append(node)
                on_stack[node] = True
            descended = False
            for step in range(position, len(suppliers[node])):
                target = suppliers[node][step]
                if index[target] < 0:
                    work.extend([(node, step), (target, 0)])
                    descended = True
                    break
                if on_stack[target]:
                    low[node] = min(low[node], low[target])
            if not descended and low[node] == index[node]:
                found.append(_unstack(node, stack, on_stack))
    return found


def _unstack(root: int, stack: list[int], on_stack: list[bool]) -> list[int]:
    """Take a finished component off the stack."""
    component = []
    while True:
        node = stack.pop()
        on_stack[node] = False
        component.append(node)
        if node == root:
            return component


def _solve_loop(
    compiled: Compiled,
    component: list[int],
    rows: list[dict[int, float]],
    wanted: list[float],
    supply: list[float],
) -> None:
    """Solve the processes of one component together."""
    members = sorted(component)
    matrix = [[rows[row].get(col, 0.0) for col in members] for row in members]
    right = [_open_demand(row, rows, wanted, supply, component) for row in members]
    size, smallest = _eliminate(matrix, right)
    if smallest < NEAR_SINGULAR:
        named = dict.fromkeys(compiled.columns[member].id for member in members)
        code = "ENGINE-SINGULAR" if smallest < SINGULAR else "ENGINE-NEAR-SINGULAR"
        raise SolveError(finding(code, processes=", ".join(named)))
    for member, value in zip(members, size, strict=True):
        supply[member] = value


def _eliminate(matrix: list[list[float]], right: list[float]) -> tuple[list[float], float]:
    """Return the solution and the smallest pivot of the equilibrated matrix.

    Columns, then rows, are divided by their largest entry first, so that a pivot is small only
    when the rows are nearly dependent and not because of somebody's choice of unit.
    """
    count = len(right)
    widths = [max(abs(matrix[row][col]) for row in range(count)) or 1.0 for col in range(count)]
    work = []
    for row in range(count):
        line = [matrix[row][col] / widths[col] for col in range(count)]
        height = max(map(abs, line)) or 1.0
        work.append([value / height for value in (*line, right[row])])
    smallest = float("inf")
    for step in range(count):
        best = max(range(step, count), key=lambda row: abs(work[row][step]))
        work[step], work[best] = work[best], work[step]
        pivot = work[step]
        smallest = min(smallest, abs(pivot[step]))
        if smallest < SINGULAR:
            return [], smallest
        tail = pivot[step:]
        for line in work[step + 1 :]:
            ratio = line[step] / pivot[step]
            if ratio:
                line[step:] = [a - ratio * b for a, b in zip(line[step:], tail, strict=True)]
    solution = [0.0] * count
    for step in reversed(range(count)):
        rest = fsum(work[step][col] * solution[col] for col in range(step + 1, count))
        solution[step] = (work[step][count] - rest) / work[step][step]
    return [value / width for value, width in zip(solution, widths, strict=True)], smallest


def _impacts(compiled: Compiled, supply: list[float]) -> tuple[float, ...]:
    """Return kg CO2e at every place of the biosphere."""
    places = compiled.biosphere
    weights = compiled.characterisation.tolist()
    return tuple(
        weights[row] * value * supply[col]
        for row, col, value in zip(
            places.rows.tolist(), places.cols.tolist(), places.values.tolist(), strict=True
        )
    )
