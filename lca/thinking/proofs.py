"""What a number claims against what stands behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from factors.findings import Finding
from lca.submission import AccountEntry
from lca.thinking.case import Case, Row
from lca.thinking.sure import Sure, thought

ON_PAPER = frozenset({"bom", "declaration", "estimate", "literature"})
OF_AMOUNTS = frozenset({"bill", "settlement", "meter-record", "weighbridge", "stock-record"})
"""Documents that only amounts can rest on; others may stand behind an answer."""

SOLD = re.compile(
    r"(证书|绿证|环境权益).{0,6}(已|全部|部分)(出售|售出|卖)|certificates? (were |was )?sold",
    re.IGNORECASE,
)
SOLAR = re.compile("solar|photovoltaic|_pv|^pv", re.IGNORECASE)


def look(case: Case) -> Iterator[Finding]:
    """Look at evidence, at metered accounts that have no months, and at own solar power."""
    kinds = {entry.evidence: entry.kind for entry in case.submission.evidence}
    titles = {entry.evidence: entry.title for entry in case.submission.evidence}
    for row in case.rows:
        yield from _claimed(row, kinds)
        yield from _solar(row.entry, titles, row)
    yield from _bare(case)
    used = {code for entry in case.submission.accounts for code in entry.evidence}
    used |= {code for one in case.submission.suppliers for code in one.evidence}
    used |= {code for one in case.submission.instruments for code in one.evidence}
    for entry in case.submission.evidence:
        if used and entry.kind in OF_AMOUNTS and entry.evidence not in used:
            yield thought("THINK-EVIDENCE-UNUSED", entry.where, Sure.LOOK, code=entry.evidence)


def _bare(case: Case) -> Iterator[Finding]:
    """Metered or invoiced with no document at all; once for a file, at the first such row."""
    listed = bool(case.submission.evidence)
    rows = [row for row in case.rows if row.entry.activity_kind in ("metered", "invoiced")]
    bare = [row for row in rows if row.booked.consumed > 0 and not row.entry.evidence]
    if listed and bare:
        yield thought(
            "THINK-PROOF-NONE", bare[0].entry.where, Sure.LOOK, count=len(bare), **bare[0].names
        )
    for one in case.submission.instruments:
        if listed and not one.evidence:
            yield thought("THINK-GREEN-PROOF", one.where, Sure.LOOK, name=one.instrument)


def _claimed(row: Row, kinds: dict[str, str]) -> Iterator[Finding]:
    """Metered, yet only a list of parts or a statement stands behind it."""
    behind = {kinds[code] for code in row.entry.evidence if code in kinds}
    if row.entry.activity_kind == "metered" and behind and behind <= ON_PAPER:
        told = {"kinds": ", ".join(sorted(behind)), **row.names}
        yield thought("THINK-METERED-CLAIM", row.entry.where, Sure.LOOK, **told)


def _solar(entry: AccountEntry, titles: dict[str, str], row: Row) -> Iterator[Finding]:
    """Own solar power whose certificates were sold is grid power."""
    if not SOLAR.search(entry.account) or row.booked.consumed <= 0:
        return
    if not entry.evidence:
        yield thought("THINK-SOLAR-UNPROVEN", entry.where, Sure.LOOK, **row.names)
    elif any(SOLD.search(titles.get(code, "")) for code in entry.evidence):
        yield thought("THINK-SOLAR-SOLD", entry.where, Sure.LIKELY, **row.names)
