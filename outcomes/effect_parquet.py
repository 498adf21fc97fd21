"""Rows of an evaluation pack as Parquet, a typed file of columns for analysts' tools."""

from collections.abc import Mapping, Sequence
from io import BytesIO

Cell = str | int | None


def as_parquet(columns: Mapping[tuple[str, str], Sequence[Cell]]) -> bytes:
    """Return columns as one Parquet file (zstd), the same bytes for the same columns.

    Args:
        columns: The values of each, by its name and kind (text, whole number, 0 or 1); None is null.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"text": pa.string(), "whole number": pa.int32(), "0 or 1": pa.int8()}
    arrays = [pa.array(values, kinds[kind]) for (_, kind), values in columns.items()]
    file = BytesIO()
    table = pa.Table.from_arrays(arrays, names=[name for name, _ in columns])
    pq.write_table(table, file, compression="zstd")
    return file.getvalue()
