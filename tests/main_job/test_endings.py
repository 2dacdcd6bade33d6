"""A command that goes wrong says what to do next, ends with the code of the table, and never in a
traceback.

Most of it in this process, for the same ``main`` as a shell calls; what a shell, a pipe or a
terminal does to a process stands at the end, in processes of its own.
"""

from __future__ import annotations

import errno
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from threading import Timer

import pytest
from typer.main import get_command

from factors.texts import LANGS, Lang
from labels.cli import waiting
from labels.cli.ending import REASONS, ended, of_file
from labels.cli.files import write_whole
from labels.cli.main import app, in_language, main
from labels.cli.show import plain
from labels.cli.terminal import settle

ROOT = Path(__file__).parents[2]
PYTHON = (sys.executable, "-m", "labels.cli.main")
Out = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch

WRONG = {
    "frobnicate": (2, "CLI-COMMAND"),
    "footprnt works.xlsx": (2, "CLI-COMMAND"),
    "registry chek": (2, "CLI-COMMAND"),
    "check --annotat works.xlsx": (2, "CLI-OPTION"),
    "--langg en models": (2, "CLI-OPTION"),
    "--lang fr models": (2, "CLI-USAGE"),
    "check": (2, "CLI-ARGUMENT"),
    "template beer": (2, "CLI-ARGUMENT"),
    "footprint works.xlsx --ruleset": (2, "CLI-USAGE"),
    "footprint works.xlsx extra": (2, "CLI-USAGE"),
    "template beer --families many -o b.xlsx": (2, "CLI-USAGE"),
    "template beer --families 99 -o b.xlsx": (2, "CLI-USAGE"),
    "template beeer -o b.xlsx": (1, "CLI-MODEL-UNKNOWN"),
    "template beer --with roof -o b.xlsx": (1, "CLI-SHEET-UNKNOWN"),
    "template beer -o folder": (2, "CLI-FILE-FOLDER"),
    "template beer -o text.xlsx/b.xlsx": (2, "CLI-FOLDER-FILE"),
    "check missing.xlsx": (2, "CLI-FILE-MISSING"),
    "check folder": (2, "CLI-FILE-FOLDER"),
    "check text.xlsx": (2, "FILE-CSV"),
    "check empty.xlsx": (2, "FILE-EMPTY"),
    "footprint missing.json": (2, "CLI-FILE-MISSING"),
    "footprint text.json": (1, "SYSTEM-"),
    "convert text.xlsx -o system.json": (2, "FILE-CSV"),
    "verify missing.pdf": (2, "DOCUMENT-UNREADABLE"),
    "verify folder": (2, "DOCUMENT-UNREADABLE"),
    "verify text.xlsx": (2, "SEAL-STRUCTURE"),
    "verify text.xlsx --trust missing.json": (2, "CLI-FILE-MISSING"),
    "verify text.xlsx --at tomorrow": (1, "CLI-DATE"),
    "registry list nowhere": (1, "REGISTRY-MISSING"),
    "registry list folder": (1, "REGISTRY-MISSING"),
    "registry check folder": (1, "REGISTRY-MISSING"),
    "registry init text.xlsx --demo": (1, "CLI-FOLDER-FILE"),
    "registry init here": (1, "CLI-REGISTRY-KIND"),
    "issue works.xlsx --registry folder --out out": (1, "REGISTRY-MISSING"),
    "keys new Example --purpose jokes -o k": (1, "CLI-PURPOSE"),
    "keys show text.xlsx": (1, "CLI-KEY-FILE"),
    "factors show nonsense": (1, "FACTOR-UNKNOWN"),
    "--overlay nowhere factors show pp-fr": (1, "FACTOR-FOLDER"),
    "units furlong": (1, ""),
    "programme run nowhere": (1, "PROGRAMME-"),
    "verification status nowhere": (1, "CASE-"),
    "registry": (2, "Usage"),
}
"""What is typed to the exit code and the finding."""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: Patch) -> Path:
    """A folder with files that are not what their names say."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.xlsx").touch()
    for name in ("text.xlsx", "text.json"):
        (tmp_path / name).write_text("hello\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CARBONLABEL_LANG", "en")
    monkeypatch.delenv("CARBONLABEL_OVERLAY", raising=False)
    return tmp_path


def typed(words: str, monkeypatch: Patch) -> int:
    monkeypatch.setattr(sys, "argv", ["carbonlabel", *words.split()])
    monkeypatch.setattr(os, "environ", os.environ.copy())
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


@pytest.mark.parametrize("words", WRONG)
def test_what_is_wrong_ends_in_words_and_the_right_code(
    desk: Path, monkeypatch: Patch, capfd: Out, words: str
) -> None:
    lang = LANGS[len(words) % 2]
    monkeypatch.setattr("labels.cli.main.default_lang", lambda: lang)
    assert typed(words, monkeypatch) == WRONG[words][0]
    told = "".join(capfd.readouterr())
    assert WRONG[words][1] in told
    assert "Traceback" not in told
    if "we saw" in told or "看到" in told:
        assert ("请：" in told) == (lang == "zh")
    left = sorted(path.name for path in desk.iterdir())
    assert left == ["empty.xlsx", "folder", "text.json", "text.xlsx"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("number", REASONS)
def test_what_the_system_says_of_a_file_has_an_advice_of_its_own(
    number: int, lang: Lang, capsys: Out
) -> None:
    assert ended(OSError(number, os.strerror(number), "a/b.xlsx"), lang) == 2
    told = capsys.readouterr().err
    assert "a/b.xlsx" in told
    assert REASONS[number] in told


def test_what_it_says_seldom_is_handed_on() -> None:
    found = of_file(OSError(errno.EIO, "Input/output error", "b.xlsx"))
    assert (found.code, "Input/output" in found.sentence("saw", "en")) == ("CLI-FILE", True)


def test_a_file_that_cannot_be_written_leaves_nothing_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder") as refused:
        write_whole(tmp_path / "folder", b"data")
    assert refused.value.filename == str(tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_language_named_before_the_command_is_that_of_the_command(
    desk: Path, monkeypatch: Patch, capfd: Out
) -> None:
    assert typed("--lang zh factors search frobnicate", monkeypatch) == 0
    assert "没有找到" in capfd.readouterr().out
    assert typed("--lang zh factors search frobnicate --lang en", monkeypatch) == 0
    assert "nothing found" in capfd.readouterr().out


def test_documents_stay_in_both_languages() -> None:
    defaults = in_language(get_command(app), "zh")
    assert (defaults["issue"], defaults["check"]) == ({}, {"lang": "zh"})
    assert defaults["factors"]["show"] == {"lang": "zh"}


def test_a_defect_is_a_message_and_with_the_switch_a_traceback(
    monkeypatch: Patch, capsys: Out
) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError("nobody thought of it")

    monkeypatch.setattr("labels.cli.main.app", broken)
    assert typed("models", monkeypatch) == 2
    assert "CLI-DEFECT" in capsys.readouterr().err
    monkeypatch.setenv("CARBONLABEL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main()


# --- terminals -----------------------------------------------------------------------------------


def stream(held: BytesIO, encoding: str) -> TextIOWrapper:
    return TextIOWrapper(held, encoding=encoding, write_through=True)


@pytest.mark.parametrize(("encoding", "lacks"), [("ascii", True), ("gbk", False), ("utf-8", False)])
def test_a_character_that_the_terminal_lacks_ends_nothing(
    monkeypatch: Patch, encoding: str, lacks: bool
) -> None:
    out, err = BytesIO(), BytesIO()
    monkeypatch.setattr(sys, "stdout", stream(out, encoding))
    monkeypatch.setattr(sys, "stderr", stream(err, encoding))
    settle("zh")
    plain({"名": "产品 m³"})
    sys.stdout.write("中文 m³ ✓\n")
    told = out.getvalue().decode(encoding)
    assert json.loads(told.rpartition("}")[0] + "}") == {"名": "产品 m³"} or encoding == "gbk"
    assert ("?" in told.splitlines()[-1]) == (encoding != "utf-8")
    assert (b"PYTHONUTF8" in err.getvalue()) == lacks


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_quiet_command_shows_the_seconds_and_wipes_them_off(monkeypatch: Patch) -> None:
    monkeypatch.setattr(waiting, "SECOND", 0.02)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with waiting.sign_of_life("en"):
        while "2 s" not in terminal.getvalue():
            time.sleep(0.01)
        waiting.wipe()
        wiped = terminal.getvalue()
        time.sleep(0.06)
        assert terminal.getvalue() == wiped
    assert terminal.getvalue() == wiped
    assert wiped.endswith(waiting.WIPED)


def test_a_pipe_sees_no_sign_of_life(monkeypatch: Patch) -> None:
    """The control: the same in a file."""
    monkeypatch.setattr(waiting, "SECOND", 0.01)
    held = StringIO()
    monkeypatch.setattr(sys, "stderr", held)
    with waiting.sign_of_life("en"):
        time.sleep(0.05)
    assert held.getvalue() == ""


# --- processes -----------------------------------------------------------------------------------


UNSET = ("NO_COLOR", "CARBONLABEL_PASSPHRASE", "CARBONLABEL_PASSPHRASE_FILE")


def environment(**more: str) -> dict[str, str]:
    plain_one = {name: value for name, value in os.environ.items() if name not in UNSET}
    return {**plain_one, "CARBONLABEL_LANG": "en", "TERM": "xterm-256color", **more}


IN_FRONT = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    " from labels.cli.main import main; main()"
)
"""The command as a shell starts it: tests that run in the background pass on that nobody listens
to Ctrl-C."""


def on_a_terminal(*words: str, until: str = "", **more: str) -> tuple[int, str]:
    """Run a command with a terminal; press Ctrl-C once it has said something."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", IN_FRONT, *words], cwd=ROOT, env=environment(**more),
        stdin=its, stdout=its, stderr=its, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(its)
        told = b""
        overdue = Timer(120, process.kill)
        overdue.start()
        with suppress(OSError):  # Linux says EIO when the other end is closed
            while part := os.read(ours, 4096):
                told += part
                if until and until.encode() in told:
                    process.send_signal(signal.SIGINT)
                    until = ""
        overdue.cancel()
    os.close(ours)
    return process.returncode, told.decode()


def test_colours_stand_on_a_terminal_and_never_with_no_color_or_in_a_pipe() -> None:
    words = ("frobnicate",)
    assert re.search(r"\x1b\[[\d;]*31m", on_a_terminal(*words)[1])
    assert not re.search(r"\x1b\[[\d;]*3\dm", on_a_terminal(*words, NO_COLOR="1")[1])
    piped = subprocess.run([*PYTHON, *words], cwd=ROOT, env=environment(), capture_output=True)  # noqa: PLW1510
    assert piped.returncode == 2
    assert b"\x1b" not in piped.stdout + piped.stderr


def test_ctrl_c_is_answered() -> None:
    words = ("keys", "new", "Example", "--purpose", "approval", "-o", "never.key")
    code, told = on_a_terminal(*words, until="Passphrase: ")
    assert code == 130
    assert "Stopped" in told
    assert "Traceback" not in told
    assert not (ROOT / "never.key").exists()


@pytest.mark.parametrize(
    ("script", "code", "said"),
    [
        ("{} --version | {{ exec 0<&-; sleep 3; }}; exit ${{PIPESTATUS[0]}}", 141, ""),
        ("{} --version >/dev/full", 2, "CLI-DISK-FULL"),
        ("env -i LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 TZ=No/Where {} frobnicate", 2, "CLI-"),
        ("{} --version >&- 2>&-", 0, ""),
    ],
)
def test_a_shell_gets_the_code_of_the_table(script: str, code: int, said: str) -> None:
    command = f"PYTHONPATH={ROOT} {' '.join(PYTHON)}"
    command = command if not script.startswith("env") else " ".join(PYTHON)
    done = subprocess.run(
        ["bash", "-c", script.format(command)],
        cwd=ROOT, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
