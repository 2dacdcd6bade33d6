"""The command ``verify``: gather what is at hand, verify, show the report."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang
from labels.cli.show import console, plain
from labels.printing import PrintRoom
from labels.registry.export import read_view
from labels.registry.rotation import follow
from labels.times import now
from labels.trust import TrustFile, parse_trust
from labels.verify import DeepInputs, read_document, verify
from labels.verify.lists import read_lists


def verify_document(
    path: Path,
    trust: Path | None,
    registry: Path | None,
    at: str,
    lang: Lang,
    room: PrintRoom,
    *,
    seen: Path | None = None,
    deep: DeepInputs | None = None,
    as_json: bool,
) -> int:
    """Verify a sealed document offline and show the report; exit 0, 1 or 2.

    The print room warms up while container and seal are looked at.
    """
    log = None if registry is None else read_view(registry)
    known = _trust(trust) if trust is not None else (log.trust if log is not None else None)
    if known is not None and log is not None:
        known = follow(known, log.chain)  # signed steps from the file at hand to the one in force
    report = verify(
        read_document(path),
        trust=known,
        now=now(),
        log=log,
        lists=None if registry is None else read_lists(registry),
        seen=None if seen is None else read_document(seen).decode("utf-8", "replace"),
        at=_day(at),
        printer=room,
        deep=deep,
    )
    if as_json:
        plain(report.to_json())
    else:
        console().print(report.render(lang), markup=False)
    return report.exit_code


def _trust(path: Path) -> TrustFile:
    return parse_trust(path.read_bytes())


def _day(told: str) -> date | None:
    if not told:
        return None
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise FindingsError(finding("CLI-DATE", Where(), date=told)) from None
