"""Run in the environment with PARDISO and nothing of ours: times bw2calc's adjoint route."""

import json
import sys
import time
from itertools import pairwise

import bw2calc
import bw_processing as bwp
import numpy as np

GAS = 10_000_000


def package(told):
    """The system as one datapackage."""
    made = bwp.create_datapackage()
    for matrix, rows, cols, values, base in (
        ("technosphere_matrix", told["tech_rows"], told["tech_cols"], told["tech"], 0),
        ("biosphere_matrix", told["bio_rows"], told["bio_cols"], told["bio"], GAS),
    ):
        indices = np.empty(len(values), dtype=bwp.INDICES_DTYPE)
        indices["row"], indices["col"] = rows + base, cols
        made.add_persistent_vector(
            matrix=matrix, name=matrix, indices_array=indices,
            data_array=np.abs(values), flip_array=values < 0,
        )  # fmt: skip
    weights = told["weights"]
    pairs = np.array([(GAS + n, 0) for n in range(len(weights))], dtype=bwp.INDICES_DTYPE)
    made.add_persistent_vector(
        matrix="characterization_matrix", name="c", identifier="gwp", nrows=len(weights),
        global_index=0, indices_array=pairs, data_array=weights,
    )  # fmt: skip
    return made


def main(file):
    told = np.load(file)
    data, ptr = package(told), told["indptr"]
    demands = {}
    for n, (start, end) in enumerate(pairwise(ptr.tolist())):
        places, amounts = told["indices"][start:end].tolist(), told["demand"][start:end].tolist()
        demands[f"p{n}"] = dict(zip(places, amounts, strict=True))
    cpu, wall = [], []
    for _ in range(5):
        start, work = time.perf_counter(), time.process_time()
        lca = bw2calc.FastScoresOnlyMultiLCA(
            demands, {"impact_categories": ["gwp"]}, data_objs=[data], direction="adjoint"
        )
        scores = lca.calculate()
        cpu.append(time.process_time() - work)
        wall.append(time.perf_counter() - start)
    values = np.asarray(getattr(scores, "values", scores), dtype=float).ravel()
    return {"cpu": min(cpu), "wall": min(wall), "scores": values.tolist()}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
