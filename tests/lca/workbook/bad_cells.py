"""Bad input, one kind a line: what stands in the cells, and which finding must come at which.

Nothing else may be found; an empty expectation says that the cell is understood without a word.
"""

from __future__ import annotations

from datetime import date

from tests.lca.workbook.desk import Edits, ErrorCell, Formula, Shown

EL = "energy.electricity"
Case = tuple[str, Edits, dict[str, str]]

NUMBERS: list[Case] = [
    ("a word", {f"{EL}.m1": "about 12"}, {f"{EL}.m1": "CELL-NOT-A-NUMBER"}),
    ("a dash", {f"{EL}.m1": "-"}, {f"{EL}.m1": "CELL-NOT-A-NUMBER"}),
    ("a decimal comma", {f"{EL}.m1": "1,5"}, {f"{EL}.m1": "CELL-NOT-A-NUMBER"}),
    ("true", {f"{EL}.m1": True}, {f"{EL}.m1": "CELL-NOT-A-NUMBER"}),
    ("digits as text", {f"{EL}.m1": "2100"}, {f"{EL}.m1": "CELL-NUMBER-AS-TEXT"}),
    ("full width", {f"{EL}.m1": "２，１００．５"}, {f"{EL}.m1": "CELL-NUMBER-AS-TEXT"}),
    ("ten thousands", {f"{EL}.m1": "0.21万"}, {f"{EL}.m1": "CELL-NUMBER-AS-TEXT"}),
    ("own unit behind", {f"{EL}.m1": "2100 kWh"}, {f"{EL}.m1": "CELL-NUMBER-AS-TEXT"}),
    ("other unit behind", {f"{EL}.m1": "2.1 MWh"}, {f"{EL}.m1": "CELL-UNIT-IN-NUMBER"}),
    ("no unit behind", {f"{EL}.m1": "2100 kwhs"}, {f"{EL}.m1": "CELL-UNIT-IN-NUMBER"}),
    ("NaN as text", {f"{EL}.m1": "NaN"}, {f"{EL}.m1": "CELL-NOT-FINITE"}),
    ("infinity as text", {f"{EL}.m1": "-inf"}, {f"{EL}.m1": "CELL-NOT-FINITE"}),
    ("too large", {f"{EL}.m1": 1e300}, {f"{EL}.m1": "CELL-NOT-FINITE"}),
    ("too small", {f"{EL}.m1": 1e-200}, {f"{EL}.m1": "CELL-NOT-FINITE"}),
    ("too large as text", {f"{EL}.m1": "1e99"}, {f"{EL}.m1": "CELL-NOT-FINITE"}),
    ("a reference lost", {f"{EL}.m1": ErrorCell("#REF!")}, {f"{EL}.m1": "CELL-ERROR"}),
    ("a formula with an error", {f"{EL}.m1": Formula("=1/0", None)},
     {f"{EL}.m1": "CELL-FORMULA-UNCALCULATED"}),
    ("a formula with a result", {f"{EL}.m1": Formula("=B1*2", 2100.0)}, {f"{EL}.m1": "CELL-FORMULA"}),
    ("negative", {f"{EL}.m1": -5}, {f"{EL}.m1": "CELL-NEGATIVE"}),
    ("negative text", {f"{EL}.m1": "−5"},
     {f"{EL}.m1": "CELL-NEGATIVE", f"{EL}.m1 ": "CELL-NUMBER-AS-TEXT"}),
    ("negative where it may be", {"waste.sludge.whole": -5}, {}),
    ("negative output", {"output.m3.family:1": -1}, {"output.m3.family:1": "CELL-NEGATIVE"}),
    ("multiplier zero", {f"{EL}.multiplier": 0}, {f"{EL}.multiplier": "CELL-ZERO"}),
    ("a date", {f"{EL}.m1": date(2025, 1, 2)}, {f"{EL}.m1": "CELL-DATE-IN-NUMBER"}),
    ("percent of kWh", {f"{EL}.m1": Shown(21.0, "0%")}, {f"{EL}.m1": "CELL-PERCENT"}),
    ("percent shown in words only", {f"{EL}.m1": Shown(21.0, '0" %"')}, {}),
    ("percent of a percentage", {"family.loss.family:1": Shown(0.015, "0.0%")}, {}),
    ("share as a percent", {"suppliers.+1.share": Shown(0.6, "0%")}, {}),
    ("share as text", {"suppliers.+1.share": "60%"}, {"suppliers.+1.share": "CELL-NUMBER-AS-TEXT"}),
]  # fmt: skip

TEXTS: list[Case] = [
    ("nothing", {"cover.maker_id.value": None}, {"cover.maker_id.value": "CELL-MISSING"}),
    ("blanks", {"cover.maker_id.value": "   "}, {"cover.maker_id.value": "CELL-MISSING"}),
    ("a long id as number", {"cover.maker_id.value": 913702001234567890},
     {"cover.maker_id.value": "CELL-ID-NUMBER"}),
    ("a text too long", {"cover.preparer.value": "x" * 501}, {"cover.preparer.value": "CELL-TEXT"}),
    ("a line break", {"cover.preparer.value": "a\nb"}, {"cover.preparer.value": "CELL-TEXT"}),
    ("a bar code off by one", {"cover.gtin.value": "6900000000008"},
     {"cover.gtin.value": "CELL-GTIN"}),
    ("a bar code as number", {"cover.gtin.value": 6900000000007}, {}),
    ("no choice", {"cover.boundary.value": "从摇篮到大们"}, {"cover.boundary.value": "CELL-CHOICE"}),
    ("a choice in English", {"cover.boundary.value": "Cradle to Gate"}, {}),
    ("a choice by id", {"family.pack.family:1": "glass"}, {}),
    ("no date", {"period.from.value": "last year"}, {"period.from.value": "CELL-DATE"}),
    ("a serial number", {"cover.prepared_on.value": 46083}, {"cover.prepared_on.value": "CELL-DATE"}),
    ("a date as text", {"cover.prepared_on.value": "2026年3月2日"},
     {"cover.prepared_on.value": "CELL-DATE-AS-TEXT"}),
    ("a 30th of February", {"evidence.+1.dated": "2026-02-30"}, {"evidence.+1.dated": "CELL-DATE"}),
    ("a country in words", {"sites.+1.country": "China"}, {"sites.+1.country": "CELL-COUNTRY"}),
    ("no hash", {"evidence.+1.sha256": "abc"}, {"evidence.+1.sha256": "CELL-SHA256"}),
    ("a code with blanks", {"evidence.+3.evidence": "E 3", "instruments.+1.evidence": None},
     {"evidence.+3.evidence": "CELL-CODE"}),
]  # fmt: skip

WHOLES: list[Case] = [
    ("a unit of another kind", {f"{EL}.unit": "kg"}, {f"{EL}.unit": "UNIT-DIMENSION"}),
    ("a unit nobody knows", {f"{EL}.unit": "gizmos"}, {f"{EL}.unit": "UNIT-UNKNOWN"}),
    ("a unit with two meanings", {"materials.sugar.unit": "ton"},
     {"materials.sugar.unit": "UNIT-AMBIGUOUS"}),
    ("another unit of its kind", {f"{EL}.unit": "MWh"}, {}),
    ("a parameter in another unit", {"family.pack_volume.unit": "kg"},
     {"family.pack_volume.unit": "UNIT-DIMENSION"}),
    ("no unit of output", {"family.output_unit.family:1": None},
     {"family.output_unit.family:1": "CELL-MISSING"}),
    ("output in packs", {"family.output_unit.family:1": "pack"}, {}),
    ("a month missing", {f"{EL}.m4": None}, {f"{EL}.m4": "CELL-MONTH-MISSING"}),
    ("months of output missing", {"output.m4.family:2": None, "output.m9.family:2": " "},
     {"output.m4.family:2": "CELL-MONTH-MISSING"}),
    ("rejects begun and not ended", {"rejects.m1.family:2": 3},
     {"rejects.m2.family:2": "CELL-MONTH-MISSING"}),
    ("a required account left empty",
     {f"waste.water.m{n}": None for n in range(1, 13)}, {"waste.water.m1": "CELL-ACCOUNT-MISSING"}),
    ("months and whole", {"materials.sugar.whole": 48},
     {"materials.sugar.whole": "CELL-WHOLE-AND-MONTHS"}),
    ("both forms", {"materials-unit.sugar.family:1": 0.04},
     {"materials-unit.sugar.family:1": "CELL-BOTH-FORMS"}),
    ("a control total from nowhere", {f"{EL}.control_source": None},
     {f"{EL}.control_source": "CELL-CONTROL-SOURCE"}),
    ("a key unfit for the account", {"materials.sugar.key": "K-EL"},
     {"materials.sugar.key": "CELL-KEY-KIND"}),
    ("evidence not listed", {f"{EL}.evidence": "E01；E99"}, {f"{EL}.evidence": "CELL-EVIDENCE-UNKNOWN"}),
    ("a family not listed", {"cover.subject.value": "EX-600"},
     {"cover.subject.value": "CELL-FAMILY-UNKNOWN"}),
    ("shares short of 1", {"suppliers.+2.share": 0.3}, {"suppliers.+2.share": "CELL-SHARES"}),
    ("shares beyond 1", {"suppliers.+2.share": 40}, {"suppliers.+2.share": "CELL-SHARES"}),
    ("an account without suppliers", {"suppliers.+1.account": "电力"},
     {"suppliers.+1.account": "CELL-CHOICE", "suppliers.+2.share": "CELL-SHARES"}),
    ("seven suppliers",
     {f"suppliers.+{n}.{field}": value for n in range(3, 8) for field, value in
      (("account", "sugar"), ("name", "example"), ("share", 0))},
     {"suppliers.+7.account": "CELL-SUPPLIERS-MANY"}),
    ("one code twice", {"evidence.+3.evidence": "E02", "instruments.+1.evidence": "E02"},
     {"evidence.+3.evidence": "CELL-DUPLICATE"}),
    ("a key named output", {"keys.+2.key": "output", "keys.+2.kind": "体积"},
     {"keys.+2.key": "CELL-DUPLICATE"}),
    ("the period the wrong way", {"period.to.value": date(2024, 12, 31)},
     {"period.to.value": "CELL-PERIOD"}),
    ("thirteen months", {"period.to.value": date(2026, 1, 31)}, {"period.to.value": "CELL-PERIOD"}),
    ("not whole months", {"period.to.value": date(2025, 12, 30)}, {"period.to.value": "CELL-PERIOD"}),
    ("bills from the 25th", {"period.from.value": date(2024, 12, 25),
                             "period.to.value": date(2025, 12, 24)}, {}),
    ("eleven months and a twelfth figure",
     {"period.to.value": date(2025, 11, 30), "output.m12.family:1": None,
      "output.m12.family:2": None, "rejects.m12.family:1": None, f"{EL}.m12": None,
      "energy.+electricity:2.m12": None, "materials.sugar.m12": None},
     {"period.to.value": "CELL-PERIOD-SHORT", "waste.water.m12": "CELL-MONTH-EXTRA"}),
    ("a second meter", {"energy.+1.name": "天然气", "energy.+1.whole": 5, "energy.+1.unit": "Nm3"}, {}),
    ("a row without a name", {"energy.+1.whole": 5}, {"energy.+1.name": "WORKBOOK-ROW-STRAY"}),
]  # fmt: skip

CELLS = [*NUMBERS, *TEXTS, *WHOLES]
