"""Links to another background, and a background as private factors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from factors.errors import FindingsError, SolveError
from factors.factor import Flow
from factors.gwp import gwp_set
from factors.store import load
from lca.compiled import Triplets
from lca.exchange.background import (
    Activity,
    Background,
    ElementaryFlow,
    gas_of,
    overlay_files,
    unit_inventories,
)
from lca.exchange.brightway_data import database_name, datasets
from lca.exchange.from_footprint import network
from lca.exchange.linking import BACKGROUND, Link, linked, read_links
from tests.lca.exchange.made_up import ACTIVITIES, CODES, FLOWS, KEYS, elementary
from tests.lca.systems import co_product, document, factors, footprint, line, own, process

GASES = frozenset(gwp_set("AR6-100").values)
HEAD = b"factor,database,code,unit\n"


def codes(caught: pytest.ExceptionInfo[FindingsError]) -> list[str]:
    return [found.code for found in caught.value.findings]


# --- links ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "LINK-TABLE"),
        (b"a,b,c,d\n", "LINK-TABLE"),
        (b"\xff\xfe", "LINK-TABLE"),
        (HEAD + b'"open', "LINK-TABLE"),
        (HEAD * 200_000, "LINK-TABLE"),
        (HEAD + b"x,y,z\n", "LINK-ROW"),
        (HEAD + b"x,y,,kg\n", "LINK-ROW"),
        (HEAD + b"x,y,z,kg\nx,y,z,kg\n", "LINK-ROW"),
    ],
)
def test_a_table_that_is_none_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FindingsError) as caught:
        read_links(data, "links.csv")
    assert codes(caught) == [code]


def test_a_table_is_read_with_blank_rows_and_a_byte_order_mark() -> None:
    told = b"\xef\xbb\xbf" + HEAD + b"\n x , my db , c , kg \n"
    assert read_links(told) == (Link("x", "my db", "c", "kg"),)


def system() -> dict[str, object]:
    lines = [
        line("a", "p", "own:a", "500", "g"),
        line("b", "p", "own:b", "2"),
        line("c", "p", "", "1") | {"from": {"flow": "fossil.CH4-fossil"}},
    ]
    return document([process("p")], lines, factors=[own("a"), own("b")])


def test_a_linked_factor_is_an_activity_of_the_other_database() -> None:
    whole = network(footprint(system()), factors())
    made = linked(whole, [Link("own:a", "theirs", "c1", "t")])
    (node,) = made.of_kind(BACKGROUND)
    assert node.code == "factor:own:a" and not node.private
    (arc,) = [arc for arc in made.arcs if arc.supplier == node.code]
    assert arc.amount == pytest.approx(0.0005)  # t
    told = list(datasets(made, database_name(made), "en"))
    assert "factor:own:a" not in {one["code"] for one in told}
    inputs = [e["input"] for one in told for e in one["exchanges"]]
    assert ("theirs", "c1") in inputs
    assert not [arc for arc in made.arcs if arc.taker == "factor:own:a"]


def test_flows_of_what_is_linked_away_go_with_it() -> None:
    whole = network(footprint(system()), factors())
    both = [Link(f"own:{name}", "theirs", name, "kg") for name in "ab"]
    left = {node.code for node in linked(whole, both).of_kind("flow")}
    assert left == {"flow:fossil.CH4-fossil@AR6-100"}


@pytest.mark.parametrize(
    ("link", "code"),
    [
        (Link("own:z", "db", "c", "kg"), "LINK-FACTOR"),
        (Link("own:a", "db", "c", "kWh"), "LINK-UNIT"),
        (Link("own:a", "db", "c", "blorg"), "UNIT-UNKNOWN"),
    ],
)
def test_a_link_that_does_not_fit_is_refused(link: Link, code: str) -> None:
    with pytest.raises(FindingsError) as caught:
        linked(network(footprint(system()), factors()), [link])
    assert codes(caught) == [code]


def test_a_factor_in_two_parts_is_not_linked() -> None:
    rows = [
        own("b", values={"biogenic_co2_removal.CO2": "-1", "fossil.CO2": "2"}, gwp_set="by-gas")
    ]
    shares = {"method": "given", "shares": {"m": "0.9", "r": "0.1"}}
    made = process("m", "kg", "1", co_product("r", "0.5", carbon="0.4"), allocation=shares)
    whole = network(footprint(document([made], [line("a", "m", "own:b", "1")], factors=rows)),
                    factors())  # fmt: skip
    with pytest.raises(FindingsError) as caught:
        linked(whole, [Link("own:b", "db", "c", "kg")])
    assert codes(caught) == ["LINK-PARTED"]


# --- a background as factors ----------------------------------------------------------------------


def background() -> Background:
    place, row = ({name: n for n, name in enumerate(table)} for table in (ACTIVITIES, FLOWS))
    tech = [(place[name], place[name], out) for name, (out, *_) in ACTIVITIES.items()]
    tech += [(place[i], place[n], -x) for n, one in ACTIVITIES.items() for i, x in one[2].items()]
    bio = [(row[f], place[n], x) for n, one in ACTIVITIES.items() for f, x in one[3].items()]
    units = {"power": "kWh", "steel": "kg", "barley": "kg", "landfill": "kg"}
    chosen = tuple(
        Activity(Link(f"bg-{n}", "background", KEYS[n], units[n]), place[n], f"made-up {n}", "GLO")
        for n in ACTIVITIES
    )
    return Background(Triplets.of(tech), Triplets.of(bio), len(place), elementary(), chosen)


def dense(name: str) -> dict[str, float]:
    """kg of every elementary flow by one unit given (or treated), by a dense solve."""
    found = background()
    a, b = np.zeros((found.size, found.size)), np.zeros((len(FLOWS), found.size))
    a[found.technosphere.rows, found.technosphere.cols] = found.technosphere.values
    b[found.biosphere.rows, found.biosphere.cols] = found.biosphere.values
    demand = np.zeros(found.size)
    demand[list(ACTIVITIES).index(name)] = 1 if ACTIVITIES[name][0] > 0 else -1
    return dict(zip(FLOWS, (b @ np.linalg.solve(a, demand)).tolist(), strict=True))


PARTS = {
    "co2": Flow("fossil", "CO2"),
    "ch4": Flow("fossil", "CH4-fossil"),
    "ch4b": Flow("biogenic_non_co2", "CH4-non-fossil"),
    "n2o": Flow("fossil", "N2O"),
    "co2b": Flow("biogenic_co2_emission", "CO2"),
    "luc": Flow("land_use_change", "CO2"),
    "hfc": Flow("fossil", "HFC-134a"),
}


def test_unit_inventories_are_those_of_a_dense_solve() -> None:
    made, _ = unit_inventories(background(), GASES)
    for one in made:
        name = one.activity.link.factor.removeprefix("bg-")
        wanted = dense(name)
        for flow, part in PARTS.items():
            assert one.flows.get(part, 0.0) == pytest.approx(wanted[flow], rel=1e-12, abs=1e-18)
        removal = one.flows.get(Flow("biogenic_co2_removal", "CO2"), 0.0)
        assert removal == pytest.approx(-wanted["taken"])


def test_waste_is_counted_per_unit_treated() -> None:
    made, _ = unit_inventories(background(), GASES)
    assert made[3].flows[Flow("biogenic_non_co2", "CH4-non-fossil")] == pytest.approx(0.03)


NITROUS = (Flow("fossil", "N2O"), Flow("biogenic_non_co2", "N2O"))


@pytest.mark.parametrize(
    ("carbon", "biogenic"),
    [
        (("co2b",), 1),
        (("ch4b", "taken"), 1),
        (("co2b", "co2"), 0),
        (("ch4",), 0),
        (("luc",), 0),
        ((), 0),
    ],
)
def test_nitrous_oxide_goes_with_the_carbon_of_its_activity(
    carbon: tuple[str, ...], biogenic: int
) -> None:
    row, barley = {name: n for n, name in enumerate(FLOWS)}, list(ACTIVITIES).index("barley")
    kept = background()
    alone = kept.biosphere.cols != barley
    own = [(row[name], barley, 0.5) for name in (*carbon, "n2o")]
    parts = zip(kept.biosphere.rows, kept.biosphere.cols, kept.biosphere.values, strict=True)
    bio = Triplets.of([*(x for x, keep in zip(parts, alone, strict=True) if keep), *own])
    made, _ = unit_inventories(replace(kept, biosphere=bio), GASES)
    flows = made[barley].flows
    fossil, living = (flows.get(flow, 0.0) for flow in NITROUS)
    # The steel that barley's power needs gives off a little beside its coal.
    assert (living, fossil) == pytest.approx((0.5, 0) if biogenic else (0, 0.5), abs=1e-4)


def test_what_looks_like_a_greenhouse_gas_is_reported() -> None:
    _, found = unit_inventories(background(), GASES)
    assert [one.code for one in found] == ["BACKGROUND-UNKNOWN"]
    assert "R-10" in dict(found[0].params)["names"]


def test_an_activity_without_any_gas_is_refused() -> None:
    bare = replace(background(), flows=(ElementaryFlow("Water", ("water",)),) * len(FLOWS))
    with pytest.raises(FindingsError) as caught:
        unit_inventories(bare, GASES)
    assert set(codes(caught)) == {"BACKGROUND-NOTHING"}


def test_an_activity_without_output_is_refused() -> None:
    found = background()
    values = found.technosphere.values.copy()
    values[0] = 0.0
    tech = Triplets(found.technosphere.rows, found.technosphere.cols, values)
    with pytest.raises(SolveError):
        unit_inventories(replace(found, technosphere=tech), GASES)


@pytest.mark.parametrize(
    ("name", "categories", "wanted"),
    [
        ("Carbon dioxide, fossil", ("air", "urban"), Flow("fossil", "CO2")),
        ("carbon dioxide, fossil", (), Flow("fossil", "CO2")),
        ("Carbon dioxide, fossil", ("water",), None),
        ("Carbon dioxide, in air", ("natural resource", "in air"),
         Flow("biogenic_co2_removal", "CO2")),
        ("Methane, difluoro-, HFC-32", ("air",), Flow("fossil", "HFC-32")),
        ("Carbon monoxide, fossil", ("air",), None),
        ("Water", ("water",), None),
    ],
)  # fmt: skip
def test_flows_are_told_by_name_and_compartment(
    name: str, categories: tuple[str, ...], wanted: Flow | None
) -> None:
    assert gas_of(ElementaryFlow(name, categories), GASES) == wanted


def test_the_release_loads_as_a_private_overlay_and_computes(tmp_path: Path) -> None:
    made, _ = unit_inventories(background(), GASES)
    record, rows = overlay_files(made[:3], source='My "licensed" \\ database', day="2026-01-31")
    folder = tmp_path / "mine" / "1"
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text(record, encoding="utf-8")
    (folder / "factors.csv").write_text(rows, encoding="utf-8")
    library = load(tmp_path)
    steel = library.get("bg-steel")
    assert steel.private
    weights = {name: weight for name, (_, _, weight) in FLOWS.items()}
    wanted = sum(amount * weights[flow] for flow, amount in dense("steel").items())
    found = sum(steel.co2e(gwp_set("AR6-100").values).values())
    assert float(found) == pytest.approx(wanted, rel=1e-3)  # rounded GWP of the made-up method
    assert {link.factor for link in read_links(CODES.encode())} <= {one.id for one in library}
