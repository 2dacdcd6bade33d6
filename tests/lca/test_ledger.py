"""The site ledger: stock law, keys, centres, findings."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

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
    assert share is not None and (share.share, share.amount) == (F(2, 3), 800)


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
