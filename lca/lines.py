"""From two solutions to the lines of a footprint, and how far the two are apart.

The lines carry numbers of record. The gap is the largest difference, over totals, parts, stages and
lines, between the engines and between each of them and the numbers of record, relative to the sum
of the absolute atoms. Sums are taken of exact fractions, so the gap holds nothing but the engines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from factors.errors import SolveError
from factors.findings import finding
from lca.compiled import Compiled, CompiledLine, FlowRow, Solution
from lca.inventory import GATE, Process, ProductSystem
from lca.record import amount_text, exponent_of, rounded
from lca.result import APPROACHES, HEADLINES, ZERO, Line

GAP_LIMIT = 1e-9

Parts = Mapping[str, Fraction]
"""kg CO2e of one line by part, exact."""


def lines_of(
    system: ProductSystem, compiled: Compiled, solution: Solution, boundary: str
) -> tuple[Line, ...]:
    """Return the lines inside a boundary, by stage and then as the file has them.

    Every (line, part) atom is rounded here, once.
    """
    sides = {stage.id: stage.side for stage in system.stages}
    kept = [
        line
        for line in _ordered(system, compiled.lines)
        if boundary != GATE or sides.get(line.exchange.stage) == "gate"
    ]
    flows = _flows(compiled, solution)
    atoms = {line.id: _parts(flows.get(line.column, ())) for line in kept}
    exponent = exponent_of(float(value) for parts in atoms.values() for value in parts.values())
    processes = {process.id: process for process in system.processes}
    return tuple(
        _line(
            line,
            {part: rounded(value, exponent) for part, value in atoms[line.id].items()},
            flows.get(line.column, ()),
            solution.supply[line.column],
            sides,
            processes,
        )
        for line in kept
    )


def gap(compiled: Compiled, lines: Sequence[Line], first: Solution, second: Solution) -> float:
    """Return the relative gap between two solutions and the numbers of record.

    Raises
    ------
    SolveError
        ENGINE-DISAGREE, when it exceeds 1e-9.
    """
    columns = {line.id: line.column for line in compiled.lines}
    record = {line.id: line.parts for line in lines}
    ones, others = (
        {name: _parts(flows.get(columns[name], ())) for name in record}
        for flows in (_flows(compiled, first), _flows(compiled, second))
    )
    whole = sum((abs(value) for parts in ones.values() for value in parts.values()), ZERO)
    worst, where = _largest([dict(_views(lines, values)) for values in (ones, others, record)])
    found = float(worst / whole) if whole else float(worst)
    if found > GAP_LIMIT:
        raise SolveError(
            finding("ENGINE-DISAGREE", gap=f"{found:.1E}", view=where, limit=f"{GAP_LIMIT:.0E}")
        )
    return found


def _largest(views: Sequence[Mapping[str, Fraction]]) -> tuple[Fraction, str]:
    """Return the widest spread of a view's values and the view."""
    spreads = (
        (max(values) - min(values), name)
        for name in views[0]
        for values in [[view[name] for view in views]]
    )
    return max(spreads, default=(ZERO, ""))


def _views(lines: Sequence[Line], values: Mapping[str, Parts]) -> Iterator[tuple[str, Fraction]]:
    """Yield every line, stage, part and total of both electricity results."""
    for line in lines:
        for part, value in values[line.id].items():
            yield f"line {line.id} {part}", value
    for approach in APPROACHES:
        counted = [line for line in lines if line.counts(approach)]
        groups = {"all": counted, "gate": [line for line in counted if line.side == "gate"]}
        for line in counted:
            groups.setdefault(f"stage {line.exchange.stage}", []).append(line)
        for name, members in groups.items():
            parts = _sum(values[line.id] for line in members)
            for headline, wanted in HEADLINES.items():
                total = sum((parts.get(part, ZERO) for part in wanted), ZERO)
                yield f"{approach} {name} {headline}", total
            for part, value in parts.items():
                yield f"{approach} {name} {part}", value


def _sum(several: Iterable[Parts]) -> dict[str, Fraction]:
    total: dict[str, Fraction] = {}
    for parts in several:
        for part, value in parts.items():
            total[part] = total.get(part, ZERO) + value
    return total


def _flows(compiled: Compiled, solution: Solution) -> dict[int, list[tuple[FlowRow, float]]]:
    """Return kg CO2e by flow for each line column."""
    found: dict[int, list[tuple[FlowRow, float]]] = {}
    places = zip(compiled.biosphere.rows.tolist(), compiled.biosphere.cols.tolist(), strict=True)
    for (row, col), value in zip(places, solution.impacts, strict=True):
        found.setdefault(col, []).append((compiled.flows[row], value))
    return found


def _parts(flows: Iterable[tuple[FlowRow, float]]) -> dict[str, Fraction]:
    """Return the exact sum of floats by part."""
    return _sum({row.part: Fraction(value)} for row, value in flows)


def _ordered(system: ProductSystem, lines: Sequence[CompiledLine]) -> list[CompiledLine]:
    """Return lines by stage, then in the order of the file; lines made by allocation last."""
    stages = {stage.id: index for index, stage in enumerate(system.stages)}
    rows = {exchange.id: index for index, exchange in enumerate(system.exchanges)}
    last = len(rows)
    return sorted(
        lines,
        key=lambda line: (
            stages.get(line.exchange.stage, len(stages)),
            rows.get(line.exchange.id, last),
            line.id,
        ),
    )


def _line(
    line: CompiledLine,
    parts: Parts,
    flows: Sequence[tuple[FlowRow, float]],
    supply: float,
    sides: Mapping[str, str],
    processes: Mapping[str, Process],
) -> Line:
    exchange = line.exchange
    return Line(
        id=line.id,
        exchange=exchange,
        factor=line.factor,
        side=sides[exchange.stage],
        place=exchange.place or processes[exchange.process].place,
        amount=amount_text(supply * float(line.amount)),
        parts=parts,
        flows=tuple(flows),
    )
