"""What may be explained: sealed document or bundle, workbook, system file, serial."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from factors.errors import FindingsError, VerifyError
from factors.findings import Where, finding
from factors.store import FactorSet
from labels.bundle import DISCLOSURES
from labels.explain.bookings import books
from labels.explain.build import Material, Opened
from labels.explain.document import Private, Proving, document_material
from labels.explain.rates import Shelf
from labels.explain.running import plant
from labels.registry import records
from labels.registry.export import read_view
from labels.registry.store import is_registry, open_store
from labels.verify import read_document
from lca import study
from lca.footprint import Footprint

SYSTEM = "system.json"
#: Forms by how much room they have: the first that is there is looked at.
FORMS = ("report.pdf", "certificate.pdf", "statement.pdf", "factsheet.pdf", "label.pdf")
#: Largest private file that is read (bytes).
LARGEST = 64 * 1024 * 1024


def file_material(
    path: Path,
    sealed: Path | None,
    proving: Proving,
    library: FactorSet,
    *,
    rules: str = "",
    subject: str = "",
) -> Material:
    """Return the material of a file or of a folder with a sealed bundle.

    Parameters
    ----------
    path
        Sealed PDF, sealed bundle (its folder or its ``disclosures.json``), workbook, system file.
    sealed
        For a PDF: folder of the sealed bundle, or a ``disclosures.json``.
    rules, subject
        For a workbook or system file, as in :func:`lca.study.study`.

    Raises
    ------
    FindingsError
        ``EXPLAIN-FILE``, ``EXPLAIN-NO-DOCUMENT``; what blocks the footprint of a workbook.
    VerifyError
        See :func:`~labels.explain.document.document_material`.
    """
    if path.is_dir() or path.name == DISCLOSURES:
        return document_material(_document_in(path), private_files(path), proving, library)
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        private = Private() if sealed is None else private_files(sealed)
        return document_material(read_document(path), private, proving, library)
    if suffix in (".xlsx", ".json"):
        return study_material(path, library, rules, subject)
    raise FindingsError(finding("EXPLAIN-FILE", Where(file=path.name)))


def study_material(path: Path, library: FactorSet, rules: str, subject: str) -> Material:
    """Return the material of an exporter's own workbook or system file.

    Raises
    ------
    FindingsError
        What blocks the footprint.
    """
    made = study.study(_bytes(path), path.name, rules, library, subject)
    if made.footprint is None or made.system is None or made.blocked:
        raise FindingsError.of([found for found in made.findings if found.blocks])
    return own_material(made.footprint, library)


def own_material(footprint: Footprint, library: FactorSet) -> Material:
    """Return the material of a footprint that was computed here."""
    system, stated = footprint.system, footprint.to_json()
    return Material(
        view="own",
        subject={"product": dict(stated["product"]["name"]), "period": _period(stated["period"])},
        stated=stated,
        opened=tuple(Opened(n, line) for n, line in enumerate(stated["lines"], start=1)),
        shelf=Shelf(
            library=library,
            own={one.id: one for one in system.factors},
            stated={row["release"]: row["sha256"] for row in stated["lock"]["factors"]},
            gwp=footprint.gwp,
            counting=frozenset(system.units),
        ),
        plant=plant(system, library, footprint.gwp),
        books=books(system),
        ledger=system.ledger,
    )


def serial_material(
    serial: str, location: Path, proving: Proving, library: FactorSet, *, private: bool
) -> Material:
    """Return the material of a serial, from a registry or its static export.

    Parameters
    ----------
    private
        Open what the registry keeps of the record; a static export keeps nothing private.

    Raises
    ------
    FindingsError
        ``CLI-SERIAL``, ``EXPLAIN-NO-DOCUMENT`` or ``EXPLAIN-NOTHING-PRIVATE``.
    """
    names = read_view(location).documents(serial)
    if names is None:
        raise FindingsError(finding("CLI-SERIAL", Where(file=str(location)), serial=serial))
    wanted = [form for form in FORMS if f"public/{form}" in names]
    if not wanted:
        raise FindingsError(finding("EXPLAIN-NO-DOCUMENT", Where(file=serial)))
    if is_registry(location):
        pdf, kept = _registered(location, serial, wanted[0])
        return document_material(pdf, kept if private else Private(), proving, library)
    if private:
        raise FindingsError(finding("EXPLAIN-NOTHING-PRIVATE", Where(file=str(location))))
    return document_material(
        read_document(location / serial / wanted[0]), Private(), proving, library
    )


def private_files(path: Path) -> Private:
    """Return what lies in a sealed bundle's folder, or beside its ``disclosures.json``.

    Raises
    ------
    FindingsError
        ``EXPLAIN-NO-DISCLOSURES``.
    """
    folder = path if path.is_dir() else path.parent
    given = folder / DISCLOSURES if path.is_dir() else path
    if not given.is_file():
        raise FindingsError(finding("EXPLAIN-NO-DISCLOSURES", Where(file=str(path))))
    system = folder / SYSTEM
    return Private(_bytes(given), _bytes(system) if system.is_file() else None)


def _registered(location: Path, serial: str, form: str) -> tuple[bytes, Private]:
    """Return a signed file of a registry, and the private files of its record."""
    store = open_store(location)
    try:
        with store.read() as tx:
            reservation = records.find_reservation(tx, serial=serial)
            digest = records.get_files(tx, serial).get(f"public/{form}", "")
            draft = records.get_draft(tx, reservation.draft) if reservation else None
        pdf = store.blobs.get(digest) if digest else None
    finally:
        store.close()
    if pdf is None or draft is None:
        raise FindingsError(finding("EXPLAIN-NO-DOCUMENT", Where(file=serial)))
    return pdf, Private(draft.disclosures, draft.system)


def _document_in(path: Path) -> bytes:
    folder = path if path.is_dir() else path.parent
    found: Sequence[Path] = [folder / form for form in FORMS if (folder / form).is_file()]
    if not found:
        raise FindingsError(finding("EXPLAIN-NO-DOCUMENT", Where(file=str(folder))))
    return read_document(found[0])


def _bytes(path: Path) -> bytes:
    """Read a private file within bounds."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        where = Where(file=path.name)
        raise VerifyError(finding("DOCUMENT-UNREADABLE", where, reason=reason)) from error
    if len(data) > LARGEST:
        raise FindingsError(finding("EXPLAIN-FILE", Where(file=path.name)))
    return data


def _period(period: object) -> str:
    told = period if isinstance(period, dict) else {}
    return f"{told.get('from', '')} - {told.get('to', '')}"
