"""Findings about the health of an installation, each with its remedy."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from store.sentences import Sentence


class Level(StrEnum):
    """How bad a finding is."""

    ATTENTION = "attention"  # somebody should look at it today
    WRONG = "wrong"  # something does not work, or will be lost


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something about this installation that asks for somebody."""

    check: str  # the name of the check that found it
    level: Level
    problem: Sentence | str
    remedy: Sentence | str

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, in English."""
        return {
            "check": self.check,
            "level": self.level.value,
            "problem": str(self.problem),
            "remedy": str(self.remedy),
        }
