"""The verifier's workbook: another program reaches the result, and follows when a reading moves."""

from __future__ import annotations

import io
import json
import tomllib
from fractions import Fraction as F
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openpyxl import Workbook, load_workbook

from factors.errors import FindingsError
from factors.numbers import decimal_text
from lca import model as product_model
from lca import system_file
from lca.exchange.ledger_view import view
from lca.exchange.process_sheet import MOST_IN_LOOP
from lca.exchange.sheets import Mark
from lca.exchange.verifier_xlsx import verifier_workbook
from lca.footprint import Footprint
from lca.ledger import allocate
from lca.study import study
from lca.workbook.write import workbook
from tests.lca.exchange.office import faults, largest_gap, recalculated, rows, second_column
from tests.lca.systems import (
    document,
    factors,
    footprint,
    line,
    link,
    own,
    process,
    random_document,
)

ROOT = Path(__file__).parents[3]
READING = ("Energy and utilities", "G9")
"""January on the electricity meter of the example, before the multiplier of 80."""


@cache
def example() -> bytes:
    """The workbook of the example brewery."""
    told = tomllib.loads((files("lca") / "models/examples/beer.toml").read_text(encoding="utf-8"))
    return workbook(product_model.load("beer"), "en", told)


def computed(data: bytes) -> Footprint:
    made = study(data, "beer.xlsx", factors=factors()).footprint
    assert made is not None
    return made


@cache
def beer() -> Footprint:
    return computed(example())


@cache
def beer_book() -> bytes:
    return verifier_workbook(beer(), factors(), "en")


def opened(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_reading(data: bytes, sheet: str, cell: str, value: float) -> bytes:
    book = opened(data)
    book[sheet][cell] = value
    return saved(book)


# --- recalculation --------------------------------------------------------------------------------


@pytest.mark.needs("soffice")
def test_libreoffice_reaches_the_result_and_follows_a_reading(tmp_path: Path) -> None:
    before = opened(example())[READING[0]][READING[1]].value
    moved = computed(with_reading(example(), *READING, before + 1000))
    meters = opened(beer_book())["Meters"]
    row = next(cell.row for cell in meters["A"] if cell.value == "electricity")
    assert meters.cell(row, 3).value == before
    meter = meters.cell(row, 3).coordinate
    shifted = with_reading(beer_book(), "Meters", meter, before + 1000)
    loops = {f"loop{seed}": footprint(random_document(seed)) for seed in range(3)}
    books = {name: verifier_workbook(made, factors(), "en") for name, made in loops.items()}
    got = recalculated(tmp_path, {"beer": beer_book(), "shifted": shifted, **books})
    assert {name: faults(book) for name, book in got.items()} == {name: [] for name in got}
    assert largest_gap(got["beer"], beer()) < 1e-9
    for name, made in loops.items():
        assert largest_gap(got[name], made) < 1e-9, name
    assert largest_gap(got["shifted"], moved) < 1e-9
    assert largest_gap(got["shifted"], beer()) > 1e-4  # the control: it is not the old result
    assert "DIFFERS" in str(rows(got["shifted"], "Result"))
    assert "DIFFERS" not in str(rows(got["beer"], "Result"))


@pytest.mark.needs("soffice")
def test_centres_that_serve_each_other_are_solved_live(tmp_path: Path) -> None:
    """Boiler house and compressed air need each other; shares come from the inverse on the page."""
    told = json.loads(system_file.canonical(beer().system))
    keys = {key["id"]: key["values"] for key in told["ledger"]["keys"]}
    keys["K-AIR"]["boiler-house"], keys["K-STEAM"]["compressed-air"] = "900", "2500"
    before = view(told["ledger"], told["product"])
    assert before is not None
    shares = allocate(before.ledger).shares
    told["ledger"]["shares"] = [
        {"account": s.account, "target": s.target, "share": decimal_text(s.share)} for s in shares
    ]
    ledger = view(told["ledger"], told["product"])
    assert ledger is not None and all(item.live for item in ledger.booked)
    data = verifier_workbook(footprint(told), factors(), "en")
    found = rows(recalculated(tmp_path, {"centres": data})["centres"], "Shares")
    heads = next(row for row in found if row[0] == "Account")
    for share in shares:
        row = next(row for row in found if row[0] == share.account)
        shown = row[heads.index(f"final: {share.target}")]
        assert shown == pytest.approx(float(share.share), rel=1e-12)
    passed = next(i for i, row in enumerate(found) if row[0] == "must be 1")
    assert found[passed][2:7] == pytest.approx([1] * 5, rel=1e-12)


@pytest.mark.needs("soffice")
def test_a_company_that_calls_itself_a_formula_is_only_text(tmp_path: Path) -> None:
    doc = document([process("p")], [line("a", "p", "own:x", "2")], factors=[own("x")])
    doc["product"]["name"] = {"zh": "@SUM(1)", "en": "=cmd|' /C calc'!A0"}
    doc["exchanges"][0]["name"] = {"zh": "=1+1", "en": '=HYPERLINK("http://x","y")'}
    doc["exchanges"][0]["origin"] = {"kind": "cell", "sheet": "=A", "cell": "+1"}
    data = verifier_workbook(footprint(doc), factors(), "en")
    texts = [c for page in opened(data) for row in page.iter_rows() for c in row if c.value]
    risky = [c for c in texts if str(c.value).startswith(("=HYP", "=cmd", "=A!+1"))]
    assert len(risky) == 5 and all(cell.data_type == "s" and cell.quotePrefix for cell in risky)
    got = recalculated(tmp_path, {"hostile": data})["hostile"]
    assert "=cmd|' /C calc'!A0" in [row[1] for row in rows(got, "Read me")]


# --- what stands in the cells ---------------------------------------------------------------------


def test_the_same_footprint_gives_the_same_bytes() -> None:
    assert verifier_workbook(beer(), factors(), "en") == beer_book()
    assert verifier_workbook(beer(), factors(), "zh") != beer_book()


def test_nothing_is_hidden_or_protected() -> None:
    for page in opened(beer_book()):
        assert page.sheet_state == "visible" and not page.protection.sheet
        assert not any(d.hidden for d in page.column_dimensions.values())
        assert not any(d.hidden for d in page.row_dimensions.values())


def test_every_number_says_what_it_is() -> None:
    """A typed number has the sign of a mark; a formula has none."""
    signs = ("▶", "○", "◆", "≡", "※")
    bare = [
        f"{page.title}!{cell.coordinate}"
        for page in opened(beer_book())
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "n"
        and cell.value is not None
        and not cell.number_format.strip('"').startswith(signs)
    ]
    assert bare == []
    assert len(signs) == len(Mark) - 1


def test_every_amount_of_the_example_is_calculated_from_cells() -> None:
    """No pasted amount or share in the whole chain of the brewery."""
    book = opened(beer_book())
    amounts = [row for row in book["Amounts"].iter_rows(min_row=5) if row[0].value]
    assert len(amounts) == len(beer().system.exchanges)
    assert all(row[9].data_type == "f" for row in amounts)
    final = [c for row in book["Shares"].iter_rows() for c in row if c.number_format[1:2] == "○"]
    assert final == []


def test_lines_name_cell_factor_release_source_and_locator() -> None:
    book = opened(beer_book())
    by_id = {row[0].value: [c.value for c in row] for row in book["Lines"].iter_rows(min_row=5)}
    told = by_id["brewing-electricity"]
    assert told[14] == "electricity-cn-footprint-2024" and told[25] == "Energy and utilities!G9"
    assert all(told[27:31])
    stated = {line.id: line for line in beer().lines}
    assert set(stated) <= set(by_id)


def test_a_meter_leads_to_the_amount_through_named_cells() -> None:
    book = opened(beer_book())
    rule = next(r for r in book["Amounts"].iter_rows() if r[0].value == "gas-burnt")
    assert rule[4].value == "=in_natural_gas*in_gas_ncv"
    assert set(book.defined_names) >= {"in_natural_gas", "in_gas_ncv"}
    inputs = next(r for r in book["Inputs"].iter_rows() if r[0].value == "natural_gas")
    assert str(inputs[2].value).startswith("='Shares'!")


# --- where every input was read -------------------------------------------------------------------


def ledger_of_beer() -> dict[str, Any]:
    told = json.loads(system_file.canonical(beer().system))["ledger"]
    assert isinstance(told, dict)
    return told


def test_every_cell_that_the_ledger_names_holds_what_was_read() -> None:
    book = opened(example())

    def read(place: dict[str, str]) -> F:
        return F(str(book[place["sheet"]][place["cell"]].value or 0))

    told = ledger_of_beer()
    assert told["keys"] and told["instruments"] and told["per_unit"]
    for key in told["keys"]:
        assert set(key["cells"]) == set(key["values"])
        assert all(read(key["cells"][t]) == F(value) for t, value in key["values"].items())
    for row in told["per_unit"]:
        assert all(read(row["cells"][f]) == F(value) for f, value in row["families"].items())
    for row in told["instruments"]:
        assert read(row["cells"]["amount"]) == F(row["amount"])
    multiplied = 0
    for account in told["accounts"]:
        cells = account["single_cells"]
        assert {"multiplier"} <= set(cells) or {"opening", "closing"} <= set(cells)
        multiplied += account["multiplier"] != "1"
        given = {k: place for k, place in cells.items() if F(account[k] or 0) not in (0, 1)}
        booked = sum(map(read, account["cells"]))
        times = sum(map(F, account["months"])) / booked if booked else 1  # the account's unit
        for name, place in given.items():
            assert F(account[name]) == read(place) * (1 if name == "multiplier" else times)
    assert multiplied
    for output in told["outputs"]:
        for cells, values in (("cells", "months"), ("reject_cells", "rejects")):
            read_here = [read(place) for place in output[cells]]
            assert len({F(v) / r for v, r in zip(output[values], read_here, strict=True)}) == 1


def test_the_workbook_names_the_cell_of_every_input() -> None:
    book, told = opened(beer_book()), ledger_of_beer()
    heads = next(r for r in book["Meters"].iter_rows(values_only=True) if r[0] == "Account")
    place = heads.index("Cells of the exporter's workbook")
    meters = {r[0]: r for r in book["Meters"].iter_rows(values_only=True) if r[0]}
    for account in told["accounts"]:
        shown = str(meters[account["id"]][place])
        assert all(at["cell"] in shown for at in account["single_cells"].values())
    assert "Multiplier Energy and utilities!" in str(meters["electricity"][place])
    assert "!" in str(meters["shrink_film"][3])
    keys = {r[0]: " ".join(map(str, r)) for r in book["Keys"].iter_rows(values_only=True) if r[0]}
    for key in told["keys"]:
        assert all(f"{at['cell']} {t}" in keys[key["id"]] for t, at in key["cells"].items())
    for output in told["outputs"]:
        first, last = output["cells"][0], output["cells"][-1]
        assert f"{first['sheet']}!{first['cell']}:{last['cell']}" in keys[output["family"]]
    green = [r for r in book["Green power"].iter_rows(values_only=True) if r[2] is not None]
    assert all("!" in str(row[6]) for row in green[1:])


def test_who_can_take_part_is_recorded_and_believed_only_if_the_shares_follow() -> None:
    told, product = ledger_of_beer(), beer().system.product

    def live(ledger: dict[str, Any]) -> dict[str, bool]:
        found = view(ledger, product)
        assert found is not None
        return {item.account.id: item.live for item in found.booked}

    takers = {account["id"]: account["takers"] for account in told["accounts"]}
    assert takers["new_cans"] == ["CAN-330"] and takers["electricity"] is None
    assert all(live(told).values())
    for account in told["accounts"]:
        account["takers"] = ["CAN-330"]
    wrong = live(told)
    assert wrong["new_cans"] and not wrong["electricity"] and not wrong["new_bottles"]
    for account in told["accounts"]:
        del account["takers"]
    assert all(live(told).values())  # an older file that does not say


def test_the_ledger_obeys_the_schema_with_and_without_cells() -> None:
    schema = json.loads((ROOT / "docs/schemas/system-1.schema.json").read_text("utf-8"))
    told = json.loads(system_file.canonical(beer().system))
    jsonschema.validate(told, schema)
    told["ledger"]["keys"][0]["cells"] = {"canteen": "D5"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, schema)
    for rows_of in ("accounts", "keys", "outputs", "per_unit", "instruments"):
        for row in told["ledger"][rows_of]:
            for key in ("cells", "reject_cells", "single_cells", "takers"):
                row.pop(key, None)
    jsonschema.validate(told, schema)
    data = verifier_workbook(footprint(told), factors(), "en")
    assert opened(data)["Keys"].max_row == opened(beer_book())["Keys"].max_row


@pytest.mark.parametrize("odd", [7, "x", [], {"EXAMPLE": 3}, {"EXAMPLE": {"sheet": 1}}, None])
def test_cells_of_another_shape_are_left_out(odd: object) -> None:
    row = {"id": "a", "months": ["1"], "multiplier": "1", "opening": "0", "closing": "0",
           "returned": "0", "single_cells": odd, "cells": odd}  # fmt: skip
    ledger = {
        "outputs": [{"family": "EXAMPLE", "months": ["1"], "cells": odd}],
        "keys": [{"id": "k", "values": {"EXAMPLE": "1"}, "cells": odd}],
        "accounts": [row],
        "shares": [{"account": "a", "target": "EXAMPLE", "share": "1"}],
        "per_unit": [{"account": "b", "families": {"EXAMPLE": "1"}, "cells": odd}],
    }
    found = view(ledger, {"id": "EXAMPLE"})
    assert found is not None and found.booked[0].live
    assert (found.booked[0].origin, dict(found.booked[0].singles)) == ("", {})
    assert set(found.key_origins.values()) == {""} and found.per_unit[0].origin == ""


# --- files that are not as they should be ---------------------------------------------------------


def test_a_ledger_that_does_not_add_up_is_taken_as_given() -> None:
    """A stated share that sharing out again does not give is shown as given, never as a formula."""
    told = json.loads(system_file.canonical(beer().system))
    account = next(s for s in told["ledger"]["shares"] if s["account"] == "electricity")
    account["share"] = "0.5"
    ledger = view(told["ledger"], told["product"])
    assert ledger is not None
    live = {item.account.id: item.live for item in ledger.booked}
    assert not live["electricity"] and live["natural_gas"]


@pytest.mark.parametrize(
    "ledger",
    [{"accounts": 7, "outputs": "x"}, {"outputs": [{"family": "EXAMPLE", "months": [None]}]},
     {"outputs": [{"family": "EXAMPLE", "months": ["1"]}], "accounts": [{"id": "a"}, 3],
      "keys": [{"id": "k", "values": {"EXAMPLE": "nan"}}], "shares": [[]], "centres": [{}]}],
)  # fmt: skip
def test_a_ledger_of_another_shape_does_no_harm(ledger: dict[str, object]) -> None:
    doc = document([process("p")], [line("a", "p", "own:x", "2")], factors=[own("x")])
    data = verifier_workbook(footprint({**doc, "ledger": ledger}), factors(), "en")
    amount = next(r for r in opened(data)["Amounts"].iter_rows() if r[0].value == "a")[9]
    assert amount.value == 2 and amount.number_format[1:2] == "○"


def test_a_formula_that_is_not_the_amount_is_not_shown_as_one() -> None:
    told = {"name": "x", "value": "3", "unit": "1", "sheet": "S", "cell": "A1"}
    origin = {"kind": "rule", "rule": "a", "formula": "x * 2", "inputs": [told]}
    for amount, live in (("6", True), ("7", False)):
        doc = document(
            [process("p")], [line("a", "p", "own:x", amount, origin=origin)], factors=[own("x")]
        )
        data = verifier_workbook(footprint(doc), factors(), "en")
        cell = next(r for r in opened(data)["Amounts"].iter_rows() if r[0].value == "a")[9]
        assert (cell.data_type == "f") is live


def test_a_loop_too_large_for_a_spreadsheet_is_refused() -> None:
    names = [f"p{n}" for n in range(MOST_IN_LOOP + 1)]
    links = [
        link(one, other, "0.1") for one, other in zip(names, [*names[1:], names[0]], strict=True)
    ]
    doc = document(
        [process(name) for name in names], [*links, line("a", "p0", "own:x", "1")],
        factors=[own("x")],
    )  # fmt: skip
    with pytest.raises(FindingsError) as caught:
        verifier_workbook(footprint(doc), factors(), "en")
    assert caught.value.findings[0].code == "EXPORT-LOOP"


def test_the_result_stands_on_the_sheet_of_results() -> None:
    labels = [row[0].value for row in opened(beer_book())["Result"].iter_rows() if row[0].value]
    assert "Total excluding biogenic CO2" in labels and "Crops and malting" in labels
    assert second_column(opened(beer_book())) == []  # formulas only: nothing is pasted there
