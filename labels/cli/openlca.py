"""The export to openLCA; importing this module needs the extra ``openlca``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from factors.texts import Lang
from labels.cli.interchange import Maker, export_interchange
from lca.exchange.losses import OPENLCA, LossReport
from lca.exchange.network import Network
from lca.exchange.openlca import openlca_zip
from lca.footprint import Footprint


def package(made: Network, report: LossReport, footprint: Footprint, lang: Lang) -> bytes:
    """The JSON-LD package."""
    del report, footprint
    return openlca_zip(made, lang)


TARGETS: Mapping[str, tuple[str, str, Maker]] = {"openlca": (".zip", OPENLCA, package)}


def export_openlca(source: Path, output: Path, rules: str, lang: Lang, subject: str = "") -> int:
    """Write a footprint as an openLCA JSON-LD package.

    Raises
    ------
    FindingsError
        EXPORT-ENDING.
    """
    return export_interchange(source, "openlca", output, rules, lang, subject, None, TARGETS)
