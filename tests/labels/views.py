"""Views of the fictitious example for tests of pages, and eyes to look at a printed page."""

from __future__ import annotations

import copy
import datetime as dt
import importlib
import json
import subprocess
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from labels.canonical import canonical
from labels.certificate import Approver, Body, Draft, compose
from labels.issuer import demo_issuer
from labels.kinds import Kind, Validity
from labels.render.documents import documents
from labels.view import DocumentLang, DocumentView
from tests.labels.example import footprint

HERE = Path(__file__).parent
RECEIPT = {
    "schema": "carbonlabel-receipt/1",
    "issuer": "EXAMPLE-ISSUER",
    "serial": "SAMPLE-7",
    "index": 12,
    "checkpoint": "example.invalid/carbonlabel/demo\n13\nq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ\n\n"
    "\N{EM DASH} example.invalid/carbonlabel/demo AbCdEf==\n",
}


def body() -> dict[str, Any]:
    """Return the example body, fresh."""
    record: dict[str, Any] = json.loads((HERE / "example_body.json").read_text(encoding="utf-8"))
    return record


def whole_life() -> dict[str, Any]:
    """Return the example body declared over its full life cycle, with all seven stages."""
    fields = body()
    fields["boundary"] = "cradle-to-grave"
    fields["exclusions"] = fields["exclusions"][1:]  # the stages after the gate are counted
    added = {"excluding_biogenic_co2": "0.901", "including_biogenic_co2": "0.899"}
    gate = fields["figures"]["cradle-to-gate"]
    fields["figures"]["cradle-to-grave"] = {**copy.deepcopy(gate), **added}
    for name, value in added.items():
        fields["totals"][name]["value"] = value
    for name, zh, en, value in (
        ("distribution", "分销与零售冷藏", "Distribution and retail cooling", "0.188654321099"),
        ("use", "家庭冷藏", "Cooling at home", "0.07"),
        ("end-of-life", "包装废弃", "Discarded packaging", "0.03"),
    ):
        stage = {"id": name, "stages": [name], "name": {"zh": zh, "en": en}}
        fields["stages"].append({**stage, "side": "after", "value": value})
    return fields


def composed() -> Body:
    """Compose a body from the example footprint, as issuing does."""
    source = footprint()
    draft = Draft(
        issuer=demo_issuer(),
        kind=Kind.STUDY_REPORT,
        client={"id": "EX-CLIENT", "name": source["product"]["maker"]["name"]},
        validity=Validity(dt.date(2026, 11, 20)),
        approvers=(Approver("preparer", "41d0a7c29be15f9a", "示例甲 Example A"),),
        submission="88" * 32,
        footprint="99" * 32,
    )
    salts = [index.to_bytes(16, "big") for index in range(len(source["lines"]))]
    return compose(source, draft, salts)


def view(
    fields: Mapping[str, Any] | None = None, lang: DocumentLang = "both", **changes: Any
) -> DocumentView:
    """Return a view of a body with the attachments that issuing embeds."""
    shown = copy.deepcopy(dict(fields if fields is not None else body()))
    given: dict[str, Any] = {"receipt": RECEIPT, "sample": True} | changes
    if "attachments" not in given:
        given["attachments"] = {
            "certificate.json": canonical(shown),
            "receipt.json": canonical(RECEIPT),
        }
    return DocumentView(body=shown, lang=lang, **given)


def unverified(fields: dict[str, Any]) -> dict[str, Any]:
    """Return a body of an issuer that is no demonstration: a study report, but no sample."""
    fields["issuer"]["demo"] = False
    return fields


def verified_view(
    fields: Mapping[str, Any] | None = None, lang: DocumentLang = "both"
) -> DocumentView:
    """Return the view of a certificate of an issuer that is no demonstration."""
    shown = copy.deepcopy(dict(fields if fields is not None else body()))
    shown["kind"] = "certificate_of_conformity"
    shown["issuer"] |= {"demo": False, "name": {"zh": "示例核查公司", "en": "Example Verifier"}}
    shown["validity"]["until"] = "2028-11-19"
    return view(shown, lang, sample=False)


def verified_label(fields: Mapping[str, Any], lang: DocumentLang = "both") -> bytes:
    """Print the label of a certificate."""
    desk = importlib.import_module("labels.render.documents")
    chosen = verified_view(fields, lang)
    contexts, findings = desk._lay_out(chosen, desk.machine_fonts(), [desk.LABEL])
    assert not findings
    made: bytes = desk._print(desk.LABEL, chosen, desk.machine_fonts(), contexts[desk.LABEL])
    return made


@cache
def printed(lang: DocumentLang = "both") -> Mapping[str, bytes]:
    """Print the example once per language."""
    return documents(view(lang=lang))


def words(pdf: bytes) -> str:
    """Return the text layer without white space, so that line breaks do not matter."""
    return "".join(_run("pdftotext", pdf, "-", "-").decode().split())


def text(pdf: bytes) -> str:
    """Return the text layer with its layout."""
    return _run("pdftotext", pdf, "-layout", "-", "-").decode()


def boxes(pdf: bytes) -> str:
    """Return the words of a document with their boxes (points)."""
    return _run("pdftotext", pdf, "-bbox", "-", "-").decode()


def picture(pdf: bytes, dpi: int, page: int = 1) -> Image.Image:
    """Return one page as a picture."""
    first = str(page)
    return Image.open(BytesIO(_run("pdftoppm", pdf, "-r", str(dpi), "-f", first, "-l", first)))


def fonts(pdf: bytes, tmp_path: Path) -> list[str]:
    """Return the names of the embedded fonts without their subset tags."""
    file = tmp_path / "page.pdf"
    file.write_bytes(pdf)
    answer = subprocess.run(["pdffonts", str(file)], capture_output=True, check=True, text=True)
    return [line.split()[0].partition("+")[2] for line in answer.stdout.splitlines()[2:]]


def _run(command: str, pdf: bytes, *arguments: str) -> bytes:
    return subprocess.run([command, *arguments], input=pdf, capture_output=True, check=True).stdout
