"""The ledger as it stands in a system file: everything a verifier needs to retrace an amount."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factors.numbers import decimal_text
from lca.booking import Books
from lca.ledger import Account, Key, Output
from lca.submission import (
    AccountEntry,
    Cell,
    EvidenceEntry,
    FamilyEntry,
    InstrumentEntry,
    KeyEntry,
    Submission,
)

SINGLES = ("multiplier", "opening", "closing", "returned", "control_total")
"""Cells of an account beside its months."""

Place = dict[str, str]


def record(submission: Submission, books: Books) -> dict[str, Any]:
    """Return sites, accounts, keys, centres, outputs and shares as plain data."""
    entries = _entries(submission)
    keys = {entry.key: entry for entry in submission.keys}
    told = {entry.family: entry for entry in submission.families}
    families = set(books.ledger.families)
    return {
        "sites": [
            {"id": s.site, "name": dict(s.name), "address": dict(s.address), "country": s.country}
            for s in submission.sites
        ],
        "accounts": [_account(a, entries[a.id]) for a in books.ledger.accounts],
        "per_unit": [_per_unit(e) for e in submission.accounts if e.form == "unit"],
        "keys": [_key(key, keys[key.id]) for key in books.ledger.keys],
        "centres": [{"id": c.id, "kind": c.kind, "key": c.key} for c in books.ledger.centres],
        "outputs": [_output(output, told[output.family]) for output in books.ledger.outputs],
        "shares": [
            {
                "account": share.account,
                "target": share.target,
                "product": share.target in families,
                "share": decimal_text(share.share),
                "amount": decimal_text(share.amount),
            }
            for share in books.allocation.shares
        ],
        "instruments": [_instrument(entry) for entry in submission.instruments],
        "evidence": [_evidence(entry) for entry in submission.evidence],
    }


def _entries(submission: Submission) -> dict[str, AccountEntry]:
    """Entries by the id their account has in the ledger (a second meter is numbered)."""
    entries: dict[str, AccountEntry] = {}
    seen: dict[str, int] = {}
    for entry in submission.accounts:
        if entry.form == "period":
            seen[entry.account] = count = seen.get(entry.account, 0) + 1
            entries[entry.account if count == 1 else f"{entry.account}#{count}"] = entry
    return entries | {item.entry.account: item.entry for item in submission.further}


def _place(cell: Cell) -> Place:
    return {"sheet": cell.where.sheet, "cell": cell.where.cell}


def _places(cells: Mapping[str, Cell]) -> dict[str, Place]:
    """Return where values were read, those that have a place."""
    return {name: _place(cell) for name, cell in cells.items() if cell.where.cell}


def _account(account: Account, entry: AccountEntry) -> dict[str, Any]:
    control = account.control_total
    return {
        "id": account.id,
        "unit": account.unit,
        "months": [decimal_text(value) for value in account.months],
        "multiplier": decimal_text(account.multiplier),
        "opening": decimal_text(account.opening),
        "closing": decimal_text(account.closing),
        "returned": decimal_text(account.returned),
        "consumed": decimal_text(account.consumed),
        "control_total": None if control is None else decimal_text(control),
        "control_source": account.control_source,
        "key": account.key,
        "activity_kind": entry.activity_kind,
        "takers": None if account.takers is None else sorted(account.takers),
        "cells": [_place(cell) for cell in entry.months],
        "single_cells": _places({name: getattr(entry, name) for name in SINGLES}),
        "evidence": list(entry.evidence),
    }


def _per_unit(entry: AccountEntry) -> dict[str, Any]:
    return {
        "account": entry.account,
        "unit": entry.unit,
        "families": {
            family: decimal_text(cell.number)
            for family, cell in entry.per_unit.items()
            if cell.number is not None
        },
        "cells": _places(
            {name: cell for name, cell in entry.per_unit.items() if cell.number is not None}
        ),
        "activity_kind": entry.activity_kind,
        "evidence": list(entry.evidence),
    }


def _key(key: Key, entry: KeyEntry) -> dict[str, Any]:
    values: Mapping[str, str] = {t: decimal_text(value) for t, value in key.values.items()}
    cells = _places(entry.values)
    return {"id": key.id, "kind": key.kind, "unit": key.unit, "values": values, "cells": cells}


def _output(output: Output, entry: FamilyEntry) -> dict[str, Any]:
    begun = {"begun": decimal_text(output.begun)} if output.begun else {}
    ends = {"opening": entry.begun_opening, "closing": entry.begun_closing}
    where = {"begun_cells": _places(ends)} if output.begun else {}
    return {
        "family": output.family,
        "good": decimal_text(output.good),
        "months": [decimal_text(value) for value in output.months],
        "rejects": [decimal_text(value) for value in output.rejects],
        "cells": [_place(cell) for cell in entry.output],
        "reject_cells": [_place(cell) for cell in entry.rejects],
        **begun,
        **where,
    }


def _instrument(entry: InstrumentEntry) -> dict[str, Any]:
    number = entry.amount.number
    return {
        "id": entry.instrument,
        "technology": entry.technology,
        "amount": None if number is None else decimal_text(number),
        "unit": entry.amount.unit,
        "cells": _places({"amount": entry.amount}),
        "vintage": entry.vintage.text,
        "retired_for": entry.retired_for,
        "evidence": list(entry.evidence),
    }


def _evidence(entry: EvidenceEntry) -> dict[str, Any]:
    return {
        "id": entry.evidence,
        "kind": entry.kind,
        "title": entry.title,
        "dated": entry.dated.text,
        "page": entry.page,
        "sha256": entry.sha256,
    }
