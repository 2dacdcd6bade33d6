"""Tiles: the tree in pieces of 256 hashes (C2SP tlog-tiles), so that a proof needs few rows.

A full tile never changes; it is stored with the leaf that completes it. The unfinished right edge
is read from the leaves, and from the roots of the tiles below. Exported, the same pieces are static
files: any client of tiled logs reads them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, func, insert, select

from labels.merkle import leaf_hash
from labels.registry import tables as t
from labels.registry.tree import Proof, consistency_path, inclusion_path, joined

#: Levels of the tree in a tile, and hashes side by side in it.
HEIGHT, WIDTH = 8, 256
HASH = 32


def store_full(tx: Connection, size: int) -> None:
    """Store every tile that a tree of ``size`` leaves completes and that is not there yet.

    Parameters
    ----------
    tx
        The transaction that appended the leaf.
    size
        Number of leaves.
    """
    level, nodes = 0, Nodes(tx)
    while (count := size >> HEIGHT * (level + 1)) and size % WIDTH ** (level + 1) == 0:
        stored = select(func.coalesce(func.max(t.tiles.c.number), -1)).where(
            t.tiles.c.level == level
        )
        for number in range(int(tx.execute(stored).scalar_one()) + 1, count):
            hashes = nodes.row(level, number * WIDTH, WIDTH)
            values = {"hashes": b"".join(hashes), "root": perfect(hashes)}
            tx.execute(insert(t.tiles).values(level=level, number=number, **values))
        level += 1


def inclusion(tx: Connection, index: int, size: int) -> Proof:
    """Return the audit path of a leaf in the tree of the first ``size`` leaves.

    Raises
    ------
    ValueError
        When there is no such leaf.
    """
    return inclusion_path(index, size, Nodes(tx, size).root)


def consistency(tx: Connection, old: int, new: int) -> Proof:
    """Return the proof that the tree of the first ``old`` leaves is a prefix of a newer one.

    Raises
    ------
    ValueError
        Unless 0 < old <= new.
    """
    return consistency_path(old, new, Nodes(tx, new).root)


def perfect(hashes: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of hashes."""
    row = list(hashes)
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2], strict=True)
        row = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return row[0]


class Nodes:
    """Nodes of the stored tree, read once each.

    Parameters
    ----------
    tx
        A transaction of the registry.
    size
        Leaves of the tree that is asked about; with it the right edge is taken from the peaks that
        stand beside its checkpoint. 0 where no tree in particular is meant.
    """

    def __init__(self, tx: Connection, size: int = 0) -> None:
        self._tx = tx
        self._rows: dict[tuple[int, int], list[bytes]] = {}
        self._peaks = dict(_peaks(tx, size)) if size else {}

    def root(self, start: int, end: int) -> bytes:
        """Return the root over the leaves from ``start`` up to, without, ``end``."""
        if (start, end) in self._peaks:
            return self._peaks[start, end]
        height = (end - start).bit_length() - 1
        if end - start == 1 << height and start % (end - start) == 0:
            level, up = divmod(height, HEIGHT)
            return perfect(self.row(level, start >> HEIGHT * level, 1 << up))
        return joined(start, end, self.root)

    def row(self, level: int, start: int, count: int) -> list[bytes]:
        """Return hashes side by side at the foot of a level of tiles, all within one tile."""
        number, first = divmod(start, WIDTH)
        if (level, number) not in self._rows:
            self._rows[level, number] = self._read(level, number)
        found = self._rows[level, number][first : first + count]
        if len(found) == count:
            return found
        if level == 0:
            raise ValueError(f"leaves {start} to {start + count} are not all there")
        return [perfect(self.row(level - 1, n * WIDTH, WIDTH)) for n in range(start, start + count)]

    def _read(self, level: int, number: int) -> list[bytes]:
        """Read a full tile, else what there is of it one level below."""
        tile = self._tx.execute(_TILE, {"level": level, "number": number}).scalar_one_or_none()
        if tile is not None:
            return [tile[place : place + HASH] for place in range(0, len(tile), HASH)]
        within = {"start": number * WIDTH, "end": (number + 1) * WIDTH - 1}
        if level == 0:
            return list(self._tx.execute(_LEAVES, within).scalars())
        rows = self._tx.execute(_ROOTS, {**within, "level": level - 1}).all()
        unbroken = enumerate(rows, start=within["start"])
        return [row.root for place, row in unbroken if row.number == place]


def _peaks(tx: Connection, size: int) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Yield first and last leaf of every peak of a tree, and its hash, if a checkpoint has them."""
    raw = tx.execute(_PEAKS, {"size": size}).scalar_one_or_none() or b""
    if len(raw) != HASH * size.bit_count():
        return
    start = 0
    for place in range(size.bit_count()):
        width = 1 << (size - start).bit_length() - 1
        yield (start, start + width), raw[HASH * place : HASH * (place + 1)]
        start += width


# Made once: to build a statement takes longer than to run it.
_PEAKS = select(t.checkpoints.c.peaks).where(t.checkpoints.c.size == bindparam("size"))
_TILE = select(t.tiles.c.hashes).where(
    t.tiles.c.level == bindparam("level"), t.tiles.c.number == bindparam("number")
)
_LEAVES = (
    select(t.leaves.c.hash)
    .where(t.leaves.c.position.between(bindparam("start"), bindparam("end")))
    .order_by(t.leaves.c.position)
)
_ROOTS = (
    select(t.tiles.c.number, t.tiles.c.root)
    .where(
        t.tiles.c.level == bindparam("level"),
        t.tiles.c.number.between(bindparam("start"), bindparam("end")),
    )
    .order_by(t.tiles.c.number)
)


# Static files -------------------------------------------------------------------------------------


def tile_files(leaves: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every tile, and of every bundle of entries, of a log.

    Parameters
    ----------
    leaves
        Bytes of every leaf.
    """
    for number, bundle in enumerate(_pieces(leaves)):
        content = b"".join(len(data).to_bytes(2, "big") + data for data in bundle)
        yield tile_path("entries", number, len(bundle)), content
    level, row = 0, [leaf_hash(data) for data in leaves]
    while row:
        pieces = list(_pieces(row))
        for number, piece in enumerate(pieces):
            yield tile_path(str(level), number, len(piece)), b"".join(piece)
        level, row = level + 1, [perfect(piece) for piece in pieces if len(piece) == WIDTH]


def tile_path(level: str, number: int, width: int) -> str:
    """Return the path of a tile: the number in groups of three digits, a partial one with width."""
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    path = "/".join(["tile", level, *(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == WIDTH else f"{path}.p/{width}"


def _pieces(row: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (row[place : place + WIDTH] for place in range(0, len(row), WIDTH))
