"""What the judge says of one person on one occasion."""

from dataclasses import dataclass
from datetime import datetime

from suppression.reasons import Reason


@dataclass(frozen=True, slots=True)
class Allowed:
    """This person may be reached."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """This person must not be reached: for the first reason in the policy's order, and for all others that held."""

    reason: Reason
    also: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    """This person may be reached, but not before a moment (aware, UTC)."""

    not_before: datetime
    reason: Reason | None = None


Verdict = Allowed | Blocked | Later
