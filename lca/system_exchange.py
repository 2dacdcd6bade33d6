"""One exchange of a system file: the plain way for plain ones, the thorough way for all others.

A system may have hundreds of thousands of exchanges, and nearly all of them are a handful of sound
texts. :func:`read_exchange` recognises those without building anything that it would need only for
a finding. The plain way reports nothing: whatever it does not know goes to the thorough way, which
reads every field by name and kind and collects all faults.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from factors.numbers import parse_decimal
from lca.inventory import Exchange
from lca.json_node import ID, MAX_TEXT, Node
from lca.own_factors import OWN
from lca.own_flows import known
from lca.standing_file import read_expected

BASES = ("both", "location", "market")
ACTIVITY_KINDS = ("metered", "invoiced", "calculated", "estimated", "literature")
FACTOR_KINDS = ("supplier-verified", "supplier", "database", "proxy")

PLAIN = frozenset({"id", "process", "stage", "flow", "amount", "unit", "from"})
SOURCES = frozenset({"process", "factor", "flow"})


def read_exchanges(root: Node, own: Collection[str]) -> Iterator[Exchange]:
    """Yield the exchanges of a file; their faults go to the findings of its root.

    Parameters
    ----------
    own
        Ids of the elementary flows that the file declares.
    """
    for index, item in enumerate(root.items("exchanges")):
        if exchange := plain(item, own):
            yield exchange
        elif node := root.element("exchanges", index, item):
            yield thorough(node, own)


def plain(data: Any, own: Collection[str]) -> Exchange | None:
    """Return the exchange of an object of sound texts; None when it deserves a closer look."""
    if not isinstance(data, dict) or not data.keys() <= PLAIN:
        return None
    get, source = data.get, data.get("from")
    if not isinstance(source, dict) or len(source) != 1:
        return None
    ((kind, name),) = source.items()
    texts = [name, get("id"), get("process"), get("stage", ""), get("flow", ""), get("unit")]
    if set(map(type, texts)) != {str} or max(map(len, texts)) > MAX_TEXT:
        return None
    _, ident, process, stage, flow, unit = texts
    links = kind == "process"
    if not (kind in SOURCES and name and unit and (stage or links) and ID.fullmatch(ident)):
        return None
    if not (_is_id(process) and (not stage or _is_id(stage)) and (kind == "flow" or _is_id(name))):
        return None
    try:
        amount = parse_decimal(data["amount"])
    except (KeyError, TypeError, ValueError):
        return None
    if kind == "flow" and not (known(name, own) and (amount >= 0 or name in own)):
        return None
    return Exchange(
        id=ident,
        process=process,
        stage=stage,
        flow=flow,
        name={},
        amount=amount,
        unit=unit,
        from_process=name if links else "",
        from_factor=name if kind == "factor" else "",
        from_flow=name if kind == "flow" else "",
    )


def thorough(node: Node, own: Collection[str]) -> Exchange:
    """Return an exchange, every field asked for by name and kind."""
    node.require("id", "process", "amount", "unit", "from")
    source = node.node("from")
    exchange = Exchange(
        id=node.id("id"),
        process=node.id("process"),
        stage=node.id("stage"),
        flow=node.text("flow"),
        name=node.bilingual("name"),
        amount=node.number("amount"),
        unit=node.text("unit"),
        from_process=source.id("process"),
        from_factor=source.id("factor"),
        from_flow=source.text("flow"),
        basis=node.choice("basis", BASES, "both"),
        hot_spot=node.flag("hot_spot"),
        expected=read_expected(node.node("expected")),
        activity_kind=node.choice("activity_kind", ACTIVITY_KINDS, ""),
        factor_kind=node.choice("factor_kind", FACTOR_KINDS, "database"),
        quality=node.carried("quality") or None,
        place=node.text("place"),
        year=node.text("year"),
        evidence=node.strings("evidence"),
        origin=_origin(node),
    )
    source.done()
    node.done()
    for code, key, params in _faults(exchange, own):
        node.report(code, key, **params)
    return exchange


@lru_cache(maxsize=4096)
def _is_id(text: str) -> bool:
    """Whether a text may be an id; those of processes, stages and factors return very often."""
    return bool(ID.fullmatch(text))


def _origin(node: Node) -> dict[str, Any]:
    inner = node.node("origin")
    if inner.data:
        inner.choice("kind", ("cell", "rule", "file"), "file")
    return dict(inner.data)


def _faults(exchange: Exchange, own: Collection[str]) -> list[tuple[str, str, dict[str, str]]]:
    """Return what does not fit together within one exchange: code, key, fields of the sentence."""
    found: list[tuple[str, str, dict[str, str]]] = []
    named = {"exchange": exchange.id}
    flow = exchange.from_flow
    sources = (exchange.from_process, exchange.from_factor, flow)
    if sum(map(bool, sources)) != 1:
        found.append(("SYSTEM-FROM", "from", named))
    if exchange.is_line and not exchange.stage:
        found.append(("SYSTEM-KEY-MISSING", "stage", {"key": "stage"}))
    if not exchange.is_line and exchange.basis != "both":
        found.append(("SYSTEM-BASIS-LINK", "basis", named))
    if flow and not known(flow, own):
        found.append(("SYSTEM-FLOW", "from.flow", {"saw": flow}))
    if flow and not flow.startswith(OWN) and exchange.amount < 0:
        found.append(("SYSTEM-FLOW-NEGATIVE", "amount", named))
    return found
