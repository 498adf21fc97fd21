"""Critical values for a trial that is looked at several times, two-sided at 5 %.

Looks are equally spaced. The chance of crossing a boundary is integrated look by look.

Source of the integration: P. Armitage, C. K. McPherson and B. C. Rowe, Repeated significance tests on accumulating
data (JRSS A, 1969).
"""

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from math import erfc, sqrt
from statistics import NormalDist
from typing import Any

from methods.roots import bisected

ALPHA = 0.05
MOST_LOOKS = 20
FARTHEST = 12.0
"""No critical value is larger, because nobody is this far out by chance."""
_NODES = 128  # points of the quadrature: four a standard deviation at 20 looks
_TAIL = 9.0  # standard deviations; what lies beyond is nought in a float


class Kind(StrEnum):
    """How the 5 % are divided over the looks."""

    OBRIEN_FLEMING = "obrien-fleming"
    LAN_DEMETS = "lan-demets"
    POCOCK = "pocock"


def boundaries(looks: int, kind: Kind) -> list[float]:
    """Return the critical z of every look.

    Sources: P. C. O'Brien and T. R. Fleming, A multiple testing procedure for clinical trials (Biometrics, 1979);
    S. J. Pocock, Group sequential methods in the design and analysis of clinical trials (Biometrika, 1977);
    K. K. G. Lan and D. L. DeMets, Discrete sequential boundaries for clinical trials (Biometrika, 1983).
    """
    match kind:
        case Kind.OBRIEN_FLEMING:
            return _of_shape([sqrt(looks / look) for look in range(1, looks + 1)])
        case Kind.POCOCK:
            return _of_shape([1.0] * looks)
        case Kind.LAN_DEMETS:
            return _spending(looks)


def spent(fraction: float) -> float:
    """Return how much of 2.5 % a side may be spent at this fraction of the information.

    It is f(t) = 2 - 2 Phi(z / sqrt(t)) with the z of 1.25 %, in the manner of O'Brien and Fleming.
    """
    z = -NormalDist().inv_cdf(ALPHA / 4)
    return erfc(z / sqrt(fraction) / sqrt(2))


def _of_shape(shape: list[float]) -> list[float]:
    """Return the multiple of a shape that is crossed with a probability of 5 %."""

    def too_often(scale: float) -> float:
        walk = _Walk()
        return sum(walk.step(scale * each) for each in shape) - ALPHA

    # Between one look, and looks of which each may spend its part of the 5 % alone.
    scale = bisected(too_often, 1.9, -NormalDist().inv_cdf(ALPHA / 2 / len(shape)) + 0.1)
    return [scale * each for each in shape]


def _spending(looks: int) -> list[float]:
    """Return the values that spend the 5 % by the function of Lan and DeMets."""
    walk, found, before = _Walk(), [], 0.0
    for look in range(1, looks + 1):
        allowed = 2 * spent(look / looks)
        found.append(bisected(walk.excess(allowed - before), 0.5, FARTHEST))
        walk.step(found[-1])
        before = allowed
    return found


class _Walk:
    """A sum of standard normal draws that stops at the first boundary it crosses.

    It holds the density of the sum, on points of a quadrature, where it has not stopped.
    """

    def __init__(self) -> None:
        self.looks = 0
        self.points: Any = None
        self.mass: Any = None

    def crossing(self, z: float) -> float:
        """Return the probability to stop at the next look, at this critical value."""
        bound = z * sqrt(self.looks + 1)
        if self.points is None:
            return 2 * _beyond(bound)
        stops = [_beyond(bound - point) + _beyond(bound + point) for point in self.points.tolist()]
        return float(self.mass @ stops)

    def excess(self, allowed: float) -> Callable[[float], float]:
        """Return by how much a critical value would spend more than is allowed."""
        return lambda z: self.crossing(z) - allowed

    def step(self, z: float) -> float:
        """Take the next look, and return the probability to stop there."""
        stopped = self.crossing(z)
        bound = min(z, _TAIL) * sqrt(self.looks + 1)
        nodes, weights = _quadrature()
        points = bound * nodes
        if self.points is None:
            density = _normal_density(points)
        else:
            density = _normal_density(points[:, None] - self.points[None, :]) @ self.mass
        self.points, self.mass = points, bound * weights * density
        self.looks += 1
        return stopped


def _beyond(z: float) -> float:
    """Return the probability that a standard normal draw is larger."""
    return erfc(z / sqrt(2)) / 2


@cache
def _quadrature() -> tuple[Any, Any]:
    """Return points between -1 and 1, and their weights (Gauss and Legendre)."""
    import numpy as np

    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return nodes, weights


def _normal_density(values: Any) -> Any:
    import numpy as np

    return np.exp(-values * values / 2) / sqrt(2 * np.pi)
