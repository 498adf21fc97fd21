"""Verdicts of the judge (allowed, blocked, later)."""

from dataclasses import dataclass
from datetime import datetime

from suppression.reasons import Reason


@dataclass(frozen=True, slots=True)
class Allowed:
    """The touch may go now."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """The touch may not go, and waiting does not help.

    `reason` is the first that held, in the order of the rules; `also` are all others, in that order too.
    """

    reason: Reason
    also: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    """The touch may not go yet. It is judged again at `not_before` (aware, UTC).

    Without a `reason` it only waits for opening hours.
    """

    not_before: datetime
    reason: Reason | None = None


Verdict = Allowed | Blocked | Later
