"""An example maker's answers (``carbonlabel-example/1``) -> values by place in the layout.

The format mirrors :mod:`lca.submission`. It is written by us, so a fault in it is a ``ValueError``
for its author and not a finding for a user.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from factors.numbers import parse_decimal
from factors.texts import Lang
from lca.model_parts import ProductModel
from lca.workbook.further_blocks import ANSWER, FURTHER
from lca.workbook.layout import MONTHS, Form, Kind, Layout
from lca.workbook.lists import Lists

Place = tuple[str, str, str]
"""Block, row and column id."""

Value = str | Fraction | date
Example = Mapping[str, Any]

FORMAT = "carbonlabel-example/1"
ROWS = {
    "supplier": "suppliers", "instrument": "instruments", "evidence": "evidence",
    "outsourced": "outsourced", "customer": "customer", "gas": "gas", "wastewater": "wastewater",
    "waste": "wastes", "byproduct": "byproducts", "leg": "legs", "record": "records",
    "yield": "yields", "member": "members", "scenario": "life", "abnormal": "abnormal",
}  # fmt: skip
"""Block by the name of a table of the example."""

_TOP = frozenset(
    {"format", "model", "cover", "period", "site", "answers", "family", "account", "centre", "key",
     *ROWS}
)  # fmt: skip


def family_count(example: Example) -> int:
    """Return how many columns the example's families need."""
    return max(len(example.get("family", ())), 1)


def centre_count(example: Example) -> int:
    """Return how many columns the example's centres need."""
    return max(len(example.get("centre", ())), 1)


def sheets_of(example: Example) -> tuple[str, ...]:
    """Return the optional sheets that the example fills."""
    blocks = {ROWS[name] for name in ROWS if example.get(name)}
    found = [sheet for sheet, parts in FURTHER.items() if blocks.intersection(parts)]
    found += [name for name in ("suppliers", "instruments") if name in blocks]
    return (*found, *(["keys"] if example.get("key") or example.get("centre") else []))


def values(example: Example, layout: Layout, lists: Lists, lang: Lang) -> Mapping[Place, Value]:
    """Return what to write where.

    Raises
    ------
    ValueError
        When the example names something that neither the format nor the model knows.
    """
    if example.get("format") != FORMAT or example.get("model") != layout.model.id:
        raise ValueError(f"not an example of model {layout.model.id!r} in format {FORMAT!r}")
    if unknown := set(example) - _TOP:
        raise ValueError(f"unknown keys in the example: {sorted(unknown)}")
    writer = _Placer(layout, lists, lang)
    writer.place(example)
    return writer.placed


class _Placer:
    """Collects values; every place must exist in the layout."""

    def __init__(self, layout: Layout, lists: Lists, lang: Lang) -> None:
        self.placed: dict[Place, Value] = {}
        self._layout, self._lists, self._lang = layout, lists, lang
        self._model: ProductModel = layout.model

    def place(self, example: Example) -> None:
        """Go through the whole example."""
        for name, value in example.get("cover", {}).items():
            self._put("cover", name, "value", value)
        for name, value in example.get("period", {}).items():
            self._put("period", name, "value", value)
        for name, value in example.get("answers", {}).items():
            self._question("answers", name, "value", value)
        self._rows("sites", example.get("site", ()), "address", "name")
        self._families(example.get("family", ()))
        self._accounts(example)
        self._keys(example)
        for number, record in enumerate(example.get("record", ()), start=1):
            for name, value in record.items():
                self._put("records", name, f"record:{number}", value)
        self._scenarios(example.get("scenario", ()))
        for table, block in ROWS.items():
            if block in ("records", "life"):
                continue
            self._rows(block, example.get(table, ()), *(("name",) if table == "member" else ()))

    def _put(self, block: str, row: str, column: str, value: object) -> None:
        if value in ("", None, []):
            return
        if not any(known.id == block for known in self._layout.blocks()):
            raise ValueError(f"the workbook of this model has no block {block!r}")
        self.placed[block, row, column] = self._cell(block, row, column, value)

    def _cell(self, block: str, row: str, column: str, value: object) -> Value:
        kind, choices = _field_of(self._layout, block, row, column)
        if isinstance(value, list):
            return ", ".join(value)
        if kind is Kind.NUMBER:
            return parse_decimal(str(value))
        if kind is Kind.DATE and len(str(value)) == 10:
            return date.fromisoformat(str(value))
        if kind is Kind.CHOICE:
            return self._choice(choices, str(value))
        if kind is Kind.FACTOR:
            named = (one for one in self._lists.get(choices, ()) if one.id == value)
            return next((one.shown(self._lang) for one in named), str(value))
        return str(value)

    def _choice(self, name: str, value: str) -> str:
        for choice in self._lists[name]:
            if choice.id == value:
                return choice.shown(self._lang)
        raise ValueError(f"{value!r} is not a choice of {name}")

    def _question(self, block: str, name: str, column: str, value: object) -> None:
        """Place the answer to a question of the model; a number may bring its unit."""
        number, _, unit = str(value).partition(" ")
        self._put(block, name, column, number)
        if unit:
            place = (block, name, "unit")
            if self.placed.setdefault(place, unit) != unit:
                raise ValueError(f"{name}: one unit for all families")

    def _rows(self, block: str, rows: Sequence[Mapping[str, Any]], *bilingual: str) -> None:
        for number, entry in enumerate(rows, start=1):
            for name, value in _flat(entry, bilingual):
                if name in ("enums", "parameters"):
                    for question, answer in value.items():
                        self._put(block, f"+{number}", ANSWER + question, answer)
                else:
                    self._put(block, f"+{number}", name, value)

    def _families(self, families: Sequence[Mapping[str, Any]]) -> None:
        for number, family in enumerate(families, start=1):
            slot = f"family:{number}"
            for name, value in _flat(family, ("name",)):
                if name == "begun":
                    for end, amount in value.items():
                        self._put("begun", end, slot, amount)
                elif name in ("output", "rejects", "rework"):
                    for month, amount in zip(MONTHS, value, strict=False):
                        self._put(name, month, slot, amount)
                elif name in ("enums", "parameters"):
                    for question, answer in value.items():
                        self._question("family", question, slot, answer)
                else:
                    self._put("family", name, slot, value)

    def _scenarios(self, scenarios: Sequence[Mapping[str, Any]]) -> None:
        for number, scenario in enumerate(scenarios, start=1):
            slot = f"scenario:{number}"
            for name, value in _flat(scenario, ("name",)):
                if name in ("enums", "parameters"):
                    for question, answer in value.items():
                        self._question("life", ANSWER + question, slot, answer)
                else:
                    self._put("life", name, slot, value)

    def _accounts(self, example: Example) -> None:
        slots = _slots(example.get("family", ()), "family")
        seen: dict[tuple[str, str], int] = {}
        for entry in example.get("account", ()):
            account = self._model.account(entry["account"])
            block = account.group + ("-unit" if "per_unit" in entry else "")
            count = seen[block, account.id] = seen.get((block, account.id), 0) + 1
            row = account.id if count == 1 else f"+{account.id}:{count}"
            if count > 1:
                self.placed[block, row, "name"] = account.name[self._lang]
            for name, value in entry.items():
                self._booked(block, row, name, value, slots)

    def _booked(
        self, block: str, row: str, name: str, value: Any, slots: Mapping[str, str]
    ) -> None:
        if name == "account":
            return
        if name == "months":
            columns = ("whole",) if len(value) == 1 else MONTHS
            for column, amount in zip(columns, value, strict=False):
                self._put(block, row, column, amount)
        elif name == "per_unit":
            for family, amount in value.items():
                self._put(block, row, slots[family], amount)
        else:
            self._put(block, row, name, value)

    def _keys(self, example: Example) -> None:
        for number, centre in enumerate(example.get("centre", ()), start=1):
            for name, value in _flat(centre, ("name",)):
                self._put("centres", name, f"centre:{number}", value)
        slots = _slots(example.get("family", ()), "family")
        slots |= _slots(example.get("centre", ()), "centre")
        for number, key in enumerate(example.get("key", ()), start=1):
            for name, value in key.items():
                if name == "values":
                    for target, amount in value.items():
                        self._put("keys", f"+{number}", slots[target], amount)
                else:
                    self._put("keys", f"+{number}", name, value)


def _flat(entry: Mapping[str, Any], bilingual: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Yield the entry's values; ``name = {zh, en}`` becomes ``name_zh`` and ``name_en``."""
    for name, value in entry.items():
        if name in bilingual:
            yield from ((f"{name}_{lang}", word) for lang, word in value.items())
        else:
            yield name, value


def _slots(entries: Sequence[Mapping[str, Any]], base: str) -> dict[str, str]:
    return {entry[base]: f"{base}:{number}" for number, entry in enumerate(entries, start=1)}


def _field_of(layout: Layout, block_id: str, row: str, column: str) -> tuple[Kind, str]:
    """Return kind and list of choices of one place.

    Raises
    ------
    ValueError
        When the layout has no such place.
    """
    block = layout.block(block_id)
    if isinstance(block, Form):
        fields = {field.id: field for field in block.rows if column in block.slots}
        wanted = row
    else:
        fields = {field.id: field for field in block.columns} if block else {}
        wanted = column
    if wanted not in fields:
        raise ValueError(f"unknown field {block_id}.{row}.{column}")
    return fields[wanted].kind, fields[wanted].choices
