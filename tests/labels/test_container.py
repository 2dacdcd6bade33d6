"""The sealed PDF: every one-byte change is refused; without the strict container some are not."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Iterable
from typing import NamedTuple

import pikepdf
import pytest
from pyhanko.pdf_utils.generic import StreamObject, TextStringObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from factors.errors import IssueError
from labels.container import RULES, SealFault, expected_cms, read_container
from labels.increment import check_increment
from labels.keys import Purpose, SigningKey, new_key
from labels.seal import lower_case_contents, pdf_signer, seal
from labels.sealcheck import check_seal
from labels.trust import TrustFile, trust_file, trusted

T0 = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
MOMENT = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


class Sealed(NamedTuple):
    pdf: bytes
    trust: TrustFile
    gap: tuple[int, int]
    key: SigningKey


def blank() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(283, 198))
    pdf.attachments["certificate.json"] = pikepdf.AttachedFileSpec(
        pdf,
        b'{"a":"1"}',
        filename="certificate.json",
        description="",
        mime_type="application/json",
        creation_date="",
        mod_date="",
    )
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def trusting(key: SigningKey) -> TrustFile:
    return trust_file("X", "x.invalid/log", [trusted(key, valid_from=T0)], demo=key.demo)


@pytest.fixture(scope="module")
def sealed() -> Sealed:
    key = new_key(Purpose.SEAL, "示例 Example", demo=True, now=T0)
    pdf = seal(blank(), key)
    _, start, end, _ = (int(n) for n in read_container(pdf).signature.byte_range)
    return Sealed(pdf, trusting(key), (start, end), key)


def accepted(
    sealed: Sealed, positions: Iterable[int], seed: int, *, strict: bool = True
) -> list[int]:
    """Change one byte at each position and return the positions where the change was accepted."""
    rng = random.Random(seed)
    found = []
    for position in positions:
        old = sealed.pdf[position]
        new = rng.choice([b for b in likely(old) if b != old])
        changed = sealed.pdf[:position] + bytes([new]) + sealed.pdf[position + 1 :]
        if accepts(changed, sealed.trust, strict=strict):
            found.append(position)
    return found


def accepts(
    pdf: bytes, trust: TrustFile, moment: dt.datetime = MOMENT, *, strict: bool = True
) -> bool:
    """Whether the seal layer alone accepts a PDF, with or without the one container it may be."""
    kept = RULES if strict else {name: RULES[name] for name in RULES if name != "gap"}
    try:
        check_seal(read_container(pdf, kept), trust, moment)
    except SealFault:
        return False
    return True


def likely(old: int) -> list[int]:
    """Changes a lenient reader might swallow: case, digits, white space; and any bit."""
    digits = list(b"0123456789abcdefABCDEF \n\x00")
    return [*digits, old ^ 0x20, old ^ 1, old ^ 0x80]


def test_the_untouched_document_is_accepted(sealed: Sealed) -> None:
    assert accepts(sealed.pdf, sealed.trust)


def test_every_one_byte_change_in_the_signature_is_refused(sealed: Sealed) -> None:
    assert accepted(sealed, range(*sealed.gap, 5), seed=1) == []


def test_one_byte_changes_anywhere_are_refused(sealed: Sealed) -> None:
    rng = random.Random(2)
    positions = [rng.randrange(len(sealed.pdf)) for _ in range(1500)]
    assert accepted(sealed, positions, seed=3) == []


def test_control_without_the_strict_container_changes_are_accepted(sealed: Sealed) -> None:
    """If this finds nothing, the campaign above proves nothing."""
    assert len(accepted(sealed, range(*sealed.gap, 13), seed=4, strict=False)) > 20


def fault(pdf: bytes) -> str:
    with pytest.raises(SealFault) as caught:
        read_container(pdf)
    return caught.value.code


def test_each_kind_of_damage_has_its_reason(sealed: Sealed) -> None:
    start, end = sealed.gap
    upper = sealed.pdf[:start] + sealed.pdf[start:end].upper() + sealed.pdf[end:]
    padded = sealed.pdf[: end - 2] + b"1" + sealed.pdf[end - 1 :]
    assert fault(upper) == "SEAL-CONTAINER"
    assert fault(padded) == "SEAL-CONTAINER"
    assert fault(sealed.pdf + b"%junk\n") == "SEAL-COVERAGE"
    assert fault(sealed.pdf[:100] + b"X" + sealed.pdf[101:]) in ("SEAL-DIGEST", "SEAL-STRUCTURE")
    assert fault(blank()) == "SEAL-MISSING"
    assert fault(b"GIF89a") == "SEAL-STRUCTURE"
    assert fault(sealed.pdf[: len(sealed.pdf) // 2]) == "SEAL-STRUCTURE"
    assert fault(b"") == "SEAL-STRUCTURE"


def test_a_later_incremental_edit_is_refused(sealed: Sealed) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed.pdf))
    writer.root[pdf_name("/Lang")] = TextStringObject("xx")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(sealed.pdf)
    assert fault(out.getvalue()) == "SEAL-COVERAGE"


def page_swapped(pdf: bytes) -> IncrementalPdfFileWriter:
    """Put other content on the page in an update of the unsigned document."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page[pdf_name("/Contents")] = writer.add_object(StreamObject(stream_data=b"0 0 9 9 re f"))
    writer.update_container(page)
    return writer


def test_nothing_is_slipped_in_between_page_and_seal(sealed: Sealed) -> None:
    """Sealed with the right key: before the seal in a revision of its own, or together with it."""
    between = io.BytesIO()
    page_swapped(blank()).write(between)
    with pytest.raises(IssueError, match="SEAL-FAILED"):
        seal(between.getvalue(), sealed.key)
    metadata = PdfSignatureMetadata(
        field_name="Seal",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    for writer, box in (
        (page_swapped(blank()), (0, 0, 0, 0)),
        (IncrementalPdfFileWriter(between), (0, 0, 0, 0)),
        (IncrementalPdfFileWriter(io.BytesIO(blank())), (10, 10, 90, 90)),
    ):
        out = io.BytesIO()
        field = SigFieldSpec("Seal", on_page=0, box=box)
        signer = PdfSigner(metadata, signer=pdf_signer(sealed.key), new_field_spec=field)
        signer.sign_pdf(writer, output=out)
        container = read_container(lower_case_contents(out.getvalue()))
        check_seal(container, sealed.trust, MOMENT)
        with pytest.raises(SealFault) as caught:
            check_increment(container)
        assert caught.value.code == "SEAL-INCREMENT"


def test_a_seal_of_another_key_is_an_unknown_issuer(sealed: Sealed) -> None:
    other = new_key(Purpose.SEAL, "示例 Example", demo=True, now=T0)
    with pytest.raises(SealFault) as caught:
        check_seal(read_container(seal(blank(), other)), sealed.trust, MOMENT)
    assert caught.value.code == "UNKNOWN-ISSUER"
    with pytest.raises(SealFault) as caught:
        check_seal(read_container(sealed.pdf), None, MOMENT)
    assert caught.value.code == "UNKNOWN-ISSUER"


def test_a_key_counts_only_while_it_is_valid(sealed: Sealed) -> None:
    limited = trust_file(
        "X", "x", [trusted(sealed.key, valid_from=T0, valid_until=MOMENT)], demo=True
    )
    container = read_container(sealed.pdf)
    check_seal(container, limited, MOMENT - dt.timedelta(seconds=1))
    for moment in (MOMENT, T0 - dt.timedelta(seconds=1)):
        with pytest.raises(SealFault) as caught:
            check_seal(container, limited, moment)
        assert caught.value.code == "SEAL-KEY-VALIDITY"


def test_the_cms_is_determined_by_certificates_digest_and_signature(sealed: Sealed) -> None:
    container = read_container(sealed.pdf)
    start, end = sealed.gap
    hexed = sealed.pdf[start + 1 : end - 1]
    signer = container.signature.signed_data["signer_infos"][0]
    rebuilt = expected_cms(container.certificates, container.digest, signer["signature"].native)
    assert hexed.startswith(rebuilt.hex().encode())
    assert set(hexed[2 * len(rebuilt) :]) == {ord("0")}


def test_the_unsigned_document_stays_as_a_prefix(sealed: Sealed) -> None:
    assert sealed.pdf.startswith(blank())


def test_only_a_seal_key_seals_and_only_a_pdf_is_sealed(sealed: Sealed) -> None:
    with pytest.raises(IssueError, match="KEY-PURPOSE"):
        seal(blank(), new_key(Purpose.APPROVAL, "x", demo=True, now=T0))
    with pytest.raises(IssueError, match="SEAL-FAILED"):
        seal(b"not a PDF", sealed.key)
    with pytest.raises(IssueError, match="SEAL-FAILED"):
        seal(sealed.pdf, sealed.key)


def test_the_demo_mark_stands_in_the_certificate(sealed: Sealed) -> None:
    assert "示例 DEMO" in sealed.key.certificates[0].subject.rfc4514_string()
