"""A network as openLCA JSON-LD (``olca-schema`` 2), and back again.

Every node but an elementary flow is a process with a product flow of its own; the product system
has all links, so that openLCA calculates it as it is. Units that openLCA's reference data know are
referred to by their published ids, all others come with the file. What the schema has no field for
stands in the descriptions, a line per field; :func:`read_openlca` reads it back.

Ids are version-5 UUIDs of the product and the code of the node, and no clock enters the file: the
same network gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import olca_schema as olca
from olca_schema import units

from factors.texts import LANGS, Lang
from lca.exchange.network import PRODUCT, Arc, Network, Node, named
from lca.uncertainty.distributions import Distribution, Lognormal, Uniform

MOMENT = "2000-01-01T00:00:00Z"
_ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)
_FORMAT = '{"version": 2}'
_TAG = "carbonlabel"

KNOWN: Mapping[str, str] = {
    "kg": "kg",
    "t": "t",
    "g": "g",
    "kWh": "kWh",
    "MJ": "MJ",
    "m3": "m3",
    "m2": "m2",
    "km": "km",
    "tkm": "t*km",
}
"""Units of openLCA's reference data, by our symbol."""

_FOLDERS: Mapping[Any, str] = {
    olca.UnitGroup: "unit_groups",
    olca.FlowProperty: "flow_properties",
    olca.Location: "locations",
    olca.Flow: "flows",
    olca.Process: "processes",
    olca.ImpactCategory: "lcia_categories",
    olca.ImpactMethod: "lcia_methods",
    olca.ProductSystem: "product_systems",
}
Entity = Any
"""A root entity of ``olca-schema``, which ships no types."""


def openlca_zip(made: Network, lang: Lang) -> bytes:
    """Return a network as the bytes of an openLCA JSON-LD package."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as package:
        _put(package, "olca-schema.json", _FORMAT)
        for one in _Writer(made, lang).entities():
            one.last_change = MOMENT
            _put(package, f"{_FOLDERS[type(one)]}/{one.id}.json", one.to_json())
    return raw.getvalue()


def _put(package: zipfile.ZipFile, name: str, told: str) -> None:
    entry = zipfile.ZipInfo(name, _ZIP_MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    package.writestr(entry, told.encode())


@dataclass(frozen=True, slots=True)
class _Writer:
    """Makes the entities of a network."""

    made: Network
    lang: Lang
    nodes: Mapping[str, Node] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", {node.code: node for node in self.made.nodes})

    def entities(self) -> Iterator[Entity]:
        yield from self._units()
        yield from self._locations()
        names = named(self.made.nodes, self.lang)
        for node in self.made.nodes:
            yield self._flow(node, names[node.code])
        taken = self.made.taken()
        for node in self.made.of_kind("product", "process", "factor"):
            yield self._process(node, names[node.code], taken.get(node.code, ()))
        yield from self._methods()
        yield self._system(names[PRODUCT], taken)

    def id(self, kind: str, code: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"urn:{_TAG}:{self.made.id}:{kind}:{code}"))

    def ref(self, kind: olca.RefType, code: str, name: str = "") -> olca.Ref:
        return olca.Ref(ref_type=kind, id=self.id(kind.value, code), name=name or code)

    # --- units ------------------------------------------------------------------------------------

    def _units(self) -> Iterator[olca.UnitGroup | olca.FlowProperty]:
        own = dict.fromkeys(node.unit for node in self.made.nodes if node.unit not in KNOWN)
        for symbol in own:
            group, quantity = self.group(symbol), self.quantity(symbol)
            one = self.unit(symbol)
            yield olca.UnitGroup(
                id=group.id,
                name=group.name,
                default_flow_property=quantity,
                units=[
                    olca.Unit(id=one.id, name=one.name, conversion_factor=1.0, is_ref_unit=True)
                ],
            )
            yield olca.FlowProperty(
                id=quantity.id,
                name=quantity.name,
                unit_group=group,
                flow_property_type=olca.FlowPropertyType.PHYSICAL_QUANTITY,
            )

    def unit(self, symbol: str) -> olca.Ref:
        known = units.unit_ref(KNOWN.get(symbol, ""))
        return known or self.ref(olca.RefType.Unit, symbol)

    def group(self, symbol: str) -> olca.Ref:
        return self.ref(olca.RefType.UnitGroup, symbol, f"Units of {symbol} ({_TAG})")

    def quantity(self, symbol: str) -> olca.Ref:
        known = units.property_ref(KNOWN.get(symbol, ""))
        name = f"Amount in {symbol} ({_TAG})"
        return known or self.ref(olca.RefType.FlowProperty, symbol, name)

    def _locations(self) -> Iterator[olca.Location]:
        for place in dict.fromkeys(node.place for node in self.made.nodes if node.place):
            ref = self.ref(olca.RefType.Location, place)
            yield olca.Location(id=ref.id, name=place, code=place)

    def place(self, node: Node) -> olca.Ref | None:
        return self.ref(olca.RefType.Location, node.place) if node.place else None

    # --- flows and processes ----------------------------------------------------------------------

    def _flow(self, node: Node, name: str) -> olca.Flow:
        elementary = node.kind == "flow"
        kind = olca.FlowType.ELEMENTARY_FLOW if elementary else olca.FlowType.PRODUCT_FLOW
        return olca.Flow(
            id=self.id("Flow", node.code),
            name=name,
            category=f"{_TAG}/air" if elementary else f"{_TAG}/{self.made.id}",
            description=_lines(_described(node)),
            flow_type=kind,
            location=self.place(node),
            tags=[_TAG, node.code],
            flow_properties=[
                olca.FlowPropertyFactor(
                    conversion_factor=1.0,
                    flow_property=self.quantity(node.unit),
                    is_ref_flow_property=True,
                )
            ],
        )

    def _process(self, node: Node, name: str, arcs: Iterable[Arc]) -> olca.Process:
        exchanges = [self._output(node), *(self._exchange(n, arc) for n, arc in enumerate(arcs, 2))]
        return olca.Process(
            id=self.id("Process", node.code),
            name=name,
            category=f"{_TAG}/{self.made.id}/{node.kind}",
            process_type=olca.ProcessType.UNIT_PROCESS,
            location=self.place(node),
            tags=[_TAG, node.code],
            exchanges=exchanges,
            last_internal_id=len(exchanges),
        )

    def _output(self, node: Node) -> olca.Exchange:
        return olca.Exchange(
            internal_id=1,
            amount=node.output,
            flow=self.ref(olca.RefType.Flow, node.code),
            flow_property=self.quantity(node.unit),
            unit=self.unit(node.unit),
            is_input=False,
            is_quantitative_reference=True,
        )

    def _exchange(self, number: int, arc: Arc) -> olca.Exchange:
        supplier = self.nodes[arc.supplier]
        product = supplier.kind != "flow"
        provider = self.ref(olca.RefType.Process, supplier.code) if product else None
        return olca.Exchange(
            internal_id=number,
            amount=arc.amount,
            flow=self.ref(olca.RefType.Flow, supplier.code),
            flow_property=self.quantity(supplier.unit),
            unit=self.unit(supplier.unit),
            is_input=product,
            is_quantitative_reference=False,
            default_provider=provider,
            description=_lines({**arc.name, **(arc.facts or {})}),
            uncertainty=_uncertainty(arc.amount, arc.spread),
        )

    # --- methods and system -----------------------------------------------------------------------

    def _methods(self) -> Iterator[olca.ImpactCategory | olca.ImpactMethod]:
        refs = []
        for total, weights in self.made.weights.items():
            ref = self.ref(olca.RefType.ImpactCategory, total, total.replace("_", " "))
            refs.append(ref)
            yield olca.ImpactCategory(
                id=ref.id,
                name=ref.name,
                code=total,
                ref_unit="kg CO2e",
                impact_factors=[
                    olca.ImpactFactor(
                        flow=self.ref(olca.RefType.Flow, code),
                        flow_property=self.quantity("kg"),
                        unit=self.unit("kg"),
                        value=weight,
                    )
                    for code, weight in weights.items()
                ],
            )
        name = f"{_TAG} {self.made.gwp}"
        yield olca.ImpactMethod(
            id=self.id("ImpactMethod", name),
            name=name,
            code=self.made.gwp,
            impact_categories=refs,
        )

    def _system(self, name: str, taken: Mapping[str, tuple[Arc, ...]]) -> olca.ProductSystem:
        product = self.nodes[PRODUCT]
        links = [
            olca.ProcessLink(
                exchange=olca.ExchangeRef(internal_id=number),
                flow=self.ref(olca.RefType.Flow, arc.supplier),
                process=self.ref(olca.RefType.Process, taker),
                provider=self.ref(olca.RefType.Process, arc.supplier),
            )
            for taker, arcs in taken.items()
            for number, arc in enumerate(arcs, 2)
            if self.nodes[arc.supplier].kind != "flow"
        ]
        activities = self.made.of_kind("product", "process", "factor")
        return olca.ProductSystem(
            id=self.id("ProductSystem", self.made.id),
            name=name,
            tags=[_TAG, self.made.id],
            processes=[self.ref(olca.RefType.Process, node.code) for node in activities],
            process_links=links,
            ref_process=self.ref(olca.RefType.Process, PRODUCT),
            ref_exchange=olca.ExchangeRef(internal_id=1),
            target_amount=1.0,
            target_unit=self.unit(product.unit),
            target_flow_property=self.quantity(product.unit),
        )


# --- back ----------------------------------------------------------------------------------------


def read_openlca(data: bytes) -> Network:
    """Read a package that :func:`openlca_zip` wrote.

    All of the network comes back but the totals of record, which are not openLCA's to hold, and the
    spread of a negative lognormal amount, for which openLCA has no form. The package must come from
    a trusted hand; other people's databases are not read here.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        found = {kind: list(_read(package, kind)) for kind in _FOLDERS}
    by_id = {flow.id: flow for flow in found[olca.Flow]}
    outputs = {process.tags[1]: process.exchanges[0] for process in found[olca.Process]}
    nodes = tuple(_node(flow, outputs.get(flow.tags[1])) for flow in found[olca.Flow])
    code_of = {key: flow.tags[1] for key, flow in by_id.items()}
    arcs = tuple(
        _arc(process.tags[1], code_of[one.flow.id], one)
        for process in found[olca.Process]
        for one in process.exchanges[1:]
    )
    weights = {
        category.code: {code_of[one.flow.id]: one.value for one in category.impact_factors}
        for category in found[olca.ImpactCategory]
    }
    (method,), (system,) = found[olca.ImpactMethod], found[olca.ProductSystem]
    return Network(system.tags[1], nodes, arcs, weights, {}, method.code)


def _read(package: zipfile.ZipFile, kind: Any) -> Iterator[Any]:
    folder = f"{_FOLDERS[kind]}/"
    for name in package.namelist():
        if name.startswith(folder):
            yield kind.from_json(package.read(name))


def _node(flow: olca.Flow, output: olca.Exchange | None) -> Node:
    told = _fields(flow.description or "")
    name = {str(lang): told.pop(lang, "") for lang in LANGS}
    private = told.pop("private", "") == "yes"
    unit, place = told.pop("unit"), flow.location.name if flow.location else ""
    kind = flow.tags[1].partition(":")[0]
    amount = output.amount if output is not None else 1.0
    return Node(flow.tags[1], kind, name, unit, amount, place, told or None, private)


def _arc(taker: str, supplier: str, one: olca.Exchange) -> Arc:
    told = _fields(one.description or "")
    name = {str(lang): told.pop(lang, "") for lang in LANGS}
    spread = _shape(one.amount, one.uncertainty)
    return Arc(taker, supplier, one.amount, name, spread, told or None)


def _described(node: Node) -> dict[str, str]:
    private = {"private": "yes"} if node.private else {}
    return {**node.name, "unit": node.unit, **private, **(node.facts or {})}


def _lines(fields: Mapping[str, str]) -> str:
    """Return fields as lines ``name: value``; a line end within a value is escaped."""
    return "\n".join(
        f"{name}: " + value.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")
        for name, value in fields.items()
    )


def _fields(told: str) -> dict[str, str]:
    found = {}
    for line in told.split("\n"):
        name, _, value = line.partition(": ")
        marked = value.replace("\\\\", "\0").replace("\\r", "\r").replace("\\n", "\n")
        found[name] = marked.replace("\0", "\\")
    return found


def _uncertainty(amount: float, shape: Distribution | None) -> olca.Uncertainty | None:
    match shape:
        case Lognormal() if amount > 0:
            return olca.Uncertainty(
                distribution_type=olca.UncertaintyType.LOG_NORMAL_DISTRIBUTION,
                geom_mean=amount * shape.median,
                geom_sd=shape.gsd,
            )
        case Uniform() if amount:
            low, high = sorted((amount * shape.low, amount * shape.high))
            return olca.Uncertainty(
                distribution_type=olca.UncertaintyType.UNIFORM_DISTRIBUTION,
                minimum=low,
                maximum=high,
            )
        case _:
            return None


def _shape(amount: float, told: olca.Uncertainty | None) -> Distribution | None:
    if told is None:
        return None
    if told.distribution_type is olca.UncertaintyType.LOG_NORMAL_DISTRIBUTION:
        return Lognormal(told.geom_mean / amount, told.geom_sd)
    low, high = sorted((told.minimum / amount, told.maximum / amount))
    return Uniform(low, high)
