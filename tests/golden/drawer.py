"""What a drawer is, and how a document in it is looked at: at its own time, with its own files."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labels import bundle, certificate, commitments, sign, trust
from labels.canonical import sha256
from labels.registry import entries, orders, rotation
from labels.registry.export import read_view
from labels.registry.rotation import follow
from labels.trust import parse_trust
from labels.verify import DeepInputs, Report, verify
from labels.verify import report as verification
from labels.verify.lists import read_lists

HERE = Path(__file__).parent
NOW = dt.datetime(2026, 12, 6, 2, 0, tzinfo=dt.UTC)
"""The clock of every look into a drawer: within the time of its status lists."""
FORMATS = {
    "approval": sign.SCHEMA,
    "certificate": certificate.SCHEMA,
    "disclosures": commitments.SCHEMA,
    "leaf": entries.LEAF_SCHEMA,
    "order": orders.SCHEMA,
    "receipt": entries.RECEIPT_SCHEMA,
    "rendering": bundle.RENDERING_SCHEMA,
    "rotation": rotation.SCHEMA,
    "trust": trust.SCHEMA,
    "verification": verification.SCHEMA,
}
"""Every format that this version writes into documents, logs and trust files."""


@dataclass(frozen=True)
class Kept:
    """A file of a drawer, its issuer, and the day for which its status is asked."""

    issuer: str
    file: str
    day: str


def report_of(folder: Path, kept: Kept) -> Report:
    """Verify a file of a drawer with the oldest trust file that knew it."""
    place = folder / kept.issuer
    log = read_view(place / "export")
    before = place / "trust-before.json"
    known = parse_trust(before.read_bytes()) if before.is_file() else log.trust
    return verify(
        (folder / kept.file).read_bytes(),
        trust=follow(known, log.chain),
        now=NOW,
        log=log,
        lists=read_lists(place / "export"),
        at=dt.date.fromisoformat(kept.day),
        deep=_inputs((folder / kept.file).parent / "sealed"),
    )


def _inputs(sealed: Path) -> DeepInputs | None:
    if not sealed.is_dir():
        return None
    return DeepInputs(disclosures=(sealed / "disclosures.json").read_bytes())


def looked_at(folder: Path, kept: Kept) -> dict[str, Any]:
    """Return what verification says of a file, as plain data."""
    report = report_of(folder, kept)
    return {
        "issuer": kept.issuer,
        "file": kept.file,
        "day": kept.day,
        "valid": report.valid,
        "codes": list(report.codes),
        "status": report.status,
        "registered_bytes": report.registered,
        "deep": report.deep,
        "subject": dict(report.subject),
        "checks": {check.name: str(check.outcome) for check in report.checks},
    }


def expected(folder: Path) -> dict[str, Any]:
    """Return what was said when the drawer was filled."""
    record: dict[str, Any] = json.loads((folder / "expected.json").read_bytes())
    return record


def sums(folder: Path) -> str:
    """Return the hashes of everything in a drawer, as ``sha256sum`` writes them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    named = [(path.relative_to(folder).as_posix(), path) for path in files]
    return "".join(
        f"{sha256(path.read_bytes())}  {name}\n" for name, path in named if name != "SHA256SUMS"
    )
