"""Where every enterprise and product stands, worked out from the folder, cases and registry.

Nobody types a state. What counts as certified is a certificate of conformity in force, and nothing
else: neither a draft, nor a study report, nor a verification statement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from factors.findings import Finding, Where, finding
from labels.programme.folder import Enterprise, Folder, twice
from labels.programme.records import Record, Work
from labels.programme.results import Result

SCHEMA = "carbonlabel-programme-status/1"


class Step(StrEnum):
    """Where a product or an enterprise stands, from the beginning to the end."""

    APPLIED = "applied"
    RECEIVED = "received"
    CHECKED = "checked"
    CALCULATED = "calculated"
    LAPSED = "lapsed"
    IN_VERIFICATION = "in-verification"
    RENEWAL_DUE = "renewal-due"
    CERTIFIED = "certified"


ORDER = tuple(Step)
REACHED = (Step.APPLIED, Step.RECEIVED, Step.CHECKED, Step.CALCULATED, Step.IN_VERIFICATION,
           Step.CERTIFIED)  # fmt: skip
"""Steps of the way, of which an enterprise has reached all up to its own."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product of an enterprise.

    Attributes
    ----------
    id, name
        Id and name of its footprint; the file's name where it could not be computed.
    step
        Where it stands.
    results
        What came of its files, one for each site.
    record
        The certificate that counts: the one in force, else the last one.
    group
        Its export group, by the model; empty where that is not known.
    """

    id: str
    name: Mapping[str, str]
    step: Step
    results: tuple[Result, ...]
    record: Record | None
    group: str

    @property
    def footprint(self) -> Mapping[str, Any] | None:
        """What was computed of its files last; of the certificate where there are none."""
        return next(_documents(self.results, self.record), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an enterprise stands: as far as the product that is furthest."""

    enterprise: Enterprise
    products: tuple[Product, ...]
    certified_since: dt.date | None

    @property
    def step(self) -> Step:
        """The step of the product that is furthest."""
        own = [product.step for product in self.products]
        least = Step.RECEIVED if self.enterprise.files else Step.APPLIED
        return max([least, *own], key=ORDER.index)

    @property
    def reached(self) -> frozenset[Step]:
        """Steps of the way that it has behind it or stands on."""
        last = {Step.RENEWAL_DUE: Step.CERTIFIED, Step.LAPSED: Step.IN_VERIFICATION}
        own = last.get(self.step, self.step)
        return frozenset(REACHED[: REACHED.index(own) + 1])

    @property
    def in_force(self) -> bool:
        """Whether it has a certificate in force."""
        return any(one.record is not None and one.record.in_force for one in self.products)

    @property
    def groups(self) -> tuple[str, ...]:
        """Export groups of its products; those it applied for where none is computed."""
        own = {product.group for product in self.products} - {""}
        form = self.enterprise.application
        return tuple(sorted(own)) or (form.groups if form else ())

    @property
    def name(self) -> Mapping[str, str]:
        """Its name; its folder's where there is no application."""
        form = self.enterprise.application
        return form.name if form else dict.fromkeys(("zh", "en"), self.enterprise.slug)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A programme on a day.

    Attributes
    ----------
    day
        The day.
    standings
        Every enterprise.
    works
        The verification files.
    findings
        What was left out and why.
    """

    found: Folder
    day: dt.date
    standings: tuple[Standing, ...]
    works: tuple[Work, ...]
    findings: tuple[Finding, ...]

    @property
    def products(self) -> tuple[Product, ...]:
        """All products, enterprise by enterprise."""
        return tuple(product for one in self.standings for product in one.products)

    @property
    def certified(self) -> tuple[Standing, ...]:
        """Enterprises with a certificate in force."""
        return tuple(one for one in self.standings if one.in_force)


def pipeline(
    found: Folder,
    results: Sequence[Result],
    works: Sequence[Work],
    records: Sequence[Record],
    day: dt.date,
    findings: Iterable[Finding] = (),
) -> Pipeline:
    """Return where everybody stands.

    Parameters
    ----------
    results, works, records
        Of the folder, its cases and the registry.
    findings
        What was left out so far.
    """
    log = list(findings)
    owners = {one.application.code: one.slug for one in found.enterprises if one.application}
    standings = []
    for one in found.enterprises:
        own = [made for made in results if made.handed.enterprise == one.slug]
        mine = [made for made in own if _own_product(one, made, owners, log)]
        code = one.application.code if one.application else ""
        certificates = [rec for rec in records if rec.certifies and rec.maker == code]
        active = {work.product for work in works if work.enterprise == one.slug}
        products = tuple(_products(mine, active, certificates, found, day))
        since = min((rec.issued for rec in certificates), default=None)
        standings.append(Standing(one, products, since))
    return Pipeline(found, day, tuple(standings), tuple(works), tuple(dict.fromkeys(log)))


def _own_product(one: Enterprise, made: Result, owners: dict[str, str], log: list[Finding]) -> bool:
    """Whether a result is of the enterprise that handed the file in, as far as anybody can tell.

    Where there is no application the first folder of a maker is its own.
    """
    if not made.computed:
        return True
    maker = str(made.footprint["product"]["maker"]["id"])
    where = Where(file=f"{one.slug}/{made.handed.name}")
    if one.application is None:
        if (other := owners.setdefault(maker, one.slug)) == one.slug:
            return True
        log.append(twice(where, maker, other))
        return False
    if maker == one.application.code:
        return True
    log.append(finding("PROGRAMME-MAKER", where, maker=maker, code=one.application.code))
    return False


def _products(
    results: Sequence[Result],
    active: set[str],
    certificates: Sequence[Record],
    found: Folder,
    day: dt.date,
) -> Iterator[Product]:
    several: dict[str, list[Result]] = {}
    for made in results:
        several.setdefault(_product_id(made), []).append(made)
    for certificate in certificates:
        several.setdefault(certificate.product, [])
    for name, own in several.items():
        mine = [one for one in certificates if one.product == name]
        record = _counts(mine)
        step = _step(own, name in active, record, day, found.settings.renewal)
        first = next(_documents(own, record), None)
        told = first["product"]["name"] if first else dict.fromkeys(("zh", "en"), name)
        model = ((first or {}).get("lock", {}).get("model") or {}).get("id", "")
        group = found.ranking.group_of(str(model))
        yield Product(name, told, step, tuple(own), record, group)


def _counts(mine: Sequence[Record]) -> Record | None:
    """Return the certificate that counts: the one in force, else the last one."""
    return next((one for one in mine if one.in_force), mine[-1] if mine else None)


def _product_id(made: Result) -> str:
    return str(made.footprint["product"]["id"]) if made.computed else made.handed.path.stem


def _documents(own: Iterable[Result], record: Record | None) -> Iterator[Mapping[str, Any]]:
    """Yield the footprints of a product, what its files gave before what was certified."""
    yield from (made.footprint for made in own if made.computed)
    if record is not None:
        yield record.footprint


def _step(
    own: Sequence[Result], in_work: bool, record: Record | None, day: dt.date, renewal: int
) -> Step:
    if record is not None and record.in_force:
        left = (record.until - day).days if record.until else renewal + 1
        return Step.RENEWAL_DUE if left <= renewal else Step.CERTIFIED
    if in_work:
        return Step.IN_VERIFICATION
    if record is not None:
        return Step.LAPSED
    return Step.CALCULATED if any(made.computed for made in own) else Step.CHECKED


def status_json(made: Pipeline) -> dict[str, Any]:
    """Return the document ``carbonlabel-programme-status/1``; it names enterprises."""
    return {
        "schema": SCHEMA,
        "name": made.found.settings.name,
        "day": made.day.isoformat(),
        "goal": list(made.found.settings.goal),
        "certified": len(made.certified),
        "enterprises": [_enterprise(one) for one in made.standings],
        "findings": [found.to_json() for found in made.findings],
    }


def _enterprise(one: Standing) -> dict[str, Any]:
    form = one.enterprise.application
    return {
        "id": one.enterprise.slug,
        "name": dict(one.name),
        "applied": form.applied.isoformat() if form else None,
        "groups": list(one.groups),
        "step": str(one.step),
        "products": [
            {
                "id": product.id,
                "name": dict(product.name),
                "step": str(product.step),
                "files": [made.handed.name for made in product.results],
                "serial": product.record.serial if product.record else None,
                "until": _until(product.record),
            }
            for product in one.products
        ],
    }


def _until(record: Record | None) -> str | None:
    return record.until.isoformat() if record and record.until else None
