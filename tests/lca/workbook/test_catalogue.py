"""Every finding of this room is documented in both languages and triggered by a test."""

from __future__ import annotations

import re
from pathlib import Path

import lca.workbook
from factors.texts import LANGS, catalogue
from tests.lca.workbook.bad_cells import CELLS
from tests.lca.workbook.hostile import FILES, UNREADABLE
from tests.lca.workbook.test_further import WRONG
from tests.lca.workbook.test_structure import BROKEN

OURS = re.compile(r"(FILE|WORKBOOK|CELL)-[A-Z0-9-]+")


def ours() -> set[str]:
    return {code for code in catalogue("findings") if OURS.fullmatch(code)}


HIDDEN = {"WORKBOOK-HIDDEN", "WORKBOOK-HIDDEN-COLUMNS", "WORKBOOK-HIDDEN-SHEET"}


def triggered() -> set[str]:
    """Codes that the tables of the other tests expect, and that those tests therefore see."""
    by_cells = {code for _, _, expected in CELLS for code in expected.values()}
    by_structure = {code for _, _, expected in BROKEN for code, _ in expected}
    by_cells |= {code for _, _, _, code in WRONG}
    by_files = {code for _, code in (*FILES.values(), *UNREADABLE.values())}
    by_hand = {"FILE-TOO-HARD"}  # test_hostile.py: children that are too slow, or killed
    by_hand |= {"CELL-UNIT-ASSUMED", "CELL-HEAT-BASIS"}  # seeded_errors/triggered.toml
    by_hand |= {"CELL-HEAT-NET"}  # test_answering_back.py
    by_hand |= {"WORKBOOK-LABELS-ONLY", "WORKBOOK-MERGED", *HIDDEN}  # test_damaged.py
    return {code for code in by_cells | by_structure | by_files | by_hand if OURS.fullmatch(code)}


def test_every_code_is_triggered():
    assert ours() == triggered()


def test_every_code_in_the_source_is_in_the_catalogue():
    folder = Path(lca.workbook.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    named = {match[0] for match in re.finditer(rf'(?<="){OURS.pattern}(?=")', source)}
    assert named == ours()


def test_every_text_is_there_in_both_languages():
    for code in ours():
        for lang in LANGS:
            parts = catalogue("findings")[code][lang]
            assert {"saw", "expected", "todo"} == set(parts)
            assert all(parts.values())


def test_both_languages_name_the_same_fields():
    for code in ours():
        fields = [
            {re.sub("_(zh|en)$", "", name) for part in catalogue("findings")[code][lang].values()
             for name in re.findall(r"{(\w+)}", part)}
            for lang in LANGS
        ]  # fmt: skip
        assert fields[0] == fields[1], code


def test_every_field_of_the_layout_has_words():
    for table, entries in catalogue().items():
        if table.startswith("workbook_"):
            for key, words in entries.items():
                assert all(words[lang].strip() for lang in LANGS), (table, key)
