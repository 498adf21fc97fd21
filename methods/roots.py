"""The root of an increasing or a decreasing function between two bounds.

SciPy's own takes a second or more to be imported, which a command would spend before it answers.
"""

from collections.abc import Callable

_HALVINGS = 50  # about the precision of a float


def bisected(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function crosses nought, or the bound that is nearest to it."""
    at_low, at_high = function(low), function(high)
    if at_low == 0 or (at_low > 0) == (at_high > 0):
        return low if abs(at_low) <= abs(at_high) else high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if (function(middle) > 0) == (at_low > 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2
