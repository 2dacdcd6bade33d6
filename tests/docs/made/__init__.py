"""The pages and pictures of ``docs`` that follow from the code: ``python -m tests.docs.made``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.docs.made import api, certificate, figures, house, listings, orders, trust

ROOT = Path(__file__).parents[3]
MADE: Mapping[str, Callable[[], str]] = {
    "README.md": lambda: figures.readme("README.md", "en"),
    "README.zh.md": lambda: figures.readme("README.zh.md", "zh"),
    "docs/reference/commands.md": orders.page,
    "docs/reference/models.md": listings.models_page,
    "docs/reference/rule-sets.md": listings.rule_sets_page,
    "docs/reference/schemas.md": listings.schemas_page,
    "docs/schemas/certificate-1.schema.json": certificate.page,
    "docs/reference/api-factors.md": lambda: api.page("factors"),
    "docs/reference/api-lca.md": lambda: api.page("lca"),
    "docs/reference/api-labels.md": lambda: api.page("labels"),
    "docs/explanation/house.md": house.page,
    "docs/pictures/house.svg": house.picture,
    "docs/pictures/trust.svg": trust.chain,
    "docs/pictures/record-states.svg": trust.states,
}
