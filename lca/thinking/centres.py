"""Cost centres: a canteen called production, one that no key shares anything out to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from factors.findings import Finding
from lca.thinking.case import Case
from lca.thinking.sure import Sure, thought

NOT_MADE = re.compile(
    "食堂|宿舍|餐厅|家属|租户|承租|出租|代储|canteen|dormitor|staff district|tenant|for others",
    re.IGNORECASE,
)
"""Words of places where nothing is made."""


def look(case: Case) -> Iterator[Finding]:
    """Look at what each centre is called, and at what it takes."""
    yield from _named(case)
    yield from _idle(case)


def _named(case: Case) -> Iterator[Finding]:
    """A canteen that counts as production puts its energy on the product."""
    for centre in case.submission.centres:
        name = " ".join((centre.centre, *centre.name.values()))
        if centre.kind in ("production", "auxiliary") and NOT_MADE.search(name):
            yield thought("THINK-CENTRE-KIND", centre.where, Sure.LIKELY, code=centre.centre)


def _idle(case: Case) -> Iterator[Finding]:
    """Look for each centre among the keys, once all of them could be read."""
    keys = case.books.ledger.keys
    if not all(case.sound(key.where) for key in keys):
        return
    served = {target for key in keys for target, value in key.values.items() if value}
    for centre in case.books.ledger.centres:
        if centre.id not in served:
            yield thought("THINK-CENTRE-IDLE", centre.where, Sure.LIKELY, code=centre.id)
