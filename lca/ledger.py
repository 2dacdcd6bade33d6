"""The site ledger: what a factory books, brought down to its product families, exactly.

A factory has meters, heaps and purchase lists for the whole site; a footprint needs amounts per
declared unit of one product. Between the two stand keys::

    amount per declared unit = account total x share of the family / good output of the family

Everything is rational arithmetic, so the amounts given to families and non-product uses add up to
the account total without remainder. Auxiliary centres (boiler house, compressed air) may serve each
other; their loops are solved, not ordered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from factors.findings import Finding, Where, finding
from factors.texts import LANGS
from factors.units import Unit

OUTPUT_KEY = "output"
"""Key that every ledger has: the good output of the families, in declared units."""

_OUTPUT_KINDS = {"[mass]": "mass", "[length]^3": "volume", "[length]^2": "area"}

NON_PRODUCT = "non-product"
MEASURED_KEYS = frozenset({"sub-meter", "standard-consumption", "machine-hours"})


def output_kind(declared: Unit) -> str:
    """Return what the built-in key counts outputs by: the declared unit, else pieces."""
    return _OUTPUT_KINDS.get(declared.dimension, "pieces")


@dataclass(frozen=True, slots=True)
class Account:
    """One carrier, material or waste of the site over the period.

    Attributes
    ----------
    months
        Readings or purchases of the twelve months, in ``unit`` before the multiplier.
    multiplier
        Current-transformer ratio of a meter; 1 for everything else.
    opening, closing, returned
        Stocks and returns, in ``unit``.
    control_total
        The same quantity from an independent record, if there is one.
    key
        Id of the allocation key; empty when the site makes one family only.
    takers
        Families that can take part at all; None when every family can.
    names
        Name by language, for messages.
    key_where, month_places
        Cells of the key and of each month; without them the place of the account stands for all.
    """

    id: str
    unit: str
    months: tuple[Fraction, ...]
    multiplier: Fraction = Fraction(1)
    opening: Fraction = Fraction(0)
    closing: Fraction = Fraction(0)
    returned: Fraction = Fraction(0)
    control_total: Fraction | None = None
    control_source: str = ""
    key: str = ""
    takers: frozenset[str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    where: Where = Where()
    key_where: Where | None = None
    month_places: tuple[Where, ...] = ()

    @property
    def shown(self) -> dict[str, str]:
        """The name for messages in each language; the id where there is none."""
        return {f"account_{lang}": self.names.get(lang, self.id) for lang in LANGS}

    @property
    def consumed(self) -> Fraction:
        """Stock law: opening + multiplier x readings - closing - returned."""
        return self.opening + self.multiplier * sum(self.months) - self.closing - self.returned


@dataclass(frozen=True, slots=True)
class Key:
    """How something is shared out; the share of a target is its value over the sum of values."""

    id: str
    kind: str
    unit: str
    values: Mapping[str, Fraction]
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class Centre:
    """A place of the site that consumes: ``production``, ``auxiliary`` or ``non-product``."""

    id: str
    kind: str
    key: str = ""
    where: Where = Where()


@dataclass(frozen=True, slots=True)
class Output:
    """Good output of a family in declared units, by month.

    ``begun`` is the work in progress on the last day less that on the first, in equivalent finished
    units: what the period spent on pieces that were not finished in it, and the other way round.
    """

    family: str
    months: tuple[Fraction, ...]
    rejects: tuple[Fraction, ...] = ()
    begun: Fraction = Fraction(0)

    @property
    def good(self) -> Fraction:
        """Good output of the period, with what was begun in it and without what was before."""
        return sum(self.months, self.begun)


@dataclass(frozen=True, slots=True)
class Share:
    """What one family or non-product centre takes of an account."""

    account: str
    target: str
    share: Fraction
    amount: Fraction


@dataclass(frozen=True, slots=True)
class Ledger:
    """The accounts of one site and period with all that is needed to share them out."""

    accounts: tuple[Account, ...]
    outputs: tuple[Output, ...]
    keys: tuple[Key, ...] = ()
    centres: tuple[Centre, ...] = ()

    @property
    def families(self) -> tuple[str, ...]:
        """Ids of the families."""
        return tuple(output.family for output in self.outputs)

    def key(self, id: str) -> Key | None:
        """Return the key of this id; ``output`` always exists."""
        if id == OUTPUT_KEY:
            return Key(OUTPUT_KEY, OUTPUT_KEY, "", {o.family: o.good for o in self.outputs})
        return next((key for key in self.keys if key.id == id), None)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Result of sharing out a ledger: shares that add up, and what was wrong on the way.

    An account without shares has a finding: its own, or that of its key or of a centre it comes to.
    """

    shares: tuple[Share, ...]
    findings: tuple[Finding, ...]

    def of(self, account: str, family: str) -> Share | None:
        """Return the share of a family in an account."""
        for share in self.shares:
            if share.account == account and share.target == family:
                return share
        return None


def allocate(ledger: Ledger) -> Allocation:
    """Share every account out to families and non-product centres.

    Returns
    -------
    Allocation
        For each account that could be shared: shares that sum to exactly 1. Accounts without a
        usable key are left out and named in the findings.
    """
    splits, findings = _centre_splits(ledger)
    shares: list[Share] = []
    for account in ledger.accounts:
        start, problems = _first_split(account, ledger)
        findings.extend(problems)
        if start is None:
            continue
        final = _through_centres(start, splits)
        if final is None:
            if all(splits[centre] for centre in _reached(start, splits)):
                findings.append(finding("LEDGER-CENTRE-LOOP", account.where, **account.shown))
            continue
        shares.extend(
            Share(account.id, target, share, share * account.consumed)
            for target, share in sorted(final.items())
        )
    return Allocation(tuple(shares), tuple(findings))


def _first_split(
    account: Account, ledger: Ledger
) -> tuple[dict[str, Fraction] | None, list[Finding]]:
    """Shares of an account by its own key, before centres pass theirs on."""
    takers = [f for f in ledger.families if account.takers is None or f in account.takers]
    if not account.key and len(takers) == 1 and not ledger.centres:
        return {takers[0]: Fraction(1)}, []
    key = ledger.key(account.key or (OUTPUT_KEY if account.takers is not None else ""))
    if key is None:
        code = "LEDGER-KEY-UNKNOWN" if account.key else "LEDGER-KEY-MISSING"
        return None, [
            finding(code, account.key_where or account.where, **account.shown, key=account.key)
        ]
    values = dict(key.values)
    barred = sorted(t for t in values if t in ledger.families and t not in takers and values[t])
    problems: list[Finding] = []
    if barred and key.kind in MEASURED_KEYS:
        problems.append(
            finding(
                "LEDGER-KEY-BARRED",
                key.where,
                key=key.id,
                **account.shown,
                families=", ".join(barred),
            )
        )
    kept = {target: value for target, value in values.items() if target not in barred}
    split, found = _fractions(key, kept, ledger)
    return split, problems + found


def _fractions(
    key: Key, values: Mapping[str, Fraction], ledger: Ledger
) -> tuple[dict[str, Fraction] | None, list[Finding]]:
    """Normalise the values of a key; refuse unknown targets, negative values and an empty key."""
    known = {*ledger.families, *(centre.id for centre in ledger.centres)}
    problems = [
        finding("LEDGER-TARGET-UNKNOWN", key.where, key=key.id, target=target)
        for target in sorted(set(values) - known)
    ]
    problems += [
        finding("LEDGER-KEY-NEGATIVE", key.where, key=key.id, target=target)
        for target, value in sorted(values.items())
        if value < 0
    ]
    total = sum(values.values(), Fraction(0))
    if not problems and total == 0:
        problems.append(finding("LEDGER-KEY-EMPTY", key.where, key=key.id))
    if problems:
        return None, problems
    return {target: value / total for target, value in values.items() if value}, []


def _centre_splits(
    ledger: Ledger,
) -> tuple[dict[str, dict[str, Fraction]], list[Finding]]:
    """Where each centre's burden goes, nowhere if its key is amiss; a non-product one keeps it."""
    splits: dict[str, dict[str, Fraction]] = {}
    findings: list[Finding] = []
    for centre in ledger.centres:
        if centre.kind == NON_PRODUCT:
            continue
        key = ledger.key(centre.key)
        if key is None:
            code = "LEDGER-KEY-UNKNOWN" if centre.key else "LEDGER-KEY-MISSING"
            findings.append(
                finding(
                    code, centre.where, account_zh=centre.id, account_en=centre.id, key=centre.key
                )
            )
            splits[centre.id] = {}
            continue
        split, problems = _fractions(key, key.values, ledger)
        findings.extend(problems)
        splits[centre.id] = split or {}
    return splits, findings


def _through_centres(
    start: Mapping[str, Fraction], splits: Mapping[str, Mapping[str, Fraction]]
) -> dict[str, Fraction] | None:
    """Pass the burden of production and auxiliary centres on until it rests on final targets.

    With x the total passing through each centre: x = start + S'x, hence (I - S')x = start.
    Returns None when centres only serve each other.
    """
    centres = sorted(_reached(start, splits))
    matrix = [
        [Fraction(int(row == column)) - splits[column].get(row, Fraction(0)) for column in centres]
        for row in centres
    ]
    through = _solve(matrix, [start.get(centre, Fraction(0)) for centre in centres])
    if through is None:
        return None
    final = {target: share for target, share in start.items() if target not in splits}
    passing = dict(zip(centres, through, strict=True))
    for centre, split in splits.items():
        for target, share in split.items():
            if target not in splits:  # whom only other centres serve takes nothing, and is told so
                took = passing.get(centre, Fraction(0)) * share
                final[target] = final.get(target, Fraction(0)) + took
    return final if sum(final.values()) == 1 else None


def _reached(start: Iterable[str], splits: Mapping[str, Mapping[str, Fraction]]) -> frozenset[str]:
    """Centres that a burden comes to; a loop that it does not come to is no matter of its."""
    reached: set[str] = set()
    ahead = [target for target in start if target in splits]
    while ahead:
        centre = ahead.pop()
        if centre not in reached:
            reached.add(centre)
            ahead.extend(target for target in splits[centre] if target in splits)
    return frozenset(reached)


def _solve(
    matrix: Sequence[Sequence[Fraction]], right: Sequence[Fraction]
) -> list[Fraction] | None:
    """Gaussian elimination over the rationals; None when singular."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for column in range(size):
        pivot = next((r for r in range(column, size) if rows[r][column] != 0), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column]
        rows[column] = [value / head for value in rows[column]]
        for other in range(size):
            if other != column and rows[other][column] != 0:
                times = rows[other][column]
                rows[other] = [
                    a - times * b for a, b in zip(rows[other], rows[column], strict=True)
                ]
    return [row[-1] for row in rows]
