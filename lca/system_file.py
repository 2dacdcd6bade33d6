"""The system file: hostile JSON in, :class:`ProductSystem` out, and back to the same bytes.

Reading checks everything that can be known without factors and units: JSON tokens, keys, kinds,
decimal strings, ids that hang in the air, shares, one reference output per process. All faults are
collected and raised as one group. Units and factors are checked by :mod:`lca.system`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from itertools import islice
from typing import Any

from factors.errors import FindingsError
from factors.findings import Finding, blocking
from lca import allocation
from lca.end_of_life_file import read_end_of_life
from lca.inventory import (
    GATE,
    GRAVE,
    SCHEMA,
    STAGES,
    Output,
    Process,
    ProductSystem,
    Stage,
)
from lca.json_node import Node
from lca.own_factors import read_factor
from lca.own_flows import read_flow, read_indicator
from lca.strict_json import MAX_FINDINGS, loads, token_findings
from lca.system_exchange import read_exchanges
from lca.system_write import canonical, write

__all__ = ["canonical", "read", "write"]

ROLES = ("reference", "allocate", "cut-off", "substitute")
SIDES = ("gate", "after")
MANDATORY = (
    "schema",
    "product",
    "declared_unit",
    "stages",
    "reference",
    "processes",
    "exchanges",
)
GATE_STAGES = frozenset(STAGES[:4])


def read(source: bytes | Mapping[str, Any], *, file: str = "") -> ProductSystem:
    """Read a system file.

    Parameters
    ----------
    source
        The bytes of the file, or its parsed document.
    file
        Name of the file, for the findings.

    Raises
    ------
    FindingsError
        Everything that is wrong with it.
    """
    if isinstance(source, bytes):
        data, found = loads(source, file=file)
    else:
        data, found = source, tuple(islice(token_findings(source, file), MAX_FINDINGS))
    log: list[Finding] = list(found)
    root = Node(data if isinstance(data, Mapping) else {"schema": data}, log, file)
    system = _system(root)
    _check(root, system)
    errors = blocking(log)[:MAX_FINDINGS]
    if errors:
        raise FindingsError.of(errors)
    return system


def _system(root: Node) -> ProductSystem:
    root.require(
        "schema", "product", "declared_unit", "stages", "reference", "processes", "exchanges"
    )
    root.choice("schema", (SCHEMA,), SCHEMA)
    units = root.strings("units")
    flows = tuple(read_flow(node, frozenset(units)) for node in root.nodes("flows"))
    own = frozenset(flow.id for flow in flows)
    reference = root.node("reference")
    reference.require("process", "amount", "unit")
    exchanges = tuple(read_exchanges(root, own))
    system = ProductSystem(
        product=_product(root.node("product")),
        declared_unit=_declared_unit(root.node("declared_unit")),
        stages=tuple(_stage(node) for node in root.nodes("stages")),
        reference_process=reference.id("process"),
        reference_amount=reference.number("amount"),
        reference_unit=reference.text("unit"),
        processes=tuple(_process(node) for node in root.nodes("processes")),
        exchanges=exchanges,
        boundary=root.choice("boundary", (GATE, GRAVE), GATE),
        ruleset=root.id("ruleset"),
        period=_flat(root.node("period"), "from", "to"),
        model=_flat(root.node("model"), "id", "version", "sha256") or None,
        units=units,
        factors=tuple(read_factor(node, frozenset(units)) for node in root.nodes("factors")),
        flows=flows,
        indicators=tuple(read_indicator(node, own) for node in root.nodes("indicators")),
        carbon_content=_carbon(root.node("carbon_content")),
        omissions=tuple(_omission(node) for node in root.nodes("omissions")),
        exclusions=_texts(root, "exclusions"),
        bands=tuple(_band(node) for node in root.nodes("bands")),
        end_of_life=tuple(read_end_of_life(node, exchanges) for node in root.nodes("end_of_life")),
        ledger=root.carried("ledger"),
        workbook=_flat(root.node("workbook"), "name", "sha256") or None,
        findings=tuple(dict(node.data) for node in root.nodes("findings")),
    )
    reference.done()
    root.done()
    return system


def _flat(node: Node, *keys: str) -> dict[str, str]:
    """Return an object of plain strings."""
    texts = {key: node.text(key) for key in keys if node.data.get(key) is not None}
    node.asked.update(keys)
    node.done()
    return texts


def _texts(root: Node, key: str) -> tuple[Mapping[str, str], ...]:
    """Return an array of bilingual texts."""
    wrapped = [Node({key: node.data}, node.log, node.file, node.path) for node in root.nodes(key)]
    return tuple(node.bilingual(key) for node in wrapped)


def _product(node: Node) -> dict[str, Any]:
    node.require("id")
    maker = node.node("maker")
    product = {
        "id": node.id("id"),
        "name": node.bilingual("name"),
        "model": node.text("model"),
        "gtin": node.get("gtin", str, "string"),
        "category": node.text("category"),
        "maker": {"name": maker.bilingual("name"), "id": maker.text("id")},
        "sites": [_site(site) for site in node.nodes("sites")],
    }
    maker.done()
    node.done()
    return product


def _site(node: Node) -> dict[str, Any]:
    site = {
        "id": node.id("id"),
        "name": node.bilingual("name"),
        "address": node.bilingual("address"),
        "country": node.text("country"),
    }
    node.done()
    return site


def _declared_unit(node: Node) -> dict[str, Any]:
    node.require("amount", "unit")
    if node.number("amount", Fraction(1)) <= 0:
        node.report("SYSTEM-AMOUNT", "amount", saw=node.data.get("amount"))
    mass = node.node("mass")
    declared: dict[str, Any] = {
        "amount": node.text("amount"),
        "unit": node.text("unit"),
        "name": node.bilingual("name"),
        "mass": {"value": mass.text("value"), "unit": mass.text("unit")} if mass.data else None,
        "sales_units": [_sales_unit(item) for item in node.nodes("sales_units")],
    }
    if mass.data:
        mass.require("value", "unit")
        mass.number("value")
    mass.done()
    node.done()
    return declared


def _sales_unit(node: Node) -> dict[str, Any]:
    node.require("id", "amount")
    node.number("amount")
    sales = {"id": node.id("id"), "amount": node.text("amount"), "name": node.bilingual("name")}
    node.done()
    return sales


def _stage(node: Node) -> Stage:
    node.require("id", "side")
    stage = Stage(node.id("id"), node.bilingual("name"), node.choice("side", SIDES, "gate"))
    if stage.id in STAGES and (stage.id in GATE_STAGES) != (stage.side == "gate"):
        node.report("SYSTEM-STAGE-SIDE", "side", stage=stage.id, side=stage.side)
    node.done()
    return stage


def _process(node: Node) -> Process:
    node.require("id", "outputs")
    key = node.node("allocation")
    process = Process(
        id=node.id("id"),
        name=node.bilingual("name"),
        outputs=tuple(_output(item) for item in node.nodes("outputs")),
        place=node.text("place"),
        year=node.text("year"),
        method=key.choice("method", allocation.METHODS, ""),
        shares=key.numbers("shares"),
        basis=key.bilingual("basis"),
    )
    key.done()
    node.done()
    return process


def _output(node: Node) -> Output:
    node.require("flow", "amount", "unit")
    output = Output(
        flow=node.text("flow"),
        amount=node.number("amount"),
        unit=node.text("unit"),
        role=node.choice("role", ROLES, "reference"),
        properties=node.numbers("properties"),
        carbon=node.number("carbon"),
        replaces=node.id("replaces"),
    )
    if output.amount < 0 or (output.amount == 0 and output.role == "reference"):
        node.report("SYSTEM-AMOUNT", "amount", saw=node.data.get("amount"))
    if (output.role == "substitute") != bool(output.replaces):
        node.report("SYSTEM-REPLACES", "replaces", flow=output.flow)
    node.done()
    return output


def _carbon(node: Node) -> dict[str, Any]:
    content: dict[str, Any] = {
        key: {origin: inner.text(origin) for origin in ("biogenic", "fossil") if inner.data}
        for key in ("product", "packaging")
        for inner in [node.node(key)]
        if inner.data
    }
    if node.data:
        content["unit"] = node.text("unit")
    node.asked.update(("product", "packaging", "unit"))
    node.done()
    return content


def _omission(node: Node) -> dict[str, Any]:
    node.require("flow", "estimate", "unit")
    node.number("estimate")
    omission = {
        "flow": node.text("flow"),
        "estimate": node.text("estimate"),
        "unit": node.text("unit"),
        "reason": node.bilingual("reason"),
    }
    node.done()
    return omission


def _band(node: Node) -> dict[str, Any]:
    node.require("figure", "low", "high", "unit")
    low, high = node.number("low"), node.number("high")
    if low > high:
        node.report("SYSTEM-BAND", "low")
    node.choice("figure", (GATE, GRAVE), GATE)
    keys = ("figure", "low", "high", "unit", "source", "status")
    band = {key: node.text(key) for key in keys}
    node.done()
    return band


def _check(root: Node, system: ProductSystem) -> None:
    """Report what does not fit together across the file."""
    _check_ids(root, system)
    _check_links(root, system)
    if system.boundary == GRAVE and all(stage.side == "gate" for stage in system.stages):
        root.report("SYSTEM-BOUNDARY", "boundary")
    if system.reference_amount <= 0:
        root.report("SYSTEM-AMOUNT", "reference.amount", saw=float(system.reference_amount))
    for index, process in enumerate(system.processes):
        _check_process(root, f"processes[{index}]", process)


def _check_ids(root: Node, system: ProductSystem) -> None:
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
    if system.reference_process and system.reference_process not in processes:
        root.report("SYSTEM-LINK", "reference.process", id=system.reference_process)
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
