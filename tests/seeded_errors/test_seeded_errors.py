"""A sample of the seeded errors every day; thousands of mixed files in ``make deep-seeded``."""

from __future__ import annotations

from random import Random

import pytest

from tests.evidence import campaign
from tests.seeded_errors import corpus, ours
from tests.seeded_errors.book import Book
from tests.seeded_errors.corpus import Spoilt
from tests.seeded_errors.fault import Kind, Planted, at
from tests.seeded_errors.score import Score, Seen, by_bytes, parsed

MODEL = "beer"
SAMPLE = 12
FLOOR = 0.98


def scored(files: list[Spoilt]) -> Score:
    usual = {
        model: ours.check_quickly(corpus.unspoilt(model)) for model in {f.model for f in files}
    }
    score = Score()
    for spoilt in files:
        score.add(spoilt, ours.check_quickly(spoilt), usual[spoilt.model])
    return score


def test_there_are_many_types_of_fault_and_each_has_a_name_of_its_own():
    every = corpus.catalogue()
    assert len(every) >= 200
    assert all(fault.what and fault.id for fault in every)
    assert {fault.kind for fault in every} == set(Kind)


@pytest.mark.parametrize("model", corpus.shipped())
def test_a_clean_file_raises_no_alarm(model: str):
    seen = ours.check_quickly(corpus.unspoilt(model))
    assert [one for one in seen if one.severity == "error" or "THINK-" in one.code] == []


def test_the_same_seed_gives_the_same_file():
    first, second = (corpus.mixed(MODEL, 5) for _ in range(2))
    assert first == second
    assert corpus.mixed(MODEL, 6) != first


def test_faults_of_one_file_keep_apart():
    for seed in range(3):
        rows = [row for one in corpus.mixed(MODEL, seed).planted for row in one.area]
        assert len(rows) == len(set(rows))


def test_a_sample_is_found_at_the_right_cell():
    rng = Random(11)
    faults = rng.sample([f for f in corpus.catalogue() if f.kind is not Kind.NOTHING], SAMPLE)
    made = [spoilt for fault in faults if (spoilt := corpus.single(MODEL, fault)) is not None]
    score = scored(made)
    assert len(made) > SAMPLE / 2
    assert score.detectable.recall >= 1 - 1 / SAMPLE, score.faults
    assert not score.false


def test_faults_are_found_beside_each_other():
    score = scored([corpus.mixed(MODEL, seed) for seed in range(2)])
    assert score.detectable.planted > 10
    assert score.detectable.recall >= 0.9


def test_edits_of_the_file_and_of_its_cells_are_one_thing():
    spoilt = corpus.mixed(MODEL, 9)
    assert len(spoilt.planted) > 5
    assert set(ours.check(spoilt.data)) == set(ours.check_quickly(spoilt))


# --- the scoring itself --------------------------------------------------------------------------


def planted(book: Book) -> Planted:
    spot = next(spot for spot in book.values if spot[2] > 1)
    return at("x", Kind.NUMBER, {spot: "?"})


def test_a_blind_validator_finds_nothing_and_a_noisy_one_raises_false_alarms():
    made = planted(corpus.clean(MODEL))
    spoilt = Spoilt(MODEL, "x", (made,))
    cell = next(iter(made.right))
    blind, keen, noisy, lost = Score(), Score(), Score(), Score()
    blind.add(spoilt, by_bytes(lambda data: [])(spoilt), [])
    keen.add(spoilt, [Seen(cell)], [])
    noisy.add(spoilt, [Seen(cell), Seen("别页!A1")], [])
    lost.add(spoilt, [Seen("别页!A1")], [])
    assert [s.kinds[Kind.NUMBER].recall for s in (blind, keen, noisy, lost)] == [0, 1, 1, 0]
    assert (blind.detectable.missed, lost.detectable.elsewhere) == (1, 1)
    assert [bool(s.false) for s in (blind, keen, noisy, lost)] == [False, False, True, True]


def test_what_is_said_of_the_clean_file_counts_for_nothing():
    made = planted(corpus.clean(MODEL))
    score = Score()
    always = Seen(next(iter(made.right)))
    score.add(Spoilt(MODEL, "x", (made,)), [always], [always])
    assert score.detectable.missed == 1


def test_findings_of_a_command_are_understood():
    told = parsed(
        {"findings": [{"code": "A", "where": {"sheet": "S", "cell": "B2"}}, {"sheet": "T"}]}
    )
    assert [one.place for one in told] == ["S!B2", "T"]


@pytest.mark.deep("seeded")
def test_thousands_of_mixed_files():
    usual = {name: ours.check_quickly(corpus.unspoilt(name)) for name in corpus.shipped()}
    with campaign("seeded") as run:
        score = Score()
        for seed in run.seeds():
            model = corpus.shipped()[seed % len(corpus.shipped())]
            spoilt = corpus.mixed(model, seed)
            score.add(spoilt, ours.check_quickly(spoilt), usual[model])
            run.count("files")
            run.count("faults", len(spoilt.planted))
            assert not score.false
        assert score.detectable.recall >= FLOOR
