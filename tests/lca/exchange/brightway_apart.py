"""What needs bw2data, run in an environment that has it: ``python -m`` with this module's name.

Its last line is a JSON document; every claim in it was asserted here. The default tests never
import bw2data, because that writes to the home folder; this process has ``BRIGHTWAY2_DIR``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import bw2calc
import bw2data

from factors.errors import CarbonLabelError
from factors.store import load
from labels.cli.brightway import export_project, take_background
from lca import study
from lca.exchange.brightway import Written, write_project
from lca.exchange.from_footprint import network
from lca.exchange.linking import linked, read_links
from lca.footprint import Footprint
from tests.lca.exchange.made_up import BACKGROUND, CODES, FOREGROUND, biosphere, methods

PROJECT = "made-up"


def refused(job: Any, *arguments: Any) -> str:
    """Return the code of the refusal of a call that must be refused."""
    try:
        job(*arguments)
    except CarbonLabelError as refusal:
        return refusal.findings[0].code
    raise AssertionError("nothing was refused")


def background() -> None:
    """A small database with a loop, waste treatment and several gases, in the user's project."""
    bw2data.projects.set_current(PROJECT)
    bw2data.Database("biosphere").write(biosphere())
    bw2data.Database("background").write(BACKGROUND)
    for name, weights in methods().items():
        method = bw2data.Method(name)
        method.register(unit="kg CO2-eq")
        method.write(weights)


def old() -> None:
    """A project that is not of Brightway 2.5."""
    bw2data.projects.set_current("old")
    bw2data.projects.dataset.data["25"] = False
    bw2data.projects.dataset.save()


def with_products(folder: Path) -> str:
    """The refusal of a database whose activities and products are nodes of their own."""
    bw2data.projects.set_current(PROJECT)
    bw2data.Database("apart").write(
        {
            ("apart", "good"): {"name": "good", "type": "product", "exchanges": []},
            ("apart", "making"): {
                "name": "making",
                "type": "process",
                "exchanges": [{"input": ("apart", "good"), "amount": 1, "type": "production"}],
            },
        }
    )
    links = folder / "apart.csv"
    links.write_text("factor,database,code,unit\nx,apart,good,kg\n", encoding="utf-8")
    return refused(take_background, links, PROJECT, folder / "p" / "a" / "1", "", "en")


def footprint(path: Path, overlay: Path | None = None) -> Footprint:
    found = study.study(path.read_bytes(), path.name, factors=load(overlay)).footprint
    assert found is not None
    return found


def both_ways(folder: Path) -> float:
    """Our figure on the overlay against Brightway's on the linked database; relative gap."""
    links = folder / "links.csv"
    links.write_text(CODES, encoding="utf-8")
    overlay = folder / "overlay"
    assert take_background(links, PROJECT, overlay / "made-up" / "1", "", "en") == 0
    assert refused(take_background, links, PROJECT, overlay / "made-up" / "1", "", "en") == (
        "BACKGROUND-RELEASE"
    )
    system = folder / "foreground.json"
    system.write_text(json.dumps(FOREGROUND), encoding="utf-8")
    ours = footprint(system, overlay)
    made = linked(network(ours, load(overlay)), read_links(links.read_bytes()))
    assert made.of_kind("background") and not made.of_kind("factor")
    written: Written = write_project(made, PROJECT, "en")
    assert written.gap is None
    theirs = _with_background_method(written.database)
    return abs(theirs / float(ours.declared.value) - 1)


def _with_background_method(database: str) -> float:
    """Score the foreground by the user's own method; the foreground has no flows of its own."""
    node = bw2data.get_node(database=database, code="product")
    demand, packages, _ = bw2data.prepare_lca_inputs({node: 1}, method=("made-up", "excluding"))
    lca = bw2calc.LCA(demand, data_objs=packages)
    lca.lci()
    lca.lcia()
    return float(lca.score)


def main(folder: Path) -> dict[str, Any]:
    assert os.environ["BRIGHTWAY2_DIR"], "never in somebody's home"
    example = folder / "beer.json"
    gaps = {}
    whole = network(footprint(example), load())
    gaps["project"] = write_project(whole, "written", "zh").gap
    codes = [
        refused(write_project, whole, "written", "zh"),
        refused(write_project, whole, "default", "zh"),
        refused(write_project, whole, " ", "zh"),
    ]
    assert codes == ["BRIGHTWAY-EXISTS", "BRIGHTWAY-PROJECT", "BRIGHTWAY-PROJECT"], codes
    assert export_project(example, folder / "losses.json", "by command", "", "zh") == 0
    assert "carbonlabel EX-500-OW" in bw2data.databases
    spoilt = replace(whole, figures={total: 2 * value for total, value in whole.figures.items()})
    assert refused(write_project, spoilt, "spoilt", "en") == "BRIGHTWAY-SCORE"
    assert not list(bw2data.databases) and not list(bw2data.methods), "nothing is left behind"
    old()
    assert refused(write_project, whole, "old", "en") == "BRIGHTWAY-LEGACY"
    background()
    gaps["both ways"] = both_ways(folder)
    lost = "factor,database,code,unit\nx,background,nowhere,kg\n"
    (folder / "lost.csv").write_text(lost, encoding="utf-8")
    found = refused(take_background, folder / "lost.csv", PROJECT, folder / "o/a/1", "", "en")
    assert found == "BRIGHTWAY-SUPPLIER"
    assert with_products(folder) == "BACKGROUND-SHAPE"
    return {"bw2data": str(bw2data.__version__), "gaps": gaps}


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        told = main(Path(sys.argv[1]))
    print(json.dumps(told))
