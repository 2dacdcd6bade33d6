"""Every way a sealed document is changed by those who do not hold its key, and what they meet.

Each change is drawn from a generator, so that a seed repeats it. ``EXPECTED`` says which reasons a
change may be refused for; another reason would mean that a check upstream no longer looks.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pikepdf
from pyhanko.pdf_utils.generic import TextStringObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from labels.container import read_container
from labels.verify.attachments import attachments


@dataclass(frozen=True, slots=True)
class Target:
    """A sealed document, its gap, another sealed document and what stands in the gap of that."""

    pdf: bytes
    gap: tuple[int, int]
    other: bytes
    seal: bytes

    @classmethod
    def of(cls, pdf: bytes, other: bytes) -> Target:
        return cls(pdf, gap_of(pdf), other, other[slice(*gap_of(other))])


def gap_of(pdf: bytes) -> tuple[int, int]:
    """Return where the bytes begin and end that the seal does not cover."""
    _, start, end, _ = (int(n) for n in read_container(pdf).signature.byte_range)
    return start, end


def replaced(pdf: bytes, start: int, end: int, by: bytes) -> bytes:
    return pdf[:start] + by + pdf[end:]


def bit(target: Target, rng: random.Random) -> bytes:
    place = rng.randrange(len(target.pdf))
    return replaced(target.pdf, place, place + 1, _flipped(target.pdf[place], rng))


def bit_in_seal(target: Target, rng: random.Random) -> bytes:
    place = rng.randrange(*target.gap)
    return replaced(target.pdf, place, place + 1, _flipped(target.pdf[place], rng))


def _flipped(old: int, rng: random.Random) -> bytes:
    return bytes([old ^ (1 << rng.randrange(8))])


def lookalike(target: Target, rng: random.Random) -> bytes:
    """A byte that a lenient reader might take for the old one: case, digits, white space."""
    place = rng.randrange(*target.gap) if rng.random() < 0.5 else rng.randrange(len(target.pdf))
    likely = b"0123456789abcdefABCDEF \n\x00" + bytes([target.pdf[place] ^ 0x20])
    return replaced(target.pdf, place, place + 1, bytes([rng.choice(likely)]))


def cut(target: Target, rng: random.Random) -> bytes:
    return target.pdf[: rng.randrange(len(target.pdf))]


def appended(target: Target, rng: random.Random) -> bytes:
    tails = (b" ", b"\n%%EOF\n", b"\x00", rng.randbytes(rng.randint(1, 80)), target.pdf[-400:])
    return target.pdf + rng.choice(tails)


def block(target: Target, rng: random.Random) -> bytes:
    """A stretch of bytes removed, doubled, or put over another."""
    start, length = rng.randrange(len(target.pdf)), rng.randint(1, 400)
    source = rng.randrange(len(target.pdf))
    by = rng.choice((b"", target.pdf[source : source + length]))
    return replaced(target.pdf, start, start + rng.choice((0, length)), by)


def revision(target: Target, rng: random.Random) -> bytes:
    """A later edit, saved the way the format provides for."""
    writer = IncrementalPdfFileWriter(io.BytesIO(target.pdf))
    key = rng.choice(("/Lang", "/PageLayout", "/Note"))
    writer.root[pdf_name(key)] = TextStringObject(f"{rng.random()}")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def attachment(target: Target, rng: random.Random) -> bytes:
    """An attachment swapped, changed or removed with an ordinary editor."""
    held = attachments(target.pdf)
    name = rng.choice(sorted(held))
    theirs = attachments(target.other).get(name, held[name])
    data = bytearray(rng.choice((held[name], theirs)))
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    with pikepdf.open(io.BytesIO(target.pdf)) as opened:
        del opened.attachments[name]
        if rng.random() < 0.8:
            opened.attachments[name] = pikepdf.AttachedFileSpec(
                opened,
                bytes(data),
                filename=name,
                description="",
                mime_type="application/json",
                creation_date="",
                mod_date="",
            )
        out = io.BytesIO()
        opened.save(out)
        return out.getvalue()


def foreign_seal(target: Target, rng: random.Random) -> bytes:
    """The genuine seal of another document, whole or from some place on."""
    start, end = target.gap
    room = end - start - 2
    theirs = target.seal.strip(b"<>").rstrip(b"0").ljust(room, b"0")[:room]
    kept = target.pdf[start + 1 : start + 1 + rng.choice((0, rng.randrange(room)))]
    return replaced(target.pdf, start + 1, end - 1, kept + theirs[len(kept) :])


def spliced(target: Target, rng: random.Random) -> bytes:
    """The beginning of this document and the end of another one."""
    place = rng.randrange(1, min(len(target.pdf), len(target.other)))
    return target.pdf[:place] + target.other[place:]


ANY = frozenset(
    {
        *("SEAL-CERTIFY", "SEAL-CHAIN", "SEAL-CONTAINER", "SEAL-COVERAGE", "SEAL-DIGEST"),
        *("SEAL-INCREMENT", "SEAL-MANY", "SEAL-MISSING", "SEAL-SIGNATURE", "SEAL-STRUCTURE"),
        "UNKNOWN-ISSUER",
    }
)
SEAL_ALONE = frozenset(
    {"SEAL-CHAIN", "SEAL-CONTAINER", "SEAL-DIGEST", "SEAL-SIGNATURE", "SEAL-STRUCTURE"}
)
EXPECTED: Mapping[str, frozenset[str]] = {
    "bit_in_seal": SEAL_ALONE | {"SEAL-CERTIFY", "SEAL-MISSING", "UNKNOWN-ISSUER"},
    "cut": frozenset({"SEAL-MISSING", "SEAL-STRUCTURE"}),
    "appended": frozenset({"SEAL-COVERAGE"}),
    "revision": frozenset({"SEAL-COVERAGE"}),
    "attachment": frozenset({"SEAL-COVERAGE", "SEAL-DIGEST", "SEAL-MISSING", "SEAL-STRUCTURE"}),
    "foreign_seal": SEAL_ALONE,
}
"""Reasons a change may be refused for, first reason of the report; ``ANY`` for all others."""

KINDS: Mapping[str, Callable[[Target, random.Random], bytes]] = {
    "bit": bit,
    "bit_in_seal": bit_in_seal,
    "lookalike": lookalike,
    "cut": cut,
    "appended": appended,
    "block": block,
    "revision": revision,
    "attachment": attachment,
    "foreign_seal": foreign_seal,
    "spliced": spliced,
}


def change(target: Target, rng: random.Random) -> tuple[str, bytes]:
    """Draw a change that does change the bytes; return its kind and the document."""
    kind = rng.choice(tuple(KINDS))
    changed = target.pdf
    while changed in (target.pdf, target.other):
        changed = KINDS[kind](target, rng)
    return kind, changed
