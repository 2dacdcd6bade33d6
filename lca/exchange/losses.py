"""What another program cannot hold of a footprint: a report that goes with every export.

Nothing is left out in silence. Each loss is a sentence of the catalogue in both languages with the
numbers it concerns; a loss that concerns nothing is not mentioned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factors.texts import LANGS, Lang, text
from lca.exchange.from_footprint import size_of
from lca.exchange.network import Network
from lca.footprint import Footprint
from lca.inventory import GATE

SCHEMA = "carbonlabel-losses/1"
BRIGHTWAY, OPENLCA = "Brightway", "openLCA"


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that the target cannot hold, with the values of its sentence."""

    id: str
    values: tuple[tuple[str, str], ...] = ()

    def sentence(self, lang: Lang) -> str:
        """Return what is lost."""
        return text(f"interchange.loss_{self.id}", lang, **dict(self.values))


@dataclass(frozen=True, slots=True)
class LossReport:
    """What an export left behind.

    Attributes
    ----------
    target
        Name of the program.
    gap
        Relative difference between the exported network, as the target stores it, and the figure
        of record; of the headline total.
    """

    target: str
    product: str
    gap: float
    losses: tuple[Loss, ...]

    def title(self, lang: Lang) -> str:
        """Return the heading."""
        return text("interchange.title", lang, target=self.target)

    def to_json(self) -> dict[str, Any]:
        """Return the document ``carbonlabel-losses/1``."""
        return {
            "schema": SCHEMA,
            "target": self.target,
            "product": self.product,
            "relative_gap": f"{self.gap:.1E}",
            "losses": [
                {"id": one.id, **{lang: one.sentence(lang) for lang in LANGS}}
                for one in self.losses
            ],
        }


def loss_report(footprint: Footprint, made: Network, target: str, lang: Lang) -> LossReport:
    """Return what a target cannot hold of a footprint.

    Parameters
    ----------
    target
        ``Brightway`` or ``openLCA``.
    lang
        Language of the names in the export.
    """
    gap = _gap(footprint, made, single=target == BRIGHTWAY)
    counted = _losses(footprint, made, target, gap)
    found = [_loss(name, **values) for name, values in counted if values.get("count", 1)]
    found.append(_loss("names", lang=lang))
    return LossReport(target, made.id, gap, tuple(found))


def _loss(name: str, **values: object) -> Loss:
    return Loss(name, tuple(sorted((key, str(value)) for key, value in values.items())))


def _gap(footprint: Footprint, made: Network, *, single: bool) -> float:
    """Return how far the network is from the headline of record, in the numbers of the target."""
    value = made.figures[footprint.headline]
    found = made.scores(single=single)[footprint.headline]
    return abs(found - value) / size_of(footprint)


def _losses(
    footprint: Footprint, made: Network, target: str, gap: float
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield ("single" if target == BRIGHTWAY else "double"), {"gap": f"{gap:.0E}"}
    if target == BRIGHTWAY:
        yield "units", {}
    yield from _left_out(footprint)
    yield from _divided(footprint, made)
    lines = footprint.declared.lines
    yield "text", {"count": len(lines)}
    yield "quality", {"count": sum(bool(line.exchange.quality) for line in lines)}
    yield "grade", {"grade": footprint.grade, "count": len(footprint.reasons)}
    yield "record", {}
    yield from _spreads(made)
    yield "beside", {"count": _beside(footprint)}
    yield "family", {"count": len(footprint.system.family)}
    yield "indicator", {"count": len(footprint.system.indicators)}
    yield "private", {"count": sum(node.private for node in made.nodes)}


def _left_out(footprint: Footprint) -> Iterator[tuple[str, Mapping[str, Any]]]:
    other = [line for line in footprint.lines if not line.counts(footprint.approach)]
    yield "electricity", {"approach": footprint.approach, "count": len(other)}
    if footprint.boundary == GATE:
        stages = {stage.id for stage in footprint.system.stages if stage.side != "gate"}
        after = [one for one in footprint.system.exchanges if one.stage in stages]
        yield "boundary", {"boundary": footprint.boundary, "count": len(after)}


def _divided(footprint: Footprint, made: Network) -> Iterator[tuple[str, Mapping[str, Any]]]:
    shared = [process for process in footprint.system.processes if len(process.outputs) > 1]
    yield "shares", {"count": len(shared)}
    twice = [node for node in made.of_kind("process") if "@" in node.code]
    yield "sheets", {"count": len(twice) // 2}


def _spreads(made: Network) -> Iterator[tuple[str, Mapping[str, Any]]]:
    factors = {node.code for node in made.of_kind("factor")}
    stated = {arc.taker for arc in made.arcs if arc.spread is not None}
    yield "spread", {"count": len(stated & factors)}
    yield "assumed", {"count": len(factors - stated)}


def _beside(footprint: Footprint) -> int:
    system = footprint.system
    polluting = [one for one in footprint.pollutants if one.lines]
    shown = (footprint.sensitivities, polluting, footprint.bands, system.omissions)
    return sum(map(len, shown)) + len(system.carbon_content)
