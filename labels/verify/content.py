"""Content: whether the document holds together and the right people and keys spoke."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice
from typing import Any

from factors.findings import Finding
from labels import bodyshape
from labels.bundle import Bundle
from labels.canonical import canonical, parse_object, sha256
from labels.certificate import SCHEMA
from labels.decimals import exact, total
from labels.folding import GATE_STAGES
from labels.kinds import APPROVALS, Kind
from labels.merkle import leaf_hash, merkle_root
from labels.recount import HEADLINES, PARTS
from labels.registry.entries import LEAF_SCHEMA, RECEIPT_SCHEMA
from labels.registry.note import checkpoint_of, open_note
from labels.registry.serial import check_character
from labels.registry.tree import included
from labels.sign import ApprovalFault, check_approval
from labels.times import parse_day
from labels.verify.case import MALFORMED, Case, Rules, fault

_RECEIPT = frozenset({"schema", "issuer", "serial", "index", "leaf", "checkpoint", "proof"})
_LEAF = frozenset(
    {
        *("schema", "type", "serial", "body", "kind", "time"),
        *("valid_from", "valid_until", "status_index"),
    }
)
#: Most misfits of a body that are told, and the longest checkpoint note (characters).
_MOST_TOLD = 4
_LONGEST_NOTE = 8_192
#: What a serial may look like; letters of other scripts can look like these.
_SERIAL = re.compile(r"SAMPLE-[1-9]\d{0,8}|[A-Z0-9]{1,8}-\d{4}-\d{6,9}-[A-Z0-9]", re.ASCII)


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


# The body -----------------------------------------------------------------------------------------


def _canonical(case: Case) -> Iterator[Finding]:
    if canonical(parse_object(case.bundle.body)) != case.bundle.body:
        yield fault("BODY-NOT-CANONICAL", "certificate.json")


def _schema(case: Case) -> Iterator[Finding]:
    if case.body["schema"] != SCHEMA:
        yield fault("BODY-SCHEMA", "schema", schema=case.body["schema"])


def _closed(case: Case) -> Iterator[Finding]:
    """Nothing is missing, nothing is said that no page shows, nothing is too long to be read."""
    found = tuple(islice(bodyshape.misfits(case.body), _MOST_TOLD))
    for code, path, reason in found:
        yield fault(code, path, reason=reason)
    if found:
        return
    parse_day(case.body["validity"]["from"])
    if bodyshape.oversize(case.bundle.body, len(case.body["commitments"]["leaves"])):
        yield fault(bodyshape.OVERSIZE, "certificate.json", reason=len(case.bundle.body))


def _sample_mark(case: Case) -> Iterator[Finding]:
    """A demo issuer's documents say so, to the eye and in the data; no others do."""
    said = {case.body["issuer"]["demo"], case.bundle.rendering["sample"]}
    if case.trust is not None:
        said.add(case.trust.demo)
    if len(said) != 1:
        yield fault("SAMPLE-MARK", "issuer.demo")


def _kind(case: Case) -> Iterator[Finding]:
    """Apply the gate again: no verified kind without a verification file and a fit result."""
    kind, grade = Kind(case.body["kind"]), case.body["grade"]["value"]
    earned = case.body["verification"] is not None and grade == "certifiable"
    if kind is not Kind.STUDY_REPORT and not earned:
        yield fault("KIND-NOT-PERMITTED", "kind", kind=kind, grade=grade)


def _approvers(case: Case) -> Iterator[Finding]:
    """Each role once; different people with different keys."""
    kind, named = Kind(case.body["kind"]), case.body["approvers"]
    roles, count = sorted(one["role"] for one in named), len(named)
    apart = len({one["kid"] for one in named}) == len({one["person"] for one in named}) == count
    if roles != sorted(APPROVALS[kind]) or not apart:
        required = ", ".join(APPROVALS[kind])
        yield fault("APPROVERS-WRONG", "approvers", kind=kind, roles=required)


def _sums(case: Case) -> Iterator[Finding]:
    """Add the public figures up again."""
    for path, text, expected in _pairs(case.body):
        if exact(text) != expected:
            yield fault("BODY-SUMS", path, stated=text, counted=float(expected))


def _pairs(body: Mapping[str, Any]) -> Iterator[tuple[str, str, Fraction]]:
    """Yield where, what is stated, and the sum of what it should consist of."""
    for name, figure in body["figures"].items():
        for which, members in HEADLINES.items():
            expected = total(figure["parts"][part] for part in members)
            yield f"figures.{name}.{which}", figure[which], expected
        inside = [s for s in body["stages"] if name != "cradle-to-gate" or _at_gate(s)]
        stages = total(stage["value"] for stage in inside)
        yield f"stages.{name}", figure[body["headline"]], stages
    stated = body["figures"][body["boundary"]]
    for which in HEADLINES:
        yield f"totals.{which}", body["totals"][which]["value"], exact(stated[which])
    for part in PARTS:
        yield f"parts.{part}", body["parts"][part], exact(stated["parts"][part])


def _at_gate(stage: Mapping[str, Any]) -> bool:
    return set(stage["stages"]) <= set(GATE_STAGES)


def _commitments(case: Case) -> Iterator[Finding]:
    stated = case.body["commitments"]
    if merkle_root([bytes.fromhex(leaf) for leaf in stated["leaves"]]).hex() != stated["root"]:
        yield fault("BODY-COMMITMENTS", "commitments.root")


BODY: Rules = {
    "canonical": _canonical,
    "schema": _schema,
    "closed": _closed,
    "sample mark": _sample_mark,
    "kind": _kind,
    "approvers": _approvers,
    "sums": _sums,
    "commitments": _commitments,
}


# The receipt --------------------------------------------------------------------------------------


def _receipt_shape(case: Case) -> Iterator[Finding]:
    receipt, leaf = case.bundle.receipt, case.bundle.receipt["leaf"]
    if set(receipt) != _RECEIPT or receipt["schema"] != RECEIPT_SCHEMA:
        yield fault("RECEIPT-MALFORMED", "receipt.json", reason="schema")
    elif set(leaf) != _LEAF or leaf["schema"] != LEAF_SCHEMA or leaf["type"] != "issued":
        yield fault("RECEIPT-MALFORMED", "receipt.json", reason="leaf")
    elif {type(receipt["index"]), type(leaf["status_index"])} != {int}:  # true is no place
        yield fault("RECEIPT-MALFORMED", "receipt.json", reason="index")
    elif len(receipt["checkpoint"]) > _LONGEST_NOTE:
        yield fault("RECEIPT-MALFORMED", "receipt.json", reason="checkpoint")


def _same_body(case: Case) -> Iterator[Finding]:
    stated = case.bundle.receipt["leaf"]["body"]
    if stated != case.digest:
        yield fault("RECEIPT-BODY", "receipt.json", stated=stated, found=case.digest)


def _same_facts(case: Case) -> Iterator[Finding]:
    receipt, validity = case.bundle.receipt, case.body["validity"]
    agreed = {
        "serial": receipt["serial"],
        "kind": case.body["kind"],
        "valid_from": validity["from"],
        "valid_until": validity["until"],
    }
    for name, value in agreed.items():
        if receipt["leaf"][name] != value:
            yield fault("RECEIPT-DIFFERS", f"leaf.{name}", name=name)
    if receipt["issuer"] != case.body["issuer"]["id"]:
        yield fault("RECEIPT-DIFFERS", "issuer", name="issuer")


def _plain_serial(case: Case) -> Iterator[Finding]:
    """A serial is read by eye: only plain capitals and digits, in the issuer's pattern."""
    serial = case.bundle.receipt["serial"]
    prefix = case.body["issuer"]["serial_prefix"]
    plain = _SERIAL.fullmatch(serial) and serial.partition("-")[0] == prefix
    if not plain or not (case.body["issuer"]["demo"] or _checks(serial)):
        yield fault("RECEIPT-SERIAL", "serial", serial=_spelt(serial))


def _checks(serial: str) -> bool:
    *parts, last = serial.split("-")
    return check_character("".join(parts)) == last


def _spelt(text: str) -> str:
    """Spell foreign characters out, so that a lookalike shows."""
    return text.encode("ascii", "backslashreplace").decode("ascii")[:80]


def _known_issuer(case: Case) -> Iterator[Finding]:
    if case.trust is None:
        yield fault("TRUST-NOT-GIVEN", "checkpoint")
    elif case.bundle.receipt["issuer"] != case.trust.issuer:
        yield fault("UNKNOWN-ISSUER", "issuer", detail=case.bundle.receipt["issuer"])


def _signed_checkpoint(case: Case) -> Iterator[Finding]:
    if case.trust is None:
        return  # told by the rule before
    note = case.bundle.receipt["checkpoint"]
    if not isinstance(note, str):
        raise TypeError("checkpoint")
    try:
        open_note(note, case.trust)
    except ValueError as error:
        yield fault("CHECKPOINT-SIGNATURE", "checkpoint", reason=error)


def _inclusion(case: Case) -> Iterator[Finding]:
    """Follow the proof from the leaf to the root that the checkpoint names."""
    receipt = case.bundle.receipt
    try:
        seen = checkpoint_of(receipt["checkpoint"])
    except ValueError:
        return  # told by the rule before
    proof = [bytes.fromhex(node) for node in receipt["proof"]]
    leaf = leaf_hash(canonical(receipt["leaf"]))
    if not included(leaf, receipt["index"], seen.size, proof, seen.root):
        yield fault("RECEIPT-PROOF", "proof")


RECEIPT: Rules = {
    "shape": _receipt_shape,
    "same body": _same_body,
    "same facts": _same_facts,
    "plain serial": _plain_serial,
    "known issuer": _known_issuer,
    "signed checkpoint": _signed_checkpoint,
    "inclusion": _inclusion,
}


# The approvals ------------------------------------------------------------------------------------


def _everyone(case: Case) -> Iterator[Finding]:
    """Whoever the body names, by role, key and name, has signed; and nobody else."""
    wanted = {(a["role"], a["kid"], a["person"]) for a in case.body["approvers"]}
    payloads = [record["payload"] for record in case.bundle.approvals]
    given = [(one["role"], one["kid"], one["person"]) for one in payloads]
    for role, *_ in sorted(wanted - set(given)):
        yield fault("APPROVAL-MISSING", "approvals.json", role=role)
    if len(given) != len(set(given)) or set(given) - wanted:
        yield fault("APPROVAL-MALFORMED", "approvals.json", role="surplus")


def _each_holds(case: Case) -> Iterator[Finding]:
    if case.trust is None:
        yield fault("TRUST-NOT-GIVEN", "approvals.json")
        return
    for record in case.bundle.approvals:
        try:
            check_approval(record, case.digest, case.trust)
        except ApprovalFault as found:
            yield fault(found.code, "approvals.json", role=found.detail)


APPROVAL: Rules = {
    "everyone": _everyone,
    "each holds": _each_holds,
}
