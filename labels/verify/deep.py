"""Deep verification: count again. Level 1 lines to totals, 2 inputs to lines, 3 workbook to inputs.

Level 1 needs the disclosures only and exact decimals. Levels 2 and 3 run the calculation again and
take it as a callable, so that this module knows nothing of models or engines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factors.findings import Finding, Where, finding
from labels.bundle import Bundle
from labels.canonical import canonical, parse_object, sha256
from labels.commitments import Disclosure, read_disclosures
from labels.recount import differences
from labels.verify.content import MALFORMED
from labels.verify.report import Check, Outcome, failed, judged, not_checked

#: System file as plain data to footprint as plain data.
Recompute = Callable[[Mapping[str, Any]], Mapping[str, Any]]
#: Workbook bytes to system file as plain data.
Convert = Callable[[bytes], Mapping[str, Any]]

#: Members of the lock that an installation brings along.
_VERSIONS = ("model", "ruleset", "factors", "factor_set", "gwp", "software")


@dataclass(frozen=True, slots=True)
class DeepInputs:
    """What a deep verification may look at; None for what is not at hand.

    Attributes
    ----------
    disclosures, footprint, system, workbook
        Files of the sealed bundle.
    recompute, convert
        The calculation and the reader of workbooks.
    """

    disclosures: bytes | None = None
    footprint: bytes | None = None
    system: bytes | None = None
    workbook: bytes | None = None
    recompute: Recompute | None = None
    convert: Convert | None = None


@dataclass(frozen=True, slots=True)
class DeepResult:
    """Level reached, number of lines taken as committed, and the checks."""

    level: int
    committed: int
    checks: tuple[Check, ...]


def check_deep(bundle: Bundle, inputs: DeepInputs) -> DeepResult:
    """Count again as far as the files at hand allow."""
    body = parse_object(bundle.body)
    opened = bundle.disclosures or inputs.disclosures
    first, committed = _lines_to_totals(body, sha256(bundle.body), opened)
    checks = [first, _inputs_to_lines(body, inputs), _workbook_to_inputs(body, inputs)]
    level = 0
    for check in checks:
        if check.outcome is not Outcome.PASS:
            break
        level += 1
    return DeepResult(level, committed, tuple(checks))


def _lines_to_totals(
    body: Mapping[str, Any], digest: str, opened: bytes | None
) -> tuple[Check, int]:
    count = len(body["commitments"]["leaves"])
    if opened is None:
        return _committed(set(range(count))), count
    try:
        record = parse_object(opened)
        disclosed = read_disclosures(record)
        if record["body"] != digest:
            raise ValueError("disclosures of another body")
        wrong = _wrong_commitments(body, disclosed)
        missing = set(range(count)) - {one.index for one in disclosed}
        if wrong:
            return judged("deep 1", wrong), len(missing)
        if missing:
            return _committed(missing), len(missing)
        return judged("deep 1", _sums(body, [one.line for one in disclosed])), 0
    except MALFORMED as error:
        return failed("deep 1", "DEEP-DISCLOSURES", "disclosures.json", reason=error), count


def _committed(missing: set[int]) -> Check:
    """Say which lines were taken as committed: ``0-4, 7``."""
    starts = sorted(index for index in missing if index - 1 not in missing)
    ends = sorted(index for index in missing if index + 1 not in missing)
    runs = [str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True)]
    return not_checked("deep 1", "DEEP-COMMITTED", count=len(missing), lines=", ".join(runs))


def _wrong_commitments(body: Mapping[str, Any], disclosed: Sequence[Disclosure]) -> list[Finding]:
    """Compare every opened line with the leaf of its index; an index opened twice is wrong too."""
    leaves = body["commitments"]["leaves"]
    seen: set[int] = set()
    wrong = []
    for one in disclosed:
        known = 0 <= one.index < len(leaves) and one.index not in seen
        if not known or one.leaf.hex() != leaves[one.index]:
            wrong.append(_fault("DEEP-COMMITMENT", f"lines[{one.index}]", index=one.index))
        seen.add(one.index)
    return wrong


def _sums(body: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> list[Finding]:
    return [
        _fault("DEEP-SUMS", found.path, stated=found.stated, counted=found.counted)
        for found in differences(body, lines)
    ]


def _inputs_to_lines(body: Mapping[str, Any], inputs: DeepInputs) -> Check:
    name = "deep 2"
    if inputs.system is None or inputs.footprint is None or inputs.recompute is None:
        return not_checked(name, "DEEP-NOT-CHECKED", files="system.json, footprint.json")
    stated = (body["footprint"]["sha256"], body["submission"]["sha256"], body["lock"]["system"])
    found = (sha256(inputs.footprint), sha256(inputs.system), sha256(inputs.system))
    if stated != found:
        return failed(name, "DEEP-OTHER-INPUTS", "system.json")
    try:
        submitted = parse_object(inputs.footprint)
        again = inputs.recompute(parse_object(inputs.system))
        wrong = _different_lines(submitted["lines"], again["lines"])
        other = _other_versions(submitted, again)
    except Exception as error:  # noqa: BLE001 - stops the level, not the report
        return failed(name, "DEEP-FAILED", "system.json", reason=_reason(error))
    if wrong and other:
        return not_checked(name, "DEEP-OTHER-VERSION", parts=", ".join(other))
    return judged(name, wrong)


def _other_versions(submitted: Mapping[str, Any], again: Mapping[str, Any]) -> list[str]:
    """Return what of the lock is another version here: then other lines accuse nobody."""
    then, now = submitted["lock"], again.get("lock", {})
    return [
        part for part in _VERSIONS if part in now and canonical(then[part]) != canonical(now[part])
    ]


def _different_lines(
    submitted: Sequence[Mapping[str, Any]], again: Sequence[Mapping[str, Any]]
) -> list[Finding]:
    if len(submitted) != len(again):
        return [_fault("DEEP-LINES", "lines", line=f"{len(submitted)} / {len(again)}")]
    return [
        _fault("DEEP-LINES", f"lines.{old['id']}", line=old["id"])
        for old, new in zip(submitted, again, strict=True)
        if canonical(old) != canonical(new)
    ]


def _workbook_to_inputs(body: Mapping[str, Any], inputs: DeepInputs) -> Check:
    name = "deep 3"
    if inputs.workbook is None or inputs.system is None or inputs.convert is None:
        return not_checked(name, "DEEP-NOT-CHECKED", files="workbook")
    lock = body["lock"].get("workbook")
    if lock is None or lock["sha256"] != sha256(inputs.workbook):
        return failed(name, "DEEP-OTHER-WORKBOOK", "workbook")
    try:
        again, system = inputs.convert(inputs.workbook), parse_object(inputs.system)
        same = canonical(again) == canonical(system)
        other_model = again.get("model") != system.get("model")
    except Exception as error:  # noqa: BLE001 - stops the level, not the report
        return failed(name, "DEEP-FAILED", "workbook", reason=_reason(error))
    if other_model:
        return not_checked(name, "DEEP-OTHER-VERSION", parts="model")
    return judged(name, [] if same else [_fault("DEEP-INPUTS", "workbook")])


def _reason(error: Exception) -> str:
    findings: tuple[Finding, ...] = getattr(error, "findings", ())
    return findings[0].code if findings else type(error).__name__


def _fault(code: str, where: str, **params: object) -> Finding:
    return finding(code, Where(path=where), **params)
