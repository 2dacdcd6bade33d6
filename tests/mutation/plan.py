"""Which modules are mutated, and which tests must notice: the fast ones of the same room."""

from __future__ import annotations

from collections.abc import Mapping

PLAN: Mapping[str, tuple[str, ...]] = {
    "factors/quantity.py": (
        "tests/factors/test_quantity.py",
        "tests/property/test_quantity_laws.py",
    ),
    "factors/gwp.py": ("tests/factors/test_gwp.py",),
    "lca/end_of_life.py": ("tests/lca/test_end_of_life.py",),
    "lca/allocation.py": (
        "tests/lca/test_allocation.py",
        "tests/lca/test_allocation_methods.py",
        "tests/lca/test_system_file.py",
    ),
    "lca/oracle.py": ("tests/lca/test_oracle.py", "tests/lca/test_indicators.py"),
    "lca/adjoint.py": ("tests/lca/test_adjoint.py",),
    "lca/formula.py": ("tests/lca/test_formula.py", "tests/property/test_formula_laws.py"),
    "lca/ledger.py": ("tests/lca/test_ledger.py", "tests/property/test_ledger_laws.py"),
    "lca/uncertainty/sample.py": ("tests/lca/uncertainty/test_sample.py",),
    "lca/uncertainty/draws.py": ("tests/lca/uncertainty/test_draws.py",),
    "lca/uncertainty/correlated.py": ("tests/lca/uncertainty/test_correlated.py",),
    "lca/ledger_review.py": ("tests/lca/test_ledger.py",),
    "lca/system.py": (
        "tests/lca/test_system_file.py",
        "tests/lca/test_engine.py",
        "tests/lca/test_allocation.py",
    ),
    "factors/units.py": (
        "tests/factors/test_units.py",
        "tests/factors/test_units_reference.py",
    ),
}

TOOL = "mutmut==3.8.1"
"""In an environment of its own beside ours, so that no other tool has to agree with its needs.

It leaves out decorated functions (properties, cached ones) and what runs at import; nothing else
stands in ``lca/inventory.py``, which therefore has no row.
"""

# A mutated module imports the tool, so tests of what a module imports stay out.
SETTINGS = """
[tool.mutmut]
source_paths = ["factors", "lca"]
also_copy = ["labels", "templates", "docs", "README.md"]
only_mutate = [{module!r}]
pytest_add_cli_args_test_selection = {tests!r}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-k", "not it_imports_nothing"]
process_isolation = "forkserver"
on_dependency_change = "ignore"
timeout_multiplier = 5.0
timeout_constant = 5.0
"""

PROFILE = """

# A mutant is judged by the same examples every time, and a failing one need not be made small.
settings.register_profile(
    "mutation",
    settings.get_profile("house"),
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("mutation")
"""
"""What is added to the tests' profile."""
