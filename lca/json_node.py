"""A typed look into parsed JSON: each field asked for by name and kind, every fault collected.

What is missing, of the wrong kind or never asked for becomes a finding at its key path, and a
harmless value stands in, so that one pass over a file finds everything that is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from factors.findings import Finding, Where, finding
from factors.numbers import parse_decimal
from factors.texts import LANGS
from lca.strict_json import Refused

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/+#-]{0,159}", re.ASCII)
MAX_TEXT = 4000
MAX_LOG = 1000


@dataclass(slots=True)
class Node:
    """One JSON object, its key path, and the list that findings go to."""

    data: Mapping[str, Any]
    log: list[Finding]
    file: str = ""
    path: str = ""
    asked: set[str] = field(default_factory=set)

    def at(self, key: str = "") -> Where:
        """Return the place of a field, or of the object itself."""
        path = f"{self.path}.{key}" if self.path and key else self.path or key
        return Where(file=self.file, path=path)

    def report(self, code: str, key: str = "", /, **params: object) -> None:
        """Add a finding at a field; a file made of faults only fills the list once."""
        if len(self.log) < MAX_LOG:
            self.log.append(finding(code, self.at(key), **params))

    def get(self, key: str, kind: type | tuple[type, ...], expected: str) -> Any:
        """Return a field of one JSON kind; None when it is absent, null or of another kind."""
        self.asked.add(key)
        value = self.data.get(key)
        if value is None or isinstance(value, Refused):
            return None
        if not isinstance(value, kind):
            self.report("SYSTEM-KIND", key, saw=_shown(value), expected=expected)
            return None
        return value

    def require(self, *keys: str) -> None:
        """Report the mandatory keys that are not there or empty texts."""
        for key in keys:
            if self.data.get(key) is None or self.data[key] == "":
                self.report("SYSTEM-KEY-MISSING", key, key=key)

    def text(self, key: str, default: str = "") -> str:
        """Return a string, the default when absent."""
        value = self.get(key, str, "string")
        if value is None:
            return default
        if len(value) > MAX_TEXT:
            self.report("SYSTEM-LONG", key, length=len(value), limit=MAX_TEXT)
        return str(value[:MAX_TEXT])

    def id(self, key: str) -> str:
        """Return an identifier, empty when absent or malformed."""
        value = self.text(key)
        if value and not ID.fullmatch(value):
            self.report("SYSTEM-ID", key, saw=value)
            return ""
        return value

    def choice(self, key: str, options: Sequence[str], default: str) -> str:
        """Return one of the options."""
        value = self.text(key, default)
        if value not in options and value != default:
            self.report("SYSTEM-CHOICE", key, saw=value, options=", ".join(options))
            return default
        return value

    def flag(self, key: str) -> bool:
        """Return true or false, false when absent."""
        return bool(self.get(key, bool, "true | false"))

    def number(self, key: str, default: Fraction = Fraction(0)) -> Fraction:
        """Return a decimal string as an exact number."""
        return self.decimal(key, self.get(key, str, 'decimal string, "0.83"'), default)

    def decimal(self, key: str, value: str | None, default: Fraction = Fraction(0)) -> Fraction:
        """Return the exact number that a string spells."""
        if value is None:
            return default
        try:
            return parse_decimal(value)
        except ValueError:
            self.report("SYSTEM-NUMBER", key, saw=value)
            return default

    def numbers(self, key: str) -> dict[str, Fraction]:
        """Return an object of decimal strings."""
        inner = self.node(key)
        return {name: inner.number(name) for name in inner.data}

    def strings(self, key: str) -> tuple[str, ...]:
        """Return a list of strings."""
        values = self.get(key, (list, tuple), "array") or ()
        if not all(isinstance(value, str) for value in values):
            self.report("SYSTEM-KIND", key, saw=_shown(values), expected='["..."]')
        return tuple(value for value in values if isinstance(value, str))

    def node(self, key: str) -> Node:
        """Return an object, an empty one when absent."""
        data = self.get(key, Mapping, "object")
        return Node(data or {}, self.log, self.file, self.at(key).path)

    def nodes(self, key: str) -> Iterator[Node]:
        """Yield the objects of an array."""
        for index, item in enumerate(self.items(key)):
            if node := self.element(key, index, item):
                yield node

    def items(self, key: str) -> Sequence[Any]:
        """Return an array as it stands; an empty one when absent."""
        return self.get(key, (list, tuple), "array") or ()

    def element(self, key: str, index: int, item: Any) -> Node | None:
        """Return an item of an array as an object; None, with a finding, when it is none."""
        place = f"{self.path}.{key}[{index}]" if self.path else f"{key}[{index}]"
        if isinstance(item, Mapping):
            return Node(item, self.log, self.file, place)
        if not isinstance(item, Refused):
            node = Node({}, self.log, self.file, place)
            node.report("SYSTEM-KIND", saw=_shown(item), expected="object")
        return None

    def bilingual(self, key: str) -> dict[str, str]:
        """Return a text in both languages; empty when absent."""
        inner = self.node(key)
        if not inner.data:
            return {}
        inner.require(*(lang for lang in LANGS if inner.data.get(lang) != ""))
        texts: dict[str, str] = {lang: inner.text(lang) for lang in LANGS}
        inner.done()
        return texts

    def carried(self, key: str) -> dict[str, Any]:
        """Return an object that is carried along unread."""
        return dict(self.get(key, Mapping, "object") or {})

    def done(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self.data:
            if key not in self.asked:
                self.report("SYSTEM-KEY-UNKNOWN", str(key), key=key)


def _shown(value: Any) -> str:
    """Return the JSON kind of a value."""
    kinds = ((bool, "true | false"), (str, "string"), (int, "number"), (Mapping, "object"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "array")
