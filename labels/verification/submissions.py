"""From what a case holds to what can be computed: systems, footprints, grids of cells."""

from __future__ import annotations

from dataclasses import dataclass

from factors.errors import FindingsError
from factors.findings import blocking
from factors.store import FactorSet
from labels.canonical import canonical, sha256
from labels.refusal import refusal
from labels.verification.case import HandedIn
from labels.verification.folder import Contents
from lca import study, system_file
from lca.footprint import Footprint
from lca.inventory import ProductSystem
from lca.workbook.grid import Grid
from lca.workbook.isolate import parse_apart


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submission with its result.

    Attributes
    ----------
    system, footprint
        Canonical bytes; their hashes name the version.
    workbook, name
        Bytes and file name; empty for a system file alone.
    """

    system: bytes
    footprint: bytes
    computed: Footprint
    workbook: bytes = b""
    name: str = ""

    @property
    def handed(self) -> HandedIn:
        """The hashes."""
        book = sha256(self.workbook) if self.workbook else ""
        return HandedIn(sha256(self.system), sha256(self.footprint), book, self.name)

    @property
    def files(self) -> tuple[bytes, ...]:
        """The bytes that the hashes name."""
        return tuple(one for one in (self.system, self.footprint, self.workbook) if one)


def submitted(data: bytes, name: str, rules: str, factors: FactorSet) -> Submitted:
    """Compute a workbook or a system file as the desk of the registry does.

    Raises
    ------
    FindingsError
        What blocks the file.
    """
    made = study.study(data, name, rules, factors)
    if made.blocked or made.footprint is None or made.system is None:
        raise FindingsError.of(blocking(made.findings))
    book = b"" if study.is_system(name) else data
    return Submitted(
        system_file.canonical(made.system),
        canonical(made.footprint.to_json()),
        made.footprint,
        book,
        name if book else "",
    )


def footprint_of(found: Contents, handed: HandedIn, factors: FactorSet) -> Footprint:
    """Compute the footprint of a version again and hold it against the one handed in.

    Raises
    ------
    IssueError
        ``CASE-OBJECT``; ``CASE-FOOTPRINT``, when the result is another one.
    """
    data = found.object(handed.system)
    made = study.study(data, "system.json", factors=factors)
    if made.footprint is None or made.blocked:
        raise FindingsError.of(blocking(made.findings))
    result = canonical(made.footprint.to_json())
    if sha256(result) != handed.footprint:
        raise refusal(
            "CASE-FOOTPRINT",
            f"objects/{handed.footprint}",
            stated=handed.footprint,
            found=sha256(result),
        )
    return made.footprint


def system_of(found: Contents, handed: HandedIn) -> ProductSystem:
    """Return the system of a version."""
    return system_file.read(found.object(handed.system), file="system.json")


def grid_of(data: bytes, name: str) -> Grid:
    """Return the cells of a workbook, read apart from this process."""
    return parse_apart(data, name)
