"""A workbook's bytes -> the product system of one family: as far as one comes without an engine.

To load the engines takes longer than to read a workbook. A file that findings block needs none.
"""

from __future__ import annotations

from dataclasses import dataclass

from factors.findings import Finding, blocking
from factors.store import FactorSet
from lca import model as product_model
from lca import ruleset
from lca.build import Built, build
from lca.inventory import ProductSystem
from lca.submission import Submission
from lca.workbook.read import read

DEFAULT_RULES = "iso14067-generic"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a workbook says, and the product system of one of its families.

    Attributes
    ----------
    system
        The product system; None when findings block it.
    findings
        Everything that was noticed, each once.
    """

    submission: Submission
    system: ProductSystem | None
    findings: tuple[Finding, ...]


def converted(data: bytes, name: str, rules: str, factors: FactorSet, subject: str) -> Conversion:
    """Read a workbook and build the product system of one family.

    Parameters
    ----------
    rules
        Id of the rule set; empty: the general one.
    subject
        Id of the family; empty: the one that the cover declares.

    Raises
    ------
    UnsafeFileError
        When the file is refused before its content is read.
    """
    submission = read(data, name, factors=factors)
    if blocking(submission.findings) and not submission.families:
        return Conversion(submission, None, submission.findings)
    built = built_from(submission, rules, factors, subject)
    return Conversion(submission, built.system, built.findings)


def built_from(submission: Submission, rules: str, factors: FactorSet, subject: str) -> Built:
    """Build the product system of one family of a submission."""
    model, chosen = product_model.load(submission.model), ruleset.load(rules or DEFAULT_RULES)
    return build(submission, model, chosen, factors, subject)
