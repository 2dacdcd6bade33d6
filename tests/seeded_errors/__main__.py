"""``python -m tests.seeded_errors``: plant, check, score, print; ``--corpus`` only writes files.

Options
-------
--models beer,tire      models to spoil; all shipped ones without it
--mixed 40              mixed files (1 to 20 faults each) for every model, beside one of every type
--only REGEX            types whose id matches, and no mixed files
--together              many types in one file; those not found are tried once more by themselves
--validator COMMAND     another validator: a command that gets a path and prints findings as JSON
--cells COMMAND         a peer that only says which cells it refuses, see peer_bw2io.py
--corpus FOLDER         write the files and ``manifest.json`` instead of checking them
--page FILE             write the tables as the page docs/reference/seeded-errors.md is made of
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.seeded_errors import corpus, ours, page
from tests.seeded_errors.corpus import Spoilt
from tests.seeded_errors.score import Check, Score, by_bytes, command, unseen
from tests.seeded_errors.write_corpus import write


def main(words: Sequence[str]) -> int:
    """Run the benchmark."""
    told = _options(words)
    chosen = told.models.split(",") if told.models else corpus.shipped()
    files = (spoilt for model in chosen for spoilt in _files(model, told))
    if told.corpus:
        write(Path(told.corpus), chosen, files)
        return 0
    check: Check = ours.check_quickly
    if told.validator:
        check = by_bytes(command(shlex.split(told.validator)))
    score = Score()
    usual = {model: check(corpus.unspoilt(model)) for model in chosen}
    for model, seen in usual.items():
        score.add_clean(model, seen)
    for spoilt in files:
        seen = check(spoilt)
        again = unseen(spoilt, seen, usual[spoilt.model]) if _packed(spoilt) else frozenset()
        score.add(spoilt, seen, usual[spoilt.model], again)
        for fault in sorted(again):
            alone = corpus.single(spoilt.model, corpus.named(fault))
            if alone is not None:
                score.add(alone, check(alone), usual[spoilt.model])
    text = page.tables(score, chosen)
    print(text)
    if told.page:
        page.renew(Path(told.page), told.column, text)
    return 0


def _files(model: str, told: argparse.Namespace) -> Iterator[Spoilt]:
    wanted = [fault for fault in corpus.catalogue() if re.search(told.only, fault.id)]
    if told.together:
        yield from corpus.packed(model, [fault for fault in wanted if not fault.alone])
        wanted = [fault for fault in wanted if fault.alone]
    for fault in wanted:
        spoilt = corpus.single(model, fault)
        if spoilt is not None:
            yield spoilt
    if not told.only:
        yield from (corpus.mixed(model, seed) for seed in range(told.mixed))


def _packed(spoilt: Spoilt) -> bool:
    return "/together/" in spoilt.seed


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.seeded_errors")
    parser.add_argument("--models", default="")
    parser.add_argument("--mixed", type=int, default=20)
    parser.add_argument("--only", default="")
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--validator", default="")
    parser.add_argument("--corpus", default="")
    parser.add_argument("--page", default="")
    parser.add_argument("--column", default="ours")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
