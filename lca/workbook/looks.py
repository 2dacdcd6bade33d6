"""Colours and type of the answer: marked cells and the findings sheet, as entries of styles.xml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from factors.texts import LANGS, Lang
from lca.workbook.colours import FONTS, INK, LINE, PAPER, SHADE

MARKS = {"error": "FFBDB0", "missing": "FFCC85", "warning": "FFE873", "note": "D0E4F2"}
"""Fill of a marked cell; the comment and the findings sheet say the same in words."""

_STRONG = {"error": "A32014", "missing": "7A4300", "warning": "665200", "note": "2C566F"}
_ALIGN = "<alignment vertical='center' horizontal='{}' wrapText='1' indent='{}'/>"
_MIDDLE = "<alignment vertical='center' horizontal='{}' wrapText='{}'/>"


@dataclass(frozen=True, slots=True)
class Look:
    """Font, fill, border and alignment of a cell of the findings sheet."""

    font: str
    fill: str = ""
    border: str = ""
    alignment: str = ""


def font(lang: Lang, size: int, colour: str, *, bold: bool = False, link: bool = False) -> str:
    """Return a font."""
    marks = ("<b/>" if bold else "") + ("<u/>" if link else "")
    name = FONTS[lang]
    return f"<font>{marks}<sz val='{size}'/><color rgb='FF{colour}'/><name val='{name}'/></font>"


def solid(colour: str) -> str:
    """Return a fill of one colour."""
    return (
        "<fill><patternFill patternType='solid'>"
        f"<fgColor rgb='FF{colour}'/><bgColor indexed='64'/></patternFill></fill>"
    )


def _line(style: str, colour: str) -> str:
    return (
        "<border><left/><right/><top/>"
        f"<bottom style='{style}'><color rgb='FF{colour}'/></bottom><diagonal/></border>"
    )


def looks(lang: Lang) -> dict[str, Look]:
    """Return every look of the findings sheet by name."""
    body, thin = font(lang, 10, "1D2A33"), _line("thin", LINE)
    found = {
        "title": Look(font(lang, 18, INK, bold=True), alignment=_MIDDLE.format("left", 0)),
        "status": Look(font(lang, 12, INK, bold=True), alignment=_MIDDLE.format("left", 1)),
        "hint": Look(font(lang, 10, "44555F"), alignment=_MIDDLE.format("left", 1)),
        "head": Look(
            font(lang, 10, PAPER, bold=True), solid(INK), thin, _ALIGN.format("left", 1)
        ),
        "group": Look(
            font(lang, 11, INK, bold=True), solid(SHADE), _line("medium", INK),
            _MIDDLE.format("left", 0),
        ),
        "text": Look(body, "", thin, _ALIGN.format("left", 1)),
        "todo": Look(font(lang, 10, "1D2A33", bold=True), "", thin, _ALIGN.format("left", 1)),
        "link": Look(font(lang, 10, "1F5A86", link=True), "", thin, _ALIGN.format("left", 1)),
        "number": Look(font(lang, 9, "44555F"), "", thin, _ALIGN.format("center", 0)),
        "code": Look(font(lang, 8, "44555F"), "", thin, _ALIGN.format("left", 1)),
    }  # fmt: skip
    for weight, colour in MARKS.items():
        strong = font(lang, 10, _STRONG[weight], bold=True)
        found[weight] = Look(strong, solid(colour), thin, _ALIGN.format("left", 1))
    return found


def every_item() -> Iterator[str]:
    """Yield every font, fill and border that we may have added to a file."""
    for lang in LANGS:
        for look in looks(lang).values():
            yield from filter(None, (look.font, look.fill, look.border))
    yield from map(solid, MARKS.values())
