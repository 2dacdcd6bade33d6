"""Find factors by what people call things: ids, Chinese and English names, synonyms.

The search ranks and explains; it never decides. Every candidate says how it was found, and the
order among equals prefers rows that may carry a line, then the place asked for, then numbers that
are complete by themselves, then newer data. Where nothing holds all of what was asked for, names
that differ by a typing error are found as well.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Hamming

from factors.factor import Boundary, EmissionFactor, Use
from factors.store import FactorSet
from factors.texts import Lang, text

MAX_QUERY = 100
"""Longest search text read, in characters."""

ALL_WORDS = 60
"""Score of a hit in which every word occurs; below it typing errors are looked for."""

INSIDE_WORD = 65
"""Score of a Latin term inside a word of a name; a Chinese name has no blanks to begin a word."""

ALIKE, ALIKE_CHINESE = 80, 66
"""Least likeness of a name, of 100; one wrong character of three is allowed in Chinese."""

_SHORTEST, _SHORTEST_CHINESE = 4, 3
_WORDS = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One factor that answers a search.

    Attributes
    ----------
    score
        100 = the id itself, 0 = nothing in common; ranks, measures nothing.
    reason
        Key of the sentence that says how it was found.
    matched
        What matched, in the words of the library.
    """

    factor: EmissionFactor
    score: int
    reason: str
    matched: str

    def explain(self, lang: Lang) -> str:
        """Return why this factor is in the list."""
        return text(f"factor-match.{self.reason}", lang, matched=self.matched)


def search(
    factor_set: FactorSet, query: str, *, place: str = "CN", limit: int = 20
) -> tuple[Candidate, ...]:
    """Return ranked candidates for a search text.

    Parameters
    ----------
    query
        Id, part of a name in Chinese or English, or a synonym; at most 100 characters are read.
    place
        Place preferred among equal candidates.
    limit
        Most candidates returned.
    """
    wanted = normalise(query[:MAX_QUERY])
    if not wanted:
        return ()
    hits = matches(factor_set, wanted)
    return tuple(sorted(hits, key=lambda hit: _order(hit, place))[:limit])


def matches(factor_set: FactorSet, wanted: str) -> list[Candidate]:
    """Return the best hit of every factor that answers a normalised text, in no order."""
    asked = _Asked(wanted, synonyms(wanted), tuple(_pieces(wanted)))
    hits = [hit for factor in factor_set for hit in _best(factor, asked)]
    if any(hit.score >= ALL_WORDS for hit in hits):
        return hits
    best = {hit.factor.id: hit for hit in hits}
    for hit in _mistyped(factor_set, wanted):
        if hit.factor.id not in best or best[hit.factor.id].score < hit.score:
            best[hit.factor.id] = hit
    return list(best.values())


def normalise(name: str) -> str:
    """Return a name as it is compared: compatibility forms, lower case, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def synonyms(term: str) -> tuple[str, ...]:
    """Return the other names of what a normalised term means, in both languages."""
    return tuple(name for group in _groups() if term in group for name in group if name != term)


@cache
def _groups() -> tuple[tuple[str, ...], ...]:
    """Return the groups of names that mean the same, from ``data/synonyms.toml``."""
    source = files("factors") / "data" / "synonyms.toml"
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    return tuple(tuple(normalise(name) for name in group) for group in table["groups"])


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search text as it is compared: the term, its other names, its words."""

    term: str
    others: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Named:
    """The names of a factor as they are compared: pairs of shown and plain, and all words."""

    names: tuple[tuple[str, str], ...]
    pool: str


@lru_cache(maxsize=1 << 15)
def _named(factor_id: str, category: str, zh: str, en: str) -> _Named:
    pool = normalise(f"{factor_id} {category} {zh} {en}")
    return _Named(((zh, normalise(zh)), (en, normalise(en))), pool)


def _best(factor: EmissionFactor, asked: _Asked) -> Iterator[Candidate]:
    """Yield the best hit of one factor, if there is any."""
    hits = [hit for hit in _hits(factor, asked) if hit.score > 0]
    if hits:
        yield max(hits, key=lambda hit: hit.score)


def _hits(factor: EmissionFactor, asked: _Asked) -> Iterator[Candidate]:
    """Yield every way in which a factor answers: the term itself, its synonyms, its words."""
    wanted = asked.term
    named = _named(factor.id, factor.category, factor.activity_zh, factor.activity_en)
    if wanted in (factor.id, factor.reference):
        yield Candidate(factor, 100, "id", factor.id)
    elif wanted in factor.id:
        score = 80 if _at_word(wanted, factor.id) else INSIDE_WORD
        yield Candidate(factor, score, "id-part", factor.id)
    for name, plain in named.names:
        if plain == wanted:
            yield Candidate(factor, 95, "name", name)
        elif plain.startswith(wanted):
            yield Candidate(factor, 90, "name-start", name)
        elif wanted in plain:
            whole = not wanted.isascii() or _at_word(wanted, plain)
            yield Candidate(factor, 85 if whole else INSIDE_WORD, "name-part", name)
        for other in asked.others:
            if _at_word(other, plain):
                start = plain.startswith(other)
                yield Candidate(factor, 75 if start else 70, "synonym", other)
    yield from _by_words(factor, named.pool, asked.words)


def _at_word(term: str, name: str) -> bool:
    """Whether a term begins a word of a name: wheat is no heat, one Chinese character no word."""
    if not term.isascii():
        return len(term) > 1 and term in name
    at = name.find(term)
    while at > 0 and name[at - 1].isalnum() and name[at - 1].isascii():
        at = name.find(term, at + 1)
    return at >= 0


def _by_words(factor: EmissionFactor, pool: str, words: tuple[str, ...]) -> Iterator[Candidate]:
    """Yield the hit by single words; at least half of them must occur."""
    seen = [word for word in words if word in pool]
    if seen and 2 * len(seen) >= len(words):
        yield Candidate(factor, ALL_WORDS * len(seen) // len(words), "words", " ".join(seen))


def _mistyped(factor_set: Iterable[EmissionFactor], wanted: str) -> Iterator[Candidate]:
    """Yield the hits by names, or synonyms, that differ by a typing error."""
    least = ALIKE if wanted.isascii() else ALIKE_CHINESE
    if len(wanted) < (_SHORTEST if wanted.isascii() else _SHORTEST_CHINESE):
        return
    group = _meant(wanted, least)
    for factor in factor_set:
        named = _named(factor.id, factor.category, factor.activity_zh, factor.activity_en)
        for shown, plain in named.names:
            alike = likeness(wanted, plain)
            if alike >= least:
                yield Candidate(factor, int(alike * (ALL_WORDS - 1) / 100), "typing", shown)
            elif any(other in plain for other in group):
                yield Candidate(factor, ALL_WORDS // 2, "typing", group[0])


def _meant(wanted: str, least: float) -> tuple[str, ...]:
    """Return the synonyms of the one that a mistyped text comes closest to."""
    near = len(wanted) - 1 if wanted.isascii() else len(wanted)
    known = [name for group in _groups() for name in group if len(name) >= near]
    found = process.extractOne(wanted, known, scorer=fuzz.ratio, score_cutoff=least)
    return (found[0], *synonyms(found[0])) if found else ()


def likeness(wanted: str, name: str) -> float:
    """Return how alike a text and the nearest part of a name are, from 0 to 100.

    A slip in Chinese is one character for another, so places are compared; elsewhere letters are
    also left out, doubled or swapped.
    """
    size = len(wanted)
    if wanted.isascii():
        return fuzz.partial_ratio(wanted, name) if len(name) >= size - 1 else 0.0
    if not set(wanted) & set(name):
        return 0.0
    windows = (name[start : start + size] for start in range(len(name) - size + 1))
    return max((100 * Hamming.normalized_similarity(wanted, part) for part in windows), default=0)


def _pieces(wanted: str) -> Iterator[str]:
    """Yield words; Chinese runs are cut into pairs of characters, because they have no blanks."""
    for word in _WORDS.findall(wanted):
        if word.isascii() or len(word) <= 2:
            yield word
        else:
            yield from (word[i : i + 2] for i in range(len(word) - 1))


def _order(hit: Candidate, place: str) -> tuple[int, bool, bool, bool, int, str]:
    """Order: score, usable in a line, place asked for, complete by itself, newer data, id."""
    factor = hit.factor
    year = factor.valid_from.year if factor.valid_from else 0
    elsewhere = not factor.place.startswith(place)
    partial = factor.boundary not in (Boundary.LIFE_CYCLE, Boundary.CRADLE_TO_GATE)
    return (-hit.score, factor.use is not Use.INPUT, elsewhere, partial, -year, factor.id)
