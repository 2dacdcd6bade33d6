"""Trade item numbers (GTIN) and the GS1 Digital Link a QR code may hold."""

from __future__ import annotations

from urllib.parse import quote

LENGTHS = (8, 12, 13, 14)
#: Name of the query parameter that holds a document's number; an attribute of ours, no GS1 key.
NUMBER = "pcf"


def gtin14(text: str) -> str | None:
    """Return a GTIN padded to fourteen digits, None unless length and check digit are right.

    Parameters
    ----------
    text
        GTIN-8, -12, -13 or -14.
    """
    if not (text.isascii() and text.isdecimal() and len(text) in LENGTHS):
        return None
    weighed = (int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(text[:-1])))
    return text.zfill(14) if (10 - sum(weighed) % 10) % 10 == int(text[-1]) else None


def digital_link(base: str, gtin: str, number: str) -> str:
    """Return the GS1 Digital Link of a product class with the number of its document.

    The number names a document about the class, not an item: it stands in the query, never as a
    serial (21).

    Parameters
    ----------
    base
        Address of the issuer's pages, ending with ``/``.
    gtin
        Fourteen digits.
    number
        Number of the document.
    """
    return f"{base}01/{gtin}?{NUMBER}={quote(number, safe='')}"
