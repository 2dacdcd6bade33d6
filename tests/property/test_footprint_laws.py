"""Laws of the footprint on random systems: loops, co-products, credits, two electricity results."""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.gwp import gwp_set
from factors.units import unit
from lca import allocation, contribution
from lca.footprint import Footprint
from lca.inventory import Exchange, ProductSystem
from lca.result import EXCLUDING, HEADLINES, ZERO
from lca.system_file import canonical, read
from tests.lca.systems import MASS, Doc, footprint, gwp, random_document, rules

FEW = settings(max_examples=25)
CLOSE = 1e-10


@st.composite
def documents(draw: st.DrawFn, loops: bool | None = None, shared: bool | None = None) -> Doc:
    """System files of up to nine processes; the shape shrinks, the numbers come from a seed."""
    return random_document(
        draw(st.integers(0, 2**32 - 1)),
        draw(st.integers(1, 9)),
        loops=draw(st.booleans()) if loops is None else loops,
        shared=draw(st.booleans()) if shared is None else shared,
    )


def atoms(result: Footprint) -> dict[tuple[str, str], Fraction]:
    return {(line.id, part): value for line in result.lines for part, value in line.parts.items()}


def close(one: Footprint, other: Footprint, times: Fraction = Fraction(1)) -> bool:
    """Whether the atoms of one are those of the other times a number, to rounding."""
    mine, theirs = atoms(one), atoms(other)
    whole = sum(map(abs, mine.values()), ZERO)
    places = mine.keys() | theirs.keys()
    apart = max(
        (abs(mine.get(k, ZERO) - times * theirs.get(k, ZERO)) for k in places), default=ZERO
    )
    return float(apart) <= CLOSE * float(whole)


# --- laws ----------------------------------------------------------------------------------------


@FEW
@given(documents(), st.fractions(Fraction(1, 1000), 1000, max_denominator=1000))
def test_linear_in_the_reference_flow(doc: Doc, times: Fraction) -> None:
    system = read(doc)
    more = replace(system, reference_amount=system.reference_amount * times)
    assert close(footprint(more), footprint(system), times)


@FEW
@given(documents())
def test_additive_over_stages(doc: Doc) -> None:
    """Stages sum to the figure, and a stage is what is left when all the others are empty."""
    system = read(doc)
    result = footprint(system)
    stages = {
        stage.id: sum((line.value(result.headline) for line in lines), ZERO)
        for stage, lines in result.stages()
    }
    assert sum(stages.values(), ZERO) == result.declared.value
    for name, value in islice(((k, v) for k, v in stages.items() if v), 2):
        alone = replace(
            system,
            exchanges=tuple(
                x if not x.is_line or x.stage == name else replace(x, amount=Fraction(0))
                for x in system.exchanges
            ),
        )
        lines = [x for x in footprint(alone).declared.lines if x.exchange.stage == name]
        mine = sum((x.value(result.headline) for x in lines), ZERO)
        whole = sum(map(abs, atoms(result).values()), ZERO)  # what one quantum is taken of
        assert abs(mine - value) <= Fraction(CLOSE) * whole


@FEW
@given(documents(), st.randoms(use_true_random=False))
def test_order_of_rows_changes_no_number(doc: Doc, rng: random.Random) -> None:
    mixed = copy.deepcopy(doc)
    for key in ("processes", "exchanges", "factors"):
        rng.shuffle(mixed[key])
    for process in mixed["processes"]:
        rng.shuffle(process["outputs"])
    assert atoms(footprint(mixed)) == atoms(footprint(doc))


@FEW
@given(documents(), st.randoms(use_true_random=False))
def test_choice_of_units_changes_no_number(doc: Doc, rng: random.Random) -> None:
    """Another unit with its converted amount is bit for bit the same system."""
    system = read(doc)

    def other(amount: Fraction, old: str) -> tuple[Fraction, str]:
        new = rng.choice([name for name in MASS if name != old])
        return amount * unit(old).scale / unit(new).scale, new

    exchanges = []
    for x in system.exchanges:
        amount, name = other(x.amount, x.unit)
        exchanges.append(replace(x, amount=amount, unit=name))
    amount, name = other(system.reference_amount, system.reference_unit)
    changed = replace(
        system, exchanges=tuple(exchanges), reference_amount=amount, reference_unit=name
    )
    assert atoms(footprint(changed)) == atoms(footprint(system))


@FEW
@given(documents())
def test_contributions_sum_without_remainder(doc: Doc) -> None:
    for figure in footprint(doc).figures.values():
        for view in (*contribution.KEYS, contribution.GAS):
            for headline in HEADLINES:
                pieces = contribution.by(figure, view, headline)
                assert sum((piece.value for piece in pieces), ZERO) == figure.total(headline)


@FEW
@given(documents(), st.sampled_from(["AR4-100", "AR5-100"]))
def test_another_gwp_set_equals_recomputation_by_gas(doc: Doc, name: str) -> None:
    """Each flow changes by the ratio of its gas, a published lump not at all."""
    theirs, mine = gwp_set(name).values, gwp().values
    before = footprint(doc)
    after = footprint(doc, replace(rules(), gwp_set=name))
    for old, new in zip(before.lines, after.lines, strict=True):
        assert old.id == new.id
        expected = {
            (row.part, row.gas): value
            * (1.0 if row.gas == "CO2e" else float(theirs[row.gas] / mine[row.gas]))
            for row, value in old.flows
        }
        found = {(row.part, row.gas): value for row, value in new.flows}
        assert found == pytest.approx(expected, rel=1e-12)


@FEW
@given(documents(shared=True))
def test_allocation_loses_nothing(doc: Doc) -> None:
    """What all outputs of a process carry is what the process has, exactly."""
    system = read(doc)
    names = {process.id for process in system.processes}
    for process in system.processes:
        mine = [x for x in system.exchanges if x.process == process.id]
        found = allocation.portions(process, mine, stage="use", carbon=True, processes=names)
        assert sum((portion.share for portion in found), ZERO) == 1
        whole: Mapping[str, Fraction] = {
            x.id: x.amount for x in (*mine, *allocation.credit_lines(process, "use", names))
        }
        for side in ("burdens", "atoms"):
            sums: dict[str, Fraction] = {}
            for portion in found:
                for x in getattr(portion, side):
                    sums[x.id] = sums.get(x.id, ZERO) + x.amount
            assert {k: v for k, v in sums.items() if v} == {k: v for k, v in whole.items() if v}


@FEW
@given(documents(loops=False, shared=True), st.integers(1, 99))
def test_no_share_moves_biogenic_carbon(doc: Doc, weight: int) -> None:
    """Another property on the co-products changes burdens, never a biogenic CO2 part."""
    changed: Doc = copy.deepcopy(doc)
    for process in changed["processes"]:
        for output in process["outputs"]:
            if output.get("role") == "allocate":
                output["properties"] = dict.fromkeys(output["properties"], str(weight))
    results = footprint(doc), footprint(changed)
    one, other = (result.declared.parts for result in results)
    whole = sum((abs(x) for result in results for x in atoms(result).values()), ZERO)
    for part in ("biogenic_co2_emission", "biogenic_co2_removal"):
        assert abs(one[part] - other[part]) <= Fraction(CLOSE) * whole


@FEW
@given(documents())
def test_an_empty_process_more_changes_nothing(doc: Doc) -> None:
    more: dict[str, Any] = copy.deepcopy(doc)
    more["processes"].append({"id": "zz", "outputs": [{"flow": "zz", "amount": "1", "unit": "kg"}]})
    more["exchanges"].append(
        {
            "id": "zz-link",
            "process": doc["processes"][0]["id"],
            "amount": "3",
            "unit": "kg",
            "from": {"process": "zz"},
        }
    )
    assert close(footprint(more), footprint(doc))


@FEW
@given(documents())
def test_file_and_system_give_the_same_result(doc: Doc) -> None:
    system = read(doc)
    assert footprint(read(canonical(system))).to_json() == footprint(system).to_json()


@FEW
@given(documents())
def test_totals_differ_by_biogenic_carbon_alone(doc: Doc) -> None:
    figure = footprint(doc).declared
    atoms_ = sum(
        (figure.parts[part] for part in ("biogenic_co2_emission", "biogenic_co2_removal")), ZERO
    )
    assert figure.total("including_biogenic_co2") - figure.total(EXCLUDING) == atoms_


def lines_of(system: ProductSystem) -> list[Exchange]:
    return [x for x in system.exchanges if x.is_line]


@FEW
@given(documents(shared=False), st.randoms(use_true_random=False))
def test_more_of_an_emission_never_lowers_the_figure(doc: Doc, rng: random.Random) -> None:
    """Without credits and without removals no input can help."""
    system = read(doc)
    chosen = rng.choice(lines_of(system)).id
    more = tuple(
        replace(x, amount=x.amount * rng.randint(2, 9)) if x.id == chosen else x
        for x in system.exchanges
    )
    before, after = footprint(system), footprint(replace(system, exchanges=more))
    rounding = Fraction(CLOSE) * sum(map(abs, atoms(after).values()), ZERO)
    for boundary, figure in before.figures.items():
        assert after.figures[boundary].total(EXCLUDING) >= figure.total(EXCLUDING) - rounding


@FEW
@given(documents(), st.fractions(0, 1, max_denominator=100))
def test_one_line_or_two_that_sum_to_it(doc: Doc, share: Fraction) -> None:
    system = read(doc)
    halves = tuple(
        half
        for x in system.exchanges
        for half in (
            (
                replace(x, amount=x.amount * share),
                replace(x, id=f"{x.id}-rest", amount=x.amount * (1 - share)),
            )
            if x.is_line
            else (x,)
        )
    )
    one, other = footprint(system), footprint(replace(system, exchanges=halves))
    whole = sum(map(abs, atoms(one).values()), ZERO)
    for part, value in one.declared.parts.items():
        assert abs(value - other.declared.parts[part]) <= Fraction(CLOSE) * whole


@FEW
@given(documents(), st.randoms(use_true_random=False))
def test_where_a_line_stands_changes_no_total(doc: Doc, rng: random.Random) -> None:
    """Stages sort; over all of them the figure is bit for bit the same."""
    system = read(doc)
    names = [stage.id for stage in system.stages]
    moved = tuple(replace(x, stage=rng.choice(names)) if x.is_line else x for x in system.exchanges)
    one, other = footprint(system), footprint(replace(system, exchanges=moved))
    assert one.declared.parts == other.declared.parts
