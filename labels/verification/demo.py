"""A demonstration: a registry whose trust file knows four fictitious people, with their keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from labels.issuer import IssuerApproval, IssuerProfile, demo_issuer
from labels.keys import Purpose, SigningKey, new_key, write_key
from labels.registry.founding import create_store
from labels.registry.setup import DEMO_NAMES
from labels.registry.store import Store
from labels.trust import trust_file, trusted
from labels.verification.roster import CUSTODIAN, Person, Roster, person_key, sign_roster

CLIENT = "示例制造有限公司 Example Manufacturing Co., Ltd."
BODY = "示例核查有限公司 Example Verification Ltd."
PEOPLE: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "preparer": ("示例 赵一 Example Zhao Yi", CLIENT, ("preparer",)),
    "verifier": ("示例 孙二 Example Sun Er", BODY, ("verifier",)),
    "reviewer": ("示例 周三 Example Zhou San", BODY, ("reviewer",)),
    "decision": ("示例 吴四 Example Wu Si", BODY, ("decision", CUSTODIAN)),
}
"""Id to name, employer, roles; every one of them is made up."""

YEARS = 3


def people(now: dt.datetime, keys: Mapping[str, SigningKey]) -> Roster:
    """Return the first roster of the four, signed by its custodian."""
    until = now + dt.timedelta(days=365 * YEARS)
    several = tuple(
        Person(name, told[0], told[1], told[2], (person_key(keys[name], now, until),))
        for name, told in PEOPLE.items()
    )
    return sign_roster(Roster(1, "", 1, now, several), [keys["decision"]])


def demo_keys(now: dt.datetime) -> dict[str, SigningKey]:
    """Return a demo key for each of the four."""
    return {
        name: new_key(Purpose.APPROVAL, told[0], demo=True, now=now)
        for name, told in PEOPLE.items()
    }


def demo_registry(
    location: Path,
    keys: Mapping[str, SigningKey],
    now: dt.datetime,
    issuer: IssuerProfile | None = None,
) -> Store:
    """Return a new demo registry that trusts the four in their roles."""
    who = issuer or demo_issuer()
    own = tuple(
        new_key(purpose, DEMO_NAMES[purpose], demo=True, now=now)
        for purpose in (Purpose.CHECKPOINT, Purpose.SEAL)
    )
    entries = [
        trusted(key, valid_from=now, roles=PEOPLE[name][2][:1], organisation=PEOPLE[name][1])
        for name, key in keys.items()
    ]
    more = [trusted(key, valid_from=now, organisation="示例 Example") for key in own]
    trust = trust_file(who.id, who.origin, [*entries, *more], demo=True)
    return create_store(location, who, trust, own, now)


def certifier() -> IssuerProfile:
    """Return the fictitious issuer with a made-up approval, for certificates of a demo registry."""
    held = IssuerApproval("product-certification", "EXAMPLE-0000", "示例 Example", "2099-12-31")
    return replace(demo_issuer(), name={"zh": "示例机构", "en": "Example Body"}, approvals=(held,))


def make(folder: Path, now: dt.datetime, *, certifies: bool = False) -> None:
    """Make ``registry``, ``people.json`` and one key file per person in a folder.

    Parameters
    ----------
    certifies
        Whether the made-up issuer holds a made-up approval for certificates.

    Raises
    ------
    IssueError
        As for :func:`~labels.registry.founding.create_store`; ``KEY-EXISTS``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    keys = demo_keys(now)
    issuer = certifier() if certifies else demo_issuer()
    demo_registry(folder / "registry", keys, now, issuer).close()
    (folder / "people.json").write_bytes(people(now, keys).to_bytes())
    for name, key in keys.items():
        write_key(folder / f"{name}.key", key)
