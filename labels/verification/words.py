"""Words of a case in both languages: acts, roles, levels, figures, for fields of a finding."""

from __future__ import annotations

from factors.texts import LANGS, text


class UnfitError(ValueError):
    """What an act or a file says cannot be; the reason is a text of the catalogue."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.key, self.params = key, params


def reason(error: Exception) -> dict[str, str]:
    """Return the field ``reason`` of a finding, in both languages where the catalogue has it."""
    if not isinstance(error, UnfitError):
        return dict.fromkeys(("reason", "reason_zh", "reason_en"), str(error))
    told = {lang: text(f"verification.unfit_{error.key}", lang, **error.params) for lang in LANGS}
    return {"reason": error.key, "reason_zh": told["zh"], "reason_en": told["en"]}


def words(field: str, group: str, name: str) -> dict[str, str]:
    """Return a field of a finding: as it stands, and in each language.

    Parameters
    ----------
    field
        Name of the field; ``FIELD_zh`` and ``FIELD_en`` hold the words.
    group, name
        ``GROUP_NAME`` is the key of the text.
    """
    return {field: name} | {
        f"{field}_{lang}": text(f"verification.{group}_{name}", lang) for lang in LANGS
    }


def each(field: str, group: str, names: tuple[str, ...]) -> dict[str, str]:
    """Return a field that lists several names."""
    return {field: ", ".join(names)} | {
        f"{field}_{lang}": ", ".join(text(f"verification.{group}_{one}", lang) for one in names)
        for lang in LANGS
    }
