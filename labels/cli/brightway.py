"""Into a Brightway project and out of one; importing this module imports ``bw2data``.

Needs the extra ``brightway``.
"""

from __future__ import annotations

from pathlib import Path

from factors.errors import FindingsError
from factors.findings import finding
from factors.store import load
from factors.texts import Lang, text
from labels.cli.files import read_file, write_whole
from labels.cli.interchange import check_ending, footprint_of, links_of, tell
from labels.cli.shelf import library
from labels.cli.show import console, findings_table
from labels.times import now
from lca.exchange.background import overlay_files, unit_inventories
from lca.exchange.brightway import Written, read_background, write_project
from lca.exchange.from_footprint import network
from lca.exchange.linking import linked, read_links
from lca.exchange.losses import BRIGHTWAY, loss_report
from lca.ruleset import load as load_rules
from lca.study import DEFAULT_RULES

OK, NOT_OK = 0, 1
FORM = "brightway-project"


def export_project(
    source: Path,
    output: Path,
    project: str,
    rules: str,
    lang: Lang,
    subject: str = "",
    links: Path | None = None,
) -> int:
    """Write a footprint into a Brightway project; the report of losses is the file.

    Raises
    ------
    FindingsError, SolveError
        EXPORT-ENDING, LINK-*, and as :func:`lca.exchange.brightway.write_project`.
    """
    check_ending(FORM, output, ".json")
    table = links_of(links)
    factors = library()
    found = footprint_of(source, rules, factors, lang, subject)
    if found is None:
        return NOT_OK
    whole = network(found, factors)
    written = write_project(linked(whole, table), project, lang)
    console(err=True).print(_sentence(written, found.headline, found.unit, lang))
    tell(loss_report(found, whole, BRIGHTWAY, lang), output, lang)
    return OK


def _sentence(written: Written, headline: str, unit: str, lang: Lang) -> str:
    told = {
        "project": written.project,
        "database": written.database,
        "methods": len(written.methods),
    }
    if written.gap is None:
        return text("interchange.written_linked", lang, **told)
    score = f"{written.scores[headline]:.6g} {unit}"
    gap = f"{written.gap:.0E}"
    return text("interchange.written_project", lang, **told, score=score, gap=gap)


def take_background(links: Path, project: str, output: Path, rules: str, lang: Lang) -> int:
    """Write activities of a Brightway project as a private release of factors.

    Parameters
    ----------
    output
        Folder of the release, ``OVERLAY/source/release``; must not be there yet.

    Raises
    ------
    FindingsError, SolveError
        BACKGROUND-RELEASE, LINK-*, BRIGHTWAY-*, BACKGROUND-*; what the library says of the rows.
    """
    if output.exists():
        raise FindingsError(finding("BACKGROUND-RELEASE", folder=str(output)))
    table = read_links(read_file(links), links.name)
    gwp, _ = load_rules(rules or DEFAULT_RULES).gwp()
    inventories, found = unit_inventories(read_background(project, table), frozenset(gwp.values))
    record, rows = overlay_files(inventories, source=project, day=now().date().isoformat())
    write_whole(output / "source.toml", record.encode())
    write_whole(output / "factors.csv", rows.encode())
    findings_table(found, lang, err=True)
    load(output.parent.parent)
    told = {"count": len(inventories), "path": output, "overlay": output.parent.parent}
    console(err=True).print(text("interchange.written_background", lang, **told))
    return OK
