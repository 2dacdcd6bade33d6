"""Programs of other people with which tests look at our documents.

A test that runs one says so: ``@pytest.mark.needs("pdftotext", "qpdf")``. Where a program is
missing the test is left out, and the suite ends with a table of what did not run and what to
install; where the environment variable ``CI`` is set, that fails the run.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tool:
    """One program: its command, where it comes from, and the file it runs, if it runs one."""

    command: str
    debian: str
    brew: str
    file: str = ""

    @property
    def present(self) -> bool:
        """Whether the command is on the path, and the library it runs in its place."""
        there = not self.file or Path(self.file).is_file()
        return there and shutil.which(self.command) is not None


TOOLS: dict[str, Tool] = {
    "fc-match": Tool("fc-match", "fontconfig", "fontconfig"),
    "git": Tool("git", "git", "git"),
    "make": Tool("make", "make", "make"),
    "nginx": Tool("nginx", "nginx-light", "nginx"),
    "pdfdetach": Tool("pdfdetach", "poppler-utils", "poppler"),
    "pdffonts": Tool("pdffonts", "poppler-utils", "poppler"),
    "pdfinfo": Tool("pdfinfo", "poppler-utils", "poppler"),
    "pdfsig": Tool("pdfsig", "poppler-utils", "poppler"),
    "pdftoppm": Tool("pdftoppm", "poppler-utils", "poppler"),
    "pdftotext": Tool("pdftotext", "poppler-utils", "poppler"),
    "postgres": Tool("psql", "postgresql", "postgresql"),
    "preflight": Tool(
        "java",
        "default-jre-headless libpdfbox2-java libjaxb-java libcommons-io-java libbcprov-java",
        "-",
        "/usr/share/java/preflight.jar",
    ),
    "qpdf": Tool("qpdf", "qpdf", "qpdf"),
    "sha256sum": Tool("sha256sum", "coreutils", "coreutils"),
    "soffice": Tool("soffice", "libreoffice-calc-nogui", "--cask libreoffice"),
    "softhsm2-util": Tool("softhsm2-util", "softhsm2", "softhsm"),
    "strace": Tool("strace", "strace", "-"),
}
