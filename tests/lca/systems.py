"""Product systems for tests: small ones written out, and random ones from a seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from factors.gwp import GwpSet, gwp_set
from factors.store import FactorSet, load
from lca.compiled import Compiled
from lca.footprint import Footprint, compute
from lca.inventory import ProductSystem
from lca.ruleset import RuleSet
from lca.ruleset import load as load_rules
from lca.system import compile_system
from lca.system_file import read

Doc = dict[str, Any]
SIDES = {
    "raw-materials": "gate",
    "inbound-transport": "gate",
    "manufacturing": "gate",
    "packaging": "gate",
    "distribution": "after",
    "use": "after",
    "end-of-life": "after",
}
SOFTWARE = {"carbonlabel": "0", "bw2calc": "0", "numpy": "0", "scipy": "0", "python": "0"}


def text(words: str) -> Doc:
    return {"zh": words, "en": words}


def process(
    name: str, unit: str = "kg", amount: str = "1", /, *co_products: Doc, **more: Any
) -> Doc:
    """A process with its reference output, co-products and allocation."""
    reference = {"flow": name, "amount": amount, "unit": unit, **more.pop("reference", {})}
    return {"id": name, "outputs": [reference, *co_products], **more}


def co_product(flow: str, amount: str, role: str = "allocate", /, **more: Any) -> Doc:
    return {"flow": flow, "amount": amount, "unit": "kg", "role": role, **more}


def link(taker: str, supplier: str, amount: str, unit: str = "kg", **more: Any) -> Doc:
    return {
        "id": f"{taker}-takes-{supplier}",
        "process": taker,
        "stage": "manufacturing",
        "amount": amount,
        "unit": unit,
        "from": {"process": supplier},
        **more,
    }


def line(name: str, taker: str, factor: str, amount: str, unit: str = "kg", **more: Any) -> Doc:
    return {
        "id": name,
        "process": taker,
        "stage": "manufacturing",
        "flow": name,
        "amount": amount,
        "unit": unit,
        "from": {"factor": factor},
        **more,
    }


def emits(name: str, taker: str, flow: str, amount: str, unit: str = "kg", **more: Any) -> Doc:
    return line(name, taker, "", amount, unit, **{"from": {"flow": flow}, **more})


def own(name: str, unit: str = "kg", /, **more: Any) -> Doc:
    """A factor of the file: keyword ``values``, and any field of a factor row."""
    return {"id": f"own:{name}", "unit": unit, "values": {"unspecified.CO2e": "1"}, **more}


def document(processes: Sequence[Doc], exchanges: Sequence[Doc], **more: Any) -> Doc:
    """A system file whose reference is one reference amount of the first process."""
    first = processes[0]["outputs"][0]
    amount, unit = first["amount"], first["unit"]
    return {
        "schema": "carbonlabel-system/1",
        "product": {"id": "EXAMPLE", "name": text("Example")},
        "declared_unit": {"amount": "1", "unit": unit},
        "stages": [{"id": name, "name": text(name), "side": side} for name, side in SIDES.items()],
        "reference": {"process": processes[0]["id"], "amount": amount, "unit": unit},
        "processes": list(processes),
        "exchanges": list(exchanges),
        **more,
    }


def matrix(
    a: Sequence[Sequence[float]],
    b: Sequence[Sequence[float]],
    f: Sequence[float],
    cf: Sequence[float] | None = None,
) -> Doc:
    """The system file of a matrix case: columns as processes, rows of B as factors of the file."""
    weights = cf or [1.0] + [0.0] * (len(b) - 1)
    names = [f"p{j}" for j in range(len(a))]
    demand = [link("demand", names[i], repr(x)) for i, x in enumerate(f) if x]
    links = [
        link(names[j], names[i], repr(-a[i][j]))
        for i in range(len(a))
        for j in range(len(a))
        if i != j and a[i][j]
    ]
    lines = [
        line(f"b{k}-{j}", names[j], f"own:flow-{k}", repr(float(x)))
        for k, row in enumerate(b)
        for j, x in enumerate(row)
        if x
    ]
    factors = [
        own(f"flow-{k}", values={"unspecified.CO2e": repr(w)}) for k, w in enumerate(weights)
    ]
    made = [process(name, "kg", repr(a[j][j])) for j, name in enumerate(names)]
    return document([process("demand"), *made], [*demand, *links, *lines], factors=factors)


@cache
def factors() -> FactorSet:
    return load()


@cache
def gwp(name: str = "AR6-100") -> GwpSet:
    return gwp_set(name)


@cache
def rules() -> RuleSet:
    return load_rules("iso14067-generic")


def compiled(doc: Mapping[str, Any] | ProductSystem) -> Compiled:
    return compile_system(_system(doc), factors(), gwp())


def footprint(doc: Mapping[str, Any] | ProductSystem, by: RuleSet | None = None) -> Footprint:
    return compute(_system(doc), factors(), by or rules(), software=SOFTWARE)


def _system(doc: Mapping[str, Any] | ProductSystem) -> ProductSystem:
    return doc if isinstance(doc, ProductSystem) else read(doc)


# --- random systems ------------------------------------------------------------------------------

MASS = {"kg": Fraction(1), "g": Fraction(1, 1000), "t": Fraction(1000)}
GASES = (
    "fossil.CO2",
    "fossil.CH4-fossil",
    "biogenic_non_co2.N2O",
    "land_use_change.CO2",
    "biogenic_co2_emission.CO2",
)
METHODS = {"mass": "mass", "economic": "price", "energy": "energy"}


def random_document(seed: int, size: int = 8, *, loops: bool = True, shared: bool = True) -> Doc:
    """A solvable system: chain, side links, loops, co-products, credits, both electricity results.

    Column sums of the links stay below one in a common unit, so that every loop gives more than it
    takes whatever the shares and units are.
    """
    rng = random.Random(seed)
    names = [f"p{index}" for index in range(size)]
    units = {name: rng.choice(list(MASS)) for name in names}
    amounts = {name: Fraction(rng.choice(("1", "2.5", "1000", "0.04"))) for name in names}
    given: list[Doc] = []
    made: list[Doc] = []
    for index, name in enumerate(names):
        per_run = amounts[name] * MASS[units[name]]
        outputs, budget = _co_products(rng, names, index, per_run, shared=shared)
        made.append(process(name, units[name], _dec(amounts[name]), *outputs, **_key(rng, outputs)))
        for target in _targets(rng, names, index, loops):
            taken = Fraction(rng.randint(1, 100), 100) * budget / 4 * per_run
            budget -= taken / per_run
            unit = rng.choice(list(MASS))
            given.append(link(name, target, _dec(taken / MASS[unit]), unit))
        given.extend(_random_lines(rng, name))
    return document(made, given, factors=_random_factors(rng), boundary="cradle-to-grave")


def _targets(rng: random.Random, names: list[str], index: int, loops: bool) -> list[str]:
    """The next process always, so that all are reached; perhaps others, back ones make loops."""
    following = names[index + 1 : index + 2]
    pool = names if loops else names[index + 2 :]
    others = [name for name in pool if name not in following]
    return following + rng.sample(others, min(len(others), rng.randint(0, 2)))


def _co_products(
    rng: random.Random, names: list[str], index: int, per_run: Fraction, *, shared: bool
) -> tuple[list[Doc], Fraction]:
    outputs = []
    budget = Fraction(9, 10)
    for number in range(rng.choice((0, 0, 1, 2)) if shared else 0):
        role = rng.choice(("allocate", "allocate", "cut-off", "substitute"))
        amount = per_run * Fraction(rng.randint(1, 30), 100)
        more: Doc = {"carbon": _dec(Fraction(rng.randint(0, 50), 100))}
        if role == "substitute":
            more["replaces"] = rng.choice([*names[index + 1 :], "own:lump"])
            budget -= Fraction(3, 10)
        outputs.append(co_product(f"c{index}-{number}", _dec(amount), role, **more))
    return outputs, max(budget, Fraction(1, 10))


def _key(rng: random.Random, outputs: list[Doc]) -> Doc:
    """An allocation with properties on the outputs that need them."""
    bearing = [output for output in outputs if output["role"] == "allocate"]
    if not bearing:
        return {}
    method = rng.choice(list(METHODS))
    for output in bearing:
        output["properties"] = {METHODS[method]: str(rng.randint(1, 9))}
    reference = {"properties": {METHODS[method]: str(rng.randint(1, 9))}}
    return {"allocation": {"method": method}, "reference": reference}


def _random_lines(rng: random.Random, name: str) -> list[Doc]:
    found = []
    for number in range(rng.randint(1, 3)):
        stage = rng.choice(list(SIDES))
        basis = rng.choice(("both", "both", "both", "location", "market"))
        amount = _dec(Fraction(rng.randint(1, 10**6), 10 ** rng.randint(1, 6)))
        more = {"stage": stage, "basis": basis}
        ident = f"{name}-line-{number}"
        if rng.random() < 0.3:
            flow = rng.choice((*GASES, "biogenic_co2_removal.CO2"))
            found.append(emits(ident, name, flow, amount, rng.choice(list(MASS)), **more))
        else:
            factor = rng.choice(("own:gases", "own:lump", "own:bio"))
            found.append(line(ident, name, factor, amount, rng.choice(list(MASS)), **more))
    return found


def _random_factors(rng: random.Random) -> list[Doc]:
    gases = {gas: _dec(Fraction(rng.randint(1, 999), 1000)) for gas in GASES}
    bio = {"biogenic_co2_removal.CO2": "-1.6", "fossil.N2O": "0.001", "fossil.CO2": "0.3"}
    return [
        own("gases", values=gases),
        own("lump", values={"unspecified.CO2e": _dec(Fraction(rng.randint(1, 999), 100))}),
        own("bio", values=bio),
    ]


def _dec(value: Fraction) -> str:
    """A decimal of at most fifteen digits; systems are built from text, as files are."""
    return f"{float(value):.15g}" if value else "0"
