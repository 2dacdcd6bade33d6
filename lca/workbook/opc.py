"""The parts of an .xlsx package: bytes in, bytes out; what nobody edits leaves exactly as it came.

Only the parts that somebody asks for as a tree and reports as changed are written anew. The
package has passed the guard before (no document types, bounded sizes); the parser fetches nothing.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_INDEX = "[Content_Types].xml"
_MOMENT = (1980, 1, 1, 0, 0, 0)

Element = etree._Element


def q(name: str) -> str:
    """Return a name in the namespace of spreadsheets."""
    return f"{{{MAIN}}}{name}"


def root_of(name: str, namespace: str = MAIN) -> Element:
    """Return a new root whose namespace needs no prefix."""
    return etree.fromstring(f"<{name} xmlns='{namespace}'/>")


def piece(told: str) -> Element:
    """Return an element of the spreadsheet namespace from our own XML text."""
    return etree.fromstring(f"<all xmlns='{MAIN}'>{told}</all>")[0]


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship: its id, the last word of its type, and the part that it leads to."""

    id: str
    kind: str
    part: str


class Package:
    """The members of a zip, with its indexes."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self._members = {info.filename: info for info in archive.infolist()}
            self._bytes = {name: archive.read(name) for name in self._members}
        self._trees: dict[str, Element] = {}
        self._changed: set[str] = set()

    def __contains__(self, part: str) -> bool:
        return part in self._bytes

    # -- parts -----------------------------------------------------------------------------

    def raw(self, part: str) -> bytes:
        """Return a part as it came, whatever was edited since."""
        return self._bytes[part]

    def tree(self, part: str) -> Element:
        """Return the root of a part; the same one each time."""
        if part not in self._trees:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, strip_cdata=False)
            self._trees[part] = etree.fromstring(self._bytes[part], parser)
        return self._trees[part]

    def peek(self, part: str, tag: str, count: int) -> Iterator[Element]:
        """Yield the first elements of one name in a part as it came, without reading on."""
        source = io.BytesIO(self._bytes[part])
        found = etree.iterparse(source, tag=tag, resolve_entities=False, no_network=True)
        for _, (_, element) in zip(range(count), found, strict=False):
            yield element

    def changed(self, part: str) -> None:
        """Say that the tree of a part was edited, so that it must be written."""
        self._changed.add(part)

    def add(self, part: str, root: Element, content_type: str) -> None:
        """Add a part and list its type."""
        self._bytes[part], self._trees[part] = b"", root
        self._changed.add(part)
        if part.endswith(".vml"):
            self._default("vml", content_type)
            return
        types = self.tree(_INDEX)
        override = etree.SubElement(types, f"{{{_TYPES}}}Override")
        override.set("PartName", f"/{part}")
        override.set("ContentType", content_type)
        self.changed(_INDEX)

    def drop(self, part: str) -> None:
        """Remove a part, its relationships and what the index says of it."""
        for name in (part, _rels_of(part)):
            self._bytes.pop(name, None)
            self._trees.pop(name, None)
            self._changed.discard(name)
        types = self.tree(_INDEX)
        for entry in types.findall(f"{{{_TYPES}}}Override"):
            if entry.get("PartName", "").lower() == f"/{part}".lower():
                types.remove(entry)
        if not any(name.endswith(".vml") for name in self._bytes):
            for entry in types.findall(f"{{{_TYPES}}}Default"):
                if entry.get("Extension", "").lower() == "vml":
                    types.remove(entry)
        self.changed(_INDEX)

    def free(self, pattern: str) -> str:
        """Return the first part name of a pattern such as ``xl/comments{}.xml`` that is free."""
        taken = {name.lower() for name in self._bytes}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        return pattern.format(number)

    def _default(self, extension: str, content_type: str) -> None:
        types = self.tree(_INDEX)
        known = types.findall(f"{{{_TYPES}}}Default")
        if not any(entry.get("Extension", "").lower() == extension for entry in known):
            entry = etree.Element(f"{{{_TYPES}}}Default")
            entry.set("Extension", extension)
            entry.set("ContentType", content_type)
            types.insert(0, entry)
            self.changed(_INDEX)

    # -- relationships ---------------------------------------------------------------------

    def links(self, part: str) -> Iterator[Link]:
        """Yield the relationships of a part that lead to parts of this package."""
        if _rels_of(part) not in self._bytes:
            return
        for entry in list(self.tree(_rels_of(part))):
            target = entry.get("Target")
            if target and entry.get("TargetMode", "").lower() != "external":
                kind = entry.get("Type", "").rsplit("/", 1)[-1]
                yield Link(entry.get("Id", ""), kind, _absolute(part, target))

    def linked(self, part: str, kind: str) -> Link | None:
        """Return the first relationship of a kind whose part is there."""
        return next((ln for ln in self.links(part) if ln.kind == kind and ln.part in self), None)

    def link(self, part: str, kind: str, target: str) -> str:
        """Add a relationship and return its id."""
        rels = _rels_of(part)
        if rels not in self._bytes:
            self._bytes[rels] = b""
            self._trees[rels] = root_of("Relationships", _RELS)
        root = self.tree(rels)
        taken = {entry.get("Id") for entry in root}
        number = len(root) + 1
        while f"rId{number}" in taken:
            number += 1
        entry = etree.SubElement(root, f"{{{_RELS}}}Relationship")
        entry.set("Id", f"rId{number}")
        entry.set("Type", f"{LINKS}/{kind}")
        entry.set("Target", f"/{target}")
        self.changed(rels)
        return f"rId{number}"

    def unlink(self, part: str, link_id: str) -> None:
        """Remove a relationship; a file without any left is removed as well."""
        rels = _rels_of(part)
        root = self.tree(rels)
        for entry in list(root):
            if entry.get("Id") == link_id:
                root.remove(entry)
        self.changed(rels)
        if not len(root):
            for held in (self._bytes, self._trees):
                held.pop(rels, None)
            self._changed.discard(rels)

    # -- the whole -------------------------------------------------------------------------

    def pack(self) -> bytes:
        """Return the zip; unchanged members keep bytes, order and times."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in self._bytes.items():
                entry = self._members.get(name) or zipfile.ZipInfo(name, _MOMENT)
                fresh = zipfile.ZipInfo(name, entry.date_time)
                fresh.external_attr = entry.external_attr or 0o600 << 16
                fresh.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(fresh, self._written(name) if name in self._changed else content)
        return packed.getvalue()

    def _written(self, part: str) -> bytes:
        tree = self._trees[part].getroottree()
        if part.endswith(".vml"):  # no program writes a declaration there
            return etree.tostring(tree, encoding="UTF-8", xml_declaration=False)
        return etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=True)


def _rels_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def _absolute(part: str, target: str) -> str:
    """Part name of a target, which counts from the part's folder unless it begins with ``/``."""
    folder = posixpath.dirname(part)
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
