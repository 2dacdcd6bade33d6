"""The system file: strict reading of hostile JSON, all faults in one pass, stable bytes out."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from typing import Any

import pytest

from factors.errors import FindingsError
from factors.factor import SourceClass, Status
from lca.system_file import canonical, read, write
from lca.system_write import number_text, share_texts
from tests.lca.systems import (
    Doc,
    co_product,
    document,
    emits,
    line,
    link,
    own,
    process,
    random_document,
    text,
)


def small() -> Doc:
    return document(
        [process("cake"), process("flour", "kg", "2.5")],
        [
            link("cake", "flour", "0.6"),
            line("power", "cake", "own:power", "1.2", "kWh"),
            emits("kiln", "flour", "fossil.CO2", "0.3"),
        ],
        factors=[own("power", "kWh")],
    )


def codes(source: Any) -> list[tuple[str, str]]:
    """(code, key path) of everything that is wrong with a file."""
    with pytest.raises(FindingsError) as refused:
        read(source)
    for found in refused.value.findings:
        assert found.render("zh")
        assert found.render("en")
    return [(found.code, found.where.path) for found in refused.value.findings]


def changed(path: str, value: Any) -> Doc:
    """The small document with one place set; ``None`` removes the key."""
    doc = copy.deepcopy(small())
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = doc
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return doc


def test_bytes_and_document_give_the_same_system() -> None:
    doc = small()
    assert read(json.dumps(doc).encode()) == read(doc)


@pytest.mark.parametrize("seed", range(25))
def test_writing_and_reading_again_changes_nothing(seed: int) -> None:
    system = read(random_document(seed))
    again = read(canonical(system))
    assert again == system
    assert canonical(again) == canonical(system)


def test_canonical_bytes_do_not_depend_on_the_order_of_keys() -> None:
    doc = small()
    turned = json.loads(json.dumps(doc), object_pairs_hook=lambda pairs: dict(pairs[::-1]))
    assert canonical(read(turned)) == canonical(read(doc))


def test_every_fault_is_reported_in_one_pass() -> None:
    doc = small()
    doc["surprise"] = "x"
    doc["boundary"] = "cradle-to-moon"
    doc["exchanges"][0]["amount"] = "1,5"
    doc["exchanges"][1]["from"] = {"factor": "own:power", "flow": "fossil.CO2"}
    doc["exchanges"][2]["process"] = "bakery"
    del doc["processes"][1]["outputs"][0]["unit"]
    assert sorted(codes(doc)) == [
        ("SYSTEM-CHOICE", "boundary"),
        ("SYSTEM-FROM", "exchanges[1].from"),
        ("SYSTEM-KEY-MISSING", "processes[1].outputs[0].unit"),
        ("SYSTEM-KEY-UNKNOWN", "surprise"),
        ("SYSTEM-LINK", "exchanges[2].process"),
        ("SYSTEM-NUMBER", "exchanges[0].amount"),
    ]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("schema", "carbonlabel-system/2", "SYSTEM-CHOICE"),
        ("schema", None, "SYSTEM-KEY-MISSING"),
        ("processes", {}, "SYSTEM-KIND"),
        ("processes.0.outputs.0.amount", "0", "SYSTEM-AMOUNT"),
        ("processes.0.outputs.0.amount", "-1", "SYSTEM-AMOUNT"),
        ("processes.0.outputs.0.role", "allocate", "SYSTEM-REFERENCE"),
        ("processes.1.id", "cake", "SYSTEM-ID-TWICE"),
        ("processes.1.id", "../../etc", "SYSTEM-ID"),
        ("reference.process", "bread", "SYSTEM-LINK"),
        ("reference.amount", "0", "SYSTEM-AMOUNT"),
        ("declared_unit.amount", "0", "SYSTEM-AMOUNT"),
        ("stages.0.side", "after", "SYSTEM-STAGE-SIDE"),
        ("exchanges.0.from.process", "bread", "SYSTEM-LINK"),
        ("exchanges.0.basis", "market", "SYSTEM-BASIS-LINK"),
        ("exchanges.1.stage", "cooking", "SYSTEM-LINK"),
        ("exchanges.1.stage", None, "SYSTEM-KEY-MISSING"),
        ("exchanges.1.id", "kiln", "SYSTEM-ID-TWICE"),
        ("exchanges.1.amount", 1.2, "SYSTEM-NUMBER-TOKEN"),
        ("exchanges.1.amount", 3, "SYSTEM-KIND"),
        ("exchanges.1.amount", "NaN", "SYSTEM-NUMBER"),
        ("exchanges.1.amount", "1e999", "SYSTEM-NUMBER"),
        ("exchanges.1.amount", "9" * 41, "SYSTEM-NUMBER"),
        ("exchanges.1.amount", True, "SYSTEM-KIND"),
        ("exchanges.1.name", {"zh": "电"}, "SYSTEM-KEY-MISSING"),
        ("exchanges.1.name", {"zh": "a\x00b", "en": "ab"}, "SYSTEM-TEXT"),
        ("exchanges.1.name", {"zh": "\u202eabc", "en": "ab"}, "SYSTEM-TEXT"),
        ("exchanges.1.flow", "x" * 5000, "SYSTEM-LONG"),
        ("exchanges.2.amount", "-0.3", "SYSTEM-FLOW-NEGATIVE"),
        ("exchanges.2.from.flow", "smoke.CO2", "SYSTEM-FLOW"),
        ("factors.0.id", "power", "SYSTEM-OWN-ID"),
        ("factors.0.values", {"fossil.CO2": "-1"}, "FACTOR-CELL"),
        ("bands", [{"figure": "cradle-to-gate", "low": "2", "high": "1", "unit": "kg CO2e/kg"}],
         "SYSTEM-BAND"),
    ],
)  # fmt: skip
def test_each_fault_has_its_own_code(path: str, value: Any, code: str) -> None:
    assert code in [found for found, _ in codes(changed(path, value))]


def test_a_whole_life_needs_a_stage_after_the_gate() -> None:
    doc = small() | {"boundary": "cradle-to-grave"}
    assert read(doc).boundary == "cradle-to-grave"
    doc["stages"] = [stage for stage in doc["stages"] if stage["side"] == "gate"]
    assert codes(doc) == [("SYSTEM-BOUNDARY", "boundary")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\xff\xfe", "SYSTEM-UTF8"),
        (b"{", "SYSTEM-JSON"),
        (b"[" * 100_000, "SYSTEM-DEPTH"),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "SYSTEM-DEPTH"),
        (b" " * 20_000_001, "SYSTEM-SIZE"),
        (b"17", "SYSTEM-KEY-MISSING"),
        (b'{"ledger": {"x": NaN, "y": -Infinity}}', "SYSTEM-NUMBER-TOKEN"),
        (b'{"ledger": {"x": ' + b"9" * 5000 + b"}}", "SYSTEM-NUMBER-TOKEN"),
        (b'{"ledger": {"x": 1e400}}', "SYSTEM-NUMBER-TOKEN"),
        (b'{"ledger": {"\\ud800": "x"}}', "SYSTEM-TEXT"),
    ],
)
def test_hostile_bytes_are_refused_with_a_code(raw: bytes, code: str) -> None:
    assert code in [found for found, _ in codes(raw)]


def test_brackets_inside_strings_are_no_depth() -> None:
    doc = small()
    doc["exchanges"][1]["flow"] = "[{" * 500 + '\\"['
    assert read(json.dumps(doc).encode()).exchanges[1].flow.startswith("[{[{")


def test_a_key_that_stands_twice_is_refused_at_its_object() -> None:
    raw = json.dumps(small()).replace('"amount": "0.6"', '"amount": "6", "amount": "0.6"')
    assert codes(raw.encode()) == [("SYSTEM-KEY-TWICE", "exchanges[0]")]


def test_a_file_made_of_faults_is_listed_only_so_far() -> None:
    doc = small() | {"ledger": {"x": [1.5] * 50_000}, "exchanges": [17] * 50_000}
    assert len(codes(doc)) == 200


def test_a_document_in_memory_has_its_depth_checked_too() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    assert "SYSTEM-DEPTH" in [code for code, _ in codes(small() | {"ledger": {"x": deep}})]


def test_shares_of_co_products_must_reach_one_exactly() -> None:
    doc = small()
    doc["processes"][1]["outputs"].append(co_product("bran", "0.2"))
    doc["processes"][1]["allocation"] = {"method": "given"}
    assert codes(doc) == [("SYSTEM-SHARES-MISSING", "processes[1].allocation")]
    doc["processes"][1]["allocation"]["shares"] = {"flour": "0.9", "bran": "0.0999999999"}
    assert codes(doc) == [("SYSTEM-SHARES-SUM", "processes[1].allocation")]
    doc["processes"][1]["allocation"]["shares"] = {"flour": "1.1", "bran": "-0.1"}
    assert codes(doc) == [("SYSTEM-SHARES-NEGATIVE", "processes[1].allocation")]
    doc["processes"][1]["allocation"]["shares"] = {"flour": "0.9", "husk": "0.1"}
    assert codes(doc) == [("SYSTEM-SHARES-FLOWS", "processes[1].allocation")]
    doc["processes"][1]["allocation"]["shares"] = {"flour": "0.9", "bran": "0.1"}
    assert read(doc).processes[1].shares == {"flour": Fraction(9, 10), "bran": Fraction(1, 10)}


def test_stated_shares_may_not_contradict_the_properties() -> None:
    doc = small()
    doc["processes"][1]["outputs"][0]["properties"] = {"mass": "1"}
    doc["processes"][1]["outputs"].append(co_product("bran", "2.5", properties={"mass": "1"}))
    doc["processes"][1]["allocation"] = {
        "method": "mass",
        "shares": {"flour": "0.5", "bran": "0.5"},
    }
    read(doc)
    doc["processes"][1]["allocation"]["shares"] = {"flour": "0.6", "bran": "0.4"}
    assert codes(doc) == [("SYSTEM-SHARES-DIFFER", "processes[1].allocation")]


def test_a_substitute_must_say_what_it_replaces() -> None:
    doc = small()
    doc["processes"][1]["outputs"].append(co_product("steam", "0.2", "substitute"))
    assert codes(doc) == [("SYSTEM-REPLACES", "processes[1].outputs[1].replaces")]


def test_what_an_own_factor_leaves_out_is_taken_cautiously() -> None:
    factor = read(small()).factors[0]
    assert (factor.status, factor.source_class) == (Status.RECALLED, SourceClass.SELF_DECLARED)
    assert factor.gwp_set == "not-stated"
    assert factor.private


def test_own_factor_may_be_per_a_counting_unit_of_the_file() -> None:
    doc = small() | {"units": ["loaf"], "factors": [own("power", "loaf")]}
    assert read(doc).factors[0].unit == "loaf"
    assert "UNIT-UNKNOWN" in [code for code, _ in codes(doc | {"units": ["crate"]})]


def test_written_shares_still_sum_to_one() -> None:
    shares = {"a": Fraction(1, 3), "b": Fraction(1, 7), "c": Fraction(11, 21)}
    texts = share_texts(shares)
    assert sum(Fraction(value) for value in texts.values()) == 1
    assert float(Fraction(texts["c"])) == pytest.approx(11 / 21, rel=1e-15)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(0), "0"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 3), "0.3333333333333333"),
        (Fraction(123456789012345678901, 10**10), "12345678901.2345678901"),
        (Fraction(10**40), f"1{'0' * 40}"),
    ],
)
def test_numbers_are_exact_where_a_decimal_is(value: Fraction, expected: str) -> None:
    assert number_text(value) == expected


def test_zero_is_not_dropped_from_what_is_carried_along() -> None:
    doc = small()
    doc["exchanges"][0]["quality"] = {"scheme": "pedigree", "score": 0}
    doc["ledger"] = {"accounts": [{"id": "power", "months": []}]}
    doc["exclusions"] = [text("capital goods")]
    again = write(read(doc))
    assert again["exchanges"][0]["quality"] == {"scheme": "pedigree", "score": 0}
    assert again["ledger"] == doc["ledger"]
    assert again["exclusions"] == doc["exclusions"]
