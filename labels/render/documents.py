"""One view in, the PDF files of one record out."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from factors.errors import FindingsError, IssueError
from factors.findings import Finding, Where, finding
from labels.canonical import sha256
from labels.fonts import FontSet, find
from labels.markets import label_permitted, market_of
from labels.page import Page, form_id, page
from labels.render import attest, factsheet, label, report, small
from labels.render.artwork import Hand
from labels.render.fitting import faces
from labels.render.letters import letters
from labels.render.press import Plate, Variant, press, versions
from labels.render.texts import check_texts
from labels.render.typeset import environment
from labels.view import DocumentView, Job
from labels.wordpair import TAGS


@dataclass(frozen=True, slots=True)
class Form:
    """One printed form of a record: its template, style sheet and PDF/A level."""

    file: str
    template: str
    style: str
    variant: Variant


LABEL = Form("label.pdf", "label.j2", "label", "pdf/a-3u")
SMALL = Form("label-50x30.pdf", "small.j2", "small", "pdf/a-3u")
REPORT = Form("report.pdf", "report.j2", "report", "pdf/a-3a")
CERTIFICATE = Form("certificate.pdf", "certificate.j2", "certificate", "pdf/a-3a")
STATEMENT = Form("statement.pdf", "statement.j2", "statement", "pdf/a-3a")
FACTSHEET = Form("factsheet.pdf", "factsheet.j2", "factsheet", "pdf/a-3a")
ALL = (LABEL, SMALL, REPORT, CERTIFICATE, STATEMENT, FACTSHEET)
#: The labels of a record; where its market permits none, the fact sheet stands for them.
LABELS = (LABEL, SMALL)
#: Left out of a record whose texts they cannot hold; every other form refuses such a text.
OPTIONAL = frozenset({SMALL})
#: The forms of one record besides its labels, by kind of document.
FORMS: Mapping[str, tuple[Form, ...]] = {
    "study_report": (REPORT,),
    "verification_statement": (STATEMENT, REPORT),
    "certificate_of_conformity": (CERTIFICATE, REPORT),
}
#: Modules outside this room that decide what a page says.
LAYOUT = (
    "attestation.py",
    "facts.py",
    "figures.py",
    "gtin.py",
    "markets.py",
    "page.py",
    "wordpair.py",
)
#: Catalogues of texts that stand on the pages.
TEXTS = ("label.toml", "artwork.toml", "attest.toml", "checklist.toml", "report.toml")
#: The body is the data of the page; receipts and signatures supplement it.
DATA = frozenset({"certificate.json"})


def documents(
    view: DocumentView, fonts: FontSet | None = None, *, forms: Collection[str] | None = None
) -> Mapping[str, bytes]:
    """Print a record.

    Parameters
    ----------
    view
        Body and proofs.
    fonts
        The font set; the machine's label font when None.
    forms
        File names of the forms to print; every form of the record when None.

    Returns
    -------
    Mapping
        File name to PDF bytes: labels of 100 x 70 and 50 x 30 mm (PDF/A-3u), A4 pages (PDF/A-3a).
        The small label is left out where its texts do not fit.

    Raises
    ------
    FindingsError
        With every text that cannot be shown as it was written.
    IssueError
        For an unknown kind of document, or a machine that cannot draw.
    """
    fonts = fonts or machine_fonts()
    wanted = [form for form in _forms(view) if forms is None or form.file in forms]
    contexts, findings = _lay_out(view, fonts, wanted)
    if findings:
        raise FindingsError.of(findings)
    return {form.file: _print(form, view, fonts, laid) for form, laid in contexts.items()}


def sets(*jobs: Job) -> list[Mapping[str, bytes]]:
    """Return what :func:`documents` prints of several views."""
    return [documents(view, forms=forms) for view, forms in jobs]


def check(view: DocumentView, fonts: FontSet | None = None) -> tuple[Finding, ...]:
    """Return what :func:`documents` would refuse; to be asked before a number is reserved."""
    return tuple(_lay_out(view, fonts or machine_fonts(), _forms(view))[1])


def warm() -> None:
    """Read what every page needs, once: font, widths, outlines, style sheets, templates.

    Raises
    ------
    IssueError
        For a machine that cannot draw.
    """
    fonts = machine_fonts()
    faces(fonts), letters(fonts)
    for form in ALL:
        press(fonts).sheets(form.style)
        environment().get_template(form.template)


def record(fonts: FontSet | None = None) -> dict[str, Any]:
    """Return what the bytes of a page depend on, for ``rendering.json``."""
    fonts = fonts or machine_fonts()
    return {
        "renderer": versions(),
        "templates": dict(_template_hashes()),
        "font": {"name": fonts.name, "sha256": fonts.sha256},
    }


def machine_fonts() -> FontSet:
    """Return the machine's label font; its files are read and hashed once."""
    return _found(os.environ.get("CARBONLABEL_FONTS", ""))


@cache
def _found(named: str) -> FontSet:
    del named  # read again by the search; here it tells one answer from another
    return find()


def _lay_out(
    view: DocumentView, fonts: FontSet, forms: Sequence[Form]
) -> tuple[dict[Form, dict[str, Any]], list[Finding]]:
    findings = _unshowable(view, fonts)
    if findings:
        return {}, findings
    shown = page(view)
    contexts = {}
    for form in forms:
        laid, more = _LAYOUTS[form.template](shown, view, fonts)
        if more and form in OPTIONAL:
            continue
        contexts[form] = laid | context_of(shown, form)
        findings.extend(more)
    return contexts, findings


def check_view(view: DocumentView, fonts: FontSet) -> None:
    """Refuse a view with texts that the font cannot show.

    Raises
    ------
    FindingsError
        With every one of them.
    """
    findings = _unshowable(view, fonts)
    if findings:
        raise FindingsError.of(findings)


def _unshowable(view: DocumentView, fonts: FontSet) -> list[Finding]:
    characters = fonts.characters
    opened = list(view.disclosures or ())
    return [*check_texts(view.body, characters), *check_texts(opened, characters, "disclosures")]


def _label(shown: Page, view: DocumentView, fonts: FontSet) -> tuple[dict[str, Any], list[Finding]]:
    del view
    return label.context(shown, faces(fonts))


def _small(shown: Page, view: DocumentView, fonts: FontSet) -> tuple[dict[str, Any], list[Finding]]:
    del view
    # Words under the content as outlines: at this size readers of the text layer would mix them in.
    return small.context(shown, faces(fonts), Hand(bold=letters(fonts)[1]))


def _report(
    shown: Page, view: DocumentView, fonts: FontSet
) -> tuple[dict[str, Any], list[Finding]]:
    return report.context(shown, view, faces(fonts))


def _factsheet(
    shown: Page, view: DocumentView, fonts: FontSet
) -> tuple[dict[str, Any], list[Finding]]:
    del view, fonts
    return factsheet.context(shown)


def _certificate(
    shown: Page, view: DocumentView, fonts: FontSet
) -> tuple[dict[str, Any], list[Finding]]:
    return attest.certificate(shown, view, faces(fonts))


def _statement(
    shown: Page, view: DocumentView, fonts: FontSet
) -> tuple[dict[str, Any], list[Finding]]:
    return attest.statement(shown, view, faces(fonts))


_LAYOUTS = {
    "certificate.j2": _certificate,
    "statement.j2": _statement,
    "label.j2": _label,
    "small.j2": _small,
    "factsheet.j2": _factsheet,
    "report.j2": _report,
}


def context_of(shown: Page, form: Form) -> dict[str, Any]:
    """Return what the templates of all forms need."""
    title = shown.words.text(f"{form.style}.document", product=shown.product)
    return {
        "page": shown,
        "html_lang": TAGS[shown.words.langs[0]],
        "document_title": title.first,
        "author": shown.words.of(shown.body["issuer"]["name"]).first,
        "moment": moment(shown).isoformat(),
    }


def _print(form: Form, view: DocumentView, fonts: FontSet, context: dict[str, Any]) -> bytes:
    return press(fonts).print(plate(form, view, context))


def plate(form: Form, view: DocumentView, context: dict[str, Any]) -> Plate:
    """Make a form of a record ready for the press."""
    return Plate(
        html=environment().get_template(form.template).render(context),
        style=form.style,
        variant=form.variant,
        identifier=form_id(view, form.file),
        moment=moment(context["page"]),
        attachments=tuple(
            (file, content, "Data" if file in DATA else "Supplement")
            for file, content in view.attachments.items()
        ),
    )


def moment(shown: Page) -> datetime:
    """Return the one time a document carries: the day of issue, at midnight UTC."""
    return datetime.fromisoformat(shown.issued[:10]).replace(tzinfo=UTC)


def _forms(view: DocumentView) -> tuple[Form, ...]:
    kind = str(view.body["kind"])
    if kind not in FORMS:
        where = Where(path="kind")
        raise IssueError(
            finding("RENDER-KIND-UNKNOWN", where, kind=kind, known=", ".join(sorted(FORMS)))
        )
    return (*_labels(view, kind), *FORMS[kind])


def _labels(view: DocumentView, kind: str) -> tuple[Form, ...]:
    """Return the labels, or the fact sheet for a market without; a statement licenses neither."""
    if kind == "verification_statement":
        return ()
    return LABELS if label_permitted(view.body, market_of(view.body)) else (FACTSHEET,)


@cache
def _template_hashes() -> Mapping[str, str]:
    """Hash everything of ours that decides how a page looks: templates, styles, texts, layout."""
    cellar, room = files("templates"), files("labels")
    sources = {
        **{f"pages/{entry.name}": entry for entry in (cellar / "pages").iterdir()},
        **{f"styles/{entry.name}": entry for entry in (cellar / "styles").iterdir()},
        **{f"texts/{name}": cellar / "texts" / name for name in TEXTS},
        "markets.toml": cellar / "markets.toml",
        **{f"layout/render/{entry.name}": entry for entry in (room / "render").iterdir()},
        **{f"layout/{name}": room / name for name in LAYOUT},
    }
    return {
        name: sha256(entry.read_bytes())
        for name, entry in sorted(sources.items())
        if name.endswith((".j2", ".css", ".toml", ".py"))
    }
