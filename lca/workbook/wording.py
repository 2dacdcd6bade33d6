"""What the workbook says to a person, in one language: titles, headings, help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from factors.numbers import decimal_text
from factors.texts import Lang, filled
from lca.model_parts import ProductModel, When
from lca.workbook.example import Place, Value
from lca.workbook.layout import MONTHS, Accounts, Field, Form, Need, block_title, words
from lca.workbook.lists import Choice, Lists
from lca.workbook.plan import Placed, PlacedSheet


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one workbook; an example's codes and months become headings."""

    model: ProductModel
    lists: Lists
    lang: Lang
    values: Mapping[Place, Value]

    def word(self, key: str, /, **params: object) -> str:
        """Return a word of the workbook."""
        return filled(words("word", key)[self.lang], params)

    def need(self, need: Need) -> str:
        """Return mark and word of a need."""
        return words("need", need)[self.lang]

    def sheet(self, placed: PlacedSheet) -> str:
        """Return the title of a sheet."""
        return words("sheet", placed.sheet.id)[self.lang]

    def legend(self) -> str:
        """Explain the marks."""
        return "   ".join([self.word("legend"), *(self.need(need) for need in Need)])

    def block(self, placed: Placed) -> str:
        """Return the title of a block."""
        return block_title(self.model, placed.block.id)[self.lang]

    def purpose(self, placed: PlacedSheet) -> str:
        """Say what goes on a sheet."""
        return ("；" if self.lang == "zh" else "; ").join(self.block(one) for one in placed.blocks)

    def heading(self, placed: Placed, name: str) -> str:
        """Return the heading of a column."""
        base, _, number = name.partition(":")
        if isinstance(placed.block, Form):
            fixed = {"label": "question", "value": "answer"}.get(name, name)
            return self._slot(base, number) if number else self.word(fixed)
        if name in ("name", "need", "record") and isinstance(placed.block, Accounts):
            return self.word("account" if name == "name" else name)
        field = next(field for field in placed.block.columns if field.id == name)
        label = self._slot(base, number) if number else self.label(field)
        return f"{self.need(field.need).split(' ')[0]} {label}"

    def label(self, field: Field) -> str:
        """Return what a field is called; a month by its date where the example gives one."""
        start = self.values.get(("period", "from", "value"))
        if field.id not in MONTHS or not isinstance(start, date):
            return field.label[self.lang]
        index = start.month - 1 + MONTHS.index(field.id)
        return f"{start.year + index // 12}-{index % 12 + 1:02d}"

    def _slot(self, base: str, number: str) -> str:
        """Heading of a family's or centre's column: its code where the example gives one."""
        forms = {"family": "family", "centre": "centres", "record": "records", "scenario": "life"}
        form = forms[base]
        code = self.values.get((form, base, f"{base}:{number}"))
        return str(code) if code else f"{words('field', base)[self.lang]} {number}"

    def help(self, field: Field) -> str:
        """Return help of a field with its default, range and condition."""
        told = [field.help.get(self.lang, "")]
        if field.default:
            told.append(self.word("default", value=self.choice(field.choices, field.default)))
        told.append(self._range(field))
        if field.when:
            told.append(self.word("only", condition=self._condition(field.when)))
        parts = [part.rstrip("。. ") for part in told if part]
        return ("；" if self.lang == "zh" else "; ").join(parts)

    def _range(self, field: Field) -> str:
        limits = {"least": field.least, "most": field.most}
        unit = "" if field.unit == "1" else f" {field.unit}"
        shown = {name: decimal_text(v) + unit for name, v in limits.items() if v is not None}
        if not shown:
            return ""
        return self.word("range" if len(shown) == 2 else next(iter(shown)), **shown)

    def _condition(self, when: When) -> str:
        return ", ".join(
            f"{self.model.enum(name).name[self.lang]} = "
            + " / ".join(self.choice(f"enum:{name}", value) for value in allowed)
            for name, allowed in when.items()
        )

    def choice(self, choices: str, value: str) -> str:
        """Return the name of a choice."""
        found: tuple[Choice, ...] = self.lists.get(choices, ())
        return next((choice.shown(self.lang) for choice in found if choice.id == value), value)
