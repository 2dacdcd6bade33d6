"""Merkle tree hashing of RFC 9162, section 2.1: leaves, nodes, roots.

Only the order of hashing is written here; the hash is hashlib's SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

#: Root of the empty tree.
EMPTY = hashlib.sha256(b"").digest()

#: Peaks of an incomplete tree: roots of its complete subtrees, largest first.
Peaks = tuple[bytes, ...]


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(peaks: Peaks, size: int, leaf: bytes) -> Peaks:
    """Return the peaks after one more leaf.

    Parameters
    ----------
    peaks
        Peaks of the tree so far.
    size
        Number of leaves so far.
    leaf
        Hash of the new leaf.
    """
    stack = [*peaks, leaf]
    while size & 1:
        right = stack.pop()
        stack[-1] = node_hash(stack[-1], right)
        size >>= 1
    return tuple(stack)


def root_of(peaks: Peaks) -> bytes:
    """Return the root of the tree with these peaks."""
    if not peaks:
        return EMPTY
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    peaks: Peaks = ()
    for size, leaf in enumerate(leaves):
        peaks = grow(peaks, size, leaf)
    return root_of(peaks)
