"""Importing a package without letting it pull in another."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(package: str) -> Iterator[None]:
    """Make a package look as if it were not installed while the block runs.

    A package that is imported already stays what it is.
    """
    if package in sys.modules:
        yield
        return
    # What Python documents for a name that shall not be found (the import system, 5.3.1).
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]
