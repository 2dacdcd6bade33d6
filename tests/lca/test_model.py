"""Product models: the shipped and the test models load; all faults are reported in one pass."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from factors.errors import ModelError
from factors.findings import Finding
from factors.numbers import decimal_text
from factors.store import load as load_factors
from factors.texts import catalogue
from factors.units import unit
from lca.model import load, models, parse_model
from lca.model_factors import factor_problems
from lca.model_parts import Chosen, FromElectricity, FromProcess

MODELS = Path(__file__).parent / "models"

SMALL = """
format = "carbonlabel-model/1"

[model]
id = "juice"
version = "1.0.0"
name = { zh = "果汁", en = "Juice" }
category = "food"
process = "filling"
foreground = ["filling"]
about = { zh = "甲", en = "a" }

[declared_unit]
amount = "1"
unit = "L"
name = { zh = "每升", en = "per litre" }
reason = { zh = "按升销售", en = "sold by the litre" }
mass = "1.04 [kg/L] + bottle / volume"

[[sales_unit]]
id = "pack"
amount = "volume"
name = { zh = "每瓶（{volume}）", en = "per bottle ({volume})" }

[[stage]]
id = "raw-materials"
name = { zh = "原料", en = "Materials" }

[[enum]]
id = "pack"
scope = "family"
name = { zh = "包装", en = "Package" }
help = { zh = "甲", en = "a" }
values = [
  { id = "glass", name = { zh = "玻璃瓶", en = "glass" } },
  { id = "carton", name = { zh = "纸盒", en = "carton" } },
]

[[parameter]]
id = "volume"
unit = "mL"
name = { zh = "容量", en = "volume" }
help = { zh = "甲", en = "a" }
min = "100"
max = "2000"

[[table]]
id = "bottle"
key = "pack"
unit = "g"
name = { zh = "包装质量", en = "mass of the pack" }
values = { glass = "430", carton = "30" }
source = { title = "Example", locator = "p. 1", status = "recalled" }

[[account]]
id = "fruit"
unit = "kg"
group = "materials"
name = { zh = "水果", en = "Fruit" }
record = { zh = "过磅单", en = "weighbridge" }
form = "stock"
required = true
keys = ["mass"]
suppliers = true
kind = "invoiced"
default_distance = "100"
default_mode = "truck"
source = { title = "Example", locator = "p. 2", status = "recalled" }

[[process]]
id = "filling"
name = { zh = "灌装", en = "Filling" }
output = { flow = "juice", amount = "1", unit = "L" }
place = "CN"

[[exchange]]
id = "fruit"
process = "filling"
stage = "raw-materials"
flow = "fruit"
name = { zh = "水果", en = "Fruit" }
amount = "fruit * supplier_share"
unit = "kg"
from = { supplier = "apple-cn" }
each = "fruit"

[[exchange]]
id = "pack"
process = "filling"
stage = "raw-materials"
flow = "pack"
name = { zh = "包装", en = "Pack" }
amount = "bottle / volume"
unit = "kg"
from = { factor = { by = "pack", values = { glass = "glass-primary-gb", carton = "carton-cn" } } }
"""


def problems(text: str) -> tuple[Finding, ...]:
    with pytest.raises(ModelError) as refusal:
        parse_model(text.encode(), "juice.toml")
    return refusal.value.findings


def codes(text: str) -> set[str]:
    return {found.code for found in problems(text)}


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, f"{old!r} stands {SMALL.count(old)} times in the model"
    return SMALL.replace(old, new)


def test_the_small_model_loads() -> None:
    model = parse_model(SMALL.encode(), "juice.toml")
    assert (model.id, model.version) == ("juice", "1.0.0")
    assert model.units["fruit"] == unit("kg/L")
    assert model.units["volume"] == unit("mL")
    assert model.factor_ids == {"apple-cn", "glass-primary-gb", "carton-cn"}
    assert len(model.sha256) == 64


def test_the_hash_is_that_of_the_bytes() -> None:
    again = parse_model((SMALL + "# a remark\n").encode(), "juice.toml")
    assert again.sha256 != parse_model(SMALL.encode(), "juice.toml").sha256


@pytest.mark.parametrize("name", ["steel-bf", "refrigerator"])
def test_models_of_other_trades_load(name: str) -> None:
    model = load(MODELS / f"{name}.toml")
    assert model.exchanges


@pytest.mark.parametrize("name", models())
def test_shipped_models_load_and_fit_the_factor_library(name: str) -> None:
    model = load(name)
    assert model.id == name
    shown = [found.render("en") for found in factor_problems(model, load_factors())]
    assert shown == []


def row_problems(text: str) -> list[str]:
    model = parse_model(text.encode(), "juice.toml")
    return [found.code for found in factor_problems(model, load_factors())]


def with_property(row: str, default: str, own: str) -> str:
    text = changed("1.04 [kg/L] +", "density +")
    return text + (
        f'[[parameter]]\nid = "density"\nunit = "{own}"\nask = false\ndefault = "{default}"\n'
        f'property = "{row}"\nname = {{ zh = "甲", en = "a" }}\n'
    )


def test_rows_are_held_against_the_library() -> None:
    unknown = ["MODEL-FACTOR-UNKNOWN", "MODEL-FACTOR-UNKNOWN"]  # apple-cn, carton-cn
    assert row_problems(SMALL) == unknown
    benchmark = SMALL.replace("apple-cn", "beer-can-world")
    assert row_problems(benchmark) == [
        "MODEL-FACTOR-UNFIT",
        "MODEL-UNIT-UNLIKE",
        "MODEL-FACTOR-UNKNOWN",
    ]
    assert row_problems(with_property("diesel-density", "830.565", "kg/m3")) == unknown
    assert row_problems(with_property("diesel-density", "0.830565", "kg/L")) == unknown
    for wrong in (("diesel-density", "0.83", "kg/L"), ("malting-yield", "0.8", "kg/L")):
        assert row_problems(with_property(*wrong)) == [*unknown, "MODEL-PROPERTY-VALUE"]


def test_steel_has_a_loop_through_its_own_power_plant() -> None:
    model = load(MODELS / "steel-bf.toml")
    links = {
        (exchange.process, exchange.origin.process)
        for exchange in model.exchanges
        if isinstance(exchange.origin, FromProcess)
    }
    assert {("mill-power", "own-power"), ("own-power", "mill-power")} <= links


# --- one fault at a time -------------------------------------------------------------------------

FAULTS = [
    ('unit = "mL"', 'unit = "mLL"', "MODEL-UNIT"),
    ('version = "1.0.0"', 'version = "one"', "TOML-STRING"),
    ('id = "volume"', 'id = "Volume"', "TOML-ID"),
    ('min = "100"', 'min = "2001"', "MODEL-RANGE"),
    ('min = "100"', 'min = 100', "TOML-KIND"),
    ('min = "100"', 'min = "1,00"', "TOML-NUMBER"),
    ('min = "100"', 'minimum = "100"', "TOML-KEY"),
    ('category = "food"\n', "", "TOML-MISSING"),
    ('about = { zh = "甲", en = "a" }', 'about = { zh = "甲" }', "TOML-TEXT"),
    ('about = { zh = "甲", en = "a" }', 'about = { zh = "甲", en = " " }', "TOML-TEXT"),
    ('about = { zh = "甲", en = "a" }', 'about = { zh = "甲", en = "a", fr = "a" }', "TOML-TEXT"),
    ('group = "materials"', 'group = "other"', "TOML-CHOICE"),
    ('keys = ["mass"]', 'keys = ["weight"]', "TOML-CHOICE"),
    ('max = "2000"', 'max = "2000"\ndefault = "500"', "MODEL-SOURCE"),
    ('bottle / volume"\nunit = "kg"', 'bottle"\nunit = "kg"', "FORMULA-DIMENSION"),
    ('bottle / volume"\nunit = "kg"', 'bottles / volume"\nunit = "kg"', "FORMULA-NAME"),
    ('bottle / volume"\nunit = "kg"', 'bottle / (volume"\nunit = "kg"', "FORMULA-SYNTAX"),
    ('1.04 [kg/L] +', "1.04 +", "FORMULA-UNLIKE"),
    ('per bottle ({volume})', "per bottle ({volum})", "FORMULA-NAME"),
    ('id = "bottle"', 'id = "volume"', "MODEL-DUPLICATE"),
    ('id = "bottle"', 'id = "max"', "MODEL-DUPLICATE"),
    ('id = "bottle"', 'id = "supplier_share"', "MODEL-DUPLICATE"),
    ('key = "pack"', 'key = "volume"', "MODEL-NOT-ENUM"),
    ('glass = "430", ', "", "MODEL-VALUE-MISSING"),
    ('glass = "430"', 'glass = "430", tin = "20"', "MODEL-VALUE"),
    ('process = "filling"\nforeground', 'process = "bottling"\nforeground', "MODEL-NOT-PROCESS"),
    ('foreground = ["filling"]', 'foreground = ["mixing"]', "MODEL-NOT-PROCESS"),
    ('id = "raw-materials"\n', 'id = "use"\n', "MODEL-VALUE"),
    ('suppliers = true', "suppliers = false", "MODEL-NO-SUPPLIERS"),
    ('from = { supplier = "apple-cn" }\neach = "fruit"', 'from = { supplier = "apple-cn" }',
     "MODEL-EACH-MISSING"),
    ('from = { supplier = "apple-cn" }', 'from = { mode = { ship = "sea-cn" } }',
     "MODEL-NO-DEFAULT"),
    ('from = { supplier = "apple-cn" }', 'from = { process = "filling" }', "MODEL-UNIT-UNLIKE"),
    ('from = { supplier = "apple-cn" }', 'from = { flow = "fossile.CO2" }', "TOML-STRING"),
    ('from = { supplier = "apple-cn" }', 'from = { magic = "apple-cn" }', "MODEL-FROM"),
    ('from = { supplier = "apple-cn" }', 'from = { electricity = "cn" }', "MODEL-UNIT-UNLIKE"),
    ('from = { supplier = "apple-cn" }', 'from = { electricity = "{volume}" }', "MODEL-NOT-ENUM"),
    ('output = { flow = "juice", amount = "1"', 'output = { flow = "juice", amount = "0"',
     "MODEL-NOT-POSITIVE"),
    ('unit = "L"\nname', 'unit = "kg"\nname', "MODEL-UNIT-UNLIKE"),
    ('format = "carbonlabel-model/1"', 'format = "carbonlabel-model/2"', "TOML-CHOICE"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code"), FAULTS)
def test_one_fault_is_one_code(old: str, new: str, code: str) -> None:
    assert code in codes(changed(old, new))


ADDED = [
    (('[[parameter]]\nid = "idle"\nunit = "1"\nname = { zh = "甲", en = "a" }\n'
     'help = { zh = "甲", en = "a" }\n'), "MODEL-UNUSED"),
    (('[[process]]\nid = "mixing"\nname = { zh = "甲", en = "a" }\n'
     'output = { flow = "mix", amount = "1", unit = "L" }\n'), "MODEL-UNREACHED"),
    (('[[band]]\nfigure = "cradle-to-gate"\nlow = "0.2"\nhigh = "0.9"\nunit = "kg/L"\n'
     'source = { title = "E", locator = "p", status = "recalled" }\n'), "MODEL-UNIT-UNLIKE"),
    (('[[check]]\nid = "c"\nseverity = "note"\nlow = "1"\ntext = { zh = "甲", en = "a" }\n'
     'todo = { zh = "甲", en = "a" }\n'), "MODEL-CHECK-LIMITS"),
    (('[[check]]\nid = "c"\nseverity = "note"\nwhen = { pack = "tin" }\n'
     'text = { zh = "甲", en = "a" }\ntodo = { zh = "甲", en = "a" }\n'), "MODEL-VALUE"),
    (('[[check]]\nid = "c"\nseverity = "note"\nwhen = { pack = [] }\n'
     'text = { zh = "甲", en = "a" }\ntodo = { zh = "甲", en = "a" }\n'), "MODEL-EMPTY"),
    (('[[quantity]]\nid = "q"\nformula = "r"\nunit = "1"\nname = { zh = "甲", en = "a" }\n'
     '[[quantity]]\nid = "r"\nformula = "q"\nunit = "1"\nname = { zh = "甲", en = "a" }\n'),
     "MODEL-LATER"),
    (('[[co_product]]\nprocess = "filling"\nflow = "pomace"\nname = { zh = "甲", en = "a" }\n'
     'amount = "0.1 [kg/L]"\nunit = "kg"\ntreatment = "allocate"\n'), "MODEL-NO-METHOD"),
    (('[[co_product]]\nprocess = "filling"\nflow = "pomace"\nname = { zh = "甲", en = "a" }\n'
     'amount = "0.1 [kg/L]"\nunit = "kg"\ntreatment = "substitute"\n'), "MODEL-REPLACES"),
    ('[[carbon]]\nof = "product"\norigin = "biogenic"\namount = "0.05 [kg/L]"\nunit = "L"\n',
     "MODEL-UNIT-UNLIKE"),
    (('[[omission]]\nflow = "oil"\nestimate = "0.001 [kg/L]"\nunit = "kg CO2e"\n'
     'reason = { zh = "甲", en = "a" }\n'), "FORMULA-DIMENSION"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "code"), ADDED)
def test_one_wrong_part_is_one_code(more: str, code: str) -> None:
    assert code in codes(SMALL + more)


ALLOCATED = """
[[co_product]]
process = "filling"
flow = "pomace"
name = { zh = "甲", en = "a" }
amount = "0.1 [kg/L]"
unit = "kg"
treatment = "allocate"
property = { PROPERTY }
"""
DIVIDED = 'place = "CN"\nallocation = { method = "mass", basis = { zh = "甲", en = "a" } }'


@pytest.mark.parametrize(
    ("ours", "theirs", "code"),
    [
        ('mass = "1.04 [kg/L]"', 'mass = "1"', ""),
        ('mass = "1.04 [kg/L]"', 'price = "1"', "MODEL-NO-PROPERTY"),
        ('mass = "1"', 'mass = "1"', "MODEL-PROPERTY-UNLIKE"),
        ('mass = "1.04 [kg/L]"', 'charm = "1"', "TOML-CHOICE"),
    ],
)
def test_allocation_needs_one_property_in_one_dimension(ours: str, theirs: str, code: str) -> None:
    text = changed('place = "CN"', DIVIDED) + ALLOCATED.replace("PROPERTY", theirs)
    text = text.replace(
        'amount = "1", unit = "L" }', f'amount = "1", unit = "L", property = {{ {ours} }} }}'
    )
    if code:
        assert code in codes(text)
    else:
        assert parse_model(text.encode(), "juice.toml").co_products


def test_all_faults_are_reported_in_one_pass() -> None:
    text = SMALL.replace('unit = "mL"', 'unit = "mLL"').replace('min = "100"', "min = 100")
    text = text.replace('category = "food"\n', "").replace('key = "pack"', 'key = "box"')
    found = codes(text)
    assert {"MODEL-UNIT", "TOML-KIND", "TOML-MISSING", "MODEL-NOT-ENUM"} <= found


def test_one_unreadable_unit_does_not_start_an_avalanche() -> None:
    assert codes(changed('unit = "mL"', 'unit = "mLL"')) == {"MODEL-UNIT"}


def test_a_finding_names_file_and_key_path() -> None:
    found = problems(changed('amount = "bottle / volume"', 'amount = "bottle"'))
    assert str(found[0].where) == "juice.toml exchange[pack].amount"


def test_a_formula_may_be_as_long_as_formulas_may_be() -> None:
    longest = "bottle / volume" + " + 0.000 [kg/L]" * 60
    assert 900 < len(longest) < 1000
    model = parse_model(changed('amount = "bottle / volume"', f'amount = "{longest}"').encode(), "")
    assert model.exchanges[1].amount.text == longest
    longer = longest + " " * 100
    assert "FORMULA-LENGTH" in codes(changed('amount = "bottle / volume"', f'amount = "{longer}"'))


def test_a_country_may_be_chosen_by_an_enum() -> None:
    text = changed('from = { supplier = "apple-cn" }', 'from = { electricity = "{pack}" }')
    text = text.replace(
        'amount = "fruit * supplier_share"\nunit = "kg"',
        'amount = "fruit * supplier_share * 1 [kWh/kg]"\nunit = "kWh"',
    )
    model = parse_model(text.encode(), "juice.toml")
    origin = model.exchanges[0].origin
    assert origin == FromElectricity(Chosen({"glass": "glass", "carton": "carton"}, "pack"))


# --- hostile files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfe", "TOML-UNREADABLE"),
        (b"a = ", "TOML-UNREADABLE"),
        (b"a = " + b"[" * 100_000, "TOML-UNREADABLE"),
        (b"a = " + b"9" * 5000, "TOML-UNREADABLE"),
        (b"#" * 1_000_001, "TOML-SIZE"),
    ],
)
def test_hostile_bytes_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(ModelError) as refusal:
        parse_model(data, "evil.toml")
    assert refusal.value.findings[0].code == code


@pytest.mark.parametrize("source", ["no-such-model", "/no/such/file.toml", "a\0b.toml", "../../x"])
def test_what_is_not_there_is_said(source: str) -> None:
    with pytest.raises(ModelError) as refusal:
        load(source)
    assert refusal.value.findings[0].code == "TOML-NOT-FOUND"


def junk() -> list[object]:
    return [
        "",
        "x" * 3000,
        "\x07",
        1,
        -1.5,
        True,
        [],
        [1],
        ["a"],
        [{}],
        {},
        {"id": []},
        {"a": {"b": 1}},
    ]


def spoiled(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return copies of a document with one field replaced by junk, or left out, each."""
    copies: list[dict[str, Any]] = []
    for key, value in document.items():
        copies.append({name: one for name, one in document.items() if name != key})
        copies.extend({**document, key: one} for one in junk())
        if isinstance(value, dict):
            copies.extend({**document, key: inner} for inner in spoiled(value))
        if isinstance(value, list) and value and isinstance(value[0], dict):
            copies.extend({**document, key: [inner, *value[1:]]} for inner in spoiled(value[0]))
    return copies


def test_no_junk_in_any_field_raises_anything_but_a_model_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Some junk is harmless (a text of 3000 characters is not); none may cause a crash."""
    refused = 0
    for document in spoiled(tomllib.loads(SMALL)):
        monkeypatch.setattr("lca.document.tomllib.loads", lambda _, shown=document: shown)
        try:
            parse_model(b"", "evil.toml")
        except ModelError as refusal:
            shown = [found.render("zh") + found.render("en") for found in refusal.findings]
            refused += len(shown) > 0
    assert refused > 500


def test_every_text_of_these_rooms_has_both_languages() -> None:
    texts: Mapping[str, Mapping[str, Any]] = catalogue("findings")
    rooms = ("TOML-", "MODEL-", "FORMULA-", "ANSWER-", "RULESET-")
    ours = {code: one for code, one in texts.items() if code.startswith(rooms)}
    assert len(ours) > 50
    for one in ours.values():
        assert one["severity"] in ("error", "warning", "note")
        assert all(one[lang][part] for lang in ("zh", "en") for part in ("saw", "expected", "todo"))


IDLE = """
[[quantity]]
id = "idle"
formula = "1"
unit = "1"
name = { zh = "甲", en = "a" }
"""
COOLED = """
[[exchange]]
id = "cooled"
process = "filling"
stage = "raw-materials"
flow = "power"
name = { zh = "冷藏", en = "Cooling" }
amount = "{amount}"
unit = "kWh"
grid_loss = "{name}"
from = { factor = "electricity-eu-production-mix-2024" }

[[parameter]]
id = "loss"
ask = false
unit = "{unit}"
default = "0.07"
name = { zh = "线损", en = "Grid loss" }
source = { title = "E", locator = "p", status = "recalled" }

[[quantity]]
id = "gross"
formula = "loss / 1 [{unit}]"
unit = "1"
name = { zh = "甲", en = "a" }
"""


@pytest.mark.parametrize(
    ("amount", "name", "unit", "found"),
    [
        ("1 [kWh/L] * (1 + loss)", "loss", "1", set()),
        ("1 [kWh/L] * (1 + gross)", "loss", "1", set()),
        ("1 [kWh/L]", "loss", "1", {"MODEL-GRID-LOSS"}),
        ("1 [kWh/L] * (1 + gross)", "lost", "1", {"MODEL-GRID-LOSS"}),
        ("1 [kWh/L] * (1 + gross)", "loss", "kg", {"MODEL-UNIT-UNLIKE"}),
    ],
)
def test_a_grid_loss_that_an_amount_holds_is_in_its_formula(
    amount: str, name: str, unit: str, found: set[str]
) -> None:
    more = COOLED
    for key, value in {"amount": amount, "name": name, "unit": unit}.items():
        more = more.replace("{" + key + "}", value)
    # One question that nothing uses makes the file unsound, so that it always has a finding.
    assert codes(SMALL + more + IDLE) - {"MODEL-UNUSED"} == found


STEAM = """
[[parameter]]
id = "enthalpy"
ask = false
unit = "GJ/t"
default = "{default}"
name = {{ zh = "蒸汽焓", en = "Enthalpy of steam" }}
property = "{row}"

[[quantity]]
id = "heat"
formula = "enthalpy"
unit = "GJ/t"
name = {{ zh = "甲", en = "a" }}

[[check]]
id = "hot"
severity = "note"
value = "heat"
unit = "GJ/t"
low = "1"
text = {{ zh = "甲", en = "a" }}
todo = {{ zh = "甲", en = "a" }}
"""


def test_a_row_whose_id_holds_a_number_with_a_point_can_be_named() -> None:
    row = "steam-enthalpy-1.6mpa-saturated"
    amount = load_factors().get(row).amount
    assert amount is not None
    told = STEAM.format(row=row, default=decimal_text(amount / 1000))  # of kJ/kg
    model = parse_model((SMALL + told).encode(), "juice.toml")
    assert "MODEL-PROPERTY-VALUE" not in {f.code for f in factor_problems(model, load_factors())}
    wrong = parse_model((SMALL + STEAM.format(row=row, default="9")).encode(), "juice.toml")
    assert "MODEL-PROPERTY-VALUE" in {f.code for f in factor_problems(wrong, load_factors())}


@pytest.mark.parametrize("row", ["a..b", ".a", "a.", "a-.b", "../a", "A"])
def test_what_is_no_id_of_a_row_is_refused(row: str) -> None:
    assert "TOML-ID" in codes(SMALL + STEAM.format(row=row, default="2"))
