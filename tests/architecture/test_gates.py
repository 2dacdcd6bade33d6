"""Who may import which library: one gate per library, so that it can be replaced in one place."""

from fnmatch import fnmatchcase
from pathlib import Path

import grimp
import pytest

PACKAGES = ("factors", "lca", "labels", "templates")

GATES: dict[str, tuple[str, ...]] = {
    "pint": ("factors.units",),
    "rapidfuzz": ("factors.match",),
    "bw2calc": ("lca.engine", "lca.exchange.brightway"),
    "bw_processing": ("lca.engine", "lca.exchange.datapackage"),
    "bw2data": ("lca.exchange.brightway",),
    "bw2io": ("lca.exchange.brightway",),
    "olca_schema": ("lca.exchange.openlca",),
    "distributed": ("lca.batch.cluster",),
    "openpyxl": ("lca.workbook", "lca.workbook.*", "lca.exchange.*", "labels.exchange.*"),
    "python_calamine": ("lca.workbook", "lca.workbook.*"),
    "weasyprint": ("labels.render", "labels.render.*"),
    "pydyf": ("labels.render", "labels.render.*"),
    "pypdfium2": ("labels.render.packaging",),
    "fontTools": ("labels.fonts.*", "labels.render.*"),
    "cryptography": ("labels.*",),
    "joserfc": ("labels.*",),
    "pyhanko": ("labels.*",),
    "sqlalchemy": ("labels.*",),
    "typer": ("labels.cli", "labels.cli.*"),
}

ENGINES = ("lca.engine", "lca.oracle", "lca.adjoint")
# The compiled arrays, and modules that hold types or messages but compute nothing.
SHARED_BY_ENGINES = {"lca.compiled", "lca.system", "factors.errors", "factors.findings"}


@pytest.fixture(scope="module")
def house() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def trespassers(graph: grimp.ImportGraph, library: str, allowed: tuple[str, ...]) -> set[str]:
    """Modules that import a library without being allowed to."""
    if library not in graph.modules:
        return set()
    importers = graph.find_modules_that_directly_import(library)
    return {name for name in importers if not any(fnmatchcase(name, gate) for gate in allowed)}


def shared(graph: grimp.ImportGraph, engines: tuple[str, ...]) -> set[str]:
    """Modules of ours that at least two engines import directly."""
    imported = [
        {name for name in graph.find_modules_directly_imported_by(engine) if "." in name}
        for engine in engines
        if engine in graph.modules
    ]
    return {name for one in imported for name in one if sum(name in each for each in imported) > 1}


@pytest.mark.parametrize("library", GATES)
def test_a_library_is_imported_at_its_gate_only(house: grimp.ImportGraph, library: str):
    assert trespassers(house, library, GATES[library]) == set()


def test_engines_share_nothing_that_computes(house: grimp.ImportGraph):
    assert shared(house, ENGINES) <= SHARED_BY_ENGINES


def test_a_trespasser_and_a_shared_helper_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = tmp_path / "smallhouse"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "helper.py").touch()
    (package / "one.py").write_text("import pint\nimport smallhouse.helper\n")
    (package / "two.py").write_text("from smallhouse import helper\n")
    monkeypatch.syspath_prepend(tmp_path)
    graph = grimp.build_graph("smallhouse", include_external_packages=True, cache_dir=None)
    assert trespassers(graph, "pint", ("smallhouse.two",)) == {"smallhouse.one"}
    assert trespassers(graph, "pint", ("smallhouse.o*",)) == set()
    assert shared(graph, ("smallhouse.one", "smallhouse.two")) == {"smallhouse.helper"}
