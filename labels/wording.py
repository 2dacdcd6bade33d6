"""What must not be said: claims in the texts that reach a document or a page, zh and en.

Rules and the reviewed list of what is no claim are data under ``templates/wording``. A text is made
plain (compatibility forms, no invisible characters), what the list allows is taken out, and what a
rule then finds is a finding that names the rule.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

from factors.findings import Finding, Where, finding
from factors.texts import LANGS, Lang

Scope = Literal["all", "claims"]
Boundary = Literal["any", "partial"]
PARTIAL = "cradle-to-gate"
#: Stands where an allowed wording stood, so that its neighbours do not join.
_GAP = " \N{MIDDLE DOT} "
#: Parts of a body that no person typed and no page shows as a claim.
_SILENT = re.compile(
    r"^(schema|kind|lock|commitments|issuer\.(approvals|origin|verify_url)|approvers)"
)
#: Names of companies, sites and people: what they contain is no claim about the product.
_NAMES = re.compile(r"(maker|client|issuer)\.(name|id)|sites\[\d+\]\.|approvers\[|\.person$")
_NAMED_WHEN_LEFT_OUT = frozenset({"offset", "whole"})
#: What a study leaves out may be named: "offsets" there is no claim.
_LEFT_OUT = re.compile(r"^exclusions\[")
#: A word list named in a pattern.
_NAMED = re.compile(r"<([a-z]+)>")
_HAN = r"[\u3400-\u9fff]"
#: By which letters a text may say something in a language.
_LETTERS: Mapping[Lang, re.Pattern[str]] = {"zh": re.compile(_HAN), "en": re.compile("[A-Za-z]{2}")}
_HASH = re.compile("[0-9a-f]{32,}")
_BETWEEN_HAN = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name in both languages, where it applies, what it finds."""

    id: str
    name: Mapping[str, str]
    scope: Scope
    boundary: Boundary
    patterns: Mapping[Lang, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found in a text."""

    rule: Rule
    words: str


def judge(data: object, *, partial: bool, path: str = "") -> Iterator[Finding]:
    """Yield a finding for every claim in the texts of plain data.

    Parameters
    ----------
    data
        Mappings, sequences and texts.
    partial
        Whether the figure ends at the factory gate.
    path
        Key path of ``data``.
    """
    for place, text in _texts(data, path):
        if _SILENT.match(place) or _HASH.fullmatch(text):
            continue
        for hit in hits(text, names=bool(_NAMES.search(place)), partial=partial):
            if _LEFT_OUT.match(place) and hit.rule.id in _NAMED_WHEN_LEFT_OUT:
                continue
            yield finding(
                "WORDING-CLAIM",
                Where(path=place),
                words=hit.words,
                rule=hit.rule.id,
                rule_zh=hit.rule.name["zh"],
                rule_en=hit.rule.name["en"],
            )


def judge_body(body: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return the claims in a certificate body."""
    return tuple(judge(body, partial=body["boundary"] == PARTIAL))


@lru_cache(maxsize=1024)
def hits(text: str, *, names: bool = False, partial: bool = False) -> tuple[Hit, ...]:
    """Return what the rules find in one text, one hit of each rule.

    The letters tell in which languages a text is judged, not the field that it stands in: English
    stands in Chinese fields, too.

    Parameters
    ----------
    text
        The text.
    names
        Whether it names a company, a site or a person.
    partial
        Whether the figure it stands beside ends at the factory gate.
    """
    composed = _plain(text)
    langs = [lang for lang in LANGS if _LETTERS[lang].search(composed)]
    plain = _allowed_out(composed, langs)
    found = (
        (rule, match)
        for rule in rules()
        if (partial or rule.boundary == "any") and not (names and rule.scope == "claims")
        for lang in langs
        if (match := rule.patterns[lang].search(plain))
    )
    first: dict[str, Hit] = {}
    for rule, match in found:
        first.setdefault(rule.id, Hit(rule, match[0].strip()))
    return tuple(first.values())


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule."""
    data = dict(_data("rules.toml"))
    words = data.pop("words")
    return tuple(
        Rule(
            id=name,
            name=entry["name"],
            scope=entry["scope"],
            boundary=entry["boundary"],
            patterns={lang: _any_of(_spelt(entry[lang], words[lang])) for lang in LANGS},
        )
        for name, entry in data.items()
    )


def _spelt(patterns: Iterable[str], words: Mapping[str, str]) -> Iterator[str]:
    """Put the word lists into the patterns that name them, ``<carbon>``."""
    for pattern in patterns:
        yield _NAMED.sub(lambda found: f"(?:{words[found[1]]})", pattern)


@cache
def _allowed() -> Mapping[Lang, re.Pattern[str]]:
    listed: Sequence[Mapping[str, Any]] = _data("allowed.toml")["allowed"]
    return {lang: _any_of(one for entry in listed for one in entry[lang]) for lang in LANGS}


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE)


def _data(name: str) -> Mapping[str, Any]:
    text = (files("templates") / "wording" / name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _plain(text: str) -> str:
    """Return compatibility forms without invisible characters or spaces between hanzi."""
    composed = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in composed if unicodedata.category(c) not in ("Cf", "Mn", "Cc"))
    return _BETWEEN_HAN.sub("", " ".join(seen.split()))


def _allowed_out(text: str, langs: Sequence[Lang]) -> str:
    for lang in langs:
        text = _allowed()[lang].sub(_GAP, text)
    return text


def _texts(data: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _texts(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, Sequence):
        for index, value in enumerate(data):
            yield from _texts(value, f"{path}[{index}]")
