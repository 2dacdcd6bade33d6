"""Sums of amount x factor: one process, one line per row, as a carbon footprint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from factors.findings import Where, finding
from factors.store import load as load_factors
from lca.footprint import Footprint, compute
from lca.ruleset import load as load_rules
from lca.system_file import read
from lca.system_write import number_text
from tests.cases.answer import Answer
from tests.cases.case import Case, Unsupported, exact
from tests.cases.units import NONE, Units, greenhouse_gas, quotient, size

RULES = "iso14067-generic"
PRODUCT = "product"
NO_FACTOR = "FACTOR-UNKNOWN"


def answer(case: Case) -> Answer:
    """Return the footprint of a sum.

    Raises
    ------
    Unsupported
        For a sum that is told in prose, a row without a number, a category that is not CO2e.
    CarbonLabelError
        Where the product refuses the system file.
    """
    rows = case.data.get("feed")
    if not isinstance(rows, Sequence) or not rows:
        raise Unsupported("a sum without feed is prose")
    result = compute(read(document(case, rows)), load_factors(), load_rules(RULES))
    one = size(case.unit)
    stages = {
        stage.name["en"]: (_value(result, stage.id) / one,)
        for stage, lines in result.stages()
        if lines
    }
    missing = [item for item in result.to_json()["findings"] if item["code"] == NO_FACTOR]
    return Answer(
        total=(sum((value for (value,) in stages.values()), Fraction(0)),),
        stages=stages,
        missing=tuple(str(item["params"]["factor"]) for item in missing),
    )


def _value(result: Footprint, stage: str) -> Fraction:
    """Return kg CO2e of a stage before rounding to numbers of record.

    A number of record is exact to an eleventh of the whole; a case asks for digits of every stage.
    """
    flows = (
        value
        for line in result.declared.lines
        if line.exchange.stage == stage
        for _, value in line.flows
    )
    return sum(map(Fraction, flows), Fraction(0))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the feed as the system file takes it: amount in ``unit`` x kg of ``flow`` per."""

    name: str
    stage: str
    amount: Fraction
    unit: str
    flow: str
    value: Fraction
    per: str
    multiplier: Fraction


def document(case: Case, feed: Sequence[Any]) -> dict[str, Any]:
    """Return the system file of a sum."""
    if not all(isinstance(item, Mapping) for item in feed):
        raise Unsupported("a row of feed is no object")
    units = Units()
    product = units.name(case.data.get("functional_unit") or PRODUCT)
    known = [(item, _has_factor(item)) for item in feed]
    rows = [_row(item, units, size(case.unit)) for item, has in known if has]
    stages = list(dict.fromkeys(str(item.get("stage") or "") for item, _ in known))
    return {
        "schema": "carbonlabel-system/1",
        "product": {"id": "case", "name": _both(case.id)},
        "declared_unit": {"amount": "1", "unit": product},
        "units": list(units.declared.values()),
        "stages": [
            {"id": _stage(index), "name": _both(name), "side": "gate"}
            for index, name in enumerate(stages)
        ],
        "reference": {"process": PRODUCT, "amount": "1", "unit": product},
        "processes": [
            {"id": PRODUCT, "outputs": [{"flow": PRODUCT, "amount": "1", "unit": product}]}
        ],
        "exchanges": [
            _exchange(index, row, _stage(stages.index(row.stage))) for index, row in enumerate(rows)
        ],
        "factors": [_factor(index, row) for index, row in enumerate(rows)],
        "findings": [_missing(index, item) for index, (item, has) in enumerate(known) if not has],
    }


def _has_factor(item: Mapping[str, Any]) -> bool:
    return not item.get("no_factor") and item.get("factor") is not None


def _row(item: Mapping[str, Any], units: Units, size_of_total: Fraction) -> Row:
    """Return a row with its factor in kg of a greenhouse gas.

    The multiplier is a plain number, with two exceptions. Where the two units differ in kind it
    carries the unit that is missing between them; and where it is exactly the conversion between
    the units of the row and of the total, the product has made that conversion already.
    """
    name = str(item.get("name") or "")
    gas, below = quotient(item.get("factor_unit"))
    if gas in NONE and not below:  # a plain share of an amount of CO2e
        (flow, kg), unit, per = greenhouse_gas(str(item.get("unit"))), "1", "1"
    else:
        (flow, kg), unit, per = greenhouse_gas(gas), units.name(item.get("unit")), units.name(below)
    given = item.get("multiplier")
    multiplier = exact(1 if given is None else given, f"multiplier of {name!r}")
    theirs, ours = units.unit(per), units.unit(unit)
    if ours.dimension != theirs.dimension and multiplier != 1:
        unit = per
    elif ours.dimension == theirs.dimension:
        converted = ours.factor_to(theirs) * kg / size_of_total
        multiplier = Fraction(1) if multiplier == converted else multiplier
    return Row(
        name=name,
        stage=str(item.get("stage") or ""),
        amount=exact(item.get("amount"), f"amount of {name!r}"),
        unit=unit,
        flow=flow,
        value=exact(item.get("factor"), f"factor of {name!r}") * kg,
        per=per,
        multiplier=multiplier,
    )


def _exchange(index: int, row: Row, stage: str) -> dict[str, Any]:
    inputs = {"amount": row.amount, "multiplier": row.multiplier}
    return {
        "id": f"row-{index}",
        "process": PRODUCT,
        "stage": stage,
        "flow": row.name,
        "name": _both(row.name),
        "amount": number_text(row.amount * row.multiplier),
        "unit": row.unit,
        "from": {"factor": f"own:row-{index}"},
        "origin": {
            "kind": "rule",
            "rule": "feed",
            "formula": "amount * multiplier",
            "inputs": [{"name": key, "value": number_text(x)} for key, x in inputs.items()],
        },
    }


def _factor(index: int, row: Row) -> dict[str, Any]:
    """Return the factor of a row; one below zero is a credit, and must say so."""
    return {
        "id": f"own:row-{index}",
        "unit": row.per,
        "values": {row.flow: number_text(row.value)},
        **({"boundary": "credit"} if row.value < 0 else {}),
    }


def _missing(index: int, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the finding that a row without factor leaves in the system file."""
    where = Where(path=f"feed[{index}]")
    return finding(NO_FACTOR, where, factor=item.get("name") or index, close="-").to_json()


def _stage(index: int) -> str:
    return f"stage-{index}"


def _both(words: str) -> dict[str, str]:
    """Return a text of the case, which has one language, as both."""
    return {"zh": words, "en": words}
