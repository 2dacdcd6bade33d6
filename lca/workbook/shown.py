"""Formulas of ours, for the eye only: totals of months, consumption, yields."""

from __future__ import annotations

from openpyxl.cell.cell import Cell

from lca.workbook.canvas import letter
from lca.workbook.plan import Placed


def put_formula(cell: Cell, formula: str) -> None:
    """Write a formula of ours, for the eye only."""
    cell.value = formula
    cell.number_format = "#,##0.00"


def consumed(placed: Placed, key: str) -> str:
    """What the ledger will take the account to be, once there are figures."""
    row = placed.row(key)
    at = {name: f"{letter(placed.column(name))}{row}" for name in placed.columns}
    booked = f"SUM({at['m1']}:{at['m12']})" + (f"+N({at['whole']})" if "whole" in at else "")
    if "multiplier" in at:
        booked = f'IF({at["multiplier"]}="",1,{at["multiplier"]})*({booked})'
    if "opening" in at:
        booked += f"+N({at['opening']})-N({at['closing']})-N({at['returned']})"
    return f'=IF(COUNT({at["m1"]}:{at.get("returned", at["m12"])})=0,"",{booked})'


def total(placed: Placed, column: str) -> str:
    """Sum of the months of a column, once there are figures."""
    at = letter(placed.column(column))
    months = f"{at}{placed.row('m1')}:{at}{placed.row('m12')}"
    return f'=IF(COUNT({months})=0,"",SUM({months}))'


def yield_share(placed: Placed, row: str) -> str:
    """Share of the input of a step that came out good."""
    first, last = (f"{letter(placed.column(c))}{placed.row(row)}" for c in ("input", "output"))
    return f'=IF(COUNT({first},{last})<2,"",{last}/{first})'
