"""Proofs of the log: all of small trees, random ones of large trees, and none that was corrupted.

Two verifiers judge every proof: ours, which walks up bit by bit, and the definition of RFC 9162
read backwards, which splits the tree from the top. The number of leaves is not corrupted: no root
says how many leaves it covers; the signed checkpoint does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pytest

from labels.merkle import leaf_hash, merkle_root, node_hash
from labels.registry.tree import (
    Proof,
    consistency_path,
    consistent,
    included,
    inclusion_path,
    joined,
)
from tests.evidence import campaign

SMALL, EVERYDAY, LARGE = 256, 64, 1 << 20
#: Random proofs of a seed, and corrupted ones for each.
PROOFS, CORRUPTED = 100, 10


class Tree:
    """The roots of all complete subtrees over numbered leaves, level by level."""

    def __init__(self, size: int) -> None:
        self.levels = [[leaf_hash(n.to_bytes(4, "big")) for n in range(size)]]
        while len(row := self.levels[-1]) > 1:
            pairs = zip(row[::2], row[1::2], strict=False)
            self.levels.append([node_hash(left, right) for left, right in pairs])

    def root(self, start: int, end: int) -> bytes:
        """Root over the leaves from ``start`` up to, without, ``end``."""
        height = (end - start).bit_length() - 1
        if end - start == 1 << height and start % (end - start) == 0:
            return self.levels[height][start >> height]
        return joined(start, end, self.root)


@cache
def tree(size: int) -> Tree:
    return Tree(size)


@dataclass(frozen=True, slots=True)
class Inclusion:
    """What somebody claims of a leaf."""

    leaf: bytes
    place: int
    size: int
    root: bytes
    proof: Proof

    def ours(self) -> bool:
        return included(self.leaf, self.place, self.size, self.proof, self.root)

    def definition(self) -> bool:
        if not 0 <= self.place < self.size:
            return False
        return self.root == climbed(self.leaf, self.place, self.size, self.proof)

    def spoilt(self, draw: random.Random) -> Inclusion:
        kind = draw.randrange(4)
        if kind == 0:
            return replace(self, leaf=flipped(self.leaf, draw))
        if kind == 1:
            return replace(self, root=flipped(self.root, draw))
        if kind == 2:
            return replace(self, place=other(self.place, self.size + 2, draw))
        return replace(self, proof=corrupted(self.proof, draw))


@dataclass(frozen=True, slots=True)
class Consistency:
    """What somebody claims of two trees."""

    old: int
    new: int
    old_root: bytes
    new_root: bytes
    proof: Proof

    def ours(self) -> bool:
        return consistent(self.old, self.new, self.old_root, self.new_root, self.proof)

    def definition(self) -> bool:
        if not 0 < self.old <= self.new:
            return False
        roots = both(self.old, self.new, self.proof, self.old_root)
        return roots == (self.old_root, self.new_root)

    def spoilt(self, draw: random.Random) -> Consistency:
        kind = draw.randrange(4)
        if kind == 0:
            return replace(self, old_root=flipped(self.old_root, draw))
        if kind == 1:
            return replace(self, new_root=flipped(self.new_root, draw))
        if kind == 2:
            return replace(self, old=other(self.old, self.new + 2, draw))
        return replace(self, proof=corrupted(self.proof, draw))


Claim = Inclusion | Consistency
Verifier = Callable[[Claim], bool]


# The definition, read backwards -------------------------------------------------------------------


def split(size: int) -> int:
    """The largest power of two below a size."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def climbed(leaf: bytes, place: int, size: int, proof: Proof) -> bytes | None:
    """Root that PATH (section 2.1.3.1) leads to; None where it has another length."""
    if size == 1 or not proof:
        return leaf if size == 1 and not proof else None
    left = split(size)
    if place < left:
        found = climbed(leaf, place, left, proof[:-1])
        return found and node_hash(found, proof[-1])
    found = climbed(leaf, place - left, size - left, proof[:-1])
    return found and node_hash(proof[-1], found)


def both(old: int, new: int, proof: Proof, known: bytes | None) -> tuple[bytes, bytes] | None:
    """Both roots that SUBPROOF (section 2.1.4.1) leads to; ``known`` is left out of the proof."""
    if old == new:
        seed = (known,) if known is not None else ()
        rest = seed + proof
        return (rest[0], rest[0]) if len(rest) == 1 else None
    if not proof:
        return None
    left, node = split(new), proof[-1]
    if old <= left:
        found = both(old, left, proof[:-1], known)
        return found and (found[0], node_hash(found[1], node))
    found = both(old - left, new - left, proof[:-1], None)
    return found and (node_hash(node, found[0]), node_hash(node, found[1]))


# Corruption ---------------------------------------------------------------------------------------


def flipped(data: bytes, draw: random.Random) -> bytes:
    bit = draw.randrange(8 * len(data))
    return (int.from_bytes(data, "big") ^ 1 << bit).to_bytes(len(data), "big")


def other(number: int, below: int, draw: random.Random) -> int:
    """Another number from -1 up to, without, ``below``."""
    found = draw.randrange(-1, below - 1)
    return found if found < number else found + 1


def corrupted(proof: Proof, draw: random.Random) -> Proof:
    """One bit flipped, a node lost, doubled, added or changed places with another."""
    if not proof:
        return (draw.randbytes(32),)
    place, kind = draw.randrange(len(proof)), draw.randrange(5)
    before, node, after = proof[:place], proof[place], proof[place + 1 :]
    if kind == 0:
        return (*before, *after)
    if kind == 1:
        return (*before, node, node, *after)
    if kind == 2:
        return (*before, draw.randbytes(32), node, *after)
    swapped = (*after[:1], *before, node, *after[1:])
    if kind == 3 and swapped != proof:
        return swapped
    return (*before, flipped(node, draw), *after)


# Claims -------------------------------------------------------------------------------------------


def inclusion(index: int, size: int, of: Tree) -> Inclusion:
    proof = inclusion_path(index, size, of.root)
    return Inclusion(of.levels[0][index], index, size, of.root(0, size), proof)


def consistency(old: int, new: int, of: Tree) -> Consistency:
    proof = consistency_path(old, new, of.root)
    return Consistency(old, new, of.root(0, old), of.root(0, new), proof)


def all_claims(largest: int) -> Iterator[Claim]:
    """Every proof of every tree up to a size."""
    for size in range(1, largest + 1):
        for place in range(size):
            yield inclusion(place, size, tree(SMALL))
            yield consistency(place + 1, size, tree(SMALL))


def random_claim(draw: random.Random, of: Tree) -> Claim:
    """A proof of a tree of any order of magnitude, half of them about the right edge."""
    size = draw.randint(1, 1 << draw.randint(0, len(of.levels) - 1))
    place = draw.choice((draw.randrange(size), size - 1 - draw.randrange(min(size, 8))))
    return draw.choice((inclusion(place, size, of), consistency(place + 1, size, of)))


def wrongly_accepted(seed: int, of: Tree, verifiers: Sequence[Verifier], proofs: int) -> int:
    """Corrupt random proofs; return how many a verifier took. The true ones must hold for all."""
    draw, taken = random.Random(seed), 0
    for _ in range(proofs):
        claim = random_claim(draw, of)
        assert all(verifier(claim) for verifier in verifiers), claim
        for _ in range(CORRUPTED):
            wrong = claim.spoilt(draw)
            assert wrong != claim
            taken += any(verifier(wrong) for verifier in verifiers)
    return taken


def ours(claim: Claim) -> bool:
    return claim.ours()


def definition(claim: Claim) -> bool:
    return claim.definition()


BOTH = (ours, definition)


# Tests --------------------------------------------------------------------------------------------


def test_the_trees_are_those_of_the_log() -> None:
    leaves = tree(SMALL).levels[0]
    for size in (1, 2, 3, 7, 8, 100, 255, 256):
        assert tree(SMALL).root(0, size) == merkle_root(leaves[:size])


def test_all_proofs_of_small_trees_hold() -> None:
    claims = list(all_claims(EVERYDAY))
    assert len(claims) == EVERYDAY * (EVERYDAY + 1)
    assert all(verifier(claim) for claim in claims for verifier in BOTH)


@pytest.mark.parametrize("seed", range(3))
def test_corrupted_proofs_are_refused(seed: int) -> None:
    assert wrongly_accepted(seed, tree(1 << 12), BOTH, PROOFS) == 0


def test_at_any_size_both_verifiers_say_the_same() -> None:
    """A proof may hold at a wrong size, for the root does not tell the size; both must say so."""
    said = set()
    for claim in all_claims(24):
        for size in range(26):
            moved = (
                replace(claim, size=size)
                if isinstance(claim, Inclusion)
                else replace(claim, new=size)
            )
            assert moved.ours() == moved.definition(), moved
            said.add(moved.ours())
    assert said == {True, False}


def forgets_the_proof(claim: Claim) -> bool:
    """Control: takes whatever lies within bounds."""
    if isinstance(claim, Inclusion):
        return 0 <= claim.place < claim.size
    return 0 < claim.old <= claim.new


def looks_at_one_byte(claim: Claim) -> bool:
    """Control: compares one byte of the root only, so that one in 256 wrong ones passes."""
    if isinstance(claim, Inclusion):
        if not forgets_the_proof(claim):
            return False
        found = climbed(claim.leaf, claim.place, claim.size, claim.proof)
        return found is not None and found[0] == claim.root[0]
    return claim.definition()


def forgets_the_old_root(claim: Claim) -> bool:
    """Control: believes whatever leads to the new root."""
    if isinstance(claim, Inclusion) or not 0 < claim.old <= claim.new:
        return claim.definition()
    roots = both(claim.old, claim.new, claim.proof, claim.old_root)
    return roots is not None and roots[1] == claim.new_root


@pytest.mark.parametrize("weak", [forgets_the_proof, looks_at_one_byte, forgets_the_old_root])
def test_the_control_a_weak_verifier_is_found_out(weak: Verifier) -> None:
    assert wrongly_accepted(0, tree(1 << 12), [weak], PROOFS) > 0


@pytest.mark.deep("proofs")
def test_proofs_in_depth() -> None:
    with campaign("proofs") as run:
        for claim in all_claims(SMALL):
            assert claim.ours() and claim.definition(), claim
            run.count("proofs_of_small_trees")
        large = tree(LARGE)
        for seed in run.seeds():
            assert wrongly_accepted(seed, large, BOTH, PROOFS) == 0
            assert wrongly_accepted(seed, large, [forgets_the_proof], 1) > 0  # the control
            run.count("random_proofs", PROOFS)
            run.count("corrupted", PROOFS * CORRUPTED)
