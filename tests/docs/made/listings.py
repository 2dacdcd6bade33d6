"""Pages that list what ships: product models, rule sets, schemas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from factors.numbers import decimal_text
from lca import model, ruleset

ROOT = Path(__file__).parents[3]
MADE = "Made by `python -m tests.docs.made`: do not edit."


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(one) for one in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def models_page() -> str:
    """The page of product models."""
    rows = []
    for name in model.models():
        one = model.load(name)
        unit = f"{decimal_text(one.declared_unit.amount)} {one.declared_unit.unit.symbol}"
        rows.append([f"[`{name}`](../explanation/{name}.md)", one.version, one.name["zh"],
                     one.name["en"], unit, str(len(one.accounts)), str(len(one.exchanges))])  # fmt: skip  # noqa: E501
    heads = ["model", "version", "名称", "name", "declared unit", "accounts", "exchanges"]
    return f"""# Product models

{MADE} `carbonlabel template MODEL -o FILE.xlsx` writes the workbook of one. Each is a TOML file in
`lca/models` in [the model language](model-language.md); what each could know better stands in [coverage](coverage.md).

{table(heads, rows)}
"""  # noqa: E501


def rule_sets_page() -> str:
    """The page of rule sets."""
    loaded = [ruleset.load(name) for name in ruleset.rulesets()]
    parts = [
        f"""# Rule sets

{MADE} A rule set is what a standard or product rule fixes; a preparer chooses one and never edits
it. Each is a TOML file in `lca/rulesets`, hashed into every result. Clause numbers are those of the document named.
"""  # noqa: E501
    ]
    heads = [
        "rule set",
        "edition",
        "boundaries",
        "GWP set",
        "electricity",
        "headline",
        "materiality",
    ]
    rows = [
        [f"[`{one.id}`](#{_anchor(one.name['en'])})", one.edition, ", ".join(one.boundaries),
         one.gwp_set, one.electricity, one.headline.replace("_", " "), _per_cent(one)]
        for one in loaded
    ]  # fmt: skip
    parts.append(table(heads, rows))
    for one in loaded:
        parts.append(
            f"\n## {one.name['en']}\n\n{one.name['zh']}。{_cell(one.about['en'])} Status: {one.status}.\n"  # noqa: E501
        )
        parts.append(
            table(["setting", "clause"], [[f"`{key}`", value] for key, value in one.basis.items()])
        )
    return "\n".join(parts) + "\n"


def _per_cent(rules: ruleset.RuleSet) -> str:
    return f"{decimal_text(rules.materiality * 100)} %"


def _anchor(title: str) -> str:
    kept = "".join(one for one in title.lower() if one.isalnum() or one in " -_")
    return kept.replace(" ", "-")


def schemas_page() -> str:
    """The page of schemas."""
    rows = []
    for path in sorted((ROOT / "docs" / "schemas").glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        title, _, more = str(schema["title"]).partition(": ")
        told = str(schema.get("description", more)).split(". ")[0].rstrip(".")
        rows.append([f"[{title}](../schemas/{path.name})", told])
    return f"""# Schemas

{MADE} JSON Schema 2020-12 of every document that the toolkit writes or reads. Numbers are decimal
strings; a document names its schema in `schema`. Tests hold the documents of the examples against them.

{table(["schema", "what it describes"], rows)}
"""  # noqa: E501
