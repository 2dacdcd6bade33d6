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
from factors.factor import PARTS
from factors.findings import Finding, blocking
from lca import allocation
from lca.inventory import (
    GATE,
    GRAVE,
    SCHEMA,
    STAGES,
    Exchange,
    Output,
    Process,
    ProductSystem,
    Stage,
)
from lca.json_node import Node
from lca.own_factors import read_factor
from lca.strict_json import MAX_FINDINGS, loads, token_findings
from lca.system_write import canonical, write

__all__ = ["canonical", "read", "write"]

ROLES = ("reference", "allocate", "cut-off", "substitute")
BASES = ("both", "location", "market")
SIDES = ("gate", "after")
ACTIVITY_KINDS = ("metered", "invoiced", "calculated", "estimated", "literature")
FACTOR_KINDS = ("supplier-verified", "supplier", "database", "proxy")
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
    reference = root.node("reference")
    reference.require("process", "amount", "unit")
    system = ProductSystem(
        product=_product(root.node("product")),
        declared_unit=_declared_unit(root.node("declared_unit")),
        stages=tuple(_stage(node) for node in root.nodes("stages")),
        reference_process=reference.id("process"),
        reference_amount=reference.number("amount"),
        reference_unit=reference.text("unit"),
        processes=tuple(_process(node) for node in root.nodes("processes")),
        exchanges=tuple(_exchange(node) for node in root.nodes("exchanges")),
        boundary=root.choice("boundary", (GATE, GRAVE), GATE),
        ruleset=root.id("ruleset"),
        period=_flat(root.node("period"), "from", "to"),
        model=_flat(root.node("model"), "id", "version", "sha256") or None,
        units=units,
        factors=tuple(read_factor(node, frozenset(units)) for node in root.nodes("factors")),
        carbon_content=_carbon(root.node("carbon_content")),
        omissions=tuple(_omission(node) for node in root.nodes("omissions")),
        exclusions=_texts(root, "exclusions"),
        bands=tuple(_band(node) for node in root.nodes("bands")),
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


def _exchange(node: Node) -> Exchange:
    node.require("id", "process", "amount", "unit", "from")
    source = node.node("from")
    exchange = Exchange(
        id=node.id("id"),
        process=node.id("process"),
        stage=node.id("stage"),
        flow=node.text("flow"),
        name=node.bilingual("name"),
        amount=node.number("amount"),
        unit=node.text("unit"),
        from_process=source.id("process"),
        from_factor=source.id("factor"),
        from_flow=source.text("flow"),
        basis=node.choice("basis", BASES, "both"),
        hot_spot=node.flag("hot_spot"),
        activity_kind=node.choice("activity_kind", ACTIVITY_KINDS, ""),
        factor_kind=node.choice("factor_kind", FACTOR_KINDS, "database"),
        quality=node.carried("quality") or None,
        place=node.text("place"),
        year=node.text("year"),
        evidence=node.strings("evidence"),
        origin=_origin(node),
    )
    source.done()
    node.done()
    _check_exchange(node, exchange)
    return exchange


def _origin(node: Node) -> dict[str, Any]:
    inner = node.node("origin")
    if inner.data:
        inner.choice("kind", ("cell", "rule", "file"), "file")
    return dict(inner.data)


def _check_exchange(node: Node, exchange: Exchange) -> None:
    """Report what does not fit together within one exchange."""
    sources = (exchange.from_process, exchange.from_factor, exchange.from_flow)
    if sum(map(bool, sources)) != 1:
        node.report("SYSTEM-FROM", "from", exchange=exchange.id)
    if exchange.is_line and not exchange.stage:
        node.report("SYSTEM-KEY-MISSING", "stage", key="stage")
    if not exchange.is_line and exchange.basis != "both":
        node.report("SYSTEM-BASIS-LINK", "basis", exchange=exchange.id)
    if exchange.from_flow:
        part, _, gas = exchange.from_flow.partition(".")
        if part not in PARTS or not gas:
            node.report("SYSTEM-FLOW", "from.flow", saw=exchange.from_flow)
        if exchange.amount < 0:
            node.report("SYSTEM-FLOW-NEGATIVE", "amount", exchange=exchange.id)


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
    ):
        for twice, count in Counter(ids).items():
            if twice and count > 1:
                root.report("SYSTEM-ID-TWICE", key, id=twice)


def _check_links(root: Node, system: ProductSystem) -> None:
    """Report ids that hang in the air."""
    processes = {process.id for process in system.processes}
    stages = {stage.id for stage in system.stages}
    named = [("reference.process", system.reference_process, processes)]
    for index, exchange in enumerate(system.exchanges):
        path = f"exchanges[{index}]"
        named.append((f"{path}.process", exchange.process, processes))
        named.append((f"{path}.from.process", exchange.from_process, processes))
        named.append((f"{path}.stage", exchange.stage, stages))
    for path, target, known in named:
        if target and target not in known:
            root.report("SYSTEM-LINK", path, id=target)


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
