"""The city's export groups as its office writes them down: checked, and the missing ones too."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from factors.errors import FindingsError
from labels.programme.folder import folder
from labels.programme.pipeline import pipeline
from labels.programme.ranking import MOST, RANKING, blank, ranking, shipped
from labels.programme.report import report
from labels.times import parse_day
from lca.export_groups import ANY, groups
from lca.model import models
from tests.labels.programme.made import bare

HEAD = 'format = "carbonlabel-export-groups/1"\nsource = { zh = "示例表", en = "Example table" }\n'


def slot(name: str, *carried: str) -> str:
    told = ", ".join(f'"{one}"' for one in carried)
    return (f'[[group]]\nid = "{name}"\nname = {{ zh = "示例", en = "Example" }}\n'
            f"models = [{told}]\n")  # fmt: skip


def codes(text: str) -> set[str]:
    with pytest.raises(FindingsError) as refused:
        ranking(text.encode())
    return {one.code for one in refused.value.findings}


def test_the_file_to_fill_in_is_one_that_can_be_read_and_has_twenty_slots() -> None:
    made = ranking(blank().encode())
    assert made.ids == tuple(group.id for group in groups())
    head, slots = blank().split("\n\n", 1)
    uncommented = f"{head}\n\n{slots.replace('# ', '')}"
    assert len(tomllib.loads(uncommented)["group"]) == MOST
    assert codes(uncommented) >= {"TOML-TEXT"}, "a slot without words is no group"


def test_every_model_has_its_group_whatever_the_office_writes() -> None:
    made = ranking((HEAD + slot("tyres", "tire") + slot("furniture")).encode())
    assert made.ids == ("tyres", "furniture", ANY)
    assert made.group_of("tire") == "tyres" and made.group_of("beer") == ANY
    assert {made.group_of(name) for name in models()} == {"tyres", ANY}
    assert all(shipped().group_of(name) for name in models())


def test_what_is_wrong_is_named_together() -> None:
    assert codes(HEAD) == {"PROGRAMME-GROUPS"}
    assert codes(HEAD + "".join(slot(f"g{n}") for n in range(21))) == {"PROGRAMME-GROUPS"}
    assert codes(HEAD + slot("a", "tire", "nothing") + slot("b", "tire") + slot("a")) == {
        "TOML-CHOICE", "MODEL-DUPLICATE",
    }  # fmt: skip
    assert codes(HEAD + slot(ANY)) == {"TOML-CHOICE"}
    assert "TOML-MISSING" in codes('format = "carbonlabel-export-groups/1"\n' + slot("a"))


def test_the_report_counts_the_groups_that_nobody_is_in(tmp_path: Path) -> None:
    root = bare(tmp_path / "programme", {"example-01/good.json": b"{}"})
    (root / RANKING).write_text(HEAD + slot("tyres", "tire") + slot("furniture"), "utf-8")
    (root / "enterprises/example-01/enterprise.toml").write_text(
        'format = "carbonlabel-enterprise/1"\nname = { zh = "示例", en = "Example" }\n'
        'code = "00000000EXAMPLE101"\ngroups = ["tyres", "steel"]\napplied = "2026-02-03"\n',
        encoding="utf-8",
    )
    assert [one.code for one in folder(root).findings] == ["TOML-CHOICE"], "steel is not ranked"
    form = root / "enterprises/example-01/enterprise.toml"
    form.write_text(form.read_text("utf-8").replace(', "steel"', ""), encoding="utf-8")
    made = report(pipeline(folder(root), [], [], [], parse_day("2026-11-20")))
    assert made["groups_source"] == {"zh": "示例表", "en": "Example table"}
    told = [(one["id"], one["in_work"], bool(one["models"])) for one in made["groups"]]
    assert told == [("tyres", 1, True), ("furniture", 0, False), (ANY, 0, True)]
