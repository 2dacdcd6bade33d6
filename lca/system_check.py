"""What does not fit together across a system file: ids, links, boundary, subjects, outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lca import allocation, subjects
from lca.inventory import GRAVE, Process, ProductSystem
from lca.json_node import Node


def check(root: Node, system: ProductSystem) -> None:
    """Report what does not fit together across the file."""
    check_ids(root, system)
    _check_links(root, system)
    for index, process in enumerate(system.processes):
        _check_process(root, f"processes[{index}]", process)
    if system.product:
        check_reference(root, system)
        check_boundary(root, system)


def check_reference(root: Node, system: ProductSystem) -> None:
    """Report a reference flow that hangs in the air."""
    processes = {process.id for process in system.processes}
    if system.reference_process and system.reference_process not in processes:
        root.report("SYSTEM-LINK", "reference.process", id=system.reference_process)
    if system.reference_amount <= 0:
        root.report("SYSTEM-AMOUNT", "reference.amount", saw=float(system.reference_amount))


def check_boundary(root: Node, system: ProductSystem) -> None:
    """Report a whole life cycle that ends at the gate."""
    if system.boundary == GRAVE and all(stage.side == "gate" for stage in system.stages):
        root.report("SYSTEM-BOUNDARY", "boundary")


def check_subjects(root: Node, wholes: Sequence[tuple[str, ProductSystem, Node]]) -> None:
    """Report subjects named twice, none at all, and processes that no subject uses."""
    if not wholes:
        root.report("SYSTEM-KEY-MISSING", "subjects", key="subjects")
        return
    for name, count in Counter(name for name, _, _ in wholes).items():
        if count > 1:
            root.report("SYSTEM-ID-TWICE", "subjects", id=name)
    used = frozenset[str]().union(*(subjects.reached(whole) for _, whole, _ in wholes))
    lost = sorted({process.id for process in wholes[0][1].processes} - used)
    if lost:
        root.report("ENGINE-DISCONNECTED", "processes", processes=", ".join(lost))


def check_ids(root: Node, system: ProductSystem) -> None:
    """Report ids that are used twice."""
    for key, ids in (
        ("stages", [stage.id for stage in system.stages]),
        ("processes", [process.id for process in system.processes]),
        ("exchanges", [exchange.id for exchange in system.exchanges]),
        ("factors", [factor.id for factor in system.factors]),
        ("flows", [flow.id for flow in system.flows]),
        ("indicators", [indicator.id for indicator in system.indicators]),
        ("end_of_life", [block.material for block in system.end_of_life]),
    ):
        for twice, count in Counter(ids).items():
            if twice and count > 1:
                root.report("SYSTEM-ID-TWICE", key, id=twice)


def _check_links(root: Node, system: ProductSystem) -> None:
    """Report ids that hang in the air."""
    processes = {process.id for process in system.processes}
    stages = {stage.id for stage in system.stages}
    known = {"process": processes | {""}, "from.process": processes | {""}, "stage": stages | {""}}
    for index, exchange in enumerate(system.exchanges):
        targets = (exchange.process, exchange.from_process, exchange.stage)
        for key, target in zip(known, targets, strict=True):
            if target not in known[key]:
                root.report("SYSTEM-LINK", f"exchanges[{index}].{key}", id=target)


def _check_process(root: Node, path: str, process: Process) -> None:
    """Report a process that cannot be divided into single outputs."""
    references = sum(output.role == "reference" for output in process.outputs)
    if references != 1:
        root.report("SYSTEM-REFERENCE", f"{path}.outputs", process=process.id, count=references)
        return
    flows = Counter(output.flow for output in process.outputs)
    for flow, count in flows.items():
        if count > 1:
            root.report("SYSTEM-ID-TWICE", f"{path}.outputs", id=flow)
    root.log.extend(allocation.check(process, root.at(f"{path}.allocation")))
