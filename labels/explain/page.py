"""An explanation as one page: it folds without a script, fetches nothing, prints, works offline."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from factors.texts import Lang, text
from labels.explain.nodes import Explanation, Line, Process, Proof, Stage
from labels.explain.numbers import padded, places, record
from labels.explain.steps import Row, Step, Teller, demand_steps, steps
from labels.explain.told import share, status
from labels.figures import NO_BREAK
from labels.render import drawing, inks
from labels.render.typeset import environment
from labels.wordpair import TAGS
from lca.inventory import STAGES


@dataclass(frozen=True, slots=True)
class LinePart:
    """A line as the page shows it."""

    line: Line
    name: str
    value: str
    share: str
    bar: Markup
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class StagePart:
    """A stage as the page shows it; lines of no value stand apart at its end."""

    stage: Stage
    name: str
    value: str
    share: str
    bar: Markup
    lines: tuple[LinePart, ...]
    nil: tuple[LinePart, ...]
    withheld: str | None


@dataclass(frozen=True, slots=True)
class ProcessPart:
    """A process as the page shows it."""

    process: Process
    name: str
    steps: tuple[Step, ...]


def explanation_page(made: Explanation, lang: Lang) -> bytes:
    """Return the page of an explanation in one language.

    Every value is escaped; the only drawings are ours; the policy of the page (CSP) allows its own
    style sheet and nothing else.
    """
    teller = Teller(made, lang)
    style, policy = _style()
    most = places([stage.value for stage in made.stages])
    product = made.subject.get("product") or {}
    context = {
        "html_lang": TAGS[lang],
        "style": style,
        "policy": policy,
        "mark": drawing.mark(teller.say("mark")),
        "say": teller.say,
        "made": made,
        "subject": {"sample": False, "period": "", "serial": "", **made.subject},
        "product": str(product.get(lang) or ""),
        "figure": record(made.declared.value),
        "gate": next(
            (padded(one.value, most) for one in made.figures if one is not made.declared), ""
        ),
        "whole": f"100{NO_BREAK}%",
        "total": padded(made.declared.value, most),
        "status": status(made, lang) if made.subject.get("serial") else "",
        "stages": [_stage(made, stage, lang, most) for stage in made.stages],
        "others": [_line(made, line, lang, most) for line in made.others],
        "processes": [_process(made, one, lang) for one in made.processes.values()],
        "proofs": [_proof(one, teller) for one in made.proofs.values()],
        "rests_on": [
            (text(f"report.lock_{kind}", lang), name, digest)
            for kind, name, digest in made.rests_on
            if digest
        ],
    }
    return environment().get_template("explain.j2").render(**context).encode("utf-8")


def _stage(made: Explanation, stage: Stage, lang: Lang, most: int) -> StagePart:
    ranked = sorted(stage.lines, key=lambda line: -abs(line.value))
    return StagePart(
        stage=stage,
        name=stage.name[lang],
        value=padded(stage.value, most),
        share=_share(stage.value, made),
        bar=_bar(stage.value, made, _ink(stage)),
        lines=tuple(_line(made, line, lang, most) for line in ranked if line.value),
        nil=tuple(_line(made, line, lang, most) for line in ranked if not line.value),
        withheld=None if stage.withheld is None else padded(stage.withheld, most),
    )


def _line(made: Explanation, line: Line, lang: Lang, most: int) -> LinePart:
    return LinePart(
        line=line,
        name=line.name[lang],
        value=padded(line.value, most),
        share=_share(line.value, made),
        bar=_bar(line.value, made, drawing.INK),
        steps=steps(made, line, lang),
    )


def _share(value: Fraction, made: Explanation) -> str:
    """Part a share from its sign, as the printed pages do."""
    return share(value, made).replace("%", f"{NO_BREAK}%")


def _process(made: Explanation, process: Process, lang: Lang) -> ProcessPart:
    return ProcessPart(process, process.name[lang], demand_steps(made, process, lang))


def _proof(proof: Proof, teller: Teller) -> Row:
    page = teller.say("page", page=proof.page) if proof.page else ""
    hashed = f"SHA-256 {proof.sha256}" if proof.sha256 else teller.say("no_hash")
    told = (teller.coded(proof.kind), proof.title, proof.dated, page, hashed)
    return Row(proof.id, " · ".join(filter(None, told)), f"proof-{proof.id}")


def _ink(stage: Stage) -> str:
    first = stage.id.partition("+")[0]
    return inks.STAGES[STAGES.index(first)] if first in STAGES else drawing.INK


def _bar(value: Fraction, made: Explanation, ink: str) -> Markup:
    """Draw a value beside the figure; one below zero is an empty frame."""
    whole = abs(made.declared.value)
    width = min(float(abs(value) / whole), 1.0) * 100 if whole else 0.0
    fill = ink if value > 0 else "#FFFFFF"
    return Markup(
        '<svg class="bar" aria-hidden="true" viewBox="0 0 100 8" preserveAspectRatio="none">'
        '<rect width="100" height="8" fill="#EEF1F4"/>'
        '<rect width="{:.2f}" height="8" fill="{}" stroke="#14202B" stroke-width="{}"/></svg>'
    ).format(width, fill, 0 if value > 0 else 1)


@cache
def _style() -> tuple[Markup, str]:
    """Return the style sheet and the policy that allows it and nothing else."""
    css = (files("templates") / "styles" / "explain.css").read_text(encoding="utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return Markup(css), policy  # noqa: S704 - our own file
