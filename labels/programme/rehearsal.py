"""A year of the example programme in a demo registry: verified, approved and issued by nobody real.

Four fictitious people with demo keys do in a few cases what a verification takes, at times of a
clock that is moved. It is a rehearsal, for trying programmes: a registry of an issuer refuses demo
keys, and ``programme run`` never calls it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from factors.numbers import decimal_text
from factors.store import FactorSet
from labels.canonical import canonical
from labels.issue import Office, Renderer, issue
from labels.keys import SigningKey
from labels.kinds import Kind
from labels.programme.example import Firm
from labels.programme.folder import CASES, ENTERPRISES
from labels.registry.desk import Submission, approve, submit
from labels.registry.store import Store
from labels.times import local_day
from labels.trust import ROLES
from labels.verification import acts, demo
from labels.verification.acts import Actor
from labels.verification.gate import closed_file
from labels.verification.looked import Looked, look
from labels.verification.planning import plan_json
from labels.verification.submissions import Submitted, submitted
from lca.grading import CERTIFIABLE

REGISTRY = "registry"
KIND = Kind.CERTIFICATE_OF_CONFORMITY
YEAR = dt.timedelta(days=365)
CERTIFIED = ((60, 3), (120, 3), (180, 3), (280, 3), (285, 1))
"""Days before the end at which certificates are issued, the last first; years that they hold."""


@dataclass
class Rehearsal:
    """A demo registry in a programme's folder, its people, and a clock."""

    root: Path
    factors: FactorSet
    keys: Mapping[str, SigningKey]
    store: Store
    began: dt.datetime
    clock: dt.datetime = field(init=False)

    def __post_init__(self) -> None:
        self.clock = self.began

    def actor(self, case: Path, who: str) -> Actor:
        """Return who acts next, a minute later."""
        self.clock += dt.timedelta(minutes=1)
        return Actor(case, self.keys[who], self.clock)


def rehearse(
    root: Path, several: Sequence[Firm], renderer: Renderer, factors: FactorSet, now: dt.datetime
) -> Iterator[str]:
    """Verify and certify what is certifiable, begin a case for some others; yield the numbers.

    Raises
    ------
    IssueError, FindingsError
        As for cases and issuing.
    """
    began = now - dt.timedelta(days=300)
    keys = demo.demo_keys(began)
    store = demo.demo_registry(root / REGISTRY, keys, began, demo.certifier())
    stage = Rehearsal(root, factors, keys, store, began)
    sound = [firm for firm in several if firm.files and not firm.blemish]
    certifiable = ((firm, made) for firm in sound if (made := _certifiable(stage, firm)))
    chosen = list(islice(certifiable, len(CERTIFIED)))
    dated = zip(CERTIFIED, chosen, strict=False)
    for (back, years), (firm, made) in sorted(dated, key=lambda one: -one[0][0]):
        stage.clock = max(stage.clock, now - dt.timedelta(days=back))
        yield _certified(stage, firm, made, renderer, years * YEAR)
    done = {firm.number for firm, _ in chosen}
    for firm in [firm for firm in sound if firm.number not in done][:3]:
        _opened(stage, firm, _submitted(stage, firm))


def _certifiable(stage: Rehearsal, firm: Firm) -> Submitted | None:
    """Return what a firm handed in where its example is one that can be certified."""
    if not (firm.certifiable or firm.model in CERTIFIABLE_MODELS):
        return None
    made = _submitted(stage, firm)
    return made if made.computed.grade == CERTIFIABLE else None


CERTIFIABLE_MODELS = ("glass-bottle", "steel-bf-bof")
"""Models whose example is certifiable with open data."""


def _submitted(stage: Rehearsal, firm: Firm) -> Submitted:
    name = next(iter(firm.files))
    data = (stage.root / ENTERPRISES / firm.slug / name).read_bytes()
    return submitted(data, name, "", stage.factors)


def _opened(stage: Rehearsal, firm: Firm, made: Submitted) -> Path:
    """Begin a case: engagement, risk, declarations."""
    place = stage.root / CASES / firm.slug / "first"
    place.parent.mkdir(parents=True, exist_ok=True)
    roster = demo.people(stage.began, stage.keys).to_bytes()
    acts.begin(place, firm.slug, roster, made, stage.clock)
    acts.act(stage.actor(place, "verifier"), "engagement", "", _agreed(made))
    risk = {"what": "示例 Example: keys of the families", "level": "high", "response": "trace them"}
    acts.act(stage.actor(place, "verifier"), "risk", "allocation", risk)
    for who in stage.keys:
        told = {"consultancy": "none", "interests": "none", "sector": firm.group,
                "competence": "示例 Example: five years"}  # fmt: skip
        acts.act(stage.actor(place, who), "declaration", who, told)
    return place


def _agreed(made: Submitted) -> dict[str, object]:
    sites = [str(site["id"]) for site in made.computed.system.ledger.get("sites", ())]
    return {
        "client": demo.CLIENT,
        "criteria": ["ISO 14067:2018"],
        "objective": "Whether the stated figures are fairly stated in all material respects",
        "scope": "示例 Example",
        "level": "reasonable",
        "type": "verification",
        "kind": str(KIND),
        "materiality": "0.05",
        "performance": "0.75",
        "sites": sites,
    }


def _certified(
    stage: Rehearsal, firm: Firm, made: Submitted, renderer: Renderer, valid: dt.timedelta
) -> str:
    """Carry a case through to the certificate; return its number."""
    place = _opened(stage, firm, made)
    _worked(stage, place)
    acts.give_opinion(stage.actor(place, "verifier"), "unmodified", "", stage.factors)
    acts.act(stage.actor(place, "reviewer"), "review", "", {"agrees": True, "notes": ""})
    acts.act(stage.actor(place, "decision"), "decision", "", {"issue": True, "notes": ""})
    acts.close(stage.actor(place, "decision"), stage.factors)
    store, day = stage.store, local_day(stage.clock, stage.store.issuer.time_zone)
    closed = closed_file(place, KIND, store.issuer, store.trust, day, stage.factors)
    handed = Submission(
        footprint=canonical(made.computed.to_json()),
        system=made.system,
        workbook=(made.name, made.workbook),
        kind=KIND,
        valid_until=day + valid,
        closed=closed,
    )
    draft = submit(store, handed, stage.clock)
    for role in ROLES:
        approve(store, draft, role, stage.keys[role], stage.clock)
    return issue(Office(store, renderer, clock=lambda: stage.clock), draft, "zh").serial


def _worked(stage: Rehearsal, place: Path) -> None:
    """Plan, look at every planned line, visit, and calculate again."""
    acts.record_plan(stage.actor(place, "verifier"), stage.factors)
    looked = look(place, stage.factors)
    documents = _documents(looked)
    for line in looked.desk.left:
        seen = documents.get(line, ["1"])
        proof = f"示例 Example: document of {line}".encode()
        acts.record_sample(stage.actor(place, "verifier"), line, "agrees", None, "", seen, [proof])
    day = stage.clock.date().isoformat()
    for site in looked.state.engagement.sites if looked.state.engagement else ():
        told = {"start": day, "end": day, "people": ["示例 Example"], "processes": ["示例 Example"],
                "exceptions": ""}  # fmt: skip
        acts.act(
            stage.actor(place, "verifier"), "visit", site, told, [f"photograph {site}".encode()]
        )
    figures = {name: decimal_text(one.value) for name, one in looked.desk.limits.items()}
    again = {"version": looked.state.version, "figures": figures, "means": "verifier-xlsx"}
    acts.act(stage.actor(place, "verifier"), "recalculation", "", again, [b"recalculation.xlsx"])


def _documents(looked: Looked) -> dict[str, list[str]]:
    """Return the documents that the plan draws inside each line."""
    made = plan_json(looked.desk, looked.desk.footprint.system, ())
    return {one["id"]: [str(number) for number in one["documents"]] for one in made["lines"]}
