"""openLCA JSON-LD: read back equal, refers to nothing that is not there, the same bytes again."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from lca.exchange.from_footprint import network
from lca.exchange.network import Network
from lca.exchange.openlca import KNOWN, openlca_zip, read_openlca
from lca.uncertainty.distributions import Lognormal, Uniform
from tests.lca.systems import document, factors, footprint, line, own, process
from tests.lca.systems import random_document as random_one

Entities = dict[str, dict[str, Any]]


def made(doc: Any) -> Network:
    return network(footprint(doc), factors())


def entities(data: bytes) -> Entities:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: json.loads(package.read(name)) for name in package.namelist()}


def refs(value: Any) -> list[dict[str, Any]]:
    """All references within an entity."""
    if isinstance(value, list):
        return [one for item in value for one in refs(item)]
    if not isinstance(value, dict):
        return []
    inner = [one for item in value.values() for one in refs(item)]
    return [value, *inner] if "@id" in value and "@type" in value else inner


@pytest.mark.parametrize("seed", range(8))
def test_it_reads_back_equal(seed: int) -> None:
    whole = replace(made(random_one(seed)), figures={})
    back = read_openlca(openlca_zip(whole, "en"))
    key = repr
    assert back.nodes == whole.nodes
    assert back.weights == whole.weights
    assert (back.id, back.gwp) == (whole.id, whole.gwp)
    bare = [sorted((replace(a, spread=None) for a in n.arcs), key=key) for n in (back, whole)]
    assert bare[0] == bare[1]
    assert back.scores() == pytest.approx(whole.scores(), rel=1e-12)


def test_spreads_come_back_to_the_last_digits() -> None:
    rows = [
        own("a", uncertainty="lognormal gsd=1.2"),
        own("b", uncertainty="relative 30%", values={"unspecified.CO2e": "2.93"}),
        own("c", uncertainty="lognormal gsd=1.2", values={"biogenic_co2_removal.CO2": "-1"},
            gwp_set="by-gas"),
    ]  # fmt: skip
    lines = [line(name, "p", f"own:{name}", "1") for name in "abc"]
    back = read_openlca(openlca_zip(made(document([process("p")], lines, factors=rows)), "en"))
    found = {arc.taker: arc.spread for arc in back.arcs if arc.supplier.startswith("flow:")}
    assert found["factor:own:a"] == Lognormal(1.0, 1.2)
    other = found["factor:own:b"]
    assert isinstance(other, Uniform)
    assert (other.low, other.high) == pytest.approx((0.7, 1.3))
    assert found["factor:own:c"] is None  # openLCA has no negative lognormal


def test_texts_survive_line_ends_and_backslashes() -> None:
    whole = made(random_one(1))
    odd = "a\\n\n: b\r\\"
    first = replace(whole.nodes[0], name={"zh": odd, "en": odd}, facts={"note": odd})
    arcs = (replace(whole.arcs[0], name={"zh": "", "en": odd}), *whole.arcs[1:])
    back = read_openlca(
        openlca_zip(replace(whole, nodes=(first, *whole.nodes[1:]), arcs=arcs), "en")
    )
    assert back.nodes[0].name == {"zh": odd, "en": odd}
    assert back.nodes[0].facts == {"note": odd}
    assert odd in {arc.name["en"] for arc in back.arcs}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_network_gives_the_same_bytes(lang: Any) -> None:
    whole = made(random_one(2))
    assert openlca_zip(whole, lang) == openlca_zip(whole, lang)


@pytest.mark.parametrize("seed", range(4))
def test_every_reference_is_in_the_package_or_in_openlcas_own_data(seed: int) -> None:
    found = entities(openlca_zip(made(random_one(seed)), "en"))
    assert found.pop("olca-schema.json") == {"version": 2}
    ids = {one["@id"] for one in found.values()}
    ids |= {unit["@id"] for one in found.values() for unit in one.get("units", ())}
    missing = {ref["name"] for one in found.values() for ref in refs(one) if ref["@id"] not in ids}
    known = set(KNOWN.values()) | {"Mass", "Energy", "Volume", "Goods transport (mass*distance)"}
    assert missing <= known | {"Length", "Area"}


def test_the_product_system_has_a_link_for_every_product_that_is_taken() -> None:
    whole = made(random_one(3))
    found = entities(openlca_zip(whole, "en"))
    (system,) = [one for name, one in found.items() if name.startswith("product_systems/")]
    flows = {node.code for node in whole.of_kind("flow")}
    taken = [arc for arc in whole.arcs if arc.supplier not in flows]
    assert len(system["processLinks"]) == len(taken)
    processes = {one["@id"]: one for name, one in found.items() if name.startswith("processes/")}
    for link in system["processLinks"]:
        exchanges = processes[link["process"]["@id"]]["exchanges"]
        (one,) = [x for x in exchanges if x["internalId"] == link["exchange"]["internalId"]]
        assert one["isInput"] and one["flow"]["@id"] == link["flow"]["@id"]
        assert one["defaultProvider"]["@id"] == link["provider"]["@id"] in processes
