"""A small made-up background as a user of Brightway would have it, and a foreground on top of it.

Names of flows are those of ecoinvent's biosphere; the numbers are invented. The background has a
loop (power and steel need each other), an activity that treats waste (negative output), a crop that
takes up carbon, and a flow that looks like a greenhouse gas and is none that we know.
"""

from __future__ import annotations

from typing import Any

from lca.exchange.background import ElementaryFlow
from tests.lca.systems import document, line, link, process

FLOWS: dict[str, tuple[str, tuple[str, ...], float]] = {
    "co2": ("Carbon dioxide, fossil", ("air",), 1.0),
    "ch4": ("Methane, fossil", ("air", "urban air close to ground"), 29.8),
    "ch4b": ("Methane, non-fossil", ("air",), 27.0),
    "n2o": ("Dinitrogen monoxide", ("air",), 273.0),
    "co2b": ("Carbon dioxide, non-fossil", ("air",), 0.0),
    "taken": ("Carbon dioxide, in air", ("natural resource", "in air"), 0.0),
    "luc": ("Carbon dioxide, from soil or biomass stock", ("air",), 1.0),
    "hfc": ("Ethane, 1,1,1,2-tetrafluoro-, HFC-134a", ("air",), 1530.0),
    "odd": ("Methane, tetrachloro-, R-10", ("air",), 0.0),
    "water": ("Water", ("water",), 0.0),
}
"""Name, compartment, and AR6 GWP-100 of the headline without biogenic CO2."""

ACTIVITIES: dict[str, tuple[float, str, dict[str, float], dict[str, float]]] = {
    "power": (1.0, "kilowatt hour", {"steel": 0.002}, {"co2": 0.6, "ch4": 0.002, "hfc": 1e-6}),
    "steel": (1.0, "kilogram", {"power": 0.9}, {"co2": 1.4, "n2o": 0.0001, "water": 3.0}),
    "barley": (1.0, "kilogram", {"power": 0.05}, {"taken": 1.5, "n2o": 0.001, "luc": 0.02}),
    "landfill": (-1.0, "kilogram", {"power": 0.01}, {"ch4b": 0.03, "co2b": 0.4, "odd": 1e-9}),
}
"""Output, unit, inputs and emissions of one run."""

KEYS = {name: f"code of {name}" for name in ACTIVITIES}

CODES = "factor,database,code,unit\n" + "".join(
    f"bg-{name},background,{KEYS[name]},{unit}\n"
    for name, unit in (("power", "kWh"), ("steel", "kg"), ("barley", "kg"))
)


def biosphere() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        ("biosphere", code): {
            "name": name, "categories": where, "unit": "kilogram", "type": "emission",
            "exchanges": [],
        }
        for code, (name, where, _) in FLOWS.items()
    }  # fmt: skip


def _activity(name: str) -> dict[str, Any]:
    output, unit, inputs, emissions = ACTIVITIES[name]
    return {
        "name": f"made-up {name}", "unit": unit, "location": "GLO", "type": "process",
        "reference product": name,
        "exchanges": [
            {"input": ("background", KEYS[name]), "amount": output, "type": "production"},
            *(
                {"input": ("background", KEYS[one]), "amount": amount, "type": "technosphere"}
                for one, amount in inputs.items()
            ),
            *(
                {"input": ("biosphere", one), "amount": amount, "type": "biosphere"}
                for one, amount in emissions.items()
            ),
        ],
    }  # fmt: skip


BACKGROUND = {("background", KEYS[name]): _activity(name) for name in ACTIVITIES}


def methods() -> dict[tuple[str, str], list[tuple[tuple[str, str], float]]]:
    weights = [(("biosphere", code), weight) for code, (_, _, weight) in FLOWS.items() if weight]
    return {("made-up", "excluding"): weights}


def elementary() -> tuple[ElementaryFlow, ...]:
    return tuple(ElementaryFlow(name, where) for name, where, _ in FLOWS.values())


FOREGROUND = document(
    [process("beer", "L"), process("can", "kg")],
    [
        link("beer", "can", "0.03", "kg"),
        line("steel", "can", "bg-steel", "1.1"),
        line("barley", "beer", "bg-barley", "180", "g"),
        line("power", "beer", "bg-power", "0.4", "MJ"),
    ],
)
