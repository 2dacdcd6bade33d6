"""The figures over firms of a report, all tables together, and which of them may be published.

Each is a total of atoms (:mod:`labels.programme.suppress`). A line of a product is one atom,
whether it stands among the hot spots or behind a factor, so that nothing follows from two tables
that does not follow from one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labels.programme.pipeline import Pipeline, Product, Standing
from labels.programme.suppress import Atom, Total, firms, publishable, value
from lca import ruleset
from lca.co_pollutants import PRINCIPAL
from lca.inventory import GATE

TOP, MOST_ROWS = 3, 12
DONE, OPEN, WHOLE = "certified", "in-work", ""
QUALITY = ("primary_activity_share", "proxy_share", "recalled_share")
ELECTRICITY = "electricity"
SUPPLIERS = "supplier"
BEYOND = "beyond"
Document = Mapping[str, Any]
Member = tuple[Standing, Product, Document]


@dataclass(frozen=True, slots=True)
class Line:
    """Lines of a product that share a flow and a source, as one."""

    flow: str
    source: str
    name: Mapping[str, str]
    share: Atom


@dataclass(frozen=True, slots=True)
class Shared:
    """What several products have in common: its key, their atoms, and how many they are."""

    key: str
    atoms: Total
    products: int

    @property
    def firms(self) -> int:
        """How many firms share it."""
        return len(firms(self.atoms))


@dataclass(frozen=True, slots=True)
class Figures:
    """Totals over firms by table and key, and which of them may be published.

    Attributes
    ----------
    totals
        Everything that a report would like to say; ``table/key`` to its atoms.
    shown
        Names of those that it may.
    hot_spots, dependencies
        Rows of these tables, the weightiest first.
    """

    totals: Mapping[str, Total]
    shown: frozenset[str]
    hot_spots: tuple[Shared, ...]
    dependencies: tuple[Shared, ...]

    @property
    def published(self) -> Mapping[str, Total]:
        """Return the totals that are published."""
        return {name: self.totals[name] for name in sorted(self.shown)}

    def rows(self, table: str, several: Sequence[Shared]) -> Iterator[dict[str, Any]]:
        """Yield rows of a table; withheld ones last, that their place says nothing of them."""
        open_ = [one for one in several if f"{table}/{one.key}" in self.shown]
        rest = sorted((one for one in several if one not in open_), key=lambda one: one.key)
        for one in (*open_, *rest):
            share = self.share(f"{table}/{one.key}", one.products)
            told = {"enterprises": one.firms, "products": one.products, "share": share}
            yield {"id": one.key, **told}

    def sum(self, name: str) -> float | None:
        """Return a total; None where it is withheld or there is none."""
        return value(self.totals[name]) if name in self.shown else None

    def share(self, name: str, count: int) -> str | None:
        """Return the mean share of so many products, in whole per cent."""
        total = self.sum(name)
        return None if total is None else f"{total / count:.2f}"


def figures(made: Pipeline, public: Collection[Total] = ()) -> Figures:
    """Return the figures over firms of a programme.

    Parameters
    ----------
    public
        What earlier reports said, see :mod:`labels.programme.published`.
    """
    fewest = made.found.settings.fewest
    members = tuple(computed(made))
    lines = [tuple(_lines(member)) for member in members]
    hot = _rows([several[:TOP] for several in lines], lambda line: line.flow, fewest)
    rests = _rows(lines, lambda line: line.source, fewest)
    totals = {
        **{f"hot_spots/{row.key}": row.atoms for row in hot},
        **{f"dependencies/{row.key}": row.atoms for row in rests},
        **{f"quality/{key}": frozenset(_quality(members, key)) for key in QUALITY},
        **{f"co_pollutants/{name}": frozenset(known(members, name)) for name in PRINCIPAL},
        **{f"{ELECTRICITY}/{row}/{column}": atoms
           for (row, column), atoms in _crossed(made).items()},
        BEYOND: frozenset(_moves(made)),
    }  # fmt: skip
    totals = {name: atoms for name, atoms in totals.items() if atoms}
    return Figures(totals, publishable(totals, fewest, public), hot, rests)


def computed(made: Pipeline) -> Iterator[Member]:
    """Yield every product with a footprint, and whose it is."""
    for one in made.standings:
        for product in one.products:
            if product.footprint is not None:
                yield one, product, product.footprint


def _atom(member: Member, what: str, amount: float) -> Atom:
    """Return a share of a product."""
    one, product, _ = member
    return Atom(one.enterprise.slug, f"{what} of {product.id}", amount, most=1.0)


def _quality(members: Sequence[Member], key: str) -> Iterator[Atom]:
    for member in members:
        yield _atom(member, key, float(member[2]["data_quality"][key]))


def known(members: Sequence[Member], pollutant: str) -> Iterator[Atom]:
    """Yield how much of each figure stands behind what is known of a pollutant."""
    for member in members:
        entry = member[2]["co_pollutants"].get(pollutant) or {}
        if entry.get("amount") is not None:
            yield _atom(member, pollutant, float(entry["stated_by"]["figure"]))


# --- lines ----------------------------------------------------------------------------------------


def _lines(member: Member) -> Iterator[Line]:
    """Yield what counts in a product, with shares of the absolute result, heaviest first."""
    document = member[2]
    approach = document["electricity"]["approach"]
    lines = [line for line in document["lines"] if line["basis"] in ("both", approach)]
    whole = sum(abs(float(line["value"])) for line in lines) or 1.0
    shares: dict[tuple[str, str], float] = {}
    names: dict[str, Mapping[str, str]] = {}
    for line in lines:
        key = str(line["flow"]), _source(line)
        shares[key] = shares.get(key, 0.0) + abs(float(line["value"])) / whole
        names.setdefault(key[0], line["name"])
    for (flow, source), share in sorted(shares.items(), key=lambda pair: (-pair[1], pair[0])):
        yield Line(flow, source, names[flow], _atom(member, f"{flow} by {source}", share))


def _source(line: Document) -> str:
    """Return the row of the library that a line rests on; suppliers' own figures as one."""
    factor = line.get("factor") or {}
    own = str(line.get("factor_kind") or "").startswith(SUPPLIERS)
    return SUPPLIERS if own else str(factor.get("id", ""))


def _rows(
    several: Sequence[Sequence[Line]], key: Callable[[Line], str], fewest: int
) -> tuple[Shared, ...]:
    """Return what enough enterprises share, the weightiest for all of them together."""
    found: dict[str, list[frozenset[Atom]]] = {}
    for lines in several:
        mine: dict[str, set[Atom]] = {}
        for line in lines:
            mine.setdefault(key(line), set()).add(line.share)
        for name, atoms in mine.items():
            found.setdefault(name, []).append(frozenset(atoms))
    rows = [Shared(name, frozenset().union(*atoms), len(atoms))
            for name, atoms in found.items() if name]  # fmt: skip
    enough = [row for row in rows if row.firms >= fewest]
    return tuple(sorted(enough, key=lambda row: (-value(row.atoms), row.key))[:MOST_ROWS])


def names_of(made: Pipeline) -> Mapping[str, Mapping[str, str]]:
    """Return what most enterprises call each flow; its id, where few use the same words for it."""
    callers: dict[tuple[str, str, str], set[str]] = {}
    for one, _, document in computed(made):
        for line in document["lines"]:
            words = str(line["flow"]), line["name"]["zh"], line["name"]["en"]
            callers.setdefault(words, set()).add(one.enterprise.slug)
    found: dict[str, Mapping[str, str]] = {}
    for (flow, zh, en), several in sorted(callers.items(), key=lambda one: (len(one[1]), one[0])):
        enough = len(several) >= made.found.settings.fewest
        found[flow] = {"zh": zh, "en": en} if enough else {"zh": flow, "en": flow}
    return found


# --- what moved -----------------------------------------------------------------------------------


def moved(product: Product) -> tuple[float, float] | None:
    """Return how far the gate figure is from the certificate's, and how far it may be."""
    fresh = next((made.footprint for made in product.results if made.computed), None)
    if fresh is None or product.record is None or not product.record.in_force:
        return None
    old, new = (_gate(document) for document in (product.record.footprint, fresh))
    limit = ruleset.load(str(fresh["ruleset"]["id"])).change_threshold
    return (new / old - 1 if old else 0.0), float(limit)


def _gate(document: Document) -> float:
    return float(document["figures"][GATE]["excluding_biogenic_co2"])


def _moves(made: Pipeline) -> Iterator[Atom]:
    """Yield a yes or a no for every certified product that was computed again."""
    for one in made.standings:
        for product in one.products:
            pair = moved(product)
            if pair is not None:
                told = float(abs(pair[0]) > pair[1])
                yield Atom(one.enterprise.slug, f"moved: {product.id}", told, most=1.0, flag=True)


# --- electricity of the works ---------------------------------------------------------------------


def _crossed(made: Pipeline) -> Mapping[tuple[str, str], Total]:
    """Return the table of electricity by export group and state, with its totals."""
    found: dict[tuple[str, str], Total] = {}
    for row, column, atom in _metered(made):
        for cell in ((row, column), (row, WHOLE), (WHOLE, column), (WHOLE, WHOLE)):
            found[cell] = found.get(cell, frozenset()) | {atom}
    return found


def _metered(made: Pipeline) -> Iterator[tuple[str, str, Atom]]:
    """Yield the kWh of every works, once for all products made in it."""
    for one in made.standings:
        works: dict[str, tuple[str, float]] = {}
        for product in one.products:
            for result in product.results:
                if result.computed:
                    name, amount = _works(result.ledger)
                    mine = (product.group or "any", amount)
                    works[name] = max(works.get(name, mine), mine, key=lambda pair: pair[1])
        for name, (group, amount) in works.items():
            column = DONE if one.in_force else OPEN
            yield group, column, Atom(one.enterprise.slug, f"kWh of {name}", amount)


def _works(ledger: Document) -> tuple[str, float]:
    """Return the name of the works of a ledger and what electricity it used."""
    name = " ".join(str(site["name"]["zh"]) for site in ledger.get("sites", ()))
    used = [float(row["consumed"]) for row in ledger.get("accounts", ())
            if row["id"] == ELECTRICITY and row["unit"] == "kWh"]  # fmt: skip
    return name, sum(used)
