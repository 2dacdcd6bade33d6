"""A minimal Debian in a folder, a normal user with sudo in it, and a copy of this checkout.

debootstrap makes it from the mirror that it is set up to use. What a closed network needs beside
that comes from outside and stands nowhere in the project::

    CARBONLABEL_FRESH_CA=FILE          certificates that the machine shall trust
    CARBONLABEL_FRESH_ENV=NAME,NAME    environment variables to hand over, also through sudo
    CARBONLABEL_FRESH_MIRROR=ADDRESS   another Debian mirror

The machine is a change of root in mount and process namespaces of its own, so nothing stays mounted
and no process stays behind; it shares kernel and network with this machine, and its user is no
user here.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from os import geteuid
from pathlib import Path
from shutil import which

ROOT = Path(__file__).resolve().parents[2]
SUITE = "bookworm"
NEEDS = ("ca-certificates", "make", "python3", "python3-venv", "sudo")
"""What the README asks for, sudo, and the usual certificates."""

USER = "friend"
CHECKOUT = f"/home/{USER}/carbonlabel"
BUNDLE = "etc/ssl/certs/ca-certificates.crt"
PLAIN = {"HOME": f"/home/{USER}", "LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"}
ROOTS = {"HOME": "/root", "LANG": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}

NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
ENTER = """
mount --bind {root} {root}
mount -t proc proc {root}/proc
mount --rbind /dev {root}/dev
exec chroot {root} "$@"
"""


class NoMachineError(Exception):
    """This host cannot make a machine; the text says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command on the machine ended with."""

    code: int
    told: str


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that stands in a folder.

    Attributes
    ----------
    root
        The folder.
    handed
        Environment variables that were handed over.
    """

    root: Path
    handed: Mapping[str, str]

    def as_root(self, *command: str) -> Outcome:
        """Run a command as root of the machine."""
        return self._run(("env", "-i", *_pairs(ROOTS), *command))

    def as_user(self, script: str) -> Outcome:
        """Run a line of shell in the checkout, as its user would after logging in."""
        environment = _pairs(PLAIN | dict(self.handed))
        line = f"cd {CHECKOUT} && {script}"
        return self._run(("runuser", "-u", USER, "--", "env", "-i", *environment, "sh", "-c", line))

    def _run(self, command: tuple[str, ...]) -> Outcome:
        enter = ENTER.format(root=shlex.quote(str(self.root)))
        done = subprocess.run(
            [*NAMESPACES, "sh", "-euc", enter, "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        return Outcome(done.returncode, done.stdout)

    def file(self, path: str) -> Path:
        """Return a file of the checkout on the machine."""
        return self.root / CHECKOUT.lstrip("/") / path


def make(root: Path, environment: Mapping[str, str] = os.environ) -> Machine:
    """Make a machine in an empty folder, with this checkout as it is committed.

    Raises
    ------
    NoMachineError
        When a program or a right is missing here, or debootstrap fails.
    """
    _can_make()
    mirror = environment.get("CARBONLABEL_FRESH_MIRROR")
    include = f"--include={','.join(NEEDS)}"
    command = ["debootstrap", "--variant=minbase", include, SUITE, str(root)]
    told = subprocess.run(
        command + ([mirror] if mirror else []), capture_output=True, text=True, check=False
    )
    if told.returncode:
        raise NoMachineError(f"debootstrap: {told.stdout[-500:]}{told.stderr[-500:]}")
    machine = Machine(root, handed_over(environment))
    if trusted := environment.get("CARBONLABEL_FRESH_CA"):
        with (root / BUNDLE).open("ab") as bundle:
            bundle.write(Path(trusted).read_bytes())
    _settle(machine)
    return machine


def handed_over(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that the machine gets: those that are named, and set here."""
    names = environment.get("CARBONLABEL_FRESH_ENV", "").split(",")
    return {name: environment[name] for name in names if name in environment}


def _can_make() -> None:
    """Refuse with a reason when this host lacks what it takes."""
    programs = ("debootstrap", "unshare", "chroot", "mount", "git", "tar")
    missing = [name for name in programs if not which(name)]
    if missing:
        raise NoMachineError(f"not installed here: {', '.join(missing)}")
    if geteuid() != 0:
        raise NoMachineError("only root may make a machine: sudo make deep-fresh")


def _settle(machine: Machine) -> None:
    """Give the machine name service, a user with sudo, and the checkout."""
    shutil.copy("/etc/resolv.conf", machine.root / "etc/resolv.conf")
    name = Path("/etc/hostname").read_text(encoding="utf-8").strip() or "fresh"
    (machine.root / "etc/hosts").write_text(f"127.0.0.1 localhost {name} {os.uname().nodename}\n")
    keep = f'Defaults env_keep += "{" ".join(machine.handed)}"\n' if machine.handed else ""
    rights = machine.root / "etc/sudoers.d/friend"
    rights.write_text(f"{USER} ALL=(ALL) NOPASSWD: ALL\n{keep}", encoding="utf-8")
    rights.chmod(0o440)
    made = machine.as_root("useradd", "--create-home", "--shell", "/bin/sh", USER)
    if made.code:
        raise NoMachineError(f"useradd: {made.told}")
    machine.file("").mkdir()
    archive = subprocess.run(
        ["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    subprocess.run(["tar", "-x", "-C", machine.file("")], input=archive, check=True)
    machine.as_root("chown", "-R", f"{USER}:{USER}", CHECKOUT)


def _pairs(environment: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in environment.items()]
