"""The factor library as this command sees it: what is shipped, and the user's private overlay."""

from __future__ import annotations

import os

from factors.store import FactorSet, load, overlay_of


def library() -> FactorSet:
    """Return the factor library with the overlay that --overlay or CARBONLABEL_OVERLAY names."""
    return load(overlay_of(os.environ))
