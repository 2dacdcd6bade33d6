"""What-if scenarios: a file, the same file with changes, and an exact bridge between the two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePath

from factors.errors import FindingsError
from factors.findings import Finding, blocking, finding
from factors.store import FactorSet
from lca import model as product_model
from lca import ruleset, system_file
from lca.amended import amended
from lca.brought import brought
from lca.build import build
from lca.changes import Change, Changes, Key, Merged
from lca.inventory import ProductSystem
from lca.model_parts import ProductModel
from lca.outcome import Outcome, Part, State, bridged
from lca.rewritten import rewritten, with_boundary
from lca.study import DEFAULT_RULES
from lca.submission import Submission
from lca.workbook.read import read as read_workbook

WORKBOOK_ONLY = ("answers", "accounts")

Source = Callable[[Merged], tuple[State, frozenset[Key]]]
"""The state after some changes, and those of them that met something."""


def scenario(
    data: bytes, name: str, changes: Changes, factors: FactorSet, rules: str = ""
) -> Outcome:
    """Compute a scenario on a workbook (.xlsx) or a system file (.json).

    Parameters
    ----------
    data, name
        The bytes and the name of the file.
    changes
        The scenario.
    rules
        Id of the rule set before; empty as for :func:`lca.study.study`.

    Raises
    ------
    FindingsError
        What is wrong with the file, or with it after some of the changes; SCENARIO-WORKBOOK for
        answers to a system file; SCENARIO-NOTHING for a change that meets nothing.
    UnsafeFileError, SolveError
        As for :func:`lca.study.study`.
    """
    source = open_source(data, name, changes, factors, rules)
    met: set[Key] = set()

    def state(chosen: frozenset[str]) -> State:
        found, touched = source(changes.of(chosen))
        met.update(touched)
        return found

    parts = [Part(group.id, group.name, group.kinds) for group in changes.groups]
    outcome = bridged(changes.name, parts, state, factors, what_if=True)
    outcome = replace(outcome, beside=changes.beside)
    missed = [key for group in changes.groups for key in group.changes if key not in met]
    if missed:
        raise FindingsError.of([_missed(changes, key) for key in missed])
    return outcome


def open_source(
    data: bytes, name: str, changes: Changes, factors: FactorSet, rules: str = ""
) -> Source:
    """Return the file as something that can be computed after any of the changes."""
    if PurePath(name).suffix.lower() == ".json":
        system = system_file.read(data, file=name)
        return _System(system, changes, factors, rules or system.ruleset or DEFAULT_RULES)
    submission = read_workbook(data, name, factors=factors)
    if blocking(submission.findings):
        raise FindingsError.of(blocking(submission.findings))
    model = product_model.load(submission.model)
    told = brought(changes, submission, model, factors)
    return _Workbook(submission, model, told, factors, rules or DEFAULT_RULES)


@dataclass(frozen=True, slots=True)
class _System:
    """A system file and how it is computed before."""

    system: ProductSystem
    changes: Changes
    factors: FactorSet
    rules: str

    def __call__(self, merged: Merged) -> tuple[State, frozenset[Key]]:
        refused = [key for key in merged.changes if key[0] in WORKBOOK_ONLY]
        if refused:
            raise FindingsError.of(
                [finding("SCENARIO-WORKBOOK", self.changes.where(key)) for key in refused]
            )
        rules = ruleset.load(merged.single("ruleset") or self.rules)
        system, met = rewritten(self.system, merged, rules, self.factors, self.changes.where)
        known = True
        if boundary := merged.single("boundary"):
            system, known = with_boundary(system, boundary)
        return State(system, rules), met | _singles(merged, boundary=known)


@dataclass(frozen=True, slots=True)
class _Workbook:
    """A workbook, read once, and how it is computed before."""

    submission: Submission
    model: ProductModel
    changes: Changes
    factors: FactorSet
    rules: str

    def __call__(self, merged: Merged) -> tuple[State, frozenset[Key]]:
        merged = replace(merged, changes={key: self._told(key, merged) for key in merged.changes})
        submission = amended(self.submission, self.model, merged, self.changes.where)
        rules = ruleset.load(merged.single("ruleset") or self.rules)
        built = build(submission, self.model, rules, self.factors)
        if built.system is None:
            raise FindingsError.of(blocking(built.findings))
        system = system_file.read(system_file.canonical(built.system))
        system, met = rewritten(system, merged, rules, self.factors, self.changes.where)
        asked = {key for key in merged.changes if key[0] in WORKBOOK_ONLY}
        return State(system, rules), met | asked | _singles(merged, boundary=True)

    def _told(self, key: Key, merged: Merged) -> Change:
        """Return a change as it was worked out for this file."""
        found = (group.changes[key] for group in self.changes.groups if key in group.changes)
        return next(found, merged.changes[key])


def _singles(merged: Merged, *, boundary: bool) -> frozenset[Key]:
    """Return the changes of rule set and boundary that met something."""
    met = {"ruleset", "boundary"} if boundary else {"ruleset"}
    return frozenset(key for key in merged.changes if key[0] in met)


def _missed(changes: Changes, key: Key) -> Finding:
    return finding("SCENARIO-NOTHING", changes.where(key), thing=key[1] or key[0], known="-")
