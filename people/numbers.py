"""placeholder."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    e164: str
