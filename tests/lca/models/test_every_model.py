"""What holds for every shipped model and each family of its example."""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from dataclasses import replace
from fractions import Fraction as F
from importlib.resources import files

import pytest

from factors.factor import Use
from factors.findings import Severity, Where, blocking
from lca.build import Built, build
from lca.examples import examples, filled
from lca.footprint import compute
from lca.inventory import GATE
from lca.model import load, models
from lca.model_factors import factor_problems
from lca.model_parts import Enum, Parameter
from lca.position import hot_spots
from lca.study import study
from lca.submission import Cell, Submission
from lca.workbook.write import workbook
from tests.evidence import campaign
from tests.lca.models.works import (
    RULES,
    Change,
    Works,
    answered,
    booked,
    cut_off,
    factors,
    fired,
    left_out,
    of_all,
    of_family,
    sound,
    subject,
    without,
)

ASKED = {
    ("electric-motor", "FAN-60"): {"component-gate"},
    ("frozen-seafood", "POLLOCK-FILLET"): {"soaked-net"},
    ("generic", "BOX-20"): {"screening"},
    ("generic", "SHELF-4"): {"screening"},
    ("steel-eaf", "HRB400E-HM"): {"modelled-iron"},
}
"""Questions that the models rightly ask about their examples: each page says why."""
OUTSIDE = {("beer", "CAN-330")}
"""Families that lie outside a range: primary aluminium at its Chinese figure puts it above one."""


def families(model: str) -> list[str]:
    source = files("lca") / "models" / "examples" / f"{model}.toml"
    told = tomllib.loads(source.read_text(encoding="utf-8"))
    return [one["family"] for one in told["family"]]


EACH = [(model, family) for model in models() for family in families(model)]


@pytest.mark.parametrize("model", models())
def test_every_row_exists_fits_its_use_and_is_an_input(model: str) -> None:
    rules = Works(model).rules
    assert factor_problems(rules, factors()) == ()
    assert {factors().get(one).use for one in rules.factor_ids} == {Use.INPUT}


@pytest.mark.parametrize("model", models())
def test_both_languages_say_the_same(model: str) -> None:
    works = Works(model)
    one, other = (build(works.handed_in(lang), works.rules, RULES).system for lang in ("en", "zh"))
    assert one is not None and other is not None
    pairs = zip(one.exchanges, other.exchanges, strict=True)
    assert all((x.id, x.amount) == (y.id, y.amount) for x, y in pairs)


@pytest.mark.parametrize(("model", "family"), EACH)
def test_an_example_raises_no_question_and_is_sound(model: str, family: str) -> None:
    works, asked = Works(model), ASKED.get((model, family), set())
    made = works.built(subject(family))
    assert fired(made) == asked
    told = {one.code for one in made.findings if one.severity is not Severity.NOTE}
    assert told <= ({"MODEL-CHECK-WARNING"} if asked else set())
    result = works.footprint(subject(family))
    sound(result)
    assert not blocking(result.findings)
    assert all(one.inside for one in result.bands) is ((model, family) not in OUTSIDE)


@pytest.mark.parametrize(("model", "family"), EACH)
def test_the_share_of_a_hot_spot_is_what_its_model_calls_usual(model: str, family: str) -> None:
    gate = Works(model).footprint(subject(family)).figures[GATE]
    spots = hot_spots(gate)
    if model == "generic":  # nothing is usual for any product at all
        assert not [spot for spot in spots if "share" in spot.expected]
        return
    assert len(spots) >= 5
    odd = []
    for spot in spots:
        share, usual = gate.share(spot.lines), spot.expected.get("share")
        if share and not (usual and F(usual["low"]) <= share <= F(usual["high"])):
            odd.append((spot.rule, float(share), usual))
    assert not odd


@pytest.mark.parametrize(("model", "family"), EACH)
def test_heavy_lines_are_hot_spots_and_the_loss_of_any_is_noticed(model: str, family: str) -> None:
    whole = Works(model).footprint(subject(family))
    gate = whole.figures[GATE]
    heavy = {line.id for line in gate.lines if gate.share([line]) > F(5, 100)}
    assert heavy <= {line.id for line in gate.lines if line.exchange.hot_spot}
    for spot in hot_spots(gate):
        if any(gate.share([line]) > RULES.cut_off.single for line in spot.lines):
            lines = {line.id for line in spot.lines}
            assert GATE in cut_off(compute(left_out(whole, lines), factors(), RULES)), spot.rule


STATED = [
    ("beer", "EX-500-OW", "new_bottles", "kg CO2e/piece"),
    ("beer", "CAN-330", "new_cans", "kg CO2e/piece"),
    ("electric-motor", "YE3-160M-4", "electrical_steel", "kg CO2e/kg"),
    *(
        ("tire", "PCR-205", account, "kg CO2e/kg")
        for account in ("natural_rubber", "ssbr", "carbon_black_hard", "steel_cord")
    ),
    ("apple-juice", "AJC-70", "apples", "kg CO2e/kg"),
    *(
        ("refrigerator", "EX-BCD-310", account, "kg CO2e/kg")
        for account in ("steel_coated", "compressors", "hips", "foam_pads", "abs")
    ),
    ("refrigerator", "EX-BCD-310", "copper_tube", "kg CO2e/kg"),
    ("refrigerator", "EX-BCD-310", "aluminium", "kg CO2e/kg"),
    ("refrigerator", "EX-BCD-310", "control_boards", "kg CO2e/piece"),
    *(
        ("air-conditioner", "EX-KFR-35", one, "kg CO2e/kg")
        for one in ("steel_coated", "compressors")
    ),
    ("air-conditioner", "EX-KFR-35", "control_boards", "kg CO2e/piece"),
    ("washing-machine", "EX-XQG-80", "steel_coated", "kg CO2e/kg"),
    ("washing-machine", "EX-XQG-80", "control_boards", "kg CO2e/piece"),
]
"""Hot spots that the model builds from inputs where no supplier states a figure of his own."""


@pytest.mark.parametrize(("model", "family", "account", "unit"), STATED)
def test_a_suppliers_figure_takes_the_place_of_what_is_modelled(
    model: str, family: str, account: str, unit: str
) -> None:
    def stated(told: Submission) -> Submission:
        figure = Cell(F(0), unit, Where(sheet="Suppliers", cell="J7"))
        bought = tuple(
            replace(one, pcf=figure) if one.account == account else one for one in told.suppliers
        )
        return replace(told, suppliers=bought)

    works = Works(model)
    whole, free = (works.footprint(subject(family), *one) for one in ((), (stated,)))
    mine = [one for one in free.figures[GATE].lines if one.exchange.factor_kind == "supplier"]
    assert mine and all(one.exchange.hot_spot for one in mine)
    assert free.figures[GATE].value < whole.figures[GATE].value * F(99, 100)


CERTIFIABLE = [(model, True) for model in examples(certifiable=True)] + [("beer", False)]
"""Examples that reach the grade to the gate; beer by its meters and rows of its own country."""


@pytest.mark.parametrize(("model", "reports"), CERTIFIABLE)
def test_an_example_with_verified_reports_is_certifiable_to_the_gate(
    model: str, reports: bool
) -> None:
    appliances = {"refrigerator", "air-conditioner", "washing-machine"}
    assert {"tire", "electric-motor", *appliances} <= set(examples(certifiable=True))
    told = filled(model, certifiable=reports)
    told["cover"]["boundary"] = GATE
    result = study(workbook(load(model), "zh", told), "x.xlsx").footprint
    assert result is not None
    assert (result.grade, result.reasons) == ("certifiable", ())


@pytest.mark.parametrize("model", examples(certifiable=True))
def test_without_a_verifier_the_same_reports_do_not_certify(model: str) -> None:
    told = filled(model, certifiable=True)
    told["cover"]["boundary"] = GATE
    told["record"] = [{**one, "verification": "none"} for one in told["record"]]
    result = study(workbook(load(model), "en", told), "x.xlsx").footprint
    assert result is None or result.grade == "screening"


# --- thousands of works ---------------------------------------------------------------------------


@pytest.mark.deep("models")
def test_any_answers_to_any_model_compute_or_are_refused_with_a_reason() -> None:
    tried: Counter[str] = Counter()
    with campaign("models") as run:
        for seed in run.seeds():
            model, family = EACH[seed % len(EACH)]
            tried[family] += 1
            tried[f"{family} computed"] += any_works(
                model, family, random.Random(seed), run.counters
            )
        often = [family for _, family in EACH if tried[family] >= 10]
        assert all(tried[f"{family} computed"] * 5 > tried[family] for family in often), tried


@pytest.mark.parametrize(
    ("model", "family"),
    [("glass-bottle", "BEER-500"), ("textile-knit", "POLY-180-W"), ("beer", "CAN-330")],
)
def test_some_answers_compute_or_are_refused_with_a_reason(model: str, family: str) -> None:
    counted: Counter[str] = Counter()
    for seed in range(4):
        any_works(model, family, random.Random(seed), counted)
    assert counted["works"]


def any_works(model: str, family: str, rng: random.Random, counted: Counter[str]) -> bool:
    """Build and compute a works with other answers and amounts; a refusal must have a code."""
    works = Works(model)
    entries = works.handed_in().accounts
    chosen = rng.choice(entries).account
    more = booked(chosen, F(rng.randint(1, 300), 100))
    changes = [subject(family), other_answers(works, family, rng), more]
    made = works.built(*changes)
    for _ in range(ROUNDS):
        further = follow_up(works, made, rng)
        if not further:
            break
        changes += further
        made = works.built(*changes)
    if made.system is None:
        assert blocking(made.findings)
        counted["refused"] += 1
        return False
    sound(compute(made.system, factors(), RULES))
    counted["works"] += 1
    return True


ROUNDS = 4


def follow_up(works: Works, made: Built, rng: random.Random) -> list[Change]:
    """What a maker does about a refusal: answer what is asked now, drop what nobody takes."""
    asked = {one.id: one for one in works.rules.parameters}
    changes = []
    for found in blocking(made.findings):
        told = {name: str(value) for name, value in found.params}
        if found.code == "ANSWER-MISSING" and told["id"] in asked:
            one = asked[told["id"]]
            value = {one.id: within(one, rng)}
            changes.append(answered(**value) if one.scope == "site" else of_all(**value))
        if found.code == "LEDGER-KEY-EMPTY":
            rows = works.handed_in().accounts
            changes += [without(row.account) for row in rows if row.key == told["key"]]
    return changes


def other_answers(works: Works, family: str, rng: random.Random) -> Change:
    """A third of the questions answered anew, anywhere within their limits."""
    changes = []
    asked = [one for one in works.rules.parameters if one.ask]
    questions: list[Enum | Parameter] = [*works.rules.enums, *asked]
    for one in questions:
        if rng.random() < 1 / 3:
            value = {one.id: rng.choice(one.ids) if isinstance(one, Enum) else within(one, rng)}
            changes.append(answered(**value) if one.scope == "site" else of_family(family, **value))

    def change(told: Submission) -> Submission:
        for each in changes:
            told = each(told)
        return told

    return change


def within(one: Parameter, rng: random.Random) -> F:
    """A number between the limits of a question, in its unit."""
    low = F(0) if one.least is None else one.least
    high = max(low + 1, (one.default or F(1)) * 3) if one.most is None else one.most
    return low + (high - low) * F(rng.randint(0, 1000), 1000)
