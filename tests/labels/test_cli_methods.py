"""``carbonlabel methods``: every method beside the figure, and nothing of it on a label."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from factors.texts import LANGS, text
from labels.cli.methods import show_methods
from lca.end_of_life import CIRCULAR, METHODS, TERMS
from lca.end_of_life_study import RESTATED
from tests.lca.systems import Doc, co_product, document, line, own, process
from tests.lca.test_end_of_life_study import bottle

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/schemas/methods-1.schema.json").read_text("utf-8")
)
Out = pytest.CaptureFixture[str]


@pytest.fixture
def put(tmp_path: Path) -> Any:
    def write(doc: Doc) -> Path:
        path = tmp_path / "system.json"
        path.write_text(json.dumps(doc), encoding="utf-8")
        return path

    return write


def mill(boundary: str = "cradle-to-gate") -> Doc:
    """Flour and bran by mass, with prices and pieces on one of them only; slag credited."""
    bran = co_product("bran", "1", properties={"mass": "1", "price": "0.5"})
    slag = co_product("ash", "0.1", "substitute", replaces="own:clinker")
    made = process(
        "mill", "kg", "3", bran, slag,
        reference={"properties": {"mass": "1", "price": "2", "pieces": "1"}},
        allocation={"method": "mass"},
    )  # fmt: skip
    clinker = own("clinker", values={"unspecified.CO2e": "0.8"})
    return document(
        [made],
        [line("coke", "mill", "own:coke", "2")],
        factors=[own("coke"), clinker],
        reference={"process": "mill", "amount": "3", "unit": "kg"},
        boundary=boundary,
    )


def told(path: Path, out: Out) -> dict[str, Any]:
    assert show_methods(path, "", "en", as_json=True) == 0
    document = json.loads(out.readouterr().out)
    jsonschema.validate(document, SCHEMA)
    assert isinstance(document, dict)
    return document


def test_every_bridge_leaves_no_remainder(put: Any, capsys: Out) -> None:
    result = told(put(bottle()), capsys)["end_of_life"]
    record = Decimal(result["certified"]["value"])
    assert set(result["methods"]) == set(METHODS)
    for one in result["methods"].values():
        steps = sum(Decimal(step["value"]) for step in one["bridge"])
        assert record + steps == Decimal(one["value"])
    # (1 - A)[R1 (Ev - Erec) + R2 (ErecEoL - Ev)] + R3 (-H) and R2's disposal, times 0.5 kg
    moved = Decimal(result["methods"][CIRCULAR]["value"]) - record
    assert moved == Decimal("0.5") * (
        Decimal("0.5") * (Decimal("0.4") * Decimal("1.5") - Decimal("0.6") * Decimal("1.6"))
        - Decimal("0.2") * Decimal("1.4")
    )


def test_every_other_key_with_data_is_shown_with_its_difference(put: Any, capsys: Out) -> None:
    result = told(put(mill()), capsys)
    assert [one["method"] for one in result["allocation"]["alternatives"]] == [
        "economic",
        "no credit",
    ]
    (mine,) = result["allocation"]["processes"]
    assert mine["shares"] == {"mill": "0.75", "bran": "0.25"}
    economic = result["allocation"]["alternatives"][0]
    gate = "cradle-to-gate"
    before, after = Decimal(result["figures"][gate]), Decimal(economic["figures"][gate])
    assert after - before == Decimal(economic["differences"][gate])
    assert float(after) == pytest.approx((2 - 0.08) * 12 / 13, rel=1e-9)


@pytest.mark.parametrize("lang", LANGS)
def test_both_languages_say_that_it_is_not_part_of_any_label(
    put: Any, capsys: Out, lang: Any
) -> None:
    words = {"zh": "不属于任何标签", "en": "not part of any label"}[lang]
    for doc in (bottle(), mill()):
        assert show_methods(put(doc), "", lang, as_json=False) == 0
        assert words in capsys.readouterr().out


def test_the_page_names_methods_steps_and_the_one_of_the_rule_set(put: Any, capsys: Out) -> None:
    assert show_methods(put(bottle()), "", "en", as_json=False) == 0
    shown = capsys.readouterr().out
    assert "energy recovery with the product (of the rule set)" in shown
    assert "circular footprint formula" in shown and "pet: energy replaced" in shown
    assert show_methods(put(mill()), "", "en", as_json=False) == 0
    shown = capsys.readouterr().out
    assert "The figure ends at the gate" in shown
    assert "mass (of the rule set)" in shown and "mill 75.0%, bran 25.0%" in shown


def test_every_term_and_method_has_its_words() -> None:
    names = [f"term_{term.replace('-', '_')}" for term in (*TERMS, RESTATED)]
    names += [f"eol_{one.replace('-', '_').replace('/', '_')}" for one in METHODS]
    assert all(text(f"methods.{name}", lang) for name in names for lang in LANGS)


def test_nothing_to_compare_is_said(put: Any, capsys: Out) -> None:
    doc = document([process("p")], [line("a", "p", "own:a", "1")], factors=[own("a")],
                   boundary="cradle-to-grave")  # fmt: skip
    assert show_methods(put(doc), "", "en", as_json=False) == 0
    shown = capsys.readouterr().out
    assert "No material states how it is recycled" in shown and "No co-products" in shown


def test_a_file_that_cannot_be_computed_is_refused(put: Any, capsys: Out) -> None:
    doc = bottle()
    del doc["end_of_life"][0]["factors"]["recovery"]
    assert show_methods(put(doc), "", "en", as_json=False) == 1
    assert "EOL-FACTOR-MISSING" in capsys.readouterr().err


def test_names_cannot_style_the_page(put: Any, capsys: Out) -> None:
    doc = bottle()
    doc["end_of_life"][0]["name"] = {"zh": "[bold]瓶[/]", "en": "[bold]bottle[/]"}
    assert show_methods(put(doc), "", "en", as_json=False) == 0
    assert "[bold]bottle[/]: energy replaced" in capsys.readouterr().out
