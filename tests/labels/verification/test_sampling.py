"""Where to look: what a plan must hold, and what makes it grow."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.verification import sampling
from labels.verification.items import items_of
from labels.verification.materiality import Threshold, changed, roll_up, thresholds
from labels.verification.ranking import Ranked, rankings
from labels.verification.sampling import Error, Plan, confidence_factor, plan
from lca.footprint import Footprint
from lca.result import Line
from tests.labels.verification.casework import filled, handed

R3 = Fraction(3)


@cache
def footprint() -> Footprint:
    return handed(filled()).computed


@cache
def a_line() -> Line:
    return footprint().lines[0]


def lines(*values: int) -> tuple[Ranked, ...]:
    """Lines of these contributions, in their ranked order."""
    made = (
        Ranked(replace(a_line(), id=f"L{n:04d}"), Fraction(value), 0.02, 1, f"L{n:04d}")
        for n, value in enumerate(values)
    )
    return tuple(sorted(made, key=lambda one: (-one.score, one.line.id)))


def limit(*values: int) -> Threshold:
    whole = Fraction(sum(values))
    return Threshold("gate", whole, whole / 20, whole * 3 / 80)


def planned(*values: int, seed: str = "s", errors: tuple[Error, ...] = ()) -> Plan:
    return plan({"gate": lines(*values)}, {"gate": limit(*values)}, "reasonable", seed, errors)


VALUES = st.lists(st.integers(1, 10_000), min_size=1, max_size=80)


@given(VALUES, st.text(max_size=5))
def test_every_line_above_performance_materiality_is_looked_at(
    values: list[int], seed: str
) -> None:
    found = set(planned(*values, seed=seed).lines)
    room = limit(*values)
    assert {one.line.id for one in lines(*values) if one.value >= room.performance} <= found


@given(VALUES, st.text(max_size=5))
def test_every_line_as_large_as_the_interval_is_hit(values: list[int], seed: str) -> None:
    made = planned(*values, seed=seed)
    interval = made.draws["gate"].interval
    assert {one.line.id for one in lines(*values) if one.value >= interval} <= set(made.lines)


GATHERED = st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 12)), min_size=1, max_size=60)


def gathered(several: list[tuple[int, int]]) -> tuple[Ranked, ...]:
    """Lines of which some rest on the same documents."""
    made = lines(*(value for value, _ in several))
    item = {f"L{n:04d}": f"item {of}" for n, (_, of) in enumerate(several)}
    return tuple(replace(one, item=item[one.line.id]) for one in made)


@given(GATHERED, st.text(max_size=5))
def test_an_item_as_large_as_the_interval_is_looked_at_with_all_its_lines(
    several: list[tuple[int, int]], seed: str
) -> None:
    ranks = gathered(several)
    room = limit(*(value for value, _ in several))
    made = plan({"gate": ranks}, {"gate": room}, "reasonable", seed)
    item = {one.line.id: one.item for one in ranks}
    sizes = {name: sum(v for v, of in several if f"item {of}" == name) for name in item.values()}
    looked = {item[line] for line in made.lines}
    assert {name for name, size in sizes.items() if size >= made.draws["gate"].interval} <= looked
    seen = [line for pick in made.picks for line in (pick.line, *pick.along)]
    assert sorted(seen) == sorted(name for name, of in item.items() if of in looked)
    assert all(item[one] == item[pick.line] for pick in made.picks for one in pick.along)


def test_lines_on_the_same_documents_are_one_thing_to_look_at() -> None:
    """Thirty small lines of one account, and as many with documents of their own: the control."""
    values = (1000, *(10 for _ in range(30)))
    apart = planned(*values)
    ranks = tuple(replace(one, item="one") if one.value == 10 else one for one in lines(*values))
    together = plan({"gate": ranks}, {"gate": limit(*values)}, "reasonable", "s")
    assert [len(pick.along) for pick in together.picks] == [0, 29]
    assert len(apart.lines) > 10
    wrong = Error(together.lines[1], {"gate": Fraction(3)})
    rest = sampling.population(ranks, {"L0000": "above"})
    assert rest == {"one": 300}
    assert sampling.inside(ranks, rest, [wrong]) == [wrong]
    assert sampling.projection(together.draws["gate"], ranks, rest, [wrong]) == 3


def test_lines_of_a_model_that_one_account_feeds_are_one_item() -> None:
    made = footprint()
    items = items_of(made.system, made.lines)
    assert items["gas-burnt"] == items["gas-supply"]
    assert items["gas-burnt"] != items["electricity"]
    assert len(set(items.values())) < len(items)


@given(VALUES)
def test_the_same_seed_gives_the_same_plan(values: list[int]) -> None:
    assert planned(*values, seed="a") == planned(*values, seed="a")


def test_small_lines_are_drawn_in_proportion_to_their_size() -> None:
    """Over many seeds a line is drawn as often as its size over the interval says."""
    values = (*(100 for _ in range(50)), *(20 for _ in range(50)))
    seeds = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(400)]
    plans = [planned(*values, seed=seed) for seed in seeds]
    interval = plans[0].draws["gate"].interval
    assert interval == Fraction(100)
    small = [one.line.id for one in lines(*values) if one.value == 20]
    hits = sum(name in made.lines for made in plans for name in small)
    assert hits / (400 * len(small)) == pytest.approx(0.2, abs=0.02)
    assert all(set(made.lines) >= {f"L{n:04d}" for n in range(50)} for made in plans)


@pytest.mark.parametrize(
    ("errors", "factor"), [(0, 3.0), (1, 4.75), (2, 6.30), (3, 7.76), (4, 9.16), (5, 10.52)]
)
def test_confidence_factors_are_those_of_the_poisson_distribution(
    errors: int, factor: float
) -> None:
    """Upper 95 % limits of a Poisson mean (as tabulated for monetary-unit sampling)."""
    assert float(confidence_factor(R3, errors)) == pytest.approx(factor, abs=0.02)


def test_an_error_enlarges_the_sample_and_is_projected() -> None:
    values = tuple(10 for _ in range(300))
    before = planned(*values)
    drawn = before.lines[0]
    wrong = Error(drawn, {"gate": Fraction(5)})
    after = planned(*values, errors=(wrong,))
    assert after.draws["gate"].interval < before.draws["gate"].interval
    assert len(after.lines) > len(before.lines)
    rest = sampling.population(lines(*values), {})
    shown = sampling.projection(before.draws["gate"], lines(*values), rest, [wrong])
    assert shown == Fraction(5, 10) * before.draws["gate"].interval


def test_when_nothing_may_stay_undetected_everything_is_looked_at() -> None:
    values = (1000, *(1 for _ in range(30)))
    wrong = Error("L0000", {"gate": Fraction(400)})
    assert len(planned(*values, errors=(wrong,)).lines) == len(values)


def test_what_was_corrected_uses_up_no_room_and_what_is_left_does() -> None:
    values = (1000, *(10 for _ in range(300)))
    left = Error("L0000", {"gate": Fraction(150)})
    before = planned(*values).lines
    assert planned(*values, errors=(replace(left, corrected=True),)).lines == before
    assert len(planned(*values, errors=(left,)).lines) > 2 * len(before)


def test_limited_assurance_looks_at_less() -> None:
    values = tuple(10 for _ in range(300))
    room = {"gate": limit(*values)}
    less = plan({"gate": lines(*values)}, room, "limited", "s")
    assert len(less.lines) < len(planned(*values).lines)


@pytest.mark.parametrize(
    ("documents", "looked"), [(1, 1), (12, 12), (13, 5), (25, 5), (26, 6), (100, 10)]
)
def test_documents_inside_a_line(documents: int, looked: int) -> None:
    found = sampling.months("L1", documents, "s")
    assert len(found) == looked
    assert len(set(found)) == looked
    assert set(found) <= set(range(1, documents + 1))


@given(st.integers(1, 60), st.text(max_size=3))
def test_sites_are_a_root_of_their_number_and_the_largest(count: int, seed: str) -> None:
    names = [f"S{n}" for n in range(count)]
    found = sampling.sites(names, seed)
    assert found[0] == "S0"
    assert (len(found) - 1) ** 2 < count <= len(found) ** 2
    assert len(set(found)) == len(found)


def test_every_disclosed_figure_has_a_threshold_of_its_own() -> None:
    made = footprint()
    found = thresholds(made)
    assert set(found) == set(made.figures)
    for name, one in found.items():
        assert one.material == abs(made.figures[name].value) / 20
        assert one.performance == one.material * 3 / 4
    # An engagement may ask for less, never for more than the rule set allows.
    assert thresholds(made, Fraction(1, 2), Fraction(1)) == found
    stricter = thresholds(made, Fraction(1, 50))
    assert all(stricter[name].material < one.material for name, one in found.items())


def test_a_large_use_stage_hides_no_factory() -> None:
    limits = {
        "cradle-to-gate": Threshold("cradle-to-gate", Fraction(400), Fraction(20), Fraction(15)),
        "cradle-to-grave": Threshold(
            "cradle-to-grave", Fraction(22_000), Fraction(1100), Fraction(825)
        ),
    }
    effect = {"cradle-to-gate": Fraction(300), "cradle-to-grave": Fraction(300)}
    rolled = roll_up(limits, [effect])
    assert rolled["cradle-to-gate"].material
    assert not rolled["cradle-to-grave"].material


def test_a_change_of_a_tenth_is_named_for_each_figure() -> None:
    before = {"cradle-to-gate": Fraction(100), "cradle-to-grave": Fraction(10_000)}
    after = {"cradle-to-gate": Fraction(111), "cradle-to-grave": Fraction(10_011)}
    found = changed(before, after, Fraction(1, 10))
    assert [dict(one.params)["figure"] for one in found] == ["cradle-to-gate"]
    assert dict(found[0].params)["change"] == "11.0 %"
    assert changed(before, {**before, "cradle-to-gate": Fraction(110)}, Fraction(1, 10)) == ()


def test_lines_are_ranked_by_size_uncertainty_and_weakness() -> None:
    made = footprint()
    figure = made.figures["cradle-to-gate"]
    found = rankings(made)["cradle-to-gate"]
    assert len(found) == len(figure.lines)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert {one.weakness for one in found} == {1, 2, 3}
