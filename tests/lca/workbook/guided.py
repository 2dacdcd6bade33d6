"""XML parts spoilt under guidance: atheris goes on from what reached new lines of the reader.

Run as a program, ``python -m tests.lca.workbook.guided CORPUS -runs=N -seed=S``, it reads so many
inputs and ends with 0; where anything but a refusal was raised, with another code, and the input
stands in ``CORPUS``. The first byte of an input chooses the part, the others are its content.

Atheris (35 MB, Linux only) is no dependency: ``pip install --group fuzz``. Without it the campaign
consists of its other inputs.
"""

from __future__ import annotations

import random
import sys
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["lca.workbook"]):  # before anybody else imports it
    from factors.errors import UnsafeFileError
    from lca.workbook.parse import parse
    from tests.lca.workbook.desk import NAME
    from tests.lca.workbook.fuzzing import small, spoilt
    from tests.lca.workbook.hostile import pack, unpack

BYTES = 0.3
"""Share of the inputs that are changed byte by byte."""

PARTS = unpack(small())
NAMES = sorted(name for name in PARTS if name.endswith((".xml", ".rels")))


def one(data: bytes) -> None:
    """Read the small workbook with one part replaced; it gives cells or a refusal."""
    if data:
        name = NAMES[data[0] % len(NAMES)]
        with suppress(UnsafeFileError):
            parse(pack({**PARTS, name: data[1:]}), NAME)


def changed(data: bytes, most: int, seed: int) -> bytes:
    """Change bytes, or tokens: bytes alone hardly ever leave a part that is still XML."""
    rng = random.Random(seed)
    if rng.random() < BYTES:
        return bytes(atheris.Mutate(data, most))
    return (data[:1] + spoilt(rng, data[1:]))[:most]


def main() -> None:
    """Begin with the sound parts, and with what earlier runs have kept."""
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    for place, name in enumerate(NAMES):
        (corpus / f"sound-{place}").write_bytes(bytes([place]) + PARTS[name])
    given = ["-keep_seed=1", "-rss_limit_mb=300", f"-artifact_prefix={corpus}/raised-"]
    atheris.Setup([*sys.argv, *given], one, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
