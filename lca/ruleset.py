"""Rule sets: everything of the method that a preparer may choose but never edit.

Product model x rule set = method. Each setting names the clause it rests on, each clause says
whether its text was read (``text-read``), known from a summary (``summary``), remembered
(``recalled``), or is the programme's own choice where the standard leaves it open (``own``).
The SHA-256 of the file stands in the lock of every certificate.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from factors.errors import ModelError
from lca.document import read, shipped, source_bytes
from lca.ruleset_parts import RuleSet as RuleSet
from lca.ruleset_reader import rule_set

_SHIPPED = files("lca") / "rulesets"


def rulesets() -> tuple[str, ...]:
    """Return the ids of the rule sets that come with the toolkit, sorted."""
    return shipped(_SHIPPED)


def load(source: str | Path) -> RuleSet:
    """Load a rule set by id or path.

    Raises
    ------
    ModelError
        With every finding of the file: TOML-*, RULESET-*.
    """
    data, name = source_bytes(source, _SHIPPED)
    return _parsed(data, name)


@lru_cache(maxsize=16)
def _parsed(data: bytes, name: str) -> RuleSet:
    """The same bytes are parsed once, as those of a model are."""
    return parse_ruleset(data, name)


def parse_ruleset(data: bytes, file: str) -> RuleSet:
    """Return the rule set written in ``data``; ``file`` is its name in findings."""
    root = read(data, file)
    rules = rule_set(root, hashlib.sha256(data).hexdigest())
    if root.log:
        raise ModelError(*root.log)
    return rules
