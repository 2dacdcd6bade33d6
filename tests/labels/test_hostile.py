"""Hostile strings in every text of every document: one walk over all leaves of body and lines."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from factors.texts import LANGS
from labels.render.documents import check, documents
from labels.verify.pagetext import page_text
from tests.labels.test_forms import KINDS, of_kind, put
from tests.labels.views import composed, view

Path = tuple[Any, ...]
#: What decides which documents there are; everything else may be replaced.
DECIDES = (("kind",), ("market",))
UNSHOWABLE = {
    "nul": "a\x00b",
    "bidi": "a\u202eb",
    "emoji": "beer \U0001f37a",
    "private": "\ue000",
    "long": "wort" * 2560,
}
#: Texts that are no free words: numbers, hashes, dates, names that a rule looks up.
CODED = re.compile(
    r"^(schema|kind|market|boundary|headline|grade|figures|totals|parts|period|validity|lock|gwp"
    r"|electricity|data_quality|uncertainty|carbon_content|commitments|submission|footprint|engines"
    r"|stages\.\d+\.(id|value|side|stages)|issuer\.(id|origin|time_zone|verify_url|serial_prefix"
    r"|approvals)|product\.(gtin|category)|declared_unit\.(amount|unit|mass|sales_units\.\d+\.factor)"
    r"|ruleset\.sha256|verification\.(sha256|submission|footprint|opinion|level|materiality|closed"
    r"|summary\.misstatements\.\d+\.effect)|approvers\.\d+\.(role|kid)"
    r"|family)"
)
#: Free words that stand in the file alone: ids, and what only the other kinds print.
IDS = {
    "product.id",
    "product.sites.0.id",
    "product.sites.0.country",
    "declared_unit.sales_units.0.id",
    "client.id",
}
CLIENT = {"client.name.zh", "client.name.en"}
SUMMARY = "verification.summary"
SILENT = {
    "study_report": IDS | CLIENT,
    "factsheet": IDS | CLIENT,
    "certificate_of_conformity": IDS
    | {
        f"{SUMMARY}.{name}.{lang}"
        for name in ("sampling", "misstatements.0.text")
        for lang in LANGS
    },
    "verification_statement": IDS | {f"{SUMMARY}.statement"},
}


def leaves(node: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every text with its path."""
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, (*path, index))


def spelt(path: Path) -> str:
    return ".".join(map(str, path))


def told(path: str) -> str:
    """Spell the place of a finding as the walk spells it."""
    return re.sub(r"\[(\d+)\]", r".\1", path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", UNSHOWABLE)
def test_every_text_of_a_body_is_looked_at(kind: str, name: str) -> None:
    fields = of_kind(kind)
    walked = [path for path, _ in leaves(fields) if path not in DECIDES]
    for path in walked:
        put(fields, path, UNSHOWABLE[name])
    found = {told(one.where.path) for one in check(view(fields))}
    assert {spelt(path) for path in walked} - found == set()


@pytest.mark.parametrize("name", UNSHOWABLE)
def test_every_text_of_the_private_lines_is_looked_at(name: str) -> None:
    made = composed()
    lines = [copy.deepcopy(one.to_json()) for one in made.opened[:3]]
    walked = [path for path, _ in leaves(lines)]
    for path in walked:
        put({"lines": lines}, ("lines", *path), UNSHOWABLE[name])
    found = {told(one.where.path) for one in check(view(made.fields, disclosures=lines))}
    assert {f"disclosures.{spelt(path)}" for path in walked} - found == set()


@pytest.mark.parametrize("kind", KINDS)
def test_clean_documents_have_nothing_to_say(kind: str) -> None:
    """Control of the walks above."""
    assert check(view(of_kind(kind))) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_markup_in_every_free_text_is_printed_as_it_was_written(kind: str) -> None:
    """Each text gets a mark of its own, so a text that is lost or taken for markup has a name."""
    fields = of_kind(kind)
    free = [path for path, _ in leaves(fields) if not CODED.match(spelt(path))]
    marks = {path: f"<b>{{{{7*7}}}}&lt;{index:02}" for index, path in enumerate(free)}
    for path, mark in marks.items():
        put(fields, path, mark)
    printed = documents(view(fields))
    seen = "".join("".join("".join(page_text(data)).split()) for data in printed.values())
    assert "49&lt;" not in seen
    assert {spelt(path) for path, mark in marks.items() if mark not in seen} == SILENT[kind]
    for data in printed.values():
        with pikepdf.open(BytesIO(data)) as pdf:
            assert set(pdf.attachments) == {"certificate.json", "receipt.json"}
            assert not [one for one in pdf.objects if _fetches(one)]


def _fetches(item: Any) -> bool:
    """Tell an object that opens something: an action, a link to outside, a script."""
    if not isinstance(item, pikepdf.Dictionary):
        return False
    return any(key in item for key in ("/URI", "/JS", "/Launch", "/GoToR")) or (
        item.get("/S") in ("/URI", "/JavaScript", "/Launch", "/GoToR")
    )
