"""Explain: from a printed figure back to the cells, documents and factors it came from.

Figure, stage, line, formula, factor, account and key, workbook cell, hash of the proof; each level
sums to the one above without remainder, and what the reader may not see is said to be withheld,
with its commitment.
"""

from labels.explain.build import Material, explanation
from labels.explain.document import Proving
from labels.explain.nodes import Explanation
from labels.explain.source import file_material, serial_material

__all__ = [
    "Explanation",
    "Material",
    "Proving",
    "explanation",
    "file_material",
    "serial_material",
]
