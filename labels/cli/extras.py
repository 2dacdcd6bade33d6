"""Packages that only some commands need and that are installed on request."""

from __future__ import annotations

from importlib.util import find_spec

from factors.errors import FindingsError
from factors.findings import finding


def require(package: str, extra: str) -> None:
    """Refuse, before anything is imported, when a package is not installed.

    Raises
    ------
    FindingsError
        EXTRA-MISSING, with the command that installs it.
    """
    if find_spec(package) is None:
        raise FindingsError(finding("EXTRA-MISSING", package=package, extra=extra))
