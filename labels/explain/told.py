"""An explanation on the terminal: the tree, and one line down to its proofs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from factors.errors import FindingsError
from factors.findings import Where, finding
from factors.texts import Lang
from labels.explain.nodes import Explanation, Line, Process, Stage
from labels.explain.numbers import padded, places, record
from labels.explain.steps import Step, Teller, demand_steps, steps

#: A counted line below one part in this many of the figure is summed with others on the terminal.
LEAST = 1000


def chosen(made: Explanation, told: str) -> Line | int:
    """Return the line of a number or id; its number alone where the line is withheld.

    Raises
    ------
    FindingsError
        ``EXPLAIN-LINE``.
    """
    number = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0
    for line in made.lines:
        if told == line.id or number == line.number:
            return line
    if number in made.withheld:
        return number
    raise FindingsError(finding("EXPLAIN-LINE", Where(), line=told, count=made.count))


def tree(made: Explanation, lang: Lang) -> Iterator[str]:
    """Yield the whole explanation without the steps of its lines."""
    say = Teller(made, lang).say
    yield from head(made, lang)
    width = places([stage.value for stage in made.stages])
    shown = [one for one in made.figures if one is not made.declared]
    for stage in made.stages:
        if stage.side == "after":
            yield from (f"  {padded(one.value, width)}  = {say('of_which_gate')}" for one in shown)
            shown = []
        yield f"  {padded(stage.value, width)}  {share(stage.value, made):>6}  {stage.name[lang]}"
        yield from _stage_lines(made, stage, lang, width)
    yield f"  {padded(made.declared.value, width)}  = {say('sum_of_stages')}"
    if made.others:
        yield say("others")
        for line in made.others:
            yield f"    {line.number:>3}  {record(line.value)}  {line.name[lang]}"
    yield from _withheld(made, lang)
    yield say("how_to_read")


def head(made: Explanation, lang: Lang) -> Iterator[str]:
    """Yield what is explained, and for whose eyes."""
    say, subject = Teller(made, lang).say, made.subject
    yield f"{say('title')}{say('colon')}{subject['product'].get(lang, '')}"
    if subject.get("serial"):
        standing = f"{say('status')}{say('colon')}{status(made, lang)}"
        yield f"{say('serial')} {subject['serial']} · {standing}"
    yield say(f"view_{made.view}")
    for remark in made.remarks:
        yield say(f"remark_{remark}")
    boundary, headline = say(f"figure_{made.declared.boundary}"), say(f"headline_{made.headline}")
    yield f"{record(made.declared.value)} {made.unit}  ({boundary}{say('comma')}{headline})"


def line_told(made: Explanation, line: Line | int, lang: Lang) -> Iterator[str]:
    """Yield one line with every step; of a withheld one its commitment."""
    say = Teller(made, lang).say
    yield from head(made, lang)
    if isinstance(line, int):
        yield say("withheld_line", number=line, leaf=made.withheld[line])
        return
    stage = next((one for one in made.stages if line in one.lines), None)
    if stage is not None:
        yield f"{record(stage.value)} {made.unit}  {share(stage.value, made)}  {stage.name[lang]}"
    yield say("line_of", number=line.number, count=made.count)
    yield f"{record(line.value)} {made.unit}  {share(line.value, made)}  {line.name[lang]}"
    for step in steps(made, line, lang):
        yield from _step(step)
    for process in _chain(made, line.process):
        yield f"{say('process')}{say('colon')}{process.name.get(lang, process.id)}"
        for step in demand_steps(made, process, lang):
            yield from _step(step)


def share(value: Fraction, made: Explanation) -> str:
    """Spell a share of the declared figure; nothing for a figure of zero."""
    whole = made.declared.value
    return f"{float(value / whole):.1%}" if whole else ""


def status(made: Explanation, lang: Lang) -> str:
    """Name the status of the record."""
    told = str(made.subject.get("status", "")).replace(" ", "_")
    known = ("valid", "suspended", "revoked", "superseded", "expired")
    return Teller(made, lang).say(f"status_{told if told in known else 'unknown'}")


def _stage_lines(made: Explanation, stage: Stage, lang: Lang, width: int) -> Iterator[str]:
    say = Teller(made, lang).say
    ranked = sorted(stage.lines, key=lambda line: -abs(line.value))
    large = [line for line in ranked if abs(line.value) * LEAST >= abs(made.declared.value)]
    for line in large:
        yield f"    {padded(line.value, width)}  {line.number:>3}  {line.name[lang]}"
    rest = [line.value for line in ranked if line not in large]
    if rest:
        told = say("smaller", count=len(rest))
        yield f"    {padded(sum(rest, Fraction(0)), width)}       {told}"
    if stage.withheld is not None:
        yield f"    {padded(stage.withheld, width)}       {say('withheld')}"


def _withheld(made: Explanation, lang: Lang) -> Iterator[str]:
    if made.withheld:
        hidden = len(made.withheld)
        yield Teller(made, lang).say("withheld_note", count=made.count, hidden=hidden)


def _step(step: Step) -> Iterator[str]:
    yield f"  {step.title}"
    for told in step.sums:
        yield f"    {told}"
    for row in step.rows:
        yield f"      {row.name}: {row.told}"


def _chain(made: Explanation, process: str) -> Iterator[Process]:
    """Yield a process, its takers, theirs, and so on to the declared unit; each once."""
    seen: list[str] = []
    queue = [process] if process in made.processes else []
    while queue:
        name = queue.pop(0)
        if name not in seen:
            seen.append(name)
            yield made.processes[name]
            queue += [taker.process for taker in made.processes[name].takers]
