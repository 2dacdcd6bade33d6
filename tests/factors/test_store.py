"""Releases are read completely or refused with every fault named; hashes see every cell."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.errors import FactorError, FindingsError
from factors.factor import LicenceClass
from factors.findings import Where
from factors.rows import COLUMNS, read_row, rows_sha256
from factors.store import MAX_BYTES, load, load_folder
from tests.factors.rows import SOURCE, cells, release, table


def refused(root: Path, *, shipped: bool = False) -> list[str]:
    with pytest.raises(FindingsError) as wrong:
        load_folder(root, shipped=shipped)
    for found in wrong.value.findings:
        assert found.render("zh")
        assert found.render("en")
    return [found.code for found in wrong.value.findings]


def test_a_release_is_read(tmp_path):
    factors = load_folder(release(tmp_path, [cells()]), shipped=True)
    made = factors.get("example-steel")
    assert made is factors.get("example/1:example-steel")
    assert factors.source(made).licence_class is LicenceClass.OPEN
    assert list(factors) == [made]
    assert len(factors) == 1
    assert "example-steel" in factors


def test_an_unknown_id_is_refused_with_close_names(tmp_path):
    factors = load_folder(release(tmp_path, [cells()]))
    with pytest.raises(FactorError) as wrong:
        factors.get("example-stel")
    found = wrong.value.findings[0]
    assert found.code == "FACTOR-UNKNOWN"
    assert dict(found.params)["close"] == "example-steel"
    for other in ("other/1:example-steel", "", ":"):
        with pytest.raises(FactorError):
            factors.get(other)


@pytest.mark.parametrize(
    "column",
    ["locator", "unit", "boundary", "gwp_set", "values", "id", "activity_zh", "activity_en",
     "category", "place", "status", "source_class", "use", "biogenic_treatment", "capital_goods"],
)  # fmt: skip
def test_a_row_without_what_it_must_state_is_refused(tmp_path, column):
    codes = refused(release(tmp_path, [cells(**{column: ""})]))
    assert codes
    assert set(codes) <= {"FACTOR-CELL-EMPTY", "FACTOR-CELL"}


@pytest.mark.parametrize(
    ("column", "bad", "code"),
    [
        ("id", "Steel <b>", "FACTOR-CELL"),
        ("id", "../../etc/passwd", "FACTOR-CELL"),
        ("place", "China", "FACTOR-CELL"),
        ("valid_from", "2024", "FACTOR-CELL"),
        ("valid_to", "2023-12-31", "FACTOR-CELL"),
        ("unit", "ton", "UNIT-AMBIGUOUS"),
        ("unit", "furlong", "UNIT-UNKNOWN"),
        ("values", "unspecified.CO2e=nan", "FACTOR-CELL"),
        ("values", "unspecified.CO2e=1e99", "FACTOR-CELL"),
        ("values", "unspecified.CO2e=-1", "FACTOR-CELL"),
        ("values", "unspecified.CO2e=1; unspecified.CO2e=2", "FACTOR-CELL"),
        ("values", "air.CO2e=1", "FACTOR-CELL"),
        ("values", "fossil.<script>=1", "FACTOR-CELL"),
        ("values", "2.1", "FACTOR-CELL"),
        ("values", "value=2.1", "FACTOR-CELL"),
        ("values", "unspecified.CO2e=1; fossil.CO2=1", "FACTOR-CELL"),
        ("values", "biogenic_co2_removal.CO2=1", "FACTOR-CELL"),
        ("gwp_set", "by-gas", "FACTOR-CELL"),
        ("gwp_set", "AR7-100", "FACTOR-CELL"),
        ("boundary", "cradle", "FACTOR-CELL"),
        ("boundary", "property", "FACTOR-CELL"),
        ("uncertainty", "about 5 %", "FACTOR-CELL"),
        ("uncertainty", "lognormal gsd=0.5", "FACTOR-CELL"),
        ("uncertainty", "range 3..2", "FACTOR-CELL"),
        ("uncertainty", "", "FACTOR-CELL-EMPTY"),
        ("use", "anything", "FACTOR-CELL"),
        ("status", "verified", "FACTOR-CELL"),
        ("co_pollutants", "NOx", "FACTOR-CELL"),
    ],
)
def test_a_bad_cell_is_named(tmp_path, column, bad, code):
    assert code in refused(release(tmp_path, [cells(**{column: bad})]))


def test_all_faults_are_collected_in_one_pass(tmp_path):
    rows = [cells(place="China"), cells(id="second", unit="furlong"), cells(id="third", locator="")]
    codes = refused(release(tmp_path, rows))
    assert sorted(codes) == ["FACTOR-CELL", "FACTOR-CELL-EMPTY", "UNIT-UNKNOWN"]


def test_the_place_of_a_fault_is_file_and_row(tmp_path):
    root = release(tmp_path, [cells(), cells(id="second", place="China")])
    with pytest.raises(FindingsError) as wrong:
        load_folder(root)
    assert str(wrong.value.findings[0].where) == "example/1/factors.csv row 3 second"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"id,unit\nx,kg\n",
        table([cells()]).encode() + b'"never closed',
        table([cells()]).encode() + b"too,few\n",
        table([cells(note="line\nbreak")]).encode(),
        table([cells(note="\x1b[31mred")]).encode(),
        table([cells(unit=" kg")]).encode(),
    ],
)
def test_a_malformed_table_is_refused(tmp_path, content):
    root = release(tmp_path, [cells()])
    (root / "example/1/factors.csv").write_bytes(content)
    assert set(refused(root)) <= {"FACTOR-FILE", "FACTOR-COLUMNS", "FACTOR-ROW"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('licence_class = "open"', 'licence_class = "free"'),
        ('licence_class = "open"', ""),
        ('licence = "CC BY 4.0"', 'licence = ""'),
        ('title = "Example tables"', ""),
        ("2026-01-31", "yesterday"),
        ("title", "= ="),
    ],
)
def test_a_release_without_a_sound_source_is_refused(tmp_path, old, new):
    assert "FACTOR-SOURCE" in refused(release(tmp_path, [cells()], source=SOURCE.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"), [('"open"', '"unclear"'), ("redistributable = true", "redistributable = false")]
)
def test_what_may_not_be_passed_on_does_not_ship_but_may_stand_in_an_overlay(tmp_path, old, new):
    root = release(tmp_path, [cells()], source=SOURCE.replace(old, new))
    assert refused(root, shipped=True) == ["FACTOR-LICENCE"]
    assert load_folder(root).get("example-steel").private


def test_at_most_twenty_single_facts_of_a_source_ship(tmp_path):
    quoted = SOURCE.replace('"open"', '"quoted-fact"')
    first = [cells(id=f"a{n}") for n in range(12)]
    release(tmp_path, first, source=quoted)
    release(tmp_path, [cells(id=f"b{n}") for n in range(8)], name="example/2", source=quoted)
    assert len(load_folder(tmp_path, shipped=True)) == 20
    release(tmp_path, [cells(id="c")], name="example/3", source=quoted)
    assert refused(tmp_path, shipped=True) == ["FACTOR-QUOTED"]
    assert len(load_folder(tmp_path)) == 21


def test_missing_files_and_folders_are_refused(tmp_path):
    assert refused(tmp_path / "nowhere") == ["FACTOR-FOLDER"]
    release(tmp_path, [cells()])
    (tmp_path / "example/1/source.toml").unlink()
    assert refused(tmp_path) == ["FACTOR-FILE"]


def test_an_id_is_unique_over_all_releases(tmp_path):
    release(tmp_path, [cells()])
    release(tmp_path, [cells()], name="example/2")
    assert refused(tmp_path) == ["FACTOR-ID-TWICE"]


def test_an_overlay_adds_private_factors_and_changes_the_hash(tmp_path):
    own = load(release(tmp_path, [cells(id="my-own-steel")]))
    assert own.get("my-own-steel").private
    assert len(own) == len(load()) + 1
    assert own.hash != load().hash
    assert not any(factor.private for factor in load())


def test_an_overlay_may_not_replace_what_ships(tmp_path):
    with pytest.raises(FindingsError) as wrong:
        load(release(tmp_path, [cells(id="electricity-cn-footprint-2024")]))
    assert [found.code for found in wrong.value.findings] == ["FACTOR-ID-TWICE"]


def test_an_overlay_may_not_bear_the_name_of_a_shipped_release(tmp_path):
    name = load().releases[0].id
    with pytest.raises(FindingsError) as wrong:
        load(release(tmp_path, [cells(id="my-own-steel")], name=name))
    assert [found.code for found in wrong.value.findings] == ["FACTOR-RELEASE-TWICE"]


def test_row_order_line_ends_and_byte_order_mark_do_not_change_the_hash(tmp_path):
    rows = [cells(id=f"row-{n}", note=f"第 {n} 行") for n in range(5)]
    plain = load_folder(release(tmp_path / "a", rows))
    other = release(tmp_path / "b", rows[::-1], line_end="\r\n")
    path = other / "example/1/factors.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_folder(other).releases == plain.releases
    assert load_folder(other).hash == plain.hash


@given(
    column=st.sampled_from(COLUMNS),
    added=st.text(min_size=1, max_size=5),
    rows=st.integers(1, 4),
    data=st.data(),
)
def test_the_hash_sees_every_cell(column, added, rows, data):
    table_rows = [cells(id=f"row-{n}") for n in range(rows)]
    changed = [dict(row) for row in table_rows]
    index = data.draw(st.integers(0, rows - 1))
    changed[index][column] += added
    assert rows_sha256(changed) != rows_sha256(table_rows)
    assert rows_sha256(data.draw(st.permutations(table_rows))) == rows_sha256(table_rows)


@given(st.lists(st.text(max_size=8), min_size=2, max_size=2))
def test_text_cannot_move_from_one_cell_to_the_next(parts):
    first, second = parts
    one = cells(technology=first + second, capital_goods="")
    two = cells(technology=first, capital_goods=second)
    assert (rows_sha256([one]) == rows_sha256([two])) == (second == "")


def test_a_moved_row_and_a_doubled_row_change_the_hash():
    row = cells()
    assert rows_sha256([row, row]) != rows_sha256([row])
    assert rows_sha256([]) != rows_sha256([row])


def test_the_source_record_is_hashed_beside_the_rows(tmp_path):
    one = load_folder(release(tmp_path / "a", [cells()]))
    changed = SOURCE.replace("Example Institute", "Another Institute")
    two = load_folder(release(tmp_path / "b", [cells()], source=changed))
    assert one.releases[0].sha256 == two.releases[0].sha256
    assert one.releases[0].source_sha256 != two.releases[0].source_sha256
    assert one.hash != two.hash


def test_the_hash_is_the_same_in_every_process():
    script = "from factors.store import load; print(load().hash)"
    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("0", "1")
    }
    assert seen == {f"{load().hash}\n"}


@given(st.text(max_size=120))
def test_hostile_cells_are_findings_and_never_other_exceptions(text):
    from_text = cells(values=text, unit=text, uncertainty=text, place=text)
    _, found = read_row(from_text, "example/1", Where(), private=True)
    assert found


def test_a_correction_names_a_row_of_another_release(tmp_path):
    release(tmp_path, [cells()])
    better = cells(id="example-steel-2", corrects="example/1:example-steel")
    release(tmp_path, [better], name="example/2")
    factors = load_folder(tmp_path)
    assert factors.successor(factors.get("example-steel")) is factors.get("example-steel-2")
    assert factors.successor(factors.get("example-steel-2")) is None


@pytest.mark.parametrize("corrects", ["example/1:nothing", "example/1:example-steel", "anything"])
def test_a_correction_of_nothing_or_within_one_release_is_refused(tmp_path, corrects):
    rows = [cells(), cells(id="second", corrects=corrects)]
    assert refused(release(tmp_path, rows)) == ["FACTOR-CORRECTS"]


def test_a_row_is_corrected_once(tmp_path):
    release(tmp_path, [cells()])
    rows = [cells(id=name, corrects="example/1:example-steel") for name in ("b", "c")]
    release(tmp_path, rows, name="example/2")
    assert refused(tmp_path) == ["FACTOR-CORRECTS"]


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path):
    root = release(tmp_path, [cells()])
    with (root / "example/1/factors.csv").open("r+b") as stream:
        stream.truncate(MAX_BYTES + 1)
    assert refused(root) == ["FACTOR-FILE-SIZE"]


def test_an_unknown_release_is_refused(tmp_path):
    factors = load_folder(release(tmp_path, [cells()]))
    with pytest.raises(FactorError) as wrong:
        factors.release("example/9")
    assert wrong.value.findings[0].code == "FACTOR-RELEASE-UNKNOWN"


def test_a_folder_of_characterisation_factors_is_not_a_release_of_factors(tmp_path):
    root = release(tmp_path, [cells()])
    (root / "example/GWP-1").mkdir()
    assert refused(root) == ["FACTOR-FOLDER", "FACTOR-FILE", "FACTOR-FILE"]
    (root / "example/GWP-1/gwp.csv").touch()
    assert len(load_folder(root).releases) == 1


def test_every_finding_of_the_room_is_triggered_by_one_of_its_tests():
    texts = tomllib.loads((files("templates") / "texts/findings/factors.toml").read_text("utf-8"))
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in texts if f'"{code}"' not in tests] == []
