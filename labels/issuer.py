"""The issuer profile: who issues, under which approvals, in which time zone."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from labels.refusal import refusal

DEMO_ISSUER_ID = "EXAMPLE-ISSUER"
DEMO_PREFIX = "SAMPLE"


@dataclass(frozen=True, slots=True)
class IssuerApproval:
    """An approval or accreditation the issuer holds; without one no page may speak of 认证."""

    kind: str
    number: str
    scope: str
    expires: str

    def to_json(self) -> dict[str, str]:
        """Return the approval as plain data."""
        return {
            "kind": self.kind,
            "number": self.number,
            "scope": self.scope,
            "expires": self.expires,
        }


@dataclass(frozen=True, slots=True)
class IssuerProfile:
    """Who issues.

    Attributes
    ----------
    id
        Registered identity of the organisation.
    name
        Name in zh and en.
    time_zone
        IANA name; days of validity begin and end there.
    origin
        Name of its log, first line of every checkpoint.
    verify_url
        Where a reader checks a document; the serial is appended. May be empty.
    serial_prefix
        First group of every serial.
    demo
        Whether everything it issues is a sample.
    approvals
        What it holds.
    """

    id: str
    name: Mapping[str, str]
    time_zone: str
    origin: str
    verify_url: str
    serial_prefix: str
    demo: bool
    approvals: tuple[IssuerApproval, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the profile as it stands in every body."""
        return {
            "id": self.id,
            "name": dict(self.name),
            "time_zone": self.time_zone,
            "origin": self.origin,
            "verify_url": self.verify_url,
            "serial_prefix": self.serial_prefix,
            "demo": self.demo,
            "approvals": [approval.to_json() for approval in self.approvals],
        }


def demo_issuer() -> IssuerProfile:
    """Return the fictitious issuer of demo registries."""
    return IssuerProfile(
        id=DEMO_ISSUER_ID,
        name={"zh": "示例签发机构（演示）", "en": "Example Issuer (demonstration)"},
        time_zone="Asia/Shanghai",
        origin="example.org/carbonlabel/demo",
        verify_url="https://example.org/c/",
        serial_prefix=DEMO_PREFIX,
        demo=True,
    )


def profile_from(record: Mapping[str, Any]) -> IssuerProfile:
    """Build a profile from plain data and check it.

    Raises
    ------
    IssueError
        ``ISSUER-UNREADABLE``.
    """
    demo = record.get("demo", False) is True
    try:
        profile = IssuerProfile(
            id=_line(record["id"]),
            name={"zh": _line(record["name"]["zh"]), "en": _line(record["name"]["en"])},
            time_zone=ZoneInfo(_line(record["time_zone"])).key,
            origin=_line(record["origin"]),
            verify_url=_line(record.get("verify_url", "") or " ").strip(),
            serial_prefix=_prefix(record["serial_prefix"], demo=demo),
            demo=demo,
            approvals=tuple(_approval(entry) for entry in record.get("approvals", ())),
        )
    except (KeyError, TypeError, ValueError, OSError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise refusal("ISSUER-UNREADABLE", "issuer", reason=reason) from error
    return profile


def read_issuer(path: Path) -> IssuerProfile:
    """Read ``issuer.toml``.

    Raises
    ------
    IssueError
        ``ISSUER-UNREADABLE``. A file cannot declare a demo issuer.
    """
    try:
        record = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise refusal("ISSUER-UNREADABLE", path.name, reason=type(error).__name__) from error
    return profile_from({**record, "demo": False})


def _approval(entry: Mapping[str, Any]) -> IssuerApproval:
    return IssuerApproval(*(_line(entry[name]) for name in ("kind", "number", "scope", "expires")))


def _line(value: object) -> str:
    if not isinstance(value, str) or not value or not value.isprintable() or len(value) > 300:
        raise ValueError("a text of one line is missing")
    return value


def _prefix(value: object, *, demo: bool) -> str:
    text = _line(value)
    if not (text.isascii() and text.isalnum() and text.isupper() and len(text) <= 8):
        raise ValueError("serial_prefix: up to eight capital letters and digits")
    if (text == DEMO_PREFIX) is not demo:
        raise ValueError(f"serial_prefix: {DEMO_PREFIX} is kept for demo registries")
    return text
