"""Write every page and picture that follows from the code."""

from __future__ import annotations

from tests.docs.made import MADE, ROOT

for name, make in MADE.items():
    (ROOT / name).write_text(make(), encoding="utf-8")
