"""Refuse to start when the four packages do not come from one place.

Their names are plain words: another distribution may own ``labels``, and a folder ``factors`` in
the working directory shadows ours under ``python -m``. Imports nothing of ours, because those
imports are what may be wrong.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("factors", "lca", "labels", "templates")
UNUSABLE = 2


def homes() -> dict[str, Path | None]:
    """Return the folder that each package is found in."""
    found = {name: find_spec(name) for name in PACKAGES}
    return {
        name: Path(spec.origin).parent.parent if spec and spec.origin else None
        for name, spec in found.items()
    }


def refuse_mixed_installation() -> None:
    """End the program with an explanation when the packages are mixed up."""
    places = homes()
    if len(set(places.values())) == 1 and None not in places.values():
        return
    told = "; ".join(f"{name}: {home or '?'}" for name, home in places.items())
    sys.stderr.write(
        "carbonlabel: its four packages come from different places; another package or a folder\n"
        f"of the same name is in the way ({told}).\n"
        "Run it from another folder, or install it into an environment of its own.\n"
        "carbonlabel：四个程序包来自不同位置；请换一个文件夹运行，或安装到独立环境。\n"
    )
    raise SystemExit(UNUSABLE)
