"""A line counts where the demand that causes it stands: before the factory gate, or after it.

A product model says for every exchange in which stage it sits. A process that is demanded on both
sides of the gate (a cracker for the foam of the cabinet and for the detergent of its use) has one
stage for its lines and two reasons to run. So it becomes one process for each reason: what the gate
demands keeps its stages; what a later stage demands, and everything behind it, has its lines in the
stage of the demand. A line that stands after the gate already stays in the stage it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from factors.texts import LANGS, text
from lca.allocation import home_stage
from lca.inventory import EndOfLife, Exchange, Process, ProductSystem

BEFORE = ""
"""The demand of the gate; any other demand goes by its stage."""

Node = tuple[str, str]
"""A process and the demand that it runs for."""


def parted(system: ProductSystem) -> ProductSystem:
    """Return a system in which every process runs for the gate or for one later stage alone.

    Totals, gases and both electricity results stay what they are; only stages and the figure to the
    gate change. A system that has nothing to part comes back as it is, so the step may be repeated.

    Parameters
    ----------
    system
        Every process is reached from the reference flow, and every link leads to one.

    Returns
    -------
    ProductSystem
        A process that runs for one demand keeps its id, and so does the first of several; the
        others, and their exchanges, have the stage of their demand behind the id.
    """
    parting = _Parting(system)
    if all(demand == BEFORE for _, demand in parting.nodes):
        return system
    exchanges = tuple(parting.exchanges())
    stages = {exchange.stage for exchange in exchanges}
    return replace(
        system,
        processes=tuple(parting.processes()),
        exchanges=exchanges,
        stages=tuple(stage for stage in system.stages if stage.id in stages),
        end_of_life=tuple(parting.block(block) for block in system.end_of_life),
    )


def astride(system: ProductSystem) -> tuple[str, ...]:
    """Return the processes whose lines stand before the gate though a later stage demands them.

    A product model never makes one; a system file that was written by hand may.
    """
    later = {stage.id for stage in system.stages if stage.side != "gate"}
    if not any(one.from_process and one.stage in later for one in system.exchanges):
        return ()
    nodes = _Parting(system).nodes
    behind = {process for process, demand in nodes if demand != BEFORE}
    lines = (one for one in system.exchanges if one.is_line and one.stage not in later)
    return tuple(dict.fromkeys(one.process for one in lines if one.process in behind))


class _Parting:
    """Follows the demand through one system and gives every reason to run its own process."""

    def __init__(self, system: ProductSystem) -> None:
        self.system = system
        self.later = [stage.id for stage in system.stages if stage.side != "gate"]
        self.order = {stage.id: place for place, stage in enumerate(system.stages)}
        self.rows: dict[str, list[Exchange]] = {process.id: [] for process in system.processes}
        for exchange in system.exchanges:
            self.rows[exchange.process].append(exchange)
        self.replaces = {
            process.id: [output.replaces for output in process.outputs if output.replaces]
            for process in system.processes
        }
        self.nodes = frozenset(self._walk())

    def processes(self) -> Iterator[Process]:
        """Yield the processes, those of one process side by side."""
        for process in self.system.processes:
            for demand in self._demands(process.id):
                name = self._name(process.id, demand)
                outputs = tuple(
                    replace(output, replaces=self._replaced(output.replaces, process.id, demand))
                    for output in process.outputs
                )
                words = process.name if name == process.id else self._words(process.name, demand)
                yield replace(process, id=name, name=words, outputs=outputs)

    def exchanges(self) -> Iterator[Exchange]:
        """Yield the exchanges in their order, those of one exchange side by side."""
        for exchange in self.system.exchanges:
            for demand in self._demands(exchange.process):
                stage = self._stage(exchange, demand)
                target = exchange.from_process
                yield replace(
                    exchange,
                    id=self._tail(exchange.id, exchange.process, demand),
                    process=self._name(exchange.process, demand),
                    stage=stage,
                    from_process=self._name(target, self._passed(stage)) if target else "",
                )

    def block(self, block: EndOfLife) -> EndOfLife:
        """Return a recycled material whose lines are those of all demands."""
        owner = {exchange.id: exchange.process for exchange in self.system.exchanges}
        lines = (
            self._tail(line, owner[line], demand)
            for line in block.lines
            for demand in self._demands(owner[line])
        )
        return replace(block, lines=tuple(lines))

    def _walk(self) -> Iterator[Node]:
        """Yield every process with every demand that reaches it, each once."""
        seen: set[Node] = set()
        ahead: list[Node] = [(self.system.reference_process, BEFORE)]
        while ahead:
            node = ahead.pop()
            if node not in seen:
                seen.add(node)
                ahead.extend(self._links(*node))
                yield node

    def _links(self, process: str, demand: str) -> Iterator[Node]:
        for exchange in self.rows[process]:
            if exchange.from_process:
                yield exchange.from_process, self._passed(self._stage(exchange, demand))
        for target in self.replaces[process]:
            if target in self.rows:
                yield target, self._passed(self._home(process, demand))

    def _stage(self, exchange: Exchange, demand: str) -> str:
        """Return the stage an exchange counts in under a demand."""
        return exchange.stage if demand == BEFORE or exchange.stage in self.later else demand

    def _home(self, process: str, demand: str) -> str:
        """Return the stage of the credits of a process under a demand."""
        stages = {self._stage(exchange, demand) for exchange in self.rows[process]}
        return home_stage(stages, self.system.stages[0].id)

    def _passed(self, stage: str) -> str:
        """Return the demand that an exchange in a stage passes on."""
        return stage if stage in self.later else BEFORE

    def _demands(self, process: str) -> list[str]:
        """Return the demands on a process, that of the gate first and the others by stage."""
        mine = [demand for demand in (BEFORE, *self.later) if (process, demand) in self.nodes]
        return sorted(mine, key=lambda demand: self.order.get(demand, -1))

    def _name(self, process: str, demand: str) -> str:
        return self._tail(process, process, demand)

    def _tail(self, name: str, process: str, demand: str) -> str:
        """Return a name as it stands under a demand: as it is for the first one."""
        return name if demand == self._demands(process)[0] else f"{name}.{demand}"

    def _replaced(self, target: str, process: str, demand: str) -> str:
        """Return the process that takes the credit, or the factor as it is."""
        if target not in self.rows:
            return target
        return self._name(target, self._passed(self._home(process, demand)))

    def _words(self, name: Mapping[str, str], demand: str) -> dict[str, str]:
        stage = next(one.name for one in self.system.stages if one.id == demand)
        return {
            lang: text("parted.process", lang, name=name.get(lang, ""), stage=stage.get(lang, ""))
            for lang in LANGS
        }
