"""The label font: what it covers, where it is found, that the same source gives the same bytes."""

import subprocess
import sys
import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation

from factors.errors import IssueError
from factors.texts import catalogue
from labels.fonts import FontSet, find, lookup
from labels.fonts import build as font_build
from labels.fonts.__main__ import main
from labels.fonts.build import Source, download, make, recipe, unpack
from labels.fonts.coverage import gb2312, standard_characters, wanted
from labels.fonts.lookup import BOLD, FAMILY, REGULAR


@pytest.fixture(scope="module")
def label_font() -> FontSet:
    """The font that set-up made."""
    font = find()
    assert font.name == FAMILY, "the label font is not made: python -m labels.fonts build"
    return font


@pytest.fixture(scope="module")
def variable_font() -> bytes:
    """A font of three glyphs whose bars grow with the weight."""
    names = [".notdef", "A", "uni4E2D", "uni9FA5"]
    pen = TTGlyphPen(None)
    for step in ((0, 0), (0, 700), (100, 700), (100, 0)):
        (pen.lineTo if step != (0, 0) else pen.moveTo)(step)
    pen.closePath()
    bar = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x41: "A", 0x4E2D: "uni4E2D", 0x9FA5: "uni9FA5"})
    builder.setupGlyf(dict.fromkeys(names, bar))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (500, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Sample Sans", "styleName": "Thin"})
    builder.setupOS2(fsType=0)
    builder.setupPost()
    builder.setupFvar([("wght", 100, 100, 900, "Weight")], [])
    wider = [(0, 0), (0, 0), (300, 0), (300, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
    builder.setupGvar({name: [TupleVariation({"wght": (0, 1, 1)}, wider)] for name in names})
    content = BytesIO()
    builder.save(content)
    return content.getvalue()


def refused(refusal: pytest.ExceptionInfo[IssueError]) -> str:
    """The code of a refusal, after checking that it can be said in both languages."""
    for found in refusal.value.findings:
        assert found.render("zh")
        assert found.render("en")
    return refusal.value.findings[0].code


# --- what it covers -----------------------------------------------------------


def test_the_table_of_standard_characters_is_whole():
    table = standard_characters()
    assert len(table) == len(set(table)) == 8105
    # 196 of them lie outside the basic plane: names of people and places.
    assert sum(ord(char) > 0xFFFF for char in table) == 196
    assert (table[0], table[3499], table[3500], table[6499], table[6500]) == tuple("一矗乂齉亍")


def test_gb2312_has_its_6763_ideographs():
    assert sum(0x4E00 <= ord(char) <= 0x9FFF for char in gb2312()) == 6763


def test_every_standard_character_has_a_glyph(label_font: FontSet):
    assert label_font.missing(standard_characters()) == frozenset()
    assert label_font.missing("".join(gb2312())) == frozenset()
    assert (
        label_font.missing(
            "ABCabc 0123456789 äöüßéñ ·×÷±°²³µ§ ℃ № ①⑳ ‰ – — “”‘’ … € ￥（），。；：\n\t"
        )
        == set()
    )


def test_what_deceives_or_is_absent_counts_as_missing(label_font: FontSet):
    # Subscript two is not in the source; zero-width and direction marks are left out on purpose.
    assert label_font.missing("CO₂e") == {"₂"}
    assert label_font.missing("A\u200bB\u202eC\u00ad\u0000") == set("\u200b\u202e\u00ad\u0000")


def test_nothing_invisible_is_wanted():
    assert not wanted() & set("\u00ad\u200b\u200e\u202e\u2060\ufeff")


def test_faces_are_static_embeddable_truetype_of_our_own_name(label_font: FontSet):
    for path, style, weight in (
        (label_font.regular, "Regular", 400),
        (label_font.bold, "Bold", 700),
    ):
        with TTFont(path, lazy=True) as face:
            assert "glyf" in face
            assert not {"CFF ", "CFF2", "fvar", "gvar", "STAT"} & set(face.keys())
            assert face["OS/2"].fsType == 0
            assert face["OS/2"].usWeightClass == weight
            assert face["name"].getDebugName(1) == FAMILY
            assert face["name"].getDebugName(2) == style
            assert "Open Font License" in face["name"].getDebugName(13)


# --- where it is found --------------------------------------------------------


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """No checkout, no virtual environment, no fontconfig; only a home folder."""
    monkeypatch.setattr(lookup, "CHECKOUT", tmp_path / "nowhere")
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setenv("PATH", "")
    return {"HOME": str(tmp_path / "home")}


def put(label_font: FontSet, folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / REGULAR).symlink_to(label_font.regular)
    (folder / BOLD).symlink_to(label_font.bold)
    return folder


def test_the_named_folder_goes_before_all_others(label_font: FontSet, tmp_path: Path):
    folder = put(label_font, tmp_path / "fonts")
    font = find({"CARBONLABEL_FONTS": str(folder)})
    assert font.regular.parent == folder
    assert font.sha256 == label_font.sha256


def test_a_named_folder_without_the_font_is_refused_not_passed_over(tmp_path: Path):
    with pytest.raises(IssueError) as refusal:
        find({"CARBONLABEL_FONTS": str(tmp_path)})
    assert refused(refusal) == "FONT-FOLDER"


def test_the_folder_of_the_user_is_looked_into(label_font: FontSet, bare_machine: dict[str, str]):
    folder = put(label_font, Path(bare_machine["HOME"], ".local/share/carbonlabel/fonts"))
    assert find(bare_machine).bold.parent == folder
    elsewhere = {
        "HOME": "/nowhere",
        "XDG_DATA_HOME": str(Path(bare_machine["HOME"], ".local/share")),
    }
    assert find(elsewhere).bold.parent == folder


def test_the_virtual_environment_is_looked_into(
    label_font: FontSet,
    bare_machine: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
    folder = put(label_font, tmp_path / "venv/share/carbonlabel/fonts")
    assert find(bare_machine).regular.parent == folder


def test_without_any_font_the_refusal_says_the_command(bare_machine: dict[str, str]):
    with pytest.raises(IssueError) as refusal:
        find(bare_machine)
    assert refused(refusal) == "FONT-NONE"
    assert "python -m labels.fonts build" in refusal.value.findings[0].render("zh")


@pytest.mark.needs("fc-match")
def test_a_font_of_the_system_is_the_last_resort(
    bare_machine: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin")
    font = find(bare_machine)
    assert font.name in lookup.SYSTEM_FONTS
    assert font.missing("产品碳足迹 Carbon footprint 0.81") == frozenset()


def test_fontconfigs_second_best_is_not_taken_for_the_font(
    bare_machine: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    matcher = tmp_path / "fc-match"
    matcher.write_text("#!/bin/sh\nprintf 'DejaVu Sans\\n/etc/hostname'\n")
    matcher.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(IssueError) as refusal:
        find(bare_machine)
    assert refused(refusal) == "FONT-NONE"


@pytest.mark.parametrize("kept", [0, 3, 11, 300, 5000, 2_000_000])
def test_a_truncated_font_is_refused(label_font: FontSet, tmp_path: Path, kept: int):
    (tmp_path / REGULAR).write_bytes(label_font.regular.read_bytes()[:kept])
    (tmp_path / BOLD).symlink_to(label_font.bold)
    with pytest.raises(IssueError) as refusal:
        find({"CARBONLABEL_FONTS": str(tmp_path)})
    assert refused(refusal) == "FONT-UNREADABLE"


@pytest.mark.parametrize("content", [b"<html>", b"ttcf", b"ttcf" + bytes(40), b"\x00\x01\x00\x00"])
def test_what_is_no_font_is_refused(label_font: FontSet, tmp_path: Path, content: bytes):
    (tmp_path / REGULAR).symlink_to(label_font.regular)
    (tmp_path / BOLD).write_bytes(content)
    with pytest.raises(IssueError) as refusal:
        find({"CARBONLABEL_FONTS": str(tmp_path)})
    assert refused(refusal) == "FONT-UNREADABLE"


# --- how it is made -----------------------------------------------------------

MAKE = """
import sys
from pathlib import Path
from labels.fonts.build import Source, make
make(Source(Path(sys.argv[1]).read_bytes(), "licence"), frozenset("A中"), Path(sys.argv[2]))
"""


def test_the_same_source_gives_the_same_bytes(variable_font: bytes, tmp_path: Path):
    (tmp_path / "source.ttf").write_bytes(variable_font)
    for seed in ("1", "2"):
        command = [sys.executable, "-c", MAKE, str(tmp_path / "source.ttf"), str(tmp_path / seed)]
        subprocess.run(command, env={"PYTHONHASHSEED": seed}, check=True, cwd=lookup.CHECKOUT)
    for name in (REGULAR, BOLD, "OFL.txt"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_faces_keep_what_is_wanted_at_their_weight(variable_font: bytes, tmp_path: Path):
    make(Source(variable_font, "licence"), "A中龍", tmp_path)
    font = FontSet.of(FAMILY, tmp_path / REGULAR, tmp_path / BOLD)
    assert font.characters == set("A中")
    widths = {path.name: TTFont(path)["glyf"]["A"].xMax for path in (font.regular, font.bold)}
    # The bar is 100 wide at weight 100 and 400 at weight 900; avar is absent, so it grows evenly.
    assert widths == {REGULAR: 213, BOLD: 325}
    assert (tmp_path / "OFL.txt").read_text() == "licence"
    assert not list(tmp_path.glob("*.part"))


def package(folder: Path, font: bytes) -> Path:
    wheel = folder / "package.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(recipe()["font"]["member"], font)
        archive.writestr(recipe()["package"]["licence"], "licence")
    return wheel


def test_another_font_in_the_package_is_refused(variable_font: bytes, tmp_path: Path):
    with pytest.raises(IssueError) as refusal:
        unpack(package(tmp_path, variable_font))
    assert refused(refusal) == "FONT-SOURCE"
    assert sha256(variable_font).hexdigest() in refusal.value.findings[0].render("en")


def test_a_file_that_is_not_the_package_is_refused(tmp_path: Path):
    (tmp_path / "no.whl").write_text("no")
    with zipfile.ZipFile(tmp_path / "other.whl", "w") as archive:
        archive.writestr("other", "")
    for name in ("no.whl", "other.whl", "absent.whl"):
        with pytest.raises(IssueError) as refusal:
            unpack(tmp_path / name)
        assert refused(refusal) == "FONT-DOWNLOAD"


@pytest.fixture
def no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))


@pytest.mark.usefixtures("no_index")
def test_no_network_is_a_refusal_with_a_way_out():
    with pytest.raises(IssueError) as refusal:
        download()
    assert refused(refusal) == "FONT-DOWNLOAD"
    assert "--from FILE.whl" in refusal.value.findings[0].render("en")


@pytest.mark.usefixtures("no_index")
def test_the_command_refuses_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["build", "--out", str(tmp_path / "fonts"), "--lang", "zh"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("[FONT-DOWNLOAD]")
    assert "Traceback" not in said.err
    assert not (tmp_path / "fonts").exists()


def test_the_command_makes_and_shows_the_font(
    variable_font: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    pinned = {**recipe(), "font": {**recipe()["font"], "sha256": sha256(variable_font).hexdigest()}}
    monkeypatch.setattr(font_build, "recipe", lambda: pinned)
    folder = tmp_path / "fonts"
    assert (
        main(["build", "--from", str(package(tmp_path, variable_font)), "--out", str(folder)]) == 0
    )
    made = capsys.readouterr().out
    monkeypatch.setenv("CARBONLABEL_FONTS", str(folder))
    assert main(["show"]) == 0
    shown = capsys.readouterr().out
    font = find()
    assert font.sha256 in made
    assert font.sha256 in shown


def test_every_code_of_this_room_is_triggered_above():
    source = Path(__file__).read_text(encoding="utf-8")
    codes = [code for code in catalogue("findings") if code.startswith("FONT-")]
    assert codes
    assert [code for code in codes if f'"{code}"' not in source] == []
