"""Citizen numbers of nobody."""

from collections.abc import Iterator

from people.citizen_numbers import passes

FIRST_REAL = 10_000_000  # a number below this is in no register


def fictitious() -> Iterator[str]:
    """Yield every number below 010000000 that passes the 11-test, from the lowest (000000012) on.

    There are about 909,000.
    """
    for number in range(1, FIRST_REAL):
        digits = f"{number:09d}"
        if passes(digits):
            yield digits
