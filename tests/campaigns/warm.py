"""Imported by the small process that killed ones are forked from: it has issued once before.

A first issue takes several times as long as the next, and most of that is importing and compiling.
"""

from __future__ import annotations

from tests.campaigns.memory import in_memory
from tests.labels.desk_help import OnePage, demo_store, issued

with in_memory() as folder:
    store = demo_store(folder / "registry")
    issued(store, renderer=OnePage())
    store.close()
