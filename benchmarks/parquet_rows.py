"""A million rows of an evaluation pack as Parquet, beside pyarrow that writes the same columns.

python -m benchmarks.parquet_rows

Both begin with a list for every column in memory.
"""

import argparse
import time
from io import BytesIO

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from benchmarks.measuring import ratio, report
from outcomes.effect_parquet import Cell, as_parquet
from outcomes.effect_rows import COLUMNS

ROWS, MOST = 1_000_000, 2.0
_KINDS = {"text": pa.string(), "whole number": pa.int32(), "0 or 1": pa.int8()}


def _invented() -> list[list[Cell]]:
    random = np.random.default_rng(1)
    days = random.integers(0, 100, (len(COLUMNS) - 6, ROWS)).tolist()
    return [
        [f"{at * 2654435761 % 2**64:016x}" for at in range(ROWS)],
        ["card" if at % 5 else "hold-out" for at in range(ROWS)],
        [1] * ROWS,
        ["long"] * ROWS,
        [None] * ROWS,
        [1] * ROWS,
        *([each if each < 50 else None for each in column] for column in days),
    ]


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    columns = {(of.name, of.kind): each for of, each in zip(COLUMNS, _invented(), strict=True)}
    began = time.perf_counter()
    arrays = [pa.array(values, _KINDS[kind]) for (_, kind), values in columns.items()]
    table = pa.Table.from_arrays(arrays, names=[name for name, _ in columns])
    parquet.write_table(table, BytesIO(), compression="zstd")
    peer = time.perf_counter() - began
    began = time.perf_counter()
    as_parquet(columns)
    ours = time.perf_counter() - began
    return report([ratio(f"{ROWS:,} rows as Parquet", ours, peer, MOST)], as_json=arguments.json)


if __name__ == "__main__":
    raise SystemExit(main())
