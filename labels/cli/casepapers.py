"""``carbonlabel verification documents``: the working papers as PDF, Excel and JSON."""

from __future__ import annotations

import json
from pathlib import Path

from factors.texts import Lang, text
from labels.cli.files import write_whole
from labels.cli.shelf import library
from labels.cli.show import console
from labels.render.papers import paper
from labels.verification.gate import refusals
from labels.verification.looked import look
from labels.verification.papers import papers
from labels.verification.submissions import system_of
from lca.exchange.tables_xlsx import tables_workbook


def write_papers(root: Path, out: Path, lang: Lang) -> None:
    """Write plan, findings, draft statement and review sheet of a case."""
    factors = library()
    looked, left = look(root, factors), refusals(root, factors)
    system = system_of(looked.case.contents, looked.state.present)
    made = papers(looked, system, left, lang)
    mark = text("verification.paper_case", lang)
    for one in made:
        told = one.to_json()
        write_whole(out / f"{one.kind}.pdf", paper(told, mark))
        data = json.dumps(told, ensure_ascii=False, indent=1).encode()
        write_whole(out / f"{one.kind}.json", data)
    book = tables_workbook([one.to_json() for one in made], lang)
    write_whole(out / "verification.xlsx", book)
    console(err=True).print(text("verification.written", lang, path=out))
