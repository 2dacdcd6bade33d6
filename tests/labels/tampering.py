"""Every way a sealed document is changed by those who do not hold its key, and what they meet.

Each change is drawn from a generator, so that a seed repeats it. ``EXPECTED`` says which reasons a
change may be refused for; another reason would mean that a check upstream no longer looks.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NumberObject,
    StreamObject,
    TextStringObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from labels.container import read_container
from labels.extension import Validation, extend, split
from labels.keys import Purpose, new_key
from labels.seal import seal
from labels.verify.attachments import attachments
from tests.labels.desk_help import T0


@dataclass(frozen=True, slots=True)
class Target:
    """A sealed document, its gap, another sealed document and what stands in the gap of that.

    ``sealed`` is the length up to its seal; a timestamp stands behind.
    """

    pdf: bytes
    gap: tuple[int, int]
    other: bytes
    seal: bytes
    sealed: int

    @classmethod
    def of(cls, pdf: bytes, other: bytes) -> Target:
        sealed = len(split(pdf)[0])
        return cls(pdf, gap_of(pdf), other, other[slice(*gap_of(other))], sealed)

    @property
    def stamped(self) -> bool:
        """Whether a timestamp stands behind the seal."""
        return self.sealed < len(self.pdf)

    @property
    def genuine(self) -> tuple[bytes, ...]:
        """What is no change at all: without its timestamp a document is what it was before."""
        return self.pdf, self.other, self.pdf[: self.sealed]


def gap_of(pdf: bytes) -> tuple[int, int]:
    """Return where the bytes begin and end that the seal does not cover."""
    return read_container(split(pdf)[0]).gap


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


Edit = Callable[[IncrementalPdfFileWriter, random.Random], None]


def revision(target: Target, rng: random.Random) -> bytes:
    """A later edit, saved the way the format provides for; the sealed bytes stay as they are."""
    writer, out = IncrementalPdfFileWriter(io.BytesIO(target.pdf)), io.BytesIO()
    rng.choice(EDITS)(writer, rng)
    writer.write(out)
    return out.getvalue()


def _entry(writer: IncrementalPdfFileWriter, rng: random.Random) -> None:
    writer.root[pdf_name(rng.choice(("/Lang", "/PageLayout", "/Note")))] = text(rng)
    writer.update_root()


def _script(writer: IncrementalPdfFileWriter, rng: random.Random) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): text(rng)}
    writer.root[pdf_name("/OpenAction")] = DictionaryObject(action)
    writer.update_root()


def _shadow(writer: IncrementalPdfFileWriter, rng: random.Random) -> None:
    """Put other content behind the object that the page names, or behind one it loads."""
    page = _page(writer)
    reference = page.raw_get("/Contents").reference
    content = StreamObject(stream_data=b"% " + rng.randbytes(8).hex().encode())
    content.container_ref = reference
    writer.objects[(reference.generation, reference.idnum)] = content


def _other_page(writer: IncrementalPdfFileWriter, rng: random.Random) -> None:
    """Redefine the tree of pages, so that another page is shown."""
    page = DictionaryObject(dict(_page(writer).items()))
    page[pdf_name("/Contents")] = writer.add_object(StreamObject(stream_data=rng.randbytes(20)))
    tree = writer.root["/Pages"]
    tree[pdf_name("/Kids")] = ArrayObject([writer.add_object(page)])
    writer.update_container(tree)


def _note(writer: IncrementalPdfFileWriter, rng: random.Random) -> None:
    """Lay a note over the figure."""
    entries = {
        "/Type": pdf_name("/Annot"),
        "/Subtype": pdf_name("/FreeText"),
        "/Contents": text(rng),
    }
    page = _page(writer)
    box = DictionaryObject({pdf_name(name): value for name, value in entries.items()})
    box[pdf_name("/Rect")] = ArrayObject([NumberObject(n) for n in (10, 10, 90, 40)])
    page[pdf_name("/Annots")] = ArrayObject([writer.add_object(box)])
    writer.update_container(page)


def _portfolio(writer: IncrementalPdfFileWriter, rng: random.Random) -> None:
    writer.root[pdf_name("/Collection")] = DictionaryObject({pdf_name("/D"): text(rng)})
    writer.update_root()


def _unsealed(writer: IncrementalPdfFileWriter, rng: random.Random) -> None:
    """Take the form away, and with it the seal."""
    del rng, writer.root["/AcroForm"]
    writer.update_root()


EDITS: tuple[Edit, ...] = (_entry, _script, _shadow, _other_page, _note, _portfolio, _unsealed)


def _page(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/Pages"]["/Kids"][0].get_object()


def text(rng: random.Random) -> TextStringObject:
    return TextStringObject(f"{rng.random()}")


def attachment(target: Target, rng: random.Random) -> bytes:
    """An attachment swapped, changed or removed with an ordinary editor."""
    held = attachments(target.pdf)
    name = rng.choice(sorted(held))
    theirs = attachments(target.other).get(name, held[name])
    data = rng.choice((spoilt(held[name], rng), spoilt(theirs, rng), twice(held[name]), theirs))
    with pikepdf.open(io.BytesIO(target.pdf)) as opened:
        del opened.attachments[name]
        if rng.random() < 0.8:
            attach(opened, name, data)
        return saved(opened)


def spoilt(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def twice(data: bytes) -> bytes:
    """The same JSON with its first member twice: which one counts depends on the reader."""
    return re.sub(rb'^(\{"[^"]+":"[^"]*",)', rb"\1\1", data)


def attach(pdf: pikepdf.Pdf, name: str, data: bytes) -> None:
    pdf.attachments[name] = pikepdf.AttachedFileSpec(
        pdf,
        data,
        filename=name,
        description="",
        mime_type="application/json",
        creation_date="",
        mod_date="",
    )


def saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def rewritten(target: Target, rng: random.Random) -> bytes:
    """Opened in an editor, one thing changed, saved anew: text, font, layers, script."""
    with pikepdf.open(io.BytesIO(target.pdf)) as opened:
        rng.choice((_other_text, _other_font, _layers, _opening))(opened, rng)
        return saved(opened)


def _other_text(pdf: pikepdf.Pdf, rng: random.Random) -> None:
    page = pdf.pages[0].obj
    page.Contents = pdf.make_stream(
        page.Contents.read_bytes() + b"\n% " + str(rng.random()).encode()
    )


def _other_font(pdf: pikepdf.Pdf, rng: random.Random) -> None:
    """Swap the outlines of a font: the text layer says one figure and the eye sees another."""
    fonts = [one for one in pdf.objects if _is(one, "/FontDescriptor")]
    for font in fonts[:1]:
        font.FontFile2 = pdf.make_stream(rng.randbytes(200))
    pdf.Root.Lang = str(rng.random())


def _is(item: Any, kind: str) -> bool:
    return isinstance(item, pikepdf.Dictionary) and str(item.get("/Type", "")) == kind


def _layers(pdf: pikepdf.Pdf, rng: random.Random) -> None:
    group = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=str(rng.random())))
    off = pikepdf.Dictionary(OFF=pikepdf.Array([group]))
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array([group]), D=off)


def _opening(pdf: pikepdf.Pdf, rng: random.Random) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=str(rng.random()))


def moved_range(target: Target, rng: random.Random) -> bytes:
    """Other numbers of what the seal is said to cover, in the same room."""
    found = list(re.finditer(rb"/ByteRange \[[^\]]*\]", target.pdf))[-1]
    numbers = [int(n) for n in re.findall(rb"\d+", found.group())]
    place = rng.randrange(4)
    numbers[place] = max(0, numbers[place] + rng.choice((-400, -40, -1, 1, 2, 40, 400)))
    told = b"/ByteRange [%d %d %d %d]" % tuple(numbers)
    return replaced(target.pdf, *found.span(), told.ljust(len(found.group())))


def polyglot(target: Target, rng: random.Random) -> bytes:
    """A file that is something else to another program: a page before it, an archive behind it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("label.pdf", target.other[: rng.randint(1, 400)])
    before = rng.choice((b"<html><!--", b"PK\x03\x04", b"\n", b"GIF89a"))
    return rng.choice((before + target.pdf, target.pdf + archive.getvalue()))


def own_seal(target: Target, rng: random.Random) -> bytes:
    """The unsealed pages, cut out and sealed with a key of one's own; the proofs are genuine."""
    with pikepdf.open(io.BytesIO(target.pdf)) as opened:
        del opened.Root.AcroForm
        if "/Perms" in opened.Root:
            del opened.Root.Perms
        for page in opened.pages:
            if "/Annots" in page.obj:
                del page.obj.Annots
        if rng.random() < 0.5:
            other = attachments(target.other)["receipt.json"]
            del opened.attachments["receipt.json"]
            attach(opened, "receipt.json", other)
        opened.docinfo["/Subject"] = str(rng.random())
        return seal(saved(opened), STRANGER)


STRANGER = new_key(Purpose.SEAL, "示例 Example", demo=True, now=T0)


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


# Behind the seal ----------------------------------------------------------------------------------


def bit_behind(target: Target, rng: random.Random) -> bytes:
    """One bit of what a timestamp added, zeros behind the token included."""
    place = rng.randrange(target.sealed, len(target.pdf))
    return replaced(target.pdf, place, place + 1, _flipped(target.pdf[place], rng))


def foreign_token(target: Target, rng: random.Random) -> bytes:
    """The genuine token of another document in the extension of this one."""
    (mine,), (theirs,) = split(target.pdf)[1], split(target.other)[1]
    return extend(mine.before, mine.validation, theirs.token)


def foreign_extension(target: Target, rng: random.Random) -> bytes:
    """What stands behind another document, moved behind this one."""
    return target.pdf[: target.sealed] + target.other[len(split(target.other)[0]) :]


def other_data(target: Target, rng: random.Random) -> bytes:
    """The token kept, and the data beside it cut, doubled or changed."""
    ((held,),) = (split(target.pdf)[1],)
    certificates = held.validation.certificates
    choices = (
        Validation(certificates[:-1]),
        Validation(certificates[:1]),
        Validation(),
        Validation((*certificates, spoilt(certificates[0], rng))),
        Validation(certificates, (rng.randbytes(40),)),
    )
    return extend(held.before, rng.choice(choices), held.token)


def other_token(target: Target, rng: random.Random) -> bytes:
    """One bit of the token, in an extension that is whole."""
    (held,) = split(target.pdf)[1]
    return extend(held.before, held.validation, spoilt(held.token, rng))


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
SAVED_ANEW = frozenset({"SEAL-COVERAGE", "SEAL-DIGEST", "SEAL-MISSING", "SEAL-STRUCTURE"})
UNSEALED_END = frozenset({"SEAL-COVERAGE", "SEAL-MANY", "SEAL-MISSING", "SEAL-STRUCTURE"})
"""What is no extension, byte for byte, is something behind the seal; it may hide the seal."""
BAD_TOKEN = frozenset(
    {
        *("TIMESTAMP-ANSWER", "TIMESTAMP-AUTHORITY", "TIMESTAMP-IMPRINT"),
        *("TIMESTAMP-INCOMPLETE", "TIMESTAMP-TIME"),
    }
)
EXPECTED: Mapping[str, frozenset[str]] = {
    "bit_in_seal": SEAL_ALONE | {"SEAL-CERTIFY", "SEAL-MISSING", "UNKNOWN-ISSUER"},
    "cut": UNSEALED_END,
    "appended": frozenset({"SEAL-COVERAGE"}),
    "revision": frozenset({"SEAL-COVERAGE", "SEAL-MISSING"}),
    "attachment": SAVED_ANEW,
    "rewritten": SAVED_ANEW,
    "foreign_seal": SEAL_ALONE,
    "moved_range": frozenset({"SEAL-COVERAGE", "SEAL-DIGEST", "SEAL-STRUCTURE"}),
    "polyglot": frozenset({"SEAL-COVERAGE", "SEAL-STRUCTURE"}),
    "own_seal": frozenset({"RECEIPT-BODY", "UNKNOWN-ISSUER"}),
    "bit_behind": UNSEALED_END | BAD_TOKEN,
    "foreign_token": frozenset({"TIMESTAMP-IMPRINT"}),
    "foreign_extension": UNSEALED_END,
    "other_data": frozenset({"TIMESTAMP-IMPRINT", "TIMESTAMP-AUTHORITY"}),
    "other_token": UNSEALED_END | BAD_TOKEN,
}
"""Reasons a change may be refused for, first reason of the report; ``ANY`` for all others."""


def expected(kind: str, target: Target) -> frozenset[str]:
    """Return the reasons a change of a document may be refused for."""
    known = EXPECTED.get(kind, ANY)
    return known | UNSEALED_END | BAD_TOKEN if target.stamped else known


KINDS: Mapping[str, Callable[[Target, random.Random], bytes]] = {
    "bit": bit,
    "bit_in_seal": bit_in_seal,
    "lookalike": lookalike,
    "cut": cut,
    "appended": appended,
    "block": block,
    "revision": revision,
    "attachment": attachment,
    "rewritten": rewritten,
    "foreign_seal": foreign_seal,
    "spliced": spliced,
    "moved_range": moved_range,
    "polyglot": polyglot,
    "own_seal": own_seal,
}
BEHIND: Mapping[str, Callable[[Target, random.Random], bytes]] = {
    "bit_behind": bit_behind,
    "foreign_token": foreign_token,
    "foreign_extension": foreign_extension,
    "other_data": other_data,
    "other_token": other_token,
}
"""Changes of what a timestamp added."""
BYTES = frozenset({"bit", "bit_in_seal", "lookalike", "bit_behind"})
"""Drawn more often: single bytes are cheap to change and hard to notice."""


def kinds_of(target: Target) -> Mapping[str, Callable[[Target, random.Random], bytes]]:
    """Return the changes that a document can suffer."""
    return {**KINDS, **BEHIND} if target.stamped else KINDS


def change(target: Target, rng: random.Random) -> tuple[str, bytes]:
    """Draw a change that does change the bytes; return its kind and the document."""
    kinds = kinds_of(target)
    (kind,) = rng.choices(tuple(kinds), [40 if name in BYTES else 10 for name in kinds])
    changed = target.pdf
    while changed in target.genuine:
        changed = kinds[kind](target, rng)
    return kind, changed
