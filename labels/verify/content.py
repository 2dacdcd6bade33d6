"""Content: whether the document holds together and the right people and keys spoke."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from factors.findings import Finding, Where, finding
from labels.bundle import Bundle
from labels.canonical import canonical, parse_object, sha256
from labels.certificate import SCHEMA, claim
from labels.container import Container, SealFault
from labels.decimals import exact, total
from labels.folding import GATE_STAGES
from labels.kinds import APPROVALS, Kind
from labels.merkle import leaf_hash, merkle_root
from labels.recount import HEADLINES, PARTS
from labels.registry.entries import LEAF_SCHEMA, RECEIPT_SCHEMA
from labels.registry.note import open_note
from labels.registry.tree import included
from labels.sealcheck import check_seal
from labels.sign import ApprovalFault, check_approval
from labels.times import parse_day, parse_utc
from labels.trust import TrustFile
from labels.verify.report import Check, failed, judged, passed

#: What reading a malformed document may raise.
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
_RECEIPT = frozenset({"schema", "issuer", "serial", "index", "leaf", "checkpoint", "proof"})


def check_body(bundle: Bundle) -> Check:
    """Check the body by itself: canonical, of our schema, permitted kind, adding up, committed."""
    try:
        return judged("body", list(_body_findings(bundle)))
    except MALFORMED as error:
        return failed("body", "BODY-MALFORMED", "certificate.json", reason=type(error).__name__)


def check_receipt(bundle: Bundle, trust: TrustFile | None) -> Check:
    """Check that the log took in this very body."""
    try:
        return judged("receipt", list(_receipt_findings(bundle, trust)))
    except MALFORMED as error:
        return failed("receipt", "RECEIPT-MALFORMED", "receipt.json", reason=type(error).__name__)


def check_approvals(bundle: Bundle, trust: TrustFile | None) -> Check:
    """Check that everyone who had to approve this body did, with trusted keys."""
    try:
        return judged("approvals", list(_approval_findings(bundle, trust)))
    except MALFORMED as error:
        reason = type(error).__name__
        return failed("approvals", "APPROVAL-MALFORMED", "approvals.json", role=reason)


def check_issuer_seal(
    container: Container, bundle: Bundle | None, trust: TrustFile | None, fallback: dt.datetime
) -> Check:
    """Check who sealed the document, at its time of issue."""
    moment = fallback
    if bundle is not None:
        try:
            moment = parse_utc(bundle.receipt["leaf"]["time"])
        except MALFORMED:
            moment = fallback  # the receipt's own check reports this
    try:
        check_seal(container, trust, moment)
    except SealFault as fault:
        return failed("seal", fault.code, "", detail=fault.detail)
    return passed("seal")


def subject_of(bundle: Bundle) -> dict[str, Any]:
    """Return what the document says of itself, for the head of the report."""
    try:
        body = parse_object(bundle.body)
        headline = body["totals"][body["headline"]]
        return {
            "serial": str(bundle.receipt.get("serial", "")),
            "kind": str(body["kind"]),
            "issuer": _name(body["issuer"]["name"]),
            "product": _name(body["product"]["name"]),
            "figure": f"{headline['value']} {headline['unit']}",
            "boundary": str(body["boundary"]),
            "period": f"{body['period']['from']} - {body['period']['to']}",
            "until": str(body["validity"]["until"] or "-"),
            "body": sha256(bundle.body),
        }
    except MALFORMED:
        return {}


def _name(value: Mapping[str, str]) -> dict[str, str]:
    return {"zh": str(value["zh"]), "en": str(value["en"])}


def _fault(code: str, where: str = "", /, **params: object) -> Finding:
    return finding(code, Where(path=where), **params)


def _body_findings(bundle: Bundle) -> Iterator[Finding]:
    body = parse_object(bundle.body)
    if canonical(body) != bundle.body:
        yield _fault("BODY-NOT-CANONICAL", "certificate.json")
    if body["schema"] != SCHEMA:
        yield _fault("BODY-SCHEMA", "schema", schema=body["schema"])
        return
    claim(body)
    parse_day(body["validity"]["from"])
    if body["issuer"]["demo"] is not bundle.rendering["sample"]:
        yield _fault("SAMPLE-MARK", "issuer.demo")
    yield from _kind_findings(body)
    yield from _sum_findings(body)
    leaves = [bytes.fromhex(leaf) for leaf in body["commitments"]["leaves"]]
    if merkle_root(leaves).hex() != body["commitments"]["root"]:
        yield _fault("BODY-COMMITMENTS", "commitments.root")


def _kind_findings(body: Mapping[str, Any]) -> Iterator[Finding]:
    """Apply the gate again: no verified kind without a verification file and a fit result."""
    kind, verification = Kind(body["kind"]), body["verification"]
    earned = verification is not None and body["grade"]["value"] == "certifiable"
    if kind is not Kind.STUDY_REPORT and not earned:
        yield _fault("KIND-NOT-PERMITTED", "kind", kind=kind, grade=body["grade"]["value"])
    roles = sorted(approver["role"] for approver in body["approvers"])
    keys = {approver["kid"] for approver in body["approvers"]}
    if roles != sorted(APPROVALS[kind]) or len(keys) != len(roles):
        required = ", ".join(APPROVALS[kind])
        yield _fault("APPROVERS-WRONG", "approvers", kind=kind, roles=required)


def _sum_findings(body: Mapping[str, Any]) -> Iterator[Finding]:
    """Add the public figures up again."""
    boundary, headline = body["boundary"], body["headline"]
    pairs: list[tuple[str, str, Fraction]] = []
    for name, figure in body["figures"].items():
        for which, members in HEADLINES.items():
            expected = total(figure["parts"][part] for part in members)
            pairs.append((f"figures.{name}.{which}", figure[which], expected))
        inside = [s for s in body["stages"] if name != "cradle-to-gate" or _at_gate(s)]
        pairs.append((f"stages.{name}", figure[headline], total(s["value"] for s in inside)))
    stated = body["figures"][boundary]
    pairs += [
        (f"totals.{which}", body["totals"][which]["value"], exact(stated[which]))
        for which in HEADLINES
    ]
    pairs += [
        (f"parts.{part}", body["parts"][part], exact(stated["parts"][part])) for part in PARTS
    ]
    for path, text, expected in pairs:
        if exact(text) != expected:
            yield _fault("BODY-SUMS", path, stated=text, counted=float(expected))


def _at_gate(stage: Mapping[str, Any]) -> bool:
    return set(stage["stages"]) <= set(GATE_STAGES)


def _receipt_findings(bundle: Bundle, trust: TrustFile | None) -> Iterator[Finding]:
    receipt, body = bundle.receipt, parse_object(bundle.body)
    leaf = receipt["leaf"]
    if set(receipt) != _RECEIPT or receipt["schema"] != RECEIPT_SCHEMA:
        yield _fault("RECEIPT-MALFORMED", "receipt.json", reason="schema")
        return
    if leaf["schema"] != LEAF_SCHEMA or leaf["type"] != "issued":
        yield _fault("RECEIPT-MALFORMED", "receipt.json", reason="leaf")
        return
    if leaf["body"] != sha256(bundle.body):
        yield _fault("RECEIPT-BODY", "receipt.json", stated=leaf["body"], found=sha256(bundle.body))
    validity = body["validity"]
    agreed = {
        "serial": receipt["serial"],
        "kind": body["kind"],
        "valid_from": validity["from"],
        "valid_until": validity["until"],
    }
    for name, value in agreed.items():
        if leaf[name] != value:
            yield _fault("RECEIPT-DIFFERS", f"leaf.{name}", name=name)
    if receipt["issuer"] != body["issuer"]["id"]:
        yield _fault("RECEIPT-DIFFERS", "issuer", name="issuer")
    yield from _proof_findings(receipt, trust)


def _proof_findings(receipt: Mapping[str, Any], trust: TrustFile | None) -> Iterator[Finding]:
    if trust is None:
        yield _fault("TRUST-NOT-GIVEN", "checkpoint")
        return
    if receipt["issuer"] != trust.issuer:
        yield _fault("UNKNOWN-ISSUER", "issuer", detail=receipt["issuer"])
    try:
        checkpoint = open_note(receipt["checkpoint"], trust)
    except ValueError as error:
        yield _fault("CHECKPOINT-SIGNATURE", "checkpoint", reason=error)
        return
    proof = [bytes.fromhex(node) for node in receipt["proof"]]
    leaf = leaf_hash(canonical(receipt["leaf"]))
    if not included(leaf, receipt["index"], checkpoint.size, proof, checkpoint.root):
        yield _fault("RECEIPT-PROOF", "proof")


def _approval_findings(bundle: Bundle, trust: TrustFile | None) -> Iterator[Finding]:
    body, digest = parse_object(bundle.body), sha256(bundle.body)
    wanted = {(a["role"], a["kid"]) for a in body["approvers"]}
    given = [(a["payload"]["role"], a["payload"]["kid"]) for a in bundle.approvals]
    for role, _ in sorted(wanted - set(given)):
        yield _fault("APPROVAL-MISSING", "approvals.json", role=role)
    if len(given) != len(set(given)) or set(given) - wanted:
        yield _fault("APPROVAL-MALFORMED", "approvals.json", role="surplus")
    if trust is None:
        yield _fault("TRUST-NOT-GIVEN", "approvals.json")
        return
    for record in bundle.approvals:
        try:
            check_approval(record, digest, trust)
        except ApprovalFault as fault:
            yield _fault(fault.code, "approvals.json", role=fault.detail)
