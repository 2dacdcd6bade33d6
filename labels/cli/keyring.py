"""The commands ``keys``: make keys, show their public half, write trust files."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang, text
from labels.cli.files import read_file, write_whole
from labels.cli.show import console, plain
from labels.cli.waiting import wipe
from labels.issuer import read_issuer
from labels.keys import Purpose, SigningKey, new_key, read_key, write_key
from labels.times import now
from labels.tokenkey import read_pkcs12, read_token_key
from labels.trust import Authority, TrustedKey, trust_file, trusted

PASSPHRASE = "CARBONLABEL_PASSPHRASE"  # noqa: S105 - the name of a variable, not a secret
PASSPHRASE_FILE = "CARBONLABEL_PASSPHRASE_FILE"  # noqa: S105 - the same


def new(purpose: str, name: str, output: Path, lang: Lang, *, plain_text: bool) -> None:
    """Make a key and write it, protected by a passphrase unless told otherwise."""
    chosen = _purpose(purpose)
    secret = None if plain_text else passphrase(lang, repeat=True)
    key = new_key(chosen, name, demo=False, now=now())
    write_key(output, key, secret)
    console(err=True).print(text("cli.written", lang, path=output))
    console().print(key.kid)


def show_key(path: Path, lang: Lang) -> None:
    """Print the public half of a key as an entry of a trust file."""
    key = open_key(path, lang)
    plain(trusted(key, valid_from=now()).to_json())


def make_trust(
    profile: Path,
    entries: list[str],
    output: Path,
    lang: Lang,
    root_threshold: int = 1,
    authorities: Sequence[Path] = (),
) -> None:
    """Write the trust file of an issuer from KEYFILE[:role,role][@organisation] entries.

    ``authorities`` are PEM files of timestamp authorities: who signs first, the root last.
    """
    issuer = read_issuer(profile)
    keys = [_entry(entry, lang) for entry in entries]
    trust = trust_file(
        issuer.id,
        issuer.origin,
        keys,
        demo=issuer.demo,
        root_threshold=root_threshold,
        authorities=[_authority(path) for path in authorities],
    )
    write_whole(output, trust.to_bytes())
    console(err=True).print(text("cli.written", lang, path=output))


def _authority(path: Path) -> Authority:
    """Return the timestamp authority of a file of certificates."""
    try:
        chain = x509.load_pem_x509_certificates(read_file(path))
    except ValueError as error:
        raise FindingsError(finding("CLI-CERTIFICATES", Where(file=str(path)))) from error
    names = chain[0].subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = str(names[0].value) if names else chain[0].subject.rfc4514_string()
    return Authority(name, tuple(c.public_bytes(Encoding.DER) for c in chain), now())


def _entry(entry: str, lang: Lang) -> TrustedKey:
    named, _, organisation = entry.partition("@")
    path, _, roles = named.partition(":")
    key = open_key(Path(path), lang)
    chosen = [role for role in roles.split(",") if role]
    return trusted(key, valid_from=now(), roles=chosen, organisation=organisation)


def _purpose(told: str) -> Purpose:
    if told not in [str(purpose) for purpose in Purpose]:
        known = ", ".join(Purpose)
        raise FindingsError(finding("CLI-PURPOSE", Where(), purpose=told, known=known))
    return Purpose(told)


def open_key(path: Path, lang: Lang, purpose: Purpose | None = None) -> SigningKey:
    """Read a key: our key file, PKCS #12 (``.p12``, ``.pfx``), a token's description (``.toml``).

    The passphrase or PIN is asked for only where one is needed.
    """
    suffix = path.suffix.lower()
    if suffix in (".p12", ".pfx", ".toml"):
        return _seal_elsewhere(path, suffix, lang, purpose)
    try:
        record = json.loads(read_file(path))
        chosen = purpose or _purpose(str(record["purpose"]))
        protected = "ENCRYPTED" in str(record["private"]).partition("\n")[0]
    except (ValueError, KeyError, TypeError) as error:
        raise FindingsError(finding("CLI-KEY-FILE", Where(file=str(path)))) from error
    return read_key(path, chosen, passphrase(lang) if protected else None)


def _seal_elsewhere(path: Path, suffix: str, lang: Lang, purpose: Purpose | None) -> SigningKey:
    """Read a key that can only be a seal."""
    if purpose not in (None, Purpose.SEAL):
        where = Where(file=path.name)
        raise FindingsError(finding("KEY-PURPOSE", where, purpose=Purpose.SEAL, wanted=purpose))
    if suffix == ".toml":
        return read_token_key(path, passphrase(lang).decode())
    return read_pkcs12(path, passphrase(lang))


def passphrase(lang: Lang, *, repeat: bool = False) -> bytes:
    """Take a passphrase from the environment, from the file it names, or ask; never an argument."""
    told = os.environ.get(PASSPHRASE)
    named = os.environ.get(PASSPHRASE_FILE)
    if told is None and named:
        told = read_file(Path(named)).decode("utf-8", "replace").rstrip("\r\n")
    if told is None:
        wipe()
        told = getpass(text("cli.passphrase", lang))
        if repeat and getpass(text("cli.passphrase_again", lang)) != told:
            raise FindingsError(finding("CLI-PASSPHRASE", Where()))
    if not told:
        raise FindingsError(finding("CLI-PASSPHRASE", Where()))
    return told.encode()
