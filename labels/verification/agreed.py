"""What was agreed with the client, as a file: engagement and first table of risks.

::

    client = "示例制造有限公司 Example Manufacturing Co., Ltd."
    criteria = ["ISO 14067:2018", "rule set iso14067-generic 2018-1"]
    objective = "..."
    scope = "..."
    level = "reasonable"                    # none, limited, reasonable, mixed
    type = "verification"                   # validation, agreed-upon-procedures
    kind = "verification_statement"         # certificate_of_conformity
    materiality = "0.05"                    # of each disclosed figure
    performance = "0.75"                    # of that
    sites = ["S1"]                          # all in scope, the largest first

    [[risk]]
    id = "allocation"
    what = "..."
    level = "high"
    response = "..."
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factors.errors import ModelError
from labels.kinds import Kind
from labels.verification.work import LEVELS, TYPES
from lca.document import SLUG, Section, read

Terms = tuple[dict[str, Any], dict[str, Mapping[str, str]]]
"""Engagement, and risks by id."""

SIZES = ("low", "medium", "high")


def parse(data: bytes, file: str) -> Terms:
    """Return the engagement and the risks of a file.

    Raises
    ------
    ModelError
        With every finding, TOML-*.
    """
    root = read(data, file)
    agreed = {
        "client": root.string("client"),
        "criteria": list(root.strings("criteria")),
        "objective": root.string("objective"),
        "scope": root.string("scope"),
        "level": root.choice("level", LEVELS),
        "type": root.choice("type", TYPES),
        "kind": root.choice("kind", tuple(str(kind) for kind in Kind)),
        "materiality": root.string("materiality", "0.05"),
        "performance": root.string("performance", "0.75"),
        "sites": list(root.strings("sites")),
    }
    risks = dict(_risk(section) for section in root.sections("risk"))
    root.close()
    if root.log:
        raise ModelError(*root.log)
    return agreed, risks


def _risk(section: Section) -> tuple[str, Mapping[str, str]]:
    found = {
        "what": section.string("what"),
        "level": section.choice("level", SIZES),
        "response": section.string("response"),
    }
    name = section.string("id", pattern=SLUG)
    section.close()
    return name, found
