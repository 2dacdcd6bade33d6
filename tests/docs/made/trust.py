"""The trust model in pictures: who stands for what, and what may become of a record."""

from __future__ import annotations

from labels.registry.state import TRANSITIONS
from tests.docs.made.svg import Box, arrow, drawing, text


def chain() -> str:
    """From the meter to whoever doubts: what is sealed, what stays in the house."""
    steps = (
        ("exporter", "workbook, bills", "knows the recipe"),
        ("toolkit", "two engines", "guards the arithmetic"),
        ("people", "approvals, signed", "stand for the data"),
        ("log", "append-only", "orders what was issued"),
        ("seal", "PAdES on the PDF", "fixes every byte"),
        ("anybody", "verify, offline", "needs the trust file"),
    )
    parts = []
    for place, (title, *lines) in enumerate(steps):
        x = 20 + place * 152
        parts.append(Box(x, 40, 132, 70, title, lines, shade=title == "anybody").drawn())
        if place:
            parts.append(arrow(x - 20, 75, x, 75))
    private = '<path d="M20 130V140H456V130" fill="none" stroke="#14202B"/>'
    public = '<path d="M476 130V140H912V130" fill="none" stroke="#14202B"/>'
    parts += [
        private,
        text(238, 158, "lines, amounts and cells stay here, each with a salted commitment", 11),
    ]
    parts += [
        public,
        text(
            694,
            158,
            "figures, stages, commitments, approvals, proof: public, in the PDF itself",
            11,
        ),
    ]
    return drawing(932, 175, "From the exporter's workbook to whoever verifies", parts)


PLACES = {
    "draft": (20, 20), "approved": (190, 20), "reserved": (360, 20), "logged": (530, 20),
    "issued": (530, 110), "void": (360, 110), "suspended": (700, 110),
    "superseded": (530, 200), "revoked": (700, 200),
}  # fmt: skip


def states() -> str:
    """The states of a record, from the table that the registry obeys."""
    parts, lines = [], []
    for name, (x, y) in PLACES.items():
        parts.append(Box(x, y, 120, 34, name, shade=name == "issued").drawn())
    named: set[tuple[str, str]] = set()
    for old, event, new in sorted((str(a), str(b), str(c)) for (a, b), c in TRANSITIONS.items()):
        lines.append(_edge(old, "" if (event, new) in named else event, new))
        named.add((event, new))
    return drawing(850, 260, "States of a record", [*lines, *parts])


def _edge(old: str, event: str, new: str) -> str:
    (x1, y1), (x2, y2) = PLACES[old], PLACES[new]
    if y1 == y2:
        begin, end = (x1 + 120, x2) if x1 < x2 else (x1, x2 + 120)
        height = y1 + (12 if x1 < x2 else 24)
        return arrow(begin, height, end, height) + text((begin + end) / 2, height - 3, event, 9)
    shift = 24 if x2 > x1 else -24 if x2 < x1 else 0
    label = text(x2 + 64 - shift, y2 - 8, event, 9, at="start")
    return arrow(x1 + 60 + shift / 2, y1 + 34, x2 + 60 - shift / 2, y2) + label
