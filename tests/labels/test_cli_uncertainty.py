"""``carbonlabel uncertainty``: schema, same seed same bytes, and what a person reads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from factors.errors import FindingsError
from factors.texts import LANGS
from labels.cli.uncertainty import show_uncertainty
from tests.lca.systems import Doc, document, line, own, process

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/schemas/uncertainty-1.schema.json").read_text("utf-8"))
RUNS = 2_000
Out = pytest.CaptureFixture[str]
Put = Callable[..., Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def write(malt: str, unit: str = "kg", name: str = "a", product: str = "") -> Path:
        doc: Doc = document(
            [process("p", unit)],
            [line("malt", "p", "own:malt", malt), line("cap", "p", "own:cap", "1")],
            factors=[own("malt", uncertainty="lognormal gsd=1.3"), own("cap")],
        )
        doc["product"]["id"] = product or doc["product"]["id"]
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(doc), encoding="utf-8")
        return path

    return write


def told(
    one: Path, other: Path | None, out: Out, seed: int = 0, *, stated: bool = True
) -> dict[str, Any]:
    code = show_uncertainty(one, other, "", "en", RUNS, seed, as_json=True, stated_only=stated)
    assert code == 0
    found = json.loads(out.readouterr().out)
    jsonschema.validate(found, SCHEMA)
    assert isinstance(found, dict)
    return found


def test_the_document_obeys_its_schema_and_its_seed(put: Put, capsys: Out) -> None:
    path = put("3")
    first = told(path, None, capsys)
    assert first == told(path, None, capsys)
    assert first["figures"] != told(path, None, capsys, seed=1)["figures"]
    assert first["difference"] is None
    assert first["use"] == "internal"
    (figure,) = first["figures"]
    assert figure["covers"] == figure["stated"] == "0.75"
    assert {one["id"] for one in figure["remarks"]} >= {"covers"}
    assert [one["assumed"] for one in figure["first_order"]["factors"]] == [None]


def test_what_states_nothing_is_assumed_and_marked(put: Put, capsys: Out) -> None:
    (figure,) = told(put("3"), None, capsys, stated=False)["figures"]
    assert (figure["covers"], figure["stated"]) == ("1", "0.75")
    assert {one["id"] for one in figure["remarks"]} >= {"assumed"}
    assumed = {one["factor"]: one["assumed"] for one in figure["first_order"]["factors"]}
    assert assumed["own:malt"] is None
    assert {name for name, given in assumed.items() if given} == {
        "own:cap",
        "amount:malt",
        "amount:cap",
    }
    assert all(given.startswith("pedigree-") for given in assumed.values() if given)


def test_two_files_are_compared_on_the_same_draws(put: Put, capsys: Out) -> None:
    found = told(put("3"), put("3.1", name="b"), capsys)["difference"]
    assert (found["verdict"], found["lower"]) == ("lower", "1")
    assert found["shared"] == ["factor:own:malt"]


def test_meters_are_shared_by_variants_and_not_by_products(put: Put, capsys: Out) -> None:
    variant = told(put("3"), put("3.1", name="b"), capsys, stated=False)["difference"]
    other = put("3.1", name="c", product="ANOTHER")
    product = told(put("3"), other, capsys, stated=False)["difference"]
    assert "amount:malt" in variant["shared"] and "amount:malt" not in product["shared"]
    assert "amount:cap" in product["shared"], "both state the same number"
    assert (variant["verdict"], product["verdict"]) == ("lower", "open")


def test_unlike_units_are_not_compared(put: Put, capsys: Out) -> None:
    with pytest.raises(FindingsError) as caught:
        told(put("3"), put("3", "L", name="b"), capsys)
    assert caught.value.findings[0].code == "SPREAD-UNLIKE"


@pytest.mark.parametrize("lang", LANGS)
def test_a_person_reads_why_the_ways_differ(put: Put, capsys: Out, lang: Any) -> None:
    files = put("3"), put("9", name="b")
    assert show_uncertainty(*files, "", lang, RUNS, 0, as_json=False) == 0
    assert show_uncertainty(*files, "", lang, RUNS, 0, as_json=False, stated_only=True) == 0
    shown = re.sub(r"\s+", "", capsys.readouterr().out)
    words = {
        "zh": ("种子0", "区间偏窄", "前者较低", "75.0%", "假设"),
        "en": ("seed0", "toonarrow", "islower", "75.0%", "assumption"),
    }
    assert all(word in shown for word in words[lang])


def test_a_footprint_that_is_blocked_has_no_uncertainty(tmp_path: Path, capsys: Out) -> None:
    path = tmp_path / "empty.json"
    path.write_text(json.dumps(document([process("p")], [])), encoding="utf-8")
    assert show_uncertainty(path, None, "", "en", RUNS, 0, as_json=True) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "ENGINE-EMPTY" in shown.err


@pytest.mark.parametrize("lang", LANGS)
def test_correlation_is_read_from_a_table_and_told(
    put: Put, tmp_path: Path, capsys: Out, lang: Any
) -> None:
    path, table = put("3"), tmp_path / "c.csv"
    table.write_text("one,other,correlation\nown:malt,amount:malt,0.8\n", encoding="utf-8")
    plain = told(path, None, capsys, stated=False)
    assert show_uncertainty(path, None, "", lang, RUNS, 0, as_json=False, correlation=table) == 0
    shown = re.sub(r"\s+", "", capsys.readouterr().out)
    assert {"zh": "相关系数", "en": "drawncorrelated"}[lang] in shown
    assert "own:malt~amount:malt(+0.8)" in shown
    assert show_uncertainty(path, None, "", lang, RUNS, 0, as_json=True, correlation=table) == 0
    tied = json.loads(capsys.readouterr().out)
    jsonschema.validate(tied, SCHEMA)
    assert tied["correlations"] == [
        {"one": "factor:own:malt", "other": "amount:malt", "value": "0.8"}
    ]
    sds = [float(one["figures"][0]["sample"]["sd"]) for one in (plain, tied)]
    assert sds[1] > 1.02 * sds[0]


def test_what_is_held_fixed_is_not_correlated(put: Put, tmp_path: Path) -> None:
    table = tmp_path / "c.csv"
    table.write_text("one,other,correlation\nown:malt,amount:malt,0.8\n", encoding="utf-8")
    with pytest.raises(FindingsError) as caught:
        show_uncertainty(
            put("3"), None, "", "en", RUNS, 0, as_json=True, stated_only=True, correlation=table
        )
    assert [one.code for one in caught.value.findings] == ["CORRELATION-NAME"]
