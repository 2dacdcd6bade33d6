"""Serials: prefix, year, running number, and a check character of ISO 7064 (MOD 37,36)."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def serial(prefix: str, year: int, number: int, *, demo: bool) -> str:
    """Return the serial of a record; samples carry no certificate-number pattern.

    Parameters
    ----------
    prefix
        The issuer's own prefix, capital letters and digits.
    year
        Year of the reservation.
    number
        Running number of the registry.
    demo
        Whether the registry is a demo registry.
    """
    if demo:
        return f"SAMPLE-{number}"
    plain = f"{prefix}{year}{number:06}"
    return f"{prefix}-{year}-{number:06}-{check_character(plain)}"


def check_character(text: str) -> str:
    """Return the check character of capital letters and digits (ISO 7064, hybrid MOD 37,36)."""
    product = 36
    for character in text:
        sum_ = (product + _ALPHABET.index(character)) % 36 or 36
        product = sum_ * 2 % 37
    return _ALPHABET[(37 - product) % 36]
