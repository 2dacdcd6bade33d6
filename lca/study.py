"""One call from a file's bytes to a footprint: the path every command and every check takes.

A workbook is always computed by way of its system file, so that both give the same bytes of result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from factors.errors import CarbonLabelError, UnsafeFileError
from factors.findings import Finding, blocking
from factors.store import FactorSet, load
from lca import abnormal, ruleset, system_file
from lca import model as product_model
from lca.build import build
from lca.conversion import DEFAULT_RULES, Conversion, built_from, converted
from lca.figures import unit_of
from lca.footprint import Footprint, compute
from lca.inventory import ProductSystem
from lca.portfolio import Portfolio, compute_all
from lca.submission import Submission
from lca.workbook.read import read

__all__ = [
    "DEFAULT_RULES", "Families", "Study", "convert", "convert_all", "every_finding", "finished",
    "is_system", "portfolio", "study",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Study:
    """What a file came to.

    Attributes
    ----------
    system
        The product system; None when findings block it.
    footprint
        The result; None when there is no system or it was not asked for.
    findings
        Everything that was noticed, each once.
    """

    system: ProductSystem | None
    footprint: Footprint | None
    findings: tuple[Finding, ...]

    @property
    def blocked(self) -> bool:
        """Whether something must be mended first."""
        return bool(blocking(self.findings))


@dataclass(frozen=True, slots=True)
class Families:
    """The product systems of all families of a workbook.

    Attributes
    ----------
    systems
        By family; empty when findings block one of them.
    findings
        Everything that was noticed, each once.
    """

    systems: Mapping[str, ProductSystem]
    findings: tuple[Finding, ...]


def convert(
    data: bytes, name: str, rules: str = "", factors: FactorSet | None = None, subject: str = ""
) -> Study:
    """Read a workbook and build the product system of one family.

    Parameters
    ----------
    subject
        Id of the family; empty: the one that the cover declares.

    Raises
    ------
    UnsafeFileError
        When the file is refused before its content is read.
    """
    made = converted(data, name, rules, factors or load(), subject)
    return Study(made.system, None, made.findings)


def convert_all(
    data: bytes, name: str, rules: str = "", factors: FactorSet | None = None
) -> Families:
    """Read a workbook and build the product systems of all its families.

    Raises
    ------
    UnsafeFileError
        When the file is refused before its content is read.
    """
    library = factors or load()
    submission = read(data, name, factors=library)
    if not submission.families:
        return Families({}, submission.findings)
    model, chosen = product_model.load(submission.model), ruleset.load(rules or DEFAULT_RULES)
    built = {
        family.family: build(submission, model, chosen, library, family.family)
        for family in submission.families
    }
    found = tuple(dict.fromkeys(found for one in built.values() for found in one.findings))
    systems = {family: one.system for family, one in built.items() if one.system is not None}
    return Families(systems if len(systems) == len(built) else {}, found)


def study(
    data: bytes, name: str, rules: str = "", factors: FactorSet | None = None, subject: str = ""
) -> Study:
    """Compute the footprint of a workbook (.xlsx) or a system file (.json).

    Parameters
    ----------
    data, name
        The bytes and the name of the file.
    rules
        Id of the rule set; empty: the one the system file names, else the general one.
    factors
        Factor library with its overlay; the shipped one when None.
    subject
        Family of a workbook or subject of a system file; empty: the one that the cover declares,
        or the only one of the file.
    """
    if is_system(name):
        return _compute(data, name, rules, factors, subject)
    library = factors or load()
    return finished(converted(data, name, rules, library, subject), rules, library, subject)


def finished(made: Conversion, rules: str, factors: FactorSet, subject: str) -> Study:
    """Compute the footprint of a workbook that was converted; the rest as for :func:`study`."""
    submission = made.submission
    if made.system is None:
        return Study(None, None, made.findings)
    told = system_file.canonical(made.system)
    computed = _compute(told, submission.file, rules, factors)
    beside = _beside(submission, computed.footprint, rules, factors, subject)
    every = (*made.findings, *computed.findings, *beside)
    return Study(computed.system, computed.footprint, tuple(dict.fromkeys(every)))


def every_finding(
    data: bytes, name: str, rules: str, factors: FactorSet, subject: str, made: Conversion | None
) -> tuple[Finding, ...]:
    """Return all findings of a file, computed as :func:`study` does; ``made``: its conversion."""
    if made is None:
        return study(data, name, rules, factors, subject).findings
    return finished(made, rules, factors, subject).findings


def portfolio(
    data: bytes, name: str, rules: str = "", factors: FactorSet | None = None
) -> Portfolio:
    """Compute all subjects of a system file.

    Raises
    ------
    FindingsError, SolveError
        What is wrong with the file; as for :func:`lca.portfolio.compute_all`.
    """
    systems = system_file.read_all(data, file=name)
    first = next(iter(systems.values()))
    chosen = ruleset.load(rules or first.ruleset or DEFAULT_RULES)
    return compute_all(systems, factors or load(), chosen)


def is_system(name: str) -> bool:
    """Whether a file of this name is a system file rather than a workbook."""
    return PurePath(name).suffix.lower() == ".json"


def _compute(
    data: bytes, name: str, rules: str, factors: FactorSet | None, subject: str = ""
) -> Study:
    try:
        system = system_file.read(data, file=name, subject=subject)
        chosen = ruleset.load(rules or system.ruleset or DEFAULT_RULES)
        footprint = compute(system, factors or load(), chosen)
    except UnsafeFileError:
        raise
    except CarbonLabelError as refusal:
        return Study(None, None, refusal.findings)
    return Study(system, footprint, footprint.findings)


def _beside(
    submission: Submission,
    footprint: Footprint | None,
    rules: str,
    factors: FactorSet,
    subject: str,
) -> tuple[Finding, ...]:
    """Say what the months that the maker calls abnormal change in the declared figure."""
    if footprint is None or not abnormal.marked(submission):
        return ()
    left = abnormal.without(submission, product_model.load(submission.model))
    built = built_from(left, rules, factors, subject)
    other = None
    if built.system is not None:
        text = system_file.canonical(built.system)
        other = _compute(text, submission.file, rules, factors).footprint
    if other is None:
        return tuple(abnormal.effect(submission, None))
    unit = unit_of(footprint.system)
    return tuple(
        found
        for name, figure in footprint.figures.items()
        for found in abnormal.effect(
            submission, abnormal.Effect(name, unit, figure.value, other.figures[name].value)
        )
    )
