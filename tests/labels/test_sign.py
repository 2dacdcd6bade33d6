"""Approvals, keys, trust files and checkpoints: nothing but the exact signed thing is accepted."""

from __future__ import annotations

import base64
import datetime as dt
import json
import string
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from joserfc import jws
from joserfc.jwk import OctKey

from factors.errors import IssueError
from labels.canonical import base64url, canonical, from_base64url
from labels.issuer import demo_issuer, read_issuer
from labels.keys import Purpose, SigningKey, new_key, read_key, write_key
from labels.registry.note import Checkpoint, open_note, signed_note
from labels.registry.serial import check_character, serial
from labels.sign import ApprovalFault, approval, check_approval
from labels.trust import TrustFile, parse_trust, raw_ed25519, trust_file, trusted

T0 = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 6, 1, 8, 30, tzinfo=dt.UTC)
BODY = "ab" * 32


def approver(name: str = "示例 张三") -> SigningKey:
    return new_key(Purpose.APPROVAL, name, demo=True, now=T0)


KEY = approver()


def trusting(key: SigningKey = KEY, **more: Any) -> TrustFile:
    options: dict[str, Any] = {"valid_from": T0, "roles": ("preparer",)} | more
    entry = trusted(key, **options)
    return trust_file("X", "x.invalid/log", [entry], demo=True)


def record() -> dict[str, Any]:
    return approval(BODY, "preparer", KEY, NOW)


def refused(changed: Any, code: str, trust: TrustFile | None = None, body: str = BODY) -> None:
    with pytest.raises(ApprovalFault) as caught:
        check_approval(changed, body, trust or trusting())
    assert caught.value.code == code


def test_an_approval_holds_and_names_its_sentence() -> None:
    signed = record()
    assert check_approval(signed, BODY, trusting()).kid == KEY.kid
    assert set(signed["payload"]["statement"]) == {"zh", "en"}
    assert signed["jws"].split(".")[1] == ""


def test_every_member_of_the_payload_is_signed() -> None:
    for name, value in {
        "body": "cd" * 32,
        "role": "verifier",
        "person": "示例 李四",
        "time": "2026-06-01T08:30:01Z",
        "kid": approver().kid,
        "statement": {"zh": "", "en": ""},
        "schema": "carbonlabel-approval/2",
    }.items():
        signed = record()
        signed["payload"][name] = value
        with pytest.raises(ApprovalFault):
            check_approval(signed, BODY, trusting(roles=("preparer", "verifier")))


def test_each_fault_has_its_code() -> None:
    refused(record(), "APPROVAL-BODY", body="cd" * 32)
    refused(record(), "APPROVAL-KEY", trusting(approver()))
    refused(record(), "APPROVAL-KEY", trusting(roles=("verifier",)))
    refused(record(), "APPROVAL-KEY", trusting(valid_until=NOW))
    refused(record(), "APPROVAL-KEY", trusting(valid_from=NOW + dt.timedelta(seconds=1)))
    other = approval(BODY, "preparer", KEY, NOW + dt.timedelta(hours=1))
    refused({**record(), "jws": other["jws"]}, "APPROVAL-SIGNATURE")
    malformed: list[Any] = [None, [], {}, {"payload": {}, "jws": ""}, {**record(), "more": 1}]
    for one in malformed:
        refused(one, "APPROVAL-MALFORMED")
    for odd in ("", "2026-06-01", "2026-06-01T08:30:00+00:00", 7):
        changed = record()
        changed["payload"]["time"] = odd
        refused(changed, "APPROVAL-MALFORMED")


def test_every_single_character_change_of_the_token_is_refused() -> None:
    signed, trust = record(), trusting()
    token = signed["jws"]
    tried = 0
    for place in range(len(token)):
        for character in string.ascii_letters[place % 5 :: 5] + "=.-_":
            if character != token[place]:
                signed["jws"] = token[:place] + character + token[place + 1 :]
                refused(signed, "APPROVAL-SIGNATURE", trust)
                tried += 1
    assert tried > 1500


@pytest.mark.parametrize("suffix", ["=", "==", "A", ".", "\n", " "])
def test_nothing_may_be_appended_to_a_token(suffix: str) -> None:
    signed = record()
    refused({**signed, "jws": signed["jws"] + suffix}, "APPROVAL-SIGNATURE")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_other_algorithms_are_refused(algorithm: str) -> None:
    signed = record()
    header = {"alg": algorithm, "kid": KEY.kid}
    raw = raw_ed25519(KEY.private.public_key())
    if algorithm == "none":
        token = f"{base64url(canonical(header))}..{base64url(bytes(64))}"
    else:
        secret = OctKey.import_key(raw)
        full = jws.serialize_compact(header, canonical(signed["payload"]), secret, ["HS256"])
        token = str(jws.detach_content(full))
    refused({**signed, "jws": token}, "APPROVAL-SIGNATURE")


def test_a_header_with_more_members_is_refused() -> None:
    signed = record()
    assert isinstance(KEY.private, ed25519.Ed25519PrivateKey)
    header = base64url(canonical({"alg": "Ed25519", "kid": KEY.kid, "b64": False}))
    payload = base64url(canonical(signed["payload"]))
    mark = base64url(KEY.private.sign(f"{header}.{payload}".encode()))
    refused({**signed, "jws": f"{header}..{mark}"}, "APPROVAL-SIGNATURE")


def test_only_approval_keys_in_known_roles_approve() -> None:
    with pytest.raises(IssueError, match="KEY-PURPOSE"):
        approval(BODY, "preparer", new_key(Purpose.CHECKPOINT, "x", demo=True, now=T0), NOW)
    with pytest.raises(IssueError, match="APPROVAL-ROLE"):
        approval(BODY, "owner", KEY, NOW)


# Keys ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("passphrase", [None, b"secret words"])
def test_keys_come_back_from_disk(
    purpose: Purpose, passphrase: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "key.json"
    key = new_key(purpose, "示例 Example", demo=False, now=T0)
    write_key(path, key, passphrase)
    again = read_key(path, purpose, passphrase)
    assert (again.kid, again.name, again.certificates) == (key.kid, key.name, key.certificates)
    assert path.stat().st_mode & 0o077 == 0


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    write_key(tmp_path / "key.json", KEY)
    with pytest.raises(IssueError, match="KEY-EXISTS"):
        write_key(tmp_path / "key.json", approver())
    assert read_key(tmp_path / "key.json", Purpose.APPROVAL).kid == KEY.kid


def test_a_key_serves_its_purpose_only(tmp_path: Path) -> None:
    write_key(tmp_path / "key.json", KEY)
    with pytest.raises(IssueError, match="KEY-PURPOSE"):
        read_key(tmp_path / "key.json", Purpose.SEAL)


def test_unusable_key_files_are_refused(tmp_path: Path) -> None:
    write_key(tmp_path / "good.json", KEY, b"right")
    good = json.loads((tmp_path / "good.json").read_text("utf-8"))
    foreign = {**good, "kid": approver().kid}
    bad = tmp_path / "bad.json"
    for content in (b"", b"[]", b"{}", b"\xff", json.dumps(foreign).encode()):
        bad.write_bytes(content)
        with pytest.raises(IssueError, match="KEY-UNREADABLE"):
            read_key(bad, Purpose.APPROVAL, b"right")
    for passphrase in (None, b"wrong"):
        with pytest.raises(IssueError, match="KEY-UNREADABLE"):
            read_key(tmp_path / "good.json", Purpose.APPROVAL, passphrase)
    with pytest.raises(IssueError, match="KEY-UNREADABLE"):
        read_key(tmp_path / "absent.json", Purpose.APPROVAL)


# Trust file ---------------------------------------------------------------------------------------


def full_trust() -> TrustFile:
    keys = [new_key(purpose, str(purpose), demo=False, now=T0) for purpose in Purpose]
    entries = [trusted(key, valid_from=T0, organisation="示例 Example") for key in keys]
    return trust_file("X", "x.invalid/log", entries, demo=False)


def test_a_trust_file_comes_back_and_its_hash_is_stable() -> None:
    trust = full_trust()
    assert parse_trust(trust.to_bytes()) == trust
    assert trust_file("X", "x.invalid/log", reversed(trust.keys), demo=False) == trust


def test_demo_keys_are_refused_outside_a_demo_registry() -> None:
    entry = trusted(KEY, valid_from=T0)
    with pytest.raises(IssueError, match="KEY-DEMO"):
        trust_file("X", "x", [entry], demo=False)
    smuggled = {**trusting().to_json(), "demo": False}
    with pytest.raises(IssueError, match="KEY-DEMO"):
        parse_trust(canonical(smuggled))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kid", "AAAA"),
        ("purpose", "everything"),
        ("public", "AAAA"),
        ("public", None),
        ("valid_from", "yesterday"),
        ("roles", ["owner"]),
        ("certificates", ["###"]),
        ("name", 7),
    ],
)
def test_a_damaged_trust_file_is_refused(name: str, value: object) -> None:
    record = trusting().to_json()
    record["keys"][0][name] = value
    with pytest.raises(IssueError, match="TRUST-UNREADABLE"):
        parse_trust(canonical(record))


def test_other_damage_to_a_trust_file() -> None:
    record = trusting().to_json()
    twice = {**record, "keys": record["keys"] * 2}
    nobody = {**record, "thresholds": {"checkpoint": 0}}
    for damaged in (twice, nobody, {**record, "schema": "x"}, {}, {**record, "issuer": 1}):
        with pytest.raises(IssueError, match="TRUST-UNREADABLE"):
            parse_trust(canonical(damaged))


# Checkpoints --------------------------------------------------------------------------------------


def logs(count: int) -> list[SigningKey]:
    return [new_key(Purpose.CHECKPOINT, f"log {n}", demo=True, now=T0) for n in range(count)]


def log_trust(keys: list[SigningKey], threshold: int = 1) -> TrustFile:
    entries = [trusted(key, valid_from=T0) for key in keys]
    return trust_file("X", "x.invalid/log", entries, demo=True, threshold=threshold)


CHECKPOINT = Checkpoint("x.invalid/log", 7, bytes(range(32)))


def test_a_checkpoint_is_a_signed_note_of_the_c2sp_format() -> None:
    (key,) = logs(1)
    note = signed_note(CHECKPOINT, [key])
    head, _, tail = note.partition("\n\n")
    assert head.split("\n") == [
        "x.invalid/log",
        "7",
        base64.b64encode(bytes(range(32))).decode(),
    ]
    assert tail.startswith("\N{EM DASH} x.invalid/log ")
    assert tail.endswith("\n")
    assert open_note(note, log_trust([key])) == CHECKPOINT


def test_every_one_character_change_of_a_note_is_refused() -> None:
    (key,) = logs(1)
    trust, note = log_trust([key]), signed_note(CHECKPOINT, [key])
    for place, old in enumerate(note):
        for new in {"0", "A", "=", "\n", " ", old.swapcase(), chr(ord(old) ^ 1)} - {old}:
            with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
                open_note(note[:place] + new + note[place + 1 :], trust)
    for changed in (note + "\n", note + " ", "\n" + note, note[:-1], "", note * 2):
        with pytest.raises(ValueError):  # noqa: PT011
            open_note(changed, trust)


def test_the_threshold_counts_different_keys() -> None:
    one, two, three = logs(3)
    trust = log_trust([one, two], threshold=2)
    assert open_note(signed_note(CHECKPOINT, [one, two]), trust) == CHECKPOINT
    for signers in ([one], [one, one], [one, three]):
        with pytest.raises(ValueError, match="too few"):
            open_note(signed_note(CHECKPOINT, signers), trust)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    (key,) = logs(1)
    note = signed_note(Checkpoint("other.invalid/log", 7, bytes(32)), [key])
    with pytest.raises(ValueError, match="another log"):
        open_note(note, log_trust([key]))
    with pytest.raises(ValueError, match="not a checkpoint key"):
        signed_note(CHECKPOINT, [KEY])


# Small things -------------------------------------------------------------------------------------


def test_base64url_has_one_spelling() -> None:
    assert from_base64url(base64url(b"any")) == b"any"
    for odd in ("YQ==", "YR", "Y+", "Y/", "Y", "Y\n"):
        with pytest.raises(ValueError, match="base64url"):
            from_base64url(odd)


def test_serials_carry_a_check_character_and_samples_do_not() -> None:
    # The example of the Global Release Identifier, which uses the same ISO 7064 system.
    assert check_character("A12425GABC1234002") == "M"
    assert serial("EX", 2026, 41, demo=False) == f"EX-2026-000041-{check_character('EX2026000041')}"
    assert serial("EX", 2026, 41, demo=True) == "SAMPLE-41"


PROFILE = """
id = "91350000EXAMPLE"
time_zone = "Asia/Shanghai"
origin = "issuer.example/log"
serial_prefix = "EX"
verify_url = "https://issuer.example/c/"
[name]
zh = "示例机构"
en = "Example Body"
[[approvals]]
kind = "CNAS"
number = "V0000"
scope = "ISO 14067"
expires = "2029-12-31"
"""


def test_an_issuer_profile_is_read_and_cannot_make_itself_a_demo(tmp_path: Path) -> None:
    path = tmp_path / "issuer.toml"
    path.write_text("demo = true\n" + PROFILE, encoding="utf-8")
    issuer = read_issuer(path)
    assert (issuer.id, issuer.demo, issuer.approvals[0].kind) == ("91350000EXAMPLE", False, "CNAS")
    assert demo_issuer().demo


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Asia/Shanghai", "Moon/Base"),
        ("Asia/Shanghai", "../../etc/passwd"),
        ('"EX"', '"SAMPLE"'),
        ('"EX"', '"ex"'),
        ('zh = "示例机构"', ""),
        ("id =", "ident ="),
        ("[name]", "[name"),
    ],
)
def test_an_incomplete_issuer_profile_is_refused(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "issuer.toml"
    path.write_text(PROFILE.replace(old, new), encoding="utf-8")
    with pytest.raises(IssueError, match="ISSUER-UNREADABLE"):
        read_issuer(path)
