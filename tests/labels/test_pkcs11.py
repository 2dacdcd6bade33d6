"""Seal keys that live elsewhere: PKCS #12 files and PKCS #11 tokens; no secret in any output."""

from __future__ import annotations

import datetime as dt
import io
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from factors.errors import CarbonLabelError
from labels.cli import keyring
from labels.container import read_container
from labels.keys import Purpose, SigningKey, new_key
from labels.seal import seal
from labels.sealcheck import check_seal
from labels.tokenkey import Slot, TokenPrivateKey, read_pkcs12, read_token_key
from labels.trust import trust_file, trusted

T0 = dt.datetime(2026, 11, 20, 2, 0, tzinfo=dt.UTC)
SECRET = "pass-phrase-4711-secret"
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return new_key(Purpose.SEAL, "示例机构 Example Body", demo=False, now=T0)


def page() -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page(page_size=(283, 198))
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def holds(sealed: bytes, key: SigningKey) -> bool:
    entry = trusted(key, valid_from=T0)
    trust = trust_file("EXAMPLE", "example.org/log", [entry], demo=False)
    check_seal(read_container(sealed), trust, T0 + dt.timedelta(days=1))
    return True


def as_pkcs12(key: SigningKey, path: Path, certificates: int = 2, order: int = 1) -> Path:
    leaf, *others = key.certificates[:certificates][::order]
    assert isinstance(key.private, ec.EllipticCurvePrivateKey)
    lock = BestAvailableEncryption(SECRET.encode())
    data = pkcs12.serialize_key_and_certificates(
        b"seal", key.private, key.certificates[0] if order == 1 else leaf, others, lock
    )
    path.write_bytes(data)
    return path


def codes(refused: pytest.ExceptionInfo[CarbonLabelError]) -> list[str]:
    assert SECRET not in str(refused.value)
    return [found.code for found in refused.value.findings]


# PKCS #12 -----------------------------------------------------------------------------------------


def test_a_pkcs12_key_seals_like_our_own(key: SigningKey, tmp_path: Path) -> None:
    found = read_pkcs12(as_pkcs12(key, tmp_path / "seal.p12"), SECRET.encode())
    assert (found.kid, found.certificates, found.purpose) == (
        key.kid,
        key.certificates,
        Purpose.SEAL,
    )
    assert not found.demo
    assert holds(seal(page(), found), key)


def test_a_demo_key_stays_a_demo_key(tmp_path: Path) -> None:
    demo = new_key(Purpose.SEAL, "示例", demo=True, now=T0)
    assert read_pkcs12(as_pkcs12(demo, tmp_path / "demo.p12"), SECRET.encode()).demo


@pytest.mark.parametrize("passphrase", [b"", b"wrong", SECRET.upper().encode()])
def test_a_wrong_passphrase_is_a_finding(
    key: SigningKey, tmp_path: Path, passphrase: bytes
) -> None:
    path = as_pkcs12(key, tmp_path / "seal.p12")
    with pytest.raises(CarbonLabelError) as refused:
        read_pkcs12(path, passphrase)
    assert codes(refused) == ["KEY-PKCS12"]


def test_garbage_and_other_curves_are_findings(tmp_path: Path) -> None:
    (tmp_path / "garbage.p12").write_bytes(os.urandom(400))
    other = ec.generate_private_key(ec.SECP384R1())
    data = pkcs12.serialize_key_and_certificates(b"x", other, None, None, NoEncryption())
    (tmp_path / "bare.p12").write_bytes(data)
    for name in ("garbage.p12", "bare.p12", "absent.p12"):
        with pytest.raises(CarbonLabelError) as refused:
            read_pkcs12(tmp_path / name, SECRET.encode())
        assert codes(refused) == ["KEY-PKCS12"]


def test_the_passphrase_comes_from_environment_file_or_prompt(
    key: SigningKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = as_pkcs12(key, tmp_path / "seal.p12")
    told = tmp_path / "secret.txt"
    told.write_text(f"{SECRET}\n")
    monkeypatch.delenv(keyring.PASSPHRASE, raising=False)
    monkeypatch.setattr(keyring, "getpass", lambda _: SECRET)
    assert keyring.open_key(path, "en", Purpose.SEAL).kid == key.kid
    monkeypatch.setattr(keyring, "getpass", lambda _: pytest.fail("asked"))
    monkeypatch.setenv(keyring.PASSPHRASE_FILE, str(told))
    assert keyring.open_key(path, "en").kid == key.kid
    monkeypatch.setenv(keyring.PASSPHRASE, "wrong")  # goes before the file
    with pytest.raises(CarbonLabelError) as refused:
        keyring.open_key(path, "en")
    assert codes(refused) == ["KEY-PKCS12"]


def test_such_a_key_approves_nothing(key: SigningKey, tmp_path: Path) -> None:
    with pytest.raises(CarbonLabelError) as refused:
        keyring.open_key(as_pkcs12(key, tmp_path / "seal.pfx"), "en", Purpose.APPROVAL)
    assert codes(refused) == ["KEY-PURPOSE"]


# PKCS #11 -----------------------------------------------------------------------------------------


class Token(NamedTuple):
    folder: Path
    description: Path
    module: str


@pytest.fixture(scope="module")
def token(key: SigningKey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    pem = folder / "import.pem"
    pem.write_bytes(key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    secret = ["--pin", SECRET]
    util("--init-token", "--free", "--label", "example", "--so-pin", SECRET, *secret)
    util("--import", str(pem), "--token", "example", "--label", "seal", "--id", "01", *secret)
    pem.unlink()
    chain = b"".join(c.public_bytes(Encoding.PEM) for c in key.certificates)
    (folder / "chain.pem").write_bytes(chain)
    module = next((one for one in MODULES if Path(one).is_file()), "")
    yield Token(folder, described(folder, module), module)
    os.environ.pop("SOFTHSM2_CONF")
    if before is not None:
        os.environ["SOFTHSM2_CONF"] = before


def util(*words: str) -> None:
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)


def described(folder: Path, module: str, name: str = "seal.toml", **other: str) -> Path:
    told = {
        "schema": "carbonlabel-token-key/1",
        "name": "示例机构 Example Body",
        "module": module,
        "token": "example",
        "label": "seal",
        "certificates": "chain.pem",
        **other,
    }
    path = folder / name
    path.write_text("".join(f'{key} = "{value}"\n' for key, value in told.items()), "utf-8")
    return path


@pytest.mark.needs("softhsm2-util")
def test_a_token_seals(key: SigningKey, token: Token) -> None:
    found = read_token_key(token.description, SECRET)
    assert found.kid == key.kid
    assert holds(seal(page(), found), key)


@pytest.mark.needs("softhsm2-util")
@pytest.mark.parametrize(
    "wrong", [{"token": "another"}, {"label": "another"}, {"module": "/nowhere/lib.so"}]
)
def test_a_wrong_token_label_or_module_is_a_finding(token: Token, wrong: dict[str, str]) -> None:
    path = described(token.folder, token.module, "wrong.toml", **wrong) if "module" not in wrong \
        else described(token.folder, wrong["module"], "wrong.toml")  # fmt: skip
    with pytest.raises(CarbonLabelError) as refused:
        read_token_key(path, SECRET)
    assert codes(refused) == ["KEY-TOKEN"]


@pytest.mark.needs("softhsm2-util")
def test_a_wrong_pin_is_a_finding_before_anything_is_sealed(token: Token) -> None:
    with pytest.raises(CarbonLabelError) as refused:
        read_token_key(token.description, "0000")
    assert codes(refused) == ["KEY-TOKEN"]


@pytest.mark.needs("softhsm2-util")
def test_a_certificate_of_another_key_is_a_finding(token: Token) -> None:
    other = new_key(Purpose.SEAL, "示例 Other", demo=False, now=T0)
    chain = b"".join(c.public_bytes(Encoding.PEM) for c in other.certificates)
    (token.folder / "other.pem").write_bytes(chain)
    path = described(token.folder, token.module, "other.toml", certificates="other.pem")
    with pytest.raises(CarbonLabelError) as refused:
        read_token_key(path, SECRET)
    assert codes(refused) == ["KEY-TOKEN"]


@pytest.mark.needs("softhsm2-util")
def test_the_pin_is_in_no_output_and_on_no_command_line(token: Token, tmp_path: Path) -> None:
    """Good and bad: neither streams nor the arguments of the process hold the secret."""
    command = [sys.executable, "-m", "labels.cli.main", "keys", "show", str(token.description)]
    for pin, code in ((SECRET, 0), (SECRET + "-wrong", 1)):
        environment = {**os.environ, keyring.PASSPHRASE: pin, "CARBONLABEL_DEBUG": "1"}
        done = subprocess.run(command, capture_output=True, env=environment, check=False)
        assert done.returncode == code, done.stderr
        assert SECRET.encode() not in done.stdout + done.stderr
    assert not any(SECRET in word for word in command)


def test_descriptions_that_say_too_little_or_too_much_are_findings(
    key: SigningKey, tmp_path: Path
) -> None:
    (tmp_path / "chain.pem").write_bytes(key.certificates[0].public_bytes(Encoding.PEM))
    good = described(tmp_path, "/nowhere/lib.so").read_text("utf-8")
    for bad in (
        "",
        good + 'pin = "1234"\n',
        good.replace("token-key/1", "token-key/9"),
        good.replace('"seal"', "7"),
        good.replace("chain.pem", "absent.pem"),
        good + "]",
    ):
        path = tmp_path / "bad.toml"
        path.write_text(bad, "utf-8")
        with pytest.raises(CarbonLabelError) as refused:
            read_token_key(path, SECRET)
        assert codes(refused) == ["KEY-TOKEN-FILE"], bad


def test_a_slot_shows_no_pin_and_its_key_gives_nothing_away(key: SigningKey) -> None:
    slot = Slot("/nowhere/lib.so", "example", "seal", SECRET)
    assert SECRET not in repr(slot)
    public = key.private.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    held = TokenPrivateKey(slot, public)
    assert SECRET not in repr(held)
    for asked in (held.private_numbers, held.private_bytes):
        with pytest.raises(TypeError):
            asked()
    with pytest.raises(TypeError):
        held.exchange(ec.ECDH(), public)
    with pytest.raises((TypeError, pickle.PicklingError)):
        pickle.dumps(held)


def test_without_the_library_a_token_is_refused_with_a_finding(
    key: SigningKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labels.tokenkey.HAS_TOKENS", False)
    (tmp_path / "chain.pem").write_bytes(key.certificates[0].public_bytes(Encoding.PEM))
    with pytest.raises(CarbonLabelError) as refused:
        read_token_key(described(tmp_path, "/nowhere/lib.so"), SECRET)
    assert codes(refused) == ["KEY-TOKEN-LIBRARY"]
    with pytest.raises(CarbonLabelError) as refused:
        Slot("", "", "", SECRET).sign(b"")
    assert codes(refused) == ["KEY-TOKEN-LIBRARY"]
