"""The tamper campaign: whatever is changed in a sealed document, verification refuses it.

Two hands change documents: strangers without a key (:mod:`tests.labels.tampering`) and a desk with
all of them (:mod:`tests.labels.exhibits`). Each rule of verification has its control: without it,
documents of the campaign are accepted.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from pathlib import Path

import pytest

from labels import render
from labels.issue import issue
from labels.registry.export import view_of
from labels.registry.store import Store
from labels.verify import Report, verify
from labels.verify.checks import CHECKS
from tests.evidence import campaign
from tests.labels import rules_page
from tests.labels.desk_help import T0, approved_draft, demo_store, issued, office, submission
from tests.labels.exhibits import EXHIBITS, all_rules, without
from tests.labels.forging import Order, Workshop
from tests.labels.stamped import stamped
from tests.labels.tampering import ANY, EXPECTED, KINDS, Target, change, lookalike
from tests.labels.test_container import accepts

LATER = T0 + dt.timedelta(days=1)
EVERYDAY = 3_000
"""Documents of the everyday run; seeds far from those of the deep one."""
FIRST = 1_000_000_000
FORGED = 16
"""Every so many documents come from the desk in dishonest hands."""
WITH_REGISTRY = 10
"""Every so many documents are verified against the registry as well."""
IN_DEPTH = {
    "container.whole file": "names the reason; the PDF library measures the coverage again",
    "container.digest": "names the reason; the gap's bytes and the signature rest on the digest",
    "container.one signature": "names the reason; a form with a second field is refused by itself",
    "timestamp.imprint": "names the reason; the signature is checked against the same hash",
}
"""Rules that are nobody's only guard, and what they are for."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return demo_store(tmp_path_factory.mktemp("tampering") / "registry")


@pytest.fixture(scope="module")
def plain(store: Store) -> list[Target]:
    """Pages of one line, each with another one beside it."""
    files = issued(store).files
    return paired([files[f"{name}.pdf"] for name in ("public/label", "public/report")])


@pytest.fixture(scope="module")
def targets(store: Store, plain: list[Target]) -> list[Target]:
    """Plain pages, and a label as it is really rendered."""
    real = issue(office(store, renderer=render), approved_draft(store, submission("EX-RENDERED")))
    return paired([*(one.pdf for one in plain), real.files["public/label.pdf"]])


def paired(pdfs: list[bytes]) -> list[Target]:
    return [Target.of(pdf, other) for pdf, other in zip(pdfs, pdfs[1:] + pdfs[:1], strict=True)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.open(tmp_path_factory.mktemp("workshop"))


def judged(store: Store, pdf: bytes) -> Report:
    """The verdict on what the document alone says."""
    return verify(pdf, trust=store.trust, now=LATER)


def refused(store: Store, kind: str, pdf: bytes) -> str:
    """Check that a changed document is not valid and say why."""
    report = judged(store, pdf)
    assert not report.valid, kind
    reason = report.codes[0]
    assert reason in EXPECTED.get(kind, ANY), (kind, reason)
    return reason


def refused_forgery(shop: Workshop, kind: str, rng: random.Random) -> str:
    """Check that a forged document is refused for exactly its reasons."""
    report = EXHIBITS[kind].make(shop, rng).judged()
    assert not report.valid, kind
    assert tuple(dict.fromkeys(report.codes)) == EXHIBITS[kind].codes, kind
    return report.codes[0]


def drawn(store: Store, targets: list[Target], shop: Workshop, seed: int) -> tuple[str, str]:
    """Make and judge the document of a seed; return its kind and the reason."""
    rng = random.Random(seed)
    if seed % FORGED == 0:
        kind = tuple(EXHIBITS)[seed // FORGED % len(EXHIBITS)]
        return kind, refused_forgery(shop, kind, rng)
    kind, pdf = change(targets[seed % len(targets)], rng)
    return kind, refused(store, kind, pdf)


# Nothing genuine is refused -----------------------------------------------------------------------


def test_the_targets_are_valid(store: Store, targets: list[Target]) -> None:
    assert all(judged(store, target.pdf).valid for target in targets)


def test_the_desk_can_make_a_document_that_is_right_in_every_respect(shop: Workshop) -> None:
    for exhibit in (shop.make(Order()), stamped(shop, random.Random(5))):
        report = exhibit.judged()
        assert (report.codes, report.status, report.registered) == ((), "valid", "match")


# Nothing changed is accepted ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_change_is_refused(store: Store, targets: list[Target], kind: str) -> None:
    rng = random.Random(11)
    for target in targets:
        for _ in range(3):
            changed = KINDS[kind](target, rng)
            if changed != target.pdf:
                refused(store, kind, changed)


def test_three_thousand_changed_documents_are_refused(
    store: Store, plain: list[Target], shop: Workshop
) -> None:
    seen = Counter(drawn(store, plain, shop, seed)[0] for seed in range(FIRST, FIRST + EVERYDAY))
    assert seen.total() == EVERYDAY
    assert {*KINDS, *EXHIBITS} <= set(seen)


# Every rule is needed -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EXHIBITS)
def test_a_forgery_is_refused_by_its_rules_and_by_no_other(shop: Workshop, kind: str) -> None:
    """Without all of them it is accepted; with any one of them it is not."""
    exhibit, refusing = EXHIBITS[kind].make(shop, random.Random(5)), EXHIBITS[kind].refused
    assert exhibit.judged(without(CHECKS, refusing)).valid
    for kept in refusing:
        others = tuple(rule for rule in refusing if rule != kept)
        assert not exhibit.judged(without(CHECKS, others)).valid, kept


def test_no_rule_lacks_its_control() -> None:
    """A rule is the only guard against some document, or stands in depth for a reason told."""
    alone = {kind.refused[0] for kind in EXHIBITS.values() if len(kind.refused) == 1}
    in_a_row = {rule for kind in EXHIBITS.values() for rule in kind.refused}
    assert alone | set(IN_DEPTH) == all_rules(CHECKS)
    assert not alone & set(IN_DEPTH)
    assert set(IN_DEPTH) <= in_a_row


def test_the_reference_shows_every_rule_and_its_control() -> None:
    page = rules_page.PAGE.read_text(encoding="utf-8")
    assert rules_page.renewed(page) == page


def test_the_control_itself_can_fail(shop: Workshop) -> None:
    """Taking out a rule that has nothing to do with a forgery lets nothing through."""
    exhibit = EXHIBITS["cheaper"].make(shop, random.Random(5))
    assert not exhibit.judged(without(CHECKS, ("body.commitments",))).valid
    assert set(without(CHECKS, ("body.sums",)).body) == set(CHECKS.body) - {"sums"}


# Many more ----------------------------------------------------------------------------------------


def lenient(store: Store, target: Target) -> int:
    """How many of many changes in the gap a check without the strict container accepts."""
    rng = random.Random(4)
    changes = (lookalike(target, rng) for _ in range(150))
    return sum(
        accepts(pdf, store.trust, LATER, strict=False) for pdf in changes if pdf != target.pdf
    )


def test_the_control_of_the_container_accepts_changes(store: Store, plain: list[Target]) -> None:
    """If this finds nothing, the campaign proves nothing about the container."""
    assert lenient(store, plain[0]) > 20


def controls(shop: Workshop, seed: int) -> int:
    """How many forgeries are accepted, each without the rules that refuse it."""
    kinds = EXHIBITS.values()
    return sum(
        kind.make(shop, random.Random(seed)).judged(without(CHECKS, kind.refused)).valid
        for kind in kinds
    )


@pytest.mark.deep("tamper")
def test_many_more_changes_are_refused(store: Store, targets: list[Target], tmp_path: Path) -> None:
    log, shop = view_of(store), Workshop.open(tmp_path)
    with campaign("tamper") as run:
        run.count("control_accepted", lenient(store, targets[0]))
        assert run.counters["control_accepted"] > 20
        run.count("rules_controlled", controls(shop, run.first))
        assert run.counters["rules_controlled"] == len(EXHIBITS)
        for seed in run.seeds():
            kind, reason = drawn(store, targets, shop, seed)
            run.count(reason)
            run.count("forged", kind in EXHIBITS)
            if kind in KINDS and seed % WITH_REGISTRY == 1:
                _, pdf = change(targets[seed % len(targets)], random.Random(seed))
                report = verify(pdf, trust=store.trust, now=LATER, log=log, printer=render)
                assert not report.valid, kind
                run.count("with_registry")
            run.count("documents")
