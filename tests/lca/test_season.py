"""A seasonal works: months that stand idle with the whole plant are one remark, slips are many."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction as F
from typing import Any

import pytest

from factors.findings import Finding
from lca.examples import filled
from lca.model import load
from lca.study import study
from lca.workbook.write import workbook

SIX = ("1", "0.6", "0", "0", "0", "0", "0", "0.5", "1", "1.1", "1.1", "1")
NINE = ("1", "0.9", "0.8", "0.6", "0", "0", "0", "0.7", "1", "1.1", "1.1", "1")
FOUR = ("0", "0", "0", "0", "0", "0", "0", "0", "1", "1.1", "1.1", "1")
ASKED = {"LEDGER-ODD-MONTH", "THINK-MONTH-FEW", "THINK-MONTH-ODD", "THINK-MONTH-STEP"}


def seasonal(course: tuple[str, ...], base: str = "0") -> dict[str, Any]:
    """The juice works, pressing by a course of the year, with a base load of everything."""
    told = filled("apple-juice")
    for family in told["family"]:
        for name in ("output", "rejects"):
            family[name] = spread(family[name], course, "0")
    for account in told["account"]:
        if isinstance(account.get("months"), list):
            account["months"] = spread(account["months"], course, base)
            account.pop("control_total", None)
            account.pop("control_source", None)
    return told


def spread(months: list[str], course: tuple[str, ...], base: str) -> list[str]:
    """The same course for all, each month a little off its own way."""
    return [
        f"{float((F(level) + F(base)) * F(month) * (1 + F(n % 5 - 2, 100))):.2f}"
        for n, (level, month) in enumerate(zip(course, months, strict=True))
    ]


def found(told: dict[str, Any]) -> list[Finding]:
    return list(study(workbook(load("apple-juice"), "en", told), "juice.xlsx").findings)


@pytest.mark.parametrize(("course", "base"), [(SIX, "0"), (NINE, "0"), (FOUR, "0"), (FOUR, "0.05")])
def test_a_season_is_one_remark_per_account(course: tuple[str, ...], base: str) -> None:
    told = found(seasonal(course, base))
    assert not ASKED & {one.code for one in told}
    remarks = Counter(str(one.where) for one in told if one.code == "LEDGER-SEASON")
    assert all(count == 1 for count in remarks.values())


def test_idle_months_are_named_together() -> None:
    remarks = [dict(one.params) for one in found(seasonal(NINE)) if one.code == "LEDGER-SEASON"]
    assert {one["months"] for one in remarks} == {"5, 6, 7"}
    assert len(remarks) == len({one["account_en"] for one in remarks}) > 5


def slipped(account: str, month: int, times: str) -> dict[str, Any]:
    told = seasonal(SIX)
    row = next(one for one in told["account"] if one["account"] == account)
    row["months"][month] = str(float(F(row["months"][month]) * F(times)))
    return told


def test_a_step_of_one_meter_is_still_asked_about() -> None:
    told = seasonal(("1",) * 4 + ("1.2",) * 8)
    row = next(one for one in told["account"] if one["account"] == "electricity")
    row["months"] = [*row["months"][:6], *(str(float(one) * 40) for one in row["months"][6:])]
    assert "THINK-MONTH-STEP" in {one.code for one in found(told)}


@pytest.mark.parametrize(("month", "times"), [(9, "10"), (8, "0"), (9, "3")])
def test_a_slip_in_the_season_is_still_asked_about(month: int, times: str) -> None:
    told = [dict(one.params) for one in found(slipped("electricity", month, times))
            if one.code == "LEDGER-ODD-MONTH"]  # fmt: skip
    assert [one["month"] for one in told] == [str(month + 1)]
