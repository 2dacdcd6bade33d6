"""The commands that write, sign and show the roster: rotation and loss as people do it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from labels.cli.main import app
from labels.keys import Purpose, new_key, write_key
from labels.times import now
from labels.trust import trusted
from labels.verification.roster import parse_roster

FROM = 'from = "2026-01-01T00:00:00Z"'
NAMES = ("a", "b", "c", "worker", "fresh")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Key files of custodians and a worker; their public halves as ``keys show`` prints them."""
    monkeypatch.chdir(tmp_path)
    found = {}
    for name in NAMES:
        key = new_key(Purpose.APPROVAL, f"示例 Example {name}", demo=True, now=now())
        write_key(tmp_path / f"{name}.key", key)
        found[name] = trusted(key, valid_from=now()).to_json()["public"]
    return found


def person(name: str, roles: str, *keys: str) -> str:
    return "\n".join([
        "[[person]]", f'id = "{name}"', f'name = "示例 Example {name}"',
        'employer = "示例核查 Example Verification"', f"roles = [{roles}]", *keys,
    ])  # fmt: skip


def key(public: str, *more: str) -> str:
    since = () if any(one.startswith("from") for one in more) else (FROM,)
    return "\n".join(["[[person.key]]", f'public = "{public}"', *since, *more])


def described(office: dict[str, str], **keys: str) -> str:
    """Three custodians, of whom two must sign, and a worker."""
    several = [
        person(one, '"custodian"', keys.get(one, key(office[one]))) for one in ("a", "b", "c")
    ]
    worker = person("worker", '"verifier"', keys.get("worker", key(office["worker"])))
    return "\n".join(['threshold = "2"', *several, worker])


def ran(*told: str, code: int = 0) -> tuple[str, set[str]]:
    ended = CliRunner().invoke(app, ["verification", "roster", *told, "--lang", "en"])
    codes = {one.code for one in getattr(ended.exception, "findings", ())}
    assert ended.exit_code == code, ended.output
    return ended.output, codes


def written(text: str, name: str, *more: str) -> None:
    Path("people.toml").write_text(text, encoding="utf-8")
    ran("write", "people.toml", "-o", name, *more)


def shown(name: str, *more: str, code: int = 0) -> dict[str, Any]:
    output, _ = ran("show", name, "--json", *more, code=code)
    told: dict[str, Any] = json.loads(output)
    return told


def test_an_edition_stands_when_enough_have_signed(office: dict[str, str]) -> None:
    written(described(office), "1.json", "--key", "a.key")
    assert not shown("1.json", code=1)["stands"]
    ran("sign", "1.json", "--key", "b.key")
    told = shown("1.json")
    assert told["stands"]
    assert {one["id"] for one in told["people"]} == {"a", "b", "c", "worker"}
    assert told["people"][0]["keys"][0]["purpose"] == "approval"


ROTATED = 'until = "2026-06-01T00:00:00Z"'
LOST = 'lost = "2026-05-01T00:00:00Z"'
FOLLOWING: dict[str, tuple[dict[str, tuple[str, ...]], tuple[str, ...], bool]] = {
    "a worker's key is rotated": ({"worker": (ROTATED,)}, ("a", "b"), True),
    "a worker's key is lost": ({"worker": (LOST,)}, ("b", "c"), True),
    "a custodian's key is lost, the others sign": ({"a": (LOST,)}, ("b", "c"), True),
    "the lost key signs": ({"a": (LOST,)}, ("a", "b"), False),
    "one custodian alone": ({"worker": (ROTATED,)}, ("a",), False),
    "a worker signs as the second": ({"worker": (ROTATED,)}, ("a", "worker"), False),
    "nobody signs": ({"worker": (ROTATED,)}, (), False),
}


@pytest.mark.parametrize("what", FOLLOWING)
def test_rotation_and_loss(what: str, office: dict[str, str]) -> None:
    changes, signers, stands = FOLLOWING[what]
    written(described(office), "1.json", "--key", "a.key", "--key", "b.key")
    keys = {who: key(office[who], *more) for who, more in changes.items()}
    if "worker" in keys:
        keys["worker"] += "\n" + key(office["fresh"], 'from = "2026-06-01T00:00:00Z"')
    signing = [word for one in signers for word in ("--key", f"{one}.key")]
    written(described(office, **keys), "2.json", "--after", "1.json", *signing)
    told = shown("2.json", "--after", "1.json", code=0 if stands else 1)
    assert told["stands"] is stands
    assert (told["edition"], told["previous"]) == (2, shown("1.json")["sha256"])
    parse_roster(Path("2.json").read_bytes())


WRONG: dict[str, tuple[str, str, str]] = {
    "a role that there is not": ('["verifier"]', '["wizard"]', "TOML-CHOICE"),
    "a key that is none": ('public = "', 'public = "x', "TOML-STRING"),
    "a day that is none": ("[[person.key]]", '[[person.key]]\nuntil = "soon"', "TOML-STRING"),
    "a threshold nobody reaches": ('threshold = "2"', 'threshold = "9"', "CASE-ROSTER"),
    "one person twice": ('id = "b"', 'id = "a"', "CASE-ROSTER"),
    "a field too many": ('threshold = "2"', 'threshold = "2"\nmore = "x"', "TOML-KEY"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_was_written_wrongly_is_named(what: str, office: dict[str, str]) -> None:
    old, new, code = WRONG[what]
    text = described(office)
    assert old in text or "verifier" in old
    changed = text.replace(old.strip("[]"), new.strip("[]")) if "wizard" in new else (
        text.replace(old, new))  # fmt: skip
    Path("people.toml").write_text(changed, encoding="utf-8")
    _, codes = ran("write", "people.toml", "-o", "1.json", "--key", "a.key", code=1)
    assert code in codes
    assert not Path("1.json").exists()
