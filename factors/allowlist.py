"""The allow-list of unit spellings: which text names which unit, and which text is refused.

The list is data (``data/units.toml``). Here it is read, multiplied out and indexed; what a unit
*means* is worked out in :mod:`factors.units`. The rules of spelling:

* Compatibility forms are folded (``㎏``, full width, superscript 3, subscript 2) and blanks are
  dropped, so ``kg CO₂e`` and ``ｋｇＣＯ２ｅ`` are one key.
* Letter case is folded only where one unit remains and nobody could mean another: ``KWH`` is
  kWh, but ``M`` is neither metre nor month, ``ML`` is not mL and ``mJ`` is not MJ.
* Some spellings are refused on purpose, with a choice: ``ton``, ``kt``, ``gal``, ``kgce`` ...
* Some are refused only where they stand: ``m3`` of a gas, ``kWh`` of heat, ``t`` of what may be
  weighed wet or dry. A person who is asked picks a spelling that says it: ``Nm3``, ``kWh(th)``.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("*\N{MULTIPLICATION SIGN}\N{DOT OPERATOR}\N{BULLET OPERATOR}", "·"),
        **dict.fromkeys("\N{BULLET}\N{KATAKANA MIDDLE DOT}\N{HYPHENATION POINT}", "·"),
        **dict.fromkeys("\N{DIVISION SLASH}\N{DIVISION SIGN}", "/"),
        **dict.fromkeys("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{MINUS SIGN}", "-"),
    }
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit of the list.

    Attributes
    ----------
    name
        Identifier under which the definition is made.
    symbol
        The spelling we write.
    definition
        The unit in terms of others, or ``[dimension]``; empty where ``means`` is set.
    means
        The product of other units this entry is short for.
    counting
        Whether it counts things.
    spellings
        Every accepted spelling, the symbol first.
    stems, qualifiers
        The parts of those spellings that are a stem followed by a qualifier (``kg`` + ``CO2e``).
    word
        The number word in front (``万``) of a multiple; empty for the unit itself.
    asks
        Choices that remain in a context (``gas``, ``heat``, ``moist``) where the spelling alone
        says too little.
    """

    name: str
    symbol: str
    definition: str
    means: str
    counting: bool
    spellings: tuple[str, ...]
    stems: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    word: str = ""
    asks: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def choices(self, contexts: frozenset[str]) -> tuple[str, ...]:
        """Return what must be chosen from in these contexts; nothing where it is clear."""
        return next((choices for context, choices in self.asks if context in contexts), ())


@dataclass(frozen=True, slots=True)
class AllowList:
    """The indexed list.

    Attributes
    ----------
    entries
        All units, in the order of factors in a composed symbol.
    exact, folded
        Entries by normalised spelling and by its case-folded form.
    refused
        Choices offered for each normalised spelling that is refused.
    """

    entries: tuple[Entry, ...]
    exact: Mapping[str, Entry]
    folded: Mapping[str, tuple[Entry, ...]]
    refused: Mapping[str, tuple[str, ...]]

    def find(self, key: str) -> Entry | tuple[str, ...]:
        """Return the unit a normalised spelling names, or the choices it leaves (maybe none)."""
        if key in self.exact:
            return self.exact[key]
        low = key.casefold()
        if key in self.refused:
            return self.refused[key]
        if len(key) < 2:
            return ()
        if low in self.refused:
            return self.refused[low]
        found = self.folded.get(low, ())
        if len(found) == 1 and self._case_is_harmless(key, found[0]):
            return found[0]
        return tuple(entry.symbol for entry in found)

    def _case_is_harmless(self, key: str, entry: Entry) -> bool:
        """Whether folding the case cannot turn milli into mega or back.

        A leading ``M`` is never read as milli, that is before another unit (``Ml``, ``Mbar``, ``Mg
        COD``), but ``Month`` is a word; a leading ``m`` is read as mega only where the whole text
        is lower case (``mwh``), which is carelessness and not a prefix.
        """
        same = (normal(spelling) for spelling in entry.spellings)
        accepted = {spelling[0] for spelling in same if spelling.casefold() == key.casefold()}
        if key[0] == "M":
            return "M" in accepted or key[1:].casefold() not in self.folded
        return key[0] != "m" or "m" in accepted or key == key.lower()

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every accepted spelling of every unit."""
        return tuple(spelling for entry in self.entries for spelling in entry.spellings)


def normal(text: str) -> str:
    """Return the key of a spelling: compatibility forms folded, one sign each, no blanks."""
    folded = unicodedata.normalize("NFKC", text).replace("**", "^")
    return "".join(folded.translate(_SIGNS).split())


@cache
def allow_list() -> AllowList:
    """Return the list that ships with the toolkit.

    Raises
    ------
    ValueError
        When two units claim one spelling, or an accepted spelling is also refused: both are
        faults of the data file.
    """
    source = files("factors") / "data" / "units.toml"
    return read(tomllib.loads(source.read_text(encoding="utf-8")))


def read(document: Mapping[str, Any]) -> AllowList:
    """Index an allow-list document (see ``data/units.toml`` for its keys)."""
    entries = tuple(_entries(document))
    exact: dict[str, Entry] = {}
    folded: dict[str, list[Entry]] = {}
    for entry in entries:
        for key in dict.fromkeys(normal(spelling) for spelling in entry.spellings):
            if exact.setdefault(key, entry) is not entry:
                raise ValueError(f"{key!r} names both {exact[key].name} and {entry.name}")
            if entry not in folded.setdefault(key.casefold(), []):
                folded[key.casefold()].append(entry)
    refused = _refused(document)
    for key in [key for key in refused if len(key) > 1 and key.casefold() not in exact]:
        refused.setdefault(key.casefold(), refused[key])
    if both := exact.keys() & refused.keys():
        raise ValueError(f"spellings both accepted and refused: {sorted(both)}")
    index = {key: tuple(found) for key, found in folded.items()}
    return AllowList(
        entries, MappingProxyType(exact), MappingProxyType(index), MappingProxyType(refused)
    )


def _entries(document: Mapping[str, Any]) -> Iterator[Entry]:
    """Yield each unit of the document, followed by its multiples."""
    for name, row in document["unit"].items():
        means = str(row.get("means", ""))
        stems, qualifiers = _qualified(document, row)
        entry = Entry(
            name=name,
            symbol=str(row.get("symbol", means)),
            definition=str(row.get("is", "")),
            means=means,
            counting=bool(row.get("counting", False)),
            spellings=(
                *([str(row["symbol"])] if "symbol" in row else []),
                *row.get("spellings", ()),
                *(stem + qualifier for stem in stems for qualifier in qualifiers),
            ),
            stems=stems,
            qualifiers=qualifiers,
            asks=tuple((context, tuple(names)) for context, names in row.get("asks", {}).items()),
        )
        yield entry
        for word in row.get("multiples", ()):
            yield _multiple(entry, word, document["multiple"][word])


def _qualified(
    document: Mapping[str, Any], row: Mapping[str, Any]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return stems, its own and those of the unit it is like, and the qualifiers behind them."""
    stems = list(row.get("stems", ()))
    if "like" in row:
        parent = document["unit"][row["like"]]
        stems += [parent["symbol"], *parent["spellings"]]
    names = document["qualifier"][row["qualifier"]] if "qualifier" in row else ()
    return tuple(stems), tuple(names)


def _multiple(entry: Entry, word: str, row: Mapping[str, Any]) -> Entry:
    """Return the unit counted in thousands, ten thousands ... (``万kWh``)."""
    return Entry(
        name=f"{entry.name}_x{row['factor']}",
        symbol=word + entry.symbol,
        definition="" if entry.means else f"{row['factor']} * {entry.name}",
        means=word + entry.means if entry.means else "",
        counting=entry.counting,
        spellings=tuple(name + spelling for spelling in entry.spellings for name in row["names"]),
        word=word,
        asks=tuple((where, tuple(word + name for name in names)) for where, names in entry.asks),
    )


def _refused(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the refused spellings and the choices each leaves."""
    refused: dict[str, tuple[str, ...]] = {}
    for spelling, choices in document["ambiguous"].items():
        refused[normal(spelling)] = tuple(choices)
    for row in document["ambiguous_like"]:
        parent = document["unit"][row["like"]]
        for stem in (parent["symbol"], *parent["spellings"]):
            refused.update({normal(stem + name): tuple(row["choices"]) for name in row["names"]})
    return refused
