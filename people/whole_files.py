"""CSV files that are renamed to their own name only when they are complete."""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def drafted(file: Path, header: Sequence[str]) -> Iterator[Callable[[Sequence[str]], object]]:
    """Yield a function that writes a row to a file, which appears only when the block ends well.

    Raises:
        OSError: it cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(header)
            yield writer.writerow
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
