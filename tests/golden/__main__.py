"""Fill a new drawer: ``python -m tests.golden NAME``; a drawer that exists is never touched.

A drawer holds documents of every kind, form and language as they are issued at the time, with the
trust files and static exports of their issuers, and what verification said of each. Private keys
are made for the drawer and thrown away.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from labels.canonical import canonical, sha256
from labels.issue import Office, issue
from labels.issuer import profile_from
from labels.keys import Purpose, SigningKey, new_key
from labels.kinds import APPROVALS, Kind
from labels.registry.changes import change
from labels.registry.desk import Submission, approve, submit
from labels.registry.founding import create_store
from labels.registry.publish import publish
from labels.registry.rekey import Rekey, rotate
from labels.registry.setup import init_demo
from labels.registry.state import Event
from labels.registry.store import Store
from labels.render import documents as render
from labels.render import site
from labels.timestamp import upgrade
from labels.trust import Authority, trust_file, trusted
from tests.golden.drawer import FORMATS, HERE, Kept, looked_at, sums
from tests.labels.attested import CLOSED
from tests.labels.authority import Maker, maker
from tests.labels.desk_help import T0, WORKBOOK, Clock, submission

DAY = dt.timedelta(days=1)
EXPORT = ("checkpoint", "entries.jsonl", "trust.json", "trust-rotations.jsonl", "status")
PEOPLE = {
    "preparer": ("示例编制人 Example Preparer", "示例啤酒有限公司 Example Brewery"),
    "verifier": ("示例核查员 Example Verifier", "示例核查机构 Example Body"),
    "reviewer": ("示例复核人 Example Reviewer", "示例核查机构 Example Body"),
    "decision": ("示例决定人 Example Decider", "示例核查机构 Example Body"),
}
ISSUER = {
    "id": "EXAMPLE-BODY",
    "name": {"zh": "示例核查机构有限公司", "en": "Example Verification Body Co., Ltd."},
    "time_zone": "Asia/Shanghai",
    "origin": "example.org/carbonlabel/golden",
    "verify_url": "https://example.org/g/",
    "serial_prefix": "EXAMPLE",
    "approvals": [
        {
            "kind": "product-certification",
            "number": "EXAMPLE-0000",
            "scope": "示例 Example",
            "expires": "2029-12-31",
        }
    ],
}


@dataclass(frozen=True)
class Wanted:
    """A record to issue, which of its files to keep, and which also with a timestamp."""

    name: str
    product: str
    lang: str
    keep: tuple[str, ...]
    kind: str = "study_report"
    until: dt.date | None = None
    stamped: tuple[str, ...] = ()


DEMO = (
    Wanted("study-zh", "EX-1", "zh", ("public/label.pdf", "public/label-50x30.pdf")),
    Wanted("study-both", "EX-2", "both", ("public/label.pdf", "sealed/report.pdf", "bundle")),
    Wanted("revoked-en", "EX-3", "en", ("public/label.pdf",)),
)
REAL = (
    Wanted("study-en", "EX-1", "en", ("public/label-50x30.pdf", "public/report.pdf")),
    Wanted(
        "certificate-both",
        "EX-2",
        "both",
        ("public/label.pdf", "public/certificate.pdf"),
        "certificate_of_conformity",
        dt.date(2028, 11, 19),
        ("public/label.pdf", "public/certificate.pdf"),
    ),
    Wanted("statement-zh", "EX-3", "zh", ("public/statement.pdf",), "verification_statement"),
)


def main() -> None:
    """Make the drawer that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("name", help="name of the new drawer: the next number")
    target = HERE / parser.parse_args().name
    if target.exists():
        parser.error(f"{target.name} exists; what a drawer holds never changes")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / target.name
        fill(folder, Path(scratch))
        shutil.copytree(folder, target)
    print(f"{target.name}: {sha256((target / 'SHA256SUMS').read_bytes())}")


def fill(folder: Path, scratch: Path) -> None:
    """Issue everything, and write down what verification says of it."""
    kept = [*demo(scratch, folder), *real(scratch, folder)]
    record = {"formats": FORMATS, "kept": [looked_at(folder, one) for one in kept]}
    text = json.dumps(record, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    (folder / "SHA256SUMS").write_text(sums(folder), encoding="utf-8")


def demo(scratch: Path, folder: Path) -> Iterator[Kept]:
    """A demo issuer; one of its records is revoked ten days later."""
    store = init_demo(scratch / "demo", T0)
    preparer = {"preparer": store.key(Purpose.APPROVAL)}
    serials = {one.name: issued(store, one, preparer, folder / "demo") for one in DEMO}
    reason, key = "data-wrong", preparer["preparer"]
    change(store, serials["revoked-en"], Event.REVOKE, reason, key, T0 + 10 * DAY)
    export(store, scratch / "demo-export", folder / "demo" / "export", T0 + 11 * DAY)
    for one in DEMO:
        yield from places("demo", one, ("2026-11-21", "2026-12-05"))


def real(scratch: Path, folder: Path) -> Iterator[Kept]:
    """An issuer with people of its own, whose seal key is rotated afterwards."""
    people = {
        role: new_key(Purpose.APPROVAL, PEOPLE[role][0], demo=False, now=T0) for role in PEOPLE
    }
    name = ISSUER["name"]["en"]  # type: ignore[index]
    desk = {
        purpose: new_key(purpose, f"{name} {purpose}", demo=False, now=T0)
        for purpose in (Purpose.CHECKPOINT, Purpose.ROOT, Purpose.SEAL)
    }
    profile = profile_from(ISSUER)
    entries = [
        trusted(key, valid_from=T0, roles=[role], organisation=PEOPLE[role][1])
        for role, key in people.items()
    ]
    entries += [trusted(key, valid_from=T0, organisation=name) for key in desk.values()]
    stamps = maker("示例时间戳机构 Example TSA")
    known = stamps.known_as("示例时间戳机构 Example TSA")
    trust = trust_file(profile.id, profile.origin, entries, demo=False, authorities=[known])
    held = (desk[Purpose.CHECKPOINT], desk[Purpose.SEAL])
    store = create_store(scratch / "real", profile, trust, held, T0)
    for one in REAL:
        issued(store, one, people, folder / "real")
        stamp(one, stamps, known, folder / "real" / one.name)
    (folder / "real" / "trust-before.json").write_bytes(trust.to_bytes())
    fresh = new_key(Purpose.SEAL, f"{name} {Purpose.SEAL}", demo=False, now=T0 + 5 * DAY)
    rotate(store, Rekey(fresh), [desk[Purpose.ROOT]], T0 + 5 * DAY)
    export(store, scratch / "real-export", folder / "real" / "export", T0 + 11 * DAY)
    for one in REAL:
        yield from places("real", one, ("2026-11-21", "2028-11-20"))


def issued(store: Store, wanted: Wanted, people: Mapping[str, SigningKey], folder: Path) -> str:
    """Submit, approve and issue a record and keep the files that are wanted."""
    handed_in = handed(wanted, people)
    draft = submit(store, handed_in, T0)
    for role in APPROVALS[Kind(wanted.kind)]:
        approve(store, draft, role, people[role], T0)
    record = issue(Office(store, render, clock=Clock()), draft, wanted.lang)
    for name in wanted.keep:
        if name == "bundle":
            put_bundle(record.files, folder / wanted.name)
        else:
            put(folder / wanted.name / name.replace("/", "-"), record.files[name])
    return record.serial


def stamp(wanted: Wanted, stamps: Maker, known: Authority, folder: Path) -> None:
    """Keep copies with a timestamp, a revocation list and a second timestamp of a later day."""
    lists = (stamps.revocations(),)
    for name in wanted.stamped:
        pdf = (folder / name.replace("/", "-")).read_bytes()
        for day in (T0 + DAY, T0 + 3 * DAY):
            pdf = upgrade(pdf, known, stamps.asked(day), day, lists)
        put(folder / _stamped(name), pdf)


def _stamped(name: str) -> str:
    return name.replace("/", "-").replace(".pdf", "-stamped.pdf")


def handed(wanted: Wanted, people: Mapping[str, SigningKey]) -> Submission:
    """Return the example, with a closed verification file where the kind needs one."""
    plain = submission(wanted.product, kind=wanted.kind, valid_until=wanted.until)
    if wanted.kind == "study_report":
        return plain
    fields = json.loads(plain.footprint)
    fields["grade"] = {"value": "certifiable", "reasons": []}
    footprint = canonical(fields)
    closed = replace(
        CLOSED,
        submission=sha256(plain.system),
        footprint=sha256(footprint),
        approvers={role: people[role].kid for role in APPROVALS[Kind(wanted.kind)]},
    )
    return replace(plain, footprint=footprint, closed=closed)


def put_bundle(files: Mapping[str, bytes], folder: Path) -> None:
    """Keep the files beside the pages: the public ones, and what opens the lines."""
    for name in ("certificate", "receipt", "approvals", "rendering"):
        put(folder / "bundle" / f"{name}.json", files[f"public/{name}.json"])
    for name in ("disclosures.json", "footprint.json", "system.json", "filled.xlsx"):
        put(folder / "sealed" / name, files[f"sealed/{name}"])
    assert files["sealed/filled.xlsx"] == WORKBOOK


def export(store: Store, whole: Path, folder: Path, now: dt.datetime) -> None:
    """Keep of a static export what verification reads; its pages are made anew at any time."""
    publish(store, whole, site, now)
    for name in EXPORT:
        source = whole / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        elif source.is_file():
            put(folder / name, source.read_bytes())
    store.close()


def places(issuer: str, wanted: Wanted, days: tuple[str, ...]) -> Iterator[Kept]:
    """Name every file that was kept and the days for which it is asked."""
    plain = [name.replace("/", "-") for name in wanted.keep if name != "bundle"]
    for name in (*plain, *map(_stamped, wanted.stamped)):
        for day in days:
            yield Kept(issuer, f"{issuer}/{wanted.name}/{name}", day)


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


if __name__ == "__main__":
    main()
