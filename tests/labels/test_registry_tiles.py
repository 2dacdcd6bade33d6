"""Tiles: the same proofs as from all leaves, and files that a client of tiled logs can read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis.strategies import integers
from sqlalchemy import Connection, delete, insert

from labels.merkle import Peaks, grow, leaf_hash, merkle_root, root_of
from labels.registry import tables as t
from labels.registry.check import check
from labels.registry.export import export_log, view_of
from labels.registry.log import log_size
from labels.registry.note import checkpoint_of
from labels.registry.store import Store
from labels.registry.tiles import (
    WIDTH,
    Nodes,
    consistency,
    inclusion,
    perfect,
    store_full,
    tile_files,
    tile_path,
)
from labels.registry.tree import consistency_proof, consistent, included, inclusion_proof
from tests.labels.desk_help import demo_store, issued

#: Leaves: one full tile of the second level, and an edge on both.
SIZE = WIDTH * WIDTH + 2 * WIDTH + 77


def filled(tx: Connection, size: int, *, tiles: bool = True) -> None:
    """Put leaves of no meaning into the log: the tree asks for none."""
    fixed = {"kind": "suspended", "serial": "SAMPLE-1"}
    while (start := log_size(tx)) < size:
        end = min(size, start - start % WIDTH + WIDTH)
        leaves = [(position, f"leaf {position}".encode()) for position in range(start, end)]
        rows = [{**fixed, "position": n, "data": d, "hash": leaf_hash(d)} for n, d in leaves]
        tx.execute(insert(t.leaves), rows)
        if tiles:
            store_full(tx, end)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = demo_store(tmp_path_factory.mktemp("tiles") / "registry")
    issued(opened)
    with opened.write() as tx:
        filled(tx, SIZE)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def roots(store: Store) -> list[bytes]:
    """Root of the tree at every size."""
    found, peaks = [merkle_root([])], Peaks()
    with store.read() as tx:
        for size, data in enumerate(
            tx.exec_driver_sql("SELECT data FROM leaves ORDER BY position")
        ):
            peaks = grow(peaks, size, leaf_hash(data[0]))
            found.append(root_of(peaks))
    return found


@pytest.fixture(scope="module")
def hashes(store: Store) -> list[bytes]:
    with store.read() as tx:
        rows = tx.exec_driver_sql("SELECT data FROM leaves ORDER BY position")
        return [leaf_hash(row[0]) for row in rows]


def test_full_tiles_are_stored_once_and_follow_from_the_leaves(
    store: Store, hashes: list[bytes]
) -> None:
    with store.read() as tx:
        found = {(row.level, row.number): row for row in tx.execute(t.tiles.select())}
    assert set(found) == {(0, n) for n in range(SIZE // WIDTH)} | {(1, 0)}
    assert found[0, 3].hashes == b"".join(hashes[3 * WIDTH : 4 * WIDTH])
    assert found[0, 3].root == merkle_root(hashes[3 * WIDTH : 4 * WIDTH])
    assert found[1, 0].root == merkle_root(hashes[: WIDTH * WIDTH])


@given(index=integers(0, SIZE - 1), size=integers(1, SIZE))
@example(index=0, size=SIZE)
@example(index=SIZE - 1, size=SIZE)
@example(index=0, size=1)
@example(index=WIDTH * WIDTH, size=WIDTH * WIDTH + 1)
@settings(max_examples=60)
def test_every_proof_from_tiles_holds(
    store: Store, roots: list[bytes], hashes: list[bytes], index: int, size: int
) -> None:
    index %= size
    with store.read() as tx:
        proof = inclusion(tx, index, size)
        prefix = consistency(tx, index + 1, size)
    assert included(hashes[index], index, size, proof, roots[size])
    assert consistent(index + 1, size, roots[index + 1], roots[size], prefix)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 255, 256, 257, 511, 600])
def test_proofs_from_tiles_are_those_from_all_leaves(
    store: Store, hashes: list[bytes], size: int
) -> None:
    with store.read() as tx:
        for index in {0, 1 % size, size // 2, size - 1}:
            assert inclusion(tx, index, size) == inclusion_proof(hashes[:size], index)
            assert consistency(tx, index + 1, size) == consistency_proof(hashes[:size], index + 1)


def test_there_is_no_proof_of_what_is_not_there(store: Store) -> None:
    with store.read() as tx:
        for index, size in ((5, 5), (-1, 5), (0, SIZE + 1)):
            with pytest.raises(ValueError, match=r"no leaf|not all there"):
                inclusion(tx, index, size)
        with pytest.raises(ValueError, match="no tree"):
            consistency(tx, 6, 5)
        with pytest.raises(ValueError, match="not all there"):
            Nodes(tx).root(SIZE - 1, SIZE + 1)


def test_a_log_older_than_its_tiles_gets_them_with_the_next_full_one(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    issued(store)
    with store.write() as tx:
        filled(tx, 3 * WIDTH - 1, tiles=False)
        assert tx.execute(t.tiles.select()).all() == []
        before = Nodes(tx).root(0, 2 * WIDTH)
        filled(tx, 3 * WIDTH)
        assert [row.number for row in tx.execute(t.tiles.select())] == [0, 1, 2]
        assert Nodes(tx).root(0, 2 * WIDTH) == before
    store.close()


def test_the_check_names_a_wrong_tile(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    issued(store)
    row = {"level": 0, "number": 0, "hashes": bytes(8192), "root": bytes(32)}
    with store.write() as tx:
        tx.execute(insert(t.tiles), [row])
    assert [(one.code, str(one.where)) for one in check(store)] == [("CHECK-TILE", "tile 0/0")]
    with pytest.raises(Exception, match="append-only"), store.write() as tx:
        tx.execute(delete(t.tiles))
    with store.write() as tx:
        filled(tx, WIDTH, tiles=False)
    assert ("CHECK-TILE", "tile 0/0") in {(one.code, str(one.where)) for one in check(store)}
    store.close()


# Static files -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "width", "path"),
    [
        (0, 256, "tile/0/000"),
        (0, 3, "tile/0/000.p/3"),
        (999, 256, "tile/0/999"),
        (1_000, 1, "tile/0/x001/000.p/1"),
        (1_234_067, 256, "tile/0/x001/x234/067"),
    ],
)
def test_paths_are_those_of_the_standard(number: int, width: int, path: str) -> None:
    assert tile_path("0", number, width) == path


def foreign_root(files: dict[str, bytes], size: int) -> bytes:
    """The root of a tiled log as a stranger computes it, from the definition of RFC 9162."""
    row, bundles = [], -(-size // 256)
    for number in range(bundles):
        width = min(256, size - 256 * number)
        tile = files[f"tile/0/{number:03}" + ("" if width == 256 else f".p/{width}")]
        data = files[f"tile/entries/{number:03}" + ("" if width == 256 else f".p/{width}")]
        for place in range(width):
            length, data = int.from_bytes(data[:2], "big"), data[2:]
            found = hashlib.sha256(b"\0" + data[:length]).digest()
            assert found == tile[32 * place : 32 * place + 32]
            row.append(found)
            data = data[length:]
        assert data == b""

    def mth(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return part[0]
        split = 1 << (len(part) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + mth(part[:split]) + mth(part[split:])).digest()

    return mth(row)


def test_the_exported_tiles_give_the_signed_root(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "registry")
    issued(store)
    export_log(store, tmp_path / "site")
    issued(store, "EX-640-RT")
    export_log(store, tmp_path / "site")  # written again: partial tiles of both sizes lie there
    root = tmp_path / "site"
    files = {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    point = checkpoint_of(files["checkpoint"].decode())
    assert point.size == 4
    assert foreign_root(files, 4) == point.root
    assert {"tile/0/000.p/2", "tile/0/000.p/4"} <= set(files)
    spoilt = {**files, "tile/entries/000.p/4": files["tile/entries/000.p/4"].replace(b"1", b"2")}
    with pytest.raises(AssertionError):
        foreign_root(spoilt, 4)
    assert dict(tile_files(view_of(store).leaves)).items() <= files.items()
    store.close()


def test_higher_tiles_hold_the_roots_of_those_below() -> None:
    leaves = [f"leaf {n}".encode() for n in range(WIDTH + 5)]
    files = dict(tile_files(leaves))
    assert set(files) == {
        "tile/entries/000",
        "tile/entries/001.p/5",
        "tile/0/000",
        "tile/0/001.p/5",
        "tile/1/000.p/1",
    }
    assert files["tile/1/000.p/1"] == perfect([leaf_hash(data) for data in leaves[:WIDTH]])
