"""Write the validation page: ``python -m tests.validation [--campaigns]``."""

from __future__ import annotations

import argparse

from factors.store import load
from tests.validation.page import ROOT, page, renewed
from tests.validation.products import products

PAGE = ROOT / "docs" / "reference" / "validation.md"


def main() -> None:
    """Compute everything, or read the campaigns anew, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.validation", description=__doc__)
    parser.add_argument("--campaigns", action="store_true", help="renew their section only")
    if parser.parse_args().campaigns:
        text = renewed(PAGE.read_text(encoding="utf-8"))
    else:
        factors = load()
        text = page(factors, tuple(products(factors)))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
