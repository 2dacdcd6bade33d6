"""States, events and reasons in the words of a registrar, for findings in two languages."""

from __future__ import annotations

from collections.abc import Sequence

from factors.texts import LANGS, text
from labels.registry.state import Event, State


def told(**named: Sequence[State | Event]) -> dict[str, str]:
    """Return fields ``NAME_zh`` and ``NAME_en`` with the words of states or events; none is a dash.

    Parameters
    ----------
    named
        By the name of the field, what :class:`~labels.registry.state.State` or
        :class:`~labels.registry.state.Event` it speaks of; one word, or several.
    """
    fields = {}
    for name, values in named.items():
        for lang in LANGS:
            words = [text(f"{_table(value)}.{value}", lang) for value in values]
            fields[f"{name}_{lang}"] = _comma(lang).join(words) or "-"
    return fields


def reasons(known: Sequence[str]) -> dict[str, str]:
    """Return the fields ``known_zh`` and ``known_en``: codes, in Chinese with their meaning."""
    meant = [f"{code}（{text(f'reason.{code}', 'zh')}）" for code in known]
    return {"known_zh": "、".join(meant), "known_en": ", ".join(known)}


def _table(value: State | Event) -> str:
    return "state" if isinstance(value, State) else "event"


def _comma(lang: str) -> str:
    return "、" if lang == "zh" else ", "
