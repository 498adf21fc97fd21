"""Write a CSV file that gets its name only when it is whole, so that nobody reads half of it."""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def drafted(file: Path, header: Sequence[str]) -> Iterator[Callable[[Sequence[str]], object]]:
    """Yield what writes a row; the file appears when the block ends well, and not at all otherwise.

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
