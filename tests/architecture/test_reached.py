"""Nothing that nobody needs: a name that only tests reach stands here with its reason, or goes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("factors", "lca", "labels")

ORACLE = "the formula by itself, which the models' own formulas are held against"
ENGINEER = "for the LCA engineer in Python: docs/explanation, docs/how-to or a tutorial shows it"
PROTOCOL = "taken as a part of its module, which is handed over whole"
STATES = "the table of states: docs draw it, campaigns walk it"

KEPT: Mapping[str, str] = {
    "factors.dqr": ENGINEER,
    "factors.gwp.stand_in_set_ids": "the sets that only lend: data are held against it",
    "factors.match.search": "the ranking by itself; commands ask for its parts",
    "factors.pedigree.gsd": ENGINEER,
    "factors.properties.as_received": ENGINEER,
    "factors.store.load_folder": "one folder of releases alone, for who prepares one",
    "labels.issue.STEPS": STATES,
    "labels.programme.drafts.STEPS": STATES,
    "labels.registry.state": STATES,
    "labels.registry.tables.schema_files": "completes the tables, which tests compare with the SQL",
    "labels.registry.tiles": "proofs of any record, for who asks the registry in Python",
    "labels.registry.tree": "the same proofs by their definition, and a witness's check",
    "labels.render.documents.sets": PROTOCOL,
    "labels.render.site": PROTOCOL,
    "labels.verification.papers.KINDS": "all papers, whose parts have names",
    "lca.allocation_methods.mean_price": ORACLE,
    "lca.contribution.by": ENGINEER,
    "lca.exchange.datapackage.to_datapackage": ENGINEER,
    "lca.exchange.openlca.read_openlca": ENGINEER,
    "lca.indicators.compute": ENGINEER,
    "lca.mass_account": ORACLE,
    "lca.model_factors.factor_problems": "who writes a model holds it against the library so",
    "lca.pool": ORACLE,
    "lca.spread.spread": "first order of any part of a figure, which sampling is held against",
    "lca.uncertainty.distributions.scaled": ENGINEER,
    "lca.uncertainty.draws.drawn": ENGINEER,
    "lca.uncertainty.propagation": ORACLE,
    "lca.uncertainty.system.SampledSystem": ENGINEER,
    "lca.yields": ORACLE,
}


def module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


TREES = {
    module(file): ast.parse(file.read_text(encoding="utf-8"))
    for floor in FLOORS
    for file in (ROOT / floor).rglob("*.py")
}


def imported(name: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield each local name that an import binds, with the full name behind it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                yield one.asname or one.name, f"{node.module}.{one.name}"


def defined(name: str, tree: ast.Module) -> Iterator[str]:
    """Yield what a module defines at its top; a decorated function is registered somewhere."""
    for node in tree.body:
        match node:
            case ast.ClassDef() | ast.FunctionDef(decorator_list=[]):
                yield f"{name}.{node.name}"
            case ast.Assign(targets=targets):
                found = [one for target in targets for one in ast.walk(target)]
                yield from (f"{name}.{one.id}" for one in found if isinstance(one, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=target)):
                yield f"{name}.{target}"


def used(name: str, tree: ast.Module) -> Iterator[str]:
    """Yield the full names that a module reads, what it says of itself within itself aside."""
    known = dict(imported(name, tree))
    for top in tree.body:
        own = getattr(top, "name", None)
        for node in ast.walk(top):
            match node:
                case ast.Name(id=local, ctx=ast.Load()) if local != own:
                    yield known.get(local, f"{name}.{local}")
                case ast.Attribute(value=ast.Name(id=local), attr=part):
                    yield f"{known.get(local, local)}.{part}"
                case ast.Constant(value=str(told)) if ":" in told:
                    yield told.replace(":", ".")  # a command names its module and function


def unreached(trees: Mapping[str, ast.Module]) -> set[str]:
    """Return what modules define and none of them uses."""
    passed_on = {
        f"{name}.{local}": full
        for name, tree in trees.items()
        for local, full in imported(name, tree)
        if full != f"{name}.{local}"
    }
    reached = set()
    for name, tree in trees.items():
        for full in used(name, tree):
            reached.add(passed_on.get(full, full))
    names = {full for name, tree in trees.items() for full in defined(name, tree)}
    return {full for full in names - reached if not full.rpartition(".")[2].startswith("__")}


def test_what_only_tests_reach_has_a_reason() -> None:
    found = unreached(TREES)
    told = {name: name if name in KEPT else name.rpartition(".")[0] for name in found}
    assert {name for name in found if told[name] not in KEPT} == set()
    assert set(KEPT) == set(told.values()), "these are reached again, or gone"


def test_what_nobody_uses_is_seen() -> None:
    texts = {
        "a": "def f(): return f()\nONE = TWO = 1\ndef g(): return ONE",
        "b": "from a import g as h",
        "c": "import b\nfrom b import h\nx = h()\nprint(x)",
    }
    assert unreached({name: ast.parse(text) for name, text in texts.items()}) == {"a.f", "a.TWO"}
