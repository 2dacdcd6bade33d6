"""Import exported files with whichever Brightway is installed, and print its scores as JSON.

Run in an environment of its own, with nothing of ours: ``python brightway_importer.py FOLDER``; the
scores are its last line.
The folder holds ``expected.json`` (name -> database, total -> figure) and, per name, ``NAME.xlsx``
and ``NAME.TOTAL.xlsx``. ``BRIGHTWAY2_DIR`` says where Brightway may write.
"""

import contextlib
import json
import os
import sys
from pathlib import Path

import bw2calc
import bw2data
import bw2io


def imported(folder, name, database, totals):
    """Import a database and its methods; return the score of one product by total."""
    importer = bw2io.ExcelImporter(str(folder / f"{name}.xlsx"))
    importer.apply_strategies()
    assert not list(importer.unlinked), name
    importer.write_database()
    return {total: scored(folder, name, database, total) for total in totals}


def scored(folder, name, database, total):
    method = (name, total)
    importer = bw2io.ExcelLCIAImporter(
        str(folder / f"{name}.{total}.xlsx"), method, "carbonlabel", "kg CO2-eq"
    )
    importer.apply_strategies()
    assert not list(importer.unlinked), method
    importer.write_methods(overwrite=True)
    node = (database, "product")
    if hasattr(bw2data, "get_node"):
        node = bw2data.get_node(database=database, code="product")
    lca = bw2calc.LCA({node: 1}, method)
    lca.lci()
    lca.lcia()
    return float(lca.score)


def main(folder):
    assert os.environ["BRIGHTWAY2_DIR"], "never in somebody's home"
    bw2data.projects.set_current("carbonlabel import")
    if not hasattr(bw2data, "get_node"):
        bw2io.create_core_migrations()
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return {
        name: imported(folder, name, one["database"], one["figures"])
        for name, one in expected.items()
    }


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        found = main(Path(sys.argv[1]))
    print(json.dumps({"bw2io": str(bw2io.__version__), "scores": found}))
