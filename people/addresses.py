"""placeholder."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostalAddress:
    street: str
