"""Commitments: the body names every inventory line by a salted hash and reveals none.

A leaf is SHA-256(0x00 || salt || canonical line), the leaf hash of RFC 9162 over salt and line;
all leaves stand in the body under one root. A disclosure is (index, salt, line).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labels.canonical import canonical
from labels.merkle import leaf_hash, merkle_root

SCHEMA = "carbonlabel-disclosures/1"
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One opened line."""

    index: int
    salt: bytes
    line: Mapping[str, Any]

    @property
    def leaf(self) -> bytes:
        """The commitment this disclosure opens."""
        return leaf_hash(self.salt + canonical(self.line))

    def to_json(self) -> dict[str, Any]:
        """Return the disclosure as plain data."""
        return {"index": self.index, "salt": self.salt.hex(), "line": self.line}


def disclosures(
    lines: Sequence[Mapping[str, Any]], salts: Sequence[bytes]
) -> tuple[Disclosure, ...]:
    """Pair every line with its salt.

    Raises
    ------
    ValueError
        Unless there is one fresh salt of 128 bit per line.
    """
    wrong = len(salts) != len(lines) or len(set(salts)) != len(salts)
    if wrong or any(len(salt) != SALT_BYTES for salt in salts):
        raise ValueError("one salt of 16 bytes per line, all different")
    return tuple(Disclosure(i, salts[i], line) for i, line in enumerate(lines))


def commitments(opened: Sequence[Disclosure]) -> dict[str, Any]:
    """Return the ``commitments`` of a body."""
    leaves = [one.leaf for one in opened]
    return {
        "leaf": "SHA-256(0x00 || salt || canonical line)",
        "tree": "RFC 9162",
        "leaves": [leaf.hex() for leaf in leaves],
        "root": merkle_root(leaves).hex(),
    }


def write_disclosures(body_hash: str, opened: Sequence[Disclosure]) -> bytes:
    """Return the canonical bytes of ``disclosures.json``."""
    record = {"schema": SCHEMA, "body": body_hash, "lines": [one.to_json() for one in opened]}
    return canonical(record)


def read_disclosures(record: Mapping[str, Any]) -> tuple[Disclosure, ...]:
    """Read parsed disclosures.

    Raises
    ------
    ValueError
        When they are not of this form.
    """
    try:
        if record["schema"] != SCHEMA:
            raise ValueError("schema")
        return tuple(_read(entry) for entry in record["lines"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"disclosures: {type(error).__name__}") from error


def _read(entry: Mapping[str, Any]) -> Disclosure:
    index, line = entry["index"], entry["line"]
    if not isinstance(index, int) or isinstance(index, bool) or not isinstance(line, Mapping):
        raise TypeError("disclosure")
    return Disclosure(index, bytes.fromhex(entry["salt"]), line)
