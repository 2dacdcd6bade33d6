"""What the campaigns have in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campaigns.memory import in_memory
from tests.labels.databases import cluster, server

__all__ = ["cluster", "memory", "server"]


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory."""
    with in_memory() as folder:
        yield folder
