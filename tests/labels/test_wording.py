"""The wording lint: claims are named by their rule, and what is no claim passes."""

import dataclasses
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from factors.errors import FindingsError
from factors.texts import LANGS, catalogue
from labels.registry.desk import submit
from labels.wording import hits, judge, judge_body, rules
from lca.ruleset import load, rulesets
from tests.labels.desk_help import T0, demo_store, submission
from tests.labels.example import footprint
from tests.labels.views import body, composed, whole_life

PHRASES: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "wording_phrases.toml").read_text(encoding="utf-8")
)
BAD = [
    (lang, rule, phrase)
    for lang, by_rule in PHRASES["bad"].items()
    for rule, phrases in by_rule.items()
    for phrase in phrases
]
GOOD = [(lang, phrase) for lang, phrases in PHRASES["good"].items() for phrase in phrases]

STRANGERS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "wording_strangers.toml").read_text(encoding="utf-8")
)


def of_strangers(table: str) -> list[str]:
    return [phrase for phrases in STRANGERS[table].values() for phrase in phrases]


def named(phrase: str, *, partial: bool = True, names: bool = False) -> set[str]:
    return {hit.rule.id for hit in hits(phrase, partial=partial, names=names)}


@pytest.mark.parametrize(("lang", "rule", "phrase"), BAD)
def test_a_claim_is_named_by_its_rule(lang: str, rule: str, phrase: str) -> None:
    assert rule in named(phrase)


@pytest.mark.parametrize(("lang", "phrase"), GOOD)
def test_what_is_no_claim_passes(lang: str, phrase: str) -> None:
    assert named(phrase) == set()


@pytest.mark.parametrize("phrase", of_strangers("bad"))
def test_a_stranger_s_claim_is_found(phrase: str) -> None:
    assert named(phrase)


@pytest.mark.parametrize("phrase", of_strangers("good"))
def test_a_stranger_s_innocent_phrase_passes(phrase: str) -> None:
    assert named(phrase) == set()


def test_what_is_not_judged_rightly_yet_is_listed_as_such() -> None:
    """Mended ones move to the tables above; the rules are far from perfect and the list says so."""
    assert [one for one in of_strangers("missed") if named(one)] == []
    assert [one for one in of_strangers("alarms") if not named(one)] == []
    assert len(of_strangers("bad")) >= 150
    assert len(of_strangers("good")) >= 150


@pytest.mark.parametrize("lang", LANGS)
def test_the_tables_are_long_enough(lang: str) -> None:
    assert sum(one[0] == lang for one in BAD) >= 60
    assert sum(one[0] == lang for one in GOOD) >= 60
    assert set(PHRASES["bad"][lang]) == {rule.id for rule in rules()}


@pytest.mark.parametrize("name", ["示例绿色环保啤酒有限公司", "Example Best Green Choice Ltd."])
def test_names_of_companies_make_no_claim(name: str) -> None:
    assert named(name)
    assert named(name, names=True) == set()
    assert named("示例碳中和科技有限公司", names=True) == {"neutrality"}


@pytest.mark.parametrize(
    "spelt", ["碳\u200b中和", "碳 中 和", "ｎｅｔ ｚｅｒｏ", "carbon\u00adneutral"]
)
def test_spelling_does_not_hide_a_claim(spelt: str) -> None:
    assert named(spelt) == {"neutrality"}


def test_a_claim_is_found_in_whichever_field_its_language_stands() -> None:
    for text in ("carbon neutral beer", "碳中和啤酒"):
        named_by = {"name": {"zh": text, "en": text}}
        assert [one.where.path for one in judge(named_by, partial=True)] == ["name.zh", "name.en"]


def test_a_whole_life_may_be_named_where_it_was_assessed() -> None:
    assert named("全生命周期碳足迹", partial=False) == set()


@pytest.mark.parametrize("table", ["label", "small", "report", "attest", "factsheet", "checklist"])
def test_our_own_texts_make_no_claims(table: str) -> None:
    texts = {key: value for key, value in catalogue().get(table, {}).items() if "cradle" not in key}
    found = list(judge(texts, partial=False, path=table))
    assert [one.params for one in found] == []


def test_what_is_left_out_may_be_named() -> None:
    words = {"zh": "抵消与避免的排放", "en": "Offsets and avoided emissions"}
    assert list(judge({"exclusions": [words]}, partial=True)) == []
    assert len(list(judge({"allocation": [words]}, partial=True))) == 2


@pytest.mark.parametrize("name", rulesets())
def test_rule_sets_print_no_claims(name: str) -> None:
    texts = [{"zh": one["zh"], "en": one["en"]} for one in load(name).exclusions]
    assert list(judge({"exclusions": texts}, partial=True)) == []


def test_the_examples_make_no_claims() -> None:
    for fields in (body(), whole_life(), dict(composed().fields)):
        assert judge_body(fields) == ()


@pytest.mark.parametrize(
    ("path", "words", "rule"),
    [
        (("product", "name", "zh"), "碳中和啤酒", "neutrality"),
        (("declared_unit", "name", "en"), "per litre of eco-friendly beer", "praise"),
        (("exclusions", 0, "en"), "everything; 30 % less CO2", "comparison"),
    ],
)
def test_a_claim_stops_a_submission(
    tmp_path: Path, path: tuple[Any, ...], words: str, rule: str
) -> None:
    found = claims_at_the_desk(tmp_path, path, words)
    assert [one.code for one in found] == ["WORDING-CLAIM"]
    assert dict(found[0].params)["rule"] == rule
    assert rule in found[0].render("en")


def claims_at_the_desk(tmp_path: Path, path: tuple[Any, ...], words: str) -> tuple[Any, ...]:
    record = footprint()
    place: Any = record
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = words
    handed = submission()
    with pytest.raises(FindingsError) as refused:
        submit(demo_store(tmp_path), with_fields(handed, record), T0)
    return refused.value.findings


def with_fields(handed: Any, record: dict[str, Any]) -> Any:
    given = json.loads(handed.footprint)
    record["lock"] = given["lock"]
    return dataclasses.replace(handed, footprint=json.dumps(record, ensure_ascii=False).encode())
