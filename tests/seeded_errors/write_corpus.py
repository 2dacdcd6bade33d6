"""Write the corpus to a folder, for validators that run somewhere else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.seeded_errors import corpus
from tests.seeded_errors.corpus import Spoilt


def write(folder: Path, models: Sequence[str], files: Iterable[Spoilt]) -> None:
    """Write clean and spoilt files with ``manifest.json``: what was planted where.

    An entry has ``file``, ``model`` and ``planted``: a list of ``fault``, ``kind`` and ``cells``,
    the cells (``sheet!A1``) where it may be named; an empty text is the file as a whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    told: list[dict[str, object]] = []
    for model in models:
        (folder / f"{model}.xlsx").write_bytes(corpus.clean(model).data)
        told.append({"file": f"{model}.xlsx", "model": model, "planted": []})
    for number, spoilt in enumerate(files):
        name = f"{spoilt.model}-{number:05d}.xlsx"
        (folder / name).write_bytes(spoilt.data)
        planted = [
            {"fault": one.fault, "kind": str(one.kind), "cells": sorted(one.right)}
            for one in spoilt.planted
        ]
        told.append({"file": name, "model": spoilt.model, "planted": planted})
    text = json.dumps(told, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
