"""The tamper campaign: whatever is changed in a sealed document, verification refuses it."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from labels import render
from labels.issue import issue
from labels.registry.export import view_of
from labels.registry.store import Store
from labels.verify import Report, verify
from tests.evidence import campaign
from tests.labels.desk_help import T0, approved_draft, demo_store, issued, office, submission
from tests.labels.tampering import ANY, EXPECTED, KINDS, Target, change, lookalike
from tests.labels.test_container import accepts

LATER = T0 + dt.timedelta(days=1)
WITH_REGISTRY = 10
"""Every so many documents are verified against the registry as well."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return demo_store(tmp_path_factory.mktemp("tampering") / "registry")


@pytest.fixture(scope="module")
def targets(store: Store) -> list[Target]:
    """Plain pages, and a label as it is really rendered, each with another one beside it."""
    plain = issued(store).files
    draft = approved_draft(store, submission("EX-RENDERED"))
    real = issue(office(store, renderer=render), draft).files
    names = ("public/label.pdf", "public/report.pdf", "sealed/report.pdf")
    pdfs = [*(plain[name] for name in names), real["public/label.pdf"]]
    return [Target.of(pdf, other) for pdf, other in zip(pdfs, pdfs[1:] + pdfs[:1], strict=True)]


def judged(store: Store, pdf: bytes) -> Report:
    """The verdict on what the document alone says."""
    return verify(pdf, trust=store.trust, now=LATER)


def refused(store: Store, kind: str, pdf: bytes) -> str:
    """Check that a changed document is not valid and say why."""
    report = judged(store, pdf)
    assert not report.valid, kind
    reason = report.codes[0]
    assert reason in EXPECTED.get(kind, ANY), kind
    return reason


def test_the_targets_are_valid(store: Store, targets: list[Target]) -> None:
    assert all(judged(store, target.pdf).valid for target in targets)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_change_is_refused(store: Store, targets: list[Target], kind: str) -> None:
    rng = random.Random(11)
    for target in targets:
        for _ in range(4):
            changed = KINDS[kind](target, rng)
            if changed != target.pdf:
                refused(store, kind, changed)


def lenient(store: Store, target: Target) -> int:
    """How many of many changes in the gap a check without the strict container accepts."""
    rng = random.Random(4)
    changes = (lookalike(target, rng) for _ in range(400))
    return sum(accepts(pdf, store.trust, strict=False) for pdf in changes if pdf != target.pdf)


@pytest.mark.deep("tamper")
def test_many_more_changes_are_refused(store: Store, targets: list[Target]) -> None:
    log = view_of(store)
    with campaign("tamper") as run:
        run.count("control_accepted", lenient(store, targets[0]))
        assert run.counters["control_accepted"] > 20
        for seed in run.seeds():
            kind, pdf = change(targets[seed % len(targets)], random.Random(seed))
            run.count(refused(store, kind, pdf))
            if seed % WITH_REGISTRY == 0:
                report = verify(pdf, trust=store.trust, now=LATER, log=log, printer=render)
                assert not report.valid, kind
                run.count("with_registry")
            run.count("documents")
