"""One call from a file's bytes to a footprint: the path every command and every check takes.

A workbook is always computed by way of its system file, so that both give the same bytes of result.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from factors.errors import CarbonLabelError, UnsafeFileError
from factors.findings import Finding, blocking
from factors.store import FactorSet, load
from lca import model as product_model
from lca import ruleset, system_file
from lca.build import build
from lca.footprint import Footprint, compute
from lca.inventory import ProductSystem
from lca.workbook.read import read

DEFAULT_RULES = "iso14067-generic"


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


def convert(data: bytes, name: str, rules: str = "", factors: FactorSet | None = None) -> Study:
    """Read a workbook and build its product system.

    Raises
    ------
    UnsafeFileError
        When the file is refused before its content is read.
    """
    library = factors or load()
    submission = read(data, name, factors=library)
    chosen = ruleset.load(rules or DEFAULT_RULES)
    if blocking(submission.findings) and not submission.families:
        return Study(None, None, submission.findings)
    model = product_model.load(submission.model)
    built = build(submission, model, chosen, library)
    return Study(built.system, None, built.findings)


def study(data: bytes, name: str, rules: str = "", factors: FactorSet | None = None) -> Study:
    """Compute the footprint of a workbook (.xlsx) or a system file (.json).

    Parameters
    ----------
    data, name
        The bytes and the name of the file.
    rules
        Id of the rule set; empty: the one the system file names, else the general one.
    factors
        Factor library with its overlay; the shipped one when None.
    """
    if PurePath(name).suffix.lower() != ".json":
        made = convert(data, name, rules, factors)
        if made.system is None:
            return made
        computed = _compute(system_file.canonical(made.system), name, rules, factors)
        return Study(computed.system, computed.footprint, _once(made, computed))
    return _compute(data, name, rules, factors)


def _compute(data: bytes, name: str, rules: str, factors: FactorSet | None) -> Study:
    try:
        system = system_file.read(data, file=name)
        chosen = ruleset.load(rules or system.ruleset or DEFAULT_RULES)
        footprint = compute(system, factors or load(), chosen)
    except UnsafeFileError:
        raise
    except CarbonLabelError as refusal:
        return Study(None, None, refusal.findings)
    return Study(system, footprint, footprint.findings)


def _once(first: Study, second: Study) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys((*first.findings, *second.findings)))
