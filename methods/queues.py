"""Staffing of a phone line, by Erlang C and by Erlang A with callers who hang up."""

from dataclasses import dataclass
from math import exp

MOST_IN_QUEUE = 5_000_000
"""The longest queue that Erlang A is computed for."""


class QueueTooLong(ValueError):
    """The queue would be longer than Erlang A is computed for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """How callers wait, with shares of all who call as fractions, and times in seconds."""

    p_wait: float
    service_level: float  # answered within the target
    occupancy: float
    p_abandon: float
    average_wait_s: float | None  # null: the queue grows without end


def erlang_c(*, calls_per_s: float, handling_s: float, agents: int, target_s: float) -> Waiting:
    """Return how callers wait who never hang up.

    Source: A. K. Erlang, Solution of some problems in the theory of probabilities of significance in automatic
    telephone exchanges (1917), by the recursion for the blocking probability.
    """
    load = calls_per_s * handling_s
    if agents <= load:
        return Waiting(
            p_wait=1.0, service_level=0.0, occupancy=1.0, p_abandon=0.0, average_wait_s=None
        )
    p_wait = _p_wait(load, agents)
    spare = agents - load
    return Waiting(
        p_wait=p_wait,
        service_level=1 - p_wait * exp(-spare * target_s / handling_s),
        occupancy=load / agents,
        p_abandon=0.0,
        average_wait_s=p_wait * handling_s / spare,
    )


def _p_wait(load: float, agents: int) -> float:
    blocked = _blocked(load, agents)
    return blocked / (1 - load / agents * (1 - blocked))


def _blocked(load: float, agents: int) -> float:
    """Return the probability that a call finds every agent busy, where it could not wait (Erlang B)."""
    blocked = 1.0
    for busy in range(1, agents + 1):
        blocked = load * blocked / (busy + load * blocked)
    return blocked


def erlang_a(
    *, calls_per_s: float, handling_s: float, agents: int, target_s: float, patience_s: float
) -> Waiting:
    """Return how callers wait whose patience is exponential with this mean.

    A call that finds q callers before it waits a sum of q + 1 exponential times; e to the power of minus that
    wait divided by the patience has a beta distribution, which gives the service level in closed form.

    Source: C. Palm, Research on telephone traffic carried by full availability groups (Tele, 1957); S. Zeltyn and
    A. Mandelbaum, Call centers with impatient customers: many-server asymptotics of the M/M/n + G queue (2005).

    Raises:
        QueueTooLong: The queue would be longer than is computed.
    """
    import numpy as np
    from scipy.special import betainc, gammaln

    load, patient = calls_per_s * handling_s, calls_per_s * patience_s
    if not load:
        return Waiting(
            p_wait=0.0, service_level=1.0, occupancy=0.0, p_abandon=0.0, average_wait_s=0.0
        )
    served = agents * patience_s / handling_s
    longest = int(max(0.0, patient - served) + 12 * (patient**0.5) + 60)
    if longest > MOST_IN_QUEUE:
        raise QueueTooLong
    # Weights of 0, 1, 2, … callers in the queue, every agent busy; in logarithms, since they span hundreds of digits.
    waiting = np.arange(longest + 1)
    weights = waiting * np.log(patient) + gammaln(served + 1) - gammaln(served + 1 + waiting)
    weights -= weights.max()
    queue = np.exp(weights)
    none_free = float(np.exp(weights[0]))
    # A call that finds a free agent: what Erlang B says of the states below, at the same scale.
    blocked = _blocked(load, agents)
    some_free = none_free * (1 - blocked) / blocked if blocked else float("inf")
    total = float(queue.sum()) + some_free
    if total == float("inf"):
        return Waiting(
            p_wait=0.0,
            service_level=1.0,
            occupancy=load / agents,
            p_abandon=0.0,
            average_wait_s=0.0,
        )
    chances = queue / total
    p_abandon = float((chances * (waiting + 1) / (served + waiting + 1)).sum())
    left = exp(-target_s / patience_s)
    in_time = served / (served + waiting + 1) * (1 - betainc(served + 1, waiting + 1, left))
    return Waiting(
        p_wait=float(chances.sum()),
        service_level=min(1.0, some_free / total + float((chances * in_time).sum())),
        occupancy=load * (1 - p_abandon) / agents if agents else 1.0,
        p_abandon=p_abandon,
        average_wait_s=p_abandon * patience_s,
    )
