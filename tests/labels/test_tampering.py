"""The tamper campaign: whatever is changed in a sealed document, verification refuses it.

Two hands change documents: strangers without a key (:mod:`tests.labels.tampering`) and a desk with
all of them (:mod:`tests.labels.exhibits`). Each rule of verification has its control: without it,
documents of the campaign are accepted.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from labels.issue import issue
from labels.registry.export import view_of
from labels.registry.store import Store
from labels.render import documents as render
from labels.timestamp import upgrade
from labels.trust import TrustFile
from labels.verify import Report, verify
from labels.verify.checks import CHECKS
from tests.evidence import campaign
from tests.labels import rules_page
from tests.labels.authority import Maker, maker
from tests.labels.desk_help import T0, approved_draft, demo_store, issued, office, submission
from tests.labels.exhibits import EXHIBITS, all_rules, without
from tests.labels.forging import Order, Workshop
from tests.labels.stamped import stamped
from tests.labels.tampering import BEHIND, KINDS, Target, change, expected, kinds_of, lookalike
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
def authority() -> Maker:
    return maker("Example TSA 示例")


@pytest.fixture(scope="module")
def trust(store: Store, authority: Maker) -> TrustFile:
    return replace(store.trust, authorities=(authority.known_as("Example TSA"),))


@pytest.fixture(scope="module")
def stamped_ones(plain: list[Target], authority: Maker) -> list[Target]:
    """The same pages with a timestamp behind their seals."""
    known, ask = authority.known_as("Example TSA"), authority.asked(LATER)
    return paired([upgrade(one.pdf, known, ask, LATER) for one in plain])


@pytest.fixture(scope="module")
def everyday(plain: list[Target], stamped_ones: list[Target]) -> list[Target]:
    return [*plain, *stamped_ones]


@pytest.fixture(scope="module")
def targets(store: Store, plain: list[Target], stamped_ones: list[Target]) -> list[Target]:
    """Plain pages, a label as it is really rendered, and pages with a timestamp."""
    real = issue(office(store, renderer=render), approved_draft(store, submission("EX-RENDERED")))
    pages = paired([*(one.pdf for one in plain), real.files["public/label.pdf"]])
    return [*pages, *stamped_ones]


def paired(pdfs: list[bytes]) -> list[Target]:
    return [Target.of(pdf, other) for pdf, other in zip(pdfs, pdfs[1:] + pdfs[:1], strict=True)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop.open(tmp_path_factory.mktemp("workshop"))


def judged(trust: TrustFile, pdf: bytes) -> Report:
    """The verdict on what the document alone says."""
    return verify(pdf, trust=trust, now=LATER)


def refused(trust: TrustFile, target: Target, kind: str, pdf: bytes) -> str:
    """Check that a changed document is not valid and say why."""
    report = judged(trust, pdf)
    assert not report.valid, kind
    reason = report.codes[0]
    assert reason in expected(kind, target), (kind, reason)
    return reason


def refused_forgery(shop: Workshop, kind: str, rng: random.Random) -> str:
    """Check that a forged document is refused for exactly its reasons."""
    report = EXHIBITS[kind].make(shop, rng).judged()
    assert not report.valid, kind
    assert tuple(dict.fromkeys(report.codes)) == EXHIBITS[kind].codes, kind
    return report.codes[0]


def drawn(trust: TrustFile, targets: list[Target], shop: Workshop, seed: int) -> tuple[str, str]:
    """Make and judge the document of a seed; return its kind and the reason."""
    rng = random.Random(seed)
    if seed % FORGED == 0:
        kind = tuple(EXHIBITS)[seed // FORGED % len(EXHIBITS)]
        return kind, refused_forgery(shop, kind, rng)
    target = targets[seed % len(targets)]
    kind, pdf = change(target, rng)
    return kind, refused(trust, target, kind, pdf)


# Nothing genuine is refused -----------------------------------------------------------------------


def test_the_targets_are_valid(trust: TrustFile, targets: list[Target]) -> None:
    assert all(judged(trust, pdf).valid for target in targets for pdf in target.genuine)


def test_the_desk_can_make_a_document_that_is_right_in_every_respect(shop: Workshop) -> None:
    for exhibit in (shop.make(Order()), stamped(shop, random.Random(5))):
        report = exhibit.judged()
        assert (report.codes, report.status, report.registered) == ((), "valid", "match")


# Nothing changed is accepted ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*KINDS, *BEHIND])
def test_every_kind_of_change_is_refused(
    trust: TrustFile, targets: list[Target], kind: str
) -> None:
    rng = random.Random(11)
    for target in (one for one in targets if kind in kinds_of(one)):
        for _ in range(2):
            changed = kinds_of(target)[kind](target, rng)
            if changed not in target.genuine:
                refused(trust, target, kind, changed)


def test_three_thousand_changed_documents_are_refused(
    trust: TrustFile, everyday: list[Target], shop: Workshop
) -> None:
    seeds = range(FIRST, FIRST + EVERYDAY)
    seen = Counter(drawn(trust, everyday, shop, seed)[0] for seed in seeds)
    assert seen.total() == EVERYDAY
    assert {*KINDS, *BEHIND, *EXHIBITS} <= set(seen)


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
def test_many_more_changes_are_refused(
    store: Store, trust: TrustFile, targets: list[Target], tmp_path: Path
) -> None:
    log, shop = view_of(store), Workshop.open(tmp_path)
    with campaign("tamper") as run:
        run.count("control_accepted", lenient(store, targets[0]))
        assert run.counters["control_accepted"] > 20
        run.count("rules_controlled", controls(shop, run.first))
        assert run.counters["rules_controlled"] == len(EXHIBITS)
        for seed in run.seeds():
            kind, reason = drawn(trust, targets, shop, seed)
            run.count(reason)
            run.count("forged", kind in EXHIBITS)
            if kind not in EXHIBITS and seed % WITH_REGISTRY == 1:
                _, pdf = change(targets[seed % len(targets)], random.Random(seed))
                report = verify(pdf, trust=trust, now=LATER, log=log, printer=render)
                assert not report.valid, kind
                run.count("with_registry")
            run.count("documents")
