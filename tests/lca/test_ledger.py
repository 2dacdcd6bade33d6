"""The site ledger: stock law, keys, centres, findings."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from factors.findings import Where
from factors.units import unit
from lca.ledger import (
    Account,
    Centre,
    Key,
    Ledger,
    Output,
    allocate,
    output_kind,
)
from lca.ledger_review import review

TWELVE = tuple(F(100) for _ in range(12))


def brewery(
    *accounts: Account, keys: tuple[Key, ...] = (), centres: tuple[Centre, ...] = ()
) -> Ledger:
    """Two families, 600 and 300 units of good output."""
    outputs = (Output("A", (F(600),)), Output("B", (F(300),)))
    return Ledger(accounts, outputs, keys, centres)


def codes(findings: object) -> list[str]:
    return [found.code for found in findings]  # type: ignore[attr-defined]


def test_stock_law() -> None:
    account = Account("coal", "t", TWELVE, F(1), opening=F(50), closing=F(20), returned=F(5))
    assert account.consumed == 50 + 1200 - 20 - 5


def test_multiplier_scales_readings_not_stocks() -> None:
    assert Account("e", "kWh", (F(2), F(3)), F(40), opening=F(1)).consumed == 201


def test_output_key_shares_by_good_output() -> None:
    result = allocate(brewery(Account("e", "kWh", TWELVE, key="output")))
    share = result.of("e", "A")
    assert share is not None and (share.share, share.amount) == (F(2, 3), F(800))


def test_non_product_use_keeps_its_share() -> None:
    key = Key("k", "sub-meter", "kWh", {"A": F(700), "B": F(300), "canteen": F(200)})
    result = allocate(
        brewery(
            Account("e", "kWh", TWELVE, key="k"),
            keys=(key,),
            centres=(Centre("canteen", "non-product"),),
        )
    )
    canteen = result.of("e", "canteen")
    assert canteen is not None and canteen.amount == 200


def test_auxiliary_centres_that_serve_each_other_are_solved() -> None:
    keys = (
        Key("meters", "sub-meter", "kWh", {"boiler": F(1)}),
        Key("steam", "sub-meter", "t", {"air": F(1), "A": F(1)}),
        Key("pressure", "sub-meter", "m3", {"boiler": F(1), "B": F(1)}),
    )
    centres = (Centre("boiler", "auxiliary", "steam"), Centre("air", "auxiliary", "pressure"))
    result = allocate(
        brewery(Account("e", "kWh", TWELVE, key="meters"), keys=keys, centres=centres)
    )
    # boiler passes x = 1 + x/4 => 4/3; A takes half of it, B half of the half
    a, b = result.of("e", "A"), result.of("e", "B")
    assert a is not None and b is not None
    assert (a.share, b.share) == (F(2, 3), F(1, 3))


def test_centres_that_only_serve_each_other_are_named() -> None:
    keys = (
        Key("m", "sub-meter", "kWh", {"x": F(1)}),
        Key("xy", "sub-meter", "t", {"y": F(1)}),
        Key("yx", "sub-meter", "t", {"x": F(1)}),
    )
    centres = (Centre("x", "auxiliary", "xy"), Centre("y", "auxiliary", "yx"))
    result = allocate(brewery(Account("e", "kWh", TWELVE, key="m"), keys=keys, centres=centres))
    assert codes(result.findings) == ["LEDGER-CENTRE-LOOP"]


@pytest.mark.parametrize(
    ("key", "code"), [("none", "LEDGER-KEY-UNKNOWN"), ("z", "LEDGER-KEY-EMPTY")]
)
def test_a_centre_whose_key_is_amiss_is_no_loop(key: str, code: str) -> None:
    """Two accounts come to it, one through another centre: the key is told of, and nothing else."""
    keys = (
        Key("m", "sub-meter", "kWh", {"x": F(1), "A": F(1)}),
        Key("xy", "sub-meter", "t", {"y": F(1), "A": F(1)}),
        Key("z", "mass", "kg", {"A": F(0)}),
    )
    centres = (Centre("x", "auxiliary", "xy"), Centre("y", "auxiliary", key))
    accounts = (Account("e", "kWh", TWELVE, key="m"), Account("w", "t", TWELVE, key="xy"))
    result = allocate(brewery(*accounts, keys=keys, centres=centres))
    assert codes(result.findings) == [code]
    assert result.shares == ()


def test_account_without_key_is_named_when_there_are_two_families() -> None:
    assert codes(allocate(brewery(Account("e", "kWh", TWELVE))).findings) == ["LEDGER-KEY-MISSING"]


def test_unknown_key_unknown_target_negative_and_empty_key() -> None:
    keys = (
        Key("t", "mass", "kg", {"A": F(1), "Z": F(1)}),
        Key("n", "mass", "kg", {"A": F(1), "B": F(-1)}),
        Key("z", "mass", "kg", {"A": F(0)}),
    )
    accounts = [Account(k, "kWh", TWELVE, key=k) for k in ("u", "t", "n", "z")]
    assert codes(allocate(brewery(*accounts, keys=keys)).findings) == [
        "LEDGER-KEY-UNKNOWN",
        "LEDGER-TARGET-UNKNOWN",
        "LEDGER-KEY-NEGATIVE",
        "LEDGER-KEY-EMPTY",
    ]


def test_families_that_cannot_take_part_get_nothing_from_computed_keys() -> None:
    account = Account("cans", "piece", TWELVE, key="output", takers=frozenset({"B"}))
    result = allocate(brewery(account))
    assert result.of("cans", "A") is None
    share = result.of("cans", "B")
    assert share is not None and share.share == 1


def test_measured_key_must_not_feed_a_family_that_cannot_take_part() -> None:
    account = Account("cans", "piece", TWELVE, key="k", takers=frozenset({"B"}))
    key = Key("k", "sub-meter", "piece", {"A": F(1), "B": F(9)})
    assert codes(allocate(brewery(account, keys=(key,))).findings) == ["LEDGER-KEY-BARRED"]


def test_what_one_family_alone_can_take_needs_no_key() -> None:
    cans = Account("cans", "piece", TWELVE, takers=frozenset({"B"}))
    glue = Account("glue", "kg", TWELVE, takers=frozenset({"A", "B"}))
    result = allocate(brewery(cans, glue))
    assert [(one.account, one.target, one.share) for one in result.shares] == [
        ("cans", "B", F(1)),
        ("glue", "A", F(2, 3)),
        ("glue", "B", F(1, 3)),
    ]
    kitchen = Centre("kitchen", "non-product")
    assert codes(
        allocate(
            Ledger((Account("e", "kWh", TWELVE),), (Output("A", (F(1),)),), (), (kitchen,))
        ).findings
    ) == ["LEDGER-KEY-MISSING"]


ROW, OF_ACCOUNT, OF_KEY = (Where(sheet="s", cell=cell) for cell in ("A1", "B2", "C3"))
SHOWN = {"account_zh": "电", "account_en": "power"}
CENTRE = {"account_zh": "boiler", "account_en": "boiler"}


@pytest.mark.parametrize(
    ("values", "of_account", "centre_key", "told"),
    [
        ({"A": 1}, "none", "", [("LEDGER-KEY-UNKNOWN", OF_ACCOUNT, {**SHOWN, "key": "none"})]),
        ({"Z": 1}, "k", "", [("LEDGER-TARGET-UNKNOWN", OF_KEY, {"key": "k", "target": "Z"})]),
        ({"A": -1}, "k", "", [("LEDGER-KEY-NEGATIVE", OF_KEY, {"key": "k", "target": "A"})]),
        ({"A": 0}, "k", "", [("LEDGER-KEY-EMPTY", OF_KEY, {"key": "k"})]),
        (
            {"A": 1, "B": 1, "C": 1},
            "k",
            "",
            [("LEDGER-KEY-BARRED", OF_KEY, {**SHOWN, "key": "k", "families": "B, C"})],
        ),
        ({"boiler": 1}, "k", "k", [("LEDGER-CENTRE-LOOP", ROW, SHOWN)]),
    ],
)
def test_a_finding_names_its_place_and_what_stands_there(
    values: dict[str, int], of_account: str, centre_key: str, told: list[tuple[str, Where, object]]
) -> None:
    account = Account(
        "e",
        "kWh",
        TWELVE,
        key=of_account,
        takers=frozenset({"A"}),
        names={"zh": "电", "en": "power"},
        where=ROW,
        key_where=OF_ACCOUNT,
    )
    key = Key("k", "sub-meter", "kWh", {name: F(value) for name, value in values.items()}, OF_KEY)
    outputs = tuple(Output(family, (F(1),)) for family in "ABC")
    centres = (Centre("boiler", "auxiliary", centre_key, ROW),) if centre_key else ()
    centres = centres or (Centre("canteen", "non-product"),)
    found = allocate(Ledger((account,), outputs, (key,), centres)).findings
    assert [(one.code, one.where, dict(one.params)) for one in found] == told


@pytest.mark.parametrize(
    ("key", "code"), [("none", "LEDGER-KEY-UNKNOWN"), ("", "LEDGER-KEY-MISSING")]
)
def test_a_centre_needs_a_key_that_is_there_and_the_next_one_is_read_all_the_same(
    key: str, code: str
) -> None:
    negative = Key("n", "mass", "kg", {"A": F(-1)}, OF_KEY)
    centres = (Centre("boiler", "auxiliary", key, ROW), Centre("air", "production", "n"))
    accounts = (Account("e", "kWh", TWELVE, key="output"),)
    result = allocate(brewery(*accounts, keys=(negative,), centres=centres))
    assert [(one.code, one.where, dict(one.params)) for one in result.findings] == [
        (code, ROW, {**CENTRE, "key": key}),
        ("LEDGER-KEY-NEGATIVE", OF_KEY, {"key": "n", "target": "A"}),
    ]
    assert len(result.shares) == 2, "what reaches neither centre is shared out"


def test_an_account_in_a_loop_does_not_keep_the_next_one_back() -> None:
    keys = (Key("m", "sub-meter", "kWh", {"x": F(1)}), Key("xx", "sub-meter", "t", {"x": F(1)}))
    accounts = (Account("e", "kWh", TWELVE, key="m"), Account("w", "t", TWELVE, key="output"))
    result = allocate(brewery(*accounts, keys=keys, centres=(Centre("x", "auxiliary", "xx"),)))
    assert {one.account for one in result.shares} == {"w"}


def test_whom_a_centre_serves_takes_nothing_of_an_account_that_does_not_come_to_it() -> None:
    keys = (Key("m", "sub-meter", "kWh", {"A": F(1)}), Key("s", "sub-meter", "t", {"B": F(1)}))
    centres = (Centre("boiler", "auxiliary", "s"),)
    result = allocate(brewery(Account("e", "kWh", TWELVE, key="m"), keys=keys, centres=centres))
    assert [(one.target, one.share) for one in result.shares] == [("A", F(1)), ("B", F(0))]


def test_review_names_control_odd_month_negative_and_submeters() -> None:
    months = (F(100),) * 10 + (F(0), F(900))
    key = Key("k", "sub-meter", "kWh", {"A": F(99999)})
    ledger = brewery(
        Account("e", "kWh", months, control_total=F(1500), control_source="205-1", key="k"),
        Account("coal", "t", (F(1),), closing=F(9)),
        keys=(key,),
    )
    assert codes(review(ledger)) == [
        "LEDGER-CONTROL",
        "LEDGER-ODD-MONTH",
        "LEDGER-ODD-MONTH",
        "LEDGER-SUBMETERS",
        "LEDGER-NEGATIVE",
    ]


def test_clean_account_gives_no_remark() -> None:
    assert not review(brewery(Account("e", "kWh", TWELVE, control_total=F(1210), key="output")))


@pytest.mark.parametrize(
    ("declared", "kind"),
    [("L", "volume"), ("t", "mass"), ("m2", "area"), ("item", "pieces"), ("machine", "pieces")],
)
def test_the_built_in_key_counts_by_the_declared_unit(declared: str, kind: str) -> None:
    assert output_kind(unit(declared, frozenset({"machine"}))) == kind
