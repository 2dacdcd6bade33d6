"""Comments on cells: the part with their texts and the drawing with their boxes.

Ours begin with a mark that every program keeps, so they are found again whoever saved the file. A
person's own comment on a flagged cell stays; ours is added below it and cut off again later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from lca.workbook.cell_marks import drawing_of, hang_drawing
from lca.workbook.grid import split
from lca.workbook.marks import COMMENT_MARK as MARK
from lca.workbook.opc import Element, Link, Package, q, root_of
from lca.workbook.wrapping import lines

AUTHOR = "carbonlabel"
_RULE = "\n\n"
_WIDTH, _CHARACTERS, _LINE = 300, 56, 14.5  # of a box: points, letters, points

_TEXTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_BOXES = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_V, _O, _X = (f"urn:schemas-microsoft-com:{name}" for name in ("vml", "office:office",
                                                               "office:excel"))  # fmt: skip
_DRAWING = f"""<xml xmlns:v="{_V}" xmlns:o="{_O}" xmlns:x="{_X}">
<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>
<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202"
 path="m,l,21600r21600,l21600,xe">
<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>
</xml>"""
_SHAPE = f"""<v:shape xmlns:v="{_V}" xmlns:o="{_O}" xmlns:x="{_X}" id="_x0000_s{{number}}"
 type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;width:{_WIDTH}pt;\
height:{{height}}pt;z-index:{{level}};visibility:hidden" fillcolor="#fffdf2" o:insetmode="auto">
<v:fill color2="#fffdf2"/><v:shadow on="t" color="black" obscured="t"/>
<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/>
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>
<x:Row>{{row}}</x:Row><x:Column>{{column}}</x:Column></x:ClientData></v:shape>"""


# -- taking away -----------------------------------------------------------------------------


def take_away(package: Package, sheet: str) -> None:
    """Remove our comments from a sheet, with parts and references that hold nothing else."""
    texts = package.linked(sheet, "comments")
    root = package.tree(texts.part) if texts is not None else None
    marked = [] if root is None else [c for c in root.iter(q("comment")) if MARK in _told(c)]
    if texts is None or root is None or not marked:
        return
    gone = set()
    for comment in marked:
        if _told(comment).startswith(MARK):
            gone.add(split(comment.get("ref", "")))
            _drop(comment)
        else:
            _cut(comment)
    package.changed(texts.part)
    if root.find(f".//{q('comment')}") is None:
        package.unlink(sheet, texts.id)
        package.drop(texts.part)
    else:
        _forget_author(root)
    _take_boxes(package, sheet, gone)


def _told(comment: Element) -> str:
    return "".join(part.text or "" for part in comment.iter(q("t")))


def _cut(comment: Element) -> None:
    """Cut our words off behind a person's own."""
    found = False
    for part in list(comment.iter(q("t"))):
        if found:
            _drop(_run_of(part))
        elif MARK in (part.text or ""):
            found = True
            part.text = (part.text or "").partition(MARK)[0].removesuffix(_RULE)
            if not part.text:
                _drop(_run_of(part))


def _run_of(part: Element) -> Element:
    holder = part.getparent()
    return holder if holder is not None and holder.tag == q("r") else part


def _forget_author(root: Element) -> None:
    """Remove our name from the end of the list of authors when no comment is left to it."""
    authors = root.findall(f"{q('authors')}/{q('author')}")
    used = {comment.get("authorId") for comment in root.iter(q("comment"))}
    last = str(len(authors) - 1)
    if authors and authors[-1].text == AUTHOR and last not in used:
        _drop(authors[-1])


def _take_boxes(package: Package, sheet: str, gone: set[tuple[int, int]]) -> None:
    link = _boxes(package, sheet)
    if link is None:
        return
    root = package.tree(link.part)
    for shape in list(root.iter(f"{{{_V}}}shape")):
        if _place(shape) in gone:
            _drop(shape)
    package.changed(link.part)
    known = drawing_of(package.tree(sheet))
    if root.find(f".//{{{_V}}}shape") is None and known is not None:
        _drop(known[0])
        package.changed(sheet)
        package.unlink(sheet, link.id)
        package.drop(link.part)


def _boxes(package: Package, sheet: str) -> Link | None:
    """The drawing of comments; a sheet may have another one for pictures in its header."""
    known = drawing_of(package.tree(sheet))
    links = () if known is None else package.links(sheet)
    return next((ln for ln in links if known and ln.id == known[1] and ln.part in package), None)


def _place(shape: Element) -> tuple[int, int]:
    """Row and column of a comment's box, from 1; (0, 0) for anything else."""
    data = shape.find(f"{{{_X}}}ClientData")
    if data is None or data.get("ObjectType") != "Note":
        return 0, 0
    row, column = (data.findtext(f"{{{_X}}}{name}", "").strip() for name in ("Row", "Column"))
    return (int(row) + 1, int(column) + 1) if row.isdecimal() and column.isdecimal() else (0, 0)


def _drop(entry: Element) -> None:
    """Remove an element; what stands behind it stays."""
    holder = entry.getparent()
    if holder is not None:
        before = entry.getprevious()
        if entry.tail and entry.tail.strip():
            if before is not None:
                before.tail = (before.tail or "") + entry.tail
            else:
                holder.text = (holder.text or "") + entry.tail
        holder.remove(entry)


# -- putting on ------------------------------------------------------------------------------


def put_on(package: Package, sheet: str, notes: Mapping[str, str]) -> None:
    """Attach comments to cells of a sheet.

    Parameters
    ----------
    notes
        Text by cell; each begins with the mark.
    """
    texts = package.linked(sheet, "comments")
    part = texts.part if texts is not None else _new_texts(package, sheet)
    root = package.tree(part)
    holder, author = root.find(q("commentList")), _author(root)
    if holder is None:
        holder = etree.SubElement(root, q("commentList"))
    own = {comment.get("ref"): comment for comment in holder.iterchildren(q("comment"))}
    fresh = sorted((cell for cell in notes if cell not in own), key=split)
    for cell in fresh:
        comment = etree.SubElement(holder, q("comment"), ref=cell, authorId=author)
        _write(etree.SubElement(comment, q("text")), notes[cell])
    for cell in sorted(notes.keys() & own.keys(), key=lambda one: split(str(one))):
        _append(own[cell], notes[cell])
    package.changed(part)
    _put_boxes(package, sheet, {cell: notes[cell] for cell in fresh})


def _new_texts(package: Package, sheet: str) -> str:
    part = package.free("xl/comments{}.xml")
    root = root_of("comments")
    etree.SubElement(root, q("authors"))
    etree.SubElement(root, q("commentList"))
    package.add(part, root, _TEXTS)
    package.link(sheet, "comments", part)
    return part


def _author(root: Element) -> str:
    holder = root.find(q("authors"))
    if holder is None:
        holder = etree.Element(q("authors"))
        root.insert(0, holder)
    names = [entry.text for entry in holder.iterchildren(q("author"))]
    if AUTHOR not in names:
        etree.SubElement(holder, q("author")).text = AUTHOR
        names.append(AUTHOR)
    return str(names.index(AUTHOR))


def _write(holder: Element, told: str, before: str = "") -> None:
    """Write a text as two runs: its first line bold."""
    head, _, body = told.partition("\n")
    for words, bold in ((before + head, True), (f"\n{body}", False)):
        run = etree.SubElement(holder, q("r"))
        style = etree.SubElement(run, q("rPr"))
        if bold:
            etree.SubElement(style, q("b"))
        etree.SubElement(style, q("sz"), val="9")
        etree.SubElement(style, q("color"), rgb="FF1D2A33")
        etree.SubElement(style, q("rFont"), val="Tahoma")
        part = etree.SubElement(run, q("t"))
        part.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        part.text = words


def _append(comment: Element, told: str) -> None:
    """Add our words below a person's own."""
    holder = comment.find(q("text"))
    if holder is None:
        holder = etree.SubElement(comment, q("text"))
    plain = holder.find(q("t"))
    if plain is not None:
        run = etree.Element(q("r"))
        plain.addprevious(run)
        run.append(plain)
    _write(holder, told, _RULE if holder.find(q("r")) is not None else "")


def _put_boxes(package: Package, sheet: str, notes: Mapping[str, str]) -> None:
    if not notes:
        return
    link = _boxes(package, sheet)
    if link is None:
        part = package.free("xl/drawings/vmlDrawing{}.vml")
        package.add(part, etree.fromstring(_DRAWING), _BOXES)
        hang_drawing(package.tree(sheet), package.link(sheet, "vmlDrawing", part))
        package.changed(sheet)
    else:
        part = link.part
    root = package.tree(part)
    number = _last_number(root)
    for level, (cell, told) in enumerate(notes.items(), start=1):
        row, column = split(cell)
        height = round(_LINE * (lines(told, _CHARACTERS) + 1))
        shape = _SHAPE.format(
            number=number + level, level=level, height=height, row=row - 1, column=column - 1
        )
        root.append(etree.fromstring(shape))
    package.changed(part)


def _last_number(root: Element) -> int:
    """The highest number of a shape in the drawing, 1024 when there is none."""
    told = (shape.get("id", "") for shape in root.iter(f"{{{_V}}}shape"))
    numbers = [
        int(match[1]) for name in told if (match := re.fullmatch(r"_x0000_s(\d{1,9})", name))
    ]
    return max([1024, *numbers])
