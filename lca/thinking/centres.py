"""Cost centres that no key shares anything out to: a canteen or a tenant that takes no energy."""

from __future__ import annotations

from collections.abc import Iterator

from factors.findings import Finding
from lca.thinking.case import Case
from lca.thinking.sure import Sure, thought


def look(case: Case) -> Iterator[Finding]:
    """Look for each centre among the keys, once all of them could be read."""
    keys = case.books.ledger.keys
    if not all(case.sound(key.where) for key in keys):
        return
    served = {target for key in keys for target, value in key.values.items() if value}
    for centre in case.books.ledger.centres:
        if centre.id not in served:
            yield thought("THINK-CENTRE-IDLE", centre.where, Sure.LIKELY, code=centre.id)
