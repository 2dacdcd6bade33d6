"""Type and colours of everything that we write into a workbook."""

from __future__ import annotations

FONTS = {"zh": "Microsoft YaHei", "en": "Calibri"}
INK, PAPER, SHADE, LINE = "1D3342", "FFFFFF", "EEF2F5", "B8C4CC"
