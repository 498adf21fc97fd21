"""Port to other teams' systems, which take up a matter under a key of ours.

    Taken      they have it, under their own reference
    NotTaken   they surely have not: try again later, or never as it is
    Doubt      they may have it: it is asked after, and not handed over again before that is known

An office that receives a key twice has one matter. `Folder` needs nobody: each place collects from a folder of its own,
and answers in it. `channels.team_tasks_http` speaks JSON over HTTP.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from channels.outbox import write_synced
from channels.short_retries import patiently


class CannotSay(Exception):
    """The other system cannot say now what it has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Matter:
    """Matter that another team is asked to take up."""

    key: str  # ours: letters, digits and hyphens; never used again
    place: str
    person_ref: str
    why: str
    grounds: tuple[str, ...]
    urgent: bool
    due_on: date
    asked_by: str
    asked_at: datetime

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data that JSON takes."""
        moments = {"due_on": self.due_on.isoformat(), "asked_at": self.asked_at.isoformat()}
        return {**asdict(self), **moments, "grounds": list(self.grounds)}


@dataclass(frozen=True, slots=True)
class Taken:
    """They have it."""

    ref: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """They surely have not."""

    why: str  # one plain sentence, without personal data
    again: bool  # whether trying again later makes sense


@dataclass(frozen=True, slots=True)
class Doubt:
    """They may have it."""

    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """How far another team is with a matter."""

    ref: str
    received: bool = False  # somebody there has taken it up
    ended: str = ""  # what came of it, in their words; empty: nothing yet


Answer = Taken | NotTaken | Doubt


class Office(Protocol):
    """Where one team takes up matters."""

    def hand_over(self, matter: Matter) -> Answer:
        """Hand a matter over, at most once for each key."""
        ...

    def find(self, key: str) -> Found | None:
        """Return how far the matter under our key is, or None where they surely do not have it.

        Raises:
            CannotSay: they cannot say now.
        """
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """Folder from which a team collects its matters and in which it answers.

    `KEY.json` is a matter, `KEY.answer.json` the team's answer.

    An answer is one object: `{"received": true, "ended": "a plan was made"}`; each may be left out.
    """

    path: Path

    def hand_over(self, matter: Matter) -> Answer:
        """Write the matter whole, or not at all."""
        file = self.path / f"{matter.key}.json"
        if not file.exists():
            document = json.dumps(matter.as_data(), ensure_ascii=False, indent=2).encode()
            try:
                patiently(self._write, file, document)
            except OSError as error:
                return NotTaken(
                    f"the folder cannot be written ({type(error).__name__})", again=True
                )
        return Taken(matter.key)

    def _write(self, file: Path, document: bytes) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".draft")
        write_synced(draft, document)
        draft.replace(file)

    def find(self, key: str) -> Found | None:
        """Look for the matter and for what was answered."""
        if (
            not (self.path / f"{key}.json").exists()
            and not (self.path / f"{key}.answer.json").exists()
        ):
            return None
        try:
            said = json.loads((self.path / f"{key}.answer.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Found(key)
        except (OSError, ValueError) as error:
            raise CannotSay("their answer cannot be read") from error
        if not isinstance(said, dict):
            raise CannotSay("their answer is no object")
        ended = str(said.get("ended") or "")
        return Found(key, bool(said.get("received")) or bool(ended), ended)


@dataclass(frozen=True, slots=True)
class Offices:
    """Office of each place, by default a folder of its own."""

    folder: Path
    described: Mapping[str, Office] = field(default_factory=dict)

    def of(self, place: str) -> Office:
        """Return the office of a place."""
        return self.described.get(place) or Folder(self.folder / place)
