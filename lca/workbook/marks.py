"""The words by which sheets, blocks and rows are known again, wherever they were moved."""

from __future__ import annotations

MARK = "carbonlabel-workbook/1"
"""First cell of every sheet: this mark, a space and the id of the sheet."""

FAMILY = MARK.partition("/")[0] + "/"
"""What every mark begins with, whatever its version."""

FINDINGS_MARK = "carbonlabel-findings/1"
"""First cell of the sheet that an annotation adds; the reader passes over it."""

BLOCK, DECOR, FREE = "@", "#", "+"
"""In the column of ids: a block begins, a row holds no data, a row is free."""

COMMENT_MARK = "◆ carbonlabel"
"""First words of every comment of ours; every program keeps them."""

MARK_ROWS, MARK_COLUMNS = 20, 10
"""The mark of a sheet is looked for in this corner."""
