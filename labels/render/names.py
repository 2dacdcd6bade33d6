"""Product and maker on the label: one type size for both, however long their names are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from factors.findings import Finding
from labels.page import Page
from labels.render.fitting import MM_PER_PT, SMALLEST, Faces, Run, SetLine, Tier, runs, set_runs
from labels.render.plan import Plan
from labels.render.texts import place, too_long
from labels.wordpair import Pair

# Names of product and maker share one size and the room between the two rules.
NAMES = (Tier(8.0, 3.05), Tier(7.2, 2.7), Tier(6.4, 2.3), Tier(SMALLEST, 2.01))
NAMES_GAP = 0.6
SCRAP = 2
#: Lines that product and maker have together at the smallest size.
LINES = 8
NAMES_WIDTH = 45.6
NAMES_BOTTOM = 62.5


@dataclass(frozen=True, slots=True)
class Setting:
    """Product and maker broken into lines at one size."""

    upper: tuple[SetLine, ...]
    lower: tuple[SetLine, ...]
    tier: Tier


@dataclass(frozen=True, slots=True)
class Block:
    """Product or maker: key, lines, place (mm), type size (pt), height of a line (em)."""

    key: Pair
    lines: tuple[SetLine, ...]
    top: float
    size: float
    leading: float


def blocks(page: Page, plan: Plan, faces: Faces, findings: list[Finding]) -> list[Block]:
    """Place product and maker; a finding, and no blocks, when they fit at no size."""
    for trial in _name_trials(page):
        settings = _settings(*trial, plan, faces)
        largest = next(settings, None)
        if largest:
            tidy_ones = (one for one in chain([largest], settings) if not _leaves_scrap(one))
            return _stack(page, plan, next(tidy_ones, largest))
    findings.extend(_names_too_long(page, faces))
    return []


def _settings(product: list[Run], maker: list[Run], plan: Plan, faces: Faces) -> Iterator[Setting]:
    """Yield the settings of both names that fit, the largest type first."""
    room = NAMES_BOTTOM - plan.names_top - NAMES_GAP
    for tier in NAMES:
        upper = set_runs(product, faces, tier.size, NAMES_WIDTH)
        lower = set_runs(maker, faces, tier.size, NAMES_WIDTH)
        if upper and lower and (len(upper) + len(lower)) * tier.pitch <= room:
            yield Setting(upper, lower, tier)


def _leaves_scrap(setting: Setting) -> bool:
    """Tell whether a text ends with a line of one or two characters."""
    lines = (*setting.upper, *setting.lower)
    return any(len(line.text) <= SCRAP for line in lines)


def _stack(page: Page, plan: Plan, setting: Setting) -> list[Block]:
    """Place both blocks: the maker at its usual height unless a long name needs the room."""
    upper, lower, tier = setting.upper, setting.lower, setting.tier
    leading = round(tier.pitch / (tier.size * MM_PER_PT), 4)
    need = plan.names_top + len(upper) * tier.pitch + NAMES_GAP
    low = max(need, min(plan.names_middle, NAMES_BOTTOM - len(lower) * tier.pitch))
    words = page.words
    return [
        Block(words.text("label.product"), upper, plan.names_top, tier.size, leading),
        Block(words.text("label.maker"), lower, round(low, 3), tier.size, leading),
    ]


def _name_trials(page: Page) -> Iterator[tuple[list[Run], list[Run]]]:
    """Wordings of product and maker, fullest first.

    Model, with what a family's figure stands for, and site are never left out of the first
    language. When room is short, the second language gives up first what the first already says
    (model, site), then one whole line after the other.
    """
    product, maker = (
        runs(page.words.listed(page.product, page.article)),
        runs(page.words.listed(page.maker, page.site)),
    )
    yield product, maker
    brief_product = product[:1] + runs(page.product)[1:]
    brief_maker = maker[:1] + runs(page.maker)[1:]
    yield brief_product, brief_maker
    yield brief_product, maker[:1]
    yield product[:1], brief_maker
    yield product[:1], maker[:1]


def _names_too_long(page: Page, faces: Faces) -> Iterator[Finding]:
    """Name whichever of product and maker takes more than half of the smallest lines."""
    half = LINES // 2
    for pair, path, key in (
        (page.product, "product.name", "product"),
        (page.maker, "product.maker.name", "maker"),
    ):
        lines = set_runs(runs(pair)[:1], faces, SMALLEST, NAMES_WIDTH)
        if lines is None or len(lines) > half:
            yield too_long(pair.first, path, place(page.words, key))
