"""The command ``export``: a footprint in the form that somebody asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.store import FactorSet
from factors.texts import Lang, text
from labels.cli.files import write_whole
from labels.cli.interchange import check_ending, footprint_of
from labels.cli.shelf import library
from labels.cli.show import console
from labels.registry.export import view_of
from labels.registry.state import State
from labels.registry.store import open_store
from labels.render.summary import summary
from labels.times import now
from lca.exchange.lines_xlsx import lines_workbook
from lca.exchange.verifier_xlsx import verifier_workbook
from lca.footprint import Footprint

OK, NOT_OK = 0, 1

SUMMARY = "summary"
SEALED_FORM = "public/report.pdf"
"""The sealed form of a record that takes the place of a summary: a page of summary, an annex."""

Export = Callable[[Footprint, FactorSet, Lang], bytes]


def _summary(footprint: Footprint, factors: FactorSet, lang: Lang) -> bytes:
    """The two-page summary; sources of factors are none of its matters."""
    del factors
    return summary(footprint.to_json(), lang)


FORMATS: Mapping[str, tuple[str, Export]] = {
    "verifier-xlsx": (".xlsx", verifier_workbook),
    "lines-xlsx": (".xlsx", lines_workbook),
    SUMMARY: (".pdf", _summary),
}
"""Formats by name: the ending of their files and what makes them."""

OTHERS = ("brightway", "brightway-method", "brightway-project", "openlca")
"""Formats for other LCA software (:mod:`labels.cli.interchange`)."""


def export_issued(serial: str, form: str, output: Path, location: Path, lang: Lang) -> int:
    """Hand over the sealed report of an issued serial, byte for byte as it was sealed.

    A summary made anew would be a second, unsealed form of the same figure.

    Raises
    ------
    FindingsError
        EXPORT-SERIAL-FORMAT for any format but the summary; CLI-SERIAL for an unknown serial;
        EXPORT-SERIAL-STATE, when the record does not stand.
    IssueError
        As :func:`labels.registry.store.open_store`.
    """
    if form != SUMMARY:
        raise FindingsError(finding("EXPORT-SERIAL-FORMAT", format=form, form=SUMMARY))
    check_ending(form, output, FORMATS[form][0])
    store = open_store(location)
    log = view_of(store)
    sealed = (log.documents(serial) or {}).get(SEALED_FORM) if log.entries(serial) else None
    if sealed is None:
        raise FindingsError(finding("CLI-SERIAL", Where(file=str(location)), serial=serial))
    state = log.status(serial, now(), store.issuer.time_zone)
    if state is not State.ISSUED:
        raise FindingsError(finding("EXPORT-SERIAL-STATE", serial=serial, state=state))
    data = store.blobs.get(sealed)
    if data is None:
        raise FindingsError(finding("CHECK-FILE", name=SEALED_FORM))
    write_whole(output, data)
    console(err=True).print(text("cli.written", lang, path=output))
    return OK


def export_study(
    source: Path, form: str, output: Path, rules: str, lang: Lang, subject: str = ""
) -> int:
    """Write a workbook's or system file's footprint in one of the formats.

    Nothing is written when findings block the footprint.

    Raises
    ------
    FindingsError
        EXPORT-FORMAT or EXPORT-ENDING, and what the format itself refuses.
    """
    if form not in FORMATS:
        known = ", ".join((*FORMATS, *OTHERS))
        raise FindingsError(finding("EXPORT-FORMAT", format=form, known=known))
    ending, made_by = FORMATS[form]
    check_ending(form, output, ending)
    factors = library()
    found = footprint_of(source, rules, factors, lang, subject)
    if found is None:
        return NOT_OK
    write_whole(output, made_by(found, factors, lang))
    console(err=True).print(text("cli.written", lang, path=output))
    return OK


def check_options(form: str, link: Path | None, project: str) -> None:
    """Refuse options that a format has no use for.

    Raises
    ------
    FindingsError
        EXPORT-LINKS.
    """
    linkable = form in ("brightway", "brightway-project")
    if (link is not None and not linkable) or (project and form != "brightway-project"):
        raise FindingsError(finding("EXPORT-LINKS", format=form))
