"""A network is the footprint in another shape, whatever system it comes from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from factors.errors import SolveError
from factors.texts import LANGS, catalogue
from lca.exchange import from_footprint
from lca.exchange.from_footprint import network, size_of
from lca.exchange.losses import BRIGHTWAY, OPENLCA, loss_report
from lca.exchange.network import PRODUCT, Network, named
from lca.footprint import Footprint
from tests.lca.systems import co_product, document, factors, footprint, line, link, own, process
from tests.lca.systems import random_document as random_one

SEEDS = range(12)


def made(doc: Any) -> tuple[Footprint, Network]:
    found = footprint(doc)
    return found, network(found, factors())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("boundary", ["cradle-to-gate", "cradle-to-grave"])
def test_the_network_alone_gives_both_totals(seed: int, boundary: str) -> None:
    """With loops, co-products, credits, two electricity results and biogenic carbon."""
    found, whole = made(random_one(seed) | {"boundary": boundary})
    size = size_of(found)
    for total, value in whole.scores().items():
        assert value == pytest.approx(float(found.declared.total(total)), abs=1e-9 * size)
    single = whole.scores(single=True)
    assert single != whole.scores()
    assert all(abs(single[t] - v) < 1e-6 * size for t, v in whole.scores().items())


def test_every_line_of_the_figure_is_an_arc_and_no_other() -> None:
    found, whole = made(random_one(3))
    told = [arc.facts["line"] for arc in whole.arcs if arc.facts]
    assert sorted(told) == sorted(line.id for line in found.declared.lines)


def test_amounts_are_in_the_units_of_the_workbook() -> None:
    doc = document(
        [process("beer", "L"), process("heat", "MJ", "3.6")],
        [link("beer", "heat", "0.5", "kWh"), line("a", "heat", "own:gas", "90", "g")],
        factors=[own("gas")],
    )
    _, whole = made(doc)
    amounts = {(arc.taker, arc.supplier): arc.amount for arc in whole.arcs}
    assert amounts["process:beer", "process:heat"] == pytest.approx(1.8)  # MJ per L
    assert amounts["process:heat", "factor:own:gas"] == pytest.approx(0.025)  # kg per MJ
    assert amounts[PRODUCT, "process:beer"] == 1.0


def test_what_a_process_takes_of_itself_is_off_its_output() -> None:
    doc = document(
        [process("p")], [link("p", "p", "0.2"), line("a", "p", "own:x", "1")], factors=[own("x")]
    )
    found, whole = made(doc)
    (node,) = whole.of_kind("process")
    assert node.output == pytest.approx(0.8)
    assert float(found.declared.value) == pytest.approx(1.25)


def test_a_network_that_is_not_the_footprint_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = footprint(random_one(1))
    whole = network(found, factors())
    wrong = replace(whole, arcs=whole.arcs[:-1])
    monkeypatch.setattr(from_footprint._Maker, "network", lambda _: wrong)
    with pytest.raises(SolveError) as caught:
        network(found, factors())
    assert caught.value.findings[0].code == "ENGINE-DISAGREE"


def test_names_tell_nodes_apart() -> None:
    _, whole = made(random_one(5))
    twin = replace(whole.nodes[1], code="process:twin")
    names = named((*whole.nodes, twin), "en")
    keys = {(names[n.code].casefold(), n.place, n.unit) for n in (*whole.nodes, twin)}
    assert len(keys) == len(whole.nodes) + 1


# --- losses --------------------------------------------------------------------------------------


def test_what_is_lost_is_said_and_nothing_else() -> None:
    found, whole = made(random_one(4) | {"boundary": "cradle-to-gate"})
    told = {one.id for one in loss_report(found, whole, BRIGHTWAY, "en").losses}
    other = {line.id for line in found.lines} - {line.id for line in found.declared.lines}
    assert ("electricity" in told) == bool(other)
    assert "boundary" in told and "single" in told and "double" not in told
    plain = document([process("p")], [line("a", "p", "own:x", "1")], factors=[own("x")])
    told = {one.id for one in loss_report(*made(plain), OPENLCA, "en").losses}
    assert told == {"double", "text", "grade", "record", "assumed", "private", "names"}


def test_divided_co_products_and_two_sheets_are_losses() -> None:
    carbon = {"biogenic_co2_removal.CO2": "-1", "fossil.CO2": "2"}
    doc = document(
        [
            process(
                "malt",
                "kg",
                "1",
                co_product("rootlets", "0.5", carbon="0.4"),
                allocation={"method": "given", "shares": {"malt": "0.9", "rootlets": "0.1"}},
            )
        ],
        [line("a", "malt", "own:barley", "1")],
        factors=[own("barley", values=carbon, gwp_set="by-gas")],
    )
    found, whole = made(doc)
    told = {one.id: dict(one.values) for one in loss_report(found, whole, BRIGHTWAY, "zh").losses}
    assert told["shares"]["count"] == told["sheets"]["count"] == "1"
    assert {node.code for node in whole.of_kind("factor")} == {
        "factor:own:barley@burdens",
        "factor:own:barley@atoms",
    }


def test_every_sentence_of_a_loss_can_be_reached_and_is_in_both_languages() -> None:
    wordings = {k for k in catalogue()["interchange"] if k.startswith("loss_")}
    seeds = [random_one(seed) | {"boundary": "cradle-to-gate"} for seed in SEEDS]
    carbon = {"product": {"biogenic": "0.1"}, "unit": "kg C/kg"}
    row = own("x", uncertainty="lognormal gsd=1.2")
    lines = [line("a", "p", "own:x", "1")]
    seeds.append(document([process("p")], lines, factors=[row], carbon_content=carbon))
    told = {
        f"loss_{one.id}"
        for doc in seeds
        for target in (BRIGHTWAY, OPENLCA)
        for one in loss_report(*made(doc), target, "en").losses
    }
    assert told <= wordings
    assert wordings - told <= {"loss_quality", "loss_family", "loss_indicator"}
    report = loss_report(*made(seeds[0]), BRIGHTWAY, "en").to_json()
    assert all(one[lang] for one in report["losses"] for lang in LANGS)
