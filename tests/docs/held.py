"""Pages whose blocks a test of their own runs, with that test: it knows more than one command."""

from __future__ import annotations

from collections.abc import Mapping

HELD: Mapping[str, str] = {
    "docs/explanation/bridge.md": "tests/labels/test_cli_scenario.py",
    "docs/explanation/data-quality.md": "tests/factors/test_data_quality_page.py",
    "docs/explanation/seed-figures.md": "tests/factors/test_documents.py",
    "docs/explanation/uncertainty.md": "tests/lca/uncertainty/test_assumed.py",
    "docs/how-to/add-a-number.md": "tests/factors/test_documents.py",
    "docs/how-to/keep-the-register.md": "tests/labels/test_registry_how_to.py",
    "docs/how-to/open-a-registry.md": "tests/labels/test_open_a_registry.py",
    "docs/how-to/publish-the-register.md": "tests/labels/test_publish_the_register.py",
    "docs/how-to/run-a-worked-case.md": "tests/cases/test_how_to.py",
    "docs/how-to/run-a-registry-on-several-hosts.md": "tests/labels/test_registry_how_to.py",
    "docs/how-to/timestamps.md": "tests/labels/test_timestamps_how_to.py",
    "docs/how-to/verify-without-us.md": "tests/labels/test_without_us.py",
    "docs/how-to/write-a-product-model.md": "tests/lca/test_model_page.py",
    "docs/tutorials/auditor.md": "tests/tutorials/auditor.py",
    "docs/tutorials/auditor.zh.md": "tests/tutorials/auditor.py",
    "docs/tutorials/exporter.md": "tests/tutorials/page.py",
    "docs/tutorials/exporter.zh.md": "tests/tutorials/page.py",
}
