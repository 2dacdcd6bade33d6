"""The uncertainty of a footprint as ``carbonlabel-uncertainty/1``: decimal strings, both languages.

For the house and its verifier. It never stands on a label, and a comparison in it is not one that
may be shown outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from factors.errors import FindingsError
from factors.findings import finding
from factors.numbers import decimal_text
from factors.texts import LANGS, text
from lca.footprint import Footprint
from lca.record import share_text, spell
from lca.result_json import bilingual
from lca.uncertainty.assumed import NOTHING, Assumed, assume
from lca.uncertainty.correlated import Pair, correlations
from lca.uncertainty.difference import Difference, difference, told_apart
from lca.uncertainty.figure import RUNS, Outcome, Uncertain, study, uncertain
from lca.uncertainty.sample import COVERAGE, Quantile, Sample

SCHEMA = "carbonlabel-uncertainty/1"


def to_json(
    result: Footprint,
    runs: int = RUNS,
    seed: int = 0,
    against: Footprint | None = None,
    *,
    stated_only: bool = False,
    pairs: Sequence[Pair] = (),
) -> dict[str, Any]:
    """Return the document.

    Parameters
    ----------
    runs, seed
        Of the sampling; the same seed shows the same numbers.
    against
        A second footprint of the same declared unit and boundary to compare with.
    stated_only
        Hold fixed what states no spread, instead of assuming one.
    pairs
        Correlation between some quantities.

    Raises
    ------
    FindingsError
        SPREAD-UNLIKE, CORRELATION-NAME, SPREAD-CORRELATION.
    FactorError
        SPREAD-RUNS.
    """
    ends = [result, against] if against else [result]
    assumed = NOTHING if stated_only else _assumed(ends)
    terms = {
        name: uncertain(one, result.gwp, assumed=assumed) for name, one in result.figures.items()
    }
    other = _terms_of(result, against, assumed) if against else None
    drawn = [*terms.values(), *([other] if other else [])]
    tied = correlations(pairs, {name for one in drawn for name in one.quantities})
    studied = [
        study(one, result.gwp, runs, seed, assumed=assumed, correlations=tied)
        for one in result.figures.values()
    ]
    compared = difference(terms[result.boundary], other, runs, seed, tied) if other else None
    return {
        "schema": SCHEMA,
        "use": "internal",
        "notice": _texts("notice"),
        "product": _product(result),
        "unit": result.unit,
        "runs": runs,
        "seed": seed,
        "coverage": decimal_text(COVERAGE),
        "correlations": [
            {"one": one.one, "other": one.other, "value": decimal_text(one.value)} for one in pairs
        ],
        "figures": [_figure(one, assumed) for one in studied],
        "difference": _difference(result, against, compared) if against and compared else None,
    }


def _assumed(results: Sequence[Footprint]) -> Assumed:
    """Return the spreads assumed of all figures; a factor that several rest on has one."""
    figures = [figure for one in results for figure in one.figures.values()]
    years = [one.system.period.get("to", "")[:4] for one in results]
    known = [int(year) for year in years if year.isdecimal()]
    return assume(figures, results[0].gwp, max(known, default=None))


def _figure(one: Outcome, assumed: Assumed) -> dict[str, Any]:
    return {
        "figure": one.uncertain.boundary,
        "value": decimal_text(one.uncertain.value),
        "covers": share_text(one.uncertain.covers),
        "stated": share_text(one.uncertain.stated),
        "sample": _sample(one.sample),
        "first_order": _first_order(one, assumed),
        "limits": {"low": decimal_text(one.limits[0]), "high": decimal_text(one.limits[1])},
        "remarks": [{"id": name, **_texts(f"remark_{name}")} for name in one.remarks],
    }


def _sample(sample: Sample) -> dict[str, Any]:
    return {
        "mean": decimal_text(sample.mean),
        "mean_error": decimal_text(sample.mean_error),
        "sd": decimal_text(sample.sd),
        "median": _quantile(sample.median),
        "low": _quantile(sample.low),
        "high": _quantile(sample.high),
        "converged": sample.converged,
    }


def _quantile(one: Quantile) -> dict[str, str]:
    return {
        "value": decimal_text(one.value),
        "low": decimal_text(one.low),
        "high": decimal_text(one.high),
    }


def _first_order(one: Outcome, assumed: Assumed) -> dict[str, Any]:
    return {
        "standard": decimal_text(one.first_order.standard),
        "factors": [
            {
                "factor": each.factor,
                "relative": decimal_text(each.relative),
                "standard": decimal_text(each.standard),
                "share": decimal_text(each.share),
                "assumed": _pedigree(each.factor, one, assumed),
            }
            for each in one.first_order.factors
        ],
    }


def _pedigree(name: str, one: Outcome, assumed: Assumed) -> str | None:
    """Return the pedigree that is assumed of a factor or an amount; None where it states one."""
    if not {name, f"factor:{name}"} & one.uncertain.assumed:
        return None
    exchange = name.removeprefix("amount:")
    return str(assumed.factors[name] if exchange == name else assumed.amounts[exchange])


def _terms_of(one: Footprint, other: Footprint, assumed: Assumed) -> Uncertain:
    """Return the declared figure of the second footprint as terms.

    Raises
    ------
    FindingsError
        SPREAD-UNLIKE.
    """
    ends = [f"{end.unit}, {end.boundary}" for end in (one, other)]
    if ends[0] != ends[1]:
        raise FindingsError(finding("SPREAD-UNLIKE", one=ends[0], other=ends[1]))
    terms = uncertain(other.declared, other.gwp, assumed=assumed)
    meters = [(end.system.product["id"], end.system.period) for end in (one, other)]
    # A variant of one product in one period rests on the readings that it was made from.
    return terms if meters[0] == meters[1] else told_apart(one.declared, other.declared, terms)


def _difference(one: Footprint, other: Footprint, found: Difference) -> dict[str, Any]:
    return {
        "against": _product(other),
        "values": [spell(end.declared.value) for end in (one, other)],
        "sample": _sample(found.sample),
        "lower": decimal_text(found.lower),
        "lower_error": decimal_text(found.lower_error),
        "shared": list(found.shared),
        "verdict": found.verdict,
        "sentence": _texts(f"verdict_{found.verdict}"),
    }


def _product(result: Footprint) -> dict[str, Any]:
    product = result.system.product
    return {"id": product["id"], "name": bilingual(product.get("name"), product["id"])}


def _texts(key: str) -> Mapping[str, str]:
    return {lang: text(f"uncertainty.{key}", lang) for lang in LANGS}
