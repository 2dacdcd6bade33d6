"""bw2calc's adjoint route, ``FastScoresOnlyMultiLCA`` with PARDISO, in an environment of its own.

PARDISO brings 800 MB of libraries, so it is no dependency: ``python -m tests.bench.fastscores``
makes the environment under ``out/bench`` with pip, once. Where it is not there, its row says
"not run".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from lca.compiled import Compiled
from tests.bench.clock import Spent
from tests.evidence import ROOT

HOME = ROOT / "out" / "bench" / "pardiso"
NEEDED = ("bw2calc>=3.1,<4", "pypardiso>=0.4.7")
SCRIPT = Path(__file__).with_name("fastscores_apart.py")


def available() -> bool:
    """Whether the environment is there."""
    return (HOME / "ready").exists()


def install() -> None:
    """Make the environment."""
    venv.create(HOME, with_pip=True, clear=True)
    subprocess.run([HOME / "bin" / "python", "-m", "pip", "install", "-q", *NEEDED], check=True)
    (HOME / "ready").touch()


def measured(system: Compiled, wanted: csr_array) -> tuple[Spent, list[float]]:
    """Time and scores of all products, set-up included; building the packages is not."""
    tech, bio = system.technosphere, system.biosphere
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "system.npz"
        np.savez(
            file,
            tech_rows=tech.rows, tech_cols=tech.cols, tech=tech.values,
            bio_rows=bio.rows, bio_cols=bio.cols, bio=bio.values,
            weights=system.characterisation,
            indptr=wanted.indptr, indices=wanted.indices, demand=wanted.data,
        )  # fmt: skip
        told = subprocess.run(
            [HOME / "bin" / "python", "-W", "ignore", SCRIPT, file],
            check=True, capture_output=True, text=True,
            # One thread, as ours: waiting threads of MKL would count as time of the processor.
            env={**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        )  # fmt: skip
    found = json.loads(told.stdout.splitlines()[-1])
    return Spent(found["cpu"], found["wall"]), found["scores"]


if __name__ == "__main__":
    install()
    sys.stdout.write(f"{HOME}\n")
