"""Another team's system in memory, in which things can go wrong."""

from dataclasses import dataclass, field

from channels.team_tasks import Answer, CannotSay, Doubt, Found, Matter, NotTaken, Taken


class Goes(Exception):
    """A rehearsed crash: the process dies while it waits for an answer."""


@dataclass(kw_only=True)
class Twin:
    """An office in memory, with a list of what goes wrong, a word for each hand-over.

    lost: it has the matter, and its answer never came. away: nobody could be reached. no: it never takes this.
    dies: it has the matter, and we died before we could note that. Else all goes well.
    """

    goes_wrong: list[str] = field(default_factory=list)
    matters: dict[str, Matter] = field(default_factory=dict)
    received: list[str] = field(default_factory=list)  # every key, as often as it came
    found: dict[str, Found] = field(default_factory=dict)  # what it says when it is asked
    silent: bool = False  # it cannot say what it has

    def hand_over(self, matter: Matter) -> Answer:
        """Take a matter, or do what goes wrong next."""
        wrong = self.goes_wrong.pop(0) if self.goes_wrong else ""
        if wrong == "away":
            return NotTaken("nobody could be reached", again=True)
        if wrong == "no":
            return NotTaken("this matter is not for us", again=False)
        self.received.append(matter.key)
        self.matters.setdefault(matter.key, matter)
        if wrong == "dies":
            raise Goes
        return Doubt("no answer came") if wrong == "lost" else Taken(f"T-{matter.key}")

    def find(self, key: str) -> Found | None:
        """Say what it has under this key."""
        if self.silent:
            raise CannotSay("nobody can say now")
        if key not in self.matters:
            return None
        return self.found.get(key, Found(f"T-{key}"))
