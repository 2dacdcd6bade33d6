"""The working papers of a case: plan, findings, draft statement, review sheet, as plain tables.

A paper is data; how it is printed is decided elsewhere. They are working papers for the people of
the case and hold lines and amounts: sealed use, never beside a label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factors.findings import Finding
from factors.texts import Lang, text
from labels.times import utc_text
from labels.verification.looked import Looked
from labels.verification.materiality import percent
from labels.verification.planning import plan_json
from labels.verification.separation import acted
from lca.inventory import ProductSystem
from lca.result_json import bilingual

PLAN, FINDINGS, STATEMENT, REVIEW = KINDS = ("plan", "findings", "statement", "review")
SCHEMA = "carbonlabel-verification-paper/1"

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A table with a heading; the first row names the columns, none where it is a list of facts."""

    title: str
    head: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One working paper in one language."""

    kind: str
    lang: Lang
    title: str
    note: str
    parts: tuple[Part, ...]
    case: str

    def to_json(self) -> dict[str, Any]:
        """Return the paper as plain data."""
        return {
            "schema": SCHEMA,
            "kind": self.kind,
            "lang": self.lang,
            "case": self.case,
            "title": self.title,
            "note": self.note,
            "parts": [
                {"title": one.title, "head": list(one.head), "rows": [list(r) for r in one.rows]}
                for one in self.parts
            ],
        }


def papers(
    looked: Looked, system: ProductSystem, left: tuple[Finding, ...], lang: Lang
) -> tuple[Paper, ...]:
    """Return the four papers of a case.

    Parameters
    ----------
    system
        The present version.
    left
        What keeps the case from being closed.
    """
    made = _Papers(looked, system, left, lang)
    bodies = {
        PLAN: (*made.agreed(), *made.plan()),
        FINDINGS: (*made.findings(), *made.misstatements()),
        STATEMENT: (*made.agreed(), *made.figures(), *made.opinion(), *made.misstatements()),
        REVIEW: (*made.people(), *made.samples(), *made.visits(), *made.left_over()),
    }
    digest = looked.case.contents.sha256
    return tuple(
        Paper(kind, lang, made.say(f"paper_{kind}"), made.say("paper_note"), parts, digest)
        for kind, parts in bodies.items()
    )


@dataclass(frozen=True, slots=True)
class _Papers:
    looked: Looked
    system: ProductSystem
    left: tuple[Finding, ...]
    lang: Lang

    def say(self, key: str, **params: object) -> str:
        return text(f"verification.{key}", self.lang, **params)

    def part(self, key: str, heads: Row, rows: Iterator[Row]) -> Iterator[Part]:
        """Yield a table, or a line that says there is nothing."""
        found = tuple(rows)
        head = tuple(self.say(f"head_{one}") for one in heads)
        yield Part(self.say(f"part_{key}"), head if found else (), found or ((self.say("none"),),))

    # -- plan ------------------------------------------------------------------------------

    def agreed(self) -> Iterator[Part]:
        one = self.looked.state.engagement
        product = bilingual(self.system.product.get("name"), self.system.product["id"])
        rows: list[Row] = [(self.say("fact_product"), product[self.lang])]
        if one is not None:
            rows += [
                (self.say("fact_client"), one.client),
                (self.say("fact_criteria"), "; ".join(one.criteria)),
                (self.say("fact_objective"), one.objective),
                (self.say("fact_scope"), one.scope),
                (
                    self.say("fact_level"),
                    f"{self.say(f'level_{one.level}')} / {self.say(f'type_{one.type}')}",
                ),
                (self.say("fact_materiality"), percent(one.materiality)),
            ]
        rows.append((self.say("fact_submission"), self.looked.state.present.system))
        yield Part(self.say("part_agreed"), (), tuple(rows))

    def plan(self) -> Iterator[Part]:
        agreed = self.looked.state.engagement
        made = plan_json(self.looked.desk, self.system, agreed.sites if agreed else ())
        risks = self.looked.state.risks.items()
        yield from self.part(
            "risks",
            ("id", "what", "level", "response"),
            ((name, one["what"], one["level"], one["response"]) for name, one in risks),
        )
        yield from self.part(
            "draws",
            ("figure", "share_material", "interval", "units"),
            (
                (
                    self.say(f"figure_{one['figure']}"),
                    one["share"],
                    f"{one['interval']} kg",
                    str(one["units"]),
                )
                for one in made["figures"]
            ),
        )
        yield from self.part(
            "lines",
            ("line", "why", "share", "documents"),
            (self._planned(one) for one in made["lines"]),
        )

    def _planned(self, one: Mapping[str, Any]) -> Row:
        why = sorted({self.say(f"why_{reason}") for reason in one["why"].values()})
        if one["along"]:
            along = ", ".join(one["along"])
            why.append(f"{self.say('plan_along', count=len(one['along']))}: {along}")
        share = " / ".join(one["share"].values())
        line = f"{one['id']} {one['name'][self.lang]}"
        return line, "; ".join(why), share, str(len(one["documents"]))

    # -- findings --------------------------------------------------------------------------

    def findings(self) -> Iterator[Part]:
        rows = (
            (
                log.id,
                self.say(f"class_{log.raised.grade}"),
                " ".join((log.raised.line, *(f"{s}!{c}" for s, c in log.raised.cells))).strip(),
                log.raised.seen,
                log.raised.requirement,
                "; ".join(f"{a.cause}; {a.correction}" for a in log.answers),
                self.say(f"how_{log.settled.how}") if log.settled else self.say("how_open"),
            )
            for log in self.looked.state.findings.values()
        )
        heads = ("id", "class", "place", "seen", "requirement", "answer", "state")
        yield from self.part("findings", heads, rows)

    def misstatements(self) -> Iterator[Part]:
        limits = self.looked.desk.limits
        rows = (
            (log.id, self.say(f"figure_{figure}"), f"{float(kg):.6g} kg",
             percent(limits[figure].share(kg)),
             self.say("yes" if log.uncorrected else "no"))
            for log in self.looked.state.findings.values()
            for figure, kg in log.raised.effects.items()
            if figure in limits and kg
        )  # fmt: skip
        heads = ("id", "figure", "effect_kg", "share", "uncorrected")
        yield from self.part("misstatements", heads, rows)
        sums = (
            (self.say(f"figure_{name}"), percent(limits[name].share(one.net)),
             percent(limits[name].share(one.absolute)),
             percent(limits[name].share(one.projected)),
             percent(limits[name].share(limits[name].material)))
            for name, one in self.looked.desk.rolled.items()
        )  # fmt: skip
        yield from self.part("sums", ("figure", "net", "absolute", "projected", "limit"), sums)

    # -- statement -------------------------------------------------------------------------

    def figures(self) -> Iterator[Part]:
        unit = self.looked.desk.footprint.unit
        rows = (
            (self.say(f"figure_{name}"), f"{float(limit.value):.4g} {unit}")
            for name, limit in self.looked.desk.limits.items()
        )
        yield from self.part("figures", ("figure", "value"), rows)

    def opinion(self) -> Iterator[Part]:
        state = self.looked.state
        given = state.opinion
        rows: list[Row] = []
        if given is not None:
            rows = [(self.say("fact_opinion"), self.say(f"opinion_{given.opinion}"))]
            rows += [(self.say("fact_qualification"), given.qualification or self.say("none"))]
        rows.append((self.say("fact_closed"), self.say("yes" if state.closed else "no")))
        yield Part(self.say("part_opinion"), (), tuple(rows))

    # -- review ----------------------------------------------------------------------------

    def people(self) -> Iterator[Part]:
        declared = self.looked.state.declarations
        rows = (
            (
                self.say(f"role_{one.role}"),
                one.person.name,
                one.person.employer,
                one.kid[:12],
                f"{declared[one.person.id].consultancy} / {declared[one.person.id].interests}"
                if one.person.id in declared
                else "-",
            )
            for several in acted(self.looked.case).values()
            for one in several
        )
        yield from self.part("people", ("role", "name", "employer", "key", "declared"), rows)

    def samples(self) -> Iterator[Part]:
        rows = (
            (one.line, self.say(f"result_{one.result}"), one.person, str(len(one.evidence)),
             one.note)
            for one in self.looked.state.samples.values()
        )  # fmt: skip
        yield from self.part("samples", ("line", "result", "person", "evidence", "note"), rows)

    def visits(self) -> Iterator[Part]:
        rows = (
            (one.site, f"{one.start} - {one.end}", ", ".join(one.people),
             ", ".join(one.processes), one.exceptions or self.say("none"))
            for one in self.looked.state.visits
        )  # fmt: skip
        yield from self.part("visits", ("site", "days", "met", "walked", "exceptions"), rows)
        acts = (
            (
                utc_text(e.time),
                e.person,
                self.say(f"act_{e.kind}"),
                e.subject or "-",
                e.sha256[:12],
            )
            for e in self.looked.case.events
        )
        yield from self.part("acts", ("time", "person", "act", "subject", "hash"), acts)

    def left_over(self) -> Iterator[Part]:
        rows = (
            (one.code, str(one.where), one.sentence("saw", self.lang),
             one.sentence("todo", self.lang))
            for one in self.left
        )  # fmt: skip
        yield from self.part("left", ("code", "place", "seen", "todo"), rows)
