"""From a filled workbook to a sealed label that somebody else can verify."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lca.workbook.read import read
from tests.main_job.conftest import Job, carbonlabel

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def schema(name: str) -> dict[str, object]:
    return dict(json.loads((SCHEMAS / name).read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def footprint(job: Job) -> dict[str, Any]:
    told = carbonlabel("footprint", job.workbook, "--json")
    assert told.code == 0, told
    return dict(json.loads(told.out))


def test_the_example_has_no_error(job: Job) -> None:
    told = carbonlabel("check", job.workbook, "--json")
    answer = json.loads(told.out)
    jsonschema.validate(answer, schema("findings-1.schema.json"))
    assert told.code == 0
    assert answer["usable"] is True
    assert not [one for one in answer["findings"] if one["severity"] == "error"]


def test_footprint_fits_its_published_schema(footprint: dict[str, Any]) -> None:
    jsonschema.validate(footprint, schema("footprint-1.schema.json"))


def test_workbook_and_its_system_file_give_the_same_bytes(job: Job, tmp_path: Path) -> None:
    system = tmp_path / "system.json"
    assert carbonlabel("convert", job.workbook, "-o", system).code == 0
    jsonschema.validate(json.loads(system.read_bytes()), schema("system-1.schema.json"))
    direct = carbonlabel("footprint", job.workbook, "--json").out
    assert carbonlabel("footprint", system, "--json").out == direct


def test_result_does_not_depend_on_hash_seed_or_locale(job: Job) -> None:
    results = {
        carbonlabel(
            "footprint", job.workbook, "--json", PYTHONHASHSEED=seed, LC_ALL=locale, TZ=zone
        ).out
        for seed, locale, zone in (("1", "C", "UTC"), ("77", "de_DE.UTF-8", "Asia/Shanghai"))
    }
    assert len(results) == 1


def test_lines_stages_parts_and_totals_add_up_exactly(footprint: dict[str, Any]) -> None:
    figure = footprint["figures"][footprint["boundary"]]
    stages = sum(Decimal(stage["value"]) for stage in footprint["stages"])
    assert stages == Decimal(figure[footprint["headline"]])
    excluding = [
        Decimal(value) for part, value in figure["parts"].items() if "biogenic_co2_" not in part
    ]
    assert sum(excluding) == Decimal(figure["excluding_biogenic_co2"])
    everything = sum(Decimal(value) for value in figure["parts"].values())
    assert everything == Decimal(figure["including_biogenic_co2"])


def test_engines_agree(footprint: dict[str, Any]) -> None:
    assert Decimal(footprint["engines"]["relative_gap"]) <= Decimal("1e-9")


def test_every_origin_names_a_cell_or_a_source(footprint: dict[str, Any]) -> None:
    for line in footprint["lines"]:
        for one in line["origin"].get("inputs", []):
            unanswered = one["value"] == "0"  # an account the site does not have
            assert one["cell"] or one["source"] or unanswered, (line["id"], one)


@pytest.mark.parametrize("name", ["label.pdf", "report.pdf"])
def test_the_document_verifies(job: Job, name: str) -> None:
    told = carbonlabel("verify", job.public / name, "--registry", job.registry, "--json")
    report = json.loads(told.out)
    assert told.code == 0, report["codes"]
    assert report["status"] == "valid"
    assert report["registered_bytes"] == "match"
    assert {one["outcome"] for one in report["checks"]} == {"pass"}


def test_the_trust_file_alone_is_enough_offline(job: Job) -> None:
    trust = job.registry / "trust.json"
    told = carbonlabel("verify", job.public / "label.pdf", "--trust", trust, "--json")
    report = json.loads(told.out)
    assert told.code == 0
    assert report["status"] in ("not checked", "valid")


def test_an_unknown_issuer_is_not_valid(job: Job) -> None:
    told = carbonlabel("verify", job.public / "label.pdf", "--json")
    assert told.code == 1
    assert "UNKNOWN-ISSUER" in json.loads(told.out)["codes"]


def test_deep_verification_reaches_the_cells(job: Job) -> None:
    told = carbonlabel(
        "verify", job.public / "label.pdf", "--registry", job.registry,
        "--deep", "--sealed", job.sealed, "--json",
    )  # fmt: skip
    report = json.loads(told.out)
    assert told.code == 0, report["codes"]
    assert report["deep"]["level"] == 3


def test_deep_verification_sees_another_workbook(job: Job, tmp_path: Path) -> None:
    other = tmp_path / "brewery.xlsx"
    made = carbonlabel("template", "beer", "--example", "-o", other, "--lang", "en")
    assert made.code == 0
    told = carbonlabel(
        "verify", job.public / "label.pdf", "--registry", job.registry,
        "--deep", "--sealed", job.sealed, "--workbook", other, "--json",
    )  # fmt: skip
    assert told.code == 1
    assert "DEEP-OTHER-WORKBOOK" in json.loads(told.out)["codes"]


def test_the_registry_is_sound_and_issues_nothing_twice(job: Job, tmp_path: Path) -> None:
    again = carbonlabel("issue", job.workbook, "--registry", job.registry, "--out", tmp_path)
    assert again.code == 0
    assert "SAMPLE-1" in again.out
    assert (tmp_path / "public" / "label.pdf").read_bytes() == (
        job.public / "label.pdf"
    ).read_bytes()
    assert carbonlabel("registry", "check", job.registry).code == 0


def readable(folder: Path) -> str:
    """Everything a reader can get out of a public bundle: files, page text, attachments."""
    texts = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".pdf":
            page = subprocess.run(
                ["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True
            )
            texts.append(page.stdout)
            subprocess.run(["pdfdetach", "-saveall", "-o", folder, path], check=True)
    texts.extend(p.read_text("utf-8") for p in sorted(folder.iterdir()) if p.suffix == ".json")
    return "\n".join(texts)


def secrets_of(workbook: Path) -> set[str]:
    """The numbers and suppliers that an exporter typed in and would not publish."""
    told = read(workbook.read_bytes(), workbook.name)
    cells = [
        cell
        for entry in told.accounts
        for cell in (*entry.months, entry.opening, entry.closing, *entry.per_unit.values())
    ]
    cells += [cell for family in told.families for cell in (*family.output, *family.rejects)]
    cells += [cell for key in told.keys for cell in key.values.values()]
    numbers = {cell.number for cell in cells if cell.number}
    # from five digits on: four hexadecimal digits of a printed hash may look like a number
    spelt = {f"{float(number):.15g}" for number in numbers if number >= 10000}
    return spelt | {entry.name for entry in told.suppliers}


@pytest.mark.needs("pdftotext", "pdfdetach")
def test_the_public_bundle_holds_none_of_the_inputs(job: Job, tmp_path: Path) -> None:
    public = shutil.copytree(job.public, tmp_path / "public")
    text = readable(public)
    inputs = secrets_of(job.workbook)
    assert len(inputs) > 100
    found = {
        secret for secret in inputs if re.search(rf"(?<![\w.]){re.escape(secret)}(?![\w.])", text)
    }
    assert not found


@pytest.mark.needs("pdftotext", "pdfdetach")
def test_the_sealed_bundle_does_hold_them(job: Job) -> None:
    """Control: the same search must find inputs where they are meant to be."""
    text = (job.sealed / "system.json").read_text("utf-8")
    found = [secret for secret in secrets_of(job.workbook) if secret in text]
    assert len(found) > 100


def test_no_line_of_the_inventory_is_public(job: Job) -> None:
    body = json.loads((job.public / "certificate.json").read_bytes())
    sealed = json.loads((job.sealed / "footprint.json").read_bytes())
    assert "lines" not in body
    assert len(sealed["lines"]) > 40
    assert not [p for p in job.public.iterdir() if zipfile.is_zipfile(p)]


@pytest.mark.parametrize("damage", ["flip", "append", "truncate", "revision"])
def test_a_changed_document_is_not_valid_and_says_why(
    job: Job, tmp_path: Path, damage: str
) -> None:
    data = (job.public / "label.pdf").read_bytes()
    middle = len(data) // 2
    changed = {
        "flip": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "append": data + b"% later\n",
        "truncate": data[:-20],
        "revision": data + b"\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n",
    }[damage]
    bad = tmp_path / "label.pdf"
    bad.write_bytes(changed)
    told = carbonlabel("verify", bad, "--registry", job.registry, "--json")
    report = json.loads(told.out)
    assert told.code in (1, 2)
    assert report["codes"]
    assert "Traceback" not in told.err
