"""Contribution trees, site accounts and flow diagrams: every level sums to the one above it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca import contribution
from lca.accounts import JOINT, account_of
from lca.contribution import ACCOUNT, GAS, PART, Contribution, by, tree
from lca.result import ZERO
from lca.sankey import OTHER, sankey
from lca.system_file import read
from tests.lca.systems import Doc, document, footprint, line, link, own, process, random_document

FEW = settings(max_examples=10, deadline=None)
VIEWS = ("stage", "process", "line", "factor", PART, GAS)


def nodes(root: Contribution) -> Iterator[Contribution]:
    yield root
    for child in root.children:
        yield from nodes(child)


@FEW
@given(st.integers(0, 10**6), st.integers(1, 6), st.permutations(VIEWS), st.integers(1, 6))
def test_children_sum_to_their_parent(seed: int, size: int, views: list[str], depth: int) -> None:
    figures = footprint(random_document(seed, size)).figures
    for figure in figures.values():
        root = tree(figure, views[:depth])
        assert root.value == figure.value
        for node in nodes(root):
            if node.children:
                assert sum((child.value for child in node.children), ZERO) == node.value
                sizes = [abs(child.value) for child in node.children]
                assert sizes == sorted(sizes, reverse=True)
                assert len({child.key for child in node.children}) == len(sizes)


def test_a_tree_of_one_level_is_the_plain_view() -> None:
    figure = footprint(random_document(5)).declared
    for view in VIEWS:
        plain = [(share.key, share.value, share.share) for share in by(figure, view)]
        assert [(c.key, c.value, c.share) for c in tree(figure, (view,)).children] == plain


def test_the_order_of_levels_changes_no_leaf() -> None:
    figure = footprint(random_document(11, 4)).declared
    leaves = {
        levels: {
            frozenset(zip(levels, path, strict=True)): value
            for path, value in walk(tree(figure, levels))
        }
        for levels in permutations(("stage", "factor", GAS))
    }
    first, *others = leaves.values()
    assert all(other == first for other in others)


def walk(node: Contribution) -> Iterator[tuple[tuple[str, ...], Fraction]]:
    for child in node.children:
        if child.children:
            yield from (((child.key, *path), value) for path, value in walk(child))
        else:
            yield (child.key,), child.value


# --- site accounts -------------------------------------------------------------------------------


def used(*inputs: tuple[str, str]) -> Doc:
    rows = [{"name": name, "value": value, "unit": "kg"} for name, value in inputs]
    return {"origin": {"kind": "rule", "rule": "r", "formula": "f", "inputs": rows}}


def brewery() -> Doc:
    ledger = {
        "accounts": [{"id": "malt"}, {"id": "gas"}, {"id": "gas#2"}],
        "per_unit": [{"account": "bottles"}],
    }
    return document(
        [process("beer"), process("malting"), process("barley"), process("glass")],
        [
            link("beer", "malting", "0.2", **used(("malt", "0.2"), ("output", "9"))),
            link("malting", "barley", "1.2", **used(("malting_yield", "0.83"))),
            link("beer", "glass", "1", **used(("bottles", "2"))),
            line("field", "barley", "own:f", "1"),
            line("kiln", "malting", "own:f", "2", **used(("gas", "1"), ("malt", "0.2"))),
            line("boiler", "beer", "own:f", "3", **used(("gas", "1"), ("malt", "0"))),
            line("furnace", "glass", "own:f", "4"),
            line("shop", "beer", "own:f", "5", **used(("retail_days", "3"))),
        ],
        factors=[own("f")],
        ledger=ledger,
    )


def test_lines_hang_on_the_accounts_they_were_worked_out_from() -> None:
    system = read(brewery())
    named = account_of(system)
    assert {x.id: named(x) for x in system.exchanges if x.is_line} == {
        "field": "malt",
        "kiln": f"gas{JOINT}malt",
        "boiler": "gas",
        "furnace": "bottles",
        "shop": "",
    }
    figure = footprint(system).declared
    shares = by(figure, ACCOUNT, system=system)
    assert sum((share.value for share in shares), ZERO) == figure.value
    assert {share.key: share.value for share in shares}["malt"] == Fraction("0.24")


def test_a_process_called_through_two_accounts_names_both_even_in_a_loop() -> None:
    doc = brewery()
    doc["exchanges"] += [
        link("glass", "barley", "0.1", **used(("cullet", "1"))),
        link("barley", "malting", "0.01"),
    ]
    named = account_of(read(doc))
    assert named(next(x for x in read(doc).exchanges if x.id == "field")) == f"bottles{JOINT}malt"


@pytest.mark.parametrize("ledger", [{}, {"accounts": "x"}, {"accounts": [1, None, {"id": 3}]}])
def test_an_odd_ledger_gives_no_accounts(ledger: Doc) -> None:
    system = read({**brewery(), "ledger": ledger})
    assert {account_of(system)(x) for x in system.exchanges} == {""}


def test_accounts_need_the_system() -> None:
    with pytest.raises(KeyError):
        by(footprint(brewery()).declared, ACCOUNT)


# --- flow diagrams -------------------------------------------------------------------------------


@FEW
@given(
    st.integers(0, 10**6),
    st.permutations(("stage", "process", "factor")),
    st.fractions(0, Fraction(1, 3), max_denominator=100),
)
def test_what_enters_a_node_leaves_it(seed: int, levels: list[str], least: Fraction) -> None:
    figure = footprint(random_document(seed, 6)).declared
    flow = sankey(figure, levels, least=least)
    ends = {node.place: node.value for node in flow.nodes}
    for node in flow.nodes:
        entering = sum((link.value for link in flow.links if link.target == node.place), ZERO)
        leaving = sum((link.value for link in flow.links if link.source == node.place), ZERO)
        if node.place.level != levels[0]:
            assert entering == node.value
        if node.place.level != contribution.ROOT:
            assert leaving == node.value
    for level in (*levels, contribution.ROOT):
        assert sum((v for p, v in ends.items() if p.level == level), ZERO) == figure.value
    assert len(ends) == len(flow.nodes)


def test_small_flows_join_other_and_stages_never_do() -> None:
    doc = document(
        [process("p")],
        [
            line("big", "p", "own:a", "98.5"),
            line("small", "p", "own:b", "0.9", stage="packaging"),
            line("tiny", "p", "own:other", "0.6"),
        ],
        factors=[own("a"), own("b"), own("other")],
    )
    figure = footprint(doc).declared
    flow = sankey(figure, ("factor", "stage"))
    assert [(n.place.key, n.place.joined, float(n.value)) for n in flow.nodes] == [
        ("own:a", False, 98.5),
        (OTHER, True, 1.5),
        ("manufacturing", False, 99.1),
        ("packaging", False, 0.9),
        ("cradle-to-gate", False, 100.0),
    ]
    assert len(sankey(figure, ("factor", "stage"), least=ZERO).nodes) == 6


def test_a_lone_small_flow_keeps_its_name() -> None:
    doc = document(
        [process("p")],
        [line("big", "p", "own:a", "99.5"), line("small", "p", "own:b", "0.5")],
        factors=[own("a"), own("b")],
    )
    flow = sankey(footprint(doc).declared, ("factor",))
    assert [node.place.key for node in flow.nodes] == ["own:a", "own:b", "cradle-to-gate"]
