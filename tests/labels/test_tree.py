"""Merkle proofs of RFC 9162: every proof up to 64 leaves holds, no corrupted one does."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.merkle import EMPTY, Peaks, grow, leaf_hash, merkle_root, node_hash, root_of
from labels.registry.tree import consistency_proof, consistent, included, inclusion_proof

LEAVES = [leaf_hash(bytes([n])) for n in range(65)]
# Test vectors of the Certificate Transparency code base (RFC 6962 hashing of the same leaves).
VECTOR_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "60" * 1]
VECTOR_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
}


def definition(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(definition(leaves[:split]), definition(leaves[split:]))


def test_published_roots() -> None:
    hashes = [leaf_hash(bytes.fromhex(text)) for text in VECTOR_LEAVES]
    for size, root in VECTOR_ROOTS.items():
        assert merkle_root(hashes[:size]).hex() == root


def test_every_inclusion_proof_holds_and_no_corrupted_one() -> None:
    checked = 0
    for size in range(1, 65):
        leaves = LEAVES[:size]
        root = definition(leaves)
        assert merkle_root(leaves) == root
        for index in range(size):
            proof = inclusion_proof(leaves, index)
            assert included(leaves[index], index, size, proof, root)
            for wrong in corrupted(proof):
                assert not included(leaves[index], index, size, wrong, root)
            assert not included(LEAVES[64], index, size, proof, root)
            others = {0, index - 1, index + 1, size - 1, size, -1} - {index}
            assert not any(included(leaves[index], n, size, proof, root) for n in others)
            checked += 1
    assert checked == 64 * 65 // 2


def test_every_consistency_proof_holds_and_no_corrupted_one() -> None:
    for new in range(1, 65):
        root = merkle_root(LEAVES[:new])
        for old in range(1, new + 1):
            before = merkle_root(LEAVES[:old])
            proof = consistency_proof(LEAVES[:new], old)
            assert consistent(old, new, before, root, proof)
            for wrong in corrupted(proof):
                assert not consistent(old, new, before, root, wrong)
            assert not consistent(old, new, LEAVES[64], root, proof)
            assert not consistent(old, new, before, LEAVES[64], proof)


def corrupted(proof: Sequence[bytes]) -> list[tuple[bytes, ...]]:
    """One bit flipped anywhere, one node more or less, two nodes swapped."""
    proof = tuple(proof)
    result = [(*proof, bytes(32))]
    for n, node in enumerate(proof):
        flipped = bytes([node[0] ^ 1]) + node[1:]
        result.append((*proof[:n], flipped, *proof[n + 1 :]))
    if proof:
        result += [proof[1:], proof[:-1]]
    if len(proof) > 1 and proof[0] != proof[1]:
        result.append((proof[1], proof[0], *proof[2:]))
    return result


@given(st.lists(st.binary(max_size=4), max_size=200))
def test_peaks_grow_into_the_root_and_give_the_last_proof(data: list[bytes]) -> None:
    leaves = [leaf_hash(item) for item in data]
    peaks: Peaks = ()
    for size, leaf in enumerate(leaves):
        grown = grow(peaks, size, leaf)
        last_proof = tuple(reversed(peaks))
        assert last_proof == inclusion_proof(leaves[: size + 1], size)
        peaks = grown
    assert root_of(peaks) == merkle_root(leaves) == definition(leaves)


@pytest.mark.parametrize(("size", "index"), [(0, 0), (3, 3), (3, -1)])
def test_there_is_no_proof_of_an_absent_leaf(size: int, index: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(LEAVES[:size], index)


@pytest.mark.parametrize("old", [0, 4])
def test_there_is_no_consistency_with_an_absent_tree(old: int) -> None:
    with pytest.raises(ValueError, match="no tree"):
        consistency_proof(LEAVES[:3], old)
