"""Inclusion and consistency proofs of RFC 9162, section 2.1.3 and 2.1.4."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from labels.merkle import merkle_root, node_hash

Proof = tuple[bytes, ...]


#: Root over the leaves from one index up to, without, another.
Roots = Callable[[int, int], bytes]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> Proof:
    """Return the audit path of one leaf in the tree over all given leaf hashes.

    Raises
    ------
    ValueError
        When there is no such leaf.
    """
    return inclusion_path(index, len(leaves), _over(leaves))


def inclusion_path(index: int, size: int, root: Roots) -> Proof:
    """Return the audit path of one leaf in a tree whose inner roots are asked for.

    Parameters
    ----------
    index, size
        The leaf, and the number of leaves.
    root
        Root over the leaves from one index up to, without, another.

    Raises
    ------
    ValueError
        When there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(root(middle, end))
            end = middle
        else:
            path.append(root(start, middle))
            start = middle
    return tuple(reversed(path))


def joined(start: int, end: int, root: Roots) -> bytes:
    """Return the root over at least two leaves from the roots of its two halves."""
    middle = start + _split(end - start)
    return node_hash(root(start, middle), root(middle, end))


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that a leaf hash stands at an index of the tree with this root."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(leaves: Sequence[bytes], old: int) -> Proof:
    """Return the proof that the first ``old`` leaves are a prefix of the given ones.

    Raises
    ------
    ValueError
        Unless 0 < old <= number of leaves.
    """
    return consistency_path(old, len(leaves), _over(leaves))


def consistency_path(old: int, new: int, root: Roots) -> Proof:
    """Return the proof that a tree is a prefix of another whose inner roots are asked for.

    Raises
    ------
    ValueError
        Unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"no tree of {old} inside a tree of {new}")
    path, start, end, whole = [], 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(root(middle, end))
            end = middle
        else:
            path.append(root(start, middle))
            start, whole = middle, False
    return tuple(reversed(path)) if whole else (root(start, end), *reversed(path))


def consistent(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether a proof shows that the old tree is a prefix of the new one."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _over(leaves: Sequence[bytes]) -> Roots:
    return lambda start, end: merkle_root(leaves[start:end])


def _split(size: int) -> int:
    """Return the largest power of two below size."""
    return 1 << (size - 1).bit_length() - 1
