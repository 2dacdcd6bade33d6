"""Abnormal months: they count, both results are shown, and a season is no accident."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from factors.findings import Finding
from lca import study
from lca.abnormal import marked, without
from lca.booking import keep_books
from lca.model import load
from lca.submission import Submission
from lca.workbook.read import read
from lca.workbook.write import workbook

MODEL = load("refrigerator")
JULY = {"month": "m7", "kind": "shutdown", "reason": "7 月 3—19 日台风停电", "evidence": ["E01"]}


def example() -> dict[str, Any]:
    text = (files("lca") / "models" / "examples" / "refrigerator.toml").read_text("utf-8")
    return tomllib.loads(text)


def spoilt(factor: str, *months: dict[str, Any], energy: str = "1") -> bytes:
    """The example with another output and electricity in July, and some months marked."""
    told = example()
    for family in told["family"]:
        family["output"][6] = str(round(Fraction(family["output"][6]) * Fraction(factor)))
    for account in told["account"]:
        if account["account"] == "electricity":
            account["months"][6] = str(int(Fraction(account["months"][6]) * Fraction(energy)))
            account.pop("control_total", None)
            account.pop("control_source", None)
    return workbook(MODEL, "zh", {**told, "abnormal": list(months)})


@cache
def told(factor: str, *months: str, energy: str = "1") -> tuple[Finding, ...]:
    rows = [{**JULY, "month": month} for month in months]
    return study.study(spoilt(factor, *rows, energy=energy), "f.xlsx").findings


def codes(found: tuple[Finding, ...], start: str = "") -> list[str]:
    return [one.code for one in found if one.code.startswith(start)]


def test_both_results_are_shown_for_every_figure_at_the_month() -> None:
    found = [one for one in told("1/4", "m7") if one.code == "ABNORMAL-EFFECT"]
    assert [dict(one.params)["figure_en"] for one in found] == ["cradle to gate", "cradle to grave"]
    assert {(one.where.sheet, one.severity) for one in found} == {("工厂与期间", "note")}
    numbers = {float(dict(one.params)[name]) for one in found for name in ("counted", "left")}
    assert len(numbers) == 4  # a month with a quarter of the output and all of the energy


def test_the_declared_figure_holds_every_month() -> None:
    marked_, plain = (
        study.study(data, "f.xlsx").footprint for data in (spoilt("1/4", JULY), spoilt("1/4"))
    )
    assert marked_ is not None and plain is not None
    assert marked_.figures == plain.figures


def test_leaving_out_a_month_of_waste_makes_the_figure_lower() -> None:
    (gate, _) = [dict(one.params) for one in told("1/4", "m7") if one.code == "ABNORMAL-EFFECT"]
    assert float(gate["left"]) < float(gate["counted"])
    assert gate["change"].startswith("-")


def test_what_the_maker_explains_is_not_asked_about_again() -> None:
    unmarked, explained = told("1/4", energy="1/3"), told("1/4", "m7", energy="1/3")
    july = [one for one in unmarked if one.code == "THINK-MONTH-ODD"]
    assert july
    assert "THINK-MONTH-ODD" not in codes(explained)


def test_a_slip_in_an_abnormal_month_is_still_seen() -> None:
    assert "THINK-MONTH-ODD" in codes(told("1/4", "m7", energy="10"))


def test_an_ordinary_month_that_is_called_abnormal_is_asked_about() -> None:
    assert "THINK-ABNORMAL-ORDINARY" in codes(told("1", "m7"))
    assert "THINK-ABNORMAL-ORDINARY" not in codes(told("1/4", "m7", energy="1/3"))


def test_a_season_is_no_accident() -> None:
    assert "ABNORMAL-MANY" in codes(told("1", "m6", "m7", "m8"))
    assert "ABNORMAL-MANY" not in codes(told("1", "m7"))


def submission(*months: str) -> Submission:
    found = read(spoilt("1", *({**JULY, "month": month} for month in months)), "f.xlsx")
    assert marked(found) == tuple(sorted(int(month[1:]) for month in months))
    return found


def test_without_any_month_nothing_changes() -> None:
    told_ = submission()
    assert replace(without(told_, MODEL), keys=told_.keys, accounts=told_.accounts) == told_
    books = [keep_books(one, MODEL).amounts for one in (told_, without(told_, MODEL))]
    assert _plain(books[0]) == _plain(books[1])


@pytest.mark.parametrize("months", [("m7",), ("m1", "m12"), ("m2", "m5")])
def test_meters_lose_the_month_and_everything_else_follows_the_output(
    months: tuple[str, ...],
) -> None:
    whole = submission(*months)
    left = without(whole, MODEL)
    before, after = (keep_books(one, MODEL) for one in (whole, left))
    made = [
        sum((one.good for one in books.ledger.outputs), Fraction(0)) for books in (before, after)
    ]
    for one, other in zip(before.ledger.accounts, after.ledger.accounts, strict=True):
        if MODEL.account(one.id.partition("#")[0]).form == "metered" and len(one.months) == 12:
            gone = sum(one.months[int(month[1:]) - 1] for month in months)
            assert other.consumed == one.consumed - one.multiplier * gone
        else:
            assert other.consumed / made[1] == one.consumed / made[0]
    assert not [one for one in after.findings if one.blocks]


def test_a_month_beyond_the_period_is_refused() -> None:
    short = example()
    short["period"] = {"from": "2025-01-01", "to": "2025-06-30", "reason": "new-site"}
    short["abnormal"] = [JULY]
    found = read(workbook(MODEL, "zh", short), "f.xlsx")
    places = [one.where.cell for one in found.findings if one.code == "CELL-MONTH-EXTRA"]
    assert found.abnormal[0].where.cell in places
    assert marked(found) == ()


def _plain(amounts: Any) -> dict[tuple[str, str], Fraction]:
    return {(f, a): told.amount for f, every in amounts.items() for a, told in every.items()}
