"""The 28 items a carbon footprint study report must hold, read from the body: a gate and an annex.

Each item is filled, not applicable with a reason, or missing; a missing one stops issuing. The
items follow ISO 14067:2018, clause 7, as secondary sources list them; the wording is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from factors.findings import Finding, Where, finding
from factors.texts import text
from labels.page import GATE, Page
from labels.wordpair import Pair


class State(StrEnum):
    """Whether an item is filled."""

    FILLED = "filled"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Item:
    """One item: number, what it asks, where it stands, its state and a remark or reason."""

    number: int
    name: Pair
    place: Pair
    state: State
    remark: Pair


Body = Mapping[str, Any]
#: What an item needs: True filled, False missing, a text the reason why it does not apply.
Need = Callable[[Body], bool | str]


def _has(*keys: str) -> Need:
    """Return a need: every key path leads to something."""
    return lambda body: all(bool(_at(body, key)) for key in keys)


def _at(body: Body, path: str) -> Any:
    value: Any = body
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _whole(body: Body) -> bool:
    return str(body["boundary"]) != GATE


def _later(body: Body) -> bool | str:
    if not _whole(body):
        return "partial"
    return any(stage["side"] == "after" for stage in body["stages"])


def _parts(*names: str) -> Need:
    return lambda body: all(name in body["parts"] for name in names)


def _listed(key: str) -> Need:
    """Return a need: the list is there; an empty one says that there is nothing to tell."""
    return lambda body: body.get(key) is not None


def _allocation(body: Body) -> bool | str:
    return bool(body.get("allocation")) or "undivided"


def _uncertainty(body: Body) -> bool | str:
    return bool(body.get("uncertainty")) or "spread_unknown"


def _review(body: Body) -> bool | str:
    return bool(body.get("verification")) or "not_verified"


def _identified(body: Body) -> bool:
    return bool(_has("client.name", "issuer.name", "validity.from", "approvers")(body))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One item of the list: key of its texts, where it stands, what it needs."""

    key: str
    place: str
    need: Need


def _always(reason: str) -> Need:
    return lambda body: reason


def _said(body: Body) -> bool:
    """Tell that the report says it in words of its own for every study."""
    return bool(body)


ASKED: tuple[_Asked, ...] = (
    _Asked(
        "unit", "summary", _has(*(f"declared_unit.{key}" for key in ("amount", "unit", "name")))
    ),
    _Asked("goal", "checklist", _said),
    _Asked("boundary", "summary", _has("boundary", "stages")),
    _Asked("processes", "figures", _has("stages", "lock.model.id")),
    _Asked("gases", "method", _has("gwp.set")),
    _Asked("characterisation", "method", _has("gwp.set", "gwp.shares")),
    _Asked("fossil", "parts", _parts("fossil", "unspecified")),
    _Asked("biogenic", "parts", _parts("biogenic_co2_emission", "biogenic_co2_removal")),
    _Asked("land_use", "parts", _parts("land_use_change")),
    _Asked("aircraft", "parts", _parts("aircraft")),
    _Asked("outside", "checklist", _always("not_counted")),
    _Asked("cut_off", "summary", _listed("exclusions")),
    _Asked("data", "lock", _has("lock.factors", "period.from")),
    _Asked("quality", "quality", _has("data_quality.primary_activity_share")),
    _Asked("allocation", "summary", _allocation),
    _Asked("time", "summary", _has("period.from", "period.to")),
    _Asked("electricity", "summary", _has("electricity.location", "electricity.market")),
    _Asked("choices", "checklist", _has("ruleset.id", "headline", "electricity.approach")),
    _Asked("scenarios", "figures", _later),
    _Asked("stages", "figures", _has("stages")),
    _Asked("sensitivity", "sensitivity", _has("stages")),
    _Asked("uncertainty", "figures", _uncertainty),
    _Asked("conclusions", "summary", _has("totals", "grade.value")),
    _Asked("review", "checklist", _review),
    _Asked("rules", "summary", _has("ruleset.id", "ruleset.edition")),
    _Asked("tracking", "checklist", _always("no_tracking")),
    _Asked("no_offsets", "checklist", _said),
    _Asked("identity", "summary", _identified),
)


def items(page: Page) -> Iterator[Item]:
    """Yield the items in their order."""
    words = page.words
    for number, asked in enumerate(ASKED, start=1):
        told = asked.need(page.body)
        remark = (
            words.text(f"checklist.reason_{told}")
            if isinstance(told, str)
            else _remark(page, asked)
        )
        yield Item(
            number,
            words.text(f"checklist.item_{asked.key}"),
            words.text(f"checklist.place_{asked.place}"),
            _state(told),
            remark,
        )


def missing(body: Body) -> Iterator[Finding]:
    """Yield a finding for every item that is not filled though it applies."""
    for number, asked in enumerate(ASKED, start=1):
        if _state(asked.need(body)) is State.MISSING:
            key = f"checklist.item_{asked.key}"
            yield finding(
                "REPORT-ITEM-MISSING",
                Where(path=asked.key),
                number=number,
                item_zh=text(key, "zh"),
                item_en=text(key, "en"),
            )


def _state(told: bool | str) -> State:
    if isinstance(told, str):
        return State.NOT_APPLICABLE
    return State.FILLED if told else State.MISSING


def _remark(page: Page, asked: _Asked) -> Pair:
    """Return what the report says of an item right here, where it says it nowhere else."""
    if asked.place != "checklist":
        return Pair("")
    return page.words.text(f"checklist.said_{asked.key}")
