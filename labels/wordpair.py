"""Texts in the language or languages of a document: Chinese first when both are printed."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from factors.texts import LANGS, Lang, text
from labels.view import DocumentLang

#: BCP 47 tags; an empty tag marks a text without language (a number, a date, an identifier).
TAGS: Mapping[str, str] = {"zh": "zh-CN", "en": "en", "": ""}

_SPACES = "\t\n\r\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{IDEOGRAPHIC SPACE}"
_LOOKALIKES = str.maketrans(
    {**dict.fromkeys(_SPACES, " "), "\N{NON-BREAKING HYPHEN}": "-", "\N{SOFT HYPHEN}": None}
)


def tidy(text: str) -> str:
    """Compose accents, make every white space a single plain one, map look-alike hyphens."""
    composed = unicodedata.normalize("NFC", text).translate(_LOOKALIKES)
    return " ".join(filter(None, composed.split(" ")))


@dataclass(frozen=True, slots=True)
class Pair:
    """A text in the first and, where two languages are printed, the second language.

    ``second`` is empty when the document has one language or both wordings are the same.
    """

    first: str
    second: str = ""
    first_lang: str = ""
    second_lang: str = ""

    def __bool__(self) -> bool:
        return bool(self.first)

    def joined(self, separator: str = " ") -> str:
        """Return both wordings on one line."""
        return separator.join(filter(None, (self.first, self.second)))

    def alone(self) -> Pair:
        """Return the first language only."""
        return Pair(self.first, first_lang=self.first_lang)


@dataclass(frozen=True, slots=True)
class Words:
    """Picks wordings for one document."""

    lang: DocumentLang

    @property
    def langs(self) -> tuple[Lang, ...]:
        """Languages of the document in the order they are printed."""
        return LANGS if self.lang == "both" else (self.lang,)

    def of(self, wordings: Mapping[str, str]) -> Pair:
        """Return the pair of a ``{"zh", "en"}`` mapping; a missing wording yields to the other."""
        spare = next(filter(None, wordings.values()), "")
        chosen = [(tidy(wordings.get(lang) or spare), TAGS[lang]) for lang in self.langs]
        first = chosen[0]
        second = chosen[1] if len(chosen) == 2 and chosen[1][0] != first[0] else ("", "")
        return Pair(first[0], second[0], first[1], second[1])

    def text(self, key: str, /, **params: Pair | str | int) -> Pair:
        """Return the pair of a catalogue text; pairs among the parameters give their language."""
        return self.of({lang: text(key, lang, **self._in(lang, params)) for lang in LANGS})

    def short(self, key: str, /, **params: str) -> Pair:
        """Return a text that does not repeat its figure when two languages share a line."""
        return self.text(f"{key}_both" if len(self.langs) == 2 else key, **params)

    def warning(self, key: str) -> Pair:
        """Return a catalogue text in both languages whatever the document's, its own first."""
        zh, en = (text(key, lang) for lang in LANGS)
        if self.lang == "en":
            return Pair(en, zh, TAGS["en"], TAGS["zh"])
        return Pair(zh, en, TAGS["zh"], TAGS["en"])

    def listed(self, name: Pair, more: Pair) -> Pair:
        """Join a name and what belongs to it, with each language's comma."""
        if not more:
            return name
        comma = "，" if self.lang != "en" else ", "
        second = ""
        if name.second or more.second:
            second = f"{name.second or name.first}, {more.second or more.first}"
        tags = [TAGS[lang] for lang in self.langs]
        return Pair(f"{name.first}{comma}{more.first}", second, tags[0], tags[1] if second else "")

    def plain(self, value: str) -> Pair:
        """Return a text that is the same in every language."""
        return Pair(tidy(value))

    def _in(self, lang: Lang, params: Mapping[str, Pair | str | int]) -> dict[str, object]:
        return {key: _wording(value, lang) for key, value in params.items()}


def _wording(value: Pair | str | int, lang: Lang) -> object:
    if not isinstance(value, Pair):
        return value
    return value.second if value.second and value.second_lang == TAGS[lang] else value.first
