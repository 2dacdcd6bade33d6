"""Make the exporter's tutorial anew: ``python -m tests.tutorials [--pictures]``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.tutorials.page import PAGES, regions, renewed
from tests.tutorials.pictures import pictures


def main() -> None:
    """Run the tutorial in both languages and write what came out into its pages."""
    parser = argparse.ArgumentParser(prog="python -m tests.tutorials", description=__doc__)
    parser.add_argument("--pictures", action="store_true", help="draw the sheets as well")
    asked = parser.parse_args()
    for lang, page in PAGES.items():
        with tempfile.TemporaryDirectory() as name:
            made = regions(Path(name), lang)
            page.write_text(renewed(page.read_text("utf-8"), made), "utf-8")
            if asked.pictures:
                pictures(Path(name), lang)


if __name__ == "__main__":
    main()
