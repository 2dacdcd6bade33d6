"""The system file: hostile JSON in, :class:`ProductSystem` out, and back to the same bytes.

Reading checks everything that can be known without factors and units: JSON tokens, keys, kinds,
decimal strings, ids that hang in the air, shares, one reference output per process. All faults are
collected and raised as one group. Units and factors are checked by :mod:`lca.system`.

A file may hold several subjects (:mod:`lca.subjects`); each comes out as a system of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import Any

from factors.errors import FindingsError
from factors.findings import Finding, Where, blocking, finding
from lca import allocation, subjects
from lca.end_of_life_file import read_end_of_life
from lca.family_file import read_family
from lca.inventory import (
    CARBON_PLACES,
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
from lca.standing_file import read_comparison, read_use_method
from lca.strict_json import MAX_FINDINGS, loads, token_findings
from lca.system_check import check, check_boundary, check_ids, check_reference, check_subjects
from lca.system_exchange import read_exchanges
from lca.system_write import canonical, write

__all__ = ["canonical", "read", "read_all", "write"]

ROLES = ("reference", "allocate", "cut-off", "substitute")
SIDES = ("gate", "after")
GATE_STAGES = frozenset(STAGES[:4])


def read(source: bytes | Mapping[str, Any], *, file: str = "", subject: str = "") -> ProductSystem:
    """Read the system of one subject.

    Parameters
    ----------
    source
        The bytes of the file, or its parsed document.
    file
        Name of the file, for the findings.
    subject
        Which one; may be empty where the file holds one only.

    Raises
    ------
    FindingsError
        Everything that is wrong with the file; SYSTEM-SUBJECT, when it is not clear which subject
        is meant.
    """
    systems = read_all(source, file=file)
    if subject in systems:
        return systems[subject]
    if not subject and len(systems) == 1:
        return next(iter(systems.values()))
    where = Where(file=file, path="subjects")
    known = ", ".join(systems)
    raise FindingsError(finding("SYSTEM-SUBJECT", where, subject=subject or "-", known=known))


def read_all(source: bytes | Mapping[str, Any], *, file: str = "") -> dict[str, ProductSystem]:
    """Read a system file: the system of each of its subjects, by id.

    The one product of a file without ``subjects`` goes by the id of the product.

    Raises
    ------
    FindingsError
        Everything that is wrong with the file.
    """
    if isinstance(source, bytes):
        data, found = loads(source, file=file)
    else:
        data, found = source, tuple(islice(token_findings(source, file), MAX_FINDINGS))
    log: list[Finding] = list(found)
    root = Node(data if isinstance(data, Mapping) else {"schema": data}, log, file)
    systems = _systems(root)
    errors = tuple(dict.fromkeys(blocking(log)))[:MAX_FINDINGS]
    if errors:
        raise FindingsError.of(errors)
    return systems


def _systems(root: Node) -> dict[str, ProductSystem]:
    """Return the systems of all subjects; what is wrong goes to the findings of the root."""
    root.require("schema", "stages", "processes", "exchanges")
    root.choice("schema", (SCHEMA,), SCHEMA)
    rows = _rows(root)
    if root.data.get("subjects") is None:
        whole = _with_subject(rows, root, root)
        root.asked.add("subjects")
        root.done()
        check(root, whole)
        return {whole.product["id"]: whole}
    root.asked.update(subjects.KEYS)
    nodes = list(root.nodes("subjects"))
    wholes = [(_subject_id(node), _with_subject(rows, node, root), node) for node in nodes]
    root.done()
    check_subjects(root, wholes)
    check(root, rows)
    systems = {}
    for name, whole, node in wholes:
        node.done()
        check_reference(node if "reference" in node.data else root, whole)
        systems[name] = subjects.taken_out(whole, name)
        check_ids(node, systems[name])
        check_boundary(node, whole)
    return systems


def _subject_id(node: Node) -> str:
    node.require("id")
    return node.id("id")


def _rows(root: Node) -> ProductSystem:
    """Return what all subjects of a file share, without a subject."""
    units = root.strings("units")
    flows = tuple(read_flow(node, frozenset(units)) for node in root.nodes("flows"))
    own = frozenset(flow.id for flow in flows)
    return ProductSystem(
        product={},
        declared_unit={},
        stages=tuple(_stage(node) for node in root.nodes("stages")),
        reference_process="",
        reference_amount=Fraction(0),
        reference_unit="",
        processes=tuple(_process(node) for node in root.nodes("processes")),
        exchanges=tuple(read_exchanges(root, own)),
        ruleset=root.id("ruleset"),
        period=_flat(root.node("period"), "from", "to"),
        model=_flat(root.node("model"), "id", "version", "sha256") or None,
        units=units,
        factors=tuple(read_factor(node, frozenset(units)) for node in root.nodes("factors")),
        flows=flows,
        indicators=tuple(read_indicator(node, own) for node in root.nodes("indicators")),
        exclusions=_texts(root, "exclusions"),
        ledger=root.carried("ledger"),
        workbook=_flat(root.node("workbook"), "name", "sha256") or None,
    )


def _with_subject(rows: ProductSystem, node: Node, root: Node) -> ProductSystem:
    """Return the rows with one subject; what the subject leaves out the file says for all."""

    def of(key: str) -> Node:
        return root if node.data.get(key) is None else node

    for key in ("product", "declared_unit", "reference"):
        of(key).require(key)
    reference = of("reference").node("reference")
    reference.require("process", "amount", "unit")
    system = replace(
        rows,
        product=_product(of("product").node("product")),
        declared_unit=_declared_unit(of("declared_unit").node("declared_unit")),
        reference_process=reference.id("process"),
        reference_amount=reference.number("amount"),
        reference_unit=reference.text("unit"),
        boundary=of("boundary").choice("boundary", (GATE, GRAVE), GATE),
        carbon_content=_carbon(of("carbon_content").node("carbon_content")),
        omissions=tuple(_omission(one) for one in of("omissions").nodes("omissions")),
        bands=tuple(_band(one) for one in of("bands").nodes("bands")),
        comparisons=tuple(read_comparison(one) for one in of("comparisons").nodes("comparisons")),
        use_method=read_use_method(of("use_method").node("use_method")),
        family=read_family(of("family").node("family")),
        end_of_life=tuple(
            read_end_of_life(one, rows.exchanges) for one in of("end_of_life").nodes("end_of_life")
        ),
        findings=tuple(dict(one.data) for one in of("findings").nodes("findings")),
    )
    reference.done()
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
        key: {origin: _decimal(inner, origin) for origin in ("biogenic", "fossil") if inner.data}
        for key in CARBON_PLACES
        for inner in [node.node(key)]
        if inner.data
    }
    if node.data:
        content["unit"] = node.text("unit")
    node.asked.update((*CARBON_PLACES, "unit"))
    node.done()
    return content


def _decimal(node: Node, key: str) -> str:
    """Return a number as it is written, after its check."""
    if key in node.data:
        node.number(key)
    return node.text(key)


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
