"""What rests on a row of the library: models, rule sets, tables, examples, later rows.

The question before a correction: a row is never edited, a new release names what it corrects, and
this says who has to look at the new number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from factors.factor import EmissionFactor
from factors.properties import fuel_properties
from factors.store import FactorSet
from factors.texts import Lang, text
from lca import model as product_model
from lca import ruleset
from lca.burning import materials
from lca.co_pollutants import companions
from lca.example_study import example_study
from lca.examples import examples
from lca.model_parts import Chosen, ExchangeRule, FromFactor, FromMode, FromSupplier, ProductModel
from lca.record import share_text
from lca.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Rest:
    """One thing that rests on a row.

    Attributes
    ----------
    kind
        ``exchange``, ``default``, ``table``, ``fuel``, ``end-of-life``, ``ruleset``, ``pollutant``,
        ``burnt``, ``example`` or ``correction``.
    of
        Id of the model, rule set or row.
    place
        Key path inside of it.
    shares
        For an example: share of each disclosed figure.
    """

    kind: str
    of: str
    place: str
    shares: Mapping[str, Fraction]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        shares = {name: share_text(share) for name, share in self.shares.items()}
        return {"kind": self.kind, "of": self.of, "place": self.place, "shares": shares}

    def told(self, lang: Lang) -> str:
        """Return it as a sentence."""
        shares = ", ".join(f"{name} {float(share):.1%}" for name, share in self.shares.items())
        return text(f"library.rests-{self.kind}", lang, of=self.of, place=self.place, shares=shares)


def impact(factors: FactorSet, factor_id: str, *, worked: bool = True) -> tuple[Rest, ...]:
    """Return everything shipped that rests on a row.

    Parameters
    ----------
    worked
        Whether the examples are computed, for the share of the row in their figures.

    Raises
    ------
    FactorError
        FACTOR-UNKNOWN for an id that does not exist.
    """
    row = factors.get(factor_id)
    examined = examples() if worked else ()
    return (
        *_rests(factors, row),
        *(rest for name in examined for rest in _of_example(name, factors, row.id)),
        *_corrected(factors, row),
    )


def _rests(factors: FactorSet, row: EmissionFactor) -> Iterator[Rest]:
    models = [product_model.load(name) for name in product_model.models()]
    for model in models:
        yield from _of_model(model, row.id)
        yield from _of_methods(model, row.id)
        yield from _of_fuels(model, factors, row.id)
    for name in ruleset.rulesets():
        yield from _of_rules(ruleset.load(name), row.id)
    yield from _of_tables(row.id)


def _corrected(factors: FactorSet, row: EmissionFactor) -> Iterator[Rest]:
    successor = factors.successor(row)
    if successor:
        yield Rest("correction", successor.id, successor.release, {})


def _of_model(model: ProductModel, row: str) -> Iterator[Rest]:
    for exchange in model.exchanges:
        for place, chosen in _choices(exchange):
            for value, factor in chosen.ids.items():
                if factor == row:
                    path = f"exchange[{exchange.id}].from{place}{f'[{value}]' if value else ''}"
                    yield Rest("exchange", model.id, path, {})
    for parameter in model.parameters:
        if parameter.row == row:
            yield Rest("default", model.id, f"parameter[{parameter.id}]", {})
    for table in model.tables:
        if table.row == row:
            yield Rest("table", model.id, f"table[{table.id}]", {})


def _of_methods(model: ProductModel, row: str) -> Iterator[Rest]:
    """Yield materials whose end-of-life methods are compared with a row."""
    for rule in model.end_of_life:
        for name, chosen in rule.factors.items():
            if row in chosen.ids.values():
                path = f"end_of_life[{rule.material}].factors.{name}"
                yield Rest("end-of-life", model.id, path, {})


def _of_fuels(model: ProductModel, factors: FactorSet, row: str) -> Iterator[Rest]:
    """Yield accounts that may be converted by a property row."""
    for account in model.accounts:
        if account.fuel and row in {one.id for one in fuel_properties(factors, account.fuel).rows}:
            yield Rest("fuel", model.id, f"account[{account.id}].fuel", {})


def _of_tables(row: str) -> Iterator[Rest]:
    """Yield entries of the tables that name rows: pollutants beside combustion, burnt materials."""
    for factor, doses in companions().items():
        for name, dose in doses.items():
            if row in (factor, dose):
                yield Rest("pollutant", "lca/pollutants.toml", f"{factor}: {name} = {dose}", {})
    for material in materials():
        if row in (material.carbon, material.fossil_share):
            yield Rest("burnt", "lca/burnt.toml", ", ".join(material.names), {})


def _choices(exchange: ExchangeRule) -> Iterator[tuple[str, Chosen]]:
    match exchange.origin:
        case FromFactor(factor) | FromSupplier(factor):
            yield "", factor
        case FromMode(by_mode):
            yield from ((f"[{mode}]", chosen) for mode, chosen in by_mode.items())


def _of_rules(rules: RuleSet, row: str) -> Iterator[Rest]:
    for country, factor in rules.electricity_factors.items():
        if factor == row:
            yield Rest("ruleset", rules.id, f"electricity.default.{country}", {})
    for country, factors in rules.technologies.items():
        for technology, factor in factors.items():
            if factor == row:
                yield Rest(
                    "ruleset", rules.id, f"electricity.technology.{country}.{technology}", {}
                )
    for country, factor in rules.grid.items():
        if factor == row:
            path = f"electricity.transmission_and_distribution.{country}"
            yield Rest("ruleset", rules.id, path, {})


def _of_example(name: str, factors: FactorSet, row: str) -> Iterator[Rest]:
    result = example_study(name, factors).footprint
    if result is None:
        return
    lines = [line for line in result.lines if line.factor is not None and line.factor.id == row]
    if lines:
        shares = {
            key: figure.share(line for line in figure.lines if line in lines)
            for key, figure in result.figures.items()
        }
        yield Rest("example", name, ", ".join(line.id for line in lines), shares)
