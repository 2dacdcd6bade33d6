"""Deep verification: count again. Level 1 lines to totals, 2 inputs to lines, 3 workbook to inputs.

Level 1 needs the disclosures only and exact decimals. Levels 2 and 3 run the calculation again and
take it as a callable, so that this module knows nothing of models or engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factors.findings import Finding, Where, finding
from labels.canonical import canonical, parse_object, sha256
from labels.commitments import Disclosure, read_disclosures
from labels.recount import differences
from labels.verify.case import MALFORMED, Case, fault, run
from labels.verify.report import Check, Outcome

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
class DeepCase:
    """What a level looks at.

    Attributes
    ----------
    body, digest
        The body as plain data and its hash.
    inputs
        The files at hand.
    opened
        Bytes of ``disclosures.json``, out of the document or beside it.
    """

    body: Mapping[str, Any]
    digest: str
    inputs: DeepInputs
    opened: bytes | None

    @property
    def count(self) -> int:
        """Number of lines the body commits to."""
        return len(self.body["commitments"]["leaves"])


DeepRule = Callable[[DeepCase], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class DeepResult:
    """Level reached, number of lines taken as committed, and the checks."""

    level: int
    committed: int
    checks: tuple[Check, ...]


def check_deep(
    case: Case, inputs: DeepInputs, levels: Mapping[str, Mapping[str, DeepRule]] | None = None
) -> DeepResult:
    """Count again as far as the files at hand allow.

    Parameters
    ----------
    case
        The document.
    inputs
        What may be looked at.
    levels
        Rules by level: :data:`LEVELS` unless said otherwise. A control leaves rules out.
    """
    deep = DeepCase(case.body, case.digest, inputs, case.bundle.disclosures or inputs.disclosures)
    checks = [
        run(name, rules, deep, "DEEP-DISCLOSURES", halt=_HALT)
        for name, rules in (LEVELS if levels is None else levels).items()
    ]
    level = 0
    for check in checks:
        if check.outcome is not Outcome.PASS:
            break
        level += 1
    return DeepResult(level, len(_missing(deep)), tuple(checks))


# Lines to totals ----------------------------------------------------------------------------------


def _of_this_body(case: DeepCase) -> Iterator[Finding]:
    if case.opened is None:
        yield _committed(_missing(case))
        return
    record = parse_object(case.opened)
    read_disclosures(record)
    if record["body"] != case.digest:
        yield fault("DEEP-DISCLOSURES", "disclosures.json", reason="disclosures of another body")


def _commitments(case: DeepCase) -> Iterator[Finding]:
    """Compare every opened line with the leaf of its index; an index opened twice is wrong too."""
    leaves: Sequence[str] = case.body["commitments"]["leaves"]
    seen: set[int] = set()
    for one in _disclosed(case):
        known = 0 <= one.index < len(leaves) and one.index not in seen
        if not known or one.leaf.hex() != leaves[one.index]:
            yield fault("DEEP-COMMITMENT", f"lines[{one.index}]", index=one.index)
        seen.add(one.index)


def _sums(case: DeepCase) -> Iterator[Finding]:
    disclosed = _disclosed(case)
    missing = _missing(case)
    if missing:
        yield _committed(missing)
        return
    for found in differences(case.body, [one.line for one in disclosed]):
        yield fault("DEEP-SUMS", found.path, stated=found.stated, counted=found.counted)


def _disclosed(case: DeepCase) -> tuple[Disclosure, ...]:
    return () if case.opened is None else read_disclosures(parse_object(case.opened))


def _missing(case: DeepCase) -> set[int]:
    """Return the lines that were not opened; all of them where nothing can be read."""
    try:
        return set(range(case.count)) - {one.index for one in _disclosed(case)}
    except MALFORMED:
        return set(range(case.count))


def _committed(missing: set[int]) -> Finding:
    """Say which lines were taken as committed: ``0-4, 7``."""
    starts = sorted(index for index in missing if index - 1 not in missing)
    ends = sorted(index for index in missing if index + 1 not in missing)
    runs = [str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True)]
    return finding("DEEP-COMMITTED", Where(), count=len(missing), lines=", ".join(runs))


# Inputs and model to lines ------------------------------------------------------------------------


def _locked_inputs(case: DeepCase) -> Iterator[Finding]:
    inputs, body = case.inputs, case.body
    if inputs.system is None or inputs.footprint is None or inputs.recompute is None:
        yield finding("DEEP-NOT-CHECKED", Where(), files="system.json, footprint.json")
        return
    stated = (body["footprint"]["sha256"], body["submission"]["sha256"], body["lock"]["system"])
    found = (sha256(inputs.footprint), sha256(inputs.system), sha256(inputs.system))
    if stated != found:
        yield fault("DEEP-OTHER-INPUTS", "system.json")


def _same_lines(case: DeepCase) -> Iterator[Finding]:
    inputs = case.inputs
    if inputs.system is None or inputs.footprint is None or inputs.recompute is None:
        return
    try:
        submitted = parse_object(inputs.footprint)
        again = inputs.recompute(parse_object(inputs.system))
        wrong = _different_lines(submitted["lines"], again["lines"])
        other = _other_versions(submitted, again)
    except Exception as error:  # noqa: BLE001 - stops the level, not the report
        yield fault("DEEP-FAILED", "system.json", reason=_reason(error))
        return
    if wrong and other:
        yield finding("DEEP-OTHER-VERSION", Where(), parts=", ".join(other))
    else:
        yield from wrong


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
        return [fault("DEEP-LINES", "lines", line=f"{len(submitted)} / {len(again)}")]
    return [
        fault("DEEP-LINES", f"lines.{old['id']}", line=old["id"])
        for old, new in zip(submitted, again, strict=True)
        if canonical(old) != canonical(new)
    ]


# Workbook to inputs -------------------------------------------------------------------------------


def _locked_workbook(case: DeepCase) -> Iterator[Finding]:
    inputs = case.inputs
    if inputs.workbook is None or inputs.system is None or inputs.convert is None:
        yield finding("DEEP-NOT-CHECKED", Where(), files="workbook")
        return
    lock = case.body["lock"].get("workbook")
    if lock is None or lock["sha256"] != sha256(inputs.workbook):
        yield fault("DEEP-OTHER-WORKBOOK", "workbook")


def _same_system(case: DeepCase) -> Iterator[Finding]:
    inputs = case.inputs
    if inputs.workbook is None or inputs.system is None or inputs.convert is None:
        return
    try:
        again, system = inputs.convert(inputs.workbook), parse_object(inputs.system)
        same = canonical(again) == canonical(system)
        other_model = again.get("model") != system.get("model")
    except Exception as error:  # noqa: BLE001 - stops the level, not the report
        yield fault("DEEP-FAILED", "workbook", reason=_reason(error))
        return
    if other_model:
        yield finding("DEEP-OTHER-VERSION", Where(), parts="model")
    elif not same:
        yield fault("DEEP-INPUTS", "workbook")


def _reason(error: Exception) -> str:
    findings: tuple[Finding, ...] = getattr(error, "findings", ())
    return findings[0].code if findings else type(error).__name__


#: Rules by level.
LEVELS: Mapping[str, Mapping[str, DeepRule]] = {
    "deep 1": {"of this body": _of_this_body, "commitments": _commitments, "sums": _sums},
    "deep 2": {"locked inputs": _locked_inputs, "same lines": _same_lines},
    "deep 3": {"locked workbook": _locked_workbook, "same system": _same_system},
}
_HALT = frozenset({"of this body", "commitments", "locked inputs", "locked workbook"})
