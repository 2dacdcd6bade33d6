"""How wide the columns of a sheet are: the widest wish of the blocks above each other."""

from __future__ import annotations

from lca.workbook.fields import Accounts, Form
from lca.workbook.plan import Placed, PlacedSheet

_WIDTHS = {"label": 34, "need": 14, "unit": 9, "value": 44, "family": 20, "centre": 16, "help": 52,
           "name": 24, "record": 17}  # fmt: skip
_NARROW_NEED = 12


def widths(placed: PlacedSheet) -> dict[int, float]:
    """Widths by column; the widest wish of the blocks above each other.

    Where a table stands below a form, the form's help may run over the edge instead.
    """
    mixed = len({type(block.block) for block in placed.blocks}) > 1
    slotted = any(":" in name for one in placed.blocks[1:] for name in one.columns)
    help_width = 0.0 if slotted else 46.0
    widths: dict[int, float] = {}
    for block in placed.blocks:
        for column, name in enumerate(block.columns, start=2):
            wish = help_width if mixed and name == "help" else _width(block, name)
            widths[column] = max(widths.get(column, 9), wish)
    if mixed:
        widths[2] = 24
    return widths


def _width(placed: Placed, name: str) -> float:
    if isinstance(placed.block, Form):
        return _WIDTHS.get(name.partition(":")[0], 12)
    if isinstance(placed.block, Accounts) and name in ("name", "need", "record"):
        return _NARROW_NEED if name == "need" else _WIDTHS[name]
    return next(field.width for field in placed.block.columns if field.id == name)
